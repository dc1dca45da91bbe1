/* SPDX-License-Identifier: MIT */
/*
 * Prepare: say what a taken SQE shall do. Replaces io_uring_prep_*().
 *
 * A preparation writes only into the caller's struct once_sqe and cannot fail
 * by itself: a value that the SQE cannot carry is remembered and refused by
 * once_arm(). Preparing again replaces the preparation. Submitting side.
 *
 * Buffers, iovecs, names, message headers and addresses must stay valid until
 * the operation's terminal completion (names and headers: at least until the
 * SQE is submitted; io_uring_enter(2)). A struct once_timespec is copied and
 * may die at once: a time on a dead stack frame is a bug people had with
 * liburing (axboe/liburing #25, #603, #1211).
 *
 * offset: a file offset in bytes, or ONCE_CURRENT for the file's own position
 * (and for pipes and sockets). length: bytes, at most UINT32_MAX, else
 * ONCE_BAD_ARGUMENT. flags and modes are those of the system call of the name.
 * Each carries out what its man page io_uring_prep_NAME(3) says.
 */
#ifndef ONCERING_PREPARE_H
#define ONCERING_PREPARE_H

#include "oncering/prepare_file.h"
#include "oncering/prepare_socket.h"

ONCE_BEGIN_C

/* --- nothing --- */

/* Does nothing but complete. */
/*@ requires sqe: \valid(sqe);
    assigns sqe->wire, sqe->fault, sqe->shape;
    ensures words: once_words(sqe, once_head_of(ONCE_OP_NOP, 0, 0, -1), 0, 0, 0, 0);
    ensures shape: sqe->shape == ONCE_SHAPE_ONE;
    ensures sound: sqe->fault == 0; */
ONCE_NONNULL
static inline void once_prep_nop(struct once_sqe *sqe)
{
	once_fill(sqe, once_wire_head(ONCE_OP_NOP, 0, 0, -1), 0, 0, 0);
}

/* --- readiness --- */

/* mask: POLLIN ... as in poll(2). */
/*@ requires sqe: \valid(sqe);
    assigns sqe->wire, sqe->fault, sqe->shape;
    ensures words: once_transfer(sqe, ONCE_OP_POLL_ADD, fd, 0, 0, mask, 0);
    ensures shape: sqe->shape == ONCE_SHAPE_ONE;
    ensures sound: sqe->fault == 0; */
ONCE_NONNULL
static inline void once_prep_poll_add(struct once_sqe *sqe, int fd, unsigned mask)
{
	once_fill_transfer(sqe, ONCE_OP_POLL_ADD, fd, 0, 0, mask, 0);
}

/*@ requires sqe: \valid(sqe);
    assigns sqe->wire, sqe->fault, sqe->shape;
    ensures words: once_transfer(sqe, ONCE_OP_POLL_ADD, fd, 0, ONCE_POLL_ADD_MULTI, mask, 0);
    ensures shape: sqe->shape == ONCE_SHAPE_MULTISHOT;
    ensures sound: sqe->fault == 0; */
ONCE_NONNULL
static inline void once_prep_poll_multishot(struct once_sqe *sqe, int fd, unsigned mask)
{
	once_fill_transfer(sqe, ONCE_OP_POLL_ADD, fd, 0, ONCE_POLL_ADD_MULTI, mask, 0);
	sqe->shape = ONCE_SHAPE_MULTISHOT;
}

