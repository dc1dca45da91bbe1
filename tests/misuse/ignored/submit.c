/* SPDX-License-Identifier: MIT */
/*
 * A submit that is refused, because of an SQE left behind.
 * Mistake: ignored
 * Refused: ONCE_NOT_ARMED
 */
#include "../misuse.h"

int program(struct once_ring *ring)
{
	struct once_sqe sqe;
	int rc = once_take(ring, &sqe);

	if (rc < 0)
		return rc;
#ifdef WRONG
	once_submit(ring);
	once_give_back(&sqe);
#else
	once_give_back(&sqe);
	rc = once_submit(ring);
#endif
	return rc < 0 ? rc : 0;
}
