/* SPDX-License-Identifier: MIT */
/*
 * A helper delivers, its answer is dropped.
 * Mistake: wait-failed
 * Refused: ONCE_NOT_ISSUED
 */
#include "../misuse.h"

static int next(struct once_ring *ring, struct once_cqe *cqe)
{
	int rc = once_peek(ring, cqe);

	if (rc < 0)
		note("next", rc);
	return rc;
}

int program(struct once_ring *ring)
{
	struct once_cqe cqe;

#ifdef WRONG
	(void)next(ring, &cqe);
#else
	if (next(ring, &cqe) < 0)
		return 0;
#endif
	once_seen(ring, &cqe);
	return 0;
}
