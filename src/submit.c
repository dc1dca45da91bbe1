/* SPDX-License-Identifier: MIT */
/*
 * Submit: ARMED → IN_FLIGHT. An operation is in flight when its SQ position is
 * below submit.submitted; that counter is raised before the kernel can see the
 * SQEs, and taken back to what the kernel has read after a short submit.
 */
#include "flush.h"

/* Why a submit must not happen: 0, or the refusal. */
/*@ requires ring: once_readable(ring);
    requires counts: ring->open != 0 ==> once_counts(ring);
    assigns \nothing;
    ensures closed: ring->open == 0 ==> \result == ONCE_NOT_OPEN;
    ensures open: ring->open != 0 ==>
            \result == ONCE_WRONG_THREAD || \result == ONCE_NOT_ARMED;
    ensures nobodys: ring->open != 0 && ring->submit.owner == 0 ==> \result == ONCE_WRONG_THREAD; */
static ONCE_COLD int refusal(const struct once_ring *ring, const char *call)
{
	uint32_t slot = 0;

	if (ring->open == 0)
		return once_refuse_submit(ring, ONCE_NOT_OPEN, call);
	if (ring->submit.owner != once_port_thread())
		return once_refuse_submit(ring, ONCE_WRONG_THREAD, call);
	/*@ loop invariant range: slot <= ring->capacity;
	    loop assigns slot;
	    loop variant ring->capacity - slot; */
	while (slot < ring->capacity &&
	       (once_is_live(ring, slot) || ring->memory.ops[slot].life != ONCE_LIFE_TAKEN))
		slot++;
	return once_refuse_slot(ring, ONCE_NOT_ARMED, call, slot, 0, once_taken(ring));
}

/* As once_owns_submit(), which binds the thread. */
/*@ requires ring: once_machine(ring);
    assigns ring->submit.owner, ring->port;
    ONCE_KEEPS_SLOTS(ring);
    ONCE_KEEPS_WINDOW(ring);
    ONCE_KEEPS_BOOKS(ring);
    ONCE_SAME_TOKENS(ring);
    ensures counts: ONCE_SAME_ACCOUNT(ring);
    ensures own: \old(once_own_ok(ring)) ==> once_own_ok(ring); */
static inline bool owns_side(struct once_ring *ring)
{
	const bool mine = once_owns_submit(ring);

	/*@ assert places: \forall integer i; 0 <= i < ONCE_OWN_SQES ==>
	      ring->submit.own[i] == \at(ring->submit.own[i], Pre); */
	/*@ assert listed: \at(once_own_listed(ring), Pre) ==> once_own_listed(ring); */
	return mine;
}

/*@ requires ring: once_ring_ok(ring);
    requires counts: ring->open != 0 ==> once_counts(ring);
    assigns ring->submit.owner, ring->port;
    behavior open:
      assumes open: ring->open != 0;
      ensures opened: once_opened(ring);
      ensures arrays: once_same_arrays{Old, Here}(ring);
      ensures counts: once_counts(ring);
      ensures own: \old(once_own_ok(ring)) ==> once_own_ok(ring);
      ensures account: ONCE_SAME_ACCOUNT(ring);
      ONCE_SAME_TOKENS(ring);
      ensures taken: once_count_taken(ring) != 0 ==> \result != 0;
      ensures answer: \result == 0 || \result == ONCE_WRONG_THREAD || \result == ONCE_NOT_ARMED;
    behavior closed:
      assumes closed: ring->open == 0;
      assigns \nothing;
      ensures not_open: \result == ONCE_NOT_OPEN;
      ensures nobodys: ring->submit.owner == \old(ring->submit.owner);
    complete behaviors;
    disjoint behaviors; */
static inline int submit_refusal(struct once_ring *ring, const char *call)
{
	if (ring->open == 0 || !owns_side(ring))
		return refusal(ring, call);
	/*@ assert owned: once_machine(ring) && once_counts(ring); */
	return once_taken_by_owner(ring) == 0 ? 0 : refusal(ring, call);
}

/* Enter the kernel for *count* SQEs, if it has to be entered at all. */
/*@ requires ring: \valid_read(ring) && \valid_read(ring->view.sq_flags);
    requires count: count <= 131072;
    requires timeout: timeout == \null || \valid_read(timeout);
    assigns \nothing;
    ensures answer: 0 <= \result <= count || once_is_errno(\result); */
