/* SPDX-License-Identifier: MIT */
/*
 * Eventfd: be woken, and miss nothing. Replaces io_uring_register_eventfd() and
 * its family.
 *
 * An eventfd is only a hint (io_uring_register_eventfd(3)): its count is not
 * the number of completions, nothing is signalled while it is disabled, and
 * no signal comes when draining lets overflowed CQEs in. The rule that loses
 * nothing: read the eventfd, then peek until -EAGAIN. once_peek()'s -EAGAIN
 * includes the overflow backlog; registering and enabling signal the eventfd
 * themselves if there is already something to deliver.
 *
 * Completing side; but the kernel lets only the submitting task register on a
 * ring with IORING_SETUP_SINGLE_ISSUER (-EEXIST).
 */
#ifndef ONCERING_EVENTFD_H
#define ONCERING_EVENTFD_H

#include "oncering/code.h"
#include "oncering/logic_account.h"

ONCE_BEGIN_C

/*
 * Register *fd*, an eventfd(2); it must stay open until it is unregistered or
 * the ring is closed. Returns 0, ONCE_NOT_OPEN, or -errno: -EBUSY if one is
 * registered, -EBADF, -EINVAL if it is no eventfd.
 */
/*@ requires ring: \valid(ring) && once_readable(ring);
    assigns ring->port, ring->eventfd;
    behavior closed:
      assumes closed: ring->open == 0;
      assigns \nothing;
      ensures refused: \result == ONCE_NOT_OPEN;
      ensures kept: ring->eventfd == \old(ring->eventfd);
    behavior open:
      assumes open: ring->open != 0;
      ensures answer: \result == 0 || -4095 <= \result <= -1;
      ensures registered: \result == 0 ==> ring->eventfd == fd;
      ensures as_before: \result != 0 ==> ring->eventfd == \old(ring->eventfd);
    complete behaviors;
    disjoint behaviors; */
ONCE_NONNULL ONCE_MUST_CHECK
int once_register_eventfd(struct once_ring *ring, int fd);

/* The same, but operations that complete inside submit do not signal. */
/*@ requires ring: \valid(ring) && once_readable(ring);
    assigns ring->port, ring->eventfd;
    behavior closed:
      assumes closed: ring->open == 0;
      assigns \nothing;
      ensures refused: \result == ONCE_NOT_OPEN;
      ensures kept: ring->eventfd == \old(ring->eventfd);
    behavior open:
      assumes open: ring->open != 0;
      ensures answer: \result == 0 || -4095 <= \result <= -1;
      ensures registered: \result == 0 ==> ring->eventfd == fd;
      ensures as_before: \result != 0 ==> ring->eventfd == \old(ring->eventfd);
    complete behaviors;
    disjoint behaviors; */
ONCE_NONNULL ONCE_MUST_CHECK
int once_register_eventfd_async(struct once_ring *ring, int fd);

/* Returns 0, ONCE_NOT_OPEN, or -ENXIO if none is registered. */
/*@ requires ring: \valid(ring) && once_readable(ring);
    assigns ring->port, ring->eventfd;
    behavior closed:
      assumes closed: ring->open == 0;
      assigns \nothing;
      ensures refused: \result == ONCE_NOT_OPEN;
      ensures kept: ring->eventfd == \old(ring->eventfd);
    behavior open:
      assumes open: ring->open != 0;
      ensures answer: \result == 0 || -4095 <= \result <= -1;
      ensures none: \result == 0 ==> ring->eventfd == -1;
      ensures as_before: \result != 0 ==> ring->eventfd == \old(ring->eventfd);
    complete behaviors;
    disjoint behaviors; */
ONCE_NONNULL ONCE_MUST_CHECK
int once_unregister_eventfd(struct once_ring *ring);

/*
 * Switch signalling on or off. Switching it on signals at once if something
 * was posted meanwhile. Returns 0, ONCE_NOT_OPEN, or -EOPNOTSUPP (Linux < 5.8).
 */
/*@ requires ring: \valid(ring) && once_readable(ring);
    assigns ring->port;
    behavior closed:
      assumes closed: ring->open == 0;
      assigns \nothing;
      ensures refused: \result == ONCE_NOT_OPEN;
      ensures kept: ring->eventfd == \old(ring->eventfd);
    behavior open:
      assumes open: ring->open != 0;
      ensures answer: \result == 0 || -4095 <= \result <= -1;
    complete behaviors;
    disjoint behaviors; */
ONCE_NONNULL ONCE_MUST_CHECK
int once_eventfd_toggle(struct once_ring *ring, bool enabled);

/* Whether the kernel signals; true on a ring that has none registered. */
/*@ requires ring: \valid_read(ring);
    assigns \nothing;
    ensures closed: ring->open == 0 ==> \result == false; */
ONCE_NONNULL ONCE_MUST_CHECK
bool once_eventfd_enabled(const struct once_ring *ring);

ONCE_END_C

#endif
