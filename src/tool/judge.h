/* SPDX-License-Identifier: MIT */
/* Run a scenario and judge it: what "run", "replay" and others share. */
#ifndef ONCERING_TOOL_JUDGE_H
#define ONCERING_TOOL_JUDGE_H

#include "run.h"

struct judgement {
	uint32_t steps; /* that were run */
	uint32_t met;
	uint32_t missed;
	struct run_leftovers leftovers;
};

/*
 * Called after each step and its expectations; false ends the run there. NULL:
 * never. What was not reached then counts as not met.
 */
typedef bool judge_pause(const struct run_event *event);

/*
 * Run all of *scenario* on *backend* in *run* (zeroed, but for observe, context
 * and clock); tell of each expectation that is not met on stderr, by *file* and line.
 * Returns an exit status of commands.h.
 */
int judge(struct run *run, const struct scenario *scenario, enum run_backend backend,
	  const char *file, judge_pause *pause, struct judgement *judgement);

/* Say on stderr what is wrong with a file. EXIT_USAGE. */
int complain_file(const struct scenario_error *error);

/* Whether an open that returned this means that io_uring is not to be had; and to say so: EXIT_NO_RING. */
bool is_not_permitted(int rc);
int complain_no_ring(int rc);

#endif
