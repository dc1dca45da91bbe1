/* SPDX-License-Identifier: MIT */
/* Deliver and see in one step, as a plain copy: no hold ever leaves the library. */
#include "reap_slowly.h"

/* Of a contract: nothing that a run leaves out can be needed; see is_plain(). */
#define REAP_PLAINLY(ring) \
	requires plain: !once_split_mode(ring) && ring->cqe_shift == 0 && \
	         ring->complete.head == ring->complete.delivered && \
	         ring->submit.credit_taken == ring->complete.credit_returned && \
	         ring->submit.sq_tail < ring->submit.wear_from

/* What reaping past the window changes of the ring, and of the ghosts. */
#define REAP_COUNTERS(ring) \
	ring->memory.ops[0 .. ring->capacity - 1].id, \
	ring->memory.stack[0 .. ring->capacity - 1], ring->complete.next_index, \
	ring->complete.head_index, ring->complete.delivered, ring->complete.head, \
	ring->complete.freed, ring->submit.free
#define REAP_GHOSTS \
	once_at[0 .. 65535], once_place[0 .. 65535], once_state[0 .. 65535], \
	once_rank[0 .. 65535], once_n_live, once_n_free, once_n_ended, once_freed, once_head, \
	once_head_at, once_next, once_next_at

/* The ring's counters follow: *n* CQEs from place *index* are passed, *freed* slots FREE. */
/*@ requires memory: once_memory_ok(ring);
    requires slots: once_slots_ok(ring);
    requires window: once_window_ok(ring);
    requires nothing: once_head == once_next && once_head_at == once_next_at;
    requires next: ring->complete.delivered + n == once_next && n <= 65536 &&
             index + n <= ring->view.cq_entries &&
             once_next_at == once_wrap(ring->view.cq_entries, index + n);
    requires freed: ring->submit.free + freed == once_n_free &&
             ring->complete.freed + freed == once_freed;
    requires same: ring->open != 0 && ring->submit.collected == once_collected &&
             ring->complete.ended == once_n_ended && ring->complete.held == once_n_out &&
             ring->complete.opened_at <= once_head;
    assigns ring->complete.next_index, ring->complete.head_index, ring->complete.delivered,
            ring->complete.head, ring->complete.freed, ring->submit.free;
    ONCE_KEEPS_SLOTS(ring);
    ensures kept: ONCE_WINDOW_KEPT(ring);
    ONCE_KEEPS_WINDOW(ring);
    ONCE_KEEPS_BOOKS(ring);
    ensures arrays: once_same_arrays{Old, Here}(ring);
    ensures plain: ring->complete.head == ring->complete.delivered; */
static inline void close_reaping(struct once_ring *ring, uint32_t index, uint32_t n, size_t freed)
{
	struct once_complete_side *side = &ring->complete;

	side->next_index = index + n == ring->view.cq_entries ? 0 : index + n;
	side->head_index = side->next_index;
	side->delivered += n;
	side->head = side->delivered;
	side->freed += freed;
	ring->submit.free += (uint32_t)freed;
}

/*
 * While nothing is held, the CQEs of operations in flight need no window: each
 * is delivered, seen, passed and reclaimed at once. Stops at the first CQE that
 * is anything else, and at the end of the CQ; works on copies of the counters.
 */
