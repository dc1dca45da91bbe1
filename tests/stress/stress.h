/* SPDX-License-Identifier: MIT */
/*
 * Stress: many completions of many kinds on one ring, seen out of order, with
 * every account checked as it goes.
 *
 *	mix.c     what is armed, and what its completion must say
 *	stress.c  the loop, the window of held tokens, the accounts
 */
#ifndef ONCERING_TESTS_STRESS_H
#define ONCERING_TESTS_STRESS_H

#include <oncering.h>

enum {
	ENTRIES = 128,
	CQ_ENTRIES = 1024,
	CAPACITY = 512,
	CREDIT = 64,       /* CQ places for each multishot poll */
	POLLS = 2,
	LONG_TIMEOUTS = 32, /* wait to be cancelled */
	BLOCK = 4096,
	BLOCKS = 64
};

enum kind {
	KIND_NOP,
	KIND_READ,
	KIND_TIMEOUT,       /* ends by itself */
	KIND_LONG_TIMEOUT,  /* ends by a cancellation */
	KIND_POLL,          /* multishot; ends by a cancellation */
	KIND_CANCEL,
	KINDS
};

/* One operation: what is lent to the ring. */
struct owner {
	uint64_t sequence;       /* of its arming: 1, 2, 3 ... */
	struct once_ticket ticket;
	struct owner *target;    /* of a cancellation */
	uint64_t aim;            /* ... its sequence number */
	struct owner *next;      /* while free */
	uint32_t block;          /* of a read */
	uint32_t completions;
	enum kind kind;
	bool live;
	bool cancelled;          /* a cancellation of it succeeded, or is under way */
	unsigned char bytes[BLOCK];
};
ONCE_OWNER(owner, struct owner);

struct stress {
	struct once_ring ring;
	struct owner owners[CAPACITY];
	struct owner *free;
	struct owner *polls[POLLS];
	struct owner *timeouts[LONG_TIMEOUTS]; /* NULL: none there */
	uint64_t random;
	uint64_t armed;          /* operations; the newest sequence number */
	uint64_t ended;
	uint64_t armed_sum;      /* of sequence numbers */
	uint64_t ended_sum;
	uint64_t delivered;      /* completions */
	uint64_t seen;
	uint64_t out_of_order;
	uint64_t of_kind[KINDS]; /* completions */
	int file;
	int eventfd;             /* polled */
	bool failed;
};

uint64_t draw(struct stress *stress, uint64_t bound);
/* Say what is wrong, once; the run ends. */
void fail(struct stress *stress, const char *what, long long value);

/* --- mix.c --- */

int mix_open(struct stress *stress);
void mix_close(struct stress *stress);
/* Arm operations of all kinds, up to *most*. */
void mix_arm(struct stress *stress, unsigned most);
/* Arm cancellations of what does not end by itself; true if there is none left to cancel. */
bool mix_cancel_all(struct stress *stress);
/* A completion of *owner*: is it what it must be, and only once? */
void mix_check(struct stress *stress, struct owner *owner, int result, bool terminal);
/* The operation has ended and its token is seen. */
void mix_return(struct stress *stress, struct owner *owner);
const char *mix_name(enum kind kind);

#endif
