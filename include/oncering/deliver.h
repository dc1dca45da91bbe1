/* SPDX-License-Identifier: MIT */
/*
 * Deliver: a completion becomes a token. Replaces io_uring_peek_cqe(),
 * io_uring_peek_batch_cqe() and io_uring_for_each_cqe(). Completing side.
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

/*@
  // the place of the newest CQE that is delivered
  logic integer once_last_at{L}(integer entries) =
    once_next_at == 0 ? entries - 1 : once_next_at - 1;
*/
/* What delivering a CQE may change. */
#define ONCE_DELIVERY(ring) \
	ring->memory.window[0 .. ring->view.cq_entries - 1], \
	ring->memory.ops[0 .. ring->capacity - 1].id, ring->complete.delivered, \
	ring->complete.next_index, ring->complete.held, ring->complete.timers, \
	ring->complete.removes, ring->complete.cancels, ring->complete.cancel_result, \
	ONCE_HEAD_COUNTERS(ring), ONCE_SLOT_MEMORY(ring), once_end_at[0 .. 65535], \
	once_out_at[0 .. 65535], once_out_place[0 .. 65535], once_n_live, once_n_out, once_next, \
	once_next_at

ONCE_BEGIN_C

/*
 * The core of once_seen(). The token is (hold, position), of *issuer*. Not for
 * callers.
 */
/*@ requires ring: once_ring_ok(ring);
    assigns hold->position, ring->complete.held, ONCE_HEAD_COUNTERS(ring),
            ONCE_SLOT_MEMORY(ring), once_out_at[0 .. 65535], once_out_place[0 .. 65535],
            once_n_out;
    behavior seen:
      assumes out: ring->open != 0 && once_token_out(ring, hold, position);
      ensures ok: \result == 0;
      ensures ring: once_opened(ring);
      ensures spent: once_token_spent(ring, position);
      ensures count: ring->complete.held == \old(ring->complete.held) - 1;
      ensures marked: hold->position == ONCE_NO_POSITION;
      ensures others: \forall integer i; 0 <= i < ring->view.cq_entries &&
              ring->memory.window + i != hold ==>
              ring->memory.window[i].position == \old(ring->memory.window[i].position);
      ensures same: ring->capacity == \old(ring->capacity) &&
              ring->view.cq_entries == \old(ring->view.cq_entries) &&
              ring->complete.opened_at == \old(ring->complete.opened_at);
      ensures forward: \old(once_head) <= once_head;
      ensures stays: \old(once_head) != position ==> once_head == \old(once_head) &&
              once_head_at == \old(once_head_at);
      ensures passes: \old(once_head) == position ==> once_head > position;
    behavior refused:
      assumes not_out: ring->open == 0 || !once_token_out(ring, hold, position);
      assigns \nothing;
      ensures unchanged: once_unseen{Old, Here}(ring);
      ensures ring: once_ring_ok(ring);
      ensures refusal: once_is_refusal(\result);
      ensures not_open: \old(ring->open) == 0 ==> \result == ONCE_NOT_OPEN;
      ensures other_ring: \old(ring->open) != 0 && hold != \null && issuer != ring ==>
              \result == ONCE_OTHER_RING;
      ensures twice: \old(ring->open != 0 && hold != \null && issuer == ring &&
              once_token_spent(ring, position)) ==> \result == ONCE_SEEN_TWICE;
    complete behaviors;
    disjoint behaviors; */
ONCE_NONNULL_AT(1)
int once_core_seen(struct once_ring *ring, struct once_hold *hold, uint64_t position,
		   const struct once_ring *issuer) ONCE_CONSUMES(2);
