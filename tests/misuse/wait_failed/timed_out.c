/* SPDX-License-Identifier: MIT */
/*
 * The answer is compared with 0 too late.
 * Mistake: wait-failed
 * Refused: ONCE_SPENT
 */
#include "../misuse.h"

int program(struct once_ring *ring)
{
	const struct once_timespec soon = { 0, 1000000 };
	struct once_cqe cqe;
	unsigned submitted = 0;
	int result, rc = once_submit_and_wait_timeout(ring, &cqe, 1, &soon, NULL, &submitted);

#ifdef WRONG
	result = once_result(&cqe);
	if (rc < 0)
		return result;
#else
	if (rc < 0)
		return rc;
	result = once_result(&cqe);
#endif
	once_seen(ring, &cqe);
	return result;
}
