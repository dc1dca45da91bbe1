/* SPDX-License-Identifier: MIT */
/*
 * The failure branch reads the token.
 * Mistake: wait-failed
 * Refused: ONCE_SPENT
 */
#include "../misuse.h"

int program(struct once_ring *ring)
{
	struct once_cqe cqe;
	int result, rc = once_peek(ring, &cqe);

	if (rc < 0) {
#ifdef WRONG
		return once_result(&cqe);
#else
		return rc;
#endif
	}
	result = once_result(&cqe);
	once_seen(ring, &cqe);
	return result;
}
