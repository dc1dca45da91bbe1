/* SPDX-License-Identifier: MIT */
/* The model of looking at the CQ: what peek, wait and submit-and-wait may answer. */
#include "model.h"

#include <errno.h>

enum { TIMERS_MAX = 2, OWN_PLACES = 3, OWN_CQES = 4 };

/* Bounds of the CQEs that can be handed out at once, as the call finds it. */
struct bounds {
	uint32_t least, most;
};

static struct bounds deliverable(const struct model *m, const struct model_facts *facts)
{
	const uint32_t own = m->own_used ? OWN_CQES : 0;
	struct bounds bounds = { facts->ready > own ? facts->ready - own : 0, facts->ready };

	if (m->setup.exact)
		bounds.least = bounds.most = model_deliverable(m, facts->ready);
	if (m->setup.async)
		bounds.most = m->setup.cq_entries;
	return bounds;
}

/*
 * Whether there may be positions that the model does not know: CQEs of the
 * library's own, consumed behind a held token, keep their places in the CQ.
 */
static bool has_hidden(const struct model *m)
{
	return m->own_used && !m->setup.exact && m->head != m->delivered;
}

/* ... so that the CQ may be fuller than it looks. */
static struct model_answer or_all_held(const struct model *m, struct model_answer answer)
{
	if (m->open && has_hidden(m))
		model_may_answer(&answer, ONCE_ALL_HELD);
	return answer;
}

/*
 * Exact: all is known. The library's own CQEs at the front are consumed; behind
 * a held token they keep their places in the CQ, as it does.
 */
static int peek_exact(const struct model *m)
{
	const uint32_t room = m->setup.cq_entries - model_window(m);
	const uint32_t own = model_own_first(m);

	if (model_window(m) != 0 && own >= room && m->queued > room)
		return ONCE_ALL_HELD;
	return own < m->queued ? 0 : -EAGAIN;
}

struct model_answer model_peek_answer(struct model *m, const struct model_facts *facts)
{
	struct model_answer answer = model_exactly(0);

	if (!m->open)
		return model_exactly(ONCE_NOT_OPEN);
	if (m->setup.exact)
		return model_exactly(peek_exact(m));
	if (deliverable(m, facts).least != 0)
		return answer;
	if (facts->ready == 0 && !facts->backlog && !m->setup.async)
		return model_exactly(-EAGAIN);
	model_may_answer(&answer, -EAGAIN);
	if (!facts->backlog && !m->setup.async)
		return answer;
	/* the kernel is entered, by the owner only */
	if (!model_owns(m, false))
		model_may_answer(&answer, ONCE_WRONG_THREAD);
	if (model_window(m) == m->setup.cq_entries || has_hidden(m))
		model_may_answer(&answer, ONCE_ALL_HELD);
	model_may_fail(&answer);
	return answer;
}

struct model_answer model_get_events_answer(struct model *m)
{
	struct model_answer answer = model_exactly(0);

	if (!m->open)
		return model_exactly(ONCE_NOT_OPEN);
	if (!model_owns(m, false))
		return model_exactly(ONCE_WRONG_THREAD);
	model_may_fail(&answer);
	return answer;
}

/* Nothing can post *count* CQEs: *to_come* operations more are about to be submitted. */
static bool would_hang(const struct model *m, uint32_t count, uint32_t to_come,
		       const struct model_facts *facts)
{
	return !m->setup.split && !m->setup.expect_foreign && model_credit_out(m) == 0 &&
	       count > model_outstanding(m) + to_come && !facts->backlog &&
	       count > deliverable(m, facts).most;
}

/* The refusals that all waits share, in their order; 0 if there is none. */
static int wait_refusal(struct model *m, uint32_t count, bool timed, uint32_t to_come,
			const struct model_facts *facts)
{
	if (!m->open)
		return ONCE_NOT_OPEN;
	if (!model_owns(m, false))
		return ONCE_WRONG_THREAD;
	if (count > m->setup.cq_entries - model_window(m))
		return ONCE_ALL_HELD;
	if (!timed && would_hang(m, count, to_come, facts))
		return ONCE_WOULD_HANG;
	return 0;
}

