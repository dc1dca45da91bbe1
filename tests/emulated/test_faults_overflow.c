/* SPDX-License-Identifier: MIT */
/*
 * "Empty" is three states: no CQE, no overflow backlog, no deferred work. Each
 * way to deliver must find what the kernel keeps back, and the eventfd rule
 * must not lose it (liburing #1029, libuv #4598, libevpl #162).
 */
#include "emulated.h"
#include "harness.h"

#include <linux/io_uring.h>
#include <poll.h>

static const struct once_config small = { .entries = 8, .cq_entries = 8, .memory.capacity = 7 };

/* *count* NOPs whose CQEs find no room; cookies 0, 1, 2 ... */
static void overflow_nops(struct fixture *f, unsigned count)
{
	emulated_overflow(&f->ring, count);
	for (uint64_t i = 0; i < count; i++)
		arm_nop(f, i, NULL);
	submit_all(f);
	assert_int_equal(emulated_backlog(&f->ring), count);
	assert_int_equal(once_ready(&f->ring), 0);
	assert_true(once_has_overflow(&f->ring));
}

static void peek_fetches_the_backlog(void **state)
{
	struct fixture *f = *state;
	struct once_cqe cqe;

	open_ring(f, &small);
	overflow_nops(f, 5);
	for (uint64_t i = 0; i < 5; i++) {
		assert_ok(once_peek(&f->ring, &cqe));
		assert_int_equal(cookie_of(&cqe), i);
		assert_ok(once_seen(&f->ring, &cqe));
	}
	assert_code(once_peek(&f->ring, &cqe), -EAGAIN);
	assert_accounts_zero(f);
}

static void every_delivery_fetches_the_backlog(void **state)
{
	struct once_completion done[5];
	struct once_cqe cqes[5];
	struct fixture *f = *state;

	open_ring(f, &small);
	overflow_nops(f, 5);
	assert_code(once_peek_batch(&f->ring, cqes, 5), 5);
	assert_code(once_seen_batch(&f->ring, cqes, 5), 5);
	overflow_nops(f, 5);
	assert_code(once_reap_batch(&f->ring, done, 5), 5);
	overflow_nops(f, 5);
	assert_code(once_discard(&f->ring), 5);
	overflow_nops(f, 5);
	assert_ok(once_get_events(&f->ring));
	assert_int_equal(once_ready(&f->ring), 5);
	assert_false(once_has_overflow(&f->ring));
	for (uint64_t i = 0; i < 5; i++)
		assert_int_equal(finish(f, i), 0);
	overflow_nops(f, 1);
	assert_int_equal(finish(f, 0), 0);
	assert_no_violation(f);
	assert_accounts_zero(f);
}

/* The CQ is full of foreign CQEs: more than it holds come, in order, none is lost. */
static void a_flood_of_foreign_cqes_is_delivered_in_order(void **state)
{
	struct fixture *f = *state;
	struct once_completion done;

	open_ring(f, &small);
	for (uint64_t i = 0; i < 50; i++)
		emulated_forge(&f->ring, i, (int32_t)i, 0);
	assert_int_equal(once_ready(&f->ring), 8);
	assert_int_equal(emulated_backlog(&f->ring), 42);
	for (uint64_t i = 0; i < 50; i++) {
		assert_ok(once_reap(&f->ring, &done));
		assert_null(done.lent.type);
		assert_int_equal(done.lent.value, i);
	}
	assert_code(once_reap(&f->ring, &done), -EAGAIN);
	assert_accounts_zero(f);
}

/* Held tokens fill the CQ: not empty, but nothing can be delivered until one is seen. */
static void held_tokens_in_the_way_of_the_backlog_are_named(void **state)
{
	struct fixture *f = *state;
	struct once_cqe cqes[8];
	struct once_cqe cqe;

	open_ring(f, &small);
	for (uint64_t i = 0; i < 10; i++)
		emulated_forge(&f->ring, i, 0, 0);
	assert_code(once_peek_batch(&f->ring, cqes, 8), 8);
	assert_code(once_peek(&f->ring, &cqe), ONCE_ALL_HELD);
	assert_violation(f, ONCE_ALL_HELD);
	assert_code(once_wait(&f->ring, &cqe), ONCE_ALL_HELD);
	assert_violation(f, ONCE_ALL_HELD);
	/* out of order: no room before the first is seen */
	assert_ok(once_seen(&f->ring, &cqes[3]));
	assert_code(once_peek(&f->ring, &cqe), ONCE_ALL_HELD);
	assert_ok(once_seen(&f->ring, &cqes[0]));
	assert_ok(once_peek(&f->ring, &cqe));
	assert_ok(once_seen(&f->ring, &cqe));
	for (int i = 1; i < 8; i++)
		if (i != 3)
			assert_ok(once_seen(&f->ring, &cqes[i]));
	assert_code(once_discard(&f->ring), 1);
	assert_accounts_zero(f);
}

