/* SPDX-License-Identifier: MIT */
/*
 * The exhaustive run: every sequence of up to six events on a ring of two
 * slots, library against model after each event: the answer, every account,
 * every token and ticket that the caller has in hand. A tree walk: the world is
 * copied before each event and put back after it.
 */
#include "exhaustive.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct snapshot {
	struct world world;
	struct small_kernel kernel;
	struct model model;
};

/* One kind of ring, what has happened to it already, and how far which events are combined then. */
struct run {
	const char *name;
	struct once_config config;
	bool (*prefix[PREFIX_MAX])(void);
	unsigned sets;
	uint32_t depth;
};

struct world world;
struct model model;
struct once_config world_config;

static struct snapshot snapshots[DEPTH_MAX + 1];
static uint32_t path[DEPTH_MAX];
static uint64_t sequences, events, reported;
static uint64_t answers[96]; /* by ONCE_* */
static uint64_t kernel_answers;

const struct world_event world_events[] = {
	{ "take", take, SET_CORE | SET_ALL | SET_CLOSE },
	{ "prepare and arm the newest SQE", arm_newest, SET_CORE | SET_ALL | SET_CLOSE },
	{ "arm the oldest SQE unprepared", arm_oldest_unprepared, SET_ALL },
	{ "give the newest SQE back", give_back_newest, SET_CORE | SET_ALL | SET_CLOSE },
	{ "start an operation", start_one, SET_CORE | SET_ALL | SET_LEGACY | SET_CLOSE },
	{ "start a multishot operation", start_multishot, SET_CORE | SET_ALL | SET_LEGACY },
	{ "start a cancellation of the oldest operation", start_cancel, SET_ALL | SET_LEGACY },
	{ "submit", submit, SET_CORE | SET_ALL | SET_LEGACY | SET_CLOSE },
	{ "submit, the kernel reads one", submit_short, SET_ALL | SET_LEGACY },
	{ "submit, the kernel says -EBUSY", submit_busy, SET_ALL },
	{ "the kernel completes the oldest", kernel_completes_oldest, SET_CORE | SET_ALL | SET_LEGACY | SET_CLOSE },
	{ "the kernel completes the newest", kernel_completes_newest, SET_CORE | SET_ALL | SET_LEGACY },
	{ "the kernel posts one of more CQEs", kernel_posts_more, SET_CORE | SET_ALL },
	{ "the kernel posts a foreign CQE", kernel_posts_foreign, SET_ALL },
	{ "the kernel posts a stray CQE", kernel_posts_stray, SET_ALL },
	{ "the kernel posts a stray CQE with F_MORE", kernel_posts_stray_more, SET_ALL },
	{ "peek", peek, SET_CORE | SET_ALL | SET_LEGACY | SET_CLOSE },
	{ "peek a batch of two", peek_batch, SET_ALL },
	{ "see the oldest token", see_oldest, SET_CORE | SET_ALL | SET_LEGACY | SET_CLOSE },
	{ "see the newest token", see_newest, SET_CORE | SET_ALL },
	{ "see a spent token", see_spent, SET_CORE | SET_ALL | SET_CLOSE },
	{ "see a forged token", see_forged, SET_ALL | SET_CLOSE },
	{ "see all tokens, the newest first", see_batch, SET_ALL | SET_CLOSE },
	{ "look at the newest token", look_at_newest, SET_ALL | SET_CLOSE },
	{ "reap", reap, SET_CORE | SET_ALL | SET_LEGACY | SET_CLOSE },
	{ "discard", discard, SET_ALL | SET_LEGACY | SET_CLOSE },
	{ "wait", wait_one, SET_CORE | SET_ALL | SET_LEGACY | SET_CLOSE },
	{ "wait for two", wait_two, SET_ALL | SET_LEGACY },
	{ "wait until the time is over", wait_until_time, SET_ALL | SET_LEGACY | SET_CLOSE },
	{ "wait until a signal comes", wait_interrupted, SET_LEGACY },
	{ "submit and wait", submit_and_wait_one, SET_ALL | SET_LEGACY | SET_CLOSE },
	{ "submit and wait until the time is over", submit_and_wait_time, SET_ALL | SET_LEGACY },
	{ "get events", get_events, SET_ALL | SET_CLOSE },
	{ "drain", drain, SET_ALL | SET_LEGACY | SET_CLOSE },
	{ "close", close_ring, SET_ALL | SET_LEGACY | SET_CLOSE },
	{ "abandon", abandon_ring, SET_CLOSE },
	{ "open", open_ring, SET_CLOSE }
};

