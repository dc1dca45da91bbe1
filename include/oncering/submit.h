/* SPDX-License-Identifier: MIT */
/*
 * Submit: ARMED → IN_FLIGHT. Replaces io_uring_submit() and its family.
 *
 * Common answers, nothing being submitted:
 *   ONCE_NOT_ARMED    an SQE is taken but not armed; the violation names its slot
 *   ONCE_NOT_OPEN     the ring is closed
 *   ONCE_WRONG_THREAD the submitting side belongs to another thread
 *   -errno            io_uring_enter(2): -EAGAIN, -EBUSY (the CQ overflowed: see
 *                     and retry), -EINTR, -EEXIST (SINGLE_ISSUER and another task).
 *                     Armed operations stay armed: submit again. Never free them.
 *
 * A submit may be short, because of an SQE that the kernel rejects at once
 * (without IORING_SETUP_SUBMIT_ALL): it returns fewer than were armed; that SQE
 * gets its CQE all the same, and the rest stays armed.
 */
#ifndef ONCERING_SUBMIT_H
#define ONCERING_SUBMIT_H

#include "oncering/wait.h"

ONCE_BEGIN_C

/*
 * Submit all armed operations. Submitting side.
 * Returns how many became in flight, 0 if none was armed, or a common answer.
 * With IORING_SETUP_SQPOLL they are in flight once the kernel's thread can see
 * them.
 */
/*@ requires ring: once_ring_ok(ring);
    requires account: ring->open != 0 ==> once_account(ring);
    assigns ring->submit.owner, ring->port, ONCE_SUBMISSION(ring);
    ensures ring: once_ring_ok(ring);
    behavior open:
      assumes open: ring->open != 0;
      ONCE_SUBMITTED(ring);
      ensures answer: \result >= 0 || \result == ONCE_NOT_ARMED ||
              \result == ONCE_WRONG_THREAD || -4095 <= \result <= -1;
    behavior closed:
      assumes closed: ring->open == 0;
      ensures not_open: \result == ONCE_NOT_OPEN;
      ensures nobodys: ring->submit.owner == \old(ring->submit.owner);
    complete behaviors;
    disjoint behaviors; */
ONCE_NONNULL ONCE_MUST_CHECK
int once_submit(struct once_ring *ring);

/*
 * Submit, and wait until *count* CQEs can be delivered, in one system call.
 * Needs both sides: not in split mode (ONCE_WRONG_THREAD).
 *
 * Returns how many became in flight. As with io_uring_submit_and_wait(), fewer
 * than *count* CQEs may be there after a short submit or a signal, or while the
 * CQE of an expired drain's cancellation is still to come: deliver with
 * once_peek() and believe only its answer. Or a common answer, or
 *   ONCE_WOULD_HANG  fewer than *count* CQEs can ever come
 *   ONCE_ALL_HELD    *count* and the CQEs not yet seen exceed the CQ
 */
/*@ requires ring: once_ring_ok(ring) && once_simple_is_plain(ring) && once_simple_is_entered(ring);
    requires account: ring->open != 0 ==> once_account(ring);
    assigns ring->submit.owner, ring->complete.owner, ring->port, ring->complete.ready,
            ring->submit.wait_first, ring->submit.doubt, ONCE_SUBMISSION(ring);
    ensures ring: once_ring_ok(ring);
    behavior open:
      assumes open: ring->open != 0;
      ONCE_SUBMITTED_AND_WAITED(ring);
    behavior closed:
      assumes closed: ring->open == 0;
      ensures not_open: \result == ONCE_NOT_OPEN;
    complete behaviors;
    disjoint behaviors; */
ONCE_NONNULL ONCE_MUST_CHECK
int once_submit_and_wait(struct once_ring *ring, unsigned count);

ONCE_NONNULL_AT(1, 5, 6) ONCE_MUST_CHECK ONCE_PAIRED_WITH(once_core_seen, 2)
struct once_hold *once_core_submit_and_wait(struct once_ring *ring, unsigned count,
					    const struct once_timespec *timeout,
					    const void *sigmask, unsigned *submitted, int *error);

/*
 * Submit, wait for *count* CQEs or until *timeout* (NULL: for ever) has passed,
 * and deliver the next CQE. *sigmask*: a sigset_t to wait with, or NULL.
 * Not in split mode.
 *
 * *submitted* always tells how many became in flight. *cqe* is filled if and
 * only if 0 is returned; raw liburing returns a positive number with a NULL CQE
 * on a timeout (axboe/liburing #684, ocaml-uring #89). Otherwise a common
 * answer, or those of once_wait_for(); -EAGAIN too after a short submit, which
 * does not wait.
 */
ONCE_NONNULL_AT(1, 2, 6) ONCE_MUST_CHECK
ONCE_INLINE int once_submit_and_wait_timeout(struct once_ring *ring, struct once_cqe *cqe,
					       unsigned count, const struct once_timespec *timeout,
					       const void *sigmask, unsigned *submitted)
{
	int error = 0;
	struct once_hold *hold =
		once_core_submit_and_wait(ring, count, timeout, sigmask, submitted, &error);

	return once_hold_to_token(ring, hold, error, cqe);
}

ONCE_END_C

#endif
