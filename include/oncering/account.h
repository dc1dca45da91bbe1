/* SPDX-License-Identifier: MIT */
/*
 * The accounts: how many are where. Each a constant-time query without a
 * system call, 0 on a closed ring. In split mode, from either thread; what the
 * other thread does meanwhile may not be counted yet.
 *
 *   free + taken + armed + in flight + retired == capacity
 */
#ifndef ONCERING_ACCOUNT_H
#define ONCERING_ACCOUNT_H

#include "oncering/code.h"
#include "oncering/logic_account.h"
#include "oncering/types.h"

ONCE_BEGIN_C

/* Slots that operations can be taken from. */
/*@ requires ring: \valid_read(ring);
    requires counts: once_counts(ring);
    assigns \nothing;
    ensures free: \result == once_count_free(ring); */
ONCE_NONNULL uint32_t once_free(const struct once_ring *ring);
/* SQEs taken and neither armed nor given back. */
/*@ requires ring: \valid_read(ring);
    requires counts: once_taken_counts(ring);
    assigns \nothing;
    ensures taken: \result == once_count_taken(ring); */
ONCE_NONNULL uint32_t once_taken(const struct once_ring *ring);
/* Operations armed and not submitted. */
/*@ requires ring: \valid_read(ring);
    requires counts: once_counts(ring);
    assigns \nothing;
    ensures armed: \result == once_count_armed(ring); */
ONCE_NONNULL uint32_t once_armed(const struct once_ring *ring);
/* Operations submitted and not ended by a terminal completion that was seen (and all before it). */
/*@ requires ring: \valid_read(ring);
    requires counts: once_counts(ring);
    assigns \nothing;
    ensures in_flight: \result == once_count_in_flight(ring); */
ONCE_NONNULL uint32_t once_in_flight(const struct once_ring *ring);
/* Slots whose generations are used up. */
/*@ requires ring: \valid_read(ring);
    requires counts: ring->complete.retired + ring->submit.retired <= UINT32_MAX;
    assigns \nothing;
    ensures retired: \result == once_count_retired(ring); */
ONCE_NONNULL uint32_t once_retired(const struct once_ring *ring);
/* Slots there are. */
/*@ requires ring: \valid_read(ring);
    assigns \nothing;
    ensures capacity: \result == ring->capacity; */
ONCE_NONNULL uint32_t once_capacity(const struct once_ring *ring);
/* CQEs posted and not delivered; may count CQEs of the library's own. Replaces io_uring_cq_ready(). */
/*@ requires ring: once_readable(ring);
    assigns \nothing;
    ensures closed: ring->open == 0 ==> \result == 0; */
ONCE_NONNULL uint32_t once_ready(const struct once_ring *ring);
/* Tokens delivered and not seen. */
/*@ requires ring: \valid_read(ring);
    assigns \nothing;
    ensures held: \result == ring->complete.held; */
ONCE_NONNULL uint32_t once_held(const struct once_ring *ring);
/* Timeout reservations whose CQE is still to come. */
/*@ requires ring: \valid_read(ring);
    assigns \nothing;
    ensures reserved: \result == ring->complete.timers; */
ONCE_NONNULL uint32_t once_reserved(const struct once_ring *ring);
/* The kernel keeps CQEs that found no room. Replaces io_uring_cq_has_overflow(). */
/*@ requires ring: once_readable(ring);
    assigns \nothing;
    ensures closed: ring->open == 0 ==> \result == false; */
ONCE_NONNULL bool once_has_overflow(const struct once_ring *ring);

/* Operations ever armed; CQ positions ever passed (seen, discarded or the library's own). */
/*@ requires ring: \valid_read(ring);
    requires counts: once_counts(ring);
    assigns \nothing;
    ensures armed: \result == once_armed_ever(ring); */
ONCE_NONNULL uint64_t once_armed_total(const struct once_ring *ring);
/*@ requires ring: \valid_read(ring);
    requires head: ring->complete.opened_at <= ring->complete.head;
    assigns \nothing;
    ensures passed: \result == ring->complete.head - ring->complete.opened_at; */
