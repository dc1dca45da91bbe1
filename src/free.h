/* SPDX-License-Identifier: MIT */
/*
 * ENDED → FREE: how a slot gets back to where it can be taken. Inline, because
 * it is half of what seeing a completion costs.
 */
#ifndef ONCERING_SRC_FREE_H
#define ONCERING_SRC_FREE_H

#include "ring.h"

/*
 * True while no slot can need more than to be freed: no credit is out, and no
 * slot can have used up its generations. Holds for a batch if it holds at its
 * begin: the batch arms nothing.
 */
static inline bool once_frees_plainly(const struct once_ring *ring)
{
	return once_load_relaxed(&ring->submit.credit_taken) == ring->complete.credit_returned &&
	       once_load_relaxed(&ring->submit.sq_tail) < once_load_relaxed(&ring->submit.wear_from);
}

/* The terminal CQE with *user_data* is delivered: the slot rests, its owner's loan stays. */
static inline void once_end(struct once_op *op, uint64_t user_data)
{
	once_store_relaxed(&op->id, user_data + 1 + ONCE_AT_REST);
	once_store_relaxed(&op->life, ONCE_LIFE_ENDED);
}

/* *plainly*: see above. Returns slots freed, for complete.freed: 0 if it was retired. */
static inline uint32_t once_free_slot(struct once_ring *ring, uint32_t slot, bool plainly)
{
	if (!plainly && once_retire_slot(ring, slot))
		return 0;
	once_store_relaxed(&ring->memory.ops[slot].life, ONCE_LIFE_FREE);
	if (once_is_split(ring)) {
		const uint32_t index = ring->complete.return_index;

		ring->memory.returned[index] = slot;
		ring->complete.return_index = index + 1 == ring->capacity ? 0 : index + 1;
	} else {
		const uint32_t free = ring->submit.free;

		ring->memory.stack[free] = slot;
		ring->submit.free = free + 1;
	}
	return 1;
}

#endif
