/* SPDX-License-Identifier: MIT */
/*
 * The seam, over liburing. The only file that includes <liburing.h>; it
 * forwards and decides nothing.
 *
 * The SQ's index array is the identity, set once: an SQE at position p lies at
 * p & mask. liburing's submit, peek and wait functions are not used: they work
 * on cursors of their own, look at the published head instead of the delivered
 * one, and swallow user_data -1 on kernels without IORING_FEAT_EXT_ARG.
 */
#include "port.h"

#include <errno.h>
#include <liburing.h>
#include <signal.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

_Static_assert(sizeof(struct once_wire) == sizeof(struct io_uring_sqe), "SQE size");
_Static_assert(offsetof(struct once_wire, head) == offsetof(struct io_uring_sqe, opcode), "SQE opcode");
_Static_assert(offsetof(struct io_uring_sqe, flags) == 1, "SQE flags");
_Static_assert(offsetof(struct io_uring_sqe, ioprio) == 2, "SQE ioprio");
_Static_assert(offsetof(struct io_uring_sqe, fd) == 4, "SQE fd");
_Static_assert(offsetof(struct once_wire, off) == offsetof(struct io_uring_sqe, off), "SQE off");
_Static_assert(offsetof(struct once_wire, addr) == offsetof(struct io_uring_sqe, addr), "SQE addr");
_Static_assert(offsetof(struct once_wire, size) == offsetof(struct io_uring_sqe, len), "SQE len");
_Static_assert(offsetof(struct once_wire, size) + 4 == offsetof(struct io_uring_sqe, rw_flags), "SQE rw_flags");
_Static_assert(offsetof(struct once_wire, user_data) == offsetof(struct io_uring_sqe, user_data), "SQE user_data");
_Static_assert(offsetof(struct once_wire, index) == offsetof(struct io_uring_sqe, buf_index), "SQE buf_index");
_Static_assert(offsetof(struct once_wire, index) + 2 == offsetof(struct io_uring_sqe, personality), "SQE personality");
_Static_assert(offsetof(struct once_wire, index) + 4 == offsetof(struct io_uring_sqe, file_index), "SQE file_index");
_Static_assert(offsetof(struct once_wire, addr3) == offsetof(struct io_uring_sqe, addr3), "SQE addr3");
_Static_assert(sizeof(struct once_wire_cqe) == 16, "CQE size");
_Static_assert(offsetof(struct once_wire_cqe, res) == offsetof(struct io_uring_cqe, res), "CQE res");
_Static_assert(offsetof(struct once_wire_cqe, flags) == offsetof(struct io_uring_cqe, flags), "CQE flags");
_Static_assert(sizeof(struct once_timespec) == sizeof(struct __kernel_timespec), "timespec");
_Static_assert(offsetof(struct once_timespec, nanoseconds) == offsetof(struct __kernel_timespec, tv_nsec), "timespec");

_Static_assert(ONCE_SQ_NEED_WAKEUP == IORING_SQ_NEED_WAKEUP, "SQ flag");
_Static_assert(ONCE_SQ_CQ_OVERFLOW == IORING_SQ_CQ_OVERFLOW, "SQ flag");
_Static_assert(ONCE_SQ_TASKRUN == IORING_SQ_TASKRUN, "SQ flag");
_Static_assert(ONCE_ENTER_GETEVENTS == IORING_ENTER_GETEVENTS, "enter flag");
_Static_assert(ONCE_ENTER_SQ_WAKEUP == IORING_ENTER_SQ_WAKEUP, "enter flag");

#define SETUP_NO_SQARRAY (1U << 16)

/* What lies in struct once_port. */
struct port {
	struct io_uring ring;
	uint64_t thread; /* that registered the ring's descriptor; 0: none */
} __attribute__((may_alias));

_Static_assert(sizeof(struct port) <= sizeof(struct once_port), "struct io_uring has outgrown its room");

static struct port *port_of(struct once_port *port)
{
	return (struct port *)(void *)port->words;
}

static struct io_uring *ring_of(struct once_port *port)
{
	return &port_of(port)->ring;
}

static const struct port *const_port_of(const struct once_port *port)
{
	return (const struct port *)(const void *)port->words;
}

/*
 * A registered descriptor spares the kernel a reference count on each entry;
 * that is more than all checks of a depth-1 operation cost. It is valid in the
 * registering thread only, and keeps the kernel's ring alive until that thread
 * unregisters it or ends.
 */
static _Thread_local uint64_t adopter = UINT64_MAX; /* once_port_thread(), once it has adopted */

void once_port_adopt(struct once_port *port)
{
	struct port *self = port_of(port);

	if (self->thread == 0 && io_uring_register_ring_fd(&self->ring) == 1)
		self->thread = adopter = once_port_thread();
}

