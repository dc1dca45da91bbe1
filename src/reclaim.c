/* SPDX-License-Identifier: MIT */
/*
 * Reclaim: the head moves over the seen prefix, and no further. A slot is FREE
 * again when the head passes its terminal CQE: only then can the kernel post
 * into that place, so a free slot always has a place in the CQ; and while a
 * token is held, its operation's slot cannot be reused.
 */
#include "free.h"

/* The CQ places that were set aside for more than one CQE are free again. */
/*@ requires memory: once_memory_ok(ring);
    requires slots: once_slots_ok(ring);
    requires slot: slot < ring->capacity;
    assigns ring->memory.credits[slot], ring->complete.credit_returned,
            once_credit_sum[0 .. 65536];
    ONCE_KEEPS_SLOTS(ring);
    ensures kept: ONCE_WINDOW_KEPT(ring);
    ensures credit: ring->memory.credits[slot] == 0; */
static inline void return_credit(struct once_ring *ring, uint32_t slot)
{
	struct once_complete_side *side = &ring->complete;
	const uint32_t credit = ring->memory.credits[slot];

	/*@ ghost once_lemma_credit(ring->capacity, slot); */
	/*@ ghost once_set_credit(ring->capacity, slot, credit, 0); */
	ring->memory.credits[slot] = 0;
	once_store_release(&side->credit_returned, side->credit_returned + credit);
}

/* ENDED → RETIRED */
/*@ requires memory: once_memory_ok(ring);
    requires slots: once_slots_ok(ring);
    requires slot: slot < ring->capacity && once_state[slot] == ONCE_IS_ENDED;
    requires worn: once_worn(ring->tag, slot, ring->memory.ops[slot].id);
    requires credit: ring->memory.credits[slot] == 0;
    assigns ring->memory.ops[slot].life, ring->complete.retired, once_at[0 .. 65535],
            once_place[0 .. 65535], once_state[slot], once_n_ended, once_n_retired;
    ONCE_KEEPS_SLOTS(ring);
    ensures kept: ONCE_WINDOW_KEPT(ring);
    ensures retired: once_state[slot] == ONCE_IS_RETIRED &&
            once_n_retired == \old(once_n_retired) + 1 && once_n_ended == \old(once_n_ended) - 1; */
static inline void wear_out(struct once_ring *ring, uint32_t slot)
{
	struct once_complete_side *side = &ring->complete;

	/*@ ghost once_move_ended_retired(ring->capacity, slot); */
	once_store_relaxed(&ring->memory.ops[slot].life, ONCE_LIFE_RETIRED);
	once_store_relaxed32(&side->retired, side->retired + 1);
}

ONCE_COLD bool once_retire_slot(struct once_ring *ring, uint32_t slot)
{
	if (ring->memory.credits[slot] != 0)
		return_credit(ring, slot);
	/*@ ghost once_lemma_worn(ring->tag, slot, ring->memory.ops[slot].id); */
	/* the next generation would be 0 */
	if (once_id_generation(ring->memory.ops[slot].id) != 0)
		return false;
	wear_out(ring, slot);
	return true;
}

/*
 * SEEN → passed: the head leaves the place *hold*, and the slot of an operation
 * that ended there is freed. Returns slots freed.
 */
