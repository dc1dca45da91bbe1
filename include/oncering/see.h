/* SPDX-License-Identifier: MIT */
/*
 * See: HELD → SEEN, in any order; the head moves over the seen prefix only.
 * Replaces io_uring_cqe_seen() and io_uring_cq_advance(). Completing side.
 *
 * When the terminal completion of an operation, and every CQE before it, is
 * seen, its slot is FREE again, with a new generation. So one token that is
 * held for long keeps every slot behind it from being taken again, as it keeps
 * the kernel from using their places in the CQ: copy out what is to be kept
 * (once_reap()), and see soon.
 */
#ifndef ONCERING_SEE_H
#define ONCERING_SEE_H

#include "oncering/look.h"

ONCE_BEGIN_C

/*
 * See one token.
 *
 * Returns 0, or
 *   ONCE_SEEN_TWICE  it, or a copy of it, was seen before. Raw liburing moves the
 *                    head once more: a completion is lost, or the head runs past the
 *                    tail and stale CQEs come back
 *   ONCE_NOT_ISSUED  this ring never delivered it (zeroed, forged, or of a life
 *                    of the ring before it was closed)
 *   ONCE_OTHER_RING  another ring delivered it
 */
/*@ requires token: \valid_read(cqe);
    requires ring: once_ring_ok(ring);
    assigns cqe->hold->position, ring->complete.held, ONCE_HEAD_COUNTERS(ring),
            ONCE_SLOT_MEMORY(ring), once_out_at[0 .. 65535], once_out_place[0 .. 65535],
            once_n_out;
    behavior seen:
      assumes out: ring->open != 0 && once_token_out(ring, cqe->hold, cqe->position);
      ensures ok: \result == 0;
      ensures ring: once_opened(ring);
      ensures spent: once_token_spent(ring, \old(cqe->position));
      ensures count: ring->complete.held == \old(ring->complete.held) - 1;
      ensures marked: \old(cqe->hold)->position == ONCE_NO_POSITION;
      ensures others: \forall integer i; 0 <= i < ring->view.cq_entries &&
              ring->memory.window + i != \old(cqe->hold) ==>
              ring->memory.window[i].position == \old(ring->memory.window[i].position);
      ensures same: ring->capacity == \old(ring->capacity) &&
              ring->view.cq_entries == \old(ring->view.cq_entries) &&
              ring->complete.opened_at == \old(ring->complete.opened_at);
      ensures forward: \old(once_head) <= once_head;
      ensures stays: \old(once_head != cqe->position) ==> once_head == \old(once_head) &&
              once_head_at == \old(once_head_at);
      ensures passes: \old(once_head == cqe->position) ==> once_head > \old(once_head);
    behavior refused:
      assumes not_out: ring->open == 0 || !once_token_out(ring, cqe->hold, cqe->position);
      ensures unchanged: once_unseen{Old, Here}(ring);
      ensures ring: once_ring_ok(ring);
      ensures refusal: once_is_refusal(\result);
      ensures not_open: \old(ring->open) == 0 ==> \result == ONCE_NOT_OPEN;
      ensures other_ring: \old(ring->open != 0 && cqe->hold != \null && cqe->ring != ring) ==>
              \result == ONCE_OTHER_RING;
      ensures twice: \old(ring->open != 0 && cqe->hold != \null && cqe->ring == ring &&
              once_token_spent(ring, cqe->position)) ==> \result == ONCE_SEEN_TWICE;
    complete behaviors;
    disjoint behaviors; */
ONCE_NONNULL
ONCE_INLINE int once_seen(struct once_ring *ring, const struct once_cqe *cqe)
{
	return once_core_seen(ring, cqe->hold, cqe->position, cqe->ring);
}

/*
 * See cqes[0 .. count-1], in any order of delivery, and move the head once.
 * Stops at the first token it refuses: returns how many were seen if that is
 * at least one (or *count* is 0), else the refusal. The refused token and those
 * after it are as they were.
 */
