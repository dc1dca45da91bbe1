/* SPDX-License-Identifier: MIT */
/*
 * The result is read after the token was seen.
 * Mistake: used-after-seen
 * Refused: ONCE_SPENT
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
#ifdef WRONG
	once_seen(ring, &cqe);
	rc = once_result(&cqe);
#else
	rc = once_result(&cqe);
	once_seen(ring, &cqe);
#endif
	return rc;
}
