/* SPDX-License-Identifier: MIT */
/*
 * How an SQE is filled: what the preparations in prepare.h are made of. Not for
 * callers.
 */
#ifndef ONCERING_PREPARE_FILL_H
#define ONCERING_PREPARE_FILL_H

#include "oncering/take.h"
#include "oncering/wire.h"

#define ONCE_CURRENT UINT64_MAX

ONCE_BEGIN_C

/*
 * All eight words of a prepared SQE; those of the common form (a length that
 * is too long has spoilt the preparation); an operation that is armed or in
 * flight and bears *id*.
 */
/*@ predicate once_words{L}(struct once_sqe *sqe, integer head, integer addr, integer size,
        integer off, integer index) =
      sqe->wire.head == head && sqe->wire.addr == addr && sqe->wire.size == size &&
      sqe->wire.off == off && sqe->wire.index == index && sqe->wire.user_data == 0 &&
      sqe->wire.addr3 == 0 && sqe->wire.pad == 0;
    predicate once_transfer{L}(struct once_sqe *sqe, integer opcode, integer fd, integer addr,
        integer length, integer flags, integer off) =
      once_words(sqe, once_head_of(opcode, 0, 0, fd), addr,
        once_size_of(length % 0x100000000, flags), off, 0);
    predicate once_is_named{L}(struct once_ring *ring, integer id) =
      once_slot_of(id) < ring->capacity && ring->memory.ops[once_slot_of(id)].id == id; */

/* A new preparation: no fault so far, and every word that is not given is 0. */
/*@ requires sqe: \valid(sqe);
    assigns sqe->wire, sqe->fault, sqe->shape;
    ensures words: once_words(sqe, head, address, size, offset, 0);
    ensures shape: sqe->shape == ONCE_SHAPE_ONE;
    ensures sound: sqe->fault == 0; */
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
/*@ requires sqe: \valid(sqe);
    assigns sqe->fault;
    behavior fits:
      assumes fits: value <= most || sqe->fault != 0;
      assigns \nothing;
      ensures kept: sqe->fault == \old(sqe->fault);
    behavior spoilt:
      assumes spoilt: value > most && sqe->fault == 0;
      ensures fault: sqe->fault == ONCE_BAD_ARGUMENT;
    complete behaviors;
    disjoint behaviors; */
ONCE_NONNULL
static inline void once_limit(struct once_sqe *sqe, uint64_t value, uint64_t most)
{
	if (value > most && sqe->fault == 0)
		sqe->fault = ONCE_BAD_ARGUMENT;
}

/* The common form: a descriptor, an address, a length, flags of the operation, an offset. */
/*@ requires sqe: \valid(sqe);
    assigns sqe->wire, sqe->fault, sqe->shape;
    ensures words: once_transfer(sqe, opcode, fd, address, length, flags, offset);
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
static inline void once_fill_transfer(struct once_sqe *sqe, uint8_t opcode, int fd,
				      uintptr_t address, size_t length, unsigned flags,
				      uint64_t offset)
{
	once_fill(sqe, once_wire_head(opcode, 0, 0, fd), address,
		  once_wire_size((uint32_t)(length % ONCE_WORD_5), flags), offset);
	once_limit(sqe, length, UINT32_MAX);
}

/* An SQE against the operation that *ticket* names. */
/*@ requires sqe: \valid(sqe) && \valid_read(sqe->ring);
    requires slots: \valid_read(sqe->ring->memory.ops + (0 .. sqe->ring->capacity - 1));
    requires apart: \separated(sqe, ticket, sqe->ring) &&
            \separated(sqe, sqe->ring->memory.ops + (0 .. sqe->ring->capacity - 1));
    requires ticket: \valid_read(ticket);
    assigns sqe->wire, sqe->fault, sqe->shape;
    ensures words: once_words(sqe, once_head_of(opcode, 0, 0, -1),
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
void once_aim(struct once_sqe *sqe, uint8_t opcode, const struct once_ticket *ticket);

/* The time travels by value; once_arm() gives it a place that outlives the submit. */
/*@ requires sqe: \valid(sqe);
    requires time: \valid_read(time) && \separated(time, sqe);
    assigns sqe->wire, sqe->fault, sqe->shape, sqe->time;
    ensures words: once_words(sqe, once_head_of(opcode, 0, 0, -1), 0, once_size_of(1, flags),
            count, 0);
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
static inline void once_fill_timed(struct once_sqe *sqe, uint8_t opcode,
				   const struct once_timespec *time, uint64_t count, unsigned flags)
{
	once_fill(sqe, once_wire_head(opcode, 0, 0, -1), 0, once_wire_size(1, flags), count);
	once_limit(sqe, flags & ONCE_TIMEOUT_MULTISHOT, 0);
	sqe->time = *time;
	sqe->shape = ONCE_SHAPE_TIMED;
}

ONCE_END_C

#endif
