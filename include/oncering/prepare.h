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

#include "oncering/take.h"
#include "oncering/wire.h"

#define ONCE_CURRENT UINT64_MAX

struct iovec;
struct msghdr;
struct sockaddr;
struct statx;

ONCE_BEGIN_C

/* --- how an SQE is filled; not for callers --- */

/* A new preparation: no fault so far, and every word that is not given is 0. */
ONCE_NONNULL
static inline void once_fill(struct once_sqe *sqe, uint64_t head, uint64_t address, uint64_t size,
			     uint64_t offset)
{
	sqe->wire.head = head;
	sqe->wire.off = offset;
	sqe->wire.addr = address;
	sqe->wire.size = size;
	sqe->wire.user_data = 0;
	sqe->wire.index = 0;
	sqe->wire.addr3 = 0;
	sqe->wire.pad = 0;
	sqe->fault = 0;
	sqe->shape = ONCE_SHAPE_ONE;
}

/* A value that an SQE has no room for spoils the preparation. */
ONCE_NONNULL
static inline void once_limit(struct once_sqe *sqe, uint64_t value, uint64_t most)
{
	if (value > most && sqe->fault == 0)
		sqe->fault = ONCE_BAD_ARGUMENT;
}

/* The common form: a descriptor, an address, a length, flags of the operation, an offset. */
ONCE_NONNULL_AT(1)
static inline void once_fill_transfer(struct once_sqe *sqe, uint8_t opcode, int fd,
				      const void *address, size_t length, unsigned flags,
				      uint64_t offset)
{
	once_fill(sqe, once_wire_head(opcode, 0, 0, fd), (uint64_t)(uintptr_t)address,
		  once_wire_size((uint32_t)(length % ONCE_WORD_5), flags), offset);
	once_limit(sqe, length, UINT32_MAX);
}

/* An SQE against the operation that *ticket* names. */
ONCE_NONNULL
void once_aim(struct once_sqe *sqe, uint8_t opcode, const struct once_ticket *ticket);

/* The time travels by value; once_arm() gives it a place that outlives the submit. */
ONCE_NONNULL
static inline void once_fill_timed(struct once_sqe *sqe, uint8_t opcode,
				   const struct once_timespec *time, uint64_t count, unsigned flags)
{
	once_fill(sqe, once_wire_head(opcode, 0, 0, -1), 0, once_wire_size(1, flags), count);
	once_limit(sqe, flags & ONCE_TIMEOUT_MULTISHOT, 0);
	sqe->time = *time;
	sqe->shape = ONCE_SHAPE_TIMED;
}

/* --- nothing --- */

/* Does nothing but complete. */
ONCE_NONNULL
static inline void once_prep_nop(struct once_sqe *sqe)
{
	once_fill(sqe, once_wire_head(ONCE_OP_NOP, 0, 0, -1), 0, 0, 0);
}

/* --- files --- */

ONCE_NONNULL
static inline void once_prep_read(struct once_sqe *sqe, int fd, void *buffer, size_t length,
				  uint64_t offset)
{
	once_fill_transfer(sqe, ONCE_OP_READ, fd, buffer, length, 0, offset);
}

ONCE_NONNULL
static inline void once_prep_write(struct once_sqe *sqe, int fd, const void *buffer, size_t length,
				   uint64_t offset)
{
	once_fill_transfer(sqe, ONCE_OP_WRITE, fd, buffer, length, 0, offset);
}

/* *count* iovecs; with more than 1024 (UIO_MAXIOV) the operation fails with -EINVAL. */
ONCE_NONNULL
static inline void once_prep_readv(struct once_sqe *sqe, int fd, const struct iovec *iovecs,
				   unsigned count, uint64_t offset)
{
	once_fill_transfer(sqe, ONCE_OP_READV, fd, iovecs, count, 0, offset);
}

ONCE_NONNULL
static inline void once_prep_writev(struct once_sqe *sqe, int fd, const struct iovec *iovecs,
				    unsigned count, uint64_t offset)
{
	once_fill_transfer(sqe, ONCE_OP_WRITEV, fd, iovecs, count, 0, offset);
}

/* *buffer* lies inside registered buffer *index*, 0 .. UINT16_MAX, else ONCE_BAD_ARGUMENT. */
ONCE_NONNULL
static inline void once_prep_read_fixed(struct once_sqe *sqe, int fd, void *buffer, size_t length,
					uint64_t offset, unsigned index)
{
	once_fill_transfer(sqe, ONCE_OP_READ_FIXED, fd, buffer, length, 0, offset);
	once_limit(sqe, index, UINT16_MAX);
	sqe->wire.index = once_wire_index(index % ONCE_WORD_3, 0);
}

