/* SPDX-License-Identifier: MIT */
/*
 * Reaping whatever comes: each CQE is delivered through the window, as a token
 * that the library sees at once. reap.c comes here when its short way ends.
 */
#ifndef ONCERING_SRC_REAP_SLOWLY_H
#define ONCERING_SRC_REAP_SLOWLY_H

#include "reap.h"

/* Of a contract: no token comes or goes. */
#define REAP_STAYS(ring) \
	DELIVERY_STAYS(ring); \
	ensures held: ring->complete.held == \old(ring->complete.held)

/* The next CQE, whatever it is, as a copy: 1, or 0 if none is ready. */
/*@ requires ring: once_opened(ring);
    requires done: \valid(done) && once_apart(ring, \base_addr(done));
    assigns done->lent.type \from ring->memory.ops;
    assigns done->lent.value, done->result, done->flags, done->extra[0],
            done->extra[1], ONCE_DELIVERY(ring);
    ensures opened: once_opened(ring);
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
      ensures closed: once_closed(ring);
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
      ensures closed: once_closed(ring);
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

#endif
