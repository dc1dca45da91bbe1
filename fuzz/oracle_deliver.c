/* SPDX-License-Identifier: MIT */
/* The oracle: what a call that looks at the CQ may answer, and what it hands out. */
#include "oracle.h"

#include <errno.h>

enum {
	F_MORE = 1 << 1,
	F_NOTIF = 1 << 3,
	MOMENTS = 4,
	OWN_MOST = 4       /* CQEs of the library's own that are ready */
};

/* --- answers that the kernel decides --- */

static struct model_answer ask_once(struct model *m, enum oracle_ask ask, const struct model_wait *wait,
				    const struct model_facts *facts)
{
	struct model_answer answer;

	switch (ask) {
	case ASK_PEEK:
		return model_peek_answer(m, facts);
	case ASK_SUBMIT_AND_WAIT:
		return model_submit_and_wait_answer(m, wait->count, facts);
	case ASK_SUBMIT_AND_WAIT_TIMEOUT:
		return model_submit_and_wait_timeout_answer(m, wait, facts);
	default:
		answer = model_wait_answer(m, wait, facts);
		/* whether one is known to be ready is the library's secret */
		if (!wait->timed && wait->count <= 1 && m->open && !model_owns(m, false))
			model_may_answer(&answer, ONCE_WRONG_THREAD);
		return answer;
	}
}

/* The call may have looked when this was so, but for so many CQEs of the library's own. */
static bool moment_allows(struct oracle *o, enum oracle_ask ask, const struct model_wait *wait,
			  struct model_facts moment, uint32_t own, int rc)
{
	struct model *m = oracle_model(o);
	bool allowed = false;

	moment.ready = moment.ready > own ? moment.ready - own : 0;
	for (unsigned async = 0; async < (o->loose ? 2U : 1U) && !allowed; async++) {
		struct model_answer answer;

		m->setup.async = async != 0;
		answer = ask_once(m, ask, wait, &moment);
		allowed = model_allows(&answer, rc);
	}
	m->setup.async = false;
	return allowed;
}

/*
 * Moments at which the call may have looked, if CQEs come by themselves: before, when
 * the backlog was fetched, at the end; and how many of those that are ready are the
 * library's own.
 */
static bool some_moment_allows(struct oracle *o, enum oracle_ask ask, const struct model_wait *wait, int rc)
{
	const struct model *m = oracle_model(o);
	const struct model_facts before = oracle_ring(o)->facts;
	const struct model_facts now = observe_facts(oracle_library(o));
	const struct model_facts moments[MOMENTS] = {
		before,
		{ before.ready, false, false },
		{ now.ready + o->event->completions, false, now.overflow },
		{ m->setup.cq_entries - model_window(m), true, true }
	};
	bool allowed = false;

	for (unsigned i = 0; i < MOMENTS * (OWN_MOST + 1) && !allowed; i++)
		allowed = moment_allows(o, ask, wait, moments[i % MOMENTS], i / MOMENTS, rc);
	return allowed;
}

/*
 * Whoever enters the kernel first owns the side. Whether a wait for one CQE had to
 * is the library's secret: it may have known of one. So it is of a discard, which
 * looks once more when it has had what was there; and of a peek where the library's
 * own CQEs may be among those that are ready.
 */
void oracle_note_owner(struct oracle *o)
{
	const struct once_ring *library = oracle_library(o);
	struct model *m = oracle_model(o);

	if (library->submit.owner == 0)
		m->submit_owner = 0;
	else if (m->submit_owner == 0)
		m->submit_owner = m->thread;
	if (library->complete.owner == 0)
		m->complete_owner = 0;
	else if (m->complete_owner == 0)
		m->complete_owner = m->thread;
}

void oracle_asked(struct oracle *o, enum oracle_ask ask, const struct model_wait *wait, int rc)
{
	struct model *m = oracle_model(o);
	const struct model_answer answer = ask_once(m, ask, wait, &oracle_ring(o)->facts);
	const bool unsure = o->loose || m->own_used || oracle_ring(o)->facts.backlog;

	if (unsure && !model_allows(&answer, rc) && some_moment_allows(o, ask, wait, rc)) {
		check_count(CHECK_CODE);
		if (rc < -4095)
			model_refuse(m, rc);
	} else {
		oracle_allowed(o, m, &answer, rc);
	}
	if (unsure && ask == ASK_PEEK)
		oracle_note_owner(o);
}

/* --- what came --- */

