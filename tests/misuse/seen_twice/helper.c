/* SPDX-License-Identifier: MIT */
/*
 * The helper sees, and so does its caller.
 * Mistake: seen-twice
 * Refused: ONCE_SEEN_TWICE
 */
#include "../misuse.h"

static int take_result(struct once_ring *ring, const struct once_cqe *cqe)
{
	int result = once_result(cqe);

	once_seen(ring, cqe);
	return result;
}

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
	request.done = take_result(ring, &cqe);
#ifdef WRONG
	once_seen(ring, &cqe);
#endif
	return 0;
}
