/* SPDX-License-Identifier: MIT */
/*
 * Once for the result, once at the end.
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
	request.done = once_result(&cqe);
	once_seen(ring, &cqe);
	note("done", request.done);
#ifdef WRONG
	once_seen(ring, &cqe);
#endif
	return 0;
}
