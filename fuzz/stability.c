/* SPDX-License-Identifier: MIT */
/*
 * Which code runs another way when the same input is run again: what AFL++ calls
 * instability, by function. To be linked with the target built by clang with
 * -fsanitize-coverage=trace-pc-guard; hits are counted in AFL++'s classes.
 *
 *	stability FILE...       each is run TURNS times, first in a process of its own, where nothing
 *	                        has been made yet, then in one for all, every other time after another input
 *
 * The first step whose outcome is another one is told to stderr. Exit status: 1 if too
 * much varies, 77 if there is no ring.
 */
#include "target.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

enum { EDGES = 1 << 16, TURNS = 8, BYTES = 4096, SHOWN = 3, MOST = 1 /* per cent */ };

/* Shared with the processes that run one input. */
static struct edge {
	uintptr_t at;
	uint8_t hits, first, varies, seen;
	uint32_t inputs; /* in which it varied */
	uint32_t example[SHOWN];
} *edges;

static uint32_t edge_count;
static bool off = true;

/* What came of each step when the input ran first. */
static struct outcome {
	int rc;
	uint32_t completions, marks;
	int32_t result;
	uint32_t flags;
	uint32_t own;  /* CQEs of the library's own that are to come */
	uint32_t ready;
} outcomes[TARGET_STEPS];
static bool is_first, has_told;
static const char *running;

void __sanitizer_cov_trace_pc_guard_init(uint32_t *start, const uint32_t *stop);
void __sanitizer_cov_trace_pc_guard(uint32_t *guard);
void __afl_coverage_on(void);
void __afl_coverage_off(void);

void __sanitizer_cov_trace_pc_guard_init(uint32_t *start, const uint32_t *stop)
{
	for (; start < stop && *start == 0 && edge_count < EDGES - 1; start++)
		*start = ++edge_count;
}

void __sanitizer_cov_trace_pc_guard(uint32_t *guard)
{
	struct edge *edge = &edges[*guard];

	if (off)
		return;
	edge->at = (uintptr_t)__builtin_return_address(0);
	edge->hits = (uint8_t)(edge->hits == UINT8_MAX ? 1 : edge->hits + 1);
}

void __afl_coverage_on(void)
{
	off = false;
}

void __afl_coverage_off(void)
{
	off = true;
}

static uint8_t class_of(uint8_t hits)
{
	static const uint8_t from[] = { 128, 32, 16, 8, 4, 3, 2, 1 };

	for (unsigned i = 0; i < sizeof from; i++)
		if (hits >= from[i])
			return from[i];
	return 0;
}

static size_t load(const char *path, uint8_t *bytes)
{
	FILE *file = fopen(path, "rb");
	const size_t length = file != NULL ? fread(bytes, 1, BYTES, file) : 0;

	if (file != NULL)
		(void)fclose(file);
	return length;
}

static void compare(void *context, const struct run *run, const struct run_event *event)
{
	const struct run_completion *last = &event->completion[0];
	struct outcome now = { event->rc, event->completions, event->marks, 0, 0, 0, 0 };
	const struct outcome *then;
	char text[160] = "";

	(void)context;
	if (running == NULL || event->index >= TARGET_STEPS)
		return;
	off = true; /* who looks runs the library, too */
	for (uint32_t i = 0; i < event->completions && i < RUN_DELIVERED; i++, last++) {
		now.result += last->result * (int32_t)(i + 1);
		now.flags += last->flags * (i + 1);
	}
	for (unsigned ring = 0; ring < RINGS; ring++) {
		now.own = now.own * 256 + run->rings[ring].complete.timers + run->rings[ring].complete.removes * 16;
		now.ready = now.ready * 256 + (run->rings[ring].open != 0 ? once_ready(&run->rings[ring]) : 0);
	}
	then = &outcomes[event->index];
	if (is_first) {
		outcomes[event->index] = now;
	} else if (!has_told && memcmp(&now, then, sizeof now) != 0) {
		(void)scenario_step_text(event->step, text, sizeof text);
		(void)fprintf(stderr, "%s: step %u: %s: answer %d, %u completions, marks %x, result %d, flags %x, own %x, ready %x;"
			      " now %d, %u, %x, %d, %x, %x, %x\n", running, event->index + 1, text, then->rc,
			      then->completions, then->marks, then->result, then->flags, then->own, then->ready, now.rc,
			      now.completions, now.marks, now.result, now.flags, now.own, now.ready);
		has_told = true;
	}
	off = false;
}

