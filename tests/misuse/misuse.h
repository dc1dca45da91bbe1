/* SPDX-License-Identifier: MIT */
/*
 * What every program of the corpus is written against: one entry, and the
 * parts of a program that an analyser cannot look into (main.c has them).
 */
#ifndef ONCERING_TESTS_MISUSE_H
#define ONCERING_TESTS_MISUSE_H

#include <errno.h>
#include <oncering.h>
#include <string.h>

struct request {
	int fd;
	int done;
	char buffer[64];
};

ONCE_OWNER(request, struct request);

/* The program. Returns 0, or what it gave up with. */
typedef int misuse_program(struct once_ring *ring);
misuse_program program;

/* *count* NOPs in flight, each lent *owner*: 0 or what failed. Their result is 0. */
int start(struct once_ring *ring, struct request *owner, unsigned count);
/* A read in flight that fails with -EBADF. */
int start_failing(struct once_ring *ring, struct request *owner);
/* True: the program is asked to stop. */
bool stop_asked(void);
/* Negative: what came is not what was expected. */
int parse(int value);
/* Log; they keep nothing. */
void note(const char *text, int value);
void note_token(const struct once_cqe *cqe);

#endif
