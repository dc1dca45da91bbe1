/* SPDX-License-Identifier: MIT */
/*
 * ENDED → FREE: how a slot gets back to where it can be taken. Inline, because
 * it is half of what seeing a completion costs.
 */
#ifndef ONCERING_SRC_FREE_H
#define ONCERING_SRC_FREE_H

#include "ring.h"

/* All of it still holds, clause by clause: for what stores into the ring on its own. */
/*@ ghost
  /@ ONCE_NEEDS_SLOTS(ring);
     ONCE_NEEDS_WINDOW(ring);
     assigns \nothing;
     ensures slots: once_slots_ok(ring);
     ensures window: once_window_ok(ring);
  @/
  static void once_still(struct once_ring *ring)
  {
    ;
  }
*/

/*
 * True while no slot can need more than to be freed: no credit is out, and no
 * slot can have used up its generations. Holds for a batch if it holds at its
 * begin: the batch arms nothing.
 */
/*@ requires ring: \valid_read(ring);
    assigns \nothing;
    ensures plainly: \result <==> ring->submit.credit_taken == ring->complete.credit_returned &&
            ring->submit.sq_tail < ring->submit.wear_from; */
static inline bool once_frees_plainly(const struct once_ring *ring)
{
	return once_load_relaxed(&ring->submit.credit_taken) == ring->complete.credit_returned &&
	       once_load_relaxed(&ring->submit.sq_tail) < once_load_relaxed(&ring->submit.wear_from);
}

/* The terminal CQE with *user_data* is delivered: the slot rests, its owner's loan stays. */
/*@ requires op: \valid(op);
    requires id: user_data + 0x10000000001 <= UINT64_MAX;
    assigns op->id, op->life;
    ensures rests: op->id == user_data + 0x10000000001;
    ensures ended: op->life == ONCE_LIFE_ENDED; */
static inline void once_end(struct once_op *op, uint64_t user_data)
{
	once_store_relaxed(&op->id, user_data + 1 + ONCE_AT_REST);
	once_store_relaxed(&op->life, ONCE_LIFE_ENDED);
}

/* The place behind place *index* of the window. */
/*@ requires ring: \valid_read(ring) && index < ring->view.cq_entries <= 65536;
    assigns \nothing;
    ensures next: \result == once_wrap(ring->view.cq_entries, index + 1);
    ensures range: \result < ring->view.cq_entries; */
static inline uint32_t once_next_place(const struct once_ring *ring, uint32_t index)
{
	return index + 1 == ring->view.cq_entries ? 0 : index + 1;
}

/* ENDED → FREE: onto the stack, on which *free* slots lie. */
/*@ requires memory: once_memory_ok(ring);
    requires one_thread: !once_split_mode(ring);
    requires slots: once_slots_ok(ring);
    requires slot: slot < ring->capacity && once_state[slot] == ONCE_IS_ENDED;
    requires rests: once_rests(ring->tag, slot, ring->memory.ops[slot].id);
    requires credit: ring->memory.credits[slot] == 0;
    requires free: free == once_n_free;
    assigns ring->memory.ops[slot].life, ring->memory.stack[free], once_at[0 .. 65535],
            once_place[0 .. 65535], once_state[slot], once_rank[slot], once_n_free, once_n_ended,
            once_freed;
    ONCE_KEEPS_SLOTS(ring);
    ensures kept: ONCE_WINDOW_KEPT(ring);
    ensures freed: once_state[slot] == ONCE_IS_FREE && once_n_free == free + 1 &&
            once_n_ended == \old(once_n_ended) - 1 && once_freed == \old(once_freed) + 1; */
static inline void once_push_slot(struct once_ring *ring, uint32_t slot, uint32_t free)
{
	/*@ ghost once_move_ended_free(ring->capacity, slot); */
	/*@ ghost once_rank[slot] = free; */
	/*@ ghost once_freed = once_freed + 1; */
	once_store_relaxed(&ring->memory.ops[slot].life, ONCE_LIFE_FREE);
	ring->memory.stack[free] = slot;
}

