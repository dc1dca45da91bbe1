/* SPDX-License-Identifier: MIT */
/*
 * The small world that scenarios act on: one file, pipes, sockets, eventfds,
 * buffers. Every descriptor has a number of its own that does not change, so a
 * scenario runs alike each time; what a scenario used up is put back by
 * world_reset(), which costs nothing for what was not touched.
 */
#ifndef ONCERING_TOOL_WORLD_H
#define ONCERING_TOOL_WORLD_H

#include "scenario.h"

#include <sys/socket.h>
#include <sys/uio.h>
#include <sys/un.h>

enum {
	WORLD_BUFFERS = 256, /* lent to operations in turn */
	WORLD_BUFFER = LENGTH_MOST,
	WORLD_GUARD = 0xa5,  /* fills a buffer that came back */
	WORLD_PROVIDED = 32, /* buffers for group 0 */
	WORLD_PROVIDED_SIZE = 64,
	WORLD_CLIENTS = 8,   /* most connections of CONNECT */
	WORLD_DESCRIPTORS = FILES + 1 + WORLD_CLIENTS /* from base on */
};

/* All that an operation can point at; one for each that lives. */
struct world_buffer {
	unsigned char bytes[WORLD_BUFFER];
	struct iovec iovecs[2];
	struct msghdr message;
	uint32_t guarded; /* bytes that must still be WORLD_GUARD */
	bool lent;
};

struct world {
	bool open;
	int base;             /* file i is descriptor base + i */
	uint32_t touched;     /* bit i: file i was acted on since the last reset */
	uint32_t broken;      /* bit i: closed, shut down or connected: to be made anew */
	int lowest;           /* free descriptor when the scenario began; -1: not known */
	int accepted, opened; /* what the last accept and openat delivered, or -1 */
	uint32_t clients;     /* connections that CONNECT has made */
	bool makes;           /* operations were armed that make descriptors */
	uint64_t before[2];   /* bit i: descriptor i was open before that */
	uint32_t next_buffer;
	uint32_t lends;       /* buffers lent since the last reset */
	uint32_t spoiled;     /* buffers that were written to after they came back */
	struct sockaddr_un address; /* of the listener */
	socklen_t address_size;
	unsigned char provided[WORLD_PROVIDED * WORLD_PROVIDED_SIZE];
	struct world_buffer *buffers; /* WORLD_BUFFERS of them, the caller's */
};

/* Open everything; *base*: first descriptor number to use. 0 or -errno. */
int world_open(struct world *world, int base, struct world_buffer *buffers);
/*
 * As new. *keep*: descriptors of open rings, or -1. Returns how many
 * descriptors had leaked (and are closed now), or -errno.
 */
int world_reset(struct world *world, const int keep[2]);
void world_close(struct world *world);

/* The descriptor of a file, marked as touched; -1 for FILE_BAD and FILE_RING. */
int world_fd(struct world *world, unsigned file);
/* The file will not be as it was: it is made anew by the next reset. */
void world_break(struct world *world, unsigned file);

/* An operation that makes descriptors is about to be armed. */
void world_expect_descriptors(struct world *world);
/* Descriptors come and go for another reason: a ring was opened or closed. */
void world_forget_lowest(struct world *world);

/* What steps do to it without the ring; none of these blocks. Bytes, or -errno. */
int world_put(struct world *world, unsigned file, size_t length);
int world_get(struct world *world, unsigned file, size_t length);
int world_connect(struct world *world);
int world_shut(struct world *world, unsigned file);

/* A buffer for an operation; lent until it is given back, then guarded over *length* bytes. */
struct world_buffer *world_lend(struct world *world);
void world_return(struct world_buffer *buffer, uint32_t length);
/* Buffers written to after they came back, since the last reset. */
uint32_t world_spoiled(const struct world *world);

#endif
