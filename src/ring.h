/* SPDX-License-Identifier: MIT */
/*
 * What the stages share. A stage is one file and includes no other stage; what
 * one needs of another is declared here, in the order of an operation's life.
 */
#ifndef ONCERING_SRC_RING_H
#define ONCERING_SRC_RING_H

#include "sides.h"

#include <errno.h>

/* --- violation.c: every refusal goes through here, and returns its code --- */

/*@ requires ring: \valid_read(ring);
    assigns \nothing;
    ensures code: \result == code; */
int once_refuse_submit(const struct once_ring *ring, int code, const char *call);
/*@ requires ring: \valid_read(ring);
    assigns \nothing;
    ensures code: \result == code; */
int once_refuse_complete(const struct once_ring *ring, int code, const char *call);
/*@ requires ring: \valid_read(ring);
    assigns \nothing;
    ensures code: \result == code; */
int once_refuse_slot(const struct once_ring *ring, int code, const char *call, uint32_t slot,
		     uint64_t expected, uint64_t found);
/*@ requires ring: \valid_read(ring) && \valid_read(ring->memory.ops + (0 .. ring->capacity - 1));
    assigns \nothing;
    ensures code: \result == code; */
int once_refuse_position(const struct once_ring *ring, int code, const char *call,
			 uint64_t position, uint64_t id);
/* With the value or count that was expected, and the one that was found. */
/*@ requires ring: \valid_read(ring);
    assigns \nothing;
    ensures code: \result == code; */
int once_refuse_submit_value(const struct once_ring *ring, int code, const char *call,
			     uint64_t expected, uint64_t found);
/*@ requires ring: \valid_read(ring);
    assigns \nothing;
    ensures code: \result == code; */
int once_refuse_complete_value(const struct once_ring *ring, int code, const char *call,
			       uint64_t expected, uint64_t found);

/* --- begin.c --- */

/* What both sides are when an opening begins. */
#define ONCE_SIDES_START(ring, generation) \
	ensures submit: ring->submit.submitted == ring->submit.sq_tail && \
	        ring->submit.consumed == ring->submit.sq_tail && \
	        ring->submit.own_total == ring->submit.sq_tail && ring->submit.free == ring->capacity && \
	        ring->submit.sq_lap <= ring->submit.sq_tail < \
	        ring->submit.sq_lap + ring->view.sq_entries; \
	ensures complete: once_complete_starts(ring); \
	ensures wear: ring->submit.wear_from == ring->submit.sq_tail + ONCE_GENERATIONS - generation; \
	ensures tail: ring->submit.sq_tail <= UINT32_MAX; \
	ensures nothing: ring->submit.retired == 0 && ring->submit.own_pending == 0 && \
	        ring->submit.credit_taken == 0 && ring->submit.owner == 0 && \
	        ring->complete.freed == 0 && ring->complete.ended == 0 && ring->complete.held == 0 && \
	        ring->complete.retired == 0 && ring->complete.timers == 0 && \
	        ring->complete.credit_returned == 0 && ring->complete.owner == 0; \
	ensures collected: ring->submit.room == 0 && ring->submit.collected == 0 && \
	        ring->submit.collect_index == 0 && ring->complete.return_index == 0

/*
 * The opening with number *serial* begins: fill the memory, and start both
 * sides. *generation* is the first one that each slot will have.
 */
/*@ requires slots: once_slot_memory(ring);
    requires window: once_window_memory(ring) && once_window_is_apart(ring);
    requires counters: \valid_read(ring->view.sq_head) && \valid_read(ring->view.cq_tail);
    requires entries: 1 <= ring->view.sq_entries;
    requires tag: ring->tag <= ONCE_TAGS * ONCE_TAG_UNIT;
    requires generation: 1 <= generation < ONCE_GENERATIONS;
    assigns ring->submit, ring->complete,
            ring->memory.ops[0 .. ring->capacity - 1],
            ring->memory.stack[0 .. ring->capacity - 1],
            ring->memory.returned[0 .. ring->capacity - 1],
            ring->memory.credits[0 .. ring->capacity - 1],
            ring->memory.window[0 .. ring->view.cq_entries - 1];
    ensures ids: once_ids_fresh(ring, generation);
    ensures lives: once_lives_fresh(ring);
    ensures stack: once_stack_fresh(ring);
    ensures credits: once_credits_fresh(ring);
    ensures marked: once_window_marked(ring);
    ONCE_SIDES_START(ring, generation); */