/* Ends the poll that *ticket* names; refused like once_prep_cancel(). */
/*@ requires sqe: \valid(sqe) && \valid_read(sqe->ring);
    requires slots: \valid_read(sqe->ring->memory.ops + (0 .. sqe->ring->capacity - 1));
    requires apart: \separated(sqe, ticket, sqe->ring) &&
            \separated(sqe, sqe->ring->memory.ops + (0 .. sqe->ring->capacity - 1));
    requires ticket: \valid_read(ticket);
    assigns sqe->wire, sqe->fault, sqe->shape;
    ensures words: once_words(sqe, once_head_of(ONCE_OP_POLL_REMOVE, 0, 0, -1),
            ticket->id, 0, 0, 0);
    ensures shape: sqe->shape == ONCE_SHAPE_ONE;
    behavior other_ring:
      assumes other: ticket->ring != sqe->ring;
      ensures fault: sqe->fault == ONCE_OTHER_RING;
    behavior stale:
      assumes same: ticket->ring == sqe->ring;
      assumes stale: !once_is_named(sqe->ring, ticket->id);
      ensures fault: sqe->fault == ONCE_STALE_TICKET;
    behavior aimed:
      assumes same: ticket->ring == sqe->ring;
      assumes named: once_is_named(sqe->ring, ticket->id);
      ensures sound: sqe->fault == 0;
    complete behaviors;
    disjoint behaviors; */
ONCE_NONNULL
static inline void once_prep_poll_remove(struct once_sqe *sqe, const struct once_ticket *ticket)
{
	once_aim(sqe, ONCE_OP_POLL_REMOVE, ticket);
}

/* --- time --- */

/*
 * Completes with -ETIME after *time*, or with 0 after *count* other
 * completions (0: never). flags: IORING_TIMEOUT_*; MULTISHOT is
 * ONCE_BAD_ARGUMENT (use once_prep_raw()).
 */
/*@ requires sqe: \valid(sqe);
    requires time: \valid_read(time) && \separated(time, sqe);
    assigns sqe->wire, sqe->fault, sqe->shape, sqe->time;
    ensures words: once_words(sqe, once_head_of(ONCE_OP_TIMEOUT, 0, 0, -1), 0, once_size_of(1,
            flags), count, 0);
    ensures copied: sqe->time.seconds == time->seconds &&
            sqe->time.nanoseconds == time->nanoseconds;
    ensures shape: sqe->shape == ONCE_SHAPE_TIMED;
    behavior fits:
      assumes fits: (flags & ONCE_TIMEOUT_MULTISHOT) == 0;
      ensures sound: sqe->fault == 0;
    behavior spoilt:
      assumes spoilt: (flags & ONCE_TIMEOUT_MULTISHOT) != 0;
      ensures fault: sqe->fault == ONCE_BAD_ARGUMENT;
    complete behaviors;
    disjoint behaviors; */
ONCE_NONNULL
static inline void once_prep_timeout(struct once_sqe *sqe, const struct once_timespec *time,
				     unsigned count, unsigned flags)
{
	once_fill_timed(sqe, ONCE_OP_TIMEOUT, time, count, flags);
}

/* Ends the timeout that *ticket* names; refused like once_prep_cancel(). */
/*@ requires sqe: \valid(sqe) && \valid_read(sqe->ring);
    requires slots: \valid_read(sqe->ring->memory.ops + (0 .. sqe->ring->capacity - 1));
    requires apart: \separated(sqe, ticket, sqe->ring) &&
            \separated(sqe, sqe->ring->memory.ops + (0 .. sqe->ring->capacity - 1));
    requires ticket: \valid_read(ticket);
    assigns sqe->wire, sqe->fault, sqe->shape;
    ensures words: once_words(sqe, once_head_of(ONCE_OP_TIMEOUT_REMOVE, 0, 0, -1),
            ticket->id, 0, 0, 0);
    ensures shape: sqe->shape == ONCE_SHAPE_ONE;
    behavior other_ring:
      assumes other: ticket->ring != sqe->ring;
      ensures fault: sqe->fault == ONCE_OTHER_RING;
    behavior stale:
      assumes same: ticket->ring == sqe->ring;
      assumes stale: !once_is_named(sqe->ring, ticket->id);
      ensures fault: sqe->fault == ONCE_STALE_TICKET;
    behavior aimed:
      assumes same: ticket->ring == sqe->ring;
      assumes named: once_is_named(sqe->ring, ticket->id);
      ensures sound: sqe->fault == 0;
    complete behaviors;
    disjoint behaviors; */
