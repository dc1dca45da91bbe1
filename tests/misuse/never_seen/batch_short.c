/* SPDX-License-Identifier: MIT */
/*
 * A batch of which the last token is left out.
 * Mistake: never-seen
 * Refused: none; drain and close refuse with ONCE_STILL_HELD
 */
#include "../misuse.h"

int program(struct once_ring *ring)
{
	static struct request request;
	struct once_cqe cqes[8];
	int count, rc = start(ring, &request, 4);

	if (rc < 0)
		return rc;
	count = once_peek_batch(ring, cqes, 8);
	if (count < 0)
		return count;
#ifdef WRONG
	for (int i = 0; i < count - 1; i++)
#else
	for (int i = 0; i < count; i++)
#endif
		once_seen(ring, &cqes[i]);
	return 0;
}
