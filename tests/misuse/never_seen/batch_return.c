/* SPDX-License-Identifier: MIT */
/*
 * Return from the middle of a batch.
 * Mistake: never-seen
 * Refused: none; drain and close refuse with ONCE_STILL_HELD
 */
#include "../misuse.h"

int program(struct once_ring *ring)
{
	static struct request request;
	struct once_cqe cqes[4];
	int count, rc = start(ring, &request, 3);

	if (rc < 0)
		return rc;
	count = once_peek_batch(ring, cqes, 4);
	for (int i = 0; i < count; i++) {
		int result = once_result(&cqes[i]);

		once_seen(ring, &cqes[i]);
		if (parse(result) < 0) {
#ifndef WRONG
			while (++i < count)
				once_seen(ring, &cqes[i]);
#endif
			return -EPROTO;
		}
	}
	return 0;
}
