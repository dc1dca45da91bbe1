/* SPDX-License-Identifier: MIT */
/* The stage: what ends by itself, at a time of its own. See stage.h. */
#include "stage_internal.h"

#include "oracle.h"

#include "../src/ring.h"
#include "../src/tool/run_internal.h"

#include <linux/io_uring.h>
#include <sched.h>
#include <stddef.h>
#include <string.h>

enum { PATIENCE = 100000000 /* nanoseconds a step */, PATIENT_STEPS = 10 /* an input */, F_MORE = 2, LOOKS = 16 };

static bool has_given_up;
static uint64_t waited_for_workers;

uint64_t __real_once_port_now(void);

/*
 * The notification of a zero-copy send comes with the other side's acknowledgement.
 * Only a connection that is young acknowledges at once; later TCP waits for 40 ms.
 */
void stage_renew(struct run *run)
{
	const uint32_t tcp = 1U << FILE_TCP_LEFT | 1U << FILE_TCP_RIGHT;

	run->world.broken |= run->world.touched & tcp;
}

/* --- workers of the kernel --- */

void stage_let_workers_end(void)
{
	const uint64_t begin = __real_once_port_now();

	if (waited_for_workers >= (uint64_t)PATIENT_STEPS * PATIENCE) /* a machine that is too busy */
		return;
	while (!stage_workers_rest() && __real_once_port_now() < begin + PATIENCE)
		(void)sched_yield();
	waited_for_workers += __real_once_port_now() - begin;
}

/* --- short timeouts, the library's own, too --- */

static bool is_short(const struct once_wire *wire)
{
	struct io_uring_sqe sqe;
	const struct __kernel_timespec *time;

	memcpy(&sqe, wire, sizeof sqe);
	time = (const struct __kernel_timespec *)(uintptr_t)sqe.addr;

	return sqe.opcode == IORING_OP_TIMEOUT && time != NULL && time->tv_sec == 0 && time->tv_nsec <= 1;
}

/* Behind *tail*. One that was removed is an older one, of the same name. */
static bool came(const struct once_port_view *view, unsigned shift, uint32_t tail, uint64_t user_data)
{
	const uint32_t end = once_load_kernel(view->cq_tail);

	for (; tail != end; tail++) {
		const struct once_wire_cqe *cqe = &view->cqes[(size_t)(tail & (view->cq_entries - 1)) << shift];

		if (cqe->user_data == user_data && cqe->res != -ECANCELED)
			return true;
	}
	return false;
}

bool stage_has_timeout(const struct once_port_view *view, uint32_t count)
{
	const uint32_t head = once_load_kernel(view->sq_head);
	uint32_t i = 0;

	while (i < count && !is_short(&view->sqes[(head + i) & (view->sq_entries - 1)]))
		i++;
	return i < count;
}

uint32_t stage_chain(const struct once_port_view *view, uint32_t count)
{
	const uint32_t head = once_load_kernel(view->sq_head);
	struct io_uring_sqe sqe = { .flags = IOSQE_IO_LINK };
	uint32_t length = 0;

	while (length < count && (sqe.flags & (IOSQE_IO_LINK | IOSQE_IO_HARDLINK)) != 0)
		memcpy(&sqe, &view->sqes[(head + length++) & (view->sq_entries - 1)], sizeof sqe);
	return length;
}

void stage_let_timeouts_end(const struct once_port_view *view, uint32_t count, uint32_t cq_tail)
{
	const unsigned shift = (view->flags & IORING_SETUP_CQE32) != 0;
	const uint64_t end = __real_once_port_now() + PATIENCE;
	const uint32_t head = once_load_kernel(view->sq_head);

	for (uint32_t n = 1; n <= count && !stage_is_soiled(); n++) {
		const struct once_wire *wire = &view->sqes[(head - n) & (view->sq_entries - 1)];
		uint64_t user_data;

		if (!is_short(wire))
			continue;
		memcpy(&user_data, (const char *)wire + offsetof(struct io_uring_sqe, user_data), sizeof user_data);
		while (!has_given_up && !came(view, shift, cq_tail, user_data) &&
		       (once_load_kernel(view->sq_flags) & (ONCE_SQ_CQ_OVERFLOW | ONCE_SQ_TASKRUN)) == 0) {
			has_given_up = __real_once_port_now() >= end;
			(void)sched_yield();
		}
	}
}

/* --- operations --- */

/* By itself: the runner says so. */
static bool ends_by_itself(const struct oracle *o, unsigned ring, uint32_t slot)
{
	const struct run_op *op = &o->run->ops[ring][slot];

	return op->id != 0 && op->ended == 0 && (op->soon != 0 || o->run->tangled) &&
	       run_op_state(o->run, op) == ONCE_STATE_IN_FLIGHT;
}

/* Not by a worker, but by the clock, or by the other side. */
static bool takes_time(const struct run_op *op)
{
	return op->soon != 0 && (op->verb == VERB_PREP_TIMEOUT || op->verb == VERB_PREP_LINK_TIMEOUT ||
				 op->verb == VERB_PREP_SEND_ZC);
}

/* Its last CQE is there, or the kernel has work put off that may post it, or no room for it. */
static bool has_ended(const struct once_ring *ring, uint64_t id)
{
	const uint32_t ready = once_ready(ring);
	uint32_t index = ring->complete.next_index;

	if ((once_load_kernel(ring->view.sq_flags) & (ONCE_SQ_CQ_OVERFLOW | ONCE_SQ_TASKRUN)) != 0)
		return true;
	for (uint32_t i = 0; i < ready; i++) {
		const struct once_wire_cqe *cqe = &ring->view.cqes[(size_t)index << ring->cqe_shift];

		if (cqe->user_data == id && (cqe->flags & F_MORE) == 0)
			return true;
		index = index + 1 == ring->view.cq_entries ? 0 : index + 1;
	}
	return false;
}

/* Whether one is left that *takes_time*, or another one. */
static bool one_is_left(const struct oracle *o, bool time)
{
	for (unsigned index = 0; index < RINGS; index++) {
		const struct once_ring *ring = &o->run->rings[index];

		for (uint32_t slot = 0; ring->open != 0 && slot < ring->capacity; slot++) {
			const struct run_op *op = &o->run->ops[index][slot];

			if (ends_by_itself(o, index, slot) && takes_time(op) == time && !has_ended(ring, op->id))
				return true;
		}
	}
	return false;
}

void stage_begin_time(void)
{
	has_given_up = false;
	waited_for_workers = 0;
}

void stage_let_end(const struct oracle *o)
{
	const bool may_be = o->run->soon || o->run->tangled;
	uint64_t end;

	stage_begin_step();
	stage_expect_workers(may_be);
	if (o->run->backend != RUN_REAL || !may_be)
		return;
	/* those that a worker has may block in it; what IOSQE_IO_DRAIN held back, workers do, the library's own, too */
	for (unsigned i = 0; i < LOOKS && one_is_left(o, false); i++)
		(void)sched_yield();
	if (o->run->tangled || one_is_left(o, false))
		stage_let_workers_end();
	end = __real_once_port_now() + PATIENCE;
	while (!has_given_up && one_is_left(o, true)) {
		has_given_up = __real_once_port_now() >= end;
		(void)sched_yield();
	}
}
