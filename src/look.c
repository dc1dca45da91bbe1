/* SPDX-License-Identifier: MIT */
/* Look at a held token: whose it is, and what only some rings have. */
#include "ring.h"

#include <string.h>

/*@ requires ring: hold != \null ==> \valid_read(ring) &&
            \valid_read(ring->memory.ops + (0 .. ring->capacity - 1));
    assigns \nothing;
    ensures spent: \result == ONCE_SPENT; */
int once_core_spent(const struct once_ring *ring, const struct once_hold *hold, uint64_t position)
{
	if (hold == NULL)
		return ONCE_SPENT; /* zeroed: there is no ring to report to */
	return once_refuse_position(ring, ONCE_SPENT, "once_result", position, 0);
}

/*@ requires types: \valid_read(a) && \valid_read(b);
    requires names: valid_read_string(a->name) && valid_read_string(b->name);
    assigns \nothing;
    ensures same: a == b ==> \result == true;
    ensures sizes: a->size != b->size ==> \result == false; */
bool once_same_type(const struct once_type *a, const struct once_type *b)
{
	return a == b || (a->size == b->size && strcmp(a->name, b->name) == 0);
}

/*@ requires hold: hold == \null || \valid_read(hold);
    requires ring: \valid_read(ring) && \valid_read(ring->memory.ops + (0 .. ring->capacity - 1));
    assigns \nothing;
    behavior spent:
      assumes spent: hold == \null || hold->position != position;
      ensures refused: \result == ONCE_SPENT;
    behavior foreign:
      assumes held: hold != \null && hold->position == position;
      assumes foreign: hold->slot >= ring->capacity;
      ensures refused: \result == ONCE_FOREIGN;
    behavior other_type:
      assumes held: hold != \null && hold->position == position;
      assumes ours: hold->slot < ring->capacity;
      ensures refused: \result == ONCE_WRONG_TYPE;
    complete behaviors;
    disjoint behaviors; */
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
static size_t place(const struct once_ring *ring, const struct once_hold *hold)
{
	return (size_t)(hold - ring->memory.window) << ring->cqe_shift;
}

int once_core_ticket_of(struct once_ring *ring, const struct once_hold *hold, uint64_t position,
			struct once_ticket *ticket)
{
	if (hold->slot >= ring->capacity)
		return once_refuse_position(ring, ONCE_FOREIGN, "once_ticket_of", position, 0);
	ticket->ring = ring;
	ticket->id = ring->view.cqes[place(ring, hold)].user_data;
	return 0;
}

uint64_t once_core_user_data(const struct once_ring *ring, const struct once_hold *hold)
{
	return ring->view.cqes[place(ring, hold)].user_data;
}

int once_core_extra(const struct once_ring *ring, const struct once_hold *hold, uint64_t position,
		    uint64_t extra[2])
{
	const struct once_wire_cqe *tail;

	if (ring->cqe_shift == 0)
		return once_refuse_position(ring, ONCE_NOT_CQE32, "once_extra", position, 0);
	tail = &ring->view.cqes[place(ring, hold) + 1];
	extra[0] = tail->user_data;
	extra[1] = (uint64_t)(uint32_t)tail->res + (uint64_t)tail->flags * UINT64_C(0x100000000);
	return 0;
}
