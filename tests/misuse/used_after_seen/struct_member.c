/* SPDX-License-Identifier: MIT */
/*
 * A connection keeps a token that was seen.
 * Mistake: used-after-seen
 * Refused: ONCE_SPENT
 */
#include "../misuse.h"

struct connection {
	struct once_cqe last;
	int bytes;
};

static void account(struct connection *connection)
{
	connection->bytes += once_result(&connection->last);
}

int program(struct once_ring *ring)
{
	struct connection connection = { .bytes = 0 };
	static struct request request;
	struct once_cqe cqe;
	int rc = start(ring, &request, 1);

	if (rc < 0)
		return rc;
	rc = once_wait(ring, &cqe);
	if (rc < 0)
		return rc;
	connection.last = cqe;
#ifdef WRONG
	once_seen(ring, &cqe);
	account(&connection);
#else
	account(&connection);
	once_seen(ring, &cqe);
#endif
	return connection.bytes;
}
