/* SPDX-License-Identifier: MIT */
/* See retell.h. */
#include "retell.h"

#include <string.h>

enum { TEXT = 320 };

static void expect(FILE *out, enum expect_kind kind, int64_t value)
{
	const struct scenario_expect line = { .kind = (uint8_t)kind, .choices = 1, .values = { value } };
	char text[TEXT];

	scenario_expect_text(&line, text, sizeof text);
	fprintf(out, "%s\n", text);
}

/* Notes that stand before step *index*. */
static void print_notes(struct retelling *retelling, uint32_t index)
{
	const struct scenario *scenario = retelling->scenario;

	for (; retelling->note < scenario->note_count &&
	       scenario->notes[retelling->note].step == index; retelling->note++) {
		const struct scenario_note *note = &scenario->notes[retelling->note];

		fprintf(retelling->out, note->length != 0 ? "# %.*s\n" : "#\n", (int)note->length, note->text);
	}
}

static void print_step(struct retelling *retelling, uint32_t index)
{
	const struct scenario *scenario = retelling->scenario;
	char text[TEXT];

	print_notes(retelling, index);
	if (index >= scenario->count)
		return;
	scenario_step_text(&scenario->steps[index], text, sizeof text);
	fprintf(retelling->out, "%s\n", text);
}

/* Steps that only set the scene return nothing that is worth a line. */
static bool returns_something(const struct run_event *event)
{
	return event->step == NULL || event->call[0] != '\0' || event->rc != 0 ||
	       event->step->verb == VERB_ACCOUNT || event->step->verb == VERB_GET;
}

/* What an expectation can be about is the last completion of the step. */
static void print_completion(FILE *out, const struct run_event *event)
{
	const uint32_t count = event->completions < RUN_DELIVERED ? event->completions : RUN_DELIVERED;
	const struct run_completion *completion;

	if (count == 0)
		return;
	completion = &event->completion[count - 1];
	expect(out, EXPECT_RESULT, completion->result);
	expect(out, EXPECT_CLASS, completion->foreign != 0);
	if (completion->foreign != 0)
		return;
	expect(out, EXPECT_OWNER, (int64_t)completion->owner);
	expect(out, EXPECT_TERMINAL, completion->terminal != 0);
}

/* Each code once; what the step returned is told already. */
static void print_violations(FILE *out, const struct run_event *event)
{
	const uint32_t count = event->violations < RUN_VIOLATIONS ? event->violations : RUN_VIOLATIONS;

	for (uint32_t i = 0; i < count; i++)
		if (i == 0 || event->violation[i].code != event->violation[i - 1].code)
			expect(out, EXPECT_VIOLATION, event->violation[i].code);
}

static void print_header(struct retelling *retelling)
{
	char text[2 * TEXT];

	print_notes(retelling, SCENARIO_AT_OPEN);
	scenario_header_text(&retelling->scenario->header, text, sizeof text);
	fprintf(retelling->out, "%s\n", text);
}

void retell_event(void *context, const struct run *run, const struct run_event *event)
{
	struct retelling *retelling = context;

	(void)run;
	if (event->index == RUN_AT_FINISH)
		return;
	if (event->index == RUN_AT_OPEN)
		print_header(retelling);
	if (returns_something(event))
		expect(retelling->out, EXPECT_RETURN, event->rc);
	print_completion(retelling->out, event);
	print_violations(retelling->out, event);
	print_step(retelling, event->index == RUN_AT_OPEN ? 0 : event->index + 1);
	fflush(retelling->out);
}
