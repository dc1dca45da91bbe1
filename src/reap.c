/* SPDX-License-Identifier: MIT */
/* Deliver and see in one step, as a plain copy: no hold ever leaves the library. */
#include "reap.h"

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
		if (reap_ours(ring, &ops[slot], slot, &stack[free], cqe, id, copy))
			free++;
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
	if (reap_ours(ring, op, slot, &ring->memory.stack[ring->submit.free], cqe, id, done)) {
		ring->submit.free++;
		side->freed++;
	}
	side->next_index = side->next_index + 1 == ring->view.cq_entries ? 0 : side->next_index + 1;
	side->head_index = side->next_index;
	side->delivered++;
	side->head = side->delivered;
	return true;
}

/* Of a contract: the tokens that are out stay so. */
#define REAP_STAYS(ring) \
	ensures held: ring->complete.held == \old(ring->complete.held); \
	ensures stay: \forall integer i; 0 <= i < ring->view.cq_entries && \
	        \old(ring->memory.window[i].position) != ONCE_NO_POSITION ==> \
	        ring->memory.window[i].position == \old(ring->memory.window[i].position)

/* The next CQE, whatever it is, as a copy: 1, or 0 if none is ready. */
/*@ requires ring: once_opened(ring);
    requires done: \valid(done) && once_apart(ring, \base_addr(done));
    assigns done->lent.type \from ring->memory.ops;
    assigns done->lent.value, done->result, done->flags, done->extra[0],
            done->extra[1], ONCE_DELIVERY(ring);
    ensures opened: once_opened(ring);
    ensures sizes: ring->capacity == \old(ring->capacity) &&
            ring->view.cq_entries == \old(ring->view.cq_entries);
    ensures arrays: once_same_arrays{Old, Here}(ring);
    ensures apart: once_apart(ring, \base_addr(done));
    ensures range: 0 <= \result <= 1;
    ensures forward: \old(once_next) <= once_next && \old(once_head) <= once_head;
    REAP_STAYS(ring); */
static uint32_t reap_one(struct once_ring *ring, struct once_completion *done)
{
	/*@ assert older: \forall integer i; 0 <= i < ring->view.cq_entries &&
	      ring->memory.window[i].position != ONCE_NO_POSITION ==>
	      ring->memory.window[i].position < once_next; */
	struct once_hold *hold = once_deliver_next(ring);

	if (hold == NULL)
		return 0;
	/*@ ghost lemma_newest(ring); */
	/*@ assert fresh: \forall integer i; 0 <= i < ring->view.cq_entries &&
	      \at(ring->memory.window[i].position, Pre) != ONCE_NO_POSITION ==>
	      ring->memory.window + i != hold; */
	take_copy(ring, hold, done);
	return 1;
}

/* The same, but looks whether there is one: 0, or why there is none. */
/*@ requires ring: once_ring_ok(ring);
    requires done: \valid(done) && \base_addr(done) != \base_addr(ring) &&
             (ring->open != 0 ==> once_apart(ring, \base_addr(done)));
    assigns done->lent.type \from ring->memory.ops;
    assigns done->lent.value, done->result, done->flags, done->extra[0], done->extra[1],
            ring->port, ring->submit.owner, ring->complete.owner, ring->complete.ready,
            ONCE_DELIVERY(ring);
    ensures ring: once_ring_ok(ring);
    ensures sizes: ring->capacity == \old(ring->capacity) &&
            ring->view.cq_entries == \old(ring->view.cq_entries);
    ensures arrays: once_same_arrays{Old, Here}(ring);
    behavior open:
      assumes open: ring->open != 0;
      ensures opened: once_opened(ring);
      ensures apart: once_apart(ring, \base_addr(done));
      ensures answer: \result <= 0;
      ensures forward: \old(once_next) <= once_next && \old(once_head) <= once_head;
      REAP_STAYS(ring);
    behavior closed:
      assumes closed: ring->open == 0;
      ensures not_open: \result == ONCE_NOT_OPEN;
    complete behaviors;
    disjoint behaviors; */
