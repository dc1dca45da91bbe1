/* SPDX-License-Identifier: MIT */
/*
 * A loop goes on without having seen what it skips.
 * Mistake: never-seen
 */
#include <errno.h>
#include <liburing.h>

int program(struct io_uring *ring, int *done)
{
	struct io_uring_cqe *cqe;

	while (io_uring_peek_cqe(ring, &cqe) == 0) {
		if (cqe->res == -EINTR) {
#ifndef WRONG
			io_uring_cqe_seen(ring, cqe);
#endif
			continue;
		}
		*done += cqe->res;
		io_uring_cqe_seen(ring, cqe);
	}
	return 0;
}
