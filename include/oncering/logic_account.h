/* SPDX-License-Identifier: MIT */
/*
 * The accounts as logic: what each count is made of, and what holds between
 * the counters that both sides keep. Compilers see an empty file.
 *
 * Conservation, free + taken + armed + in flight + retired == capacity, follows
 * from the definitions; once_counts() says that none of them is negative.
 */
#ifndef ONCERING_LOGIC_ACCOUNT_H
#define ONCERING_LOGIC_ACCOUNT_H

#include "oncering/identity.h"
#include "oncering/config.h"

/*@
  predicate once_split_mode{L}(struct once_ring *r) = (r->options & ONCE_SPLIT) != 0;

  // operations ever armed; slots that came back to the stack, of those ever freed
  logic integer once_armed_ever{L}(struct once_ring *r) = r->submit.sq_tail - r->submit.own_total;
  logic integer once_came_back{L}(struct once_ring *r) =
    (r->options & ONCE_SPLIT) != 0 ? r->submit.collected : r->complete.freed;

  logic integer once_count_free{L}(struct once_ring *r) =
    r->submit.free + (r->complete.freed - once_came_back(r));
  logic integer once_count_taken{L}(struct once_ring *r) =
    r->capacity - r->submit.free - r->submit.retired - (once_armed_ever(r) - once_came_back(r));
  logic integer once_count_armed{L}(struct once_ring *r) =
    r->submit.sq_tail - r->submit.submitted - r->submit.own_pending;
  logic integer once_count_in_flight{L}(struct once_ring *r) =
    once_armed_ever(r) - once_count_armed(r) - r->complete.freed - r->complete.retired;
  logic integer once_count_retired{L}(struct once_ring *r) =
    r->complete.retired + r->submit.retired;

  predicate once_taken_counts{L}(struct once_ring *r) =
    r->submit.own_total <= r->submit.sq_tail &&
    once_came_back(r) <= r->complete.freed <= once_armed_ever(r) && 0 <= once_count_taken(r);
  predicate once_counts{L}(struct once_ring *r) =
    r->submit.own_total <= r->submit.sq_tail && r->submit.submitted <= r->submit.sq_tail &&
    r->submit.sq_tail - r->submit.submitted <= UINT32_MAX &&
    once_came_back(r) <= r->complete.freed <= once_armed_ever(r) &&
    0 <= once_count_taken(r) && 0 <= once_count_armed(r) && 0 <= once_count_in_flight(r);

  // the library's own SQEs that the kernel has not read: their positions ascend, and before each
  // lie all of its own that are older
  predicate once_own_listed{L}(struct once_ring *r) =
    r->submit.own_pending <= ONCE_OWN_SQES &&
    (\forall integer i; 0 <= i < r->submit.own_pending ==>
      r->submit.own[i] < r->submit.sq_tail &&
      r->submit.own_total <= r->submit.own[i] + (r->submit.own_pending - i)) &&
    (\forall integer i, j; 0 <= i <= j < r->submit.own_pending ==>
      r->submit.own[i] + (j - i) <= r->submit.own[j]);
  predicate once_own_ok{L}(struct once_ring *r) =
    once_own_listed(r) && r->submit.own_total <= r->submit.submitted + r->submit.own_pending &&
    (\forall integer i; 0 <= i < r->submit.own_pending ==>
      r->submit.submitted <= r->submit.own[i]) &&
    ((r->view.flags & 2) == 0 ==> r->submit.submitted <= r->submit.consumed);

  // all that once_own_ok() looks at, and the SQ's size; spelt out, for a frame that names each
  predicate once_same_own{L, M}(struct once_ring *r) =
    \at(r->submit.own_pending, L) == \at(r->submit.own_pending, M) &&
    \at(r->submit.own_total, L) == \at(r->submit.own_total, M) &&
    \at(r->submit.sq_tail, L) == \at(r->submit.sq_tail, M) &&
    \at(r->submit.submitted, L) == \at(r->submit.submitted, M) &&
    \at(r->submit.consumed, L) == \at(r->submit.consumed, M) &&
    \at(r->view.flags, L) == \at(r->view.flags, M) &&
    \at(r->view.sq_entries, L) == \at(r->view.sq_entries, M) &&
    (\forall integer i; 0 <= i < ONCE_OWN_SQES ==>
      \at(r->submit.own[i], L) == \at(r->submit.own[i], M));

  // no operation has ended, and none of those that had is counted otherwise but as passed
  predicate once_same_ends{L, M}(struct once_ring *r) =
    \at(r->complete.freed + r->complete.retired + r->complete.ended, L) ==
    \at(r->complete.freed + r->complete.retired + r->complete.ended, M);

  // between calls, as far as it is not the machine's
  predicate once_account{L}(struct once_ring *r) =
    once_counts(r) && once_own_ok(r) && r->complete.ended <= once_count_in_flight(r);

  // what a query may read: the slots, and the kernel's counters while the ring is open
  predicate once_readable{L}(struct once_ring *r) =
    \valid_read(r) && \valid_read(r->memory.ops + (0 .. r->capacity - 1)) &&
    (r->open != 0 ==> \valid_read(r->view.cq_tail) && \valid_read(r->view.sq_flags));

  // the operation that an id names is armed or in flight; it has ended and its slot rests
  predicate once_op_lives{L}(struct once_ring *r, integer id) =
    once_slot_of(id) < r->capacity && r->memory.ops[once_slot_of(id)].id == id;
  predicate once_op_rests{L}(struct once_ring *r, integer id, integer life) =
    once_slot_of(id) < r->capacity && r->memory.ops[once_slot_of(id)].life == life &&
    r->memory.ops[once_slot_of(id)].id == id + 1 + ONCE_AT_REST;
*/

#endif
