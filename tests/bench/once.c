/* SPDX-License-Identifier: MIT */
/* The workloads on oncering: every call checked, every owner asked for by type. */
#include "bench.h"

#include <oncering.h>
#include <stdlib.h>
#include <string.h>

enum { REAPED_AT_ONCE = 64 };

static struct once_ring ring;
static struct once_config config;

static void *array(uint64_t count, uint64_t size)
{
	void *memory = calloc(count, size);

	if (memory == NULL)
		bench_fail("calloc", (long)count);
	return memory;
}

void once_bench_open(const struct workload *workload)
{
	struct once_memory *memory = &config.memory;
	int rc;

	memset(&config, 0, sizeof config);
	config.entries = workload->depth;
	config.flags = bench_flags(workload);
	memory->capacity = workload->depth;
	memory->window_places = (uint32_t)ONCE_ENTRIES(2 * workload->depth);
	memory->time_places = (uint32_t)ONCE_ENTRIES(workload->depth + ONCE_OWN_SQES);
	memory->ops = array(memory->capacity, sizeof *memory->ops);
	memory->stack = array(memory->capacity, sizeof *memory->stack);
	memory->returned = array(memory->capacity, sizeof *memory->returned);
	memory->credits = array(memory->capacity, sizeof *memory->credits);
	memory->window = array(memory->window_places, sizeof *memory->window);
	memory->times = array(memory->time_places, sizeof *memory->times);
	rc = once_open(&ring, &config);
	if (rc != 0)
		bench_fail("once_open", rc);
}

void once_bench_close(void)
{
	const int rc = once_close(&ring, NULL);

	if (rc != 0)
		bench_fail("once_close", rc);
	free(config.memory.ops);
	free(config.memory.stack);
	free(config.memory.returned);
	free(config.memory.credits);
	free(config.memory.window);
	free(config.memory.times);
}

uint64_t once_bench_memory(const struct workload *workload)
{
	const struct once_memory *memory = &config.memory;

	(void)workload;
	return memory->capacity * (sizeof *memory->ops + sizeof *memory->stack +
				   sizeof *memory->returned + sizeof *memory->credits) +
	       memory->window_places * sizeof *memory->window +
	       memory->time_places * sizeof *memory->times;
}

static void submit(const struct workload *workload, const struct target *target)
{
	const unsigned depth = workload->depth;
	const unsigned wanted = workload->style == STYLE_WAIT ? 0 : depth;
	int rc;

	for (unsigned i = 0; i < depth; i++) {
		struct once_sqe sqe;

		rc = once_take(&ring, &sqe);
		if (rc < 0)
			bench_fail("once_take", rc);
		if (workload->reads)
			once_prep_read(&sqe, target->fd, target->buffers + (size_t)i * READ_SIZE,
				       READ_SIZE, 0);
		else
			once_prep_nop(&sqe);
		rc = once_arm(&sqe, once_cookie(i), NULL);
		if (rc < 0)
			bench_fail("once_arm", rc);
	}
	rc = wanted != 0 ? once_submit_and_wait(&ring, wanted) : once_submit(&ring);
	if (rc != (int)depth)
		bench_fail("once_submit", rc);
}

static void reap(unsigned depth, int result)
{
	struct once_completion done[REAPED_AT_ONCE];
	unsigned reaped = 0;

	while (reaped < depth) {
		const int n = once_reap_batch(&ring, done, REAPED_AT_ONCE);

		if (n < 0)
			bench_fail("once_reap_batch", n);
		for (const struct once_completion *one = done; one != done + n; one++) {
			uint64_t owner = 0;

			if (once_completion_owner(one, &once_cookie_type, &owner) != 0 ||
			    one->result != result || owner != reaped)
				bench_fail("once completion", one->result);
			reaped++;
		}
	}
}

static inline void check(const struct once_cqe *cqe, int result, uint64_t expected)
{
	uint64_t owner = 0;

	if (once_owner(cqe, &once_cookie_type, &owner) != 0 || once_result(cqe) != result ||
	    owner != expected)
		bench_fail("once completion", once_result(cqe));
}

static void hold(unsigned depth, int result)
{
	static struct once_cqe cqes[DEPTH_MAX];
	int n = once_peek_batch(&ring, cqes, depth);

	if (n != (int)depth)
		bench_fail("once_peek_batch", n);
	for (unsigned i = 0; i < depth; i++)
		check(&cqes[i], result, i);
	n = once_seen_batch(&ring, cqes, depth);
	if (n != (int)depth)
		bench_fail("once_seen_batch", n);
}

static void one_by_one(unsigned depth, int result, bool waiting)
{
	for (unsigned i = 0; i < depth; i++) {
		struct once_cqe cqe;
		int rc = waiting ? once_wait(&ring, &cqe) : once_peek(&ring, &cqe);

		if (rc < 0)
			bench_fail("once_peek", rc);
		check(&cqe, result, i);
		rc = once_seen(&ring, &cqe);
		if (rc < 0)
			bench_fail("once_seen", rc);
	}
}

void once_bench_run(const struct workload *workload, const struct target *target, uint64_t rounds)
{
	const int result = workload->reads ? READ_SIZE : 0;

	for (uint64_t round = 0; round < rounds; round++) {
		submit(workload, target);
		if (workload->style == STYLE_REAP)
			reap(workload->depth, result);
		else if (workload->style == STYLE_HOLD)
			hold(workload->depth, result);
		else
			one_by_one(workload->depth, result, workload->style == STYLE_WAIT);
	}
}
