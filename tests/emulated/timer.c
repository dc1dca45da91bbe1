/* SPDX-License-Identifier: MIT */
/* Timeouts on the ring's clock; and what ends an operation early. */
#include "kernel.h"

#include <time.h>

static uint64_t nanoseconds(int64_t seconds, int64_t rest)
{
	if (seconds > INT64_MAX / NANOSECONDS - 1)
		return INT64_MAX;
	return (uint64_t)(seconds * NANOSECONDS + rest);
}

/* How far the rings' clocks have run ahead of the world's, in all. */
static uint64_t skipped;

uint64_t world_now(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return nanoseconds(now.tv_sec, now.tv_nsec);
}

uint64_t once_port_now(void)
{
	return world_now() + __atomic_load_n(&skipped, __ATOMIC_RELAXED);
}

uint64_t ring_now(const struct kernel_ring *ring)
{
	return ring->shared ? world_now() : ring->clock;
}

void skip_to(struct kernel_ring *ring, uint64_t time)
{
	if (time <= ring->clock)
		return;
	__atomic_add_fetch(&skipped, time - ring->clock, __ATOMIC_RELAXED);
	ring->clock = time;
}

bool is_timer(const struct request *request)
{
	return request->sqe.opcode == IORING_OP_TIMEOUT ||
	       request->sqe.opcode == IORING_OP_LINK_TIMEOUT;
}

static uint64_t clock_of(uint32_t flags)
{
	struct timespec now;
	clockid_t id = CLOCK_MONOTONIC;

	if ((flags & IORING_TIMEOUT_BOOTTIME) != 0)
		id = CLOCK_BOOTTIME;
	if ((flags & IORING_TIMEOUT_REALTIME) != 0)
		id = CLOCK_REALTIME;
	clock_gettime(id, &now);
	return nanoseconds(now.tv_sec, now.tv_nsec);
}

/* When a time of that kind comes, on the ring's clock. */
static uint64_t due_at(const struct kernel_ring *ring, uint64_t address, uint32_t flags)
{
	const struct once_timespec *time = (const struct once_timespec *)(uintptr_t)address;
	uint64_t wait = nanoseconds(time->seconds, time->nanoseconds);

	if ((flags & IORING_TIMEOUT_ABS) != 0) {
		const uint64_t now = clock_of(flags);

		wait = wait > now ? wait - now : 0;
	}
	return ring_now(ring) + wait;
}

void start_timer(struct kernel_ring *ring, struct request *request)
{
	request->due = due_at(ring, request->sqe.addr, request->sqe.timeout_flags);
	/*
	 * CQEs of timeouts do not count. What completes inside a submit is posted
	 * at its end: the CQEs of SQEs before this one count.
	 */
	request->target = (ring->inside_submit ? ring->batch_tail : ring->tail) - ring->timeouts +
			  (uint32_t)request->sqe.off;
}

int32_t timer_result(const struct kernel_ring *ring, const struct request *request)
{
	const uint32_t posted = ring->tail - ring->timeouts;

	if (request->sqe.opcode == IORING_OP_TIMEOUT && request->sqe.off != 0 &&
	    (int32_t)(posted - request->target) >= 0)
		return 0;
	return request->due <= ring_now(ring) ? -ETIME : BLOCKED;
}

uint64_t next_due(const struct kernel_ring *ring)
{
	uint64_t next = UINT64_MAX;

	for (const struct request *r = ring->pending.first; r != NULL; r = r->next)
		if (is_timer(r) && !(r->kept && ring->hold) && r->due < next)
			next = r->due;
	return next;
}

/* End a pending request early; progress() posts its CQE. */
static int32_t end_early(const struct kernel_ring *ring, struct request *request)
{
	if (ring->ignore_cancel || request->done || request->notifies)
		return -EALREADY;
	request->done = true;
	request->result = -ECANCELED;
	return 0;
}

/* A link timeout is over: the operation that it bounds is cancelled. */
void expire_guard(struct kernel_ring *ring, struct request *guard)
{
	struct request *guarded = guard->guarded;
	int32_t res = end_early(ring, guarded);

	guarded->guard = NULL;
	take_out(&ring->pending, guard);
	finish_request(ring, guard, res == 0 ? -ETIME : res, 0);
}

static bool cancel_matches(const struct request *request, const struct io_uring_sqe *by)
{
	if (request->done || request->sqe.opcode == IORING_OP_LINK_TIMEOUT)
		return false;
	if ((by->cancel_flags & IORING_ASYNC_CANCEL_ANY) != 0)
		return true;
	if ((by->cancel_flags & IORING_ASYNC_CANCEL_FD) != 0)
		return request->sqe.fd == by->fd;
	return request->sqe.user_data == by->addr;
}

int32_t cancel(struct kernel_ring *ring, const struct request *by)
{
	const uint32_t all = IORING_ASYNC_CANCEL_ALL | IORING_ASYNC_CANCEL_ANY;
	const bool many = (by->sqe.cancel_flags & all) != 0;
	int32_t count = 0;

	for (struct request *r = ring->pending.first; r != NULL; r = r->next) {
		int32_t rc;

		if (r == by || !cancel_matches(r, &by->sqe))
			continue;
		rc = end_early(ring, r);
		if (!many)
			return rc;
		if (rc == 0)
			count++;
	}
	return many ? count : -ENOENT;
}

static struct request *find(const struct kernel_ring *ring, uint8_t opcode, uint64_t user_data)
{
	struct request *request = ring->pending.first;

	while (request != NULL && (request->done || request->sqe.opcode != opcode ||
				   request->sqe.user_data != user_data))
		request = request->next;
	return request;
}

int32_t remove_timeout(struct kernel_ring *ring, const struct io_uring_sqe *sqe)
{
	struct request *timer = find(ring, IORING_OP_TIMEOUT, sqe->addr);

	if (timer == NULL)
		return -ENOENT;
	if ((sqe->timeout_flags & IORING_TIMEOUT_UPDATE) != 0) {
		timer->due = due_at(ring, sqe->addr2, sqe->timeout_flags);
		return 0;
	}
	return end_early(ring, timer);
}

int32_t remove_poll(struct kernel_ring *ring, const struct io_uring_sqe *sqe)
{
	struct request *poll = find(ring, IORING_OP_POLL_ADD, sqe->addr);

	if (poll == NULL)
		return -ENOENT;
	if ((sqe->len & IORING_POLL_UPDATE_EVENTS) != 0) {
		poll->sqe.poll32_events = sqe->poll32_events;
		return 0;
	}
	/* an event of it is on its way: that one is posted */
	return is_ready(ring, poll) ? -EALREADY : end_early(ring, poll);
}
