/* SPDX-License-Identifier: MIT */
/*
 * Seen one by one in the loop, and advanced over after it.
 * Mistake: seen-twice
 */
#include <errno.h>
#include <liburing.h>

int program(struct io_uring *ring, int *done)
{
	struct io_uring_cqe *cqe;
	unsigned head, count = 0;

	io_uring_for_each_cqe(ring, head, cqe) {
		*done += cqe->res;
		count++;
#ifdef WRONG
		io_uring_cqe_seen(ring, cqe);
#endif
	}
	io_uring_cq_advance(ring, count);
	return (int)count;
}
