/* SPDX-License-Identifier: MIT */
/*
 * The ticket of a multishot is fetched from a seen token.
 * Mistake: used-after-seen
 * Refused: ONCE_SPENT
 */
#include "../misuse.h"

int program(struct once_ring *ring)
{
	struct once_ticket ticket;
	static struct request request;
	struct once_cqe cqe;
	int rc = start(ring, &request, 1);

	if (rc < 0)
		return rc;
	rc = once_wait(ring, &cqe);
	if (rc < 0)
		return rc;
#ifdef WRONG
	once_seen(ring, &cqe);
	rc = once_ticket_of(&cqe, &ticket);
#else
	rc = once_ticket_of(&cqe, &ticket);
	once_seen(ring, &cqe);
#endif
	return rc;
}
