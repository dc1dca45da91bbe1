/* SPDX-License-Identifier: MIT */
/*
 * Cores that do what no allocator does, as the library's own may: one place for
 * every delivery, which lives on and changes when it is seen.
 */
#include "probe.h"

#include <errno.h>
#include <stdio.h>

static struct once_hold place = { .result = 7 };
static bool empty;
static unsigned waits, seens;

struct once_hold *once_core_peek(struct once_ring *ring, int *error)
{
	(void)ring;
	*error = -EAGAIN;
	return empty ? NULL : &place;
}

struct once_hold *once_core_wait(struct once_ring *ring, int *error)
{
	(void)ring;
	(void)error;
	waits++;
	return &place;
}

int once_core_seen(struct once_ring *ring, struct once_hold *hold, uint64_t position,
		   const struct once_ring *issuer)
{
	(void)ring;
	(void)position;
	(void)issuer;
	hold->result += 5;
	return ++seens % 2 == 1 ? 0 : ONCE_SEEN_TWICE;
}

static unsigned failed;

static void expect(bool holds, const char *what)
{
	if (!holds) {
		printf("an optimiser was promised something false: %s\n", what);
		failed++;
	}
}

int main(void)
{
	static struct once_ring ring;
	const struct once_cqe cqe = { &ring, &place, 0 };

	expect(probe_twice(&ring, &cqe) == 1 && seens == 2, "two seens are two calls, two answers");
	expect(probe_pair(&ring) == 0 && waits == 1 && seens == 3, "a wait and its seen stay");
	expect(probe_same(&ring), "two deliveries may give one place");
	expect(probe_is_known(&ring, &place), "a delivery may give a known place");
	expect(probe_alias(&ring, &place) == 2, "a delivered place has other names");
	expect(probe_after(&ring, &cqe) == 5, "a place that was seen can be read, and has changed");
	empty = true;
	expect(probe_failed(&ring) == -EAGAIN, "a delivery may fail");
	return failed == 0 ? 0 : 1;
}
