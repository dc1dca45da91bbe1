/* SPDX-License-Identifier: MIT */
/*
 * Ghost moves. Each takes one slot from a state to another and keeps the
 * counting right; what a move does not name it does not change. Lemmas
 * are functions too, which change nothing. Only logic.h includes this file.
 */
#ifndef ONCERING_LOGIC_MOVES_H
#define ONCERING_LOGIC_MOVES_H


/*@ ghost
  /@ requires n: s < n && p < n;
     requires permutation: once_permutation(n);
     assigns once_at[0 .. 65535], once_place[0 .. 65535];
     ensures permutation: once_permutation(n);
     ensures here: once_place[s] == p && once_at[p] == s;
     ensures other: once_place[\old(once_at[p])] == \old(once_place[s]) &&
                    once_at[\old(once_place[s])] == \old(once_at[p]);
     ensures slots: \forall integer t; 0 <= t < n && t != s && t != \old(once_at[p]) ==>
                    once_place[t] == \old(once_place[t]);
     ensures places: \forall integer i; 0 <= i < n && i != p && i != \old(once_place[s]) ==>
                     once_at[i] == \old(once_at[i]);
  @/
  static void once_swap(uint32_t n, uint32_t s, uint32_t p)
  {
    uint32_t o = once_at[p];
    uint32_t q = once_place[s];

    once_at[p] = s;
    once_place[s] = p;
    if (o != s) {
      once_at[q] = o;
      once_place[o] = q;
    }
  }
*/

/* FREE → TAKEN */
/*@ ghost
  /@ requires slot: s < n && once_state[s] == ONCE_IS_FREE;
     requires counted: once_counted(n);
     assigns once_at[0 .. 65535], once_place[0 .. 65535], once_state[s], once_n_free, once_n_taken;
     ensures counted: once_counted(n);
     ensures moved: once_state[s] == ONCE_IS_TAKEN &&
             once_n_free == \old(once_n_free) - 1 && once_n_taken == \old(once_n_taken) + 1 &&
             \old(once_n_free) > 0 && once_n_taken <= n;
  @/
  static void once_move_free_taken(uint32_t n, uint32_t s)
  {
    once_swap(n, s, once_n_free - 1);
    once_state[s] = ONCE_IS_TAKEN;
    once_n_free--;
    once_n_taken++;
  }
*/

/* TAKEN → LIVE */
/*@ ghost
  /@ requires slot: s < n && once_state[s] == ONCE_IS_TAKEN;
     requires counted: once_counted(n);
     assigns once_at[0 .. 65535], once_place[0 .. 65535], once_state[s], once_n_taken, once_n_live;
     ensures counted: once_counted(n);
     ensures moved: once_state[s] == ONCE_IS_LIVE &&
             once_n_taken == \old(once_n_taken) - 1 && once_n_live == \old(once_n_live) + 1 &&
             \old(once_n_taken) > 0 && once_n_live <= n;
  @/
  static void once_move_taken_live(uint32_t n, uint32_t s)
  {
    once_swap(n, s, once_n_free + once_n_taken - 1);
    once_state[s] = ONCE_IS_LIVE;
    once_n_taken--;
    once_n_live++;
  }
*/

/* TAKEN → FREE */
/*@ ghost
  /@ requires slot: s < n && once_state[s] == ONCE_IS_TAKEN;
     requires counted: once_counted(n);
     assigns once_at[0 .. 65535], once_place[0 .. 65535], once_state[s], once_n_taken, once_n_free;
     ensures counted: once_counted(n);
     ensures moved: once_state[s] == ONCE_IS_FREE &&
             once_n_taken == \old(once_n_taken) - 1 && once_n_free == \old(once_n_free) + 1 &&
             \old(once_n_taken) > 0 && once_n_free <= n;
  @/
  static void once_move_taken_free(uint32_t n, uint32_t s)
  {
    once_swap(n, s, once_n_free);
    once_state[s] = ONCE_IS_FREE;
    once_n_taken--;
    once_n_free++;
  }
*/

