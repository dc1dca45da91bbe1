/* SPDX-License-Identifier: MIT */
/* The seam over the emulated kernel (see kernel.h): open, close, eventfd. */
#include "kernel.h"

#include <stdio.h>
#include <sys/eventfd.h>
#include <unistd.h>

enum {
	ENTRIES_MAX = 32768,
	FEATURES = IORING_FEAT_SINGLE_MMAP | IORING_FEAT_NODROP | IORING_FEAT_SUBMIT_STABLE |
		   IORING_FEAT_RW_CUR_POS | IORING_FEAT_CUR_PERSONALITY | IORING_FEAT_FAST_POLL |
		   IORING_FEAT_POLL_32BITS | IORING_FEAT_SQPOLL_NONFIXED | IORING_FEAT_EXT_ARG |
		   IORING_FEAT_NATIVE_WORKERS | IORING_FEAT_RSRC_TAGS | IORING_FEAT_CQE_SKIP |
		   IORING_FEAT_LINKED_FILE
};

const bool emulated_backend = true;

pthread_mutex_t kernel_lock = PTHREAD_MUTEX_INITIALIZER;
struct kernel_plan kernel_plan;
uint64_t kernel_calls[EMULATED_CALLS];
struct kernel_ring *kernel_rings[KERNEL_RINGS];

struct kernel_ring *kernel_ring_of(int fd)
{
	for (unsigned i = 0; i < KERNEL_RINGS; i++)
		if (kernel_rings[i] != NULL && kernel_rings[i]->fd == fd)
			return kernel_rings[i];
	return NULL;
}

struct kernel_ring *ring_of(const struct once_port *port)
{
	return (struct kernel_ring *)(uintptr_t)port->words[0];
}

uint64_t this_thread(void)
{
	static __thread char here;

	return (uint64_t)(uintptr_t)&here;
}

int begin_call(enum emulated_call call)
{
	struct kernel_plan *plan = &kernel_plan;

	kernel_calls[call]++;
	kernel_calls[EMULATED_ANY]++;
	if (plan->fail_in == 0 || (plan->fail_call != call && plan->fail_call != EMULATED_ANY))
		return 0;
	plan->fail_in--;
	if (plan->fail_in != 0)
		return 0;
	plan->failed = true;
	return plan->fail_error;
}

/* --- open and close --- */

static uint32_t round_up(uint32_t entries)
{
	uint32_t size = 1;

	while (size < entries)
		size *= 2;
	return size;
}

/* As io_uring_setup(2) says. */
static int refuse_setup(const struct once_config *config, uint32_t entries)
{
	const uint32_t flags = config->flags;
	const bool clamp = (flags & IORING_SETUP_CLAMP) != 0;

	if (entries == 0 || (entries > ENTRIES_MAX && !clamp))
		return -EINVAL;
	if ((flags & IORING_SETUP_SQPOLL) != 0 && (flags & (KERNEL_LAZY | IORING_SETUP_TASKRUN_FLAG)) != 0)
		return -EINVAL;
	if ((flags & IORING_SETUP_TASKRUN_FLAG) != 0 && (flags & KERNEL_LAZY) == 0)
		return -EINVAL;
	if ((flags & IORING_SETUP_DEFER_TASKRUN) != 0 && (flags & IORING_SETUP_SINGLE_ISSUER) == 0)
		return -EINVAL;
	if ((flags & IORING_SETUP_SQ_AFF) != 0 && (flags & IORING_SETUP_SQPOLL) == 0)
		return -EINVAL;
	if (config->cq_entries != 0 && round_up(config->cq_entries) < round_up(entries))
		return -EINVAL;
	return 0;
}

static struct kernel_ring *new_ring(const struct once_config *config, uint32_t entries)
{
	struct kernel_ring *ring = calloc(1, sizeof *ring);

	if (ring == NULL)
		abort();
	ring->sq_entries = round_up(entries);
	ring->cq_entries = config->cq_entries != 0 ? round_up(config->cq_entries)
						   : 2 * ring->sq_entries;
	ring->flags = config->flags | (config->cq_entries != 0 ? IORING_SETUP_CQSIZE : 0);
	ring->features = FEATURES & ~kernel_plan.hidden_features;
	ring->shift = (config->flags & IORING_SETUP_CQE32) != 0 ? 1 : 0;
	ring->sqes = calloc(ring->sq_entries, sizeof *ring->sqes);
	ring->cqes = calloc((size_t)ring->cq_entries << ring->shift, sizeof *ring->cqes);
	ring->fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
	if (ring->sqes == NULL || ring->cqes == NULL || ring->fd < 0)
		abort();
	ring->eventfd = -1;
	ring->pending.end = &ring->pending.first;
	ring->drained.end = &ring->drained.first;
	ring->backlog_end = &ring->backlog;
	ring->sq_head = ring->sq_tail = kernel_plan.start_sq;
	ring->cq_head = ring->cq_tail = kernel_plan.start_cq;
	ring->tail = ring->scrubbed = ring->signalled = kernel_plan.start_cq;
	ring->opener = this_thread();
	ring->shared = (config->options & ONCE_SPLIT) != 0;
	if ((config->flags & IORING_SETUP_SQPOLL) != 0)
		show_flag(ring, ONCE_SQ_NEED_WAKEUP, true);
	return ring;
}

