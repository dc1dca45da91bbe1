/* SPDX-License-Identifier: MIT */
/*
 * Wait: enter the kernel until a CQE can be delivered. A wait counts from the
 * delivered position, not from the head as liburing's do: CQEs that are held
 * do not end it.
 */
#include "wait.h"
#include "flush.h"

/* Operations in flight whose terminal CQE is not delivered. */
/*@ requires ring: \valid_read(ring);
    requires counts: once_counts(ring);
    requires ended: ring->complete.ended <= once_count_in_flight(ring);
    assigns \nothing;
    ensures outstanding: \result == once_count_in_flight(ring) - ring->complete.ended; */
static uint32_t outstanding(const struct once_ring *ring)
{
	return once_in_flight(ring) - ring->complete.ended;
}

/* Enter to wait, not to submit. 0 or -errno. */
/*@ requires ring: \valid(ring) && \valid(ring->view.cq_head);
    requires apart: \separated(ring, ring->view.cq_head);
    requires timeout: timeout == \null || \valid_read(timeout);
    assigns ring->complete.published, *ring->view.cq_head;
    ensures published: ring->complete.published == ring->complete.head;
    ensures told: *ring->view.cq_head == ring->complete.head % 0x100000000;
    ensures answer: \result == 0 || once_is_errno(\result); */
static int enter(struct once_ring *ring, uint32_t least, const struct once_timespec *timeout,
		 const void *sigmask)
{
	int rc;

	once_publish(ring);
	rc = once_port_enter(&ring->port, 0, least, ONCE_ENTER_GETEVENTS, timeout, sigmask);
	return rc < 0 ? rc : 0;
}

/* As once_owns_complete(), which binds the thread. */
/*@ requires ring: once_machine(ring);
    assigns ring->submit.owner, ring->complete.owner, ring->port;
    ONCE_KEEPS_SLOTS(ring);
    ONCE_KEEPS_WINDOW(ring);
    ONCE_KEEPS_BOOKS(ring);
    ONCE_SAME_TOKENS(ring);
    ensures head: ring->complete.head == \old(ring->complete.head);
    ensures counts: ONCE_SAME_ACCOUNT(ring); */
static inline bool owns(struct once_ring *ring)
{
	return once_owns_complete(ring);
}

/* ... of an open ring: the machine stays as it is. */
/*@ requires ring: once_machine(ring);
    requires timeout: timeout == \null || \valid_read(timeout);
    assigns ring->complete.published, *ring->view.cq_head;
    ONCE_KEEPS_SLOTS(ring);
    ONCE_KEEPS_WINDOW(ring);
    ONCE_KEEPS_BOOKS(ring);
    ONCE_SAME_TOKENS(ring);
    ensures arrays: once_same_arrays{Old, Here}(ring);
    ensures answer: \result == 0 || once_is_errno(\result); */
static inline int enter_open(struct once_ring *ring, uint32_t least,
			     const struct once_timespec *timeout, const void *sigmask)
{
	return enter(ring, least, timeout, sigmask);
}

/* Whether *count* CQEs can never come; *to_come* operations are about to be submitted. */
/*@ requires ring: once_machine(ring) && once_counts(ring);
    requires ended: ring->complete.ended <= once_count_in_flight(ring);
    requires to_come: to_come < count <= ring->view.cq_entries;
    assigns ring->complete.published, ring->complete.ready, *ring->view.cq_head;
    ONCE_KEEPS_SLOTS(ring);
    ONCE_KEEPS_WINDOW(ring);
    ONCE_KEEPS_BOOKS(ring);
    ONCE_SAME_TOKENS(ring);
    ensures others_may: \old((ring->options & (ONCE_SPLIT | ONCE_EXPECT_FOREIGN)) != 0 ||
            ring->submit.credit_taken != ring->complete.credit_returned) ==> \result == false;
    ensures enough: count <= \old(once_count_in_flight(ring) - ring->complete.ended) + to_come ==>
            \result == false;
    ensures counts: ONCE_SAME_ACCOUNT(ring); */
