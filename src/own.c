/* SPDX-License-Identifier: MIT */
/*
 * The library's own SQEs and CQEs: the timeouts of timed waits on a kernel
 * without IORING_FEAT_EXT_ARG, their removal, and the cancellation of a drain.
 *
 * Their SQEs and CQ places are set aside when the ring is opened. Each timer
 * is one reservation, made by one timed wait and released by exactly one CQE
 * with LIBURING_UDATA_TIMEOUT; such a CQE that nobody reserved is foreign.
 */
#include "ring.h"

/* The rest of ONCE_OWN_PLACES_LEGACY is for the cancellation of a drain. */
enum { TIMERS_MAX = 2, PLACES_MAX = ONCE_OWN_PLACES_LEGACY - ONCE_OWN_PLACES };

/* Whether the newest SQE, which the kernel has not read, would link the next one to itself. */
/*@ requires ring: \valid_read(ring) && 1 <= ring->view.sq_entries &&
             \valid_read(ring->view.sqes + (0 .. ring->view.sq_entries - 1));
    requires lap: ring->submit.sq_lap <= ring->submit.sq_tail <=
             ring->submit.sq_lap + ring->view.sq_entries;
    requires unread: ring->submit.submitted <= ring->submit.sq_tail;
    assigns \nothing;
    ensures read: ring->submit.submitted == ring->submit.sq_tail ==> \result == false; */
static bool ends_linked(const struct once_ring *ring)
{
	const struct once_submit_side *side = &ring->submit;
	uint64_t newest;
	uint32_t flags;

	if (side->submitted == side->sq_tail)
		return false;
	newest = side->sq_tail - 1;
	flags = once_wire_flags(&ring->view.sqes[newest >= side->sq_lap ? newest - side->sq_lap
								  : ring->view.sq_entries - 1]);
	return (flags & (ONCE_SQE_IO_LINK | ONCE_SQE_IO_HARDLINK)) != 0;
}

/* A chain ends where a submit does: what is ours must not wait for its end. False if it goes on. */
/*@ requires ring: once_opened(ring);
    requires own: once_own_ok(ring);
    assigns ONCE_SUBMISSION(ring);
    ONCE_KEEPS_OPENED(ring);
    ensures armed: once_armed_ever(ring) == \old(once_armed_ever(ring)); */
static bool end_chain(struct once_ring *ring)
{
	if (!ends_linked(ring))
		return true;
	(void)once_flush(ring, 0, NULL, NULL);
	return !ends_linked(ring);
}

/* The SQE at its place. */
/*@ requires ring: once_opened(ring);
    requires own: once_own_ok(ring);
    requires index: index < ring->view.sq_entries;
    requires wire: \valid_read(wire) && once_apart(ring, \base_addr(wire));
    assigns ring->view.sqes[index];
    ONCE_KEEPS_OPENED(ring);
    ONCE_SAME_SQ(ring);
    ensures read: ring->submit.consumed == \old(ring->submit.consumed); */
static void copy_wire(struct once_ring *ring, uint32_t index, const struct once_wire *wire)
{
	once_wire_copy(&ring->view.sqes[index], wire, wire->user_data);
	/*@ assert same: ONCE_OWN_AS(ring, Pre) &&
	      ring->submit.own_pending == \at(ring->submit.own_pending, Pre); */
}

/* The SQE at the tail is pending. */
/*@ requires ring: once_opened(ring);
    requires own: once_own_ok(ring) && ring->submit.own_pending < ONCE_OWN_SQES;
    requires place: once_sq_has_place(ring) &&
             ring->submit.sq_tail - ring->submit.consumed < ring->view.sq_entries;
    requires end: ring->submit.sq_tail < ONCE_COUNTER_END;
    assigns ring->submit.own[0 .. ONCE_OWN_SQES - 1], ring->submit.own_pending,
            ring->submit.own_total, ring->submit.sq_tail, ring->submit.room;
    ONCE_KEEPS_OPENED(ring);
    ensures armed: once_armed_ever(ring) == \old(once_armed_ever(ring)); */