void once_begin(struct once_ring *ring, uint64_t serial, uint64_t generation);

/* Both sides of a closed ring: zeroes. */
/*@ requires ring: \valid(ring);
    assigns ring->submit, ring->complete;
    ensures zeroes: once_sides_are_void(ring);
    ensures submit: ring->submit.room == 0 && ring->submit.collected == 0 &&
            ring->submit.collect_index == 0 && ring->submit.retired == 0 &&
            ring->submit.own_pending == 0 && ring->submit.credit_taken == 0 &&
            ring->submit.owner == 0;
    ensures complete: ring->complete.return_index == 0 && ring->complete.freed == 0 &&
            ring->complete.ended == 0 && ring->complete.held == 0 &&
            ring->complete.retired == 0 && ring->complete.timers == 0 &&
            ring->complete.credit_returned == 0 && ring->complete.owner == 0; */
void once_void_sides(struct once_ring *ring);

/* --- take.c --- */

/* Recount what may be taken. */
/*@ requires ring: once_machine(ring);
    assigns ONCE_RECOUNT(ring);
    ONCE_KEEPS_SLOTS(ring);
    ONCE_KEEPS_WINDOW(ring);
    ONCE_KEEPS_BOOKS(ring);
    ensures end: ring->submit.sq_tail >= once_END ==> ring->submit.room == 0;
    ensures consumed: \old(ring->submit.consumed) <= ring->submit.consumed;
    ensures one_thread: !once_split_mode(ring) ==> once_n_free == \old(once_n_free);
    ONCE_SAME_SQ(ring);
    ONCE_SAME_TOKENS(ring);
    ensures own: \forall integer i; 0 <= i < ONCE_OWN_SQES ==>
            ring->submit.own[i] == \old(ring->submit.own[i]);
    ensures own: \old(once_own_ok(ring)) ==> once_own_ok(ring);
    ensures submitted: ring->submit.submitted == \old(ring->submit.submitted) &&
            ring->view.flags == \old(ring->view.flags) &&
            ring->view.sq_entries == \old(ring->view.sq_entries);
    ensures ended: ring->complete.freed == \old(ring->complete.freed) &&
            ring->complete.retired == \old(ring->complete.retired) &&
            ring->complete.ended == \old(ring->complete.ended);
    ensures arrays: once_same_arrays{Old, Here}(ring); */
void once_count_room(struct once_ring *ring);

/* --- arm.c --- */

/* The SQE's time goes with it, to where the kernel finds it. */
/*@ requires ring: once_machine(ring) && once_prefix(ring);
    requires index: index < ring->view.sq_entries;
    requires time: \valid_read(time) && once_apart(ring, \base_addr(time));
    assigns ring->memory.times[index], ring->view.sqes[index].addr;
    ONCE_KEEPS_SLOTS(ring);
    ONCE_KEEPS_WINDOW(ring);
    ONCE_KEEPS_BOOKS(ring);
    ensures prefix: once_prefix(ring);
    ensures own: \old(once_own_ok(ring)) ==> once_own_ok(ring);
    ONCE_SAME_SQ(ring);
    ONCE_SAME_TOKENS(ring);
    ensures arrays: once_same_arrays{Old, Here}(ring); */
void once_write_time(struct once_ring *ring, uint32_t index, const struct once_timespec *time);

/* --- submit.c --- */

/*
 * Show the kernel every SQE up to sq_tail, and wait for *least* CQEs behind
 * the head. Returns SQEs read or -errno; the accounts follow either way.
 */
/*@ requires ring: once_machine(ring);
    requires own: once_own_ok(ring);
    requires timeout: timeout == \null || \valid_read(timeout);
    assigns ONCE_SUBMISSION(ring);
    ONCE_KEEPS_SLOTS(ring);
    ONCE_KEEPS_WINDOW(ring);
    ONCE_KEEPS_BOOKS(ring);
    ensures ring: once_machine(ring);
    ensures read: (ring->view.flags & ONCE_SETUP_SQPOLL) == 0 ==>
            ring->submit.submitted == ring->submit.consumed;
    ONCE_SAME_TOKENS(ring);
    ensures own: once_own_ok(ring) && ring->submit.own_pending <= \old(ring->submit.own_pending);
    ensures same: ring->submit.sq_tail == \old(ring->submit.sq_tail) &&
            ring->submit.own_total == \old(ring->submit.own_total) &&
            ring->complete.freed == \old(ring->complete.freed) &&
            ring->complete.retired == \old(ring->complete.retired) &&
            ring->complete.ended == \old(ring->complete.ended);
    ensures arrays: once_same_arrays{Old, Here}(ring);
    ensures counts: \old(once_counts(ring)) ==> once_counts(ring);
    ensures in_flight: once_count_in_flight(ring) >= \old(once_count_in_flight(ring));
    ensures answer: \result >= 0 || once_is_errno(\result); */
