/* SPDX-License-Identifier: MIT */
/*
 * The steps of a delivery: whose a CQE is, its copy, the end of its operation.
 * Each changes one thing and is proved alone; deliver.c puts them together.
 */
#ifndef ONCERING_SRC_DELIVER_H
#define ONCERING_SRC_DELIVER_H

#include "free.h"

/* The slot of the operation in flight that *id* names, or ONCE_NO_INDEX. */
/*@ requires ring: \valid_read(ring) && ring->capacity <= 65536 &&
             \valid_read(ring->memory.ops + (0 .. ring->capacity - 1));
    assigns \nothing;
    behavior in_flight:
      assumes known: once_slot_of(id) < ring->capacity;
      assumes lives: ring->memory.ops[once_slot_of(id)].id == id &&
              ring->memory.ops[once_slot_of(id)].life < submitted;
      ensures slot: \result == once_slot_of(id);
    behavior none:
      assumes none: once_slot_of(id) >= ring->capacity ||
              ring->memory.ops[once_slot_of(id)].id != id ||
              ring->memory.ops[once_slot_of(id)].life >= submitted;
      ensures none: \result == ONCE_NO_INDEX;
    complete behaviors;
    disjoint behaviors; */
static inline uint32_t slot_in_flight(const struct once_ring *ring, uint64_t id, uint64_t submitted)
{
	const uint32_t slot = once_id_slot(id);

	if (slot < ring->capacity && once_load_relaxed(&ring->memory.ops[slot].id) == id &&
	    once_load_relaxed(&ring->memory.ops[slot].life) < submitted)
		return slot;
	return ONCE_NO_INDEX;
}

/*@
  // under a name: a prover that sees the equation rewrites what a run started from into what it writes
  predicate is(integer a, integer b) = a == b;

  // what is delivered and not passed, but for the newest
  predicate holds_before{L}(struct once_ring *r) =
    \forall integer i; 0 <= i < r->view.cq_entries && once_pos(r->view.cq_entries, i) < once_next &&
      i != once_last_at(r->view.cq_entries) ==> once_hold_ok(r, i);
*/

/* The slot of the operation in flight that posted *cqe*, or ONCE_NO_INDEX. */
/*@ requires memory: once_memory_ok(ring);
    requires slots: once_slots_ok(ring);
    requires cqe: \valid_read(cqe);
    assigns \nothing;
    ensures lives: \result != ONCE_NO_INDEX ==> \result < ring->capacity &&
            once_state[\result] == ONCE_IS_LIVE && ring->memory.ops[\result].id == cqe->user_data; */
static inline uint32_t slot_of(const struct once_ring *ring, const struct once_wire_cqe *cqe,
			       uint64_t submitted)
{
	const uint32_t slot = slot_in_flight(ring, cqe->user_data, submitted);

	/*@ ghost
	  if (slot != ONCE_NO_INDEX) {
	    once_lemma_slot(ring->tag, slot, ring->memory.ops[slot].id);
	  }
	*/
	return slot;
}

/* The next place of the window becomes the copy of a CQE, and its token is out. */
/*@ requires memory: once_memory_ok(ring);
    requires slots: once_slots_ok(ring);
    requires window: once_window_ok(ring);
    requires ready: once_next < ring->complete.ready;
    requires place: hold == ring->memory.window + once_next_at && position == once_next;
    requires slot: slot == ONCE_NO_INDEX ||
             (slot < ring->capacity && once_state[slot] == ONCE_IS_LIVE);
    requires cqe: \valid_read(cqe) && \base_addr(cqe) == \base_addr(ring->view.cqes);
    assigns hold->position, hold->slot, hold->result, hold->flags, once_out_at[0 .. 65535],
            once_out_place[0 .. 65535], once_n_out, once_next, once_next_at;
    ONCE_KEEPS_SLOTS(ring);
    ensures bounds: once_bounds(ring);
    ensures told: once_told(ring);
    ensures marks: once_marks(ring);
    ensures before: holds_before(ring);
    ensures endings: once_endings(ring);
    ensures tokens: once_tokens(ring->view.cq_entries);
    ensures out: once_out(ring);
    ensures next: once_next == \old(once_next) + 1 &&
            once_next_at == once_wrap(ring->view.cq_entries, \old(once_next_at) + 1);
    ensures last: hold == ring->memory.window + once_last_at(ring->view.cq_entries);
    ensures count: once_n_out == \old(once_n_out) + 1;
    ensures copy: hold->position == position && hold->slot == slot && hold->result == cqe->res &&
            hold->flags == cqe->flags; */
