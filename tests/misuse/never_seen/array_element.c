/* SPDX-License-Identifier: MIT */
/*
 * Two tokens in an array, one of them seen.
 * Mistake: never-seen
 * Refused: none; drain and close refuse with ONCE_STILL_HELD
 */
#include "../misuse.h"

int program(struct once_ring *ring)
{
	static struct request request;
	struct once_cqe cqes[2];
	int rc = start(ring, &request, 2);

	if (rc < 0)
		return rc;
	rc = once_wait(ring, &cqes[0]);
	if (rc < 0)
		return rc;
	rc = once_wait(ring, &cqes[1]);
	if (rc < 0) {
		once_seen(ring, &cqes[0]);
		return rc;
	}
	note("sum", once_result(&cqes[0]) + once_result(&cqes[1]));
	once_seen(ring, &cqes[0]);
#ifndef WRONG
	once_seen(ring, &cqes[1]);
#endif
	return 0;
}
