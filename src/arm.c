/* SPDX-License-Identifier: MIT */
/*
 * Arm: TAKEN → ARMED. The inline in oncering/arm.h has checked, copied and
 * stamped a plain SQE; what is not plain is done here.
 */
#include "ring.h"

const struct once_type once_cookie_type = { "uint64_t cookie", sizeof(uint64_t) };

/* How many CQEs a raw SQE may post: ONCE_SHAPE_*. */
/*@ requires wire: \valid_read(wire);
    assigns \nothing;
    ensures shape: \result == ONCE_SHAPE_ONE || \result == ONCE_SHAPE_ZERO_COPY ||
            \result == ONCE_SHAPE_MULTISHOT;
    ensures zero_copy: \result == ONCE_SHAPE_ZERO_COPY <==>
            wire->head % 0x100 == ONCE_OP_SEND_ZC || wire->head % 0x100 == ONCE_OP_SENDMSG_ZC; */
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
/*@ requires wire: \valid_read(wire);
    assigns \nothing;
    ensures fault: \result == 0 || \result == ONCE_SKIP_SUCCESS ||
            \result == ONCE_BAD_ARGUMENT || \result == ONCE_USER_DATA ||
            \result == ONCE_REWRITES_ID;
    ensures flags: \result == 0 ==> wire->head / 0x100 % 0x100 <= ONCE_SQE_FLAGS_KNOWN;
    ensures unset: \result == 0 ==> wire->user_data == 0; */
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

/* The sums are right below slot, at it and above it: they are right. */
/*@ ghost
  /@ requires below: \forall integer i; 0 <= i < slot ==>
       ring->memory.credits[i] == once_credit_sum[i + 1] - once_credit_sum[i];
     requires here: ring->memory.credits[slot] == once_credit_sum[slot + 1] - once_credit_sum[slot];
     requires above: \forall integer i; slot < i < ring->capacity ==>
       ring->memory.credits[i] == once_credit_sum[i + 1] - once_credit_sum[i];
     assigns \nothing;
     ensures credits: once_credits(ring);
  @/
  static void lemma_credits(struct once_ring *ring, uint32_t slot)
  {
    ;
  }
*/

/* Set aside CQ places for more than one CQE; false if too few are left. */
/*@ requires ring: once_opened(ring);
    requires slot: slot < ring->capacity && once_state[slot] == ONCE_IS_TAKEN;
    assigns ring->memory.credits[slot], ring->submit.credit_taken, once_credit_sum[0 .. 65536],
            once_arming;
    ONCE_KEEPS_SLOTS(ring);
    ONCE_KEEPS_WINDOW(ring);
    ONCE_KEEPS_BOOKS(ring);
    ensures prefix: once_prefix(ring);
    ensures lent: \result == true ==> once_arming == slot && ring->memory.credits[slot] == credit;
    ensures refused: \result == false ==> once_arming == ONCE_NO_INDEX; */
static bool lend_credit(struct once_ring *ring, uint32_t slot, uint32_t credit)
{
	struct once_submit_side *side = &ring->submit;
	const uint64_t out = side->credit_taken - once_load_acquire(&ring->complete.credit_returned);

	if (credit > ring->credit_places - out || side->credit_taken >= ONCE_COUNTER_END)
		return false;
	/*@ ghost once_set_credit(ring->capacity, slot, 0, credit); */
	/*@ ghost once_arming = slot; */
	ring->memory.credits[slot] = credit;
	once_store_relaxed(&side->credit_taken, side->credit_taken + credit);
	/*@ assert mine: once_credit_sum[slot + 1] - once_credit_sum[slot] == credit &&
	      ring->memory.credits[slot] == credit && ring->capacity == \at(ring->capacity, Pre); */
	/*@ assert others: \forall integer i; 0 <= i < ring->capacity && i != slot ==>
	      ring->memory.credits[i] == \at(ring->memory.credits[i], Pre) &&
	      once_credit_sum[i + 1] - once_credit_sum[i] ==
	        \at(once_credit_sum[i + 1], Pre) - \at(once_credit_sum[i], Pre); */
	/*@ assert below: \forall integer i; 0 <= i < slot ==>
	      ring->memory.credits[i] == once_credit_sum[i + 1] - once_credit_sum[i]; */
	/*@ assert above: \forall integer i; slot < i < ring->capacity ==>
	      ring->memory.credits[i] == once_credit_sum[i + 1] - once_credit_sum[i]; */
	/*@ ghost lemma_credits(ring, slot); */
	return true;
}