/*@ requires ring: once_opened(ring);
    REAP_PLAINLY(ring);
    requires count: count <= ring->complete.ready - ring->complete.delivered &&
             count <= ring->view.cq_entries - ring->complete.next_index;
    requires done: \valid(done + (0 .. count - 1)) && once_apart(ring, \base_addr(done));
    assigns done[0 .. count - 1], REAP_COUNTERS(ring), REAP_GHOSTS;
    ensures opened: once_opened(ring);
    ensures range: \result <= count;
    ensures next: once_next == \old(once_next) + \result;
    ensures place: ring->complete.next_index ==
            once_wrap(ring->view.cq_entries, \old(ring->complete.next_index) + \result);
    ensures plain: ring->complete.head == ring->complete.delivered;
    REAP_STAYS(ring); */
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
	/*@ ghost uint32_t past = 0; */

	/*@ loop invariant range: past <= count;
	    loop invariant cqe: cqe == first + past;
	    loop invariant copy: copy == done + past;
	    ONCE_LOOP_SLOTS(ring);
	    ONCE_LOOP_WINDOW(ring);
	    loop invariant where: ONCE_LIES_AS(ring, Pre);
	    loop invariant arrays: once_same_arrays{Pre, Here}(ring) &&
	      once_apart(ring, \base_addr(done));
	    loop invariant one_thread: !once_split_mode(ring) && ring->cqe_shift == 0;
	    loop invariant plainly: ring->submit.credit_taken == ring->complete.credit_returned &&
	      ring->submit.sq_tail < ring->submit.wear_from;
	    loop invariant nothing: once_head == once_next && once_head_at == once_next_at;
	    loop invariant next: is(\at(once_next, Pre) + past, once_next);
	    loop invariant place: once_next_at == once_wrap(ring->view.cq_entries, index + past);
	    loop invariant free: is(free, once_n_free);
	    loop invariant few: ring->submit.free <= free <= 65536;
	    loop invariant freed: is(once_freed - free, ring->complete.freed - ring->submit.free);
	    loop invariant same: ring->open != 0 && ring->submit.collected == once_collected &&
	      ring->complete.ended == once_n_ended && ring->complete.held == once_n_out &&
	      ring->complete.opened_at <= once_head;
	    loop invariant kept: \forall integer i; 0 <= i < ring->view.cq_entries ==>
	      ring->memory.window[i].position == \at(ring->memory.window[i].position, Pre);
	    loop assigns cqe, copy, free, past, done[0 .. count - 1],
	      \at(ring->memory.ops, Pre)[0 .. \at(ring->capacity, Pre) - 1].id,
	      \at(ring->memory.stack, Pre)[0 .. \at(ring->capacity, Pre) - 1], REAP_GHOSTS;
	    loop variant count - past; */
	for (cqe = first; cqe != end; cqe++) {
		/*@ assert before: past < count && index + past < ring->view.cq_entries; */
		/*@ assert cqe: cqe == ring->view.cqes + (index + past); */
		const uint64_t id = cqe->user_data;
		const uint32_t slot = once_id_slot(id);

		if (slot >= capacity || ops[slot].id != id || ops[slot].life >= submitted)
			break;
		/*@ ghost lemma_lives(ring, slot); */
		/*@ assert inside: copy == done + past && 0 <= past < count; */
		/*@ assert op: &ops[slot] == \at(ring->memory.ops, Pre) + slot &&
		      slot < \at(ring->capacity, Pre); */
		/*@ assert free: &stack[free] == \at(ring->memory.stack, Pre) + free &&
		      free < \at(ring->capacity, Pre); */
		if (reap_ours(ring, &ops[slot], slot, &stack[free], cqe, id, copy))
			free++;
		/*@ assert where: ONCE_LIES_AS(ring, Pre); */
		copy++;
		/*@ ghost past = past + 1; */
	}
	n = (uint32_t)(cqe - first);
	/*@ assert freed: free == once_n_free && ring->submit.free <= free; */
	/*@ assert freed_more: ring->complete.freed + (free - ring->submit.free) == once_freed; */
	close_reaping(ring, index, n, free - ring->submit.free);
	return n;
}

/* The same for one CQE: nothing to set up. */
/*@ requires ring: once_opened(ring);
    REAP_PLAINLY(ring);
    requires ready: ring->complete.delivered != ring->complete.ready;
    requires done: \valid(done) && once_apart(ring, \base_addr(done));
    assigns *done \from ring->memory.ops, ring->view.cqes;
    assigns REAP_COUNTERS(ring), REAP_GHOSTS;
    ensures opened: once_opened(ring);
    ensures next: once_next == \old(once_next) + (\result ? 1 : 0);
    REAP_STAYS(ring); */
static inline bool reap_first(struct once_ring *ring, struct once_completion *done)
{
	const uint32_t index = ring->complete.next_index;
	const struct once_wire_cqe *cqe = &ring->view.cqes[index];
	const uint64_t id = cqe->user_data;
	const uint32_t slot = once_id_slot(id);
	struct once_op *const op = &ring->memory.ops[slot];
	bool last;

	if (slot >= ring->capacity || op->id != id || op->life >= ring->submit.submitted)
		return false;
	/*@ ghost lemma_lives(ring, slot); */
	last = reap_ours(ring, op, slot, &ring->memory.stack[ring->submit.free], cqe, id, done);
	close_reaping(ring, index, 1, last);
	return true;
}

/*@ assigns \nothing;
    ensures lesser: \result == \min(a, b); */
