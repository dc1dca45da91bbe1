/* SPDX-License-Identifier: MIT */
/*
 * An echo server for the clients of a few socket pairs: receive, send back,
 * until the client has shut its end.
 *
 * Bug 1: never-seen, ONCE_STILL_HELD: the end of a connection leaves its token
 * Bug 2: seen-twice, ONCE_SEEN_TWICE: the error path sees, and falls into the common end
 * Bug 3: used-after-seen, ONCE_SPENT: the length to send is read from a seen token
 * Bug 4: wait-failed, ONCE_SPENT: only interrupted waits are told apart
 * Bug 5: ignored, ONCE_NOT_ARMED: a submit that was refused
 * Bug 6: never-armed, ONCE_NOT_ARMED: a connection that was closed meanwhile
 */
#include "../misuse.h"

#include <sys/socket.h>
#include <unistd.h>

enum { CLIENTS = 3, MESSAGE = 5 };

enum state { RECEIVING, SENDING, CLOSED };

struct connection {
	int fd;
	enum state state;
	size_t length;
	unsigned served;
	char buffer[64];
};

ONCE_OWNER(connection, struct connection);

struct server {
	struct once_ring *ring;
	struct connection connections[CLIENTS];
	int clients[CLIENTS];
	int open;
};

static int queue(struct server *server, struct connection *connection)
{
	struct once_sqe sqe;
	int rc = once_take(server->ring, &sqe);

	if (rc < 0)
		return rc;
	switch (connection->state) {
	case RECEIVING:
		once_prep_recv(&sqe, connection->fd, connection->buffer,
			       sizeof(connection->buffer), 0);
		break;
	case SENDING:
		once_prep_send(&sqe, connection->fd, connection->buffer, connection->length, 0);
		break;
	case CLOSED:
	default:
#if BUG != 6
		once_give_back(&sqe);
#endif
		return 0;
	}
	return once_arm(&sqe, connection_lend(connection), NULL);
}

static void end(struct server *server, struct connection *connection)
{
	close(connection->fd);
	connection->state = CLOSED;
	server->open--;
}

static void advance(struct server *server, struct connection *connection, int bytes)
{
	(void)server;
	if (connection->state == RECEIVING) {
		connection->length = (size_t)bytes;
		connection->state = SENDING;
	} else {
		connection->served++;
		connection->state = RECEIVING;
	}
}

static int handle(struct server *server, const struct once_cqe *cqe)
{
	struct connection *connection = NULL;
	int bytes, rc = connection_of(cqe, &connection);

	if (rc != 0 || connection == NULL)
		goto out;
	bytes = once_result(cqe);
	if (bytes == 0) {
		end(server, connection);
#if BUG == 1
		return 0;
#else
		goto out;
#endif
	}
	if (bytes < 0) {
		note("connection", bytes);
		end(server, connection);
#if BUG == 2
		once_seen(server->ring, cqe);
#endif
		goto out;
	}
#if BUG == 3
	once_seen(server->ring, cqe);
	advance(server, connection, once_result(cqe));
#else
	once_seen(server->ring, cqe);
	advance(server, connection, bytes);
#endif
	return queue(server, connection);
out:
	once_seen(server->ring, cqe);
	if (connection != NULL)
		rc = queue(server, connection);
	return rc;
}

static int serve(struct server *server)
{
	const struct once_timespec patience = { 0, 5000000 };

	while (server->open > 0) {
		struct once_cqe cqe;
		int rc;

#if BUG == 5
		struct once_sqe spare;

		if (once_take(server->ring, &spare) == 0) {
			once_submit(server->ring);
			once_give_back(&spare);
		}
#endif
		rc = once_submit(server->ring);
		if (rc < 0)
			return rc;
		rc = once_wait_timeout(server->ring, &cqe, &patience);
#if BUG == 4
		if (rc == -EINTR)
			continue;
#else
		if (rc == -EINTR || rc == -EAGAIN)
			continue;
		if (rc < 0)
			return rc;
#endif
		rc = handle(server, &cqe);
		if (rc < 0)
			return rc;
	}
	return 0;
}

int program(struct once_ring *ring)
{
	static struct server server;
	int rc = 0;

	server.ring = ring;
	for (int i = 0; i < CLIENTS; i++) {
		int pair[2];

		if (socketpair(AF_UNIX, SOCK_STREAM, 0, pair) < 0)
			return -errno;
		server.clients[i] = pair[0];
		server.connections[i].fd = pair[1];
		server.open++;
		if (send(pair[0], "hello", MESSAGE, 0) < 0)
			return -errno;
		/* the last one stays open, and says nothing more */
		if (i < CLIENTS - 1)
			shutdown(pair[0], SHUT_WR);
		if (i == 0)
			server.connections[i].fd = -1; /* fails with -EBADF */
		rc = queue(&server, &server.connections[i]);
		if (rc < 0)
			return rc;
	}
	rc = serve(&server);
	for (int i = 0; i < CLIENTS; i++)
		close(server.clients[i]);
	return rc == -ETIME ? 0 : rc;
}
