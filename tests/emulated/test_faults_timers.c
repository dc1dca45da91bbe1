/* SPDX-License-Identifier: MIT */
/*
 * Timed waits on a kernel without IORING_FEAT_EXT_ARG: the timeout is an SQE of
 * the library's, with user_data -1. Each reservation is made by one timed wait
 * and released by exactly one CQE; one that nobody made is foreign.
 */
#include "emulated.h"
#include "harness.h"

#include <linux/io_uring.h>

static const struct once_timespec second = { 1, 0 };
static const struct once_timespec hour = { 3600, 0 };

static void open_legacy(struct fixture *f)
{
	open_ring(f, &(struct once_config){ .entries = 8, .cq_entries = 32, .memory.capacity = 12,
					    .hide_features = FEAT_EXT_ARG });
}

static void an_old_kernel_works_alike(void **state)
{
	struct fixture *f = *state;
	struct once_cqe cqe;

	emulated_hide_features(IORING_FEAT_EXT_ARG);
	open_ring(f, &(struct once_config){ .entries = 8, .cq_entries = 32, .memory.capacity = 12 });
	arm_nop(f, 1, NULL);
	submit_all(f);
	assert_ok(once_wait_timeout(&f->ring, &cqe, &second));
	assert_int_equal(cookie_of(&cqe), 1);
	assert_ok(once_seen(&f->ring, &cqe));
	assert_code(once_wait_timeout(&f->ring, &cqe, &second), -ETIME);
	assert_ok(once_drain(&f->ring, &second, NULL, 0, NULL));
	assert_accounts_zero(f);
}

/* liburing returns 1 and a NULL CQE here. Again and again. */
static void a_time_that_passes_is_etime_each_time(void **state)
{
	struct fixture *f = *state;
	struct once_cqe cqe = { 0 };
	int fds[2];
	char byte;

	make_pipe(f, fds);
	open_legacy(f);
	arm_read(f, fds[0], &byte, 1, ONCE_CURRENT, 1, NULL);
	submit_all(f);
	for (int i = 0; i < 20; i++) {
		assert_code(once_wait_timeout(&f->ring, &cqe, &second), -ETIME);
		assert_false(once_is_held(&cqe));
		assert_true(once_reserved(&f->ring) <= 1);
	}
	assert_int_equal(write(fds[1], "x", 1), 1);
	assert_ok(once_wait_timeout(&f->ring, &cqe, &second));
	assert_int_equal(cookie_of(&cqe), 1);
	assert_ok(once_seen(&f->ring, &cqe));
	assert_no_violation(f);
	assert_ok(once_drain(&f->ring, &second, NULL, 0, NULL));
	assert_accounts_zero(f);
}

/* A CQE before the time: the reservation is out until the kernel ends the timeout. */
static void a_completion_before_the_time(void **state)
{
	struct fixture *f = *state;
	struct once_cqe cqe = { 0 };

	open_legacy(f);
	for (uint64_t i = 0; i < 50; i++) {
		unsigned submitted = 0;

		arm_nop(f, i, NULL);
		if (i % 2 == 0) {
			assert_ok(once_submit_and_wait_timeout(&f->ring, &cqe, 1, &hour, NULL,
							       &submitted));
			assert_int_equal(submitted, 1);
		} else {
			submit_all(f);
			assert_ok(once_wait_timeout(&f->ring, &cqe, &hour));
		}
		assert_int_equal(cookie_of(&cqe), i);
		assert_ok(once_seen(&f->ring, &cqe));
		assert_conserved(f);
	}
	assert_no_violation(f);
	assert_code(once_peek(&f->ring, &cqe), -EAGAIN);
	assert_ok(once_drain(&f->ring, &second, NULL, 0, NULL));
	assert_accounts_zero(f);
}

/* A pipe read that blocks, and a wait for it that is interrupted: a reservation is out. */
static void interrupted_wait(struct fixture *f, int fd, char *byte)
{
	struct once_cqe cqe = { 0 };

	open_legacy(f);
	arm_read(f, fd, byte, 1, ONCE_CURRENT, 1, NULL);
	submit_all(f);
	emulated_interrupt(1);
	assert_code(once_wait_timeout(&f->ring, &cqe, &hour), -EINTR);
	assert_false(once_is_held(&cqe));
	assert_int_equal(once_reserved(&f->ring), 1);
	assert_int_equal(once_in_flight(&f->ring), 1);
}

/* The timeout would join the chain, and the chain's end is not submitted yet. */
static void a_chain_that_stays_open_gets_no_timeout(void **state)
{
	struct fixture *f = *state;
	struct once_cqe cqe = { 0 };
	struct once_sqe sqe;

	open_legacy(f);
	sqe = taken_sqe(f);
	once_prep_nop(&sqe);
	once_set_flags(&sqe, IOSQE_IO_LINK);
	assert_ok(once_arm(&sqe, once_cookie(1), NULL));
	emulated_submit_short(1, 0);
	assert_code(once_wait_timeout(&f->ring, &cqe, &hour), -EAGAIN);
	assert_int_equal(once_armed(&f->ring), 1);
	assert_int_equal(once_reserved(&f->ring), 0);
	assert_ok(once_wait_timeout(&f->ring, &cqe, &hour));
	assert_int_equal(cookie_of(&cqe), 1);
	assert_ok(once_seen(&f->ring, &cqe));
	assert_no_violation(f);
}

