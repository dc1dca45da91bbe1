/* SPDX-License-Identifier: MIT */
/* The text form, read: line by line into a scenario. */
#include "scenario_text.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum { LINE_LONGEST = 4096, FILE_LARGEST = 64 << 20 };

struct parser {
	struct scenario *scenario;
	struct scenario_error *error;
	uint32_t number;   /* of the line */
	bool ring;         /* the line for ring a was there */
	bool body;         /* a step was there */
};

static int fail(struct parser *parser, uint32_t column, const char *message)
{
	parser->error->line = parser->number;
	parser->error->column = column;
	snprintf(parser->error->message, SCENARIO_MESSAGE, "%s", message);
	return -1;
}

/* Room for one more element; NULL without memory. */
static void *grown(void *elements, uint32_t count, uint32_t *capacity, size_t size)
{
	const uint32_t larger = *capacity != 0 ? *capacity * 2 : 64;
	void *moved;

	if (count < *capacity)
		return elements;
	moved = realloc(elements, larger * size);
	if (moved != NULL)
		*capacity = larger;
	return moved;
}

static int add_step(struct parser *parser, const struct scenario_step *step)
{
	struct scenario *s = parser->scenario;
	struct scenario_step *steps;

	if (s->count == SCENARIO_STEPS_MAX)
		return fail(parser, 1, "too many steps");
	steps = grown(s->steps, s->count, &s->capacity, sizeof *steps);
	if (steps == NULL)
		return fail(parser, 1, "out of memory");
	s->steps = steps;
	s->steps[s->count++] = *step;
	parser->body = true;
	return 0;
}

static int add_expect(struct parser *parser, const struct scenario_expect *expect)
{
	struct scenario *s = parser->scenario;
	struct scenario_expect *expects =
		grown(s->expects, s->expect_count, &s->expect_capacity, sizeof *expects);

	if (expects == NULL)
		return fail(parser, 1, "out of memory");
	s->expects = expects;
	s->expects[s->expect_count] = *expect;
	s->expects[s->expect_count++].step = s->count != 0 ? s->count - 1 : SCENARIO_AT_OPEN;
	return 0;
}

static int add_note(struct parser *parser, const char *text, size_t length)
{
	struct scenario *s = parser->scenario;
	struct scenario_note *notes =
		grown(s->notes, s->note_count, &s->note_capacity, sizeof *notes);
	size_t skip = length > 1 && text[1] == ' ' ? 2 : 1;

	if (notes == NULL)
		return fail(parser, 1, "out of memory");
	while (length > skip && (text[length - 1] == ' ' || text[length - 1] == '\t'))
		length--;
	s->notes = notes;
	s->notes[s->note_count].step = parser->ring || parser->body ? s->count : SCENARIO_AT_OPEN;
	s->notes[s->note_count].text = text + (skip < length ? skip : length);
	s->notes[s->note_count++].length = (uint32_t)(skip < length ? length - skip : 0);
	return 0;
}

/* --- one line --- */

static int split_words(struct parser *parser, const char *text, size_t length, struct line *line)
{
	size_t at = 0;

	line->count = 0;
	line->number = parser->number;
	line->end = 1;
	for (;;) {
		size_t from;

		while (at < length && (text[at] == ' ' || text[at] == '\t'))
			at++;
		if (at == length)
			return 0;
		if (text[at] == '#')
			return add_note(parser, &text[at], length - at);
		from = at;
		while (at < length && text[at] != ' ' && text[at] != '\t')
			at++;
		if (line->count == WORDS_MAX)
			return fail(parser, (uint32_t)from + 1, "too many words in a line");
		line->words[line->count].text = &text[from];
		line->words[line->count].length = (uint32_t)(at - from);
		line->words[line->count].column = (uint32_t)from + 1;
		line->count++;
		line->end = (uint32_t)at + 1;
	}
}

static int parse_words(struct parser *parser, const struct line *line)
{
	struct complaint complaint = { .error = parser->error };
	struct scenario_expect expect;
	struct scenario_step step;

	if (word_is(&line->words[0], "expect"))
		return parse_expect(line, &expect, &complaint) ? add_expect(parser, &expect) : -1;
	if (word_is(&line->words[0], "ring") || word_is(&line->words[0], "fault")) {
		if (parser->body)
			return fail(parser, line->words[0].column,
				    "rings and faults are told before the first step");
		if (!parse_header(line, &parser->scenario->header, &complaint))
			return -1;
		parser->ring = true;
		return 0;
	}
	return parse_step(line, &step, &complaint) ? add_step(parser, &step) : -1;
}

