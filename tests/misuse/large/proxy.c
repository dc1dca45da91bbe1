/* SPDX-License-Identifier: MIT */
/*
 * A proxy between two sockets: what one side says is sent to the other. The
 * token of a read is held, in its channel, until the send of its bytes is done.
 *
 * Bug 1: never-seen, ONCE_STILL_HELD: a channel that ends forgets the token it holds
 * Bug 2: seen-twice, ONCE_SEEN_TWICE: the held token is seen on both ends of a send
 * Bug 3: used-after-seen, ONCE_SPENT: the length to send is read from the seen token
 * Bug 4: wait-failed, ONCE_NOT_ISSUED: after -ETIME the token is looked at
 * Bug 5: ignored, ONCE_NOT_ISSUED: the peek before the wait is not believed
 * Bug 6: never-armed, ONCE_NOT_ARMED: nothing to send, and the SQE is forgotten
 */
#include "../misuse.h"

#include <sys/socket.h>
#include <unistd.h>

enum { MESSAGE = 5 };

struct channel {
	int from, to;
	bool sending;
	bool ended;
	bool held;             /* input is a token that was not seen yet */
	struct once_cqe input;
	size_t total;
	char buffer[64];
};

ONCE_OWNER(channel, struct channel);

struct proxy {
	struct once_ring *ring;
	int open;
	unsigned quiet;
};

static int receive(struct proxy *proxy, struct channel *channel)
{
	struct once_sqe sqe;
	int rc = once_take(proxy->ring, &sqe);

	if (rc < 0)
		return rc;
	channel->sending = false;
	once_prep_recv(&sqe, channel->from, channel->buffer, sizeof(channel->buffer), 0);
	rc = once_arm(&sqe, channel_lend(channel), NULL);
	return rc;
}

static int forward(struct proxy *proxy, struct channel *channel, int length)
{
	struct once_sqe sqe;
	int rc = once_take(proxy->ring, &sqe);

	if (rc < 0)
		return rc;
	if (length == 0) {
#if BUG != 6
		once_give_back(&sqe);
#endif
		shutdown(channel->to, SHUT_WR);
		return 0;
	}
	channel->sending = true;
	once_prep_send(&sqe, channel->to, channel->buffer, (size_t)length, 0);
	return once_arm(&sqe, channel_lend(channel), NULL);
}

static void end(struct proxy *proxy, struct channel *channel)
{
	channel->ended = true;
	proxy->open--;
	if (channel->held)
		once_seen(proxy->ring, &channel->input);
	channel->held = false;
}

/* A read is done; its token is kept in the channel until the send is. */
static int received(struct proxy *proxy, struct channel *channel, const struct once_cqe *cqe)
{
	int length = once_result(cqe);

	if (length <= 0) {
#if BUG != 1
		once_seen(proxy->ring, cqe);
#endif
		end(proxy, channel);
		return length < 0 ? length : forward(proxy, channel, 0);
	}
	channel->input = *cqe;
	channel->held = true;
	return forward(proxy, channel, length);
}

/* A send is done: both tokens are seen. */
static int sent(struct proxy *proxy, struct channel *channel, const struct once_cqe *cqe)
{
	int length = once_result(cqe);

	once_seen(proxy->ring, cqe);
#if BUG == 2
	once_seen(proxy->ring, &channel->input);
#endif
	if (channel->held)
		once_seen(proxy->ring, &channel->input);
	channel->held = false;
#if BUG == 3
	length = once_result(cqe);
#endif
	if (length < 0) {
		end(proxy, channel);
		return length;
	}
	channel->total += (size_t)length;
	return receive(proxy, channel);
}

static int step(struct proxy *proxy, const struct once_cqe *cqe)
{
	struct channel *channel = NULL;
	int rc = channel_of(cqe, &channel);

	if (rc != 0 || channel == NULL) {
		once_seen(proxy->ring, cqe);
		return rc;
	}
	if (channel->sending)
		return sent(proxy, channel, cqe);
	return received(proxy, channel, cqe);
}

static int run(struct proxy *proxy)
{
	const struct once_timespec patience = { 0, 5000000 };

	while (proxy->open > 0 && proxy->quiet < 2) {
		struct once_cqe cqe;
		unsigned submitted = 0;
		int rc;

#if BUG == 5
		once_peek(proxy->ring, &cqe);
		rc = step(proxy, &cqe);
		if (rc < 0)
			return rc;
#endif
		rc = once_submit_and_wait_timeout(proxy->ring, &cqe, 1, &patience, NULL, &submitted);
		switch (rc) {
		case 0:
			break;
		case -ETIME:
			proxy->quiet++;
#if BUG == 4
			once_seen(proxy->ring, &cqe);
#endif
			continue;
		case -EINTR:
		case -EAGAIN:
			continue;
		default:
			return rc;
		}
		rc = step(proxy, &cqe);
		if (rc < 0)
			note("channel", rc);
	}
	return 0;
}

int program(struct once_ring *ring)
{
	static struct channel up, down;
	struct proxy proxy = { .ring = ring, .open = 2 };
	int client[2], server[2], rc;

	if (socketpair(AF_UNIX, SOCK_STREAM, 0, client) < 0 ||
	    socketpair(AF_UNIX, SOCK_STREAM, 0, server) < 0)
		return -errno;
	up.from = down.to = client[1];
	up.to = down.from = server[1];
	if (send(client[0], "hello", MESSAGE, 0) < 0 || send(server[0], "world", MESSAGE, 0) < 0)
		return -errno;
	shutdown(client[0], SHUT_WR);
	rc = receive(&proxy, &up);
	if (rc == 0)
		rc = receive(&proxy, &down);
	if (rc == 0)
		rc = run(&proxy);
	if (!up.ended)
		end(&proxy, &up);
	if (!down.ended)
		end(&proxy, &down);
	close(client[0]);
	close(server[0]);
	return rc;
}
