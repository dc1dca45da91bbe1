/* SPDX-License-Identifier: MIT */
/*
 * Handed to a logger, then forgotten.
 * Mistake: never-seen
 * Refused: none; drain and close refuse with ONCE_STILL_HELD
 */
#include "../misuse.h"

int program(struct once_ring *ring)
{
	static struct request request;
	const struct once_timespec second = { 1, 0 };
	struct once_cqe cqe;
	int rc = start(ring, &request, 1);

	if (rc < 0)
		return rc;
	rc = once_wait_timeout(ring, &cqe, &second);
	if (rc < 0)
		return rc == -ETIME ? 0 : rc;
	note_token(&cqe);
#ifndef WRONG
	once_seen(ring, &cqe);
#endif
	return 0;
}
