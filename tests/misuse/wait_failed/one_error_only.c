/* SPDX-License-Identifier: MIT */
/*
 * Only one of the errors is handled.
 * Mistake: wait-failed
 * Refused: ONCE_NOT_ISSUED
 */
#include "../misuse.h"

int program(struct once_ring *ring)
{
	const struct once_timespec soon = { 0, 1000000 };
	struct once_cqe cqe;
	int rc = once_wait_timeout(ring, &cqe, &soon);

#ifdef WRONG
	if (rc == -EINTR)
#else
	if (rc < 0)
#endif
		return rc;
	once_seen(ring, &cqe);
	return 0;
}
