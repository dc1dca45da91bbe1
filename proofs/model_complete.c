/* SPDX-License-Identifier: MIT */
/* The model of the completing side: CQEs become tokens, tokens are looked at and seen. */
#include "model.h"

#define F_MORE 2U
#define UDATA_TIMEOUT UINT64_MAX
#define UDATA_REMOVE (UINT64_MAX - 1)
#define UDATA_CANCEL (UINT64_MAX - 2)

/* --- exact rings: what the kernel has posted, in order --- */

bool model_posted(struct model *m, const struct model_cqe *cqe)
{
	if (m->queued == MODEL_QUEUE)
		return model_fail(m, "posted: the model's queue is full");
	m->queue[m->queued] = *cqe;
	m->queued++;
	return true;
}

void model_expect_foreign(struct model *m, uint32_t count)
{
	m->foreign_due += count;
}

/* How many of the first *count* are the library's own; *stop*: up to the first that is not. */
static uint32_t own_among(const struct model *m, uint32_t count, bool stop)
{
	uint32_t reserved = m->reserved;
	uint32_t removes = m->removes;
	uint32_t own = 0;

	for (uint32_t i = 0; i < count && i < m->queued; i++) {
		const uint64_t user_data = m->queue[i].user_data;

		if (user_data == UDATA_TIMEOUT && reserved != 0) {
			reserved--;
			own++;
		} else if (user_data == UDATA_REMOVE && removes != 0) {
			removes--;
			own++;
		} else if (stop) {
			return own;
		}
	}
	return own;
}

uint32_t model_deliverable(const struct model *m, uint32_t ready)
{
	return ready - own_among(m, ready, false);
}

uint32_t model_own_first(const struct model *m)
{
	return own_among(m, m->queued, true);
}

static void pop(struct model *m)
{
	m->queued--;
	for (uint32_t i = 0; i < m->queued; i++)
		m->queue[i] = m->queue[i + 1];
}

/* A position that the library keeps for itself: seen as soon as it comes. */
static void own_token(struct model *m, uint64_t user_data)
{
	struct model_token *token = model_new_token(m);

	token->own = true;
	token->id = user_data;
	token->state = MODEL_SEEN;
	model_reclaim(m);
}

void model_consume_one(struct model *m)
{
	const uint64_t user_data = m->queue[0].user_data;

	if (user_data == UDATA_TIMEOUT)
		m->reserved--;
	else
		m->removes--;
	pop(m);
	own_token(m, user_data);
}

void model_consume_own(struct model *m)
{
	uint32_t own = model_own_first(m);

	for (; own != 0 && model_window(m) < m->setup.cq_entries; own--)
		model_consume_one(m);
}

void model_found_nothing(struct model *m)
{
	if (m->setup.exact)
		model_consume_own(m);
}

/* --- a CQE is handed out --- */

/* It must be the one that the kernel posted next. */
static bool is_next(struct model *m, const struct model_cqe *cqe)
{
	const struct model_cqe *next = &m->queue[0];

	if (m->queued == 0)
		return model_fail(m, "delivered: nothing was posted");
	if (next->user_data != cqe->user_data || next->result != cqe->result ||
	    next->flags != cqe->flags)
		return model_fail(m, "delivered: not the CQE that was posted next");
	pop(m);
	return true;
}

/* May this operation post this CQE? Exact rings may post anything. */
static bool obeys_shape(struct model *m, const struct model_slot *slot, bool more)
{
	if (m->setup.exact || !more)
		return true;
	if (slot->shape == MODEL_ONE)
		return model_fail(m, "delivered: F_MORE on an operation with one CQE");
	if (slot->shape == MODEL_ZERO_COPY && slot->cqes != 0)
		return model_fail(m, "delivered: F_MORE on a notification");
	return true;
}

