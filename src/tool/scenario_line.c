/* SPDX-License-Identifier: MIT */
/* A line of text: its words, what they can be, and what is wrong with it. */
#include "scenario_text.h"

#include <errno.h>
#include <linux/io_uring.h>
#include <oncering/account.h>
#include <oncering/code.h>
#include <string.h>

enum { ERRNO_MAX = 133 };

bool word_is(const struct word *word, const char *text)
{
	return strlen(text) == word->length && memcmp(word->text, text, word->length) == 0;
}

bool word_number(const struct word *word, uint64_t *value)
{
	uint64_t sum = 0;

	if (word->length == 0 || word->length > 19 ||
	    (word->length > 1 && word->text[0] == '0'))
		return false;
	for (uint32_t i = 0; i < word->length; i++) {
		if (word->text[i] < '0' || word->text[i] > '9')
			return false;
		sum = sum * 10 + (uint64_t)(word->text[i] - '0');
	}
	*value = sum;
	return sum <= INT64_MAX;
}

static bool word_errno(const struct word *word, int64_t *value)
{
	const struct word name = { word->text + 1, word->length - 1, 0 };

	for (int error = 1; error <= ERRNO_MAX; error++)
		if (strerrorname_np(error) != NULL && word_is(&name, strerrorname_np(error))) {
			*value = -error;
			return true;
		}
	return false;
}

bool word_value(const struct word *word, int64_t *value)
{
	const bool minus = word->length > 1 && word->text[0] == '-';
	const struct word rest = { word->text + (minus ? 1 : 0), word->length - (minus ? 1 : 0), 0 };
	uint64_t number;

	if (word_number(&rest, &number)) {
		*value = minus ? -(int64_t)number : (int64_t)number;
		return true;
	}
	if (minus)
		return word_errno(word, value);
	for (unsigned i = 0; once_code_at(i) != 0; i++)
		if (word_is(word, once_code_name(once_code_at(i)))) {
			*value = once_code_at(i);
			return true;
		}
	return false;
}

static bool word_length(uint64_t number, uint8_t *value)
{
	for (unsigned code = 0; code < 256; code++)
		if (scenario_length((uint8_t)code) == number) {
			*value = (uint8_t)code;
			return true;
		}
	return false;
}

bool word_operand(const struct word *word, const struct scenario_operand *operand, uint8_t *value)
{
	struct word digits = *word;
	uint64_t number;

	if (operand->words != NULL) {
		for (unsigned i = 0; i < operand->count; i++)
			if (word_is(word, operand->words[i])) {
				*value = (uint8_t)i;
				return true;
			}
		return false;
	}
	if (operand->prefix != 0) {
		if (word->length < 2 || word->text[0] != operand->prefix)
			return false;
		digits.text++;
		digits.length--;
	}
	if (!word_number(&digits, &number))
		return false;
	if (operand->letter == 'L')
		return word_length(number, value);
	if (number >= operand->count)
		return false;
	*value = (uint8_t)number;
	return true;
}

const char *cqe_flag_name(unsigned index, uint32_t *flag)
{
	static const struct { const char *name; uint32_t flag; } names[] = {
		{ "buffer", IORING_CQE_F_BUFFER }, { "more", IORING_CQE_F_MORE },
		{ "nonempty", IORING_CQE_F_SOCK_NONEMPTY }, { "notif", IORING_CQE_F_NOTIF }
	};

	if (index >= sizeof names / sizeof names[0])
		return NULL;
	*flag = names[index].flag;
	return names[index].name;
}

const char *scenario_state_word(int state)
{
	switch (state) {
	case ONCE_STATE_FREE:
		return "free";
	case ONCE_STATE_ARMED:
		return "armed";
	case ONCE_STATE_IN_FLIGHT:
		return "in_flight";
	case ONCE_STATE_ENDED:
		return "ended";
	case ONCE_STATE_RETIRED:
		return "retired";
	default:
		return NULL;
	}
}

/* --- complaints --- */

/* What stands there, printable and short. */
static void describe(const struct line *line, unsigned index, char *found, size_t room)
{
	size_t at = 1;

	if (index >= line->count) {
		snprintf(found, room, "the end of the line");
		return;
	}
	found[0] = '"';
	for (uint32_t i = 0; i < line->words[index].length; i++) {
		const char c = line->words[index].text[i];

		if (at + 6 > room) {
			memcpy(&found[at], "...", 3);
			at += 3;
			break;
		}
		found[at++] = c > ' ' && c < 127 ? c : '?';
	}
	found[at] = '"';
	found[at + 1] = '\0';
}

