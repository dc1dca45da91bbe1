/* SPDX-License-Identifier: MIT */
/* Drain: cancel everything, and wait for the ends until a deadline. */
#include "ring.h"

enum {
	SLICE_NANOSECONDS = 10000000 /* between two cancellations: what was queued may have started */
};

/*@ requires ring: \valid_read(ring);
    requires counts: once_counts(ring);
    assigns \nothing;
    ensures drained: \result == true <==> once_count_in_flight(ring) == 0 &&
            once_count_armed(ring) == 0 && ring->complete.timers == 0 &&
            ring->complete.removes == 0 && ring->complete.cancels == 0; */
static bool is_drained(const struct once_ring *ring)
{
	const struct once_complete_side *side = &ring->complete;

	return once_in_flight(ring) == 0 && once_armed(ring) == 0 && side->timers == 0 &&
	       side->removes == 0 && side->cancels == 0;
}

/* Append a cancellation; *id* 0: of everything. False if the SQ has no place. */
/*@ requires ring: once_opened(ring);
    requires own: once_own_ok(ring);
    assigns ONCE_OWN_SUBMISSION(ring);
    ONCE_KEEPS_OPENED(ring); */
static bool push_cancel(struct once_ring *ring, uint64_t id)
{
	const struct once_wire wire = {
		.head = once_wire_head(ONCE_OP_ASYNC_CANCEL, 0, 0, -1), .addr = id,
		.size = once_wire_size(0, id == 0 ? ONCE_CANCEL_ANY | ONCE_CANCEL_ALL : 0),
		.user_data = ONCE_UDATA_CANCEL
	};

	return once_push_own(ring, &wire, NULL);
}

/* complete.cancels follows. */
/*@ requires ring: once_opened(ring);
    requires own: once_own_ok(ring);
    assigns ring->complete.cancels;
    ONCE_KEEPS_OPENED(ring);
    ensures out: ring->complete.cancels == 1; */
static void count_cancel(struct once_ring *ring)
{
	ring->complete.cancels = 1;
}

/* Append a cancellation unless one is out; *id* 0: of everything. */
/*@ requires ring: once_opened(ring);
    requires own: once_own_ok(ring);
    assigns ONCE_OWN_SUBMISSION(ring), ring->complete.cancels;
    ONCE_KEEPS_OPENED(ring);
    behavior out:
      assumes out: ring->complete.cancels != 0;
      ensures one: ring->complete.cancels == \old(ring->complete.cancels) &&
              ring->submit.sq_tail == \old(ring->submit.sq_tail);
    behavior none:
      assumes none: ring->complete.cancels == 0;
      ensures one: ring->complete.cancels <= 1;
    complete behaviors;
    disjoint behaviors; */
static void cancel(struct once_ring *ring, uint64_t id)
{
	if (ring->complete.cancels == 0 && push_cancel(ring, id))
		count_cancel(ring);
}

/* The first slot from *slot* on, round the end, with an operation that lives; or ONCE_NO_INDEX. */
/*@ requires ring: \valid_read(ring) && 1 <= ring->capacity <= 65536 &&
             \valid_read(ring->memory.ops + (0 .. ring->capacity - 1));
    requires slot: slot < ring->capacity;
    assigns \nothing;
    ensures live: \result == ONCE_NO_INDEX || (\result < ring->capacity &&
            once_slot_of(ring->memory.ops[\result].id) == \result); */
static uint32_t next_live(const struct once_ring *ring, uint32_t slot)
{
	uint32_t next = slot;

	/*@ loop invariant range: tried <= ring->capacity && next < ring->capacity;
	    loop assigns tried, next;
	    loop variant ring->capacity - tried; */
	for (uint32_t tried = 0; tried < ring->capacity; tried++) {
		if (once_is_live(ring, next))
			return next;
		next = next + 1 == ring->capacity ? 0 : next + 1;
	}
	return ONCE_NO_INDEX;
}

/* Kernels before 5.19 cannot cancel everything at once: one after the other, from *slot* on. */
/*@ requires ring: once_opened(ring);
    requires own: once_own_ok(ring);
    requires slot: slot < ring->capacity;
    assigns ONCE_OWN_SUBMISSION(ring), ring->complete.cancels;
    ONCE_KEEPS_OPENED(ring);
    ensures slot: \result < ring->capacity; */
