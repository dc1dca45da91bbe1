/* SPDX-License-Identifier: MIT */
/*
 * The callback sees, the dispatcher logs.
 * Mistake: used-after-seen
 * Refused: ONCE_SPENT
 */
#include "../misuse.h"

typedef void on_done(struct once_ring *ring, const struct once_cqe *cqe);

static void on_nop(struct once_ring *ring, const struct once_cqe *cqe)
{
	once_seen(ring, cqe);
}

int program(struct once_ring *ring)
{
	on_done *const done = on_nop;
	int result;
	static struct request request;
	struct once_cqe cqe;
	int rc = start(ring, &request, 1);

	if (rc < 0)
		return rc;
	rc = once_wait(ring, &cqe);
	if (rc < 0)
		return rc;
	result = once_result(&cqe);
	done(ring, &cqe);
#ifdef WRONG
	result = once_result(&cqe);
#endif
	note("done", result);
	return 0;
}
