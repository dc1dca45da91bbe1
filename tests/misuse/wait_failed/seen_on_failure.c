/* SPDX-License-Identifier: MIT */
/*
 * Seen on both branches.
 * Mistake: wait-failed
 * Refused: ONCE_NOT_ISSUED
 */
#include "../misuse.h"

int program(struct once_ring *ring)
{
	const struct once_timespec soon = { 0, 1000000 };
	struct once_cqe cqe;
	int rc = once_wait_timeout(ring, &cqe, &soon);

	if (rc == 0)
		rc = once_result(&cqe);
#ifndef WRONG
	else
		return rc;
#endif
	once_seen(ring, &cqe);
	return rc;
}