static inline int enter(struct once_ring *ring, uint32_t count, uint32_t least,
			const struct once_timespec *timeout, const void *sigmask)
{
	uint32_t flags = 0;

	if ((ring->view.flags & ONCE_SETUP_SQPOLL) != 0) {
		once_fence(); /* the tail must be seen before its thread can fall asleep */
		if ((once_load_kernel(ring->view.sq_flags) & ONCE_SQ_NEED_WAKEUP) != 0)
			flags |= ONCE_ENTER_SQ_WAKEUP;
		else if (least == 0)
			return 0;
	}
	if (least != 0 || once_has_backlog(ring))
		flags |= ONCE_ENTER_GETEVENTS;
	return once_port_enter(&ring->port, count, least, flags, timeout, sigmask);
}

int once_flush(struct once_ring *ring, uint32_t least, const struct once_timespec *timeout,
	       const void *sigmask)
{
	const uint32_t count = (uint32_t)(ring->submit.sq_tail - ring->submit.consumed);
	int rc;

	show_tail(ring);
	/*@ assert shown: once_machine(ring); */
	/*@ assert listed: once_own_listed(ring); */
	rc = enter(ring, count, least, timeout, sigmask);
	follow(ring);
	/*@ assert unread_own: ring->submit.own_pending != 0 ==>
	      ring->submit.submitted <= ring->submit.own[0] &&
	      ring->submit.own[0] + (ring->submit.own_pending - 1) <=
	        ring->submit.own[ring->submit.own_pending - 1] < ring->submit.sq_tail; */
	/*@ assert armed: 0 <= once_count_armed(ring); */
	/*@ assert unread: ring->submit.sq_tail - ring->submit.submitted <= UINT32_MAX; */
	/*@ assert in_flight: once_count_in_flight(ring) >= \at(once_count_in_flight(ring), Pre); */
	/*@ ghost lemma_counts(ring); */
	return rc;
}

int once_submit(struct once_ring *ring)
{
	const struct once_submit_side *side = &ring->submit;
	int rc = submit_refusal(ring, "once_submit");
	uint64_t before;

	if (rc != 0 || side->submitted == side->sq_tail)
		return rc;
	before = once_submitted_total(ring);
	/*@ assert before: before == \at(once_armed_ever(ring) - once_count_armed(ring), Pre); */
	rc = once_flush(ring, 0, NULL, NULL);
	/*@ assert opened: once_opened(ring); */
	return rc < 0 ? rc : (int)(once_submitted_total(ring) - before);
}

/* Why a submit that waits for *count* CQEs must not happen: 0, or the refusal. */
/*@ requires ring: once_ring_ok(ring);
    requires account: ring->open != 0 ==> once_account(ring);
    assigns ring->submit.owner, ring->complete.owner, ring->port, ring->complete.published,
            ring->complete.ready, *ring->view.cq_head;
    behavior open:
      assumes open: ring->open != 0;
      ensures opened: once_opened(ring);
      ensures arrays: once_same_arrays{Old, Here}(ring);
      ensures own: once_own_ok(ring);
      ensures account: once_counts(ring) && ONCE_SAME_ACCOUNT(ring);
      ensures places: \result == 0 ==>
              count <= ring->view.cq_entries - (once_next - once_head);
      ensures one_thread: \result == 0 ==> !once_split_mode(ring);
      ensures taken: once_count_taken(ring) != 0 ==>
              \result == ONCE_NOT_ARMED || \result == ONCE_WRONG_THREAD;
      ensures answer: \result == 0 || \result == ONCE_NOT_ARMED ||
              \result == ONCE_WRONG_THREAD || \result == ONCE_ALL_HELD ||
              \result == ONCE_WOULD_HANG;
      ONCE_SAME_TOKENS(ring);
    behavior closed:
      assumes closed: ring->open == 0;
      ensures not_open: \result == ONCE_NOT_OPEN;
      ensures ring: once_closed(ring);
    complete behaviors;
    disjoint behaviors; */
static inline int submit_and_wait_refusal(struct once_ring *ring, uint32_t count, bool timed,
					  const char *call)
{
	int rc = submit_refusal(ring, call);

	if (rc != 0)
		return rc;
	if (once_is_split(ring))
		return once_refuse_submit(ring, ONCE_WRONG_THREAD, call);
	rc = once_wait_refusal(ring, count, timed ? ONCE_ANY_NUMBER : once_armed(ring), call);
	/*@ assert places: \forall integer i; 0 <= i < ONCE_OWN_SQES ==>
	      ring->submit.own[i] == \at(ring->submit.own[i], Pre); */
	/*@ assert listed: \at(once_own_ok(ring), Pre) ==> once_own_ok(ring); */
	return rc;
}

