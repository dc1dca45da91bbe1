/* SPDX-License-Identifier: MIT */
/*
 * The two sides of a ring, as every stage asks for them: which kind of ring it
 * is, how far each counter has come, whose thread it is.
 */
#ifndef ONCERING_SRC_SIDES_H
#define ONCERING_SRC_SIDES_H

#include "port.h"

#include <oncering.h>
#include <oncering/logic.h>
#include <oncering/logic_arrays.h>

/* Marks a place of the window whose CQE is seen; no CQ position is that large. */
#define ONCE_SEEN_MARK UINT64_MAX
/* In a hold's pad: the CQE was the library's own. */
#define ONCE_HOLD_OWN 1U
/* Counters refuse to go on here; at 10^9 a second that is 146 years away. */
#define ONCE_COUNTER_END UINT64_C(0x4000000000000000)

/* From the kernel's interface; port_liburing.c's header has the same. */
#define ONCE_CQE_F_MORE 2U
#define ONCE_FEAT_NODROP 2U
#define ONCE_FEAT_EXT_ARG 256U
#define ONCE_SETUP_SQPOLL 2U

/* Out of the way of the hot path. */
#define ONCE_COLD __attribute__((cold, noinline))

/*@ requires ring: \valid_read(ring);
    assigns \nothing;
    ensures split: \result == true <==> once_split_mode(ring); */
static inline bool once_is_split(const struct once_ring *ring)
{
	return (ring->options & ONCE_SPLIT) != 0;
}

/*@ requires ring: \valid_read(ring);
    assigns \nothing;
    ensures legacy: \result == true <==> (ring->view.features & ONCE_FEAT_EXT_ARG) == 0; */
static inline bool once_is_legacy(const struct once_ring *ring)
{
	return (ring->view.features & ONCE_FEAT_EXT_ARG) == 0;
}

/* Whether the kernel keeps CQEs back: overflow, deferred task work. */
/*@ requires ring: \valid_read(ring) && \valid_read(ring->view.sq_flags);
    assigns \nothing; */
static inline bool once_has_backlog(const struct once_ring *ring)
{
	return (once_load_kernel(ring->view.sq_flags) & (ONCE_SQ_CQ_OVERFLOW | ONCE_SQ_TASKRUN)) != 0;
}

/* CQ places that are delivered and not passed. */
/*@ requires ring: \valid_read(ring);
    requires order: 0 <= ring->complete.delivered - ring->complete.head <= UINT32_MAX;
    assigns \nothing;
    ensures window: \result == ring->complete.delivered - ring->complete.head; */
static inline uint32_t once_window(const struct once_ring *ring)
{
	return (uint32_t)(ring->complete.delivered - ring->complete.head);
}

/* The CQE at a place of the CQ: every second one on CQE32 rings. */
/*@ requires ring: once_cq_readable(ring);
    requires index: index < ring->view.cq_entries;
    assigns \result \from ring->view.cqes, ring->cqe_shift, index;
    ensures cqe: \result == ring->view.cqes + once_cqe_of(ring, index);
    ensures readable: \valid_read(\result); */
static inline const struct once_wire_cqe *once_cqe_at(const struct once_ring *ring, uint32_t index)
{
	return &ring->view.cqes[ring->cqe_shift == 0 ? (size_t)index : (size_t)index * 2];
}

/* Tell the kernel how far the head has come. */
/*@ requires ring: \valid(ring) && \valid(ring->view.cq_head);
    requires apart: \separated(ring, ring->view.cq_head);
    assigns ring->complete.published, *ring->view.cq_head;
    ensures published: ring->complete.published == ring->complete.head;
    ensures told: *ring->view.cq_head == ring->complete.head % 0x100000000; */
static inline void once_publish(struct once_ring *ring)
{
	struct once_complete_side *side = &ring->complete;

	side->published = side->head;
	once_store_kernel(ring->view.cq_head, (uint32_t)(side->head % ONCE_WORD_5));
}

