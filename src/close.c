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
/*@ requires slots: \valid(ring) && ring->capacity <= ONCE_CAPACITY_MAX &&
             \valid(ring->memory.ops + (0 .. ring->capacity - 1)) &&
             \base_addr(ring) != \base_addr(ring->memory.ops);
    requires window: once_window_memory(ring) &&
             \base_addr(ring->memory.window) != \base_addr(ring->memory.ops);
    assigns ring->memory.ops[0 .. ring->capacity - 1],
            ring->memory.window[0 .. ring->view.cq_entries - 1];
    ensures ids: \forall integer s; 0 <= s < ring->capacity ==>
            ring->memory.ops[s].id == (s + 1) * 0x10000000000;
    ensures lives: \forall integer s; 0 <= s < ring->capacity ==>
            ring->memory.ops[s].life == ONCE_LIFE_FREE;
    ensures marked: once_window_marked(ring); */
static void void_memory(struct once_ring *ring)
{
	struct once_op *const ops = ring->memory.ops;
	struct once_hold *const window = ring->memory.window;
	const uint32_t capacity = ring->capacity;
	const uint32_t places = ring->view.cq_entries;

	/*@ loop invariant range: 0 <= slot <= capacity;
	    loop invariant ids: \forall integer s; 0 <= s < slot ==>
	      ops[s].id == (s + 1) * 0x10000000000;
	    loop invariant lives: \forall integer s; 0 <= s < slot ==> ops[s].life == ONCE_LIFE_FREE;
	    loop assigns slot, ops[0 .. capacity - 1];
	    loop variant capacity - slot; */
	for (uint32_t slot = 0; slot < capacity; slot++) {
		ops[slot].id = once_id_of(0, slot, 0) + ONCE_AT_REST;
		ops[slot].life = ONCE_LIFE_FREE;
	}
	/*@ loop invariant range: 0 <= place <= places;
	    loop invariant marked: \forall integer i; 0 <= i < place ==>
	      window[i].position == ONCE_NO_POSITION;
	    loop assigns place, window[0 .. places - 1];
	    loop variant places - place; */
	for (uint32_t place = 0; place < places; place++)
		window[place].position = ONCE_SEEN_MARK;
}

/* The most generations that a slot has used, its next one among them: 0 is what follows the last. */
/*@ requires ring: \valid_read(ring) && \valid_read(ring->memory.ops + (0 .. ring->capacity - 1));
    assigns \nothing;
    ensures bound: \result <= ONCE_GENERATIONS;
    ensures most: \forall integer s; 0 <= s < ring->capacity ==>
            once_generation_of(ring->memory.ops[s].id) <= \result;
    ensures worn: \forall integer s; 0 <= s < ring->capacity ==>
            once_generation_of(ring->memory.ops[s].id) == 0 ==> \result == ONCE_GENERATIONS; */
static uint64_t oldest(const struct once_ring *ring)
{
	uint64_t most = 0;

	/*@ loop invariant range: 0 <= slot <= ring->capacity;
	    loop invariant bound: most <= ONCE_GENERATIONS;
	    loop invariant most: \forall integer s; 0 <= s < slot ==>
	      once_generation_of(ring->memory.ops[s].id) <= most;
	    loop invariant worn: \forall integer s; 0 <= s < slot ==>
	      once_generation_of(ring->memory.ops[s].id) == 0 ==> most == ONCE_GENERATIONS;
	    loop assigns slot, most;
	    loop variant ring->capacity - slot; */
	for (uint32_t slot = 0; slot < ring->capacity; slot++) {
		const uint64_t next = once_id_generation(ring->memory.ops[slot].id);
		const uint64_t used = next != 0 ? next : ONCE_GENERATIONS;

		most = used > most ? used : most;
	}
	return most;
}

/* The kernel's ring is gone; so is everything that names it. */
/*@ requires slots: \valid(ring) && ring->capacity <= ONCE_CAPACITY_MAX &&
             \valid(ring->memory.ops + (0 .. ring->capacity - 1)) &&
             \base_addr(ring) != \base_addr(ring->memory.ops);
    requires window: once_window_memory(ring) &&
             \base_addr(ring->memory.window) != \base_addr(ring->memory.ops);
    requires tag: ring->ages != 0 ==> once_is_tag(ring->tag / 0x100000000000000);
    assigns ring->port, ring->open, ring->simple, ring->capacity, ring->view.cq_entries,
            ring->submit, ring->complete, ring->memory.ops[0 .. ring->capacity - 1],
            ring->memory.window[0 .. ring->view.cq_entries - 1];
    ensures closed: ring->open == 0 && ring->simple == 0 && ring->capacity == 0 &&
            ring->view.cq_entries == 0;
    ensures zeroes: once_sides_are_void(ring); */
static void shut(struct once_ring *ring)
{
	once_port_close(&ring->port);
	if (ring->ages != 0)
		once_port_note_generations((uint32_t)(ring->tag / ONCE_TAG_UNIT), oldest(ring));
	void_memory(ring);
	ring->open = 0;
	ring->simple = 0;
	ring->capacity = 0;
	ring->view.cq_entries = 0;
	once_void_sides(ring);
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
	/*@ assert ring: ring->capacity == \at(ring->capacity, Pre) && ring->ages == \at(ring->ages, Pre) &&
	      ring->tag == \at(ring->tag, Pre) && ring->view.cq_entries == \at(ring->view.cq_entries, Pre); */
	/*@ assert arrays: ring->memory.ops == \at(ring->memory.ops, Pre) &&
	      ring->memory.window == \at(ring->memory.window, Pre); */
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
	/*@ assert closed: once_closed(ring); */
	return 0;
}

int once_abandon(struct once_ring *ring, struct once_report *report)
{
	if (ring->open == 0)
		return once_refuse_submit(ring, ONCE_NOT_OPEN, "once_abandon");
	if (report != NULL)
		*report = report_of(ring);
	/*@ assert ring: ring->capacity == \at(ring->capacity, Pre) && ring->ages == \at(ring->ages, Pre) &&
	      ring->tag == \at(ring->tag, Pre) && ring->view.cq_entries == \at(ring->view.cq_entries, Pre); */
	/*@ assert arrays: ring->memory.ops == \at(ring->memory.ops, Pre) &&
	      ring->memory.window == \at(ring->memory.window, Pre); */
	shut(ring);
	return 0;
}

uint32_t once_survivors(const struct once_ring *ring, struct once_survivor *survivors,
			uint32_t places)
{
	uint32_t count = 0;

	/*@ loop invariant range: count <= slot <= ring->capacity;
	    loop invariant none: count == 0 ==> (\forall integer s; 0 <= s < slot ==>
	      once_slot_of(ring->memory.ops[s].id) != s);
	    loop assigns slot, count, survivors[0 .. places - 1];
	    loop variant ring->capacity - slot; */
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
