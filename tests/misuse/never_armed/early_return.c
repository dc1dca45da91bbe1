/* SPDX-License-Identifier: MIT */
/*
 * The argument is checked after the take.
 * Mistake: never-armed
 * Refused: none; submit refuses with ONCE_NOT_ARMED
 */
#include "../misuse.h"

int program(struct once_ring *ring)
{
	static struct request request;
	struct once_sqe sqe;
	int rc = once_take(ring, &sqe);

	if (rc < 0)
		return rc;
	if (stop_asked()) {
#ifndef WRONG
		once_give_back(&sqe);
#endif
		return 0;
	}
	once_prep_nop(&sqe);
	return once_arm(&sqe, request_lend(&request), NULL);
}
