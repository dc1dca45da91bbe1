/* SPDX-License-Identifier: MIT */
/* Operations for the programs of the corpus, on a real ring or in Eva's model. */
#include "misuse.h"

int start(struct once_ring *r, struct request *owner, unsigned count)
{
	int rc;

	for (unsigned i = 0; i < count; i++) {
		struct once_sqe sqe;

		rc = once_take(r, &sqe);
		if (rc < 0)
			return rc;
		once_prep_nop(&sqe);
		rc = once_arm(&sqe, request_lend(owner), NULL);
		if (rc < 0)
			return rc;
	}
	rc = once_submit(r);
	return rc < 0 ? rc : 0;
}

int start_failing(struct once_ring *r, struct request *owner)
{
	struct once_sqe sqe;
	int rc = once_take(r, &sqe);

	if (rc < 0)
		return rc;
	once_prep_read(&sqe, -1, owner->buffer, sizeof(owner->buffer), 0);
	rc = once_arm(&sqe, request_lend(owner), NULL);
	if (rc < 0)
		return rc;
	rc = once_submit(r);
	return rc < 0 ? rc : 0;
}
