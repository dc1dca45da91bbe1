/* SPDX-License-Identifier: MIT */
/* Drop steps of a scenario while its verdict stays: delta debugging. */
#ifndef ONCERING_TOOL_MINIMISE_H
#define ONCERING_TOOL_MINIMISE_H

#include "scenario.h"

/*
 * What is kept. Two runs have the same verdict if all of it is equal: the
 * codes that were refused or reported, faults that were left over, and the
 * first expectation that was not met.
 */
struct verdict {
	uint64_t codes;    /* bit i: once_code_at(i) was given */
	uint32_t faults;   /* bits: survivors, accounts, violations, descriptors, buffers */
	uint32_t unmet;    /* line of the first expectation that was not met; 0: none */
	int rc;            /* of the open */
	int signal;        /* that ended the run: a crash, or SIGALRM: it hung */
};

/* Run it. False if it could not be (io_uring not permitted, no memory): *rc* says why. */
typedef bool minimise_judge(void *context, const struct scenario *scenario, struct verdict *verdict);

/*
 * Drop steps, with their expectations and the notes before them, as long as
 * judge() says the same. *scenario* is changed in place. Returns how many runs
 * it took.
 */
uint32_t minimise(struct scenario *scenario, const struct verdict *wanted, minimise_judge *judge,
		  void *context, uint32_t most_runs);

bool verdict_is(const struct verdict *a, const struct verdict *b);

#endif
