/* SPDX-License-Identifier: MIT */
/*
 * A switch on the answer without its other errors.
 * Mistake: wait-failed
 * Refused: ONCE_NOT_ISSUED
 */
#include "../misuse.h"

int program(struct once_ring *ring)
{
	struct once_cqe cqe;

	switch (once_peek(ring, &cqe)) {
	case 0:
		break;
	case -EINTR:
		return -EINTR;
#ifndef WRONG
	default:
		return 0;
#endif
	}
	once_seen(ring, &cqe);
	return 0;
}
