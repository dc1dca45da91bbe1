/* SPDX-License-Identifier: MIT */
/*
 * The owner of nothing.
 * Mistake: wait-failed
 * Refused: ONCE_SPENT
 */
#include "../misuse.h"

int program(struct once_ring *ring)
{
	struct request *owner = NULL;
	struct once_cqe cqe;
	int rc = once_peek(ring, &cqe);

#ifdef WRONG
	if (rc == 0)
		note("delivered", rc);
	return once_is_terminal(&cqe);
#else
	if (rc < 0)
		return rc;
	rc = request_of(&cqe, &owner);
	if (rc == 0)
		owner->done = once_is_terminal(&cqe);
	once_seen(ring, &cqe);
	return rc;
#endif
}
