/* SPDX-License-Identifier: MIT */
/* The text form, written: steps by their templates, the header, expectations, notes. */
#include "scenario_text.h"

#include <ctype.h>
#include <inttypes.h>
#include <oncering/code.h>
#include <stdarg.h>
#include <string.h>

enum { LINE_ROOM = 256 };

/* Text that is added to, in a buffer that may be too small. */
struct sink {
	char *buffer;
	size_t room;
	size_t length; /* of all that was added */
};

__attribute__((format(printf, 2, 3))) static void add(struct sink *sink, const char *format, ...)
{
	const size_t left = sink->length < sink->room ? sink->room - sink->length : 0;
	va_list arguments;
	int length;

	va_start(arguments, format);
	length = vsnprintf(left != 0 ? sink->buffer + sink->length : NULL, left, format, arguments);
	va_end(arguments);
	sink->length += length > 0 ? (size_t)length : 0;
}

/* --- steps --- */

static uint8_t operand_value(const struct scenario_step *step, char digit)
{
	return digit == '0' ? step->reg : digit == '1' ? step->arg : step->arg2;
}

static void add_operand(struct sink *sink, char letter, uint8_t value)
{
	const struct scenario_operand *operand = scenario_operand(letter);

	if (operand->prefix != 0)
		add(sink, "%c%u", operand->prefix, value);
	else if (operand->words != NULL)
		add(sink, "%s", value < operand->count ? operand->words[value] : "?");
	else if (letter == 'L')
		add(sink, "%" PRIu64, scenario_length(value));
	else
		add(sink, "%u", value);
}

/* Whether what stands in brackets at *at* is to be left out. */
static bool is_left_out(const struct scenario_step *step, const char *at)
{
	for (; *at != ']'; at++) {
		if (*at == 'R')
			return step->ring == RING_A;
		if (isupper((unsigned char)*at))
			return operand_value(step, at[1]) == 0;
	}
	return false;
}

int scenario_step_text(const struct scenario_step *step, char *buffer, size_t room)
{
	struct sink sink = { buffer, room, 0 };
	const char *at = scenario_grammar(step->verb)->template;

	if (room != 0)
		buffer[0] = '\0';
	for (; *at != '\0'; at++) {
		if (*at == ' ' && at[1] == '[' && is_left_out(step, at)) {
			at = strchr(at, ']');
		} else if (*at == '[' || *at == ']') {
			continue;
		} else if (*at == 'R') {
			add_operand(&sink, 'R', step->ring);
		} else if (isupper((unsigned char)*at)) {
			add_operand(&sink, *at, operand_value(step, at[1]));
			at++;
		} else {
			add(&sink, "%c", *at);
		}
	}
	return (int)sink.length;
}

/* --- the header --- */

static void add_size(struct sink *sink, const char *ring, unsigned index)
{
	const struct scenario_size size = scenario_size_at(index);

	add(sink, "ring %s entries %u cq %u operations %u", ring, size.entries, size.cq,
	    size.operations);
}

int scenario_header_text(const struct scenario_header *header, char *buffer, size_t room)
{
	struct sink sink = { buffer, room, 0 };

	add_size(&sink, "a", header->size);
	if (header->setup != SETUP_DEFAULT)
		add(&sink, " flags %s", scenario_word('Z', header->setup));
	if ((header->options & OPTION_SPLIT) != 0)
		add(&sink, " split");
	if ((header->options & OPTION_FOREIGN) != 0)
		add(&sink, " foreign");
	if ((header->options & OPTION_LEGACY) != 0)
		add(&sink, " legacy");
	if ((header->options & OPTION_TRAP) != 0)
		add(&sink, " trap");
	if (header->generations != 0)
		add(&sink, " used %" PRIu64, scenario_generations(header->generations));
	if (header->credit != 0)
		add(&sink, " credit %u", scenario_credit(header->credit));
	if (header->phase != 0)
		add(&sink, " phase %u", header->phase);
	if (header->second != 0) {
		add(&sink, "\n");
		add_size(&sink, "b", header->second - 1U);
	}
	if (header->fault != FAULT_NONE) {
		add(&sink, "\nfault %s", scenario_word('H', header->fault));
		if (header->fault_arg != 0)
			add(&sink, " %u", header->fault_arg);
	}
	return (int)sink.length;
}

/* --- expectations --- */

int value_text(int64_t value, char *buffer, size_t room)
{
	const char *name = NULL;

	if (value < 0 && value >= -4095)
		name = strerrorname_np((int)-value);
	if (name != NULL)
		return snprintf(buffer, room, "-%s", name);
	if (value < -4095 && value >= -6000 && strcmp(once_code_name((int)value), "unknown") != 0)
		return snprintf(buffer, room, "%s", once_code_name((int)value));
	return snprintf(buffer, room, "%" PRId64, value);
}

