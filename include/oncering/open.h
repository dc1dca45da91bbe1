/* SPDX-License-Identifier: MIT */
/*
 * Open: in memory of the caller's, once. Replaces io_uring_queue_init() and
 * io_uring_queue_init_params().
 */
#ifndef ONCERING_OPEN_H
#define ONCERING_OPEN_H

#include "oncering/types.h"

/* Options, a bit set. */
enum {
	ONCE_SPLIT = 1,          /* one thread submits, another one completes */
	ONCE_TRAP = 2,           /* abort() after the handler, on each violation */
	ONCE_EXPECT_FOREIGN = 4  /* other rings or resource tags post here: waiting
	                            with nothing in flight is meant */
};

/*
 * What to open. Zero is a sensible value of each field but *entries* and
 * *memory*.
 */
struct once_config {
	uint32_t entries;          /* SQEs, 1 .. 32768; the kernel rounds up to a power of two */
	uint32_t cq_entries;       /* CQEs, entries .. 65536; 0: twice the SQ */
	uint32_t flags;            /* IORING_SETUP_*: see once_open() */
	uint32_t sq_thread_cpu;    /* with IORING_SETUP_SQ_AFF */
	uint32_t sq_thread_idle;   /* with IORING_SETUP_SQPOLL, milliseconds */
	uint32_t options;          /* ONCE_SPLIT, ONCE_TRAP, ONCE_EXPECT_FOREIGN */
	uint32_t hide_features;    /* IORING_FEAT_* to do without, for tests */
	uint32_t multishot_credit; /* CQ places set aside for each multishot operation; 0: 1 */
	uint64_t generations_used; /* as if every slot had lived so often, for tests; < 2^40 - 1 */
	once_handler *handler;     /* may be NULL */
	void *context;             /* for the handler */
	struct once_memory memory;
};

/* What the kernel rounds a number of entries up to: the next power of two. */
#define ONCE_ENTRIES(n) \
	((n) <= 1 ? 1 : (n) <= 2 ? 2 : (n) <= 4 ? 4 : (n) <= 8 ? 8 : (n) <= 16 ? 16 : \
	 (n) <= 32 ? 32 : (n) <= 64 ? 64 : (n) <= 128 ? 128 : (n) <= 256 ? 256 : \
	 (n) <= 512 ? 512 : (n) <= 1024 ? 1024 : (n) <= 2048 ? 2048 : (n) <= 4096 ? 4096 : \
	 (n) <= 8192 ? 8192 : (n) <= 16384 ? 16384 : (n) <= 32768 ? 32768 : 65536)

/*
 * Declares the static memory of one ring, as `struct once_memory name`:
 *   static ONCE_MEMORY(memory, 64, 128, 100);
 * for *entries_* SQEs, *cq_* CQEs and *ops_* operations alive at once. The
 * places that ops_ leaves of the CQ are the credit of multishot and zero-copy
 * operations; at least ONCE_OWN_PLACES must be left for the library.
 */
#define ONCE_MEMORY(name_, entries_, cq_, ops_) \
	struct once_op name_##_ops[ops_]; \
	static uint32_t name_##_stack[ops_]; \
	static uint32_t name_##_returned[ops_]; \
	static uint32_t name_##_credits[ops_]; \
	static struct once_hold name_##_window[ONCE_ENTRIES(cq_)]; \
	static struct once_timespec name_##_times[ONCE_ENTRIES((entries_) + ONCE_OWN_SQES)]; \
	static const struct once_memory name_ = { \
		name_##_ops, name_##_stack, name_##_returned, name_##_credits, name_##_window, name_##_times, \
		ops_, ONCE_ENTRIES(cq_), ONCE_ENTRIES((entries_) + ONCE_OWN_SQES) }

enum {
	ONCE_OWN_PLACES = 1,        /* CQ places the library keeps: the cancellation of a drain */
	ONCE_OWN_PLACES_LEGACY = 4, /* ... and two timeouts and a removal, without IORING_FEAT_EXT_ARG */
	ONCE_CAPACITY_MAX = 65536
};

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