static struct model_cqe cqe_of(const struct run_completion *completion)
{
	const struct model_cqe cqe = {
		.position = completion->position, .user_data = completion->user_data,
		.result = completion->result, .flags = completion->flags, .foreign = completion->foreign != 0,
		.lent = completion->lent_by == RUN_NO_OP
			? 0 : ((uint64_t)completion->lent_by + 1) * 256 + completion->owner
	};

	return cqe;
}

static const struct run_completion *completion_at(const struct oracle *o, uint32_t i)
{
	return &o->event->completion[i < RUN_DELIVERED ? i : RUN_DELIVERED - 1];
}

static enum oracle_class class_of(int result)
{
	switch (result) {
	case 0:
		return CLASS_ZERO;
	case -ECANCELED:
		return CLASS_CANCELED;
	case -ETIME:
		return CLASS_TIME;
	case -ENOENT:
		return CLASS_NOT_FOUND;
	case -EALREADY:
		return CLASS_ALREADY;
	case -EINVAL:
		return CLASS_INVALID;
	case -EFAULT:
		return CLASS_FAULT;
	case -EBADF:
		return CLASS_BAD_FILE;
	default:
		return result > 0 ? CLASS_BYTES : CLASS_OTHER;
	}
}

static void it_came(struct oracle *o, const struct model_cqe *cqe)
{
	const struct oracle_op *op = &oracle_ring(o)->ops[once_id_slot(cqe->user_data) % MODEL_SLOTS];

	if (cqe->foreign || op->lent != cqe->lent)
		return;
	oracle_stream_came(o, op, cqe);
	o->results[op->verb % VERBS][class_of(cqe->result)]++;
	o->results[op->verb % VERBS][CLASS_MORE] += (cqe->flags & F_MORE) != 0;
	o->results[op->verb % VERBS][CLASS_NOTIFICATION] += (cqe->flags & F_NOTIF) != 0;
}

void oracle_delivered(struct oracle *o)
{
	struct model *m = oracle_model(o);
	struct once_ring *library = oracle_library(o);

	for (uint32_t i = 0; i < o->event->completions; i++) {
		const struct run_completion *completion = completion_at(o, i);
		const struct model_cqe cqe = cqe_of(completion);
		CHECK_THAT(CHECK_TOKEN, completion->ring == o->step->ring &&
				      once_is_held(&o->run->tokens[completion->reg]),
			   "the token in c%u is not held, or of another ring", completion->reg);
		CHECK_THAT(CHECK_MODEL, model_delivered(m, &cqe), "%s (user_data %llx result %d flags %x)",
			   m->why, (unsigned long long)cqe.user_data, cqe.result, cqe.flags);
		oracle_check_cqe(o, o->step->ring, cqe.position, &cqe);
		it_came(o, &cqe);
	}
	for (uint32_t i = 0; i < o->event->completions; i++) {
		const struct once_ticket ticket = { library, completion_at(o, i)->user_data };

		if (completion_at(o, i)->foreign == 0)
			CHECK_THAT(CHECK_STATE, once_state_of(library, &ticket) ==
				   model_state_of(m, true, ticket.id), "of an operation that was delivered");
	}
}

/* A copy says neither position nor identity: the model knows them now. */
static void check_reaped(struct oracle *o, const struct model_cqe *cqe)
{
	const struct model *m = oracle_model(o);
	const struct model_token *token = &m->tokens[m->delivered - 1 - m->forgotten];
	const struct model_cqe known = {
		.user_data = token->id, .result = cqe->result, .flags = cqe->flags, .foreign = cqe->foreign,
		.lent = cqe->lent
	};

	if (!o->loose && !m->own_used)
		oracle_check_cqe(o, o->step->ring, m->setup.opened_at + m->delivered - 1, &known);
	it_came(o, &known);
}

void oracle_reaped(struct oracle *o)
{
	struct model *m = oracle_model(o);

	for (uint32_t i = 0; i < o->event->completions; i++) {
		const struct run_completion *completion = completion_at(o, i);
		const struct model_cqe cqe = cqe_of(completion);
		struct oracle_copy *copy = &o->copies[completion->reg % SCENARIO_COPIES];
		uint32_t slot;

		CHECK_THAT(CHECK_MODEL, model_reaped(m, &cqe), "%s (result %d flags %x)", m->why, cqe.result,
			   cqe.flags);
		check_reaped(o, &cqe);
		slot = once_id_slot(m->tokens[m->delivered - 1 - m->forgotten].id) % MODEL_SLOTS;
		*copy = (struct oracle_copy){ cqe.lent, cqe.flags, oracle_ring(o)->ops[slot].type, cqe.foreign };
	}
}
