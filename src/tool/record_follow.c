/* SPDX-License-Identifier: MIT */
/* From step to step: what became of each operation and each CQ position. */
#include "record_follow.h"

#include <stdlib.h>
#include <string.h>

enum { SEARCH_BACK = 4096 /* tokens: more than any CQ and the registers together */ };

/* A larger array, or the same one and failed. */
static void *grow(struct record *record, void *array, uint32_t count, uint32_t *room, size_t size)
{
	void *larger;

	if (count < *room)
		return array;
	larger = realloc(array, size * (*room * 2 + 64));
	if (larger == NULL) {
		record->failed = true;
		return array;
	}
	*room = *room * 2 + 64;
	return larger;
}

/* --- operations --- */

static uint32_t add_op(struct recorder *recorder, int ring, uint32_t slot, uint64_t id)
{
	struct record *record = recorder->record;
	struct record_op *op;

	record->ops = grow(record, record->ops, record->op_count, &record->op_room, sizeof *op);
	if (record->failed)
		return RECORD_NONE;
	op = &record->ops[record->op_count];
	memset(op, 0, sizeof *op);
	op->id = id;
	op->slot = slot;
	op->previous = recorder->latest[ring][slot];
	op->serial = RUN_NO_OP;
	op->prepared = op->taken = op->armed = op->flown = op->ended = RECORD_NEVER;
	op->seen = op->freed = op->closed = RECORD_NEVER;
	op->ring = (uint8_t)ring;
	op->sqe = op->reg = 255;
	recorder->current[ring][slot] = recorder->latest[ring][slot] = record->op_count;
	return record->op_count++;
}

uint32_t recorder_op(const struct recorder *recorder, int ring, uint64_t id)
{
	const uint32_t slot = once_id_slot(id);
	uint32_t i;

	if (id == 0 || slot >= RUN_CAPACITY)
		return RECORD_NONE;
	for (i = recorder->latest[ring][slot]; i != RECORD_NONE; i = recorder->record->ops[i].previous) {
		if (recorder->record->ops[i].id == id)
			return i;
	}
	return RECORD_NONE;
}

/* The runner's knowledge of an operation that was just armed. */
static void name_op(struct record_op *op, const struct run *from)
{
	const struct run_op *known = &from->ops[op->ring][op->slot];

	if (op->serial != RUN_NO_OP || known->id != op->id)
		return;
	op->serial = known->serial;
	op->reg = known->reg;
	op->owner = (uint8_t)known->owner;
	op->type = known->type;
}

/* Where the operation of a slot is now. */
static void follow_op(struct recorder *recorder, const struct run *from, uint32_t index, uint32_t now)
{
	struct record_op *op = &recorder->record->ops[index];
	const struct once_ring *ring = &from->rings[op->ring];
	const struct once_ticket ticket = { (struct once_ring *)(uintptr_t)ring, op->id };
	const int state = once_state_of(ring, &ticket);
	const struct once_op *slot = &ring->memory.ops[op->slot];

	if (state == ONCE_STATE_FREE && slot->life == ONCE_LIFE_TAKEN &&
	    slot->id - ONCE_AT_REST == op->id)
		return;
	if (state == ONCE_STATE_FREE || state == ONCE_STATE_RETIRED) {
		recorder_first_time(&op->freed, now);
		recorder->current[op->ring][op->slot] = RECORD_NONE;
		return;
	}
	recorder_first_time(&op->armed, now);
	name_op(op, from);
	if (state == ONCE_STATE_IN_FLIGHT || state == ONCE_STATE_ENDED)
		recorder_first_time(&op->flown, now);
}

/* A slot without an operation that we know of: was one taken? */
static void meet_op(struct recorder *recorder, const struct run *from, int ring, uint32_t slot,
		    uint32_t now)
{
	const struct once_op *op = &from->rings[ring].memory.ops[slot];
	uint32_t index;

	if (op->life != ONCE_LIFE_TAKEN)
		return;
	index = add_op(recorder, ring, slot, op->id - ONCE_AT_REST);
	if (index == RECORD_NONE)
		return;
	recorder->record->ops[index].taken = now;
	for (uint8_t reg = 0; reg < SCENARIO_SQES; reg++) {
		if (from->sqes[reg].sqe.ring == &from->rings[ring] &&
		    from->sqes[reg].sqe.id == recorder->record->ops[index].id)
			recorder->record->ops[index].sqe = reg;
	}
}

