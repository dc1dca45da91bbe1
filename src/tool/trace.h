/* SPDX-License-Identifier: MIT */
/* What oncering run prints of each step. */
#ifndef ONCERING_TOOL_TRACE_H
#define ONCERING_TOOL_TRACE_H

#include "run.h"

/* An operation, as the last table had it. */
struct trace_op {
	uint32_t serial; /* + 1; 0: none */
	int state;
	char name[8];    /* "o3" */
	char what[40];   /* "read pipe.read 16" */
};

struct trace {
	FILE *out;
	bool table;      /* a table after each step, not only a line */
	const struct scenario *scenario;
	/* so that changes can be shown */
	struct trace_op ops[RINGS][RUN_CAPACITY];
	uint8_t tokens[SCENARIO_TOKENS];
};

/* A run_observer; *context* is the struct trace. */
void trace_event(void *context, const struct run *run, const struct run_event *event);

#endif
