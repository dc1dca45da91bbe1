/* SPDX-License-Identifier: MIT */
/* A refusal becomes a violation record, goes to the handler, and returns its code. */
#include "ring.h"

/*@ requires ring: \valid_read(ring) && \valid_read(violation);
    assigns \nothing;
    ensures code: \result == violation->code; */
static int report(const struct once_ring *ring, const struct once_violation *violation)
{
	once_port_report(ring->handler, ring->context, (ring->options & ONCE_TRAP) != 0, violation);
	return violation->code;
}

int once_refuse_submit(const struct once_ring *ring, int code, const char *call)
{
	return once_refuse_slot(ring, code, call, ONCE_NO_INDEX, 0, 0);
}

int once_refuse_submit_value(const struct once_ring *ring, int code, const char *call,
			     uint64_t expected, uint64_t found)
{
	return once_refuse_slot(ring, code, call, ONCE_NO_INDEX, expected, found);
}

int once_refuse_slot(const struct once_ring *ring, int code, const char *call, uint32_t slot,
		     uint64_t expected, uint64_t found)
{
	const struct once_violation violation = {
		code, slot, ONCE_NO_POSITION, expected, found, call,
		ring->submit.site.file, ring->submit.site.line
	};

	return report(ring, &violation);
}

int once_refuse_complete(const struct once_ring *ring, int code, const char *call)
{
	return once_refuse_complete_value(ring, code, call, 0, 0);
}

int once_refuse_complete_value(const struct once_ring *ring, int code, const char *call,
			       uint64_t expected, uint64_t found)
{
	const struct once_violation violation = {
		code, ONCE_NO_INDEX, ONCE_NO_POSITION, expected, found, call,
		ring->complete.site.file, ring->complete.site.line
	};

	return report(ring, &violation);
}

/* *id*: the identity that was found; its slot tells the generation expected there. */
int once_refuse_position(const struct once_ring *ring, int code, const char *call,
			 uint64_t position, uint64_t id)
{
	struct once_violation violation = {
		code, ONCE_NO_INDEX, position, 0, once_id_generation(id), call,
		ring->complete.site.file, ring->complete.site.line
	};
	const uint32_t slot = once_id_slot(id);

	if (id != 0 && slot < ring->capacity) {
		violation.slot = slot;
		violation.expected = once_id_generation(once_load_relaxed(&ring->memory.ops[slot].id));
	}
	return report(ring, &violation);
}
