/* SPDX-License-Identifier: MIT */
/*
 * The second delivery finds nothing, the first is forgotten.
 * Mistake: never-seen
 * Refused: none; drain and close refuse with ONCE_STILL_HELD
 */
#include "../misuse.h"

int program(struct once_ring *ring)
{
	static struct request request;
	struct once_cqe first, second;
	int rc = start(ring, &request, 1);

	if (rc < 0)
		return rc;
	rc = once_wait(ring, &first);
	if (rc < 0)
		return rc;
	rc = once_peek(ring, &second);
	if (rc < 0) {
#ifndef WRONG
		once_seen(ring, &first);
#endif
		return rc;
	}
	once_seen(ring, &second);
	once_seen(ring, &first);
	return 0;
}
