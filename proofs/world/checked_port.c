/* SPDX-License-Identifier: MIT */
/*
 * The run-time twin of the contracts in src/port.h, which the proofs assume: a
 * wrapper (ld --wrap) around each call of the seam that asserts its clauses, by
 * the same names, before and after the real call. "make contracts" runs the
 * unit tests with it, and requires that every clause was met.
 *
 * What a call must not change is compared, too: its port, and around
 * once_port_enter() the ring and all its memory.
 */
#include "port.h"

#include <oncering.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/uio.h>
#include <unistd.h>

enum { ENTRIES_MAX = 32768, CQ_ENTRIES_MAX = 65536, ENTER_MAX = 131072, SETUP_CQE32 = 1 << 11, CHUNK = 4096 };

#define WRAPPED(type, call, ...) \
	type __real_##call(__VA_ARGS__); \
	type __wrap_##call(__VA_ARGS__); \
	type __wrap_##call(__VA_ARGS__)

/* Say once a process that the clause was met, to the file that $ONCE_CLAUSES names. */
static void note(const char *clause, bool *noted)
{
	const char *path = getenv("ONCE_CLAUSES");
	FILE *file;

	if (__atomic_exchange_n(noted, true, __ATOMIC_RELAXED) || path == NULL)
		return;
	file = fopen(path, "a");
	if (file == NULL)
		abort();
	(void)fprintf(file, "%s\n", clause);
	(void)fclose(file);
}

static void broken(const char *clause)
{
	(void)fprintf(stderr, "src/port.h: the clause %s does not hold\n", clause);
	abort();
}