static void an_interrupted_wait_leaves_its_reservation_out(void **state)
{
	struct fixture *f = *state;
	int fds[2];
	char byte;

	make_pipe(f, fds);
	interrupted_wait(f, fds[0], &byte);
	assert_code(once_close(&f->ring, NULL), ONCE_STILL_LIVE);
	assert_int_equal(write(fds[1], "x", 1), 1);
	assert_int_equal(finish(f, 1), 1);
	/* the CQE of the read may have ended the timeout, or not: a drain ends it */
	assert_ok(once_drain(&f->ring, &second, NULL, 0, NULL));
	assert_accounts_zero(f);
	assert_int_equal(violations_of(f, ONCE_STRAY_CQE), 0);
}

/* The next timed wait removes the old timeout, and waits its own time. */
static void the_next_timed_wait_removes_the_old_timeout(void **state)
{
	struct fixture *f = *state;
	struct once_cqe cqe = { 0 };
	int fds[2];
	char byte;

	make_pipe(f, fds);
	interrupted_wait(f, fds[0], &byte);
	for (int i = 0; i < 5; i++) {
		assert_code(once_wait_timeout(&f->ring, &cqe, &second), -ETIME);
		assert_true(once_reserved(&f->ring) <= 1);
	}
	/* an hour later the clock would have jumped past the old timeout: it is gone */
	assert_int_equal(write(fds[1], "x", 1), 1);
	assert_ok(once_wait_timeout(&f->ring, &cqe, &hour));
	assert_int_equal(cookie_of(&cqe), 1);
	assert_ok(once_seen(&f->ring, &cqe));
	assert_ok(once_drain(&f->ring, &second, NULL, 0, NULL));
	assert_accounts_zero(f);
	assert_no_violation(f);
}

/* The wait after the interrupted one is not cut short by the removal's own CQE. */
static void the_removal_does_not_end_the_wait(void **state)
{
	struct fixture *f = *state;
	struct once_cqe cqe = { 0 };
	int fds[2];
	char byte;

	make_pipe(f, fds);
	interrupted_wait(f, fds[0], &byte);
	arm_timeout(f, &second, 2, NULL);
	assert_true(once_submit(&f->ring) >= 1);
	/* a second passes long before an hour: the program's own timeout ends the wait */
	assert_ok(once_wait_timeout(&f->ring, &cqe, &hour));
	assert_int_equal(cookie_of(&cqe), 2);
	assert_int_equal(once_result(&cqe), -ETIME);
	assert_ok(once_seen(&f->ring, &cqe));
	assert_ok(once_drain(&f->ring, &second, NULL, 0, NULL));
	assert_accounts_zero(f);
}

/* Two older timeouts are out, and cannot be removed: a third is refused, an untimed wait is not. */
static void two_reservations_out_are_the_most(void **state)
{
	struct fixture *f = *state;
	struct once_cqe cqe = { 0 };
	int fds[2];
	char byte;

	make_pipe(f, fds);
	interrupted_wait(f, fds[0], &byte);
	emulated_ignore_cancel(&f->ring, true);
	emulated_interrupt(1);
	assert_code(once_wait_timeout(&f->ring, &cqe, &hour), -EINTR);
	assert_int_equal(once_reserved(&f->ring), 2);
	assert_code(once_wait_timeout(&f->ring, &cqe, &hour), ONCE_TIMERS_OUT);
	assert_violation(f, ONCE_TIMERS_OUT);
	assert_int_equal(once_reserved(&f->ring), 2);
	emulated_ignore_cancel(&f->ring, false);
	assert_int_equal(write(fds[1], "x", 1), 1);
	assert_ok(once_wait(&f->ring, &cqe));
	assert_int_equal(cookie_of(&cqe), 1);
	assert_ok(once_seen(&f->ring, &cqe));
	assert_ok(once_drain(&f->ring, &second, NULL, 0, NULL));
	assert_accounts_zero(f);
}

/* liburing #224: a CQE with -1 that no timed wait has reserved. */
static void an_unreserved_minus_one_is_foreign(void **state)
{
	struct fixture *f = *state;
	struct once_cqe cqe = { 0 };
	uint64_t value = 0;

	open_legacy(f);
	for (uint64_t i = 0; i < 3; i++) {
		emulated_forge(&f->ring, UINT64_MAX - i, -ETIME, 0);
		assert_ok(once_peek(&f->ring, &cqe));
		assert_int_equal(once_class(&cqe), ONCE_CLASS_FOREIGN);
		assert_ok(once_user_data(&cqe, &value));
		assert_int_equal(value, UINT64_MAX - i);
		assert_ok(once_seen(&f->ring, &cqe));
		assert_int_equal(once_reserved(&f->ring), 0);
	}
	assert_accounts_zero(f);
}