/* Exact: timeouts of the library's own whose CQE is not even posted. */
static uint32_t timers_to_come(const struct model *m, const struct model_facts *facts)
{
	uint32_t posted = 0;

	for (uint32_t i = 0; i < facts->ready && i < m->queued; i++)
		if (m->queue[i].user_data == UINT64_MAX && posted < m->reserved)
			posted++;
	return m->reserved - posted;
}

/* Exact: CQEs of the library's own that are consumed and keep their places behind a held token. */
static uint32_t own_behind_held(const struct model *m)
{
	uint32_t own = 0;

	for (uint64_t p = m->head; p < m->delivered; p++)
		own += m->tokens[p - m->forgotten].own;
	return own;
}

/*
 * A timed wait that reserves an SQE and a CQ place: may it begin? *enough*:
 * what is ready may suffice, where the model cannot tell whose it is.
 */
static struct model_answer reserving(struct model *m, bool enough, const struct model_facts *facts)
{
	struct model_answer answer = model_exactly(0);

	if (m->reserved >= TIMERS_MAX && !enough)
		return model_exactly(ONCE_TIMERS_OUT);
	if (m->reserved >= TIMERS_MAX) {
		model_may_answer(&answer, ONCE_TIMERS_OUT);
		return answer;
	}
	if (m->setup.exact && m->removes != 0 && timers_to_come(m, facts) != 0)
		return model_exactly(ONCE_TIMERS_OUT);
	if (m->setup.exact && m->reserved + m->removes + own_behind_held(m) +
			      (timers_to_come(m, facts) != 0 ? 2 : 1) > OWN_PLACES)
		return model_exactly(ONCE_TIMERS_OUT);
	m->reserves = m->setup.exact;
	m->removes_older = m->setup.exact && timers_to_come(m, facts) != 0;
	/* a renewal may find older ones out; a removal may be, unseen */
	if (!m->setup.exact && m->own_used)
		model_may_answer(&answer, ONCE_TIMERS_OUT);
	model_may_answer(&answer, -ETIME);
	model_may_fail(&answer);
	return answer;
}

/* Not refused: at once if enough is ready, else the kernel decides. */
static struct model_answer waiting(struct model *m, uint32_t wanted, const struct model_wait *wait,
				   const struct model_facts *facts)
{
	struct model_answer answer = model_exactly(0);

	if (wait->timed && wait->bad_time)
		return model_exactly(-EINVAL);
	if (wait->timed && m->setup.legacy && m->setup.split)
		return model_exactly(ONCE_SPLIT_TIMER);
	if (deliverable(m, facts).least >= wanted)
		return answer;
	if (wait->timed && m->setup.legacy)
		return reserving(m, deliverable(m, facts).most >= wanted, facts);
	if (wait->timed)
		model_may_answer(&answer, -ETIME);
	model_may_fail(&answer);
	return answer;
}

struct model_answer model_wait_answer(struct model *m, const struct model_wait *wait,
				      const struct model_facts *facts)
{
	const uint32_t wanted = wait->count == 0 ? 1 : wait->count;
	const int refusal = wait_refusal(m, wanted, wait->timed, 0, facts);
	struct model_answer answer = model_exactly(refusal);

	/* one that is ready is handed out before anything is looked at */
	if (refusal == ONCE_WRONG_THREAD && !wait->timed && wanted == 1 && facts->ready != 0)
		answer.least = answer.most = 0;
	return or_all_held(m, refusal != 0 ? answer : waiting(m, wanted, wait, facts));
}

