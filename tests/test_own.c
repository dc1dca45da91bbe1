/* SPDX-License-Identifier: MIT */
/*
 * The library's own SQEs and CQEs. Timed waits on both paths: with
 * IORING_FEAT_EXT_ARG the kernel has the timeout; without it (the bit hidden,
 * on a real ring) an SQE of the library's is one, and its CQE a reservation.
 */
#include "world.h"

static const struct once_config without_ext_arg = { .hide_features = IORING_FEAT_EXT_ARG,
						    .cq_entries = 16 };

/*
 * Every reservation's CQE comes in the end, and is consumed by the library.
 * The untimed wait for an operation is what lets time pass.
 */
static void settle(struct fixture *f)
{
	const struct once_timespec later = { 0, 10 * MILLISECOND };
	struct once_cqe cqe = { 0 };

	for (int i = 0; i < 100 && once_reserved(&f->ring) != 0; i++) {
		int rc;

		arm_timeout(f, &later, 0x5e771e, NULL);
		submit_all(f);
		do
			rc = once_wait(&f->ring, &cqe);
		while (rc == -EAGAIN);
		assert_ok(rc);
		assert_int_equal(cookie_of(&cqe), 0x5e771e);
		assert_ok(once_seen(&f->ring, &cqe));
		assert_code(once_peek(&f->ring, &cqe), -EAGAIN);
	}
	assert_int_equal(once_reserved(&f->ring), 0);
}

static void with_ext_arg_nothing_is_reserved(void **state)
{
	struct fixture *f = *state;
	struct once_cqe cqe = { 0 };

	open_ring(f, NULL);
	for (int i = 0; i < 20; i++) {
		assert_code(once_wait_timeout(&f->ring, &cqe, &one_millisecond), -ETIME);
		assert_int_equal(once_reserved(&f->ring), 0);
		assert_int_equal(once_armed(&f->ring), 0);
	}
	assert_int_equal(once_passed_total(&f->ring), 0);
	assert_accounts_zero(f);
}

static void without_it_a_timeout_is_etime_all_the_same(void **state)
{
	struct fixture *f = *state;
	struct once_cqe cqe = { 0 };

	open_ring(f, &without_ext_arg);
	for (int i = 0; i < 20; i++) {
		/* raw: returns 1 with a NULL CQE, not -ETIME */
		assert_code(once_wait_timeout(&f->ring, &cqe, &one_millisecond), -ETIME);
		assert_false(once_is_held(&cqe));
		assert_conserved(f);
	}
	assert_no_violation(f);
	settle(f);
	assert_accounts_zero(f);
}

static void a_completion_leaves_a_reservation_that_is_released_later(void **state)
{
	struct fixture *f = *state;
	const struct once_timespec later = { 0, 50 * MILLISECOND };
	struct once_report report;
	struct once_cqe cqe = { 0 };
	struct once_cqe none = { 0 };

	open_ring(f, &without_ext_arg);
	arm_timeout(f, &one_millisecond, 1, NULL);
	submit_all(f);
	assert_ok(once_wait_timeout(&f->ring, &cqe, &later));
	assert_int_equal(cookie_of(&cqe), 1);
	assert_ok(once_seen(&f->ring, &cqe));
	if (once_reserved(&f->ring) != 0) {
		assert_int_equal(once_reserved(&f->ring), 1);
		assert_code(once_close(&f->ring, &report), ONCE_STILL_RESERVED);
		assert_int_equal(report.reserved, 1);
		assert_violation(f, ONCE_STILL_RESERVED);
	}
	settle(f);
	/* and its CQE was never delivered to anybody */
	assert_code(once_peek(&f->ring, &none), -EAGAIN);
	assert_accounts_zero(f);
	assert_ok(once_close(&f->ring, NULL));
}

static void what_is_there_needs_no_reservation(void **state)
{
	struct fixture *f = *state;
	struct once_cqe cqe = { 0 };

	open_ring(f, &without_ext_arg);
	arm_nop(f, 1, NULL);
	submit_all(f);
	assert_ok(once_wait_timeout(&f->ring, &cqe, &one_hour));
	assert_int_equal(once_reserved(&f->ring), 0);
	assert_ok(once_seen(&f->ring, &cqe));
}