/* Whether the head can move: its CQE was seen out of order. */
/*@ requires ring: \valid_read(ring);
    requires place: ring->complete.head != ring->complete.delivered ==>
            \valid_read(ring->memory.window + ring->complete.head_index);
    assigns \nothing;
    ensures seen: \result == true <==> ring->complete.head != ring->complete.delivered &&
            ring->memory.window[ring->complete.head_index].position == ONCE_SEEN_MARK; */
static inline bool once_head_is_seen(const struct once_ring *ring)
{
	const struct once_complete_side *side = &ring->complete;

	return side->head != side->delivered &&
	       ring->memory.window[side->head_index].position == ONCE_SEEN_MARK;
}

/* SQEs taken and not armed, as the submitting side knows it. */
/*@ requires ring: \valid_read(ring);
    requires counts: once_counts(ring);
    assigns \nothing;
    ensures taken: \result == once_count_taken(ring); */
static inline uint32_t once_taken_by_owner(const struct once_ring *ring)
{
	const struct once_submit_side *side = &ring->submit;
	const uint64_t back = once_is_split(ring) ? side->collected : ring->complete.freed;

	return ring->capacity - side->free - side->retired -
	       (uint32_t)(side->sq_tail - side->own_total - back);
}

/* Operations ever submitted; the library's own SQEs are not the caller's. */
/*@ requires ring: \valid_read(ring);
    requires counts: once_counts(ring);
    requires own: once_own_ok(ring);
    requires end: ring->submit.sq_tail <= ONCE_COUNTER_END + 131072;
    assigns \nothing;
    ensures submitted: \result == once_armed_ever(ring) - once_count_armed(ring); */
static inline uint64_t once_submitted_total(const struct once_ring *ring)
{
	const struct once_submit_side *side = &ring->submit;

	return side->submitted + side->own_pending - side->own_total;
}

/* True while an operation is armed or in flight in the slot. */
/*@ requires ring: \valid_read(ring) && \valid_read(ring->memory.ops + slot);
    assigns \nothing;
    ensures live: \result == true <==> once_slot_of(ring->memory.ops[slot].id) == slot; */
static inline bool once_is_live(const struct once_ring *ring, uint32_t slot)
{
	return once_id_slot(once_load_relaxed(&ring->memory.ops[slot].id)) == slot;
}

/*
 * Which thread a side belongs to: the one that first entered the kernel for
 * it. Looked at there, not on every call: a wrong thread is found after at
 * most one batch, and the hot path pays nothing.
 */
/*@ requires ring: \valid(ring);
    assigns ring->submit.owner, ring->port;
    ensures bound: ring->submit.owner != 0;
    ensures kept: \old(ring->submit.owner) != 0 ==> ring->submit.owner == \old(ring->submit.owner);
    ensures adopted: \old(ring->submit.owner) == 0 ==> \result == true; */
static inline bool once_owns_submit(struct once_ring *ring)
{
	const uint64_t self = once_port_thread();

	if (ring->submit.owner == 0) {
		once_store_relaxed(&ring->submit.owner, self);
		if (ring->open != 0 && !once_is_split(ring))
			once_port_adopt(&ring->port);
	}
	return ring->submit.owner == self;
}

/*@ requires ring: \valid(ring);
    assigns ring->submit.owner, ring->complete.owner, ring->port;
    ensures bound: !once_split_mode(ring) ==> ring->submit.owner != 0;
    ensures adopted: once_split_mode(ring) && \old(ring->complete.owner) == 0 ==> \result == true;
    ensures shared: !once_split_mode(ring) && \old(ring->submit.owner) == 0 ==> \result == true;
    ensures kept: \old(ring->submit.owner) != 0 ==> ring->submit.owner == \old(ring->submit.owner); */
static inline bool once_owns_complete(struct once_ring *ring)
{
	const uint64_t self = once_port_thread();

	if (!once_is_split(ring))
		return once_owns_submit(ring);
	if (ring->complete.owner == 0)
		once_store_relaxed(&ring->complete.owner, self);
	return ring->complete.owner == self;
}

#endif
