/* SPDX-License-Identifier: MIT */
/* Prepare: the one thing that the inlines of oncering/prepare*.h cannot do without a look at the ring. */
#include "ring.h"

void once_aim(struct once_sqe *sqe, uint8_t opcode, const struct once_ticket *ticket)
{
	struct once_ring *const ring = sqe->ring;
	const uint32_t slot = once_id_slot(ticket->id);

	once_fill(sqe, once_wire_head(opcode, 0, 0, -1), ticket->id, 0, 0);
	if (ticket->ring != ring)
		sqe->fault = ONCE_OTHER_RING;
	else if (slot >= ring->capacity ||
		 once_load_relaxed(&ring->memory.ops[slot].id) != ticket->id)
		sqe->fault = ONCE_STALE_TICKET;
}
