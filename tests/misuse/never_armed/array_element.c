/* SPDX-License-Identifier: MIT */
/*
 * Two SQEs are taken, the first one is armed.
 * Mistake: never-armed
 * Refused: none; submit refuses with ONCE_NOT_ARMED
 */
#include "../misuse.h"

int program(struct once_ring *ring)
{
	static struct request request;
	struct once_sqe sqes[2];
	int rc = once_take(ring, &sqes[0]);

	if (rc < 0)
		return rc;
	rc = once_take(ring, &sqes[1]);
	if (rc < 0) {
		once_give_back(&sqes[0]);
		return rc;
	}
	once_prep_nop(&sqes[0]);
	once_prep_nop(&sqes[1]);
	rc = once_arm(&sqes[0], request_lend(&request), NULL);
#ifndef WRONG
	if (rc < 0) {
		once_give_back(&sqes[1]);
		return rc;
	}
	rc = once_arm(&sqes[1], request_lend(&request), NULL);
#endif
	return rc;
}
