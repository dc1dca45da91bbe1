/* SPDX-License-Identifier: MIT */
/* Prepare, files: see prepare.h for what holds of every preparation. */
#ifndef ONCERING_PREPARE_FILE_H
#define ONCERING_PREPARE_FILE_H

#include "oncering/prepare_fill.h"

struct iovec;
struct statx;

ONCE_BEGIN_C

/*@ requires sqe: \valid(sqe);
    assigns sqe->wire, sqe->fault, sqe->shape;
    ensures words: once_transfer(sqe, ONCE_OP_READ, fd, (uintptr_t)buffer, length, 0, offset);
    ensures shape: sqe->shape == ONCE_SHAPE_ONE;
    behavior fits:
      assumes fits: length <= UINT32_MAX;
      ensures sound: sqe->fault == 0;
    behavior spoilt:
      assumes spoilt: length > UINT32_MAX;
      ensures fault: sqe->fault == ONCE_BAD_ARGUMENT;
    complete behaviors;
    disjoint behaviors; */
ONCE_NONNULL
static inline void once_prep_read(struct once_sqe *sqe, int fd, void *buffer, size_t length,
				  uint64_t offset)
{
	once_fill_transfer(sqe, ONCE_OP_READ, fd, (uintptr_t)buffer, length, 0, offset);
}

/*@ requires sqe: \valid(sqe);
    assigns sqe->wire, sqe->fault, sqe->shape;
    ensures words: once_transfer(sqe, ONCE_OP_WRITE, fd, (uintptr_t)buffer, length, 0, offset);
    ensures shape: sqe->shape == ONCE_SHAPE_ONE;
    behavior fits:
      assumes fits: length <= UINT32_MAX;
      ensures sound: sqe->fault == 0;
    behavior spoilt:
      assumes spoilt: length > UINT32_MAX;
      ensures fault: sqe->fault == ONCE_BAD_ARGUMENT;
    complete behaviors;
    disjoint behaviors; */
ONCE_NONNULL
static inline void once_prep_write(struct once_sqe *sqe, int fd, const void *buffer, size_t length,
				   uint64_t offset)
{
	once_fill_transfer(sqe, ONCE_OP_WRITE, fd, (uintptr_t)buffer, length, 0, offset);
}

/* *count* iovecs; with more than 1024 (UIO_MAXIOV) the operation fails with -EINVAL. */
/*@ requires sqe: \valid(sqe);
    assigns sqe->wire, sqe->fault, sqe->shape;
    ensures words: once_transfer(sqe, ONCE_OP_READV, fd, (uintptr_t)iovecs, count, 0, offset);
    ensures shape: sqe->shape == ONCE_SHAPE_ONE;
    ensures sound: sqe->fault == 0; */
ONCE_NONNULL
static inline void once_prep_readv(struct once_sqe *sqe, int fd, const struct iovec *iovecs,
				   unsigned count, uint64_t offset)
{
	once_fill_transfer(sqe, ONCE_OP_READV, fd, (uintptr_t)iovecs, count, 0, offset);
}

/*@ requires sqe: \valid(sqe);
    assigns sqe->wire, sqe->fault, sqe->shape;
    ensures words: once_transfer(sqe, ONCE_OP_WRITEV, fd, (uintptr_t)iovecs, count, 0, offset);
    ensures shape: sqe->shape == ONCE_SHAPE_ONE;
    ensures sound: sqe->fault == 0; */
ONCE_NONNULL
static inline void once_prep_writev(struct once_sqe *sqe, int fd, const struct iovec *iovecs,
				    unsigned count, uint64_t offset)
{
	once_fill_transfer(sqe, ONCE_OP_WRITEV, fd, (uintptr_t)iovecs, count, 0, offset);
}

/* *buffer* lies inside registered buffer *index*, 0 .. UINT16_MAX, else ONCE_BAD_ARGUMENT. */
/*@ requires sqe: \valid(sqe);
    assigns sqe->wire, sqe->fault, sqe->shape;
    ensures words: once_words(sqe, once_head_of(ONCE_OP_READ_FIXED, 0, 0, fd), (uintptr_t)buffer,
            once_size_of(length % 0x100000000, 0), offset, index % 0x10000);
    ensures shape: sqe->shape == ONCE_SHAPE_ONE;
    behavior fits:
      assumes fits: length <= UINT32_MAX && index <= UINT16_MAX;
      ensures sound: sqe->fault == 0;
    behavior spoilt:
      assumes spoilt: length > UINT32_MAX || index > UINT16_MAX;
      ensures fault: sqe->fault == ONCE_BAD_ARGUMENT;
    complete behaviors;
    disjoint behaviors; */
ONCE_NONNULL
static inline void once_prep_read_fixed(struct once_sqe *sqe, int fd, void *buffer, size_t length,
					uint64_t offset, unsigned index)
{
	once_fill_transfer(sqe, ONCE_OP_READ_FIXED, fd, (uintptr_t)buffer, length, 0, offset);
	once_limit(sqe, index, UINT16_MAX);
	sqe->wire.index = once_wire_index(index % ONCE_WORD_3, 0);
}

