/* SPDX-License-Identifier: MIT */
/*
 * Take: FREE → TAKEN. The inline in oncering/take.h takes; this counts what
 * can be taken.
 *
 * Free slots lie on a stack, so that those used last, which are in the cache,
 * are used next. In split mode the completing thread may not touch the stack:
 * it returns slots through a ring, from which they are collected here.
 */
#include "ring.h"

/* PARKED → FREE: the oldest slot in the ring of returned ones; *free* lie on the stack. */
/*@ requires memory: once_memory_ok(ring);
    requires split: once_split_mode(ring);
    requires slots: once_slots_ok(ring);
    requires window: once_window_ok(ring);
    requires free: free == once_n_free;
    requires parked: once_collected < once_freed;
    assigns ring->memory.stack[free], ring->submit.collect_index,
            once_at[0 .. 65535], once_place[0 .. 65535],
            once_state[0 .. 65535], once_rank[0 .. 65535], once_n_free, once_n_parked, once_collected;
    ONCE_KEEPS_SLOTS(ring);
    ONCE_KEEPS_WINDOW(ring);
    ensures collected: once_n_free == free + 1 && once_collected == \old(once_collected) + 1; */
static inline void collect_one(struct once_ring *ring, uint32_t free)
{
	struct once_submit_side *side = &ring->submit;
	const uint32_t index = side->collect_index;
	const uint32_t slot = ring->memory.returned[index];

	/*@ ghost once_move_parked_free(ring->capacity, slot); */
	/*@ ghost once_rank[slot] = free; */
	/*@ ghost once_collected = once_collected + 1; */
	ring->memory.stack[free] = slot;
	side->collect_index = index + 1 == ring->capacity ? 0 : index + 1;
}

/* The submitting side's counters follow. */
/*@ requires memory: once_memory_ok(ring);
    requires slots: once_slots_ok(ring);
    requires window: once_window_ok(ring);
    requires counts: free == once_n_free && collected == once_collected;
    assigns ring->submit.free, ring->submit.collected;
    ONCE_KEEPS_SLOTS(ring);
    ONCE_KEEPS_WINDOW(ring);
    ensures books: once_books_submit(ring); */
static inline void close_collection(struct once_ring *ring, uint32_t free, uint64_t collected)
{
	once_store_relaxed32(&ring->submit.free, free);
	once_store_relaxed(&ring->submit.collected, collected);
}

/* Put the slots that the completing thread has returned onto the stack. */
/*@ requires ring: once_machine(ring);
    requires split: once_split_mode(ring);
    assigns ring->memory.stack[0 .. ring->capacity - 1], ring->submit.collect_index,
            ring->submit.free, ring->submit.collected,
            once_at[0 .. 65535], once_place[0 .. 65535],
            once_state[0 .. 65535], once_rank[0 .. 65535], once_n_free, once_n_parked, once_collected;
    ONCE_KEEPS_SLOTS(ring);
    ONCE_KEEPS_WINDOW(ring);
    ONCE_KEEPS_BOOKS(ring);
    ensures all: once_n_parked == 0; */
static void collect(struct once_ring *ring)
{
	const uint64_t freed = once_load_acquire(&ring->complete.freed);
	uint64_t collected = ring->submit.collected;
	uint32_t free = ring->submit.free;

	/*@ loop invariant range: collected <= freed == once_freed;
	    ONCE_LOOP_SLOTS(ring);
	    ONCE_LOOP_WINDOW(ring);
	    loop invariant split: once_split_mode(ring);
	    loop invariant counts: free == once_n_free && collected == once_collected;
	    loop invariant books: once_books_complete(ring) && ring->open != 0;
	    loop assigns free, collected, ring->memory.stack[0 .. ring->capacity - 1],
	      ring->submit.collect_index, once_at[0 .. 65535], once_place[0 .. 65535],
	      once_state[0 .. 65535], once_rank[0 .. 65535], once_n_free, once_n_parked, once_collected;
	    loop variant freed - collected; */
	while (collected != freed) {
		collect_one(ring, free);
		free++;
		collected++;
	}
	close_collection(ring, free, collected);
}

/* *used* SQEs are not read by the kernel, and *promised* places are not to be had. */
/*@ requires memory: once_memory_ok(ring);
    requires slots: once_slots_ok(ring);
    requires window: once_window_ok(ring);
    requires used: used <= ring->submit.sq_tail - ring->submit.consumed;
    requires promised: promised == used + once_n_taken;
    assigns ring->submit.consumed, ring->submit.room;
    ONCE_KEEPS_SLOTS(ring);
    ONCE_KEEPS_WINDOW(ring);
    ensures consumed: ring->submit.consumed == ring->submit.sq_tail - used;
    ensures end: ring->submit.sq_tail >= once_END ==> ring->submit.room == 0; */
static inline void set_room(struct once_ring *ring, uint32_t used, uint32_t promised)
{
	struct once_submit_side *side = &ring->submit;

	side->consumed = side->sq_tail - used;
	side->room = promised < ring->sq_usable && side->sq_tail < ONCE_COUNTER_END
		? ring->sq_usable - promised : 0;
	/*@ assert consumed: side->consumed == side->sq_tail - used; */
	/*@ assert tail: side->sq_tail == \at(ring->submit.sq_tail, Pre) &&
	      side->submitted == \at(ring->submit.submitted, Pre) &&
	      side->sq_lap == \at(ring->submit.sq_lap, Pre) &&
	      ring->view.sq_entries == \at(ring->view.sq_entries, Pre); */
	/*@ assert room: side->room <= 65536 && side->room + once_n_taken <= 65536 &&
	      side->room + once_n_taken + used <= 131072; */
	/*@ assert end: side->sq_tail + side->room + once_n_taken <= once_END + 131072; */
}

/*
 * The SQ's places, less those that the kernel has not read, and those promised
 * to SQEs that are taken.
 */
void once_count_room(struct once_ring *ring)
{
	const struct once_submit_side *side = &ring->submit;
	const uint32_t unread = once_ahead((uint32_t)(side->sq_tail % ONCE_WORD_5),
					   once_load_kernel(ring->view.sq_head));
	uint32_t used = (uint32_t)(side->sq_tail - side->consumed);

	if (once_is_split(ring))
		collect(ring);
	if (unread < used)
		used = unread;
	set_room(ring, used, used + once_taken(ring));
	/*@ assert places: \forall integer i; 0 <= i < ONCE_OWN_SQES ==>
	      ring->submit.own[i] == \at(ring->submit.own[i], Pre); */
	/*@ assert listed: \at(once_own_listed(ring), Pre) ==> once_own_listed(ring); */
}

int once_take_refusal(struct once_ring *ring)
{
	const struct once_submit_side *side = &ring->submit;
	const char *const call = "once_take";

	if (ring->open == 0)
		return once_refuse_submit(ring, ONCE_NOT_OPEN, call);
	once_count_room(ring);
	if (side->room != 0 && side->free != 0)
		return 0;
	if (side->sq_tail >= ONCE_COUNTER_END || once_retired(ring) == ring->capacity)
		return once_refuse_submit(ring, ONCE_WORN_OUT, call);
	if (side->free == 0)
		return once_refuse_submit_value(ring, ONCE_NO_SLOT, call, ring->capacity, 0);
	return -EAGAIN;
}