ONCE_NONNULL
static inline void once_prep_write_fixed(struct once_sqe *sqe, int fd, const void *buffer,
					 size_t length, uint64_t offset, unsigned index)
{
	once_fill_transfer(sqe, ONCE_OP_WRITE_FIXED, fd, buffer, length, 0, offset);
	once_limit(sqe, index, UINT16_MAX);
	sqe->wire.index = once_wire_index(index % ONCE_WORD_3, 0);
}

/* flags: 0 or IORING_FSYNC_DATASYNC. */
ONCE_NONNULL
static inline void once_prep_fsync(struct once_sqe *sqe, int fd, unsigned flags)
{
	once_fill_transfer(sqe, ONCE_OP_FSYNC, fd, NULL, 0, flags, 0);
}

ONCE_NONNULL
static inline void once_prep_openat(struct once_sqe *sqe, int directory, const char *path,
				    int flags, unsigned mode)
{
	once_fill_transfer(sqe, ONCE_OP_OPENAT, directory, path, mode, (unsigned)flags, 0);
}

ONCE_NONNULL
static inline void once_prep_close(struct once_sqe *sqe, int fd)
{
	once_fill_transfer(sqe, ONCE_OP_CLOSE, fd, NULL, 0, 0, 0);
}

ONCE_NONNULL
static inline void once_prep_statx(struct once_sqe *sqe, int directory, const char *path,
				   int flags, unsigned mask, struct statx *result)
{
	once_fill_transfer(sqe, ONCE_OP_STATX, directory, path, mask, (unsigned)flags,
			   (uint64_t)(uintptr_t)result);
}

/* One of the two must be a pipe; its offset is ONCE_CURRENT. */
ONCE_NONNULL
static inline void once_prep_splice(struct once_sqe *sqe, int from, uint64_t from_offset, int to,
				    uint64_t to_offset, size_t length, unsigned flags)
{
	once_fill_transfer(sqe, ONCE_OP_SPLICE, to, NULL, length, flags, to_offset);
	sqe->wire.addr = from_offset;
	sqe->wire.index = once_wire_index(0, from);
}

/* --- readiness --- */

/* mask: POLLIN ... as in poll(2). */
ONCE_NONNULL
static inline void once_prep_poll_add(struct once_sqe *sqe, int fd, unsigned mask)
{
	once_fill_transfer(sqe, ONCE_OP_POLL_ADD, fd, NULL, 0, mask, 0);
}

ONCE_NONNULL
static inline void once_prep_poll_multishot(struct once_sqe *sqe, int fd, unsigned mask)
{
	once_fill_transfer(sqe, ONCE_OP_POLL_ADD, fd, NULL, ONCE_POLL_ADD_MULTI, mask, 0);
	sqe->shape = ONCE_SHAPE_MULTISHOT;
}

/* Ends the poll that *ticket* names; refused like once_prep_cancel(). */
ONCE_NONNULL
static inline void once_prep_poll_remove(struct once_sqe *sqe, const struct once_ticket *ticket)
{
	once_aim(sqe, ONCE_OP_POLL_REMOVE, ticket);
}

/* --- sockets --- */

/* address and length may be NULL; flags as accept4(2). */
ONCE_NONNULL_AT(1)
static inline void once_prep_accept(struct once_sqe *sqe, int fd, struct sockaddr *address,
				    uint32_t *length, int flags)
{
	once_fill_transfer(sqe, ONCE_OP_ACCEPT, fd, address, 0, (unsigned)flags,
			   (uint64_t)(uintptr_t)length);
}

ONCE_NONNULL_AT(1)
static inline void once_prep_accept_multishot(struct once_sqe *sqe, int fd,
					      struct sockaddr *address, uint32_t *length, int flags)
{
	once_prep_accept(sqe, fd, address, length, flags);
	sqe->wire.head = once_wire_head(ONCE_OP_ACCEPT, 0, ONCE_ACCEPT_MULTISHOT, fd);
	sqe->shape = ONCE_SHAPE_MULTISHOT;
}

ONCE_NONNULL
static inline void once_prep_connect(struct once_sqe *sqe, int fd, const struct sockaddr *address,
				     uint32_t length)
{
	once_fill_transfer(sqe, ONCE_OP_CONNECT, fd, address, 0, 0, length);
}

ONCE_NONNULL
static inline void once_prep_send(struct once_sqe *sqe, int fd, const void *buffer, size_t length,
				  int flags)
{
	once_fill_transfer(sqe, ONCE_OP_SEND, fd, buffer, length, (unsigned)flags, 0);
}

ONCE_NONNULL
static inline void once_prep_recv(struct once_sqe *sqe, int fd, void *buffer, size_t length,
				  int flags)
{
	once_fill_transfer(sqe, ONCE_OP_RECV, fd, buffer, length, (unsigned)flags, 0);
}

