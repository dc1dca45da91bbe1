/* SPDX-License-Identifier: MIT */
/* The stage: what ends by itself, at a time of its own. See stage.h. */
#include "stage_internal.h"

#include "oracle.h"

#include "../src/ring.h"
#include "../src/tool/run_internal.h"

#include <sched.h>

enum { PATIENCE = 100000000 /* nanoseconds a step */, F_MORE = 2 };

static bool has_given_up;

/*
 * The notification of a zero-copy send comes with the other side's acknowledgement.
 * Only a connection that is young acknowledges at once; later TCP waits for 40 ms.
 */
void stage_renew(struct run *run)
{
	const uint32_t tcp = 1U << FILE_TCP_LEFT | 1U << FILE_TCP_RIGHT;

	run->world.broken |= run->world.touched & tcp;
}

/* By itself: the runner says so of most; a worker reads and writes the file. */
static bool ends_by_itself(const struct oracle *o, unsigned ring, uint32_t slot)
{
	const struct run_op *op = &o->run->ops[ring][slot];

	return op->id != 0 && op->ended == 0 &&
	       (op->soon != 0 || o->rings[ring].ops[slot % MODEL_SLOTS].file == FILE_FILE) &&
	       run_op_state(o->run, op) == ONCE_STATE_IN_FLIGHT;
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

static bool all_have_ended(const struct oracle *o)
{
	for (unsigned index = 0; index < RINGS; index++) {
		const struct once_ring *ring = &o->run->rings[index];

		for (uint32_t slot = 0; ring->open != 0 && slot < ring->capacity; slot++)
			if (ends_by_itself(o, index, slot) && !has_ended(ring, o->run->ops[index][slot].id))
				return false;
	}
	return true;
}

void stage_begin_time(void)
{
	has_given_up = false;
}

void stage_let_end(const struct oracle *o)
{
	const bool may_be = o->run->soon || (o->run->world.touched >> FILE_FILE & 1) != 0;
	uint64_t end;

	if (o->run->backend != RUN_REAL || has_given_up || !may_be || all_have_ended(o))
		return;
	end = once_port_now() + PATIENCE;
	while (!has_given_up && !all_have_ended(o)) {
		has_given_up = once_port_now() >= end;
		(void)sched_yield();
	}
}
