/* SPDX-License-Identifier: MIT */
/*
 * Bytes, a scenario, a ring, the oracle. Rings are reused from input to input: a
 * new one costs twice as much as all else, and its teardown goes on in the kernel.
 * Each kind of ring has a seat; there are more kinds than seats, so the one that
 * was not used for longest gives way.
 *
 * AFL++ forks after the program has begun; a ring must be made in the process
 * that uses it, so seats are made by the first input of each process.
 */
#include "target.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
	SEATS = 24,
	EMULATED_SEATS = 4,     /* which has few rings */
	FD_BASE = 600,
	FDS_A_SEAT = 32,
	USES = 1000,            /* inputs that one ring serves */
	HISTORY = 64,           /* inputs that are remembered */
	PATIENCE = 1000000000   /* nanoseconds */
};

struct seat {
	struct run run;
	uint64_t generations[RINGS][MODEL_SLOTS];
	uint64_t used_at;
	uint32_t uses;
};

struct target_tally target_tally;
enum run_backend target_backend;
run_observer *target_observer;
void *target_context;

static struct seat *seats[SEATS];
static struct oracle oracle;
static pid_t owner;
static bool opened_once;

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

static void look(bool on)
{
	if (on && __afl_coverage_on != NULL)
		__afl_coverage_on();
	else if (!on && __afl_coverage_off != NULL)
		__afl_coverage_off();
}

/* --- seats --- */

/* Of another process: not ours to close. */
static void forget_seats(void)
{
	memset(seats, 0, sizeof seats);
	owner = getpid();
}

static struct seat *new_seat(unsigned i)
{
	struct seat *seat = aligned_alloc(_Alignof(struct seat), sizeof *seat);

	if (seat == NULL)
		_exit(TARGET_SKIP);
	memset(seat, 0, sizeof *seat);
	seat->run.fd_base = FD_BASE + (int)i * FDS_A_SEAT;
	seat->run.patience = PATIENCE;
	seat->run.no_accounts = true;
	seats[i] = seat;
	return seat;
}

/* The one that fits, or a new one, or the oldest. */
static struct seat *find_seat(const struct scenario_header *header)
{
	const unsigned places = target_backend == RUN_EMULATED ? EMULATED_SEATS : SEATS;
	unsigned oldest = 0;

	for (unsigned i = 0; i < places; i++) {
		if (seats[i] == NULL)
			return new_seat(i);
		if (run_fits(&seats[i]->run, header, target_backend))
			return seats[i];
		if (seats[i]->used_at < seats[oldest]->used_at)
			oldest = i;
	}
	return seats[oldest];
}

/* No ring: the machine's business. */
static void skip_unless_possible(const struct seat *seat, int rc)
{
	if (rc == -EPERM || rc == -ENOSYS || rc == -ENOMEM || rc == -EMFILE || rc == -ENOTSUP ||
	    !seat->run.world.open) {
		(void)fprintf(stderr, "skipped: no ring here: %s\n", strerror(-rc));
		_exit(TARGET_SKIP);
	}
}

static void sit_down(struct seat *seat, const struct scenario_header *header)
{
	const bool fits = run_fits(&seat->run, header, target_backend) && seat->uses < USES;
	const int wanted = oracle_open_answer(header, RING_A, MISTAKE_NONE);
	int rc;

	seat->run.observe = target_observer;
	seat->run.context = target_context;
	seat->run.no_accounts = target_observer == NULL;
	if (fits) {
		rc = run_reset(&seat->run, header);
		seat->uses++;
		target_tally.reused++;
	} else {
		rc = run_open(&seat->run, header, target_backend);
		memset(seat->generations, 0, sizeof seat->generations);
		seat->uses = 0;
		target_tally.opened++;
	}
	skip_unless_possible(seat, rc);
	check_at(NULL, RUN_AT_OPEN);
	if (rc == 0 || wanted != 0)
		CHECK_THAT(CHECK_OPEN, rc == wanted || (rc == ONCE_BAD_SIZE && header->second != 0),
			   "it answers %d (%s), wanted %s", rc, once_code_name(rc), once_code_name(wanted));
	opened_once = opened_once || rc == 0;
}

/* Other seats come and go, so each run begins with what is free then. */
static void note_descriptors(struct world *world)
{
	const int lowest = dup(world->base + FILE_COUNTER);

	if (lowest >= 0)
		(void)close(lowest);
	world->lowest = lowest;
}

void target_close(void)
{
	for (unsigned i = 0; i < SEATS; i++) {
		if (seats[i] == NULL)
			continue;
		run_close(&seats[i]->run);
		free(seats[i]);
		seats[i] = NULL;
	}
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
	struct seat *seat;

	if (owner != getpid())
		forget_seats();
	check_last_words = tell_history;
	remember(bytes, length);
	scenario_init(&scenario, steps, TARGET_STEPS);
	scenario_decode(&scenario, bytes, length, SCENARIO_TAME);
	tally(&scenario);
	if ((run_backends() >> target_backend & 1) == 0)
		target_backend = RUN_EMULATED;
	scenario.header.fault = FAULT_NONE; /* the model knows a kernel that works */
	scenario.header.fault_arg = 0;
	look(false);
	seat = find_seat(&scenario.header);
	seat->used_at = target_tally.inputs;
	sit_down(seat, &scenario.header);
	note_descriptors(&seat->run.world);
	oracle_begin(&oracle, &seat->run, seat->generations);
	look(true);
	for (uint32_t i = 0; i < scenario.count; i++)
		oracle_step(&oracle, &scenario.steps[i], i);
	look(false);
	oracle_finish(&oracle);
	look(true);
	return 0;
}
