/* SPDX-License-Identifier: MIT */
/* The model: open, slots and positions, and the accounts. */
#include "model.h"

#include <errno.h>
#include <string.h>

#define GENERATIONS (UINT64_C(1) << 40)

void model_open(struct model *m, const struct model_setup *setup)
{
	const uint64_t thread = m->thread != 0 ? m->thread : 1;
	const uint64_t violations = m->violations;

	memset(m, 0, offsetof(struct model, queue));
	m->setup = *setup;
	m->open = true;
	m->thread = thread;
	m->violations = violations;
	m->counts.of[MODEL_FREE] = setup->capacity;
	for (uint32_t i = 0; i < setup->capacity; i++) {
		const struct model_slot slot = {
			.state = MODEL_FREE,
			.generation = setup->generations_used + 1,
			.lives_left = GENERATIONS - 1 - setup->generations_used
		};

		m->slots[i] = slot;
	}
}

void model_copy(struct model *to, const struct model *from)
{
	memcpy(to, from, offsetof(struct model, queue));
	memcpy(to->queue, from->queue, from->queued * sizeof from->queue[0]);
	memcpy(to->slots, from->slots, from->setup.capacity * sizeof from->slots[0]);
	memcpy(to->tokens, from->tokens,
	       (size_t)(from->delivered - from->forgotten) * sizeof from->tokens[0]);
}

bool model_fail(struct model *m, const char *why)
{
	if (m->why == NULL)
		m->why = why;
	return false;
}

int model_refuse(struct model *m, int code)
{
	m->violations++;
	m->last_violation = code;
	return code;
}

/* --- answers --- */

bool model_allows(const struct model_answer *answer, int rc)
{
	if (rc >= answer->least && rc <= answer->most)
		return true;
	for (unsigned i = 0; i < answer->codes; i++)
		if (answer->code[i] == rc)
			return true;
	return false;
}

bool model_answered(struct model *m, const struct model_answer *answer, int rc)
{
	if (!model_allows(answer, rc))
		return model_fail(m, "the call may not answer that");
	if (rc < -4095)
		model_refuse(m, rc);
	return true;
}

struct model_answer model_range(uint32_t least, uint32_t most)
{
	const struct model_answer answer = { .least = least, .most = most };

	return answer;
}

struct model_answer model_exactly(int code)
{
	struct model_answer none = { .least = 1, .most = 0 };

	if (code >= 0)
		return model_range((uint32_t)code, (uint32_t)code);
	model_may_answer(&none, code);
	return none;
}

void model_may_answer(struct model_answer *answer, int code)
{
	if (answer->codes < MODEL_CODES) {
		answer->code[answer->codes] = code;
		answer->codes++;
	}
}

void model_may_fail(struct model_answer *answer)
{
	model_may_answer(answer, -EAGAIN);
	model_may_answer(answer, -EINTR);
	model_may_answer(answer, -EBUSY);
	model_may_answer(answer, -EBADR);
	model_may_answer(answer, -EEXIST);
}

bool model_owns(struct model *m, bool submitting)
{
	uint64_t *owner = submitting || !m->setup.split ? &m->submit_owner : &m->complete_owner;

	if (*owner == 0)
		*owner = m->thread;
	return *owner == m->thread;
}

/* --- slots --- */

uint64_t model_id_of(const struct model *m, uint32_t slot)
{
	return (m->setup.tag << 56) + ((uint64_t)slot << 40) + m->slots[slot].generation;
}

uint32_t model_slot_of(const struct model *m, uint64_t id)
{
	const uint32_t slot = (uint32_t)(id >> 40) & 0xffffU;

	return m->open && id >> 56 == m->setup.tag && slot < m->setup.capacity ? slot : MODEL_NO_SLOT;
}

/* A slot without an operation has no shape. */
void model_hit(struct model *m, uint32_t slot, int state, enum model_event event)
{
	const bool shaped = state == MODEL_ARMED || state == MODEL_IN_FLIGHT || state == MODEL_ENDED;

	m->hits[shaped ? m->slots[slot].shape : MODEL_ONE][state][event]++;
}

int model_state_by_id(const struct model *m, uint32_t slot, uint64_t id)
{
	const struct model_slot *s = &m->slots[slot];

	if (model_id_of(m, slot) == id)
		return s->state;
	return s->state == MODEL_RETIRED && id % GENERATIONS == s->generation - 1 ? MODEL_RETIRED
										  : MODEL_FREE;
}

int model_slot_event(struct model *m, uint32_t slot, enum model_event event)
{
	struct model_slot *s = &m->slots[slot];
	const bool rests = event == MODEL_PASS || event == MODEL_GIVE_BACK ||
			   event == MODEL_ARM_FAULTY;
	const int next = model_step(&m->counts, s->state, (int)event, s->lives_left == 1);

	model_hit(m, slot, s->state, event);
	if (next < 0)
		return next;
	s->state = next;
	if (rests) {
		s->generation++;
		s->lives_left--;
		s->credit = 0;
	}
	return next;
}

void model_touch_all(struct model *m, enum model_event event)
{
	for (uint32_t i = 0; i < m->setup.capacity; i++)
		model_hit(m, i, m->slots[i].state, event);
}

uint32_t model_credit_out(const struct model *m)
{
	uint32_t out = 0;

	for (uint32_t i = 0; i < m->setup.capacity; i++)
		out += m->slots[i].credit;
	return out;
}

/* Operations in flight whose terminal CQE is not delivered. */
uint32_t model_outstanding(const struct model *m)
{
	return m->counts.of[MODEL_IN_FLIGHT];
}

