/* SPDX-License-Identifier: MIT */
/*
 * The class is asked for behind the seen.
 * Mistake: used-after-seen
 * Refused: ONCE_SPENT
 */
#include "../misuse.h"

int program(struct once_ring *ring)
{
	bool ours;
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
	ours = once_class(&cqe) == ONCE_CLASS_OWNED;
#else
	ours = once_class(&cqe) == ONCE_CLASS_OWNED;
	once_seen(ring, &cqe);
#endif
	return ours ? 0 : -ENOENT;
}
