/* SPDX-License-Identifier: MIT */
/* See small_kernel.h. */
#include "small_kernel.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <oncering/identity.h>
#include <oncering/wire.h>

enum { FEATURES = (1 << 1) | (1 << 8) /* NODROP, EXT_ARG */, F_MORE = 2, CQ_IS_FULL = ONCE_SQ_CQ_OVERFLOW };

struct small_kernel small_kernel;

static struct small_kernel *const k = &small_kernel;

static uint32_t unseen(void)
{
	return k->cq_tail - k->cq_head;
}

static void push(struct once_wire_cqe *list, uint32_t *count, const struct once_wire_cqe *cqe)
{
	if (*count == SMALL_PLACES)
		abort(); /* the test asks too much of it */
	list[*count] = *cqe;
	(*count)++;
}

static void write_cqe(const struct once_wire_cqe *cqe)
{
	k->cqes[k->cq_tail % k->cq_entries] = *cqe;
	k->cq_tail++;
}

void small_kernel_post(uint64_t user_data, int32_t res, uint32_t flags)
{
	const struct once_wire_cqe cqe = { user_data, res, flags };

	push(k->posted, &k->posted_count, &cqe);
	if (k->backlog_count == 0 && unseen() < k->cq_entries) {
		write_cqe(&cqe);
		return;
	}
	push(k->backlog, &k->backlog_count, &cqe);
	k->sq_flags |= CQ_IS_FULL;
}

static void flush_backlog(void)
{
	uint32_t moved = 0;

	while (moved < k->backlog_count && unseen() < k->cq_entries) {
		write_cqe(&k->backlog[moved]);
		moved++;
	}
	k->backlog_count -= moved;
	memmove(k->backlog, k->backlog + moved, k->backlog_count * sizeof k->backlog[0]);
	if (k->backlog_count == 0)
		k->sq_flags &= ~(uint32_t)CQ_IS_FULL;
}

void small_kernel_complete(uint32_t nth, int32_t res, uint32_t flags)
{
	small_kernel_post(k->pending[nth], res, flags);
	if ((flags & F_MORE) != 0)
		return;
	k->pending_count--;
	memmove(k->pending + nth, k->pending + nth + 1,
		(k->pending_count - nth) * sizeof k->pending[0]);
}

/* Cancel what *id* names (0: everything); how many. */
static int32_t cancel(uint64_t id)
{
	int32_t count = 0;

	for (uint32_t i = 0; i < k->pending_count;) {
		if (id != 0 && k->pending[i] != id) {
			i++;
			continue;
		}
		small_kernel_complete(i, -ECANCELED, 0);
		count++;
	}
	return count;
}

static void read_sqe(const struct once_wire *wire)
{
	const uint32_t opcode = once_wire_opcode(wire);

	if (opcode == ONCE_OP_ASYNC_CANCEL || opcode == ONCE_OP_TIMEOUT_REMOVE) {
		const bool all = (once_wire_op_flags(wire) & ONCE_CANCEL_ALL) != 0;
		const int32_t count = cancel(all ? 0 : wire->addr);

		small_kernel_post(wire->user_data, all ? count : count == 0 ? -ENOENT : 0, 0);
		return;
	}
	if (k->pending_count == SMALL_PLACES)
		abort();
	k->pending[k->pending_count] = wire->user_data;
	k->pending_count++;
}

/* Nothing more will come by itself: why the wait ends. */
static int end_of_wait(bool timed)
{
	if (!k->time_passes)
		return -EINTR;
	if (timed)
		return -ETIME;
	for (uint32_t i = 0; i < k->pending_count; i++)
		if (k->pending[i] == ONCE_UDATA_TIMEOUT) {
			small_kernel_complete(i, -ETIME, 0);
			return 0;
		}
	return -EINTR;
}

int once_port_enter(const struct once_port *port, uint32_t count, uint32_t least, uint32_t flags,
		    const struct once_timespec *timeout, const void *sigmask)
{
	const int error = k->error;
	uint32_t read = 0;
	int rc = 0;

	(void)port;
	(void)sigmask;
	k->error = 0;
	if (error != 0)
		return error;
	while (read < count && read < k->read_at_most && k->sq_head != k->sq_tail) {
		read_sqe(&k->sqes[k->sq_head % k->sq_entries]);
		memset(&k->sqes[k->sq_head % k->sq_entries], 0xcd, sizeof k->sqes[0]);
		k->sq_head++;
		read++;
	}
	if ((flags & ONCE_ENTER_GETEVENTS) != 0 && read == count) {
		flush_backlog();
		if (unseen() < least)
			rc = end_of_wait(timeout != NULL);
		flush_backlog();
		if (unseen() != 0)
			rc = 0;
	}
	return read != 0 ? (int)read : rc;
}

int once_port_open(struct once_port *port, const struct once_config *config, uint32_t entries,
		   struct once_port_view *view)
{
	const struct small_kernel fresh = {
		.read_at_most = UINT32_MAX, .serial = k->serial, .now = k->now
	};

	(void)port;
	*k = fresh;
	k->sq_entries = ONCE_ENTRIES(entries);
	k->cq_entries = ONCE_ENTRIES(config->cq_entries != 0 ? config->cq_entries : 2 * entries);
	if (k->sq_entries > SMALL_PLACES || k->cq_entries > SMALL_PLACES)
		return -ENOMEM;
	view->cqes = k->cqes;
	view->sqes = k->sqes;
	view->sq_head = &k->sq_head;
	view->sq_tail = &k->sq_tail;
	view->sq_flags = &k->sq_flags;
	view->cq_head = &k->cq_head;
	view->cq_tail = &k->cq_tail;
	view->sq_entries = k->sq_entries;
	view->cq_entries = k->cq_entries;
	view->features = FEATURES;
	view->flags = config->flags;
	return 0;
}

void once_port_close(struct once_port *port)
{
	(void)port;
}

int once_port_fd(const struct once_port *port)
{
	(void)port;
	return -1;
}

void once_port_adopt(struct once_port *port)
{
	(void)port;
}

void once_port_release(struct once_port *port)
{
	(void)port;
}

/* No eventfd here. */
int once_port_eventfd_register(struct once_port *port, int fd, bool async)
{
	(void)port;
	(void)fd;
	(void)async;
	return -ENOSYS;
}

int once_port_eventfd_unregister(struct once_port *port)
{
	(void)port;
	return -ENXIO;
}

int once_port_eventfd_toggle(struct once_port *port, bool enabled)
{
	(void)port;
	(void)enabled;
	return -ENOSYS;
}

bool once_port_eventfd_enabled(const struct once_port *port)
{
	(void)port;
	return false;
}

void once_port_eventfd_signal(int fd)
{
	(void)fd;
}

/* --- the world, part of the snapshot too --- */

uint64_t once_port_serial(void)
{
	k->serial++;
	return k->serial;
}

/* Each sequence is a process of its own. */
uint64_t once_port_generations(uint32_t tag)
{
	(void)tag;
	return 0;
}

void once_port_note_generations(uint32_t tag, uint64_t used)
{
	(void)tag;
	(void)used;
}

uint64_t once_port_thread(void)
{
	return 1;
}

uint64_t once_port_now(void)
{
	k->now += 1000000;
	return k->now;
}

uint64_t once_port_address(const struct once_timespec *time)
{
	return (uint64_t)(uintptr_t)time;
}

void once_port_report(once_handler *handler, void *context, bool trap,
		      const struct once_violation *violation)
{
	if (handler != NULL)
		handler(context, violation);
	if (trap)
		abort();
}
