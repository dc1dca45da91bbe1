/* SPDX-License-Identifier: MIT */
/*
 * The owner is not what was expected.
 * Mistake: never-seen
 * Refused: none; drain and close refuse with ONCE_STILL_HELD
 */
#include "../misuse.h"

int program(struct once_ring *ring)
{
	static struct request request;
	struct request *owner;
	struct once_cqe cqe;
	int rc = start_failing(ring, &request);

	if (rc < 0)
		return rc;
	rc = once_wait(ring, &cqe);
	if (rc < 0)
		return rc;
	rc = request_of(&cqe, &owner);
	if (rc < 0 || owner->fd == 0) {
#ifndef WRONG
		once_seen(ring, &cqe);
#endif
		return rc;
	}
	owner->done = 1;
	once_seen(ring, &cqe);
	return 0;
}