static inline void copy_cqe(struct once_ring *ring, struct once_hold *hold, uint64_t position,
			    uint32_t slot, const struct once_wire_cqe *cqe)
{
	/*@ assert free: once_next - once_head < ring->view.cq_entries; */
	/*@ assert beyond: once_pos(ring->view.cq_entries, once_next_at) == once_next; */
	/*@ assert seen: hold->position == ONCE_NO_POSITION; */
	/*@ ghost once_move_out(ring->view.cq_entries, once_next_at, once_n_out); */
	/*@ ghost once_n_out = once_n_out + 1; */
	/*@ ghost once_next = once_next + 1; */
	/*@ ghost once_next_at = once_next_at + 1 == ring->view.cq_entries ? 0 : once_next_at + 1; */
	(void)ring;
	hold->position = position;
	hold->slot = slot;
	hold->result = cqe->res;
	hold->flags = cqe->flags;
}

/* LIVE → ENDED: the newest CQE that is delivered was the operation's last. */
/*@ requires memory: once_memory_ok(ring);
    requires slots: once_slots_ok(ring);
    requires bounds: once_bounds(ring) && once_head < once_next;
    requires told: once_told(ring);
    requires marks: once_marks(ring);
    requires before: holds_before(ring);
    requires endings: once_endings(ring);
    requires tokens: once_tokens(ring->view.cq_entries);
    requires out: once_out(ring);
    requires slot: slot < ring->capacity && once_state[slot] == ONCE_IS_LIVE;
    requires id: ring->memory.ops[slot].id == user_data;
    requires newest: ring->memory.window[once_last_at(ring->view.cq_entries)].slot == slot;
    requires terminal: (ring->memory.window[once_last_at(ring->view.cq_entries)].flags & 2) == 0;
    assigns ring->memory.ops[slot].id, ring->memory.ops[slot].life, once_at[0 .. 65535],
            once_place[0 .. 65535], once_state[slot], once_end_at[slot], once_n_live, once_n_ended;
    ONCE_KEEPS_SLOTS(ring);
    ONCE_KEEPS_WINDOW(ring);
    ensures kept: ONCE_WINDOW_KEPT(ring);
    ensures ended: once_n_ended == \old(once_n_ended) + 1; */
static inline void end_operation(struct once_ring *ring, uint32_t slot, uint64_t user_data)
{
	/*@ ghost once_move_live_ended(ring->capacity, slot); */
	/*@ ghost once_end_at[slot] = once_next_at == 0 ? (uint32_t)(ring->view.cq_entries - 1)
	                                              : (uint32_t)(once_next_at - 1); */
	/*@ assert named: once_names(ring->tag, slot, user_data); */
	once_end(&ring->memory.ops[slot], user_data);
	/*@ assert same: ring->submit.sq_tail == \at(ring->submit.sq_tail, Pre) &&
	      ring->capacity == \at(ring->capacity, Pre) && ring->tag == \at(ring->tag, Pre); */
	/*@ assert rests: once_slot_is(ring->tag, ring->submit.sq_tail, slot, once_state[slot],
	      ring->memory.ops[slot].id, ring->memory.ops[slot].life); */
	/*@ assert others: \forall integer t; 0 <= t < ring->capacity && t != slot ==>
	      once_state[t] == \at(once_state[t], Pre) &&
	      ring->memory.ops[t].id == \at(ring->memory.ops[t].id, Pre) &&
	      ring->memory.ops[t].life == \at(ring->memory.ops[t].life, Pre); */
}

