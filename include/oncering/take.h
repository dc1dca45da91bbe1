/* SPDX-License-Identifier: MIT */
/*
 * Take: FREE → TAKEN. Replaces io_uring_get_sqe().
 */
#ifndef ONCERING_TAKE_H
#define ONCERING_TAKE_H

#include "oncering/code.h"
#include "oncering/identity.h"
#include "oncering/order.h"

/* How many CQEs an operation may post; kept in the SQE by its preparation. */
enum {
	ONCE_SHAPE_ONE = 0,       /* exactly one */
	ONCE_SHAPE_ZERO_COPY = 1, /* one or two: the result, the notification */
	ONCE_SHAPE_MULTISHOT = 2, /* any number, until one lacks IORING_CQE_F_MORE */
	ONCE_SHAPE_RAW = 4,       /* to be found out when it is armed */
	ONCE_SHAPE_TIMED = 8      /* *time* goes with it */
};

ONCE_BEGIN_C

/* For analysers, see analysis.h: *op* as it is, to be settled once. Not for callers. */
void once_settle(struct once_op *op) ONCE_CONSUMES(1);
ONCE_MUST_CHECK ONCE_PAIRED_WITH(once_settle, 1)
struct once_op *once_owe(struct once_op *op);

/* What a slot's id is; not for callers. clang's analyser may not look into a taken one. */
#ifdef __clang_analyzer__
uint64_t once_op_id(const struct once_op *op);
#else
ONCE_INLINE uint64_t once_op_id(const struct once_op *op)
{
	return op->id;
}
#endif

/* Why nothing can be taken, after a new count; 0 if something can. Not for callers. */
ONCE_NONNULL ONCE_MUST_CHECK
int once_take_refusal(struct once_ring *ring);

/*
 * Take an SQE: a place in the SQ and a slot for the operation. Submitting side.
 *
 * *sqe* is filled if and only if 0 is returned. It must then be prepared and
 * armed, or given back with once_give_back(), before the next submit.
 *
 * Returns 0, or
 *   -EAGAIN        the SQ is full: submit, then take again
 *   ONCE_NO_SLOT   as many operations live as memory.capacity says (armed, in
 *                  flight, or with tokens not yet seen): see some first. This
 *                  is what keeps the CQ from overflowing.
 *   ONCE_WORN_OUT  every generation of every slot is used up (2^40 a slot)
 *   ONCE_NOT_OPEN  the ring is closed
 */
ONCE_NONNULL ONCE_MUST_CHECK
ONCE_INLINE int once_take(struct once_ring *ring, struct once_sqe *sqe)
{
	struct once_submit_side *side = &ring->submit;
	struct once_op *op;
	uint32_t top;
	uint64_t id;

	if (side->room == 0 || side->free == 0) {
		const int rc = once_take_refusal(ring);

		if (rc != 0) /* said so that an analyser knows, too, that it is negative */
			return rc < 0 ? rc : ONCE_NOT_OPEN;
	}
	top = side->free - 1;
	op = &ring->memory.ops[ring->memory.stack[top]];
	once_store_relaxed32(&side->free, top);
	side->room--;
	once_store_relaxed(&op->life, ONCE_LIFE_TAKEN);
	id = op->id;
	sqe->ring = ring;
	sqe->id = id - ONCE_AT_REST;
#if defined(ONCE_ANALYSIS) || defined(__clang_analyzer__)
	op = once_owe(op);
	if (op == NULL) /* keeps what is owed in sight; never true */
		return ONCE_NOT_OPEN;
#endif
	sqe->op = op;
	sqe->fault = ONCE_NOT_PREPARED;
	sqe->shape = ONCE_SHAPE_ONE;
	return 0;
}

/*
 * Give a taken SQE back unused: TAKEN → FREE. Nothing is submitted, no CQE
 * comes. (A raw SQE cannot be given back: it would be submitted as a no-op, or
 * as whatever its slot held before.) Submitting side.
 *
 * Returns 0, or ONCE_NOT_TAKEN if it was armed or given back before, or is zeroed.
 */
ONCE_NONNULL
int once_core_give_back(struct once_op *op, struct once_ring *ring, uint64_t id);

ONCE_NONNULL
ONCE_INLINE int once_give_back(const struct once_sqe *sqe)
{
	int rc;

	if (sqe->op == NULL)
		return ONCE_NOT_TAKEN;
	rc = once_core_give_back(sqe->op, sqe->ring, sqe->id);
	ONCE_SETTLES(sqe->op);
	return rc;
}

ONCE_END_C

#endif
