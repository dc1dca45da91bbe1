/* SPDX-License-Identifier: MIT */
/* The oracle: looking at tokens and copies, and seeing. */
#include "oracle.h"

/*
 * What a token register holds, as its ring is shown it. A token is real if it
 * names the place that its position has in the CQ; the kernel's counters and
 * positions agree in their low bits.
 */
struct model_shown oracle_show(struct oracle *o, unsigned ring, const struct once_cqe *token)
{
	struct model_shown shown = observe_token(&o->run->rings[ring], token);
	const int of = oracle_index_of(o, token->ring);
	const struct model *m = &o->rings[ring].model;

	if (shown.kind == MODEL_TOKEN_REAL && of >= 0 && m->open &&
	    (uint64_t)(token->hold - o->run->memory[of].window) != token->position % m->setup.cq_entries)
		shown.kind = MODEL_TOKEN_FORGED;
	return shown;
}

/* Every register: held or not. */
void oracle_check_tokens(struct oracle *o)
{
	for (unsigned reg = 0; reg < SCENARIO_TOKENS; reg++) {
		const struct once_cqe *token = &o->run->tokens[reg];
		const int ring = oracle_index_of(o, token->ring);
		const struct model_shown shown = oracle_show(o, ring < 0 ? RING_A : (unsigned)ring, token);

		if (ring < 0)
			continue;
		CHECK_THAT(CHECK_HELD, once_is_held(token) ==
				      model_is_held(&o->rings[ring].model, &shown),
			   "c%u is %sheld, in the model it is not so", reg, once_is_held(token) ? "" : "not ");
	}
}

/* --- see --- */

/*
 * The library's own CQEs have positions, too: nobody had a token for one, and it is
 * spent. The model learns of one when the CQE behind it is delivered.
 */
static void same_see(struct oracle *o, int rc, int wanted)
{
	if (oracle_model(o)->own_used && wanted == ONCE_NOT_ISSUED && rc == ONCE_SEEN_TWICE)
		wanted = rc;
	oracle_same(o, rc, wanted);
}

static void do_see(struct oracle *o)
{
	const struct model_shown shown = oracle_show(o, o->step->ring, &o->run->tokens[o->step->reg]);
	const int wanted = model_see(oracle_model(o), &shown);

	same_see(o, oracle_do(o), wanted);
}

static void do_see_batch(struct oracle *o)
{
	const uint32_t count = o->step->arg < SCENARIO_TOKENS ? o->step->arg : SCENARIO_TOKENS;
	struct model_shown shown[SCENARIO_TOKENS];
	int wanted;

	for (uint32_t i = 0; i < count; i++)
		shown[i] = oracle_show(o, o->step->ring,
				       &o->run->tokens[(o->step->reg + i) % SCENARIO_TOKENS]);
	wanted = model_see_batch(oracle_model(o), shown, count);
	same_see(o, oracle_do(o), wanted);
	oracle_check_tokens(o);
}

/* --- look --- */

/* The type that its operation was lent as. */
static bool same_type(const struct oracle *o, unsigned ring, const struct model_token *token)
{
	return token->slot != MODEL_NO_SLOT &&
	       o->rings[ring].ops[token->slot % MODEL_SLOTS].type == o->step->arg;
}

/* Answers that need nothing but what was delivered. */
static int wanted_of(const struct oracle *o, const struct model_token *token)
{
	switch (o->step->verb) {
	case VERB_LOOK:
	case VERB_RESULT:
		return token != NULL ? token->result : ONCE_SPENT;
	case VERB_FLAGS:
		return token != NULL ? (int)(token->flags & INT32_MAX) : 0;
	case VERB_CLASS:
		return token == NULL ? ONCE_SPENT
			: token->slot != MODEL_NO_SLOT ? ONCE_CLASS_OWNED : ONCE_CLASS_FOREIGN;
	case VERB_TERMINAL:
		return token != NULL ? (token->flags & 2U) == 0 : ONCE_SPENT;
	default:
		return token != NULL ? 0 : ONCE_SPENT;
	}
}

