/* SPDX-License-Identifier: MIT */
/*
 * Deliver: a completion becomes a token. Replaces io_uring_wait_cqe*(),
 * io_uring_peek_cqe(), io_uring_peek_batch_cqe() and io_uring_for_each_cqe().
 * Completing side.
 *
 * Each call delivers the next CQE that no call has delivered before, in CQ
 * order; one that is still held is never delivered again. A token exists if
 * and only if the call returned 0.
 *
 * The library's own CQEs (its timeouts, the cancellation of a drain, padding)
 * are consumed here and never delivered. A CQE that no operation of this ring
 * posted (IORING_OP_MSG_RING from elsewhere, resource tags) is delivered as
 * foreign; one that bears an identity of this ring which is not in flight is
 * also reported as ONCE_STRAY_CQE.
 */
#ifndef ONCERING_DELIVER_H
#define ONCERING_DELIVER_H

#include "oncering/code.h"
#include "oncering/logic.h"
#include "oncering/logic_arrays.h"
#include "oncering/wire.h"
#include <string.h>

ONCE_BEGIN_C

/*
 * The core of once_seen(). The token is (hold, position), of *issuer*. Not for
 * callers.
 */
ONCE_NONNULL_AT(1)
int once_core_seen(struct once_ring *ring, struct once_hold *hold, uint64_t position,
		   const struct once_ring *issuer) ONCE_CONSUMES(2);
ONCE_NONNULL ONCE_MUST_CHECK ONCE_PAIRED_WITH(once_core_seen, 2)
struct once_hold *once_core_peek(struct once_ring *ring, int *error);
ONCE_NONNULL ONCE_MUST_CHECK ONCE_PAIRED_WITH(once_core_seen, 2)
struct once_hold *once_core_wait(struct once_ring *ring, int *error);
ONCE_NONNULL_AT(1, 5) ONCE_MUST_CHECK ONCE_PAIRED_WITH(once_core_seen, 2)
struct once_hold *once_core_wait_for(struct once_ring *ring, unsigned count,
				     const struct once_timespec *timeout, const void *sigmask,
				     int *error);

/*
 * What a hold says; not for callers. clang's analyser takes what a core returns
 * for fresh, unwritten memory, so there these are functions it cannot look into.
 */
#ifdef __clang_analyzer__
uint64_t once_hold_position(const struct once_hold *hold);
uint32_t once_hold_slot(const struct once_hold *hold);
uint32_t once_hold_flags(const struct once_hold *hold);
int once_hold_result(const struct once_hold *hold);
#else
ONCE_INLINE uint64_t once_hold_position(const struct once_hold *hold)
{
	return hold->position;
}

ONCE_INLINE uint32_t once_hold_slot(const struct once_hold *hold)
{
	return hold->slot;
}

ONCE_INLINE uint32_t once_hold_flags(const struct once_hold *hold)
{
	return hold->flags;
}

ONCE_INLINE int once_hold_result(const struct once_hold *hold)
{
	return hold->result;
}
#endif

/* Fill the token if and only if there is a hold; not for callers. */
ONCE_INLINE int once_hold_to_token(struct once_ring *ring, struct once_hold *hold, int error,
				     struct once_cqe *cqe)
{
	if (hold == NULL) {
		if (error >= 0)
			error = ONCE_NOT_OPEN;
		return error;
	}
	cqe->ring = ring;
	cqe->hold = hold;
	cqe->position = once_hold_position(hold);
	return 0;
}

/*
 * Deliver the next CQE without waiting.
 *
 * Returns 0 and a token, or
 *   -EAGAIN           empty: no CQE, no overflow backlog, no deferred task work.
 *                     Enters the kernel only if it says that there is such.
 *   ONCE_ALL_HELD     not empty, but held tokens leave no room in the CQ
 *   ONCE_NOT_OPEN, ONCE_WRONG_THREAD (looked at before entering the kernel)
 *   -errno            io_uring_enter(2): -EBADR: the kernel dropped a CQE
 */
ONCE_NONNULL ONCE_MUST_CHECK
ONCE_INLINE int once_peek(struct once_ring *ring, struct once_cqe *cqe)
{
	int error = 0;
	struct once_hold *hold = once_core_peek(ring, &error);

	return once_hold_to_token(ring, hold, error, cqe);
}

/*
 * Deliver up to *count* CQEs into cqes[0 ..], without waiting. Returns how
 * many (>= 1 unless *count* is 0), or what once_peek() returns.
 */
