/* SPDX-License-Identifier: MIT */
/*
 * bench              time every workload, raw and checked in turn; a table of
 *                    tab-separated values
 * bench --list       the workloads, one a line
 * bench --some N...  time only these
 * bench --only N raw|once ROUNDS
 *                    run one of them untimed, for an instruction counter
 */
#include "bench.h"

#include <fcntl.h>
#include <liburing.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

/*
 * The kernel's pages for a ring, and so its caches' luck, differ from opening to opening
 * by more than the checks cost: each workload opens its rings anew OPENINGS times.
 */
enum {
	OPENINGS = 15,
	PAIRS = 13,
	SAMPLES = OPENINGS * PAIRS,
	SAMPLE_NANOSECONDS = 4000000,
	SKIP = 77
};

struct samples {
	double raw[SAMPLES];
	double once[SAMPLES];
	double ratio[SAMPLES];
};

static const struct workload workloads[] = {
	{ "nop", STYLE_REAP, false, false, 1 },
	{ "nop", STYLE_REAP, false, false, 8 },
	{ "nop", STYLE_REAP, false, false, 32 },
	{ "nop", STYLE_REAP, false, false, 256 },
	{ "read", STYLE_REAP, true, false, 1 },
	{ "read", STYLE_REAP, true, false, 32 },
	{ "batch", STYLE_HOLD, false, false, 32 },
	{ "peek", STYLE_PEEK, false, false, 32 },
	{ "wait", STYLE_WAIT, false, false, 32 },
	{ "nop", STYLE_REAP, false, true, 1 },
	{ "nop", STYLE_REAP, false, true, 8 },
	{ "nop", STYLE_REAP, false, true, 32 },
	{ "nop", STYLE_REAP, false, true, 256 },
	{ "read", STYLE_REAP, true, true, 1 },
	{ "read", STYLE_REAP, true, true, 32 },
	{ "batch", STYLE_HOLD, false, true, 32 },
	{ "peek", STYLE_PEEK, false, true, 32 },
	{ "wait", STYLE_WAIT, false, true, 32 },
	{ "flight", STYLE_REAP, false, false, 32 },
	{ "flight", STYLE_REAP, false, false, 128 },
	{ "flight", STYLE_REAP, false, false, 512 },
	{ "flight", STYLE_REAP, false, false, 2048 },
	{ "flight", STYLE_REAP, false, false, 8192 },
	{ "flight", STYLE_REAP, false, false, 16384 },
};

enum { WORKLOADS = sizeof workloads / sizeof workloads[0] };

_Noreturn void bench_fail(const char *what, long value)
{
	fprintf(stderr, "bench: %s: %ld\n", what, value);
	exit(1);
}

unsigned bench_flags(const struct workload *workload)
{
	return workload->defer ? IORING_SETUP_SINGLE_ISSUER | IORING_SETUP_DEFER_TASKRUN : 0;
}

static double now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return (double)time.tv_sec * 1e9 + (double)time.tv_nsec;
}

static double timed(void run(const struct workload *, const struct target *, uint64_t),
		    const struct workload *workload, const struct target *target, uint64_t rounds)
{
	const double begin = now();

	run(workload, target, rounds);
	return (now() - begin) / (double)rounds / workload->depth;
}

static int ascending(const void *a, const void *b)
{
	const double x = *(const double *)a;
	const double y = *(const double *)b;

	return (x > y) - (x < y);
}

static double median(double *values)
{
	qsort(values, SAMPLES, sizeof *values, ascending);
	return values[SAMPLES / 2];
}

/* Rounds that fill a sample. */
static uint64_t calibrate(const struct workload *workload, const struct target *target)
{
	uint64_t rounds = 1;

	while (timed(raw_run, workload, target, rounds) * (double)rounds * workload->depth <
	       SAMPLE_NANOSECONDS)
		rounds *= 2;
	return rounds;
}