/* "Armed operations ahead of it are submitted too, and SQEs that are taken do not matter." */
static void a_timed_wait_submits_what_is_armed(void **state)
{
	struct fixture *f = *state;
	struct once_sqe taken;
	struct once_cqe cqe = { 0 };

	open_ring(f, &without_ext_arg);
	arm_nop(f, 1, NULL);
	taken = taken_sqe(f);
	assert_ok(once_wait_timeout(&f->ring, &cqe, &one_hour));
	assert_int_equal(cookie_of(&cqe), 1);
	assert_int_equal(once_armed(&f->ring), 0);
	assert_int_equal(once_taken(&f->ring), 1);
	assert_ok(once_seen(&f->ring, &cqe));
	once_prep_nop(&taken);
	arm_sqe(&taken, 2, NULL);
	submit_all(f);
	assert_int_equal(finish(f, 2), 0);
}

static void a_full_sq_still_has_room_for_the_timeout(void **state)
{
	struct fixture *f = *state;
	struct once_config config = without_ext_arg;
	struct once_cqe cqe = { 0 };
	struct once_sqe sqe = { 0 };
	uint64_t count = 0;

	config.entries = 4;
	config.cq_entries = 32;
	open_ring(f, &config);
	while (try_nop(f, count, NULL) == 0)
		count++;
	assert_true(count >= 4);
	assert_code(once_take(&f->ring, &sqe), -EAGAIN);
	for (uint64_t i = 0; i < count; i++) {
		assert_ok(once_wait_timeout(&f->ring, &cqe, &one_hour));
		assert_int_equal(cookie_of(&cqe), i);
		assert_ok(once_seen(&f->ring, &cqe));
	}
	assert_no_violation(f);
}

/* A long timeout is out: the next timed wait replaces it, and does not outlast its own time. */
static void a_new_wait_does_not_wait_for_an_old_timeout(void **state)
{
	struct fixture *f = *state;
	struct once_cqe cqe = { 0 };

	open_ring(f, &without_ext_arg);
	arm_timeout(f, &one_millisecond, 1, NULL);
	submit_all(f);
	assert_ok(once_wait_timeout(&f->ring, &cqe, &one_hour));
	assert_ok(once_seen(&f->ring, &cqe));
	for (int i = 0; i < 5; i++)
		assert_code(once_wait_timeout(&f->ring, &cqe, &one_millisecond), -ETIME);
	settle(f);
	assert_accounts_zero(f);
}

/* The CQE of an older reservation is the library's business: a wait goes on behind it. */
static void an_old_reservation_does_not_end_an_untimed_wait(void **state)
{
	struct fixture *f = *state;
	const struct once_timespec soon = { 0, 20 * MILLISECOND };
	const struct once_timespec later = { 0, 60 * MILLISECOND };
	struct once_cqe cqe = { 0 };

	open_ring(f, &without_ext_arg);
	arm_timeout(f, &one_millisecond, 1, NULL);
	arm_timeout(f, &later, 2, NULL);
	submit_all(f);
	assert_ok(once_wait_timeout(&f->ring, &cqe, &soon));
	assert_int_equal(cookie_of(&cqe), 1);
	assert_ok(once_seen(&f->ring, &cqe));
	/* between now and the second one, the reservation of the first wait is due */
	assert_ok(once_wait(&f->ring, &cqe));
	assert_int_equal(cookie_of(&cqe), 2);
	assert_ok(once_seen(&f->ring, &cqe));
	settle(f);
}

static void drain_ends_a_reservation(void **state)
{
	struct fixture *f = *state;
	const struct once_timespec patience = { 20, 0 };
	struct once_cqe cqe = { 0 };

	open_ring(f, &without_ext_arg);
	arm_timeout(f, &one_millisecond, 1, NULL);
	arm_timeout(f, &one_hour, 2, NULL);
	submit_all(f);
	assert_ok(once_wait_timeout(&f->ring, &cqe, &one_hour));
	assert_ok(once_seen(&f->ring, &cqe));
	assert_ok(once_drain(&f->ring, &patience, NULL, 0, NULL));
	assert_accounts_zero(f);
	assert_ok(once_close(&f->ring, NULL));
}

