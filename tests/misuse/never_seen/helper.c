/* SPDX-License-Identifier: MIT */
/*
 * A helper sees for the caller, on success only.
 * Mistake: never-seen
 * Refused: none; drain and close refuse with ONCE_STILL_HELD
 */
#include "../misuse.h"

static int finish(struct once_ring *ring, const struct once_cqe *cqe, struct request *request)
{
	int result = once_result(cqe);

#ifdef WRONG
	if (result < 0) {
		request->done = -1;
		return result;
	}
	once_seen(ring, cqe);
#else
	once_seen(ring, cqe);
	if (result < 0) {
		request->done = -1;
		return result;
	}
#endif
	request->done = 1;
	return 0;
}

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
	return finish(ring, &cqe, &request);
}
