/* SPDX-License-Identifier: MIT */
/* Lines that begin with "expect". */
#include "scenario_text.h"

#include <oncering/account.h>
#include <string.h>

enum { CHOICES = sizeof((struct scenario_expect *)0)->values / sizeof(int64_t) };

/* V [or V] ... */
static bool take_choices(struct reader *reader, struct scenario_expect *expect)
{
	do {
		if (expect->choices == CHOICES) {
			complain_message(reader->complaint, reader->line, reader->index,
					 "at most four choices");
			return false;
		}
		if (!take_value(reader, &expect->values[expect->choices]))
			return false;
		expect->choices++;
	} while (!at_end(reader) && take_word(reader, "or"));
	return true;
}

static bool take_one_of(struct reader *reader, struct scenario_expect *expect, const char *zero,
			const char *one)
{
	expect->choices = 1;
	if (take_word(reader, zero))
		return true;
	expect->values[0] = 1;
	return take_word(reader, one);
}

/* A number, or names of flags. */
static bool take_flags(struct reader *reader, struct scenario_expect *expect)
{
	expect->choices = 1;
	if (at_end(reader))
		return take_value(reader, &expect->values[0]);
	while (!at_end(reader)) {
		const char *name;
		uint32_t flag = 0;
		uint64_t number;
		unsigned i = 0;

		while ((name = cqe_flag_name(i, &flag)) != NULL && !take_word(reader, name))
			i++;
		if (name == NULL) {
			if (!take_number(reader, &number))
				return false;
			flag = (uint32_t)number;
		}
		expect->values[0] |= flag;
	}
	return true;
}

static bool take_state(struct reader *reader, struct scenario_expect *expect)
{
	if (!take_operand(reader, 'O', &expect->what))
		return false;
	do {
		int state = 0;

		while (scenario_state_word(state) != NULL &&
		       !take_word(reader, scenario_state_word(state)))
			state++;
		if (scenario_state_word(state) == NULL || expect->choices == CHOICES)
			return false;
		expect->values[expect->choices++] = state;
	} while (!at_end(reader) && take_word(reader, "or"));
	return true;
}

static bool take_account(struct reader *reader, struct scenario_expect *expect)
{
	if (!take_operand(reader, 'A', &expect->what) || !take_choices(reader, expect))
		return false;
	if (!at_end(reader) && take_word(reader, "on"))
		return take_operand(reader, 'R', &expect->ring);
	return true;
}

static bool take_kind(struct reader *reader, struct scenario_expect *expect)
{
	static const struct { const char *word; uint8_t kind; } kinds[] = {
		{ "at", EXPECT_AT_LEAST }, { "result", EXPECT_RESULT }, { "flags", EXPECT_FLAGS },
		{ "owner", EXPECT_OWNER }, { "terminal", EXPECT_TERMINAL },
		{ "class", EXPECT_CLASS }, { "account", EXPECT_ACCOUNT },
		{ "state", EXPECT_STATE }, { "violation", EXPECT_VIOLATION }
	};

	expect->kind = EXPECT_RETURN;
	for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++)
		if (take_word(reader, kinds[i].word)) {
			expect->kind = kinds[i].kind;
			break;
		}
	switch (expect->kind) {
	case EXPECT_AT_LEAST:
		expect->choices = 1;
		return take_word(reader, "least") && take_value(reader, &expect->values[0]);
	case EXPECT_FLAGS:
		return take_flags(reader, expect);
	case EXPECT_TERMINAL:
		return take_one_of(reader, expect, "no", "yes");
	case EXPECT_CLASS:
		return take_one_of(reader, expect, "owned", "foreign");
	case EXPECT_ACCOUNT:
		return take_account(reader, expect);
	case EXPECT_STATE:
		return take_state(reader, expect);
	default:
		return take_choices(reader, expect);
	}
}

bool parse_expect(const struct line *line, struct scenario_expect *expect,
		  struct complaint *complaint)
{
	struct reader reader = { line, complaint, 1 };

	memset(expect, 0, sizeof *expect);
	expect->line = line->number;
	return take_kind(&reader, expect) && take_end(&reader);
}