void once_port_release(struct once_port *port)
{
	struct port *self = port_of(port);

	if (self->thread == once_port_thread() && io_uring_unregister_ring_fd(&self->ring) == 1)
		self->thread = 0;
}

int once_port_open(struct once_port *port, const struct once_config *config, uint32_t entries,
		   struct once_port_view *view)
{
	struct io_uring *ring = ring_of(port);
	struct io_uring_params params;
	int fd;
	int rc;

	memset(&params, 0, sizeof params);
	params.flags = config->flags;
	params.sq_thread_cpu = config->sq_thread_cpu;
	params.sq_thread_idle = config->sq_thread_idle;
	if (config->cq_entries != 0) {
		params.flags |= IORING_SETUP_CQSIZE;
		params.cq_entries = config->cq_entries;
	}
	/*
	 * Without an index array where the kernel can do so (Linux 6.6), as
	 * liburing does since 2.5; 2.3's own set-up would write one all the same.
	 */
	params.flags |= SETUP_NO_SQARRAY;
	fd = io_uring_setup(entries, &params);
	if (fd == -EINVAL) {
		params.flags &= ~SETUP_NO_SQARRAY;
		fd = io_uring_setup(entries, &params);
	}
	if (fd < 0)
		return fd;
	rc = io_uring_queue_mmap(fd, &params, ring);
	if (rc < 0) {
		(void)close(fd);
		return rc;
	}
	if ((params.flags & SETUP_NO_SQARRAY) == 0)
		for (unsigned i = 0; i < params.sq_entries; i++)
			ring->sq.array[i] = i;
	port_of(port)->thread = 0;
	view->cqes = (const struct once_wire_cqe *)(const void *)ring->cq.cqes;
	view->sqes = (struct once_wire *)(void *)ring->sq.sqes;
	view->sq_head = ring->sq.khead;
	view->sq_tail = ring->sq.ktail;
	view->sq_flags = ring->sq.kflags;
	view->cq_head = ring->cq.khead;
	view->cq_tail = ring->cq.ktail;
	view->sq_entries = params.sq_entries;
	view->cq_entries = params.cq_entries;
	view->features = params.features;
	view->flags = params.flags;
	return 0;
}

void once_port_close(struct once_port *port)
{
	/* else liburing would unregister in a thread that never registered */
	if (const_port_of(port)->thread != once_port_thread())
		ring_of(port)->int_flags = 0;
	io_uring_queue_exit(ring_of(port));
}

int once_port_fd(const struct once_port *port)
{
	return const_port_of(port)->ring.ring_fd;
}

/* With a time, on kernels with IORING_FEAT_EXT_ARG. Apart, so that the other way saves no registers. */
__attribute__((noinline))
static int enter_until(unsigned fd, uint32_t count, uint32_t least, uint32_t flags,
		       const struct once_timespec *timeout, const void *sigmask)
{
	struct io_uring_getevents_arg arg;

	memset(&arg, 0, sizeof arg);
	arg.sigmask = (uintptr_t)sigmask;
	arg.sigmask_sz = _NSIG / 8;
	arg.ts = (uintptr_t)timeout;
	return io_uring_enter2(fd, count, least, flags | IORING_ENTER_EXT_ARG,
			       (sigset_t *)(void *)&arg, sizeof arg);
}

int once_port_enter(const struct once_port *port, uint32_t count, uint32_t least, uint32_t flags,
		    const struct once_timespec *timeout, const void *sigmask)
{
	const struct port *self = const_port_of(port);
	unsigned fd = (unsigned)self->ring.ring_fd;

	if (self->thread == adopter) {
		fd = (unsigned)self->ring.enter_ring_fd;
		flags |= IORING_ENTER_REGISTERED_RING;
	}
	if (timeout != NULL)
		return enter_until(fd, count, least, flags, timeout, sigmask);
	return io_uring_enter(fd, count, least, flags, (sigset_t *)(uintptr_t)sigmask);
}

uint64_t once_port_now(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * UINT64_C(1000000000) + (uint64_t)now.tv_nsec;
}

int once_port_eventfd_register(struct once_port *port, int fd, bool async)
{
	return async ? io_uring_register_eventfd_async(ring_of(port), fd)
		     : io_uring_register_eventfd(ring_of(port), fd);
}

int once_port_eventfd_unregister(struct once_port *port)
{
	return io_uring_unregister_eventfd(ring_of(port));
}

int once_port_eventfd_toggle(struct once_port *port, bool enabled)
{
	return io_uring_cq_eventfd_toggle(ring_of(port), enabled);
}

bool once_port_eventfd_enabled(const struct once_port *port)
{
	return io_uring_cq_eventfd_enabled(&const_port_of(port)->ring);
}

void once_port_eventfd_signal(int fd)
{
	const uint64_t one = 1;
	/* a full counter (EAGAIN) wakes the reader just as well */
	ssize_t written = write(fd, &one, sizeof one);

	(void)written;
}
