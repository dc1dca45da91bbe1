/* SPDX-License-Identifier: MIT */
/*
 * Public bugs, class: the ring as a whole. Overflow, threads, SQEs that were
 * taken and forgotten, exit with operations in flight, counters that wrap.
 *
 * No completion library can answer, of this class:
 *   seastar #1139, #2302  other back ends
 *   liburing #1574, #1578 (resize)  io_uring_resize_rings() is not offered
 *   iouring-go #4, a10 cq.rs  counters of 32 bits: wrapped on the emulated back end,
 *                             tests/emulated/; here the indexes wrap
 */
#include "world.h"

/* SQPOLL overfills the CQ (libuv #3991; tokio-uring #147, firewood #1522, tokio io-uring #302). */
static void libuv_4598_the_cq_is_overfilled(void **state)
{
	struct fixture *f = *state;
	const struct once_config config = { .entries = 4, .cq_entries = 8,
					    .memory = { .capacity = 7 } };
	struct once_completion done = { 0 };
	uint64_t armed = 0;
	uint64_t reaped = 0;

	open_ring(f, &config);
	while (reaped < 1000) {
		int rc = try_nop(f, armed, NULL);

		if (rc == 0) {
			armed++;
			continue;
		}
		assert_true(rc == -EAGAIN || rc == ONCE_NO_SLOT);
		submit_all(f);
		assert_false(once_has_overflow(&f->ring));
		if (rc != ONCE_NO_SLOT)
			continue;
		assert_ok(once_wait_reap(&f->ring, &done, NULL));
		assert_int_equal(done.lent.value, reaped++);
	}
	submit_all(f);
	while (once_in_flight(&f->ring) != 0) {
		assert_ok(once_wait_reap(&f->ring, &done, NULL));
		reaped++;
	}
	assert_int_equal(armed, reaped);
	assert_accounts_zero(f);
}

/* Overflowed CQEs stay behind an "empty" CQ (liburing #705). */
static void liburing_705_overflow_behind_an_empty_cq(void **state)
{
	struct fixture *f = *state;
	const struct once_config config = { .entries = 1, .cq_entries = 4,
					    .memory = { .capacity = 1 } };
	struct once_cqe cqes[16] = { 0 };
	int count = 0;

	open_ring(f, &config);
	for (uint32_t i = 0; i < 12; i++)
		post_foreign(f, i, i);
	for (;;) {
		const int rc = once_peek_batch(&f->ring, cqes, 16);

		if (rc == -EAGAIN)
			break;
		assert_true(rc > 0);
		assert_int_equal(once_seen_batch(&f->ring, cqes, (unsigned)rc), rc);
		count += rc;
	}
	assert_int_equal(count, 12);
	assert_accounts_zero(f);
}

/* for_each_cqe never ends, because CQEs come while it runs (also #867). */
static void liburing_1139_an_iteration_without_end(void **state)
{
	struct fixture *f = *state;
	struct once_completion done[4] = { 0 };

	open_ring(f, NULL);
	for (int i = 0; i < 50; i++) {
		while (once_armed(&f->ring) < 4)
			arm_nop(f, 1, NULL);
		submit_all(f);
		/* never more than asked for, whatever comes meanwhile */
		assert_code(once_reap_batch(&f->ring, done, 3), 3);
		assert_code(once_reap_batch(&f->ring, done, 3), 1);
	}
	assert_accounts_zero(f);
}

static int reap_one(struct fixture *f)
{
	struct once_completion done = { 0 };

	return once_wait_reap(&f->ring, &done, NULL);
}

static int submit_one(struct fixture *f)
{
	const int rc = try_nop(f, 9, NULL);

	return rc < 0 ? rc : once_submit(&f->ring);
}

/* Several threads complete on one ring (also #604, #784). */
static void liburing_562_two_completing_threads(void **state)
{
	struct fixture *f = *state;

	open_ring(f, NULL);
	arm_timeout(f, &one_hour, 1, NULL);
	submit_all(f);
	assert_code(in_thread(reap_one, f), ONCE_WRONG_THREAD);
	assert_violation(f, ONCE_WRONG_THREAD);
}

/* The ring is made on one thread and used on another: hand it over, and say so (liburing #1135's family). */
static void liburing_1135_a_ring_made_on_another_thread(void **state)
{
	struct fixture *f = *state;

	open_ring(f, NULL);
	run_nops(f, 1);
	once_hand_over(&f->ring);
	assert_code(in_thread(submit_one, f), 1);
	once_hand_over(&f->ring);
	assert_int_equal(finish(f, 9), 0);
}

/* get_sqe() and never a prep: the old opcode runs again (also socketry/io-event #80). */
static void liburing_188_sqe_never_prepared(void **state)
{
	struct fixture *f = *state;
	char buffer[4] = "old";
	struct once_sqe sqe = { 0 };
	int fd;

	open_ring(f, NULL);
	fd = temp_file(f, "new", 3);
	for (int i = 0; i < 8; i++) { /* every place of the SQ has held a read */
		arm_read(f, fd, buffer, 3, 0, 1, NULL);
		submit_all(f);
		assert_int_equal(finish(f, 1), 3);
	}
	memcpy(buffer, "old", 3);
	sqe = taken_sqe(f);
	assert_code(once_submit(&f->ring), ONCE_NOT_ARMED);
	assert_violation(f, ONCE_NOT_ARMED);
	assert_code(once_arm(&sqe, once_cookie(2), NULL), ONCE_NOT_PREPARED);
	assert_violation(f, ONCE_NOT_PREPARED);
	assert_code(once_submit(&f->ring), 0);
	assert_memory_equal(buffer, "old", 3); /* nothing ran */
	assert_accounts_zero(f);
}

