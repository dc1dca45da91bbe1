/* SPDX-License-Identifier: MIT */
/*
 * The SQE lives in a job, and the job ends.
 * Mistake: never-armed
 * Refused: none; submit refuses with ONCE_NOT_ARMED
 */
#include "../misuse.h"

struct job {
	struct once_sqe sqe;
	struct request *request;
};

int program(struct once_ring *ring)
{
	static struct request request;
	struct job job = { .request = &request };
	int rc = once_take(ring, &job.sqe);

	if (rc < 0)
		return rc;
	once_prep_nop(&job.sqe);
	if (job.request->done == 0) {
#ifndef WRONG
		once_give_back(&job.sqe);
#endif
		return -ECANCELED;
	}
	return once_arm(&job.sqe, request_lend(job.request), NULL);
}
