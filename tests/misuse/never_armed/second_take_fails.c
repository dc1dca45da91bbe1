/* SPDX-License-Identifier: MIT */
/*
 * A pair, of which the second cannot be taken.
 * Mistake: never-armed
 * Refused: none; submit refuses with ONCE_NOT_ARMED
 */
#include "../misuse.h"

int program(struct once_ring *ring)
{
	static struct request request;

	for (int i = 0; i < 20; i++) {
		struct once_sqe first, second;

		if (once_take(ring, &first) < 0)
			break;
		if (i == 3 || once_take(ring, &second) < 0) {
#ifndef WRONG
			once_give_back(&first);
#endif
			break;
		}
		once_prep_nop(&first);
		once_prep_nop(&second);
		if (once_arm(&first, request_lend(&request), NULL) < 0) {
			once_give_back(&second);
			break;
		}
		if (once_arm(&second, request_lend(&request), NULL) < 0)
			break;
	}
	return 0;
}
