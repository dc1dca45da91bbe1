/* SPDX-License-Identifier: MIT */
/* See run.h: the life of a run, and what surrounds each step. */
#include "run_internal.h"

#include <linux/io_uring.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { FD_BASE = 600, PATIENCE = 2000000000, NANOSECONDS = 1000000000, CANCEL_NANOSECONDS = 100000000, MOMENT = 20000000 };

static uint64_t now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return (uint64_t)time.tv_sec * NANOSECONDS + (uint64_t)time.tv_nsec;
}

/* --- one step --- */

static void begin_event(struct run *run, const struct scenario_step *step, uint32_t index)
{
	struct run_event *event = &run->event;

	event->index = index;
	event->step = step;
	event->call = "";
	event->rc = 0;
	event->value = 0;
	event->marks = 0;
	event->submitted = 0;
	event->op = RUN_NO_OP;
	event->subject.ring = -1;
	event->subject.id = 0;
	event->completions = 0;
	event->violations = 0;
	if (!run->no_accounts)
		memcpy(event->before, event->after, sizeof event->before);
	if (run->clock)
		event->started = now();
}

static void end_event(struct run *run)
{
	struct run_event *event = &run->event;

	if (run->clock)
		event->ended = now();
	if (!run->no_accounts)
		for (unsigned ring = 0; ring < RINGS; ring++)
			run_fill_accounts(run, ring, &event->after[ring]);
	if (run->observe != NULL)
		run->observe(run->context, run, event);
}

static bool runs_on_second(struct run *run, const struct scenario_step *step)
{
	const unsigned side = scenario_grammar(step->verb)->side;
	bool second = (run->header.options & OPTION_SPLIT) != 0 && side == SIDE_COMPLETE;

	if (run->elsewhere && step->verb != VERB_ELSEWHERE) {
		run->elsewhere = false;
		second = !second;
	}
	return second;
}

int run_step(struct run *run, const struct scenario_step *step, uint32_t index)
{
	run_select(run);
	begin_event(run, step, index);
	if (runs_on_second(run, step)) {
		run->event.marks |= RUN_ON_SECOND;
		run->event.rc = run_on_second(run, run_do, step);
	} else {
		run->event.rc = run_do(run, step);
	}
	end_event(run);
	return run->event.rc;
}

void run_scenario(struct run *run, const struct scenario *scenario)
{
	for (uint32_t i = 0; i < scenario->count; i++)
		(void)run_step(run, &scenario->steps[i], i);
}

/* --- begin --- */

/* Valid, and never issued. */
static void forget_registers(struct run *run)
{
	for (unsigned i = 0; i < SCENARIO_SQES; i++) {
		memset(&run->sqes[i], 0, sizeof run->sqes[i]);
		run->sqes[i].sqe.ring = &run->rings[RING_A];
		run->sqes[i].sqe.op = &run->memory[RING_A].ops[0];
		run->sqes[i].sqe.id = RUN_NO_TAG * ONCE_TAG_UNIT;
		run->sqes[i].sqe.fault = ONCE_NOT_PREPARED;
	}
	memset(run->tickets, 0, sizeof run->tickets);
	memset(run->tokens, 0, sizeof run->tokens);
	memset(run->copies, 0, sizeof run->copies);
	run->armed = 0;
	run->soon = run->tangled = false;
	run->elsewhere = run->was_elsewhere = false;
	run->cleaning = run->hostile = false;
	run->cleaning_violations = 0;
}

/* NOPs until the CQ's head stands where the header wants it. */
static int advance_phase(struct run *run)
{
	struct once_ring *ring = &run->rings[RING_A];
	const uint32_t wanted = run->header.phase % ring->view.cq_entries;
	struct once_completion done;
	struct once_sqe sqe;
	int rc = 0;

	while (rc >= 0 && ring->complete.head_index != wanted) {
		rc = once_take(ring, &sqe);
		if (rc < 0)
			return rc;
		once_prep_nop(&sqe);
		rc = once_arm(&sqe, once_cookie(0), NULL);
		if (rc == 0)
			rc = once_submit(ring);
		if (rc >= 0)
			rc = once_wait_reap(ring, &done, NULL);
	}
	if ((run->header.options & OPTION_SPLIT) != 0)
		once_hand_over(ring);
	return rc < 0 ? rc : 0;
}

/* Whatever stands in the way. */
static void shut_ring(struct run *run, unsigned ring)
{
	if (run->rings[ring].open == 0)
		return;
	if (once_abandon(&run->rings[ring], NULL) == 0)
		run_forget_ring(run, ring);
}