#if defined(ONCE_ANALYSIS) || defined(__clang_analyzer__)
ONCE_NONNULL
ONCE_INLINE int once_seen_batch(struct once_ring *ring, const struct once_cqe *cqes, unsigned count)
{
	unsigned i;

	for (i = 0; i < count; i++) {
		int rc = once_seen(ring, &cqes[i]);

		if (rc < 0)
			return i > 0 ? (int)i : rc;
	}
	return (int)count;
}
#else
/*@ requires tokens: \valid_read(cqes + (0 .. count - 1));
    requires ring: once_ring_ok(ring);
    requires apart: ring->open != 0 ==> once_apart(ring, \base_addr(cqes));
    assigns ring->memory.window[0 .. ring->view.cq_entries - 1].position, ring->complete.held,
            ONCE_HEAD_COUNTERS(ring), ONCE_SLOT_MEMORY(ring), once_out_at[0 .. 65535],
            once_out_place[0 .. 65535], once_n_out;
    behavior none:
      assumes none: count == 0;
      assigns \nothing;
      ensures ok: \result == 0;
    behavior seen:
      assumes some: count != 0;
      assumes out: ring->open != 0 && once_token_out(ring, cqes[0].hold, cqes[0].position);
      ensures some: 1 <= \result <= count;
      ensures ring: once_opened(ring);
      ensures forward: \old(once_head) <= once_head;
      ensures held: ring->complete.held == \old(ring->complete.held) - \result;
    behavior refused:
      assumes some: count != 0;
      assumes not_out: ring->open == 0 ||
              !once_token_out(ring, cqes[0].hold, cqes[0].position);
      ensures unchanged: once_unseen{Old, Here}(ring);
      ensures ring: once_ring_ok(ring);
      ensures refusal: once_is_refusal(\result);
      ensures not_open: \old(ring->open) == 0 ==> \result == ONCE_NOT_OPEN;
      ensures other_ring: \old(ring->open != 0 && cqes[0].hold != \null && cqes[0].ring != ring) ==>
              \result == ONCE_OTHER_RING;
      ensures twice: \old(ring->open != 0 && cqes[0].hold != \null && cqes[0].ring == ring &&
              once_token_spent(ring, cqes[0].position)) ==> \result == ONCE_SEEN_TWICE;
    complete behaviors;
    disjoint behaviors; */
ONCE_NONNULL
int once_seen_batch(struct once_ring *ring, const struct once_cqe *cqes, unsigned count);
#endif

/*
 * Deliver and see, in one call, up to *count* CQEs as plain copies: for
 * programs that need no hold. What was lent comes back in the copy; it is the
 * caller's again if the copy is terminal. Does not wait.
 *
 * Returns how many (>= 1 unless *count* is 0), or what once_peek() returns.
 */
/*@ requires ring: once_ring_ok(ring) && once_simple_is_plain(ring);
    requires done: \valid(done + (0 .. count - 1)) && \base_addr(done) != \base_addr(ring) &&
             (ring->open != 0 ==> once_apart(ring, \base_addr(done)));
    assigns done[0 .. count - 1], ring->port, ring->submit.owner, ring->complete.owner,
            ring->complete.ready, ONCE_DELIVERY(ring);
    ensures ring: once_ring_ok(ring);
    ensures range: \result <= count;
    ensures none: \result == 0 ==> count == 0;
    behavior open:
      assumes open: ring->open != 0;
      ensures opened: once_opened(ring);
      ensures arrays: once_same_arrays{Old, Here}(ring);
      ensures sizes: ring->capacity == \old(ring->capacity) &&
              ring->view.cq_entries == \old(ring->view.cq_entries);
      ensures held: ring->complete.held == \old(ring->complete.held);
      ONCE_TOKENS_STAY(ring);
    behavior closed:
      assumes closed: ring->open == 0;
      ensures closed: once_closed(ring);
      ensures not_open: count != 0 ==> \result == ONCE_NOT_OPEN;
    complete behaviors;
    disjoint behaviors; */
ONCE_NONNULL ONCE_MUST_CHECK
int once_reap_batch(struct once_ring *ring, struct once_completion *done, unsigned count);

/* Deliver and see one CQE, without waiting. Returns 0 and fills *done*, or what once_peek() returns. */
/*@ requires ring: once_ring_ok(ring) && once_simple_is_plain(ring);
    requires done: \valid(done) && \base_addr(done) != \base_addr(ring) &&
             (ring->open != 0 ==> once_apart(ring, \base_addr(done)));
    assigns *done, ring->port, ring->submit.owner, ring->complete.owner,
            ring->complete.ready, ONCE_DELIVERY(ring);
    ensures ring: once_ring_ok(ring);
    ensures range: \result <= 0;
    behavior open:
      assumes open: ring->open != 0;
      ensures opened: once_opened(ring);
      ensures arrays: once_same_arrays{Old, Here}(ring);
      ensures held: ring->complete.held == \old(ring->complete.held);
      ONCE_TOKENS_STAY(ring);
    behavior closed:
      assumes closed: ring->open == 0;
      ensures closed: once_closed(ring);
      ensures not_open: \result == ONCE_NOT_OPEN;
    complete behaviors;
    disjoint behaviors; */
