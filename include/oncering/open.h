/* SPDX-License-Identifier: MIT */
/*
 * Open: in memory of the caller's, once. Replaces io_uring_queue_init() and
 * io_uring_queue_init_params().
 */
#ifndef ONCERING_OPEN_H
#define ONCERING_OPEN_H

#include "oncering/code.h"
#include "oncering/config.h"
#include "oncering/logic.h"

ONCE_BEGIN_C

/*
 * Open *ring* as *config* says. The ring and its memory must stay valid, and
 * where they are, until once_close() returned 0 (or once_abandon() ran).
 *
 * Setup flags honoured: IORING_SETUP_SQPOLL, SQ_AFF, CQSIZE (implied by
 * cq_entries), CLAMP, SUBMIT_ALL, COOP_TASKRUN, TASKRUN_FLAG, CQE32,
 * SINGLE_ISSUER, DEFER_TASKRUN (not with ONCE_SPLIT: the kernel wants the
 * submitting thread to complete, io_uring_setup(2)). TASKRUN_FLAG is added to
 * COOP_TASKRUN and DEFER_TASKRUN, so that "empty" includes deferred work.
 * Every other flag is refused: IOPOLL, R_DISABLED, ATTACH_WQ, SQE128,
 * CQE_MIXED, NO_MMAP and newer ones change what a CQE or its order means.
 *
 * Needs IORING_FEAT_NODROP (Linux 5.5): without it the kernel may lose CQEs.
 * Without IORING_FEAT_EXT_ARG (Linux 5.11) the library keeps SQEs and CQ places
 * for its timed waits; it asks for a larger SQ if needed, which memory.times
 * must cover.
 *
 * Returns 0, or
 *   ONCE_ALREADY_OPEN  *ring* is open
 *   ONCE_BAD_FLAG      a flag or option not listed above; the violation's
 *                      *found* is the bit, see once_setup_flag_name()
 *   ONCE_BAD_SIZE      entries, cq_entries, capacity or generations out of range,
 *                      or capacity + library's own places > CQ entries
 *   ONCE_BAD_MEMORY    an array is NULL or shorter than the kernel's rings
 *   ONCE_OLD_KERNEL    a needed feature is missing
 *   ONCE_WORN_OUT      earlier rings of this process have used up the identities
 *                      that this one would have (2^40 a slot, for each of 127 tags)
 *   -errno             io_uring_setup(2): -ENOSYS, -EPERM (not permitted here),
 *                      -ENOMEM (RLIMIT_MEMLOCK), -EINVAL (flag unknown to this kernel)
 */
/*@ requires ring: \valid(ring);
    requires config: \valid_read(config) && \base_addr(config) != \base_addr(ring);
    requires slots: once_is_given((struct once_memory *)&config->memory) ==>
             once_given_slots((struct once_memory *)&config->memory);
    requires places: once_is_given((struct once_memory *)&config->memory) ==>
             once_given_places((struct once_memory *)&config->memory);
    requires apart: once_is_given((struct once_memory *)&config->memory) ==>
             once_given_apart((struct once_memory *)&config->memory, \base_addr(ring)) &&
             once_given_apart((struct once_memory *)&config->memory, \base_addr(config));
    assigns *ring, config->memory.ops[0 .. config->memory.capacity - 1],
            config->memory.stack[0 .. config->memory.capacity - 1],
            config->memory.returned[0 .. config->memory.capacity - 1],
            config->memory.credits[0 .. config->memory.capacity - 1],
            config->memory.window[0 .. config->memory.window_places - 1],
            ONCE_GHOSTS;
    behavior already_open:
      assumes open: ring->open != 0;
      assigns \nothing;
      ensures refused: \result == ONCE_ALREADY_OPEN;
    behavior closed:
      assumes closed: ring->open == 0;
      ensures refused: \result != 0 ==> ring->open == 0;
      ensures opened: \result == 0 ==> once_opened(ring) && once_account(ring) &&
              once_simple_is_plain(ring) && once_simple_is_entered(ring);
    complete behaviors;
    disjoint behaviors; */
ONCE_NONNULL ONCE_MUST_CHECK
int once_open(struct once_ring *ring, const struct once_config *config);

/*
 * The ring's file descriptor, for poll(2), epoll(7) and IORING_OP_MSG_RING;
 * ONCE_NOT_OPEN on a closed ring. The library's: do not close it. Any thread.
 */
/*@ requires ring: \valid_read(ring);
    assigns \nothing;
    behavior open:
      assumes open: ring->open != 0;
      ensures descriptor: \result >= 0;
    behavior closed:
      assumes closed: ring->open == 0;
      ensures refused: \result == ONCE_NOT_OPEN;
    complete behaviors;
    disjoint behaviors; */
ONCE_NONNULL
int once_fd(const struct once_ring *ring);

/*
 * Let go of both sides: the next thread to submit, and the next one to
 * complete, becomes the owner of that side. The hand-over itself must be
 * ordered by the program (a mutex, pthread_create). Without this call a side
 * belongs for ever to the thread that first entered the kernel for it.
 *
 * Call it in the thread that used the ring last. The ring's descriptor is
 * registered there (io_uring_register_ring_fd(3)), which only that thread can
 * undo, and which would keep the kernel's ring alive beyond a close by another
 * thread, until this one ends.
 */
/*@ requires ring: \valid(ring);
    assigns ring->port, ring->submit.owner, ring->complete.owner;
    ensures free: ring->submit.owner == 0 && ring->complete.owner == 0; */
ONCE_NONNULL
void once_hand_over(struct once_ring *ring);

ONCE_END_C

#endif