#define CLAUSE(name, condition) \
	do { \
		static bool noted; \
		if (!(condition)) \
			broken(#name); \
		note(#name, &noted); \
	} while (0)

/* \valid_read: the kernel can read it from us. */
static bool is_readable(const void *place, size_t size)
{
	static _Thread_local char copy[CHUNK];

	for (size_t done = 0; done < size; done += CHUNK) {
		const size_t length = size - done < CHUNK ? size - done : CHUNK;
		struct iovec here = { copy, length };
		struct iovec there = { (char *)(uintptr_t)place + done, length };

		if (process_vm_readv(getpid(), &here, 1, &there, 1, 0) != (ssize_t)length)
			return false;
	}
	return true;
}

/* \valid: what is read can be written back. Nobody else may be writing. */
static bool is_writable(void *place, size_t size)
{
	struct iovec whole = { place, size };

	return process_vm_writev(getpid(), &whole, 1, &whole, 1, 0) == (ssize_t)size;
}

static bool are_apart(const volatile void *a, size_t a_size, const volatile void *b, size_t b_size)
{
	return (uintptr_t)a + a_size <= (uintptr_t)b || (uintptr_t)b + b_size <= (uintptr_t)a;
}

static bool is_errno(int rc)
{
	return rc >= -4095 && rc <= -1;
}

/* --- open: what the kernel mapped --- */

struct part {
	const volatile void *place;
	size_t size;
};

enum { PARTS = 7 };

static size_t cqes_of(const struct once_port_view *view)
{
	return (size_t)view->cq_entries << ((view->flags & SETUP_CQE32) != 0);
}

static void parts_of(const struct once_port_view *view, struct part parts[PARTS])
{
	const struct part all[PARTS] = {
		{ view->cqes, cqes_of(view) * sizeof *view->cqes },
		{ view->sqes, view->sq_entries * sizeof *view->sqes },
		{ view->sq_head, sizeof *view->sq_head }, { view->sq_tail, sizeof *view->sq_tail },
		{ view->sq_flags, sizeof *view->sq_flags }, { view->cq_head, sizeof *view->cq_head },
		{ view->cq_tail, sizeof *view->cq_tail }
	};

	memcpy(parts, all, sizeof all);
}

static bool is_power_of_two(uint32_t n)
{
	return n != 0 && (n & (n - 1)) == 0;
}

static bool view_is_usable(const struct once_port_view *view)
{
	return view->sq_entries <= ENTRIES_MAX && is_power_of_two(view->sq_entries) &&
	       view->cq_entries <= CQ_ENTRIES_MAX && is_power_of_two(view->cq_entries);
}

static bool view_is_valid(const struct once_port_view *view)
{
	struct part parts[PARTS];

	parts_of(view, parts);
	for (int i = 0; i < PARTS; i++)
		if (!is_readable((const void *)(uintptr_t)parts[i].place, parts[i].size))
			return false;
	return is_writable(view->sqes, parts[1].size) && is_writable(view->sq_tail, sizeof *view->sq_tail) &&
	       is_writable(view->cq_head, sizeof *view->cq_head);
}

static bool view_is_separate(const struct once_port_view *view)
{
	struct part parts[PARTS];

	parts_of(view, parts);
	for (int i = 0; i < PARTS; i++)
		for (int k = 0; k < i; k++)
			if (!are_apart(parts[i].place, parts[i].size, parts[k].place, parts[k].size))
				return false;
	return true;
}

static bool view_is_apart(const struct once_port_view *view, const void *other, size_t size)
{
	struct part parts[PARTS];

	parts_of(view, parts);
	for (int i = 0; i < PARTS; i++)
		if (other != NULL && !are_apart(parts[i].place, parts[i].size, other, size))
			return false;
	return true;
}

static bool view_is_apart_from(const struct once_port_view *view, const struct once_memory *memory)
{
	return view_is_apart(view, memory->ops, memory->capacity * sizeof *memory->ops) &&
	       view_is_apart(view, memory->stack, memory->capacity * sizeof *memory->stack) &&
	       view_is_apart(view, memory->returned, memory->capacity * sizeof *memory->returned) &&
	       view_is_apart(view, memory->credits, memory->capacity * sizeof *memory->credits) &&
	       view_is_apart(view, memory->window, memory->window_places * sizeof *memory->window) &&
	       view_is_apart(view, memory->times, memory->time_places * sizeof *memory->times);
}

WRAPPED(int, once_port_open, struct once_port *port, const struct once_config *config,
	uint32_t entries, struct once_port_view *view)
{
	struct once_config before;
	int rc;

	CLAUSE(open_port, is_writable(port, sizeof *port));
	CLAUSE(open_config, is_readable(config, sizeof *config));
	CLAUSE(open_view, is_writable(view, sizeof *view) &&
	       are_apart(view, sizeof *view, port, sizeof *port) &&
	       are_apart(view, sizeof *view, config, sizeof *config));
	CLAUSE(open_entries, entries >= 1 && entries <= ENTRIES_MAX + ONCE_OWN_SQES);
	memcpy(&before, config, sizeof before);
	rc = __real_once_port_open(port, config, entries, view);
	if (memcmp(&before, config, sizeof before) != 0)
		broken("assigns *port, *view");
	CLAUSE(open_answer, rc == 0 || is_errno(rc));
	if (rc != 0)
		return rc;
	CLAUSE(open_sizes, view_is_usable(view));
	CLAUSE(open_room, view->sq_entries >= entries || view->sq_entries == ENTRIES_MAX);
	CLAUSE(open_mapped, view_is_valid(view));
	CLAUSE(open_separate, view_is_separate(view));
	CLAUSE(open_apart, view_is_apart(view, port, sizeof *port) &&
	       view_is_apart(view, view, sizeof *view) && view_is_apart(view, config, sizeof *config));
	CLAUSE(open_apart_from_memory, view_is_apart_from(view, &config->memory));
	return rc;
}

WRAPPED(void, once_port_close, struct once_port *port)
{
	CLAUSE(close_port, is_writable(port, sizeof *port));
	__real_once_port_close(port);
}

WRAPPED(void, once_port_adopt, struct once_port *port)
{
	CLAUSE(adopt_port, is_writable(port, sizeof *port));
	__real_once_port_adopt(port);
}

WRAPPED(void, once_port_release, struct once_port *port)
{
	CLAUSE(release_port, is_writable(port, sizeof *port));
	__real_once_port_release(port);
}

WRAPPED(int, once_port_fd, const struct once_port *port)
{
	const struct once_port before = *port;
	int fd;

	CLAUSE(fd_port, is_readable(port, sizeof *port));
	fd = __real_once_port_fd(port);
	CLAUSE(fd_answer, fd >= 0);
	if (memcmp(&before, port, sizeof before) != 0)
		broken("assigns \\nothing");
	return fd;
}

/* --- enter: the ring and its memory stay as they are --- */

static uint64_t sum_of(uint64_t sum, const void *place, size_t size)
{
	const unsigned char *bytes = place;

	for (size_t i = 0; i < size; i++)
		sum = (sum ^ bytes[i]) * UINT64_C(1099511628211);
	return sum;
}

static uint64_t sum_of_ring(const struct once_ring *ring)
{
	const struct once_memory *memory = &ring->memory;
	uint64_t sum = sum_of(0, ring, sizeof *ring);

	sum = sum_of(sum, memory->ops, memory->capacity * sizeof *memory->ops);
	sum = sum_of(sum, memory->stack, memory->capacity * sizeof *memory->stack);
	sum = sum_of(sum, memory->returned, memory->capacity * sizeof *memory->returned);
	sum = sum_of(sum, memory->credits, memory->capacity * sizeof *memory->credits);
	sum = sum_of(sum, memory->window, memory->window_places * sizeof *memory->window);
	return sum_of(sum, memory->times, memory->time_places * sizeof *memory->times);
}

/* The ring around a port; NULL if there is none, or if another thread may change it. */
static const struct once_ring *quiet_ring_of(const struct once_port *port)
{
	const struct once_ring *ring =
		(const void *)((const char *)port - offsetof(struct once_ring, port));

	if (!is_readable(ring, sizeof *ring) || ring->open != 1 || (ring->options & ONCE_SPLIT) != 0 ||
	    !is_readable(ring->memory.ops, ring->capacity * sizeof *ring->memory.ops))
		return NULL;
	return ring;
}

WRAPPED(int, once_port_enter, const struct once_port *port, uint32_t count, uint32_t least,
	uint32_t flags, const struct once_timespec *timeout, const void *sigmask)
{
	const struct once_ring *ring = quiet_ring_of(port);
	const uint64_t before = ring != NULL ? sum_of_ring(ring) : 0;
	int rc;

	CLAUSE(enter_port, is_readable(port, sizeof *port));
	CLAUSE(enter_count, count <= ENTER_MAX);
	CLAUSE(enter_timeout, timeout == NULL || is_readable(timeout, sizeof *timeout));
	rc = __real_once_port_enter(port, count, least, flags, timeout, sigmask);
	CLAUSE(enter_answer, (rc >= 0 && (uint32_t)rc <= count) || is_errno(rc));
	if (ring != NULL && sum_of_ring(ring) != before)
		broken("assigns \\nothing");
	return rc;
}

/* --- eventfd --- */

WRAPPED(int, once_port_eventfd_register, struct once_port *port, int fd, bool async)
{
	int rc;

	CLAUSE(eventfd_register_port, is_writable(port, sizeof *port));
	rc = __real_once_port_eventfd_register(port, fd, async);
	CLAUSE(eventfd_register_answer, rc == 0 || is_errno(rc));
	return rc;
}

WRAPPED(int, once_port_eventfd_unregister, struct once_port *port)
{
	int rc;

	CLAUSE(eventfd_unregister_port, is_writable(port, sizeof *port));
	rc = __real_once_port_eventfd_unregister(port);
	CLAUSE(eventfd_unregister_answer, rc == 0 || is_errno(rc));
	return rc;
}

WRAPPED(int, once_port_eventfd_toggle, struct once_port *port, bool enabled)
{
	int rc;

	CLAUSE(eventfd_toggle_port, is_writable(port, sizeof *port));
	rc = __real_once_port_eventfd_toggle(port, enabled);
	CLAUSE(eventfd_toggle_answer, rc == 0 || is_errno(rc));
	return rc;
}

WRAPPED(bool, once_port_eventfd_enabled, const struct once_port *port)
{
	CLAUSE(eventfd_enabled_port, is_readable(port, sizeof *port));
	return __real_once_port_eventfd_enabled(port);
}

/* --- the world --- */

WRAPPED(uint64_t, once_port_serial, void)
{
	const uint64_t serial = __real_once_port_serial();

	CLAUSE(serial_answer, serial >= 1);
	return serial;
}

WRAPPED(uint64_t, once_port_generations, uint32_t tag)
{
	const uint64_t used = __real_once_port_generations(tag);

	CLAUSE(generations_answer, used <= ONCE_GENERATIONS);
	return used;
}

WRAPPED(void, once_port_note_generations, uint32_t tag, uint64_t used)
{
	CLAUSE(note_generations_tag, tag >= 1 && tag <= ONCE_TAGS);
	CLAUSE(note_generations_used, used <= ONCE_GENERATIONS);
	__real_once_port_note_generations(tag, used);
}

WRAPPED(uint64_t, once_port_thread, void)
{
	const uint64_t self = __real_once_port_thread();

	CLAUSE(thread_answer, self != 0);
	return self;
}

WRAPPED(void, once_port_report, once_handler *handler, void *context, bool trap,
	const struct once_violation *violation)
{
	CLAUSE(report_violation, is_readable(violation, sizeof *violation));
	__real_once_port_report(handler, context, trap, violation);
	CLAUSE(report_traps, !trap);
}
