/* SPDX-License-Identifier: MIT */
/*
 * A copy is kept, and forgotten with the original.
 * Mistake: never-seen
 * Refused: none; drain and close refuse with ONCE_STILL_HELD
 */
#include "../misuse.h"

int program(struct once_ring *ring)
{
	static struct request request;
	struct once_cqe cqe, kept;
	int rc = start(ring, &request, 1);

	if (rc < 0)
		return rc;
	rc = once_wait(ring, &cqe);
	if (rc < 0)
		return rc;
	kept = cqe;
	note("result", once_result(&kept));
#ifdef WRONG
	if (!stop_asked())
#endif
		once_seen(ring, &kept);
	return 0;
}
