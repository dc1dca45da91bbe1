/* SPDX-License-Identifier: MIT */
/* See: HELD → SEEN, in any order. */
#include "free.h"

/* The place of a CQ position in the window. */
static inline struct once_hold *place_of(const struct once_ring *ring, uint64_t position)
{
	const struct once_complete_side *side = &ring->complete;
	const uint32_t index = side->head_index + (uint32_t)(position - side->head);

	return &ring->memory.window[index >= ring->view.cq_entries ? index - ring->view.cq_entries : index];
}

/* Why a token cannot be seen. */
static ONCE_COLD int refusal(const struct once_ring *ring, const struct once_hold *hold,
			     uint64_t position, const struct once_ring *issuer)
{
	const struct once_complete_side *side = &ring->complete;
	const char *const call = "once_seen";

	if (ring->open == 0)
		return once_refuse_complete(ring, ONCE_NOT_OPEN, call);
	if (hold == NULL)
		return once_refuse_position(ring, ONCE_NOT_ISSUED, call, position, 0);
	if (issuer != ring)
		return once_refuse_position(ring, ONCE_OTHER_RING, call, position, 0);
	if (position >= side->delivered || position < side->opened_at)
		return once_refuse_position(ring, ONCE_NOT_ISSUED, call, position, 0);
	if (position < side->head || place_of(ring, position)->position == ONCE_SEEN_MARK)
		return once_refuse_position(ring, ONCE_SEEN_TWICE, call, position, 0);
	return once_refuse_position(ring, ONCE_NOT_ISSUED, call, position, 0);
}

static inline bool is_held(const struct once_ring *ring, struct once_hold *hold,
			   uint64_t position)
{
	return position >= ring->complete.head && position < ring->complete.delivered &&
	       hold == place_of(ring, position) && place_of(ring, position)->position == position;
}

/* The head's own token, in the common case: seen, passed and reclaimed at once. */
static inline void see_head(struct once_ring *ring, struct once_hold *hold)
{
	struct once_complete_side *side = &ring->complete;

	hold->position = ONCE_SEEN_MARK;
	if (hold->slot != ONCE_NO_INDEX && (hold->flags & ONCE_CQE_F_MORE) == 0) {
		side->ended--;
		side->freed += once_free_slot(ring, hold->slot, true);
	}
	side->head++;
	side->head_index = side->head_index + 1 == ring->view.cq_entries ? 0 : side->head_index + 1;
}

int once_core_seen(struct once_ring *ring, struct once_hold *hold, uint64_t position,
		   const struct once_ring *issuer)
{
	if (!is_held(ring, hold, position))
		return refusal(ring, hold, position, issuer);
	once_store_relaxed32(&ring->complete.held, ring->complete.held - 1);
	if (position == ring->complete.head && !once_is_split(ring) && once_frees_plainly(ring)) {
		see_head(ring, hold);
		if (!once_head_is_seen(ring))
			return 0;
	}
	hold->position = ONCE_SEEN_MARK;
	if (once_head_is_seen(ring))
		once_reclaim(ring);
	return 0;
}

/*
 * Tokens in the order of the head need no mark: each is seen, passed and
 * reclaimed at once. Works on copies of the counters, and stops at the first
 * token that is not the head's.
 */
static uint32_t see_run(struct once_ring *ring, const struct once_cqe *cqes, uint32_t count)
{
	struct once_complete_side *side = &ring->complete;
	struct once_hold *const window = ring->memory.window;
	uint32_t *const stack = ring->memory.stack;
	const uint64_t head = side->head;
	uint32_t index = side->head_index;
	uint32_t free = ring->submit.free;
	uint32_t n;

	for (n = 0; n < count; n++) {
		struct once_hold *hold = &window[index];

		if (cqes[n].hold != hold || cqes[n].position != head + n ||
		    hold->position != head + n)
			break;
		hold->position = ONCE_SEEN_MARK;
		if (hold->slot != ONCE_NO_INDEX && (hold->flags & ONCE_CQE_F_MORE) == 0) {
			once_store_relaxed(&ring->memory.ops[hold->slot].life, ONCE_LIFE_FREE);
			stack[free] = hold->slot;
			free++;
		}
		index = index + 1 == ring->view.cq_entries ? 0 : index + 1;
	}
	side->head_index = index;
	side->head = head + n;
	side->held -= n;
	side->ended -= free - ring->submit.free;
	side->freed += free - ring->submit.free;
	ring->submit.free = free;
	return n;
}

int once_seen_batch(struct once_ring *ring, const struct once_cqe *cqes, unsigned count)
{
	const uint32_t most = count < INT32_MAX ? count : INT32_MAX;
	uint32_t seen = !once_is_split(ring) && once_frees_plainly(ring)
				? see_run(ring, cqes, most) : 0;
	const uint32_t passed = seen;

	if (seen == most && !once_head_is_seen(ring))
		return (int)seen;
	while (seen < most && is_held(ring, cqes[seen].hold, cqes[seen].position)) {
		place_of(ring, cqes[seen].position)->position = ONCE_SEEN_MARK;
		seen++;
	}
	if (seen == 0) /* a closed ring has no head to publish */
		return refusal(ring, cqes[0].hold, cqes[0].position, cqes[0].ring);
	once_store_relaxed32(&ring->complete.held, ring->complete.held - (seen - passed));
	once_reclaim(ring);
	return (int)seen;
}