/* The core of once_peek(). A hold, or NULL and why in *error*. Not for callers. */
/*@ requires ring: once_ring_ok(ring);
    requires error: \valid(error) && \base_addr(error) != \base_addr(ring) &&
             (ring->open != 0 ==> once_apart(ring, \base_addr(error)));
    assigns *error, ring->port, ring->submit.owner, ring->complete.owner, ring->complete.ready,
            ONCE_DELIVERY(ring);
    assigns \result \from ring->memory.window, ring->complete.next_index;
    ensures ring: once_ring_ok(ring);
    ensures same: ring->open == \old(ring->open) &&
            ring->view.cq_entries == \old(ring->view.cq_entries) &&
            ring->capacity == \old(ring->capacity);
    behavior open:
      assumes open: ring->open != 0;
      ensures opened: once_opened(ring);
      ensures forward: \old(once_next) <= once_next && \old(once_head) <= once_head;
      ensures none: \result == \null ==> *error < 0 &&
              ring->complete.held == \old(ring->complete.held);
      ensures token: \result != \null ==> \valid(\result) &&
              once_token_out(ring, (struct once_hold *)\result, \result->position) &&
              \old(once_next) <= \result->position &&
              ring->complete.held == \old(ring->complete.held) + 1;
      ONCE_TOKENS_STAY(ring);
    behavior closed:
      assumes closed: ring->open == 0;
      ensures none: \result == \null && *error == ONCE_NOT_OPEN;
    complete behaviors;
    disjoint behaviors; */
ONCE_NONNULL ONCE_MUST_CHECK ONCE_PAIRED_WITH(once_core_seen, 2)
struct once_hold *once_core_peek(struct once_ring *ring, int *error);

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
/*@ requires hold: \valid_read(hold);
    assigns \nothing;
    ensures position: \result == hold->position; */
ONCE_INLINE uint64_t once_hold_position(const struct once_hold *hold)
{
	return hold->position;
}

/*@ requires hold: \valid_read(hold);
    assigns \nothing;
    ensures slot: \result == hold->slot; */
ONCE_INLINE uint32_t once_hold_slot(const struct once_hold *hold)
{
	return hold->slot;
}

/*@ requires hold: \valid_read(hold);
    assigns \nothing;
    ensures flags: \result == hold->flags; */
ONCE_INLINE uint32_t once_hold_flags(const struct once_hold *hold)
{
	return hold->flags;
}

/*@ requires hold: \valid_read(hold);
    assigns \nothing;
    ensures said: \result == hold->result; */
ONCE_INLINE int once_hold_result(const struct once_hold *hold)
{
	return hold->result;
}
#endif

/* All of it still holds, clause by clause: for what stores into a token. */
/*@ ghost
  /@ ONCE_NEEDS_SLOTS(ring);
     ONCE_NEEDS_WINDOW(ring);
     requires books: ring->open != 0 && once_books_submit(ring) && once_books_complete(ring);
     requires prefix: once_prefix(ring) && once_arming == ONCE_NO_INDEX;
     assigns \nothing;
     ensures opened: once_opened(ring);
  @/
  static void once_lemma_opened(struct once_ring *ring)
  {
    ;
  }
*/

/* Fill the token if and only if there is a hold; not for callers. */
/*@ requires token: \valid(cqe) && \base_addr(cqe) != \base_addr(ring) &&
             (ring->open != 0 ==> once_apart(ring, \base_addr(cqe)));
    requires ring: once_ring_ok(ring);
    assigns cqe->ring \from ring;
    assigns cqe->hold \from hold;
    assigns cqe->position;
    ensures ring: once_ring_ok(ring);
    ensures same: ring->open == \old(ring->open) &&
            ring->view.cq_entries == \old(ring->view.cq_entries) &&
            ring->complete.held == \old(ring->complete.held);
    ensures opened: \old(ring->open) != 0 ==> once_opened(ring);
    ensures kept: \old(ring->open) != 0 ==> (\forall integer i;
            0 <= i < ring->view.cq_entries ==>
            ring->memory.window[i].position == \old(ring->memory.window[i].position));
    behavior token:
      assumes hold: hold != \null;
      requires hold: \valid_read(hold) && \separated(hold, cqe);
      assigns cqe->ring \from ring;
      assigns cqe->hold \from hold;
      assigns cqe->position;
      ensures delivered: \result == 0;
      ensures token: cqe->ring == ring && cqe->hold == hold && cqe->position == hold->position;
      ensures same_hold: hold->position == \old(hold->position);
      ensures out: \old(ring->open != 0 && once_token_out(ring, hold, hold->position)) ==>
              once_token_out(ring, cqe->hold, cqe->position);
    behavior none:
      assumes none: hold == \null;
      assigns \nothing;
      ensures refused: \result == (error < 0 ? error : ONCE_NOT_OPEN) && \result < 0;
    complete behaviors;
    disjoint behaviors; */
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
	/*@ ghost
	  if (ring->open != 0) {
	    once_lemma_opened(ring);
	  }
	*/
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
/*@ requires ring: once_ring_ok(ring);
    requires token: \valid(cqe) && \base_addr(cqe) != \base_addr(ring) &&
             (ring->open != 0 ==> once_apart(ring, \base_addr(cqe)));
    assigns *cqe, ring->port, ring->submit.owner, ring->complete.owner, ring->complete.ready,
            ONCE_DELIVERY(ring);
    ensures ring: once_ring_ok(ring);
    behavior open:
      assumes open: ring->open != 0;
      ensures opened: once_opened(ring);
      ensures arrays: once_same_arrays{Old, Here}(ring);
      ensures sizes: ring->capacity == \old(ring->capacity) &&
              ring->view.cq_entries == \old(ring->view.cq_entries);
      ensures token: \result == 0 ==> cqe->ring == ring &&
              once_token_out(ring, cqe->hold, cqe->position) &&
              \old(once_next) <= cqe->position &&
              ring->complete.held == \old(ring->complete.held) + 1;
      ensures none: \result != 0 ==> \result < 0 &&
              ring->complete.held == \old(ring->complete.held);
      ONCE_TOKENS_STAY(ring);
    behavior closed:
      assumes closed: ring->open == 0;
      ensures not_open: \result == ONCE_NOT_OPEN;
    complete behaviors;
    disjoint behaviors; */
