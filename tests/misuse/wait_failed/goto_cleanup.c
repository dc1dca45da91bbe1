/* SPDX-License-Identifier: MIT */
/*
 * Failure goes to a label that sees.
 * Mistake: wait-failed
 * Refused: ONCE_NOT_ISSUED
 */
#include "../misuse.h"

int program(struct once_ring *ring)
{
	struct once_cqe cqe;
	int rc = once_peek(ring, &cqe);

	if (rc < 0)
#ifdef WRONG
		goto seen;
#else
		goto out;
#endif
	rc = once_result(&cqe);
	if (rc < 0)
		goto seen;
	note("result", rc);
seen:
	once_seen(ring, &cqe);
#ifndef WRONG
out:
#endif
	return rc;
}
