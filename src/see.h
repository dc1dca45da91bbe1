/* SPDX-License-Identifier: MIT */
/*
 * The steps of seeing: whether a token is held, its mark, the head that passes
 * it. Each changes one thing and is proved alone; see.c puts them together.
 */
#ifndef ONCERING_SRC_SEE_H
#define ONCERING_SRC_SEE_H

#include "free.h"

/* The place of a CQ position in the window. */
/*@ requires memory: once_memory_ok(ring);
    requires bounds: once_bounds(ring);
    requires books: ring->complete.head == once_head && ring->complete.head_index == once_head_at;
    requires position: once_head <= position < once_next;
    assigns \result \from ring->memory.window, position;
    ensures place: \result == ring->memory.window + once_place_at(ring->view.cq_entries, position);
    ensures range: 0 <= once_place_at(ring->view.cq_entries, position) < ring->view.cq_entries; */
static inline struct once_hold *place_of(const struct once_ring *ring, uint64_t position)
{
	const struct once_complete_side *side = &ring->complete;
	const uint32_t index = side->head_index + (uint32_t)(position - side->head);

	return &ring->memory.window[index >= ring->view.cq_entries ? index - ring->view.cq_entries : index];
}

/* Whether the token is out: of this place of the window, at this position. */
/*@ requires ring: \valid(ring) && (once_closed(ring) || once_located(ring));
    assigns \nothing;
    ensures held: \result <==> ring->open != 0 && once_token_out(ring, hold, position); */
static inline bool is_held(const struct once_ring *ring, struct once_hold *hold,
			   uint64_t position)
{
	return position >= ring->complete.head && position < ring->complete.delivered &&
	       hold == place_of(ring, position) && place_of(ring, position)->position == position;
}

/*
 * SEEN → passed, plainly: the head leaves the place *hold*; *free* slots lie on
 * the stack. Returns slots freed.
 */
/*@ requires memory: once_memory_ok(ring);
    requires one_thread: !once_split_mode(ring);
    requires slots: once_slots_ok(ring);
    requires window: once_window_ok(ring);
    requires free: free == once_n_free;
    requires plainly: ring->submit.credit_taken == ring->complete.credit_returned &&
             ring->submit.sq_tail < ring->submit.wear_from;
    requires head: once_head < once_next && hold == ring->memory.window + once_head_at;
    requires seen: hold->position == ONCE_NO_POSITION;
    assigns ring->memory.ops[0 .. ring->capacity - 1].life, ring->memory.stack[0 .. ring->capacity - 1],
            once_at[0 .. 65535], once_place[0 .. 65535], once_state[0 .. 65535],
            once_rank[0 .. 65535], once_n_free, once_n_ended, once_freed, once_head, once_head_at;
    ONCE_KEEPS_SLOTS(ring);
    ONCE_KEEPS_WINDOW(ring);
    ensures same_sizes: ring->view.cq_entries == \old(ring->view.cq_entries) &&
            ring->capacity == \old(ring->capacity);
    ONCE_SAME_COUNTERS(ring);
    ensures kept: ONCE_WINDOW_KEPT(ring);
    ensures forward: once_head == \old(once_head) + 1 &&
            once_head_at == once_wrap(ring->view.cq_entries, \old(once_head_at) + 1);
    ensures freed: \result <= 1 && once_freed == \old(once_freed) + \result &&
            once_n_free == free + \result && once_n_ended == \old(once_n_ended) - \result; */
