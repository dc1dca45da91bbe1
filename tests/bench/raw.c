/* SPDX-License-Identifier: MIT */
/* The workloads on raw liburing, as its manual pages show them. */
#include "bench.h"

#include <errno.h>
#include <liburing.h>

static struct io_uring ring;

void raw_open(const struct workload *workload)
{
	const int rc = io_uring_queue_init(workload->depth, &ring, bench_flags(workload));

	if (rc < 0)
		bench_fail("io_uring_queue_init", rc);
}

void raw_close(void)
{
	io_uring_queue_exit(&ring);
}

static void submit(const struct workload *workload, const struct target *target)
{
	const unsigned depth = workload->depth;
	const unsigned wanted = workload->style == STYLE_WAIT ? 0 : depth;
	int rc;

	for (unsigned i = 0; i < depth; i++) {
		struct io_uring_sqe *sqe = io_uring_get_sqe(&ring);

		if (sqe == NULL)
			bench_fail("io_uring_get_sqe", i);
		if (workload->reads)
			io_uring_prep_read(sqe, target->fd, target->buffers + (size_t)i * READ_SIZE,
					   READ_SIZE, 0);
		else
			io_uring_prep_nop(sqe);
		io_uring_sqe_set_data64(sqe, i);
	}
	rc = wanted != 0 ? io_uring_submit_and_wait(&ring, wanted) : io_uring_submit(&ring);
	if (rc != (int)depth)
		bench_fail("io_uring_submit", rc);
}

static inline void check(const struct io_uring_cqe *cqe, int result, uint64_t owner)
{
	if (cqe->res != result || io_uring_cqe_get_data64(cqe) != owner)
		bench_fail("raw completion", cqe->res);
}

static void reap(unsigned depth, int result)
{
	struct io_uring_cqe *cqe;
	unsigned head;
	unsigned n = 0;

	io_uring_for_each_cqe(&ring, head, cqe) {
		check(cqe, result, n);
		n++;
	}
	if (n != depth)
		bench_fail("io_uring_for_each_cqe", n);
	io_uring_cq_advance(&ring, n);
}

static void hold(unsigned depth, int result)
{
	static struct io_uring_cqe *cqes[DEPTH_MAX];
	const unsigned n = io_uring_peek_batch_cqe(&ring, cqes, depth);

	if (n != depth)
		bench_fail("io_uring_peek_batch_cqe", n);
	for (unsigned i = 0; i < n; i++)
		check(cqes[i], result, i);
	io_uring_cq_advance(&ring, n);
}

static void one_by_one(unsigned depth, int result, bool waiting)
{
	for (unsigned i = 0; i < depth; i++) {
		struct io_uring_cqe *cqe;
		const int rc = waiting ? io_uring_wait_cqe(&ring, &cqe)
				       : io_uring_peek_cqe(&ring, &cqe);

		if (rc < 0)
			bench_fail("io_uring_peek_cqe", rc);
		check(cqe, result, i);
		io_uring_cqe_seen(&ring, cqe);
	}
}

void raw_run(const struct workload *workload, const struct target *target, uint64_t rounds)
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
