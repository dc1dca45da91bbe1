/* SPDX-License-Identifier: MIT */
/*
 * Take: FREE → TAKEN. Replaces io_uring_get_sqe().
 */
#ifndef ONCERING_TAKE_H
#define ONCERING_TAKE_H

#include "oncering/code.h"
#include "oncering/identity.h"
#include "oncering/logic.h"
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
/*@ requires op: \valid_read(op);
    assigns \nothing;
    ensures id: \result == op->id; */
ONCE_INLINE uint64_t once_op_id(const struct once_op *op)
{
	return op->id;
}
#endif

/* Why nothing can be taken, after a new count; 0 if something can. Not for callers. */
/*@ requires ring: once_ring_ok(ring);
    assigns ring->submit.consumed, ring->submit.room, ring->submit.free, ring->submit.collected,
            ring->submit.collect_index, ring->memory.stack[0 .. ring->capacity - 1],
            once_at[0 .. 65535], once_place[0 .. 65535], once_state[0 .. 65535],
            once_rank[0 .. 65535], once_n_free, once_n_parked, once_collected;
    behavior opened:
      assumes open: ring->open != 0;
      ONCE_KEEPS_SLOTS(ring);
      ONCE_KEEPS_WINDOW(ring);
      ONCE_KEEPS_BOOKS(ring);
      ensures prefix: once_prefix(ring);
      ensures same: ring->capacity == \old(ring->capacity);
      ensures can: \result == 0 ==> ring->submit.room > 0 && ring->submit.free > 0;
      ensures cannot: \result != 0 ==> \result == -11 || \result == ONCE_NO_SLOT ||
              \result == ONCE_WORN_OUT;
      ensures no_slot: \result == ONCE_NO_SLOT ==> once_n_free == 0;
    behavior closed:
      assumes closed: ring->open == 0;
      assigns \nothing;
      ensures closed: once_closed(ring);
      ensures refused: \result == ONCE_NOT_OPEN;
    complete behaviors;
    disjoint behaviors; */
ONCE_NONNULL ONCE_MUST_CHECK
int once_take_refusal(struct once_ring *ring);

/* FREE → TAKEN: the slot on top of the stack. Not for callers. */
/*@ requires ring: once_opened(ring);
    requires can: ring->submit.room > 0 && ring->submit.free > 0;
    assigns ring->submit.free, ring->submit.room,
            ring->memory.ops[0 .. ring->capacity - 1].life, once_at[0 .. 65535],
            once_place[0 .. 65535], once_state[0 .. 65535], once_n_free, once_n_taken;
    ONCE_KEEPS_SLOTS(ring);
    ONCE_KEEPS_WINDOW(ring);
    ONCE_KEEPS_BOOKS(ring);
    ensures prefix: once_prefix(ring);
    ensures rests: once_rests(ring->tag, \result, ring->memory.ops[\result].id);
    ensures taken: once_n_taken == \old(once_n_taken) + 1 && once_n_free == \old(once_n_free) - 1;
    ensures slot: \result == ring->memory.stack[ring->submit.free] &&
            \result < ring->capacity && once_state[\result] == ONCE_IS_TAKEN; */
ONCE_INLINE uint32_t once_leave_stack(struct once_ring *ring)
{
	struct once_submit_side *side = &ring->submit;
	const uint32_t top = side->free - 1;
	const uint32_t slot = ring->memory.stack[top];
	struct once_op *const op = &ring->memory.ops[slot];

	/*@ assert top: slot < ring->capacity && once_state[slot] == ONCE_IS_FREE &&
	      once_rank[slot] == top; */
	/*@ ghost once_move_free_taken(ring->capacity, slot); */
	once_store_relaxed32(&side->free, top);
	side->room--;
	once_store_relaxed(&op->life, ONCE_LIFE_TAKEN);
	/*@ assert same: ring->tag == \at(ring->tag, Pre) && ring->capacity == \at(ring->capacity, Pre) &&
	      ring->submit.sq_tail == \at(ring->submit.sq_tail, Pre); */
	/*@ assert mine: once_slot_is(ring->tag, ring->submit.sq_tail, slot, once_state[slot],
	      ring->memory.ops[slot].id, ring->memory.ops[slot].life); */
	/*@ assert others: \forall integer s; 0 <= s < ring->capacity && s != slot ==>
	      ring->memory.ops[s].id == \at(ring->memory.ops[s].id, Pre) &&
	      ring->memory.ops[s].life == \at(ring->memory.ops[s].life, Pre) &&
	      once_state[s] == \at(once_state[s], Pre); */
	return slot;
}

