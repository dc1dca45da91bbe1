/* SPDX-License-Identifier: MIT */
/* Close: refused while anything is the kernel's or a token is out. */
#include "ring.h"

/*@ requires ring: once_readable(ring);
    requires counts: once_counts(ring);
    assigns \nothing;
    ensures slots: \result.taken == once_count_taken(ring) &&
            \result.armed == once_count_armed(ring) &&
            \result.in_flight == once_count_in_flight(ring);
    ensures tokens: \result.held == ring->complete.held;
    ensures reserved: \result.reserved == ring->complete.timers;
    ensures closed: ring->open == 0 ==> \result.ready == 0 && \result.overflow == false; */
static struct once_report report_of(const struct once_ring *ring)
{
	const struct once_report report = {
		.taken = once_taken(ring),
		.armed = once_armed(ring),
		.in_flight = once_in_flight(ring),
		.held = once_held(ring),
		.reserved = once_reserved(ring),
		.ready = once_ready(ring),
		.overflow = once_has_overflow(ring)
	};

	return report;
}

/* Nothing that was handed out can match what is left: SQEs, tickets, tokens. */
static void void_memory(struct once_ring *ring)
{
	for (uint32_t slot = 0; slot < ring->capacity; slot++) {
		ring->memory.ops[slot].id = once_id_of(0, slot, 0) + ONCE_AT_REST;
		ring->memory.ops[slot].life = ONCE_LIFE_FREE;
	}
	for (uint32_t place = 0; place < ring->view.cq_entries; place++)
		ring->memory.window[place].position = ONCE_SEEN_MARK;
}

/* The kernel's ring is gone; so is everything that names it. */
/* The most generations that a slot has used, its next one among them: 0 is what follows the last. */
static uint64_t oldest(const struct once_ring *ring)
{
	uint64_t most = 0;

	for (uint32_t slot = 0; slot < ring->capacity; slot++) {
		const uint64_t next = once_id_generation(ring->memory.ops[slot].id);
		const uint64_t used = next != 0 ? next : ONCE_GENERATIONS;

		most = used > most ? used : most;
	}
	return most;
}

static void shut(struct once_ring *ring)
{
	const struct once_submit_side no_submit = { 0 };
	const struct once_complete_side no_complete = { 0 };

	once_port_close(&ring->port);
	if (ring->ages != 0)
		once_port_note_generations((uint32_t)(ring->tag / ONCE_TAG_UNIT), oldest(ring));
	void_memory(ring);
	ring->open = 0;
	ring->simple = 0;
	ring->capacity = 0;
	ring->view.cq_entries = 0;
	ring->submit = no_submit;
	ring->complete = no_complete;
}

int once_close(struct once_ring *ring, struct once_report *report)
{
	const char *const call = "once_close";
	struct once_report now;

	if (ring->open == 0)
		return once_refuse_submit(ring, ONCE_NOT_OPEN, call);
	now = report_of(ring);
	if (report != NULL)
		*report = now;
	if (now.taken != 0)
		return once_refuse_submit_value(ring, ONCE_STILL_TAKEN, call, 0, now.taken);
	if (now.held != 0)
		return once_refuse_submit_value(ring, ONCE_STILL_HELD, call, 0, now.held);
	if (now.armed != 0 || now.in_flight != 0)
		return once_refuse_submit_value(ring, ONCE_STILL_LIVE, call, 0,
					 (uint64_t)now.armed + now.in_flight);
	if (now.reserved != 0)
		return once_refuse_submit_value(ring, ONCE_STILL_RESERVED, call, 0, now.reserved);
	if (now.ready != 0 || now.overflow)
		return once_refuse_submit_value(ring, ONCE_STILL_READY, call, 0, now.ready);
	shut(ring);
	return 0;
}

int once_abandon(struct once_ring *ring, struct once_report *report)
{
	if (ring->open == 0)
		return once_refuse_submit(ring, ONCE_NOT_OPEN, "once_abandon");
	if (report != NULL)
		*report = report_of(ring);
	shut(ring);
	return 0;
}

uint32_t once_survivors(const struct once_ring *ring, struct once_survivor *survivors,
			uint32_t places)
{
	uint32_t count = 0;

	for (uint32_t slot = 0; slot < ring->capacity; slot++) {
		const struct once_op *op = &ring->memory.ops[slot];

		if (!once_is_live(ring, slot))
			continue;
		if (count < places) {
			struct once_survivor *survivor = &survivors[count];

			survivor->ticket.ring = (struct once_ring *)(uintptr_t)ring;
			survivor->ticket.id = op->id;
			survivor->lent = op->lent;
			survivor->state = once_state_of(ring, &survivor->ticket);
		}
		count++;
	}
	return count;
}
