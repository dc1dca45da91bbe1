/* SPDX-License-Identifier: MIT */
/* Deadline: durations as moments of the monotonic clock, and what is left until one. */
#include "ring.h"

enum { NANOSECONDS = 1000000000 };

bool once_timespec_is_valid(const struct once_timespec *time)
{
	return time->seconds >= 0 && time->nanoseconds >= 0 && time->nanoseconds < NANOSECONDS;
}

uint64_t once_end_of(const struct once_timespec *time)
{
	const uint64_t now = once_port_now();
	const uint64_t seconds_left = (UINT64_MAX - now) / NANOSECONDS;

	if ((uint64_t)time->seconds >= seconds_left)
		return UINT64_MAX;
	return now + (uint64_t)time->seconds * NANOSECONDS + (uint64_t)time->nanoseconds;
}

/* By the clock: the kernel hides it if the CQ is not empty, as behind a held token. */
int once_why_woken(uint64_t end)
{
	return once_port_now() >= end ? -ETIME : -EINTR;
}

struct once_timespec once_left_until(uint64_t end)
{
	const uint64_t now = once_port_now();
	const uint64_t left = end > now ? end - now : 0;
	const struct once_timespec time = {
		(int64_t)(left / NANOSECONDS), (int64_t)(left % NANOSECONDS)
	};

	return time;
}