static bool same_kind(const struct scenario_header *a, const struct scenario_header *b)
{
	return a->size == b->size && a->setup == b->setup && a->options == b->options &&
	       a->credit == b->credit && a->second == b->second;
}

bool run_fits(const struct run *run, const struct scenario_header *header, enum run_backend backend)
{
	const struct scenario_header *mine = &run->header;

	return run->world.open && !run->stale && run->backend == backend &&
	       run->rings[RING_A].open != 0 &&
	       (run->rings[RING_B].open != 0) == (header->second != 0) && same_kind(mine, header) &&
	       mine->generations == 0 && header->generations == 0 && mine->fault != FAULT_WRAP &&
	       header->fault != FAULT_WRAP;
}

/* Rings as the header wants them. */
static int open_rings(struct run *run)
{
	int rc;

	shut_ring(run, RING_A);
	shut_ring(run, RING_B);
	run_plan_open(run);
	run->event.call = "once_open";
	rc = run_open_ring(run, RING_A, MISTAKE_NONE);
	if (rc == 0 && run->header.second != 0)
		rc = run_open_ring(run, RING_B, MISTAKE_NONE);
	return rc;
}

int run_reset(struct run *run, const struct scenario_header *header)
{
	const bool fits = run_fits(run, header, run->backend);
	int rc = 0;

	run_select(run);
	run_no_plan(run);
	run->header = *header;
	forget_registers(run);
	begin_event(run, NULL, RUN_AT_OPEN);
	if (!fits)
		rc = open_rings(run);
	run->stale = false;
	if (rc == 0 && header->generations == 0 && header->fault != FAULT_WRAP)
		rc = advance_phase(run);
	for (unsigned ring = 0; ring < RINGS; ring++) {
		run->origin[ring] = run->rings[ring].complete.head;
		run->armed_before[ring] = once_armed_total(&run->rings[ring]);
		run->passed_before[ring] = once_passed_total(&run->rings[ring]);
	}
	if (rc == 0)
		run_plan(run);
	run->event.rc = rc;
	end_event(run);
	return rc;
}

int run_open(struct run *run, const struct scenario_header *header, enum run_backend backend)
{
	int rc;

	if ((run_backends() >> backend & 1) == 0)
		return -ENOTSUP;
	run->backend = backend;
	run_select(run);
	if (run->patience == 0)
		run->patience = PATIENCE;
	if (!run->world.open) {
		/* no place is held, also where no ring has been opened yet */
		for (unsigned ring = 0; ring < RINGS; ring++)
			for (unsigned i = 0; i < RUN_CQ; i++)
				run->memory[ring].window[i].position = UINT64_MAX;
		rc = world_open(&run->world, run->fd_base != 0 ? run->fd_base : FD_BASE,
				run->buffers);
		if (rc < 0)
			return rc;
	}
	run->stale = true;
	return run_reset(run, header);
}

/* --- end --- */

static void give_all_back(struct run *run, unsigned ring, struct run_leftovers *leftovers)
{
	const uint32_t taken = once_taken(&run->rings[ring]);

	leftovers->taken += taken;
	for (uint32_t slot = 0; slot < RUN_CAPACITY && taken != 0; slot++) {
		int rc;

		if (run->taken[ring][slot].id == 0)
			continue;
		rc = once_give_back(&run->taken[ring][slot]);
		run->taken[ring][slot].id = 0;
		if (rc != 0 && leftovers->give_back == 0)
			leftovers->give_back = rc;
	}
}

static void see_all(struct run *run, unsigned ring, struct run_leftovers *leftovers)
{
	const uint32_t held = once_held(&run->rings[ring]);

	leftovers->held += held;
	for (uint32_t i = 0; i < RUN_CQ && held != 0; i++) {
		int rc;

		if (run->held[ring][i].ring == NULL)
			continue;
		rc = once_seen(&run->rings[ring], &run->held[ring][i]);
		run->held[ring][i].ring = NULL;
		if (rc != 0 && leftovers->seen == 0)
			leftovers->seen = rc;
	}
}

static bool is_conserved(const struct once_ring *ring)
{
	return (uint64_t)once_free(ring) + once_retired(ring) == once_capacity(ring) &&
	       once_taken(ring) == 0 && once_armed(ring) == 0 && once_in_flight(ring) == 0 &&
	       once_ready(ring) == 0 && once_held(ring) == 0 && once_reserved(ring) == 0 &&
	       !once_has_overflow(ring);
}

