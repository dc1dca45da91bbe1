/* SPDX-License-Identifier: MIT */
/*
 * What an optimiser would get wrong if it believed that a hold is fresh memory
 * and that seeing it is free(): pairs without a use, two of a kind, holds that
 * are one and the same, a hold that is read after it was seen.
 */
#include "probe.h"

int probe_pair(struct once_ring *ring)
{
	struct once_cqe cqe;

	if (once_wait(ring, &cqe) == 0)
		once_seen(ring, &cqe);
	return 0;
}

int probe_twice(struct once_ring *ring, const struct once_cqe *cqe)
{
	int first = once_seen(ring, cqe), second = once_seen(ring, cqe);

	return first == 0 && second == ONCE_SEEN_TWICE;
}

bool probe_same(struct once_ring *ring)
{
	int error = 0;
	struct once_hold *a = once_core_peek(ring, &error);
	struct once_hold *b = once_core_peek(ring, &error);

	return a == b;
}

bool probe_is_known(struct once_ring *ring, const struct once_hold *known)
{
	int error = 0;

	return once_core_wait(ring, &error) == known;
}

int probe_alias(struct once_ring *ring, struct once_hold *window)
{
	int error = 0;
	struct once_hold *hold = once_core_wait(ring, &error);

	if (hold == NULL)
		return error;
	hold->result = 1;
	window->result = 2;
	return hold->result;
}

int probe_after(struct once_ring *ring, const struct once_cqe *cqe)
{
	const struct once_hold *hold = cqe->hold;
	const int before = hold->result;

	once_seen(ring, cqe);
	return hold->result - before;
}

int probe_failed(struct once_ring *ring)
{
	struct once_cqe cqe = { 0 };
	int rc = once_peek(ring, &cqe);

	return cqe.hold == NULL ? rc : 0;
}