static int parse_line(struct parser *parser, const char *text, size_t length)
{
	struct line line;
	const char *nul = memchr(text, '\0', length);

	if (nul != NULL)
		return fail(parser, (uint32_t)(nul - text) + 1, "a NUL byte");
	if (length > LINE_LONGEST)
		return fail(parser, LINE_LONGEST + 1, "the line is longer than 4096 bytes");
	if (length != 0 && text[length - 1] == '\r')
		length--;
	if (split_words(parser, text, length, &line) < 0)
		return -1;
	return line.count == 0 ? 0 : parse_words(parser, &line);
}

int scenario_parse(struct scenario *scenario, const char *file, const char *text, size_t length,
		   struct scenario_error *error)
{
	struct parser parser = { .scenario = scenario, .error = error };
	const char *at, *end;

	memset(scenario, 0, sizeof *scenario);
	memset(error, 0, sizeof *error);
	error->file = file;
	scenario->heap = true;
	scenario->text = malloc(length + 1);
	if (scenario->text == NULL)
		return fail(&parser, 0, "out of memory");
	if (length != 0)
		memcpy(scenario->text, text, length);
	end = scenario->text + length;
	for (at = scenario->text; at < end; at++) {
		const char *newline = memchr(at, '\n', (size_t)(end - at));
		const char *stop = newline != NULL ? newline : end;

		parser.number++;
		if (parse_line(&parser, at, (size_t)(stop - at)) < 0) {
			scenario_free(scenario);
			return -1;
		}
		at = stop;
	}
	return 0;
}

void scenario_free(struct scenario *scenario)
{
	if (scenario->heap) {
		free(scenario->steps);
		free(scenario->expects);
		free(scenario->notes);
		free(scenario->text);
	}
	memset(scenario, 0, sizeof *scenario);
}

/* --- files --- */

/* All of a file, in memory to be freed; NULL and a message. */
static char *read_all(const char *file, size_t *length, struct scenario_error *error)
{
	FILE *in = strcmp(file, "-") == 0 ? stdin : fopen(file, "rb");
	char *text = NULL;
	size_t room = 0, got;

	*length = 0;
	memset(error, 0, sizeof *error);
	error->file = file;
	if (in == NULL) {
		snprintf(error->message, SCENARIO_MESSAGE, "%s", strerror(errno));
		return NULL;
	}
	do {
		char *larger = NULL;

		if (room < FILE_LARGEST)
			larger = realloc(text, room += room != 0 ? room : 65536);
		if (larger == NULL) {
			snprintf(error->message, SCENARIO_MESSAGE, "the file is too large");
			free(text);
			text = NULL;
			break;
		}
		text = larger;
		got = fread(text + *length, 1, room - *length, in);
		*length += got;
	} while (*length == room);
	if (text != NULL && ferror(in)) {
		snprintf(error->message, SCENARIO_MESSAGE, "%s", strerror(errno));
		free(text);
		text = NULL;
	}
	if (in != stdin)
		fclose(in);
	return text;
}

int scenario_read(struct scenario *scenario, const char *file, struct scenario_error *error)
{
	size_t length;
	char *text = read_all(file, &length, error);
	int rc;

	if (text == NULL) {
		memset(scenario, 0, sizeof *scenario);
		return -1;
	}
	rc = scenario_parse(scenario, file, text, length, error);
	free(text);
	return rc;
}

int scenario_read_bytes(struct scenario *scenario, const char *file, struct scenario_error *error)
{
	size_t length;
	char *bytes = read_all(file, &length, error);
	size_t count;

	memset(scenario, 0, sizeof *scenario);
	if (bytes == NULL)
		return -1;
	count = length / SCENARIO_STEP_BYTES + 1;
	if (count > SCENARIO_STEPS_MAX)
		count = SCENARIO_STEPS_MAX;
	scenario->heap = true;
	scenario->capacity = (uint32_t)count;
	scenario->steps = calloc(count, sizeof *scenario->steps);
	if (scenario->steps != NULL)
		scenario_decode(scenario, (const uint8_t *)bytes, length, 0);
	free(bytes);
	if (scenario->steps != NULL)
		return 0;
	snprintf(error->message, SCENARIO_MESSAGE, "out of memory");
	scenario_free(scenario);
	return -1;
}
