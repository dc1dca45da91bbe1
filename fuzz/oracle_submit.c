/* SPDX-License-Identifier: MIT */
/* The oracle: take, give back, arm, submit; states of operations. */
#include "oracle.h"

#include <string.h>

static void check_state(struct oracle *o, unsigned ring, uint64_t id)
{
	struct once_ring *library = &o->run->rings[ring];
	const struct once_ticket ticket = { library, id };
	const int is = once_state_of(library, &ticket);
	const int wanted = model_state_of(&o->rings[ring].model, true, id);

	CHECK_THAT(CHECK_STATE, is == wanted, "operation %llx of ring %c is in state %d, the model's in %d",
		   (unsigned long long)id, 'a' + (int)ring, is, wanted);
}

/* Every slot's operation. */
static void check_states(struct oracle *o, unsigned ring)
{
	const struct model *m = &o->rings[ring].model;

	for (uint32_t slot = 0; m->open && slot < m->setup.capacity; slot++)
		check_state(o, ring, model_id_of(m, slot));
}

static void do_take(struct oracle *o)
{
	struct model *m = oracle_model(o);
	const struct model_answer answer = model_take_answer(m);
	struct oracle_sqe *sqe = &o->sqes[o->step->reg];
	const int rc = oracle_do(o);

	oracle_allowed(o, m, &answer, rc);
	if (rc != 0)
		return;
	model_taken(m, o->run->sqes[o->step->reg].sqe.id);
	memset(sqe, 0, offsetof(struct oracle_sqe, wire));
	sqe->fault = ONCE_NOT_PREPARED;
	sqe->verb = VERBS;
	sqe->file = NO_FILE;
}

static void do_give_back(struct oracle *o)
{
	const struct once_sqe *sqe = &o->run->sqes[o->step->reg].sqe;
	struct model *m = &o->rings[oracle_index_of(o, sqe->ring)].model;
	const int wanted = model_give_back(m, sqe->id);

	oracle_same(o, oracle_do(o), wanted);
}

/* --- arm --- */

static const struct arming {
	uint8_t verb, type;
	bool ticketed;
} armings[] = {
	{ VERB_ARM, TYPE_REQUEST, true }, { VERB_ARM_PLAIN, TYPE_REQUEST, false },
	{ VERB_ARM_SESSION, TYPE_SESSION, true }, { VERB_ARM_PLAIN_SESSION, TYPE_SESSION, false },
	{ VERB_ARM_COOKIE, TYPE_COOKIE, true }, { VERB_ARM_PLAIN_COOKIE, TYPE_COOKIE, false }
};

static const struct arming *arming_of(unsigned verb)
{
	for (unsigned i = 0; i < sizeof armings / sizeof armings[0]; i++)
		if (armings[i].verb == verb)
			return &armings[i];
	return NULL;
}

static bool is_certain(const struct oracle_sqe *sqe)
{
	return sqe->verb == VERB_PREP_TIMEOUT && (sqe->time == TIME_ZERO || sqe->time == TIME_SOON);
}

/*
 * A message is on its way: a CQE that no operation of that ring posts. So may a
 * notification be: a zero-copy send that is cancelled because its link failed posts
 * -ECANCELED without IORING_CQE_F_MORE, and then, all the same, a notification
 * (Linux 6.18); the library calls that one a stray.
 */
static void expect_foreign(struct oracle *o, unsigned ring, const struct oracle_sqe *sqe)
{
	enum { ANY_NUMBER = 100000 };

	if (sqe->shape == MODEL_ZERO_COPY && o->run->tangled) {
		model_expect_foreign(&o->rings[ring].model, 1);
		o->stray = true;
	}
	if (!sqe->sends)
		return;
	model_expect_foreign(&o->rings[sqe->to].model, sqe->by_id ? ANY_NUMBER : 1);
	o->stray = true;
	/* its CQE may end an operation that the kernel goes on with */
	o->spoofed = o->spoofed || sqe->by_id;
	/* nothing tells it from a timeout that expires */
	o->misled = o->misled || sqe->by_own;
}

static void do_arm(struct oracle *o, const struct arming *arming)
{
	const struct scenario_step *step = o->step;
	const struct once_sqe before = o->run->sqes[step->reg].sqe;
	const int ring = oracle_index_of(o, before.ring);
	struct oracle_sqe *sqe = &o->sqes[step->reg];
	struct model *m = &o->rings[ring].model;
	const uint64_t lent = ((uint64_t)o->run->armed + 1) * 256 + step->arg2;
	const int wanted = model_arm(m, before.id, sqe->fault, sqe->shape, lent);
	const int rc = oracle_do(o);
	struct oracle_op *op = &o->rings[ring].ops[once_id_slot(before.id) % MODEL_SLOTS];

	oracle_same(o, rc, wanted);
	if (rc != 0)
		return;
	*op = (struct oracle_op){ lent, arming->type, sqe->verb, sqe->file, is_certain(sqe) };
	if (arming->ticketed) {
		const struct once_ticket *ticket = &o->run->tickets[step->arg];

		CHECK_THAT(CHECK_STATE, ticket->id == before.id && ticket->ring == before.ring,
			   "the ticket names %llx, the SQE was %llx", (unsigned long long)ticket->id,
			   (unsigned long long)before.id);
	}
	check_state(o, (unsigned)ring, before.id);
	oracle_check_wire(o, (unsigned)ring, sqe, before.id);
	oracle_stream_armed(o, op);
	expect_foreign(o, (unsigned)ring, sqe);
}

/* --- submit --- */

static void do_submit(struct oracle *o)
{
	struct model *m = oracle_model(o);
	const struct model_answer answer = model_submit_answer(m);
	const int rc = oracle_do(o);

	oracle_allowed(o, m, &answer, rc);
	if (rc > 0)
		model_submitted(m, (uint32_t)rc);
	check_states(o, o->step->ring);
}

static void do_state(struct oracle *o)
{
	const struct once_ticket *ticket = &o->run->tickets[o->step->reg];
	const int wanted = model_state_of(oracle_model(o), ticket->ring == oracle_library(o), ticket->id);

	oracle_same(o, oracle_do(o), wanted);
}

bool oracle_submit_step(struct oracle *o)
{
	const struct arming *arming = arming_of(o->step->verb);

	if (arming != NULL) {
		do_arm(o, arming);
		return true;
	}
	switch (o->step->verb) {
	case VERB_TAKE:
		do_take(o);
		return true;
	case VERB_GIVE_BACK:
		do_give_back(o);
		return true;
	case VERB_SUBMIT:
		do_submit(o);
		return true;
	case VERB_STATE:
		do_state(o);
		return true;
	default:
		return false;
	}
}