void once_write_time(struct once_ring *ring, uint32_t index, const struct once_timespec *time)
{
	ring->memory.times[index] = *time;
	ring->view.sqes[index].addr = once_port_address(&ring->memory.times[index]);
	/*@ assert own: ONCE_OWN_AS(ring, Pre) &&
	      ring->submit.own_pending == \at(ring->submit.own_pending, Pre); */
}

int once_write_special(struct once_sqe *sqe)
{
	struct once_ring *ring = sqe->ring;
	/*@ ghost once_lemma_slot(ring->tag, (uint32_t)(sqe->op - ring->memory.ops), sqe->id); */
	/*@ assert slot: once_slot_of(sqe->id) < ring->capacity &&
	      once_state[once_slot_of(sqe->id)] == ONCE_IS_TAKEN; */
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
	/*@ assert room: once_sq_has_place(ring) && sqe->ring == ring; */
	if (credit != 0 && !lend_credit(ring, once_id_slot(sqe->id), credit))
		return ONCE_NO_CREDIT;
	/*@ assert room: once_sq_has_place(ring) && sqe->ring == ring; */
	once_write_sqe(ring, index, sqe, sqe->id);
	/*@ assert room: once_sq_has_place(ring) && sqe->ring == ring; */
	if ((shape & ONCE_SHAPE_TIMED) != 0)
		once_write_time(ring, index, &sqe->time);
	/*@ assert room: once_sq_has_place(ring) && sqe->ring == ring; */
	return 0;
}

/* A generation is used up: wear_from comes nearer. */
/*@ requires ring: once_opened(ring);
    assigns ring->submit.wear_from;
    ONCE_KEEPS_SLOTS(ring);
    ONCE_KEEPS_WINDOW(ring);
    ONCE_KEEPS_BOOKS(ring);
    ensures prefix: once_prefix(ring);
    ensures arming: once_arming == ONCE_NO_INDEX;
    ensures spare: ring->submit.sq_tail < ring->submit.wear_from ==>
            (\forall integer s; 0 <= s < ring->capacity ==>
             ring->memory.ops[s].id + 1 + (ring->submit.wear_from - ring->submit.sq_tail) <=
             ring->tag + s * once_G + (once_state[s] == ONCE_IS_LIVE ? once_G - 1 : 2 * once_G)); */
static inline void lower_wear(struct once_ring *ring)
{
	struct once_submit_side *side = &ring->submit;

	if (side->wear_from != 0)
		once_store_relaxed(&side->wear_from, side->wear_from - 1);
}

/* TAKEN → RETIRED: its generations are used up. */
/*@ requires ring: once_opened(ring);
    requires slot: slot < ring->capacity && once_state[slot] == ONCE_IS_TAKEN;
    requires worn: once_worn(ring->tag, slot, ring->memory.ops[slot].id + 1);
    requires spare: ring->submit.sq_tail >= ring->submit.wear_from;
    assigns ring->submit.room, ring->submit.retired, ring->memory.ops[slot].id,
            ring->memory.ops[slot].life, once_at[0 .. 65535], once_place[0 .. 65535],
            once_state[slot], once_n_taken, once_n_retired;
    ONCE_KEEPS_SLOTS(ring);
    ONCE_KEEPS_WINDOW(ring);
    ONCE_KEEPS_BOOKS(ring);
    ensures prefix: once_prefix(ring);
    ensures arming: once_arming == ONCE_NO_INDEX;
    ensures spent: ring->memory.ops[slot].id == \old(ring->memory.ops[slot].id) + 1;
    ensures counts: once_n_taken == \old(once_n_taken) - 1; */
static inline void retire_taken(struct once_ring *ring, uint32_t slot)
{
	struct once_submit_side *side = &ring->submit;
	struct once_op *op = &ring->memory.ops[slot];

	/*@ ghost once_move_taken_retired(ring->capacity, slot); */
	side->room++;
	once_store_relaxed(&op->id, op->id + 1);
	once_store_relaxed(&op->life, ONCE_LIFE_RETIRED);
	once_store_relaxed32(&side->retired, side->retired + 1);
}