/* TAKEN → RETIRED */
/*@ ghost
  /@ requires slot: s < n && once_state[s] == ONCE_IS_TAKEN;
     requires counted: once_counted(n);
     assigns once_at[0 .. 65535], once_place[0 .. 65535], once_state[s], once_n_taken, once_n_retired;
     ensures counted: once_counted(n);
     ensures moved: once_state[s] == ONCE_IS_RETIRED &&
             once_n_taken == \old(once_n_taken) - 1 && once_n_retired == \old(once_n_retired) + 1 &&
             \old(once_n_taken) > 0 && once_n_retired <= n;
  @/
  static void once_move_taken_retired(uint32_t n, uint32_t s)
  {
    once_swap(n, s, once_n_free + once_n_taken - 1);
    once_swap(n, s, once_n_free + once_n_taken + once_n_live - 1);
    once_swap(n, s, n - once_n_retired - once_n_parked - 1);
    once_swap(n, s, n - once_n_retired - 1);
    once_state[s] = ONCE_IS_RETIRED;
    once_n_taken--;
    once_n_retired++;
  }
*/

/* LIVE → ENDED */
/*@ ghost
  /@ requires slot: s < n && once_state[s] == ONCE_IS_LIVE;
     requires counted: once_counted(n);
     assigns once_at[0 .. 65535], once_place[0 .. 65535], once_state[s], once_n_live, once_n_ended;
     ensures counted: once_counted(n);
     ensures moved: once_state[s] == ONCE_IS_ENDED &&
             once_n_live == \old(once_n_live) - 1 && once_n_ended == \old(once_n_ended) + 1 &&
             \old(once_n_live) > 0 && once_n_ended <= n;
  @/
  static void once_move_live_ended(uint32_t n, uint32_t s)
  {
    once_swap(n, s, once_n_free + once_n_taken + once_n_live - 1);
    once_state[s] = ONCE_IS_ENDED;
    once_n_live--;
    once_n_ended++;
  }
*/

/* ENDED → FREE */
/*@ ghost
  /@ requires slot: s < n && once_state[s] == ONCE_IS_ENDED;
     requires counted: once_counted(n);
     assigns once_at[0 .. 65535], once_place[0 .. 65535], once_state[s], once_n_ended, once_n_free;
     ensures counted: once_counted(n);
     ensures moved: once_state[s] == ONCE_IS_FREE &&
             once_n_ended == \old(once_n_ended) - 1 && once_n_free == \old(once_n_free) + 1 &&
             \old(once_n_ended) > 0 && once_n_free <= n;
  @/
  static void once_move_ended_free(uint32_t n, uint32_t s)
  {
    once_swap(n, s, once_n_free + once_n_taken + once_n_live);
    once_swap(n, s, once_n_free + once_n_taken);
    once_swap(n, s, once_n_free);
    once_state[s] = ONCE_IS_FREE;
    once_n_ended--;
    once_n_free++;
  }
*/

/* ENDED → PARKED */
/*@ ghost
  /@ requires slot: s < n && once_state[s] == ONCE_IS_ENDED;
     requires counted: once_counted(n);
     assigns once_at[0 .. 65535], once_place[0 .. 65535], once_state[s], once_n_ended, once_n_parked;
     ensures counted: once_counted(n);
     ensures moved: once_state[s] == ONCE_IS_PARKED &&
             once_n_ended == \old(once_n_ended) - 1 && once_n_parked == \old(once_n_parked) + 1 &&
             \old(once_n_ended) > 0 && once_n_parked <= n;
  @/
  static void once_move_ended_parked(uint32_t n, uint32_t s)
  {
    once_swap(n, s, n - once_n_retired - once_n_parked - 1);
    once_state[s] = ONCE_IS_PARKED;
    once_n_ended--;
    once_n_parked++;
  }
*/

/* ENDED → RETIRED */
/*@ ghost
  /@ requires slot: s < n && once_state[s] == ONCE_IS_ENDED;
     requires counted: once_counted(n);
     assigns once_at[0 .. 65535], once_place[0 .. 65535], once_state[s], once_n_ended, once_n_retired;
     ensures counted: once_counted(n);
     ensures moved: once_state[s] == ONCE_IS_RETIRED &&
             once_n_ended == \old(once_n_ended) - 1 && once_n_retired == \old(once_n_retired) + 1 &&
             \old(once_n_ended) > 0 && once_n_retired <= n;
  @/
  static void once_move_ended_retired(uint32_t n, uint32_t s)
  {
    once_swap(n, s, n - once_n_retired - once_n_parked - 1);
    once_swap(n, s, n - once_n_retired - 1);
    once_state[s] = ONCE_IS_RETIRED;
    once_n_ended--;
    once_n_retired++;
  }
*/