ONCE_NONNULL ONCE_MUST_CHECK
#if defined(__clang_analyzer__)
ONCE_INLINE int once_peek_batch(struct once_ring *ring, struct once_cqe *cqes, unsigned count)
{
	int error = 0;
	unsigned i;

	for (i = 0; i < count; i++) {
		struct once_hold *hold = once_core_peek(ring, &error);

		if (hold == NULL)
			break;
		cqes[i].ring = ring;
		cqes[i].hold = hold;
		cqes[i].position = once_hold_position(hold);
	}
	if (i > 0 || count == 0)
		return (int)i;
	if (error >= 0)
		error = ONCE_NOT_OPEN;
	return error;
}
#else
int once_peek_batch(struct once_ring *ring, struct once_cqe *cqes, unsigned count);
#endif

/*
 * Deliver the next CQE, waiting for it.
 *
 * Returns 0 and a token, or
 *   -EINTR            a signal came; nothing was delivered
 *   -EAGAIN           the kernel woke the wait for nothing, or did not read the
 *                     library's own SQEs: wait again
 *   ONCE_WOULD_HANG   nothing is in flight that could post it (not with
 *                     ONCE_EXPECT_FOREIGN or ONCE_SPLIT). Raw liburing waits for ever
 *                     (axboe/liburing #11)
 *   ONCE_ALL_HELD     held tokens fill the CQ, so none can come
 *   ONCE_NOT_OPEN, ONCE_WRONG_THREAD, -errno as above
 */
ONCE_NONNULL ONCE_MUST_CHECK
ONCE_INLINE int once_wait(struct once_ring *ring, struct once_cqe *cqe)
{
	int error = 0;
	struct once_hold *hold = once_core_wait(ring, &error);

	return once_hold_to_token(ring, hold, error, cqe);
}

/*
 * Wait until *count* CQEs can be delivered (0: as 1), or *timeout* (a duration;
 * NULL: for ever) has passed, with signal mask *sigmask* (a sigset_t; NULL: as
 * it is), then deliver the next one. If the time passes with some but fewer
 * than *count*, the next one is delivered. Replaces io_uring_wait_cqes().
 *
 * On a kernel without IORING_FEAT_EXT_ARG the timeout is an SQE of the
 * library's: armed operations ahead of it are submitted too, and SQEs that are
 * taken do not matter. Its CQE is consumed by the library whenever it comes;
 * until then the reservation is out (once_reserved()), and keeps the ring from
 * being closed; a drain ends it.
 *
 * Returns as once_wait() (never ONCE_WOULD_HANG with a timeout), or
 *   -ETIME            the time passed, and nothing can be delivered
 *   -EINVAL           a negative time, or nanoseconds outside 0 .. 999999999
 *   ONCE_SPLIT_TIMER  split mode without IORING_FEAT_EXT_ARG: it would touch the SQ
 *   ONCE_TIMERS_OUT   (without IORING_FEAT_EXT_ARG) two older timeouts are still
 *                     to complete: deliver or wait untimed first; or the CQEs of
 *                     older ones lie behind a token that is held: see it first
 */
ONCE_NONNULL_AT(1, 2) ONCE_MUST_CHECK
ONCE_INLINE int once_wait_for(struct once_ring *ring, struct once_cqe *cqe, unsigned count,
				const struct once_timespec *timeout, const void *sigmask)
{
	int error = 0;
	struct once_hold *hold = once_core_wait_for(ring, count, timeout, sigmask, &error);

	return once_hold_to_token(ring, hold, error, cqe);
}

/* Wait until *count* CQEs can be delivered, then deliver the next one: io_uring_wait_cqe_nr(). */
ONCE_NONNULL ONCE_MUST_CHECK
ONCE_INLINE int once_wait_nr(struct once_ring *ring, struct once_cqe *cqe, unsigned count)
{
	return once_wait_for(ring, cqe, count, NULL, NULL);
}

/* Wait for the next CQE at most as long as *timeout*: io_uring_wait_cqe_timeout(). */
ONCE_NONNULL ONCE_MUST_CHECK
ONCE_INLINE int once_wait_timeout(struct once_ring *ring, struct once_cqe *cqe,
				    const struct once_timespec *timeout)
{
	return once_wait_for(ring, cqe, 1, timeout, NULL);
}

/* --- look at a held token --- */

/* Reports a look at a spent token; returns ONCE_SPENT. Not for callers. */
/*@ requires ring: hold != \null ==> \valid_read(ring) &&
            \valid_read(ring->memory.ops + (0 .. ring->capacity - 1));
    assigns \nothing;
    ensures spent: \result == ONCE_SPENT; */
int once_core_spent(const struct once_ring *ring, const struct once_hold *hold, uint64_t position);

