/* SPDX-License-Identifier: MIT */
/*
 * Only the error message reads it.
 * Mistake: used-after-seen
 * Refused: ONCE_SPENT
 */
#include "../misuse.h"

int program(struct once_ring *ring)
{
	int result;
	static struct request request;
	struct once_cqe cqe;
	int rc = start_failing(ring, &request);

	if (rc < 0)
		return rc;
	rc = once_wait(ring, &cqe);
	if (rc < 0)
		return rc;
	result = once_result(&cqe);
	once_seen(ring, &cqe);
	if (result < 0) {
#ifdef WRONG
		note("read failed", once_result(&cqe));
#else
		note("read failed", result);
#endif
		return result;
	}
	return 0;
}
