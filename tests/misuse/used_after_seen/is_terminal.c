/* SPDX-License-Identifier: MIT */
/*
 * The end of a multishot is looked for too late.
 * Mistake: used-after-seen
 * Refused: ONCE_SPENT
 */
#include "../misuse.h"

int program(struct once_ring *ring)
{
	int last;
	static struct request request;
	struct once_cqe cqe;
	int rc = start(ring, &request, 1);

	if (rc < 0)
		return rc;
	rc = once_wait(ring, &cqe);
	if (rc < 0)
		return rc;
#ifndef WRONG
	last = once_is_terminal(&cqe);
#endif
	request.done += once_result(&cqe);
	once_seen(ring, &cqe);
#ifdef WRONG
	last = once_is_terminal(&cqe);
#endif
	if (last != 0)
		note("end", last);
	return 0;
}