static void add_values(struct sink *sink, const struct scenario_expect *expect)
{
	char text[48];

	for (unsigned i = 0; i < expect->choices; i++) {
		value_text(expect->values[i], text, sizeof text);
		add(sink, "%s%s", i != 0 ? " or " : "", text);
	}
}

static void add_flags(struct sink *sink, int64_t flags)
{
	uint32_t flag, left = (uint32_t)flags;
	const char *name;

	add(sink, "flags");
	for (unsigned i = 0; (name = cqe_flag_name(i, &flag)) != NULL; i++)
		if ((left & flag) != 0) {
			add(sink, " %s", name);
			left &= ~flag;
		}
	if (left != 0 || flags == 0)
		add(sink, " %" PRIu32, left);
}

static void add_state(struct sink *sink, const struct scenario_expect *expect)
{
	add(sink, "state o%u", expect->what);
	for (unsigned i = 0; i < expect->choices; i++)
		add(sink, "%s %s", i != 0 ? " or" : "", scenario_state_word((int)expect->values[i]));
}

int scenario_expect_text(const struct scenario_expect *expect, char *buffer, size_t room)
{
	struct sink sink = { buffer, room, 0 };
	const int64_t first = expect->values[0];

	add(&sink, "expect ");
	switch (expect->kind) {
	case EXPECT_AT_LEAST:
		add(&sink, "at least ");
		break;
	case EXPECT_RESULT:
		add(&sink, "result ");
		break;
	case EXPECT_OWNER:
		add(&sink, "owner ");
		break;
	case EXPECT_VIOLATION:
		add(&sink, "violation ");
		break;
	case EXPECT_ACCOUNT:
		add(&sink, "account %s ", scenario_word('A', expect->what));
		break;
	case EXPECT_FLAGS:
		add_flags(&sink, first);
		return (int)sink.length;
	case EXPECT_TERMINAL:
		add(&sink, "terminal %s", first != 0 ? "yes" : "no");
		return (int)sink.length;
	case EXPECT_CLASS:
		add(&sink, "class %s", first != 0 ? "foreign" : "owned");
		return (int)sink.length;
	case EXPECT_STATE:
		add_state(&sink, expect);
		return (int)sink.length;
	default:
		break;
	}
	add_values(&sink, expect);
	if (expect->kind == EXPECT_ACCOUNT && expect->ring == RING_B)
		add(&sink, " on b");
	return (int)sink.length;
}

/* --- all of it --- */

struct cursor {
	const struct scenario *scenario;
	FILE *out;
	uint32_t note, expect;
};

/* Notes before step *index*, and expectations about the step before it. */
static void print_between(struct cursor *cursor, uint32_t index)
{
	const struct scenario *scenario = cursor->scenario;
	const uint32_t about = index == 0 ? SCENARIO_AT_OPEN : index - 1;
	char text[LINE_ROOM];

	while (cursor->expect < scenario->expect_count &&
	       scenario->expects[cursor->expect].step == about) {
		scenario_expect_text(&scenario->expects[cursor->expect], text, sizeof text);
		fprintf(cursor->out, "%s\n", text);
		cursor->expect++;
	}
	while (cursor->note < scenario->note_count &&
	       scenario->notes[cursor->note].step == index) {
		const struct scenario_note *note = &scenario->notes[cursor->note];

		fprintf(cursor->out, note->length != 0 ? "# %.*s\n" : "#\n", (int)note->length,
			note->text);
		cursor->note++;
	}
}

void scenario_print(const struct scenario *scenario, FILE *out)
{
	struct cursor cursor = { scenario, out, 0, 0 };
	char text[LINE_ROOM * 2];

	/* a title stands before the ring */
	while (cursor.note < scenario->note_count &&
	       scenario->notes[cursor.note].step == SCENARIO_AT_OPEN) {
		const struct scenario_note *note = &scenario->notes[cursor.note++];

		fprintf(out, note->length != 0 ? "# %.*s\n" : "#\n", (int)note->length, note->text);
	}
	scenario_header_text(&scenario->header, text, sizeof text);
	fprintf(out, "%s\n", text);
	for (uint32_t i = 0; i < scenario->count; i++) {
		print_between(&cursor, i);
		scenario_step_text(&scenario->steps[i], text, sizeof text);
		fprintf(out, "%s\n", text);
	}
	print_between(&cursor, scenario->count);
}
