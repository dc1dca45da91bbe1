/* SPDX-License-Identifier: MIT */
/*
 * One workload, done by raw liburing and by oncering: the same operations, the
 * same set-up flags, the same checks of result and owner by the caller.
 */
#ifndef ONCERING_BENCH_H
#define ONCERING_BENCH_H

#include <stdbool.h>
#include <stdint.h>

enum { READ_SIZE = 4096, DEPTH_MAX = 16384 };

/* How completions are taken from the ring. */
enum style {
	STYLE_REAP, /* all that are there: for_each and advance / once_reap_batch() */
	STYLE_HOLD, /* peek_batch and advance / once_peek_batch(), once_seen_batch() */
	STYLE_PEEK, /* one by one: peek and seen / once_peek(), once_seen() */
	STYLE_WAIT  /* one by one, waiting: wait and seen / once_wait(), once_seen() */
};

struct workload {
	const char *name;
	enum style style;
	bool reads;     /* 4 KiB reads of a cached file; else NOPs */
	bool defer;     /* SINGLE_ISSUER + DEFER_TASKRUN; else default flags */
	unsigned depth; /* operations submitted together, and in flight */
};

/* The file that is read, and where to. */
struct target {
	int fd;
	char *buffers; /* DEPTH_MAX * READ_SIZE at most as deep as is read */
};

/* Each exits with a message if anything is not as it should be. */
void raw_open(const struct workload *workload);
void raw_run(const struct workload *workload, const struct target *target, uint64_t rounds);
void raw_close(void);
void once_bench_open(const struct workload *workload);
void once_bench_run(const struct workload *workload, const struct target *target, uint64_t rounds);
void once_bench_close(void);
uint64_t once_bench_memory(const struct workload *workload);

_Noreturn void bench_fail(const char *what, long value);

/* The setup flags of a workload. */
unsigned bench_flags(const struct workload *workload);

#endif
