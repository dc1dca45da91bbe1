/* SPDX-License-Identifier: MIT */
/* What replayed inputs have reached: checks, cells of the state tables, verbs and pairs. */
#include "replay.h"

#include <stdlib.h>
#include <string.h>

/* The model has the tokens of the window; a close is the end of those on either side of it, too. */
static uint64_t closes, closes_behind_some;

static void watch_closes(void *context, const struct run *run, const struct run_event *event)
{
	const struct run_account *before;

	(void)context;
	(void)run;
	if (event->step == NULL || event->step->verb != VERB_CLOSE)
		return;
	before = &event->before[event->step->ring];
	closes += before->open;
	closes_behind_some += before->open && before->value[ACCOUNT_PASSED_TOTAL] != 0;
}

void replay_watch(void)
{
	target_observer = watch_closes;
}

void replay_add_sums(struct replay_sums *sums)
{
	const struct oracle *o = target_oracle();

	sums->steps += target_tally.steps;
	sums->both_steps += replay_both_steps;
	for (unsigned i = 0; i < CHECKS; i++)
		sums->made[i] += check_made[i];
	for (unsigned i = 0; i < VERBS; i++) {
		sums->verbs[i] += target_tally.verbs[i];
		for (unsigned j = 0; j < VERBS; j++)
			sums->pairs[i][j] |= target_tally.pairs[i][j];
		for (unsigned j = 0; j < CLASSES; j++)
			sums->results[i][j] += o->results[i][j];
	}
	for (unsigned ring = 0; ring < RINGS; ring++) {
		const struct model *m = &o->rings[ring].model;

		for (unsigned shape = 0; shape < MODEL_SHAPES; shape++)
			for (unsigned state = 0; state < MODEL_STATES; state++)
				for (unsigned event = 0; event < MODEL_EVENTS; event++)
					sums->hits[shape][state][event] += m->hits[shape][state][event];
		for (unsigned state = 0; state < MODEL_TOKEN_STATES; state++)
			for (unsigned event = 0; event < MODEL_TOKEN_EVENTS; event++)
				sums->token_hits[state][event] += m->token_hits[state][event];
	}
	sums->token_hits[MODEL_UNISSUED][MODEL_VOID] += closes;
	sums->token_hits[MODEL_PASSED][MODEL_VOID] += closes_behind_some;
}

/* --- what one input has reached --- */

/* *name* and a number for each counter of *count* that has gone on. */
static void tell_news(FILE *file, char name, const uint64_t *before, const uint64_t *now, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (now[i] != before[i])
			(void)fprintf(file, "%c%zu\n", name, i);
}

void replay_tell_features(const char *path)
{
	static struct replay_sums before, now;
	FILE *file = fopen(path, "w");

	memset(&now, 0, sizeof now);
	replay_add_sums(&now);
	if (file == NULL) {
		perror(path);
		exit(2);
	}
	tell_news(file, 'c', &before.hits[0][0][0], &now.hits[0][0][0], sizeof now.hits / sizeof(uint64_t));
	tell_news(file, 't', &before.token_hits[0][0], &now.token_hits[0][0], sizeof now.token_hits / sizeof(uint64_t));
	tell_news(file, 'r', &before.results[0][0], &now.results[0][0], sizeof now.results / sizeof(uint64_t));
	tell_news(file, 'v', before.verbs, now.verbs, VERBS);
	tell_news(file, 'm', before.made, now.made, CHECKS);
	(void)fclose(file);
	before = now;
}

void replay_tell_checks(const struct replay_sums *sums)
{
	for (unsigned i = 0; i < CHECKS; i++)
		(void)printf("%12llu  %-11s %s\n", (unsigned long long)sums->made[i], check_id(i), check_text(i));
}

/* --- coverage --- */

struct cells {
	unsigned hit[3], all[3]; /* by enum model_cell_kind */
};

static void count_cell(struct cells *cells, enum model_cell_kind kind, bool hit)
{
	cells->all[kind]++;
	cells->hit[kind] += hit;
}

