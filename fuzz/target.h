/* SPDX-License-Identifier: MIT */
/* The one entry point of every driver, and what drivers may set before. */
#ifndef ONCERING_FUZZ_TARGET_H
#define ONCERING_FUZZ_TARGET_H

#include "oracle.h"

enum {
	TARGET_STEPS = 256,    /* most steps of an input; what is longer is cut off */
	TARGET_SKIP = 77       /* exit status: no ring here */
};

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length);

/* Where it runs; RUN_REAL at first, or what the program is linked with. */
extern enum run_backend target_backend;
/* Each event, after the oracle has judged it; NULL: none. */
extern run_observer *target_observer;
extern void *target_context;
/* Close all rings. */
void target_close(void);
/* The oracle of the last input: its coverage counts go on from input to input. */
struct oracle *target_oracle(void);

/* Whether AFL++ shall see what is run from here on. */
void target_look(bool on);

/* What has been run since the process began. */
struct target_tally {
	uint64_t inputs, steps;
	uint64_t verbs[VERBS];
	uint8_t pairs[VERBS][VERBS];  /* one after the other */
};
extern struct target_tally target_tally;

#endif
