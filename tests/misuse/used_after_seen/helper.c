/* SPDX-License-Identifier: MIT */
/*
 * A helper sees for the caller, who then reads.
 * Mistake: used-after-seen
 * Refused: ONCE_SPENT
 */
#include "../misuse.h"

static void complete(struct once_ring *ring, const struct once_cqe *cqe, struct request *request)
{
	request->done = 1;
	once_seen(ring, cqe);
}

int program(struct once_ring *ring)
{
	int result;
	static struct request request;
	struct once_cqe cqe;
	int rc = start(ring, &request, 1);

	if (rc < 0)
		return rc;
	rc = once_wait(ring, &cqe);
	if (rc < 0)
		return rc;
#ifdef WRONG
	complete(ring, &cqe, &request);
	result = once_result(&cqe);
#else
	result = once_result(&cqe);
	complete(ring, &cqe, &request);
#endif
	return result;
}