/*@ requires memory: once_memory_ok(ring);
    requires slots: once_slots_ok(ring);
    requires window: once_window_ok(ring);
    requires books: once_books_submit(ring);
    requires head: once_head < once_next;
    requires hold: hold == ring->memory.window + once_head_at;
    requires seen: hold->position == ONCE_NO_POSITION;
    requires plainly: plainly ==> ring->submit.credit_taken == ring->complete.credit_returned &&
             ring->submit.sq_tail < ring->submit.wear_from;
    assigns ring->memory.credits[0 .. ring->capacity - 1], ring->complete.credit_returned,
            ring->memory.ops[0 .. ring->capacity - 1].life, ring->complete.retired,
            ring->complete.return_index, ring->submit.free,
            ring->memory.stack[0 .. ring->capacity - 1],
            ring->memory.returned[0 .. ring->capacity - 1],
            once_at[0 .. 65535], once_place[0 .. 65535], once_state[0 .. 65535],
            once_rank[0 .. 65535], once_credit_sum[0 .. 65536], once_n_free, once_n_ended,
            once_n_parked, once_n_retired, once_freed, once_head, once_head_at;
    ONCE_KEEPS_SLOTS(ring);
    ONCE_KEEPS_WINDOW(ring);
    ensures books: once_books_submit(ring);
    ensures forward: once_head == \old(once_head) + 1 &&
            once_head_at == once_wrap(ring->view.cq_entries, \old(once_head_at) + 1);
    ensures freed: \result <= 1 && once_freed == \old(once_freed) + \result;
    ensures plainly: plainly ==> ring->submit.credit_taken == ring->complete.credit_returned;
    ensures same_sizes: ring->view.cq_entries == \old(ring->view.cq_entries) &&
            ring->capacity == \old(ring->capacity);
    ensures same_places: ring->complete.delivered == \old(ring->complete.delivered) &&
            ring->complete.next_index == \old(ring->complete.next_index);
    ensures same_held: ring->complete.held == \old(ring->complete.held);
    ensures same_opening: ring->complete.opened_at == \old(ring->complete.opened_at) &&
            ring->open == \old(ring->open);
    ensures same_limits: ring->submit.sq_tail == \old(ring->submit.sq_tail) &&
            ring->submit.wear_from == \old(ring->submit.wear_from);
    ensures ends: once_freed + once_n_retired + once_n_ended ==
            \old(once_freed + once_n_retired + once_n_ended);
    ensures same_own: once_same_own{Old, Here}(ring);
    ensures kept: ONCE_WINDOW_KEPT(ring);
    ensures ended: \old(hold->slot != ONCE_NO_INDEX && (hold->flags & 2) == 0) ==>
            once_n_ended == \old(once_n_ended) - 1;
    ensures more: !\old(hold->slot != ONCE_NO_INDEX && (hold->flags & 2) == 0) ==>
            once_n_ended == \old(once_n_ended); */
