/* SPDX-License-Identifier: MIT */
/* Deliver and see in one step, as a plain copy: no hold ever leaves the library. */
#include "free.h"

/* The extra words of a CQE32 ring. */
/*@ requires ring: once_cq_readable(ring) && ring->cqe_shift != 0;
    requires index: index < ring->view.cq_entries;
    requires copy: \valid(done) && \separated(done, ring) &&
             \separated(done, ring->view.cqes + (0 .. once_cqe_of(ring, ring->view.cq_entries) - 1));
    assigns done->extra[0 .. 1];
    ensures first: done->extra[0] == ring->view.cqes[2 * index + 1].user_data;
    ensures second: done->extra[1] == once_bits_of(ring->view.cqes[2 * index + 1].res) +
            ring->view.cqes[2 * index + 1].flags * 0x100000000; */
static void copy_extra(const struct once_ring *ring, uint32_t index, struct once_completion *done)
{
	const struct once_wire_cqe *tail = &once_cqe_at(ring, index)[1];

	done->extra[0] = tail->user_data;
	done->extra[1] = once_bits(tail->res) + (uint64_t)tail->flags * UINT64_C(0x100000000);
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

/* A CQE and the owner of its operation, as a copy; and the slot rests if it was the last. */
/*@ requires op: \valid(op) && \valid_read(cqe) && \valid(done);
    requires apart: \separated(op, cqe, done);
    requires id: id + 0x10000000001 <= UINT64_MAX;
    assigns op->id, done->lent, done->result, done->flags;
    ensures lent: done->lent.value == \old(op->lent.value) && done->lent.type == \old(op->lent.type);
    ensures copy: done->result == cqe->res && done->flags == cqe->flags;
    behavior last:
      assumes last: (cqe->flags & 2) == 0;
      ensures rests: \result == true && op->id == id + 0x10000000001;
    behavior more:
      assumes more: (cqe->flags & 2) != 0;
      ensures lives: \result == false && op->id == \old(op->id);
    complete behaviors;
    disjoint behaviors; */
static inline bool copy_and_end(struct once_op *op, const struct once_wire_cqe *cqe, uint64_t id,
				struct once_completion *done)
{
	done->lent = op->lent;
	done->result = cqe->res;
	done->flags = cqe->flags;
	if ((done->flags & ONCE_CQE_F_MORE) != 0)
		return false;
	op->id = id + 1 + ONCE_AT_REST;
	return true;
}

/*
 * While nothing is held, the CQEs of operations in flight need no window: each
 * is delivered, seen, passed and reclaimed at once. Stops at the first CQE that
 * is anything else, and at the end of the CQ; works on copies of the counters.
 */
static uint32_t reap_run(struct once_ring *ring, struct once_completion *done, uint32_t count)
{
	struct once_complete_side *side = &ring->complete;
	const uint64_t submitted = ring->submit.submitted;
	const uint32_t index = side->next_index;
	const uint32_t capacity = ring->capacity;
	const struct once_wire_cqe *const first = &ring->view.cqes[index];
	const struct once_wire_cqe *const end = first + count;
	const struct once_wire_cqe *cqe;
	struct once_completion *copy = done;
	struct once_op *const ops = ring->memory.ops;
	uint32_t *const stack = ring->memory.stack;
	size_t free = ring->submit.free; /* as wide as an address: one instruction less */
	uint32_t n;

	for (cqe = first; cqe != end; cqe++) {
		const uint64_t id = cqe->user_data;
		const uint32_t slot = once_id_slot(id);

		if (slot >= capacity || ops[slot].id != id || ops[slot].life >= submitted)
			break;
		if (copy_and_end(&ops[slot], cqe, id, copy)) {
			stack[free] = slot;
			free++;
		}
		copy++;
	}
	n = (uint32_t)(cqe - first);
	side->next_index = index + n == ring->view.cq_entries ? 0 : index + n;
	side->head_index = side->next_index;
	side->delivered += n;
	side->head = side->delivered;
	side->freed += free - ring->submit.free;
	ring->submit.free = (uint32_t)free;
	return n;
}

/* The same for one CQE: nothing to set up. */
static inline bool reap_first(struct once_ring *ring, struct once_completion *done)
{
	struct once_complete_side *side = &ring->complete;
	const struct once_wire_cqe *cqe = &ring->view.cqes[side->next_index];
	const uint64_t id = cqe->user_data;
	const uint32_t slot = once_id_slot(id);
	struct once_op *const op = &ring->memory.ops[slot];

	if (slot >= ring->capacity || op->id != id || op->life >= ring->submit.submitted)
		return false;
	if (copy_and_end(op, cqe, id, done)) {
		ring->memory.stack[ring->submit.free] = slot;
		ring->submit.free++;
		side->freed++;
	}
	side->next_index = side->next_index + 1 == ring->view.cq_entries ? 0 : side->next_index + 1;
	side->head_index = side->next_index;
	side->delivered++;
	side->head = side->delivered;
	return true;
}

/* Whether reap_run() may run: what it leaves out cannot be needed. */
/*@ requires ring: \valid_read(ring);
    assigns \nothing;
    ensures plain: \result <==> ring->simple != 0 &&
            ring->complete.head == ring->complete.delivered &&
            ring->submit.credit_taken == ring->complete.credit_returned &&
            ring->submit.sq_tail < ring->submit.wear_from; */
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

/* What is ready, as far as it is plain, then the rest slowly. */
static int reap_runs(struct once_ring *ring, struct once_completion *done, uint32_t most)
{
	const struct once_complete_side *side = &ring->complete;
	const uint64_t ready = side->ready - side->delivered;
	const uint32_t plain = ready < most ? (uint32_t)ready : most;
	const uint32_t to_end = ring->view.cq_entries - side->next_index;
	uint32_t reaped = reap_run(ring, done, plain < to_end ? plain : to_end);

	if (reaped == to_end && reaped < plain)
		reaped += reap_run(ring, done + reaped, plain - reaped);
	if (reaped == most || (reaped != 0 && side->delivered == side->ready))
		return (int)reaped;
	return reap_slowly(ring, done, most, reaped);
}

int once_reap_batch(struct once_ring *ring, struct once_completion *done, unsigned count)
{
	const uint32_t most = count < INT32_MAX ? count : INT32_MAX;
	const struct once_complete_side *side = &ring->complete;

	if (most == 0 || !is_plain(ring))
		return reap_slowly(ring, done, most, 0);
	if (side->delivered == side->ready)
		(void)once_refill(ring);
	if (side->ready - side->delivered > 1 && most > 1)
		return reap_runs(ring, done, most);
	if (side->ready == side->delivered)
		return reap_slowly(ring, done, most, 0);
	return reap_first(ring, done) ? 1 : reap_slowly(ring, done, most, 0);
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
