/* SPDX-License-Identifier: MIT */
/* The mistakes that take CQEs from elsewhere: another ring posts them, with IORING_OP_MSG_RING. */
#include "demo.h"

#include <errno.h>
#include <linux/io_uring.h>

/* *count* CQEs with *user_data* for stage->ring: 0, NOT_HERE or WENT_WRONG. */
static int post(struct stage *stage, uint64_t user_data, unsigned count)
{
	struct once_completion done;
	int result = 0;

	for (unsigned i = 0; i < count && result == 0; i++) {
		struct io_uring_sqe *raw;
		struct once_sqe sqe;

		if (once_take(&stage->other, &sqe) < 0)
			return WENT_WRONG;
		raw = once_prep_raw(&sqe);
		raw->opcode = IORING_OP_MSG_RING;
		raw->fd = once_fd(&stage->ring);
		raw->off = user_data;
		if (once_arm(&sqe, once_cookie(i), NULL) < 0 || once_submit(&stage->other) < 0 ||
		    once_wait_reap(&stage->other, &done, NULL) < 0)
			return WENT_WRONG;
		result = done.result;
	}
	if (result == -EINVAL || result == -EOPNOTSUPP)
		return NOT_HERE;
	return result == 0 ? 0 : WENT_WRONG;
}

/* The next token, its owner asked for: what the accessor says. */
static int ask_owner(struct stage *stage)
{
	struct request *owner = NULL;
	struct once_cqe cqe;
	int answer;

	if (once_peek(&stage->ring, &cqe) < 0)
		return WENT_WRONG;
	answer = request_of(&cqe, &owner);
	if (once_class(&cqe) != ONCE_CLASS_FOREIGN || owner != NULL ||
	    once_seen(&stage->ring, &cqe) < 0)
		return WENT_WRONG;
	return answer;
}

int read_forged_owner(struct stage *stage)
{
	static struct request ended = { 3 };
	struct once_violation stray;
	struct once_cqe cqe;
	uint64_t identity;
	int rc;

	if (start_nop(&stage->ring, &ended, NULL) < 0 || once_wait(&stage->ring, &cqe) < 0 ||
	    once_user_data(&cqe, &identity) < 0 || once_seen(&stage->ring, &cqe) < 0)
		return WENT_WRONG;
	rc = post(stage, identity, 1);
	if (rc != 0)
		return rc;
	if (once_peek(&stage->ring, &cqe) < 0)
		return WENT_WRONG;
	stray = stage->last; /* reported at delivery */
	rc = once_class(&cqe);
	if (once_seen(&stage->ring, &cqe) < 0 || rc != ONCE_CLASS_FOREIGN)
		return WENT_WRONG;
	return stray.code;
}

int own_the_reserved(struct stage *stage)
{
	const int rc = post(stage, UINT64_MAX, 1);

	return rc != 0 ? rc : ask_owner(stage);
}

int believe_empty(struct stage *stage)
{
	enum { POSTED = 24 }; /* into 16 places */
	struct once_completion done;
	uint32_t delivered = 0;
	int answer;
	int rc = post(stage, 42, POSTED);

	if (rc != 0)
		return rc;
	for (uint32_t ready = once_ready(&stage->ring); ready > 0; ready--) {
		if (once_reap(&stage->ring, &done) < 0)
			return WENT_WRONG;
		delivered++;
	}
	if (once_ready(&stage->ring) != 0 || !once_has_overflow(&stage->ring))
		return WENT_WRONG;
	answer = once_close(&stage->ring, NULL);
	while ((rc = once_reap(&stage->ring, &done)) == 0)
		delivered++;
	return rc == -EAGAIN && delivered == POSTED ? answer : WENT_WRONG;
}