static inline uint32_t pass_place(struct once_ring *ring, const struct once_hold *hold,
				  bool plainly)
{
	uint32_t freed = 0;

	/*@ assert place: 0 <= once_head_at < ring->view.cq_entries &&
	      once_pos(ring->view.cq_entries, once_head_at) < once_next; */
	/*@ assert head: once_hold_ok(ring, once_head_at); */
	if (once_hold_ends(hold)) {
		const uint32_t slot = hold->slot;

		/*@ assert slot: slot < ring->capacity && once_state[slot] == ONCE_IS_ENDED &&
		      once_end_at[slot] == once_head_at; */
		/*@ assert alone: \forall integer i; 0 <= i < ring->view.cq_entries && i != once_head_at &&
		      once_pos(ring->view.cq_entries, i) < once_next ==>
		      ring->memory.window[i].slot != slot; */
		/*@ ghost once_lemma_credit(ring->capacity, slot); */
		/*@ assert places: once_n_free < ring->capacity &&
		      ring->complete.return_index < ring->capacity; */
		freed = once_free_slot(ring, slot, plainly);
		/*@ assert others: \forall integer i; 0 <= i < ring->view.cq_entries && i != once_head_at &&
		      once_pos(ring->view.cq_entries, i) < once_next ==>
		      ring->memory.window[i].slot == \at(ring->memory.window[i].slot, Pre) &&
		      ring->memory.window[i].flags == \at(ring->memory.window[i].flags, Pre) &&
		      \at(once_hold_ok(ring, i), Pre) && ring->memory.window[i].slot != slot; */
		/*@ assert states: \forall integer t; 0 <= t < ring->capacity && t != slot ==>
		      once_state[t] == \at(once_state[t], Pre); */
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

/* The head has moved: say so to the other thread, and to the kernel if need be. */
/*@ requires memory: once_memory_ok(ring);
    requires slots: once_slots_ok(ring);
    ONCE_NEEDS_WINDOW(ring);
    requires books: once_books_submit(ring);
    requires head: head == once_head && index == once_head_at;
    requires counts: freed == once_freed && ended == once_n_ended;
    requires delivered: ring->complete.delivered == once_next &&
             ring->complete.next_index == once_next_at && ring->complete.held == once_n_out &&
             ring->complete.opened_at <= once_head;
    assigns ring->complete.head, ring->complete.head_index, ring->complete.freed,
            ring->complete.ended, ring->complete.published, *ring->view.cq_head;
    ensures open: ring->open == \old(ring->open);
    ensures same: ring->capacity == \old(ring->capacity) &&
            ring->view.cq_entries == \old(ring->view.cq_entries) &&
            ring->complete.opened_at == \old(ring->complete.opened_at);
    ensures same_own: once_same_own{Old, Here}(ring);
    ONCE_KEEPS_SLOTS(ring);
    ONCE_KEEPS_WINDOW(ring);
    ensures books_submit: once_books_submit(ring);
    ensures books_complete: once_books_complete(ring); */
static inline void move_head(struct once_ring *ring, uint64_t head, uint32_t index,
			     uint64_t freed, uint32_t ended, bool publish)
{
	struct once_complete_side *side = &ring->complete;

	side->ended = ended;
	side->head_index = index;
	once_store_relaxed(&side->head, head);
	if (publish)
		once_publish(ring);
	once_store_release(&side->freed, freed);
}

void once_reclaim(struct once_ring *ring)
{
	struct once_complete_side *side = &ring->complete;
	const bool plainly = once_frees_plainly(ring);
	const uint64_t delivered = side->delivered;
	uint64_t head = side->head;
	uint64_t freed = side->freed;
	uint32_t index = side->head_index;
	uint32_t ended = side->ended;

	/*@ loop invariant range: \at(once_head, Pre) <= once_head <= once_next;
	    ONCE_LOOP_SLOTS(ring);
	    ONCE_LOOP_WINDOW(ring);
	    loop invariant books: once_books_submit(ring);
	    loop invariant head: head == once_head && index == once_head_at;
	    loop invariant counts: freed == once_freed && ended == once_n_ended;
	    loop invariant plainly: plainly ==>
	      ring->submit.credit_taken == ring->complete.credit_returned &&
	      ring->submit.sq_tail < ring->submit.wear_from;
	    loop invariant passed: \forall integer i; 0 <= i < ring->view.cq_entries &&
	      \at(once_pos(ring->view.cq_entries, i), Pre) < once_head ==>
	      ring->memory.window[i].position == ONCE_NO_POSITION;
	    loop invariant link: once_head_at == once_wrap(ring->view.cq_entries,
	      \at(once_head_at, Pre) + (once_head - \at(once_head, Pre)));
	    loop invariant capacity: ring->capacity == \at(ring->capacity, Pre);
	    loop invariant entries: ring->view.cq_entries == \at(ring->view.cq_entries, Pre);
	    loop invariant delivered: ring->complete.delivered == \at(ring->complete.delivered, Pre);
	    loop invariant next: ring->complete.next_index == \at(ring->complete.next_index, Pre);
	    loop invariant held: ring->complete.held == \at(ring->complete.held, Pre);
	    loop invariant opened: ring->complete.opened_at == \at(ring->complete.opened_at, Pre);
	    loop invariant open: ring->open == \at(ring->open, Pre);
	    loop invariant ends: once_freed + once_n_retired + once_n_ended ==
	      \at(once_freed + once_n_retired + once_n_ended, Pre);
	    loop invariant same_own: once_same_own{Pre, Here}(ring);
	    loop assigns head, freed, ended, index, ring->complete.retired,
	      ring->complete.return_index, ring->complete.credit_returned, ring->submit.free,
	      ring->memory.stack[0 .. ring->capacity - 1],
	      ring->memory.returned[0 .. ring->capacity - 1],
	      ring->memory.credits[0 .. ring->capacity - 1],
	      ring->memory.ops[0 .. ring->capacity - 1].life,
	      once_at[0 .. 65535], once_place[0 .. 65535], once_state[0 .. 65535],
	      once_rank[0 .. 65535], once_credit_sum[0 .. 65536], once_n_free, once_n_ended,
	      once_n_parked, once_n_retired, once_freed, once_head, once_head_at;
	    loop variant delivered - head; */
	while (head != delivered && ring->memory.window[index].position == ONCE_SEEN_MARK) {
		const struct once_hold *hold = &ring->memory.window[index];
		const bool ends = once_hold_ends(hold);

		freed += pass_place(ring, hold, plainly);
		ended -= ends;
		index = once_next_place(ring, index);
		head++;
	}
	/*
	 * Else the next look at the tail publishes. But a slot that the other
	 * thread may take must have its place in the CQ, and so must the next
	 * CQE of a multishot operation, which an overflow would end.
	 */
	move_head(ring, head, index, freed, ended, once_is_split(ring) || !plainly);
}