static void close_is_refused_with_a_backlog(void **state)
{
	struct fixture *f = *state;
	struct once_report report;

	open_ring(f, &small);
	emulated_overflow(&f->ring, 1);
	emulated_forge(&f->ring, 9, 0, 0);
	assert_code(once_close(&f->ring, &report), ONCE_STILL_READY);
	assert_true(report.overflow);
	assert_code(once_discard(&f->ring), 1);
	assert_ok(once_close(&f->ring, &report));
	assert_false(report.overflow);
}

/* The kernel ends a multishot poll when its CQE finds no room (silk #80). */
static void a_multishot_poll_ends_in_an_overflow(void **state)
{
	struct fixture *f = *state;
	struct once_completion done;
	struct once_sqe sqe;
	int fds[2];

	make_pipe(f, fds);
	open_ring(f, &(struct once_config){ .entries = 8, .cq_entries = 8, .memory.capacity = 4 });
	sqe = taken_sqe(f);
	once_prep_poll_multishot(&sqe, fds[0], POLLIN);
	assert_ok(once_arm(&sqe, once_cookie(3), NULL));
	submit_all(f);
	for (uint64_t i = 0; i < 8; i++)
		emulated_forge(&f->ring, i, 0, 0);
	assert_int_equal(write(fds[1], "x", 1), 1);
	emulated_run(&f->ring);
	for (uint64_t i = 0; i < 8; i++)
		assert_ok(once_reap(&f->ring, &done));
	assert_int_equal(once_in_flight(&f->ring), 1);
	assert_ok(once_reap(&f->ring, &done));
	assert_int_equal(done.lent.value, 3);
	assert_true(once_completion_is_terminal(&done));
	assert_accounts_zero(f);
}

/* --- deferred work --- */

/* A read whose data has come, while nothing of the ring has been entered since. */
static void defer_a_read(struct fixture *f, uint32_t flags, char *text)
{
	int fds[2];

	make_pipe(f, fds);
	open_ring(f, &(struct once_config){ .flags = flags });
	arm_read(f, fds[0], text, 3, ONCE_CURRENT, 1, NULL);
	submit_all(f);
	assert_int_equal(write(fds[1], "abc", 3), 3);
	emulated_run(&f->ring);
	assert_int_equal(once_ready(&f->ring), 0);
	assert_int_equal(once_in_flight(&f->ring), 1);
}

static const uint32_t deferring[] = {
	IORING_SETUP_COOP_TASKRUN,
	IORING_SETUP_SINGLE_ISSUER | IORING_SETUP_DEFER_TASKRUN
};

static void peek_fetches_deferred_work(void **state)
{
	struct fixture *f = *state;

	for (size_t i = 0; i < sizeof deferring / sizeof deferring[0]; i++) {
		char text[3] = { 0 };
		struct once_cqe cqe;

		defer_a_read(f, deferring[i], text);
		assert_ok(once_peek(&f->ring, &cqe));
		assert_int_equal(cookie_of(&cqe), 1);
		assert_int_equal(once_result(&cqe), 3);
		assert_memory_equal(text, "abc", 3);
		assert_ok(once_seen(&f->ring, &cqe));
		assert_code(once_peek(&f->ring, &cqe), -EAGAIN);
		assert_ok(once_close(&f->ring, NULL));
	}
}

static void get_events_and_reap_fetch_deferred_work(void **state)
{
	struct fixture *f = *state;

	for (size_t i = 0; i < sizeof deferring / sizeof deferring[0]; i++) {
		struct once_completion done;
		char text[3] = { 0 };

		defer_a_read(f, deferring[i], text);
		assert_ok(once_get_events(&f->ring));
		assert_int_equal(once_ready(&f->ring), 1);
		assert_int_equal(finish(f, 1), 3);
		assert_ok(once_close(&f->ring, NULL));
		defer_a_read(f, deferring[i], text);
		assert_ok(once_reap(&f->ring, &done));
		assert_int_equal(done.result, 3);
		assert_ok(once_close(&f->ring, NULL));
	}
}

static void a_submit_beside_deferred_work_loses_nothing(void **state)
{
	struct fixture *f = *state;

	for (size_t i = 0; i < sizeof deferring / sizeof deferring[0]; i++) {
		struct once_completion done[2];
		char text[3] = { 0 };

		defer_a_read(f, deferring[i], text);
		arm_nop(f, 2, NULL);
		submit_all(f);
		assert_code(once_reap_batch(&f->ring, &done[0], 1), 1);
		assert_code(once_reap_batch(&f->ring, &done[1], 1), 1);
		assert_int_equal(done[0].lent.value + done[1].lent.value, 3);
		assert_ok(once_close(&f->ring, NULL));
	}
}

