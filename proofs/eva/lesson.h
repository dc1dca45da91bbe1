/* SPDX-License-Identifier: MIT */
/*
 * The registers of a scenario, and what its C program (to_c.py prints it) needs
 * beside the library. A program is a function: Eva analyses it, and the same
 * text is compiled and run (lessons.c), so that it does what the scenario says.
 */
#ifndef ONCERING_PROOFS_EVA_LESSON_H
#define ONCERING_PROOFS_EVA_LESSON_H

#include "../../src/tool/scenario.h"
#include "../../src/tool/scenario_owners.h"
#include "../../tests/emulated/emulated.h"

#include <errno.h>
#include <poll.h>

enum { LESSON_OPERATIONS = 16, LESSON_CQ = 32, LESSON_SQ = 32, LESSON_BUFFER = 64, LESSON_OWNERS = 16 };

/* What a held token says. */
struct lesson_look {
	int result, terminal, foreign;
	uint32_t flags;
	int64_t owner; /* the number that was lent; of a foreign one: the user_data */
};

extern struct once_ring rings[RINGS];
extern struct once_sqe s[SCENARIO_SQES];
extern struct once_ticket o[SCENARIO_OPS];
extern struct once_cqe c[SCENARIO_TOKENS];
extern struct once_completion d[SCENARIO_COPIES];
extern struct request requests[LESSON_OWNERS];
extern struct session sessions[LESSON_OWNERS];
extern char buffers[SCENARIO_SQES][LESSON_BUFFER];
extern const struct once_timespec times[TIMES];
extern struct lesson_look look;
extern int violated;               /* the last violation since it was set to 0 */
extern uint64_t armed_before[RINGS], passed_before[RINGS];

void lesson_begin(void);
/* With memory for *operations*, and with that mistake. */
int lesson_open(unsigned ring, const struct once_config *config, uint32_t operations,
		enum scenario_mistake mistake);
int lesson_look(const struct once_cqe *cqe);
int lesson_state(const struct once_ticket *ticket);
int lesson_owner(const struct once_cqe *cqe, enum scenario_type type);
void lesson_raw(struct once_sqe *sqe, enum scenario_raw raw);
void lesson_message(struct once_sqe *sqe, const struct once_ring *to, uint64_t user_data, uint8_t result);
void lesson_forge(struct once_cqe *cqe, enum scenario_forgery how);

/* --- the world: files.c for a compiler, any answer at all for Eva --- */

void lesson_world(void);
int lesson_fd(enum scenario_file file);
/*@ assigns \result \from file, length; ensures answer: -4095 <= \result <= 4096; */
int lesson_put(enum scenario_file file, size_t length);
/*@ assigns \result \from file, length; ensures answer: -4095 <= \result <= 4096; */
int lesson_get(enum scenario_file file, size_t length);
/* Whether line *line* of the scenario is as it says. */
/*@ assigns \nothing; */
void lesson_meets(int line, bool is_met);

#endif
