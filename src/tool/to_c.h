/* SPDX-License-Identifier: MIT */
/* A scenario as a C program that uses plain liburing: the parts of its writer. */
#ifndef ONCERING_TOOL_TO_C_H
#define ONCERING_TOOL_TO_C_H

#include "scenario.h"

#include <stdio.h>

/* What the writer knows while it goes through the steps. */
struct to_c {
	const struct scenario *scenario;
	FILE *out;                    /* where the present step goes */
	FILE *body;                   /* of main() */
	FILE *functions;              /* steps that another thread does */
	uint32_t step;                /* the present one, from 1 */
	uint32_t buffers;             /* used so far */
	bool open[RINGS];
	bool elsewhere;               /* the next step is another thread's */
	uint8_t sqe_ring[SCENARIO_SQES];
	uint8_t cqe_ring[SCENARIO_TOKENS];
	char makes[SCENARIO_SQES];    /* 'a', 'o': its completion is a descriptor; else 0 */
	bool remembers;               /* "accepted" or "opened" is used somewhere */
};

enum { TO_C_BUFFERS = 256 };

/* --- to_c_pieces.c: what a program may need before main() --- */

/*
 * Everything that *body* and *functions* use, to *out*; then main()'s first
 * lines, which set it up.
 */
void to_c_pieces(const char *body, const char *functions, FILE *out);
void to_c_setup(const char *body, const char *functions, FILE *out);

/* --- to_c_steps.c, to_c_rings.c, to_c_prepare.c --- */

void to_c_open(struct to_c *to, unsigned ring);
void to_c_step(struct to_c *to, const struct scenario_step *step);
/* Steps of rings, registers and the world. False if it is none. */
bool to_c_ring_step(struct to_c *to, const struct scenario_step *step);
/* False if the verb prepares nothing. */
bool to_c_prepare(struct to_c *to, const struct scenario_step *step);
/* A sentence that the program prints instead of a call. */
void to_c_say(struct to_c *to, const char *text);
/* A duration as the initialiser of a struct __kernel_timespec. */
const char *to_c_time(unsigned time);
/* How the program names a file. */
const char *to_c_file(unsigned file);

#endif
