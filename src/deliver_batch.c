/* SPDX-License-Identifier: MIT */
/*
 * Deliver many: CQEs of operations in flight, on copies of the counters; what is
 * anything else goes the way of one.
 */
#include "deliver_run.h"

/* The next CQE, whatever it is, as a token: 1, or 0 if none is ready. */
/*@ requires ring: once_opened(ring);
    requires token: \valid(cqe) && once_apart(ring, \base_addr(cqe));
    assigns *cqe \from ring, ring->memory.window, ring->complete.next_index;
    assigns ONCE_DELIVERY(ring);
    ensures opened: once_opened(ring);
    ensures arrays: once_same_arrays{Old, Here}(ring);
    STEP_SAME(ring);
    ensures apart: once_apart(ring, \base_addr(cqe));
    ensures forward: \old(once_next) <= once_next && \old(once_head) <= once_head;
    ensures range: 0 <= \result <= 1;
    ensures held: ring->complete.held == \old(ring->complete.held) + \result;
    ONCE_TOKENS_STAY(ring); */
static uint32_t deliver_one(struct once_ring *ring, struct once_cqe *cqe)
{
	struct once_hold *hold = once_deliver_next(ring);

	if (hold == NULL)
		return 0;
	/*@ ghost lemma_newest(ring); */
	write_token(ring, hold, hold->position, cqe);
	return 1;
}

/* Up to *count* more, of whatever is ready. */
/*@ requires ring: once_opened(ring);
    requires tokens: \valid(cqes + (0 .. count - 1)) && once_apart(ring, \base_addr(cqes));
    assigns cqes[0 .. count - 1], ONCE_DELIVERY(ring);
    ensures opened: once_opened(ring);
    ensures where: ONCE_LIES_AS(ring, Old);
    STEP_SAME(ring);
    ensures range: 0 <= \result <= count;
    ensures forward: \old(once_next) <= once_next && \old(once_head) <= once_head;
    ensures held: ring->complete.held == \old(ring->complete.held) + \result;
    ONCE_TOKENS_STAY(ring); */
static uint32_t deliver_more(struct once_ring *ring, struct once_cqe *cqes, uint32_t count)
{
	uint32_t n = 0;
	uint32_t one = 1;

	/*@ loop invariant opened: once_opened(ring);
	    loop invariant apart: once_apart(ring, \base_addr(cqes));
	    loop invariant arrays: once_same_arrays{Pre, Here}(ring);
	    loop invariant same: ring->open == \at(ring->open, Pre) &&
	      ring->complete.ready == \at(ring->complete.ready, Pre);
	    loop invariant where: ONCE_LIES_AS(ring, Pre);
	    loop invariant range: 0 <= n <= count;
	    loop invariant forward: \at(once_next, Pre) <= once_next &&
	      \at(once_head, Pre) <= once_head;
	    loop invariant held: is(\at(ring->complete.held, Pre) + n, ring->complete.held);
	    loop invariant stay: \forall integer i; 0 <= i < ring->view.cq_entries &&
	      \at(ring->memory.window[i].position, Pre) != ONCE_NO_POSITION ==>
	      ring->memory.window[i].position == \at(ring->memory.window[i].position, Pre);
	    loop assigns n, one, cqes[0 .. count - 1], ONCE_LOOP_DELIVERY(ring);
	    loop variant one == 0 ? -1 : count - n; */
	while (n < count && one != 0) {
		/*@ assert inside: 0 <= n < count; */
		one = deliver_one(ring, &cqes[n]);
		n += one;
		/*@ assert where: ONCE_LIES_AS(ring, Pre); */
		/*@ assert rest: 0 <= n <= count; */
		if (one != 0)
			n += deliver_run(ring, cqes + n, count - n);
	}
	return n;
}

/* What is known of, or is found by a look at the tail, as far as it is of operations in flight. */
/*@ requires ring: once_ring_ok(ring);
    requires tokens: \valid(cqes + (0 .. count - 1)) && \base_addr(cqes) != \base_addr(ring) &&
             (ring->open != 0 ==> once_apart(ring, \base_addr(cqes)));
    assigns cqes[0 .. count - 1], ring->complete.ready, ONCE_DELIVERY(ring);
    ensures ring: once_ring_ok(ring);
    ensures lies: ONCE_LIES_AS(ring, Old);
    ensures range: \result <= count;
    behavior open:
      assumes open: ring->open != 0;
      ensures opened: once_opened(ring);
      DELIVERY_STAYS(ring);
      ensures held: ring->complete.held == \old(ring->complete.held) + \result;
    behavior closed:
      assumes closed: ring->open == 0;
      ensures closed: once_closed(ring);
      ensures none: \result == 0;
    complete behaviors;
    disjoint behaviors; */
static inline uint32_t deliver_known(struct once_ring *ring, struct once_cqe *cqes, uint32_t count)
{
	const struct once_complete_side *side = &ring->complete;

	if (side->delivered == side->ready && (ring->open == 0 || once_refill(ring) == 0))
		return 0;
	/*@ assert opened: once_opened(ring) && once_apart(ring, \base_addr(cqes)); */
	/*@ assert where: ONCE_LIES_AS(ring, Pre); */
	return deliver_run(ring, cqes, count);
}

/* At least one, whatever it is, and what is ready behind it; or why there is none. */
/*@ requires ring: once_ring_ok(ring);
    requires tokens: 1 <= count <= INT32_MAX && \valid(cqes + (0 .. count - 1)) &&
             \base_addr(cqes) != \base_addr(ring) &&
             (ring->open != 0 ==> once_apart(ring, \base_addr(cqes)));
    assigns cqes[0 .. count - 1], ring->port, ring->submit.owner, ring->complete.owner,
            ring->complete.ready, ONCE_DELIVERY(ring);
    ensures ring: once_ring_ok(ring);
    ensures range: \result <= count && \result != 0;
    behavior open:
      assumes open: ring->open != 0;
      ensures opened: once_opened(ring);
      DELIVERY_STAYS(ring);
      ensures held: ring->complete.held == \old(ring->complete.held) + (\result < 0 ? 0 : \result);
    behavior closed:
      assumes closed: ring->open == 0;
      ensures not_open: \result == ONCE_NOT_OPEN;
    complete behaviors;
    disjoint behaviors; */
static inline int deliver_some(struct once_ring *ring, struct once_cqe *cqes, uint32_t count)
{
	const uint32_t known = deliver_known(ring, cqes, count);
	int rc;

	if (known != 0)
		return (int)known;
	/*@ assert where: ONCE_LIES_AS(ring, Pre); */
	rc = once_peek(ring, cqes);
	if (rc != 0)
		return rc;
	/*@ assert opened: ring->open != 0 && once_opened(ring) &&
	      once_apart(ring, \base_addr(cqes)); */
	/*@ assert where: ONCE_LIES_AS(ring, Pre); */
	rc = 1 + (int)deliver_run(ring, cqes + 1, count - 1);
	/*@ assert opened: once_opened(ring); */
	return rc;
}

int once_peek_batch(struct once_ring *ring, struct once_cqe *cqes, unsigned count)
{
	const uint32_t most = count < INT32_MAX ? count : INT32_MAX;
	int delivered;

	if (most == 0)
		return 0;
	delivered = deliver_some(ring, cqes, most);
	if (delivered < 0)
		return delivered;
	return delivered + (int)deliver_more(ring, cqes + delivered, most - (uint32_t)delivered);
}
