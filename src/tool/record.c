/* SPDX-License-Identifier: MIT */
/* Watches a run, and writes down what changed in each step. */
#include "judge.h"
#include "record_follow.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static struct run run; /* large; the tool runs one scenario at a time */

/* --- rings --- */

/* A ring that went: nothing of it is anywhere any more. */
static void forget_ring(struct recorder *recorder, int ring, uint32_t now)
{
	struct record *record = recorder->record;

	for (uint32_t slot = 0; slot < RUN_CAPACITY; slot++) {
		const uint32_t index = recorder->current[ring][slot];

		if (index != RECORD_NONE) {
			record->ops[index].closed = now;
			recorder->current[ring][slot] = RECORD_NONE;
		}
	}
	for (uint32_t i = recorder->first_live; i < record->token_count; i++) {
		if (record->tokens[i].ring == ring)
			recorder_first_time(&record->tokens[i].passed, now);
	}
}

static void follow_ring(struct recorder *recorder, const struct run *from, int r, uint32_t now)
{
	const struct once_ring *ring = &from->rings[r];
	const bool open = ring->open != 0;

	if (recorder->open[r] && !open)
		forget_ring(recorder, r, now);
	if (!recorder->open[r] && open) {
		recorder->delivered[r] = ring->complete.delivered;
		recorder->record->cq[r] = ring->view.cq_entries;
		recorder->record->capacity[r] = ring->capacity;
	}
	recorder->open[r] = open;
	if (!open)
		return;
	recorder_meet_tokens(recorder, from, r, now);
	recorder_follow_ops(recorder, from, r, now);
}

static struct record_ring counters_of(const struct once_ring *ring)
{
	struct record_ring counters = { 0, 0, 0, 0, ring->open != 0 };

	if (counters.open) {
		counters.head = ring->complete.head;
		counters.delivered = ring->complete.delivered;
		counters.tail = counters.delivered + once_ready(ring);
		counters.head_place = ring->complete.head_index;
	}
	return counters;
}

/* --- steps --- */

/* Which operation and which position a step is about. */
static void find_subject(const struct recorder *recorder, struct record_step *step,
			 const struct run_event *event)
{
	const struct record *record = recorder->record;
	const char letter = event->step != NULL ? scenario_grammar(event->step->verb)->operands[0] : 0;
	const int ring = event->subject.ring;

	step->subject = RECORD_NONE;
	step->position = ONCE_NO_POSITION;
	step->ring = (uint8_t)(ring >= 0 ? ring : event->step != NULL ? event->step->ring : RING_A);
	if (ring >= 0 && (letter == 'S' || letter == 'O')) {
		step->subject = recorder_op(recorder, ring, event->subject.id);
	} else if (ring >= 0 && letter == 'K') {
		const uint32_t token = recorder_token(record, ring, event->subject.id);

		if (token != RECORD_NONE) {
			step->position = event->subject.id;
			step->subject = record->tokens[token].op;
		}
	}
	if (event->violations > 0) {
		const struct once_violation *violation = &event->violation[0];

		if (step->position == ONCE_NO_POSITION &&
		    recorder_token(record, step->ring, violation->position) != RECORD_NONE)
			step->position = violation->position;
		if (step->subject == RECORD_NONE && violation->slot < RUN_CAPACITY)
			step->subject = recorder->current[step->ring][violation->slot];
	}
}

static void judge_expectations(struct recorder *recorder, const struct run *from, const struct run_event *event,
		  struct record_step *step)
{
	struct record *record = recorder->record;
	const struct scenario *scenario = record->scenario;

	while (recorder->expect < scenario->expect_count &&
	       scenario->expects[recorder->expect].step == event->index) {
		int64_t found = 0;

		if (!run_meets(from, event, &scenario->expects[recorder->expect], &found)) {
			step->unmet++;
			if (record->unmet++ == 0) {
				record->first_unmet = recorder->expect;
				record->found = found;
			}
		}
		recorder->expect++;
	}
}

