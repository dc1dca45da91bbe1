/* SPDX-License-Identifier: MIT */
/*
 * A run: CQEs of operations in flight, delivered one after the other on copies of
 * the counters, up to the first that is anything else.
 */
#ifndef ONCERING_SRC_DELIVER_RUN_H
#define ONCERING_SRC_DELIVER_RUN_H

#include "deliver.h"

/* What a run has done so far; under names, as is(). */
/*@ predicate token_is{L}(struct once_cqe *token, struct once_ring *ring, struct once_hold *hold,
                          integer position) =
      token->ring == ring && token->hold == hold && token->position == position;
    predicate run_tokens{L}(struct once_ring *ring, struct once_hold *window, integer entries,
                            struct once_cqe *cqes, integer first, integer n) =
      \forall integer k; 0 <= k < n ==>
        token_is(cqes + k, ring, window + once_place_at(entries, first + k), first + k);
    predicate run_out{L}(struct once_ring *ring, integer first) =
      \forall integer i; 0 <= i < ring->view.cq_entries &&
        first <= once_pos(ring->view.cq_entries, i) < once_next ==>
        ring->memory.window[i].position == once_pos(ring->view.cq_entries, i); */

#define RUN_TOKENS(ring, cqes, first, n) \
	run_tokens(ring, ring->memory.window, ring->view.cq_entries, cqes, first, n)

/* The delivery as a token of the caller's. */
/*@ requires memory: once_memory_ok(ring);
    requires slots: once_slots_ok(ring);
    requires window: once_window_ok(ring);
    requires token: \valid(cqe) && once_apart(ring, \base_addr(cqe));
    assigns cqe->ring \from ring;
    assigns cqe->hold \from hold;
    assigns cqe->position;
    ONCE_KEEPS_SLOTS(ring);
    ensures kept: ONCE_WINDOW_KEPT(ring);
    ONCE_KEEPS_WINDOW(ring);
    ensures arrays: once_same_arrays{Old, Here}(ring);
    ensures token: token_is(cqe, ring, hold, position); */
static inline void write_token(struct once_ring *ring, struct once_hold *hold, uint64_t position,
			       struct once_cqe *cqe)
{
	cqe->ring = ring;
	cqe->hold = hold;
	cqe->position = position;
}

/* What a delivery stores is no part of a token, nor is a token part of another one. */
/*@ ghost
  /@ requires apart: \base_addr(cqes) != \base_addr(hold) && \base_addr(cqes) != \base_addr(op);
     assigns \nothing;
     ensures elsewhere: \forall integer k; &cqes[k].position != &hold->position &&
             &cqes[k].position != &op->id && &cqes[k].position != &op->life;
     ensures others: \forall integer k; k != n ==> &cqes[k].position != &cqes[n].position &&
             &cqes[k].ring != &cqes[n].ring && &cqes[k].hold != &cqes[n].hold;
     ensures parts: \forall integer k; (struct once_ring **)&cqes[n].hold != &cqes[k].ring &&
             &cqes[k].hold != (struct once_hold **)&cqes[n].ring;
  @/
  static void lemma_elsewhere(struct once_cqe *cqes, struct once_hold *hold, struct once_op *op,
                              uint32_t n)
  {
    ;
  }
*/

/* A run grows by one token. */
/*@ ghost
  /@ requires tokens: RUN_TOKENS(ring, cqes, position - n, n);
     requires token: token_is(cqes + n, ring, hold, position);
     requires place: hold == ring->memory.window + once_place_at(ring->view.cq_entries, position);
     assigns \nothing;
     ensures tokens: RUN_TOKENS(ring, cqes, position - n, n + 1);
  @/
  static void lemma_longer(struct once_ring *ring, struct once_cqe *cqes, struct once_hold *hold,
                           uint64_t position, uint32_t n)
  {
    ;
  }
*/

/* A token's place is one of its array. */
/*@ ghost
  /@ requires tokens: \valid(cqes + (0 .. count - 1)) && n < count;
     assigns \nothing;
     ensures token: \valid(cqes + n);
  @/
  static void lemma_token(struct once_cqe *cqes, uint32_t n, uint32_t count)
  {
    ;
  }
*/

