/* SPDX-License-Identifier: MIT */
/* The steps of the completing side: deliver, look, see. One public function each. */
#include "run_internal.h"

#include <signal.h>

static struct once_ring *ring_of(struct run *run, const struct scenario_step *step)
{
	return &run->rings[step->ring];
}

static bool is_endless(unsigned time)
{
	return time == TIME_EVER || time == TIME_LATE;
}

/* --- deliver --- */

enum waiting { PLAIN, NUMBER, TIMED, FULL, MASKED, SUBMITTING };

/* One of the calls that wait, by its own name. */
static int call_wait(struct run *run, const struct scenario_step *step, enum waiting how)
{
	struct once_ring *ring = ring_of(run, step);
	struct once_cqe *token = &run->tokens[step->reg];
	const struct once_timespec *time = run_time(how == TIMED ? step->arg : step->arg2, true);
	sigset_t mask;

	switch (how) {
	case PLAIN:
		run->event.call = "once_wait";
		return once_wait(ring, token);
	case NUMBER:
		run->event.call = "once_wait_nr";
		return once_wait_nr(ring, token, step->arg);
	case TIMED:
		if (time != NULL) {
			run->event.call = "once_wait_timeout";
			return once_wait_timeout(ring, token, time);
		}
		run->event.call = "once_wait_for";
		return once_wait_for(ring, token, 1, NULL, NULL);
	case SUBMITTING:
		run->event.call = "once_submit_and_wait_timeout";
		return once_submit_and_wait_timeout(ring, token, step->arg, time, NULL,
						    &run->event.submitted);
	default:
		run->event.call = "once_wait_for";
		sigemptyset(&mask);
		sigaddset(&mask, SIGUSR1);
		return once_wait_for(ring, token, step->arg, time, how == MASKED ? &mask : NULL);
	}
}

static int do_wait(struct run *run, const struct scenario_step *step, enum waiting how)
{
	const struct once_cqe before = run->tokens[step->reg];
	const unsigned time = how == TIMED ? step->arg : step->arg2;
	int rc;

	run->event.submitted = 0;
	run_watch(run, how == PLAIN || how == NUMBER || is_endless(time));
	rc = call_wait(run, step, how);
	run_unwatch(run, rc == -EINTR);
	if (rc == 0)
		run_note_token(run, step->reg);
	else
		run->tokens[step->reg] = before;
	return rc;
}

static int do_peek(struct run *run, const struct scenario_step *step)
{
	int rc = once_peek(ring_of(run, step), &run->tokens[step->reg]);

	run->event.call = "once_peek";
	if (rc == 0)
		run_note_token(run, step->reg);
	return rc;
}

static int do_peek_batch(struct run *run, const struct scenario_step *step)
{
	struct once_cqe cqes[SCENARIO_TOKENS];
	const unsigned count = step->arg < SCENARIO_TOKENS ? step->arg : SCENARIO_TOKENS;
	const int rc = once_peek_batch(ring_of(run, step), cqes, count);

	run->event.call = "once_peek_batch";
	for (int i = 0; i < rc && i < SCENARIO_TOKENS; i++) {
		const uint8_t reg = (uint8_t)((step->reg + i) % SCENARIO_TOKENS);

		run->tokens[reg] = cqes[i];
		run_note_token(run, reg);
	}
	return rc;
}

/* --- look --- */

static int do_look(struct run *run, const struct scenario_step *step)
{
	const struct once_cqe *cqe = &run->tokens[step->reg];
	uint64_t extra[2] = { 0, 0 };
	int rc;

	run_name_subject(run, cqe->ring, cqe->position);
	switch (step->verb) {
	case VERB_LOOK:
		run->event.call = "once_result";
		if (!once_is_held(cqe))
			return once_result(cqe);
		run_note_look(run, step->reg);
		return run->event.completion[0].result;
	case VERB_RESULT:
		run->event.call = "once_result";
		return once_result(cqe);
	case VERB_FLAGS:
		run->event.call = "once_flags";
		return (int)(once_flags(cqe) & INT32_MAX);
	case VERB_CLASS:
		run->event.call = "once_class";
		return once_class(cqe);
	case VERB_TERMINAL:
		run->event.call = "once_is_terminal";
		return once_is_terminal(cqe);
	case VERB_HELD:
		run->event.call = "once_is_held";
		return once_is_held(cqe);
	case VERB_OWNER:
		run->event.call = "once_owner";
		rc = run_owner_of(cqe, step->arg, &run->event.value);
		return rc == 0 ? (int)(run->event.value % 256) : rc;
	case VERB_TICKET_OF:
		run->event.call = "once_ticket_of";
		return once_ticket_of(cqe, &run->tickets[step->arg]);
	case VERB_USER_DATA:
		run->event.call = "once_user_data";
		return once_user_data(cqe, &run->event.value);
	default:
		run->event.call = "once_extra";
		rc = once_extra(cqe, extra);
		run->event.value = extra[0];
		return rc;
	}
}

