/* SPDX-License-Identifier: MIT */
/*
 * Take: FREE → TAKEN. The inline in oncering/take.h takes; this counts what
 * can be taken.
 *
 * Free slots lie on a stack, so that those used last, which are in the cache,
 * are used next. In split mode the completing thread may not touch the stack:
 * it returns slots through a ring, from which they are collected here.
 */
#include "ring.h"

/* Put the slots that the completing thread has returned onto the stack. */
static void collect(struct once_ring *ring)
{
	struct once_submit_side *side = &ring->submit;
	const uint64_t freed = once_load_acquire(&ring->complete.freed);
	uint64_t collected = side->collected;
	uint32_t free = side->free;

	while (collected != freed) {
		ring->memory.stack[free] = ring->memory.returned[side->collect_index];
		side->collect_index =
			side->collect_index + 1 == ring->capacity ? 0 : side->collect_index + 1;
		free++;
		collected++;
	}
	once_store_relaxed32(&side->free, free);
	once_store_relaxed(&side->collected, collected);
}

/*
 * The SQ's places, less those that the kernel has not read, and those promised
 * to SQEs that are taken.
 */
void once_count_room(struct once_ring *ring)
{
	struct once_submit_side *side = &ring->submit;
	const uint32_t unread = once_ahead((uint32_t)(side->sq_tail % ONCE_WORD_5),
					   once_load_kernel(ring->view.sq_head));
	uint32_t used = (uint32_t)(side->sq_tail - side->consumed);

	if (once_is_split(ring))
		collect(ring);
	if (unread < used)
		used = unread;
	side->consumed = side->sq_tail - used;
	used += once_taken(ring);
	side->room = used < ring->sq_usable ? ring->sq_usable - used : 0;
	if (side->sq_tail >= ONCE_COUNTER_END)
		side->room = 0;
}

int once_take_refusal(struct once_ring *ring)
{
	const struct once_submit_side *side = &ring->submit;
	const char *const call = "once_take";

	if (ring->open == 0)
		return once_refuse_submit(ring, ONCE_NOT_OPEN, call);
	once_count_room(ring);
	if (side->room != 0 && side->free != 0)
		return 0;
	if (side->sq_tail >= ONCE_COUNTER_END || once_retired(ring) == ring->capacity)
		return once_refuse_submit(ring, ONCE_WORN_OUT, call);
	if (side->free == 0)
		return once_refuse_submit_value(ring, ONCE_NO_SLOT, call, ring->capacity, 0);
	return -EAGAIN;
}