int once_flush(struct once_ring *ring, uint32_t least, const struct once_timespec *timeout,
	       const void *sigmask);

/* --- own.c: SQEs of the library's own --- */

/* Append one; false if the SQ has no place. */
/*@ requires ring: once_opened(ring);
    requires own: once_own_ok(ring);
    requires wire: \valid_read(wire) && once_apart(ring, \base_addr(wire));
    requires time: time == \null ||
             (\valid_read(time) && once_apart(ring, \base_addr(time)));
    assigns ONCE_OWN_SUBMISSION(ring);
    ONCE_KEEPS_OPENED(ring);
    ensures armed: once_armed_ever(ring) == \old(once_armed_ever(ring)); */
bool once_push_own(struct once_ring *ring, const struct once_wire *wire,
		   const struct once_timespec *time);
/* After a flush: forget those that the kernel has read. */
/*@ requires ring: \valid(ring);
    requires listed: once_own_listed(ring);
    requires before: ring->submit.own_total <= ring->submit.submitted + ring->submit.own_pending;
    assigns ring->submit.own_pending, ring->submit.own[0 .. ONCE_OWN_SQES - 1];
    ensures fewer: ring->submit.own_pending <= \old(ring->submit.own_pending);
    ensures listed: once_own_listed(ring);
    ensures read: ring->submit.own_total <= ring->submit.submitted + ring->submit.own_pending;
    ensures dropped: ring->submit.own_pending != \old(ring->submit.own_pending) ==>
            \old(ring->submit.own[0]) + (\old(ring->submit.own_pending) - ring->submit.own_pending) <=
            ring->submit.submitted;
    ensures unread: \forall integer i; 0 <= i < ring->submit.own_pending ==>
            ring->submit.own[i] >= ring->submit.submitted; */
void once_count_own(struct once_ring *ring);
/* Reserve: append a timeout for a wait of *count* CQEs. 0, or why it cannot be. */
/*@ requires ring: once_opened(ring);
    requires own: once_own_ok(ring);
    requires time: \valid_read(time) && once_apart(ring, \base_addr(time));
    assigns ONCE_OWN_SUBMISSION(ring), ring->complete.timers, ring->complete.removes;
    ONCE_KEEPS_OPENED(ring);
    ensures reserved: \result == 0 ==>
            ring->complete.timers == \old(ring->complete.timers) + 1;
    ensures most: ring->complete.timers <= \old(ring->complete.timers) ||
            ring->complete.timers <= 2;
    ensures refused: \result != 0 ==> ring->complete.timers == \old(ring->complete.timers);
    ensures answer: \result == 0 || \result == -11 || \result == ONCE_TIMERS_OUT; */
int once_start_timer(struct once_ring *ring, const struct once_timespec *time, uint32_t count);
/* CQEs of the library's own among those that are ready: all, and its timeouts. */
/*@ requires ring: once_cq_readable(ring) && once_ready_in_cq(ring);
    assigns \nothing;
    ensures ready: \result <= ring->complete.ready - ring->complete.delivered;
    ensures most: \result <=
            ring->complete.timers + ring->complete.removes + ring->complete.cancels; */
uint32_t once_own_ready(const struct once_ring *ring);
/*@ requires ring: once_cq_readable(ring) && once_ready_in_cq(ring);
    assigns \nothing;
    ensures most: \result <= ring->complete.timers;
    ensures none: \result == 0 && ring->complete.timers != 0 ==>
            (\forall integer p; ring->complete.delivered <= p < ring->complete.ready ==>
               !once_ready_has(ring, p, ONCE_UDATA_TIMEOUT));
    ensures some: \result != 0 ==>
            (\exists integer p; ring->complete.delivered <= p < ring->complete.ready &&
               once_ready_has(ring, p, ONCE_UDATA_TIMEOUT)); */
