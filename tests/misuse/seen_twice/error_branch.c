/* SPDX-License-Identifier: MIT */
/*
 * The error branch sees and falls into the end.
 * Mistake: seen-twice
 * Refused: ONCE_SEEN_TWICE
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
		note("failed", rc);
		once_seen(ring, &cqe);
#ifndef WRONG
		return rc;
#endif
	}
	once_seen(ring, &cqe);
	return 0;
}
