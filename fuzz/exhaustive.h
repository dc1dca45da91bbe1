/* SPDX-License-Identifier: MIT */
/* The exhaustive run: one small world of library, kernel and model, and what can happen in it. */
#ifndef ONCERING_FUZZ_EXHAUSTIVE_H
#define ONCERING_FUZZ_EXHAUSTIVE_H

#include "observe.h"
#include "small_kernel.h"

enum {
	DEPTH_MAX = 8,      /* events that are combined */
	PREFIX_MAX = 12,    /* fixed ones before them */
	WORLD_SLOTS = 2,
	WORLD_SQES = DEPTH_MAX + 4,
	WORLD_TOKENS = 2 * DEPTH_MAX + 4
};

/* All of the library's side that changes; a copy of it, the kernel and the model is a snapshot. */
struct world {
	struct once_ring ring;
	struct once_op ops[WORLD_SLOTS];
	uint32_t stack[WORLD_SLOTS], returned[WORLD_SLOTS], credits[WORLD_SLOTS];
	struct once_hold window[SMALL_PLACES];
	struct once_timespec times[SMALL_PLACES];
	/* what the caller has in hand, the newest last */
	uint32_t sqe_count, ticket_count, token_count;
	struct once_ticket tickets[WORLD_SQES];
	struct once_cqe tokens[WORLD_TOKENS];
	struct once_sqe sqes[WORLD_SQES];
	uint64_t violations;
	const char *why; /* they disagree */
	int64_t got, wanted;
};

extern struct world world;
extern struct model model;
extern struct once_config world_config;

/* What can happen. False: it cannot, here. */
struct world_event {
	const char *name;
	bool (*happen)(void);
	unsigned sets; /* SET_* of the runs that it is part of */
};

enum {
	SET_CORE = 1,    /* the life of an operation, deepest run */
	SET_ALL = 2,     /* everything */
	SET_LEGACY = 4,  /* what a ring without EXT_ARG does otherwise */
	SET_CLOSE = 8    /* the end of a ring, and what is left in the caller's hands */
};

extern const struct world_event world_events[];
extern const uint32_t world_event_count;

void world_open(void);
/* The ring was opened: so is the model. */
void world_follow_open(void);

/* --- the events; each in the file that its group names --- */

/* exhaustive_submit.c */
bool take(void);
bool arm_newest(void);
bool arm_oldest_unprepared(void);
bool give_back_newest(void);
bool start_one(void);
bool start_multishot(void);
bool start_cancel(void);
bool submit(void);
bool submit_short(void);
bool submit_busy(void);
bool kernel_completes_oldest(void);
bool kernel_completes_newest(void);
bool kernel_posts_more(void);
bool kernel_posts_foreign(void);
bool kernel_posts_stray(void);
bool kernel_posts_stray_more(void);
/* exhaustive_complete.c */
bool peek(void);
bool peek_batch(void);
bool see_oldest(void);
bool see_newest(void);
bool see_spent(void);
bool see_forged(void);
bool see_batch(void);
bool look_at_newest(void);
bool reap(void);
bool discard(void);
/* exhaustive_wait.c */
bool wait_one(void);
bool wait_two(void);
bool wait_until_time(void);
bool wait_interrupted(void);
bool submit_and_wait_one(void);
bool submit_and_wait_time(void);
bool get_events(void);
bool drain(void);
bool close_ring(void);
bool abandon_ring(void);
bool open_ring(void);

/* --- for them --- */

/* They disagree unless *got* is *wanted*; the first time is remembered. Always true. */
bool differ(const char *why, int64_t got, int64_t wanted);
/* A call whose answer is determined. */
bool same(const char *call, int got, int wanted);
/* A call whose answer is in a set. */
bool allowed(const char *call, const struct model_answer *answer, int rc);
/* Tell the model what the kernel has posted; forget what the kernel was asked for. */
void tell_posts(void);
/* A token came: ask it everything, keep it. */
void keep_token(const struct once_cqe *token);
void reaped(const struct once_completion *done);

/* After an event: every account, every token, every ticket. */
bool world_agrees(void);
/* Refusals and kernel's answers seen, by code. */
void world_count_answer(int rc);

#endif