uint32_t once_timers_ready(const struct once_ring *ring);
/* Whether the newest timeout that is ready came to its time. */
/*@ requires ring: once_cq_readable(ring) && once_ready_in_cq(ring);
    assigns \nothing;
    ensures timeout: \result == true ==>
            (\exists integer p; ring->complete.delivered <= p < ring->complete.ready &&
               once_ready_has(ring, p, ONCE_UDATA_TIMEOUT) &&
               once_ready_result(ring, p) == -ETIME); */
bool once_timer_expired(const struct once_ring *ring);
/* Consume a CQE of the library's own; false if it is none. */
/*@ requires memory: once_memory_ok(ring);
    requires slots: once_slots_ok(ring);
    requires window: once_window_ok(ring);
    requires cqe: \valid_read(cqe) && \base_addr(cqe) == \base_addr(ring->view.cqes);
    assigns ring->complete.timers, ring->complete.removes, ring->complete.cancels,
            ring->complete.cancel_result;
    ensures memory: once_memory_ok(ring);
    ensures slots: once_slots_ok(ring);
    ensures window: once_window_ok(ring);
    ensures kept: ONCE_WINDOW_KEPT(ring);
    behavior timer:
      assumes timer: cqe->user_data == ONCE_UDATA_TIMEOUT && ring->complete.timers != 0;
      assigns ring->complete.timers;
      ensures released: \result == true && ring->complete.timers == \old(ring->complete.timers) - 1;
    behavior remove:
      assumes remove: cqe->user_data == ONCE_UDATA_REMOVE && ring->complete.removes != 0;
      assigns ring->complete.removes;
      ensures released: \result == true && ring->complete.removes == \old(ring->complete.removes) - 1;
    behavior cancel:
      assumes cancel: cqe->user_data == ONCE_UDATA_CANCEL && ring->complete.cancels != 0;
      assigns ring->complete.cancels, ring->complete.cancel_result;
      ensures released: \result == true && ring->complete.cancels == \old(ring->complete.cancels) - 1;
      ensures kept: ring->complete.cancel_result == cqe->res;
    behavior other:
      assumes other: !(cqe->user_data == ONCE_UDATA_TIMEOUT && ring->complete.timers != 0) &&
              !(cqe->user_data == ONCE_UDATA_REMOVE && ring->complete.removes != 0) &&
              !(cqe->user_data == ONCE_UDATA_CANCEL && ring->complete.cancels != 0);
      assigns \nothing;
      ensures foreign: \result == false;
    complete behaviors;
    disjoint behaviors; */
bool once_consume_own(struct once_ring *ring, const struct once_wire_cqe *cqe);

/* --- deliver.c --- */

/* CQEs that are posted and not delivered; looks at the kernel's tail. */
/*@ requires ring: once_machine(ring);
    assigns ring->complete.published, ring->complete.ready, *ring->view.cq_head;
    ONCE_KEEPS_SLOTS(ring);
    ONCE_KEEPS_WINDOW(ring);
    ONCE_KEEPS_BOOKS(ring);
    ensures ring: once_machine(ring);
    ONCE_SAME_TOKENS(ring);
    ensures posted: \result == ring->complete.ready - once_next; */
uint32_t once_refill(struct once_ring *ring);
/* ... less the library's own: so many tokens can be had. */
/*@ requires ring: once_machine(ring);
    assigns ring->complete.published, ring->complete.ready, *ring->view.cq_head;
    ONCE_KEEPS_SLOTS(ring);
    ONCE_KEEPS_WINDOW(ring);
    ONCE_KEEPS_BOOKS(ring);
    ensures ring: once_machine(ring);
    ONCE_SAME_TOKENS(ring);
    ensures same_own: once_same_own{Old, Here}(ring);
    ensures listed: \old(once_own_ok(ring)) ==> once_own_ok(ring);
    ensures posted: \result <= ring->complete.ready - once_next;
    ensures own: ring->complete.ready - once_next - \result <=
            ring->complete.timers + ring->complete.removes + ring->complete.cancels; */
