/* SPDX-License-Identifier: MIT */
/*
 * The steps of reaping: what is copied out of a hold or a CQE, and the way of an
 * operation in flight past the window. Each is proved alone; reap.c puts them together.
 */
#ifndef ONCERING_SRC_REAP_H
#define ONCERING_SRC_REAP_H

#include "deliver.h"
#include "see.h"

/* The extra words of a CQE32 ring. */
/*@ requires ring: once_machine(ring) && ring->cqe_shift != 0;
    requires index: index < ring->view.cq_entries;
    requires done: \valid(done) && once_apart(ring, \base_addr(done));
    assigns done->extra[0], done->extra[1];
    ONCE_KEEPS_SLOTS(ring);
    ensures kept: ONCE_WINDOW_KEPT(ring);
    ONCE_KEEPS_WINDOW(ring);
    ONCE_KEEPS_BOOKS(ring);
    ensures arrays: once_same_arrays{Old, Here}(ring);
    ensures first: done->extra[0] == ring->view.cqes[2 * index + 1].user_data;
    ensures second: done->extra[1] == once_bits_of(ring->view.cqes[2 * index + 1].res) +
            ring->view.cqes[2 * index + 1].flags * 0x100000000; */
static inline void copy_extra(const struct once_ring *ring, uint32_t index, struct once_completion *done)
{
	const struct once_wire_cqe *tail = &once_cqe_at(ring, index)[1];

	done->extra[0] = tail->user_data;
	done->extra[1] = once_bits(tail->res) + (uint64_t)tail->flags * UINT64_C(0x100000000);
}

/* What a hold says, and the owner of its operation, as a copy. */
/*@ requires ring: once_machine(ring);
    requires hold: once_hold_in_window(ring, hold);
    requires held: hold->position != ONCE_NO_POSITION;
    requires done: \valid(done) && once_apart(ring, \base_addr(done));
    assigns done->lent.type \from hold;
    assigns done->lent.value, done->result, done->flags;
    ONCE_KEEPS_SLOTS(ring);
    ensures kept: ONCE_WINDOW_KEPT(ring);
    ONCE_KEEPS_WINDOW(ring);
    ONCE_KEEPS_BOOKS(ring);
    ensures arrays: once_same_arrays{Old, Here}(ring);
    ensures copy: done->result == hold->result && done->flags == hold->flags;
    behavior ours:
      assumes ours: hold->slot != ONCE_NO_INDEX;
      ensures owner: done->lent.value == ring->memory.ops[hold->slot].lent.value &&
              done->lent.type == ring->memory.ops[hold->slot].lent.type;
    behavior foreign:
      assumes foreign: hold->slot == ONCE_NO_INDEX;
      ensures nobody: done->lent.value == once_cqe_behind(ring, hold)->user_data &&
              done->lent.type == \null;
    complete behaviors;
    disjoint behaviors; */
static inline void copy_hold(const struct once_ring *ring, const struct once_hold *hold,
		      struct once_completion *done)
{
	const uint32_t index = (uint32_t)(hold - ring->memory.window);

	/*@ assert index: hold == ring->memory.window + index && index < ring->view.cq_entries; */
	/*@ assert delivered: once_pos(ring->view.cq_entries, index) < once_next; */
	/*@ assert slot: hold->slot != ONCE_NO_INDEX ==> hold->slot < ring->capacity; */
	done->result = hold->result;
	done->flags = hold->flags;
	if (hold->slot != ONCE_NO_INDEX) {
		const struct once_op *op = &ring->memory.ops[hold->slot];

		done->lent.value = op->lent.value;
		done->lent.type = op->lent.type;
	} else {
		done->lent.value = once_cqe_at(ring, index)->user_data;
		done->lent.type = NULL;
	}
}

/* ... and the extra words, if there are any. */
/*@ requires ring: once_opened(ring);
    requires hold: once_hold_in_window(ring, hold);
    requires held: hold->position != ONCE_NO_POSITION;
    requires done: \valid(done) && once_apart(ring, \base_addr(done));
    assigns done->lent.type \from hold;
    assigns done->lent.value, done->result, done->flags, done->extra[0], done->extra[1];
    ensures opened: once_opened(ring);
    ensures arrays: once_same_arrays{Old, Here}(ring);
    ensures kept: ONCE_WINDOW_KEPT(ring);
    ensures same: ring->open == \old(ring->open) &&
            ring->complete.ready == \old(ring->complete.ready) &&
            ring->complete.held == \old(ring->complete.held) &&
            ring->capacity == \old(ring->capacity) &&
            ring->view.cq_entries == \old(ring->view.cq_entries); */