/* A place of the window for each position; those of a run are held, so their tokens are out. */
/*@ ghost
  /@ requires ring: once_bounds(ring) && 1 <= ring->view.cq_entries <= 65536;
     requires run: once_head <= first <= first + n == once_next;
     requires out: run_out(ring, first);
     requires tokens: RUN_TOKENS(ring, cqes, first, n);
     assigns \nothing;
     ensures out: \forall integer k; 0 <= k < n ==> cqes[k].ring == ring &&
             cqes[k].position == first + k &&
             once_token_out(ring, cqes[k].hold, cqes[k].position);
  @/
  static void lemma_run(struct once_ring *ring, struct once_cqe *cqes, uint64_t first, uint32_t n)
  {
    /@ assert places: \forall integer p; first <= p < first + n ==>
         0 <= once_place_at(ring->view.cq_entries, p) < ring->view.cq_entries &&
         once_pos(ring->view.cq_entries, once_place_at(ring->view.cq_entries, p)) == p; @/
    ;
  }
*/

/*
 * A CQE of an operation in flight becomes a hold, and its token the caller's.
 * 1 if it was the operation's last, else 0.
 */
/*@ requires memory: once_memory_ok(ring);
    requires slots: once_slots_ok(ring);
    requires window: once_window_ok(ring);
    requires ready: once_next < ring->complete.ready;
    requires place: hold == ring->memory.window + once_next_at && position == once_next;
    requires slot: slot < ring->capacity && once_state[slot] == ONCE_IS_LIVE;
    requires cqe: \valid_read(cqe) && \base_addr(cqe) == \base_addr(ring->view.cqes);
    requires id: ring->memory.ops[slot].id == cqe->user_data;
    requires token: \valid(tokens + n) && once_apart(ring, \base_addr(tokens));
    requires before: n <= position && once_head <= position - n &&
             RUN_TOKENS(ring, tokens, position - n, n) && run_out(ring, position - n);
    assigns tokens[0 .. n], ring->memory.window[0 .. ring->view.cq_entries - 1],
            ring->memory.ops[0 .. ring->capacity - 1].id,
            ring->memory.ops[0 .. ring->capacity - 1].life,
            once_out_at[0 .. 65535], once_out_place[0 .. 65535], once_n_out, once_next, once_next_at,
            once_at[0 .. 65535], once_place[0 .. 65535], once_state[0 .. 65535],
            once_end_at[0 .. 65535], once_n_live, once_n_ended;
    ONCE_KEEPS_SLOTS(ring);
    ONCE_KEEPS_WINDOW(ring);
    ensures arrays: once_same_arrays{Old, Here}(ring);
    ensures head: ring->complete.head == \old(ring->complete.head) &&
            ring->complete.head_index == \old(ring->complete.head_index);
    ensures counts: ring->complete.freed == \old(ring->complete.freed) &&
            ring->complete.opened_at == \old(ring->complete.opened_at) &&
            ring->complete.held == \old(ring->complete.held) &&
            ring->complete.ended == \old(ring->complete.ended) &&
            ring->complete.delivered == \old(ring->complete.delivered) &&
            ring->complete.ready == \old(ring->complete.ready);
    ensures sizes: ring->view.cq_entries == \old(ring->view.cq_entries) &&
            ring->capacity == \old(ring->capacity) && ring->cqe_shift == \old(ring->cqe_shift);
    ensures submit: ring->open == \old(ring->open) &&
            ring->submit.free == \old(ring->submit.free) &&
            ring->submit.collected == \old(ring->submit.collected);
    ensures next: once_next == \old(once_next) + 1 &&
            once_next_at == once_wrap(ring->view.cq_entries, \old(once_next_at) + 1);
    ensures count: once_n_out == \old(once_n_out) + 1;
    ensures ended: \result <= 1 && once_n_ended == \old(once_n_ended) + \result;
    ensures tokens: RUN_TOKENS(ring, tokens, position - n, n + 1);
    ensures out: run_out(ring, position - n);
    ensures others: \forall integer i; 0 <= i < ring->view.cq_entries &&
            i != \old(once_next_at) ==>
            ring->memory.window[i].position == \old(ring->memory.window[i].position); */
