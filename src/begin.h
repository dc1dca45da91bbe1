/* SPDX-License-Identifier: MIT */
/*
 * The machine as it begins: where the ghost variables of oncering/logic.h start,
 * so that what once_begin() fills is the invariant. Compilers see an empty file.
 */
#ifndef ONCERING_SRC_BEGIN_H
#define ONCERING_SRC_BEGIN_H

#include "ring.h"

/* Every slot FREE, the first one on top of the stack; no token out; no credit. */
/*@ ghost
  /@ requires n: n <= 65536;
     assigns once_state[0 .. 65535], once_at[0 .. 65535], once_place[0 .. 65535],
             once_rank[0 .. 65535], once_out_at[0 .. 65535], once_out_place[0 .. 65535],
             once_credit_sum[0 .. 65536];
     ensures free: \forall integer s; 0 <= s < 65536 ==> once_state[s] == ONCE_IS_FREE;
     ensures sorted: \forall integer s; 0 <= s < 65536 ==> once_at[s] == s && once_place[s] == s;
     ensures rank: \forall integer s; 0 <= s < n ==> once_rank[s] == n - 1 - s;
     ensures out: \forall integer i; 0 <= i < 65536 ==>
             once_out_at[i] == i && once_out_place[i] == i;
     ensures sums: \forall integer i; 0 <= i <= 65536 ==> once_credit_sum[i] == 0;
  @/
  static void once_start_slots(uint32_t n)
  {
    uint32_t s = 0;

    once_credit_sum[65536] = 0;
    /@ loop invariant range: 0 <= s <= 65536;
       loop invariant free: \forall integer k; 0 <= k < s ==> once_state[k] == ONCE_IS_FREE;
       loop invariant sorted: \forall integer k; 0 <= k < s ==>
         once_at[k] == k && once_place[k] == k;
       loop invariant rank: \forall integer k; 0 <= k < s && k < n ==> once_rank[k] == n - 1 - k;
       loop invariant out: \forall integer k; 0 <= k < s ==>
         once_out_at[k] == k && once_out_place[k] == k;
       loop invariant sums: once_credit_sum[65536] == 0 &&
         (\forall integer k; 0 <= k < s ==> once_credit_sum[k] == 0);
       loop assigns s, once_state[0 .. 65535], once_at[0 .. 65535], once_place[0 .. 65535],
         once_rank[0 .. 65535], once_out_at[0 .. 65535], once_out_place[0 .. 65535],
         once_credit_sum[0 .. 65535];
       loop variant 65536 - s; @/
    while (s < 65536) {
      once_state[s] = ONCE_IS_FREE;
      once_at[s] = s;
      once_place[s] = s;
      once_rank[s] = s < n ? n - 1 - s : 0;
      once_out_at[s] = s;
      once_out_place[s] = s;
      once_credit_sum[s] = 0;
      s++;
    }
  }
*/

/* The counts that go with it; the head is where the ring says. */
/*@ ghost
  /@ requires ring: \valid_read(ring);
     assigns once_n_free, once_n_taken, once_n_live, once_n_ended, once_n_parked, once_n_retired,
             once_n_out, once_freed, once_collected, once_head, once_head_at, once_next,
             once_next_at, once_arming;
     ensures free: once_n_free == ring->capacity;
     ensures nothing: once_n_taken == 0 && once_n_live == 0 && once_n_ended == 0 &&
             once_n_parked == 0 && once_n_retired == 0 && once_n_out == 0 && once_freed == 0 &&
             once_collected == 0 && once_arming == ONCE_NO_INDEX;
     ensures head: once_head == ring->complete.head && once_head_at == ring->complete.head_index;
     ensures next: once_next == ring->complete.delivered &&
             once_next_at == ring->complete.next_index;
  @/
  static void once_start_counts(struct once_ring *ring)
  {
    once_n_free = ring->capacity;
    once_n_taken = 0;
    once_n_live = 0;
    once_n_ended = 0;
    once_n_parked = 0;
    once_n_retired = 0;
    once_n_out = 0;
    once_freed = 0;
    once_collected = 0;
    once_head = ring->complete.head;
    once_head_at = ring->complete.head_index;
    once_next = ring->complete.delivered;
    once_next_at = ring->complete.next_index;
    once_arming = ONCE_NO_INDEX;
  }
*/

/* What once_begin() has filled is the invariant, clause by clause. */
/*@ ghost
  /@ requires memory: once_memory_ok(ring);
     requires generation: 1 <= generation < ONCE_GENERATIONS;
     requires ids: once_ids_fresh(ring, generation);
     requires lives: once_lives_fresh(ring);
     requires stack: once_stack_fresh(ring);
     requires credits: once_credits_fresh(ring);
     requires marked: once_window_marked(ring);
     requires submit: ring->submit.submitted == ring->submit.sq_tail &&
              ring->submit.consumed == ring->submit.sq_tail &&
              ring->submit.own_total == ring->submit.sq_tail && ring->submit.free == ring->capacity &&
              ring->submit.sq_lap <= ring->submit.sq_tail <
              ring->submit.sq_lap + ring->view.sq_entries &&
              ring->submit.sq_tail <= UINT32_MAX;
     requires complete: once_complete_starts(ring);
     requires wear: ring->submit.wear_from == ring->submit.sq_tail + ONCE_GENERATIONS - generation;
     requires nothing: ring->submit.retired == 0 && ring->submit.credit_taken == 0 &&
              ring->submit.own_pending == 0 &&
              ring->submit.room == 0 && ring->submit.collected == 0 &&
              ring->submit.collect_index == 0 && ring->complete.return_index == 0 &&
              ring->complete.freed == 0 && ring->complete.ended == 0 && ring->complete.held == 0 &&
              ring->complete.retired == 0 && ring->complete.credit_returned == 0;
     requires open: ring->open != 0;
     assigns ONCE_GHOSTS;
     ONCE_KEEPS_SLOTS(ring);
     ONCE_KEEPS_WINDOW(ring);
     ONCE_KEEPS_BOOKS(ring);
     ensures prefix: once_prefix(ring) && once_arming == ONCE_NO_INDEX;
     ensures opened: once_opened(ring) && once_account(ring);
  @/
  static void once_start(struct once_ring *ring, uint64_t generation)
  {
    once_start_slots(ring->capacity);
    once_start_counts(ring);
  }
*/

#endif
