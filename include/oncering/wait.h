/* SPDX-License-Identifier: MIT */
/*
 * Wait until a completion can be delivered, and deliver it. Replaces
 * io_uring_wait_cqe*(). Completing side.
 */
#ifndef ONCERING_WAIT_H
#define ONCERING_WAIT_H

#include "oncering/deliver.h"

/* Of a wait's contract: a token that is out, or why there is none; in *why*. */
#define ONCE_WAITED(ring, why) \
	ensures ring: once_ring_ok(ring); \
	behavior open: \
	  assumes open: ring->open != 0; \
	  ensures opened: once_opened(ring); \
	  ensures arrays: once_same_arrays{Old, Here}(ring); \
	  ensures sizes: ring->capacity == \old(ring->capacity) && \
	          ring->view.cq_entries == \old(ring->view.cq_entries); \
	  ensures none: \result == \null ==> why <= 0; \
	  ensures token: \result != \null ==> \valid(\result) && \
	          once_token_out(ring, (struct once_hold *)\result, \result->position) && \
	          \old(once_next) <= \result->position; \
	  ONCE_TOKENS_STAY(ring); \
	behavior closed: \
	  assumes closed: ring->open == 0; \
	  ensures none: \result == \null && why == ONCE_NOT_OPEN; \
	  ensures closed: once_closed(ring); \
	complete behaviors

/* The contract of a wait that fills a token. */
#define ONCE_WAITS(ring, cqe) \
	requires ring: once_ring_ok(ring); \
	requires account: ring->open != 0 ==> once_account(ring); \
	requires token: \valid(cqe) && \base_addr(cqe) != \base_addr(ring) && \
	         (ring->open != 0 ==> once_apart(ring, \base_addr(cqe))); \
	assigns *cqe, ring->port, ring->submit.owner, ring->complete.owner, ONCE_TIMED_WAIT(ring); \
	ensures ring: once_ring_ok(ring); \
	behavior open: \
	  assumes open: ring->open != 0; \
	  ensures opened: once_opened(ring); \
	  ensures arrays: once_same_arrays{Old, Here}(ring); \
	  ensures sizes: ring->capacity == \old(ring->capacity) && \
	          ring->view.cq_entries == \old(ring->view.cq_entries); \
	  ensures token: \result == 0 ==> cqe->ring == ring && \
	          once_token_out(ring, cqe->hold, cqe->position) && \
	          \old(once_next) <= cqe->position; \
	  ensures none: \result <= 0; \
	  ONCE_TOKENS_STAY(ring); \
	behavior closed: \
	  assumes closed: ring->open == 0; \
	  ensures not_open: \result == ONCE_NOT_OPEN; \
	complete behaviors

ONCE_BEGIN_C

/* The core of once_wait(). */
/*@ requires ring: once_ring_ok(ring);
    requires account: ring->open != 0 ==> once_account(ring);
    requires error: \valid(error) && \base_addr(error) != \base_addr(ring) &&
             (ring->open != 0 ==> once_apart(ring, \base_addr(error)));
    assigns *error, ring->port, ring->submit.owner, ring->complete.owner, ONCE_TIMED_WAIT(ring);
    assigns \result \from ring->memory.window, ring->complete.next_index;
    ONCE_WAITED(ring, *error);
    disjoint behaviors; */
ONCE_NONNULL ONCE_MUST_CHECK ONCE_PAIRED_WITH(once_core_seen, 2)
struct once_hold *once_core_wait(struct once_ring *ring, int *error);
/* The core of once_wait_for(), as that of once_peek(). */
/*@ requires ring: once_ring_ok(ring);
    requires account: ring->open != 0 ==> once_account(ring);
    requires timeout: timeout == \null || \valid_read(timeout);
    requires error: \valid(error) && \base_addr(error) != \base_addr(ring) &&
             (ring->open != 0 ==> once_apart(ring, \base_addr(error)));
    assigns *error, ring->port, ring->submit.owner, ring->complete.owner, ONCE_TIMED_WAIT(ring);
    assigns \result \from ring->memory.window, ring->complete.next_index;
    ONCE_WAITED(ring, *error);
    disjoint behaviors; */
ONCE_NONNULL_AT(1, 5) ONCE_MUST_CHECK ONCE_PAIRED_WITH(once_core_seen, 2)
struct once_hold *once_core_wait_for(struct once_ring *ring, unsigned count,
				     const struct once_timespec *timeout, const void *sigmask,
				     int *error);

/*
 * Deliver the next CQE, waiting for it.
 *
 * Returns 0 and a token, or
 *   -EINTR            a signal came; nothing was delivered
 *   -EAGAIN           the kernel woke the wait for nothing, or did not read the
 *                     library's own SQEs: wait again
 *   ONCE_WOULD_HANG   nothing is in flight that could post it (not with
 *                     ONCE_EXPECT_FOREIGN or ONCE_SPLIT). Raw liburing waits for ever
 *                     (axboe/liburing #11)
 *   ONCE_ALL_HELD     held tokens fill the CQ, so none can come
 *   ONCE_NOT_OPEN, ONCE_WRONG_THREAD, -errno as above
 */
