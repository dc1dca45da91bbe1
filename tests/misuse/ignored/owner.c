/* SPDX-License-Identifier: MIT */
/*
 * The owner may be of another type.
 * Mistake: ignored
 * Refused: ONCE_WRONG_TYPE
 */
#include "../misuse.h"

struct timer {
	int expired;
};

ONCE_OWNER(timer, struct timer);

int program(struct once_ring *ring)
{
	struct timer spare = { 0 };
	struct timer *timer = &spare;
	static struct request request;
	struct once_cqe cqe;
	int rc = start(ring, &request, 1);

	if (rc < 0)
		return rc;
	rc = once_wait(ring, &cqe);
	if (rc < 0)
		return rc;
#ifdef WRONG
	timer_of(&cqe, &timer);
	timer->expired++;
#else
	struct request *owner;

	if (request_of(&cqe, &owner) == 0)
		timer->expired++;
#endif
	once_seen(ring, &cqe);
	return timer->expired - 1;
}
