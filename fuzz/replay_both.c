/* SPDX-License-Identifier: MIT */
/*
 * One input, two kernels: the same steps on the real ring and on the emulated one
 * must come to the same events, as far as the emulated kernel does what they ask
 * for and the order of CQEs is defined: no timers, no second thread, no sockets, and
 * no further than where two operations wait for the pipe: nobody says which is first.
 */
#include "replay.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

uint64_t replay_both_steps;

static struct run runs[2];
static struct scenario_step steps[TARGET_STEPS];

/* What both kernels do alike. */
static bool is_common(const struct scenario_step *step)
{
	switch (step->verb) {
	case VERB_KERNEL:
	case VERB_ELSEWHERE:
	case VERB_ABANDON:
	case VERB_PREP_LINK_TIMEOUT:
	case VERB_PREP_RAW:
	case VERB_PREP_PROVIDE:
	case VERB_PREP_MESSAGE:
	case VERB_PREP_MESSAGE_OF:
	case VERB_SET_FLAG:
	case VERB_PREP_OPENAT:
	case VERB_PREP_CLOSE:
	case VERB_PREP_READ_FIXED:
	case VERB_PREP_WRITE_FIXED:
	case VERB_SHUT:
	case VERB_CONNECT:
	case VERB_REGISTER_ASYNC:
		return false;
	case VERB_PREP_TIMEOUT:
		return step->arg == TIME_LATE && step->arg2 == 0;
	default:
		break;
	}
	if (step->verb >= VERB_PREP_ACCEPT && step->verb <= VERB_PREP_SHUTDOWN)
		return false;
	if (step->verb >= VERB_PREP_READ && step->verb <= VERB_PREP_POLL_MULTISHOT)
		return step->arg == FILE_PIPE_READ || step->arg == FILE_PIPE_WRITE;
	if (step->verb == VERB_PUT || step->verb == VERB_GET)
		return step->reg == FILE_PIPE_READ || step->reg == FILE_PIPE_WRITE;
	return true;
}

static void make_common(struct scenario *scenario)
{
	uint32_t kept = 0;

	for (uint32_t i = 0; i < scenario->count; i++)
		if (is_common(&scenario->steps[i]))
			scenario->steps[kept++] = scenario->steps[i];
	scenario->count = kept;
	scenario->header.fault = FAULT_NONE;
	scenario->header.fault_arg = 0;
	scenario->header.options &= OPTION_FOREIGN;
	scenario->header.setup = SETUP_DEFAULT;
}

static void differ(const struct scenario_step *step, uint32_t index, const char *what, long long real,
		   long long emulated)
{
	char text[160] = "the open";

	if (step != NULL)
		(void)scenario_step_text(step, text, sizeof text);
	(void)fprintf(stderr, "FINDING both step %d: %s: %s: %lld on the real ring, %lld on the emulated one\n",
		      (int)index, text, what, real, emulated);
	abort();
}

static void compare(const struct scenario_step *step, uint32_t index)
{
	const struct run_event *a = &runs[0].event, *b = &runs[1].event;

	if (a->rc != b->rc)
		differ(step, index, "answer", a->rc, b->rc);
	if (a->violations != b->violations)
		differ(step, index, "violations", a->violations, b->violations);
	if (a->completions != b->completions)
		differ(step, index, "completions", a->completions, b->completions);
	for (uint32_t i = 0; i < a->completions && i < RUN_DELIVERED; i++) {
		const struct run_completion *x = &a->completion[i], *y = &b->completion[i];

		if (x->op != y->op || x->owner != y->owner)
			differ(step, index, "operation", x->op, y->op);
		if (x->result != y->result)
			differ(step, index, "result", x->result, y->result);
		if (x->flags != y->flags)
			differ(step, index, "flags", x->flags, y->flags);
	}
	for (unsigned ring = 0; ring < RINGS; ring++)
		for (unsigned account = 0; account < ACCOUNTS; account++)
			if (a->after[ring].value[account] != b->after[ring].value[account])
				differ(step, index, scenario_word('A', account), (long long)a->after[ring].value[account],
				       (long long)b->after[ring].value[account]);
	replay_both_steps++;
}

static bool waits_for_pipe(const struct run *run, const struct run_op *op)
{
	return op->id != 0 && op->ended == 0 && run_op_state(run, op) == ONCE_STATE_IN_FLIGHT &&
	       op->verb >= VERB_PREP_READ && op->verb <= VERB_PREP_POLL_MULTISHOT;
}

static bool has_order(const struct run *run)
{
	uint32_t waiting = 0;

	for (unsigned ring = 0; ring < RINGS; ring++)
		for (uint32_t slot = 0; run->rings[ring].open != 0 && slot < run->rings[ring].capacity; slot++)
			waiting += waits_for_pipe(run, &run->ops[ring][slot]);
	return waiting < 2;
}

void replay_both(const uint8_t *bytes, size_t length)
{
	struct run_leftovers left;
	struct scenario scenario;

	scenario_init(&scenario, steps, TARGET_STEPS);
	scenario_decode(&scenario, bytes, length, SCENARIO_TAME);
	make_common(&scenario);
	for (unsigned i = 0; i < 2; i++) {
		runs[i].fd_base = 400 + 64 * (int)i;
		runs[i].patience = 1000000;
		if (run_open(&runs[i], &scenario.header, i == 0 ? RUN_REAL : RUN_EMULATED) == -EPERM)
			_Exit(TARGET_SKIP);
	}
	compare(NULL, RUN_AT_OPEN);
	for (uint32_t i = 0; i < scenario.count && has_order(&runs[0]); i++) {
		(void)run_step(&runs[0], &scenario.steps[i], i);
		(void)run_step(&runs[1], &scenario.steps[i], i);
		compare(&scenario.steps[i], i);
	}
	(void)run_finish(&runs[0], &left);
	(void)run_finish(&runs[1], &left);
}
