/* SPDX-License-Identifier: MIT */
/*
 * Arm: TAKEN → ARMED. The inline in oncering/arm.h has checked, copied and
 * stamped a plain SQE; what is not plain is done here.
 */
#include "ring.h"

const struct once_type once_cookie_type = { "uint64_t cookie", sizeof(uint64_t) };

/* How many CQEs a raw SQE may post: ONCE_SHAPE_*. */
static uint32_t raw_shape(const struct once_wire *wire)
{
	bool many;

	switch (once_wire_opcode(wire)) {
	case ONCE_OP_SEND_ZC:
	case ONCE_OP_SENDMSG_ZC:
		return ONCE_SHAPE_ZERO_COPY;
	case ONCE_OP_READ_MULTISHOT:
		many = true;
		break;
	case ONCE_OP_POLL_ADD:
		many = (once_wire_length(wire) & ONCE_POLL_ADD_MULTI) != 0;
		break;
	case ONCE_OP_TIMEOUT:
		many = (once_wire_op_flags(wire) & ONCE_TIMEOUT_MULTISHOT) != 0;
		break;
	case ONCE_OP_ACCEPT:
		many = (once_wire_ioprio(wire) & ONCE_ACCEPT_MULTISHOT) != 0;
		break;
	case ONCE_OP_RECV:
	case ONCE_OP_RECVMSG:
		many = (once_wire_ioprio(wire) & ONCE_RECV_MULTISHOT) != 0;
		break;
	default:
		many = false;
		break;
	}
	return many ? ONCE_SHAPE_MULTISHOT : ONCE_SHAPE_ONE;
}

/* What is wrong with a raw SQE: 0 or its fault. */
static int raw_fault(const struct once_wire *wire)
{
	const uint32_t flags = once_wire_flags(wire);

	if (flags > ONCE_SQE_FLAGS_KNOWN)
		return (flags & ONCE_SQE_SKIP_SUCCESS) != 0 ? ONCE_SKIP_SUCCESS : ONCE_BAD_ARGUMENT;
	if (wire->user_data != 0)
		return ONCE_USER_DATA;
	if (once_wire_opcode(wire) == ONCE_OP_POLL_REMOVE &&
	    (once_wire_length(wire) & ONCE_POLL_UPDATE_USER_DATA) != 0)
		return ONCE_REWRITES_ID;
	return 0;
}

/* Set aside CQ places for more than one CQE; false if too few are left. */
static bool lend_credit(struct once_ring *ring, uint32_t slot, uint32_t credit)
{
	struct once_submit_side *side = &ring->submit;
	const uint64_t out = side->credit_taken - once_load_acquire(&ring->complete.credit_returned);

	if (credit > ring->credit_places - out)
		return false;
	ring->memory.credits[slot] = credit;
	once_store_relaxed(&side->credit_taken, side->credit_taken + credit);
	return true;
}

int once_write_special(struct once_sqe *sqe)
{
	struct once_ring *ring = sqe->ring;
	const uint32_t index = once_next_index(ring);
	const bool raw = (sqe->shape & ONCE_SHAPE_RAW) != 0;
	const int fault = raw ? raw_fault(&sqe->wire) : 0;
	const uint32_t shape = raw ? raw_shape(&sqe->wire) : sqe->shape;
	uint32_t credit = 0;

	if (fault != 0)
		return fault;
	if ((shape & ONCE_SHAPE_MULTISHOT) != 0)
		credit = ring->multishot_credit;
	else if ((shape & ONCE_SHAPE_ZERO_COPY) != 0)
		credit = 1;
	if (credit != 0 && !lend_credit(ring, once_id_slot(sqe->id), credit))
		return ONCE_NO_CREDIT;
	once_wire_copy(&ring->view.sqes[index], &sqe->wire, sqe->id);
	if ((shape & ONCE_SHAPE_TIMED) != 0) {
		ring->memory.times[index] = sqe->time;
		ring->view.sqes[index].addr = once_port_address(&ring->memory.times[index]);
	}
	return 0;
}

/* TAKEN → FREE; it uses a generation up, so that copies of the SQE are stale. */
static void untake(struct once_ring *ring, struct once_op *op, uint32_t slot)
{
	struct once_submit_side *side = &ring->submit;

	side->room++;
	once_store_relaxed(&op->id, op->id + 1);
	if (side->wear_from != 0)
		once_store_relaxed(&side->wear_from, side->wear_from - 1);
	if (once_id_generation(op->id) == 0) {
		once_store_relaxed(&op->life, ONCE_LIFE_RETIRED);
		once_store_relaxed32(&side->retired, side->retired + 1);
		return;
	}
	once_store_relaxed(&op->life, ONCE_LIFE_FREE);
	ring->memory.stack[side->free] = slot;
	once_store_relaxed32(&side->free, side->free + 1);
}

static bool is_taken(const struct once_op *op, uint64_t id)
{
	return op->id == id + ONCE_AT_REST && once_load_relaxed(&op->life) == ONCE_LIFE_TAKEN;
}

/* Not a taken SQE (any more). */
static int refuse_stale(const struct once_ring *ring, const struct once_op *op, uint64_t id,
			const char *call)
{
	return once_refuse_slot(ring, ONCE_NOT_TAKEN, call, once_id_slot(id),
				once_id_generation(op->id), once_id_generation(id));
}

int once_arm_refused(struct once_ring *ring, struct once_op *op, uint64_t id, int fault)
{
	if (!is_taken(op, id))
		return refuse_stale(ring, op, id, "once_arm");
	untake(ring, op, once_id_slot(id));
	return once_refuse_slot(ring, fault, "once_arm", once_id_slot(id), 0, 0);
}

int once_core_give_back(struct once_op *op, struct once_ring *ring, uint64_t id)
{
	if (!is_taken(op, id))
		return refuse_stale(ring, op, id, "once_give_back");
	untake(ring, op, once_id_slot(id));
	return 0;
}

struct once_op *once_owe(struct once_op *op)
{
	return op;
}

void once_settle(struct once_op *op)
{
	(void)op;
}
