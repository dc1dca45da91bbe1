/* SPDX-License-Identifier: MIT */
/*
 * Nobody looks at what was submitted.
 * Mistake: ignored
 */
#include <errno.h>
#include <liburing.h>

int program(struct io_uring *ring, void *request)
{
	struct io_uring_sqe *sqe = io_uring_get_sqe(ring);

	if (!sqe)
		return -EAGAIN;
	io_uring_prep_nop(sqe);
	io_uring_sqe_set_data(sqe, request);
#ifdef WRONG
	io_uring_submit(ring);
	return 0;
#else
	return io_uring_submit(ring);
#endif
}
