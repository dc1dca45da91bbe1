/* SPDX-License-Identifier: MIT */
/*
 * Seen in the error branch, and at the end again.
 * Mistake: seen-twice
 */
#include <errno.h>
#include <liburing.h>

int program(struct io_uring *ring, int *failed)
{
	struct io_uring_cqe *cqe;
	int result, rc = io_uring_wait_cqe(ring, &cqe);

	if (rc < 0)
		return rc;
	result = cqe->res;
	if (result < 0) {
		*failed += 1;
#ifdef WRONG
		io_uring_cqe_seen(ring, cqe);
#endif
	}
	io_uring_cqe_seen(ring, cqe);
	return result;
}