uint32_t once_deliverable(struct once_ring *ring);
/* The next CQE as a hold, or NULL if none is known to be ready. Enters nothing. */
/*@ requires ring: \valid(ring) && (once_machine(ring) || once_closed(ring));
    assigns ONCE_DELIVERY(ring);
    assigns \result \from ring->memory.window, ring->complete.next_index;
    ensures same: ring->open == \old(ring->open) &&
            ring->complete.ready == \old(ring->complete.ready) &&
            ring->view.cq_entries == \old(ring->view.cq_entries) &&
            ring->capacity == \old(ring->capacity);
    ensures same_own: once_same_own{Old, Here}(ring);
    behavior open:
      assumes open: ring->open != 0;
      ensures ring: once_machine(ring);
      ensures forward: \old(once_next) <= once_next && \old(once_head) <= once_head;
      ensures none: \result == \null ==> once_next == ring->complete.ready &&
              ring->complete.held == \old(ring->complete.held) &&
              once_same_ends{Old, Here}(ring);
      ensures token: \result != \null ==> \old(once_next) < once_next &&
              \result == ring->memory.window + once_last_at(ring->view.cq_entries) &&
              \result->position == once_next - 1 &&
              ring->complete.held == \old(ring->complete.held) + 1;
      ONCE_TOKENS_STAY(ring);
      ensures prefix: \old(once_prefix(ring)) ==> once_prefix(ring);
    behavior closed:
      assumes closed: ring->open == 0;
      ensures none: \result == \null;
      ensures ring: once_closed(ring);
    complete behaviors;
    disjoint behaviors; */
struct once_hold *once_deliver_next(struct once_ring *ring);

/* --- wait.c --- */

/* Of a contract: what the accounts are made of stays as it is. */
#define ONCE_SAME_ACCOUNT(ring) \
	(once_counts(ring) <==> \old(once_counts(ring))) && \
	once_count_in_flight(ring) == \old(once_count_in_flight(ring)) && \
	ring->complete.ended == \old(ring->complete.ended)

/*
 * Nothing is ready: fetch what the kernel keeps back. 0 if something is ready
 * now, else -EAGAIN, a refusal or -errno.
 */
/*@ requires ring: once_machine(ring);
    assigns ring->port, ring->submit.owner, ring->complete.owner, ring->complete.published,
            ring->complete.ready, *ring->view.cq_head;
    ensures ring: once_machine(ring);
    ONCE_SAME_TOKENS(ring);
    ensures answer: \result <= 0; */
int once_fetch_backlog(struct once_ring *ring, const char *call);
/*
 * Why waiting for *count* CQEs cannot end well: 0, or the refusal. *to_come*
 * more operations may post than are in flight now.
 */
#define ONCE_ANY_NUMBER UINT32_MAX
/*@ requires ring: once_ring_ok(ring);
    requires counts: ring->open != 0 ==> once_counts(ring) &&
             ring->complete.ended <= once_count_in_flight(ring);
    assigns ring->submit.owner, ring->complete.owner, ring->port, ring->complete.published,
            ring->complete.ready, *ring->view.cq_head;
    behavior open:
      assumes open: ring->open != 0;
      ensures opened: once_opened(ring);
      ensures arrays: once_same_arrays{Old, Here}(ring);
      ONCE_SAME_TOKENS(ring);
      ensures answer: \result == 0 || \result == ONCE_WRONG_THREAD ||
              \result == ONCE_ALL_HELD || \result == ONCE_WOULD_HANG;
      ensures places: \result == 0 ==>
              count <= ring->view.cq_entries - (once_next - once_head);
      ensures account: ONCE_SAME_ACCOUNT(ring);
    behavior closed:
      assumes closed: ring->open == 0;
      assigns \nothing;
      ensures not_open: \result == ONCE_NOT_OPEN;
      ensures closed: once_closed(ring);
    complete behaviors;
    disjoint behaviors; */
int once_wait_refusal(struct once_ring *ring, uint32_t count, uint32_t to_come, const char *call);
/* Enter until one more CQE is posted than is known of, the library's own too. 0 or -errno. */
/*@ requires ring: \valid(ring) && \valid(ring->view.cq_head);
    requires apart: \separated(ring, ring->view.cq_head);
    requires ready: 0 <= ring->complete.ready - ring->complete.head <= ring->view.cq_entries <= 65536;
    requires timeout: timeout == \null || \valid_read(timeout);
    assigns ring->complete.published, *ring->view.cq_head;
    ensures published: ring->complete.published == ring->complete.head;
    ensures told: *ring->view.cq_head == ring->complete.head % 0x100000000;
    ensures answer: \result == 0 || once_is_errno(\result); */