static inline uint32_t pass_plainly(struct once_ring *ring, const struct once_hold *hold,
				    uint32_t free)
{
	uint32_t freed = 0;

	/*@ assert place: 0 <= once_head_at < ring->view.cq_entries &&
	      once_pos(ring->view.cq_entries, once_head_at) < once_next; */
	/*@ assert head: once_hold_ok(ring, once_head_at); */
	if (once_hold_ends(hold)) {
		/*@ assert slot: hold->slot < ring->capacity &&
		      once_state[hold->slot] == ONCE_IS_ENDED && once_end_at[hold->slot] == once_head_at; */
		/*@ ghost once_lemma_credit(ring->capacity, hold->slot); */
		/*@ assert places: once_n_free < ring->capacity; */
		once_push_slot(ring, hold->slot, free);
		freed = 1;
	}
	/*@ assert kept: \forall integer i; 0 <= i < ring->view.cq_entries ==>
	      ring->memory.window[i].slot == \at(ring->memory.window[i].slot, Pre) &&
	      ring->memory.window[i].flags == \at(ring->memory.window[i].flags, Pre) &&
	      ring->memory.window[i].position == \at(ring->memory.window[i].position, Pre); */
	/*@ assert marks: once_marks(ring); */
	/*@ assert behind: once_holds_behind(ring); */
	/*@ assert endings: once_endings(ring); */
	/*@ assert freed: \forall integer s; 0 <= s < ring->capacity &&
	      once_state[s] == ONCE_IS_ENDED ==> once_end_at[s] != once_head_at; */
	/*@ ghost once_pass(ring); */
	return freed;
}

/* The ring's counters follow: the head has come to *head*, *free* slots lie on the stack. */
/*@ requires memory: once_memory_ok(ring);
    requires slots: once_slots_ok(ring);
    requires window: once_window_ok(ring);
    requires head: head == once_head && index == once_head_at;
    requires free: ring->submit.free <= free == once_n_free;
    requires ended: ring->complete.ended == once_n_ended + (free - ring->submit.free);
    requires freed: ring->complete.freed + (free - ring->submit.free) == once_freed;
    assigns ring->complete.head, ring->complete.head_index, ring->complete.freed,
            ring->complete.ended, ring->submit.free;
    ONCE_KEEPS_SLOTS(ring);
    ensures kept: ONCE_WINDOW_KEPT(ring);
    ONCE_KEEPS_WINDOW(ring);
    ensures head: ring->complete.head == once_head && ring->complete.head_index == once_head_at;
    ensures counts: ring->submit.free == once_n_free && ring->complete.ended == once_n_ended &&
            ring->complete.freed == once_freed; */
static inline void close_run(struct once_ring *ring, uint64_t head, uint32_t index, uint32_t free)
{
	struct once_complete_side *side = &ring->complete;
	const uint32_t freed = free - ring->submit.free;

	side->head_index = index;
	side->head = head;
	side->ended -= freed;
	side->freed += freed;
	ring->submit.free = free;
}

/* The head's own token, in the common case: passed and reclaimed as soon as it is seen. */
/*@ requires ring: once_machine(ring);
    requires one_thread: !once_split_mode(ring);
    requires plainly: ring->submit.credit_taken == ring->complete.credit_returned &&
             ring->submit.sq_tail < ring->submit.wear_from;
    requires head: once_head < once_next && hold == ring->memory.window + once_head_at;
    requires seen: hold->position == ONCE_NO_POSITION;
    assigns ring->complete.head, ring->complete.head_index, ring->complete.freed,
            ring->complete.ended, ring->submit.free,
            ring->memory.ops[0 .. ring->capacity - 1].life, ring->memory.stack[0 .. ring->capacity - 1],
            once_at[0 .. 65535], once_place[0 .. 65535], once_state[0 .. 65535],
            once_rank[0 .. 65535], once_n_free, once_n_ended, once_freed, once_head, once_head_at;
    ONCE_KEEPS_SLOTS(ring);
    ONCE_KEEPS_WINDOW(ring);
    ONCE_KEEPS_BOOKS(ring);
    ensures same: ring->capacity == \old(ring->capacity) &&
            ring->view.cq_entries == \old(ring->view.cq_entries) &&
            ring->complete.opened_at == \old(ring->complete.opened_at);
    ensures forward: once_head == \old(once_head) + 1; */