/* A CQE of an operation in flight becomes a hold; a terminal one ends it. */
/*@ requires memory: once_memory_ok(ring);
    requires slots: once_slots_ok(ring);
    requires window: once_window_ok(ring);
    requires ready: once_next < ring->complete.ready;
    requires place: hold == ring->memory.window + once_next_at && position == once_next;
    requires slot: slot < ring->capacity && once_state[slot] == ONCE_IS_LIVE;
    requires cqe: \valid_read(cqe) && \base_addr(cqe) == \base_addr(ring->view.cqes);
    requires id: ring->memory.ops[slot].id == cqe->user_data;
    assigns hold->position, hold->slot, hold->result, hold->flags, once_out_at[0 .. 65535],
            once_out_place[0 .. 65535], once_n_out, once_next, once_next_at,
            ring->memory.ops[slot].id, ring->memory.ops[slot].life, once_at[0 .. 65535],
            once_place[0 .. 65535], once_state[slot], once_end_at[slot], once_n_live, once_n_ended;
    ONCE_KEEPS_SLOTS(ring);
    ONCE_KEEPS_WINDOW(ring);
    ensures next: once_next == \old(once_next) + 1 &&
            once_next_at == once_wrap(ring->view.cq_entries, \old(once_next_at) + 1);
    ensures count: once_n_out == \old(once_n_out) + 1;
    ensures copy: hold->position == position && hold->slot == slot && hold->result == cqe->res &&
            hold->flags == cqe->flags;
    ensures ended: (cqe->flags & 2) == 0 ==> once_n_ended == \old(once_n_ended) + 1;
    ensures more: (cqe->flags & 2) != 0 ==> once_n_ended == \old(once_n_ended); */
static inline void fill_hold(struct once_ring *ring, struct once_hold *hold, uint64_t position,
			     uint32_t slot, const struct once_wire_cqe *cqe)
{
	copy_cqe(ring, hold, position, slot, cqe);
	if ((cqe->flags & ONCE_CQE_F_MORE) == 0)
		end_operation(ring, slot, cqe->user_data);
}

/* complete.ended follows. */
/*@ requires memory: once_memory_ok(ring);
    requires slots: once_slots_ok(ring);
    requires window: once_window_ok(ring);
    requires ended: ring->complete.ended + ended == once_n_ended;
    assigns ring->complete.ended;
    ONCE_KEEPS_SLOTS(ring);
    ONCE_KEEPS_WINDOW(ring);
    ensures ended: ring->complete.ended == once_n_ended; */
static inline void count_ended(struct once_ring *ring, uint32_t ended)
{
	ring->complete.ended += ended;
}

/* complete.delivered follows: the place *index* is delivered. */
/*@ requires memory: once_memory_ok(ring);
    requires slots: once_slots_ok(ring);
    requires window: once_window_ok(ring);
    requires index: index < ring->view.cq_entries &&
             once_next_at == once_wrap(ring->view.cq_entries, index + 1);
    requires delivered: ring->complete.delivered + 1 == once_next;
    assigns ring->complete.next_index, ring->complete.delivered;
    ONCE_KEEPS_SLOTS(ring);
    ONCE_KEEPS_WINDOW(ring);
    ensures next: ring->complete.delivered == once_next &&
            ring->complete.next_index == once_next_at; */
static inline void move_next(struct once_ring *ring, uint32_t index)
{
	struct once_complete_side *side = &ring->complete;

	side->next_index = once_next_place(ring, index);
	once_store_relaxed(&side->delivered, side->delivered + 1);
}