static void check_look(struct oracle *o, const struct model_token *token)
{
	const struct run_completion *completion = o->event->completion;

	if (o->step->verb == VERB_USER_DATA && token != NULL)
		CHECK_THAT(CHECK_LOOK, o->event->value == token->id, "user_data %llx, it was %llx",
			   (unsigned long long)o->event->value, (unsigned long long)token->id);
	if (o->step->verb != VERB_LOOK || token == NULL)
		return;
	CHECK_THAT(CHECK_LOOK, completion->user_data == token->id && completion->flags == token->flags &&
			      completion->foreign == (token->slot == MODEL_NO_SLOT),
		   "user_data %llx flags %x, delivered were %llx %x", (unsigned long long)completion->user_data,
		   completion->flags, (unsigned long long)token->id, token->flags);
	if (token->slot != MODEL_NO_SLOT)
		CHECK_THAT(CHECK_LOOK, ((uint64_t)completion->lent_by + 1) * 256 + completion->owner == token->lent,
			   "the owner is not the one that was lent");
}

/* once_owner(), once_ticket_of(), once_extra(): they refuse more than spent tokens. */
static void look_closer(struct oracle *o, unsigned ring, const struct model_shown *shown)
{
	struct model *m = &o->rings[ring].model;
	const struct model_token *token = model_is_held(m, shown) ? model_look(m, shown) : NULL;
	const struct once_ticket *ticket = &o->run->tickets[o->step->arg];
	int wanted, rc;

	if (o->step->verb == VERB_OWNER) {
		wanted = model_owner(m, shown, token != NULL && same_type(o, ring, token));
		rc = oracle_do(o);
		oracle_same(o, rc, wanted == 0 ? (int)(token->lent % 256) : wanted);
		if (wanted == 0)
			CHECK_THAT(CHECK_LOOK, o->event->value == token->lent, "the owner is not the one that was lent");
	} else if (o->step->verb == VERB_TICKET_OF) {
		wanted = model_ticket_of(m, shown);
		oracle_same(o, oracle_do(o), wanted);
		if (wanted == 0)
			CHECK_THAT(CHECK_LOOK, ticket->id == token->id && ticket->ring == &o->run->rings[ring],
				   "the ticket names another operation");
	} else {
		wanted = model_extra(m, shown);
		oracle_same(o, oracle_do(o), wanted);
	}
}

static void do_look(struct oracle *o)
{
	const struct once_cqe *token = &o->run->tokens[o->step->reg];
	const int of = oracle_index_of(o, token->ring);
	const unsigned ring = of < 0 ? RING_A : (unsigned)of;
	const struct model_shown shown = oracle_show(o, ring, token);
	struct model *m = &o->rings[ring].model;
	const struct model_token *known;

	if (o->step->verb == VERB_HELD) {
		const bool held = model_is_held(m, &shown);

		oracle_same(o, oracle_do(o), held);
		return;
	}
	if (o->step->verb == VERB_OWNER || o->step->verb == VERB_TICKET_OF || o->step->verb == VERB_EXTRA) {
		look_closer(o, ring, &shown);
		return;
	}
	known = model_look(m, &shown);
	oracle_same(o, oracle_do(o), wanted_of(o, known));
	check_look(o, known);
}

/* --- copies --- */

static void do_copy(struct oracle *o)
{
	const struct oracle_copy *copy = &o->copies[o->step->reg % SCENARIO_COPIES];
	const int rc = oracle_do(o);
	int wanted = (copy->flags & 2U) == 0;

	check_count(CHECK_COPY);
	if (o->step->verb == VERB_COPY_OWNER)
		wanted = copy->foreign ? ONCE_FOREIGN
			: copy->type != o->step->arg ? ONCE_WRONG_TYPE : (int)(copy->lent % 256);
	oracle_same(o, rc, wanted);
	if (o->step->verb == VERB_COPY_OWNER && wanted >= 0)
		CHECK_THAT(CHECK_COPY, o->event->value == copy->lent, "the owner is not the one that was lent");
}

bool oracle_look_step(struct oracle *o)
{
	switch (o->step->verb) {
	case VERB_SEE:
		do_see(o);
		return true;
	case VERB_SEE_BATCH:
		do_see_batch(o);
		return true;
	case VERB_COPY_OWNER:
	case VERB_COPY_TERMINAL:
		do_copy(o);
		return true;
	default:
		if (o->step->verb != VERB_LOOK && (o->step->verb < VERB_RESULT || o->step->verb > VERB_EXTRA))
			return false;
		do_look(o);
		return true;
	}
}
