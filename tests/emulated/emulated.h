/* SPDX-License-Identifier: MIT */
/*
 * How a test steers the emulated kernel (see kernel.h). What is planned holds
 * for all rings until it has happened or emulated_reset() is called, which the
 * teardown of every test does.
 */
#ifndef ONCERING_TESTS_EMULATED_H
#define ONCERING_TESTS_EMULATED_H

#include <oncering.h>

extern const bool emulated_backend;

/* Forget every plan, hold nothing back, repair every tail. */
void emulated_reset(void);

/* --- calls of the seam --- */

enum emulated_call {
	EMULATED_OPEN,
	EMULATED_ENTER,
	EMULATED_REGISTER,
	EMULATED_UNREGISTER,
	EMULATED_TOGGLE,
	EMULATED_ANY,     /* each of the above */
	EMULATED_CALLS
};

/* The *nth* such call from now (1: the next one) does nothing and returns *error*. */
void emulated_fail(enum emulated_call call, unsigned nth, int error);
/* Whether the planned failure has happened. */
bool emulated_failed(void);
/* Such calls ever made. */
uint64_t emulated_calls(enum emulated_call call);

/* --- what later opens get --- */

/* Start the shared counters of SQ and CQ there. */
void emulated_start_counters(uint32_t sq, uint32_t cq);
/* An older kernel: without these IORING_FEAT_*. */
void emulated_hide_features(uint32_t features);
/* A kernel before 5.19: IORING_ASYNC_CANCEL_ANY is -EINVAL. */
void emulated_refuse_cancel_any(void);
/* CQEs of a failed zero-copy send: 1, or 2 with the notification (the default). */
void emulated_zero_copy_errors(unsigned cqes);

/* The extra words of a CQE32 ring are not 0 but what the CQE itself says, inverted. */
void emulated_mark_extra(void);

/* --- entering --- */

/* The *nth* enter from now that finds SQEs reads at most *count* of them. */
void emulated_submit_short(unsigned nth, unsigned count);
/* The *nth* enter from now that would have to wait is interrupted: -EINTR. */
void emulated_interrupt(unsigned nth);
/* The next *times* enters that would have to wait return as if there were enough. */
void emulated_wake_spuriously(unsigned times);
/* A wait could never have ended; it returned -EINTR instead. */
bool emulated_deadlocked(const struct once_ring *ring);
/* Let the kernel do what can be done now, as time alone would. */
void emulated_run(const struct once_ring *ring);

/* --- operations --- */

/* Keep back what is submitted from now on: nothing runs until it is completed by hand. */
void emulated_hold(const struct once_ring *ring, bool on);
/* Operations that run or are kept back, oldest first; the user_data of the *nth* (0: oldest). */
unsigned emulated_pending(const struct once_ring *ring);
uint64_t emulated_pending_id(const struct once_ring *ring, unsigned nth);
/* Post a CQE of the *nth*; without IORING_CQE_F_MORE it ends there. */
void emulated_complete(const struct once_ring *ring, unsigned nth, int32_t res, uint32_t flags);
/* Operations cannot be cancelled while it is on: -EALREADY. */
void emulated_ignore_cancel(const struct once_ring *ring, bool on);

/* --- a broken or hostile kernel --- */

/* Post a CQE that no operation of the ring asked for. */
void emulated_forge(const struct once_ring *ring, uint64_t user_data, int32_t res, uint32_t flags);
/* Post the newest CQE once more; its user_data. */
uint64_t emulated_duplicate(const struct once_ring *ring);
/* Exchange two CQEs that the library has not passed, counted from the CQ head. */
void emulated_swap(const struct once_ring *ring, unsigned a, unsigned b);
/* The next *count* CQEs find no room. */
void emulated_overflow(const struct once_ring *ring, unsigned count);
/* CQEs in the backlog. */
unsigned emulated_backlog(const struct once_ring *ring);
/* The next *count* CQEs are lost, as without memory: -EBADR from the next wait. */
void emulated_drop(const struct once_ring *ring, unsigned count);
/* Show a CQ tail that is *by* too large; 0: the true one again. */
void emulated_corrupt_tail(const struct once_ring *ring, uint32_t by);

#endif
