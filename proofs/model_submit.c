/* SPDX-License-Identifier: MIT */
/* The model of the submitting side: take, give back, arm, submit. */
#include "model.h"

#include <errno.h>

/* SQEs of the library's own that may be in the SQ. */
enum { OWN_SQES = 4 };

struct model_answer model_take_answer(struct model *m)
{
	const uint32_t used = m->counts.of[MODEL_ARMED] + m->counts.of[MODEL_TAKEN];
	struct model_answer answer = model_exactly(0);

	if (!m->open)
		return model_exactly(ONCE_NOT_OPEN);
	if (m->counts.of[MODEL_FREE] == 0) {
		model_touch_all(m, MODEL_TAKE);
		return model_exactly(m->counts.of[MODEL_RETIRED] == m->setup.capacity ? ONCE_WORN_OUT
										      : ONCE_NO_SLOT);
	}
	if (used >= m->setup.sq_usable)
		return model_exactly(-EAGAIN);
	if (m->setup.sqpoll || (m->own_used && used + OWN_SQES >= m->setup.sq_usable))
		model_may_answer(&answer, -EAGAIN);
	return answer;
}

bool model_taken(struct model *m, uint64_t id)
{
	const uint32_t slot = model_slot_of(m, id);

	if (slot == MODEL_NO_SLOT)
		return model_fail(m, "take: an identity that this ring cannot have");
	if (model_id_of(m, slot) != id)
		return model_fail(m, "take: not the slot's next generation");
	if (m->slots[slot].state != MODEL_FREE)
		return model_fail(m, "take: a slot that is not free");
	model_slot_event(m, slot, MODEL_TAKE);
	m->slots[slot].shape = MODEL_ONE;
	m->slots[slot].cqes = 0;
	return true;
}

/* The slot of a taken SQE; or counts what was asked of one that is not, and refuses. */
static uint32_t taken_slot(struct model *m, uint64_t id, enum model_event event)
{
	const uint32_t slot = model_slot_of(m, id);
	const bool present = slot != MODEL_NO_SLOT && model_id_of(m, slot) == id;

	if (present && m->slots[slot].state == MODEL_TAKEN)
		return slot;
	if (slot != MODEL_NO_SLOT && m->slots[slot].state != MODEL_TAKEN)
		model_hit(m, slot, m->slots[slot].state, event);
	return MODEL_NO_SLOT;
}

int model_give_back(struct model *m, uint64_t id)
{
	const uint32_t slot = taken_slot(m, id, MODEL_GIVE_BACK);

	if (slot == MODEL_NO_SLOT)
		return model_refuse(m, ONCE_NOT_TAKEN);
	model_slot_event(m, slot, MODEL_GIVE_BACK);
	return 0;
}

/* CQ places that an operation of that shape needs beyond one. */
static uint32_t credit_of(const struct model *m, int shape)
{
	if (shape == MODEL_MULTISHOT)
		return m->setup.multishot_credit;
	return shape == MODEL_ZERO_COPY ? 1 : 0;
}

int model_arm(struct model *m, uint64_t id, int fault, int shape, uint64_t lent)
{
	const uint32_t slot = taken_slot(m, id, fault != 0 ? MODEL_ARM_FAULTY : MODEL_ARM);
	const uint32_t credit = credit_of(m, shape);
	struct model_slot *s;

	if (slot == MODEL_NO_SLOT)
		return model_refuse(m, ONCE_NOT_TAKEN);
	if (fault == 0 && credit > m->setup.credit_places - model_credit_out(m))
		fault = ONCE_NO_CREDIT;
	s = &m->slots[slot];
	s->shape = shape;
	if (fault != 0) {
		model_slot_event(m, slot, MODEL_ARM_FAULTY);
		return model_refuse(m, fault);
	}
	model_slot_event(m, slot, MODEL_ARM);
	s->credit = credit;
	s->lent = lent;
	s->armed_as = m->armed_total;
	m->armed_total++;
	return 0;
}

int model_aim(struct model *m, bool this_ring, uint64_t id)
{
	const uint32_t slot = model_slot_of(m, id);
	const bool present = slot != MODEL_NO_SLOT && model_id_of(m, slot) == id;

	if (!this_ring)
		return ONCE_OTHER_RING;
	if (slot != MODEL_NO_SLOT && !present) /* that operation is gone, whatever its slot does */
		model_hit(m, slot, model_state_by_id(m, slot, id), MODEL_CANCEL);
	if (!present)
		return ONCE_STALE_TICKET;
	return model_slot_event(m, slot, MODEL_CANCEL) < 0 ? ONCE_STALE_TICKET : 0;
}

struct model_answer model_submit_answer(struct model *m)
{
	struct model_answer answer;

	if (!m->open)
		return model_exactly(ONCE_NOT_OPEN);
	if (!model_owns(m, true))
		return model_exactly(ONCE_WRONG_THREAD);
	model_touch_all(m, MODEL_SUBMIT);
	if (m->counts.of[MODEL_TAKEN] != 0)
		return model_exactly(ONCE_NOT_ARMED);
	if (m->counts.of[MODEL_ARMED] == 0 && !m->own_used)
		return model_exactly(0);
	answer = model_range(0, m->counts.of[MODEL_ARMED]);
	model_may_fail(&answer);
	return answer;
}

bool model_submitted(struct model *m, uint32_t count)
{
	if (count > m->counts.of[MODEL_ARMED])
		return model_fail(m, "submit: more than were armed");
	for (uint32_t n = 0; n < count; n++) {
		uint32_t oldest = MODEL_NO_SLOT;

		for (uint32_t i = 0; i < m->setup.capacity; i++)
			if (m->slots[i].state == MODEL_ARMED &&
			    (oldest == MODEL_NO_SLOT ||
			     m->slots[i].armed_as < m->slots[oldest].armed_as))
				oldest = i;
		model_step(&m->counts, MODEL_ARMED, MODEL_SUBMIT, false);
		m->slots[oldest].state = MODEL_IN_FLIGHT;
	}
	return true;
}