static ONCE_COLD bool would_hang(struct once_ring *ring, uint32_t count, uint32_t to_come)
{
	if ((ring->options & (ONCE_SPLIT | ONCE_EXPECT_FOREIGN)) != 0 ||
	    once_load_relaxed(&ring->submit.credit_taken) != ring->complete.credit_returned ||
	    count <= outstanding(ring) + to_come || count <= once_deliverable(ring))
		return false;
	/* what the kernel keeps back may be more than operations in flight: look */
	if (once_has_backlog(ring))
		(void)enter_open(ring, 0, NULL, NULL);
	return count > once_deliverable(ring) && !once_has_overflow(ring);
}

int once_wait_refusal(struct once_ring *ring, uint32_t count, uint32_t to_come, const char *call)
{
	const uint32_t window = once_window(ring);

	if (ring->open == 0)
		return once_refuse_complete(ring, ONCE_NOT_OPEN, call);
	if (!owns(ring))
		return once_refuse_complete(ring, ONCE_WRONG_THREAD, call);
	/*@ assert owned: once_machine(ring) && once_counts(ring) &&
	      ring->complete.ended <= once_count_in_flight(ring); */
	if (count > ring->view.cq_entries - window)
		return once_refuse_complete_value(ring, ONCE_ALL_HELD, call,
					 ring->view.cq_entries - window, count);
	/* each operation posts at least once: enough to come is enough */
	if (count > to_come && would_hang(ring, count, to_come))
		return once_refuse_complete_value(ring, ONCE_WOULD_HANG, call,
					 (uint64_t)outstanding(ring) + to_come, count);
	return 0;
}

int once_fetch_backlog(struct once_ring *ring, const char *call)
{
	int rc;

	once_tell(ring);
	/*@ assert told: once_machine(ring); */
	if (!once_has_backlog(ring))
		return -EAGAIN;
	if (!owns(ring))
		return once_refuse_complete(ring, ONCE_WRONG_THREAD, call);
	/*@ assert owned: once_machine(ring); */
	rc = enter_open(ring, 0, NULL, NULL);
	/*@ assert flushed: once_machine(ring); */
	if (once_refill(ring) != 0)
		return 0;
	if (rc < 0)
		return rc;
	if (once_window(ring) == ring->view.cq_entries)
		return once_refuse_complete_value(ring, ONCE_ALL_HELD, call, 0, ring->complete.held);
	return -EAGAIN;
}

int once_get_events(struct once_ring *ring)
{
	if (ring->open == 0)
		return once_refuse_complete(ring, ONCE_NOT_OPEN, "once_get_events");
	if (!once_owns_complete(ring))
		return once_refuse_complete(ring, ONCE_WRONG_THREAD, "once_get_events");
	return enter(ring, 0, NULL, NULL);
}

int once_wait_posted(struct once_ring *ring, const struct once_timespec *timeout)
{
	return enter(ring, (uint32_t)(ring->complete.ready - ring->complete.head) + 1, timeout, NULL);
}

/*
 * Enter once. 0: some can be delivered; WAIT_ON: only CQEs of the library's own
 * have come; else why it waits no more.
 */
/*@ requires ring: once_opened(ring);
    requires count: ready < count <= ring->view.cq_entries;
    requires time: time == \null || \valid_read(time);
    assigns ring->complete.ready, ONCE_DELIVERY(ring);
    WAIT_KEEPS(ring);
    ensures answer: \result <= WAIT_ON; */
static int enter_kernel(struct once_ring *ring, uint32_t count, uint32_t ready,
			const struct once_timespec *time, const void *sigmask, uint64_t end)
{
	const uint32_t least = places_for(ring, ready, count);
	const uint64_t posted = ring->complete.ready;
	uint32_t come;
	int rc;

	if (least == 0)
		return wait_no_more(ring, ready, count);
	rc = enter_open(ring, least, time, sigmask);
	/*@ assert entered: once_opened(ring) && ONCE_LIES_AS(ring, Pre); */
	come = once_deliverable(ring);
	/*@ assert looked: once_opened(ring) && ONCE_LIES_AS(ring, Pre); */
	if (come >= count || (come != 0 && (rc == -ETIME || (rc == 0 && time != NULL))))
		return 0;
	if (rc < 0)
		return rc;
	if (time != NULL && ring->complete.ready - ring->complete.head < least)
		return once_why_woken(end);
	return ring->complete.ready == posted ? -EAGAIN /* woken for nothing */ : WAIT_ON;
}

