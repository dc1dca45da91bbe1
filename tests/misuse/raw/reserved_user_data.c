/* SPDX-License-Identifier: MIT */
/*
 * The mark for "nobody's" is liburing's own.
 * Mistake: reserved-user-data
 */
#include <errno.h>
#include <liburing.h>

int program(struct io_uring *ring)
{
	struct io_uring_sqe *sqe = io_uring_get_sqe(ring);

	if (!sqe)
		return -EAGAIN;
	io_uring_prep_nop(sqe);
#ifdef WRONG
	io_uring_sqe_set_data64(sqe, -1);
#else
	io_uring_sqe_set_data64(sqe, 1);
#endif
	return io_uring_submit(ring);
}
