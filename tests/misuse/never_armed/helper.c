/* SPDX-License-Identifier: MIT */
/*
 * A helper that prepares is taken for one that arms.
 * Mistake: never-armed
 * Refused: none; submit refuses with ONCE_NOT_ARMED
 */
#include "../misuse.h"

static int queue_read(struct once_sqe *sqe, struct request *request)
{
	once_prep_read(sqe, -1, request->buffer, sizeof(request->buffer), 0);
#ifdef WRONG
	return 0;
#else
	return once_arm(sqe, request_lend(request), NULL);
#endif
}

int program(struct once_ring *ring)
{
	static struct request request;
	struct once_sqe sqe;
	int rc = once_take(ring, &sqe);

	if (rc < 0)
		return rc;
	return queue_read(&sqe, &request);
}