static inline void copy_all(const struct once_ring *ring, const struct once_hold *hold,
			    struct once_completion *done)
{
	copy_hold(ring, hold, done);
	/*@ assert copied: once_machine(ring); */
	if (ring->cqe_shift != 0)
		copy_extra(ring, (uint32_t)(hold - ring->memory.window), done);
	/*@ assert machine: once_machine(ring); */
	/*@ assert prefix: once_prefix(ring); */
}

/* See a token when its CQE is copied out. */
/*@ requires ring: once_opened(ring);
    requires out: once_token_out(ring, hold, hold->position);
    requires done: \valid(done) && once_apart(ring, \base_addr(done));
    assigns done->lent.type \from hold;
    assigns done->lent.value, done->result, done->flags, done->extra[0], done->extra[1],
            hold->position, ring->complete.held, once_out_at[0 .. 65535],
            once_out_place[0 .. 65535], once_n_out, ONCE_HEAD_COUNTERS(ring),
            ONCE_SLOT_MEMORY(ring);
    ensures opened: once_opened(ring);
    ensures sizes: ring->capacity == \old(ring->capacity) &&
            ring->view.cq_entries == \old(ring->view.cq_entries);
    ensures arrays: once_same_arrays{Old, Here}(ring);
    ensures apart: once_apart(ring, \base_addr(done));
    ensures held: ring->complete.held == \old(ring->complete.held) - 1;
    ensures forward: \old(once_head) <= once_head;
    ensures others: \forall integer i; 0 <= i < ring->view.cq_entries &&
            ring->memory.window + i != hold ==>
            ring->memory.window[i].position == \old(ring->memory.window[i].position); */
static inline void take_copy(struct once_ring *ring, struct once_hold *hold, struct once_completion *done)
{
	/*@ assert hold: once_hold_in_window(ring, hold); */
	copy_all(ring, hold, done);
	/*@ assert out: once_token_out(ring, hold, hold->position); */
	/*@ assert apart: once_apart(ring, \base_addr(done)); */
	(void)once_core_seen(ring, hold, hold->position, ring);
}

/* A CQE and the owner of its operation, as a copy; and the slot rests if it was the last. */
/*@ requires op: \valid(op) && \valid_read(cqe) && \valid(done);
    requires apart: \separated(op, cqe, done);
    requires id: id + 0x10000000001 <= UINT64_MAX;
    assigns done->lent \from op->lent;
    assigns op->id, done->result, done->flags;
    ensures lent: done->lent.value == \old(op->lent.value) && done->lent.type == \old(op->lent.type);
    ensures copy: done->result == cqe->res && done->flags == cqe->flags;
    behavior last:
      assumes last: (cqe->flags & 2) == 0;
      ensures rests: \result == true && op->id == id + 0x10000000001;
    behavior more:
      assumes more: (cqe->flags & 2) != 0;
      ensures lives: \result == false && op->id == \old(op->id);
    complete behaviors;
    disjoint behaviors; */
static inline bool copy_and_end(struct once_op *op, const struct once_wire_cqe *cqe, uint64_t id,
				struct once_completion *done)
{
	done->lent = op->lent;
	done->result = cqe->res;
	done->flags = cqe->flags;
	if ((done->flags & ONCE_CQE_F_MORE) != 0)
		return false;
	op->id = id + 1 + ONCE_AT_REST;
	return true;
}

/* Whom an armed identity names lives; so not every slot is FREE. */
/*@ ghost
  /@ requires memory: once_memory_ok(ring);
     requires slots: once_slots_ok(ring);
     requires slot: slot < ring->capacity && slot == once_slot_of(ring->memory.ops[slot].id);
     requires life: ring->memory.ops[slot].life < ring->submit.submitted;
     assigns \nothing;
     ensures lives: once_state[slot] == ONCE_IS_LIVE;
     ensures few: once_n_free < ring->capacity <= 65536;
  @/
  static void lemma_lives(struct once_ring *ring, uint32_t slot)
  {
    once_lemma_slot(ring->tag, slot, ring->memory.ops[slot].id);
  }
*/