/* The caller's SQE stands for the taken slot. Not for callers. */
/*@ requires ring: once_opened(ring);
    requires sqe: \valid(sqe) && once_apart(ring, \base_addr(sqe));
    requires slot: \exists integer s; 0 <= s < ring->capacity && op == ring->memory.ops + s &&
             once_rests(ring->tag, s, op->id) && once_state[s] == ONCE_IS_TAKEN;
    assigns sqe->ring \from ring;
    assigns sqe->op \from op;
    assigns sqe->id, sqe->fault, sqe->shape;
    ONCE_KEEPS_SLOTS(ring);
    ONCE_KEEPS_WINDOW(ring);
    ONCE_KEEPS_BOOKS(ring);
    ensures prefix: once_prefix(ring);
    ensures taken: once_taken_for(sqe, ring);
    ensures blank: sqe->fault == ONCE_NOT_PREPARED && sqe->shape == ONCE_SHAPE_ONE; */
ONCE_INLINE void once_name_sqe(struct once_ring *ring, struct once_sqe *sqe, struct once_op *op)
{
	sqe->ring = ring;
	sqe->id = op->id - ONCE_AT_REST;
	sqe->op = op;
	sqe->fault = ONCE_NOT_PREPARED;
	sqe->shape = ONCE_SHAPE_ONE;
}

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
/*@ requires ring: once_ring_ok(ring);
    requires sqe: \valid(sqe) && once_apart(ring, \base_addr(sqe));
    assigns sqe->ring \from ring;
    assigns sqe->op \from ring->memory.ops;
    assigns sqe->id, sqe->fault, sqe->shape,
            ring->submit.consumed, ring->submit.room, ring->submit.free, ring->submit.collected,
            ring->submit.collect_index, ring->memory.stack[0 .. ring->capacity - 1],
            ring->memory.ops[0 .. ring->capacity - 1].life,
            once_at[0 .. 65535], once_place[0 .. 65535], once_state[0 .. 65535],
            once_rank[0 .. 65535], once_n_free, once_n_taken, once_n_parked, once_collected;
    behavior opened:
      assumes open: ring->open != 0;
      ensures ring: once_opened(ring);
      ensures taken: \result == 0 ==> once_taken_for(sqe, ring) &&
              sqe->fault == ONCE_NOT_PREPARED && sqe->shape == ONCE_SHAPE_ONE &&
              once_n_taken == \old(once_n_taken) + 1;
      ensures cannot: \result != 0 ==> \result == -11 || \result == ONCE_NO_SLOT ||
              \result == ONCE_WORN_OUT;
      ensures none: \result != 0 ==> once_n_taken == \old(once_n_taken) &&
              sqe->op == \old(sqe->op) && sqe->id == \old(sqe->id);
    behavior closed:
      assumes closed: ring->open == 0;
      ensures refused: \result == ONCE_NOT_OPEN;
      ensures closed: once_closed(ring);
      ensures unfilled: sqe->op == \old(sqe->op) && sqe->id == \old(sqe->id);
    complete behaviors;
    disjoint behaviors; */
