/* SPDX-License-Identifier: MIT */
/*
 * A peek loop that returns when it found what it looked for.
 * Mistake: never-seen
 * Refused: none; drain and close refuse with ONCE_STILL_HELD
 */
#include "../misuse.h"

int program(struct once_ring *ring)
{
	static struct request request;
	struct once_cqe cqe;
	int rc = start(ring, &request, 2);

	if (rc < 0)
		return rc;
	while (once_peek(ring, &cqe) == 0) {
		int result = once_result(&cqe);

#ifdef WRONG
		if (result == 0)
			return 1;
		once_seen(ring, &cqe);
#else
		once_seen(ring, &cqe);
		if (result == 0)
			return 1;
#endif
	}
	return 0;
}
