/* SPDX-License-Identifier: MIT */
/*
 * Deliver: the next CQE that was not delivered becomes a hold. The CQE is
 * copied at once and never read again; its place stays the ring's until the
 * head passes it.
 */
#include "free.h"

/* A tail that no kernel can have: nothing of it is believed. */
/*@ requires ring: \valid_read(ring);
    requires ready: 0 <= ring->complete.ready - ring->complete.delivered <= UINT32_MAX;
    assigns \nothing;
    ensures ready: \result == ring->complete.ready - ring->complete.delivered; */
static ONCE_COLD uint32_t refuse_tail(struct once_ring *ring, uint32_t posted)
{
	const struct once_complete_side *side = &ring->complete;

	if (side->delivered < ONCE_COUNTER_END)
		(void)once_refuse_complete_value(ring, ONCE_CORRUPT_CQ, "once_peek", ring->view.cq_entries, posted);
	return (uint32_t)(side->ready - side->delivered);
}

uint32_t once_refill(struct once_ring *ring)
{
	struct once_complete_side *side = &ring->complete;
	const uint64_t delivered = side->delivered;
	uint32_t posted;

	if (side->published != side->head)
		once_publish(ring);
	posted = once_ahead(once_load_kernel(ring->view.cq_tail), (uint32_t)(delivered % ONCE_WORD_5));
	if (posted > ring->view.cq_entries - (uint32_t)(delivered - side->published) ||
	    delivered >= ONCE_COUNTER_END)
		return refuse_tail(ring, posted);
	side->ready = delivered + posted;
	return posted;
}

uint32_t once_deliverable(struct once_ring *ring)
{
	const uint32_t posted = once_refill(ring);

	return posted - once_own_ready(ring);
}

/* The slot of the operation in flight that *id* names, or ONCE_NO_INDEX. */
/*@ requires ring: \valid_read(ring) && ring->capacity <= 65536 &&
             \valid_read(ring->memory.ops + (0 .. ring->capacity - 1));
    assigns \nothing;
    behavior in_flight:
      assumes known: once_slot_of(id) < ring->capacity;
      assumes lives: ring->memory.ops[once_slot_of(id)].id == id &&
              ring->memory.ops[once_slot_of(id)].life < submitted;
      ensures slot: \result == once_slot_of(id);
    behavior none:
      assumes none: once_slot_of(id) >= ring->capacity ||
              ring->memory.ops[once_slot_of(id)].id != id ||
              ring->memory.ops[once_slot_of(id)].life >= submitted;
      ensures none: \result == ONCE_NO_INDEX;
    complete behaviors;
    disjoint behaviors; */
static inline uint32_t slot_in_flight(const struct once_ring *ring, uint64_t id, uint64_t submitted)
{
	const uint32_t slot = once_id_slot(id);

	if (slot < ring->capacity && once_load_relaxed(&ring->memory.ops[slot].id) == id &&
	    once_load_relaxed(&ring->memory.ops[slot].life) < submitted)
		return slot;
	return ONCE_NO_INDEX;
}

/* A CQE of an operation in flight becomes a hold; a terminal one ends it. */
static inline void fill_hold(struct once_ring *ring, struct once_hold *hold, uint64_t position,
			     uint32_t slot, const struct once_wire_cqe *cqe)
{
	hold->position = position;
	hold->slot = slot;
	hold->result = cqe->res;
	hold->flags = cqe->flags;
	if ((cqe->flags & ONCE_CQE_F_MORE) == 0)
		once_end(&ring->memory.ops[slot], cqe->user_data);
}

/* A CQE that no operation in flight posted. NULL if it was the library's own. */
static ONCE_COLD struct once_hold *deliver_other(struct once_ring *ring)
{
	struct once_complete_side *side = &ring->complete;
	const struct once_wire_cqe *cqe = once_cqe_at(ring, side->next_index);
	struct once_hold *hold = &ring->memory.window[side->next_index];
	const uint64_t user_data = cqe->user_data;

	hold->position = side->delivered;
	hold->slot = ONCE_NO_INDEX;
	hold->result = cqe->res;
	hold->flags = cqe->flags;
	hold->pad = 0;
	side->next_index = once_next_place(ring, side->next_index);
	once_store_relaxed(&side->delivered, side->delivered + 1);
	if (once_consume_own(ring, cqe)) {
		hold->position = ONCE_SEEN_MARK;
		hold->pad = ONCE_HOLD_OWN;
		once_reclaim(ring);
		return NULL;
	}
	if (user_data - user_data % ONCE_TAG_UNIT == ring->tag)
		(void)once_refuse_position(ring, ONCE_STRAY_CQE, "once_peek", hold->position, user_data);
	once_store_relaxed32(&side->held, side->held + 1);
	return hold;
}

