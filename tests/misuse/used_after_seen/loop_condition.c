/* SPDX-License-Identifier: MIT */
/*
 * The loop's condition reads what its body saw.
 * Mistake: used-after-seen
 * Refused: ONCE_SPENT
 */
#include "../misuse.h"

int program(struct once_ring *ring)
{
	static struct request request;
	struct once_cqe cqe;
	int result, rc = start(ring, &request, 2);

	if (rc < 0)
		return rc;
	do {
		rc = once_wait(ring, &cqe);
		if (rc < 0)
			return rc;
		result = once_result(&cqe);
		request.done++;
		once_seen(ring, &cqe);
#ifdef WRONG
	} while (request.done < 2 && once_result(&cqe) >= 0);
#else
	} while (request.done < 2 && result >= 0);
#endif
	note("last", result);
	return 0;
}
