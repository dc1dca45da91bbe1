/* SPDX-License-Identifier: MIT */
/*
 * The result is read behind the seen.
 * Mistake: used-after-seen
 */
#include <errno.h>
#include <liburing.h>

int program(struct io_uring *ring)
{
	struct io_uring_cqe *cqe;
	int result, rc = io_uring_wait_cqe(ring, &cqe);

	if (rc < 0)
		return rc;
	result = cqe->res;
	io_uring_cqe_seen(ring, cqe);
#ifdef WRONG
	if (cqe->flags & IORING_CQE_F_MORE)
		return 1;
#endif
	return result;
}
