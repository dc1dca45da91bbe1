/* SPDX-License-Identifier: MIT */
/* What the runner keeps of operations, tokens and completions. */
#include "run_internal.h"

enum { MAKES_ACCEPTED = 1, MAKES_OPENED = 2 };

int run_ring_index(const struct run *run, const struct once_ring *ring)
{
	return ring == &run->rings[RING_A] ? RING_A : ring == &run->rings[RING_B] ? RING_B : -1;
}

struct run_op *run_find_op(struct run *run, int ring, uint64_t id)
{
	const uint32_t slot = once_id_slot(id);
	struct run_op *op;

	if (ring < 0 || slot >= RUN_CAPACITY)
		return NULL;
	op = &run->ops[ring][slot];
	return op->id == id && id != 0 ? op : NULL;
}

/* Its buffer is the caller's again. */
static void end_op(struct run_op *op)
{
	op->ended = 1;
	if (op->buffer != NULL)
		world_return(op->buffer, op->length);
	op->buffer = NULL;
}

void run_note_settled(struct run *run, const struct once_sqe *sqe)
{
	const int ring = run_ring_index(run, sqe->ring);
	const uint32_t slot = once_id_slot(sqe->id);

	if (ring >= 0 && slot < RUN_CAPACITY)
		run->taken[ring][slot].id = 0;
}

void run_note_armed(struct run *run, struct run_sqe *from, uint64_t id, uint8_t type,
		    uint8_t number, uint8_t ticket)
{
	const int ring = run_ring_index(run, from->sqe.ring);
	const uint32_t slot = once_id_slot(id);
	struct run_op *op;

	if (ring < 0 || slot >= RUN_CAPACITY)
		return;
	op = &run->ops[ring][slot];
	end_op(op); /* discarded, if it was not delivered */
	op->id = id;
	op->owner = number;
	op->serial = run->armed++;
	op->armed_at = run->event.index;
	op->buffer = from->buffer;
	op->length = from->length;
	op->delivered = 0;
	op->ring = (uint8_t)ring;
	op->verb = from->verb;
	op->type = type;
	op->reg = ticket;
	op->ended = 0;
	op->soon = from->soon;
	op->makes = from->makes;
	run->soon = run->soon || from->soon != 0;
	from->buffer = NULL;
	run->event.op = op->serial;
	if (from->makes != 0)
		world_expect_descriptors(&run->world);
}

/* Whether a CQE of that operation lies in the CQ. */
static bool is_posted(const struct once_ring *ring, uint64_t id)
{
	const uint32_t ready = once_ready(ring);
	uint32_t index = ring->complete.next_index;

	for (uint32_t i = 0; i < ready; i++) {
		if (ring->view.cqes[(size_t)index << ring->cqe_shift].user_data == id)
			return true;
		index = index + 1 == ring->view.cq_entries ? 0 : index + 1;
	}
	return false;
}

bool run_ends_by_itself(struct run *run)
{
	bool live = false;

	for (unsigned ring = 0; ring < RINGS && run->soon; ring++)
		for (uint32_t slot = 0; slot < RUN_CAPACITY; slot++) {
			const struct run_op *op = &run->ops[ring][slot];
			const int state = op->soon != 0 && op->ended == 0 ? run_op_state(run, op)
									   : ONCE_STATE_FREE;

			if (state != ONCE_STATE_ARMED && state != ONCE_STATE_IN_FLIGHT)
				continue;
			live = true;
			if (!is_posted(&run->rings[ring], op->id))
				return true;
		}
	run->soon = live;
	return false;
}

/* --- completions --- */

static struct run_completion *next_completion(struct run *run)
{
	struct run_event *event = &run->event;

	event->completions++;
	return &event->completion[event->completions <= RUN_DELIVERED ? event->completions - 1
								      : RUN_DELIVERED - 1];
}

/* The operation that a lent value names, and its number. */
static uint32_t serial_of_value(uint64_t value, uint64_t *owner)
{
	*owner = value % 256;
	return value / 256 == 0 || value / 256 > RUN_NO_OP ? RUN_NO_OP
							   : (uint32_t)(value / 256 - 1);
}

static void note_descriptor(struct run *run, const struct run_op *op, int32_t result)
{
	if (result < 0)
		return;
	if (op->makes == MAKES_ACCEPTED)
		run->world.accepted = result;
	else if (op->makes == MAKES_OPENED)
		run->world.opened = result;
}

/* What a held token says, as the library answers. */
static struct run_op *describe_token(struct run *run, uint8_t reg)
{
	struct run_completion *completion = next_completion(run);
	const struct once_cqe *cqe = &run->tokens[reg];
	const int ring = run_ring_index(run, cqe->ring);
	struct run_op *op = NULL;
	uint64_t value = 0;

