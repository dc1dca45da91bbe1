/* SPDX-License-Identifier: MIT */
/*
 * Call sites. Compile the calling program with -DONCE_CALL_SITES and each
 * violation record carries the file and line of the refused call. It costs two
 * stores a call; the library itself needs no other build.
 */
#ifndef ONCERING_SITE_H
#define ONCERING_SITE_H

#include "oncering/types.h"

/* Remember the call site; not for callers. */
/*@ requires ring: \valid(ring);
    assigns ring->submit.site;
    ensures place: ring->submit.site.file == file && ring->submit.site.line == line; */
static inline void once_site_submit(struct once_ring *ring, const char *file, int line)
{
	ring->submit.site.file = file;
	ring->submit.site.line = line;
}

/*@ requires ring: \valid(ring);
    assigns ring->complete.site;
    ensures place: ring->complete.site.file == file && ring->complete.site.line == line; */
static inline void once_site_complete(struct once_ring *ring, const char *file, int line)
{
	ring->complete.site.file = file;
	ring->complete.site.line = line;
}

#if defined(ONCE_CALL_SITES) && !defined(__clang_analyzer__)
#define ONCE_AT_SUBMIT(ring_) once_site_submit((ring_), __FILE__, __LINE__)
#define ONCE_AT_COMPLETE(ring_) once_site_complete((ring_), __FILE__, __LINE__)

#define once_take(r, sqe) (ONCE_AT_SUBMIT(r), once_take((r), (sqe)))
#define once_give_back(sqe) (ONCE_AT_SUBMIT((sqe)->ring), once_give_back(sqe))
#define once_arm(sqe, lent, ticket) (ONCE_AT_SUBMIT((sqe)->ring), once_arm((sqe), (lent), (ticket)))
#define once_submit(r) (ONCE_AT_SUBMIT(r), once_submit(r))
#define once_submit_and_wait(r, n) (ONCE_AT_SUBMIT(r), once_submit_and_wait((r), (n)))
#define once_submit_and_wait_timeout(r, cqe, n, t, m, s) \
	(ONCE_AT_SUBMIT(r), ONCE_AT_COMPLETE(r), \
	 once_submit_and_wait_timeout((r), (cqe), (n), (t), (m), (s)))
#define once_peek(r, cqe) (ONCE_AT_COMPLETE(r), once_peek((r), (cqe)))
#define once_peek_batch(r, cqes, n) (ONCE_AT_COMPLETE(r), once_peek_batch((r), (cqes), (n)))
#define once_wait(r, cqe) (ONCE_AT_COMPLETE(r), once_wait((r), (cqe)))
#define once_wait_nr(r, cqe, n) (ONCE_AT_COMPLETE(r), once_wait_nr((r), (cqe), (n)))
#define once_wait_timeout(r, cqe, t) (ONCE_AT_COMPLETE(r), once_wait_timeout((r), (cqe), (t)))
#define once_wait_for(r, cqe, n, t, m) (ONCE_AT_COMPLETE(r), once_wait_for((r), (cqe), (n), (t), (m)))
#define once_seen(r, cqe) (ONCE_AT_COMPLETE(r), once_seen((r), (cqe)))
#define once_seen_batch(r, cqes, n) (ONCE_AT_COMPLETE(r), once_seen_batch((r), (cqes), (n)))
#define once_reap(r, done) (ONCE_AT_COMPLETE(r), once_reap((r), (done)))
#define once_reap_batch(r, done, n) (ONCE_AT_COMPLETE(r), once_reap_batch((r), (done), (n)))
#define once_wait_reap(r, done, t) (ONCE_AT_COMPLETE(r), once_wait_reap((r), (done), (t)))
#define once_discard(r) (ONCE_AT_COMPLETE(r), once_discard(r))
#define once_close(r, report) (ONCE_AT_SUBMIT(r), once_close((r), (report)))
#define once_drain(r, t, s, n, c) (ONCE_AT_SUBMIT(r), once_drain((r), (t), (s), (n), (c)))
#endif

#endif
