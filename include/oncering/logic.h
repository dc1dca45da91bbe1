/* SPDX-License-Identifier: MIT */
/*
 * The state machine as ACSL logic; compilers see the numbers of the states only.
 *
 * Ghost variables stand beside the ring that a contract speaks of. They are
 * never address-taken, so that a prover keeps them apart from the heap. They say
 * where the machine is at each moment; the ring's own counters may lag behind
 * them while a batch works on copies, and once_books() says that they do not.
 *
 * once_state is the state of each slot. How many slots are in a state is counted
 * by a permutation of the slots (once_at, and its inverse once_place) that is
 * sorted by state: the count is the length of a section, so that no count needs
 * induction. once_rank is where a FREE slot lies on the stack, and where a PARKED
 * one lies in the ring of returned slots; once_end_at the place in the window of
 * an ENDED slot's terminal CQE; once_out_at and once_out_place sort the places of
 * the window: those whose token is out come first.
 */
#ifndef ONCERING_LOGIC_H
#define ONCERING_LOGIC_H

#include "oncering/logic_memory.h"

#define ONCE_IS_FREE 0
#define ONCE_IS_TAKEN 1
#define ONCE_IS_LIVE 2    /* armed or in flight */
#define ONCE_IS_ENDED 3   /* its terminal CQE is delivered, and not passed */
#define ONCE_IS_PARKED 4  /* split mode: passed, and not yet collected */
#define ONCE_IS_RETIRED 5 /* worn out */

/*@ ghost int once_state[65536]; */
/*@ ghost uint32_t once_at[65536]; */
/*@ ghost uint32_t once_place[65536]; */
/*@ ghost uint32_t once_rank[65536]; */
/*@ ghost uint32_t once_end_at[65536]; */
/*@ ghost uint32_t once_out_at[65536]; */
/*@ ghost uint32_t once_out_place[65536]; */
/*@ ghost uint32_t once_n_free; */
/*@ ghost uint32_t once_n_taken; */
/*@ ghost uint32_t once_n_live; */
/*@ ghost uint32_t once_n_ended; */
/*@ ghost uint32_t once_n_parked; */
/*@ ghost uint32_t once_n_retired; */
/*@ ghost uint32_t once_n_out; */
/*@ ghost uint64_t once_freed; */
/*@ ghost uint64_t once_collected; */
/*@ ghost uint64_t once_head; */      /* the first position not passed, and its place */
/*@ ghost uint32_t once_head_at; */
/*@ ghost uint64_t once_next; */      /* the first position not delivered, and its place */
/*@ ghost uint32_t once_next_at; */
/*@ ghost uint64_t once_credit_sum[65537]; */
/*@ ghost uint32_t once_arming; */    /* the slot that has its credit before it is armed */

