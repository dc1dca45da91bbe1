/* SPDX-License-Identifier: MIT */
/* The model of discard, drain and close; and of operations asked for by their tickets. */
#include "model.h"

#include <errno.h>

/* --- discard --- */

/* On an exact ring: one CQE after the other, until there is none or no room. */
int model_discard(struct model *m)
{
	const struct model_facts none = { 0, false, false };
	uint32_t discarded = 0;
	int rc;

	for (;;) {
		struct model_answer answer = model_peek_answer(m, &none);
		struct model_cqe cqe;
		uint32_t slot;

		rc = answer.codes != 0 ? answer.code[0] : 0;
		if (rc != 0)
			break;
		model_consume_own(m);
		cqe = m->queue[0];
		slot = model_slot_of(m, cqe.user_data);
		cqe.foreign = slot == MODEL_NO_SLOT || model_id_of(m, slot) != cqe.user_data ||
			      m->slots[slot].state != MODEL_IN_FLIGHT;
		cqe.lent = cqe.foreign ? 0 : m->slots[slot].lent;
		model_reaped(m, &cqe);
		discarded++;
	}
	if (rc == -EAGAIN)
		model_consume_own(m);
	else
		model_refuse(m, rc);
	return discarded != 0 || rc == -EAGAIN ? (int)discarded : rc;
}

/* The operation has ended, unseen: its CQEs are among those that were thrown away. */
static bool end_unseen(struct model *m, uint64_t id, struct model_token *token)
{
	const uint32_t slot = model_slot_of(m, id);

	if (slot == MODEL_NO_SLOT || model_id_of(m, slot) != id ||
	    model_slot_event(m, slot, MODEL_CQE_LAST) < 0)
		return model_fail(m, "discarded: an operation that was not in flight");
	token->slot = slot;
	token->id = id;
	token->terminal = true;
	return true;
}

bool model_discarded(struct model *m, uint32_t count, const uint64_t *ended, uint32_t ends)
{
	bool good = true;

	if (ends > count)
		return model_fail(m, "discarded: more operations ended than there were CQEs");
	/* which position was whose is not known, nor does it matter: all are seen */
	for (uint32_t i = 0; i < count; i++) {
		struct model_token *token = model_new_token(m);

		model_token_event(m, m->delivered - 1, MODEL_REAP);
		if (i < ends)
			good = end_unseen(m, ended[i], token) && good;
		model_reclaim(m);
	}
	return good;
}

/* --- drain --- */

struct model_answer model_drain_answer(struct model *m, bool bad_time)
{
	struct model_answer answer = model_exactly(0);

	if (!m->open)
		return model_exactly(ONCE_NOT_OPEN);
	if (!model_owns(m, true) || !model_owns(m, false))
		return model_exactly(ONCE_WRONG_THREAD);
	model_touch_all(m, MODEL_DRAIN);
	if (m->counts.of[MODEL_TAKEN] != 0)
		return model_exactly(ONCE_STILL_TAKEN);
	if (m->held != 0)
		return model_exactly(ONCE_STILL_HELD);
	if (bad_time)
		return model_exactly(-EINVAL);
	model_may_answer(&answer, ONCE_DEADLINE);
	model_may_fail(&answer);
	return answer;
}

/* Nothing was held, so whatever came has passed: the head says how much. */
static bool skip_to(struct model *m, uint64_t passed)
{
	if (passed < m->delivered)
		return model_fail(m, "drain: the head went back");
	m->delivered = m->head = m->forgotten = passed;
	m->queued = 0;
	return true;
}

bool model_drained(struct model *m, int rc, const uint64_t *ended, uint32_t ends,
		   const struct model_accounts *after)
{
	if (after->armed > m->counts.of[MODEL_ARMED] ||
	    !model_submitted(m, m->counts.of[MODEL_ARMED] - after->armed))
		return model_fail(m, "drain: operations became armed");
	for (uint32_t i = 0; i < ends; i++) {
		struct model_token none = { .slot = MODEL_NO_SLOT };

		if (!end_unseen(m, ended[i], &none))
			return false;
		model_slot_event(m, none.slot, MODEL_PASS);
	}
	if (rc == 0 && (m->counts.of[MODEL_ARMED] != 0 || m->counts.of[MODEL_IN_FLIGHT] != 0))
		return model_fail(m, "drain: done, but operations are left");
	if (after->passed_total - m->delivered < ends)
		return model_fail(m, "drain: operations ended without a CQE");
	if (after->reserved > m->reserved && !m->setup.legacy)
		return model_fail(m, "drain: a reservation without need");
	if (rc == 0 && after->reserved != 0)
		return model_fail(m, "drain: done, but a reservation is left");
	m->reserved = after->reserved;
	m->removes = 0;
	m->own_used = m->own_used || rc != 0 || m->setup.legacy;
	return skip_to(m, after->passed_total);
}

/* --- close --- */

int model_close(struct model *m, const struct model_facts *facts)
{
	const uint32_t live = m->counts.of[MODEL_ARMED] + m->counts.of[MODEL_IN_FLIGHT] +
			      m->counts.of[MODEL_ENDED];
	int code = 0;

	if (!m->open)
		return model_refuse(m, ONCE_NOT_OPEN);
	model_touch_all(m, MODEL_CLOSE);
	if (m->counts.of[MODEL_TAKEN] != 0)
		code = ONCE_STILL_TAKEN;
	else if (m->held != 0)
		code = ONCE_STILL_HELD;
	else if (live != 0)
		code = ONCE_STILL_LIVE;
	else if (m->reserved != 0)
		code = ONCE_STILL_RESERVED;
	else if (facts->ready != 0 || facts->overflow)
		code = ONCE_STILL_READY;
	for (uint64_t i = m->head; i < m->delivered; i++)
		m->token_hits[m->tokens[i - m->forgotten].state][MODEL_VOID]++;
	if (code != 0)
		return model_refuse(m, code);
	m->open = false;
	return 0;
}

int model_abandon(struct model *m)
{
	if (!m->open)
		return model_refuse(m, ONCE_NOT_OPEN);
	m->open = false;
	return 0;
}

/* --- tickets --- */

int model_state_of(struct model *m, bool this_ring, uint64_t id)
{
	/* enum once_state, in its own numbers: the model includes no other header */
	enum { GONE = 0, ARMED = 1, IN_FLIGHT = 2, ENDED = 3, RETIRED = 4 };
	static const int answers[MODEL_STATES] = { GONE, GONE, ARMED, IN_FLIGHT, ENDED, RETIRED };
	const uint32_t slot = model_slot_of(m, id);

	if (!this_ring)
		return model_refuse(m, ONCE_OTHER_RING);
	return slot == MODEL_NO_SLOT ? GONE : answers[model_state_by_id(m, slot, id)];
}

uint32_t model_survivors(const struct model *m)
{
	return m->open ? m->counts.of[MODEL_ARMED] + m->counts.of[MODEL_IN_FLIGHT] : 0;
}
