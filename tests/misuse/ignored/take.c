/* SPDX-License-Identifier: MIT */
/*
 * A full SQ leaves the SQE of the round before.
 * Mistake: ignored
 * Refused: ONCE_NOT_TAKEN
 */
#include "../misuse.h"

int program(struct once_ring *ring)
{
	static struct request request;
	static struct once_sqe sqe;

	for (int i = 0; i < 20; i++) {
		int rc;

#ifdef WRONG
		once_take(ring, &sqe);
#else
		rc = once_take(ring, &sqe);
		if (rc < 0)
			break;
#endif
		once_prep_nop(&sqe);
		rc = once_arm(&sqe, request_lend(&request), NULL);
		if (rc < 0)
			return rc;
	}
	return 0;
}
