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

#include "oncering/types.h"

ONCE_BEGIN_C

/* Slots that operations can be taken from. */
ONCE_NONNULL uint32_t once_free(const struct once_ring *ring);
/* SQEs taken and neither armed nor given back. */
ONCE_NONNULL uint32_t once_taken(const struct once_ring *ring);
/* Operations armed and not submitted. */
ONCE_NONNULL uint32_t once_armed(const struct once_ring *ring);
/* Operations submitted and not ended by a terminal completion that was seen (and all before it). */
ONCE_NONNULL uint32_t once_in_flight(const struct once_ring *ring);
/* Slots whose generations are used up. */
ONCE_NONNULL uint32_t once_retired(const struct once_ring *ring);
/* Slots there are. */
ONCE_NONNULL uint32_t once_capacity(const struct once_ring *ring);
/* CQEs posted and not delivered; may count CQEs of the library's own. Replaces io_uring_cq_ready(). */
ONCE_NONNULL uint32_t once_ready(const struct once_ring *ring);
/* Tokens delivered and not seen. */
ONCE_NONNULL uint32_t once_held(const struct once_ring *ring);
/* Timeout reservations whose CQE is still to come. */
ONCE_NONNULL uint32_t once_reserved(const struct once_ring *ring);
/* The kernel keeps CQEs that found no room. Replaces io_uring_cq_has_overflow(). */
ONCE_NONNULL bool once_has_overflow(const struct once_ring *ring);

/* Operations ever armed; CQ positions ever passed (seen, discarded or the library's own). */
ONCE_NONNULL uint64_t once_armed_total(const struct once_ring *ring);
ONCE_NONNULL uint64_t once_passed_total(const struct once_ring *ring);

/*
 * Fetch what the kernel keeps back: CQEs that overflowed, deferred task work.
 * Peek and wait do so themselves. Completing side. Replaces
 * io_uring_get_events(). Returns 0, ONCE_NOT_OPEN, ONCE_WRONG_THREAD or -errno.
 */
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
ONCE_NONNULL ONCE_MUST_CHECK
int once_state_of(const struct once_ring *ring, const struct once_ticket *ticket);

ONCE_END_C

#endif
