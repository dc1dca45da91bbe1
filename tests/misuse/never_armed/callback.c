/* SPDX-License-Identifier: MIT */
/*
 * A callback prepares, and says that it has nothing to do.
 * Mistake: never-armed
 * Refused: none; submit refuses with ONCE_NOT_ARMED
 */
#include "../misuse.h"

typedef bool prepare(struct once_sqe *sqe, struct request *request);

static bool prepare_read(struct once_sqe *sqe, struct request *request)
{
	if (request->fd == 0)
		return false;
	once_prep_read(sqe, request->fd, request->buffer, sizeof(request->buffer), 0);
	return true;
}

int program(struct once_ring *ring)
{
	static struct request request;
	prepare *const call = prepare_read;
	struct once_sqe sqe;
	int rc = once_take(ring, &sqe);

	if (rc < 0)
		return rc;
	if (!call(&sqe, &request)) {
#ifndef WRONG
		once_give_back(&sqe);
#endif
		return 0;
	}
	return once_arm(&sqe, request_lend(&request), NULL);
}
