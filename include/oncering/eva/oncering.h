/* SPDX-License-Identifier: MIT */
/*
 * oncering for Frama-C's Eva: found instead of <oncering.h> where this folder
 * comes first (see README.md), with model.c for the library, under
 * -eva-no-memexec: the cache of calls would skip preconditions in helpers.
 * The types, the codes and the preparations are the real ones: plain/ has the
 * real headers without their comments ("make eva" puts them there, and so does
 * "make install"), for the contracts that src/ is proved against ask for more.
 *
 * What is checked, by the names of the preconditions that Eva reports where the
 * program calls:
 *
 *   seen_twice, used_after_seen   the token was seen before
 *   wait_failed                   no call has delivered this token
 *   never_seen                    drain or close while a token is held
 *   never_armed                   submit, drain or close while an SQE is taken
 *   take_failed, not_taken        no such SQE, or armed or given back before
 *   not_prepared, bad_argument    arm would refuse the preparation
 *   still_live                    close, and not every operation is known to be over
 *   wrong_type                    the owner was lent as another type
 *
 * An ignored result is found by what follows from it: every call of the model
 * may fail whenever the real one may. So that no loop is too long, tokens and
 * SQEs are not counted: at each delivery or take the model may begin to watch
 * this one, once, and all others are alike. Each run has every possible one
 * watched in some path, which is enough, since each rule speaks of one of them.
 *
 * Assumed: one ring is used, no foreign completions come, and operations write
 * only the buffers of READ, RECV and READ_FIXED.
 */
#ifndef ONCERING_EVA_ONCERING_H
#define ONCERING_EVA_ONCERING_H

/* The inlines of the real headers get out of the way of the model's functions. */
#define once_take once_real_take
#define once_give_back once_real_give_back
#define once_arm once_real_arm
#define once_peek once_real_peek
#define once_wait once_real_wait
#define once_wait_for once_real_wait_for
#define once_wait_nr once_real_wait_nr
#define once_wait_timeout once_real_wait_timeout
#define once_submit_and_wait_timeout once_real_submit_and_wait_timeout
#define once_is_held once_real_is_held
#define once_result once_real_result
#define once_flags once_real_flags
#define once_class once_real_class
#define once_is_terminal once_real_is_terminal
#define once_owner once_real_owner
#define once_ticket_of once_real_ticket_of
#define once_user_data once_real_user_data
#define once_extra once_real_extra
#define once_seen once_real_seen
#include "plain/oncering.h"
#undef once_take
#undef once_give_back
#undef once_arm
#undef once_peek
#undef once_wait
#undef once_wait_for
#undef once_wait_nr
#undef once_wait_timeout
#undef once_submit_and_wait_timeout
#undef once_is_held
#undef once_result
#undef once_flags
#undef once_class
#undef once_is_terminal
#undef once_owner
#undef once_ticket_of
#undef once_user_data
#undef once_extra
#undef once_seen

/* The life of the watched token, or of the watched SQE. */
enum { ONCE_EVA_NONE, ONCE_EVA_HELD, ONCE_EVA_SEEN, ONCE_EVA_TAKEN, ONCE_EVA_SETTLED };

extern int once_eva_watch;                    /* ONCE_EVA_*; for -eva-partition-value */
extern unsigned once_eva_which;               /* of a batch: its place there; likewise */
extern int once_eva_live;                     /* operations armed and not over: 0, 1, 2 for more */
extern struct once_hold once_eva_hold[2];     /* of the watched token, of all others */
extern struct once_op once_eva_op[2];         /* of the watched SQE, of all others */

/*@ requires take_failed: \initialized(&sqe->op) && sqe->op != \null;
  @ requires not_taken: sqe->op == &once_eva_op[0] ==> once_eva_watch == ONCE_EVA_TAKEN;
  @ requires not_prepared: sqe->fault != ONCE_NOT_PREPARED;
  @ requires bad_argument: sqe->fault != ONCE_BAD_ARGUMENT; */
int once_arm(struct once_sqe *sqe, struct once_lent lent, struct once_ticket *ticket);

/*@ requires take_failed: \initialized(&sqe->op) && sqe->op != \null;
  @ requires not_taken: sqe->op == &once_eva_op[0] ==> once_eva_watch == ONCE_EVA_TAKEN; */
int once_give_back(const struct once_sqe *sqe);

