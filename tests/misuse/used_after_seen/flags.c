/* SPDX-License-Identifier: MIT */
/*
 * The flags decide after the token was seen.
 * Mistake: used-after-seen
 * Refused: ONCE_SPENT
 */
#include "../misuse.h"

int program(struct once_ring *ring)
{
	uint32_t flags;
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
	once_seen(ring, &cqe);
	flags = once_flags(&cqe);
#else
	flags = once_flags(&cqe);
	once_seen(ring, &cqe);
#endif
	if ((flags & 2U) == 0)
		request.done = 1;
	return 0;
}