/*
 * Wait until *count* CQEs can be delivered, on any kernel untimed (*left* is
 * NULL), or with IORING_FEAT_EXT_ARG. 0: at least one can be; else the reason.
 * CQEs of the library's own do not end it: it goes on for the time that is left.
 */
/*@ requires ring: once_opened(ring);
    requires count: count <= ring->view.cq_entries;
    requires left: left == \null || (\valid(left) && once_apart(ring, \base_addr(left)) &&
             \base_addr(left) != \base_addr(ring->view.sq_head) &&
             \base_addr(left) != \base_addr(ring->view.cq_tail) &&
             \base_addr(left) != \base_addr(ring->view.sq_flags));
    assigns *left, ring->complete.ready, ONCE_DELIVERY(ring);
    WAIT_KEEPS(ring);
    ensures answer: \result <= 0; */
static int wait_rounds(struct once_ring *ring, uint32_t count, struct once_timespec *left,
		       const void *sigmask, uint64_t end)
{
	int rc = WAIT_ON;

	/*@ loop invariant ring: once_opened(ring);
	    loop invariant arrays: once_same_arrays{Pre, Here}(ring);
	    loop invariant where: ONCE_LIES_AS(ring, Pre);
	    loop invariant forward: \at(once_next, Pre) <= once_next;
	    loop invariant answer: rc <= WAIT_ON;
	    loop invariant stay: \forall integer i; 0 <= i < ring->view.cq_entries &&
	      \at(ring->memory.window[i].position, Pre) != ONCE_NO_POSITION ==>
	      ring->memory.window[i].position == \at(ring->memory.window[i].position, Pre);
	    loop assigns rc, *left, ring->complete.ready, ONCE_LOOP_DELIVERY(ring); */
	while (rc > 0) {
		const uint32_t ready = once_deliverable(ring);

		/*@ assert looked: once_opened(ring) && ONCE_LIES_AS(ring, Pre); */
		if (ready >= count)
			return 0;
		rc = enter_kernel(ring, count, ready, left, sigmask, end);
		if (rc > 0 && left != NULL)
			*left = once_left_until(end);
	}
	return rc;
}

/*@ requires ring: once_opened(ring);
    requires count: count <= ring->view.cq_entries;
    requires timeout: \valid_read(timeout) && once_time_is_valid(timeout);
    assigns ring->complete.ready, ONCE_DELIVERY(ring);
    WAIT_KEEPS(ring);
    ensures answer: \result <= 0; */
static int wait_timed(struct once_ring *ring, uint32_t count, const struct once_timespec *timeout,
		      const void *sigmask)
{
	const uint64_t end = once_end_of(timeout);
	int rc;

	{ /* the proof looks back when left is gone */
		struct once_timespec left = *timeout;

		/*@ assert valid: once_valid(ring); */
		/*@ assert machine: once_machine(ring); */
		rc = wait_rounds(ring, count, &left, sigmask, end);
		/*@ assert apart: once_apart(ring, \base_addr(&left)) &&
		      \base_addr(ring->view.sq_head) != \base_addr(&left) &&
		      \base_addr(ring->view.cq_tail) != \base_addr(&left) &&
		      \base_addr(ring->view.sq_flags) != \base_addr(&left); */
		/*@ assert opened: once_opened(ring); */
		/*@ assert valid: once_valid(ring); */
	}
	/*@ assert valid: once_valid(ring); */
	/*@ assert memory: once_memory_ok(ring); */
	/*@ assert opened: once_opened(ring); */
	return rc;
}

/*@ requires ring: once_opened(ring);
    requires count: count <= ring->view.cq_entries;
    requires timeout: timeout == \null || (\valid_read(timeout) && once_time_is_valid(timeout));
    assigns ring->complete.ready, ONCE_DELIVERY(ring);
    WAIT_KEEPS(ring);
    ensures answer: \result <= 0; */
static int wait_kernel(struct once_ring *ring, uint32_t count, const struct once_timespec *timeout,
		       const void *sigmask)
{
	if (once_deliverable(ring) >= count)
		return 0; /* without a look at the clock */
	/*@ assert looked: once_opened(ring) && ONCE_LIES_AS(ring, Pre) &&
	      once_same_arrays{Pre, Here}(ring); */
	return timeout != NULL ? wait_timed(ring, count, timeout, sigmask)
			       : wait_rounds(ring, count, NULL, sigmask, 0);
}