static inline uint32_t lesser(uint64_t a, uint32_t b)
{
	return a < b ? (uint32_t)a : b;
}

/* What is ready, up to *most*, as far as it is plain: to the end of the CQ, and from its start. */
/*@ requires ring: once_opened(ring);
    REAP_PLAINLY(ring);
    requires done: \valid(done + (0 .. most - 1)) && once_apart(ring, \base_addr(done));
    assigns done[0 .. most - 1], REAP_COUNTERS(ring), REAP_GHOSTS;
    ensures opened: once_opened(ring);
    ensures range: \result <= most;
    REAP_STAYS(ring); */
static inline uint32_t reap_plainly(struct once_ring *ring, struct once_completion *done,
				    uint32_t most)
{
	const struct once_complete_side *side = &ring->complete;
	const uint32_t plain = lesser(side->ready - side->delivered, most);
	const uint32_t to_end = ring->view.cq_entries - side->next_index;
	uint32_t reaped = reap_run(ring, done, lesser(plain, to_end));

	/*@ assert where: ONCE_LIES_AS(ring, Pre); */
	if (reaped == to_end && reaped < plain)
		reaped += reap_run(ring, done + reaped, plain - reaped);
	return reaped;
}

/* The same, then the rest slowly. */
/*@ requires ring: once_opened(ring);
    REAP_PLAINLY(ring);
    requires range: 1 <= most <= INT32_MAX;
    requires done: \valid(done + (0 .. most - 1)) && once_apart(ring, \base_addr(done));
    assigns done[0 .. most - 1], ring->port, ring->submit.owner, ring->complete.owner,
            ring->complete.ready, ONCE_DELIVERY(ring);
    ensures opened: once_opened(ring);
    ensures range: \result <= most && \result != 0;
    REAP_STAYS(ring); */
static int reap_runs(struct once_ring *ring, struct once_completion *done, uint32_t most)
{
	const struct once_complete_side *side = &ring->complete;
	const uint32_t reaped = reap_plainly(ring, done, most);

	/*@ assert where: ONCE_LIES_AS(ring, Pre); */
	if (reaped == most || (reaped != 0 && side->delivered == side->ready))
		return (int)reaped;
	return reap_slowly(ring, done, most, reaped);
}

/* Look for more if all that is known of is delivered. */
/*@ requires ring: once_opened(ring);
    assigns ring->complete.published, ring->complete.ready, *ring->view.cq_head;
    ensures opened: once_opened(ring);
    ensures where: ONCE_LIES_AS(ring, Old);
    ensures arrays: once_same_arrays{Old, Here}(ring);
    ONCE_SAME_TOKENS(ring); */
static inline void look_for_more(struct once_ring *ring)
{
	if (ring->complete.delivered == ring->complete.ready)
		(void)once_refill(ring);
}

/* What is there, up to *most*, in the way that suits it. */
/*@ requires ring: once_opened(ring);
    REAP_PLAINLY(ring);
    requires range: 1 <= most <= INT32_MAX;
    requires done: \valid(done + (0 .. most - 1)) && once_apart(ring, \base_addr(done));
    assigns done[0 .. most - 1], ring->port, ring->submit.owner, ring->complete.owner,
            ring->complete.ready, ONCE_DELIVERY(ring);
    ensures opened: once_opened(ring);
    ensures range: \result <= most && \result != 0;
    REAP_STAYS(ring); */
static inline int reap_ready(struct once_ring *ring, struct once_completion *done, uint32_t most)
{
	const struct once_complete_side *side = &ring->complete;

	look_for_more(ring);
	/*@ assert where: ONCE_LIES_AS(ring, Pre); */
	if (side->ready - side->delivered > 1 && most > 1)
		return reap_runs(ring, done, most);
	if (side->ready == side->delivered || !reap_first(ring, done))
		return reap_slowly(ring, done, most, 0);
	return 1;
}

int once_reap_batch(struct once_ring *ring, struct once_completion *done, unsigned count)
{
	const uint32_t most = lesser(count, INT32_MAX);

	if (most == 0 || !is_plain(ring))
		return reap_slowly(ring, done, most, 0);
	return reap_ready(ring, done, most);
}

int once_reap(struct once_ring *ring, struct once_completion *done)
{
	const int rc = once_reap_batch(ring, done, 1);

	return rc < 0 ? rc : 0;
}

