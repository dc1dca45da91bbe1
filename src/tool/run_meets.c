/* SPDX-License-Identifier: MIT */
/* Whether what came of a step is what the scenario expects. */
#include "run_internal.h"

static bool is_choice(const struct scenario_expect *expect, int64_t found)
{
	for (unsigned i = 0; i < expect->choices; i++)
		if (expect->values[i] == found)
			return true;
	return false;
}

/* The completion that the step delivered or looked at: the last one. */
static const struct run_completion *completion_of(const struct run_event *event)
{
	const uint32_t count = event->completions < RUN_DELIVERED ? event->completions : RUN_DELIVERED;

	return count != 0 ? &event->completion[count - 1] : NULL;
}

static bool violated(const struct run_event *event, const struct scenario_expect *expect,
		     int64_t *found)
{
	const uint32_t count = event->violations < RUN_VIOLATIONS ? event->violations : RUN_VIOLATIONS;

	*found = 0;
	for (uint32_t i = 0; i < count; i++) {
		*found = event->violation[i].code;
		if (is_choice(expect, *found))
			return true;
	}
	return false;
}

static int64_t of_completion(const struct run_completion *completion, unsigned kind)
{
	switch (kind) {
	case EXPECT_RESULT:
		return completion->result;
	case EXPECT_FLAGS:
		return completion->flags;
	case EXPECT_OWNER:
		return (int64_t)completion->owner;
	case EXPECT_TERMINAL:
		return completion->terminal;
	default:
		return completion->foreign;
	}
}

bool run_meets(const struct run *run, const struct run_event *event,
	       const struct scenario_expect *expect, int64_t *found)
{
	const struct run_completion *completion = completion_of(event);

	*found = event->rc;
	switch (expect->kind) {
	case EXPECT_RETURN:
		return is_choice(expect, *found);
	case EXPECT_AT_LEAST:
		return *found >= expect->values[0];
	case EXPECT_VIOLATION:
		return violated(event, expect, found);
	case EXPECT_ACCOUNT:
		*found = (int64_t)event->after[expect->ring].value[expect->what];
		return is_choice(expect, *found);
	case EXPECT_STATE: {
		const struct once_ticket *ticket = &run->tickets[expect->what];
		const int ring = run_ring_index(run, ticket->ring);

		*found = ring < 0 ? ONCE_OTHER_RING : once_state_of(&run->rings[ring], ticket);
		return is_choice(expect, *found);
	}
	default:
		if (completion == NULL)
			return false;
		*found = of_completion(completion, expect->kind);
		return is_choice(expect, *found);
	}
}
