/* SPDX-License-Identifier: MIT */
/*
 * An event loop: timers, reads of a pipe and wake-ups come through one wait,
 * each event is handed to its handler through a table of callbacks.
 *
 * Bug 1: never-seen, ONCE_STILL_HELD: an event without a handler is skipped
 * Bug 2: seen-twice, ONCE_SEEN_TWICE: the reader sees on end of file, and so does the loop
 * Bug 3: used-after-seen, ONCE_SPENT: the log line behind the seen asks for the result
 * Bug 4: wait-failed, ONCE_SPENT: a wait that timed out goes on to the dispatch
 * Bug 5: ignored, ONCE_NOT_TAKEN: an event is queued although arming was refused
 * Bug 6: never-armed, ONCE_NOT_ARMED: an unknown kind of event keeps its SQE
 */
#include "../misuse.h"

#include <unistd.h>

enum kind { TIMER, READER, WAKE, UNKNOWN };

struct event {
	enum kind kind;
	int fd;
	int fired;
	char buffer[32];
};

ONCE_OWNER(event, struct event);

struct loop {
	struct once_ring *ring;
	int pending;
	bool stopping;
};

static int queue(struct loop *loop, struct event *event)
{
	const struct once_timespec soon = { 0, 1000000 };
	struct once_sqe sqe;
	int rc = once_take(loop->ring, &sqe);

	if (rc < 0)
		return rc;
	switch (event->kind) {
	case TIMER:
		once_prep_timeout(&sqe, &soon, 0, 0);
		break;
	case READER:
		once_prep_read(&sqe, event->fd, event->buffer, sizeof(event->buffer), ONCE_CURRENT);
		break;
	case WAKE:
		once_prep_nop(&sqe);
		break;
	case UNKNOWN:
	default:
#if BUG != 6
		once_give_back(&sqe);
#endif
		return -EINVAL;
	}
	rc = once_arm(&sqe, event_lend(event), NULL);
	if (rc < 0)
		return rc;
#if BUG == 5
	once_arm(&sqe, event_lend(event), NULL);
#endif
	loop->pending++;
	return 0;
}

static void on_timer(struct loop *loop, struct event *event, const struct once_cqe *cqe)
{
	(void)loop;
	if (once_result(cqe) == -ETIME)
		event->fired++;
}

static void on_reader(struct loop *loop, struct event *event, const struct once_cqe *cqe)
{
	int bytes = once_result(cqe);

	if (bytes <= 0) {
		loop->stopping = true;
#if BUG == 2
		once_seen(loop->ring, cqe);
#endif
		return;
	}
	event->fired += bytes;
}

static void on_wake(struct loop *loop, struct event *event, const struct once_cqe *cqe)
{
	(void)loop;
	if (once_result(cqe) == 0)
		event->fired++;
}

static int dispatch(struct loop *loop, const struct once_cqe *cqe)
{
	struct event *event = NULL;
	int rc = event_of(cqe, &event);

	if (rc != 0 || event == NULL) {
		once_seen(loop->ring, cqe);
		return rc;
	}
	loop->pending--;
	switch (event->kind) {
	case TIMER:
		on_timer(loop, event, cqe);
		break;
	case READER:
		on_reader(loop, event, cqe);
		break;
	case WAKE:
#if BUG == 1
		if (event->fired > 0)
			return 0;
#endif
		on_wake(loop, event, cqe);
		break;
	case UNKNOWN:
	default:
		note("unknown event", (int)event->kind);
		break;
	}
	once_seen(loop->ring, cqe);
#if BUG == 3
	note("event", once_result(cqe));
#endif
	return 0;
}

static int run(struct loop *loop)
{
	const struct once_timespec patience = { 0, 2000000 };
	int idle = 0;

	while (loop->pending > 0 || idle == 0) {
		struct once_cqe cqe;
		int rc = once_wait_timeout(loop->ring, &cqe, &patience);

		if (rc == -EINTR || rc == -EAGAIN)
			continue;
		if (rc == -ETIME) {
			idle++;
#if BUG != 4
			continue;
#endif
		} else if (rc < 0) {
			return rc;
		}
		rc = dispatch(loop, &cqe);
		if (rc < 0)
			return rc;
	}
	return 0;
}

int program(struct once_ring *ring)
{
	static struct event events[] = {
		{ .kind = TIMER }, { .kind = READER }, { .kind = WAKE, .fired = 1 }, { .kind = UNKNOWN }
	};
	struct loop loop = { .ring = ring };
	int pipes[2], rc;

	if (pipe(pipes) < 0)
		return -errno;
	events[1].fd = pipes[0];
	close(pipes[1]);
	for (unsigned i = 0; i < sizeof(events) / sizeof(events[0]); i++) {
		rc = queue(&loop, &events[i]);
		if (rc < 0)
			note("not queued", rc);
	}
	rc = once_submit(ring);
	if (rc >= 0)
		rc = run(&loop);
	close(pipes[0]);
	return rc;
}