/*
 * A cancellation is an SQE: behind one with IOSQE_IO_DRAIN, or linked to one, it
 * waits for the very operation that it is to cancel. This call does not (Linux 6.0).
 */
static void cancel_past_the_queue(const struct run *run, const struct once_ring *ring)
{
	const struct io_uring_sync_cancel_reg everything = {
		.fd = -1, .flags = IORING_ASYNC_CANCEL_ANY | IORING_ASYNC_CANCEL_ALL,
		.timeout = { 0, CANCEL_NANOSECONDS }
	};

	if (run->backend == RUN_REAL)
		(void)syscall(SYS_io_uring_register, once_fd(ring), IORING_REGISTER_SYNC_CANCEL,
			      &everything, 1);
}

static void finish_ring(struct run *run, unsigned index, struct run_leftovers *leftovers)
{
	struct once_ring *ring = &run->rings[index];
	const struct once_timespec patience = {
		(int64_t)(run->patience / NANOSECONDS), (int64_t)(run->patience % NANOSECONDS)
	};
	const struct once_timespec a_moment = { 0, MOMENT };
	uint32_t survivors = 0;
	int rc;

	give_all_back(run, index, leftovers);
	see_all(run, index, leftovers);
	leftovers->drained += once_armed(ring) + once_in_flight(ring);
	if (run->registered[index])
		(void)(once_unregister_eventfd(ring) == 0);
	run->registered[index] = false;
	if (is_conserved(ring))
		return;
	if (once_armed(ring) != 0)
		(void)(once_submit(ring) == 0);
	if (run->tangled)
		cancel_past_the_queue(run, ring);
	rc = once_drain(ring, run->tangled ? &a_moment : &patience, NULL, 0, &survivors);
	if ((rc == ONCE_DEADLINE && run->tangled) || (run->hostile && !is_conserved(ring))) {
		shut_ring(run, index);
		run->cleaning_violations = 0;
		return;
	}
	if (rc != 0 && leftovers->drain == 0)
		leftovers->drain = rc;
	leftovers->survivors += survivors;
	if (rc != 0)
		run->stale = true;
	if (!is_conserved(ring))
		leftovers->accounts++;
}

static int let_go(struct run *run, const struct scenario_step *step)
{
	(void)step;
	for (unsigned ring = 0; ring < RINGS; ring++)
		once_hand_over(&run->rings[ring]);
	return 0;
}

bool run_leftovers_are_faults(const struct run_leftovers *leftovers)
{
	return leftovers->give_back != 0 || leftovers->seen != 0 || leftovers->drain != 0 ||
	       leftovers->survivors != 0 || leftovers->accounts != 0 ||
	       leftovers->violations != 0 || leftovers->descriptors != 0 || leftovers->buffers != 0;
}

int run_finish(struct run *run, struct run_leftovers *leftovers)
{
	int keep[2], leaked;

	memset(leftovers, 0, sizeof *leftovers);
	run_select(run);
	begin_event(run, NULL, RUN_AT_FINISH);
	run->cleaning = true;
	run_no_plan(run);
	if (run->second != NULL && (run->was_elsewhere || (run->header.options & OPTION_SPLIT) != 0)) {
		(void)run_on_second(run, let_go, NULL);
		(void)let_go(run, NULL);
	}
	for (unsigned ring = 0; ring < RINGS; ring++) {
		if (run->rings[ring].open != 0)
			finish_ring(run, ring, leftovers);
		keep[ring] = run->rings[ring].open != 0 ? once_fd(&run->rings[ring]) : -1;
	}
	leftovers->violations = run->cleaning_violations;
	leftovers->buffers = world_spoiled(&run->world);
	leaked = world_reset(&run->world, keep);
	leftovers->descriptors = leaked > 0 ? (uint32_t)leaked : 0;
	for (unsigned ring = 0; ring < RINGS; ring++)
		for (uint32_t slot = 0; slot < RUN_CAPACITY; slot++) {
			run->ops[ring][slot].id = 0;
			run->ops[ring][slot].buffer = NULL;
		}
	end_event(run);
	return run_leftovers_are_faults(leftovers) ? -1 : 0;
}

void run_close(struct run *run)
{
	run_select(run);
	run->cleaning = true;
	shut_ring(run, RING_A);
	shut_ring(run, RING_B);
	run_end_second(run);
	run->this_thread = 0;
	run_forget_watch(run);
	world_close(&run->world);
}