int once_wait_reap(struct once_ring *ring, struct once_completion *done,
		   const struct once_timespec *timeout)
{
	int rc = 0;

	/*@ assert older: ring->open != 0 ==> (\forall integer i; 0 <= i < ring->view.cq_entries &&
	      ring->memory.window[i].position != ONCE_NO_POSITION ==>
	      ring->memory.window[i].position < once_next); */
	{ /* the proof looks back when error is gone */
		int error = 0;
		struct once_hold *hold = once_core_wait_for(ring, 1, timeout, NULL, &error);

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

/* Reap into *done*, one after the other, until nothing is left. */
/*@ requires ring: once_ring_ok(ring);
    requires done: \valid(done) && \base_addr(done) != \base_addr(ring) &&
             (ring->open != 0 ==> once_apart(ring, \base_addr(done)));
    assigns *done, ring->port, ring->submit.owner, ring->complete.owner, ring->complete.ready,
            ONCE_DELIVERY(ring);
    ensures ring: once_ring_ok(ring);
    ensures empty: \result != -EAGAIN;
    behavior open:
      assumes open: ring->open != 0;
      ensures opened: once_opened(ring);
      REAP_STAYS(ring);
    behavior closed:
      assumes closed: ring->open == 0;
      ensures closed: once_closed(ring);
      ensures not_open: \result == ONCE_NOT_OPEN;
    complete behaviors;
    disjoint behaviors; */
static int discard_all(struct once_ring *ring, struct once_completion *done)
{
	uint32_t discarded = 0;
	int rc = 1;

	/*@ loop invariant closed: \at(ring->open, Pre) == 0 ==> once_closed(ring) &&
	      discarded == 0 && (rc == 1 || rc == ONCE_NOT_OPEN);
	    loop invariant opened: \at(ring->open, Pre) != 0 ==> once_opened(ring);
	    loop invariant where: \at(ring->open, Pre) != 0 || rc > 0 ==> (ONCE_LIES_AS(ring, Pre));
	    loop invariant arrays: \at(ring->open, Pre) != 0 ==>
	      once_same_arrays{Pre, Here}(ring) && once_apart(ring, \base_addr(done));
	    loop invariant range: discarded <= INT32_MAX;
	    loop invariant held: \at(ring->open, Pre) != 0 ==>
	      ring->complete.held == \at(ring->complete.held, Pre);
	    loop invariant stay: \at(ring->open, Pre) != 0 ==> (\forall integer i;
	      0 <= i < ring->view.cq_entries &&
	      \at(ring->memory.window[i].position, Pre) != ONCE_NO_POSITION ==>
	      ring->memory.window[i].position == \at(ring->memory.window[i].position, Pre));
	    loop assigns rc, discarded, *done, ring->port, ring->submit.owner,
	      ring->complete.owner, ring->complete.ready, ONCE_LOOP_DELIVERY(ring);
	    loop variant rc <= 0 ? -1 : INT32_MAX - discarded; */
	while (rc > 0 && discarded < INT32_MAX) {
		rc = reap_slowly(ring, done, 1, 0);
		/*@ assert where: \at(ring->open, Pre) != 0 ==> (ONCE_LIES_AS(ring, Pre)); */
		if (rc > 0)
			discarded++;
	}
	return discarded != 0 || rc == -EAGAIN ? (int)discarded : rc;
}

int once_discard(struct once_ring *ring)
{
	int rc;

	{ /* the proof looks back when done is gone */
		struct once_completion done;

		/*@ assert apart: ring->open != 0 ==> once_apart(ring, \base_addr(&done)); */
		rc = discard_all(ring, &done);
		/*@ assert clear: ring->open != 0 ==> once_apart(ring, \base_addr(&done)) &&
		      \base_addr(ring->view.sq_head) != \base_addr(&done) &&
		      \base_addr(ring->view.cq_tail) != \base_addr(&done) &&
		      \base_addr(ring->view.sq_flags) != \base_addr(&done); */
		/*@ assert opened: ring->open != 0 ==> once_opened(ring); */
		/*@ assert valid: ring->open != 0 ==> once_valid(ring); */
	}
	/*@ assert valid: ring->open != 0 ==> once_valid(ring); */
	/*@ assert memory: ring->open != 0 ==> once_memory_ok(ring); */
	/*@ assert opened: ring->open != 0 ==> once_opened(ring); */
	return rc;
}
