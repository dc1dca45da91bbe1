/* SPDX-License-Identifier: MIT */
/*
 * Prepared, as with liburing, and submitted.
 * Mistake: never-armed
 * Refused: none; submit refuses with ONCE_NOT_ARMED
 */
#include "../misuse.h"

int program(struct once_ring *ring)
{
	static struct request request;
	struct once_sqe sqe;
	int rc = once_take(ring, &sqe);

	if (rc < 0)
		return rc;
	once_prep_read(&sqe, -1, request.buffer, sizeof(request.buffer), 0);
#ifndef WRONG
	rc = once_arm(&sqe, request_lend(&request), NULL);
	if (rc < 0)
		return rc;
#endif
	rc = once_submit(ring);
	return rc < 0 ? rc : 0;
}