/*@ requires sqe: \valid(sqe);
    assigns sqe->wire, sqe->fault, sqe->shape;
    ensures words: once_words(sqe, once_head_of(ONCE_OP_WRITE_FIXED, 0, 0, fd), (uintptr_t)buffer,
            once_size_of(length % 0x100000000, 0), offset, index % 0x10000);
    ensures shape: sqe->shape == ONCE_SHAPE_ONE;
    behavior fits:
      assumes fits: length <= UINT32_MAX && index <= UINT16_MAX;
      ensures sound: sqe->fault == 0;
    behavior spoilt:
      assumes spoilt: length > UINT32_MAX || index > UINT16_MAX;
      ensures fault: sqe->fault == ONCE_BAD_ARGUMENT;
    complete behaviors;
    disjoint behaviors; */
ONCE_NONNULL
static inline void once_prep_write_fixed(struct once_sqe *sqe, int fd, const void *buffer,
					 size_t length, uint64_t offset, unsigned index)
{
	once_fill_transfer(sqe, ONCE_OP_WRITE_FIXED, fd, (uintptr_t)buffer, length, 0, offset);
	once_limit(sqe, index, UINT16_MAX);
	sqe->wire.index = once_wire_index(index % ONCE_WORD_3, 0);
}

/* flags: 0 or IORING_FSYNC_DATASYNC. */
/*@ requires sqe: \valid(sqe);
    assigns sqe->wire, sqe->fault, sqe->shape;
    ensures words: once_transfer(sqe, ONCE_OP_FSYNC, fd, 0, 0, flags, 0);
    ensures shape: sqe->shape == ONCE_SHAPE_ONE;
    ensures sound: sqe->fault == 0; */
ONCE_NONNULL
static inline void once_prep_fsync(struct once_sqe *sqe, int fd, unsigned flags)
{
	once_fill_transfer(sqe, ONCE_OP_FSYNC, fd, 0, 0, flags, 0);
}

/*@ requires sqe: \valid(sqe);
    assigns sqe->wire, sqe->fault, sqe->shape;
    ensures words: once_transfer(sqe, ONCE_OP_OPENAT, directory, (uintptr_t)path, mode,
            once_bits_of(flags), 0);
    ensures shape: sqe->shape == ONCE_SHAPE_ONE;
    ensures sound: sqe->fault == 0; */
ONCE_NONNULL
static inline void once_prep_openat(struct once_sqe *sqe, int directory, const char *path,
				    int flags, unsigned mode)
{
	once_fill_transfer(sqe, ONCE_OP_OPENAT, directory, (uintptr_t)path, mode, once_bits(flags), 0);
}

/*@ requires sqe: \valid(sqe);
    assigns sqe->wire, sqe->fault, sqe->shape;
    ensures words: once_transfer(sqe, ONCE_OP_CLOSE, fd, 0, 0, 0, 0);
    ensures shape: sqe->shape == ONCE_SHAPE_ONE;
    ensures sound: sqe->fault == 0; */
ONCE_NONNULL
static inline void once_prep_close(struct once_sqe *sqe, int fd)
{
	once_fill_transfer(sqe, ONCE_OP_CLOSE, fd, 0, 0, 0, 0);
}

/*@ requires sqe: \valid(sqe);
    assigns sqe->wire, sqe->fault, sqe->shape;
    ensures words: once_transfer(sqe, ONCE_OP_STATX, directory, (uintptr_t)path, mask,
            once_bits_of(flags), (uintptr_t)result);
    ensures shape: sqe->shape == ONCE_SHAPE_ONE;
    ensures sound: sqe->fault == 0; */
ONCE_NONNULL
static inline void once_prep_statx(struct once_sqe *sqe, int directory, const char *path,
				   int flags, unsigned mask, struct statx *result)
{
	once_fill_transfer(sqe, ONCE_OP_STATX, directory, (uintptr_t)path, mask, once_bits(flags),
			   (uintptr_t)result);
}

/* One of the two must be a pipe; its offset is ONCE_CURRENT. */
/*@ requires sqe: \valid(sqe);
    assigns sqe->wire, sqe->fault, sqe->shape;
    ensures words: once_words(sqe, once_head_of(ONCE_OP_SPLICE, 0, 0, to), from_offset,
            once_size_of(length % 0x100000000, flags), to_offset, once_index_of(0, from));
    ensures shape: sqe->shape == ONCE_SHAPE_ONE;
    behavior fits:
      assumes fits: length <= UINT32_MAX;
      ensures sound: sqe->fault == 0;
    behavior spoilt:
      assumes spoilt: length > UINT32_MAX;
      ensures fault: sqe->fault == ONCE_BAD_ARGUMENT;
    complete behaviors;
    disjoint behaviors; */
ONCE_NONNULL
static inline void once_prep_splice(struct once_sqe *sqe, int from, uint64_t from_offset, int to,
				    uint64_t to_offset, size_t length, unsigned flags)
{
	once_fill_transfer(sqe, ONCE_OP_SPLICE, to, 0, length, flags, to_offset);
	sqe->wire.addr = from_offset;
	sqe->wire.index = once_wire_index(0, from);
}

ONCE_END_C

#endif
