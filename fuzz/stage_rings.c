/* SPDX-License-Identifier: MIT */
/* The stage: rings that are kept. See stage.h. */
#include "stage_internal.h"

#include "../src/ring.h"

#include <fcntl.h>
#include <liburing.h>
#include <stddef.h>
#include <string.h>
#include <unistd.h>

enum {
	KEPT = 192,       /* most rings */
	USES = 1000,      /* inputs that one ring serves */
	FIRST_TAIL = 128, /* more than an input arms */
	MESSAGES = 8      /* at once */
};

static struct kept {
	struct once_port port;
	struct once_port_view view;
	uint32_t entries, cq_entries, flags; /* as they were asked for */
	uint32_t uses;
	uint64_t used_at;
	bool busy, made;
	const struct once_port *lent;        /* whose it is, if busy */
} rings[KEPT];

static struct io_uring messenger;
static bool has_messenger, is_real, new_rings, soiled, hidden;
static uint32_t phase_now, open_count;
static uint64_t time_now;

int __real_once_port_open(struct once_port *port, const struct once_config *config, uint32_t entries,
			  struct once_port_view *view);
int __wrap_once_port_open(struct once_port *port, const struct once_config *config, uint32_t entries,
			  struct once_port_view *view);
void __real_once_port_close(struct once_port *port);
void __wrap_once_port_close(struct once_port *port);
int __real_once_port_enter(const struct once_port *port, uint32_t count, uint32_t least, uint32_t flags,
			   const struct once_timespec *timeout, const void *sigmask);

void stage_begin(const struct stage_beginning *beginning)
{
	is_real = beginning->real;
	new_rings = beginning->new_rings;
	phase_now = beginning->phase;
	soiled = hidden = false;
	stage_begin_self(beginning->real, beginning->ages);
	stage_begin_time();
}

void stage_begun(void)
{
	phase_now = 0;
}

void stage_forget(void)
{
	stage_forget_workers();
	memset(rings, 0, sizeof rings);
	has_messenger = false;
	open_count = 0;
}

void stage_soil(void)
{
	soiled = true;
}

bool stage_is_soiled(void)
{
	return soiled;
}

uint32_t stage_rings_open(void)
{
	return open_count;
}

/* --- SQ and CQ to where they shall be --- */

/* port_liburing.c has it first. */
static struct io_uring *ring_of(struct once_port *port)
{
	return (struct io_uring *)(void *)port->words;
}

static uint32_t load(const uint32_t *counter)
{
	return __atomic_load_n(counter, __ATOMIC_ACQUIRE);
}

static void empty_cq(const struct once_port_view *view)
{
	__atomic_store_n(view->cq_head, load(view->cq_tail), __ATOMIC_RELEASE);
}

/* *count* SQEs that do nothing: one CQE each. */
static bool push_nops(struct kept *ring, uint32_t count)
{
	const struct once_port_view *view = &ring->view;
	const uint32_t at_once = view->sq_entries < view->cq_entries ? view->sq_entries : view->cq_entries;

	while (count != 0) {
		const uint32_t some = count < at_once ? count : at_once;
		const uint32_t tail = load(view->sq_tail);

		for (uint32_t i = 0; i < some; i++)
			memset(&view->sqes[(tail + i) & (view->sq_entries - 1)], 0, sizeof view->sqes[0]);
		__atomic_store_n(view->sq_tail, tail + some, __ATOMIC_RELEASE);
		if (__real_once_port_enter(&ring->port, some, 0, ONCE_ENTER_GETEVENTS, NULL, NULL) != (int)some)
			return false;
		empty_cq(view);
		count -= some;
	}
	return true;
}

/* To a descriptor that no input sees, nor closes. */
static bool move_up(struct io_uring *ring)
{
	const int fd = fcntl(ring->ring_fd, F_DUPFD_CLOEXEC, STAGE_HIGH);

	if (fd < 0)
		return false;
	(void)close(ring->ring_fd);
	ring->ring_fd = ring->enter_ring_fd = fd;
	return true;
}

