/* SPDX-License-Identifier: MIT */
/*
 * The reference model beside the library on a ring that really completes: some
 * hundred thousand random calls, right and wrong ones, each answer and every
 * account compared. SEED= in the environment repeats a failure.
 */
#include "model/steps.h"

#include <fcntl.h>
#include <time.h>

enum { STEPS = 60000 };

/* Of those that lived before, which live no more. */
static uint32_t ended_of(uint64_t *ids, uint32_t count)
{
	uint32_t ends = 0;

	for (uint32_t i = 0; i < count; i++) {
		const struct once_ticket ticket = { &f->ring, ids[i] };
		const int state = once_state_of(&f->ring, &ticket);

		if (state != ONCE_STATE_ARMED && state != ONCE_STATE_IN_FLIGHT)
			ids[ends++] = ids[i];
	}
	return ends;
}

static uint32_t alive(uint64_t *ids)
{
	uint32_t count = 0;

	for (uint32_t i = 0; i < m->setup.capacity; i++)
		if (m->slots[i].state == MODEL_ARMED || m->slots[i].state == MODEL_IN_FLIGHT)
			ids[count++] = model_id_of(m, i);
	return count;
}

static void discard(void)
{
	const struct model_facts facts = observe_facts(&f->ring);
	const struct model_answer answer = model_peek_answer(m, &facts);
	uint64_t ids[SLOTS];
	const uint32_t count = alive(ids);
	const int rc = once_discard(&f->ring);

	if (rc <= 0) {
		within(&answer, rc == 0 ? -EAGAIN : rc);
		return;
	}
	model_discarded(m, (uint32_t)rc, ids, ended_of(ids, count));
	/* it may have ended at a full CQ, and then said so to the handler */
	m->violations = f->violations;
}

static void drain(void)
{
	const struct model_answer answer = model_drain_answer(m, false);
	struct model_accounts after;
	uint64_t ids[SLOTS];
	const uint32_t count = alive(ids);
	const int rc = once_drain(&f->ring, &one_hour, NULL, 0, NULL);

	within(&answer, rc);
	if (rc < -4095)
		return;
	after = observe_accounts(&f->ring);
	model_drained(m, rc, ids, ended_of(ids, count), &after);
	m->violations = f->violations; /* refusals on the way are the drain's own affair */
}

static void open_one(void)
{
	struct model_setup setup;

	open_ring(f, &config);
	setup = observe_setup(&f->ring, &config);
	model_open(m, &setup);
	memset(sqes, 0, sizeof sqes);
	memset(tickets, 0, sizeof tickets);
}

static void close_or_reopen(void)
{
	const struct model_facts facts = observe_facts(&f->ring);
	const int rc = once_close(&f->ring, NULL);

	agree(rc, model_close(m, &facts));
	if (rc == 0) {
		check();
		open_one();
	}
}

static void turn_pipe(void)
{
	char pipe_bytes[64];
	const char byte = 1;

	if (draw(2) != 0)
		assert_int_not_equal(write(pipe_ends[1], &byte, 1), 0);
	else
		assert_int_not_equal(read(pipe_ends[0], pipe_bytes, sizeof pipe_bytes), 0);
}

static const struct { const char *name; void (*run)(void); uint32_t weight; } calls[] = {
	{ "take", take, 20 }, { "arm", arm, 30 }, { "give back", give_back, 4 },
	{ "submit", submit, 12 }, { "peek", peek, 14 }, { "timed wait", timed_wait, 2 },
	{ "untimed wait", untimed_wait, 6 }, { "submit and wait", submit_and_wait, 3 },
	{ "see", see, 24 }, { "see batch", see_batch, 6 }, { "look", look, 6 }, { "reap", reap, 6 },
	{ "discard", discard, 1 }, { "drain", drain, 1 }, { "close", close_or_reopen, 1 },
	{ "pipe", turn_pipe, 8 }
};

static void one_step(void)
{
	uint32_t total = 0;
	uint32_t drawn;

	for (size_t i = 0; i < sizeof calls / sizeof calls[0]; i++)
		total += calls[i].weight;
	drawn = draw(total);
	for (size_t i = 0; i < sizeof calls / sizeof calls[0]; i++) {
		if (drawn < calls[i].weight) {
			call = calls[i].name;
			calls[i].run();
			check();
			return;
		}
		drawn -= calls[i].weight;
	}
}