static int do_look_at_copy(struct run *run, const struct scenario_step *step)
{
	const struct once_completion *copy = &run->copies[step->reg];
	int rc;

	if (step->verb == VERB_COPY_TERMINAL) {
		run->event.call = "once_completion_is_terminal";
		return once_completion_is_terminal(copy);
	}
	run->event.call = "once_completion_owner";
	rc = run_owner_from(copy, step->arg, &run->event.value);
	return rc == 0 ? (int)(run->event.value % 256) : rc;
}

/* --- see --- */

static int do_see(struct run *run, const struct scenario_step *step)
{
	const struct once_cqe token = run->tokens[step->reg];
	int rc;

	run->event.call = "once_seen";
	run_name_subject(run, token.ring, token.position);
	rc = once_seen(ring_of(run, step), &run->tokens[step->reg]);
	if (rc == 0)
		run_note_seen(run, &token);
	return rc;
}

static int do_see_batch(struct run *run, const struct scenario_step *step)
{
	struct once_cqe cqes[SCENARIO_TOKENS];
	const unsigned count = step->arg < SCENARIO_TOKENS ? step->arg : SCENARIO_TOKENS;
	int rc;

	for (unsigned i = 0; i < count; i++)
		cqes[i] = run->tokens[(step->reg + i) % SCENARIO_TOKENS];
	run->event.call = "once_seen_batch";
	run_name_subject(run, run->tokens[step->reg].ring, run->tokens[step->reg].position);
	rc = once_seen_batch(ring_of(run, step), cqes, count);
	for (int i = 0; i < rc && i < (int)count; i++)
		run_note_seen(run, &cqes[i]);
	return rc;
}

static int do_reap_batch(struct run *run, const struct scenario_step *step)
{
	struct once_completion done[SCENARIO_COPIES];
	const unsigned count = step->arg < SCENARIO_COPIES ? step->arg : SCENARIO_COPIES;
	const int rc = once_reap_batch(ring_of(run, step), done, count);

	run->event.call = "once_reap_batch";
	for (int i = 0; i < rc && i < SCENARIO_COPIES; i++) {
		const uint8_t reg = (uint8_t)((step->reg + i) % SCENARIO_COPIES);

		run->copies[reg] = done[i];
		run_note_copy(run, step->ring, &done[i], reg);
	}
	return rc;
}

static int do_reap(struct run *run, const struct scenario_step *step)
{
	struct once_completion done = run->copies[step->reg];
	int rc;

	if (step->verb == VERB_REAP) {
		run->event.call = "once_reap";
		rc = once_reap(ring_of(run, step), &done);
	} else {
		run->event.call = "once_wait_reap";
		run_watch(run, is_endless(step->arg));
		rc = once_wait_reap(ring_of(run, step), &done, run_time(step->arg, true));
		run_unwatch(run, rc == -EINTR);
	}
	if (rc != 0)
		return rc;
	run->copies[step->reg] = done;
	run_note_copy(run, step->ring, &done, step->reg);
	return rc;
}

/* --- which is which --- */

int run_do_complete(struct run *run, const struct scenario_step *step)
{
	switch (step->verb) {
	case VERB_WAIT:
		return do_wait(run, step, PLAIN);
	case VERB_WAIT_NR:
		return do_wait(run, step, NUMBER);
	case VERB_WAIT_TIMEOUT:
		return do_wait(run, step, TIMED);
	case VERB_WAIT_FOR:
		return do_wait(run, step, FULL);
	case VERB_WAIT_FOR_MASKED:
		return do_wait(run, step, MASKED);
	case VERB_SUBMIT_AND_WAIT_TIMEOUT:
		return do_wait(run, step, SUBMITTING);
	case VERB_PEEK:
		return do_peek(run, step);
	case VERB_PEEK_BATCH:
		return do_peek_batch(run, step);
	case VERB_SEE:
		return do_see(run, step);
	case VERB_SEE_BATCH:
		return do_see_batch(run, step);
	case VERB_REAP:
	case VERB_REAP_WAIT:
		return do_reap(run, step);
	case VERB_REAP_BATCH:
		return do_reap_batch(run, step);
	case VERB_COPY_OWNER:
	case VERB_COPY_TERMINAL:
		return do_look_at_copy(run, step);
	case VERB_DISCARD:
		run->event.call = "once_discard";
		return once_discard(ring_of(run, step));
	case VERB_FETCH:
		run->event.call = "once_get_events";
		return once_get_events(ring_of(run, step));
	default:
		return do_look(run, step);
	}
}