/* Names no operation in flight: foreign, or a stray if it bears this ring's tag. */
static bool accept_foreign(struct model *m, const struct model_cqe *cqe)
{
	const uint32_t slot = model_slot_of(m, cqe->user_data);
	const bool more = (cqe->flags & F_MORE) != 0;

	if (slot != MODEL_NO_SLOT && model_id_of(m, slot) == cqe->user_data &&
	    m->slots[slot].state == MODEL_IN_FLIGHT)
		return model_fail(m, "delivered as foreign: an operation in flight");
	if (!m->setup.exact) {
		if (m->foreign_due == 0)
			return model_fail(m, "delivered: a foreign CQE that nobody sent");
		m->foreign_due--;
	}
	if (cqe->user_data >> 56 == m->setup.tag)
		model_refuse(m, ONCE_STRAY_CQE);
	if (slot != MODEL_NO_SLOT)
		model_hit(m, slot, model_state_by_id(m, slot, cqe->user_data),
			  more ? MODEL_CQE_MORE : MODEL_CQE_LAST);
	return true;
}

/* Checks a CQE against all that is known, and applies it to its operation. */
static bool accept(struct model *m, const struct model_cqe *cqe, struct model_token *token)
{
	const uint32_t slot = model_slot_of(m, cqe->user_data);
	const bool more = (cqe->flags & F_MORE) != 0;

	token->id = cqe->user_data;
	token->result = cqe->result;
	token->flags = cqe->flags;
	if (cqe->foreign)
		return accept_foreign(m, cqe);
	if (slot == MODEL_NO_SLOT || model_id_of(m, slot) != cqe->user_data)
		return model_fail(m, "delivered: no operation of this ring, or one that is gone");
	if (m->slots[slot].lent != cqe->lent)
		return model_fail(m, "delivered: another owner than the one that was lent");
	if (!obeys_shape(m, &m->slots[slot], more))
		return false;
	m->slots[slot].cqes++;
	if (model_slot_event(m, slot, more ? MODEL_CQE_MORE : MODEL_CQE_LAST) < 0)
		return model_fail(m, "delivered: an operation that is not in flight");
	token->slot = slot;
	token->lent = cqe->lent;
	token->terminal = !more;
	return true;
}

/* Positions before *index* that were never handed out: the library's own CQEs. */
static bool fill_gap(struct model *m, uint64_t index)
{
	if (index < m->delivered)
		return model_fail(m, "delivered: a position that was delivered before");
	if (index != m->delivered && !m->own_used)
		return model_fail(m, "delivered: a position was left out");
	if (index - m->delivered > m->setup.cq_entries)
		return model_fail(m, "delivered: more positions left out than the CQ has");
	while (m->delivered != index)
		own_token(m, UDATA_CANCEL);
	return true;
}

bool model_delivered(struct model *m, const struct model_cqe *cqe)
{
	const uint64_t index = cqe->position - m->setup.opened_at;
	struct model_token *token;

	if (m->setup.exact) {
		model_consume_own(m);
		if (!is_next(m, cqe))
			return false;
		if (index != m->delivered)
			return model_fail(m, "delivered: not the next position");
	} else if (!fill_gap(m, index)) {
		return false;
	}
	token = model_new_token(m);
	model_token_event(m, index, MODEL_DELIVER);
	m->held++;
	return accept(m, cqe, token);
}

/* A copy names its operation by what was lent only. */
static uint64_t id_of_lent(const struct model *m, uint64_t lent)
{
	for (uint32_t i = 0; i < m->setup.capacity; i++)
		if (m->slots[i].state == MODEL_IN_FLIGHT && m->slots[i].lent == lent)
			return model_id_of(m, i);
	return 0;
}

bool model_reaped(struct model *m, const struct model_cqe *cqe)
{
	struct model_cqe named = *cqe;
	struct model_token *token;
	bool good;

	if (!cqe->foreign)
		named.user_data = id_of_lent(m, cqe->lent);
	if (m->setup.exact) {
		model_consume_own(m);
		if (!is_next(m, &named))
			return false;
	}
	token = model_new_token(m);
	model_token_event(m, m->delivered - 1, MODEL_REAP);
	good = accept(m, &named, token);
	model_reclaim(m);
	return good;
}

