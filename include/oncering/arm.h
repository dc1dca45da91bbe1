/* SPDX-License-Identifier: MIT */
/*
 * Arm: TAKEN → ARMED. The owner is lent to the ring, and the library stamps
 * the operation's identity into user_data. Replaces io_uring_sqe_set_data().
 */
#ifndef ONCERING_ARM_H
#define ONCERING_ARM_H

#include "oncering/prepare.h"

/*
 * Defines the typed owner `struct once_lent name_lend(type *)` and the
 * accessors `int name_of(const struct once_cqe *, type **)` and
 * `int name_from(const struct once_completion *, type **)`.
 * Two owners are of one type if *type_* is spelled alike and of one size.
 */
#define ONCE_OWNER(name_, type_) \
	static const struct once_type name_##_once_type = { #type_, sizeof(type_) }; \
	ONCE_MAYBE_UNUSED \
	ONCE_INLINE struct once_lent name_##_lend(type_ *owner) \
	{ \
		struct once_lent lent = { (uint64_t)(uintptr_t)owner, &name_##_once_type }; \
		return lent; \
	} \
	ONCE_NONNULL ONCE_MUST_CHECK ONCE_MAYBE_UNUSED \
	ONCE_INLINE int name_##_of(const struct once_cqe *cqe, type_ **owner) \
	{ \
		uint64_t value = 0; \
		int rc = once_owner(cqe, &name_##_once_type, &value); \
		if (rc != 0) \
			return rc < 0 ? rc : ONCE_WRONG_TYPE; \
		*owner = (type_ *)(uintptr_t)value; \
		return 0; \
	} \
	ONCE_NONNULL ONCE_MUST_CHECK ONCE_MAYBE_UNUSED \
	ONCE_INLINE int name_##_from(const struct once_completion *done, type_ **owner) \
	{ \
		uint64_t value = 0; \
		int rc = once_completion_owner(done, &name_##_once_type, &value); \
		if (rc != 0) \
			return rc < 0 ? rc : ONCE_WRONG_TYPE; \
		*owner = (type_ *)(uintptr_t)value; \
		return 0; \
	} \
	struct once_swallow_semicolon

ONCE_BEGIN_C

/* The type of an untyped 64-bit cookie. */
extern const struct once_type once_cookie_type;

/* Lend a full 64-bit cookie instead of a typed owner. */
/*@ assigns \nothing;
    ensures lent: \result.value == value && \result.type == &once_cookie_type; */
ONCE_INLINE struct once_lent once_cookie(uint64_t value)
{
	struct once_lent lent = { value, &once_cookie_type };

	return lent;
}

/*
 * What once_arm() does for an SQE that is not one plain CQE: 0 once it is
 * written, or its fault. And how it answers to a fault. Not for callers.
 */
/*@ requires ring: once_opened(sqe->ring);
    requires sqe: \valid_read(sqe) && once_apart(sqe->ring, \base_addr(sqe));
    requires taken: once_taken_for(sqe, sqe->ring);
    assigns sqe->ring->submit.sq_lap, sqe->ring->submit.credit_taken,
            sqe->ring->memory.credits[0 .. sqe->ring->capacity - 1],
            sqe->ring->memory.times[0 .. sqe->ring->view.sq_entries - 1],
            sqe->ring->view.sqes[0 .. sqe->ring->view.sq_entries - 1],
            once_credit_sum[0 .. 65536], once_arming;
    ONCE_KEEPS_SLOTS(sqe->ring);
    ONCE_KEEPS_WINDOW(sqe->ring);
    ONCE_KEEPS_BOOKS(sqe->ring);
    ensures prefix: once_prefix(sqe->ring);
    ensures room: once_sq_has_place(sqe->ring);
    ensures answer: \result == 0 || \result == ONCE_SKIP_SUCCESS ||
            \result == ONCE_BAD_ARGUMENT || \result == ONCE_USER_DATA ||
            \result == ONCE_REWRITES_ID || \result == ONCE_NO_CREDIT;
    ensures fault: \result != 0 ==> once_arming == ONCE_NO_INDEX;
    ensures lent: once_arming == ONCE_NO_INDEX ||
            sqe->op == sqe->ring->memory.ops + once_arming; */
ONCE_NONNULL ONCE_MUST_CHECK
int once_write_special(struct once_sqe *sqe);
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
      ensures fault: \result == fault;
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
ONCE_NONNULL ONCE_MUST_CHECK
int once_arm_refused(struct once_ring *ring, struct once_op *op, uint64_t id, int fault);

/* Where in the SQ the next SQE goes. Not for callers. */
/*@ requires ring: once_opened(ring);
    assigns ring->submit.sq_lap;
    ONCE_KEEPS_SLOTS(ring);
    ONCE_KEEPS_WINDOW(ring);
    ONCE_KEEPS_BOOKS(ring);
    ensures prefix: once_prefix(ring);
    ensures room: once_sq_has_place(ring);
    ensures index: \result == ring->submit.sq_tail - ring->submit.sq_lap; */
ONCE_NONNULL
ONCE_INLINE uint32_t once_next_index(struct once_ring *ring)
{
	struct once_submit_side *side = &ring->submit;
	const uint32_t index = (uint32_t)(side->sq_tail - side->sq_lap);

	if (__builtin_expect(index != ring->view.sq_entries, 1))
		return index;
	side->sq_lap = side->sq_tail;
	return 0;
}

/* The SQE goes into the SQ, and is stamped. Not for callers. */
/*@ requires ring: once_machine(ring) && once_prefix(ring);
    requires sqe: \valid_read(sqe) && once_apart(ring, \base_addr(sqe));
    requires index: index < ring->view.sq_entries;
    assigns ring->view.sqes[index];
    ONCE_KEEPS_SLOTS(ring);
    ONCE_KEEPS_WINDOW(ring);
    ONCE_KEEPS_BOOKS(ring);
    ensures prefix: once_prefix(ring);
    ensures stamped: ring->view.sqes[index].user_data == id; */
ONCE_INLINE void once_write_sqe(struct once_ring *ring, uint32_t index, const struct once_sqe *sqe,
				uint64_t id)
{
	once_wire_copy(&ring->view.sqes[index], &sqe->wire, id);
}

/* A taken SQE goes into the SQ's next place: 0, or its fault. Not for callers. */
/*@ requires ring: once_opened(sqe->ring);
    requires sqe: \valid_read(sqe) && once_apart(sqe->ring, \base_addr(sqe));
    requires issued: \exists integer s; once_issued(sqe, sqe->ring, s);
    assigns sqe->ring->submit.sq_lap, sqe->ring->submit.credit_taken,
            sqe->ring->memory.credits[0 .. sqe->ring->capacity - 1],
            sqe->ring->memory.times[0 .. sqe->ring->view.sq_entries - 1],
            sqe->ring->view.sqes[0 .. sqe->ring->view.sq_entries - 1],
            once_credit_sum[0 .. 65536], once_arming;
    ONCE_KEEPS_SLOTS(sqe->ring);
    ONCE_KEEPS_WINDOW(sqe->ring);
    ONCE_KEEPS_BOOKS(sqe->ring);
    ensures prefix: once_prefix(sqe->ring);
    ensures room: once_sq_has_place(sqe->ring);
    ensures stale: sqe->op->id != sqe->id + once_G ==> \result == ONCE_NOT_TAKEN;
    ensures written: \result == 0 ==> lent.type != \null;
    ensures fault: \result != 0 ==> once_arming == ONCE_NO_INDEX;
    ensures lent: once_arming == ONCE_NO_INDEX ||
            sqe->op == sqe->ring->memory.ops + once_arming; */
ONCE_INLINE int once_write_taken(struct once_sqe *sqe, struct once_lent lent)
{
	const uint32_t index = once_next_index(sqe->ring);

	if (once_op_id(sqe->op) != sqe->id + ONCE_AT_REST)
		return ONCE_NOT_TAKEN;
	if (sqe->fault != 0)
		return sqe->fault;
	if (lent.type == NULL) /* that would look like a foreign completion */
		return ONCE_BAD_ARGUMENT;
	if (sqe->shape != ONCE_SHAPE_ONE)
		return once_write_special(sqe);
	once_write_sqe(sqe->ring, index, sqe, sqe->id);
	return 0;
}

/* TAKEN → ARMED, and the owner is lent. Not for callers. */
/*@ requires ring: once_machine(ring) && once_prefix(ring);
    requires op: \exists integer s; 0 <= s < ring->capacity && op == ring->memory.ops + s &&
             once_state[s] == ONCE_IS_TAKEN;
    requires id: op->id == id + once_G;
    requires place: once_sq_has_place(ring);
    requires credit: once_arming == ONCE_NO_INDEX || op == ring->memory.ops + once_arming;
    assigns op->id, op->life, op->lent, ring->submit.sq_tail, once_at[0 .. 65535],
            once_place[0 .. 65535], once_state[op - ring->memory.ops], once_n_taken, once_n_live,
            once_arming;
    ONCE_KEEPS_SLOTS(ring);
    ONCE_KEEPS_WINDOW(ring);
    ONCE_KEEPS_BOOKS(ring);
    ensures prefix: once_prefix(ring);
    ensures arrays: once_same_arrays{Pre, Post}(ring);
    ensures armed: once_state[op - ring->memory.ops] == ONCE_IS_LIVE && op->id == id &&
            op->life == \old(ring->submit.sq_tail) &&
            ring->submit.sq_tail == \old(ring->submit.sq_tail) + 1;
    ensures lent: op->lent.value == lent.value && op->lent.type == lent.type;
    ensures credit: once_arming == ONCE_NO_INDEX;
    ensures counts: once_n_taken == \old(once_n_taken) - 1 && once_n_live == \old(once_n_live) + 1; */
ONCE_INLINE void once_go_live(struct once_ring *ring, struct once_op *op, uint64_t id,
			      struct once_lent lent)
{
	const uint64_t position = ring->submit.sq_tail;

	/*@ ghost uint32_t slot = (uint32_t)(op - ring->memory.ops); */
	/*@ assert slot: slot < ring->capacity && op == ring->memory.ops + slot; */
	/*@ ghost once_move_taken_live(ring->capacity, slot); */
	/*@ ghost once_arming = UINT32_MAX; */
	once_store_relaxed(&op->id, id);
	once_store_relaxed(&op->life, position);
	op->lent = lent;
	once_store_relaxed(&ring->submit.sq_tail, position + 1);
	/*@ assert same: ring->tag == \at(ring->tag, Pre) && ring->capacity == \at(ring->capacity, Pre) &&
	      ring->submit.sq_tail == position + 1; */
	/*@ assert complete: ring->complete.ended == \at(ring->complete.ended, Pre) &&
	      ring->complete.freed == \at(ring->complete.freed, Pre) &&
	      ring->complete.held == \at(ring->complete.held, Pre) &&
	      ring->complete.opened_at == \at(ring->complete.opened_at, Pre) &&
	      ring->complete.head == \at(ring->complete.head, Pre) &&
	      ring->complete.head_index == \at(ring->complete.head_index, Pre) &&
	      ring->complete.delivered == \at(ring->complete.delivered, Pre) &&
	      ring->complete.next_index == \at(ring->complete.next_index, Pre); */
	/*@ assert mine: once_slot_is(ring->tag, ring->submit.sq_tail, slot, once_state[slot],
	      ring->memory.ops[slot].id, ring->memory.ops[slot].life); */
	/*@ assert others: \forall integer s; 0 <= s < ring->capacity && s != slot ==>
	      ring->memory.ops[s].id == \at(ring->memory.ops[s].id, Pre) &&
	      ring->memory.ops[s].life == \at(ring->memory.ops[s].life, Pre) &&
	      once_state[s] == \at(once_state[s], Pre); */
}

/* The ticket names the operation. Not for callers. */
/*@ requires ring: once_opened(ring);
    requires ticket: \valid(ticket) && once_apart(ring, \base_addr(ticket));
    assigns *ticket;
    ONCE_KEEPS_SLOTS(ring);
    ONCE_KEEPS_WINDOW(ring);
    ONCE_KEEPS_BOOKS(ring);
    ensures prefix: once_prefix(ring);
    ensures ticket: ticket->ring == ring && ticket->id == id; */
ONCE_INLINE void once_name_ticket(struct once_ring *ring, struct once_ticket *ticket, uint64_t id)
{
	ticket->ring = ring;
	ticket->id = id;
}

/*
 * Arm a taken and prepared SQE: the operation is now the ring's. From here on
 * only its terminal completion ends it, whatever submit returns; until then
 * *lent* and every buffer that the SQE names belong to the ring. Submitting
 * side.
 *
 * The call consumes the SQE either way: where it is refused for how the SQE
 * was prepared, the SQE is given back and nothing was lent.
 *
 * *ticket* (may be NULL) names the operation, for once_prep_cancel() and the
 * like; it never names another one, however often the slot is reused.
 *
 * Returns 0, or
 *   ONCE_NOT_TAKEN     armed or given back before, or zeroed (nothing changes)
 *   ONCE_NOT_PREPARED  no once_prep_*() call since take (given back)
 *   ONCE_BAD_ARGUMENT  a preparation got a value that the SQE cannot carry, or *lent*
 *                      has no type (given back)
 *   ONCE_STALE_TICKET  prepared to cancel an operation that had ended (given back)
 *   ONCE_OTHER_RING    prepared with another ring's ticket (given back)
 *   ONCE_USER_DATA     raw SQE with user_data set: it is the ring's (given back)
 *   ONCE_SKIP_SUCCESS  IOSQE_CQE_SKIP_SUCCESS: no CQE, no end (given back)
 *   ONCE_REWRITES_ID   raw IORING_POLL_UPDATE_USER_DATA (given back)
 *   ONCE_NO_CREDIT     the CQ has no places left for more than one CQE of this
 *                      operation: see and retry later (given back)
 */
/*@ requires sqe: \valid_read(sqe);
    requires issued: sqe->op != \null ==> once_opened(sqe->ring) &&
             once_apart(sqe->ring, \base_addr(sqe)) &&
             (\exists integer s; once_issued(sqe, sqe->ring, s));
    requires ticket: ticket == \null || (\valid(ticket) && \base_addr(ticket) != \base_addr(sqe) &&
             (sqe->op != \null ==> once_apart(sqe->ring, \base_addr(ticket))));
    assigns sqe->ring->submit, sqe->op->id, sqe->op->life, sqe->op->lent, *ticket,
            sqe->ring->memory.stack[sqe->ring->submit.free],
            sqe->ring->memory.credits[0 .. sqe->ring->capacity - 1],
            sqe->ring->memory.times[0 .. sqe->ring->view.sq_entries - 1],
            sqe->ring->view.sqes[0 .. sqe->ring->view.sq_entries - 1],
            once_at[0 .. 65535], once_place[0 .. 65535], once_state[0 .. 65535],
            once_rank[0 .. 65535], once_credit_sum[0 .. 65536], once_n_free, once_n_taken,
            once_n_live, once_n_retired, once_arming;
    behavior taken:
      assumes taken: sqe->op != \null && sqe->op->id == sqe->id + once_G;
      ensures ring: once_opened(sqe->ring);
      ensures spent: sqe->op->id != sqe->id + once_G;
      ensures armed: \result == 0 ==> sqe->op->id == sqe->id &&
              sqe->op->lent.value == lent.value && sqe->op->lent.type == lent.type &&
              once_n_taken == \old(once_n_taken) - 1 && once_n_live == \old(once_n_live) + 1;
      ensures typed: \result == 0 ==> lent.type != \null;
      ensures ticket: \result == 0 && ticket != \null ==> ticket->id == sqe->id;
      ensures given_back: \result != 0 ==> \result < 0 &&
              once_n_taken == \old(once_n_taken) - 1 && once_n_live == \old(once_n_live);
    behavior stale:
      assumes stale: sqe->op != \null && sqe->op->id != sqe->id + once_G;
      ensures ring: once_opened(sqe->ring);
      ensures refused: \result == ONCE_NOT_TAKEN;
      ensures same: sqe->op->id == \old(sqe->op->id) && once_n_taken == \old(once_n_taken) &&
              once_n_live == \old(once_n_live);
    behavior zeroed:
      assumes zeroed: sqe->op == \null;
      assigns \nothing;
      ensures refused: \result == ONCE_NOT_TAKEN;
    complete behaviors;
    disjoint behaviors; */
ONCE_NONNULL_AT(1) ONCE_MUST_CHECK
ONCE_INLINE int once_arm(struct once_sqe *sqe, struct once_lent lent, struct once_ticket *ticket)
{
	struct once_ring *ring = sqe->ring;
	struct once_op *op = sqe->op;
	const uint64_t id = sqe->id;
	int fault;

	if (op == NULL) /* zeroed: no ring to report it to */
		return ONCE_NOT_TAKEN;
	fault = once_write_taken(sqe, lent);
	/*@ assert same: sqe->ring == ring && sqe->op == op && sqe->id == id &&
	      op->id == \at(sqe->op->id, Pre); */
	/*@ assert apart: once_apart(ring, \base_addr(sqe)) &&
	      (ticket != \null ==> once_apart(ring, \base_addr(ticket))); */
	if (fault != 0) {
		fault = once_arm_refused(ring, op, id, fault);
		/*@ assert same: sqe->ring == ring && sqe->op == op && sqe->id == id; */
		/*@ assert opened: once_opened(ring); */
		/*@ assert spent: op->id != id + once_G; */
		ONCE_SETTLES(op);
		return once_negative(fault, ONCE_NOT_TAKEN);
	}
	once_go_live(ring, op, id, lent);
	/*@ assert live: sqe->ring == ring && sqe->op == op && sqe->id == id && op->id == id &&
	      op->lent.value == lent.value && op->lent.type == lent.type; */
	if (ticket != NULL) {
		/*@ assert op: \base_addr(op) == \base_addr(ring->memory.ops); */
		/*@ assert apart: once_apart(ring, \base_addr(ticket)); */
		once_name_ticket(ring, ticket, id);
		/*@ assert live: sqe->ring == ring && sqe->op == op && sqe->id == id && op->id == id &&
		      op->lent.value == lent.value && op->lent.type == lent.type; */
	}
	/*@ assert opened: once_opened(ring); */
	ONCE_SETTLES(op);
	return 0;
}

ONCE_END_C

#endif
