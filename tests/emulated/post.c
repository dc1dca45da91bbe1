/* SPDX-License-Identifier: MIT */
/* CQEs: post them, keep those that find no room, signal the eventfd. */
#include "kernel.h"

#include <unistd.h>

static uint32_t head_of(const struct kernel_ring *ring)
{
	return __atomic_load_n(&ring->cq_head, __ATOMIC_ACQUIRE);
}

uint32_t unseen(const struct kernel_ring *ring)
{
	return ring->tail - head_of(ring);
}

bool has_room(const struct kernel_ring *ring)
{
	return ring->backlog == NULL && ring->overflow_next == 0 && unseen(ring) < ring->cq_entries;
}

void show_flag(struct kernel_ring *ring, uint32_t flag, bool on)
{
	if (on)
		__atomic_fetch_or(&ring->sq_flags, flag, __ATOMIC_RELEASE);
	else
		__atomic_fetch_and(&ring->sq_flags, ~flag, __ATOMIC_RELEASE);
}

/* Into the CQ; there is room. */
static void write_cqe(struct kernel_ring *ring, const struct once_wire_cqe *cqe)
{
	const uint32_t index = ring->tail & (ring->cq_entries - 1);
	struct once_wire_cqe *place = &ring->cqes[(size_t)index << ring->shift];

	place[0] = *cqe;
	if (ring->shift != 0) {
		const struct once_wire_cqe extra = { ~cqe->user_data, ~cqe->res, ~cqe->flags };
		const struct once_wire_cqe none = { 0, 0, 0 };

		place[1] = kernel_plan.mark_extra ? extra : none;
	}
	ring->newest = *cqe;
	ring->tail++;
	__atomic_store_n(&ring->cq_tail, ring->tail + ring->tail_error, __ATOMIC_RELEASE);
}

bool post(struct kernel_ring *ring, uint64_t user_data, int32_t res, uint32_t flags)
{
	const struct once_wire_cqe cqe = { user_data, res, flags };
	struct late_cqe *late;

	if (ring->drop_next != 0) {
		ring->drop_next--;
		ring->dropped = true;
		return false;
	}
	if (has_room(ring)) {
		write_cqe(ring, &cqe);
		return true;
	}
	if (ring->overflow_next != 0)
		ring->overflow_next--;
	late = malloc(sizeof *late);
	if (late == NULL)
		abort();
	late->next = NULL;
	late->cqe = cqe;
	*ring->backlog_end = late;
	ring->backlog_end = &late->next;
	show_flag(ring, ONCE_SQ_CQ_OVERFLOW, true);
	return false;
}

static void pop_backlog(struct kernel_ring *ring)
{
	struct late_cqe *late = ring->backlog;

	ring->backlog = late->next;
	if (ring->backlog == NULL)
		ring->backlog_end = &ring->backlog;
	free(late);
}

void flush_backlog(struct kernel_ring *ring)
{
	while (ring->backlog != NULL && unseen(ring) < ring->cq_entries) {
		write_cqe(ring, &ring->backlog->cqe);
		pop_backlog(ring);
	}
	if (ring->backlog == NULL)
		show_flag(ring, ONCE_SQ_CQ_OVERFLOW, false);
}

void drop_backlog(struct kernel_ring *ring)
{
	while (ring->backlog != NULL)
		pop_backlog(ring);
}

void signal_eventfd(struct kernel_ring *ring, bool async)
{
	const uint64_t one = 1;

	if (ring->signalled == ring->tail)
		return;
	ring->signalled = ring->tail;
	/* a full counter wakes as well */
	if (write(ring->fd, &one, sizeof one) < 0 && errno != EAGAIN)
		abort();
	if (ring->eventfd < 0 || (ring->eventfd_async && !async) ||
	    (__atomic_load_n(&ring->cq_flags, __ATOMIC_RELAXED) & IORING_CQ_EVENTFD_DISABLED) != 0)
		return;
	if (write(ring->eventfd, &one, sizeof one) < 0 && errno != EAGAIN)
		abort();
}

void scrub(struct kernel_ring *ring)
{
	const uint32_t head = head_of(ring);

	for (; ring->scrubbed != head; ring->scrubbed++) {
		const uint32_t index = ring->scrubbed & (ring->cq_entries - 1);

		/* a head beyond the tail is a mistake that tests will find anyway */
		if (ring->scrubbed == ring->tail)
			break;
		memset(&ring->cqes[(size_t)index << ring->shift], 0xdb,
		       sizeof *ring->cqes << ring->shift);
	}
}
