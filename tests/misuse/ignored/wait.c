/* SPDX-License-Identifier: MIT */
/*
 * The answer of a wait is dropped.
 * Mistake: ignored
 * Refused: ONCE_NOT_ISSUED
 */
#include "../misuse.h"

int program(struct once_ring *ring)
{
	struct once_cqe cqe;

#ifdef WRONG
	once_wait(ring, &cqe);
#else
	const struct once_timespec soon = { 0, 1000000 };

	if (once_wait_timeout(ring, &cqe, &soon) < 0)
		return 0;
#endif
	once_seen(ring, &cqe);
	return 0;
}
