/* SPDX-License-Identifier: MIT */
/* See: HELD → SEEN, in any order. */
#include "free.h"

/* Why a token cannot be seen. */
static ONCE_COLD int refusal(const struct once_ring *ring, const struct once_cqe *cqe)
{
	const struct once_complete_side *side = &ring->complete;
	const char *const call = "once_seen";

	if (ring->open == 0)
		return once_refuse_complete(ring, ONCE_NOT_OPEN, call);
	if (cqe->hold == NULL)
		return once_refuse_position(ring, ONCE_NOT_ISSUED, call, cqe->position, 0);
	if (cqe->ring != ring)
		return once_refuse_position(ring, ONCE_OTHER_RING, call, cqe->position, 0);
	if (cqe->position >= side->delivered || cqe->position < side->opened_at)
		return once_refuse_position(ring, ONCE_NOT_ISSUED, call, cqe->position, 0);
	if (cqe->position >= side->head && cqe->hold->position != ONCE_SEEN_MARK)
		return once_refuse_position(ring, ONCE_NOT_ISSUED, call, cqe->position, 0);
	return once_refuse_position(ring, ONCE_SEEN_TWICE, call, cqe->position, 0);
}

/* The place of a CQ position in the window. */
static inline struct once_hold *place_of(const struct once_ring *ring, uint64_t position)
{
	const struct once_complete_side *side = &ring->complete;
	const uint32_t index = side->head_index + (uint32_t)(position - side->head);

	return &ring->memory.window[index >= ring->view.cq_entries ? index - ring->view.cq_entries : index];
}

static inline bool is_held(const struct once_ring *ring, const struct once_hold *hold,
			   uint64_t position)
{
	return position >= ring->complete.head && position < ring->complete.delivered &&
	       hold == place_of(ring, position) && place_of(ring, position)->position == position;
}

int once_core_seen(struct once_ring *ring, struct once_hold *hold, const struct once_cqe *cqe)
{
	const uint64_t position = cqe->position;

	if (!is_held(ring, hold, position))
		return refusal(ring, cqe);
	place_of(ring, position)->position = ONCE_SEEN_MARK;
	once_store_relaxed32(&ring->complete.held, ring->complete.held - 1);
	if (position == ring->complete.head)
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
	const bool plainly = once_frees_plainly(ring);
	const uint64_t head = side->head;
	uint32_t index = side->head_index;
	uint32_t ended = 0;
	uint32_t freed = 0;
	uint32_t n;

	for (n = 0; n < count; n++) {
		struct once_hold *hold = &ring->memory.window[index];

		if (cqes[n].hold != hold || cqes[n].position != head + n ||
		    hold->position != head + n)
			break;
		hold->position = ONCE_SEEN_MARK;
		if (hold->slot != ONCE_NO_INDEX && (hold->flags & ONCE_CQE_F_MORE) == 0) {
			ended++;
			freed += once_free_slot(ring, hold->slot, plainly);
		}
		index = index + 1 == ring->view.cq_entries ? 0 : index + 1;
	}
	side->head_index = index;
	side->ended -= ended;
	once_store_relaxed(&side->head, head + n);
	once_store_relaxed32(&side->held, side->held - n);
	once_store_release(&side->freed, side->freed + freed);
	return n;
}

int once_seen_batch(struct once_ring *ring, const struct once_cqe *cqes, unsigned count)
{
	const uint32_t most = count < INT32_MAX ? count : INT32_MAX;
	uint32_t seen = once_is_split(ring) ? 0 : see_run(ring, cqes, most);
	const uint32_t passed = seen;

	while (seen < most && is_held(ring, cqes[seen].hold, cqes[seen].position)) {
		place_of(ring, cqes[seen].position)->position = ONCE_SEEN_MARK;
		seen++;
	}
	once_store_relaxed32(&ring->complete.held, ring->complete.held - (seen - passed));
	once_reclaim(ring);
	return seen != 0 || most == 0 ? (int)seen : refusal(ring, &cqes[0]);
}
