/* SPDX-License-Identifier: MIT */
/*
 * The memory of an opened ring as logic: its arrays can be used, each is an
 * object of its own, and an index stays in them. Less than the whole invariant,
 * for what needs no more. Compilers see an empty file.
 */
#ifndef ONCERING_LOGIC_ARRAYS_H
#define ONCERING_LOGIC_ARRAYS_H

#include "oncering/identity.h"
#include "oncering/types.h"

/*@
  predicate once_time_is_valid{L}(struct once_timespec *time) =
    time->seconds >= 0 && 0 <= time->nanoseconds < 1000000000;

  // --- the CQ ---

  // where the CQE of a place of the CQ lies: every second one on CQE32 rings
  logic integer once_cqe_of{L}(struct once_ring *r, integer index) =
    r->cqe_shift == 0 ? index : 2 * index;
  logic integer once_index_at{L}(struct once_ring *r, integer index) =
    index >= r->view.cq_entries ? index - r->view.cq_entries : index;

  predicate once_cq_readable{L}(struct once_ring *r) =
    \valid_read(r) && r->cqe_shift <= 1 && 1 <= r->view.cq_entries <= 65536 &&
    \valid_read(r->view.cqes + (0 .. once_cqe_of(r, r->view.cq_entries) - 1));

  // what is known to be posted and is not delivered
  predicate once_ready_in_cq{L}(struct once_ring *r) =
    r->complete.next_index < r->view.cq_entries &&
    0 <= r->complete.ready - r->complete.delivered <= r->view.cq_entries;
  logic integer once_ready_index{L}(struct once_ring *r, integer position) =
    once_index_at(r, r->complete.next_index + (position - r->complete.delivered));
  predicate once_ready_has{L}(struct once_ring *r, integer position, integer user_data) =
    r->view.cqes[once_cqe_of(r, once_ready_index(r, position))].user_data == user_data;

  logic integer once_ready_result{L}(struct once_ring *r, integer position) =
    r->view.cqes[once_cqe_of(r, once_ready_index(r, position))].res;

  // the CQE that a place of the window is the copy of
  predicate once_hold_in_window{L}(struct once_ring *r, struct once_hold *hold) =
    \exists integer i; 0 <= i < r->view.cq_entries && hold == r->memory.window + i;
  logic struct once_wire_cqe *once_cqe_behind{L}(struct once_ring *r, struct once_hold *hold) =
    r->view.cqes + once_cqe_of(r, hold - r->memory.window);

  // what is delivered and not passed
  predicate once_window_readable{L}(struct once_ring *r) =
    \valid_read(r) && 1 <= r->view.cq_entries <= 65536 &&
    \valid_read(r->memory.window + (0 .. r->view.cq_entries - 1)) &&
    r->complete.head_index < r->view.cq_entries &&
    0 <= r->complete.delivered - r->complete.head <= r->view.cq_entries;
  logic integer once_held_index{L}(struct once_ring *r, integer position) =
    once_index_at(r, r->complete.head_index + (position - r->complete.head));

  // --- a ring that was just opened, or closed ---

  // memory that can be filled: each array is an object of its own, and none the ring
  predicate once_slot_memory{L}(struct once_ring *r) =
    \valid(r) && 1 <= r->capacity <= 65536 &&
    \valid(r->memory.ops + (0 .. r->capacity - 1)) &&
    \valid(r->memory.stack + (0 .. r->capacity - 1)) &&
    \valid(r->memory.returned + (0 .. r->capacity - 1)) &&
    \valid(r->memory.credits + (0 .. r->capacity - 1)) &&
    \base_addr(r) != \base_addr(r->memory.ops) &&
    \base_addr(r) != \base_addr(r->memory.stack) &&
    \base_addr(r) != \base_addr(r->memory.returned) &&
    \base_addr(r) != \base_addr(r->memory.credits) &&
    \base_addr(r->memory.ops) != \base_addr(r->memory.stack) &&
    \base_addr(r->memory.ops) != \base_addr(r->memory.returned) &&
    \base_addr(r->memory.ops) != \base_addr(r->memory.credits) &&
    \base_addr(r->memory.stack) != \base_addr(r->memory.returned) &&
    \base_addr(r->memory.stack) != \base_addr(r->memory.credits) &&
    \base_addr(r->memory.returned) != \base_addr(r->memory.credits);
  predicate once_window_memory{L}(struct once_ring *r) =
    \valid(r) && 1 <= r->view.cq_entries <= 65536 &&
    \valid(r->memory.window + (0 .. r->view.cq_entries - 1)) &&
    \base_addr(r) != \base_addr(r->memory.window);

  // what closing writes into
  predicate once_can_be_shut{L}(struct once_ring *r) =
    \valid(r) && r->capacity <= 65536 && \valid(r->memory.ops + (0 .. r->capacity - 1)) &&
    \base_addr(r) != \base_addr(r->memory.ops) && once_window_memory(r) &&
    \base_addr(r->memory.window) != \base_addr(r->memory.ops) &&
    (r->ages != 0 ==> once_is_tag(r->tag / 0x100000000000000));

  predicate once_window_is_apart{L}(struct once_ring *r) =
    \base_addr(r->memory.window) != \base_addr(r->memory.ops) &&
    \base_addr(r->memory.window) != \base_addr(r->memory.stack) &&
    \base_addr(r->memory.window) != \base_addr(r->memory.returned) &&
    \base_addr(r->memory.window) != \base_addr(r->memory.credits);

  // each slot FREE, on the stack, without credit; its next identity has *generation*
  predicate once_ids_fresh{L}(struct once_ring *r, integer generation) =
    \forall integer s; 0 <= s < r->capacity ==>
      r->memory.ops[s].id == r->tag + s * 0x10000000000 + generation + ONCE_AT_REST;
  predicate once_lives_fresh{L}(struct once_ring *r) =
    \forall integer s; 0 <= s < r->capacity ==>
      r->memory.ops[s].life == ONCE_LIFE_FREE && r->memory.ops[s].lent.type == \null;
  predicate once_stack_fresh{L}(struct once_ring *r) =
    \forall integer s; 0 <= s < r->capacity ==> r->memory.stack[s] == r->capacity - 1 - s;
  predicate once_credits_fresh{L}(struct once_ring *r) =
    \forall integer s; 0 <= s < r->capacity ==> r->memory.credits[s] == 0;
  // no token is out
  predicate once_window_marked{L}(struct once_ring *r) =
    \forall integer i; 0 <= i < r->view.cq_entries ==>
      r->memory.window[i].position == ONCE_NO_POSITION;

  predicate once_complete_starts{L}(struct once_ring *r) =
    r->complete.delivered == r->complete.head && r->complete.ready == r->complete.head &&
    r->complete.published == r->complete.head && r->complete.opened_at == r->complete.head &&
    r->complete.head <= 0x2000000000000000 &&
    r->complete.head_index < r->view.cq_entries &&
    r->complete.next_index == r->complete.head_index;
  predicate once_sides_are_void{L}(struct once_ring *r) =
    r->submit.room == 0 && r->submit.free == 0 && r->submit.sq_tail == 0 &&
    r->submit.sq_lap == 0 && r->submit.submitted == 0 && r->submit.consumed == 0 &&
    r->submit.wear_from == 0 && r->submit.credit_taken == 0 && r->submit.owner == 0 &&
    r->submit.own_total == 0 && r->submit.own_pending == 0 && r->submit.retired == 0 &&
    r->submit.wait_first == 0 && r->submit.doubt == 0 && r->submit.collect_index == 0 &&
    r->submit.collected == 0 &&
    r->complete.head == 0 && r->complete.delivered == 0 && r->complete.ready == 0 &&
    r->complete.head_index == 0 && r->complete.next_index == 0 && r->complete.freed == 0 &&
    r->complete.ended == 0 && r->complete.held == 0 && r->complete.published == 0 &&
    r->complete.credit_returned == 0 && r->complete.opened_at == 0 &&
    r->complete.return_index == 0 && r->complete.retired == 0 && r->complete.timers == 0 &&
    r->complete.removes == 0 && r->complete.cancels == 0 && r->complete.cancel_result == 0 &&
    r->complete.owner == 0;
*/

#endif