/*@
  // all of the books but that *tokens* more are out than complete.held says
  predicate books_less{L}(struct once_ring *r, integer tokens) =
    r->open != 0 && once_books_submit(r) && r->complete.ended == once_n_ended &&
    r->complete.freed == once_freed && r->complete.held + tokens == once_n_out &&
    r->complete.opened_at <= once_head && r->complete.head == once_head &&
    r->complete.head_index == once_head_at && r->complete.delivered == once_next &&
    r->complete.next_index == once_next_at;
*/

/* Of a contract: the ring lies where it lay, and the tokens that are out stay so. */
#define DELIVERY_STAYS(ring) \
	ensures where: ONCE_LIES_AS(ring, Old); \
	ensures arrays: once_same_arrays{Old, Here}(ring); \
	ONCE_TOKENS_STAY(ring)
/* Of a contract: what the steps of a delivery leave as it was. */
#define STEP_SAME(ring) \
	ensures open: ring->open == \old(ring->open); \
	ensures ready: ring->complete.ready == \old(ring->complete.ready); \
	ensures entries: ring->view.cq_entries == \old(ring->view.cq_entries); \
	ensures capacity: ring->capacity == \old(ring->capacity)
#define STEP_OTHERS(ring, hold) \
	ensures others: \forall integer i; 0 <= i < ring->view.cq_entries && \
	        ring->memory.window + i != hold ==> \
	        ring->memory.window[i].position == \old(ring->memory.window[i].position)

/* As copy_cqe(), of a CQE that no operation in flight posted. */
/*@ requires memory: once_memory_ok(ring);
    requires slots: once_slots_ok(ring);
    requires window: once_window_ok(ring);
    requires ready: once_next < ring->complete.ready;
    requires place: hold == ring->memory.window + once_next_at && position == once_next;
    requires cqe: \valid_read(cqe) && \base_addr(cqe) == \base_addr(ring->view.cqes);
    requires books: ring->open != 0 && once_books_submit(ring) && once_books_complete(ring);
    assigns hold->position, hold->slot, hold->result, hold->flags, hold->pad,
            once_out_at[0 .. 65535], once_out_place[0 .. 65535], once_n_out, once_next, once_next_at;
    ONCE_KEEPS_SLOTS(ring);
    ONCE_KEEPS_WINDOW(ring);
    ensures ends: once_same_ends{Old, Here}(ring);
    ensures same_own: once_same_own{Old, Here}(ring);
    STEP_SAME(ring);
    STEP_OTHERS(ring, hold);
    ensures books: ring->open != 0 && once_books_submit(ring) &&
            ring->complete.ended == once_n_ended && ring->complete.freed == once_freed &&
            ring->complete.opened_at <= once_head && ring->complete.head == once_head &&
            ring->complete.head_index == once_head_at;
    ensures held: ring->complete.held == \old(ring->complete.held) &&
            ring->complete.held + 1 == once_n_out;
    ensures delivered: ring->complete.delivered + 1 == once_next &&
            ring->complete.next_index < ring->view.cq_entries &&
            once_next_at == once_wrap(ring->view.cq_entries, ring->complete.next_index + 1);
    ensures next: once_next == \old(once_next) + 1 &&
            once_next_at == once_wrap(ring->view.cq_entries, \old(once_next_at) + 1);
    ensures last: hold == ring->memory.window + once_last_at(ring->view.cq_entries);
    ensures count: once_n_out == \old(once_n_out) + 1;
    ensures copy: hold->position == position && hold->slot == ONCE_NO_INDEX; */
static inline void copy_other(struct once_ring *ring, struct once_hold *hold, uint64_t position,
			      const struct once_wire_cqe *cqe)
{
	copy_cqe(ring, hold, position, ONCE_NO_INDEX, cqe);
	hold->pad = 0;
	/*@ assert window: \forall integer i; 0 <= i < ring->view.cq_entries &&
	      i != once_last_at(ring->view.cq_entries) ==>
	      ring->memory.window[i].slot == \at(ring->memory.window[i].slot, Pre) &&
	      ring->memory.window[i].flags == \at(ring->memory.window[i].flags, Pre); */
}

