/* SPDX-License-Identifier: MIT */
/*
 * A kernel for the exhaustive run: a third implementation of the seam, so small
 * and flat that a copy of one struct is a snapshot of it. It keeps every SQE
 * until it is told to complete it; only cancellations and removals act at once.
 * tests/emulated/ is the one that runs operations.
 */
#ifndef ONCERING_FUZZ_SMALL_KERNEL_H
#define ONCERING_FUZZ_SMALL_KERNEL_H

#include "../src/port.h"

enum { SMALL_PLACES = 16 };

struct small_kernel {
	/* shared with the library */
	uint32_t sq_head, sq_tail, sq_flags, cq_head, cq_tail;
	struct once_wire sqes[SMALL_PLACES];
	struct once_wire_cqe cqes[SMALL_PLACES];
	/* its own */
	uint32_t sq_entries, cq_entries;
	uint32_t pending_count, backlog_count, posted_count;
	uint64_t pending[SMALL_PLACES];             /* user_data, oldest first */
	struct once_wire_cqe backlog[SMALL_PLACES]; /* found no room */
	struct once_wire_cqe posted[SMALL_PLACES];  /* since the test has looked */
	/* what the test wants of the next enter */
	uint32_t read_at_most;
	int error;
	bool time_passes;                           /* a wait ends by its time, not by a signal */
	/* the world */
	uint64_t serial;
	uint64_t now;
};

extern struct small_kernel small_kernel;

/* Post a CQE of the *nth* pending SQE; without IORING_CQE_F_MORE it ends there. */
void small_kernel_complete(uint32_t nth, int32_t res, uint32_t flags);
/* Post a CQE out of nothing. */
void small_kernel_post(uint64_t user_data, int32_t res, uint32_t flags);

#endif
