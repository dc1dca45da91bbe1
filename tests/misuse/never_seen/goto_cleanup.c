/* SPDX-License-Identifier: MIT */
/*
 * The error label lies behind the seen.
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
		goto out;
	rc = once_result(&cqe);
	if (rc < 0)
#ifdef WRONG
		goto out;
#else
		goto seen;
#endif
	request.done = rc;
	goto seen;
seen:
	once_seen(ring, &cqe);
out:
	note("end", rc);
	return rc;
}
