/* SPDX-License-Identifier: MIT */
/* The steps that copy and forge registers. Every pointer stays valid: see run.h. */
#include "run_internal.h"

static struct once_ring *other_ring(struct run *run, const struct once_ring *ring)
{
	return &run->rings[run_ring_index(run, ring) == RING_A ? RING_B : RING_A];
}

/*
 * Identities of the past, and ones that no ring gives. One of the future is left
 * out: once_arm() would take it for a taken SQE when its time has come.
 */
static void forge_sqe(struct run_sqe *to, unsigned how)
{
	switch (how) {
	case FORGE_ZERO:
		to->sqe.id = 0;
		break;
	case FORGE_PREVIOUS:
		to->sqe.id--;
		break;
	default:
		to->sqe.id = to->sqe.id % ONCE_TAG_UNIT + RUN_NO_TAG * ONCE_TAG_UNIT;
		break;
	}
	/* no ring has tag 0, but the slots of a closed one rest there */
	if (to->sqe.id / ONCE_TAG_UNIT == 0)
		to->sqe.id += RUN_NO_TAG * ONCE_TAG_UNIT;
}

static void forge_ticket(struct run *run, struct once_ticket *ticket, unsigned how)
{
	switch (how) {
	case FORGE_ZERO:
		ticket->ring = NULL;
		ticket->id = 0;
		break;
	case FORGE_NEXT:
		ticket->id++;
		break;
	case FORGE_PREVIOUS:
		ticket->id--;
		break;
	case FORGE_FAR:
		ticket->id += UINT64_C(50000) * ONCE_GENERATIONS;
		break;
	case FORGE_NEIGHBOUR:
		ticket->id += ONCE_GENERATIONS;
		break;
	default:
		ticket->ring = other_ring(run, ticket->ring);
		break;
	}
}

/* The place beside it in its ring's window. */
static void forge_neighbour(struct run *run, struct once_cqe *token)
{
	const int ring = run_ring_index(run, token->ring);
	struct once_hold *window;
	size_t place;

	if (ring < 0 || token->hold == NULL)
		return;
	window = run->memory[ring].window;
	place = (size_t)(token->hold - window);
	token->hold = &window[(place + 1) % RUN_CQ];
}

static void forge_other_ring(struct run *run, struct once_cqe *token)
{
	const int ring = run_ring_index(run, token->ring);
	const int other = ring == RING_A ? RING_B : RING_A;

	if (ring >= 0 && token->hold != NULL)
		token->hold = &run->memory[other].window[token->hold - run->memory[ring].window];
	token->ring = &run->rings[other];
}

static void forge_token(struct run *run, struct once_cqe *token, unsigned how)
{
	switch (how) {
	case FORGE_ZERO:
		token->ring = NULL;
		token->hold = NULL;
		token->position = 0;
		break;
	case FORGE_NEXT:
		token->position++;
		break;
	case FORGE_PREVIOUS:
		if (token->position != 0)
			token->position--;
		break;
	case FORGE_FAR:
		token->position += UINT64_C(1) << 32;
		break;
	case FORGE_NEIGHBOUR:
		forge_neighbour(run, token);
		break;
	default:
		forge_other_ring(run, token);
		break;
	}
}

void run_forge(struct run *run, const struct scenario_step *step)
{
	switch (step->verb) {
	case VERB_COPY_SQE:
		if (step->arg == step->reg)
			break;
		run->sqes[step->arg] = run->sqes[step->reg];
		run->sqes[step->arg].buffer = NULL; /* it has one owner */
		break;
	case VERB_COPY_OP:
		run->tickets[step->arg] = run->tickets[step->reg];
		break;
	case VERB_COPY_TOKEN:
		run->tokens[step->arg] = run->tokens[step->reg];
		break;
	case VERB_FORGE_SQE:
		forge_sqe(&run->sqes[step->reg], step->arg);
		break;
	case VERB_FORGE_OP:
		forge_ticket(run, &run->tickets[step->reg], step->arg);
		break;
	default:
		forge_token(run, &run->tokens[step->reg], step->arg);
		break;
	}
}
