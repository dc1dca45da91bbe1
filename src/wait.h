/* SPDX-License-Identifier: MIT */
/* What a wait does before it enters the kernel, whoever ends it: see wait.c. */
#ifndef ONCERING_SRC_WAIT_H
#define ONCERING_SRC_WAIT_H

#include "deliver.h"

/* Of a wait's contract: where the ring lies, and which tokens are out. */
#define WAIT_KEEPS(ring) \
	ensures opened: once_opened(ring); \
	ensures arrays: once_same_arrays{Old, Here}(ring); \
	ensures where: ONCE_LIES_AS(ring, Old); \
	ensures forward: \old(once_next) <= once_next; \
	ONCE_TOKENS_STAY(ring)

/* As once_deliver_next(): a token that is out, or NULL. */
/*@ requires ring: once_opened(ring);
    assigns ONCE_DELIVERY(ring);
    assigns \result \from ring->memory.window, ring->complete.next_index;
    WAIT_KEEPS(ring);
    ensures same: ring->complete.ready == \old(ring->complete.ready);
    ensures same_own: once_same_own{Old, Here}(ring);
    ensures listed: \old(once_own_ok(ring)) ==> once_own_ok(ring);
    ensures token: \result != \null ==> \valid(\result) &&
            once_token_out(ring, (struct once_hold *)\result, \result->position) &&
            \old(once_next) <= \result->position;
    ensures none: \result == \null ==> once_same_ends{Old, Here}(ring); */
static inline struct once_hold *next_token(struct once_ring *ring)
{
	struct once_hold *hold = once_deliver_next(ring);

	/*@ assert same_own: once_same_own{Pre, Here}(ring); */
	/*@ assert listed: \at(once_own_listed(ring), Pre) ==> once_own_listed(ring); */
	/*@ ghost
	  if (hold != NULL) {
	    lemma_newest(ring);
	  }
	*/
	return hold;
}

/*
 * How many CQEs must lie behind the head before *count* can be delivered; 0 if the
 * CQ has no places for so many. *ready* can be delivered now. If none can, those
 * there are the library's own: they are consumed, since they would hide a signal;
 * behind a held token they keep their places.
 */
/*@ requires ring: once_opened(ring);
    requires count: count <= ring->view.cq_entries;
    assigns ONCE_DELIVERY(ring);
    WAIT_KEEPS(ring);
    ensures same: ring->complete.ready == \old(ring->complete.ready);
    ensures same_own: once_same_own{Old, Here}(ring);
    ensures listed: \old(once_own_ok(ring)) ==> once_own_ok(ring);
    ensures places: \result == 0 ||
            once_next - once_head + count <= \result <= ring->view.cq_entries; */
static inline uint32_t places_for(struct once_ring *ring, uint32_t ready, uint32_t count)
{
	uint32_t least;

	if (ready == 0)
		(void)next_token(ring);
	/*@ assert opened: once_opened(ring); */
	least = once_window(ring) + once_own_ready(ring) + count;
	return least <= ring->view.cq_entries ? least : 0;
}

/* No places: what can be delivered must do. */
/*@ requires ring: \valid_read(ring);
    requires order: 0 <= ring->complete.delivered - ring->complete.head <= ring->view.cq_entries;
    assigns \nothing;
    behavior some:
      assumes some: ready != 0;
      ensures enough: \result == 0;
    behavior none:
      assumes none: ready == 0;
      ensures refused: \result == ONCE_ALL_HELD;
    complete behaviors;
    disjoint behaviors; */
static inline int wait_no_more(const struct once_ring *ring, uint32_t ready, uint32_t count)
{
	if (ready != 0)
		return 0;
	return once_refuse_complete_value(ring, ONCE_ALL_HELD, "once_wait",
					  ring->view.cq_entries - once_window(ring), count);
}

enum { WAIT_ON = 1 }; /* of a round: not yet */

/* --- wait_reserved.c --- */

/*
 * Wait until *count* CQEs can be delivered, or *timeout* has passed, without
 * IORING_FEAT_EXT_ARG. 0: at least one can be; else the reason.
 */
/*@ requires ring: once_opened(ring);
    requires own: once_own_ok(ring);
    requires count: count <= ring->view.cq_entries;
    requires timeout: \valid_read(timeout) && once_time_is_valid(timeout);
    assigns ONCE_TIMED_WAIT(ring);
    WAIT_KEEPS(ring);
    ensures own: once_own_ok(ring);
    ensures answer: \result <= 0; */
int once_wait_reserved(struct once_ring *ring, uint32_t count, const struct once_timespec *timeout,
		       const void *sigmask);

#endif