static uint32_t cancel_next(struct once_ring *ring, uint32_t slot)
{
	uint32_t live;

	if (ring->complete.cancel_result != -EINVAL) {
		cancel(ring, 0);
		return slot;
	}
	live = next_live(ring, slot);
	if (live == ONCE_NO_INDEX)
		return slot;
	cancel(ring, ring->memory.ops[live].id);
	return live + 1 == ring->capacity ? 0 : live + 1;
}

/* One round: submit what is armed, cancel, discard what comes in a slice of time. */
static int drain_round(struct once_ring *ring, uint64_t end, uint32_t *slot)
{
	const uint64_t now = once_port_now();
	const uint64_t left = end > now ? end - now : 0;
	const struct once_timespec slice = {
		0, left < SLICE_NANOSECONDS ? (int64_t)left : SLICE_NANOSECONDS
	};
	int rc = 0;

	if (once_in_flight(ring) != 0 || once_armed(ring) != 0 || ring->complete.timers != 0)
		*slot = cancel_next(ring, *slot);
	if (ring->submit.submitted != ring->submit.sq_tail)
		rc = once_flush(ring, 0, NULL, NULL);
	if (rc < 0 && rc != -EAGAIN && rc != -EBUSY && rc != -EINTR)
		return rc;
	rc = once_discard(ring);
	if (rc < 0)
		return rc;
	if (is_drained(ring))
		return 0;
	/*
	 * Without IORING_FEAT_EXT_ARG an SQE would have to end the wait, and one with
	 * IOSQE_IO_DRAIN may keep it from starting: look again instead.
	 */
	if (once_is_legacy(ring))
		rc = once_get_events(ring);
	else
		rc = once_wait_posted(ring, &slice);
	if (rc < 0 && rc != -ETIME && rc != -EAGAIN && rc != -EBUSY && rc != -EINTR)
		return rc;
	rc = once_discard(ring);
	return rc < 0 ? rc : 0;
}

/*@ requires ring: \valid(ring);
    requires counts: once_counts(ring);
    requires deadline: \valid_read(deadline) && \base_addr(deadline) != \base_addr(ring);
    assigns ring->submit.owner, ring->complete.owner, ring->port;
    ensures closed: ring->open == 0 ==> \result == ONCE_NOT_OPEN;
    ensures ready: \result == 0 ==> ring->open != 0 && once_count_taken(ring) == 0 &&
            ring->complete.held == 0 && once_time_is_valid(deadline);
    ensures owner: \result == 0 ==> ring->submit.owner != 0;
    ensures answer: \result == 0 || \result == ONCE_NOT_OPEN || \result == ONCE_WRONG_THREAD ||
            \result == ONCE_STILL_TAKEN || \result == ONCE_STILL_HELD || \result == -EINVAL; */
static int drain_refusal(struct once_ring *ring, const struct once_timespec *deadline)
{
	const char *const call = "once_drain";
	const uint32_t taken = once_taken(ring);

	if (ring->open == 0)
		return once_refuse_submit(ring, ONCE_NOT_OPEN, call);
	/* it submits, and it discards: in split mode both sides must be this thread's */
	if (!once_owns_submit(ring) || !once_owns_complete(ring))
		return once_refuse_submit(ring, ONCE_WRONG_THREAD, call);
	if (taken != 0)
		return once_refuse_submit_value(ring, ONCE_STILL_TAKEN, call, 0, taken);
	if (once_held(ring) != 0)
		return once_refuse_submit_value(ring, ONCE_STILL_HELD, call, 0, once_held(ring));
	return once_timespec_is_valid(deadline) ? 0 : -EINVAL;
}

int once_drain(struct once_ring *ring, const struct once_timespec *deadline,
	       struct once_survivor *survivors, uint32_t places, uint32_t *count)
{
	uint32_t slot = 0;
	uint64_t end;
	uint32_t left;
	int rc = drain_refusal(ring, deadline);

	if (rc != 0)
		return rc;
	end = once_end_of(deadline);
	ring->complete.cancel_result = 0;
	do {
		rc = drain_round(ring, end, &slot);
	} while (rc == 0 && !is_drained(ring) && once_port_now() < end);
	left = once_survivors(ring, survivors, places);
	if (count != NULL)
		*count = left;
	if (rc == 0 && !is_drained(ring))
		rc = once_refuse_submit_value(ring, ONCE_DEADLINE, "once_drain", 0, left);
	return rc;
}