/* True until the token is seen. A zeroed token is not held. */
ONCE_NONNULL
ONCE_INLINE bool once_is_held(const struct once_cqe *cqe)
{
	return cqe->hold != NULL && once_hold_position(cqe->hold) == cqe->position;
}

/*
 * The operation's result: >= 0, or -1 .. -4095 for -errno; ONCE_SPENT if the
 * token was seen.
 */
ONCE_NONNULL ONCE_MUST_CHECK
ONCE_INLINE int once_result(const struct once_cqe *cqe)
{
	if (!once_is_held(cqe))
		return once_core_spent(cqe->ring, cqe->hold, cqe->position);
	return once_hold_result(cqe->hold);
}

/*
 * The CQE's IORING_CQE_F_* flags as they came; 0 if the token was seen (which
 * is reported). Use once_is_terminal() to ask for the end of an operation.
 */
ONCE_NONNULL ONCE_MUST_CHECK
ONCE_INLINE uint32_t once_flags(const struct once_cqe *cqe)
{
	if (!once_is_held(cqe)) {
		(void)once_core_spent(cqe->ring, cqe->hold, cqe->position);
		return 0;
	}
	return once_hold_flags(cqe->hold);
}

/* What a token is. */
enum once_class {
	ONCE_CLASS_OWNED = 0,   /* an operation of this ring: it has an owner */
	ONCE_CLASS_FOREIGN = 1  /* no operation of this ring posted it */
};

/* ONCE_CLASS_*, or ONCE_SPENT. */
ONCE_NONNULL ONCE_MUST_CHECK
ONCE_INLINE int once_class(const struct once_cqe *cqe)
{
	if (!once_is_held(cqe))
		return once_core_spent(cqe->ring, cqe->hold, cqe->position);
	return once_hold_slot(cqe->hold) != ONCE_NO_INDEX ? ONCE_CLASS_OWNED : ONCE_CLASS_FOREIGN;
}

/*
 * 1 if this completion ends its operation and so returns its owner when it is
 * seen (a foreign one ends nothing: 1); 0 if more will come; or ONCE_SPENT.
 */
ONCE_NONNULL ONCE_MUST_CHECK
ONCE_INLINE int once_is_terminal(const struct once_cqe *cqe)
{
	if (!once_is_held(cqe))
		return once_core_spent(cqe->ring, cqe->hold, cqe->position);
	return (once_hold_flags(cqe->hold) & 2U /* IORING_CQE_F_MORE */) == 0;
}

/* True if two types are spelled alike and of one size; their objects may differ from file to file. */
/*@ requires types: \valid_read(a) && \valid_read(b);
    requires names: valid_read_string(a->name) && valid_read_string(b->name);
    assigns \nothing;
    ensures same: a == b ==> \result == true;
    ensures sizes: a->size != b->size ==> \result == false; */
ONCE_NONNULL
bool once_same_type(const struct once_type *a, const struct once_type *b);
/* Reports why a token has no such owner, and says so. Not for callers. */
/*@ requires hold: hold == \null || \valid_read(hold);
    requires ring: \valid_read(ring) && \valid_read(ring->memory.ops + (0 .. ring->capacity - 1));
    assigns \nothing;
    behavior spent:
      assumes spent: hold == \null || hold->position != position;
      ensures refused: \result == ONCE_SPENT;
    behavior foreign:
      assumes held: hold != \null && hold->position == position;
      assumes foreign: hold->slot >= ring->capacity;
      ensures refused: \result == ONCE_FOREIGN;
    behavior other_type:
      assumes held: hold != \null && hold->position == position;
      assumes ours: hold->slot < ring->capacity;
      ensures refused: \result == ONCE_WRONG_TYPE;
    complete behaviors;
    disjoint behaviors; */
int once_core_not_owner(const struct once_ring *ring, const struct once_hold *hold,
			uint64_t position);

/*
 * What was lent to the operation: *value* is filled if and only if 0 is
 * returned. The typed accessors of ONCE_OWNER() call this; for a cookie pass
 * &once_cookie_type.
 *
 * Returns 0, ONCE_SPENT, ONCE_FOREIGN or ONCE_WRONG_TYPE.
 */
ONCE_NONNULL ONCE_MUST_CHECK
ONCE_INLINE int once_owner(const struct once_cqe *cqe, const struct once_type *type,
			     uint64_t *value)
{
	const struct once_ring *ring = cqe->ring;

	if (once_is_held(cqe) && once_hold_slot(cqe->hold) < ring->capacity) {
		const struct once_op *op = &ring->memory.ops[once_hold_slot(cqe->hold)];

		if (op->lent.type == type || once_same_type(op->lent.type, type)) {
			*value = op->lent.value;
			return 0;
		}
	}
	const int rc = once_core_not_owner(ring, cqe->hold, cqe->position);

	return rc < 0 ? rc : ONCE_WRONG_TYPE;
}

