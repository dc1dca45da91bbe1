/* SPDX-License-Identifier: MIT */
/*
 * Tokens are seen in a loop, and summed in the next.
 * Mistake: used-after-seen
 * Refused: ONCE_SPENT
 */
#include "../misuse.h"

int program(struct once_ring *ring)
{
	struct once_cqe cqes[4];
	static struct request request;
	int count, sum = 0, rc = start(ring, &request, 3);

	if (rc < 0)
		return rc;
	count = once_peek_batch(ring, cqes, 4);
#ifdef WRONG
	for (int i = 0; i < count; i++)
		once_seen(ring, &cqes[i]);
#endif
	for (int i = 0; i < count; i++)
		sum += once_result(&cqes[i]);
#ifndef WRONG
	for (int i = 0; i < count; i++)
		once_seen(ring, &cqes[i]);
#endif
	return sum;
}
