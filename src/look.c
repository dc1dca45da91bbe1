/* SPDX-License-Identifier: MIT */
/* Look at a held token: whose it is, and what only some rings have. */
#include "ring.h"

#include <string.h>

int once_core_spent(const struct once_ring *ring, const struct once_hold *hold, uint64_t position)
{
	if (hold == NULL)
		return ONCE_SPENT; /* zeroed: there is no ring to report to */
	return once_refuse_position(ring, ONCE_SPENT, "once_result", position, 0);
}

bool once_same_type(const struct once_type *a, const struct once_type *b)
{
	return a == b || (a != NULL && a->size == b->size && strcmp(a->name, b->name) == 0);
}

int once_core_not_owner(const struct once_ring *ring, const struct once_hold *hold,
			uint64_t position)
{
	const char *const call = "once_owner";

	if (hold == NULL || hold->position != position)
		return once_core_spent(ring, hold, position);
	if (hold->slot >= ring->capacity)
		return once_refuse_position(ring, ONCE_FOREIGN, call, position, 0);
	return once_refuse_position(ring, ONCE_WRONG_TYPE, call, position,
				    ring->memory.ops[hold->slot].id);
}

/* The CQE that the token stands for. */
/*@ requires ring: once_cq_readable(ring);
    requires hold: once_hold_in_window(ring, hold);
    assigns \result \from ring->view.cqes, ring->cqe_shift, ring->memory.window, hold;
    ensures cqe: \result == once_cqe_behind(ring, hold);
    ensures readable: \valid_read(\result);
    ensures tail: ring->cqe_shift != 0 ==> \valid_read(\result + 1); */
static const struct once_wire_cqe *cqe_of(const struct once_ring *ring,
					  const struct once_hold *hold)
{
	return once_cqe_at(ring, (uint32_t)(hold - ring->memory.window));
}

int once_core_ticket_of(struct once_ring *ring, const struct once_hold *hold, uint64_t position,
			struct once_ticket *ticket)
{
	if (hold->slot >= ring->capacity)
		return once_refuse_position(ring, ONCE_FOREIGN, "once_ticket_of", position, 0);
	ticket->ring = ring;
	ticket->id = cqe_of(ring, hold)->user_data;
	return 0;
}

uint64_t once_core_user_data(const struct once_ring *ring, const struct once_hold *hold)
{
	return cqe_of(ring, hold)->user_data;
}

int once_core_extra(const struct once_ring *ring, const struct once_hold *hold, uint64_t position,
		    uint64_t extra[2])
{
	const struct once_wire_cqe *tail;

	if (ring->cqe_shift == 0)
		return once_refuse_position(ring, ONCE_NOT_CQE32, "once_extra", position, 0);
	tail = cqe_of(ring, hold) + 1;
	extra[0] = tail->user_data;
	extra[1] = once_bits(tail->res) + (uint64_t)tail->flags * UINT64_C(0x100000000);
	return 0;
}