/* True if the complaint is about that word now. */
static bool move_to(struct complaint *complaint, const struct line *line, unsigned index)
{
	const uint32_t column = index < line->count ? line->words[index].column : line->end;

	if (column < complaint->column)
		return false;
	if (column > complaint->column) {
		complaint->column = column;
		complaint->expected[0] = '\0';
		complaint->error->message[0] = '\0';
		describe(line, index, complaint->found, sizeof complaint->found);
	}
	complaint->error->line = line->number;
	complaint->error->column = column;
	return true;
}

void complain(struct complaint *complaint, const struct line *line, unsigned index, const char *what)
{
	const size_t room = sizeof complaint->expected;
	size_t used;
	const char *same;

	if (!move_to(complaint, line, index))
		return;
	used = strlen(complaint->expected);
	for (same = complaint->expected; (same = strstr(same, what)) != NULL; same++)
		if ((same == complaint->expected || same[-1] == ' ') &&
		    (same[strlen(what)] == '\0' || same[strlen(what)] == ','))
			return;
	if (used + strlen(what) + 8 < room)
		snprintf(complaint->expected + used, room - used, "%s%s", used != 0 ? ", " : "", what);
	else if (used < 3 || strcmp(complaint->expected + used - 3, "...") != 0)
		snprintf(complaint->expected + used, room - used, " ...");
	snprintf(complaint->error->message, SCENARIO_MESSAGE, "expected %s%s; found %s",
		 strchr(complaint->expected, ',') != NULL ? "one of: " : "", complaint->expected, complaint->found);
}

void complain_operand(struct complaint *complaint, const struct line *line, unsigned index,
		      const struct scenario_operand *operand)
{
	char what[SCENARIO_MESSAGE / 2];
	size_t used = (size_t)snprintf(what, sizeof what, "%s", operand->what);

	for (unsigned i = 0; operand->words != NULL && i < operand->count; i++)
		used += (size_t)snprintf(what + used, sizeof what - used, "%s%s",
					 i == 0 ? " (" : " ", operand->words[i]);
	if (operand->words != NULL)
		snprintf(what + used, sizeof what - used, ")");
	complain(complaint, line, index, what);
}

void complain_message(struct complaint *complaint, const struct line *line, unsigned index,
		      const char *message)
{
	complaint->column = 0; /* it is certain, whatever else might have come later */
	if (move_to(complaint, line, index))
		snprintf(complaint->error->message, SCENARIO_MESSAGE, "%s", message);
}

/* --- readers --- */

bool at_end(const struct reader *reader)
{
	return reader->index >= reader->line->count;
}

/* The next word if it is that one. */
bool take_word(struct reader *reader, const char *text)
{
	if (!at_end(reader) && word_is(&reader->line->words[reader->index], text)) {
		reader->index++;
		return true;
	}
	complain(reader->complaint, reader->line, reader->index, text);
	return false;
}

bool take_number(struct reader *reader, uint64_t *value)
{
	if (!at_end(reader) && word_number(&reader->line->words[reader->index], value)) {
		reader->index++;
		return true;
	}
	complain(reader->complaint, reader->line, reader->index, "a number");
	return false;
}

bool take_value(struct reader *reader, int64_t *value)
{
	if (!at_end(reader) && word_value(&reader->line->words[reader->index], value)) {
		reader->index++;
		return true;
	}
	complain(reader->complaint, reader->line, reader->index, "a number or ONCE_... or -E...");
	return false;
}

bool take_operand(struct reader *reader, char letter, uint8_t *value)
{
	const struct scenario_operand *operand = scenario_operand(letter);

	if (!at_end(reader) &&
	    word_operand(&reader->line->words[reader->index], operand, value)) {
		reader->index++;
		return true;
	}
	complain_operand(reader->complaint, reader->line, reader->index, operand);
	return false;
}

bool take_end(struct reader *reader)
{
	if (at_end(reader))
		return true;
	complain(reader->complaint, reader->line, reader->index, "the end of the line");
	return false;
}
