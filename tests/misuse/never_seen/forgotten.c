/* SPDX-License-Identifier: MIT */
/*
 * Only the result was wanted.
 * Mistake: never-seen
 * Refused: none; drain and close refuse with ONCE_STILL_HELD
 */
#include "../misuse.h"

int program(struct once_ring *ring)
{
	static struct request request;
	struct once_cqe cqe;
	int rc = start(ring, &request, 1);

	if (rc < 0)
		return rc;
	rc = once_wait(ring, &cqe);
	if (rc < 0)
		return rc;
	rc = once_result(&cqe);
#ifndef WRONG
	once_seen(ring, &cqe);
#endif
	return rc;
}