/* --- tokens --- */

/* Where a shown token stands in the history, as an index; what it is there. */
static uint64_t index_of(const struct model *m, const struct model_shown *shown)
{
	/* of an earlier life of the ring, or from the future: beyond all that was issued */
	return shown->position < m->setup.opened_at ? UINT64_MAX - 1
						    : shown->position - m->setup.opened_at;
}

/* What seeing it would answer; nothing changes. */
static int see_refusal(const struct model *m, const struct model_shown *shown)
{
	const uint64_t index = index_of(m, shown);

	if (!m->open)
		return ONCE_NOT_OPEN;
	if (shown->kind == MODEL_TOKEN_ZERO)
		return ONCE_NOT_ISSUED;
	if (shown->kind == MODEL_TOKEN_OTHER)
		return ONCE_OTHER_RING;
	if (index >= m->delivered)
		return ONCE_NOT_ISSUED;
	if (index < m->forgotten || m->tokens[index - m->forgotten].state != MODEL_HELD)
		return ONCE_SEEN_TWICE;
	return shown->kind == MODEL_TOKEN_REAL ? 0 : ONCE_NOT_ISSUED;
}

/* Mark it; the head waits. */
static void mark_seen(struct model *m, const struct model_shown *shown)
{
	model_token_event(m, index_of(m, shown), MODEL_SEE);
	m->held--;
}

int model_see(struct model *m, const struct model_shown *shown)
{
	const int code = see_refusal(m, shown);

	if (code != 0) {
		if (m->open && shown->kind == MODEL_TOKEN_REAL)
			model_token_event(m, index_of(m, shown), MODEL_SEE);
		return model_refuse(m, code);
	}
	mark_seen(m, shown);
	model_reclaim(m);
	return 0;
}

int model_see_batch(struct model *m, const struct model_shown *shown, uint32_t count)
{
	uint32_t seen = 0;

	while (seen < count && see_refusal(m, &shown[seen]) == 0) {
		mark_seen(m, &shown[seen]);
		seen++;
	}
	model_reclaim(m);
	if (seen != 0 || count == 0)
		return (int)seen;
	return model_see(m, &shown[0]);
}

bool model_is_held(const struct model *m, const struct model_shown *shown)
{
	return see_refusal(m, shown) == 0;
}

const struct model_token *model_look(struct model *m, const struct model_shown *shown)
{
	if (m->open && shown->kind == MODEL_TOKEN_REAL)
		model_token_event(m, index_of(m, shown), MODEL_LOOK);
	if (model_is_held(m, shown))
		return &m->tokens[index_of(m, shown) - m->forgotten];
	if (shown->kind != MODEL_TOKEN_ZERO) /* which names no ring to report to */
		model_refuse(m, ONCE_SPENT);
	return NULL;
}

int model_owner(struct model *m, const struct model_shown *shown, bool same_type)
{
	const struct model_token *token = model_look(m, shown);

	if (token == NULL)
		return ONCE_SPENT;
	if (token->slot == MODEL_NO_SLOT)
		return model_refuse(m, ONCE_FOREIGN);
	return same_type ? 0 : model_refuse(m, ONCE_WRONG_TYPE);
}

int model_ticket_of(struct model *m, const struct model_shown *shown)
{
	const struct model_token *token = model_look(m, shown);

	if (token == NULL)
		return ONCE_SPENT;
	return token->slot == MODEL_NO_SLOT ? model_refuse(m, ONCE_FOREIGN) : 0;
}

int model_extra(struct model *m, const struct model_shown *shown)
{
	if (model_look(m, shown) == NULL)
		return ONCE_SPENT;
	return m->setup.cqe32 ? 0 : model_refuse(m, ONCE_NOT_CQE32);
}
