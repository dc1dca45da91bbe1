/* SPDX-License-Identifier: MIT */
/*
 * The SQ may be full.
 * Mistake: sqe-unchecked
 */
#include <errno.h>
#include <liburing.h>

int program(struct io_uring *ring, void *request)
{
	struct io_uring_sqe *sqe;

	sqe = io_uring_get_sqe(ring);
#ifndef WRONG
	if (sqe == NULL)
		return -EAGAIN;
#endif
	io_uring_prep_nop(sqe);
	io_uring_sqe_set_data(sqe, request);
	return io_uring_submit(ring);
}