ONCE_NONNULL uint64_t once_passed_total(const struct once_ring *ring);

/*
 * Fetch what the kernel keeps back: CQEs that overflowed, deferred task work.
 * Peek and wait do so themselves. Completing side. Replaces
 * io_uring_get_events(). Returns 0, ONCE_NOT_OPEN, ONCE_WRONG_THREAD or -errno.
 */
/*@ requires ring: \valid(ring);
    requires head: ring->open != 0 ==> \valid(ring->view.cq_head) &&
             \separated(ring, ring->view.cq_head);
    assigns ring->submit.owner, ring->complete.owner, ring->port, ring->complete.published,
            *ring->view.cq_head;
    behavior open:
      assumes open: ring->open != 0;
      ensures answer: \result == 0 || \result == ONCE_WRONG_THREAD || -4095 <= \result <= -1;
      ensures told: \result != ONCE_WRONG_THREAD ==>
              ring->complete.published == ring->complete.head &&
              *ring->view.cq_head == ring->complete.head % 0x100000000;
      ensures refused: \result == ONCE_WRONG_THREAD ==>
              ring->complete.published == \old(ring->complete.published);
      ensures owner: \result != ONCE_WRONG_THREAD && !once_split_mode(ring) ==>
              ring->submit.owner != 0;
    behavior closed:
      assumes closed: ring->open == 0;
      assigns \nothing;
      ensures refused: \result == ONCE_NOT_OPEN;
    complete behaviors;
    disjoint behaviors; */
ONCE_NONNULL ONCE_MUST_CHECK
int once_get_events(struct once_ring *ring);

/* Life of the operation that a ticket names. */
enum once_state {
	ONCE_STATE_FREE = 0,      /* not there (any more) */
	ONCE_STATE_ARMED = 1,
	ONCE_STATE_IN_FLIGHT = 2,
	ONCE_STATE_ENDED = 3,     /* terminal completion delivered, not yet passed */
	ONCE_STATE_RETIRED = 4    /* gone, and with it its slot */
};

/* Where the operation is: ONCE_STATE_*, or ONCE_OTHER_RING. */
/*@ requires ring: once_readable(ring);
    requires ticket: \valid_read(ticket);
    assigns \nothing;
    behavior other_ring:
      assumes other: ticket->ring != ring;
      ensures refused: \result == ONCE_OTHER_RING;
    behavior in_flight:
      assumes same: ticket->ring == ring;
      assumes lives: once_op_lives(ring, ticket->id);
      assumes submitted: ring->memory.ops[once_slot_of(ticket->id)].life < ring->submit.submitted;
      ensures in_flight: \result == ONCE_STATE_IN_FLIGHT;
    behavior armed:
      assumes same: ticket->ring == ring;
      assumes lives: once_op_lives(ring, ticket->id);
      assumes waits: ring->memory.ops[once_slot_of(ticket->id)].life >= ring->submit.submitted;
      ensures armed: \result == ONCE_STATE_ARMED;
    behavior ended:
      assumes same: ticket->ring == ring;
      assumes ended: once_op_rests(ring, ticket->id, ONCE_LIFE_ENDED);
      ensures ended: \result == ONCE_STATE_ENDED;
    behavior retired:
      assumes same: ticket->ring == ring;
      assumes retired: once_op_rests(ring, ticket->id, ONCE_LIFE_RETIRED);
      ensures retired: \result == ONCE_STATE_RETIRED;
    behavior gone:
      assumes same: ticket->ring == ring;
      assumes dead: !once_op_lives(ring, ticket->id);
      assumes passed: !once_op_rests(ring, ticket->id, ONCE_LIFE_ENDED) &&
              !once_op_rests(ring, ticket->id, ONCE_LIFE_RETIRED);
      ensures gone: \result == ONCE_STATE_FREE;
    complete behaviors;
    disjoint behaviors; */
ONCE_NONNULL ONCE_MUST_CHECK
int once_state_of(const struct once_ring *ring, const struct once_ticket *ticket);

ONCE_END_C

#endif