ONCE_NONNULL
static inline void once_prep_timeout_remove(struct once_sqe *sqe, const struct once_ticket *ticket)
{
	once_aim(sqe, ONCE_OP_TIMEOUT_REMOVE, ticket);
}

/* Bounds the operation armed just before with IOSQE_IO_LINK. */
/*@ requires sqe: \valid(sqe);
    requires time: \valid_read(time) && \separated(time, sqe);
    assigns sqe->wire, sqe->fault, sqe->shape, sqe->time;
    ensures words: once_words(sqe, once_head_of(ONCE_OP_LINK_TIMEOUT, 0, 0, -1), 0,
            once_size_of(1, flags), 0, 0);
    ensures copied: sqe->time.seconds == time->seconds &&
            sqe->time.nanoseconds == time->nanoseconds;
    ensures shape: sqe->shape == ONCE_SHAPE_TIMED;
    behavior fits:
      assumes fits: (flags & ONCE_TIMEOUT_MULTISHOT) == 0;
      ensures sound: sqe->fault == 0;
    behavior spoilt:
      assumes spoilt: (flags & ONCE_TIMEOUT_MULTISHOT) != 0;
      ensures fault: sqe->fault == ONCE_BAD_ARGUMENT;
    complete behaviors;
    disjoint behaviors; */
ONCE_NONNULL
static inline void once_prep_link_timeout(struct once_sqe *sqe, const struct once_timespec *time,
					  unsigned flags)
{
	once_fill_timed(sqe, ONCE_OP_LINK_TIMEOUT, time, 0, flags);
}

/* --- the rest --- */

/*
 * Cancel the operation that *ticket* names. Refused by once_arm() with
 * ONCE_STALE_TICKET if it has ended (its terminal completion was delivered):
 * liburing matches by user_data and would cancel whatever reuses the value
 * (libxev #233). The cancelled operation's own completion still comes, and
 * only that one returns its owner. In split mode the check sees what the
 * completing thread has already delivered.
 */
/*@ requires sqe: \valid(sqe) && \valid_read(sqe->ring);
    requires slots: \valid_read(sqe->ring->memory.ops + (0 .. sqe->ring->capacity - 1));
    requires apart: \separated(sqe, ticket, sqe->ring) &&
            \separated(sqe, sqe->ring->memory.ops + (0 .. sqe->ring->capacity - 1));
    requires ticket: \valid_read(ticket);
    assigns sqe->wire, sqe->fault, sqe->shape;
    ensures words: once_words(sqe, once_head_of(ONCE_OP_ASYNC_CANCEL, 0, 0, -1),
            ticket->id, 0, 0, 0);
    ensures shape: sqe->shape == ONCE_SHAPE_ONE;
    behavior other_ring:
      assumes other: ticket->ring != sqe->ring;
      ensures fault: sqe->fault == ONCE_OTHER_RING;
    behavior stale:
      assumes same: ticket->ring == sqe->ring;
      assumes stale: !once_is_named(sqe->ring, ticket->id);
      ensures fault: sqe->fault == ONCE_STALE_TICKET;
    behavior aimed:
      assumes same: ticket->ring == sqe->ring;
      assumes named: once_is_named(sqe->ring, ticket->id);
      ensures sound: sqe->fault == 0;
    complete behaviors;
    disjoint behaviors; */
ONCE_NONNULL
static inline void once_prep_cancel(struct once_sqe *sqe, const struct once_ticket *ticket)
{
	once_aim(sqe, ONCE_OP_ASYNC_CANCEL, ticket);
}

/*
 * Every other operation: 64 zeroed bytes to fill as struct io_uring_sqe, from
 * <liburing.h> or <linux/io_uring.h>; liburing's io_uring_prep_*() functions
 * work on it. They lie in *sqe* and are copied when it is armed. Leave
 * user_data alone. Poll, accept, recv, recvmsg, read and timeout as multishot,
 * send_zc and sendmsg_zc are recognised when armed; another operation that
 * posts several CQEs lives until one without F_MORE all the same, but has no
 * credit: its CQEs can overflow into the kernel's backlog.
 */