int once_wait_posted(struct once_ring *ring, const struct once_timespec *timeout);

/* --- deadline.c --- */

/*@ requires time: \valid_read(time);
    assigns \nothing;
    ensures valid: \result == true <==> once_time_is_valid(time); */
bool once_timespec_is_valid(const struct once_timespec *time);
/* The end of a valid *time* from now; beyond the clock means its last moment. */
/*@ requires time: \valid_read(time);
    requires valid: once_time_is_valid(time);
    assigns \nothing;
    ensures end: \result == UINT64_MAX ||
            \result >= time->seconds * 1000000000 + time->nanoseconds; */
uint64_t once_end_of(const struct once_timespec *time);
/* What is left until *end*. */
/*@ assigns \nothing;
    ensures valid: \result.seconds >= 0 && 0 <= \result.nanoseconds < 1000000000;
    ensures no_later: \result.seconds * 1000000000 + \result.nanoseconds <= end; */
struct once_timespec once_left_until(uint64_t end);
/* Why a wait until *end* brought nothing: -ETIME, or -EINTR if it is not over. */
/*@ assigns \nothing;
    ensures why: \result == -62 || \result == -4; */
int once_why_woken(uint64_t end);

/* --- reclaim.c --- */

/* Move the head over the seen prefix, and free the slots of ended operations. */
/*@ requires memory: once_memory_ok(ring);
    requires slots: once_slots_ok(ring);
    requires window: once_window_ok(ring);
    requires books: once_books_submit(ring) && once_books_complete(ring);
    assigns ONCE_HEAD_COUNTERS(ring), ONCE_SLOT_MEMORY(ring);
    ONCE_KEEPS_SLOTS(ring);
    ONCE_KEEPS_WINDOW(ring);
    ensures books_submit: once_books_submit(ring);
    ensures books_complete: once_books_complete(ring);
    ensures open: ring->open == \old(ring->open);
    ensures same: ring->capacity == \old(ring->capacity) &&
            ring->view.cq_entries == \old(ring->view.cq_entries) &&
            ring->complete.opened_at == \old(ring->complete.opened_at);
    ensures ends: once_same_ends{Old, Here}(ring);
    ensures same_own: once_same_own{Old, Here}(ring);
    ensures forward: \old(once_head) <= once_head <= once_next;
    ensures only_seen: \forall integer i; 0 <= i < ring->view.cq_entries &&
            \old(once_pos(ring->view.cq_entries, i)) < once_head ==>
            ring->memory.window[i].position == ONCE_NO_POSITION;
    ensures all_seen: once_head == once_next ||
            ring->memory.window[once_head_at].position != ONCE_NO_POSITION; */
void once_reclaim(struct once_ring *ring);
/* Take back a slot's credit; true if its generations are used up: ENDED → RETIRED. */
/*@ requires memory: once_memory_ok(ring);
    requires slots: once_slots_ok(ring);
    requires slot: slot < ring->capacity && once_state[slot] == ONCE_IS_ENDED;
    assigns ring->memory.credits[slot], ring->complete.credit_returned, ring->memory.ops[slot].life,
            ring->complete.retired, once_at[0 .. 65535], once_place[0 .. 65535], once_state[slot],
            once_n_ended, once_n_retired, once_credit_sum[0 .. 65536];
    ONCE_KEEPS_SLOTS(ring);
    ensures kept: ONCE_WINDOW_KEPT(ring);
    ensures credit: ring->memory.credits[slot] == 0;
    behavior worn_out:
      assumes worn: once_worn(ring->tag, slot, ring->memory.ops[slot].id);
      ensures retired: \result && once_state[slot] == ONCE_IS_RETIRED &&
              once_n_retired == \old(once_n_retired) + 1 && once_n_ended == \old(once_n_ended) - 1;
    behavior not_yet:
      assumes rests: once_rests(ring->tag, slot, ring->memory.ops[slot].id);
      ensures ended: !\result && once_state[slot] == ONCE_IS_ENDED &&
              once_n_retired == \old(once_n_retired) && once_n_ended == \old(once_n_ended);
    complete behaviors;
    disjoint behaviors; */
bool once_retire_slot(struct once_ring *ring, uint32_t slot);

#endif
