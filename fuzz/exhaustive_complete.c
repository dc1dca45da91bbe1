/* SPDX-License-Identifier: MIT */
/* The exhaustive run: delivering, looking, seeing, on library and model. */
#include "exhaustive.h"

static const struct once_type other_type = { "other", 1 };

void keep_token(const struct once_cqe *token)
{
	struct model_cqe cqe;

	if (!observe_cqe(token, &cqe))
		differ("a fresh token answers a question with a refusal", 1, 0);
	model_delivered(&model, &cqe);
	world.tokens[world.token_count] = *token;
	world.token_count++;
}

bool peek(void)
{
	const struct model_facts facts = observe_facts(&world.ring);
	const struct model_answer answer = model_peek_answer(&model, &facts);
	struct once_cqe token;
	const int rc = once_peek(&world.ring, &token);

	tell_posts();
	allowed("peek", &answer, rc);
	if (rc == 0)
		keep_token(&token);
	else
		model_found_nothing(&model);
	return true;
}

bool peek_batch(void)
{
	const struct model_facts facts = observe_facts(&world.ring);
	struct model_answer answer = model_peek_answer(&model, &facts);
	struct once_cqe tokens[2];
	const int rc = once_peek_batch(&world.ring, tokens, 2);

	if (answer.most == 0) {
		answer.least = 1;
		answer.most = 2;
	}
	allowed("peek batch", &answer, rc);
	for (int i = 0; i < rc; i++)
		keep_token(&tokens[i]);
	return true;
}

/* --- seeing --- */

static bool see(const struct once_cqe *token)
{
	const struct model_shown shown = observe_token(&world.ring, token);

	return same("see", once_seen(&world.ring, token), model_see(&model, &shown));
}

/* The *nth* token in hand whose being held is *held*; from the newest if *newest*. */
static const struct once_cqe *find_token(bool held, bool newest)
{
	for (uint32_t i = 0; i < world.token_count; i++) {
		const uint32_t n = newest ? world.token_count - 1 - i : i;
		const struct model_shown shown = observe_token(&world.ring, &world.tokens[n]);

		if (model_is_held(&model, &shown) == held)
			return &world.tokens[n];
	}
	return NULL;
}

bool see_oldest(void)
{
	const struct once_cqe *token = find_token(true, false);

	return token != NULL && see(token);
}

bool see_newest(void)
{
	const struct once_cqe *token = find_token(true, true);

	return token != NULL && token != find_token(true, false) && see(token);
}

bool see_spent(void)
{
	const struct once_cqe *token = find_token(false, true);

	return token != NULL && see(token);
}

/* A token that was never handed out: the next position, in the place where it will be. */
bool see_forged(void)
{
	struct once_hold *volatile place = world.window; /* the compiler knows that this is wrong */
	struct once_cqe token = { &world.ring, place, world.ring.complete.delivered };
	const struct model_shown shown = { MODEL_TOKEN_FORGED, token.position };

	return same("see, forged", once_seen(&world.ring, &token), model_see(&model, &shown));
}

/* All in hand, the newest first: stops at the first that is spent. */
bool see_batch(void)
{
	struct once_cqe tokens[WORLD_TOKENS];
	struct model_shown shown[WORLD_TOKENS];
	const uint32_t count = world.token_count;

	if (count == 0)
		return false;
	for (uint32_t i = 0; i < count; i++) {
		tokens[i] = world.tokens[count - 1 - i];
		shown[i] = observe_token(&world.ring, &tokens[i]);
	}
	return same("see batch", once_seen_batch(&world.ring, tokens, count),
		    model_see_batch(&model, shown, count));
}

bool look_at_newest(void)
{
	const struct once_cqe *token = world.tokens;
	struct model_shown shown;
	const struct model_token *known;
	uint64_t value[2] = { 0, 0 };

	if (world.token_count == 0)
		return false;
	token += world.token_count - 1;
	shown = observe_token(&world.ring, token);
	known = model_look(&model, &shown);
	same("result", once_result(token), known != NULL ? known->result : ONCE_SPENT);
	same("owner, as another type", once_owner(token, &other_type, value),
	     model_owner(&model, &shown, false));
	return same("extra", once_extra(token, value), model_extra(&model, &shown));
}

void reaped(const struct once_completion *done)
{
	const struct model_cqe cqe = {
		.user_data = done->lent.value, .result = done->result, .flags = done->flags,
		.foreign = done->lent.type == NULL, .lent = done->lent.value
	};

	model_reaped(&model, &cqe);
}

bool reap(void)
{
	const struct model_facts facts = observe_facts(&world.ring);
	const struct model_answer answer = model_peek_answer(&model, &facts);
	struct once_completion done;
	const int rc = once_reap(&world.ring, &done);

	allowed("reap", &answer, rc);
	if (rc == 0)
		reaped(&done);
	else
		model_found_nothing(&model);
	return true;
}

bool discard(void)
{
	const int wanted = model_discard(&model);

	return same("discard", once_discard(&world.ring), wanted);
}
