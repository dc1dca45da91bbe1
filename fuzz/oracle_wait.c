/* SPDX-License-Identifier: MIT */
/* The oracle: wait, peek, reap, discard. */
#include "oracle.h"

#include "stage.h"

#include <errno.h>

enum {
	LONG = 2000000000, /* nanoseconds of patience: it must end, though the machine be busy */
	SHORT = 200000     /* ... it may never end */
};

/* --- waits --- */

static bool is_posted(const struct once_ring *library, uint64_t id)
{
	const uint32_t ready = once_ready(library);

	for (uint32_t i = 0; i < ready; i++) {
		const uint64_t place = (library->complete.delivered + i) % library->view.cq_entries;

		if (library->view.cqes[place << library->cqe_shift].user_data == id)
			return true;
	}
	return false;
}

/*
 * Operations that end by themselves, and have not: a wait for them must end; *armed*: it
 * submits, too.
 */
static uint32_t certain_ones(struct oracle *o, bool armed)
{
	const struct oracle_ring *ring = oracle_ring(o);
	uint32_t count = 0;

	if (o->run->tangled || o->spoofed)
		return 0;
	for (uint32_t slot = 0; slot < ring->model.setup.capacity; slot++)
		count += ring->ops[slot].certain &&
			 ((ring->model.slots[slot].state == MODEL_IN_FLIGHT &&
			   !is_posted(oracle_library(o), model_id_of(&ring->model, slot))) ||
			  (armed && ring->model.slots[slot].state == MODEL_ARMED));
	return count;
}

/*
 * The step, under a watchdog. Whether a wait for *wanted* CQEs ends, whatever else
 * happens, is known before; nothing but the watchdog interrupts it, and the time
 * of one that is to last for long does not pass.
 */
static int do_and_watch(struct oracle *o, uint32_t wanted, unsigned time)
{
	const bool submits = o->step->verb == VERB_SUBMIT_AND_WAIT_TIMEOUT || o->step->verb == VERB_SUBMIT_AND_WAIT;
	const uint32_t there = oracle_model(o)->own_used ? 0 : oracle_ring(o)->facts.ready;
	const uint32_t certain = certain_ones(o, submits);
	int rc;

	o->run->patience = there + certain >= wanted || (time != TIME_EVER && time != TIME_LATE) ? LONG : SHORT;
	rc = oracle_do(o);
	o->run->patience = LONG;
	CHECK_THAT(CHECK_WAIT, (o->event->marks & RUN_EXPIRED) == 0 || there + certain < wanted,
		   "it waited for %u in vain; %u are there, %u come by themselves", wanted, there, certain);
	CHECK_THAT(CHECK_WAIT, (o->event->marks & RUN_EXPIRED) == 0 || time == TIME_EVER || time == TIME_LATE ||
				      o->run->tangled,
		   "its time did not end it");
	CHECK_THAT(CHECK_WAIT, rc != -EINTR || (o->event->marks & RUN_EXPIRED) != 0 || o->threads,
		   "it says that a signal has come, and none has");
	CHECK_THAT(CHECK_WAIT, rc != -EAGAIN || submits || o->loose || o->run->backend != RUN_REAL ||
				      stage_ended_wait == NULL || stage_ended_wait(),
		   "it says that it was woken for nothing, and nothing has woken it");
	/* the emulated ring skips them */
	CHECK_THAT(CHECK_WAIT, rc != -ETIME || time != TIME_LATE || o->misled || o->run->backend != RUN_REAL,
		   "it says that 1000 s have passed");
	return rc;
}

static struct model_wait wait_of(uint32_t count, unsigned time)
{
	const struct model_wait wait = {
		.count = count, .timed = time != TIME_EVER,
		.bad_time = time == TIME_NEGATIVE || time == TIME_CROOKED
	};

	return wait;
}

/*
 * What a timed wait without IORING_FEAT_EXT_ARG has done: it arms a timeout of its own if
 * too few CQEs are there, and that one may have come and gone when the wait returns.
 */
static void note_timer(struct oracle *o, const struct model_wait *wait, int rc)
{
	const uint32_t wanted = wait->count == 0 ? 1 : wait->count;
	const struct once_ring *library = oracle_library(o);
	struct model *m = oracle_model(o);

	model_waited(m, wait, rc, once_armed(library), once_reserved(library));
	if (wait->timed && m->setup.legacy && rc == 0 && oracle_ring(o)->facts.ready < wanted)
		m->own_used = true;
}

static void do_wait(struct oracle *o, uint32_t count, unsigned time)
{
	const struct model_wait wait = wait_of(count, time);
	struct model *m = oracle_model(o);
	const struct once_ring *library = oracle_library(o);
	const int rc = do_and_watch(o, count == 0 ? 1 : count, time);

	oracle_asked(o, ASK_WAIT, &wait, rc);
	note_timer(o, &wait, rc);
	if (rc != 0)
		return;
	if (!wait.timed && count <= 1)
		oracle_note_owner(o);
	if (!wait.timed && !m->own_used)
		CHECK_THAT(CHECK_WAIT, once_ready(library) + 1 >= count, "it returned for %u, it waited for %u",
			   once_ready(library) + 1, count);
	if (o->step->verb == VERB_REAP_WAIT)
		oracle_reaped(o);
	else
		oracle_delivered(o);
}

static void do_submit_and_wait(struct oracle *o)
{
	const struct model_wait wait = { .count = o->step->arg };
	struct model *m = oracle_model(o);
	const int rc = do_and_watch(o, wait.count == 0 ? UINT32_MAX : wait.count, TIME_EVER);

	oracle_asked(o, ASK_SUBMIT_AND_WAIT, &wait, rc);
	if (rc > 0)
		model_submitted(m, (uint32_t)rc);
}

