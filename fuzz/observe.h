/* SPDX-License-Identifier: MIT */
/*
 * Between the library and its model: what a ring shows, in the model's terms.
 * The only place where both are included; it decides nothing.
 */
#ifndef ONCERING_FUZZ_OBSERVE_H
#define ONCERING_FUZZ_OBSERVE_H

#include "../proofs/model.h"

#include <oncering.h>

/* From <linux/io_uring.h>. */
enum {
	OBSERVE_FEAT_EXT_ARG = 1 << 8,
	OBSERVE_SETUP_SQPOLL = 1 << 1,
	OBSERVE_SETUP_CQE32 = 1 << 11,
	OBSERVE_SQ_BACKLOG = (1 << 1) | (1 << 2) /* CQ_OVERFLOW, TASKRUN */
};

/* The setup of a ring that was just opened with *config*. */
static inline struct model_setup observe_setup(const struct once_ring *ring,
					       const struct once_config *config)
{
	const bool legacy = (ring->view.features & OBSERVE_FEAT_EXT_ARG) == 0;
	const uint32_t own_places = legacy ? ONCE_OWN_PLACES_LEGACY : ONCE_OWN_PLACES;
	const struct model_setup setup = {
		.capacity = config->memory.capacity,
		.sq_usable = ring->view.sq_entries - (legacy ? ONCE_OWN_SQES : 0),
		.cq_entries = ring->view.cq_entries,
		.credit_places = ring->view.cq_entries - own_places - config->memory.capacity,
		.multishot_credit = config->multishot_credit != 0 ? config->multishot_credit : 1,
		.generations_used = config->generations_used,
		.opened_at = ring->complete.opened_at,
		.tag = ring->tag >> 56,
		.legacy = legacy,
		.cqe32 = (ring->view.flags & OBSERVE_SETUP_CQE32) != 0,
		.split = (config->options & ONCE_SPLIT) != 0,
		.sqpoll = (ring->view.flags & OBSERVE_SETUP_SQPOLL) != 0,
		.async = (ring->view.flags & OBSERVE_SETUP_SQPOLL) != 0,
		.expect_foreign = (config->options & ONCE_EXPECT_FOREIGN) != 0
	};

	return setup;
}

static inline struct model_accounts observe_accounts(const struct once_ring *ring)
{
	struct model_accounts accounts;

	/* compared as bytes on a closed ring: the padding too */
	__builtin_memset(&accounts, 0, sizeof accounts);
	accounts.capacity = once_capacity(ring);
	accounts.free = once_free(ring);
	accounts.taken = once_taken(ring);
	accounts.armed = once_armed(ring);
	accounts.in_flight = once_in_flight(ring);
	accounts.retired = once_retired(ring);
	accounts.ready = once_ready(ring);
	accounts.held = once_held(ring);
	accounts.reserved = once_reserved(ring);
	accounts.overflow = once_has_overflow(ring);
	accounts.armed_total = once_armed_total(ring);
	accounts.passed_total = once_passed_total(ring);
	return accounts;
}

static inline struct model_facts observe_facts(const struct once_ring *ring)
{
	const struct model_facts facts = {
		.ready = once_ready(ring),
		.backlog = ring->open != 0 && (__atomic_load_n(ring->view.sq_flags, __ATOMIC_ACQUIRE) &
					       OBSERVE_SQ_BACKLOG) != 0,
		.overflow = once_has_overflow(ring)
	};

	return facts;
}

/* A token as the library hands it out; asks every question a held token answers. False: a refusal. */
static inline bool observe_cqe(const struct once_cqe *token, struct model_cqe *cqe)
{
	struct once_ticket ticket = { NULL, 0 };
	const int class = once_class(token);
	bool good = class >= 0 && once_user_data(token, &cqe->user_data) == 0;

	cqe->position = token->position;
	cqe->result = once_result(token);
	cqe->flags = once_flags(token);
	cqe->foreign = class == ONCE_CLASS_FOREIGN;
	cqe->lent = 0;
	if (class == ONCE_CLASS_OWNED)
		good = good && once_owner(token, &once_cookie_type, &cqe->lent) == 0 &&
		       once_ticket_of(token, &ticket) == 0 && ticket.id == cqe->user_data &&
		       ticket.ring == token->ring;
	return good && once_is_held(token) && once_is_terminal(token) == ((cqe->flags & 2U) == 0);
}

/* A token as a caller shows it to *ring*; Forged ones are the caller's to tell. */
static inline struct model_shown observe_token(const struct once_ring *ring,
					       const struct once_cqe *token)
{
	struct model_shown shown = { MODEL_TOKEN_REAL, token->position };

	if (token->hold == NULL)
		shown.kind = MODEL_TOKEN_ZERO;
	else if (token->ring != ring)
		shown.kind = MODEL_TOKEN_OTHER;
	return shown;
}

#endif