/* --- positions --- */

uint32_t model_window(const struct model *m)
{
	return (uint32_t)(m->delivered - m->head);
}

struct model_token *model_new_token(struct model *m)
{
	struct model_token *token;

	if (m->delivered - m->forgotten == MODEL_TOKENS) {
		const uint64_t keep = m->delivered - m->head;

		memmove(m->tokens, m->tokens + (m->head - m->forgotten),
			(size_t)keep * sizeof m->tokens[0]);
		m->forgotten = m->head;
	}
	token = &m->tokens[m->delivered - m->forgotten];
	memset(token, 0, sizeof *token);
	token->state = MODEL_UNISSUED;
	token->slot = MODEL_NO_SLOT;
	m->delivered++;
	return token;
}

/* What is so far back that its history is gone has passed. */
int model_token_event(struct model *m, uint64_t index, enum model_token_event event)
{
	struct model_token *token = index < m->forgotten || index >= m->delivered
		? NULL : &m->tokens[index - m->forgotten];
	const int state = token != NULL ? token->state
					: index < m->forgotten ? MODEL_PASSED : MODEL_UNISSUED;
	const int next = model_token_next(state, (int)event);

	m->token_hits[state][event]++;
	if (next >= 0 && token != NULL)
		token->state = next;
	return next;
}

void model_reclaim(struct model *m)
{
	while (m->head != m->delivered) {
		const struct model_token *token = &m->tokens[m->head - m->forgotten];

		if (model_token_event(m, m->head, MODEL_HEAD) != MODEL_PASSED)
			return;
		if (token->terminal)
			model_slot_event(m, token->slot, MODEL_PASS);
		m->head++;
	}
}

/* --- accounts --- */

bool model_is_sound(const struct model *m)
{
	uint32_t of[MODEL_STATES] = { 0 };

	for (uint32_t i = 0; i < m->setup.capacity; i++)
		of[m->slots[i].state]++;
	return memcmp(of, m->counts.of, sizeof of) == 0 && m->held <= model_window(m) &&
	       model_window(m) <= m->setup.cq_entries;
}

/* Exact: a wait that ended without a token may have consumed some, or not. */
static void follow_own_exactly(struct model *m, const struct model_accounts *observed)
{
	while (model_own_first(m) != 0 && model_window(m) < m->setup.cq_entries &&
	       (observed->reserved < m->reserved ||
		(!observed->overflow && observed->ready < m->queued)))
		model_consume_one(m);
}

/* CQEs of the library's own that were consumed since the last look: the head tells. */
static void follow_own(struct model *m, const struct model_accounts *observed)
{
	if (!m->own_used)
		return;
	if (observed->reserved < m->reserved)
		m->reserved = observed->reserved;
	if (m->head != m->delivered || observed->passed_total < m->head ||
	    observed->passed_total - m->head > MODEL_PLACES)
		return;
	while (m->head != observed->passed_total) {
		struct model_token *token = model_new_token(m);

		token->own = true;
		token->state = MODEL_SEEN;
		model_reclaim(m);
	}
}

/* What the CQ may hold. */
static bool check_ready(struct model *m, const struct model_accounts *observed)
{
	bool one_each = !m->own_used && m->foreign_due == 0;

	if (model_window(m) + observed->ready > m->setup.cq_entries)
		return model_fail(m, "ready: more CQEs than the CQ has places");
	if (m->setup.exact) {
		if (observed->ready > m->queued || (!observed->overflow && observed->ready != m->queued))
			return model_fail(m, "ready: not what was posted");
		return true;
	}
	for (uint32_t i = 0; i < m->setup.capacity; i++)
		one_each = one_each && m->slots[i].shape == MODEL_ONE;
	if (one_each && observed->ready > model_outstanding(m))
		return model_fail(m, "ready: more CQEs than operations in flight");
	return true;
}

static bool check_closed(struct model *m, const struct model_accounts *observed)
{
	static const struct model_accounts none;

	return memcmp(observed, &none, sizeof none) == 0 ||
	       model_fail(m, "an account of a closed ring is not 0");
}

bool model_check_accounts(struct model *m, const struct model_accounts *observed)
{
	const uint32_t *of = m->counts.of;

	if (!m->open)
		return check_closed(m, observed);
	if (m->setup.exact)
		follow_own_exactly(m, observed);
	else
		follow_own(m, observed);
	if (observed->capacity != m->setup.capacity)
		return model_fail(m, "account: capacity");
	if (observed->free != of[MODEL_FREE])
		return model_fail(m, "account: free");
	if (observed->taken != of[MODEL_TAKEN])
		return model_fail(m, "account: taken");
	if (observed->armed != of[MODEL_ARMED])
		return model_fail(m, "account: armed");
	if (observed->in_flight != of[MODEL_IN_FLIGHT] + of[MODEL_ENDED])
		return model_fail(m, "account: in flight");
	if (observed->retired != of[MODEL_RETIRED])
		return model_fail(m, "account: retired");
	if (observed->held != m->held)
		return model_fail(m, "account: held");
	if (observed->reserved != m->reserved)
		return model_fail(m, "account: reserved");
	if (observed->armed_total != m->armed_total)
		return model_fail(m, "account: armed, total");
	if (observed->passed_total != m->head)
		return model_fail(m, "the head is not behind the seen prefix");
	return check_ready(m, observed) &&
	       (model_is_sound(m) || model_fail(m, "the model contradicts itself"));
}
