/* SPDX-License-Identifier: MIT */
/*
 * Timed waits without IORING_FEAT_EXT_ARG: an SQE of the library's own is the
 * timeout. It also ends when so many CQEs were posted, which may be other ones
 * than those waited for; then it is renewed for the time that is left.
 */
#include "wait.h"

/* Of a round: the reservation is still to come; or it is not, and a new one has to be made. */
enum { TIMER_OUT = WAIT_ON, TIMER_BACK };

/* Of a contract: of the wait's local, that it is none of the ring's. */
#define LEFT_IS_APART(ring, left) \
	\valid(left) && once_apart(ring, \base_addr(left)) && \
	\base_addr(left) != \base_addr(ring->view.sq_head) && \
	\base_addr(left) != \base_addr(ring->view.cq_tail) && \
	\base_addr(left) != \base_addr(ring->view.sq_flags)

/* Enter once with a reservation out. 0: *count* can be delivered; else why it waits no more. */
/*@ requires ring: once_opened(ring);
    requires own: once_own_ok(ring);
    assigns ring->complete.ready, ONCE_SUBMISSION(ring);
    WAIT_KEEPS(ring);
    ensures same: ring->view.sq_entries == \old(ring->view.sq_entries);
    ensures own: once_own_ok(ring);
    ensures answer: \result <= TIMER_BACK; */
static int enter_reserved(struct once_ring *ring, uint32_t count, const void *sigmask)
{
	const uint64_t submitted = ring->submit.submitted;
	const uint64_t posted = ring->complete.ready;
	/*
	 * For any CQE, not for *count*: a timeout that expires before the kernel
	 * begins to wait does not end a wait, but for the CQE that it posts.
	 */
	const uint32_t there = (uint32_t)(posted - ring->complete.head);
	const int rc = once_flush(ring, there + 1, NULL, sigmask);
	/*@ assert flushed: once_opened(ring) && ONCE_LIES_AS(ring, Pre); */
	const uint32_t ready = once_deliverable(ring);

	/*@ assert looked: once_opened(ring) && ONCE_LIES_AS(ring, Pre); */
	if (once_timers_ready(ring) == ring->complete.timers)
		return TIMER_BACK;
	if (ready >= count)
		return 0;
	if (rc < 0)
		return rc;
	if (ring->submit.submitted != ring->submit.sq_tail)
		return ring->submit.submitted == submitted ? -EAGAIN : TIMER_OUT;
	/* the kernel hides a signal behind the SQEs it has read */
	return ring->complete.ready == posted ? -EINTR : TIMER_OUT;
}

/* The reservation is back. 0: a CQE can be delivered; -ETIME: it came to its time. */
/*@ requires ring: once_opened(ring);
    requires own: once_own_ok(ring);
    requires left: LEFT_IS_APART(ring, left);
    assigns *left, ring->complete.ready, ONCE_DELIVERY(ring);
    WAIT_KEEPS(ring);
    ensures same: ring->view.sq_entries == \old(ring->view.sq_entries);
    ensures own: once_own_ok(ring);
    ensures answer: \result <= 0 || \result == TIMER_BACK; */
static int end_reservation(struct once_ring *ring, struct once_timespec *left, uint64_t end)
{
	if (once_deliverable(ring) != 0)
		return 0;
	/*@ assert looked: once_opened(ring) && ONCE_LIES_AS(ring, Pre); */
	if (once_timer_expired(ring))
		return -ETIME;
	(void)next_token(ring); /* nothing but CQEs of the library's own */
	/*@ assert opened: once_opened(ring) && ONCE_LIES_AS(ring, Pre); */
	*left = once_left_until(end);
	return left->seconds == 0 && left->nanoseconds == 0 ? -ETIME : TIMER_BACK;
}