	completion->position = cqe->position;
	completion->ring = (uint8_t)ring;
	completion->reg = reg;
	completion->result = once_result(cqe);
	completion->flags = once_flags(cqe);
	completion->foreign = once_class(cqe) == ONCE_CLASS_FOREIGN;
	completion->terminal = once_is_terminal(cqe) == 1;
	completion->user_data = 0;
	completion->op = completion->lent_by = RUN_NO_OP;
	(void)(once_user_data(cqe, &completion->user_data) == 0);
	completion->owner = completion->user_data;
	if (completion->foreign != 0)
		return NULL;
	op = run_find_op(run, ring, completion->user_data);
	completion->op = op != NULL ? op->serial : RUN_NO_OP;
	if (run_owner_of(cqe, op != NULL ? op->type : TYPE_COOKIE, &value) == 0)
		completion->lent_by = serial_of_value(value, &completion->owner);
	return op;
}

void run_note_look(struct run *run, uint8_t reg)
{
	struct run_op *op = describe_token(run, reg);

	if (op != NULL)
		run->event.op = op->serial;
}

void run_note_token(struct run *run, uint8_t reg)
{
	const struct once_cqe *cqe = &run->tokens[reg];
	const int ring = run_ring_index(run, cqe->ring);
	struct run_op *op = describe_token(run, reg);
	const uint32_t last = run->event.completions <= RUN_DELIVERED ? run->event.completions
								      : RUN_DELIVERED;
	const struct run_completion *completion = &run->event.completion[last - 1];

	if (ring >= 0)
		run->held[ring][cqe->position % RUN_CQ] = *cqe;
	if (op == NULL)
		return;
	op->delivered++;
	note_descriptor(run, op, completion->result);
	if (completion->terminal != 0)
		end_op(op);
}

void run_note_seen(struct run *run, const struct once_cqe *cqe)
{
	const int ring = run_ring_index(run, cqe->ring);

	if (ring >= 0)
		run->held[ring][cqe->position % RUN_CQ].ring = NULL;
}

void run_note_copy(struct run *run, unsigned ring, const struct once_completion *done, uint8_t reg)
{
	struct run_completion *completion = next_completion(run);
	uint64_t value = 0;
	int rc = ONCE_FOREIGN;

	completion->position = ONCE_NO_POSITION;
	completion->ring = (uint8_t)ring;
	completion->reg = reg;
	completion->result = done->result;
	completion->flags = done->flags;
	completion->terminal = once_completion_is_terminal(done);
	completion->op = completion->lent_by = RUN_NO_OP;
	completion->user_data = 0;
	for (unsigned type = 0; type < TYPES && rc != 0; type++)
		rc = run_owner_from(done, type, &value);
	completion->foreign = rc == ONCE_FOREIGN;
	if (rc != 0) {
		completion->owner = completion->user_data = done->lent.value;
		return;
	}
	completion->op = completion->lent_by = serial_of_value(value, &completion->owner);
	for (uint32_t slot = 0; slot < RUN_CAPACITY; slot++) {
		struct run_op *op = &run->ops[ring][slot];

		if (op->id == 0 || op->ended != 0 || op->serial != completion->op)
			continue;
		op->delivered++;
		note_descriptor(run, op, completion->result);
		if (completion->terminal != 0)
			end_op(op);
		break;
	}
}

void run_forget_ring(struct run *run, unsigned ring)
{
	for (uint32_t i = 0; i < RUN_CAPACITY; i++) {
		run->taken[ring][i].id = 0;
		run->ops[ring][i].id = 0;
		run->ops[ring][i].buffer = NULL;
		run->ops[ring][i].ended = 1;
	}
	for (uint32_t i = 0; i < RUN_CQ; i++)
		run->held[ring][i].ring = NULL;
	run->registered[ring] = false;
	world_forget_lowest(&run->world);
}

/* --- for observers --- */

const struct run_op *run_op_of(const struct run *run, uint32_t serial)
{
	for (unsigned ring = 0; ring < RINGS; ring++)
		for (uint32_t slot = 0; slot < RUN_CAPACITY; slot++) {
			const struct run_op *op = &run->ops[ring][slot];

			if (op->id != 0 && op->serial == serial)
				return op;
		}
	return NULL;
}

int run_op_state(const struct run *run, const struct run_op *op)
{
	const struct once_ring *ring = &run->rings[op->ring];
	const struct once_ticket ticket = { (struct once_ring *)(uintptr_t)ring, op->id };

	return once_state_of(ring, &ticket);
}