static void list_own(struct once_ring *ring)
{
	struct once_submit_side *side = &ring->submit;

	/*@ assert newest: side->own_pending != 0 ==> side->own[side->own_pending - 1] < side->sq_tail; */
	/*@ assert behind: \forall integer i; 0 <= i < side->own_pending ==>
	      side->own[i] + (side->own_pending - i) <= side->sq_tail; */
	side->own[side->own_pending] = side->sq_tail;
	once_store_relaxed32(&side->own_pending, side->own_pending + 1);
	once_store_relaxed(&side->own_total, side->own_total + 1);
	once_store_relaxed(&side->sq_tail, side->sq_tail + 1);
	side->room = 0; /* count again before the next take */
	/*@ assert older: \forall integer i; 0 <= i < side->own_pending - 1 ==>
	      side->own[i] == \at(ring->submit.own[i], Pre); */
	/*@ assert pending: side->own[side->own_pending - 1] == side->sq_tail - 1 >= side->own_total - 1; */
	/*@ assert counts: side->own_pending == \at(ring->submit.own_pending, Pre) + 1 &&
	      side->own_total == \at(ring->submit.own_total, Pre) + 1 &&
	      side->sq_tail == \at(ring->submit.sq_tail, Pre) + 1 &&
	      side->submitted == \at(ring->submit.submitted, Pre) <= side->sq_tail - 1 &&
	      side->consumed == \at(ring->submit.consumed, Pre) &&
	      ring->view.flags == \at(ring->view.flags, Pre); */
	/*@ assert below: \forall integer i; 0 <= i < side->own_pending ==>
	      side->own[i] < side->sq_tail &&
	      side->own_total <= side->own[i] + (side->own_pending - i); */
	/*@ assert spread: \forall integer i; 0 <= i < side->own_pending - 1 ==>
	      side->own[i] + (side->own_pending - 1 - i) <= side->own[side->own_pending - 1]; */
	/*@ assert order: \forall integer i, j; 0 <= i <= j < side->own_pending ==>
	      side->own[i] + (j - i) <= side->own[j]; */
	/*@ assert listed: once_own_listed(ring); */
}

bool once_push_own(struct once_ring *ring, const struct once_wire *wire,
		   const struct once_timespec *time)
{
	const struct once_submit_side *side = &ring->submit;
	uint32_t index;

	if (!end_chain(ring))
		return false;
	index = once_next_index(ring);
	/*@ assert own: once_own_ok(ring); */
	once_count_room(ring);
	/*@ assert own: once_own_ok(ring); */
	/*@ assert place: once_sq_has_place(ring) &&
	      index == ring->submit.sq_tail - ring->submit.sq_lap; */
	if (side->sq_tail - side->consumed >= ring->view.sq_entries ||
	    side->own_pending >= ONCE_OWN_SQES || side->sq_tail >= ONCE_COUNTER_END)
		return false;
	/*@ assert where: ONCE_LIES_AS(ring, Pre) && once_same_arrays{Pre, Here}(ring) &&
	      ring->view.sq_entries == \at(ring->view.sq_entries, Pre); */
	copy_wire(ring, index, wire);
	if (time != NULL)
		once_write_time(ring, index, time);
	/*@ assert place: once_sq_has_place(ring) &&
	      ring->submit.sq_tail - ring->submit.consumed < ring->view.sq_entries; */
	/*@ assert where: ONCE_LIES_AS(ring, Pre) && once_same_arrays{Pre, Here}(ring) &&
	      ring->view.sq_entries == \at(ring->view.sq_entries, Pre); */
	list_own(ring);
	return true;
}

void once_count_own(struct once_ring *ring)
{
	struct once_submit_side *side = &ring->submit;
	uint32_t kept = 0;

	/*@ loop invariant places: kept <= i <= side->own_pending;
	    loop invariant unread: \forall integer k; 0 <= k < kept ==> side->own[k] >= side->submitted;
	    loop invariant moved: \forall integer k; 0 <= k < kept ==>
	      side->own[k] == \at(ring->submit.own[k + \at(i - kept, Here)], Pre);
	    loop invariant rest: \forall integer k; i <= k < side->own_pending ==>
	      side->own[k] == \at(ring->submit.own[k], Pre);
	    loop invariant first: kept != 0 ==> \at(ring->submit.own[\at(i - kept, Here)], Pre) >= side->submitted;
	    loop invariant dropped: i != kept ==>
	      \at(ring->submit.own[\at(i - kept, Here) - 1], Pre) < side->submitted &&
	      \at(ring->submit.own[0], Pre) + (i - kept) <= side->submitted;
	    loop assigns i, kept, side->own[0 .. ONCE_OWN_SQES - 1];
	    loop variant side->own_pending - i; */
	for (uint32_t i = 0; i < side->own_pending; i++) {
		if (side->own[i] >= side->submitted) {
			side->own[kept] = side->own[i];
			kept++;
		}
	}
	once_store_relaxed32(&side->own_pending, kept);
}

/*
 * CQEs of the library's own that are consumed and not passed: they lie behind
 * a token that is held, in places that were set aside for the next ones.
 */