/*@
  // --- counting ---

  predicate once_permutation{L}(integer n) =
    n <= 65536 &&
    (\forall integer i; 0 <= i < n ==> once_at[i] < n && once_place[once_at[i]] == i) &&
    (\forall integer s; 0 <= s < n ==> once_place[s] < n && once_at[once_place[s]] == s);

  predicate once_sorted{L}(integer n) =
    once_n_free + once_n_taken + once_n_live + once_n_ended + once_n_parked + once_n_retired == n &&
    (\forall integer s; 0 <= s < n ==>
      (once_state[s] == ONCE_IS_FREE <==> once_place[s] < once_n_free) &&
      (once_state[s] == ONCE_IS_TAKEN <==>
        once_n_free <= once_place[s] < once_n_free + once_n_taken) &&
      (once_state[s] == ONCE_IS_LIVE <==>
        once_n_free + once_n_taken <= once_place[s] < once_n_free + once_n_taken + once_n_live) &&
      (once_state[s] == ONCE_IS_ENDED <==>
        once_n_free + once_n_taken + once_n_live <= once_place[s] <
        n - once_n_retired - once_n_parked) &&
      (once_state[s] == ONCE_IS_PARKED <==>
        n - once_n_retired - once_n_parked <= once_place[s] < n - once_n_retired) &&
      (once_state[s] == ONCE_IS_RETIRED <==> n - once_n_retired <= once_place[s]));

  predicate once_counted{L}(integer n) = once_permutation(n) && once_sorted(n);

  // --- slots ---

  // the identity of an armed operation in slot s; that of slot s at rest, next
  // generation 1 .. G - 1; and that of slot s when it is worn out
  predicate once_names{L}(integer tag, integer s, integer id) =
    tag + s * once_G <= id < tag + s * once_G + once_G;
  predicate once_rests{L}(integer tag, integer s, integer id) =
    tag + s * once_G + once_G < id < tag + s * once_G + 2 * once_G;
  predicate once_worn{L}(integer tag, integer s, integer id) =
    id == tag + s * once_G + 2 * once_G;

  // what the memory of a slot says in each state
  predicate once_slot_is{L}(integer tag, integer tail, integer s, integer state, integer id, integer life) =
    0 <= state <= ONCE_IS_RETIRED &&
    (state == ONCE_IS_LIVE ==> once_names(tag, s, id) && life < tail) &&
    (state == ONCE_IS_RETIRED ==> once_worn(tag, s, id)) &&
    (state == ONCE_IS_ENDED ==> once_rests(tag, s, id) || once_worn(tag, s, id)) &&
    (state == ONCE_IS_FREE || state == ONCE_IS_TAKEN || state == ONCE_IS_PARKED ==>
      once_rests(tag, s, id)) &&
    (state == ONCE_IS_TAKEN <==> life == ONCE_LIFE_TAKEN) &&
    (state == ONCE_IS_ENDED <==> life == ONCE_LIFE_ENDED) &&
    (state == ONCE_IS_RETIRED <==> life == ONCE_LIFE_RETIRED);
  predicate once_slots{L}(struct once_ring *r) =
    \forall integer s; 0 <= s < r->capacity ==>
      once_slot_is(r->tag, r->submit.sq_tail, s, once_state[s], r->memory.ops[s].id,
                   r->memory.ops[s].life);

  // the stack holds each FREE slot once
  predicate once_stack{L}(struct once_ring *r) =
    \forall integer s; 0 <= s < r->capacity && once_state[s] == ONCE_IS_FREE ==>
      once_rank[s] < once_n_free && r->memory.stack[once_rank[s]] == s;
  predicate once_stacked{L}(struct once_ring *r) =
    \forall integer i; 0 <= i < once_n_free ==>
      r->memory.stack[i] < r->capacity && once_state[r->memory.stack[i]] == ONCE_IS_FREE &&
      once_rank[r->memory.stack[i]] == i;

  // so does the ring of returned slots with each PARKED one
  logic integer once_behind(integer from, integer size, integer i) =
    i >= from ? i - from : i - from + size;
  logic integer once_wrap(integer size, integer i) = i >= size ? i - size : i;

  predicate once_ring_ends{L}(struct once_ring *r) =
    r->submit.collect_index < r->capacity && once_n_parked <= r->capacity &&
    r->complete.return_index == once_wrap(r->capacity, r->submit.collect_index + once_n_parked);
  predicate once_parked{L}(struct once_ring *r) =
    \forall integer s; 0 <= s < r->capacity && once_state[s] == ONCE_IS_PARKED ==>
      once_rank[s] < r->capacity &&
      once_behind(r->submit.collect_index, r->capacity, once_rank[s]) < once_n_parked &&
      r->memory.returned[once_rank[s]] == s;
  predicate once_returned{L}(struct once_ring *r) =
    \forall integer i; 0 <= i < r->capacity &&
      once_behind(r->submit.collect_index, r->capacity, i) < once_n_parked ==>
      r->memory.returned[i] < r->capacity &&
      once_state[r->memory.returned[i]] == ONCE_IS_PARKED &&
      once_rank[r->memory.returned[i]] == i;

  // generations left: no slot can be used up while sq_tail < wear_from
  predicate once_wear{L}(struct once_ring *r) =
    r->submit.sq_tail < r->submit.wear_from ==>
      (\forall integer s; 0 <= s < r->capacity ==>
        r->memory.ops[s].id + (r->submit.wear_from - r->submit.sq_tail) <=
        r->tag + s * once_G + (once_state[s] == ONCE_IS_LIVE ? once_G - 1 : 2 * once_G));

  // --- the accounts: conservation ---

  predicate once_ledger{L}(struct once_ring *r) =
    r->submit.own_total <= r->submit.sq_tail &&
    r->submit.sq_tail - r->submit.own_total ==
      once_n_live + once_n_ended + r->complete.retired + once_freed &&
    once_n_retired == r->complete.retired + r->submit.retired &&
    (once_split_mode(r) ==> once_n_parked == once_freed - once_collected) &&
    (!once_split_mode(r) ==> once_n_parked == 0 && once_collected == 0);

  // the ring's own counters say what the ghosts say
  predicate once_books_submit{L}(struct once_ring *r) =
    r->submit.free == once_n_free && r->submit.collected == once_collected;
  predicate once_books_complete{L}(struct once_ring *r) =
    r->complete.ended == once_n_ended && r->complete.freed == once_freed &&
    r->complete.held == once_n_out && r->complete.opened_at <= once_head &&
    r->complete.head == once_head && r->complete.head_index == once_head_at &&
    r->complete.delivered == once_next && r->complete.next_index == once_next_at;

  // --- the SQ: what is promised to taken SQEs and what the kernel has not read ---

  predicate once_queue{L}(struct once_ring *r) =
    r->submit.consumed <= r->submit.sq_tail && r->submit.submitted <= r->submit.sq_tail &&
    r->submit.sq_lap <= r->submit.sq_tail <= r->submit.sq_lap + r->view.sq_entries &&
    r->submit.room + once_n_taken + (r->submit.sq_tail - r->submit.consumed) <= 131072 &&
    r->submit.room + once_n_taken <= 65536 &&
    r->submit.sq_tail + r->submit.room + once_n_taken <= once_END + 131072;

  // --- credits: once_credit_sum[i] is the sum of the first i ---

  predicate once_sums{L}(integer n) =
    n <= 65536 && once_credit_sum[0] == 0 &&
    (\forall integer i; 0 <= i <= n ==> once_credit_sum[i] <= i * 0x100000000) &&
    (\forall integer i; 0 <= i < n ==>
      once_credit_sum[i] <= once_credit_sum[i + 1] < once_credit_sum[i] + 0x100000000);
  predicate once_credits{L}(struct once_ring *r) =
    (\forall integer i; 0 <= i < r->capacity ==>
      r->memory.credits[i] == once_credit_sum[i + 1] - once_credit_sum[i]);
  predicate once_credit_total{L}(struct once_ring *r) =
    r->complete.credit_returned <= r->submit.credit_taken <= once_END + 65536 &&
    once_credit_sum[r->capacity] == r->submit.credit_taken - r->complete.credit_returned <=
      r->credit_places;

  // only an operation that lives, or has just ended, has credit; or is about to be armed
  predicate once_debtors{L}(struct once_ring *r) =
    \forall integer s; 0 <= s < r->capacity && once_state[s] != ONCE_IS_LIVE &&
      once_state[s] != ONCE_IS_ENDED && s != once_arming ==> r->memory.credits[s] == 0;

  // --- the window ---

  // the CQ position of place i
  logic integer once_pos{L}(integer entries, integer i) =
    i >= once_head_at ? once_head + (i - once_head_at) : once_head + (i - once_head_at) + entries;

  predicate once_bounds{L}(struct once_ring *r) =
    once_head_at < r->view.cq_entries &&
    0 <= once_next - once_head <= r->view.cq_entries && once_next <= once_END + 65536 &&
    once_next_at == once_wrap(r->view.cq_entries, once_head_at + (once_next - once_head));

  // the kernel knows of a head that may lag, but frees it no place twice; what is known to be
  // posted has a place
  predicate once_told{L}(struct once_ring *r) =
    r->complete.published <= once_head && once_next <= r->complete.ready &&
    r->complete.ready - r->complete.published <= r->view.cq_entries &&
    r->complete.ready <= once_END + 65536;

  // a place is held at its position, or marked
  predicate once_marks{L}(struct once_ring *r) =
    \forall integer i; 0 <= i < r->view.cq_entries ==>
      r->memory.window[i].position == ONCE_NO_POSITION ||
      (r->memory.window[i].position == once_pos(r->view.cq_entries, i) &&
       once_pos(r->view.cq_entries, i) < once_next);

  // what is delivered and not passed belongs to an operation that lives or has just ended
  predicate once_hold_ok{L}(struct once_ring *r, integer i) =
    r->memory.window[i].slot != ONCE_NO_INDEX ==>
      r->memory.window[i].slot < r->capacity &&
      (once_state[r->memory.window[i].slot] == ONCE_IS_LIVE ||
       once_state[r->memory.window[i].slot] == ONCE_IS_ENDED) &&
      ((r->memory.window[i].flags & 2) == 0 ==>
        once_state[r->memory.window[i].slot] == ONCE_IS_ENDED &&
        once_end_at[r->memory.window[i].slot] == i) &&
      (once_state[r->memory.window[i].slot] == ONCE_IS_ENDED ==>
        once_pos(r->view.cq_entries, i) <=
        once_pos(r->view.cq_entries, once_end_at[r->memory.window[i].slot]));
  predicate once_holds{L}(struct once_ring *r) =
    \forall integer i; 0 <= i < r->view.cq_entries && once_pos(r->view.cq_entries, i) < once_next ==>
      once_hold_ok(r, i);
  // the same, but for the place at the head
  predicate once_holds_behind{L}(struct once_ring *r) =
    \forall integer i; 0 <= i < r->view.cq_entries && once_pos(r->view.cq_entries, i) < once_next &&
      i != once_head_at ==> once_hold_ok(r, i);

  // an operation that has ended has its terminal CQE there
  predicate once_endings{L}(struct once_ring *r) =
    \forall integer s; 0 <= s < r->capacity && once_state[s] == ONCE_IS_ENDED ==>
      once_end_at[s] < r->view.cq_entries &&
      once_pos(r->view.cq_entries, once_end_at[s]) < once_next &&
      r->memory.window[once_end_at[s]].slot == s &&
      (r->memory.window[once_end_at[s]].flags & 2) == 0;

  // the tokens that are out are the places that are not marked
  predicate once_tokens{L}(integer n) =
    n <= 65536 && once_n_out <= n &&
    (\forall integer i; 0 <= i < n ==> once_out_at[i] < n && once_out_place[once_out_at[i]] == i) &&
    (\forall integer i; 0 <= i < n ==> once_out_place[i] < n && once_out_at[once_out_place[i]] == i);
  predicate once_out{L}(struct once_ring *r) =
    \forall integer i; 0 <= i < r->view.cq_entries ==>
      (once_out_place[i] < once_n_out <==> r->memory.window[i].position != ONCE_NO_POSITION);

  // the place of a position that is delivered and not passed; whether its token is out
  logic integer once_place_at{L}(integer entries, integer position) =
    once_wrap(entries, once_head_at + (position - once_head));
  predicate once_token_out{L}(struct once_ring *r, struct once_hold *hold, integer position) =
    once_head <= position < once_next &&
    hold == r->memory.window + once_place_at(r->view.cq_entries, position) &&
    r->memory.window[once_place_at(r->view.cq_entries, position)].position == position;

  // the token of this position was out, and is not any more
  predicate once_token_spent{L}(struct once_ring *r, integer position) =
    r->complete.opened_at <= position < once_next &&
    (position < once_head ||
     r->memory.window[once_place_at(r->view.cq_entries, position)].position == ONCE_NO_POSITION);

  // --- all of it ---

  predicate once_slots_ok{L}(struct once_ring *r) =
    once_counted(r->capacity) && once_slots(r) && once_stack(r) && once_stacked(r) &&
    once_ring_ends(r) && once_parked(r) && once_returned(r) && once_wear(r) && once_ledger(r) && once_sums(r->capacity) &&
    once_credits(r) && once_credit_total(r) && once_debtors(r) && once_queue(r);
  predicate once_window_ok{L}(struct once_ring *r) =
    once_bounds(r) && once_told(r) && once_marks(r) && once_holds(r) && once_endings(r) && once_tokens(r->view.cq_entries) &&
    once_out(r);
  // what a position is looked up by
  predicate once_located{L}(struct once_ring *r) =
    r->open != 0 && once_memory_ok(r) && once_bounds(r) && r->complete.head == once_head &&
    r->complete.head_index == once_head_at && r->complete.delivered == once_next;
  predicate once_machine{L}(struct once_ring *r) =
    r->open != 0 && once_memory_ok(r) && once_slots_ok(r) && once_window_ok(r) &&
    once_books_submit(r) && once_books_complete(r);
  // the head has passed all that it may
  predicate once_prefix{L}(struct once_ring *r) =
    once_head == once_next || r->memory.window[once_head_at].position != ONCE_NO_POSITION;
  predicate once_opened{L}(struct once_ring *r) =
    once_machine(r) && once_prefix(r) && once_arming == ONCE_NO_INDEX;
  // nothing is there, but what a past life has left in the counters
  predicate once_closed{L}(struct once_ring *r) =
    r->open == 0 && r->complete.head == r->complete.delivered &&
    r->complete.ready == r->complete.delivered && r->complete.held == 0 &&
    r->capacity == 0 && r->simple == 0 && r->submit.room == 0 && r->submit.free == 0 &&
    r->submit.wear_from == 0;
  predicate once_ring_ok{L}(struct once_ring *r) =
    \valid(r) && (once_opened(r) || once_closed(r));

  // as once_open() has set it, and nothing writes it again
  predicate once_simple_is_plain{L}(struct once_ring *r) =
    r->simple != 0 ==> !once_split_mode(r) && r->cqe_shift == 0;

  // ... and it has no thread of the kernel's
  predicate once_simple_is_entered{L}(struct once_ring *r) =
    r->simple != 0 ==> (r->view.flags & 2) == 0;

  // seeing did nothing
  predicate once_unseen{L, M}(struct once_ring *r) =
    \at(r->complete.held, L) == \at(r->complete.held, M) &&
    \at(r->complete.head, L) == \at(r->complete.head, M) &&
    \at(r->complete.head_index, L) == \at(r->complete.head_index, M) &&
    \at(r->complete.freed, L) == \at(r->complete.freed, M) &&
    \at(r->complete.ended, L) == \at(r->complete.ended, M) &&
    \at(r->complete.published, L) == \at(r->complete.published, M) &&
    \at(r->complete.retired, L) == \at(r->complete.retired, M) &&
    \at(r->complete.return_index, L) == \at(r->complete.return_index, M) &&
    \at(r->complete.credit_returned, L) == \at(r->complete.credit_returned, M) &&
    \at(r->submit.free, L) == \at(r->submit.free, M) &&
    \at(*r->view.cq_head, L) == \at(*r->view.cq_head, M) &&
    (\forall integer i; \at(r->memory.window[i].position, L) == \at(r->memory.window[i].position, M)) &&
    (\forall integer s; \at(r->memory.ops[s].life, L) == \at(r->memory.ops[s].life, M) &&
      \at(r->memory.stack[s], L) == \at(r->memory.stack[s], M) &&
      \at(r->memory.returned[s], L) == \at(r->memory.returned[s], M) &&
      \at(r->memory.credits[s], L) == \at(r->memory.credits[s], M));

  // an SQE that once_take() filled for slot s; by now it may be a stale copy
  predicate once_issued{L}(struct once_sqe *q, struct once_ring *r, integer s) =
    q->ring == r && 0 <= s < r->capacity && q->op == r->memory.ops + s &&
    once_names(r->tag, s, q->id) &&
    (r->memory.ops[s].id == q->id + once_G ==> once_state[s] == ONCE_IS_TAKEN);

  // ... or is taken, and nothing else was done with it
  predicate once_taken_for{L}(struct once_sqe *q, struct once_ring *r) =
    \exists integer s; once_issued(q, r, s) && once_state[s] == ONCE_IS_TAKEN &&
      q->op->id == q->id + once_G;

  // the SQ's next place is not beyond its end
  predicate once_sq_has_place{L}(struct once_ring *r) =
    r->submit.sq_lap <= r->submit.sq_tail < r->submit.sq_lap + r->view.sq_entries;

  // a code of the library's, not the kernel's
  predicate once_is_refusal(integer rc) = -5100 < rc < -5000;
*/

#include "oncering/logic_clauses.h"
#include "oncering/logic_moves.h"

#endif
