/* SPDX-License-Identifier: MIT */
/*
 * What to open, and in which memory: the configuration of once_open().
 */
#ifndef ONCERING_CONFIG_H
#define ONCERING_CONFIG_H

#include "oncering/types.h"

/* Options, a bit set. */
enum {
	ONCE_SPLIT = 1,          /* one thread submits, another one completes */
	ONCE_TRAP = 2,           /* abort() after the handler, on each violation */
	ONCE_EXPECT_FOREIGN = 4  /* other rings or resource tags post here: waiting
	                            with nothing in flight is meant */
};

/*
 * What to open. Zero is a sensible value of each field but *entries* and
 * *memory*.
 */
struct once_config {
	uint32_t entries;          /* SQEs, 1 .. 32768; the kernel rounds up to a power of two */
	uint32_t cq_entries;       /* CQEs, entries .. 65536; 0: twice the SQ */
	uint32_t flags;            /* IORING_SETUP_*: see once_open() */
	uint32_t sq_thread_cpu;    /* with IORING_SETUP_SQ_AFF */
	uint32_t sq_thread_idle;   /* with IORING_SETUP_SQPOLL, milliseconds */
	uint32_t options;          /* ONCE_SPLIT, ONCE_TRAP, ONCE_EXPECT_FOREIGN */
	uint32_t hide_features;    /* IORING_FEAT_* to do without, for tests */
	uint32_t multishot_credit; /* CQ places set aside for each multishot operation; 0: 1 */
	/*
	 * As if every slot had lived so often, for tests; < 2^40 - 1. A ring that is opened
	 * with it may have identities of another such ring, 127 openings before it.
	 */
	uint64_t generations_used;
	once_handler *handler;     /* may be NULL */
	void *context;             /* for the handler */
	struct once_memory memory;
};

/* What the kernel rounds a number of entries up to: the next power of two. */
#define ONCE_ENTRIES(n) \
	((n) <= 1 ? 1 : (n) <= 2 ? 2 : (n) <= 4 ? 4 : (n) <= 8 ? 8 : (n) <= 16 ? 16 : \
	 (n) <= 32 ? 32 : (n) <= 64 ? 64 : (n) <= 128 ? 128 : (n) <= 256 ? 256 : \
	 (n) <= 512 ? 512 : (n) <= 1024 ? 1024 : (n) <= 2048 ? 2048 : (n) <= 4096 ? 4096 : \
	 (n) <= 8192 ? 8192 : (n) <= 16384 ? 16384 : (n) <= 32768 ? 32768 : 65536)

/*
 * Declares the static memory of one ring, as `struct once_memory name`:
 *   static ONCE_MEMORY(memory, 64, 128, 100);
 * for *entries_* SQEs, *cq_* CQEs and *ops_* operations alive at once. The
 * places that ops_ leaves of the CQ are the credit of multishot and zero-copy
 * operations; at least ONCE_OWN_PLACES must be left for the library.
 */
#define ONCE_MEMORY(name_, entries_, cq_, ops_) \
	struct once_op name_##_ops[ops_]; \
	static uint32_t name_##_stack[ops_]; \
	static uint32_t name_##_returned[ops_]; \
	static uint32_t name_##_credits[ops_]; \
	static struct once_hold name_##_window[ONCE_ENTRIES(cq_)]; \
	static struct once_timespec name_##_times[ONCE_ENTRIES((entries_) + ONCE_OWN_SQES)]; \
	static const struct once_memory name_ = { \
		name_##_ops, name_##_stack, name_##_returned, name_##_credits, name_##_window, name_##_times, \
		ops_, ONCE_ENTRIES(cq_), ONCE_ENTRIES((entries_) + ONCE_OWN_SQES) }

enum {
	ONCE_OWN_PLACES = 1,        /* CQ places the library keeps: the cancellation of a drain */
	ONCE_OWN_PLACES_LEGACY = 4, /* ... and two timeouts and a removal, without IORING_FEAT_EXT_ARG */
	ONCE_CAPACITY_MAX = 65536
};

/*@
  // the arrays that a configuration names are as long as it says, and each is an object of its own
  predicate once_is_given{L}(struct once_memory *m) =
    m->ops != \null && m->stack != \null && m->returned != \null && m->credits != \null &&
    m->window != \null && m->times != \null && m->capacity <= ONCE_CAPACITY_MAX;
  predicate once_given_slots{L}(struct once_memory *m) =
    \valid(m->ops + (0 .. m->capacity - 1)) && \valid(m->stack + (0 .. m->capacity - 1)) &&
    \valid(m->returned + (0 .. m->capacity - 1)) && \valid(m->credits + (0 .. m->capacity - 1)) &&
    \base_addr(m->ops) != \base_addr(m->stack) && \base_addr(m->ops) != \base_addr(m->returned) &&
    \base_addr(m->ops) != \base_addr(m->credits) &&
    \base_addr(m->stack) != \base_addr(m->returned) &&
    \base_addr(m->stack) != \base_addr(m->credits) &&
    \base_addr(m->returned) != \base_addr(m->credits);
  predicate once_given_places{L}(struct once_memory *m) =
    \valid(m->window + (0 .. m->window_places - 1)) && \valid(m->times + (0 .. m->time_places - 1)) &&
    \base_addr(m->window) != \base_addr(m->ops) && \base_addr(m->window) != \base_addr(m->stack) &&
    \base_addr(m->window) != \base_addr(m->returned) &&
    \base_addr(m->window) != \base_addr(m->credits) &&
    \base_addr(m->times) != \base_addr(m->ops) && \base_addr(m->times) != \base_addr(m->stack) &&
    \base_addr(m->times) != \base_addr(m->returned) &&
    \base_addr(m->times) != \base_addr(m->credits) &&
    \base_addr(m->times) != \base_addr(m->window);
  predicate once_given_apart{L}(struct once_memory *m, char *other) =
    \base_addr(m->ops) != other && \base_addr(m->stack) != other &&
    \base_addr(m->returned) != other && \base_addr(m->credits) != other &&
    \base_addr(m->window) != other && \base_addr(m->times) != other;
*/

#endif