/*@ requires window: once_window_readable(ring);
    assigns \nothing;
    ensures most: \result <= ring->complete.delivered - ring->complete.head; */
static uint32_t own_behind_held(const struct once_ring *ring)
{
	const struct once_complete_side *side = &ring->complete;
	uint32_t index = side->head_index;
	uint32_t found = 0;

	/*@ loop invariant range: side->head <= p <= side->delivered;
	    loop invariant index: index == once_held_index(ring, p) && index < ring->view.cq_entries;
	    loop invariant found: found <= p - side->head;
	    loop assigns p, index, found;
	    loop variant side->delivered - p; */
	for (uint64_t p = side->head; p != side->delivered; p++) {
		const struct once_hold *hold = &ring->memory.window[index];

		if (hold->slot == ONCE_NO_INDEX && hold->pad == ONCE_HOLD_OWN)
			found++;
		index = index + 1 == ring->view.cq_entries ? 0 : index + 1;
	}
	return found;
}

/* Append the removal of an older timeout; false if the SQ has no place. */
/*@ requires ring: once_opened(ring);
    requires own: once_own_ok(ring);
    assigns ONCE_OWN_SUBMISSION(ring);
    ONCE_KEEPS_OPENED(ring); */
static bool push_removal(struct once_ring *ring)
{
	const struct once_wire remove = {
		.head = once_wire_head(ONCE_OP_TIMEOUT_REMOVE, 0, 0, -1),
		.addr = ONCE_UDATA_TIMEOUT, .user_data = ONCE_UDATA_REMOVE
	};

	return once_push_own(ring, &remove, NULL);
}

/* Append a timeout that a wait of *count* CQEs ends as well; false if the SQ has no place. */
/*@ requires ring: once_opened(ring);
    requires own: once_own_ok(ring);
    requires time: \valid_read(time) && once_apart(ring, \base_addr(time));
    assigns ONCE_OWN_SUBMISSION(ring);
    ONCE_KEEPS_OPENED(ring); */
static bool push_timer(struct once_ring *ring, const struct once_timespec *time, uint64_t count)
{
	const struct once_wire timer = {
		.head = once_wire_head(ONCE_OP_TIMEOUT, 0, 0, -1),
		.off = count, .size = once_wire_size(1, 0), .user_data = ONCE_UDATA_TIMEOUT
	};

	return once_push_own(ring, &timer, time);
}

/* complete.removes follows. */
/*@ requires ring: once_opened(ring);
    requires own: once_own_ok(ring);
    requires one: ring->complete.removes == 0;
    assigns ring->complete.removes;
    ONCE_KEEPS_OPENED(ring); */
static void count_removal(struct once_ring *ring)
{
	ring->complete.removes++;
}

/* complete.timers follows. */
/*@ requires ring: once_opened(ring);
    requires own: once_own_ok(ring);
    requires most: ring->complete.timers < TIMERS_MAX;
    assigns ring->complete.timers;
    ONCE_KEEPS_OPENED(ring);
    ensures reserved: ring->complete.timers == \old(ring->complete.timers) + 1; */
static void count_timer(struct once_ring *ring)
{
	ring->complete.timers++;
}

int once_start_timer(struct once_ring *ring, const struct once_timespec *time, uint32_t count)
{
	struct once_complete_side *side = &ring->complete;
	const uint32_t to_come = side->timers - once_timers_ready(ring);
	const uint64_t places = (uint64_t)side->timers + side->removes + own_behind_held(ring) +
				(to_come != 0 ? 2 : 1);

	if (side->timers >= TIMERS_MAX || (to_come != 0 && side->removes != 0) ||
	    places > PLACES_MAX)
		return once_refuse_complete_value(ring, ONCE_TIMERS_OUT, "once_wait", PLACES_MAX, places);
	/* an older one may be due much later than the wait that now begins */
	if (to_come != 0) {
		if (!push_removal(ring))
			return -EAGAIN;
		count_removal(ring);
		/*@ assert opened: once_opened(ring); */
	}
	/* the removal's own CQE counts as one of those waited for */
	if (!push_timer(ring, time, to_come != 0 ? (uint64_t)count + 1 : count))
		return -EAGAIN;
	count_timer(ring);
	return 0;
}

/* CQEs with *user_data* among those that are ready, at most *most*. */
/*@ requires ring: once_cq_readable(ring) && once_ready_in_cq(ring);
    assigns \nothing;
    ensures most: \result <= most;
    ensures none: \result == 0 && most != 0 ==>
            (\forall integer p; ring->complete.delivered <= p < ring->complete.ready ==>
               !once_ready_has(ring, p, user_data));
    ensures some: \result != 0 ==>
            (\exists integer p; ring->complete.delivered <= p < ring->complete.ready &&
               once_ready_has(ring, p, user_data)); */
