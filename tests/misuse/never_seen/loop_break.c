/* SPDX-License-Identifier: MIT */
/*
 * Break out of the loop with a token in hand.
 * Mistake: never-seen
 * Refused: none; drain and close refuse with ONCE_STILL_HELD
 */
#include "../misuse.h"

int program(struct once_ring *ring)
{
	static struct request request;
	int rc = start(ring, &request, 2);

	if (rc < 0)
		return rc;
	for (;;) {
		struct once_cqe cqe;

		if (once_wait(ring, &cqe) < 0)
			break;
#ifdef WRONG
		if (stop_asked())
			break;
		once_seen(ring, &cqe);
#else
		once_seen(ring, &cqe);
		if (stop_asked())
			break;
#endif
	}
	return 0;
}