static inline uint32_t deliver_ours(struct once_ring *ring, struct once_hold *hold,
				    uint64_t position, uint32_t slot,
				    const struct once_wire_cqe *cqe, struct once_cqe *tokens,
				    uint32_t n)
{
	uint32_t last;

	/*@ ghost lemma_elsewhere(tokens, hold, &ring->memory.ops[slot], n); */
	fill_hold(ring, hold, position, slot, cqe);
	/*@ assert kept: \forall integer k; 0 <= k < n ==>
	      tokens[k].ring == \at(tokens[k].ring, Pre) &&
	      tokens[k].hold == \at(tokens[k].hold, Pre) &&
	      tokens[k].position == \at(tokens[k].position, Pre); */
	/*@ assert others: \forall integer i; 0 <= i < ring->view.cq_entries &&
	      i != \at(once_next_at, Pre) ==>
	      ring->memory.window[i].position == \at(ring->memory.window[i].position, Pre); */
	/*@ assert head: ring->complete.head == \at(ring->complete.head, Pre) &&
	      ring->complete.freed == \at(ring->complete.freed, Pre) &&
	      ring->complete.opened_at == \at(ring->complete.opened_at, Pre); */
	/*@ assert submit: ring->open == \at(ring->open, Pre) &&
	      ring->submit.free == \at(ring->submit.free, Pre) &&
	      ring->submit.collected == \at(ring->submit.collected, Pre); */
	/*@ assert valid: \valid(hold); */
	/*@ assert run: RUN_TOKENS(ring, tokens, position - n, n); */
	last = (hold->flags & ONCE_CQE_F_MORE) == 0 ? 1 : 0;
	write_token(ring, hold, position, &tokens[n]);
	/*@ assert where: ONCE_LIES_AS(ring, Pre); */
	/*@ assert still: \forall integer k; 0 <= k < n ==>
	      tokens[k].ring == \at(tokens[k].ring, Pre) &&
	      tokens[k].hold == \at(tokens[k].hold, Pre) &&
	      tokens[k].position == \at(tokens[k].position, Pre); */
	/*@ assert before: RUN_TOKENS(ring, tokens, position - n, n); */
	/*@ assert place: hold ==
	      ring->memory.window + once_place_at(ring->view.cq_entries, position); */
	/*@ ghost lemma_longer(ring, tokens, hold, position, n); */
	return last;
}

/* The ring's counters follow: *count* more are delivered, *ended* operations with them. */
/*@ requires memory: once_memory_ok(ring);
    requires slots: once_slots_ok(ring);
    requires window: once_window_ok(ring);
    requires index: index == once_next_at;
    requires delivered: ring->complete.delivered + count == once_next;
    requires held: ring->complete.held + count == once_n_out;
    requires ended: ring->complete.ended + ended == once_n_ended;
    assigns ring->complete.next_index, ring->complete.ended, ring->complete.delivered,
            ring->complete.held;
    ONCE_KEEPS_SLOTS(ring);
    ensures kept: ONCE_WINDOW_KEPT(ring);
    ONCE_KEEPS_WINDOW(ring);
    ensures counts: ring->complete.next_index == once_next_at &&
            ring->complete.delivered == once_next && ring->complete.held == once_n_out &&
            ring->complete.ended == once_n_ended; */
static inline void close_delivery(struct once_ring *ring, uint32_t index, uint32_t count,
				  uint32_t ended)
{
	struct once_complete_side *side = &ring->complete;

	side->next_index = index;
	side->ended += ended;
	once_store_relaxed(&side->delivered, side->delivered + count);
	once_store_relaxed32(&side->held, side->held + count);
}

/*
 * Deliver CQEs of operations in flight, one after the other, until there is
 * another one or *count* are delivered. Works on copies of the counters.
 */
/*@ requires ring: once_machine(ring);
    requires tokens: \valid(cqes + (0 .. count - 1)) && once_apart(ring, \base_addr(cqes));
    assigns cqes[0 .. count - 1], ring->memory.window[0 .. ring->view.cq_entries - 1],
            ring->memory.ops[0 .. ring->capacity - 1].id,
            ring->memory.ops[0 .. ring->capacity - 1].life, ring->complete.ended,
            ring->complete.next_index, ring->complete.delivered, ring->complete.held,
            once_out_at[0 .. 65535], once_out_place[0 .. 65535], once_n_out, once_next, once_next_at,
            once_at[0 .. 65535], once_place[0 .. 65535], once_state[0 .. 65535],
            once_end_at[0 .. 65535], once_n_live, once_n_ended;
    ONCE_KEEPS_SLOTS(ring);
    ONCE_KEEPS_WINDOW(ring);
    ONCE_KEEPS_BOOKS(ring);
    STEP_SAME(ring);
    ensures arrays: once_same_arrays{Old, Here}(ring);
    ensures range: \result <= count;
    ensures next: once_next == \old(once_next) + \result;
    ensures held: ring->complete.held == \old(ring->complete.held) + \result;
    ensures tokens: \forall integer k; 0 <= k < \result ==> cqes[k].ring == ring &&
            cqes[k].position == \old(once_next) + k &&
            once_token_out(ring, cqes[k].hold, cqes[k].position);
    ONCE_TOKENS_STAY(ring);
    ensures prefix: \old(once_prefix(ring)) ==> once_prefix(ring); */
