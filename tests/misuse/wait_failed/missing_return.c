/* SPDX-License-Identifier: MIT */
/*
 * The failure is logged, and the program goes on.
 * Mistake: wait-failed
 * Refused: ONCE_NOT_ISSUED
 */
#include "../misuse.h"

int program(struct once_ring *ring)
{
	struct once_cqe cqe;
	int rc = once_peek(ring, &cqe);

	if (rc < 0) {
		note("peek", rc);
#ifndef WRONG
		return rc;
#endif
	}
	once_seen(ring, &cqe);
	return 0;
}
