/* SPDX-License-Identifier: MIT */
/* Deliver and see in one step, as a plain copy: no hold ever leaves the library. */
#include "free.h"

/* The extra words of a CQE32 ring. */
static void copy_extra(const struct once_ring *ring, uint32_t index, struct once_completion *done)
{
	const struct once_wire_cqe *tail = &ring->view.cqes[((size_t)index << 1) + 1];

	done->extra[0] = tail->user_data;
	done->extra[1] = (uint64_t)(uint32_t)tail->res +
			 (uint64_t)tail->flags * UINT64_C(0x100000000);
}

/* Copy a held CQE out and mark it seen; its place is not passed yet. */
static void copy_out(struct once_ring *ring, struct once_hold *hold, struct once_completion *done)
{
	const uint32_t index = (uint32_t)(hold - ring->memory.window);

	done->result = hold->result;
	done->flags = hold->flags;
	if (ring->cqe_shift != 0)
		copy_extra(ring, index, done);
	if (hold->slot != ONCE_NO_INDEX) {
		done->lent = ring->memory.ops[hold->slot].lent;
	} else {
		done->lent.value = ring->view.cqes[(size_t)index << ring->cqe_shift].user_data;
		done->lent.type = NULL;
	}
	hold->position = ONCE_SEEN_MARK;
	once_store_relaxed32(&ring->complete.held, ring->complete.held - 1);
}

/*
 * While nothing is held, the CQEs of operations in flight need no window: each
 * is delivered, seen, passed and reclaimed at once. Works on copies of the
 * counters, and stops at the first CQE that is anything else. *all_submitted*:
 * no operation is armed only, so a live one is in flight.
 */
static inline uint32_t reap_run(struct once_ring *ring, struct once_completion *done,
				uint32_t count, bool all_submitted)
{
	struct once_complete_side *side = &ring->complete;
	const uint64_t submitted = ring->submit.submitted;
	const uint64_t ready = side->ready - side->delivered;
	const uint32_t most = ready < count ? (uint32_t)ready : count;
	struct once_op *const ops = ring->memory.ops;
	uint32_t *const stack = ring->memory.stack;
	uint32_t index = side->next_index;
	uint32_t free = ring->submit.free;
	uint32_t n;

	for (n = 0; n < most; n++) {
		const struct once_wire_cqe *cqe = &ring->view.cqes[index];
		const uint32_t slot = once_id_slot(cqe->user_data);

		if (slot >= ring->capacity || once_load_relaxed(&ops[slot].id) != cqe->user_data ||
		    (!all_submitted && once_load_relaxed(&ops[slot].life) >= submitted))
			break;
		done[n].lent.value = ops[slot].lent.value;
		done[n].lent.type = ops[slot].lent.type;
		done[n].result = cqe->res;
		done[n].flags = cqe->flags;
		if ((cqe->flags & ONCE_CQE_F_MORE) == 0) {
			once_store_relaxed(&ops[slot].id, cqe->user_data + 1 + ONCE_AT_REST);
			stack[free] = slot;
			free++;
		}
		index = index + 1 == ring->view.cq_entries ? 0 : index + 1;
	}
	side->next_index = index;
	side->head_index = index;
	side->delivered += n;
	side->head = side->delivered;
	side->freed += free - ring->submit.free;
	ring->submit.free = free;
	return n;
}

/* Whether reap_run() may run: what it leaves out cannot be needed. */
static inline bool is_plain(const struct once_ring *ring)
{
	return ring->simple != 0 && ring->complete.head == ring->complete.delivered &&
	       once_frees_plainly(ring);
}

/* The same, whatever comes, after *reaped* have been had. */
static ONCE_COLD int reap_slowly(struct once_ring *ring, struct once_completion *done,
				 uint32_t most, uint32_t reaped)
{
	int error = 0;

	while (reaped < most) {
		struct once_hold *hold = reaped == 0 ? once_core_peek(ring, &error)
						     : once_deliver_next(ring);

		if (hold == NULL)
			break;
		copy_out(ring, hold, &done[reaped]);
		once_reclaim(ring);
		reaped++;
	}
	return reaped != 0 ? (int)reaped : error;
}

int once_reap_batch(struct once_ring *ring, struct once_completion *done, unsigned count)
{
	const uint32_t most = count < INT32_MAX ? count : INT32_MAX;
	uint32_t reaped = 0;

	if (is_plain(ring)) {
		if (ring->complete.delivered == ring->complete.ready)
			(void)once_refill(ring);
		reaped = ring->submit.submitted == ring->submit.sq_tail
			? reap_run(ring, done, most, true) : reap_run(ring, done, most, false);
		if (reaped == most)
			return (int)reaped;
	}
	return reap_slowly(ring, done, most, reaped);
}

int once_reap(struct once_ring *ring, struct once_completion *done)
{
	const int rc = once_reap_batch(ring, done, 1);

	return rc < 0 ? rc : 0;
}

int once_wait_reap(struct once_ring *ring, struct once_completion *done,
		   const struct once_timespec *timeout)
{
	int error = 0;
	struct once_hold *hold = once_core_wait_for(ring, 1, timeout, NULL, &error);

	if (hold == NULL)
		return error;
	copy_out(ring, hold, done);
	once_reclaim(ring);
	return 0;
}

int once_discard(struct once_ring *ring)
{
	struct once_completion done;
	uint32_t discarded = 0;
	int rc = 1;

	while (rc > 0 && discarded < INT32_MAX) {
		rc = once_reap_batch(ring, &done, 1);
		if (rc > 0)
			discarded++;
	}
	return discarded != 0 || rc == -EAGAIN ? (int)discarded : rc;
}
