/* SPDX-License-Identifier: MIT */
/*
 * The identity of an operation, and of everything else that may bear a
 * user_data: tag (8 bits), slot (16), generation (40).
 *
 * A ring's tag is 1 .. 127, so an identity is never 0, never -1
 * (LIBURING_UDATA_TIMEOUT) and never one of the library's own values, which
 * bear tag 255. Products and quotients by constants say what shifts and masks
 * would; compilers make the same code of them, and provers can follow.
 */
#ifndef ONCERING_IDENTITY_H
#define ONCERING_IDENTITY_H

#include <stdint.h>

#define ONCE_GENERATIONS UINT64_C(0x10000000000)  /* 2^40 */
#define ONCE_TAG_UNIT UINT64_C(0x100000000000000) /* 2^56 */
#define ONCE_SLOTS 65536U
#define ONCE_TAGS 127U

/* The library's own SQEs. The first is LIBURING_UDATA_TIMEOUT. */
#define ONCE_UDATA_TIMEOUT UINT64_MAX
#define ONCE_UDATA_REMOVE (UINT64_MAX - 1)
#define ONCE_UDATA_CANCEL (UINT64_MAX - 2)

/*
 * While a slot has no armed operation, it rests: its id is the one it will have
 * next, with the slot field one too high. No CQE can name it then, since a CQE
 * is looked up at the slot that its own user_data says.
 */
#define ONCE_AT_REST ONCE_GENERATIONS

/* The same as logic. */
/*@ logic integer once_id(integer tag, integer slot, integer generation) =
      tag * 0x100000000000000 + slot * 0x10000000000 + generation;
    logic integer once_slot_of(integer id) = (id / 0x10000000000) % 65536;
    logic integer once_generation_of(integer id) = id % 0x10000000000;
    logic integer once_tag_of(integer id) = id / 0x100000000000000;
    predicate once_is_tag(integer tag) = 1 <= tag <= ONCE_TAGS;
    predicate once_is_slot(integer slot) = 0 <= slot < ONCE_SLOTS;
    predicate once_is_generation(integer generation) = 0 <= generation < 0x10000000000;
    predicate once_is_reserved(integer id) =
      id == ONCE_UDATA_TIMEOUT || id == ONCE_UDATA_REMOVE || id == ONCE_UDATA_CANCEL; */

/*@ requires fields: tag <= 255 && once_is_slot(slot) && once_is_generation(generation);
    assigns \nothing;
    ensures id: \result == once_id(tag, slot, generation); */
static inline uint64_t once_id_of(uint64_t tag, uint32_t slot, uint64_t generation)
{
	return tag * ONCE_TAG_UNIT + slot * ONCE_GENERATIONS + generation;
}

/*@ assigns \nothing;
    ensures slot: \result == once_slot_of(id);
    ensures bound: once_is_slot(\result); */
static inline uint32_t once_id_slot(uint64_t id)
{
	return (uint32_t)(id / ONCE_GENERATIONS % ONCE_SLOTS);
}

/*@ assigns \nothing;
    ensures generation: \result == once_generation_of(id);
    ensures bound: once_is_generation(\result); */
static inline uint64_t once_id_generation(uint64_t id)
{
	return id % ONCE_GENERATIONS;
}

#endif
