/* SPDX-License-Identifier: MIT */
/*
 * A run retold as a scenario that expects what has happened: a fuzzer's
 * finding becomes a regression scenario, a draft becomes a lesson.
 */
#ifndef ONCERING_TOOL_RETELL_H
#define ONCERING_TOOL_RETELL_H

#include "run.h"

struct retelling {
	FILE *out;
	const struct scenario *scenario;
	uint32_t note; /* the next one to print */
};

/*
 * A run_observer; *context* is the struct retelling. Each step is printed before
 * it runs, so that one that crashes is the last line.
 */
void retell_event(void *context, const struct run *run, const struct run_event *event);

#endif
