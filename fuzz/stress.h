/* SPDX-License-Identifier: MIT */
/*
 * Stress: what the coverage-guided target leaves out, as it takes real time: SQPOLL,
 * IOSQE_ASYNC, real timers, signals, and two threads at once. Rounds of about a second,
 * each with a ring of a random kind and random operations; no model, but each operation
 * must come to its end exactly once, and every account must be right.
 */
#ifndef ONCERING_FUZZ_STRESS_H
#define ONCERING_FUZZ_STRESS_H

#include <oncering.h>
#include <stdatomic.h>

enum {
	RECORDS = 64,     /* operations alive at once */
	HELD = 12,        /* tokens that are held at once */
	BYTES = 64,
	ENTRIES = 32,     /* most SQEs, the library's own not counted */
	CQ = 128
};

enum kind {
	KIND_NOP,
	KIND_TIMER,      /* up to 300 us */
	KIND_LATE,       /* 1000 s: ends by a cancellation only */
	KIND_READ,
	KIND_SEND,
	KIND_RECEIVE,
	KIND_ZERO_COPY,
	KIND_POLL,       /* multishot, of an eventfd */
	KIND_HEAD,       /* a receive that never ends, linked to ... */
	KIND_TAIL,       /* a link timeout */
	KIND_CANCEL,
	KINDS
};

/* RESTS → ARMED by the submitting side, back by the completing side. */
enum { RESTS, ARMED };

struct record {
	_Atomic unsigned state;
	_Atomic unsigned cancelled;     /* somebody has asked for it */
	uint64_t number;                /* of the operation: what is lent; its record is number % RECORDS */
	enum kind kind;
	unsigned stream;                /* that its bytes belong to */
	uint32_t completions;
	struct once_ticket ticket;
	unsigned char bytes[BYTES];
};

/* Of one side only, so that no two threads write to it. */
struct side {
	uint64_t random;
	uint64_t calls, refusals, interrupted;
};

enum { STREAMS = 2 /* UNIX, TCP */ };

struct stress {
	struct once_ring ring;
	struct once_config config;
	bool split, legacy;
	uint64_t seed;
	struct side submit, complete;
	struct record records[RECORDS];
	uint64_t numbers;               /* operations armed */
	uint32_t next;                  /* record to be tried next */
	/* the completing side's: */
	struct once_cqe held[HELD];
	uint64_t lent[HELD];
	uint32_t held_count;
	uint64_t position;              /* after the last one that was delivered */
	uint64_t ended, completions, of_kind[KINDS];
	_Atomic bool over;              /* nothing new is armed */
	_Atomic bool heard;             /* ... and the completing side knows */
	_Atomic bool done;
	_Atomic uint64_t violations;
	_Atomic uint64_t out[STREAMS];  /* bytes sent, by results */
	uint64_t in[STREAMS];
	uint64_t read_away[STREAMS];    /* by the submitting side, without the ring */
	int file, eventfd, never;       /* never: a socket that nothing comes from */
	int ends[STREAMS][2];           /* sent into [0], received from [1] */
	int never_other;
};

/* Print what is wrong, with the seed, and abort. */
__attribute__((noreturn, format(printf, 2, 3)))
void stress_fail(const struct stress *stress, const char *what, ...);
/* 0 .. below - 1. */
uint64_t stress_draw(struct side *side, uint64_t below);

/* stress_submit.c */
/* Arm some operations, and submit them. */
void stress_submit_some(struct stress *stress);
/* Ask for the end of all that does not end by itself; whether there is any operation left. */
bool stress_cancel_all(struct stress *stress);

/* stress_complete.c */
/* Deliver, look and see, in some way. *may_wait*: something will come. */
void stress_complete_some(struct stress *stress, bool may_wait);
void stress_see_all(struct stress *stress);

#endif
