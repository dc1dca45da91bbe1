/* SPDX-License-Identifier: MIT */
/*
 * Continue skips the end of the loop body.
 * Mistake: never-seen
 * Refused: none; drain and close refuse with ONCE_STILL_HELD
 */
#include "../misuse.h"

int program(struct once_ring *ring)
{
	static struct request request;
	int rc = start(ring, &request, 3);

	if (rc < 0)
		return rc;
	for (int i = 0; i < 3; i++) {
		struct once_cqe cqe;

		if (once_wait(ring, &cqe) != 0)
			break;
		if (parse(once_result(&cqe)) < 0) {
#ifndef WRONG
			once_seen(ring, &cqe);
#endif
			continue;
		}
		request.done++;
		once_seen(ring, &cqe);
	}
	return 0;
}
