/* SPDX-License-Identifier: MIT */
/*
 * A request goes without its identity.
 * Mistake: no-user-data
 */
#include <errno.h>
#include <liburing.h>

int program(struct io_uring *ring, int fd, char *text, unsigned size, void *request)
{
	struct io_uring_sqe *sqe = io_uring_get_sqe(ring);

	if (!sqe)
		return -EAGAIN;
	io_uring_prep_read(sqe, fd, text, size, 0);
#ifndef WRONG
	io_uring_sqe_set_data(sqe, request);
#else
	(void)request;
#endif
	return io_uring_submit(ring);
}
