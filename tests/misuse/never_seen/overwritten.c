/* SPDX-License-Identifier: MIT */
/*
 * A second wait into the same token.
 * Mistake: never-seen
 * Refused: none; drain and close refuse with ONCE_STILL_HELD
 */
#include "../misuse.h"

int program(struct once_ring *ring)
{
	static struct request request;
	struct once_cqe cqe;
	int rc = start(ring, &request, 2);

	if (rc < 0)
		return rc;
	rc = once_wait(ring, &cqe);
	if (rc < 0)
		return rc;
	note("first", once_result(&cqe));
#ifndef WRONG
	once_seen(ring, &cqe);
#endif
	rc = once_wait(ring, &cqe);
	if (rc < 0)
		return rc;
	note("second", once_result(&cqe));
	once_seen(ring, &cqe);
	return 0;
}
