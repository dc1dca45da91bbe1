/* SPDX-License-Identifier: MIT */
/*
 * The token lives in a connection.
 * Mistake: never-seen
 * Refused: none; drain and close refuse with ONCE_STILL_HELD
 */
#include "../misuse.h"

struct connection {
	struct once_cqe last;
	int bytes;
};

int program(struct once_ring *ring)
{
	static struct request request;
	struct connection connection = { .bytes = 0 };
	int rc = start(ring, &request, 1);

	if (rc < 0)
		return rc;
	rc = once_wait(ring, &connection.last);
	if (rc < 0)
		return rc;
	connection.bytes += once_result(&connection.last);
	if (parse(connection.bytes) < 0) {
		note("protocol", connection.bytes);
#ifndef WRONG
		once_seen(ring, &connection.last);
#endif
		return -EPROTO;
	}
	once_seen(ring, &connection.last);
	return 0;
}