/* *last*: what the round before said. */
/*@ requires ring: once_opened(ring);
    requires own: once_own_ok(ring);
    requires count: count <= ring->view.cq_entries;
    requires left: LEFT_IS_APART(ring, left);
    assigns *left, ONCE_TIMED_WAIT(ring);
    WAIT_KEEPS(ring);
    ensures same: ring->view.sq_entries == \old(ring->view.sq_entries);
    ensures own: once_own_ok(ring);
    ensures answer: \result <= TIMER_BACK; */
static int reserved_round(struct once_ring *ring, uint32_t count, struct once_timespec *left,
		      const void *sigmask, uint64_t end, int last)
{
	const uint32_t ready = once_deliverable(ring);
	int rc = 0;

	/*@ assert looked: once_opened(ring) && ONCE_LIES_AS(ring, Pre); */
	if (ready >= count)
		return 0;
	if (ring->complete.ready - ring->complete.head >= ring->view.cq_entries &&
	    places_for(ring, ready, count) == 0)
		return wait_no_more(ring, ready, count);
	if (last == TIMER_BACK)
		rc = once_start_timer(ring, left, count - ready);
	/*@ assert started: once_opened(ring); */
	/*@ assert arrays: once_same_arrays{Pre, Here}(ring); */
	/*@ assert where: ONCE_LIES_AS(ring, Pre); */
	if (rc == 0)
		rc = enter_reserved(ring, count, sigmask);
	return rc == TIMER_BACK ? end_reservation(ring, left, end) : rc;
}

/*@ requires ring: once_opened(ring);
    requires own: once_own_ok(ring);
    requires count: count <= ring->view.cq_entries;
    requires left: LEFT_IS_APART(ring, left);
    assigns *left, ONCE_TIMED_WAIT(ring);
    WAIT_KEEPS(ring);
    ensures own: once_own_ok(ring);
    ensures answer: \result <= 0; */
static int reserved_rounds(struct once_ring *ring, uint32_t count, struct once_timespec *left,
		       const void *sigmask, uint64_t end)
{
	int rc = TIMER_BACK;

	/*@ loop invariant ring: once_opened(ring);
	    loop invariant own: once_own_ok(ring);
	    loop invariant arrays: once_same_arrays{Pre, Here}(ring);
	    loop invariant where: ONCE_LIES_AS(ring, Pre);
	    loop invariant entries: ring->view.sq_entries == \at(ring->view.sq_entries, Pre);
	    loop invariant forward: \at(once_next, Pre) <= once_next;
	    loop invariant answer: rc <= TIMER_BACK;
	    loop invariant stay: \forall integer i; 0 <= i < ring->view.cq_entries &&
	      \at(ring->memory.window[i].position, Pre) != ONCE_NO_POSITION ==>
	      ring->memory.window[i].position == \at(ring->memory.window[i].position, Pre);
	    loop assigns rc, *left, ONCE_LOOP_TIMED_WAIT(ring); */
	while (rc > 0)
		rc = reserved_round(ring, count, left, sigmask, end, rc);
	return rc;
}

int once_wait_reserved(struct once_ring *ring, uint32_t count, const struct once_timespec *timeout,
		       const void *sigmask)
{
	const uint64_t end = once_end_of(timeout);
	int rc;

	{ /* the proof looks back when left is gone */
		struct once_timespec left = *timeout;

		/*@ assert valid: once_valid(ring); */
		/*@ assert machine: once_machine(ring); */
		/*@ assert own: once_own_ok(ring); */
		rc = reserved_rounds(ring, count, &left, sigmask, end);
		/*@ assert apart: LEFT_IS_APART(ring, &left); */
		/*@ assert opened: once_opened(ring); */
		/*@ assert valid: once_valid(ring); */
	}
	/*@ assert parts: ONCE_VALID(ring); */
	/*@ assert valid: once_valid(ring); */
	/*@ assert memory: once_memory_ok(ring); */
	/*@ assert opened: once_opened(ring); */
	return rc;
}