/*@ ONCE_WAITS(ring, cqe);
    disjoint behaviors; */
ONCE_NONNULL ONCE_MUST_CHECK
ONCE_INLINE int once_wait(struct once_ring *ring, struct once_cqe *cqe)
{
	int rc;

	{ /* the proof looks back when error is gone */
		int error = 0;
		struct once_hold *hold = once_core_wait(ring, &error);

		rc = once_hold_to_token(ring, hold, error, cqe);
		/*@ assert apart: ring->open != 0 ==> once_apart(ring, \base_addr(&error)) &&
		      \base_addr(ring->view.sq_head) != \base_addr(&error) &&
		      \base_addr(ring->view.cq_tail) != \base_addr(&error) &&
		      \base_addr(ring->view.sq_flags) != \base_addr(&error); */
		/*@ assert opened: ring->open != 0 ==> once_opened(ring); */
		/*@ assert valid: ring->open != 0 ==> once_valid(ring); */
	}
	/*@ assert valid: ring->open != 0 ==> once_valid(ring); */
	/*@ assert memory: ring->open != 0 ==> once_memory_ok(ring); */
	/*@ assert opened: ring->open != 0 ==> once_opened(ring); */
	return rc;
}

/*
 * Wait until *count* CQEs can be delivered (0: as 1), or *timeout* (a duration;
 * NULL: for ever) has passed, with signal mask *sigmask* (a sigset_t; NULL: as
 * it is), then deliver the next one. If the time passes with some but fewer
 * than *count*, the next one is delivered. Replaces io_uring_wait_cqes().
 *
 * On a kernel without IORING_FEAT_EXT_ARG the timeout is an SQE of the
 * library's: armed operations ahead of it are submitted too, and SQEs that are
 * taken do not matter. Its CQE is consumed by the library whenever it comes;
 * until then the reservation is out (once_reserved()), and keeps the ring from
 * being closed; a drain ends it. Behind an IOSQE_IO_DRAIN that waits, the
 * kernel keeps it back: then the wait lasts as long as the operations ahead.
 *
 * Returns as once_wait() (never ONCE_WOULD_HANG with a timeout), or
 *   -ETIME            the time passed, and nothing can be delivered
 *   -EINVAL           a negative time, or nanoseconds outside 0 .. 999999999
 *   ONCE_SPLIT_TIMER  split mode without IORING_FEAT_EXT_ARG: it would touch the SQ
 *   ONCE_TIMERS_OUT   (without IORING_FEAT_EXT_ARG) two older timeouts are still
 *                     to complete: deliver or wait untimed first; or the CQEs of
 *                     older ones lie behind a token that is held: see it first
 */
/*@ requires timeout: timeout == \null || \valid_read(timeout);
    ONCE_WAITS(ring, cqe);
    disjoint behaviors; */
ONCE_NONNULL_AT(1, 2) ONCE_MUST_CHECK
ONCE_INLINE int once_wait_for(struct once_ring *ring, struct once_cqe *cqe, unsigned count,
				const struct once_timespec *timeout, const void *sigmask)
{
	int rc;

	{ /* the proof looks back when error is gone */
		int error = 0;
		struct once_hold *hold = once_core_wait_for(ring, count, timeout, sigmask, &error);

		rc = once_hold_to_token(ring, hold, error, cqe);
		/*@ assert apart: ring->open != 0 ==> once_apart(ring, \base_addr(&error)) &&
		      \base_addr(ring->view.sq_head) != \base_addr(&error) &&
		      \base_addr(ring->view.cq_tail) != \base_addr(&error) &&
		      \base_addr(ring->view.sq_flags) != \base_addr(&error); */
		/*@ assert opened: ring->open != 0 ==> once_opened(ring); */
		/*@ assert valid: ring->open != 0 ==> once_valid(ring); */
	}
	/*@ assert valid: ring->open != 0 ==> once_valid(ring); */
	/*@ assert memory: ring->open != 0 ==> once_memory_ok(ring); */
	/*@ assert opened: ring->open != 0 ==> once_opened(ring); */
	return rc;
}

/* Wait until *count* CQEs can be delivered, then deliver the next one: io_uring_wait_cqe_nr(). */
/*@ ONCE_WAITS(ring, cqe);
    disjoint behaviors; */
ONCE_NONNULL ONCE_MUST_CHECK
ONCE_INLINE int once_wait_nr(struct once_ring *ring, struct once_cqe *cqe, unsigned count)
{
	return once_wait_for(ring, cqe, count, NULL, NULL);
}

/* Wait for the next CQE at most as long as *timeout*: io_uring_wait_cqe_timeout(). */
/*@ requires timeout: \valid_read(timeout);
    ONCE_WAITS(ring, cqe);
    disjoint behaviors; */
ONCE_NONNULL ONCE_MUST_CHECK
ONCE_INLINE int once_wait_timeout(struct once_ring *ring, struct once_cqe *cqe,
				    const struct once_timespec *timeout)
{
	return once_wait_for(ring, cqe, 1, timeout, NULL);
}

ONCE_END_C

#endif
