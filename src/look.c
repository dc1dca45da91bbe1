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
	return a == b || (a->size == b->size && strcmp(a->name, b->name) == 0);
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

/* The place of the token's CQE in the CQ. */
static size_t place(const struct once_cqe *cqe)
{
	return (size_t)(cqe->hold - cqe->ring->memory.window) << cqe->ring->cqe_shift;
}

int once_core_ticket_of(const struct once_cqe *cqe, struct once_ticket *ticket)
{
	const struct once_ring *ring = cqe->ring;

	if (cqe->hold->slot >= ring->capacity)
		return once_refuse_position(ring, ONCE_FOREIGN, "once_ticket_of", cqe->position, 0);
	ticket->ring = cqe->ring;
	ticket->id = ring->view.cqes[place(cqe)].user_data;
	return 0;
}

int once_user_data(const struct once_cqe *cqe, uint64_t *value)
{
	if (!once_is_held(cqe))
		return once_core_spent(cqe->ring, cqe->hold, cqe->position);
	*value = cqe->ring->view.cqes[place(cqe)].user_data;
	return 0;
}

int once_extra(const struct once_cqe *cqe, uint64_t extra[2])
{
	const struct once_wire_cqe *tail;

	if (!once_is_held(cqe))
		return once_core_spent(cqe->ring, cqe->hold, cqe->position);
	if (cqe->ring->cqe_shift == 0)
		return once_refuse_position(cqe->ring, ONCE_NOT_CQE32, "once_extra", cqe->position, 0);
	tail = &cqe->ring->view.cqes[place(cqe) + 1];
	extra[0] = tail->user_data;
	extra[1] = (uint64_t)(uint32_t)tail->res + (uint64_t)tail->flags * UINT64_C(0x100000000);
	return 0;
}