/* PARKED → FREE */
/*@ ghost
  /@ requires slot: s < n && once_state[s] == ONCE_IS_PARKED;
     requires counted: once_counted(n);
     assigns once_at[0 .. 65535], once_place[0 .. 65535], once_state[s], once_n_parked, once_n_free;
     ensures counted: once_counted(n);
     ensures moved: once_state[s] == ONCE_IS_FREE &&
             once_n_parked == \old(once_n_parked) - 1 && once_n_free == \old(once_n_free) + 1 &&
             \old(once_n_parked) > 0 && once_n_free <= n;
  @/
  static void once_move_parked_free(uint32_t n, uint32_t s)
  {
    once_swap(n, s, n - once_n_retired - once_n_parked);
    once_swap(n, s, once_n_free + once_n_taken + once_n_live);
    once_swap(n, s, once_n_free + once_n_taken);
    once_swap(n, s, once_n_free);
    once_state[s] = ONCE_IS_FREE;
    once_n_parked--;
    once_n_free++;
  }
*/

/* A token comes back: its place leaves those that are out. */
/*@ ghost
  /@ requires n: i < n <= 65536 && held <= n && once_out_place[i] < held;
     requires at: \forall integer k; 0 <= k < n ==> once_out_at[k] < n && once_out_place[once_out_at[k]] == k;
     requires place: \forall integer k; 0 <= k < n ==> once_out_place[k] < n && once_out_at[once_out_place[k]] == k;
     assigns once_out_at[0 .. 65535], once_out_place[0 .. 65535];
     ensures at: \forall integer k; 0 <= k < n ==> once_out_at[k] < n && once_out_place[once_out_at[k]] == k;
     ensures place: \forall integer k; 0 <= k < n ==> once_out_place[k] < n && once_out_at[once_out_place[k]] == k;
     ensures out: \forall integer k; 0 <= k < n ==>
             (once_out_place[k] < held - 1 <==> (k != i && \old(once_out_place[k]) < held));
  @/
  static void once_move_in(uint32_t n, uint32_t i, uint32_t held)
  {
    uint32_t p = held - 1;
    uint32_t o = once_out_at[p];
    uint32_t q = once_out_place[i];

    once_out_at[p] = i;
    once_out_place[i] = p;
    if (o != i) {
      once_out_at[q] = o;
      once_out_place[o] = q;
    }
  }
*/

/* A token goes out. */
/*@ ghost
  /@ requires n: i < n <= 65536 && held < n && once_out_place[i] >= held;
     requires at: \forall integer k; 0 <= k < n ==> once_out_at[k] < n && once_out_place[once_out_at[k]] == k;
     requires place: \forall integer k; 0 <= k < n ==> once_out_place[k] < n && once_out_at[once_out_place[k]] == k;
     assigns once_out_at[0 .. 65535], once_out_place[0 .. 65535];
     ensures at: \forall integer k; 0 <= k < n ==> once_out_at[k] < n && once_out_place[once_out_at[k]] == k;
     ensures place: \forall integer k; 0 <= k < n ==> once_out_place[k] < n && once_out_at[once_out_place[k]] == k;
     ensures out: \forall integer k; 0 <= k < n ==>
             (once_out_place[k] < held + 1 <==> (k == i || \old(once_out_place[k]) < held));
  @/
  static void once_move_out(uint32_t n, uint32_t i, uint32_t held)
  {
    uint32_t p = held;
    uint32_t o = once_out_at[p];
    uint32_t q = once_out_place[i];

    once_out_at[p] = i;
    once_out_place[i] = p;
    if (o != i) {
      once_out_at[q] = o;
      once_out_place[o] = q;
    }
  }
*/

/* A resting identity whose generation field is 0 is one that is used up. */
/*@ ghost
  /@ requires tag: tag % 0x100000000000000 == 0 && s < 65536;
     requires id: tag + s * 0x10000000000 + 0x10000000000 < id <= tag + s * 0x10000000000 + 0x20000000000;
     assigns \nothing;
     ensures worn: id % 0x10000000000 == 0 <==> id == tag + s * 0x10000000000 + 0x20000000000;
  @/
  static void once_lemma_worn(uint64_t tag, uint32_t s, uint64_t id)
  {
    /@ assert units: tag == (tag / 0x100000000000000) * 0x100000000000000; @/
    ;
  }
*/

/* An armed identity bears the number of its slot; one at rest does not. */
/*@ ghost
  /@ requires tag: tag % 0x100000000000000 == 0 && s < 65536;
     requires id: tag + s * 0x10000000000 <= id <= tag + s * 0x10000000000 + 0x20000000000;
     assigns \nothing;
     ensures slot: (id / 0x10000000000) % 65536 == s <==> id < tag + s * 0x10000000000 + 0x10000000000;
  @/
  static void once_lemma_slot(uint64_t tag, uint32_t s, uint64_t id)
  {
    /@ assert units: tag == (tag / 0x100000000000000) * 0x100000000000000; @/
    ;
  }
*/

