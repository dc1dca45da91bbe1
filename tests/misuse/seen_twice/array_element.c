/* SPDX-License-Identifier: MIT */
/*
 * The wrong index.
 * Mistake: seen-twice
 * Refused: ONCE_SEEN_TWICE
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
	once_seen(ring, &cqes[0]);
#ifdef WRONG
	once_seen(ring, &cqes[0]);
#else
	once_seen(ring, &cqes[1]);
#endif
	return 0;
}
