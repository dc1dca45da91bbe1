/* SPDX-License-Identifier: MIT */
/*
 * The token and its copy.
 * Mistake: seen-twice
 * Refused: ONCE_SEEN_TWICE
 */
#include "../misuse.h"

int program(struct once_ring *ring)
{
	static struct request request;
	struct once_cqe cqe, copy;
	int rc = start(ring, &request, 1);

	if (rc < 0)
		return rc;
	rc = once_wait(ring, &cqe);
	if (rc < 0)
		return rc;
	copy = cqe;
	request.done = once_result(&copy);
	once_seen(ring, &copy);
#ifdef WRONG
	once_seen(ring, &cqe);
#endif
	return 0;
}
