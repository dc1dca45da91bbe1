/* SPDX-License-Identifier: MIT */
/*
 * A loop counts operations, not answers.
 * Mistake: ignored
 * Refused: ONCE_SEEN_TWICE
 */
#include "../misuse.h"

int program(struct once_ring *ring)
{
	static struct request request;
	int rc = start(ring, &request, 2);

	if (rc < 0)
		return rc;
	for (int i = 0; i < 3; i++) {
		struct once_cqe cqe;

#ifdef WRONG
		once_peek(ring, &cqe);
#else
		if (once_peek(ring, &cqe) < 0)
			break;
#endif
		once_seen(ring, &cqe);
	}
	return 0;
}
