/* SPDX-License-Identifier: MIT */
/*
 * Submit: ARMED → IN_FLIGHT. An operation is in flight when its SQ position is
 * below submit.submitted; that counter is raised before the kernel can see the
 * SQEs, and taken back to what the kernel has read after a short submit.
 */
#include "ring.h"

/* Why a submit must not happen: 0, or the refusal. */
/*@ requires ring: once_readable(ring);
    requires counts: once_counts(ring);
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

/*@ requires ring: \valid(ring) && once_readable(ring);
    requires counts: once_counts(ring);
    assigns ring->submit.owner, ring->port;
    ensures closed: ring->open == 0 ==> \result == ONCE_NOT_OPEN;
    ensures taken: ring->open != 0 && once_count_taken(ring) != 0 ==> \result != 0;
    ensures answer: \result == 0 || \result == ONCE_NOT_OPEN || \result == ONCE_WRONG_THREAD ||
            \result == ONCE_NOT_ARMED; */
static inline int submit_refusal(struct once_ring *ring, const char *call)
{
	return once_owns_submit(ring) && ring->open != 0 && once_taken_by_owner(ring) == 0
		? 0 : refusal(ring, call);
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

/* The kernel may read every SQE up to the tail, and use the places that were passed. */
/*@ requires ring: once_machine(ring);
    assigns ring->complete.published, *ring->view.cq_head, ring->submit.submitted,
            *ring->view.sq_tail;
    ONCE_KEEPS_SLOTS(ring);
    ONCE_KEEPS_WINDOW(ring);
    ONCE_KEEPS_BOOKS(ring);
    ONCE_SAME_TOKENS(ring);
    ensures shown: ring->submit.submitted == ring->submit.sq_tail; */
static inline void show_tail(struct once_ring *ring)
{
	struct once_submit_side *side = &ring->submit;
	const uint64_t tail = side->sq_tail;

	if (!once_is_split(ring))
		once_publish(ring);
	once_store_release(&side->submitted, tail);
	once_store_kernel(ring->view.sq_tail, (uint32_t)(tail % ONCE_WORD_5));
}

/* In flight is what the kernel has read. */
/*@ requires ring: once_machine(ring);
    requires own: ring->submit.own_pending <= ONCE_OWN_SQES;
    assigns ring->submit.submitted, ring->submit.own_pending,
            ring->submit.own[0 .. ONCE_OWN_SQES - 1];
    ONCE_KEEPS_SLOTS(ring);
    ONCE_KEEPS_WINDOW(ring);
    ONCE_KEEPS_BOOKS(ring);
    ONCE_SAME_TOKENS(ring);
    ensures read: (ring->view.flags & ONCE_SETUP_SQPOLL) == 0 ==>
            ring->submit.submitted == ring->submit.consumed;
    ensures own: ring->submit.own_pending <= \old(ring->submit.own_pending); */
static inline void take_back(struct once_ring *ring)
{
	struct once_submit_side *side = &ring->submit;

	if ((ring->view.flags & ONCE_SETUP_SQPOLL) == 0)
		once_store_release(&side->submitted, side->consumed);
	if (side->own_pending != 0)
		once_count_own(ring);
}

int once_flush(struct once_ring *ring, uint32_t least, const struct once_timespec *timeout,
	       const void *sigmask)
{
	const uint32_t count = (uint32_t)(ring->submit.sq_tail - ring->submit.consumed);
	int rc;

	show_tail(ring);
	/*@ assert shown: once_machine(ring); */
	rc = enter(ring, count, least, timeout, sigmask);
	once_count_room(ring);
	/*@ assert counted: once_machine(ring); */
	take_back(ring);
	return rc;
}

int once_submit(struct once_ring *ring)
{
	const struct once_submit_side *side = &ring->submit;
	const int refused = submit_refusal(ring, "once_submit");
	const uint64_t before = once_submitted_total(ring);
	int rc;

	if (refused != 0 || side->submitted == side->sq_tail)
		return refused;
	rc = once_flush(ring, 0, NULL, NULL);
	return rc < 0 ? rc : (int)(once_submitted_total(ring) - before);
}

static inline int submit_and_wait_refusal(struct once_ring *ring, uint32_t count, bool timed,
					  const char *call)
{
	int rc = submit_refusal(ring, call);

	if (rc == 0 && once_is_split(ring))
		rc = once_refuse_submit(ring, ONCE_WRONG_THREAD, call);
	return rc == 0 ? once_wait_refusal(ring, count, timed ? ONCE_ANY_NUMBER : once_armed(ring),
					   call)
		       : rc;
}

static ONCE_COLD int submit_and_wait_slowly(struct once_ring *ring, unsigned count)
{
	const struct once_submit_side *side = &ring->submit;
	const int refused = submit_and_wait_refusal(ring, count, false, "once_submit_and_wait");
	const uint64_t before = once_submitted_total(ring);
	int rc;

	if (refused != 0 || (side->submitted == side->sq_tail && count == 0))
		return refused;
	rc = once_flush(ring, count == 0 ? 0 : once_window(ring) + count, NULL, NULL);
	return rc < 0 ? rc : (int)(once_submitted_total(ring) - before);
}

/*
 * Waiting costs time in the kernel even if every operation completes while it
 * is submitted. So the submit is tried without it, and only if that was in vain
 * the kernel is entered once more, which raw liburing would not do: the next
 * submits wait at once then, twice as many as after the vain try before.
 */
enum { DOUBT_MOST = 1 << 20 };

/*@ requires ring: \valid(ring);
    requires doubt: ring->submit.doubt <= DOUBT_MOST;
    assigns ring->submit.wait_first, ring->submit.doubt;
    ensures first: ring->submit.wait_first == \old(ring->submit.doubt);
    ensures twice: \old(ring->submit.doubt) < DOUBT_MOST ==>
            ring->submit.doubt == 2 * \old(ring->submit.doubt);
    ensures most: ring->submit.doubt <= 2 * DOUBT_MOST; */
static ONCE_COLD void wait_after_all(struct once_ring *ring, uint32_t least)
{
	struct once_submit_side *side = &ring->submit;

	side->wait_first = side->doubt;
	if (side->doubt < DOUBT_MOST)
		side->doubt *= 2;
	(void)once_port_enter(&ring->port, 0, least, ONCE_ENTER_GETEVENTS, NULL, NULL);
}

/* Enter for *count* SQEs until *least* CQEs lie behind the head. SQEs read or -errno. */
/*@ requires ring: \valid(ring) && \valid_read(ring->view.cq_tail);
    requires count: count <= 32768;
    requires doubt: ring->submit.doubt <= DOUBT_MOST;
    assigns ring->submit.wait_first, ring->submit.doubt;
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
int once_submit_and_wait(struct once_ring *ring, unsigned count)
{
	struct once_submit_side *side = &ring->submit;
	const uint64_t tail = side->sq_tail;
	const uint32_t pending = (uint32_t)(tail - side->consumed);
	const uint32_t least = once_window(ring) + count;
	int rc;

	if (ring->simple == 0 || side->owner != once_port_thread() || side->own_pending != 0 ||
	    count == 0 || count > pending || least > ring->view.cq_entries ||
	    once_taken_by_owner(ring) != 0)
		return submit_and_wait_slowly(ring, count);
	once_publish(ring);
	side->submitted = tail;
	once_store_kernel(ring->view.sq_tail, (uint32_t)(tail % ONCE_WORD_5));
	rc = enter_and_wait(ring, pending, least);
	if (rc != (int)pending) {
		once_count_room(ring);
		side->submitted = side->consumed;
		return rc;
	}
	side->consumed = tail;
	side->room = ring->sq_usable;
	return rc;
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
