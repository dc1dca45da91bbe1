/* SPDX-License-Identifier: MIT */
/*
 * A wait that failed is reported, and then goes on.
 * Mistake: wait-failed
 */
#include <errno.h>
#include <liburing.h>

int program(struct io_uring *ring, int *errors)
{
	struct io_uring_cqe *cqe = NULL;
	int result, rc = io_uring_wait_cqe(ring, &cqe);

	if (rc < 0) {
		*errors += 1;
#ifndef WRONG
		return rc;
#endif
	}
	result = cqe->res;
	io_uring_cqe_seen(ring, cqe);
	return result;
}