static void open_both(const struct workload *workload, bool raw_first)
{
	if (raw_first)
		raw_open(workload);
	once_bench_open(workload);
	if (!raw_first)
		raw_open(workload);
}

/* Each pair, and each opening, in the other order than the one before: neither has the better place. */
static void sample(struct samples *samples, int opening, const struct workload *workload,
		   const struct target *target)
{
	uint64_t rounds;

	open_both(workload, opening % 2 == 0);
	rounds = calibrate(workload, target);
	once_bench_run(workload, target, rounds);
	for (int i = opening * PAIRS; i < (opening + 1) * PAIRS; i++) {
		if (i % 2 == 0)
			samples->raw[i] = timed(raw_run, workload, target, rounds);
		samples->once[i] = timed(once_bench_run, workload, target, rounds);
		if (i % 2 != 0)
			samples->raw[i] = timed(raw_run, workload, target, rounds);
		samples->ratio[i] = samples->once[i] / samples->raw[i];
	}
	once_bench_close();
	raw_close();
}

static void measure(const struct workload *workload, const struct target *target)
{
	static struct samples samples;

	for (int opening = 0; opening < OPENINGS; opening++)
		sample(&samples, opening, workload, target);
	printf("%s\t%s\t%u\t%.1f\t%.1f\t%.3f\t%.1f\n", workload->name,
	       workload->defer ? "defer" : "default", workload->depth, median(samples.raw),
	       median(samples.once), median(samples.ratio),
	       (double)once_bench_memory(workload) / workload->depth);
	fflush(stdout);
}

/*
 * This program itself is the file, since it is in the page cache. Not a memfd: the
 * kernel hands reads of those to a worker thread, and it is the thread that is timed.
 */
static struct target make_target(void)
{
	struct target target;

	target.fd = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);
	target.buffers = malloc((size_t)32 * READ_SIZE);
	if (target.fd < 0 || target.buffers == NULL ||
	    read(target.fd, target.buffers, READ_SIZE) != READ_SIZE)
		bench_fail("target", target.fd);
	return target;
}

static void run_only(const char *number, const char *which, const char *rounds)
{
	const struct target target = make_target();
	const unsigned long i = strtoul(number, NULL, 10);
	const uint64_t count = strtoull(rounds, NULL, 10);

	if (i >= WORKLOADS)
		bench_fail("no such workload", (long)i);
	if (strcmp(which, "raw") == 0) {
		raw_open(&workloads[i]);
		raw_run(&workloads[i], &target, count);
		raw_close();
	} else {
		once_bench_open(&workloads[i]);
		once_bench_run(&workloads[i], &target, count);
		once_bench_close();
	}
}

int main(int argc, char **argv)
{
	struct target target;
	struct io_uring probe;
	cpu_set_t core;

	if (argc == 2 && strcmp(argv[1], "--list") == 0) {
		for (unsigned i = 0; i < WORKLOADS; i++)
			printf("%u\t%u\n", i, workloads[i].depth);
		return 0;
	}
	if (io_uring_queue_init(2, &probe, 0) < 0) {
		fprintf(stderr, "bench: io_uring is not permitted here\n");
		return SKIP;
	}
	io_uring_queue_exit(&probe);
	if (argc == 5 && strcmp(argv[1], "--only") == 0) {
		run_only(argv[2], argv[3], argv[4]);
		return 0;
	}
	CPU_ZERO(&core);
	CPU_SET((unsigned)sched_getcpu(), &core);
	sched_setaffinity(0, sizeof core, &core);
	target = make_target();
	if (argc > 2 && strcmp(argv[1], "--some") == 0) {
		for (int a = 2; a < argc; a++)
			measure(&workloads[strtoul(argv[a], NULL, 10)], &target);
		return 0;
	}
	for (unsigned i = 0; i < WORKLOADS; i++)
		measure(&workloads[i], &target);
	return 0;
}
