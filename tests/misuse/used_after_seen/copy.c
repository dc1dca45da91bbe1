/* SPDX-License-Identifier: MIT */
/*
 * A copy is read when the original was seen.
 * Mistake: used-after-seen
 * Refused: ONCE_SPENT
 */
#include "../misuse.h"

int program(struct once_ring *ring)
{
	struct once_cqe kept;
	static struct request request;
	struct once_cqe cqe;
	int rc = start(ring, &request, 1);

	if (rc < 0)
		return rc;
	rc = once_wait(ring, &cqe);
	if (rc < 0)
		return rc;
	kept = cqe;
#ifndef WRONG
	note("kept", once_result(&kept));
#endif
	once_seen(ring, &cqe);
#ifdef WRONG
	note("kept", once_result(&kept));
#endif
	return 0;
}