ONCE_NONNULL ONCE_MUST_CHECK
ONCE_INLINE int once_take(struct once_ring *ring, struct once_sqe *sqe)
{
	struct once_op *op;

	if (ring->submit.room == 0 || ring->submit.free == 0) {
		const int rc = once_take_refusal(ring);

		if (rc != 0)
			return once_negative(rc, ONCE_NOT_OPEN);
	}
	op = ring->memory.ops; /* here: no load moves up past an atomic store */
	op += once_leave_stack(ring);
	once_name_sqe(ring, sqe, op);
#if defined(ONCE_ANALYSIS) || defined(__clang_analyzer__)
	op = once_owe(op);
	if (op == NULL) /* keeps what is owed in sight; never true */
		return ONCE_NOT_OPEN;
	sqe->op = op;
#endif
	return 0;
}

/*
 * Give a taken SQE back unused: TAKEN → FREE. Nothing is submitted, no CQE
 * comes. (A raw SQE cannot be given back: it would be submitted as a no-op, or
 * as whatever its slot held before.) Submitting side.
 *
 * Returns 0, or ONCE_NOT_TAKEN if it was armed or given back before, or is zeroed.
 */
/*@ requires ring: once_opened(ring);
    requires op: \exists integer s; 0 <= s < ring->capacity && op == ring->memory.ops + s &&
             once_names(ring->tag, s, id) &&
             (op->id == id + once_G ==> once_state[s] == ONCE_IS_TAKEN);
    assigns ring->submit.room, ring->submit.free, ring->submit.retired, ring->submit.wear_from,
            op->id, op->life, ring->memory.stack[ring->submit.free],
            once_at[0 .. 65535], once_place[0 .. 65535], once_state[0 .. 65535],
            once_rank[0 .. 65535], once_n_free, once_n_taken, once_n_retired;
    behavior given_back:
      assumes taken: op->id == id + once_G;
      ensures ring: once_opened(ring);
      ensures ok: \result == 0;
      ensures spent: op->id == id + once_G + 1;
      ensures counts: once_n_taken == \old(once_n_taken) - 1;
    behavior stale:
      assumes stale: op->id != id + once_G;
      assigns \nothing;
      ensures ring: once_opened(ring);
      ensures refused: \result == ONCE_NOT_TAKEN;
      ensures same: op->id == \old(op->id) && once_n_taken == \old(once_n_taken);
    complete behaviors;
    disjoint behaviors; */
ONCE_NONNULL
int once_core_give_back(struct once_op *op, struct once_ring *ring, uint64_t id);

/*@ requires sqe: \valid_read(sqe);
    requires issued: sqe->op != \null ==> once_opened(sqe->ring) &&
             once_apart(sqe->ring, \base_addr(sqe)) &&
             (\exists integer s; once_issued(sqe, sqe->ring, s));
    assigns sqe->ring->submit.room, sqe->ring->submit.free, sqe->ring->submit.retired,
            sqe->ring->submit.wear_from, sqe->op->id, sqe->op->life,
            sqe->ring->memory.stack[sqe->ring->submit.free],
            once_at[0 .. 65535], once_place[0 .. 65535], once_state[0 .. 65535],
            once_rank[0 .. 65535], once_n_free, once_n_taken, once_n_retired;
    behavior given_back:
      assumes taken: sqe->op != \null && sqe->op->id == sqe->id + once_G;
      ensures ring: once_opened(sqe->ring);
      ensures ok: \result == 0;
      ensures spent: sqe->op->id == sqe->id + once_G + 1;
      ensures counts: once_n_taken == \old(once_n_taken) - 1;
    behavior stale:
      assumes stale: sqe->op != \null && sqe->op->id != sqe->id + once_G;
      ensures ring: once_opened(sqe->ring);
      ensures refused: \result == ONCE_NOT_TAKEN;
      ensures same: sqe->op->id == \old(sqe->op->id) && once_n_taken == \old(once_n_taken);
    behavior zeroed:
      assumes zeroed: sqe->op == \null;
      assigns \nothing;
      ensures refused: \result == ONCE_NOT_TAKEN;
    complete behaviors;
    disjoint behaviors; */
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
