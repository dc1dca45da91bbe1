/* SPDX-License-Identifier: MIT */
/*
 * Closing a connection sees the token it kept.
 * Mistake: seen-twice
 * Refused: ONCE_SEEN_TWICE
 */
#include "../misuse.h"

struct connection {
	struct once_cqe last;
	bool held;
};

static void close_connection(struct once_ring *ring, struct connection *connection)
{
	if (connection->held)
		once_seen(ring, &connection->last);
	connection->held = false;
}

int program(struct once_ring *ring)
{
	static struct request request;
	struct connection connection;
	int rc = start(ring, &request, 1);

	if (rc < 0)
		return rc;
	rc = once_wait(ring, &connection.last);
	if (rc < 0)
		return rc;
	connection.held = true;
	request.done = once_result(&connection.last);
	once_seen(ring, &connection.last);
#ifndef WRONG
	connection.held = false;
#endif
	close_connection(ring, &connection);
	return 0;
}
