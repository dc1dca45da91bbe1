/* SPDX-License-Identifier: MIT */
/*
 * The owner is asked for too late.
 * Mistake: used-after-seen
 * Refused: ONCE_SPENT
 */
#include "../misuse.h"

int program(struct once_ring *ring)
{
	struct request *owner = NULL;
	static struct request request;
	struct once_cqe cqe;
	int rc = start(ring, &request, 1);

	if (rc < 0)
		return rc;
	rc = once_wait(ring, &cqe);
	if (rc < 0)
		return rc;
#ifdef WRONG
	once_seen(ring, &cqe);
	rc = request_of(&cqe, &owner);
#else
	rc = request_of(&cqe, &owner);
	once_seen(ring, &cqe);
#endif
	if (rc < 0)
		return rc;
	owner->done = 1;
	return 0;
}
