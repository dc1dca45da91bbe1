/* SPDX-License-Identifier: MIT */
/*
 * There will be one.
 * Mistake: ignored
 * Refused: ONCE_NOT_ISSUED
 */
#include "../misuse.h"

int program(struct once_ring *ring)
{
	struct once_cqe cqe;

#ifdef WRONG
	once_peek(ring, &cqe);
#else
	if (once_peek(ring, &cqe) < 0)
		return 0;
#endif
	once_seen(ring, &cqe);
	return 0;
}