/*@ requires sqe: \valid(sqe);
    assigns sqe->wire, sqe->fault, sqe->shape;
    assigns \result \from sqe;
    ensures zeroed: once_words(sqe, 0, 0, 0, 0, 0);
    ensures shape: sqe->shape == ONCE_SHAPE_RAW;
    ensures sound: sqe->fault == 0;
    ensures wire: (uintptr_t)\result == (uintptr_t)&sqe->wire; */
ONCE_NONNULL ONCE_MUST_CHECK
static inline struct io_uring_sqe *once_prep_raw(struct once_sqe *sqe)
{
	uintptr_t place;

	once_fill(sqe, 0, 0, 0, 0);
	sqe->shape = ONCE_SHAPE_RAW;
	place = (uintptr_t)&sqe->wire;
	return (struct io_uring_sqe *)place;
}

/*
 * Add IOSQE_* flags to a prepared SQE: IOSQE_FIXED_FILE, IO_DRAIN, IO_LINK,
 * IO_HARDLINK, ASYNC, BUFFER_SELECT. IOSQE_CQE_SKIP_SUCCESS is refused by
 * once_arm(): an operation without a CQE has no end. Other bits are
 * ONCE_BAD_ARGUMENT. Before a preparation it has no effect.
 */
/*@ requires sqe: \valid(sqe);
    assigns sqe->wire.head, sqe->fault;
    ensures opcode: sqe->wire.head % 0x100 == \old(sqe->wire.head) % 0x100;
    ensures others: sqe->wire.head / 0x10000 == \old(sqe->wire.head) / 0x10000;
    ensures added: sqe->wire.head / 0x100 % 0x100 ==
            (((\old(sqe->wire.head) / 0x100 % 0x100) | flags) % 0x100);
    behavior known:
      assumes known: (flags & ONCE_SQE_SKIP_SUCCESS) == 0 && flags <= ONCE_SQE_FLAGS_KNOWN;
      ensures kept: sqe->fault == \old(sqe->fault);
    behavior no_end:
      assumes skips: (flags & ONCE_SQE_SKIP_SUCCESS) != 0;
      ensures fault: sqe->fault == (\old(sqe->fault) != 0 ? \old(sqe->fault) : ONCE_SKIP_SUCCESS);
    behavior unknown:
      assumes ends: (flags & ONCE_SQE_SKIP_SUCCESS) == 0;
      assumes unknown: flags > ONCE_SQE_FLAGS_KNOWN;
      ensures fault: sqe->fault == (\old(sqe->fault) != 0 ? \old(sqe->fault) : ONCE_BAD_ARGUMENT);
    complete behaviors;
    disjoint behaviors; */
ONCE_NONNULL
static inline void once_set_flags(struct once_sqe *sqe, unsigned flags)
{
	const uint32_t old = once_wire_flags(&sqe->wire);
	const uint32_t all = (old | flags) % 0x100U;

	if ((flags & ONCE_SQE_SKIP_SUCCESS) != 0 && sqe->fault == 0)
		sqe->fault = ONCE_SKIP_SUCCESS;
	once_limit(sqe, flags, ONCE_SQE_FLAGS_KNOWN);
	/*@ assert bytes: sqe->wire.head == sqe->wire.head / 0x10000 * 0x10000 + old * 0x100 +
	      sqe->wire.head % 0x100; */
	sqe->wire.head = sqe->wire.head - old * ONCE_WORD_2 + all * ONCE_WORD_2;
	/*@ assert joined: sqe->wire.head == \at(sqe->wire.head, Pre) / 0x10000 * 0x10000 + all * 0x100 +
	      \at(sqe->wire.head, Pre) % 0x100; */
}

ONCE_END_C

#endif
