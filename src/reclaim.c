/* SPDX-License-Identifier: MIT */
/*
 * Reclaim: the head moves over the seen prefix, and no further. A slot is FREE
 * again when the head passes its terminal CQE: only then can the kernel post
 * into that place, so a free slot always has a place in the CQ; and while a
 * token is held, its operation's slot cannot be reused.
 */
#include "free.h"

ONCE_COLD bool once_retire_slot(struct once_ring *ring, uint32_t slot)
{
	struct once_complete_side *side = &ring->complete;
	struct once_op *op = &ring->memory.ops[slot];
	const uint32_t credit = ring->memory.credits[slot];

	if (credit != 0) {
		ring->memory.credits[slot] = 0;
		once_store_release(&side->credit_returned, side->credit_returned + credit);
	}
	/* the next generation would be 0 */
	if (once_id_generation(op->id) != 0)
		return false;
	once_store_relaxed(&op->life, ONCE_LIFE_RETIRED);
	once_store_relaxed32(&side->retired, side->retired + 1);
	return true;
}

void once_reclaim(struct once_ring *ring)
{
	struct once_complete_side *side = &ring->complete;
	const bool plainly = once_frees_plainly(ring);
	const uint64_t delivered = side->delivered;
	uint64_t head = side->head;
	uint64_t freed = side->freed;
	uint32_t index = side->head_index;

	while (head != delivered) {
		const struct once_hold *hold = &ring->memory.window[index];

		if (hold->position != ONCE_SEEN_MARK)
			break;
		if (hold->slot != ONCE_NO_INDEX && (hold->flags & ONCE_CQE_F_MORE) == 0) {
			side->ended--;
			freed += once_free_slot(ring, hold->slot, plainly);
		}
		index = index + 1 == ring->view.cq_entries ? 0 : index + 1;
		head++;
	}
	side->head_index = index;
	once_store_relaxed(&side->head, head);
	/*
	 * Else the next look at the tail publishes. But a slot that the other
	 * thread may take must have its place in the CQ, and so must the next
	 * CQE of a multishot operation, which an overflow would end.
	 */
	if (once_is_split(ring) || !plainly)
		once_publish(ring);
	once_store_release(&side->freed, freed);
}