static void fill_step(struct recorder *recorder, const struct run *from,
		      const struct run_event *event, struct record_step *step)
{
	step->call = event->call;
	/* an owner is told as the scenario told it, by N of "lending N" */
	step->value = event->step != NULL && (event->step->verb == VERB_OWNER || event->step->verb == VERB_COPY_OWNER)
		? event->value % 256 : event->value;
	step->rc = event->rc;
	step->marks = event->marks;
	step->violations = event->violations;
	step->refused = event->rc < -4095;
	step->code = event->violations > 0 ? event->violation[0].code : step->refused ? event->rc : 0;
	step->started = event->started;
	step->ended = event->ended;
	for (int r = 0; r < RINGS; r++) {
		step->rings[r] = counters_of(&from->rings[r]);
		step->accounts[r] = event->after[r];
	}
	find_subject(recorder, step, event);
	judge_expectations(recorder, from, event, step);
}

static void remember_preparation(struct recorder *recorder, const struct run *from,
				 const struct run_event *event)
{
	const struct scenario_step *step = event->step;
	const struct once_sqe *sqe;
	uint32_t index = RECORD_NONE;

	if (step == NULL || strncmp(scenario_grammar(step->verb)->name, "PREP_", 5) != 0)
		return;
	sqe = &from->sqes[step->reg % SCENARIO_SQES].sqe;
	for (int ring = 0; ring < RINGS; ring++) {
		if (sqe->ring == &from->rings[ring])
			index = recorder_op(recorder, ring, sqe->id);
	}
	if (index != RECORD_NONE && recorder->record->ops[index].armed == RECORD_NEVER)
		recorder->record->ops[index].prepared = event->index;
}

static void observe(void *context, const struct run *from, const struct run_event *event)
{
	struct recorder *recorder = context;
	struct record *record = recorder->record;
	const uint32_t tokens = record->token_count;
	struct record_step *step = event->index == RUN_AT_OPEN ? &record->opened : NULL;

	if (event->index == RUN_AT_FINISH || record->failed)
		return;
	if (step == NULL && event->index < record->scenario->count) {
		step = &record->steps[event->index];
		record->count = event->index + 1;
	}
	if (step == NULL)
		return;
	for (int r = 0; r < RINGS; r++)
		follow_ring(recorder, from, r, event->index == RUN_AT_OPEN ? 0 : event->index);
	recorder_follow_tokens(recorder, from, event->index == RUN_AT_OPEN ? 0 : event->index);
	fill_step(recorder, from, event, step);
	step->tokens = tokens;
	remember_preparation(recorder, from, event);
}

int record_run(struct record *record, const struct scenario *scenario, enum run_backend backend,
	       bool trap)
{
	static struct recorder recorder;
	struct scenario_header header = scenario->header;

	memset(record, 0, sizeof *record);
	memset(&recorder, 0, sizeof recorder);
	memset(recorder.current, 0xff, sizeof recorder.current);
	memset(recorder.latest, 0xff, sizeof recorder.latest);
	recorder.record = record;
	record->scenario = scenario;
	record->backend = backend;
	record->first_unmet = RECORD_NONE;
	record->steps = calloc((size_t)scenario->count + 1, sizeof *record->steps);
	record->failed = record->steps == NULL;
	if (record->failed)
		return -ENOMEM;
	run.observe = observe;
	run.context = &recorder;
	run.clock = true;
	if (!trap)
		header.options &= (uint8_t)~OPTION_TRAP;
	record->rc = run_open(&run, &header, backend);
	/* a refused open is a scenario, too: every call says that the ring is not open */
	if (record->rc == 0 || (!is_not_permitted(record->rc) && record->rc != -ENOTSUP && run.world.open)) {
		run_scenario(&run, scenario);
		(void)run_finish(&run, &record->leftovers);
	}
	run_close(&run);
	memset(&run, 0, sizeof run);
	if (record->failed)
		return -ENOMEM;
	return record->count == scenario->count ? 0 : record->rc;
}

void record_free(struct record *record)
{
	free(record->steps);
	free(record->ops);
	free(record->tokens);
	memset(record, 0, sizeof *record);
}