static void do_submit_and_wait_timeout(struct oracle *o)
{
	const struct model_wait wait = wait_of(o->step->arg, o->step->arg2);
	struct model *m = oracle_model(o);
	const struct once_ring *library = oracle_library(o);
	const uint32_t armed = once_armed(library);
	const int rc = do_and_watch(o, wait.count == 0 ? 1 : wait.count, o->step->arg2);

	oracle_asked(o, ASK_SUBMIT_AND_WAIT_TIMEOUT, &wait, rc);
	CHECK_THAT(CHECK_COUNT, o->event->submitted == armed - once_armed(library),
		   "it says %u submitted, %u were", o->event->submitted, armed - once_armed(library));
	if (wait.timed && m->setup.legacy)
		note_timer(o, &wait, rc);
	else
		model_submitted(m, o->event->submitted);
	if (rc == 0)
		oracle_delivered(o);
}

/* --- without waiting --- */

/* The number of a batch of at most *count*. */
static void check_count_of(struct oracle *o, int rc, uint32_t count)
{
	const uint32_t ready = oracle_ring(o)->facts.ready;

	CHECK_THAT(CHECK_COUNT, rc <= (int)count && (uint32_t)rc == o->event->completions,
		   "%d of at most %u", rc, count);
	if (!o->loose && !oracle_model(o)->own_used && o->looks_anew && ready != 0)
		CHECK_THAT(CHECK_COUNT, (uint32_t)rc == (count < ready ? count : ready),
			   "%d, where %u are ready and at most %u are wanted", rc, ready, count);
}

static void do_peek(struct oracle *o, bool batch, bool copies)
{
	const uint32_t room = copies ? SCENARIO_COPIES : SCENARIO_TOKENS;
	const uint32_t count = !batch ? 1 : o->step->arg < room ? o->step->arg : room;
	int rc;

	/* it takes what it knows of before it looks at the kernel's tail */
	o->looks_anew = oracle_library(o)->complete.ready == oracle_library(o)->complete.delivered;
	rc = oracle_do(o);
	if (batch && count == 0) {
		oracle_same(o, rc, 0);
		return;
	}
	oracle_asked(o, ASK_PEEK, NULL, rc > 0 ? 0 : rc);
	if (batch && rc > 0)
		check_count_of(o, rc, count);
	else if (batch && rc == 0)
		check_failed(CHECK_COUNT, "0, but none and no reason");
	if (rc >= 0 && copies)
		oracle_reaped(o);
	else if (rc >= 0)
		oracle_delivered(o);
	else if (rc == -EAGAIN)
		oracle_check_empty(o);
}

static uint32_t live_ids(const struct model *m, uint64_t *ids)
{
	uint32_t count = 0;

	for (uint32_t slot = 0; m->open && slot < m->setup.capacity; slot++)
		if (m->slots[slot].state == MODEL_IN_FLIGHT)
			ids[count++] = model_id_of(m, slot);
	return count;
}

static void do_discard(struct oracle *o)
{
	struct model *m = oracle_model(o);
	struct once_ring *library = oracle_library(o);
	uint64_t ids[MODEL_SLOTS];
	const uint32_t live = live_ids(m, ids);
	const uint32_t ready = oracle_ring(o)->facts.ready;
	uint32_t ended = 0;
	int rc;

	rc = oracle_do(o);
	oracle_asked(o, ASK_PEEK, NULL, rc > 0 ? 0 : rc == 0 ? -EAGAIN : rc);
	/* strays that were thrown away are reported, and why it went no further */
	if (rc >= 0)
		m->violations += o->event->violations;
	if (rc <= 0)
		return;
	oracle_note_owner(o);
	if (!o->loose && !m->own_used)
		CHECK_THAT(CHECK_COUNT, (uint32_t)rc >= ready, "%d of %u", rc, ready);
	for (uint32_t i = 0; i < live; i++) {
		const struct once_ticket ticket = { library, ids[i] };

		if (once_state_of(library, &ticket) != ONCE_STATE_IN_FLIGHT)
			ids[ended++] = ids[i];
	}
	CHECK_THAT(CHECK_MODEL, model_discarded(m, (uint32_t)rc, ids, ended), "%s", m->why);
	oracle_stream_lost(o);
}

static void do_fetch(struct oracle *o)
{
	struct model *m = oracle_model(o);
	const struct model_answer answer = model_get_events_answer(m);

	oracle_allowed(o, m, &answer, oracle_do(o));
}

bool oracle_wait_step(struct oracle *o)
{
	const struct scenario_step *step = o->step;

	switch (step->verb) {
	case VERB_WAIT:
		do_wait(o, 1, TIME_EVER);
		return true;
	case VERB_WAIT_NR:
		do_wait(o, step->arg, TIME_EVER);
		return true;
	case VERB_WAIT_TIMEOUT:
	case VERB_REAP_WAIT:
		do_wait(o, 1, step->arg);
		return true;
	case VERB_WAIT_FOR:
	case VERB_WAIT_FOR_MASKED:
		do_wait(o, step->arg, step->arg2);
		return true;
	case VERB_SUBMIT_AND_WAIT:
		do_submit_and_wait(o);
		return true;
	case VERB_SUBMIT_AND_WAIT_TIMEOUT:
		do_submit_and_wait_timeout(o);
		return true;
	case VERB_PEEK:
		do_peek(o, false, false);
		return true;
	case VERB_PEEK_BATCH:
		do_peek(o, true, false);
		return true;
	case VERB_REAP:
		do_peek(o, false, true);
		return true;
	case VERB_REAP_BATCH:
		do_peek(o, true, true);
		return true;
	case VERB_DISCARD:
		do_discard(o);
		return true;
	case VERB_FETCH:
		do_fetch(o);
		return true;
	default:
		return false;
	}
}
