/* SPDX-License-Identifier: MIT */
/* Prepare, sockets: see prepare.h for what holds of every preparation. */
#ifndef ONCERING_PREPARE_SOCKET_H
#define ONCERING_PREPARE_SOCKET_H

#include "oncering/prepare_fill.h"

struct msghdr;
struct sockaddr;

ONCE_BEGIN_C

/* address and length may be NULL; flags as accept4(2). */
/*@ requires sqe: \valid(sqe);
    assigns sqe->wire, sqe->fault, sqe->shape;
    ensures words: once_transfer(sqe, ONCE_OP_ACCEPT, fd, (uintptr_t)address, 0,
            once_bits_of(flags), (uintptr_t)length);
    ensures shape: sqe->shape == ONCE_SHAPE_ONE;
    ensures sound: sqe->fault == 0; */
ONCE_NONNULL_AT(1)
static inline void once_prep_accept(struct once_sqe *sqe, int fd, struct sockaddr *address,
				    uint32_t *length, int flags)
{
	once_fill_transfer(sqe, ONCE_OP_ACCEPT, fd, (uintptr_t)address, 0, once_bits(flags),
			   (uintptr_t)length);
}

/*@ requires sqe: \valid(sqe);
    assigns sqe->wire, sqe->fault, sqe->shape;
    ensures words: once_words(sqe, once_head_of(ONCE_OP_ACCEPT, 0, ONCE_ACCEPT_MULTISHOT, fd),
            (uintptr_t)address, once_size_of(0, once_bits_of(flags)), (uintptr_t)length, 0);
    ensures shape: sqe->shape == ONCE_SHAPE_MULTISHOT;
    ensures sound: sqe->fault == 0; */
ONCE_NONNULL_AT(1)
static inline void once_prep_accept_multishot(struct once_sqe *sqe, int fd,
					      struct sockaddr *address, uint32_t *length, int flags)
{
	once_prep_accept(sqe, fd, address, length, flags);
	sqe->wire.head = once_wire_head(ONCE_OP_ACCEPT, 0, ONCE_ACCEPT_MULTISHOT, fd);
	sqe->shape = ONCE_SHAPE_MULTISHOT;
}

/*@ requires sqe: \valid(sqe);
    assigns sqe->wire, sqe->fault, sqe->shape;
    ensures words: once_transfer(sqe, ONCE_OP_CONNECT, fd, (uintptr_t)address, 0, 0, length);
    ensures shape: sqe->shape == ONCE_SHAPE_ONE;
    ensures sound: sqe->fault == 0; */
ONCE_NONNULL
static inline void once_prep_connect(struct once_sqe *sqe, int fd, const struct sockaddr *address,
				     uint32_t length)
{
	once_fill_transfer(sqe, ONCE_OP_CONNECT, fd, (uintptr_t)address, 0, 0, length);
}

/*@ requires sqe: \valid(sqe);
    assigns sqe->wire, sqe->fault, sqe->shape;
    ensures words: once_transfer(sqe, ONCE_OP_SEND, fd, (uintptr_t)buffer, length,
            once_bits_of(flags), 0);
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
static inline void once_prep_send(struct once_sqe *sqe, int fd, const void *buffer, size_t length,
				  int flags)
{
	once_fill_transfer(sqe, ONCE_OP_SEND, fd, (uintptr_t)buffer, length, once_bits(flags), 0);
}

/*@ requires sqe: \valid(sqe);
    assigns sqe->wire, sqe->fault, sqe->shape;
    ensures words: once_transfer(sqe, ONCE_OP_RECV, fd, (uintptr_t)buffer, length,
            once_bits_of(flags), 0);
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
static inline void once_prep_recv(struct once_sqe *sqe, int fd, void *buffer, size_t length,
				  int flags)
{
	once_fill_transfer(sqe, ONCE_OP_RECV, fd, (uintptr_t)buffer, length, once_bits(flags), 0);
}

/* Takes its buffers from provided group *group*, 0 .. UINT16_MAX, else ONCE_BAD_ARGUMENT. */
/*@ requires sqe: \valid(sqe);
    assigns sqe->wire, sqe->fault, sqe->shape;
    ensures words: once_words(sqe, once_head_of(ONCE_OP_RECV, ONCE_SQE_BUFFER_SELECT,
            ONCE_RECV_MULTISHOT, fd), 0, once_size_of(0, once_bits_of(flags)), 0, group % 0x10000);
    ensures shape: sqe->shape == ONCE_SHAPE_MULTISHOT;
    behavior fits:
      assumes fits: group <= UINT16_MAX;
      ensures sound: sqe->fault == 0;
    behavior spoilt:
      assumes spoilt: group > UINT16_MAX;
      ensures fault: sqe->fault == ONCE_BAD_ARGUMENT;
    complete behaviors;
    disjoint behaviors; */
