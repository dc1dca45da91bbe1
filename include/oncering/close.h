/* SPDX-License-Identifier: MIT */
/*
 * Drain and close. Replaces io_uring_queue_exit(), which lets operations run
 * on and write into buffers that the program believes to have back
 * (axboe/liburing #329, cloud-hypervisor #8408). Both sides: in split mode the
 * other thread must have stopped using the ring. To close in another thread
 * than the one that used the ring, see once_hand_over().
 */
#ifndef ONCERING_CLOSE_H
#define ONCERING_CLOSE_H

#include "oncering/code.h"
#include "oncering/logic.h"
#include "oncering/logic_arrays.h"
#include "oncering/types.h"

/* What stands in the way of a close. */
struct once_report {
	uint32_t taken;
	uint32_t armed;
	uint32_t in_flight;
	uint32_t held;
	uint32_t reserved;
	uint32_t ready;
	bool overflow;
};

/* An operation that is still the kernel's: its buffers must stay. */
struct once_survivor {
	struct once_ticket ticket;
	struct once_lent lent;
	int state;       /* ONCE_STATE_* */
};

ONCE_BEGIN_C

/*
 * Cancel everything, and deliver and discard completions until nothing is in
 * flight or *deadline* (a duration) has passed. Armed operations are submitted
 * first: once armed, only a terminal completion ends an operation.
 *
 * *survivors* (may be NULL if *places* is 0) receives the first *places* of the
 * operations that did not end, *count* (may be NULL) how many there are.
 *
 * Returns 0 if nothing is left: every owner is back. Or
 *   ONCE_DEADLINE     *count* operations survive; the ring stays open; their
 *                     buffers must not be touched. Drain again, or abandon.
 *   ONCE_STILL_TAKEN, ONCE_STILL_HELD  arm or give back, see first; nothing was done
 *   ONCE_WRONG_THREAD split mode: both sides must be the calling thread's; nothing was done
 *   ONCE_NOT_OPEN, -EINVAL (*deadline*), -errno of io_uring_enter(2)
 */
ONCE_NONNULL_AT(1, 2) ONCE_MUST_CHECK
int once_drain(struct once_ring *ring, const struct once_timespec *deadline,
	       struct once_survivor *survivors, uint32_t places, uint32_t *count);

/*
 * List the operations that are armed or in flight, without touching them:
 * the first *places* into *survivors*. Returns how many there are.
 */
/*@ requires ring: once_readable(ring) && ring->capacity <= ONCE_CAPACITY_MAX;
    requires survivors: \valid(survivors + (0 .. places - 1));
    requires apart: \base_addr(survivors) != \base_addr(ring) &&
             \base_addr(survivors) != \base_addr(ring->memory.ops);
    assigns survivors[0 .. places - 1];
    ensures count: \result <= ring->capacity;
    ensures none: \result == 0 ==> (\forall integer s; 0 <= s < ring->capacity ==>
            once_slot_of(ring->memory.ops[s].id) != s); */
ONCE_NONNULL_AT(1)
uint32_t once_survivors(const struct once_ring *ring, struct once_survivor *survivors,
			uint32_t places);

/*
 * Close. *report* (may be NULL) tells what stands in the way, or zeroes.
 *
 * Returns 0: the memory is the caller's again. Or, nothing being changed,
 *   ONCE_NOT_OPEN, ONCE_STILL_TAKEN, ONCE_STILL_LIVE, ONCE_STILL_HELD,
 *   ONCE_STILL_RESERVED, ONCE_STILL_READY  the first that applies
 */