const uint32_t world_event_count = sizeof world_events / sizeof world_events[0];

static void on_violation(void *context, const struct once_violation *violation)
{
	(void)context;
	(void)violation;
	world.violations++;
}

void world_count_answer(int rc)
{
	if (rc <= -5000 && rc > -5000 - (int)(sizeof answers / sizeof answers[0]))
		answers[-5000 - rc]++;
	else if (rc < 0)
		kernel_answers++;
}

void world_follow_open(void)
{
	struct model_setup setup = observe_setup(&world.ring, &world_config);

	setup.exact = true;
	model_open(&model, &setup);
}

void world_open(void)
{
	memset(&world, 0, sizeof world);
	model.violations = 0;
	model.why = NULL;
	model.thread = 1;
	if (once_open(&world.ring, &world_config) != 0) {
		fprintf(stderr, "exhaustive: the ring does not open\n");
		exit(1);
	}
	world_follow_open();
}

bool world_agrees(void)
{
	const struct model_accounts accounts = observe_accounts(&world.ring);

	model_check_accounts(&model, &accounts);
	if (world.violations != model.violations)
		differ("violations reported", (int64_t)world.violations, (int64_t)model.violations);
	for (uint32_t i = 0; i < world.token_count; i++) {
		const struct model_shown shown = observe_token(&world.ring, &world.tokens[i]);

		differ("is held", once_is_held(&world.tokens[i]), model_is_held(&model, &shown));
	}
	for (uint32_t i = 0; i < world.ticket_count; i++)
		differ("state of a ticket", once_state_of(&world.ring, &world.tickets[i]),
		       model_state_of(&model, true, world.tickets[i].id));
	differ("survivors", once_survivors(&world.ring, NULL, 0), model_survivors(&model));
	return world.why == NULL && model.why == NULL;
}

static void save(struct snapshot *snapshot)
{
	memcpy(&snapshot->world, &world, sizeof world);
	snapshot->kernel = small_kernel;
	model_copy(&snapshot->model, &model);
}

static void restore(const struct snapshot *snapshot)
{
	memcpy(&world, &snapshot->world, sizeof world);
	small_kernel = snapshot->kernel;
	model_copy(&model, &snapshot->model);
}

static const char *name_of(bool (*happen)(void))
{
	for (uint32_t i = 0; i < world_event_count; i++)
		if (world_events[i].happen == happen)
			return world_events[i].name;
	return "?";
}

static void report(const struct run *run, uint32_t length)
{
	reported++;
	printf("disagreement on %s, after:\n", run->name);
	for (uint32_t i = 0; i < PREFIX_MAX && run->prefix[i] != NULL; i++)
		printf("  -  %s\n", name_of(run->prefix[i]));
	for (uint32_t i = 0; i < length; i++)
		printf("  %u. %s\n", i + 1, world_events[path[i]].name);
	if (world.why != NULL)
		printf("  %s: library %lld (%s), model %lld (%s)\n", world.why, (long long)world.got,
		       once_code_name((int)world.got), (long long)world.wanted,
		       once_code_name((int)world.wanted));
	if (model.why != NULL)
		printf("  %s\n", model.why);
}

/* All that can follow, from where the world is now. A disagreement is not followed further. */
static void walk(const struct run *run, uint32_t length)
{
	bool leaf = true;

	if (length == run->depth || reported >= 10) {
		sequences++;
		return;
	}
	save(&snapshots[length]);
	for (uint32_t i = 0; i < world_event_count; i++) {
		path[length] = i;
		if ((world_events[i].sets & run->sets) == 0)
			continue;
		if (!world_events[i].happen()) {
			/* nothing has happened; but the model may have looked */
			continue;
		}
		leaf = false;
		events++;
		if (world_agrees())
			walk(run, length + 1);
		else
			report(run, length + 1);
		restore(&snapshots[length]);
	}
	sequences += leaf;
}

static void print_answers(void)
{
	printf("refusals, by code:");
	for (uint32_t i = 0; i < sizeof answers / sizeof answers[0]; i++)
		if (answers[i] != 0)
			printf(" %s %llu;", once_code_name(-5000 - (int)i), (unsigned long long)answers[i]);
	printf(" of the kernel %llu\n", (unsigned long long)kernel_answers);
}