/* LIVE → FREE: the operation's last CQE is delivered, seen and passed in one step. */
/*@ ghost
  /@ requires slot: s < n && once_state[s] == ONCE_IS_LIVE;
     requires counted: once_counted(n);
     assigns once_at[0 .. 65535], once_place[0 .. 65535], once_state[s], once_n_live, once_n_ended,
             once_n_free;
     ensures counted: once_counted(n);
     ensures moved: once_state[s] == ONCE_IS_FREE && once_n_live == \old(once_n_live) - 1 &&
             once_n_free == \old(once_n_free) + 1 && once_n_ended == \old(once_n_ended) &&
             once_n_free <= n;
  @/
  static void move_live_free(uint32_t n, uint32_t s)
  {
    once_move_live_ended(n, s);
    once_move_ended_free(n, s);
  }
*/

/* One more CQE is delivered and passed at once, while nothing is between the two. */
/*@ ghost
  /@ requires memory: once_memory_ok(ring);
     requires window: once_window_ok(ring);
     requires nothing: once_head == once_next < ring->complete.ready;
     assigns once_head, once_head_at, once_next, once_next_at;
     ensures window: once_window_ok(ring);
     ensures step: once_head == once_next == \old(once_next) + 1 && once_head_at == once_next_at &&
             once_next_at == once_wrap(ring->view.cq_entries, \old(once_next_at) + 1);
  @/
  static void step_over(struct once_ring *ring)
  {
    /@ assert places: \forall integer i; 0 <= i < ring->view.cq_entries ==>
         once_pos(ring->view.cq_entries, i) >= once_next; @/
    /@ assert none: \forall integer s; 0 <= s < ring->capacity ==>
         once_state[s] != ONCE_IS_ENDED; @/
    once_head = once_head + 1;
    once_next = once_next + 1;
    once_next_at = once_next_at + 1 == ring->view.cq_entries ? (uint32_t)0 : (uint32_t)(once_next_at + 1);
    once_head_at = once_next_at;
    /@ assert beyond: \forall integer i; 0 <= i < ring->view.cq_entries ==>
         once_pos(ring->view.cq_entries, i) >= once_next; @/
  }
*/

/* A CQE of the operation in *slot* as a copy; true if it was the last, and the slot is FREE. */
/*@ requires memory: once_memory_ok(ring);
    requires one_thread: !once_split_mode(ring);
    requires slots: once_slots_ok(ring);
    requires window: once_window_ok(ring);
    requires plainly: ring->submit.credit_taken == ring->complete.credit_returned &&
             ring->submit.sq_tail < ring->submit.wear_from;
    requires nothing: once_head == once_next < ring->complete.ready;
    requires slot: slot < ring->capacity && once_state[slot] == ONCE_IS_LIVE;
    requires op: op == ring->memory.ops + slot && op->id == id;
    requires place: place == ring->memory.stack + once_n_free;
    requires cqe: \valid_read(cqe) && \base_addr(cqe) == \base_addr(ring->view.cqes);
    requires done: \valid(done) && once_apart(ring, \base_addr(done));
    assigns *done \from *op, *cqe;
    assigns op->id, *place, once_at[0 .. 65535], once_place[0 .. 65535],
            once_state[slot], once_rank[slot], once_n_live, once_n_free,
            once_n_ended, once_freed, once_head, once_head_at, once_next, once_next_at;
    ONCE_KEEPS_SLOTS(ring);
    ONCE_KEEPS_WINDOW(ring);
    ensures arrays: once_same_arrays{Old, Here}(ring);
    ensures where: ONCE_LIES_AS(ring, Old);
    ensures kept: ONCE_WINDOW_KEPT(ring);
    ensures same: ring->open == \old(ring->open) && ring->cqe_shift == \old(ring->cqe_shift) &&
            (once_split_mode(ring) <==> \old(once_split_mode(ring)));
    ensures same_submit: ring->submit.free == \old(ring->submit.free) &&
            ring->submit.collected == \old(ring->submit.collected) &&
            ring->submit.credit_taken == \old(ring->submit.credit_taken) &&
            ring->submit.sq_tail == \old(ring->submit.sq_tail) &&
            ring->submit.wear_from == \old(ring->submit.wear_from);
    ensures same_complete: ring->complete.ended == \old(ring->complete.ended) &&
            ring->complete.held == \old(ring->complete.held) &&
            ring->complete.freed == \old(ring->complete.freed) &&
            ring->complete.opened_at == \old(ring->complete.opened_at) &&
            ring->complete.credit_returned == \old(ring->complete.credit_returned) &&
            ring->complete.ready == \old(ring->complete.ready) &&
            ring->complete.delivered == \old(ring->complete.delivered);
    ensures few: once_n_free <= ring->capacity <= 65536;
    ensures freed: once_n_free == \old(once_n_free) + (\result ? 1 : 0) &&
            once_freed == \old(once_freed) + (\result ? 1 : 0) &&
            once_n_ended == \old(once_n_ended);
    ensures step: once_head == once_next == \old(once_next) + 1 && once_head_at == once_next_at &&
            once_next_at == once_wrap(ring->view.cq_entries, \old(once_next_at) + 1);
    ensures copy: done->result == cqe->res && done->flags == cqe->flags; */
