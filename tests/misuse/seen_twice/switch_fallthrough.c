/* SPDX-License-Identifier: MIT */
/*
 * A missing break.
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
	switch (once_result(&cqe)) {
	case -EBADF:
		once_seen(ring, &cqe);
		note("closed", 0);
#ifndef WRONG
		break;
#else
		/* fall through */
#endif
	default:
		once_seen(ring, &cqe);
		break;
	}
	return 0;
}
