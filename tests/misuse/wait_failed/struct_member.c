/* SPDX-License-Identifier: MIT */
/*
 * A local connection, the answer lost.
 * Mistake: wait-failed
 * Refused: ONCE_NOT_ISSUED
 */
#include "../misuse.h"

struct connection {
	struct once_cqe last;
	int state;
};

int program(struct once_ring *ring)
{
	struct connection connection;

	connection.state = once_peek(ring, &connection.last);
	if (connection.state == -EINTR)
		return 0;
#ifndef WRONG
	if (connection.state < 0)
		return 0;
#endif
	once_seen(ring, &connection.last);
	return 0;
}