struct once_hold *once_deliver_next(struct once_ring *ring)
{
	struct once_complete_side *side = &ring->complete;

	while (side->delivered != side->ready) {
		const uint32_t index = side->next_index;
		const struct once_wire_cqe *cqe = &ring->view.cqes[(size_t)index << ring->cqe_shift];
		struct once_hold *hold = &ring->memory.window[index];
		const uint32_t slot = slot_in_flight(ring, cqe->user_data,
						     once_load_acquire(&ring->submit.submitted));

		if (slot == ONCE_NO_INDEX) {
			hold = deliver_other(ring);
			if (hold != NULL)
				return hold;
			continue;
		}
		fill_hold(ring, hold, side->delivered, slot, cqe);
		side->ended += (cqe->flags & ONCE_CQE_F_MORE) == 0;
		side->next_index = once_next_place(ring, index);
		once_store_relaxed(&side->delivered, side->delivered + 1);
		once_store_relaxed32(&side->held, side->held + 1);
		return hold;
	}
	return NULL;
}

/* Nothing is known to be ready: look again, then fetch what the kernel keeps back. */
static ONCE_COLD struct once_hold *peek_slowly(struct once_ring *ring, int *error)
{
	struct once_hold *hold;
	int rc;

	if (ring->open == 0) {
		*error = once_refuse_complete(ring, ONCE_NOT_OPEN, "once_peek");
		return NULL;
	}
	if (once_refill(ring) != 0) {
		hold = once_deliver_next(ring);
		if (hold != NULL)
			return hold;
	}
	rc = once_fetch_backlog(ring, "once_peek");
	hold = once_deliver_next(ring);
	*error = rc < 0 ? rc : -EAGAIN;
	return hold;
}

struct once_hold *once_core_peek(struct once_ring *ring, int *error)
{
	struct once_hold *hold = once_deliver_next(ring);

	return hold != NULL ? hold : peek_slowly(ring, error);
}

/*
 * Deliver CQEs of operations in flight, one after the other, until there is
 * another one or *count* are delivered. Works on copies of the counters.
 */
static uint32_t deliver_run(struct once_ring *ring, struct once_cqe *cqes, uint32_t count)
{
	struct once_complete_side *side = &ring->complete;
	const uint64_t submitted = once_load_acquire(&ring->submit.submitted);
	const uint64_t first = side->delivered;
	const uint32_t most = side->ready - first < count ? (uint32_t)(side->ready - first) : count;
	uint32_t index = side->next_index;
	uint32_t ended = 0;
	uint32_t n;

	for (n = 0; n < most; n++) {
		const struct once_wire_cqe *cqe = &ring->view.cqes[(size_t)index << ring->cqe_shift];
		const uint32_t slot = slot_in_flight(ring, cqe->user_data, submitted);
		struct once_hold *hold = &ring->memory.window[index];

		if (slot == ONCE_NO_INDEX)
			break;
		fill_hold(ring, hold, first + n, slot, cqe);
		if ((hold->flags & ONCE_CQE_F_MORE) == 0)
			ended++;
		cqes[n].ring = ring;
		cqes[n].hold = hold;
		cqes[n].position = first + n;
		index = once_next_place(ring, index);
	}
	side->next_index = index;
	side->ended += ended;
	once_store_relaxed(&side->delivered, first + n);
	once_store_relaxed32(&side->held, side->held + n);
	return n;
}

int once_peek_batch(struct once_ring *ring, struct once_cqe *cqes, unsigned count)
{
	const uint32_t most = count < INT32_MAX ? count : INT32_MAX;
	uint32_t delivered;
	int error = 0;

	if (most == 0)
		return 0;
	if (ring->complete.delivered == ring->complete.ready && ring->open != 0)
		(void)once_refill(ring);
	delivered = deliver_run(ring, cqes, most);
	while (delivered < most) {
		struct once_hold *hold = delivered == 0 ? once_core_peek(ring, &error)
							: once_deliver_next(ring);

		if (hold == NULL)
			break;
		cqes[delivered].ring = ring;
		cqes[delivered].hold = hold;
		cqes[delivered].position = hold->position;
		delivered++;
		delivered += deliver_run(ring, cqes + delivered, most - delivered);
	}
	return delivered != 0 ? (int)delivered : error;
}
