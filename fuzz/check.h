/* SPDX-License-Identifier: MIT */
/* Checks with names: counted when made, told and fatal when they fail. */
#ifndef ONCERING_FUZZ_CHECK_H
#define ONCERING_FUZZ_CHECK_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

struct scenario_step;

enum check {
#define CHECK(name, id, text) CHECK_##name,
#include "checks.h"
	CHECKS
};

const char *check_id(enum check check);
const char *check_text(enum check check);
extern uint64_t check_made[CHECKS];

/* The step that findings are about. NULL: the open, or the end. */
void check_at(const struct scenario_step *step, uint32_t index);
/* What abort() does before the process ends: print more, or NULL. */
extern void (*check_last_words)(void);

/* Print "FINDING id step N: text: why", and abort. */
__attribute__((noreturn, format(printf, 2, 3)))
void check_failed(enum check check, const char *why, ...);

static inline void check_count(enum check check)
{
	check_made[check]++;
}

/* The condition must hold; else why, as for printf(). */
#define CHECK_THAT(check, condition, ...) \
	do { \
		check_count(check); \
		if (__builtin_expect(!(condition), 0)) \
			check_failed(check, __VA_ARGS__); \
	} while (0)

#endif