/* Nobody gets the token of a CQE of the library's own. */
/*@ requires memory: once_memory_ok(ring);
    requires slots: once_slots_ok(ring);
    requires window: once_window_ok(ring);
    requires hold: \exists integer i; 0 <= i < ring->view.cq_entries &&
             hold == ring->memory.window + i;
    requires held: hold->position != ONCE_NO_POSITION;
    assigns hold->position, hold->pad, once_out_at[0 .. 65535], once_out_place[0 .. 65535],
            once_n_out;
    ONCE_KEEPS_SLOTS(ring);
    ONCE_KEEPS_WINDOW(ring);
    ensures count: once_n_out == \old(once_n_out) - 1; */
static inline void drop_own(struct once_ring *ring, struct once_hold *hold)
{
	once_mark_seen(ring, hold);
	hold->pad = ONCE_HOLD_OWN;
}

/* Nobody gets the token of a CQE of the library's own, and the head may pass it. */
/*@ requires memory: once_memory_ok(ring);
    requires slots: once_slots_ok(ring);
    requires window: once_window_ok(ring);
    requires books: books_less(ring, 1);
    requires hold: \exists integer i; 0 <= i < ring->view.cq_entries &&
             hold == ring->memory.window + i;
    requires held: hold->position != ONCE_NO_POSITION;
    assigns hold->position, hold->pad, once_out_at[0 .. 65535], once_out_place[0 .. 65535],
            once_n_out, ONCE_HEAD_COUNTERS(ring), ONCE_SLOT_MEMORY(ring);
    ONCE_KEEPS_SLOTS(ring);
    ONCE_KEEPS_WINDOW(ring);
    ONCE_KEEPS_BOOKS(ring);
    ensures ends: once_same_ends{Old, Here}(ring);
    ensures same_own: once_same_own{Old, Here}(ring);
    STEP_SAME(ring);
    STEP_OTHERS(ring, hold);
    ensures held: ring->complete.held == \old(ring->complete.held);
    ensures forward: \old(once_head) <= once_head;
    ensures prefix: once_prefix(ring); */
static inline void pass_own(struct once_ring *ring, struct once_hold *hold)
{
	drop_own(ring, hold);
	/*@ assert others: \forall integer i; 0 <= i < ring->view.cq_entries &&
	      ring->memory.window + i != hold ==>
	      ring->memory.window[i].position == \at(ring->memory.window[i].position, Pre); */
	/*@ assert books: once_books_submit(ring) && once_books_complete(ring); */
	/*@ assert same: ring->open == \at(ring->open, Pre) &&
	      ring->complete.held == \at(ring->complete.held, Pre) &&
	      ring->complete.ready == \at(ring->complete.ready, Pre); */
	once_reclaim(ring);
	/*@ assert others: \forall integer i; 0 <= i < ring->view.cq_entries &&
	      ring->memory.window + i != hold ==>
	      ring->memory.window[i].position == \at(ring->memory.window[i].position, Pre); */
}

/* complete.held follows: one more token is out. */
/*@ requires memory: once_memory_ok(ring);
    requires slots: once_slots_ok(ring);
    requires window: once_window_ok(ring);
    requires books: books_less(ring, 1);
    assigns ring->complete.held;
    ONCE_KEEPS_SLOTS(ring);
    ensures kept: ONCE_WINDOW_KEPT(ring);
    ONCE_KEEPS_WINDOW(ring);
    ONCE_KEEPS_BOOKS(ring);
    ensures ends: once_same_ends{Old, Here}(ring);
    ensures same_own: once_same_own{Old, Here}(ring);
    STEP_SAME(ring);
    ensures held: ring->complete.held == \old(ring->complete.held) + 1; */
