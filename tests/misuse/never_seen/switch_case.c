/* SPDX-License-Identifier: MIT */
/*
 * One case of a switch on the result returns.
 * Mistake: never-seen
 * Refused: none; drain and close refuse with ONCE_STILL_HELD
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
	case 0:
		request.done = 1;
		break;
	case -EBADF:
		note("closed", request.fd);
#ifdef WRONG
		return 0;
#else
		break;
#endif
	default:
		note("other", 0);
		break;
	}
	once_seen(ring, &cqe);
	return 0;
}