/* Takes its buffers from provided group *group*, 0 .. UINT16_MAX, else ONCE_BAD_ARGUMENT. */
ONCE_NONNULL
static inline void once_prep_recv_multishot(struct once_sqe *sqe, int fd, unsigned group, int flags)
{
	once_fill_transfer(sqe, ONCE_OP_RECV, fd, NULL, 0, (unsigned)flags, 0);
	once_limit(sqe, group, UINT16_MAX);
	sqe->wire.head = once_wire_head(ONCE_OP_RECV, ONCE_SQE_BUFFER_SELECT, ONCE_RECV_MULTISHOT, fd);
	sqe->wire.index = once_wire_index(group % ONCE_WORD_3, 0);
	sqe->shape = ONCE_SHAPE_MULTISHOT;
}

ONCE_NONNULL
static inline void once_prep_sendmsg(struct once_sqe *sqe, int fd, const struct msghdr *message,
				     unsigned flags)
{
	once_fill_transfer(sqe, ONCE_OP_SENDMSG, fd, message, 1, flags, 0);
}

ONCE_NONNULL
static inline void once_prep_recvmsg(struct once_sqe *sqe, int fd, struct msghdr *message,
				     unsigned flags)
{
	once_fill_transfer(sqe, ONCE_OP_RECVMSG, fd, message, 1, flags, 0);
}

/*
 * Zero-copy send. A result CQE with IORING_CQE_F_MORE is followed by a
 * notification CQE (IORING_CQE_F_NOTIF); only then is *buffer* free. Without
 * F_MORE there is no notification. zc_flags: IORING_RECVSEND_* bits.
 */
ONCE_NONNULL
static inline void once_prep_send_zc(struct once_sqe *sqe, int fd, const void *buffer,
				     size_t length, int flags, unsigned zc_flags)
{
	once_fill_transfer(sqe, ONCE_OP_SEND_ZC, fd, buffer, length, (unsigned)flags, 0);
	once_limit(sqe, zc_flags, UINT16_MAX);
	sqe->wire.head = once_wire_head(ONCE_OP_SEND_ZC, 0, zc_flags % ONCE_WORD_3, fd);
	sqe->shape = ONCE_SHAPE_ZERO_COPY;
}

ONCE_NONNULL
static inline void once_prep_shutdown(struct once_sqe *sqe, int fd, int how)
{
	once_fill_transfer(sqe, ONCE_OP_SHUTDOWN, fd, NULL, (uint32_t)how, 0, 0);
}

/* --- time --- */

/*
 * Completes with -ETIME after *time*, or with 0 after *count* other
 * completions (0: never). flags: IORING_TIMEOUT_*; MULTISHOT is
 * ONCE_BAD_ARGUMENT (use once_prep_raw()).
 */
ONCE_NONNULL
static inline void once_prep_timeout(struct once_sqe *sqe, const struct once_timespec *time,
				     unsigned count, unsigned flags)
{
	once_fill_timed(sqe, ONCE_OP_TIMEOUT, time, count, flags);
}

/* Ends the timeout that *ticket* names; refused like once_prep_cancel(). */
ONCE_NONNULL
static inline void once_prep_timeout_remove(struct once_sqe *sqe, const struct once_ticket *ticket)
{
	once_aim(sqe, ONCE_OP_TIMEOUT_REMOVE, ticket);
}

/* Bounds the operation armed just before with IOSQE_IO_LINK. */
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
ONCE_NONNULL ONCE_MUST_CHECK
static inline struct io_uring_sqe *once_prep_raw(struct once_sqe *sqe)
{
	once_fill(sqe, 0, 0, 0, 0);
	sqe->shape = ONCE_SHAPE_RAW;
	return (struct io_uring_sqe *)(void *)&sqe->wire;
}

/*
 * Add IOSQE_* flags to a prepared SQE: IOSQE_FIXED_FILE, IO_DRAIN, IO_LINK,
 * IO_HARDLINK, ASYNC, BUFFER_SELECT. IOSQE_CQE_SKIP_SUCCESS is refused by
 * once_arm(): an operation without a CQE has no end. Other bits are
 * ONCE_BAD_ARGUMENT. Before a preparation it has no effect.
 */
ONCE_NONNULL
static inline void once_set_flags(struct once_sqe *sqe, unsigned flags)
{
	const uint32_t old = once_wire_flags(&sqe->wire);

	if ((flags & ONCE_SQE_SKIP_SUCCESS) != 0 && sqe->fault == 0)
		sqe->fault = ONCE_SKIP_SUCCESS;
	once_limit(sqe, flags, ONCE_SQE_FLAGS_KNOWN);
	sqe->wire.head += ((old | (flags % ONCE_WORD_2)) - old) * ONCE_WORD_2;
}

ONCE_END_C

#endif