static void tell_cells(const char *what, const struct cells *cells)
{
	(void)printf("cells of %s: legal %u of %u, refused %u of %u, impossible %u of %u\n", what,
		     cells->hit[MODEL_CELL_LEGAL], cells->all[MODEL_CELL_LEGAL], cells->hit[MODEL_CELL_REFUSED],
		     cells->all[MODEL_CELL_REFUSED], cells->hit[MODEL_CELL_NEVER], cells->all[MODEL_CELL_NEVER]);
}

static void tell_slots(const struct replay_sums *sums)
{
	struct cells cells = { { 0 }, { 0 } };

	for (int shape = 0; shape < MODEL_SHAPES; shape++)
		for (int state = 0; shape != MODEL_MANY && state < MODEL_STATES; state++)
			for (int event = 0; event < MODEL_EVENTS; event++) {
				const enum model_cell_kind kind = model_cell_kind(shape, state, event);
				const bool hit = sums->hits[shape][state][event] != 0;

				count_cell(&cells, kind, hit);
				if (!hit && kind != MODEL_CELL_NEVER)
					(void)printf("  not reached: %s, %s x %s\n", model_shape_name(shape),
						     model_state_name(state), model_event_name(event));
			}
	tell_cells("operations (kind x state x event)", &cells);
}

static void tell_tokens(const struct replay_sums *sums)
{
	struct cells cells = { { 0 }, { 0 } };

	for (int state = 0; state < MODEL_TOKEN_STATES; state++)
		for (int event = 0; event < MODEL_TOKEN_EVENTS; event++) {
			const enum model_cell_kind kind = model_token_cell_kind(state, event);
			const bool hit = sums->token_hits[state][event] != 0;

			count_cell(&cells, kind, hit);
			if (!hit && kind != MODEL_CELL_NEVER)
				(void)printf("  not reached: token, %s x %s\n", model_token_state_name(state),
					     model_token_event_name(event));
		}
	tell_cells("tokens (state x event)", &cells);
}

/* A line for each operation: what its CQEs have said. */
static void tell_results(const struct replay_sums *sums)
{
	static const char *const names[CLASSES] = {
		"0", "more than 0", "-ECANCELED", "-ETIME", "-ENOENT", "-EALREADY", "-EINVAL", "-EFAULT", "-EBADF",
		"other errors", "F_MORE", "F_NOTIF"
	};
	unsigned operations = 0, classes = 0;

	for (unsigned i = 0; i < VERBS; i++) {
		bool any = false;

		for (unsigned j = 0; j < CLASSES; j++) {
			if (sums->results[i][j] == 0)
				continue;
			(void)printf("%s%s", any ? ", " : "  results of ", any ? "" : scenario_grammar(i)->template);
			(void)printf("%s%s", any ? "" : ": ", names[j]);
			any = true;
			classes++;
		}
		operations += any;
		if (any)
			(void)printf("\n");
	}
	(void)printf("operations with results: %u; classes of results, over all: %u\n", operations, classes);
}

void replay_tell_coverage(const struct replay_sums *sums)
{
	unsigned verbs = 0, pairs = 0, checks = 0;

	tell_slots(sums);
	tell_tokens(sums);
	tell_results(sums);
	for (unsigned i = 0; i < VERBS; i++) {
		verbs += sums->verbs[i] != 0;
		if (sums->verbs[i] == 0)
			(void)printf("  not used: %s\n", scenario_grammar(i)->template);
		for (unsigned j = 0; j < VERBS; j++)
			pairs += sums->pairs[i][j];
	}
	for (unsigned i = 0; i < CHECKS; i++) {
		checks += sums->made[i] != 0;
		if (sums->made[i] == 0)
			(void)printf("  never made: %s\n", check_id(i));
	}
	(void)printf("verbs: %u of %u; pairs of them: %u of %u; checks made: %u of %u\n", verbs, (unsigned)VERBS,
		     pairs, (unsigned)(VERBS * VERBS), checks, (unsigned)CHECKS);
	if (sums->both_steps != 0)
		(void)printf("steps that both back ends agreed on: %llu\n", (unsigned long long)sums->both_steps);
}
