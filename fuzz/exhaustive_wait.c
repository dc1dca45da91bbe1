/* SPDX-License-Identifier: MIT */
/* The exhaustive run: waits, and the end of a ring, on library and model. */
#include "exhaustive.h"

static const struct once_timespec one_second = { 1, 0 };

/* After a wait: what it handed out, and what it did to the SQ. */
static void after_wait(const struct model_wait *wait, int rc, const struct once_cqe *token)
{
	tell_posts();
	model_waited(&model, wait, rc, once_armed(&world.ring), once_reserved(&world.ring));
	/* a reservation that is out while older ones are is one to be removed */
	if (rc == 0)
		keep_token(token);
	else if (rc == -62 /* ETIME */)
		model_found_nothing(&model);
}

static bool wait_for(uint32_t count, const struct once_timespec *time)
{
	const struct model_wait wait = { .count = count, .timed = time != NULL };
	const struct model_facts facts = observe_facts(&world.ring);
	const struct model_answer answer = model_wait_answer(&model, &wait, &facts);
	struct once_cqe token;
	const int rc = count == 1 && time == NULL
		? once_wait(&world.ring, &token)
		: once_wait_for(&world.ring, &token, count, time, NULL);

	allowed("wait", &answer, rc);
	after_wait(&wait, rc, &token);
	return true;
}

bool wait_one(void)
{
	return wait_for(1, NULL);
}

bool wait_two(void)
{
	return wait_for(2, NULL);
}

bool wait_until_time(void)
{
	small_kernel.time_passes = true;
	return wait_for(1, &one_second);
}

bool wait_interrupted(void)
{
	return wait_for(1, &one_second);
}

bool submit_and_wait_one(void)
{
	const struct model_facts facts = observe_facts(&world.ring);
	const struct model_answer answer = model_submit_and_wait_answer(&model, 1, &facts);
	const int rc = once_submit_and_wait(&world.ring, 1);

	tell_posts();
	allowed("submit and wait", &answer, rc);
	if (rc > 0)
		model_submitted(&model, (uint32_t)rc);
	return true;
}

bool submit_and_wait_time(void)
{
	const struct model_wait wait = { .count = 1, .timed = true };
	const struct model_facts facts = observe_facts(&world.ring);
	const struct model_answer answer =
		model_submit_and_wait_timeout_answer(&model, &wait, &facts);
	const uint32_t armed = once_armed(&world.ring);
	struct once_cqe token;
	unsigned submitted = 0;
	int rc;

	small_kernel.time_passes = true;
	rc = once_submit_and_wait_timeout(&world.ring, &token, 1, &one_second, NULL, &submitted);
	allowed("submit and wait, timed", &answer, rc);
	tell_posts();
	if (rc >= -4095 && !model.setup.legacy)
		model_submitted(&model, submitted);
	else
		model_waited(&model, &wait, rc, once_armed(&world.ring), once_reserved(&world.ring));
	differ("submitted", submitted, armed - once_armed(&world.ring));
	if (rc == 0)
		keep_token(&token);
	else if (rc == -62)
		model_found_nothing(&model);
	return true;
}

bool get_events(void)
{
	const struct model_answer answer = model_get_events_answer(&model);

	return allowed("get events", &answer, once_get_events(&world.ring));
}

/* --- the end --- */

bool drain(void)
{
	const struct model_answer answer = model_drain_answer(&model, false);
	uint64_t ended[WORLD_SQES];
	uint32_t ends = 0;
	uint32_t live = 0;
	struct model_accounts after;
	const uint64_t violations = world.violations;
	int rc;

	for (uint32_t i = 0; i < model.setup.capacity; i++)
		if (model.open && (model.slots[i].state == MODEL_ARMED ||
				   model.slots[i].state == MODEL_IN_FLIGHT))
			ended[live++] = model_id_of(&model, i);
	rc = once_drain(&world.ring, &one_second, NULL, 0, NULL);
	allowed("drain", &answer, rc);
	tell_posts();
	if (rc < 0)
		return differ("a drain here ends what it does not refuse", rc < -5000 && rc != ONCE_DEADLINE, 1);
	for (uint32_t i = 0; i < live; i++) {
		const struct once_ticket ticket = { &world.ring, ended[i] };
		const int state = once_state_of(&world.ring, &ticket);

		if (state != ONCE_STATE_ARMED && state != ONCE_STATE_IN_FLIGHT)
			ended[ends++] = ended[i];
	}
	after = observe_accounts(&world.ring);
	model_drained(&model, rc, ended, ends, &after);
	/* strays that were thrown away are reported, unseen by the model */
	model.violations += world.violations - violations;
	return true;
}

bool close_ring(void)
{
	const struct model_facts facts = observe_facts(&world.ring);

	return same("close", once_close(&world.ring, NULL), model_close(&model, &facts));
}

bool abandon_ring(void)
{
	return same("abandon", once_abandon(&world.ring, NULL), model_abandon(&model));
}

bool open_ring(void)
{
	const int rc = once_open(&world.ring, &world_config);

	world_count_answer(rc);
	if (model.open) {
		model_refuse(&model, ONCE_ALREADY_OPEN);
		return differ("open", rc, ONCE_ALREADY_OPEN);
	}
	differ("open", rc, 0);
	world_follow_open();
	return true;
}
