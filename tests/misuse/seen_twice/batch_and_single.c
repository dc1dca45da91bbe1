/* SPDX-License-Identifier: MIT */
/*
 * A token that is the first of a batch of one.
 * Mistake: seen-twice
 * Refused: ONCE_SEEN_TWICE
 */
#include "../misuse.h"

int program(struct once_ring *ring)
{
	static struct request request;
	struct once_cqe cqe;
	int rc = start(ring, &request, 1);

	if (rc < 0)
		return rc;
	rc = once_wait(ring, &cqe);
	if (rc < 0)
		return rc;
	note("result", once_result(&cqe));
	once_seen(ring, &cqe);
#ifdef WRONG
	once_seen_batch(ring, &cqe, 1);
#endif
	return 0;
}