ONCE_NONNULL ONCE_MUST_CHECK
int once_reap(struct once_ring *ring, struct once_completion *done);

/* Deliver and see one CQE, waiting for it. Returns 0 and fills *done*, or what once_wait_for() returns. */
/*@ requires ring: once_ring_ok(ring);
    requires account: ring->open != 0 ==> once_account(ring);
    requires done: \valid(done) && \base_addr(done) != \base_addr(ring) &&
             (ring->open != 0 ==> once_apart(ring, \base_addr(done)));
    requires timeout: timeout == \null || \valid_read(timeout);
    assigns done->lent.type \from ring->memory.ops;
    assigns done->lent.value, done->result, done->flags, done->extra[0], done->extra[1],
            ring->port, ring->submit.owner, ring->complete.owner, ONCE_TIMED_WAIT(ring);
    ensures ring: once_ring_ok(ring);
    ensures answer: \result <= 0;
    behavior open:
      assumes open: ring->open != 0;
      ensures opened: once_opened(ring);
      ensures arrays: once_same_arrays{Old, Here}(ring);
      ONCE_TOKENS_STAY(ring);
    behavior closed:
      assumes closed: ring->open == 0;
      ensures not_open: \result == ONCE_NOT_OPEN;
    complete behaviors;
    disjoint behaviors; */
ONCE_NONNULL_AT(1, 2) ONCE_MUST_CHECK
int once_wait_reap(struct once_ring *ring, struct once_completion *done,
		   const struct once_timespec *timeout);

/* As once_owner(), of a copy: 0, ONCE_FOREIGN or ONCE_WRONG_TYPE. Any thread. */
/*@ requires copy: \valid_read(done) && once_type_readable(done->lent.type);
    requires type: type != \null && once_type_readable(type);
    requires value: \valid(value);
    behavior owned:
      assumes alike: once_types_alike(done->lent.type, type);
      assigns *value;
      ensures found: \result == 0;
      ensures value: *value == \old(done->lent.value);
    behavior foreign:
      assumes foreign: done->lent.type == \null;
      assigns \nothing;
      ensures refused: \result == ONCE_FOREIGN;
    behavior other_type:
      assumes lent: done->lent.type != \null;
      assumes unlike: !once_types_alike(done->lent.type, type);
      assigns \nothing;
      ensures refused: \result == ONCE_WRONG_TYPE;
    complete behaviors;
    disjoint behaviors; */
ONCE_NONNULL ONCE_MUST_CHECK
ONCE_INLINE int once_completion_owner(const struct once_completion *done,
					const struct once_type *type, uint64_t *value)
{
	if (done->lent.type != type) {
		if (done->lent.type == NULL)
			return ONCE_FOREIGN;
		if (!once_same_type(done->lent.type, type))
			return ONCE_WRONG_TYPE;
	}
	*value = done->lent.value;
	return 0;
}

/* True if the copy is the last of its operation: what was lent is the caller's again. */
/*@ requires copy: \valid_read(done);
    assigns \nothing;
    ensures terminal: \result <==> (done->flags & 2) == 0; */
ONCE_NONNULL ONCE_MUST_CHECK
ONCE_INLINE bool once_completion_is_terminal(const struct once_completion *done)
{
	return (done->flags & 2U /* IORING_CQE_F_MORE */) == 0;
}

/*
 * Deliver and see everything that is ready, without looking: owners come back
 * unread. Held tokens stay held. Returns how many CQEs were discarded (0: it
 * was empty), or what once_peek() returns but -EAGAIN.
 */
/*@ requires ring: once_ring_ok(ring);
    assigns ring->port, ring->submit.owner, ring->complete.owner, ring->complete.ready,
            ONCE_DELIVERY(ring);
    ensures ring: once_ring_ok(ring);
    ensures empty: \result != -11; // -EAGAIN
    behavior open:
      assumes open: ring->open != 0;
      ensures opened: once_opened(ring);
      ensures arrays: once_same_arrays{Old, Here}(ring);
      ensures held: ring->complete.held == \old(ring->complete.held);
      ONCE_TOKENS_STAY(ring);
    behavior closed:
      assumes closed: ring->open == 0;
      ensures closed: once_closed(ring);
      ensures not_open: \result == ONCE_NOT_OPEN;
    complete behaviors;
    disjoint behaviors; */
ONCE_NONNULL ONCE_MUST_CHECK
int once_discard(struct once_ring *ring);

ONCE_END_C

#endif
