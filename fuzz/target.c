/* SPDX-License-Identifier: MIT */
/*
 * Bytes, a scenario, a ring, the oracle. Each input opens its rings anew, but with
 * the stage (stage.h) they are rings that the kernel has made before.
 *
 * AFL++ forks after the program has begun; a ring must be made in the process
 * that uses it, so all is made by the first input of each process.
 */
#include "target.h"

#include "stage.h"

#include "../src/tool/run_internal.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
	FD_BASE = 600,
	HISTORY = 64,           /* inputs that are remembered */
	PATIENCE = 2000000000   /* nanoseconds */
};

struct target_tally target_tally;
enum run_backend target_backend;
run_observer *target_observer;
void *target_context;

static struct run *run;
static struct oracle oracle;
static pid_t owner;

struct oracle *target_oracle(void)
{
	return &oracle;
}

/*
 * What the library does to bring a ring back to its beginning depends on what ran
 * before: AFL++ is told not to look (other builds have no such functions).
 */
int __afl_selective_coverage = 1;
void __afl_coverage_off(void) __attribute__((weak));
void __afl_coverage_on(void) __attribute__((weak));

void target_look(bool on)
{
	if (on && __afl_coverage_on != NULL)
		__afl_coverage_on();
	else if (!on && __afl_coverage_off != NULL)
		__afl_coverage_off();
}

/* --- the run --- */

/* Nothing is left to the next input: not in a ring that it leaves closed, either. */
static void forget_rings(void)
{
	for (unsigned ring = 0; ring < RINGS; ring++) {
		if (run->rings[ring].open != 0 && once_abandon(&run->rings[ring], NULL) == 0)
			run_forget_ring(run, ring);
		memset(&run->rings[ring], 0, sizeof run->rings[ring]);
	}
	memset(run->ops, 0, sizeof run->ops);
	memset(run->memory, 0, sizeof run->memory);
	for (unsigned ring = 0; ring < RINGS; ring++)
		for (unsigned i = 0; i < RUN_CQ; i++)
			run->memory[ring].window[i].position = UINT64_MAX; /* no place is held */
}

/* The first of this process; another one's is not ours to close. */
static void make_run(void)
{
	owner = getpid();
	if (stage_forget != NULL)
		stage_forget();
	run = aligned_alloc(_Alignof(struct run), sizeof *run);
	if (run == NULL)
		_exit(TARGET_SKIP);
	memset(run, 0, sizeof *run);
	run->fd_base = FD_BASE;
	run->patience = PATIENCE;
	forget_rings();
}

/* No ring: the machine's business. */
static void skip_unless_possible(int rc)
{
	if (rc == -EPERM || rc == -ENOSYS || rc == -ENOMEM || rc == -EMFILE || rc == -ENOTSUP ||
	    !run->world.open) {
		(void)fprintf(stderr, "skipped: no ring here: %s\n", strerror(-rc));
		_exit(TARGET_SKIP);
	}
}

static bool uses_drain(const struct scenario *scenario)
{
	for (uint32_t i = 0; i < scenario->count; i++)
		if (scenario->steps[i].verb == VERB_SET_FLAG && scenario->steps[i].arg == SQE_DRAIN)
			return true;
	return false;
}

static void open_rings(const struct scenario *scenario)
{
	const struct scenario_header *header = &scenario->header;
	const struct stage_beginning beginning = {
		.real = target_backend == RUN_REAL, .new_rings = uses_drain(scenario),
		.ages = header->generations == 0, .phase = header->phase
	};
	const int wanted = oracle_open_answer(header, RING_A, MISTAKE_NONE);
	int rc;

	run->observe = target_observer;
	run->context = target_context;
	run->no_accounts = target_observer == NULL;
	if (stage_begin != NULL)
		stage_begin(&beginning);
	rc = run_open(run, header, target_backend);
	if (stage_begun != NULL)
		stage_begun();
	skip_unless_possible(rc);
	check_at(NULL, RUN_AT_OPEN);
	if (rc == 0 || wanted != 0)
		CHECK_THAT(CHECK_OPEN, rc == wanted || (rc == ONCE_BAD_SIZE && header->second != 0),
			   "it answers %d (%s), wanted %s", rc, once_code_name(rc), once_code_name(wanted));
}

void target_close(void)
{
	if (run == NULL)
		return;
	run_close(run);
	free(run);
	run = NULL;
	if (stage_end != NULL)
		stage_end();
}

/* --- history: what a finding that one input alone does not show has come from --- */

static struct {
	uint32_t length;
	uint8_t bytes[SCENARIO_HEADER_BYTES + TARGET_STEPS * SCENARIO_STEP_BYTES];
} history[HISTORY];

static void remember(const uint8_t *bytes, size_t length)
{
	const unsigned i = (unsigned)(target_tally.inputs % HISTORY);

	history[i].length = (uint32_t)(length < sizeof history[i].bytes ? length : sizeof history[i].bytes);
	if (length != 0)
		memcpy(history[i].bytes, bytes, history[i].length);
}

/* To the file that $FUZZ_HISTORY names, the newest last: lengths and bytes. */
static void tell_history(void)
{
	const char *path = getenv("FUZZ_HISTORY");
	FILE *file = path != NULL ? fopen(path, "wb") : NULL;

	for (unsigned i = 1; file != NULL && i <= HISTORY; i++) {
		const unsigned n = (unsigned)((target_tally.inputs - 1 + i) % HISTORY);

		if (history[n].length == 0)
			continue;
		(void)fwrite(&history[n].length, sizeof history[n].length, 1, file);
		(void)fwrite(history[n].bytes, history[n].length, 1, file);
	}
	if (file != NULL)
		(void)fclose(file);
}

/* --- the entry point --- */

static void tally(const struct scenario *scenario)
{
	target_tally.inputs++;
	target_tally.steps += scenario->count;
	for (uint32_t i = 0; i < scenario->count; i++) {
		target_tally.verbs[scenario->steps[i].verb]++;
		if (i != 0)
			target_tally.pairs[scenario->steps[i - 1].verb][scenario->steps[i].verb] = 1;
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
	static struct scenario_step steps[TARGET_STEPS];
	struct scenario scenario;

	if (run == NULL || owner != getpid())
		make_run();
	check_last_words = tell_history;
	remember(bytes, length);
	scenario_init(&scenario, steps, TARGET_STEPS);
	scenario_decode(&scenario, bytes, length, SCENARIO_TAME);
	tally(&scenario);
	if ((run_backends() >> target_backend & 1) == 0)
		target_backend = RUN_EMULATED;
	scenario.header.fault = FAULT_NONE; /* the model knows a kernel that works */
	scenario.header.fault_arg = 0;
	target_look(false);
	open_rings(&scenario);
	oracle_begin(&oracle, run);
	target_look(true);
	for (uint32_t i = 0; i < scenario.count && !oracle.again; i++)
		oracle_step(&oracle, &scenario.steps[i], i);
	target_look(false);
	oracle_finish(&oracle);
	forget_rings();
	oracle_check_hidden();
	target_look(true);
	return 0;
}