/*@ requires ring: once_ring_ok(ring);
    requires account: ring->open != 0 ==> once_account(ring);
    assigns ring->submit.owner, ring->complete.owner, ring->port, ring->complete.ready,
            ONCE_SUBMISSION(ring);
    behavior open:
      assumes open: ring->open != 0;
      ONCE_SUBMITTED_AND_WAITED(ring);
    behavior closed:
      assumes closed: ring->open == 0;
      ensures not_open: \result == ONCE_NOT_OPEN;
      ensures ring: once_closed(ring);
    complete behaviors;
    disjoint behaviors; */
static ONCE_COLD int submit_and_wait_slowly(struct once_ring *ring, unsigned count)
{
	const struct once_submit_side *side = &ring->submit;
	int rc = submit_and_wait_refusal(ring, count, false, "once_submit_and_wait");
	uint64_t before;

	/*@ assert none_taken: rc == 0 ==> \at(once_count_taken(ring), Pre) == 0; */
	if (rc != 0 || (side->submitted == side->sq_tail && count == 0))
		return rc;
	before = once_submitted_total(ring);
	/*@ assert before: before == \at(once_armed_ever(ring) - once_count_armed(ring), Pre); */
	rc = once_flush(ring, count == 0 ? 0 : once_window(ring) + count, NULL, NULL);
	/*@ assert opened: once_opened(ring); */
	return rc < 0 ? rc : (int)(once_submitted_total(ring) - before);
}

/*
 * Waiting costs time in the kernel even if every operation completes while it
 * is submitted. So the submit is tried without it, and only if that was in vain
 * the kernel is entered once more, which raw liburing would not do: the next
 * submits wait at once then, twice as many as after the vain try before.
 */
enum { DOUBT_MOST = 1 << 20 };

/*@ requires ring: once_machine(ring);
    assigns ring->submit.wait_first, ring->submit.doubt;
    ensures first: ring->submit.wait_first == \old(ring->submit.doubt);
    ensures twice: \old(ring->submit.doubt) <= DOUBT_MOST / 2 ==>
            ring->submit.doubt == 2 * \old(ring->submit.doubt);
    ensures most: ring->submit.doubt <= DOUBT_MOST;
    ONCE_KEEPS_SLOTS(ring);
    ONCE_KEEPS_WINDOW(ring);
    ONCE_KEEPS_BOOKS(ring); */
static ONCE_COLD void wait_after_all(struct once_ring *ring, uint32_t least)
{
	struct once_submit_side *side = &ring->submit;

	side->wait_first = side->doubt;
	side->doubt = side->doubt <= DOUBT_MOST / 2 ? side->doubt * 2 : DOUBT_MOST;
	(void)once_port_enter(&ring->port, 0, least, ONCE_ENTER_GETEVENTS, NULL, NULL);
}

/* Enter for *count* SQEs until *least* CQEs lie behind the head. SQEs read or -errno. */
/*@ requires ring: once_machine(ring);
    requires count: count <= 131072;
    assigns ring->submit.wait_first, ring->submit.doubt;
    ensures ring: once_machine(ring);
    ensures answer: 0 <= \result <= count || once_is_errno(\result);
    ensures less_doubt: \old(ring->submit.wait_first) != 0 ==>
            ring->submit.wait_first == \old(ring->submit.wait_first) - 1 &&
            ring->submit.doubt == \old(ring->submit.doubt); */
static inline int enter_and_wait(struct once_ring *ring, uint32_t count, uint32_t least)
{
	struct once_submit_side *side = &ring->submit;
	int rc;

	if (side->wait_first != 0) {
		side->wait_first--;
		return once_port_enter(&ring->port, count, least, ONCE_ENTER_GETEVENTS, NULL, NULL);
	}
	rc = once_port_enter(&ring->port, count, 0, 0, NULL, NULL);
	if (rc == (int)count && once_ahead(once_load_kernel(ring->view.cq_tail),
					   (uint32_t)(ring->complete.head % ONCE_WORD_5)) < least)
		wait_after_all(ring, least);
	return rc;
}

/*
 * The common case, in a straight line: a simple ring, its owner, everything
 * armed, and no more CQEs wanted than operations are submitted, so that none
 * of the refusals can apply.
 */
/*@ requires ring: once_ring_ok(ring);
    requires account: ring->open != 0 ==> once_account(ring);
    assigns \nothing;
    ensures closed: ring->open == 0 ==> \result == false;
    ensures simple: \result == true ==> ring->simple != 0 && ring->submit.own_pending == 0 &&
            once_count_taken(ring) == 0 && ring->submit.sq_tail < ONCE_COUNTER_END;
    ensures count: \result == true ==>
            1 <= count <= ring->submit.sq_tail - ring->submit.consumed &&
            once_next - once_head + count <= ring->view.cq_entries; */
