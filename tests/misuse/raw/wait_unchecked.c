/* SPDX-License-Identifier: MIT */
/*
 * The answer of the wait is looked at too late.
 * Mistake: wait-failed
 */
#include <errno.h>
#include <liburing.h>

int program(struct io_uring *ring)
{
	struct io_uring_cqe *cqe;
	int result, rc = io_uring_wait_cqe(ring, &cqe);

#ifndef WRONG
	if (rc < 0)
		return rc;
#endif
	result = cqe->res;
#ifdef WRONG
	if (rc < 0)
		return rc;
#endif
	io_uring_cqe_seen(ring, cqe);
	return result;
}