static bool make_messenger(void)
{
	if (has_messenger || io_uring_queue_init(MESSAGES, &messenger, 0) != 0)
		return has_messenger;
	has_messenger = move_up(&messenger);
	if (!has_messenger)
		io_uring_queue_exit(&messenger);
	return has_messenger;
}

/* *count* CQEs that no SQE asked for: messages from another ring. */
static bool post(struct kept *ring, uint32_t count)
{
	const struct once_port_view *view = &ring->view;

	if (count != 0 && !make_messenger())
		return false;
	while (count != 0) {
		const uint32_t room = view->cq_entries < MESSAGES ? view->cq_entries : MESSAGES;
		const uint32_t some = count < room ? count : room;
		const uint32_t tail = load(view->cq_tail);

		for (uint32_t i = 0; i < some; i++)
			io_uring_prep_msg_ring(io_uring_get_sqe(&messenger), ring_of(&ring->port)->ring_fd, 0, 0, 0);
		if (io_uring_submit(&messenger) != (int)some) {
			io_uring_queue_exit(&messenger);
			has_messenger = false;
			return false;
		}
		io_uring_cq_advance(&messenger, io_uring_cq_ready(&messenger));
		(void)__real_once_port_enter(&ring->port, 0, 0, ONCE_ENTER_GETEVENTS, NULL, NULL);
		if (load(view->cq_tail) - tail != some)
			return false;
		empty_cq(view);
		count -= some;
	}
	return (load(view->sq_flags) & ONCE_SQ_TASKRUN) == 0;
}

static bool set_places(struct kept *ring, uint32_t phase)
{
	const struct once_port_view *view = &ring->view;
	const uint32_t nops = -load(view->sq_tail) & (view->sq_entries - 1);

	return push_nops(ring, nops) &&
	       post(ring, (phase - load(view->cq_tail)) & (view->cq_entries - 1));
}

/* --- open --- */

static struct kept *find(const struct once_config *config, uint32_t entries)
{
	struct kept *ring = NULL;

	for (unsigned i = 0; i < KEPT && ring == NULL; i++)
		if (rings[i].made && !rings[i].busy && rings[i].entries == entries &&
		    rings[i].cq_entries == config->cq_entries && rings[i].flags == config->flags)
			ring = &rings[i];
	return ring;
}

static void throw_away(struct kept *ring)
{
	__real_once_port_close(&ring->port);
	ring->made = ring->busy = false;
}

/* A place for a new one; NULL: all are busy. */
static struct kept *find_place(void)
{
	struct kept *oldest = NULL;

	for (unsigned i = 0; i < KEPT; i++) {
		if (!rings[i].made)
			return &rings[i];
		if (!rings[i].busy && (oldest == NULL || rings[i].used_at < oldest->used_at))
			oldest = &rings[i];
	}
	if (oldest != NULL)
		throw_away(oldest);
	return oldest;
}

static int make(struct kept *ring, const struct once_config *config, uint32_t entries)
{
	const int rc = __real_once_port_open(&ring->port, config, entries, &ring->view);

	if (rc != 0)
		return rc;
	ring->made = move_up(ring_of(&ring->port));
	if (!ring->made) {
		__real_once_port_close(&ring->port);
		return -EMFILE;
	}
	ring->entries = entries;
	ring->cq_entries = config->cq_entries;
	ring->flags = config->flags;
	ring->uses = 0;
	/* a new ring must be like one that was kept: when its SQ began matters where it is near 0 */
	if (new_rings || (config->flags & IORING_SETUP_SQPOLL) != 0 || push_nops(ring, FIRST_TAIL))
		return 0;
	throw_away(ring);
	return -ENOMEM;
}

int __wrap_once_port_open(struct once_port *port, const struct once_config *config, uint32_t entries,
			  struct once_port_view *view)
{
	const bool may_keep = is_real && !new_rings && (config->flags & IORING_SETUP_SQPOLL) == 0;
	struct kept *ring = may_keep ? find(config, entries) : NULL;
	int rc;