/*@ requires ring: \valid(ring) && once_readable(ring);
    requires counts: once_counts(ring);
    requires memory: ring->open != 0 ==> once_can_be_shut(ring);
    requires report: report == \null || \valid(report);
    requires apart: \base_addr(report) != \base_addr(ring) &&
             \base_addr(report) != \base_addr(ring->memory.ops) &&
             \base_addr(report) != \base_addr(ring->memory.window);
    assigns *report, ring->port, ring->open, ring->simple, ring->capacity, ring->view.cq_entries,
            ring->submit, ring->complete, ring->memory.ops[0 .. ring->capacity - 1],
            ring->memory.window[0 .. ring->view.cq_entries - 1];
    behavior not_open:
      assumes closed: ring->open == 0;
      assigns \nothing;
      ensures refused: \result == ONCE_NOT_OPEN;
    behavior still_taken:
      assumes taken: ring->open != 0 && once_count_taken(ring) != 0;
      assigns *report;
      ensures refused: \result == ONCE_STILL_TAKEN;
    behavior still_held:
      assumes held: ring->open != 0 && once_count_taken(ring) == 0 && ring->complete.held != 0;
      assigns *report;
      ensures refused: \result == ONCE_STILL_HELD;
    behavior still_live:
      assumes live: ring->open != 0 && once_count_taken(ring) == 0 && ring->complete.held == 0 &&
              once_count_armed(ring) + once_count_in_flight(ring) != 0;
      assigns *report;
      ensures refused: \result == ONCE_STILL_LIVE;
    behavior still_reserved:
      assumes reserved: ring->open != 0 && once_count_taken(ring) == 0 &&
              ring->complete.held == 0 &&
              once_count_armed(ring) + once_count_in_flight(ring) == 0 &&
              ring->complete.timers != 0;
      assigns *report;
      ensures refused: \result == ONCE_STILL_RESERVED;
    behavior nothing_left:
      assumes settled: ring->open != 0 && once_count_taken(ring) == 0 &&
              ring->complete.held == 0 &&
              once_count_armed(ring) + once_count_in_flight(ring) == 0 &&
              ring->complete.timers == 0;
      ensures answer: \result == 0 || \result == ONCE_STILL_READY;
      ensures closed: \result == 0 ==> once_closed(ring);
      ensures refused: \result != 0 ==> ring->open == \old(ring->open) &&
              ring->capacity == \old(ring->capacity) &&
              ring->view.cq_entries == \old(ring->view.cq_entries);
    complete behaviors;
    disjoint behaviors; */
ONCE_NONNULL_AT(1) ONCE_MUST_CHECK
int once_close(struct once_ring *ring, struct once_report *report);

/*
 * Close whatever the accounts say, for a program that must go on: tokens,
 * tickets and owners of this ring are void. The buffers of the survivors must
 * never be freed or reused: closing a ring does not wait for requests that
 * the kernel runs (io_uring_setup(2)). *report* (may be NULL) as above.
 * Returns 0 or ONCE_NOT_OPEN.
 */
/*@ requires ring: \valid(ring) && once_readable(ring);
    requires counts: once_counts(ring);
    requires memory: ring->open != 0 ==> once_can_be_shut(ring);
    requires report: report == \null || \valid(report);
    requires apart: \base_addr(report) != \base_addr(ring) &&
             \base_addr(report) != \base_addr(ring->memory.ops) &&
             \base_addr(report) != \base_addr(ring->memory.window);
    assigns *report, ring->port, ring->open, ring->simple, ring->capacity, ring->view.cq_entries,
            ring->submit, ring->complete, ring->memory.ops[0 .. ring->capacity - 1],
            ring->memory.window[0 .. ring->view.cq_entries - 1];
    behavior not_open:
      assumes closed: ring->open == 0;
      assigns \nothing;
      ensures refused: \result == ONCE_NOT_OPEN;
    behavior open:
      assumes open: ring->open != 0;
      ensures closed: \result == 0 && once_closed(ring);
    complete behaviors;
    disjoint behaviors; */
ONCE_NONNULL_AT(1) ONCE_MUST_CHECK
int once_abandon(struct once_ring *ring, struct once_report *report);

ONCE_END_C

#endif
