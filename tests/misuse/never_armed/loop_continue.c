/* SPDX-License-Identifier: MIT */
/*
 * Continue with an SQE in hand.
 * Mistake: never-armed
 * Refused: none; submit refuses with ONCE_NOT_ARMED
 */
#include "../misuse.h"

int program(struct once_ring *ring)
{
	static struct request requests[3] = { { .fd = -1 }, { .fd = 0 }, { .fd = -1 } };

	for (int i = 0; i < 3; i++) {
		struct once_sqe sqe;

#ifndef WRONG
		if (requests[i].fd < 0)
			continue;
#endif
		if (once_take(ring, &sqe) < 0)
			break;
#ifdef WRONG
		if (requests[i].fd < 0)
			continue;
#endif
		once_prep_nop(&sqe);
		if (once_arm(&sqe, request_lend(&requests[i]), NULL) < 0)
			break;
	}
	return 0;
}
