/* SPDX-License-Identifier: MIT */
/* What can be asked of the model: nearly everything may be the answer. Part of model.c. */

#define ANY(type_, name_) \
	type_ name_(const struct once_ring *ring) \
	{ \
		(void)ring; \
		return any_word != 0 ? (type_)any_unsigned : 0; \
	} \
	struct once_swallow_semicolon

ANY(uint32_t, once_free);
ANY(uint32_t, once_taken);
ANY(uint32_t, once_armed);
ANY(uint32_t, once_in_flight);
ANY(uint32_t, once_retired);
ANY(uint32_t, once_capacity);
ANY(uint32_t, once_ready);
ANY(uint32_t, once_held);
ANY(uint32_t, once_reserved);
ANY(bool, once_has_overflow);
ANY(uint64_t, once_armed_total);
ANY(uint64_t, once_passed_total);

int once_get_events(struct once_ring *ring)
{
	(void)ring;
	return answer();
}

int once_state_of(const struct once_ring *ring, const struct once_ticket *ticket)
{
	const unsigned state = any_unsigned;

	(void)ring;
	(void)ticket;
	return state <= ONCE_STATE_RETIRED ? (int)state : ONCE_OTHER_RING;
}

uint32_t once_survivors(const struct once_ring *ring, struct once_survivor *survivors,
			uint32_t places)
{
	for (uint32_t i = 0; survivors != NULL && i < places; i++) {
		survivors[i].ticket.ring = (struct once_ring *)(uintptr_t)ring;
		survivors[i].ticket.id = any_word;
		survivors[i].lent = lent;
		survivors[i].state = ONCE_STATE_IN_FLIGHT;
	}
	return any_unsigned;
}

const char *once_strerror(int code)
{
	(void)code;
	return "a code";
}

const char *once_code_name(int code)
{
	(void)code;
	return "ONCE_CODE";
}

const char *once_raw_would(int code)
{
	(void)code;
	return "something else";
}