/* ENDED → FREE for the other thread: it has to collect the slot. */
/*@ requires memory: once_memory_ok(ring);
    requires split: once_split_mode(ring);
    requires slots: once_slots_ok(ring);
    requires slot: slot < ring->capacity && once_state[slot] == ONCE_IS_ENDED;
    requires rests: once_rests(ring->tag, slot, ring->memory.ops[slot].id);
    requires credit: ring->memory.credits[slot] == 0;
    assigns ring->memory.ops[slot].life, ring->memory.returned[ring->complete.return_index],
            ring->complete.return_index, once_at[0 .. 65535], once_place[0 .. 65535],
            once_state[slot], once_rank[slot], once_n_ended, once_n_parked, once_freed;
    ONCE_KEEPS_SLOTS(ring);
    ensures kept: ONCE_WINDOW_KEPT(ring);
    ensures waits: once_state[slot] == ONCE_IS_PARKED && once_freed == \old(once_freed) + 1 &&
            once_n_ended == \old(once_n_ended) - 1; */
static inline void once_return_slot(struct once_ring *ring, uint32_t slot)
{
	const uint32_t index = ring->complete.return_index;

	/*@ ghost once_move_ended_parked(ring->capacity, slot); */
	/*@ ghost once_rank[slot] = index; */
	/*@ ghost once_freed = once_freed + 1; */
	once_store_relaxed(&ring->memory.ops[slot].life, ONCE_LIFE_FREE);
	ring->memory.returned[index] = slot;
	ring->complete.return_index = index + 1 == ring->capacity ? 0 : index + 1;
}

/* submit.free follows. */
/*@ requires memory: once_memory_ok(ring);
    requires slots: once_slots_ok(ring);
    requires free: free == once_n_free;
    assigns ring->submit.free;
    ONCE_KEEPS_SLOTS(ring);
    ensures kept: ONCE_WINDOW_KEPT(ring);
    ensures free: ring->submit.free == once_n_free; */
static inline void once_set_free(struct once_ring *ring, uint32_t free)
{
	ring->submit.free = free;
}

/* *plainly*: see above. Returns slots freed, for complete.freed: 0 if it was retired. */
/*@ requires memory: once_memory_ok(ring);
    requires slots: once_slots_ok(ring);
    requires books: ring->submit.free == once_n_free;
    requires slot: slot < ring->capacity && once_state[slot] == ONCE_IS_ENDED;
    requires plainly: plainly ==> ring->memory.credits[slot] == 0 &&
             once_rests(ring->tag, slot, ring->memory.ops[slot].id);
    assigns ring->memory.credits[slot], ring->complete.credit_returned, ring->memory.ops[slot].life,
            ring->complete.retired, ring->complete.return_index, ring->submit.free,
            ring->memory.stack[ring->submit.free], ring->memory.returned[ring->complete.return_index],
            once_at[0 .. 65535], once_place[0 .. 65535], once_state[slot], once_rank[slot],
            once_credit_sum[0 .. 65536], once_n_free, once_n_ended, once_n_parked, once_n_retired,
            once_freed;
    ONCE_KEEPS_SLOTS(ring);
    ensures kept: ONCE_WINDOW_KEPT(ring);
    ensures books: ring->submit.free == once_n_free;
    ensures passed: \result <= 1 && once_freed == \old(once_freed) + \result &&
            once_n_ended == \old(once_n_ended) - 1;
    ensures slot: once_state[slot] != ONCE_IS_ENDED && once_state[slot] != ONCE_IS_LIVE;
    ensures plainly: plainly ==> ring->complete.credit_returned == \old(ring->complete.credit_returned);
    behavior worn_out:
      assumes worn: once_worn(ring->tag, slot, ring->memory.ops[slot].id);
      ensures retired: \result == 0 && once_state[slot] == ONCE_IS_RETIRED &&
              once_n_retired == \old(once_n_retired) + 1;
    behavior freed:
      assumes rests: once_rests(ring->tag, slot, ring->memory.ops[slot].id);
      ensures freed: \result == 1 && once_n_retired == \old(once_n_retired) &&
              (once_split_mode(ring) ==> once_state[slot] == ONCE_IS_PARKED) &&
              (!once_split_mode(ring) ==> once_state[slot] == ONCE_IS_FREE);
    complete behaviors;
    disjoint behaviors; */