static inline bool submits_plainly(const struct once_ring *ring, unsigned count)
{
	const struct once_submit_side *side = &ring->submit;

	return ring->simple != 0 && side->owner == once_port_thread() && side->own_pending == 0 &&
	       side->sq_tail < ONCE_COUNTER_END && count != 0 &&
	       count <= side->sq_tail - side->consumed &&
	       once_window(ring) + count <= ring->view.cq_entries && once_taken_by_owner(ring) == 0;
}

/* The kernel has read every SQE: each place is free. */
/*@ requires ring: once_machine(ring);
    requires shown: ring->submit.submitted == ring->submit.sq_tail < ONCE_COUNTER_END;
    requires armed: once_n_taken == 0 && ring->submit.own_pending == 0;
    assigns ring->submit.consumed, ring->submit.room;
    ONCE_KEEPS_SLOTS(ring);
    ONCE_KEEPS_WINDOW(ring);
    ONCE_KEEPS_BOOKS(ring);
    ONCE_SAME_TOKENS(ring);
    ensures read: ring->submit.submitted == ring->submit.sq_tail;
    ensures own: once_own_ok(ring) && ring->submit.own_pending == 0;
    ensures arrays: once_same_arrays{Old, Here}(ring); */
static inline void read_all(struct once_ring *ring)
{
	ring->submit.consumed = ring->submit.sq_tail;
	ring->submit.room = ring->sq_usable;
}

int once_submit_and_wait(struct once_ring *ring, unsigned count)
{
	struct once_submit_side *side = &ring->submit;
	uint64_t before;
	uint32_t pending;
	int rc;

	if (!submits_plainly(ring, count))
		return submit_and_wait_slowly(ring, count);
	before = side->submitted;
	pending = (uint32_t)(side->sq_tail - side->consumed);
	/*@ assert armed: before <= side->sq_tail <= before + 65536; */
	show_tail(ring);
	/*@ assert shown: once_machine(ring); */
	rc = enter_and_wait(ring, pending, once_window(ring) + count);
	if (rc == (int)pending)
		read_all(ring);
	else
		follow(ring);
	/*@ assert opened: once_opened(ring); */
	/*@ assert range: before <= side->submitted <= side->sq_tail <= before + 65536; */
	/*@ assert in_flight: once_count_in_flight(ring) >= \at(once_count_in_flight(ring), Pre); */
	/*@ ghost lemma_counts(ring); */
	return rc < 0 ? rc : (int)(side->submitted - before);
}

/*
 * After a submit that waited, until *end* if it was timed: the next CQE, or why
 * there is none. A short submit has not waited.
 */
static struct once_hold *after_flush(struct once_ring *ring, int rc, bool timed, uint64_t end,
				     int *error)
{
	if (once_deliverable(ring) != 0)
		return once_deliver_next(ring);
	if (rc < 0)
		*error = rc;
	else if (ring->submit.submitted != ring->submit.sq_tail)
		*error = -EAGAIN;
	else
		*error = timed ? once_why_woken(end) : -EINTR;
	return NULL;
}

struct once_hold *once_core_submit_and_wait(struct once_ring *ring, unsigned count,
					    const struct once_timespec *timeout,
					    const void *sigmask, unsigned *submitted, int *error)
{
	const char *const call = "once_submit_and_wait_timeout";
	const struct once_submit_side *side = &ring->submit;
	const uint32_t wanted = count == 0 ? 1 : count;
	const uint64_t before = once_submitted_total(ring);
	struct once_hold *hold = NULL;
	int rc;

	*submitted = 0;
	rc = submit_and_wait_refusal(ring, wanted, timeout != NULL, call);
	if (rc == 0 && timeout != NULL && !once_timespec_is_valid(timeout))
		rc = -EINVAL;
	*error = rc;
	if (rc != 0)
		return NULL;
	if (side->submitted == side->sq_tail || (timeout != NULL && once_is_legacy(ring))) {
		hold = once_core_wait_for(ring, wanted, timeout, sigmask, error);
	} else {
		const uint64_t end = timeout != NULL ? once_end_of(timeout) : 0;

		rc = once_flush(ring, once_window(ring) + wanted, timeout, sigmask);
		hold = after_flush(ring, rc, timeout != NULL, end, error);
		if (*error == -EINTR && rc >= 0 &&
		    (once_own_ready(ring) >= wanted || once_timers_ready(ring) != 0)) {
			/* CQEs of the library's own have ended it: wait on */
			const struct once_timespec left = once_left_until(end);

			hold = once_core_wait_for(ring, wanted, timeout != NULL ? &left : NULL, sigmask,
						  error);
		}
	}
	*submitted = (unsigned)(once_submitted_total(ring) - before);
	return hold;
}
