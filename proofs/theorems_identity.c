/* SPDX-License-Identifier: MIT */
/*
 * Theorem 5: what an operation is called. Each function below does what the
 * library does with identities, and its postcondition is the theorem. Nothing
 * here is called; it is proved, and read as documentation.
 */
#include <oncering/identity.h>

#include <stdbool.h>

/* A tag is 1 .. 127, as once_open() makes it. */
/*@ requires fields: once_is_tag(tag) && once_is_slot(slot) && once_is_generation(generation);
    assigns \nothing;
    ensures tag: once_tag_of(\result) == tag;
    ensures slot: once_slot_of(\result) == slot;
    ensures generation: once_generation_of(\result) == generation; */
uint64_t once_theorem_fields_come_back(uint64_t tag, uint32_t slot, uint64_t generation)
{
	return once_id_of(tag, slot, generation);
}

/* The encoding is injective: two different (tag, slot, generation) give two user_data. */
/*@ requires first: once_is_tag(tag1) && once_is_slot(slot1) && once_is_generation(generation1);
    requires second: once_is_tag(tag2) && once_is_slot(slot2) && once_is_generation(generation2);
    assigns \nothing;
    ensures injective: \result == true <==>
            tag1 == tag2 && slot1 == slot2 && generation1 == generation2; */
bool once_theorem_injective(uint64_t tag1, uint32_t slot1, uint64_t generation1, uint64_t tag2,
			    uint32_t slot2, uint64_t generation2)
{
	return once_theorem_fields_come_back(tag1, slot1, generation1) ==
	       once_theorem_fields_come_back(tag2, slot2, generation2);
}

/* No operation is called -1 (LIBURING_UDATA_TIMEOUT), 0, or as the library's own SQEs are. */
/*@ requires fields: once_is_tag(tag) && once_is_slot(slot) && once_is_generation(generation);
    assigns \nothing;
    ensures never_timeout: \result != UINT64_MAX;
    ensures never_zero: \result != 0;
    ensures never_reserved: !once_is_reserved(\result);
    ensures never_negative: \result <= INT64_MAX; */
uint64_t once_theorem_never_reserved(uint64_t tag, uint32_t slot, uint64_t generation)
{
	return once_id_of(tag, slot, generation);
}

/* The three values that the library keeps for itself differ from each other. */
/*@ assigns \nothing;
    ensures distinct: \result == true; */
bool once_theorem_reserved_differ(void)
{
	return ONCE_UDATA_TIMEOUT != ONCE_UDATA_REMOVE && ONCE_UDATA_REMOVE != ONCE_UDATA_CANCEL &&
	       ONCE_UDATA_CANCEL != ONCE_UDATA_TIMEOUT;
}

/*
 * What once_open() writes into a slot: the identity of its first operation, at
 * rest. A slot at rest says another slot than its own (or, the last one, another
 * tag), so that a CQE, which is looked up at the slot that its user_data
 * says, never matches it.
 */
/*@ requires fields: once_is_tag(tag) && once_is_slot(slot) && once_is_generation(generation);
    assigns \nothing;
    ensures rests: \result == once_id(tag, slot, generation) + 0x10000000000;
    ensures elsewhere: once_slot_of(\result) != slot;
    ensures never_reserved: !once_is_reserved(\result) && \result != 0; */
uint64_t once_theorem_at_rest_names_nobody(uint64_t tag, uint32_t slot, uint64_t generation)
{
	return once_id_of(tag, slot, generation) + ONCE_AT_REST;
}

/*
 * Deliver looks an identity up at the slot that it says, and takes it for an
 * operation if the slot's id is that very value: a slot that rests is not
 * found, whatever the kernel posts.
 */
/*@ requires fields: once_is_tag(tag) && once_is_slot(slot) && once_is_generation(generation);
    requires looked_up: once_slot_of(user_data) == slot;
    assigns \nothing;
    ensures not_found: \result == false; */
bool once_theorem_rest_is_not_found(uint64_t user_data, uint64_t tag, uint32_t slot,
				    uint64_t generation)
{
	return once_theorem_at_rest_names_nobody(tag, slot, generation) == user_data;
}

/*
 * The end of an operation makes the slot rest with the next generation. The
 * last one of all (generation 2^40 - 1) leaves generation field 0 behind, which
 * no other rest has: once_retire_slot() tells a used-up slot by it.
 */
/*@ requires fields: once_is_tag(tag) && once_is_slot(slot) && once_is_generation(generation);
    requires lived: generation >= 1;
    assigns \nothing;
    ensures next: generation < 0xFFFFFFFFFF ==>
            \result == once_id(tag, slot, generation + 1) + 0x10000000000;
    ensures differs: \result != once_id(tag, slot, generation);
    behavior goes_on:
      assumes left: generation < 0xFFFFFFFFFF;
      ensures not_used_up: once_generation_of(\result) != 0;
    behavior used_up:
      assumes last: generation == 0xFFFFFFFFFF;
      ensures used_up: once_generation_of(\result) == 0;
    complete behaviors;
    disjoint behaviors; */
uint64_t once_theorem_end_rests(uint64_t tag, uint32_t slot, uint64_t generation)
{
	return once_id_of(tag, slot, generation) + 1 + ONCE_AT_REST;
}

/* What take hands out is what the slot's rest says: the identity never has generation 0. */
/*@ requires fields: once_is_tag(tag) && once_is_slot(slot) && once_is_generation(generation);
    requires not_used_up: generation >= 1;
    assigns \nothing;
    ensures taken: \result == once_id(tag, slot, generation); */
uint64_t once_theorem_take_restores(uint64_t tag, uint32_t slot, uint64_t generation)
{
	const uint64_t rest = once_theorem_at_rest_names_nobody(tag, slot, generation);

	return rest - ONCE_AT_REST;
}

/*
 * Operations of one slot are never called alike: as long as generations only
 * go up, a ticket or a late CQE of an earlier life does not name a later one.
 */
/*@ requires fields: once_is_tag(tag) && once_is_slot(slot) && once_is_generation(later);
    requires older: 1 <= earlier < later;
    assigns \nothing;
    ensures stale: \result == false; */
bool once_theorem_stale_never_matches(uint64_t tag, uint32_t slot, uint64_t earlier, uint64_t later)
{
	return once_theorem_injective(tag, slot, earlier, tag, slot, later);
}

/* Two rings whose tags differ have no identity in common: an SQE of one never ends in the other. */
/*@ requires first: once_is_tag(tag1) && once_is_slot(slot1) && once_is_generation(generation1);
    requires second: once_is_tag(tag2) && once_is_slot(slot2) && once_is_generation(generation2);
    requires differ: tag1 != tag2;
    assigns \nothing;
    ensures apart: \result == false; */
bool once_theorem_rings_are_apart(uint64_t tag1, uint32_t slot1, uint64_t generation1,
				  uint64_t tag2, uint32_t slot2, uint64_t generation2)
{
	return once_theorem_injective(tag1, slot1, generation1, tag2, slot2, generation2);
}
