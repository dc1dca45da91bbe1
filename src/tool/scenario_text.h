/* SPDX-License-Identifier: MIT */
/* What the parts of the text form share: operands, values, words of a line. */
#ifndef ONCERING_TOOL_SCENARIO_TEXT_H
#define ONCERING_TOOL_SCENARIO_TEXT_H

#include "scenario.h"

struct scenario_operand {
	char letter;
	char prefix;              /* of a register; 0: none */
	uint16_t count;           /* values 0 .. count-1 */
	const char *const *words; /* one a value; NULL: numbers */
	const char *what;         /* for messages */
};

const struct scenario_operand *scenario_operand(char letter);

/* --- words of a line --- */

enum { WORDS_MAX = 40 };

struct word {
	const char *text; /* not terminated */
	uint32_t length;
	uint32_t column;  /* from 1 */
};

struct line {
	struct word words[WORDS_MAX];
	unsigned count;
	uint32_t end;     /* column after the last word */
	uint32_t number;
};

bool word_is(const struct word *word, const char *text);
/* A decimal number without a sign. */
bool word_number(const struct word *word, uint64_t *value);
/* A number, a ONCE_* code, or -ENAME. */
bool word_value(const struct word *word, int64_t *value);
/* An operand of that letter. */
bool word_operand(const struct word *word, const struct scenario_operand *operand, uint8_t *value);

/* A value as word_value() reads it. */
int value_text(int64_t value, char *buffer, size_t room);
/* Names of CQE flags, "more"; NULL past the last one. */
const char *cqe_flag_name(unsigned index, uint32_t *flag);

/* ONCE_STATE_* as "in_flight"; NULL for any other value. */
const char *scenario_state_word(int state);

/* --- what went wrong: the furthest column that made sense, and what could stand there --- */

struct complaint {
	struct scenario_error *error;
	uint32_t column;
	char expected[SCENARIO_MESSAGE / 2];
	char found[48];
};

/* Remember that *what* was expected at word *index* of the line. */
void complain(struct complaint *complaint, const struct line *line, unsigned index, const char *what);
/* ... an operand. */
void complain_operand(struct complaint *complaint, const struct line *line, unsigned index,
		      const struct scenario_operand *operand);
/* A message of one's own there. */
void complain_message(struct complaint *complaint, const struct line *line, unsigned index,
		      const char *message);

/* --- the words of a line, one after the other; false and a complaint if it is another one --- */

struct reader {
	const struct line *line;
	struct complaint *complaint;
	unsigned index;
};

bool at_end(const struct reader *reader);
bool take_word(struct reader *reader, const char *text);
bool take_number(struct reader *reader, uint64_t *value);
bool take_value(struct reader *reader, int64_t *value);
bool take_operand(struct reader *reader, char letter, uint8_t *value);
/* Nothing may follow. */
bool take_end(struct reader *reader);

/* --- the kinds of lines; false and a complaint if it is none such --- */

bool parse_step(const struct line *line, struct scenario_step *step, struct complaint *complaint);
bool parse_header(const struct line *line, struct scenario_header *header,
		  struct complaint *complaint);
bool parse_expect(const struct line *line, struct scenario_expect *expect,
		  struct complaint *complaint);

#endif
