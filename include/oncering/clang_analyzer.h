/* SPDX-License-Identifier: MIT */
/*
 * What clang's analyser (and clang-tidy) reads in place of the calls: what a call may
 * answer and what becomes of the token or of the SQE, and nothing else. Never linked.
 *
 * They are macros, so that a message names the caller's line, and so that they
 * cost nothing of the depth to which the analyser follows calls (5). Each has
 * one path for an answer and one for a refusal: paths multiply.
 */
#ifndef ONCERING_CLANG_ANALYZER_H
#define ONCERING_CLANG_ANALYZER_H

#include "oncering/account.h"
#include "oncering/close.h"
#include "oncering/see.h"
#include "oncering/submit.h"

#ifdef __clang_analyzer__
ONCE_BEGIN_C

/* Of a hold or a preparation nothing is known but that it was looked at. */
ONCE_NONNULL_AT(2, 3) ONCE_MUST_CHECK
int once_hold_owner(const struct once_hold *hold, const struct once_type *type, uint64_t *value);
ONCE_MUST_CHECK
int once_hold_state(const struct once_hold *hold);
ONCE_NONNULL_AT(2) ONCE_MUST_CHECK
int once_hold_ticket(const struct once_hold *hold, struct once_ticket *ticket);
ONCE_NONNULL_AT(2) ONCE_MUST_CHECK
int once_hold_words(const struct once_hold *hold, uint64_t *words);
ONCE_MUST_CHECK
int once_wire_armed(struct once_ring *ring, struct once_wire wire, int fault, struct once_lent lent,
		    struct once_ticket *ticket);

/* What a macro answers: it must be looked at, or need not be. */
ONCE_MUST_CHECK
ONCE_INLINE int once_answer(int rc)
{
	return rc;
}

ONCE_INLINE int once_remark(int rc)
{
	return rc;
}

ONCE_END_C

#define once_take(ring_, sqe_) __extension__({ \
	struct once_ring *once_ring_ = (ring_); \
	struct once_sqe *once_sqe_ = (sqe_); \
	int once_rc_ = once_take_refusal(once_ring_); \
	if (once_rc_ >= 0) { \
		once_sqe_->ring = once_ring_; \
		once_sqe_->op = once_owe(once_ring_->memory.ops); \
		once_sqe_->id = 0; \
		once_sqe_->fault = ONCE_NOT_PREPARED; \
		once_sqe_->shape = ONCE_SHAPE_ONE; \
		once_rc_ = 0; \
	} \
	once_answer(once_rc_); \
})

#define once_give_back(sqe_) __extension__({ \
	const struct once_sqe *once_sqe_ = (sqe_); \
	const int once_rc_ = once_core_give_back(once_sqe_->op, once_sqe_->ring, once_sqe_->id); \
	once_settle(once_sqe_->op); \
	once_remark(once_rc_); \
})

#define once_arm(sqe_, lent_, ticket_) __extension__({ \
	struct once_sqe *once_sqe_ = (sqe_); \
	int once_rc_ = once_wire_armed(once_sqe_->ring, once_sqe_->wire, once_sqe_->fault, \
				       (lent_), (ticket_)); \
	once_settle(once_sqe_->op); \
	if (once_rc_ > 0) \
		once_rc_ = 0; \
	once_answer(once_rc_); \
})

/* A token, if and only if the core returned a hold. */
#define ONCE_DELIVERED(ring_, cqe_, core_) __extension__({ \
	struct once_ring *once_ring_ = (ring_); \
	struct once_cqe *once_cqe_ = (cqe_); \
	int once_rc_ = 0; \
	struct once_hold *once_hold_ = core_; \
	if (once_hold_ != NULL) { \
		once_cqe_->ring = once_ring_; \
		once_cqe_->hold = once_hold_; \
		once_cqe_->position = once_hold_position(once_hold_); \
		once_rc_ = 0; \
	} else if (once_rc_ >= 0) { \
		once_rc_ = ONCE_NOT_OPEN; \
	} \
	once_answer(once_rc_); \
})
#define once_peek(ring_, cqe_) \
	ONCE_DELIVERED(ring_, cqe_, once_core_peek(once_ring_, &once_rc_))
#define once_wait(ring_, cqe_) \
	ONCE_DELIVERED(ring_, cqe_, once_core_wait(once_ring_, &once_rc_))
#define once_wait_for(ring_, cqe_, n_, time_, mask_) \
	ONCE_DELIVERED(ring_, cqe_, \
		       once_core_wait_for(once_ring_, (n_), (time_), (mask_), &once_rc_))
#define once_wait_nr(ring_, cqe_, n_) once_wait_for(ring_, cqe_, n_, NULL, NULL)
#define once_wait_timeout(ring_, cqe_, time_) once_wait_for(ring_, cqe_, 1, time_, NULL)
#define once_submit_and_wait_timeout(ring_, cqe_, n_, time_, mask_, submitted_) \
	ONCE_DELIVERED(ring_, cqe_, \
		       once_core_submit_and_wait(once_ring_, (n_), (time_), (mask_), \
						 (submitted_), &once_rc_))

#define ONCE_LOOKED_AT(cqe_, call_) __extension__({ \
	const struct once_cqe *once_cqe_ = (cqe_); \
	call_; \
})
#define once_result(cqe_) ONCE_LOOKED_AT(cqe_, once_hold_result(once_cqe_->hold))
#define once_flags(cqe_) ONCE_LOOKED_AT(cqe_, once_hold_flags(once_cqe_->hold))
#define once_class(cqe_) ONCE_LOOKED_AT(cqe_, once_hold_state(once_cqe_->hold))
#define once_is_terminal(cqe_) ONCE_LOOKED_AT(cqe_, once_hold_state(once_cqe_->hold))
#define once_owner(cqe_, type_, value_) \
	ONCE_LOOKED_AT(cqe_, once_hold_owner(once_cqe_->hold, (type_), (value_)))
#define once_ticket_of(cqe_, ticket_) \
	ONCE_LOOKED_AT(cqe_, once_hold_ticket(once_cqe_->hold, (ticket_)))
#define once_user_data(cqe_, value_) \
	ONCE_LOOKED_AT(cqe_, once_hold_words(once_cqe_->hold, (value_)))
#define once_extra(cqe_, words_) \
	ONCE_LOOKED_AT(cqe_, once_hold_words(once_cqe_->hold, (words_)))
#define once_seen(ring_, cqe_) __extension__({ \
	const struct once_cqe *once_cqe_ = (cqe_); \
	once_core_seen((ring_), once_cqe_->hold, once_cqe_->position, once_cqe_->ring); \
})
#endif

#endif
