/* SPDX-License-Identifier: MIT */
/*
 * An SQE as eight words: how its narrow fields lie in them, and the kernel's
 * numbers for what the library itself has to know. Products and quotients by
 * constants again stand for shifts and masks.
 */
#ifndef ONCERING_WIRE_H
#define ONCERING_WIRE_H

#include "oncering/order.h"
#include "oncering/types.h"

/* IORING_OP_*, IOSQE_* and others, as the kernel's interface has them. */
enum {
	ONCE_OP_NOP = 0,
	ONCE_OP_READV = 1,
	ONCE_OP_WRITEV = 2,
	ONCE_OP_FSYNC = 3,
	ONCE_OP_READ_FIXED = 4,
	ONCE_OP_WRITE_FIXED = 5,
	ONCE_OP_POLL_ADD = 6,
	ONCE_OP_POLL_REMOVE = 7,
	ONCE_OP_SENDMSG = 9,
	ONCE_OP_RECVMSG = 10,
	ONCE_OP_TIMEOUT = 11,
	ONCE_OP_TIMEOUT_REMOVE = 12,
	ONCE_OP_ACCEPT = 13,
	ONCE_OP_ASYNC_CANCEL = 14,
	ONCE_OP_LINK_TIMEOUT = 15,
	ONCE_OP_CONNECT = 16,
	ONCE_OP_OPENAT = 18,
	ONCE_OP_CLOSE = 19,
	ONCE_OP_STATX = 21,
	ONCE_OP_READ = 22,
	ONCE_OP_WRITE = 23,
	ONCE_OP_SEND = 26,
	ONCE_OP_RECV = 27,
	ONCE_OP_SPLICE = 30,
	ONCE_OP_SHUTDOWN = 34,
	ONCE_OP_SEND_ZC = 47,
	ONCE_OP_SENDMSG_ZC = 48,
	ONCE_OP_READ_MULTISHOT = 49,
	ONCE_SQE_IO_LINK = 1 << 2,
	ONCE_SQE_IO_HARDLINK = 1 << 3,
	ONCE_SQE_BUFFER_SELECT = 1 << 5,
	ONCE_SQE_SKIP_SUCCESS = 1 << 6,
	ONCE_SQE_FLAGS_KNOWN = (1 << 6) - 1,
	ONCE_POLL_ADD_MULTI = 1 << 0,
	ONCE_POLL_UPDATE_USER_DATA = 1 << 2,
	ONCE_ACCEPT_MULTISHOT = 1 << 0,
	ONCE_RECV_MULTISHOT = 1 << 1,
	ONCE_TIMEOUT_MULTISHOT = 1 << 6,
	ONCE_CANCEL_ALL = 1 << 0,
	ONCE_CANCEL_ANY = 1 << 2
};

#define ONCE_WORD_2 UINT64_C(0x100)
#define ONCE_WORD_3 UINT64_C(0x10000)
#define ONCE_WORD_5 UINT64_C(0x100000000)

#if defined(__BYTE_ORDER__) && __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
#error "struct once_wire is laid out for little-endian machines"
#endif

/*
 * The same as logic: the 32 bits of a number, the first word of an SQE, the
 * word of the length and the flags of the operation, and the word of the
 * indexes.
 */
/*@ logic integer once_bits_of(integer number) = number < 0 ? number + 0x100000000 : number;
    logic integer once_head_of(integer opcode, integer flags, integer ioprio, integer fd) =
      opcode + flags * 0x100 + ioprio * 0x10000 + once_bits_of(fd) * 0x100000000;
    logic integer once_size_of(integer length, integer flags) = length + flags * 0x100000000;
    logic integer once_index_of(integer buffer, integer file) =
      buffer + once_bits_of(file) * 0x100000000; */

/* The 32 bits of a number that may be negative. */
/*@ assigns \nothing;
    ensures bits: \result == once_bits_of(number); */
static inline uint32_t once_bits(int32_t number)
{
	return (uint32_t)((int64_t)number + (number < 0 ? INT64_C(0x100000000) : 0));
}

/*@ requires fields: opcode <= UINT8_MAX && flags <= UINT8_MAX && ioprio <= UINT16_MAX;
    assigns \nothing;
    ensures word: \result == once_head_of(opcode, flags, ioprio, fd); */
static inline uint64_t once_wire_head(uint64_t opcode, uint64_t flags, uint64_t ioprio, int fd)
{
	return opcode + flags * ONCE_WORD_2 + ioprio * ONCE_WORD_3 + once_bits(fd) * ONCE_WORD_5;
}

/*@ requires wire: \valid_read(wire);
    assigns \nothing;
    ensures field: \result == wire->head % 0x100; */
static inline uint32_t once_wire_opcode(const struct once_wire *wire)
{
	return (uint32_t)(wire->head % ONCE_WORD_2);
}

/*@ requires wire: \valid_read(wire);
    assigns \nothing;
    ensures field: \result == wire->head / 0x100 % 0x100; */
static inline uint32_t once_wire_flags(const struct once_wire *wire)
{
	return (uint32_t)(wire->head / ONCE_WORD_2 % ONCE_WORD_2);
}

/*@ requires wire: \valid_read(wire);
    assigns \nothing;
    ensures field: \result == wire->head / 0x10000 % 0x10000; */
static inline uint32_t once_wire_ioprio(const struct once_wire *wire)
{
	return (uint32_t)(wire->head / ONCE_WORD_3 % ONCE_WORD_3);
}

/* The length, and the flags of the operation. */
/*@ assigns \nothing;
    ensures word: \result == once_size_of(length, flags); */
static inline uint64_t once_wire_size(uint32_t length, uint32_t flags)
{
	return length + flags * ONCE_WORD_5;
}

/*@ requires wire: \valid_read(wire);
    assigns \nothing;
    ensures field: \result == wire->size % 0x100000000; */
static inline uint32_t once_wire_length(const struct once_wire *wire)
{
	return (uint32_t)(wire->size % ONCE_WORD_5);
}

/*@ requires wire: \valid_read(wire);
    assigns \nothing;
    ensures field: \result == wire->size / 0x100000000; */
static inline uint32_t once_wire_op_flags(const struct once_wire *wire)
{
	return (uint32_t)(wire->size / ONCE_WORD_5);
}

/*@ requires field: buffer <= UINT32_MAX;
    assigns \nothing;
    ensures word: \result == once_index_of(buffer, file); */
static inline uint64_t once_wire_index(uint64_t buffer, int32_t file)
{
	return buffer + once_bits(file) * ONCE_WORD_5;
}

/*
 * Into the SQ, word by word, as atomic stores: gcc would else gather the words
 * on the stack to store them in pairs, and wait for them there (measured: 10 ns).
 */
/*@ requires wires: \valid(to) && \valid_read(from) && \separated(to, from);
    assigns *to;
    ensures words: to->head == from->head && to->off == from->off && to->addr == from->addr &&
            to->size == from->size && to->index == from->index && to->addr3 == from->addr3 &&
            to->pad == from->pad;
    ensures stamped: to->user_data == user_data; */
static inline void once_wire_copy(struct once_wire *to, const struct once_wire *from,
				  uint64_t user_data)
{
	once_store_relaxed(&to->head, from->head);
	once_store_relaxed(&to->off, from->off);
	once_store_relaxed(&to->addr, from->addr);
	once_store_relaxed(&to->size, from->size);
	once_store_relaxed(&to->user_data, user_data);
	once_store_relaxed(&to->index, from->index);
	once_store_relaxed(&to->addr3, from->addr3);
	once_store_relaxed(&to->pad, from->pad);
}

#endif
