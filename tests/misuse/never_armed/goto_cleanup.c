/* SPDX-License-Identifier: MIT */
/*
 * The error label forgets the SQE.
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
	rc = parse(request.fd);
	if (rc < 0)
		goto fail;
	once_prep_nop(&sqe);
	rc = once_arm(&sqe, request_lend(&request), NULL);
	if (rc < 0)
		return rc;
	rc = once_submit(ring);
	return rc < 0 ? rc : 0;
fail:
#ifndef WRONG
	once_give_back(&sqe);
#endif
	note("not started", rc);
	return rc;
}