static inline bool reap_ours(struct once_ring *ring, struct once_op *op, uint32_t slot,
			     uint32_t *place, const struct once_wire_cqe *cqe, uint64_t id,
			     struct once_completion *done)
{
	/*@ assert credits: once_credits(ring); */
	/*@ ghost once_lemma_credit(ring->capacity, slot); */
	/*@ assert rested: once_names(ring->tag, slot, id) && ring->memory.credits[slot] == 0; */
	/*@ assert wear: id + 1 + once_G < ring->tag + slot * once_G + 2 * once_G; */
	/*@ ghost step_over(ring); */
	/*@ assert apart: \base_addr(done) != \base_addr(ring) &&
	      \base_addr(done) != \base_addr(ring->memory.ops) &&
	      \base_addr(done) != \base_addr(ring->memory.stack) &&
	      \base_addr(done) != \base_addr(ring->memory.credits) &&
	      \base_addr(done) != \base_addr(ring->memory.window); */
	(void)ring;
	const bool last = copy_and_end(op, cqe, id, done);

	/*@ assert where: ONCE_LIES_AS(ring, Pre); */
	/*@ assert where_else: ring->memory.times == \at(ring->memory.times, Pre) &&
	      ring->view.sqes == \at(ring->view.sqes, Pre) &&
	      ring->view.cqes == \at(ring->view.cqes, Pre) &&
	      ring->view.sq_tail == \at(ring->view.sq_tail, Pre); */
	/*@ assert arrays: once_same_arrays{Pre, Here}(ring); */
	/*@ assert memory: once_memory_ok(ring); */
	/*@ assert same: ring->submit.sq_tail == \at(ring->submit.sq_tail, Pre) &&
	      ring->capacity == \at(ring->capacity, Pre) && ring->tag == \at(ring->tag, Pre); */
	/*@ assert same_credits: \forall integer t; 0 <= t < ring->capacity ==>
	      ring->memory.credits[t] == \at(ring->memory.credits[t], Pre); */
	/*@ assert credited: once_credits(ring); */
	/*@ assert others: \forall integer t; 0 <= t < ring->capacity && t != slot ==>
	      ring->memory.ops[t].id == \at(ring->memory.ops[t].id, Pre); */
	/*@ assert lives: \forall integer t; 0 <= t < ring->capacity ==>
	      ring->memory.ops[t].life == \at(ring->memory.ops[t].life, Pre); */
	if (!last)
		return false;
	/*@ ghost once_rank[slot] = once_n_free; */
	/*@ ghost move_live_free(ring->capacity, slot); */
	/*@ ghost once_freed = once_freed + 1; */
	/*@ assert rests: once_rests(ring->tag, slot, op->id); */
	/*@ assert slots: once_slots(ring); */
	/*@ assert place: once_n_free <= ring->capacity; */
	*place = slot;
	/*@ assert slots: once_slots(ring); */
	return true;
}

/* Whether reap_run() may run: what it leaves out cannot be needed. */
/*@ requires ring: \valid_read(ring);
    assigns \nothing;
    ensures plain: \result <==> ring->simple != 0 &&
            ring->complete.head == ring->complete.delivered &&
            ring->submit.credit_taken == ring->complete.credit_returned &&
            ring->submit.sq_tail < ring->submit.wear_from; */
static inline bool is_plain(const struct once_ring *ring)
{
	return ring->simple != 0 && ring->complete.head == ring->complete.delivered &&
	       once_frees_plainly(ring);
}

#endif
