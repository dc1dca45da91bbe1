/* SPDX-License-Identifier: MIT */
/*
 * Delta debugging by steps: chunks of halving size are left out, and put back
 * where the verdict changes; at last single steps, until none can go.
 */
#include "minimise.h"

#include <stdlib.h>
#include <string.h>

bool verdict_is(const struct verdict *a, const struct verdict *b)
{
	return a->codes == b->codes && a->faults == b->faults && a->unmet == b->unmet && a->rc == b->rc &&
	       a->signal == b->signal;
}

/* A copy of *scenario* in *to*, which has room for it, without steps first .. first + count - 1. */
static void without(struct scenario *to, const struct scenario *scenario, uint32_t first, uint32_t count)
{
	const uint32_t last = first + count;

	to->header = scenario->header;
	to->count = scenario->count - count;
	memcpy(to->steps, scenario->steps, first * sizeof *to->steps);
	memcpy(to->steps + first, scenario->steps + last, (scenario->count - last) * sizeof *to->steps);
	to->expect_count = 0;
	for (uint32_t i = 0; i < scenario->expect_count; i++) {
		struct scenario_expect expect = scenario->expects[i];

		if (expect.step != SCENARIO_AT_OPEN && expect.step >= last)
			expect.step -= count;
		else if (expect.step != SCENARIO_AT_OPEN && expect.step >= first)
			continue;
		to->expects[to->expect_count++] = expect;
	}
	to->note_count = 0;
	for (uint32_t i = 0; i < scenario->note_count; i++) {
		struct scenario_note note = scenario->notes[i];

		/* a note about a step goes with it; what heads the file stays */
		if (note.step != SCENARIO_AT_OPEN && note.step >= last)
			note.step -= count;
		else if (note.step != SCENARIO_AT_OPEN && note.step >= first && note.step != 0)
			continue;
		to->notes[to->note_count++] = note;
	}
}

/* Room for a copy of *scenario*. */
static bool make_room(struct scenario *to, const struct scenario *scenario)
{
	memset(to, 0, sizeof *to);
	to->steps = calloc((size_t)scenario->count + 1, sizeof *to->steps);
	to->expects = calloc((size_t)scenario->expect_count + 1, sizeof *to->expects);
	to->notes = calloc((size_t)scenario->note_count + 1, sizeof *to->notes);
	to->capacity = scenario->count + 1;
	return to->steps != NULL && to->expects != NULL && to->notes != NULL;
}

/* Take over the shorter one; the arrays of *scenario* are large enough. */
static void accept(struct scenario *scenario, const struct scenario *shorter)
{
	memcpy(scenario->steps, shorter->steps, shorter->count * sizeof *shorter->steps);
	scenario->count = shorter->count;
	if (shorter->expect_count > 0)
		memcpy(scenario->expects, shorter->expects,
		       shorter->expect_count * sizeof *shorter->expects);
	scenario->expect_count = shorter->expect_count;
	if (shorter->note_count > 0)
		memcpy(scenario->notes, shorter->notes, shorter->note_count * sizeof *shorter->notes);
	scenario->note_count = shorter->note_count;
}

uint32_t minimise(struct scenario *scenario, const struct verdict *wanted, minimise_judge *judge,
		  void *context, uint32_t most_runs)
{
	struct scenario shorter;
	uint32_t runs = 0, chunk = scenario->count / 2 + 1;
	bool dropped;

	if (!make_room(&shorter, scenario))
		chunk = 0;
	while (chunk > 0 && runs < most_runs) {
		dropped = false;
		/* from the end: what comes late depends on what came before */
		for (uint32_t end = scenario->count; end > 0 && runs < most_runs;) {
			const uint32_t first = end > chunk ? end - chunk : 0;
			struct verdict verdict;

			without(&shorter, scenario, first, end - first);
			runs++;
			if (judge(context, &shorter, &verdict) && verdict_is(&verdict, wanted)) {
				accept(scenario, &shorter);
				dropped = true;
			}
			end = first;
		}
		if (chunk > 1)
			chunk = chunk / 2;
		else if (!dropped)
			break;
	}
	free(shorter.steps);
	free(shorter.expects);
	free(shorter.notes);
	return runs;
}
