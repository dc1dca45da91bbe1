/* SPDX-License-Identifier: MIT */
/* The inside of the recorder: from step to step, what became of operations and completions. */
#ifndef ONCERING_TOOL_RECORD_FOLLOW_H
#define ONCERING_TOOL_RECORD_FOLLOW_H

#include "record.h"

/* What the recorder knows between two steps. */
struct recorder {
	struct record *record;
	uint32_t current[RINGS][RUN_CAPACITY]; /* operation of each slot; RECORD_NONE */
	uint32_t latest[RINGS][RUN_CAPACITY];  /* the same, but also when it is over */
	uint64_t delivered[RINGS];
	bool open[RINGS];
	uint32_t first_live; /* tokens before it have passed */
	uint32_t expect;     /* the next one to judge */
};

static inline void recorder_first_time(uint32_t *when, uint32_t now)
{
	if (*when == RECORD_NEVER)
		*when = now;
}

/* The operation of that identity, index in ops; the token of that position. RECORD_NONE. */
uint32_t recorder_op(const struct recorder *recorder, int ring, uint64_t id);
uint32_t recorder_token(const struct record *record, int ring, uint64_t position);
/* Every position that was delivered in this step, as far back as the CQ goes. */
void recorder_meet_tokens(struct recorder *recorder, const struct run *from, int ring, uint32_t now);
/* What was taken, armed, submitted, freed. */
void recorder_follow_ops(struct recorder *recorder, const struct run *from, int ring, uint32_t now);
/* What was seen and passed, of all rings. */
void recorder_follow_tokens(struct recorder *recorder, const struct run *from, uint32_t now);

#endif
