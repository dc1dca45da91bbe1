/* SPDX-License-Identifier: MIT */
/*
 * The next peek finds nothing, the old token is seen again.
 * Mistake: seen-twice
 * Refused: ONCE_SEEN_TWICE
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
	once_seen(ring, &cqe);
	rc = once_peek(ring, &cqe);
#ifdef WRONG
	if (rc < 0)
		note("nothing more", rc);
#else
	if (rc < 0)
		return 0;
#endif
	once_seen(ring, &cqe);
	return 0;
}
