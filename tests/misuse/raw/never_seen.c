/* SPDX-License-Identifier: MIT */
/*
 * An error result leaves without io_uring_cqe_seen().
 * Mistake: never-seen
 */
#include <errno.h>
#include <liburing.h>

int program(struct io_uring *ring, int *done)
{
	struct io_uring_cqe *cqe;
	int rc = io_uring_wait_cqe(ring, &cqe);

	if (rc < 0)
		return rc;
	if (cqe->res < 0) {
		rc = cqe->res;
#ifndef WRONG
		io_uring_cqe_seen(ring, cqe);
#endif
		return rc;
	}
	*done += cqe->res;
	io_uring_cqe_seen(ring, cqe);
	return 0;
}
