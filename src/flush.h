/* SPDX-License-Identifier: MIT */
/*
 * What the kernel is shown of the SQ, and what follows from how far it has read.
 * Inline, because it is half of what a submit costs.
 */
#ifndef ONCERING_SRC_FLUSH_H
#define ONCERING_SRC_FLUSH_H

#include "ring.h"

/* The kernel may read every SQE up to the tail, and use the places that were passed. */
/*@ requires ring: once_machine(ring);
    assigns ring->complete.published, *ring->view.cq_head, ring->submit.submitted,
            *ring->view.sq_tail;
    ONCE_KEEPS_SLOTS(ring);
    ONCE_KEEPS_WINDOW(ring);
    ONCE_KEEPS_BOOKS(ring);
    ONCE_SAME_TOKENS(ring);
    ensures shown: ring->submit.submitted == ring->submit.sq_tail; */
static inline void show_tail(struct once_ring *ring)
{
	struct once_submit_side *side = &ring->submit;
	const uint64_t tail = side->sq_tail;

	if (!once_is_split(ring))
		once_publish(ring);
	once_store_release(&side->submitted, tail);
	once_store_kernel(ring->view.sq_tail, (uint32_t)(tail % ONCE_WORD_5));
}

/* In flight is what the kernel has read. */
/*@ requires ring: once_machine(ring);
    requires own: once_own_listed(ring);
    requires before: ring->submit.own_total <= ring->submit.own_pending +
             ((ring->view.flags & ONCE_SETUP_SQPOLL) == 0 ? ring->submit.consumed
                                                          : ring->submit.submitted);
    assigns ring->submit.submitted, ring->submit.own_pending,
            ring->submit.own[0 .. ONCE_OWN_SQES - 1];
    ONCE_KEEPS_SLOTS(ring);
    ONCE_KEEPS_WINDOW(ring);
    ONCE_KEEPS_BOOKS(ring);
    ONCE_SAME_TOKENS(ring);
    ensures read: (ring->view.flags & ONCE_SETUP_SQPOLL) == 0 ==>
            ring->submit.submitted == ring->submit.consumed;
    ensures shown: (ring->view.flags & ONCE_SETUP_SQPOLL) != 0 ==>
            ring->submit.submitted == \old(ring->submit.submitted);
    ensures own: once_own_ok(ring) && ring->submit.own_pending <= \old(ring->submit.own_pending);
    ensures dropped: ring->submit.own_pending != \old(ring->submit.own_pending) ==>
            \old(ring->submit.own[0]) + (\old(ring->submit.own_pending) - ring->submit.own_pending) <=
            ring->submit.submitted; */
static inline void take_back(struct once_ring *ring)
{
	struct once_submit_side *side = &ring->submit;

	if ((ring->view.flags & ONCE_SETUP_SQPOLL) == 0)
		once_store_release(&side->submitted, side->consumed);
	if (side->own_pending != 0)
		once_count_own(ring);
}

/* The accounts follow what the kernel has read. */
/*@ requires ring: once_machine(ring);
    requires own: once_own_listed(ring);
    requires before: ring->submit.own_total <= ring->submit.own_pending +
             ((ring->view.flags & ONCE_SETUP_SQPOLL) == 0 ? ring->submit.consumed
                                                          : ring->submit.submitted);
    assigns ONCE_FOLLOWING(ring);
    ONCE_KEEPS_SLOTS(ring);
    ONCE_KEEPS_WINDOW(ring);
    ONCE_KEEPS_BOOKS(ring);
    ONCE_SAME_TOKENS(ring);
    ensures machine: once_machine(ring);
    ensures arrays: once_same_arrays{Old, Here}(ring);
    ensures read: (ring->view.flags & ONCE_SETUP_SQPOLL) == 0 ==>
            ring->submit.submitted == ring->submit.consumed >= \old(ring->submit.consumed);
    ensures shown: (ring->view.flags & ONCE_SETUP_SQPOLL) != 0 ==>
            ring->submit.submitted == \old(ring->submit.submitted);
    ensures own: once_own_ok(ring) && ring->submit.own_pending <= \old(ring->submit.own_pending);
    ensures dropped: ring->submit.own_pending != \old(ring->submit.own_pending) ==>
            \old(ring->submit.own[0]) + (\old(ring->submit.own_pending) - ring->submit.own_pending) <=
            ring->submit.submitted;
    ensures same: ring->submit.sq_tail == \old(ring->submit.sq_tail) &&
            ring->submit.own_total == \old(ring->submit.own_total) &&
            ring->complete.freed == \old(ring->complete.freed) &&
            ring->complete.retired == \old(ring->complete.retired) &&
            ring->complete.ended == \old(ring->complete.ended) &&
            ring->view.flags == \old(ring->view.flags); */
static inline void follow(struct once_ring *ring)
{
	once_count_room(ring);
	take_back(ring);
}

/* The accounts of a machine whose armed operations are counted. */
/*@ ghost
  /@ requires ring: once_machine(ring);
     requires armed: 0 <= once_count_armed(ring);
     requires unread: ring->submit.sq_tail - ring->submit.submitted <= UINT32_MAX;
     assigns \nothing;
     ensures counts: 0 <= once_count_in_flight(ring) ==> once_counts(ring);
  @/
  static void lemma_counts(struct once_ring *ring)
  {
    /@ assert split: once_split_mode(ring) ==> once_came_back(ring) == once_collected; @/
    /@ assert plain: !once_split_mode(ring) ==> once_came_back(ring) == once_freed; @/
    /@ assert taken: once_count_taken(ring) == once_n_taken; @/
    ;
  }
*/

#endif