/* The operation's ticket, to cancel a multishot one from its completion: 0, ONCE_SPENT, ONCE_FOREIGN. */
/*@ requires ring: once_cq_readable(ring) &&
            \valid_read(ring->memory.ops + (0 .. ring->capacity - 1));
    requires hold: once_hold_in_window(ring, hold) && \valid_read(hold);
    requires ticket: \valid(ticket) && \separated(ticket, ring) && \separated(ticket, hold) &&
             \separated(ticket, ring->view.cqes + (0 .. once_cqe_of(ring, ring->view.cq_entries) - 1));
    assigns *ticket;
    behavior foreign:
      assumes foreign: hold->slot >= ring->capacity;
      assigns \nothing;
      ensures refused: \result == ONCE_FOREIGN;
    behavior ours:
      assumes ours: hold->slot < ring->capacity;
      assigns *ticket;
      ensures found: \result == 0;
      ensures ticket: ticket->ring == ring && ticket->id == once_cqe_behind(ring, hold)->user_data;
    complete behaviors;
    disjoint behaviors; */
ONCE_NONNULL ONCE_MUST_CHECK
int once_core_ticket_of(struct once_ring *ring, const struct once_hold *hold, uint64_t position,
			struct once_ticket *ticket);
ONCE_NONNULL ONCE_MUST_CHECK
ONCE_INLINE int once_ticket_of(const struct once_cqe *cqe, struct once_ticket *ticket)
{
	if (!once_is_held(cqe))
		return once_core_spent(cqe->ring, cqe->hold, cqe->position);
	return once_core_ticket_of(cqe->ring, cqe->hold, cqe->position, ticket);
}

/* What lies in the ring for a held token; not for callers. */
/*@ requires ring: once_cq_readable(ring);
    requires hold: once_hold_in_window(ring, hold);
    assigns \nothing;
    ensures user_data: \result == once_cqe_behind(ring, hold)->user_data; */
ONCE_NONNULL ONCE_MUST_CHECK
uint64_t once_core_user_data(const struct once_ring *ring, const struct once_hold *hold);
/*@ requires ring: once_cq_readable(ring) &&
            \valid_read(ring->memory.ops + (0 .. ring->capacity - 1));
    requires hold: once_hold_in_window(ring, hold);
    requires extra: \valid(extra + (0 .. 1)) && \separated(extra + (0 .. 1), ring) &&
             \separated(extra + (0 .. 1),
               ring->view.cqes + (0 .. once_cqe_of(ring, ring->view.cq_entries) - 1));
    assigns extra[0 .. 1];
    behavior narrow:
      assumes narrow: ring->cqe_shift == 0;
      assigns \nothing;
      ensures refused: \result == ONCE_NOT_CQE32;
    behavior wide:
      assumes wide: ring->cqe_shift != 0;
      assigns extra[0 .. 1];
      ensures found: \result == 0;
      ensures first: extra[0] == (once_cqe_behind(ring, hold) + 1)->user_data;
      ensures second: extra[1] == once_bits_of((once_cqe_behind(ring, hold) + 1)->res) +
              (once_cqe_behind(ring, hold) + 1)->flags * 0x100000000;
    complete behaviors;
    disjoint behaviors; */
ONCE_NONNULL ONCE_MUST_CHECK
int once_core_extra(const struct once_ring *ring, const struct once_hold *hold, uint64_t position,
		    uint64_t extra[2]);

/* user_data as the kernel delivered it, for foreign CQEs: 0 or ONCE_SPENT. */
ONCE_NONNULL ONCE_MUST_CHECK
ONCE_INLINE int once_user_data(const struct once_cqe *cqe, uint64_t *value)
{
	if (!once_is_held(cqe))
		return once_core_spent(cqe->ring, cqe->hold, cqe->position);
	*value = once_core_user_data(cqe->ring, cqe->hold);
	return 0;
}

/* The 16 extra bytes of a CQE32 ring: 0, ONCE_SPENT, ONCE_NOT_CQE32. */
ONCE_NONNULL ONCE_MUST_CHECK
ONCE_INLINE int once_extra(const struct once_cqe *cqe, uint64_t extra[2])
{
	if (!once_is_held(cqe))
		return once_core_spent(cqe->ring, cqe->hold, cqe->position);
	return once_core_extra(cqe->ring, cqe->hold, cqe->position, extra);
}

ONCE_END_C

#endif
