/* SPDX-License-Identifier: MIT */
/*
 * The last token of a loop is seen once more behind it.
 * Mistake: seen-twice
 * Refused: ONCE_SEEN_TWICE
 */
#include "../misuse.h"

int program(struct once_ring *ring)
{
	static struct request request;
	struct once_cqe cqe;
	int rc = start(ring, &request, 2);

	if (rc < 0)
		return rc;
	do {
		rc = once_wait(ring, &cqe);
		if (rc < 0)
			return rc;
		request.done++;
		once_seen(ring, &cqe);
	} while (request.done < 2);
#ifdef WRONG
	once_seen(ring, &cqe);
#endif
	return 0;
}
