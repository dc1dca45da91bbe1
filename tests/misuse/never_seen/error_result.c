/* SPDX-License-Identifier: MIT */
/*
 * Early return where the operation failed.
 * Mistake: never-seen
 * Refused: none; drain and close refuse with ONCE_STILL_HELD
 */
#include "../misuse.h"

int program(struct once_ring *ring)
{
	static struct request request;
	struct once_cqe cqe;
	int rc = start_failing(ring, &request);

	if (rc < 0)
		return rc;
	rc = once_wait(ring, &cqe);
	if (rc < 0)
		return rc;
	rc = once_result(&cqe);
	if (rc < 0) {
#ifndef WRONG
		once_seen(ring, &cqe);
#endif
		note("read", rc);
		return rc;
	}
	request.done = rc;
	once_seen(ring, &cqe);
	return 0;
}