static inline void pass_head(struct once_ring *ring, const struct once_hold *hold)
{
	const uint32_t index = ring->complete.head_index;
	const uint32_t free = ring->submit.free;
	const uint32_t freed = pass_plainly(ring, hold, free);

	close_run(ring, ring->complete.head + 1, once_next_place(ring, index),
		  free + freed);
}

/* HELD → SEEN, and the count of tokens that are out follows. */
/*@ requires ring: once_machine(ring);
    requires out: once_token_out(ring, hold, position);
    assigns hold->position, ring->complete.held,
            once_out_at[0 .. 65535], once_out_place[0 .. 65535], once_n_out;
    ONCE_KEEPS_SLOTS(ring);
    ONCE_KEEPS_WINDOW(ring);
    ONCE_KEEPS_BOOKS(ring);
    ensures spent: hold->position == ONCE_NO_POSITION;
    ensures same: ring->capacity == \old(ring->capacity) &&
            ring->view.cq_entries == \old(ring->view.cq_entries) &&
            ring->complete.opened_at == \old(ring->complete.opened_at);
    ensures held: ring->complete.held == \old(ring->complete.held) - 1; */
static inline void spend(struct once_ring *ring, struct once_hold *hold, uint64_t position)
{
	(void)position;
	once_mark_seen(ring, hold);
	once_set_held(ring, ring->complete.held - 1);
}

/* The head's own token is seen: in the common case it is passed and reclaimed at once. */
/*@ requires ring: once_machine(ring);
    requires position: once_head <= position < once_next &&
             hold == ring->memory.window + once_place_at(ring->view.cq_entries, position);
    requires seen: hold->position == ONCE_NO_POSITION;
    assigns ring->complete.head, ring->complete.head_index, ring->complete.freed,
            ring->complete.ended, ring->submit.free,
            ring->memory.ops[0 .. ring->capacity - 1].life, ring->memory.stack[0 .. ring->capacity - 1],
            once_at[0 .. 65535], once_place[0 .. 65535], once_state[0 .. 65535],
            once_rank[0 .. 65535], once_n_free, once_n_ended, once_freed, once_head, once_head_at;
    ONCE_KEEPS_SLOTS(ring);
    ONCE_KEEPS_WINDOW(ring);
    ONCE_KEEPS_BOOKS(ring);
    ensures same: ring->capacity == \old(ring->capacity) &&
            ring->view.cq_entries == \old(ring->view.cq_entries) &&
            ring->complete.opened_at == \old(ring->complete.opened_at);
    ensures forward: \old(once_head) <= once_head;
    ensures stays: position != \old(once_head) ==> once_head == \old(once_head) &&
            once_head_at == \old(once_head_at); */
static inline void pass_first(struct once_ring *ring, const struct once_hold *hold, uint64_t position)
{
	if (position == ring->complete.head && !once_is_split(ring) && once_frees_plainly(ring))
		pass_head(ring, hold);
}

/* The head passes what is seen, if it can. */
/*@ requires ring: once_machine(ring);
    assigns ONCE_HEAD_COUNTERS(ring), ONCE_SLOT_MEMORY(ring);
    ONCE_KEEPS_SLOTS(ring);
    ONCE_KEEPS_WINDOW(ring);
    ONCE_KEEPS_BOOKS(ring);
    ensures same: ring->capacity == \old(ring->capacity) &&
            ring->view.cq_entries == \old(ring->view.cq_entries) &&
            ring->complete.opened_at == \old(ring->complete.opened_at);
    ensures forward: \old(once_head) <= once_head;
    ensures prefix: once_prefix(ring);
    ensures stays: \old(once_prefix(ring)) ==> once_head == \old(once_head) &&
            once_head_at == \old(once_head_at); */
static inline void pass_seen(struct once_ring *ring)
{
	if (once_head_is_seen(ring))
		once_reclaim(ring);
}

#endif
