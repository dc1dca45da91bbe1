/* SPDX-License-Identifier: MIT */
/*
 * The callback sees, and the dispatcher does.
 * Mistake: seen-twice
 * Refused: ONCE_SEEN_TWICE
 */
#include "../misuse.h"

typedef void on_done(struct once_ring *ring, struct once_cqe *cqe);

static void on_nop(struct once_ring *ring, struct once_cqe *cqe)
{
	note("nop", once_result(cqe));
#ifdef WRONG
	once_seen(ring, cqe);
#else
	(void)ring;
#endif
}

int program(struct once_ring *ring)
{
	static struct request request;
	on_done *const done = on_nop;
	struct once_cqe cqe;
	int rc = start(ring, &request, 1);

	if (rc < 0)
		return rc;
	rc = once_wait(ring, &cqe);
	if (rc < 0)
		return rc;
	done(ring, &cqe);
	once_seen(ring, &cqe);
	return 0;
}
