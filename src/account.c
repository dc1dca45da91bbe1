/* SPDX-License-Identifier: MIT */
/* The accounts: differences of counters, each written by one side. */
#include "ring.h"

/* Operations ever armed. */
/*@ requires ring: \valid_read(ring);
    requires order: ring->submit.own_total <= ring->submit.sq_tail;
    assigns \nothing;
    ensures armed: \result == once_armed_ever(ring); */
static uint64_t armed_ever(const struct once_ring *ring)
{
	return once_load_relaxed(&ring->submit.sq_tail) - once_load_relaxed(&ring->submit.own_total);
}

/* Slots that have come back to the stack. */
/*@ requires ring: \valid_read(ring);
    assigns \nothing;
    ensures back: \result == once_came_back(ring); */
static uint64_t came_back(const struct once_ring *ring)
{
	return once_is_split(ring) ? once_load_relaxed(&ring->submit.collected) : ring->complete.freed;
}

uint32_t once_free(const struct once_ring *ring)
{
	const uint64_t back = came_back(ring);

	return once_load_relaxed32(&ring->submit.free) +
	       (uint32_t)(once_load_acquire(&ring->complete.freed) - back);
}

/* What left the stack and was not armed. */
uint32_t once_taken(const struct once_ring *ring)
{
	return ring->capacity - once_load_relaxed32(&ring->submit.free) -
	       once_load_relaxed32(&ring->submit.retired) -
	       (uint32_t)(armed_ever(ring) - came_back(ring));
}

uint32_t once_armed(const struct once_ring *ring)
{
	const uint64_t submitted = once_load_acquire(&ring->submit.submitted);

	return (uint32_t)(once_load_relaxed(&ring->submit.sq_tail) - submitted) -
	       once_load_relaxed32(&ring->submit.own_pending);
}

/* Ends first: they never outrun the arms. */
uint32_t once_in_flight(const struct once_ring *ring)
{
	const uint64_t passed = once_load_acquire(&ring->complete.freed) +
				once_load_relaxed32(&ring->complete.retired);

	return (uint32_t)(armed_ever(ring) - once_armed(ring) - passed);
}

uint32_t once_retired(const struct once_ring *ring)
{
	return once_load_relaxed32(&ring->complete.retired) +
	       once_load_relaxed32(&ring->submit.retired);
}

uint32_t once_capacity(const struct once_ring *ring)
{
	return ring->capacity;
}

uint32_t once_ready(const struct once_ring *ring)
{
	const uint64_t delivered = once_load_relaxed(&ring->complete.delivered);

	return ring->open == 0
		? 0 : once_ahead(once_load_kernel(ring->view.cq_tail),
				 (uint32_t)(delivered % ONCE_WORD_5));
}

uint32_t once_held(const struct once_ring *ring)
{
	return once_load_relaxed32(&ring->complete.held);
}

uint32_t once_reserved(const struct once_ring *ring)
{
	return once_load_relaxed32(&ring->complete.timers);
}

bool once_has_overflow(const struct once_ring *ring)
{
	return ring->open != 0 &&
	       (once_load_kernel(ring->view.sq_flags) & ONCE_SQ_CQ_OVERFLOW) != 0;
}

uint64_t once_armed_total(const struct once_ring *ring)
{
	return armed_ever(ring);
}

uint64_t once_passed_total(const struct once_ring *ring)
{
	return once_load_relaxed(&ring->complete.head) - ring->complete.opened_at;
}

int once_state_of(const struct once_ring *ring, const struct once_ticket *ticket)
{
	const struct once_ring *const issuer = ticket->ring;
	const uint32_t slot = once_id_slot(ticket->id);
	uint64_t life;
	uint64_t id;

	if (issuer != ring)
		return once_refuse_slot(ring, ONCE_OTHER_RING, "once_state_of", slot, 0, 0);
	if (slot >= ring->capacity)
		return ONCE_STATE_FREE;
	life = once_load_relaxed(&ring->memory.ops[slot].life);
	id = once_load_relaxed(&ring->memory.ops[slot].id);
	if (id == ticket->id)
		return life < once_load_acquire(&ring->submit.submitted) ? ONCE_STATE_IN_FLIGHT
									 : ONCE_STATE_ARMED;
	if (id <= ONCE_AT_REST || id - 1 - ONCE_AT_REST != ticket->id)
		return ONCE_STATE_FREE;
	if (life == ONCE_LIFE_ENDED)
		return ONCE_STATE_ENDED;
	return life == ONCE_LIFE_RETIRED ? ONCE_STATE_RETIRED : ONCE_STATE_FREE;
}
