/* SPDX-License-Identifier: MIT */
/*
 * A switch on the result, with the seen above it.
 * Mistake: used-after-seen
 * Refused: ONCE_SPENT
 */
#include "../misuse.h"

int program(struct once_ring *ring)
{
	int result = 0;
	static struct request request;
	struct once_cqe cqe;
	int rc = start(ring, &request, 1);

	if (rc < 0)
		return rc;
	rc = once_wait(ring, &cqe);
	if (rc < 0)
		return rc;
#ifndef WRONG
	result = once_result(&cqe);
#endif
	once_seen(ring, &cqe);
#ifdef WRONG
	result = once_result(&cqe);
#endif
	switch (result) {
	case 0:
		request.done = 1;
		return 0;
	default:
		return result;
	}
}
