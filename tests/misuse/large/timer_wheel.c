/* SPDX-License-Identifier: MIT */
/*
 * A timer wheel on one tick: a timeout operation is the tick, and timers hang
 * in slots. Each tick arms the next one, and runs the timers that are due.
 *
 * Bug 1: never-seen, ONCE_STILL_HELD: the last tick is not seen
 * Bug 2: seen-twice, ONCE_SEEN_TWICE: a cancelled tick is seen by its case and by the end
 * Bug 3: used-after-seen, ONCE_SPENT: the tick's result is asked for again, to log it
 * Bug 4: wait-failed, ONCE_SPENT: the result is read before the answer is looked at
 * Bug 5: ignored, ONCE_NOT_ARMED: a submit between take and arm
 * Bug 6: never-armed, ONCE_NOT_ARMED: stopped between take and arm
 */
#include "../misuse.h"

enum { SLOTS = 8, TIMERS = 4, TICK = 500000 };

struct timer {
	struct timer *next;
	unsigned rounds;
	int (*expired)(struct timer *timer);
	unsigned count;
};

struct wheel {
	struct timer *slots[SLOTS];
	unsigned now;
	unsigned ticks;
	unsigned left;
	bool stopping;
};

ONCE_OWNER(wheel, struct wheel);

static void add(struct wheel *wheel, struct timer *timer, unsigned ticks)
{
	unsigned slot = (wheel->now + ticks) % SLOTS;

	timer->rounds = ticks / SLOTS;
	timer->next = wheel->slots[slot];
	wheel->slots[slot] = timer;
	wheel->left++;
}

static void expire(struct wheel *wheel)
{
	struct timer **link = &wheel->slots[wheel->now % SLOTS];

	while (*link != NULL) {
		struct timer *timer = *link;

		if (timer->rounds > 0) {
			timer->rounds--;
			link = &timer->next;
			continue;
		}
		*link = timer->next;
		wheel->left--;
		if (timer->expired(timer) < 0)
			wheel->stopping = true;
	}
}

static int tick(struct once_ring *ring, struct wheel *wheel)
{
	const struct once_timespec time = { 0, TICK };
	struct once_sqe sqe;
	int rc = once_take(ring, &sqe);

	if (rc < 0)
		return rc;
#if BUG == 5
	once_submit(ring);
#endif
	if (wheel->stopping) {
#if BUG != 6
		once_give_back(&sqe);
#endif
		return 0;
	}
	once_prep_timeout(&sqe, &time, 0, 0);
	rc = once_arm(&sqe, wheel_lend(wheel), NULL);
	if (rc < 0)
		return rc;
	rc = once_submit(ring);
	return rc < 0 ? rc : 0;
}

static int handle(struct once_ring *ring, const struct once_cqe *cqe)
{
	struct wheel *wheel = NULL;
	int rc = wheel_of(cqe, &wheel);

	if (rc != 0 || wheel == NULL) {
		once_seen(ring, cqe);
		return rc;
	}
	switch (once_result(cqe)) {
	case -ETIME:
		wheel->ticks++;
		wheel->now++;
		expire(wheel);
#if BUG == 2
		if (wheel->left == 0)
			once_seen(ring, cqe);
#endif
		break;
	case -ECANCELED:
		wheel->stopping = true;
		break;
	default:
		note("tick", 0);
		break;
	}
#if BUG == 1
	if (wheel->left == 0)
		return 1;
#endif
	once_seen(ring, cqe);
#if BUG == 3
	if (once_result(cqe) != -ETIME)
		wheel->stopping = true;
#endif
	if (wheel->left == 0)
		wheel->stopping = true;
	rc = tick(ring, wheel);
	return rc < 0 ? rc : wheel->stopping;
}

static int turn(struct once_ring *ring)
{
	const struct once_timespec patience = { 1, 0 };

	for (;;) {
		struct once_cqe cqe;
#if BUG == 4
		int rc = once_peek(ring, &cqe);

		note("tick came with", once_result(&cqe));
		if (rc == -EAGAIN)
			rc = once_wait_timeout(ring, &cqe, &patience);
#else
		int rc = once_wait_timeout(ring, &cqe, &patience);
#endif

		if (rc == -EINTR || rc == -EAGAIN)
			continue;
		if (rc < 0)
			return rc;
		rc = handle(ring, &cqe);
		if (rc < 0)
			return rc;
		if (rc > 0)
			return 0;
	}
}

static int count(struct timer *timer)
{
	timer->count++;
	return 0;
}

int program(struct once_ring *ring)
{
	static struct wheel wheel;
	static struct timer timers[TIMERS];
	unsigned expired = 0;
	int rc;

	for (unsigned i = 0; i < TIMERS; i++) {
		timers[i].expired = count;
		add(&wheel, &timers[i], 1 + 3 * i);
	}
	rc = tick(ring, &wheel);
	if (rc == 0)
		rc = turn(ring);
	for (unsigned i = 0; i < TIMERS; i++)
		expired += timers[i].count;
	return rc == 0 && expired != TIMERS ? -EIO : rc;
}