static int reap_next(struct once_ring *ring, struct once_completion *done)
{
	int rc = 0;

	/*@ assert older: ring->open != 0 ==> (\forall integer i; 0 <= i < ring->view.cq_entries &&
	      ring->memory.window[i].position != ONCE_NO_POSITION ==>
	      ring->memory.window[i].position < once_next); */
	{ /* the proof looks back when error is gone */
		int error = 0;
		struct once_hold *hold = once_core_peek(ring, &error);

		/*@ assert ready: ring->open != 0 ==> once_opened(ring) && once_apart(ring, \base_addr(done)); */
		/*@ assert fresh: ring->open != 0 && hold != \null ==>
		      (\forall integer i; 0 <= i < ring->view.cq_entries &&
		       \at(ring->memory.window[i].position, Pre) != ONCE_NO_POSITION ==>
		       ring->memory.window + i != hold); */
		/*@ assert arrays: once_same_arrays{Pre, Here}(ring); */
		if (hold == NULL)
			rc = error;
		else
			take_copy(ring, hold, done);
		/*@ assert same: once_same_arrays{Pre, Here}(ring); */
		/*@ assert stay: ring->open != 0 ==> (\forall integer i; 0 <= i < ring->view.cq_entries &&
		      \at(ring->memory.window[i].position, Pre) != ONCE_NO_POSITION ==>
		      ring->memory.window[i].position == \at(ring->memory.window[i].position, Pre)); */
		/*@ assert apart: ring->open != 0 ==> once_apart(ring, \base_addr(&error)) &&
		      \base_addr(ring->view.sq_head) != \base_addr(&error) &&
		      \base_addr(ring->view.cq_tail) != \base_addr(&error) &&
		      \base_addr(ring->view.sq_flags) != \base_addr(&error); */
		/*@ assert opened: ring->open != 0 ==> once_opened(ring); */
		/*@ assert valid: ring->open != 0 ==> once_valid(ring); */
	}
	/*@ assert valid: ring->open != 0 ==> once_valid(ring); */
	/*@ assert memory: ring->open != 0 ==> once_memory_ok(ring); */
	/*@ assert opened: ring->open != 0 ==> once_opened(ring); */
	return rc;
}

/* Up to *count* more, whatever comes. */
/*@ requires ring: once_opened(ring);
    requires done: \valid(done + (0 .. count - 1)) && once_apart(ring, \base_addr(done));
    assigns done[0 .. count - 1], ONCE_DELIVERY(ring);
    ensures opened: once_opened(ring);
    ensures where: ONCE_LIES_AS(ring, Old);
    ensures range: 0 <= \result <= count;
    REAP_STAYS(ring); */
static uint32_t reap_rest(struct once_ring *ring, struct once_completion *done, uint32_t count)
{
	uint32_t n = 0;
	uint32_t one = 1;

	/*@ loop invariant opened: once_opened(ring);
	    loop invariant apart: once_apart(ring, \base_addr(done));
	    loop invariant where: ONCE_LIES_AS(ring, Pre);
	    loop invariant arrays: once_same_arrays{Pre, Here}(ring);
	    loop invariant range: 0 <= n <= count;
	    loop invariant held: ring->complete.held == \at(ring->complete.held, Pre);
	    loop invariant stay: \forall integer i; 0 <= i < ring->view.cq_entries &&
	      \at(ring->memory.window[i].position, Pre) != ONCE_NO_POSITION ==>
	      ring->memory.window[i].position == \at(ring->memory.window[i].position, Pre);
	    loop assigns n, one, done[0 .. count - 1], ONCE_LOOP_DELIVERY(ring);
	    loop variant one == 0 ? -1 : count - n; */
	while (n < count && one != 0) {
		one = reap_one(ring, &done[n]);
		n += one;
	}
	return n;
}

/* The same, whatever comes, after *reaped* have been had. */
/*@ requires ring: once_ring_ok(ring);
    requires range: reaped <= most <= INT32_MAX && (reaped != 0 ==> once_opened(ring));
    requires done: \valid(done + (0 .. most - 1)) && \base_addr(done) != \base_addr(ring) &&
             (ring->open != 0 ==> once_apart(ring, \base_addr(done)));
    assigns done[0 .. most - 1], ring->port, ring->submit.owner, ring->complete.owner,
            ring->complete.ready, ONCE_DELIVERY(ring);
    ensures ring: once_ring_ok(ring);
    ensures range: \result <= most;
    ensures some: reaped != 0 ==> \result >= reaped;
    ensures none: \result == 0 ==> most == 0;
    behavior open:
      assumes open: ring->open != 0;
      ensures opened: once_opened(ring);
      REAP_STAYS(ring);
    behavior closed:
      assumes closed: ring->open == 0;
      ensures not_open: most != 0 ==> \result == ONCE_NOT_OPEN;
    complete behaviors;
    disjoint behaviors; */
static ONCE_COLD int reap_slowly(struct once_ring *ring, struct once_completion *done,
				 uint32_t most, uint32_t reaped)
{
	uint32_t n = reaped;

	if (n == most)
		return (int)n;
	if (n == 0) {
		const int rc = reap_next(ring, done);

		if (rc != 0)
			return rc;
		n = 1;
	}
	/*@ assert where: ONCE_LIES_AS(ring, Pre); */
	/*@ assert stay: \forall integer i; 0 <= i < ring->view.cq_entries &&
	      \at(ring->memory.window[i].position, Pre) != ONCE_NO_POSITION ==>
	      ring->memory.window[i].position == \at(ring->memory.window[i].position, Pre); */
	n += reap_rest(ring, done + n, most - n);
	return (int)n;
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
	take_copy(ring, hold, done);
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
