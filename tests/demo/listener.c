/* SPDX-License-Identifier: MIT */
/*
 * The completing side: an epoll loop that an eventfd wakes. The rule that
 * misses nothing: read the eventfd, then peek until -EAGAIN.
 */
#include "demo.h"

#include <errno.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

enum {
	WINDOW = 64,      /* tokens held at most */
	KEPT = 7,         /* ... and from one round to the next */
	OLDEST = 64,      /* ... while at most so many were delivered since */
	PATIENCE_MS = 2   /* then the kept ones are seen too */
};

struct held {
	struct once_cqe cqe;
	struct job *job;
	uint64_t number; /* in the order of delivery */
};

struct desk {
	struct held held[WINDOW];
	unsigned count;
	uint64_t random;
	unsigned char check[CHUNK_MAX];
};

/* What was read must be what pread(2) reads. */
static void check(struct listener *listener, struct desk *desk, const struct job *job, int result)
{
	struct account *account = &listener->account;
	const ssize_t plain =
		pread(job->file->fd, desk->check, job->length, (off_t)job->offset);

	if (result < 0 || plain != result || memcmp(desk->check, job->bytes, (size_t)plain) != 0)
		account->different++;
	else
		account->bytes += (uint64_t)result;
}

/* xorshift64 */
static unsigned draw(struct desk *desk, unsigned bound)
{
	desk->random ^= desk->random << 13;
	desk->random ^= desk->random >> 7;
	desk->random ^= desk->random << 17;
	return (unsigned)(desk->random % bound);
}

/* See the token at *pick*; its buffer can be used again. */
static void see_one(struct listener *listener, struct desk *desk, unsigned pick)
{
	struct account *account = &listener->account;
	const struct held one = desk->held[pick];
	bool first = true;
	int rc;

	desk->count--;
	desk->held[pick] = desk->held[desk->count];
	for (unsigned i = 0; i < desk->count; i++)
		first = first && desk->held[i].number > one.number;
	rc = once_seen(listener->ring, &one.cqe);
	if (rc < 0 && account->error == 0)
		account->error = rc;
	account->seen += rc == 0;
	account->out_of_order += !first;
	pool_return(listener->pool, one.job);
}

/*
 * See tokens, picked at random, until *keep* are left; and those that wait for
 * too long: no slot behind a token that is held is free again.
 */
static void see(struct listener *listener, struct desk *desk, unsigned keep)
{
	while (desk->count > keep)
		see_one(listener, desk, draw(desk, desk->count));
	for (unsigned i = desk->count; i > 0; i--)
		if (desk->held[i - 1].number + OLDEST < listener->account.delivered)
			see_one(listener, desk, i - 1);
}

/* Deliver one token: 0, -EAGAIN if there is none, or another answer. */
static int take_in(struct listener *listener, struct desk *desk)
{
	struct held *one = &desk->held[desk->count];
	int rc = once_peek(listener->ring, &one->cqe);

	if (rc < 0)
		return rc;
	one->number = listener->account.delivered;
	listener->account.delivered++;
	rc = job_of(&one->cqe, &one->job);
	if (rc < 0)
		return rc;
	check(listener, desk, one->job, once_result(&one->cqe));
	desk->count++;
	return 0;
}

static void drain(struct listener *listener, struct desk *desk)
{
	int rc;

	do {
		rc = take_in(listener, desk);
		if (desk->count == WINDOW)
			see(listener, desk, KEPT);
	} while (rc == 0);
	see(listener, desk, KEPT);
	if (rc != -EAGAIN && listener->account.error == 0)
		listener->account.error = rc;
}

static int watch(const struct listener *listener)
{
	struct epoll_event ring = { .events = EPOLLIN, .data.fd = listener->eventfd };
	struct epoll_event stop = { .events = EPOLLIN, .data.fd = listener->stop };
	const int epoll = epoll_create1(EPOLL_CLOEXEC);

	if (epoll >= 0 && (epoll_ctl(epoll, EPOLL_CTL_ADD, listener->eventfd, &ring) < 0 ||
			   epoll_ctl(epoll, EPOLL_CTL_ADD, listener->stop, &stop) < 0)) {
		close(epoll);
		return -1;
	}
	return epoll;
}

void *listen_for_completions(void *argument)
{
	static struct desk desk; /* one listener, and a window too large for some stacks */
	struct listener *listener = argument;
	const int epoll = watch(listener);
	bool stop = epoll < 0;

	desk.random = UINT64_C(0x9e3779b97f4a7c15);
	if (stop)
		listener->account.error = -errno;
	while (!stop) {
		struct epoll_event event;
		const int events = epoll_wait(epoll, &event, 1, desk.count != 0 ? PATIENCE_MS : -1);
		uint64_t count;

		if (events == 0)
			see(listener, &desk, 0);
		if (events <= 0)
			continue;
		stop = event.data.fd == listener->stop;
		if (!stop && read(listener->eventfd, &count, sizeof count) > 0) {
			listener->account.wakeups++;
			drain(listener, &desk);
		}
	}
	if (epoll >= 0)
		close(epoll);
	return NULL;
}
