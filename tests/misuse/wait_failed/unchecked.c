/* SPDX-License-Identifier: MIT */
/*
 * The answer is stored and never looked at.
 * Mistake: wait-failed
 * Refused: ONCE_NOT_ISSUED
 */
#include "../misuse.h"

int program(struct once_ring *ring)
{
	struct once_cqe cqe;
	int rc = once_peek(ring, &cqe);

#ifndef WRONG
	if (rc < 0)
		return rc;
#endif
	once_seen(ring, &cqe);
	return rc;
}
