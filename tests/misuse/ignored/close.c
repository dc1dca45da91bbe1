/* SPDX-License-Identifier: MIT */
/*
 * A ring that could not be closed.
 * Mistake: ignored
 * Refused: ONCE_STILL_LIVE
 */
#include "../misuse.h"

int program(struct once_ring *ring)
{
	static struct request request;
	struct once_sqe sqe;
	int rc = once_take(ring, &sqe);

	if (rc < 0)
		return rc;
	once_prep_nop(&sqe);
	rc = once_arm(&sqe, request_lend(&request), NULL);
	if (rc < 0)
		return rc;
#ifdef WRONG
	once_close(ring, NULL);
	return 0;
#else
	rc = once_submit(ring);
	return rc < 0 ? rc : 0;
#endif
}
