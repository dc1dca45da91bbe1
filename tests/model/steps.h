/* SPDX-License-Identifier: MIT */
/* The random calls of test_model.c: each on the library and on its model, and compared. */
#ifndef ONCERING_TESTS_MODEL_STEPS_H
#define ONCERING_TESTS_MODEL_STEPS_H

#include "../world.h"

#include "../../fuzz/observe.h"

#include <stdio.h>

enum { SQES = 8, TOKENS = 24, SLOTS = 12 };

extern struct fixture *f;
extern struct model *m;
extern struct once_config config;
extern uint64_t seed, step, next_lent;
extern const char *call; /* the step at work */
extern struct once_sqe sqes[SQES];
extern struct once_cqe tokens[TOKENS];
extern struct once_ticket tickets[SQES];
extern int pipe_ends[2];

/* 0 .. below - 1. */
uint32_t draw(uint32_t below);
/* A determined answer; one of a set; every account. Each fails with the step. */
void agree(int rc, int wanted);
void within(const struct model_answer *answer, int rc);
void check(void);

/* --- the calls, arguments drawn --- */

void take(void);
void arm(void);
void give_back(void);
void submit(void);
void peek(void);
void timed_wait(void);
void untimed_wait(void);
void submit_and_wait(void);
void see(void);
void see_batch(void);
void look(void);
void reap(void);

#endif