static inline void count_token(struct once_ring *ring)
{
	once_set_held(ring, ring->complete.held + 1);
}

/* The next CQE, of the operation in flight in *slot*, is delivered and counted. */
/*@ requires ring: once_machine(ring);
    requires ready: once_next < ring->complete.ready;
    requires place: index == once_next_at && hold == ring->memory.window + once_next_at;
    requires slot: slot < ring->capacity && once_state[slot] == ONCE_IS_LIVE;
    requires cqe: \valid_read(cqe) && \base_addr(cqe) == \base_addr(ring->view.cqes);
    requires id: ring->memory.ops[slot].id == cqe->user_data;
    assigns hold->position, hold->slot, hold->result, hold->flags, ring->memory.ops[slot].id,
            ring->memory.ops[slot].life, ring->complete.ended, ring->complete.next_index,
            ring->complete.delivered, ring->complete.held, once_out_at[0 .. 65535],
            once_out_place[0 .. 65535], once_n_out, once_next, once_next_at, once_at[0 .. 65535],
            once_place[0 .. 65535], once_state[slot], once_end_at[slot], once_n_live, once_n_ended;
    ONCE_KEEPS_SLOTS(ring);
    ONCE_KEEPS_WINDOW(ring);
    ONCE_KEEPS_BOOKS(ring);
    ensures same_own: once_same_own{Old, Here}(ring);
    STEP_SAME(ring);
    STEP_OTHERS(ring, hold);
    ensures held: ring->complete.held == \old(ring->complete.held) + 1;
    ensures next: once_next == \old(once_next) + 1;
    ensures last: hold == ring->memory.window + once_last_at(ring->view.cq_entries);
    ensures position: hold->position == \old(once_next); */
static inline void take_ours(struct once_ring *ring, uint32_t index, struct once_hold *hold,
			     uint32_t slot, const struct once_wire_cqe *cqe)
{
	fill_hold(ring, hold, ring->complete.delivered, slot, cqe);
	/*@ assert open: ring->open != 0 && once_books_submit(ring); */
	/*@ assert head: ring->complete.head == once_head && ring->complete.head_index == once_head_at &&
	      ring->complete.opened_at <= once_head && ring->complete.freed == once_freed; */
	/*@ assert held: ring->complete.held + 1 == once_n_out; */
	/*@ assert ended: ring->complete.ended + ((cqe->flags & 2) == 0 ? 1 : 0) == once_n_ended; */
	/*@ assert next: ring->complete.delivered + 1 == once_next && index < ring->view.cq_entries &&
	      once_next_at == once_wrap(ring->view.cq_entries, index + 1); */
	count_ended(ring, (cqe->flags & ONCE_CQE_F_MORE) == 0);
	move_next(ring, index);
	count_token(ring);
}

/* The newest CQE that is delivered is a token that is out. */
/*@ ghost
  /@ requires bounds: once_bounds(ring) && 1 <= ring->view.cq_entries <= 65536;
     requires marks: once_marks(ring);
     requires window: \valid(ring->memory.window + (0 .. ring->view.cq_entries - 1));
     requires newest: ring->memory.window[once_last_at(ring->view.cq_entries)].position ==
              once_next - 1;
     assigns \nothing;
     ensures place: 0 <= once_last_at(ring->view.cq_entries) < ring->view.cq_entries;
     ensures valid: \valid(ring->memory.window + once_last_at(ring->view.cq_entries));
     ensures out: once_token_out(ring,
             ring->memory.window + once_last_at(ring->view.cq_entries), once_next - 1);
  @/
  static void lemma_newest(struct once_ring *ring)
  {
    /@ assert place: 0 <= once_last_at(ring->view.cq_entries) < ring->view.cq_entries; @/
    /@ assert position: once_pos(ring->view.cq_entries, once_last_at(ring->view.cq_entries)) ==
         once_next - 1; @/
    ;
  }
*/

#endif