static void submit_and_wait_timeout_works_without_ext_arg(void **state)
{
	struct fixture *f = *state;
	struct once_cqe cqe = { 0 };
	unsigned submitted = 9;

	open_ring(f, &without_ext_arg);
	arm_timeout(f, &one_hour, 1, NULL);
	assert_code(once_submit_and_wait_timeout(&f->ring, &cqe, 1, &one_millisecond, NULL,
						 &submitted), -ETIME);
	/* the library's own SQE is not the caller's */
	assert_int_equal(once_in_flight(&f->ring), 1);
	assert_int_equal(once_armed_total(&f->ring), 1);
	assert_int_equal(submitted, 1);
	arm_nop(f, 2, NULL);
	assert_ok(once_submit_and_wait_timeout(&f->ring, &cqe, 1, &one_hour, NULL, &submitted));
	assert_int_equal(submitted, 1);
	assert_int_equal(cookie_of(&cqe), 2);
	assert_ok(once_seen(&f->ring, &cqe));
}

static void split_mode_refuses_a_timed_wait_that_would_touch_the_sq(void **state)
{
	struct fixture *f = *state;
	struct once_config config = without_ext_arg;
	struct once_completion done = { 0 };
	struct once_cqe cqe = { 0 };

	config.options = ONCE_SPLIT;
	open_ring(f, &config);
	assert_code(once_wait_timeout(&f->ring, &cqe, &one_millisecond), ONCE_SPLIT_TIMER);
	assert_violation(f, ONCE_SPLIT_TIMER);
	assert_code(once_wait_reap(&f->ring, &done, &one_millisecond), ONCE_SPLIT_TIMER);
	assert_violation(f, ONCE_SPLIT_TIMER);
	arm_nop(f, 1, NULL);
	submit_all(f);
	assert_ok(once_wait(&f->ring, &cqe));
	assert_ok(once_seen(&f->ring, &cqe));
}

/* -1 from elsewhere, while none is reserved, is a foreign completion, on both paths alike. */
static void a_timeout_cqe_that_nobody_reserved_is_foreign(void **state)
{
	struct fixture *f = *state;
	struct once_cqe cqe = { 0 };

	open_ring(f, &without_ext_arg);
	for (int i = 0; i < 2; i++) {
		post_foreign(f, UINT64_MAX, 62);
		if (i == 0)
			assert_ok(once_peek(&f->ring, &cqe));
		else
			assert_ok(once_wait(&f->ring, &cqe));
		assert_int_equal(once_class(&cqe), ONCE_CLASS_FOREIGN);
		assert_int_equal(once_result(&cqe), 62);
		assert_ok(once_seen(&f->ring, &cqe));
	}
	assert_accounts_zero(f);
}

static void many_timed_waits_leave_nothing_behind(void **state)
{
	struct fixture *f = *state;
	const struct once_timespec short_time = { 0, 200000 };
	struct once_cqe cqe = { 0 };
	uint64_t ended = 0;

	open_ring(f, &without_ext_arg);
	for (uint64_t i = 0; i < 300; i++) {
		int rc;

		if (i % 3 != 0 && once_free(&f->ring) > 2) {
			arm_timeout(f, i % 3 == 1 ? &short_time : &one_millisecond, i, NULL);
			submit_all(f);
		}
		rc = once_wait_timeout(&f->ring, &cqe, &short_time);
		assert_conserved(f);
		if (rc == 0) {
			assert_ok(once_seen(&f->ring, &cqe));
			ended++;
			continue;
		}
		assert_true(rc == -ETIME || rc == ONCE_TIMERS_OUT);
	}
	assert_true(ended > 0);
	while (once_in_flight(&f->ring) != 0) {
		assert_ok(once_wait(&f->ring, &cqe));
		assert_ok(once_seen(&f->ring, &cqe));
	}
	settle(f);
	assert_accounts_zero(f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		once_test(with_ext_arg_nothing_is_reserved),
		once_test(without_it_a_timeout_is_etime_all_the_same),
		once_test(a_completion_leaves_a_reservation_that_is_released_later),
		once_test(what_is_there_needs_no_reservation),
		once_test(a_timed_wait_submits_what_is_armed),
		once_test(a_full_sq_still_has_room_for_the_timeout),
		once_test(a_new_wait_does_not_wait_for_an_old_timeout),
		once_test(an_old_reservation_does_not_end_an_untimed_wait),
		once_test(drain_ends_a_reservation),
		once_test(submit_and_wait_timeout_works_without_ext_arg),
		once_test(split_mode_refuses_a_timed_wait_that_would_touch_the_sq),
		once_test(a_timeout_cqe_that_nobody_reserved_is_foreign),
		once_test(many_timed_waits_leave_nothing_behind),
	};

	return cmocka_run_group_tests_name("own", tests, NULL, NULL);
}
