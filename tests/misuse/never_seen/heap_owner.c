/* SPDX-License-Identifier: MIT */
/*
 * The owner lives on the heap; an error returns before the token is seen.
 * Mistake: never-seen
 * Refused: none; drain and close refuse with ONCE_STILL_HELD
 */
#include "../misuse.h"

#include <stdlib.h>

static int read_nothing(struct once_ring *ring, struct request *request)
{
	struct once_sqe sqe;
	int rc = once_take(ring, &sqe);

	if (rc < 0)
		return rc;
	once_prep_read(&sqe, -1, request->buffer, sizeof(request->buffer), 0);
	return once_arm(&sqe, request_lend(request), NULL);
}

int program(struct once_ring *ring)
{
	struct request *request = calloc(1, sizeof(*request)), *owner;
	struct once_cqe cqe;
	int rc;

	if (request == NULL)
		return -ENOMEM;
	rc = read_nothing(ring, request);
	if (rc < 0) {
		free(request);
		return rc;
	}
	rc = once_submit(ring);
	if (rc < 0)
		return rc; /* the request is the ring's */
	rc = once_wait(ring, &cqe);
	if (rc < 0)
		return rc;
	rc = once_result(&cqe);
#ifdef WRONG
	if (rc < 0)
		return rc;
#endif
	if (request_of(&cqe, &owner) == 0)
		free(owner);
	once_seen(ring, &cqe);
	return rc;
}
