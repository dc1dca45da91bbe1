/* SPDX-License-Identifier: MIT */
/*
 * Arm refuses an SQE that was not prepared, nobody hears it.
 * Mistake: ignored
 * Refused: ONCE_NOT_PREPARED
 */
#include "../misuse.h"

int program(struct once_ring *ring)
{
	static struct request request;
	struct once_sqe sqe;
	int rc = once_take(ring, &sqe);

	if (rc < 0)
		return rc;
#ifdef WRONG
	once_arm(&sqe, request_lend(&request), NULL);
#else
	once_prep_nop(&sqe);
	rc = once_arm(&sqe, request_lend(&request), NULL);
	if (rc < 0)
		return rc;
	rc = once_submit(ring);
	if (rc < 0)
		return rc;
#endif
	return 0;
}
