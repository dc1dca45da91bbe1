/* SPDX-License-Identifier: MIT */
/*
 * Taken again into the same SQE.
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
	once_prep_nop(&sqe);
#ifndef WRONG
	rc = once_arm(&sqe, request_lend(&request), NULL);
	if (rc < 0)
		return rc;
#endif
	rc = once_take(ring, &sqe);
	if (rc < 0)
		return rc;
	once_prep_nop(&sqe);
	return once_arm(&sqe, request_lend(&request), NULL);
}
