/* SPDX-License-Identifier: MIT */
/*
 * Tested the wrong way round.
 * Mistake: wait-failed
 * Refused: ONCE_NOT_ISSUED
 */
#include "../misuse.h"

int program(struct once_ring *ring)
{
	struct once_cqe cqe;

#ifdef WRONG
	if (once_peek(ring, &cqe))
#else
	if (once_peek(ring, &cqe) == 0)
#endif
		once_seen(ring, &cqe);
	return 0;
}
