/* SPDX-License-Identifier: MIT */
/*
 * One kind of request is not known.
 * Mistake: never-armed
 * Refused: none; submit refuses with ONCE_NOT_ARMED
 */
#include "../misuse.h"

enum kind { READ, NOP, OTHER };

static int queue(struct once_ring *ring, struct request *request, enum kind kind)
{
	struct once_sqe sqe;
	int rc = once_take(ring, &sqe);

	if (rc < 0)
		return rc;
	switch (kind) {
	case READ:
		once_prep_read(&sqe, request->fd, request->buffer, sizeof(request->buffer), 0);
		break;
	case NOP:
		once_prep_nop(&sqe);
		break;
	case OTHER:
	default:
#ifndef WRONG
		once_give_back(&sqe);
#endif
		return -EINVAL;
	}
	return once_arm(&sqe, request_lend(request), NULL);
}

int program(struct once_ring *ring)
{
	static struct request request;
	int rc = queue(ring, &request, NOP);

	if (rc == 0)
		rc = queue(ring, &request, OTHER);
	return rc;
}