void recorder_follow_ops(struct recorder *recorder, const struct run *from, int ring, uint32_t now)
{
	for (uint32_t slot = 0; slot < from->rings[ring].capacity; slot++) {
		if (recorder->current[ring][slot] != RECORD_NONE)
			follow_op(recorder, from, recorder->current[ring][slot], now);
		if (recorder->current[ring][slot] == RECORD_NONE)
			meet_op(recorder, from, ring, slot, now);
	}
}

/* --- completions --- */

static void add_token(struct recorder *recorder, const struct run *from, int r, uint64_t position,
		      uint32_t now)
{
	const struct once_ring *ring = &from->rings[r];
	struct record *record = recorder->record;
	const uint32_t back = (uint32_t)(ring->complete.delivered - position);
	const uint32_t place = (ring->complete.next_index + ring->view.cq_entries - back) %
			       ring->view.cq_entries;
	const struct once_hold *hold = &ring->memory.window[place];
	struct record_token *token;

	record->tokens = grow(record, record->tokens, record->token_count, &record->token_room,
			      sizeof *token);
	if (record->failed)
		return;
	token = &record->tokens[record->token_count++];
	*token = (struct record_token) {
		.position = position, .place = place, .op = RECORD_NONE, .delivered = now,
		.seen = RECORD_NEVER, .passed = RECORD_NEVER, .result = hold->result,
		.flags = hold->flags, .ring = (uint8_t)r, .terminal = (hold->flags & 2U) == 0
	};
	if (hold->slot < RUN_CAPACITY)
		token->op = recorder->current[r][hold->slot];
	/* one of the library's own is never held; a foreign one that is discarded looks alike */
	token->own = hold->slot == ONCE_NO_INDEX && hold->position != position;
	token->foreign = hold->slot == ONCE_NO_INDEX && !token->own;
	if (token->op != RECORD_NONE) {
		struct record_op *op = &record->ops[token->op];

		op->completions++;
		op->result = token->result;
		if (token->terminal)
			op->ended = now;
	}
}

void recorder_meet_tokens(struct recorder *recorder, const struct run *from, int r, uint32_t now)
{
	const struct once_ring *ring = &from->rings[r];
	const uint64_t end = ring->complete.delivered;
	uint64_t position = recorder->delivered[r];

	if (end - position > ring->view.cq_entries)
		position = end - ring->view.cq_entries;
	for (; position != end && !recorder->record->failed; position++)
		add_token(recorder, from, r, position, now);
	recorder->delivered[r] = end;
}

static void follow_token(struct recorder *recorder, const struct run *from,
			 struct record_token *token, uint32_t now)
{
	const struct once_ring *ring = &from->rings[token->ring];

	if (token->seen == RECORD_NEVER &&
	    ring->memory.window[token->place].position != token->position) {
		token->seen = now;
		if (token->terminal && token->op != RECORD_NONE)
			recorder->record->ops[token->op].seen = now;
	}
	if (token->position < ring->complete.head)
		recorder_first_time(&token->passed, now);
}

void recorder_follow_tokens(struct recorder *recorder, const struct run *from, uint32_t now)
{
	struct record *record = recorder->record;

	for (uint32_t i = recorder->first_live; i < record->token_count; i++) {
		struct record_token *token = &record->tokens[i];

		if (token->passed == RECORD_NEVER && recorder->open[token->ring])
			follow_token(recorder, from, token, now);
	}
	while (recorder->first_live < record->token_count &&
	       record->tokens[recorder->first_live].passed != RECORD_NEVER)
		recorder->first_live++;
}

uint32_t recorder_token(const struct record *record, int ring, uint64_t position)
{
	for (uint32_t n = 1; n <= record->token_count && n <= SEARCH_BACK; n++) {
		const struct record_token *token = &record->tokens[record->token_count - n];

		if (token->ring == ring && token->position == position)
			return record->token_count - n;
	}
	return RECORD_NONE;
}
