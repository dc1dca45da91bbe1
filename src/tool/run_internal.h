/* SPDX-License-Identifier: MIT */
/* What the parts of the runner share. */
#ifndef ONCERING_TOOL_RUN_INTERNAL_H
#define ONCERING_TOOL_RUN_INTERNAL_H

#include "run.h"

#include <errno.h>
#include <string.h>

/* A tag that no ring ever has: of registers that were never issued. */
#define RUN_NO_TAG UINT64_C(200)

/* --- run_owner.c: what is lent --- */

struct once_lent run_lent(unsigned type, uint64_t value);
int run_owner_of(const struct once_cqe *cqe, unsigned type, uint64_t *value);
int run_owner_from(const struct once_completion *done, unsigned type, uint64_t *value);

/* The lent value says which operation lent it, and N of "lending N". */
static inline uint64_t run_lent_value(uint32_t serial, uint8_t number)
{
	return ((uint64_t)serial + 1) * 256 + number;
}

/* --- run_record.c: operations, tokens, completions --- */

/* The ring of a pointer: RING_A, RING_B, or -1. */
int run_ring_index(const struct run *run, const struct once_ring *ring);
/* The record of the operation with that identity, or NULL. */
struct run_op *run_find_op(struct run *run, int ring, uint64_t id);
/* An SQE was armed. */
void run_note_armed(struct run *run, struct run_sqe *from, uint64_t id, uint8_t type,
		    uint8_t number, uint8_t ticket);
/* A token was delivered into register *reg*. */
void run_note_token(struct run *run, uint8_t reg);
/* A held token is looked at. */
void run_note_look(struct run *run, uint8_t reg);
/* A copy was reaped. */
void run_note_copy(struct run *run, unsigned ring, const struct once_completion *done, uint8_t reg);
void run_note_seen(struct run *run, const struct once_cqe *cqe);
/* The SQE was armed or given back, or never will be. */
void run_note_settled(struct run *run, const struct once_sqe *sqe);
/* Everything of that ring is void. */
void run_forget_ring(struct run *run, unsigned ring);
/* Whether an operation is out that ends by itself. */
bool run_ends_by_itself(struct run *run);

/* --- run_prepare.c --- */

void run_prepare(struct run *run, const struct scenario_step *step);

/* --- run_call.c --- */

/* Do the step on the thread that calls. Returns its code. */
int run_do(struct run *run, const struct scenario_step *step);
/* The completing side's part of it; submit_and_wait_timeout delivers, too. */
int run_do_complete(struct run *run, const struct scenario_step *step);
const struct once_timespec *run_time(unsigned time, bool may_be_null);

/* Whose the register's value is, before the call. */
static inline void run_name_subject(struct run *run, const struct once_ring *ring, uint64_t id)
{
	run->event.subject.ring = run_ring_index(run, ring);
	run->event.subject.id = id;
}

/* --- run_ring.c --- */

int run_open_ring(struct run *run, unsigned ring, unsigned mistake);
/* Open, close and what concerns a ring as a whole. */
int run_do_ring(struct run *run, const struct scenario_step *step);
void run_fill_accounts(const struct run *run, unsigned ring, struct run_account *account);

/* --- run_forge.c --- */

void run_forge(struct run *run, const struct scenario_step *step);

/* --- run_watch.c --- */

/* A call that may wait follows; *endless*: without a time of its own. */
void run_watch(struct run *run, bool endless);
/* It is over. If it *fell_short* of what it waited for, the watchdog was why. */
void run_unwatch(struct run *run, bool fell_short);
void run_forget_watch(struct run *run);

/* --- run_thread.c --- */

/* Call it on the second thread, and wait for the end: what it returned. */
int run_on_second(struct run *run, int (*call)(struct run *run, const struct scenario_step *step),
		  const struct scenario_step *step);
void run_end_second(struct run *run);

/* --- run_emulated.c: nothing happens on a real ring --- */

/* Select the seam of this run. */
void run_select(const struct run *run);
/* Forget all plans. */
void run_no_plan(const struct run *run);
/* The header's plan: what must be known before the open, and what begins after it. */
void run_plan_open(const struct run *run);
void run_plan(const struct run *run);
void run_plan_interrupt(const struct run *run, unsigned nth);
/* The world has changed: a real kernel knows at once. */
void run_let_happen(const struct run *run);
/* An act of the kernel; -ENOTSUP: not on this ring. */
int run_act(struct run *run, const struct scenario_step *step);

#endif