/* End what is left, so that the fixture finds a ring that it can close. */
static void finish_all(void)
{
	for (uint32_t i = 0; i < SQES; i++)
		if (sqes[i].ring != NULL)
			agree(once_give_back(&sqes[i]), model_give_back(m, sqes[i].id));
	for (uint32_t i = 0; i < TOKENS; i++) {
		const struct model_shown shown = observe_token(&f->ring, &tokens[i]);

		agree(once_seen(&f->ring, &tokens[i]), model_see(m, &shown));
	}
	assert_ok(once_abandon(&f->ring, NULL));
}

static void walk(void **state, const struct once_config *overrides)
{
	static struct model model; /* not to be freed by a test that skips */
	const char *given = getenv("SEED");

	f = *state;
	m = &model;
	memset(m, 0, sizeof *m);
	seed = given != NULL ? strtoull(given, NULL, 0) : (uint64_t)time(NULL);
	print_message("SEED=%llu\n", (unsigned long long)seed);
	memset(tokens, 0, sizeof tokens);
	next_lent = 1;
	make_pipe(f, pipe_ends);
	assert_int_equal(fcntl(pipe_ends[0], F_SETFL, O_NONBLOCK), 0);
	assert_int_equal(fcntl(pipe_ends[1], F_SETFL, O_NONBLOCK), 0);
	config = complete_config(f, overrides);
	open_one();
	for (step = 0; step < STEPS; step++)
		one_step();
	finish_all();
}

static void a_plain_ring_obeys_the_model(void **state)
{
	const struct once_config plain = { .entries = 8, .cq_entries = 16,
					   .memory = { .capacity = SLOTS } };

	walk(state, &plain);
}

static void a_small_ring_obeys_the_model(void **state)
{
	const struct once_config small = { .entries = 2, .cq_entries = 4, .memory = { .capacity = 2 } };

	walk(state, &small);
}

static void a_ring_without_ext_arg_obeys_the_model(void **state)
{
	const struct once_config legacy = { .entries = 4, .cq_entries = 16,
					    .hide_features = FEAT_EXT_ARG,
					    .memory = { .capacity = 8 } };

	walk(state, &legacy);
}

static void a_deferring_ring_obeys_the_model(void **state)
{
	const struct once_config deferring = {
		.entries = 8, .cq_entries = 16, .memory = { .capacity = SLOTS },
		.flags = IORING_SETUP_SINGLE_ISSUER | IORING_SETUP_DEFER_TASKRUN
	};

	walk(state, &deferring);
}

static void a_ring_that_wears_out_obeys_the_model(void **state)
{
	const struct once_config worn = { .entries = 4, .cq_entries = 16, .flags = IORING_SETUP_CQE32,
					  .generations_used = (UINT64_C(1) << 40) - 60,
					  .memory = { .capacity = 6 } };

	walk(state, &worn);
}

/* It cannot know whose CQEs are ready: with both timers out they may be the timers', or not. */
static void the_model_lets_a_ready_cqe_end_a_wait_that_may_start_no_timer(void **state)
{
	const struct model_setup setup = { .capacity = 4, .sq_usable = 4, .cq_entries = 16, .legacy = true };
	const struct model_wait wait = { .count = 1, .timed = true };
	struct model *model = calloc(1, sizeof *model);
	struct model_facts facts = { .ready = 3 };
	struct model_answer answer;

	(void)state;
	assert_non_null(model);
	model_open(model, &setup);
	model->own_used = true;
	model->reserved = 2;
	answer = model_wait_answer(model, &wait, &facts);
	assert_true(model_answered(model, &answer, 0));
	assert_true(model_answered(model, &answer, ONCE_TIMERS_OUT));
	assert_false(model_answered(model, &answer, -ETIME));
	facts.ready = 0;
	answer = model_wait_answer(model, &wait, &facts);
	assert_false(model_answered(model, &answer, 0));
	free(model);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		once_test(a_plain_ring_obeys_the_model),
		once_test(a_small_ring_obeys_the_model),
		once_test(a_ring_without_ext_arg_obeys_the_model),
		once_test(a_deferring_ring_obeys_the_model),
		once_test(a_ring_that_wears_out_obeys_the_model),
		once_test(the_model_lets_a_ready_cqe_end_a_wait_that_may_start_no_timer)
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
