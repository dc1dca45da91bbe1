/* SPDX-License-Identifier: MIT */
/* The world's life: open, reset, close; its buffers. The files are world_files.c's. */
#include "world.h"
#include "world_files.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

enum { WATCHED = 128, BITS = 64 };

/* --- descriptors that operations make --- */

/* Which of the lowest descriptors are open, in one system call. */
static void look_at_descriptors(uint64_t open[2])
{
	struct pollfd fds[WATCHED];

	for (int fd = 0; fd < WATCHED; fd++) {
		fds[fd].fd = fd;
		fds[fd].events = 0;
		fds[fd].revents = 0;
	}
	(void)poll(fds, WATCHED, 0);
	open[0] = open[1] = 0;
	for (int fd = 0; fd < WATCHED; fd++)
		if ((fds[fd].revents & POLLNVAL) == 0)
			open[fd / BITS] |= UINT64_C(1) << fd % BITS;
}

void world_expect_descriptors(struct world *world)
{
	if (!world->makes)
		look_at_descriptors(world->before);
	world->makes = true;
}

void world_forget_lowest(struct world *world)
{
	world->lowest = -1;
}

/* Close what operations have made and nobody has closed. */
static void sweep(const struct world *world, const int keep[2])
{
	uint64_t now[2];

	look_at_descriptors(now);
	for (int fd = 0; fd < WATCHED; fd++)
		if (((now[fd / BITS] & ~world->before[fd / BITS]) >> fd % BITS & 1) != 0 &&
		    fd != keep[0] && fd != keep[1])
			close(fd);
}

static int lowest_free(const struct world *world)
{
	const int fd = dup(world->base + FILE_COUNTER);

	if (fd >= 0)
		close(fd);
	return fd;
}

/* --- buffers --- */

static bool is_intact(const struct world_buffer *buffer)
{
	for (uint32_t i = 0; i < buffer->guarded; i++)
		if (buffer->bytes[i] != WORLD_GUARD)
			return false;
	return true;
}

struct world_buffer *world_lend(struct world *world)
{
	struct world_buffer *buffer = NULL;

	for (unsigned tries = 0; tries < WORLD_BUFFERS; tries++) {
		buffer = &world->buffers[world->next_buffer];
		world->next_buffer = (world->next_buffer + 1) % WORLD_BUFFERS;
		if (!buffer->lent)
			break;
	}
	if (!is_intact(buffer))
		world->spoiled++;
	buffer->lent = true;
	buffer->guarded = 0;
	world->lends++;
	return buffer;
}

void world_return(struct world_buffer *buffer, uint32_t length)
{
	buffer->guarded = length < WORLD_BUFFER ? length : WORLD_BUFFER;
	memset(buffer->bytes, WORLD_GUARD, buffer->guarded);
	buffer->lent = false;
}

static uint32_t buffers_used(const struct world *world)
{
	return world->lends < WORLD_BUFFERS ? world->lends : WORLD_BUFFERS;
}

uint32_t world_spoiled(const struct world *world)
{
	uint32_t spoiled = world->spoiled;

	for (uint32_t i = 0; i < buffers_used(world); i++)
		if (!is_intact(&world->buffers[i]))
			spoiled++;
	return spoiled;
}

static void forget_buffers(struct world *world)
{
	for (uint32_t i = 0; i < buffers_used(world); i++) {
		world->buffers[i].lent = false;
		world->buffers[i].guarded = 0;
	}
	world->next_buffer = 0;
	world->lends = 0;
	world->spoiled = 0;
}

/* --- life --- */

int world_open(struct world *world, int base, struct world_buffer *buffers)
{
	int rc;

	memset(world, 0, sizeof *world);
	world->base = base;
	world->buffers = buffers;
	world->accepted = world->opened = -1;
	/* an operation on a pipe that nobody reads raises it */
	signal(SIGPIPE, SIG_IGN);
	rc = world_make_all(world);
	if (rc < 0)
		return rc;
	world->open = true;
	world->lowest = lowest_free(world);
	return 0;
}

int world_reset(struct world *world, const int keep[2])
{
	int leaked = 0;
	int rc;

	if (world->makes)
		sweep(world, keep);
	world->accepted = world->opened = -1;
	world_close_clients(world);
	rc = world_restore(world);
	if (rc < 0)
		return rc;
	if (world->lowest >= 0 && lowest_free(world) != world->lowest)
		leaked = 1;
	if (leaked != 0 || world->lowest < 0)
		world->lowest = lowest_free(world);
	world->makes = false;
	forget_buffers(world);
	return leaked;
}

void world_close(struct world *world)
{
	if (!world->open)
		return;
	for (int i = 0; i < WORLD_DESCRIPTORS; i++)
		close(world->base + i);
	world->open = false;
}