static uint32_t deliver_run(struct once_ring *ring, struct once_cqe *cqes, uint32_t count)
{
	struct once_complete_side *side = &ring->complete;
	const uint64_t submitted = once_load_acquire(&ring->submit.submitted);
	const uint64_t first = side->delivered;
	const uint32_t most = side->ready - first < count ? (uint32_t)(side->ready - first) : count;
	uint32_t index = side->next_index;
	uint32_t ended = 0;
	uint32_t n;

	/*@ loop invariant range: 0 <= n <= most;
	    ONCE_LOOP_SLOTS(ring);
	    ONCE_LOOP_WINDOW(ring);
	    loop invariant where: ONCE_LIES_AS(ring, Pre);
	    loop invariant arrays: once_same_arrays{Pre, Here}(ring) &&
	      once_apart(ring, \base_addr(cqes));
	    loop invariant next: is(first + n, once_next) && index == once_next_at;
	    loop invariant ended: is(ring->complete.ended + ended, once_n_ended) && ended <= n;
	    loop invariant held: is(ring->complete.held + n, once_n_out);
	    loop invariant books_submit: ring->open != 0 && once_books_submit(ring);
	    loop invariant books_head: is(ring->complete.freed, once_freed) &&
	      ring->complete.opened_at <= once_head && is(ring->complete.head, once_head) &&
	      is(ring->complete.head_index, once_head_at);
	    loop invariant same: ring->open == \at(ring->open, Pre) &&
	      ring->complete.ready == \at(ring->complete.ready, Pre);
	    loop invariant same_held: ring->complete.held == \at(ring->complete.held, Pre);
	    loop invariant same_delivered: ring->complete.delivered == first;
	    loop invariant tokens: RUN_TOKENS(ring, cqes, first, n);
	    loop invariant out: run_out(ring, first);
	    loop invariant stay: \forall integer i; 0 <= i < ring->view.cq_entries &&
	      \at(ring->memory.window[i].position, Pre) != ONCE_NO_POSITION ==>
	      ring->memory.window[i].position == \at(ring->memory.window[i].position, Pre);
	    loop assigns n, index, ended, cqes[0 .. count - 1],
	      \at(ring->memory.window, Pre)[0 .. \at(ring->view.cq_entries, Pre) - 1],
	      \at(ring->memory.ops, Pre)[0 .. \at(ring->capacity, Pre) - 1].id,
	      \at(ring->memory.ops, Pre)[0 .. \at(ring->capacity, Pre) - 1].life,
	      once_out_at[0 .. 65535], once_out_place[0 .. 65535], once_n_out, once_next, once_next_at,
	      once_at[0 .. 65535], once_place[0 .. 65535], once_state[0 .. 65535],
	      once_end_at[0 .. 65535], once_n_live, once_n_ended;
	    loop variant most - n; */
	for (n = 0; n < most; n++) {
		/*@ ghost lemma_token(cqes, n, count); */
		/*@ assert narrow: ring->cqe_shift == 0 ==> (size_t)index << ring->cqe_shift == index; */
		/*@ assert wide: ring->cqe_shift == 1 ==> (size_t)index << ring->cqe_shift == 2 * index; */
		const struct once_wire_cqe *cqe = &ring->view.cqes[(size_t)index << ring->cqe_shift];
		const uint32_t slot = slot_of(ring, cqe, submitted);
		struct once_hold *hold = &ring->memory.window[index];

		/*@ assert apart: \base_addr(cqes) != \base_addr(ring) &&
		      \base_addr(cqes) != \base_addr(ring->memory.window) &&
		      \base_addr(cqes) != \base_addr(ring->memory.ops); */
		/*@ assert ready: once_next < ring->complete.ready; */
		/*@ assert beyond: once_pos(ring->view.cq_entries, once_next_at) == once_next; */
		/*@ assert seen: ring->memory.window[once_next_at].position == ONCE_NO_POSITION; */
		if (slot == ONCE_NO_INDEX)
			break;
		ended += deliver_ours(ring, hold, first + n, slot, cqe, cqes, n);
		/*@ assert where: ONCE_LIES_AS(ring, Pre); */
		index = once_next_place(ring, index);
	}
	close_delivery(ring, index, n, ended);
	/*@ assert still: run_out(ring, first); */
	/*@ assert same: RUN_TOKENS(ring, cqes, first, n); */
	/*@ ghost lemma_run(ring, cqes, first, n); */
	return n;
}

#endif
