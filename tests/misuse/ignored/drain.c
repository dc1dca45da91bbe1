/* SPDX-License-Identifier: MIT */
/*
 * A drain is refused while a token is held.
 * Mistake: ignored
 * Refused: ONCE_STILL_HELD
 */
#include "../misuse.h"

int program(struct once_ring *ring)
{
	const struct once_timespec second = { 1, 0 };
	static struct request request;
	struct once_cqe cqe;
	int rc = start(ring, &request, 1);

	if (rc < 0)
		return rc;
	rc = once_wait(ring, &cqe);
	if (rc < 0)
		return rc;
	note("result", once_result(&cqe));
#ifdef WRONG
	once_drain(ring, &second, NULL, 0, NULL);
	once_seen(ring, &cqe);
#else
	once_seen(ring, &cqe);
	rc = once_drain(ring, &second, NULL, 0, NULL);
	if (rc < 0)
		return rc;
#endif
	return 0;
}