ONCE_NONNULL
static inline void once_prep_recv_multishot(struct once_sqe *sqe, int fd, unsigned group, int flags)
{
	once_fill_transfer(sqe, ONCE_OP_RECV, fd, 0, 0, once_bits(flags), 0);
	once_limit(sqe, group, UINT16_MAX);
	sqe->wire.head = once_wire_head(ONCE_OP_RECV, ONCE_SQE_BUFFER_SELECT, ONCE_RECV_MULTISHOT, fd);
	sqe->wire.index = once_wire_index(group % ONCE_WORD_3, 0);
	sqe->shape = ONCE_SHAPE_MULTISHOT;
}

/*@ requires sqe: \valid(sqe);
    assigns sqe->wire, sqe->fault, sqe->shape;
    ensures words: once_transfer(sqe, ONCE_OP_SENDMSG, fd, (uintptr_t)message, 1, flags, 0);
    ensures shape: sqe->shape == ONCE_SHAPE_ONE;
    ensures sound: sqe->fault == 0; */
ONCE_NONNULL
static inline void once_prep_sendmsg(struct once_sqe *sqe, int fd, const struct msghdr *message,
				     unsigned flags)
{
	once_fill_transfer(sqe, ONCE_OP_SENDMSG, fd, (uintptr_t)message, 1, flags, 0);
}

/*@ requires sqe: \valid(sqe);
    assigns sqe->wire, sqe->fault, sqe->shape;
    ensures words: once_transfer(sqe, ONCE_OP_RECVMSG, fd, (uintptr_t)message, 1, flags, 0);
    ensures shape: sqe->shape == ONCE_SHAPE_ONE;
    ensures sound: sqe->fault == 0; */
ONCE_NONNULL
static inline void once_prep_recvmsg(struct once_sqe *sqe, int fd, struct msghdr *message,
				     unsigned flags)
{
	once_fill_transfer(sqe, ONCE_OP_RECVMSG, fd, (uintptr_t)message, 1, flags, 0);
}

/*
 * Zero-copy send. A result CQE with IORING_CQE_F_MORE is followed by a
 * notification CQE (IORING_CQE_F_NOTIF); only then is *buffer* free. Without
 * F_MORE there is no notification. zc_flags: IORING_RECVSEND_* bits.
 */
/*@ requires sqe: \valid(sqe);
    assigns sqe->wire, sqe->fault, sqe->shape;
    ensures words: once_words(sqe, once_head_of(ONCE_OP_SEND_ZC, 0, zc_flags % 0x10000, fd),
            (uintptr_t)buffer, once_size_of(length % 0x100000000, once_bits_of(flags)), 0, 0);
    ensures shape: sqe->shape == ONCE_SHAPE_ZERO_COPY;
    behavior fits:
      assumes fits: length <= UINT32_MAX && zc_flags <= UINT16_MAX;
      ensures sound: sqe->fault == 0;
    behavior spoilt:
      assumes spoilt: length > UINT32_MAX || zc_flags > UINT16_MAX;
      ensures fault: sqe->fault == ONCE_BAD_ARGUMENT;
    complete behaviors;
    disjoint behaviors; */
ONCE_NONNULL
static inline void once_prep_send_zc(struct once_sqe *sqe, int fd, const void *buffer,
				     size_t length, int flags, unsigned zc_flags)
{
	once_fill_transfer(sqe, ONCE_OP_SEND_ZC, fd, (uintptr_t)buffer, length, once_bits(flags), 0);
	once_limit(sqe, zc_flags, UINT16_MAX);
	sqe->wire.head = once_wire_head(ONCE_OP_SEND_ZC, 0, zc_flags % ONCE_WORD_3, fd);
	sqe->shape = ONCE_SHAPE_ZERO_COPY;
}

/*@ requires sqe: \valid(sqe);
    assigns sqe->wire, sqe->fault, sqe->shape;
    ensures words: once_transfer(sqe, ONCE_OP_SHUTDOWN, fd, 0, once_bits_of(how), 0, 0);
    ensures shape: sqe->shape == ONCE_SHAPE_ONE;
    ensures sound: sqe->fault == 0; */
ONCE_NONNULL
static inline void once_prep_shutdown(struct once_sqe *sqe, int fd, int how)
{
	once_fill_transfer(sqe, ONCE_OP_SHUTDOWN, fd, 0, once_bits(how), 0, 0);
}

ONCE_END_C

#endif