/* 0 or -ETIME: the next CQE can be delivered, if there is one; else why there is no wait, or no more. */
/*@ requires ring: once_ring_ok(ring);
    requires account: ring->open != 0 ==> once_account(ring);
    requires timeout: timeout == \null || \valid_read(timeout);
    assigns ring->port, ring->submit.owner, ring->complete.owner, ONCE_TIMED_WAIT(ring);
    ensures answer: \result <= 0;
    behavior open:
      assumes open: ring->open != 0;
      WAIT_KEEPS(ring);
    behavior closed:
      assumes closed: ring->open == 0;
      ensures not_open: \result == ONCE_NOT_OPEN;
      ensures closed: once_closed(ring);
    complete behaviors;
    disjoint behaviors; */
static int wait_until(struct once_ring *ring, uint32_t count, const struct once_timespec *timeout,
		      const void *sigmask)
{
	const char *const call = "once_wait";
	const int rc = once_wait_refusal(ring, count, timeout != NULL ? ONCE_ANY_NUMBER : 0, call);

	if (rc != 0)
		return rc;
	/*@ assert opened: once_opened(ring) && count <= ring->view.cq_entries; */
	/*@ assert where: ONCE_LIES_AS(ring, Pre) && once_same_arrays{Pre, Here}(ring); */
	/*@ assert same_own: once_same_own{Pre, Here}(ring); */
	/*@ assert listed: once_own_listed(ring); */
	/*@ assert own: once_own_ok(ring); */
	if (timeout == NULL || !once_is_legacy(ring)) {
		if (timeout != NULL && !once_timespec_is_valid(timeout))
			return -EINVAL;
		return wait_kernel(ring, count, timeout, sigmask);
	}
	if (!once_timespec_is_valid(timeout))
		return -EINVAL;
	if (once_is_split(ring))
		return once_refuse_complete(ring, ONCE_SPLIT_TIMER, call);
	return once_wait_reserved(ring, count, timeout, sigmask);
}

/* Without a token the accounts stay, too: what is delivered is the library's own. */
/*@ requires ring: once_opened(ring);
    requires account: once_account(ring);
    assigns ONCE_DELIVERY(ring);
    assigns \result \from ring->memory.window, ring->complete.next_index;
    WAIT_KEEPS(ring);
    ensures same_own: once_same_own{Old, Here}(ring);
    ensures token: \result != \null ==> \valid(\result) &&
            once_token_out(ring, (struct once_hold *)\result, \result->position) &&
            \old(once_next) <= \result->position;
    ensures none: \result == \null ==> once_account(ring); */
static struct once_hold *next_at_once(struct once_ring *ring)
{
	struct once_hold *hold = next_token(ring);

	/*@ assert armed: once_count_armed(ring) == \at(once_count_armed(ring), Pre) &&
	      once_armed_ever(ring) == \at(once_armed_ever(ring), Pre); */
	/*@ assert to_come: hold == \null ==> once_count_in_flight(ring) - ring->complete.ended ==
	      \at(once_count_in_flight(ring) - ring->complete.ended, Pre); */
	/*@ ghost lemma_counts(ring); */
	return hold;
}

struct once_hold *once_core_wait_for(struct once_ring *ring, unsigned count,
				     const struct once_timespec *timeout, const void *sigmask,
				     int *error)
{
	const int rc = wait_until(ring, count == 0 ? 1 : count, timeout, sigmask);
	struct once_hold *hold = NULL;

	if (rc == 0 || rc == -ETIME) /* the time passed: some may be there, but fewer */
		hold = next_token(ring);
	*error = rc;
	return hold;
}

struct once_hold *once_core_wait(struct once_ring *ring, int *error)
{
	struct once_hold *hold = ring->open != 0 ? next_at_once(ring) : NULL;

	/*@ assert where: ONCE_LIES_AS(ring, Pre) &&
	      ring->view.sq_entries == \at(ring->view.sq_entries, Pre); */
	return hold != NULL ? hold : once_core_wait_for(ring, 1, NULL, NULL, error);
}