static inline uint32_t once_free_slot(struct once_ring *ring, uint32_t slot, bool plainly)
{
	if (!plainly && once_retire_slot(ring, slot))
		return 0;
	if (once_is_split(ring)) {
		once_return_slot(ring, slot);
	} else {
		const uint32_t free = ring->submit.free;

		once_push_slot(ring, slot, free);
		once_set_free(ring, free + 1);
	}
	return 1;
}

/* True if a CQE that is seen was its operation's last. */
/*@ requires hold: \valid_read(hold);
    assigns \nothing;
    ensures terminal: \result <==> hold->slot != ONCE_NO_INDEX && (hold->flags & 2) == 0; */
static inline bool once_hold_ends(const struct once_hold *hold)
{
	return hold->slot != ONCE_NO_INDEX && (hold->flags & ONCE_CQE_F_MORE) == 0;
}

/* HELD → SEEN: the token is spent. complete.held has to follow. */
/*@ requires memory: once_memory_ok(ring);
    requires slots: once_slots_ok(ring);
    requires window: once_window_ok(ring);
    requires hold: \exists integer i; 0 <= i < ring->view.cq_entries &&
             hold == ring->memory.window + i;
    requires held: hold->position != ONCE_NO_POSITION;
    assigns hold->position, once_out_at[0 .. 65535], once_out_place[0 .. 65535], once_n_out;
    ONCE_KEEPS_SLOTS(ring);
    ONCE_KEEPS_WINDOW(ring);
    ensures same_head: ring->complete.head == \old(ring->complete.head) &&
            ring->complete.head_index == \old(ring->complete.head_index);
    ONCE_SAME_COUNTERS(ring);
    ensures spent: hold->position == ONCE_NO_POSITION;
    ensures count: once_n_out == \old(once_n_out) - 1; */
static inline void once_mark_seen(struct once_ring *ring, struct once_hold *hold)
{
	/*@ ghost once_move_in(ring->view.cq_entries, (uint32_t)(hold - ring->memory.window),
	                       once_n_out); */
	/*@ ghost once_n_out = once_n_out - 1; */
	(void)ring;
	hold->position = ONCE_SEEN_MARK;
}

/* complete.held follows. */
/*@ requires memory: once_memory_ok(ring);
    requires slots: once_slots_ok(ring);
    requires window: once_window_ok(ring);
    requires held: held == once_n_out;
    assigns ring->complete.held;
    ONCE_KEEPS_SLOTS(ring);
    ensures kept: ONCE_WINDOW_KEPT(ring);
    ONCE_KEEPS_WINDOW(ring);
    ensures held: ring->complete.held == once_n_out; */
static inline void once_set_held(struct once_ring *ring, uint32_t held)
{
	once_store_relaxed32(&ring->complete.held, held);
}

/* Tell the kernel how far the head has come; nothing else changes. */
/*@ requires memory: once_memory_ok(ring);
    requires slots: once_slots_ok(ring);
    requires window: once_window_ok(ring);
    requires head: ring->complete.head == once_head;
    assigns ring->complete.published, *ring->view.cq_head;
    ONCE_KEEPS_SLOTS(ring);
    ONCE_KEEPS_WINDOW(ring);
    ensures published: ring->complete.published == once_head; */
static inline void once_tell(struct once_ring *ring)
{
	once_publish(ring);
	/*@ assert sizes: ring->capacity == \at(ring->capacity, Pre) &&
	      ring->view.cq_entries == \at(ring->view.cq_entries, Pre) &&
	      ring->view.sq_entries == \at(ring->view.sq_entries, Pre) &&
	      ring->credit_places == \at(ring->credit_places, Pre) &&
	      ring->sq_usable == \at(ring->sq_usable, Pre) &&
	      ring->cqe_shift == \at(ring->cqe_shift, Pre); */
	/*@ assert window: \forall integer i; 0 <= i < ring->view.cq_entries ==>
	      ring->memory.window[i].slot == \at(ring->memory.window[i].slot, Pre) &&
	      ring->memory.window[i].flags == \at(ring->memory.window[i].flags, Pre); */
}

#endif