static void free_ring(struct kernel_ring *ring)
{
	free_requests(ring);
	drop_backlog(ring);
	close(ring->fd);
	free(ring->sqes);
	free(ring->cqes);
	free(ring);
}

static int open_ring(struct once_port *port, const struct once_config *config, uint32_t entries,
		     struct once_port_view *view)
{
	int rc = begin_call(EMULATED_OPEN);
	struct kernel_ring *ring;
	unsigned place = 0;

	if (rc == 0)
		rc = refuse_setup(config, entries);
	if (rc != 0)
		return rc;
	while (place < KERNEL_RINGS && kernel_rings[place] != NULL)
		place++;
	if (place == KERNEL_RINGS)
		return -ENFILE;
	ring = new_ring(config, entries < ENTRIES_MAX ? entries : ENTRIES_MAX);
	kernel_rings[place] = ring;
	port->words[0] = (uintptr_t)ring;
	view->cqes = ring->cqes;
	view->sqes = ring->sqes;
	view->sq_head = &ring->sq_head;
	view->sq_tail = &ring->sq_tail;
	view->sq_flags = &ring->sq_flags;
	view->cq_head = &ring->cq_head;
	view->cq_tail = &ring->cq_tail;
	view->sq_entries = ring->sq_entries;
	view->cq_entries = ring->cq_entries;
	view->features = ring->features;
	view->flags = ring->flags;
	return 0;
}

int once_port_open(struct once_port *port, const struct once_config *config, uint32_t entries,
		   struct once_port_view *view)
{
	int rc;

	pthread_mutex_lock(&kernel_lock);
	rc = open_ring(port, config, entries, view);
	pthread_mutex_unlock(&kernel_lock);
	return rc;
}

/* There is no descriptor that could be registered. */
void once_port_adopt(struct once_port *port)
{
	(void)port;
}

void once_port_release(struct once_port *port)
{
	(void)port;
}

void once_port_close(struct once_port *port)
{
	struct kernel_ring *ring = ring_of(port);

	pthread_mutex_lock(&kernel_lock);
	for (unsigned i = 0; i < KERNEL_RINGS; i++)
		if (kernel_rings[i] == ring)
			kernel_rings[i] = NULL;
	free_ring(ring);
	port->words[0] = 0;
	pthread_mutex_unlock(&kernel_lock);
}

int once_port_fd(const struct once_port *port)
{
	return ring_of(port)->fd;
}

/* --- eventfd --- */

/* Asked of the process's own table, since writing to it would change or block. */
static int refuse_eventfd(int fd)
{
	static const char eventfd_name[] = "anon_inode:[eventfd]";
	char path[32], name[sizeof eventfd_name] = { 0 };

	snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
	if (fd < 0 || readlink(path, name, sizeof name) < 0)
		return -EBADF;
	return memcmp(name, eventfd_name, sizeof eventfd_name - 1) == 0 ? 0 : -EINVAL;
}

static int register_eventfd(struct kernel_ring *ring, int fd, bool async)
{
	int rc = begin_call(EMULATED_REGISTER);

	if (rc != 0)
		return rc;
	if ((ring->flags & IORING_SETUP_SINGLE_ISSUER) != 0 && ring->opener != this_thread())
		return -EEXIST;
	if (ring->eventfd >= 0)
		return -EBUSY;
	rc = refuse_eventfd(fd);
	if (rc != 0)
		return rc;
	ring->eventfd = fd;
	ring->eventfd_async = async;
	ring->signalled = ring->tail;
	return 0;
}

int once_port_eventfd_register(struct once_port *port, int fd, bool async)
{
	int rc;

	pthread_mutex_lock(&kernel_lock);
	rc = register_eventfd(ring_of(port), fd, async);
	pthread_mutex_unlock(&kernel_lock);
	return rc;
}

int once_port_eventfd_unregister(struct once_port *port)
{
	struct kernel_ring *ring = ring_of(port);
	int rc;

	pthread_mutex_lock(&kernel_lock);
	rc = begin_call(EMULATED_UNREGISTER);
	if (rc == 0 && ring->eventfd < 0)
		rc = -ENXIO;
	if (rc == 0)
		ring->eventfd = -1;
	pthread_mutex_unlock(&kernel_lock);
	return rc;
}

int once_port_eventfd_toggle(struct once_port *port, bool enabled)
{
	struct kernel_ring *ring = ring_of(port);
	int rc;

	pthread_mutex_lock(&kernel_lock);
	rc = begin_call(EMULATED_TOGGLE);
	pthread_mutex_unlock(&kernel_lock);
	if (rc != 0)
		return rc;
	if (enabled)
		__atomic_fetch_and(&ring->cq_flags, ~IORING_CQ_EVENTFD_DISABLED, __ATOMIC_RELAXED);
	else
		__atomic_fetch_or(&ring->cq_flags, IORING_CQ_EVENTFD_DISABLED, __ATOMIC_RELAXED);
	return 0;
}

bool once_port_eventfd_enabled(const struct once_port *port)
{
	return (__atomic_load_n(&ring_of(port)->cq_flags, __ATOMIC_RELAXED) &
		IORING_CQ_EVENTFD_DISABLED) == 0;
}

void once_port_eventfd_signal(int fd)
{
	const uint64_t one = 1;

	if (write(fd, &one, sizeof one) < 0 && errno != EAGAIN)
		abort();
}