/* TAKEN → FREE */
/*@ requires ring: once_opened(ring);
    requires slot: slot < ring->capacity && once_state[slot] == ONCE_IS_TAKEN;
    requires rests: once_rests(ring->tag, slot, ring->memory.ops[slot].id + 1);
    requires spare: ring->submit.sq_tail < ring->submit.wear_from ==>
             ring->memory.ops[slot].id + 1 + (ring->submit.wear_from - ring->submit.sq_tail) <=
             ring->tag + slot * once_G + 2 * once_G;
    assigns ring->submit.room, ring->submit.free, ring->memory.ops[slot].id,
            ring->memory.ops[slot].life, ring->memory.stack[ring->submit.free],
            once_at[0 .. 65535], once_place[0 .. 65535], once_state[slot], once_rank[slot],
            once_n_taken, once_n_free;
    ONCE_KEEPS_SLOTS(ring);
    ONCE_KEEPS_WINDOW(ring);
    ONCE_KEEPS_BOOKS(ring);
    ensures prefix: once_prefix(ring);
    ensures arming: once_arming == ONCE_NO_INDEX;
    ensures spent: ring->memory.ops[slot].id == \old(ring->memory.ops[slot].id) + 1;
    ensures counts: once_n_taken == \old(once_n_taken) - 1; */
static inline void free_taken(struct once_ring *ring, uint32_t slot)
{
	struct once_submit_side *side = &ring->submit;
	struct once_op *op = &ring->memory.ops[slot];
	const uint32_t free = side->free;

	/*@ ghost once_move_taken_free(ring->capacity, slot); */
	/*@ ghost once_rank[slot] = free; */
	side->room++;
	once_store_relaxed(&op->id, op->id + 1);
	once_store_relaxed(&op->life, ONCE_LIFE_FREE);
	ring->memory.stack[free] = slot;
	once_store_relaxed32(&side->free, free + 1);
}

/* TAKEN → FREE; it uses a generation up, so that copies of the SQE are stale. */
/*@ requires ring: once_opened(ring);
    requires slot: slot < ring->capacity && once_state[slot] == ONCE_IS_TAKEN;
    assigns ring->submit.room, ring->submit.free, ring->submit.retired, ring->submit.wear_from,
            ring->memory.ops[slot].id, ring->memory.ops[slot].life,
            ring->memory.stack[ring->submit.free],
            once_at[0 .. 65535], once_place[0 .. 65535], once_state[slot], once_rank[slot],
            once_n_free, once_n_taken, once_n_retired;
    ONCE_KEEPS_SLOTS(ring);
    ONCE_KEEPS_WINDOW(ring);
    ONCE_KEEPS_BOOKS(ring);
    ensures prefix: once_prefix(ring);
    ensures arming: once_arming == ONCE_NO_INDEX;
    ensures spent: ring->memory.ops[slot].id == \old(ring->memory.ops[slot].id) + 1;
    ensures counts: once_n_taken == \old(once_n_taken) - 1; */
static void untake(struct once_ring *ring, uint32_t slot)
{
	lower_wear(ring);
	/*@ ghost once_lemma_worn(ring->tag, slot, ring->memory.ops[slot].id + 1); */
	if (once_id_generation(ring->memory.ops[slot].id + 1) == 0)
		retire_taken(ring, slot);
	else
		free_taken(ring, slot);
}

/*@ requires op: \valid_read(op);
    requires id: id <= UINT64_MAX - once_G;
    assigns \nothing;
    ensures taken: \result == true <==> op->id == id + once_G && op->life == ONCE_LIFE_TAKEN; */
static bool is_taken(const struct once_op *op, uint64_t id)
{
	return op->id == id + ONCE_AT_REST && once_load_relaxed(&op->life) == ONCE_LIFE_TAKEN;
}

/* Not a taken SQE (any more). */
/*@ requires ring: \valid_read(ring) && \valid_read(op);
    assigns \nothing;
    ensures code: \result == ONCE_NOT_TAKEN; */
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
	/*@ ghost once_lemma_slot(ring->tag, (uint32_t)(op - ring->memory.ops), id); */
	untake(ring, once_id_slot(id));
	return once_refuse_slot(ring, fault, "once_arm", once_id_slot(id), 0, 0);
}

int once_core_give_back(struct once_op *op, struct once_ring *ring, uint64_t id)
{
	if (!is_taken(op, id))
		return refuse_stale(ring, op, id, "once_give_back");
	/*@ ghost once_lemma_slot(ring->tag, (uint32_t)(op - ring->memory.ops), id); */
	untake(ring, once_id_slot(id));
	return 0;
}

/*@ assigns \result \from op;
    ensures same: \base_addr(\result) == \base_addr(op) && \offset(\result) == \offset(op); */
struct once_op *once_owe(struct once_op *op)
{
	return op;
}

/*@ assigns \nothing; */
void once_settle(struct once_op *op)
{
	(void)op;
}