ONCE_NONNULL ONCE_MUST_CHECK
ONCE_INLINE int once_peek(struct once_ring *ring, struct once_cqe *cqe)
{
	int rc;

	{ /* the proof looks back when error is gone */
		int error = 0;
		struct once_hold *hold = once_core_peek(ring, &error);

		rc = once_hold_to_token(ring, hold, error, cqe);
		/*@ assert apart: ring->open != 0 ==> once_apart(ring, \base_addr(&error)) &&
		      \base_addr(ring->view.sq_head) != \base_addr(&error) &&
		      \base_addr(ring->view.cq_tail) != \base_addr(&error) &&
		      \base_addr(ring->view.sq_flags) != \base_addr(&error); */
		/*@ assert opened: ring->open != 0 ==> once_opened(ring); */
		/*@ assert valid: ring->open != 0 ==> once_valid(ring); */
	}
	/*@ assert valid: ring->open != 0 ==> once_valid(ring); */
	/*@ assert memory: ring->open != 0 ==> once_memory_ok(ring); */
	/*@ assert opened: ring->open != 0 ==> once_opened(ring); */
	return rc;
}

/*
 * Deliver up to *count* CQEs into cqes[0 ..], without waiting. Returns how
 * many (>= 1 unless *count* is 0), or what once_peek() returns.
 */
#if defined(__clang_analyzer__)
ONCE_NONNULL ONCE_MUST_CHECK
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
/*@ requires ring: once_ring_ok(ring);
    requires tokens: \valid(cqes + (0 .. count - 1)) && \base_addr(cqes) != \base_addr(ring) &&
             (ring->open != 0 ==> once_apart(ring, \base_addr(cqes)));
    assigns cqes[0 .. count - 1], ring->port, ring->submit.owner, ring->complete.owner,
            ring->complete.ready, ONCE_DELIVERY(ring);
    ensures ring: once_ring_ok(ring);
    ensures range: \result <= count;
    ensures none: \result == 0 ==> count == 0;
    behavior open:
      assumes open: ring->open != 0;
      ensures opened: once_opened(ring);
      ensures held: ring->complete.held == \old(ring->complete.held) + (\result < 0 ? 0 : \result);
      ONCE_TOKENS_STAY(ring);
    behavior closed:
      assumes closed: ring->open == 0;
      ensures not_open: count != 0 ==> \result == ONCE_NOT_OPEN;
    complete behaviors;
    disjoint behaviors; */
ONCE_NONNULL ONCE_MUST_CHECK
int once_peek_batch(struct once_ring *ring, struct once_cqe *cqes, unsigned count);
#endif

ONCE_END_C

#endif
