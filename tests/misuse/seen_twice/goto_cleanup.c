/* SPDX-License-Identifier: MIT */
/*
 * Seen early, and again under the label.
 * Mistake: seen-twice
 * Refused: ONCE_SEEN_TWICE
 */
#include "../misuse.h"

int program(struct once_ring *ring)
{
	static struct request request;
	struct once_cqe cqe;
	int result, rc = start(ring, &request, 1);

	if (rc < 0)
		return rc;
	rc = once_wait(ring, &cqe);
	if (rc < 0)
		return rc;
	result = once_result(&cqe);
	if (result < 0)
		goto fail;
	once_seen(ring, &cqe);
	if (parse(result) < 0) {
		rc = -EPROTO;
#ifdef WRONG
		goto fail;
#else
		goto out;
#endif
	}
	return 0;
fail:
	once_seen(ring, &cqe);
out:
	note("gave up", rc);
	return rc;
}
