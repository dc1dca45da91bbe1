/* SPDX-License-Identifier: MIT */
/*
 * The callback sees, but not where it fails.
 * Mistake: never-seen
 * Refused: none; drain and close refuse with ONCE_STILL_HELD
 */
#include "../misuse.h"

typedef int on_done(struct once_ring *ring, const struct once_cqe *cqe);

static int on_read(struct once_ring *ring, const struct once_cqe *cqe)
{
	int rc = once_result(cqe);

#ifdef WRONG
	if (rc < 0)
		return rc;
#endif
	once_seen(ring, cqe);
	return rc;
}

int program(struct once_ring *ring)
{
	static struct request request;
	on_done *done = on_read;
	struct once_cqe cqe;
	int rc = start_failing(ring, &request);

	if (rc < 0)
		return rc;
	rc = once_wait(ring, &cqe);
	if (rc < 0)
		return rc;
	return done(ring, &cqe);
}