/* How many cells of the model's table were used. */
static void print_cells(void)
{
	uint32_t used = 0;
	uint32_t there = 0;

	for (int shape = 0; shape < MODEL_SHAPES; shape++) {
		if (shape != MODEL_ONE && shape != MODEL_MULTISHOT)
			continue;
		for (int state = 0; state < MODEL_STATES; state++)
			for (int event = 0; event < MODEL_EVENTS; event++) {
				if (model_cell_kind(shape, state, event) == MODEL_CELL_NEVER)
					continue;
				there++;
				used += model.hits[shape][state][event] != 0;
				if (model.hits[shape][state][event] == 0 && getenv("CELLS") != NULL)
					printf("  not used: %s, %s x %s\n", model_shape_name(shape),
					       model_state_name(state), model_event_name(event));
			}
	}
	printf("cells used (shape x state x event, one-CQE and multishot): %u of %u\n", used, there);
}

/* Two tokens held, out of three CQEs of two operations, the multishot one still in flight. */
#define HOLDING \
	{ start_multishot, start_one, submit, kernel_posts_more, kernel_completes_newest, peek, peek }

static const struct once_config small_ring = { .entries = 2, .cq_entries = 4 };
static const struct once_config narrow_ring = { .entries = 1, .cq_entries = 4 };
static const struct once_config legacy_ring = {
	.entries = 2, .cq_entries = 8, .hide_features = OBSERVE_FEAT_EXT_ARG
};
static const struct once_config split_ring = { .entries = 2, .cq_entries = 4, .options = ONCE_SPLIT };
static const struct once_config worn_ring = {
	.entries = 2, .cq_entries = 4, .generations_used = (UINT64_C(1) << 40) - 3
};
static const struct once_config last_ring = {
	.entries = 2, .cq_entries = 4, .generations_used = (UINT64_C(1) << 40) - 2
};
static const struct once_config foreign_ring = {
	.entries = 2, .cq_entries = 4, .options = ONCE_EXPECT_FOREIGN
};

static void run_all(struct run *runs, uint32_t count)
{
	const struct once_memory memory = {
		world.ops, world.stack, world.returned, world.credits, world.window, world.times,
		WORLD_SLOTS, SMALL_PLACES, SMALL_PLACES
	};

	for (uint32_t i = 0; i < count; i++) {
		struct run *run = &runs[i];
		const uint64_t before = sequences;

		run->config.memory = memory;
		run->config.handler = on_violation;
		world_config = run->config;
		world_open();
		for (uint32_t n = 0; n < PREFIX_MAX && run->prefix[n] != NULL; n++)
			if (!run->prefix[n]() || !world_agrees())
				report(run, 0);
		walk(run, 0);
		printf("%-40s up to %u events: %9llu sequences\n", run->name, run->depth,
		       (unsigned long long)(sequences - before));
		fflush(stdout);
		if (world.ring.open != 0 && once_abandon(&world.ring, NULL) != 0)
			exit(1);
	}
}

int main(void)
{
	struct run runs[] = {
		{ "2 SQEs, 4 CQEs", small_ring, { NULL }, SET_CORE, 6 },
		{ "every event", small_ring, { NULL }, SET_ALL, 5 },
		{ "1 SQE", narrow_ring, { NULL }, SET_CORE, 6 },
		{ "two tokens held", small_ring, HOLDING, SET_CORE, 6 },
		{ "two tokens held, every event", small_ring, HOLDING, SET_ALL, 4 },
		{ "without EXT_ARG", legacy_ring, { NULL }, SET_LEGACY, 5 },
		{ "without EXT_ARG, two tokens held", legacy_ring, HOLDING, SET_LEGACY, 4 },
		{ "in split mode", split_ring, { NULL }, SET_CORE | SET_ALL, 4 },
		{ "in split mode, two tokens held", split_ring, HOLDING, SET_CORE | SET_CLOSE, 4 },
		{ "two generations left", worn_ring, { NULL }, SET_CORE, 6 },
		{ "two generations left, two tokens held", worn_ring, HOLDING, SET_CORE, 5 },
		{ "one generation left, every event", last_ring, { NULL }, SET_ALL, 4 },
		{ "one slot worn out, every event", last_ring, { take, give_back_newest }, SET_ALL, 4 },
		{ "foreign CQEs expected", foreign_ring, { NULL }, SET_ALL, 4 },
		{ "closed and opened", small_ring, { NULL }, SET_CLOSE, 5 },
		{ "closed and opened, two tokens held", small_ring, HOLDING, SET_CLOSE, 4 }
	};

	run_all(runs, sizeof runs / sizeof runs[0]);
	print_answers();
	print_cells();
	printf("exhaustive: %llu sequences, %llu events, %llu disagreements\n",
	       (unsigned long long)sequences, (unsigned long long)events, (unsigned long long)reported);
	return reported != 0;
}