static uint32_t ready_with(const struct once_ring *ring, uint64_t user_data, uint32_t most)
{
	const struct once_complete_side *side = &ring->complete;
	uint32_t index = side->next_index;
	uint32_t found = 0;

	/*@ loop invariant range: side->delivered <= p <= side->ready;
	    loop invariant index: index == once_ready_index(ring, p) && index < ring->view.cq_entries;
	    loop invariant found: found <= most;
	    loop invariant none: found == 0 ==> (\forall integer q; side->delivered <= q < p ==>
	      !once_ready_has(ring, q, user_data));
	    loop invariant some: found != 0 ==> (\exists integer q; side->delivered <= q < p &&
	      once_ready_has(ring, q, user_data));
	    loop assigns p, index, found;
	    loop variant side->ready - p; */
	for (uint64_t p = side->delivered; p != side->ready && found < most; p++) {
		if (once_cqe_at(ring, index)->user_data == user_data) {
			/*@ assert here: once_ready_has(ring, p, user_data); */
			found++;
		}
		index = index + 1 == ring->view.cq_entries ? 0 : index + 1;
	}
	return found;
}

uint32_t once_timers_ready(const struct once_ring *ring)
{
	return ready_with(ring, ONCE_UDATA_TIMEOUT, ring->complete.timers);
}

/* An older timeout is removed before a newer one begins: its CQE comes first. */
bool once_timer_expired(const struct once_ring *ring)
{
	const struct once_complete_side *side = &ring->complete;
	uint32_t index = side->next_index;
	int32_t result = 0;

	/*@ loop invariant range: side->delivered <= p <= side->ready;
	    loop invariant index: index == once_ready_index(ring, p) && index < ring->view.cq_entries;
	    loop invariant some: result != 0 ==> (\exists integer q; side->delivered <= q < p &&
	      once_ready_has(ring, q, ONCE_UDATA_TIMEOUT) && once_ready_result(ring, q) == result);
	    loop assigns p, index, result;
	    loop variant side->ready - p; */
	for (uint64_t p = side->delivered; p != side->ready; p++) {
		const struct once_wire_cqe *cqe = once_cqe_at(ring, index);

		if (cqe->user_data == ONCE_UDATA_TIMEOUT) {
			result = cqe->res;
			/*@ assert here: once_ready_has(ring, p, ONCE_UDATA_TIMEOUT) &&
			      once_ready_result(ring, p) == result; */
		}
		index = index + 1 == ring->view.cq_entries ? 0 : index + 1;
	}
	return result == -ETIME;
}

uint32_t once_own_ready(const struct once_ring *ring)
{
	const struct once_complete_side *side = &ring->complete;
	uint32_t index = side->next_index;
	uint32_t timers = 0;
	uint32_t removes = 0;
	uint32_t cancels = 0;

	if (side->timers == 0 && side->removes == 0 && side->cancels == 0)
		return 0;
	/*@ loop invariant range: side->delivered <= p <= side->ready;
	    loop invariant index: index == once_ready_index(ring, p) && index < ring->view.cq_entries;
	    loop invariant out: timers <= side->timers && removes <= side->removes &&
	      cancels <= side->cancels;
	    loop invariant ready: timers + removes + cancels <= p - side->delivered;
	    loop assigns p, index, timers, removes, cancels;
	    loop variant side->ready - p; */
	for (uint64_t p = side->delivered; p != side->ready; p++) {
		const uint64_t user_data = once_cqe_at(ring, index)->user_data;

		if (user_data == ONCE_UDATA_TIMEOUT && timers < side->timers)
			timers++;
		else if (user_data == ONCE_UDATA_REMOVE && removes < side->removes)
			removes++;
		else if (user_data == ONCE_UDATA_CANCEL && cancels < side->cancels)
			cancels++;
		index = index + 1 == ring->view.cq_entries ? 0 : index + 1;
	}
	return timers + removes + cancels;
}

bool once_consume_own(struct once_ring *ring, const struct once_wire_cqe *cqe)
{
	struct once_complete_side *side = &ring->complete;

	if (cqe->user_data == ONCE_UDATA_TIMEOUT && side->timers != 0) {
		side->timers--;
		return true;
	}
	if (cqe->user_data == ONCE_UDATA_REMOVE && side->removes != 0) {
		side->removes--;
		return true;
	}
	if (cqe->user_data == ONCE_UDATA_CANCEL && side->cancels != 0) {
		side->cancels--;
		side->cancel_result = cqe->res;
		return true;
	}
	return false;
}
