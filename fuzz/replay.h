/* SPDX-License-Identifier: MIT */
/* What replay sums up over all inputs, and its comparison of both back ends. */
#ifndef ONCERING_FUZZ_REPLAY_H
#define ONCERING_FUZZ_REPLAY_H

#include "target.h"

struct replay_sums {
	uint64_t steps;
	uint64_t made[CHECKS];
	uint64_t verbs[VERBS];
	uint8_t pairs[VERBS][VERBS];
	uint64_t results[VERBS][CLASSES];
	uint64_t hits[MODEL_SHAPES][MODEL_STATES][MODEL_EVENTS];
	uint64_t token_hits[MODEL_TOKEN_STATES][MODEL_TOKEN_EVENTS];
	uint64_t both_steps;  /* compared on both back ends */
};

/* Before the first input: count what the model does not. */
void replay_watch(void);
/* Add what this process has done. */
void replay_add_sums(struct replay_sums *sums);
/* What the input that ran last has reached, a word for each: cells, results, verbs, checks. */
void replay_tell_features(const char *path);
void replay_tell_checks(const struct replay_sums *sums);
void replay_tell_coverage(const struct replay_sums *sums);

/* Run it on both back ends, as far as the order is defined, and compare. */
void replay_both(const uint8_t *bytes, size_t length);
extern uint64_t replay_both_steps;

#endif