/* queue_exit() with operations in flight: the kernel goes on with their buffers (also tigerbeetle #2430). */
static void cloud_hypervisor_8408_exit_with_operations_in_flight(void **state)
{
	struct fixture *f = *state;
	const struct once_timespec patience = { 20, 0 };
	struct once_survivor survivors[4];
	struct once_report report;
	char buffers[3][4];
	int fds[2];

	open_ring(f, NULL);
	make_pipe(f, fds);
	for (uint64_t i = 0; i < 3; i++) {
		struct once_sqe sqe = taken_sqe(f);

		once_prep_read(&sqe, fds[0], buffers[i], 4, ONCE_CURRENT);
		once_set_flags(&sqe, i == 2 ? IOSQE_ASYNC : 0); /* one in a worker */
		arm_sqe(&sqe, i, NULL);
	}
	submit_all(f);
	assert_code(once_close(&f->ring, &report), ONCE_STILL_LIVE);
	assert_int_equal(report.in_flight, 3);
	assert_int_equal(once_survivors(&f->ring, survivors, 4), 3);
	assert_ok(once_drain(&f->ring, &patience, NULL, 0, NULL));
	assert_ok(once_close(&f->ring, NULL));
	assert_int_equal(write(fds[1], "late", 4), 4); /* nobody reads it into a buffer */
}

/* Shutdown forgets what has not been submitted (compio #943, commonware #3287, liburing #329). */
static void compio_943_shutdown_with_unsubmitted_operations(void **state)
{
	struct fixture *f = *state;
	const struct once_timespec patience = { 20, 0 };
	struct once_report report;

	open_ring(f, NULL);
	arm_timeout(f, &one_hour, 1, NULL);
	submit_all(f);
	arm_nop(f, 2, NULL);
	assert_code(once_close(&f->ring, &report), ONCE_STILL_LIVE);
	assert_int_equal(report.armed, 1);
	assert_int_equal(report.in_flight, 1);
	assert_ok(once_drain(&f->ring, &patience, NULL, 0, NULL));
	assert_ok(once_close(&f->ring, NULL));
}

/* Exit while completions are held: their memory goes with the ring (liburing #525, io_uring-by-example #19). */
static void liburing_525_exit_while_completions_are_held(void **state)
{
	struct fixture *f = *state;
	struct once_cqe cqe = { 0 };

	open_ring(f, NULL);
	arm_nop(f, 1, NULL);
	submit_all(f);
	cqe = next_token(f);
	assert_code(once_close(&f->ring, NULL), ONCE_STILL_HELD);
	assert_int_equal(once_result(&cqe), 0);
	assert_ok(once_seen(&f->ring, &cqe));
	assert_ok(once_close(&f->ring, NULL));
	cqe = copy_of(&cqe);
	assert_code(once_result(&cqe), ONCE_SPENT); /* and after: an answer, not a fault */
}

/* Indexes wrap, out of order, thousands of times (libuv #3980, a10, iouring-go #4). */
static void libuv_3980_indexes_wrap(void **state)
{
	struct fixture *f = *state;
	const struct once_config config = { .entries = 2, .cq_entries = 4,
					    .memory = { .capacity = 3 } };
	struct once_cqe cqes[3] = { 0 };
	uint64_t next = 0;

	open_ring(f, &config);
	for (int round = 0; round < 3000; round++) {
		const int count = 1 + round % 3;

		for (int i = 0; i < count; i++) {
			arm_nop(f, next + (uint64_t)i, NULL);
			submit_all(f);
		}
		assert_code(once_peek_batch(&f->ring, cqes, 3), count);
		for (int i = 0; i < count; i++)
			assert_int_equal(cookie_of(&cqes[i]), next++);
		for (int i = count - 1; i >= 0; i--) {
			const struct once_cqe cqe = copy_of(&cqes[i]);

			assert_ok(once_seen(&f->ring, &cqe));
		}
		assert_int_equal(once_passed_total(&f->ring), next);
	}
	assert_accounts_zero(f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		once_test(libuv_4598_the_cq_is_overfilled),
		once_test(liburing_705_overflow_behind_an_empty_cq),
		once_test(liburing_1139_an_iteration_without_end),
		once_test(liburing_562_two_completing_threads),
		once_test(liburing_1135_a_ring_made_on_another_thread),
		once_test(liburing_188_sqe_never_prepared),
		once_test(cloud_hypervisor_8408_exit_with_operations_in_flight),
		once_test(compio_943_shutdown_with_unsubmitted_operations),
		once_test(liburing_525_exit_while_completions_are_held),
		once_test(libuv_3980_indexes_wrap),
	};

	return cmocka_run_group_tests_name("public bugs: ring", tests, NULL, NULL);
}