	if (ring != NULL && !set_places(ring, phase_now & (ring->view.cq_entries - 1))) {
		throw_away(ring);
		ring = NULL;
	}
	if (ring == NULL) {
		ring = is_real ? find_place() : NULL;
		if (ring == NULL) {
			rc = __real_once_port_open(port, config, entries, view);
			open_count += rc == 0;
			return rc;
		}
		rc = make(ring, config, entries);
		if (rc != 0)
			return rc;
		if (!set_places(ring, phase_now & (ring->view.cq_entries - 1))) {
			throw_away(ring);
			return -ENOMEM;
		}
	}
	ring->busy = true;
	ring->lent = port;
	ring->used_at = ++time_now;
	open_count++;
	memcpy(port, &ring->port, sizeof *port);
	*view = ring->view;
	return 0;
}

static struct kept *ring_lent_to(const struct once_port *port)
{
	for (unsigned i = 0; i < KEPT; i++)
		if (rings[i].busy && rings[i].lent == port)
			return &rings[i];
	return NULL;
}

const struct once_port_view *stage_view_of(const struct once_port *port)
{
	const struct kept *ring = ring_lent_to(port);

	return ring != NULL ? &ring->view : NULL;
}

bool stage_has_posted(const struct once_port *port, uint32_t least)
{
	const struct kept *ring = ring_lent_to(port);

	return ring != NULL && load(ring->view.cq_tail) - load(ring->view.cq_head) >= least;
}

/* --- close --- */

static bool has_none(const struct once_ring *library)
{
	return library->open == 0 || (once_in_flight(library) == 0 && once_armed(library) == 0 &&
				      once_reserved(library) == 0);
}

/* Nothing is left in the SQ, in the CQ, or in between. */
static bool is_empty(const struct kept *ring)
{
	return load(ring->view.sq_head) == load(ring->view.sq_tail) &&
	       (load(ring->view.sq_flags) & ONCE_SQ_CQ_OVERFLOW) == 0 &&
	       __real_once_port_enter(&ring->port, 0, 0, ONCE_ENTER_GETEVENTS, NULL, NULL) == 0;
}

/*
 * Nothing is under way in it, by the library's accounts, and by the kernel's; nor does it
 * say for good that work is put off (see oracle_kernel.c).
 */
static bool is_quiet(const struct once_port *port, struct kept *ring)
{
	const struct once_ring *library =
		(const struct once_ring *)(const void *)((const char *)port - offsetof(struct once_ring, port));
	struct io_uring_sync_cancel_reg everything = {
		.fd = -1, .flags = IORING_ASYNC_CANCEL_ANY | IORING_ASYNC_CANCEL_ALL, .timeout = { 0, 1 }
	};
	int cancelled;

	if (soiled || new_rings || ring->uses >= USES || !has_none(library) || !is_empty(ring))
		return false;
	cancelled = io_uring_register_sync_cancel(ring_of(&ring->port), &everything);
	hidden = hidden || cancelled > 0;
	return cancelled == 0 && (load(ring->view.sq_flags) & ONCE_SQ_TASKRUN) == 0;
}

bool stage_found_hidden(void)
{
	return hidden;
}

static void give_up_descriptor(struct once_port *port)
{
	for (unsigned name = 2; name-- != 0;) {
		stage_name_thread(name);
		once_port_release(port);
	}
}

void __wrap_once_port_close(struct once_port *port)
{
	struct kept *ring = ring_lent_to(port);

	open_count--;
	if (ring == NULL) {
		__real_once_port_close(port);
		return;
	}
	give_up_descriptor(port);
	memcpy(&ring->port, port, sizeof *port);
	ring->busy = false;
	ring->lent = NULL;
	ring->uses++;
	if (!is_quiet(port, ring)) {
		throw_away(ring);
		return;
	}
	(void)once_port_eventfd_unregister(&ring->port);
	(void)once_port_eventfd_toggle(&ring->port, true);
	empty_cq(&ring->view);
}

void stage_end(void)
{
	stage_forget_workers();
	for (unsigned i = 0; i < KEPT; i++)
		if (rings[i].made && !rings[i].busy)
			throw_away(&rings[i]);
	if (has_messenger)
		io_uring_queue_exit(&messenger);
	has_messenger = false;
}
