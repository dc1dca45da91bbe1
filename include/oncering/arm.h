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
ONCE_INLINE struct once_lent once_cookie(uint64_t value)
{
	struct once_lent lent = { value, &once_cookie_type };

	return lent;
}

/*
 * What once_arm() does for an SQE that is not one plain CQE: 0 once it is
 * written, or its fault. And how it answers to a fault. Not for callers.
 */
ONCE_NONNULL ONCE_MUST_CHECK
int once_write_special(struct once_sqe *sqe);
ONCE_NONNULL ONCE_MUST_CHECK
int once_arm_refused(struct once_ring *ring, struct once_op *op, uint64_t id, int fault);

/* Where in the SQ the next SQE goes. Not for callers. */
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
 *   ONCE_BAD_ARGUMENT  a preparation got a value that the SQE cannot carry (given back)
 *   ONCE_STALE_TICKET  prepared to cancel an operation that had ended (given back)
 *   ONCE_OTHER_RING    prepared with another ring's ticket (given back)
 *   ONCE_USER_DATA     raw SQE with user_data set: it is the ring's (given back)
 *   ONCE_SKIP_SUCCESS  IOSQE_CQE_SKIP_SUCCESS: no CQE, no end (given back)
 *   ONCE_REWRITES_ID   raw IORING_POLL_UPDATE_USER_DATA (given back)
 *   ONCE_NO_CREDIT     the CQ has no places left for more than one CQE of this
 *                      operation: see and retry later (given back)
 */
ONCE_NONNULL_AT(1) ONCE_MUST_CHECK
ONCE_INLINE int once_arm(struct once_sqe *sqe, struct once_lent lent, struct once_ticket *ticket)
{
	struct once_ring *ring = sqe->ring;
	struct once_op *op = sqe->op;
	struct once_submit_side *side;
	const uint64_t id = sqe->id;
	uint64_t position;
	uint32_t index;
	int fault;

	if (op == NULL) /* zeroed: no ring to report it to */
		return ONCE_NOT_TAKEN;
	side = &ring->submit;
	position = side->sq_tail;
	index = once_next_index(ring);
	fault = once_op_id(op) == id + ONCE_AT_REST ? sqe->fault : ONCE_NOT_TAKEN;
	if (fault == 0 && sqe->shape != ONCE_SHAPE_ONE)
		fault = once_write_special(sqe);
	else if (fault == 0)
		once_wire_copy(&ring->view.sqes[index], &sqe->wire, id);
	if (fault != 0) {
		fault = once_arm_refused(ring, op, id, fault);
		ONCE_SETTLES(op);
		return fault < 0 ? fault : ONCE_NOT_TAKEN;
	}
	once_store_relaxed(&op->id, id);
	once_store_relaxed(&op->life, position);
	op->lent = lent;
	once_store_relaxed(&side->sq_tail, position + 1);
	if (ticket != NULL) {
		ticket->ring = ring;
		ticket->id = id;
	}
	ONCE_SETTLES(op);
	return 0;
}

ONCE_END_C

#endif
