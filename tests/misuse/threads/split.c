/* SPDX-License-Identifier: MIT */
/*
 * Split mode: the completing thread queues the next operation itself.
 * Mistake: wrong-side
 */
#include "../misuse.h"

/* The submitting thread runs this, and so may call what submits. */
static int queue(struct once_ring *ring, struct request *request) ONCE_ON_SUBMITTING_SIDE;
static int queue(struct once_ring *ring, struct request *request)
{
	struct once_sqe sqe;
	int rc = once_take(ring, &sqe);

	if (rc < 0)
		return rc;
	once_prep_nop(&sqe);
	rc = once_arm(&sqe, request_lend(request), NULL);
	if (rc < 0)
		return rc;
	return once_submit(ring);
}

static int complete(struct once_ring *ring) ONCE_ON_COMPLETING_SIDE;
static int complete(struct once_ring *ring)
{
	struct request *request = NULL;
	struct once_cqe cqe;
	int rc = once_wait(ring, &cqe);

	if (rc < 0)
		return rc;
	rc = request_of(&cqe, &request);
	once_seen(ring, &cqe);
#ifdef WRONG
	if (rc == 0)
		rc = queue(ring, request);
#else
	if (rc == 0)
		request->done = 1; /* the submitting thread will queue it */
#endif
	return rc;
}

void *submitter(void *ring);
void *completer(void *ring);

void *submitter(void *ring)
{
	static struct request request;

	once_on_submitting_side();
	if (queue(ring, &request) < 0)
		return NULL;
	return ring;
}

void *completer(void *ring)
{
	once_on_completing_side();
	while (complete(ring) == 0)
		;
	return NULL;
}