/* One is reserved, two come: the first releases it, the second is foreign. */
static void a_reservation_is_released_once(void **state)
{
	struct fixture *f = *state;
	struct once_completion done;
	struct once_cqe cqe = { 0 };
	int fds[2];
	char byte;

	make_pipe(f, fds);
	interrupted_wait(f, fds[0], &byte);
	emulated_forge(&f->ring, UINT64_MAX, -ETIME, 0);
	emulated_forge(&f->ring, UINT64_MAX, -ETIME, 0);
	assert_ok(once_reap(&f->ring, &done));
	assert_null(done.lent.type);
	assert_int_equal(done.lent.value, UINT64_MAX);
	assert_int_equal(once_reserved(&f->ring), 0);
	assert_code(once_peek(&f->ring, &cqe), -EAGAIN);
	/* the true one, when it comes, is nobody's either */
	for (unsigned nth = 0; nth < emulated_pending(&f->ring); nth++)
		if (emulated_pending_id(&f->ring, nth) == UINT64_MAX)
			emulated_complete(&f->ring, nth, -ETIME, 0);
	assert_ok(once_reap(&f->ring, &done));
	assert_null(done.lent.type);
	assert_int_equal(once_reserved(&f->ring), 0);
	assert_ok(once_drain(&f->ring, &second, NULL, 0, NULL));
	assert_accounts_zero(f);
}

static void a_timed_wait_in_split_mode_is_refused(void **state)
{
	struct fixture *f = *state;
	struct once_cqe cqe = { 0 };

	open_ring(f, &(struct once_config){ .entries = 8, .cq_entries = 32, .memory.capacity = 12,
					    .options = ONCE_SPLIT, .hide_features = FEAT_EXT_ARG });
	arm_nop(f, 1, NULL);
	submit_all(f);
	assert_code(once_wait_timeout(&f->ring, &cqe, &second), ONCE_SPLIT_TIMER);
	assert_violation(f, ONCE_SPLIT_TIMER);
	assert_int_equal(once_reserved(&f->ring), 0);
	assert_int_equal(finish(f, 1), 0);
}

/* The SQ and every slot are in use: the library's own SQEs have their places still. */
static void a_timed_wait_with_a_full_sq(void **state)
{
	struct fixture *f = *state;
	struct once_cqe cqe = { 0 };
	struct once_sqe sqe;
	uint64_t armed = 0;

	open_ring(f, &(struct once_config){ .entries = 4, .cq_entries = 32, .memory.capacity = 28,
					    .hide_features = FEAT_EXT_ARG });
	while (try_nop(f, armed, NULL) == 0)
		armed++;
	assert_code(once_take(&f->ring, &sqe), -EAGAIN);
	assert_ok(once_wait_timeout(&f->ring, &cqe, &hour));
	assert_int_equal(cookie_of(&cqe), 0);
	assert_int_equal(once_armed(&f->ring), 0);
	assert_ok(once_seen(&f->ring, &cqe));
	for (uint64_t i = 1; i < armed; i++)
		assert_int_equal(finish(f, i), 0);
	assert_ok(once_drain(&f->ring, &second, NULL, 0, NULL));
	assert_accounts_zero(f);
}

/* A taken SQE does not stand in the way of a timed wait. */
static void a_timed_wait_beside_a_taken_sqe(void **state)
{
	struct fixture *f = *state;
	struct once_cqe cqe = { 0 };
	struct once_sqe sqe;

	open_ring(f, &(struct once_config){ .entries = 4, .cq_entries = 32, .memory.capacity = 28,
					    .hide_features = FEAT_EXT_ARG });
	sqe = taken_sqe(f);
	assert_code(once_wait_timeout(&f->ring, &cqe, &second), -ETIME);
	once_prep_nop(&sqe);
	assert_ok(once_arm(&sqe, once_cookie(4), NULL));
	submit_all(f);
	assert_int_equal(finish(f, 4), 0);
	assert_ok(once_drain(&f->ring, &second, NULL, 0, NULL));
	assert_accounts_zero(f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		once_test(an_old_kernel_works_alike),
		once_test(a_time_that_passes_is_etime_each_time),
		once_test(a_completion_before_the_time),
		once_test(a_chain_that_stays_open_gets_no_timeout),
		once_test(an_interrupted_wait_leaves_its_reservation_out),
		once_test(the_next_timed_wait_removes_the_old_timeout),
		once_test(the_removal_does_not_end_the_wait),
		once_test(two_reservations_out_are_the_most),
		once_test(an_unreserved_minus_one_is_foreign),
		once_test(a_reservation_is_released_once),
		once_test(a_timed_wait_in_split_mode_is_refused),
		once_test(a_timed_wait_with_a_full_sq),
		once_test(a_timed_wait_beside_a_taken_sqe),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