/* The credit of slot s changes from *was* to *credit*: the sums behind it follow. */
/*@ ghost
  /@ requires n: s < n;
     requires sums: once_sums(n);
     requires was: once_credit_sum[s + 1] == once_credit_sum[s] + was;
     assigns once_credit_sum[0 .. 65536];
     ensures before: \forall integer i; 0 <= i <= s ==> once_credit_sum[i] == \old(once_credit_sum[i]);
     ensures behind: \forall integer i; s < i <= n ==>
             once_credit_sum[i] == \old(once_credit_sum[i]) - was + credit;
     ensures sums: once_sums(n);
  @/
  static void once_set_credit(uint32_t n, uint32_t s, uint32_t was, uint32_t credit)
  {
    uint32_t k = s + 1;

    /@ loop invariant range: s < k <= n + 1;
       loop invariant done: \forall integer i; s < i < k ==>
         once_credit_sum[i] == \at(once_credit_sum[i], Pre) - was + credit;
       loop invariant rest: \forall integer i; 0 <= i <= s || k <= i <= n ==>
         once_credit_sum[i] == \at(once_credit_sum[i], Pre);
       loop invariant enough: s < k - 1 ==> \at(once_credit_sum[\at(k, Here) - 1], Pre) >= was;
       loop invariant bound: \forall integer i; 0 <= i < k ==> once_credit_sum[i] <= i * 0x100000000;
       loop assigns k, once_credit_sum[0 .. 65536];
       loop variant n + 1 - k; @/
    while (k <= n) {
      once_credit_sum[k] = once_credit_sum[k] - was + credit;
      k++;
    }
  }
*/

/* The credit of a slot is not more than that of all; if that is 0, no slot has any. */
/*@ ghost
  /@ requires sums: s < n && once_sums(n);
     assigns \nothing;
     ensures part: once_credit_sum[s + 1] <= once_credit_sum[n];
  @/
  static void once_lemma_credit(uint32_t n, uint32_t s)
  {
    uint32_t k = s + 1;

    /@ loop invariant range: s < k <= n;
       loop invariant more: once_credit_sum[s + 1] <= once_credit_sum[k];
       loop assigns k;
       loop variant n - k; @/
    while (k < n) {
      k++;
    }
  }
*/

/* The head has moved from *first*: a position behind it lies where it lay. */
/*@ ghost
  /@ requires was: 0 <= once_next - first <= entries && first_at < entries && entries <= 65536 &&
              once_next_at == once_wrap(entries, first_at + (once_next - first));
     requires now: 0 <= once_next - once_head <= entries && once_head_at < entries &&
              once_next_at == once_wrap(entries, once_head_at + (once_next - once_head));
     requires forward: first <= once_head && position < once_next;
     assigns \nothing;
     ensures place: once_head <= position ==> once_place_at(entries, position) ==
             once_wrap(entries, first_at + (position - first));
  @/
  static void once_lemma_place(uint32_t entries, uint64_t first, uint32_t first_at, uint64_t position)
  {
    ;
  }
*/

/* The head leaves its place, whose token is not out and whose operation, if it ended, is freed. */
/*@ ghost
  /@ requires memory: once_memory_ok(ring);
     requires bounds: once_bounds(ring) && once_told(ring);
     requires marks: once_marks(ring);
     requires holds: once_holds_behind(ring);
     requires endings: once_endings(ring);
     requires head: once_head < once_next;
     requires seen: ring->memory.window[once_head_at].position == ONCE_NO_POSITION;
     requires freed: \forall integer s; 0 <= s < ring->capacity &&
              once_state[s] == ONCE_IS_ENDED ==> once_end_at[s] != once_head_at;
     assigns once_head, once_head_at;
     ensures bounds: once_bounds(ring);
     ensures told: once_told(ring);
     ensures marks: once_marks(ring);
     ensures holds: once_holds(ring);
     ensures endings: once_endings(ring);
     ensures forward: once_head == \old(once_head) + 1 &&
             once_head_at == once_wrap(ring->view.cq_entries, \old(once_head_at) + 1);
  @/
  static void once_pass(struct once_ring *ring)
  {
    once_head = once_head + 1;
    once_head_at = once_head_at + 1 == ring->view.cq_entries ? 0 : once_head_at + 1;
  }
*/

#endif
