/* SPDX-License-Identifier: MIT */
/* The seam to the process: its threads, its handlers. */
#include "port.h"

#include <stdlib.h>

static uint64_t rings_opened;

uint64_t once_port_serial(void)
{
	return __atomic_add_fetch(&rings_opened, 1, __ATOMIC_RELAXED);
}

static uint64_t generations[ONCE_TAGS + 1];

uint64_t once_port_generations(uint32_t tag)
{
	return __atomic_load_n(&generations[tag], __ATOMIC_RELAXED);
}

void once_port_note_generations(uint32_t tag, uint64_t used)
{
	uint64_t known = once_port_generations(tag);

	while (known < used && !__atomic_compare_exchange_n(&generations[tag], &known, used, true,
							    __ATOMIC_RELAXED, __ATOMIC_RELAXED))
		continue;
}

/* A number, not an address: those of threads that are gone come back. */
uint64_t once_port_thread(void)
{
	static _Thread_local uint64_t self;
	static uint64_t threads;

	if (self == 0)
		self = __atomic_add_fetch(&threads, 1, __ATOMIC_RELAXED);
	return self;
}

uint64_t once_port_address(const struct once_timespec *time)
{
	return (uint64_t)(uintptr_t)time;
}

void once_port_report(once_handler *handler, void *context, bool trap,
		      const struct once_violation *violation)
{
	if (handler != NULL)
		handler(context, violation);
	if (trap)
		abort();
}
