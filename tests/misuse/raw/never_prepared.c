/* SPDX-License-Identifier: MIT */
/*
 * A taken SQE is left as it is: what its slot held before is submitted.
 * Mistake: never-armed
 */
#include <errno.h>
#include <liburing.h>

int program(struct io_uring *ring, int fd, char *text, unsigned size)
{
	struct io_uring_sqe *sqe;

#ifndef WRONG
	if (size == 0)
		return -EINVAL;
#endif
	sqe = io_uring_get_sqe(ring);
	if (!sqe)
		return -EAGAIN;
#ifdef WRONG
	if (size == 0)
		return -EINVAL;
#endif
	io_uring_prep_read(sqe, fd, text, size, 0);
	io_uring_sqe_set_data(sqe, text);
	return io_uring_submit(ring);
}