/* What a submit refuses, then what a wait refuses: 0 if nothing. */
static int both_refusal(struct model *m, uint32_t count, bool timed, const struct model_facts *facts)
{
	if (!m->open)
		return ONCE_NOT_OPEN;
	if (!model_owns(m, true))
		return ONCE_WRONG_THREAD;
	model_touch_all(m, MODEL_SUBMIT);
	if (m->counts.of[MODEL_TAKEN] != 0)
		return ONCE_NOT_ARMED;
	if (m->setup.split)
		return ONCE_WRONG_THREAD;
	return wait_refusal(m, count, timed, m->counts.of[MODEL_ARMED], facts);
}

struct model_answer model_submit_and_wait_answer(struct model *m, uint32_t count,
						 const struct model_facts *facts)
{
	const int refusal = both_refusal(m, count, false, facts);
	struct model_answer answer;

	if (refusal != 0)
		return or_all_held(m, model_exactly(refusal));
	if (count == 0 && m->counts.of[MODEL_ARMED] == 0 && !m->own_used)
		return model_exactly(0);
	answer = model_range(0, m->counts.of[MODEL_ARMED]);
	model_may_fail(&answer);
	return or_all_held(m, answer);
}

struct model_answer model_submit_and_wait_timeout_answer(struct model *m,
							 const struct model_wait *wait,
							 const struct model_facts *facts)
{
	const uint32_t wanted = wait->count == 0 ? 1 : wait->count;
	const int refusal = both_refusal(m, wanted, wait->timed, facts);
	struct model_answer answer = model_exactly(0);

	if (refusal != 0)
		return or_all_held(m, model_exactly(refusal));
	if (wait->timed && wait->bad_time)
		return or_all_held(m, model_exactly(-EINVAL));
	if ((m->counts.of[MODEL_ARMED] == 0 && !m->own_used) || (wait->timed && m->setup.legacy))
		return or_all_held(m, waiting(m, wanted, wait, facts));
	/*
	 * What is submitted first makes sure that what is there is handed out. SQEs of the
	 * library's own may be all there is, or may be gone: then it is a wait like any other.
	 */
	if (deliverable(m, facts).least >= wanted ||
	    (deliverable(m, facts).least != 0 && m->counts.of[MODEL_ARMED] != 0))
		return answer;
	if (wait->timed)
		model_may_answer(&answer, -ETIME);
	model_may_fail(&answer);
	return or_all_held(m, answer);
}

/* What the reservations are now: exact rings know, others follow the library. */
static void reserve(struct model *m, uint32_t reserved)
{
	if (!m->setup.exact)
		m->reserved = reserved;
	if (m->reserves)
		m->reserved++;
	if (m->reserves && m->removes_older)
		m->removes++;
	m->reserves = m->removes_older = false;
}

/* A wait that was refused has not begun, but for those that are refused when it goes on. */
static bool has_begun(const struct model *m, int rc, uint32_t armed, uint32_t reserved)
{
	const bool changed = armed != m->counts.of[MODEL_ARMED] || reserved != m->reserved;

	return rc >= -4095 || rc == ONCE_TIMERS_OUT ||
	       (rc == ONCE_ALL_HELD && !m->setup.exact && m->own_used && changed);
}

bool model_waited(struct model *m, const struct model_wait *wait, int rc, uint32_t armed,
		  uint32_t reserved)
{
	const uint32_t before = m->reserved;

	if (!wait->timed || !m->setup.legacy || m->setup.split || !has_begun(m, rc, armed, reserved))
		return true;
	if (armed > m->counts.of[MODEL_ARMED])
		return model_fail(m, "wait: operations became armed");
	if (reserved > TIMERS_MAX)
		return model_fail(m, "wait: more reservations than there are places for");
	if (rc == ONCE_TIMERS_OUT && before == 0 && !m->own_used)
		return model_fail(m, "wait: no timeout is out");
	m->own_used = m->own_used || armed != m->counts.of[MODEL_ARMED] || reserved != before ||
		      rc != 0;
	reserve(m, reserved);
	return model_submitted(m, m->counts.of[MODEL_ARMED] - armed);
}
