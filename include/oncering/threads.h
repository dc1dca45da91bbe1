/* SPDX-License-Identifier: MIT */
/*
 * Split mode, checked by clang: compile with -DONCE_THREAD_SAFETY
 * -Wthread-safety, and a call that belongs to one side (see the descriptions)
 * is reported in a function that is not said to run on it. It costs nothing at
 * run time, and nothing at all unless it is asked for.
 *
 *   static void *completer(void *ring) ONCE_ON_COMPLETING_SIDE;
 *
 * says where a function runs; in the function that a thread starts in, call
 * once_on_completing_side() instead, which is believed. The sides are those of
 * a program, not of one ring: clang cannot tell the rings apart. A call through
 * a pointer is not looked at. Opening, draining and closing need no side.
 */
#ifndef ONCERING_THREADS_H
#define ONCERING_THREADS_H

#if defined(ONCE_THREAD_SAFETY) && defined(__clang__)

#include "oncering/submit.h"
#include "oncering/see.h"
#include "oncering/arm.h"

struct __attribute__((capability("side"))) once_side {
	char nothing;
};

/* Never defined, only named. */
extern struct once_side once_submitting_side, once_completing_side;

#define ONCE_ON_SUBMITTING_SIDE __attribute__((requires_capability(once_submitting_side)))
#define ONCE_ON_COMPLETING_SIDE __attribute__((requires_capability(once_completing_side)))
#define ONCE_ON_BOTH_SIDES ONCE_ON_SUBMITTING_SIDE ONCE_ON_COMPLETING_SIDE

ONCE_BEGIN_C

/* From here on this function runs on that side. */
static inline void once_on_submitting_side(void)
	__attribute__((assert_capability(once_submitting_side)));
static inline void once_on_submitting_side(void)
{
}

static inline void once_on_completing_side(void)
	__attribute__((assert_capability(once_completing_side)));
static inline void once_on_completing_side(void)
{
}

ONCE_INLINE int once_take(struct once_ring *ring, struct once_sqe *sqe) ONCE_ON_SUBMITTING_SIDE;
ONCE_INLINE int once_give_back(const struct once_sqe *sqe) ONCE_ON_SUBMITTING_SIDE;
ONCE_INLINE int once_arm(struct once_sqe *sqe, struct once_lent lent, struct once_ticket *ticket)
	ONCE_ON_SUBMITTING_SIDE;
int once_submit(struct once_ring *ring) ONCE_ON_SUBMITTING_SIDE;
int once_submit_and_wait(struct once_ring *ring, unsigned count) ONCE_ON_BOTH_SIDES;
ONCE_INLINE int once_submit_and_wait_timeout(struct once_ring *ring, struct once_cqe *cqe,
					       unsigned count, const struct once_timespec *timeout,
					       const void *sigmask, unsigned *submitted)
	ONCE_ON_BOTH_SIDES;

ONCE_INLINE int once_peek(struct once_ring *ring, struct once_cqe *cqe) ONCE_ON_COMPLETING_SIDE;
ONCE_INLINE int once_wait(struct once_ring *ring, struct once_cqe *cqe) ONCE_ON_COMPLETING_SIDE;
ONCE_INLINE int once_wait_nr(struct once_ring *ring, struct once_cqe *cqe, unsigned count)
	ONCE_ON_COMPLETING_SIDE;
ONCE_INLINE int once_wait_timeout(struct once_ring *ring, struct once_cqe *cqe,
				    const struct once_timespec *timeout) ONCE_ON_COMPLETING_SIDE;
ONCE_INLINE int once_wait_for(struct once_ring *ring, struct once_cqe *cqe, unsigned count,
				const struct once_timespec *timeout, const void *sigmask)
	ONCE_ON_COMPLETING_SIDE;
ONCE_INLINE int once_seen(struct once_ring *ring, const struct once_cqe *cqe)
	ONCE_ON_COMPLETING_SIDE;
int once_reap(struct once_ring *ring, struct once_completion *done) ONCE_ON_COMPLETING_SIDE;
int once_reap_batch(struct once_ring *ring, struct once_completion *done, unsigned count)
	ONCE_ON_COMPLETING_SIDE;
int once_wait_reap(struct once_ring *ring, struct once_completion *done,
		   const struct once_timespec *timeout) ONCE_ON_COMPLETING_SIDE;
int once_discard(struct once_ring *ring) ONCE_ON_COMPLETING_SIDE;
#if !defined(__clang_analyzer__)
int once_peek_batch(struct once_ring *ring, struct once_cqe *cqes, unsigned count)
	ONCE_ON_COMPLETING_SIDE;
#if !defined(ONCE_ANALYSIS)
int once_seen_batch(struct once_ring *ring, const struct once_cqe *cqes, unsigned count)
	ONCE_ON_COMPLETING_SIDE;
#endif
#endif

ONCE_END_C

#else

#define ONCE_ON_SUBMITTING_SIDE
#define ONCE_ON_COMPLETING_SIDE
#define ONCE_ON_BOTH_SIDES
#define once_on_submitting_side() ((void)0)
#define once_on_completing_side() ((void)0)

#endif

#endif