int once_take(struct once_ring *ring, struct once_sqe *sqe);
int once_peek(struct once_ring *ring, struct once_cqe *cqe);
int once_wait(struct once_ring *ring, struct once_cqe *cqe);
int once_wait_for(struct once_ring *ring, struct once_cqe *cqe, unsigned count,
		  const struct once_timespec *timeout, const void *sigmask);
int once_wait_nr(struct once_ring *ring, struct once_cqe *cqe, unsigned count);
int once_wait_timeout(struct once_ring *ring, struct once_cqe *cqe,
		      const struct once_timespec *timeout);

/*@ requires never_armed: once_eva_watch != ONCE_EVA_TAKEN; */
int once_submit(struct once_ring *ring);
/*@ requires never_armed: once_eva_watch != ONCE_EVA_TAKEN; */
int once_submit_and_wait(struct once_ring *ring, unsigned count);
/*@ requires never_armed: once_eva_watch != ONCE_EVA_TAKEN; */
int once_submit_and_wait_timeout(struct once_ring *ring, struct once_cqe *cqe, unsigned count,
				 const struct once_timespec *timeout, const void *sigmask,
				 unsigned *submitted);

bool once_is_held(const struct once_cqe *cqe);
/*@ requires wait_failed: \initialized(&cqe->hold) && cqe->hold != \null;
  @ requires used_after_seen: cqe->hold == &once_eva_hold[0] ==> once_eva_watch == ONCE_EVA_HELD; */
int once_result(const struct once_cqe *cqe);
/*@ requires wait_failed: \initialized(&cqe->hold) && cqe->hold != \null;
  @ requires used_after_seen: cqe->hold == &once_eva_hold[0] ==> once_eva_watch == ONCE_EVA_HELD; */
uint32_t once_flags(const struct once_cqe *cqe);
/*@ requires wait_failed: \initialized(&cqe->hold) && cqe->hold != \null;
  @ requires used_after_seen: cqe->hold == &once_eva_hold[0] ==> once_eva_watch == ONCE_EVA_HELD; */
int once_class(const struct once_cqe *cqe);
/*@ requires wait_failed: \initialized(&cqe->hold) && cqe->hold != \null;
  @ requires used_after_seen: cqe->hold == &once_eva_hold[0] ==> once_eva_watch == ONCE_EVA_HELD; */
int once_is_terminal(const struct once_cqe *cqe);
/*@ requires wait_failed: \initialized(&cqe->hold) && cqe->hold != \null;
  @ requires used_after_seen: cqe->hold == &once_eva_hold[0] ==> once_eva_watch == ONCE_EVA_HELD; */
int once_owner(const struct once_cqe *cqe, const struct once_type *type, uint64_t *value);
/*@ requires wait_failed: \initialized(&cqe->hold) && cqe->hold != \null;
  @ requires used_after_seen: cqe->hold == &once_eva_hold[0] ==> once_eva_watch == ONCE_EVA_HELD; */
int once_ticket_of(const struct once_cqe *cqe, struct once_ticket *ticket);
/*@ requires wait_failed: \initialized(&cqe->hold) && cqe->hold != \null;
  @ requires used_after_seen: cqe->hold == &once_eva_hold[0] ==> once_eva_watch == ONCE_EVA_HELD; */
int once_user_data(const struct once_cqe *cqe, uint64_t *value);
/*@ requires wait_failed: \initialized(&cqe->hold) && cqe->hold != \null;
  @ requires used_after_seen: cqe->hold == &once_eva_hold[0] ==> once_eva_watch == ONCE_EVA_HELD; */
int once_extra(const struct once_cqe *cqe, uint64_t extra[2]);
/*@ requires wait_failed: \initialized(&cqe->hold) && cqe->hold != \null;
  @ requires seen_twice: cqe->hold == &once_eva_hold[0] ==> once_eva_watch == ONCE_EVA_HELD; */
int once_seen(struct once_ring *ring, const struct once_cqe *cqe);

/*@ requires never_seen: once_eva_watch != ONCE_EVA_HELD;
  @ requires never_armed: once_eva_watch != ONCE_EVA_TAKEN; */
int once_drain(struct once_ring *ring, const struct once_timespec *deadline,
	       struct once_survivor *survivors, uint32_t places, uint32_t *count);
/*@ requires never_seen: once_eva_watch != ONCE_EVA_HELD;
  @ requires never_armed: once_eva_watch != ONCE_EVA_TAKEN;
  @ requires still_live: once_eva_live == 0; */
int once_close(struct once_ring *ring, struct once_report *report);

#endif
