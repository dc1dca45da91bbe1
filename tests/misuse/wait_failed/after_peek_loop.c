/* SPDX-License-Identifier: MIT */
/*
 * The loop ended because there was none.
 * Mistake: wait-failed
 * Refused: ONCE_NOT_ISSUED
 */
#include "../misuse.h"

int program(struct once_ring *ring)
{
	struct once_cqe cqe;
	int count = 0;

	while (once_peek(ring, &cqe) == 0) {
		count++;
#ifndef WRONG
		once_seen(ring, &cqe);
#endif
	}
#ifdef WRONG
	once_seen(ring, &cqe);
#endif
	return count;
}