/* The extra words of each CQE are its own, however it is delivered. */
static void extra_words_go_with_their_cqe(void **state)
{
	struct fixture *f = *state;

	emulated_mark_extra();
	open_ring(f, &(struct once_config){ .flags = IORING_SETUP_CQE32 });
	for (uint64_t round = 0; round < 10; round++) {
		struct once_completion done;
		uint64_t extra[2], user_data = 0;
		struct once_cqe cqes[3];

		for (uint64_t i = 0; i < 3; i++)
			emulated_forge(&f->ring, 10 * round + i, (int32_t)i, (uint32_t)round);
		assert_code(once_peek_batch(&f->ring, cqes, 2), 2);
		for (unsigned i = 0; i < 2; i++) {
			assert_ok(once_extra(&cqes[i], extra));
			assert_ok(once_user_data(&cqes[i], &user_data));
			assert_int_equal(extra[0], ~user_data);
			assert_int_equal((uint32_t)extra[1], ~(uint32_t)once_result(&cqes[i]));
			assert_int_equal(extra[1] >> 32, ~once_flags(&cqes[i]));
		}
		assert_code(once_seen_batch(&f->ring, cqes, 2), 2);
		assert_ok(once_reap(&f->ring, &done));
		assert_int_equal(done.extra[0], ~(10 * round + 2));
		assert_int_equal((uint32_t)done.extra[1], ~UINT32_C(2));
	}
}

/* --- eventfd --- */

/* The rule: read the eventfd, then peek until -EAGAIN. How many were had. */
static unsigned drain_rule(struct fixture *f, int fd)
{
	struct once_completion done;
	unsigned count = 0;
	int rc;

	if (read_eventfd(fd) == 0)
		return 0;
	while ((rc = once_reap(&f->ring, &done)) == 0)
		count++;
	assert_code(rc, -EAGAIN);
	return count;
}

static void the_eventfd_rule_finds_the_backlog(void **state)
{
	struct fixture *f = *state;
	const int fd = make_eventfd(f);

	open_ring(f, &small);
	assert_ok(once_register_eventfd(&f->ring, fd));
	for (uint64_t i = 0; i < 20; i++)
		emulated_forge(&f->ring, i, 0, 0);
	assert_int_equal(drain_rule(f, fd), 20);
	assert_accounts_zero(f);
}

/* Nothing is signalled while it is disabled; enabling tells of what came, even of a backlog. */
static void enabling_signals_what_was_hidden(void **state)
{
	struct fixture *f = *state;
	const int fd = make_eventfd(f);

	open_ring(f, &small);
	assert_ok(once_register_eventfd(&f->ring, fd));
	assert_ok(once_eventfd_toggle(&f->ring, false));
	arm_nop(f, 1, NULL);
	submit_all(f);
	assert_int_equal(read_eventfd(fd), 0);
	assert_ok(once_eventfd_toggle(&f->ring, true));
	assert_int_equal(drain_rule(f, fd), 1);
	assert_ok(once_eventfd_toggle(&f->ring, false));
	overflow_nops(f, 3);
	assert_ok(once_eventfd_toggle(&f->ring, true));
	assert_int_equal(drain_rule(f, fd), 3);
	/* fetching the backlog has signalled too; now there is nothing: no signal */
	read_eventfd(fd);
	assert_ok(once_eventfd_toggle(&f->ring, false));
	assert_ok(once_eventfd_toggle(&f->ring, true));
	assert_int_equal(read_eventfd(fd), 0);
	assert_accounts_zero(f);
}

static void registering_signals_what_is_there(void **state)
{
	struct fixture *f = *state;
	const int fd = make_eventfd(f);

	open_ring(f, &small);
	arm_nop(f, 1, NULL);
	submit_all(f);
	assert_ok(once_register_eventfd_async(&f->ring, fd));
	assert_int_equal(drain_rule(f, fd), 1);
	/* an operation that completes inside submit does not signal */
	arm_nop(f, 2, NULL);
	submit_all(f);
	assert_int_equal(read_eventfd(fd), 0);
	assert_ok(once_unregister_eventfd(&f->ring));
	assert_int_equal(finish(f, 2), 0);
	overflow_nops(f, 1);
	assert_ok(once_register_eventfd(&f->ring, fd));
	assert_int_equal(drain_rule(f, fd), 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		once_test(peek_fetches_the_backlog),
		once_test(every_delivery_fetches_the_backlog),
		once_test(a_flood_of_foreign_cqes_is_delivered_in_order),
		once_test(held_tokens_in_the_way_of_the_backlog_are_named),
		once_test(close_is_refused_with_a_backlog),
		once_test(a_multishot_poll_ends_in_an_overflow),
		once_test(peek_fetches_deferred_work),
		once_test(get_events_and_reap_fetch_deferred_work),
		once_test(a_submit_beside_deferred_work_loses_nothing),
		once_test(extra_words_go_with_their_cqe),
		once_test(the_eventfd_rule_finds_the_backlog),
		once_test(enabling_signals_what_was_hidden),
		once_test(registering_signals_what_is_there),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
