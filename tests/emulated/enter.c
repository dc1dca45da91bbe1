/* SPDX-License-Identifier: MIT */
/* io_uring_enter(2): read SQEs, let time pass, wait. */
#include "kernel.h"

#include <sched.h>
#include <unistd.h>

#define PATIENCE UINT64_C(10000000000) /* for the other thread, nanoseconds of real time */

/*
 * Whether there may be work to do: data can come to a descriptor without
 * anybody telling this kernel, so a ring that shows the flag looks again.
 */
static bool may_have_work(struct kernel_ring *ring)
{
	for (const struct request *r = ring->pending.first; r != NULL; r = r->next)
		if (!is_timer(r) && !(r->kept && ring->hold))
			return true;
	return could_progress(ring);
}

/* Run what pends, unless the ring's flags leave it to a wait; then say that it is there. */
static void run_tasks(struct kernel_ring *ring, bool waiting)
{
	if (waiting || (ring->flags & IORING_SETUP_DEFER_TASKRUN) == 0)
		progress(ring);
	if ((ring->flags & IORING_SETUP_TASKRUN_FLAG) != 0)
		show_flag(ring, ONCE_SQ_TASKRUN, may_have_work(ring));
}

/* Give descriptors of pending operations a moment of real time. */
static bool some_moment_helps(struct kernel_ring *ring)
{
	for (int tries = 0; tries < 100; tries++) {
		bool waits = false;

		for (const struct request *r = ring->pending.first; r != NULL; r = r->next)
			waits = waits || (!is_timer(r) && !r->kept);
		if (!waits)
			return false;
		if (could_progress(ring))
			return true;
		pthread_mutex_unlock(&kernel_lock);
		usleep(1000);
		pthread_mutex_lock(&kernel_lock);
	}
	return false;
}

/* Nothing can be done now: let time pass. 0 if it did, else why the wait ends. */
static int pass_time(struct kernel_ring *ring, uint64_t end, uint64_t real_end)
{
	const uint64_t due = next_due(ring);

	if (kernel_plan.interrupt_in != 0 && --kernel_plan.interrupt_in == 0)
		return -EINTR;
	if (ring->shared) {
		if (ring_now(ring) >= end)
			return -ETIME;
		if (world_now() >= real_end && due == UINT64_MAX && end == UINT64_MAX) {
			ring->deadlocked = true;
			return -EINTR;
		}
		pthread_mutex_unlock(&kernel_lock);
		sched_yield();
		pthread_mutex_lock(&kernel_lock);
		return 0;
	}
	if (end != UINT64_MAX && end <= due) {
		skip_to(ring, end);
		return -ETIME;
	}
	if (due != UINT64_MAX) {
		skip_to(ring, due);
		return 0;
	}
	if (some_moment_helps(ring))
		return 0;
	ring->deadlocked = true;
	return -EINTR;
}

static uint64_t end_of(const struct kernel_ring *ring, const struct once_timespec *timeout)
{
	if (timeout == NULL)
		return UINT64_MAX;
	if (timeout->seconds > INT64_MAX / NANOSECONDS / 2)
		return UINT64_MAX - 1;
	return ring_now(ring) + (uint64_t)(timeout->seconds * NANOSECONDS + timeout->nanoseconds);
}

/* As io_cqring_wait(): 0, or -errno if the CQ is empty. */
static int wait_for(struct kernel_ring *ring, uint32_t least, const struct once_timespec *timeout)
{
	const uint32_t wanted = least < ring->cq_entries ? least : ring->cq_entries;
	const uint64_t end = end_of(ring, timeout);
	const uint64_t real_end = world_now() + PATIENCE;
	const uint32_t timeouts = ring->timeouts;
	int rc = 0;

	while (rc == 0) {
		run_tasks(ring, true);
		flush_backlog(ring);
		if (ring->dropped) {
			ring->dropped = false;
			return -EBADR;
		}
		/* a timeout that completes ends every wait */
		if (unseen(ring) >= wanted || ring->timeouts != timeouts)
			return 0;
		if (kernel_plan.spurious != 0) {
			kernel_plan.spurious--;
			return 0;
		}
		signal_eventfd(ring, true);
		rc = pass_time(ring, end, real_end);
	}
	return unseen(ring) != 0 ? 0 : rc;
}

/* How many SQEs this enter may read. */
static uint32_t allowance(struct kernel_ring *ring, uint32_t count, uint32_t flags)
{
	struct kernel_plan *plan = &kernel_plan;
	uint32_t allowed = count;

	if ((ring->flags & IORING_SETUP_SQPOLL) != 0)
		allowed = (flags & ONCE_ENTER_SQ_WAKEUP) != 0 ? ring->sq_entries : 0;
	if (allowed != 0 && plan->short_in != 0 && --plan->short_in == 0 &&
	    allowed > plan->short_count)
		allowed = plan->short_count;
	return allowed;
}

static int enter(struct kernel_ring *ring, uint32_t count, uint32_t least, uint32_t flags,
		 const struct once_timespec *timeout)
{
	const bool waiting = (flags & ONCE_ENTER_GETEVENTS) != 0;
	const bool polled = (ring->flags & IORING_SETUP_SQPOLL) != 0;
	const bool stranger = ring->opener != this_thread();
	uint64_t cleared;
	uint32_t read_count;
	int rc = begin_call(EMULATED_ENTER);

	if (rc != 0)
		return rc;
	if (stranger && ((count != 0 && (ring->flags & IORING_SETUP_SINGLE_ISSUER) != 0) ||
			 (waiting && (ring->flags & IORING_SETUP_DEFER_TASKRUN) != 0)))
		return -EEXIST;
	if (timeout != NULL && (ring->features & IORING_FEAT_EXT_ARG) == 0)
		return -EINVAL;
	scrub(ring);
	if (unseen(ring) == 0 && read(ring->fd, &cleared, sizeof cleared) < 0 && errno != EAGAIN)
		abort();
	run_tasks(ring, false); /* what came before is posted before */
	read_count = read_sqes(ring, allowance(ring, count, flags));
	signal_eventfd(ring, false);
	run_tasks(ring, false);
	if (polled)
		read_count = count;
	/* a short submit does not wait */
	if (waiting && read_count == count)
		rc = wait_for(ring, least, timeout);
	run_tasks(ring, false);
	signal_eventfd(ring, true);
	return read_count != 0 ? (int)read_count : rc;
}

int once_port_enter(const struct once_port *port, uint32_t count, uint32_t least, uint32_t flags,
		    const struct once_timespec *timeout, const void *sigmask)
{
	int rc;

	(void)sigmask;
	pthread_mutex_lock(&kernel_lock);
	rc = enter(ring_of(port), count, least, flags, timeout);
	pthread_mutex_unlock(&kernel_lock);
	return rc;
}