static void run_once(const char *path)
{
	static uint8_t bytes[BYTES];
	const size_t length = load(path, bytes);

	for (uint32_t i = 1; i <= edge_count; i++)
		edges[i].hits = 0;
	(void)LLVMFuzzerTestOneInput(bytes, length);
}

static bool run_often(char **paths, uint32_t count, uint32_t n)
{
	bool varies = false;

	has_told = false;
	for (unsigned turn = 0; turn < TURNS; turn++) {
		running = NULL;
		if (turn % 2 == 1)
			run_once(paths[(uint32_t)rand() % count]);
		running = paths[n];
		is_first = turn == 0;
		run_once(paths[n]);
		for (uint32_t i = 1; i <= edge_count; i++) {
			const uint8_t hits = class_of(edges[i].hits);

			if (turn == 0)
				edges[i].first = hits;
			edges[i].varies = turn != 0 && (edges[i].varies || hits != edges[i].first);
			edges[i].seen = edges[i].seen || hits != 0;
		}
	}
	for (uint32_t i = 1; i <= edge_count; i++) {
		if (!edges[i].varies)
			continue;
		if (edges[i].inputs < SHOWN)
			edges[i].example[edges[i].inputs] = n;
		edges[i].inputs++;
		varies = true;
	}
	return varies;
}

/* In a process where nothing has run; false: it crashed, or found no ring where others had one. */
static bool run_alone(char **paths, uint32_t count, uint32_t n)
{
	const pid_t child = fork();
	int status = -1;

	if (child == 0) {
		(void)run_often(paths, count, n);
		_exit(0);
	}
	if (child > 0 && waitpid(child, &status, 0) == child && status == 0)
		return true;
	if (n == 0 && WIFEXITED(status) && WEXITSTATUS(status) == TARGET_SKIP)
		exit(TARGET_SKIP);
	(void)fprintf(stderr, "%s: ended with status %x by itself\n", paths[n], (unsigned)status);
	return false;
}

/* "address inputs example..." of each edge that varied: for addr2line. */
static void list_edges(char **paths)
{
	for (uint32_t i = 1; i <= edge_count; i++) {
		if (edges[i].inputs == 0)
			continue;
		printf("0x%lx %u", (unsigned long)(edges[i].at - 1), edges[i].inputs);
		for (uint32_t k = 0; k < SHOWN && k < edges[i].inputs; k++)
			printf(" %s", paths[edges[i].example[k]]);
		printf("\n");
	}
}

int main(int argc, char **argv)
{
	const uint32_t count = (uint32_t)(argc - 1);
	uint32_t inputs = 0, seen = 0, varied = 0;
	bool ended = true;

	edges = mmap(NULL, EDGES * sizeof *edges, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (edges == MAP_FAILED)
		return EXIT_FAILURE;
	target_observer = compare;
	off = false;
	for (uint32_t n = 0; n < count; n++)
		ended = run_alone(argv + 1, count, n) && ended;
	for (uint32_t n = 0; n < count; n++)
		inputs += run_often(argv + 1, count, n);
	for (uint32_t i = 1; i <= edge_count; i++) {
		seen += edges[i].seen;
		varied += edges[i].inputs != 0;
	}
	list_edges(argv + 1);
	(void)fprintf(stderr, "stability: %u of %u edges vary, %u of %u inputs when they come after others\n", varied, seen,
		      inputs, count);
	return ended && seen != 0 && varied * 100 <= seen * MOST ? EXIT_SUCCESS : EXIT_FAILURE;
}
