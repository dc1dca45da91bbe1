/* SPDX-License-Identifier: MIT */
/* Wait: a token if and only if success; what cannot come is refused, not waited for. */
#include "world.h"

#include <signal.h>

static void wait_waits_for_the_next_one(void **state)
{
	struct fixture *f = *state;
	struct once_cqe cqe = { 0 };

	open_ring(f, NULL);
	arm_timeout(f, &one_millisecond, 1, NULL);
	submit_all(f);
	assert_ok(once_wait(&f->ring, &cqe));
	assert_int_equal(cookie_of(&cqe), 1);
	assert_int_equal(once_result(&cqe), -ETIME);
	assert_ok(once_seen(&f->ring, &cqe));
	assert_accounts_zero(f);
}

/* Raw io_uring_wait_cqe() returns the one that is held, again. */
static void a_held_token_does_not_end_a_wait(void **state)
{
	struct fixture *f = *state;
	struct once_cqe held = { 0 };
	struct once_cqe next = { 0 };

	open_ring(f, NULL);
	arm_nop(f, 1, NULL);
	arm_timeout(f, &one_millisecond, 2, NULL);
	submit_all(f);
	assert_ok(once_wait(&f->ring, &held));
	assert_int_equal(cookie_of(&held), 1);
	assert_ok(once_wait(&f->ring, &next));
	assert_int_equal(cookie_of(&next), 2);
	assert_ok(once_seen(&f->ring, &next));
	assert_ok(once_seen(&f->ring, &held));
	assert_accounts_zero(f);
}

static void wait_nr_waits_for_as_many_and_delivers_one(void **state)
{
	struct fixture *f = *state;
	struct once_cqe cqes[3] = { 0 };

	open_ring(f, NULL);
	for (uint64_t i = 0; i < 3; i++)
		arm_timeout(f, &one_millisecond, i, NULL);
	submit_all(f);
	assert_ok(once_wait_nr(&f->ring, &cqes[0], 3));
	assert_int_equal(once_held(&f->ring), 1);
	assert_int_equal(once_ready(&f->ring), 2);
	assert_code(once_peek_batch(&f->ring, cqes + 1, 2), 2);
	assert_int_equal(once_seen_batch(&f->ring, cqes, 3), 3);
}

static void a_count_of_zero_is_one(void **state)
{
	struct fixture *f = *state;
	struct once_cqe cqe = { 0 };

	open_ring(f, NULL);
	arm_timeout(f, &one_millisecond, 1, NULL);
	submit_all(f);
	assert_ok(once_wait_nr(&f->ring, &cqe, 0));
	assert_ok(once_seen(&f->ring, &cqe));
	assert_code(once_wait_nr(&f->ring, &cqe, 0), ONCE_WOULD_HANG);
	assert_violation(f, ONCE_WOULD_HANG);
}

static void the_time_passes(void **state)
{
	struct fixture *f = *state;
	struct once_cqe cqe = { 0 };

	open_ring(f, NULL);
	/* with nothing in flight, a timed wait is not refused: it ends */
	assert_code(once_wait_timeout(&f->ring, &cqe, &one_millisecond), -ETIME);
	assert_false(once_is_held(&cqe));
	arm_timeout(f, &one_hour, 1, NULL);
	submit_all(f);
	assert_code(once_wait_timeout(&f->ring, &cqe, &one_millisecond), -ETIME);
	assert_code(once_wait_for(&f->ring, &cqe, 5, &one_millisecond, NULL), -ETIME);
	assert_false(once_is_held(&cqe));
	assert_no_violation(f);
}

static void a_completion_ends_a_timed_wait(void **state)
{
	struct fixture *f = *state;
	struct once_cqe cqe = { 0 };

	open_ring(f, NULL);
	arm_timeout(f, &one_millisecond, 1, NULL);
	submit_all(f);
	assert_ok(once_wait_timeout(&f->ring, &cqe, &one_hour));
	assert_int_equal(cookie_of(&cqe), 1);
	assert_ok(once_seen(&f->ring, &cqe));
}

/* A timed wait submits nothing (io_uring_wait_cqe_timeout() did, before Linux 5.11). */
static void a_timed_wait_submits_nothing(void **state)
{
	struct fixture *f = *state;
	struct once_cqe cqe = { 0 };

	open_ring(f, NULL);
	arm_nop(f, 1, NULL);
	assert_code(once_wait_timeout(&f->ring, &cqe, &one_millisecond), -ETIME);
	assert_int_equal(once_armed(&f->ring), 1);
	submit_all(f);
	assert_int_equal(finish(f, 1), 0);
}

static void some_but_fewer_than_wanted_deliver_one(void **state)
{
	struct fixture *f = *state;
	struct once_cqe cqe = { 0 };

	open_ring(f, NULL);
	arm_timeout(f, &one_hour, 1, NULL);
	arm_nop(f, 2, NULL);
	submit_all(f);
	assert_ok(once_wait_for(&f->ring, &cqe, 2, &one_millisecond, NULL));
	assert_int_equal(cookie_of(&cqe), 2);
	assert_ok(once_seen(&f->ring, &cqe));
}

static void a_bad_time_is_einval(void **state)
{
	struct fixture *f = *state;
	const struct once_timespec bad[] = { { -1, 0 }, { 0, -1 }, { 0, 1000000000 } };
	struct once_cqe cqe = { 0 };

	open_ring(f, NULL);
	for (int i = 0; i < 3; i++)
		assert_code(once_wait_timeout(&f->ring, &cqe, &bad[i]), -EINVAL);
}

static void waiting_for_nothing_would_hang(void **state)
{
	struct fixture *f = *state;
	struct once_completion done = { 0 };
	struct once_cqe cqe = { 0 };

	open_ring(f, NULL);
	assert_code(once_wait(&f->ring, &cqe), ONCE_WOULD_HANG);
	assert_violation(f, ONCE_WOULD_HANG);
	assert_code(once_wait_reap(&f->ring, &done, NULL), ONCE_WOULD_HANG);
	assert_violation(f, ONCE_WOULD_HANG);
	/* armed is not submitted: the classic way to hang */
	arm_nop(f, 1, NULL);
	assert_code(once_wait(&f->ring, &cqe), ONCE_WOULD_HANG);
	assert_violation(f, ONCE_WOULD_HANG);
	submit_all(f);
	assert_code(once_wait_nr(&f->ring, &cqe, 2), ONCE_WOULD_HANG);
	assert_int_equal(last_violation(f)->found, 2);
	assert_violation(f, ONCE_WOULD_HANG);
	assert_ok(once_wait(&f->ring, &cqe));
	/* held: its operation has ended and will post no more */
	assert_code(once_wait(&f->ring, &cqe), ONCE_WOULD_HANG);
	assert_ok(once_seen(&f->ring, &cqe));
}

static void a_multishot_in_flight_may_always_post(void **state)
{
	struct fixture *f = *state;
	struct once_cqe cqe = { 0 };
	int fds[2];

	open_ring(f, NULL);
	make_pipe(f, fds);
	arm_poll_multishot(f, fds[0], 1, NULL);
	submit_all(f);
	assert_int_equal(write(fds[1], "x", 1), 1);
	assert_ok(once_wait(&f->ring, &cqe));
	assert_ok(once_seen(&f->ring, &cqe));
	assert_int_equal(write(fds[1], "x", 1), 1);
	assert_ok(once_wait(&f->ring, &cqe));
	assert_ok(once_seen(&f->ring, &cqe));
	assert_no_violation(f);
}

static void foreign_cqes_may_be_waited_for(void **state)
{
	struct fixture *f = *state;
	const struct once_config config = { .options = ONCE_EXPECT_FOREIGN };
	struct once_cqe cqe = { 0 };

	open_ring(f, &config);
	post_foreign(f, 5, 6);
	assert_ok(once_wait(&f->ring, &cqe));
	assert_int_equal(once_class(&cqe), ONCE_CLASS_FOREIGN);
	assert_ok(once_seen(&f->ring, &cqe));
	assert_no_violation(f);
}

/* A foreign CQE that is there can be waited for on any ring. */
static void a_foreign_cqe_that_is_there_ends_a_wait(void **state)
{
	struct fixture *f = *state;
	struct once_cqe cqe = { 0 };

	open_ring(f, NULL);
	post_foreign(f, 5, 6);
	assert_ok(once_wait(&f->ring, &cqe));
	assert_ok(once_seen(&f->ring, &cqe));
	assert_no_violation(f);
}

static void held_tokens_that_fill_the_cq_end_no_wait(void **state)
{
	struct fixture *f = *state;
	const struct once_config config = { .entries = 2, .cq_entries = 4,
					    .memory = { .capacity = 3 } };
	struct once_cqe held[3] = { 0 };
	struct once_cqe cqe = { 0 };

	open_ring(f, &config);
	for (uint64_t i = 0; i < 3; i++) {
		arm_nop(f, i, NULL);
		submit_all(f);
		held[i] = next_token(f);
	}
	assert_code(once_wait_for(&f->ring, &cqe, 2, &one_hour, NULL), ONCE_ALL_HELD);
	assert_int_equal(last_violation(f)->expected, 1);
	assert_int_equal(last_violation(f)->found, 2);
	assert_violation(f, ONCE_ALL_HELD);
	assert_code(once_wait_for(&f->ring, &cqe, UINT32_MAX, &one_hour, NULL), ONCE_ALL_HELD);
	assert_violation(f, ONCE_ALL_HELD);
	assert_int_equal(once_seen_batch(&f->ring, held, 3), 3);
}

static int no_more_signals(void **state)
{
	stop_signals();
	return fixture_teardown(state);
}

static void a_signal_is_eintr_and_delivers_nothing(void **state)
{
	struct fixture *f = *state;
	struct once_cqe cqe = { 0 };

	real_only("a signal ends a system call");
	open_ring(f, NULL);
	arm_timeout(f, &one_hour, 1, NULL);
	submit_all(f);
	start_signals();
	assert_code(once_wait(&f->ring, &cqe), -EINTR);
	assert_code(once_wait_timeout(&f->ring, &cqe, &one_hour), -EINTR);
	assert_false(once_is_held(&cqe));
	assert_int_equal(once_in_flight(&f->ring), 1);
	assert_no_violation(f);
}

static void a_signal_during_submit_and_wait_loses_nothing(void **state)
{
	struct fixture *f = *state;
	struct once_cqe cqe = { 0 };
	unsigned submitted = 0;
	int rc;

	real_only("a signal ends a system call");
	open_ring(f, NULL);
	start_signals();
	arm_timeout(f, &one_hour, 1, NULL);
	rc = once_submit_and_wait(&f->ring, 1);
	assert_code(rc, 1); /* submitted, although no CQE is there */
	assert_code(once_peek(&f->ring, &cqe), -EAGAIN);
	arm_timeout(f, &one_hour, 2, NULL);
	assert_code(once_submit_and_wait_timeout(&f->ring, &cqe, 1, NULL, NULL, &submitted),
		    -EINTR);
	assert_int_equal(submitted, 1);
	assert_false(once_is_held(&cqe));
	assert_int_equal(once_in_flight(&f->ring), 2);
}

/* The kernel answers 0 then, as it does when the time is over: the clock must tell. */
static void a_signal_is_no_timeout_while_a_token_is_held(void **state)
{
	struct fixture *f = *state;
	struct once_cqe held = { 0 };
	struct once_cqe cqe = { 0 };
	unsigned submitted = 0;

	real_only("a signal ends a system call");
	open_ring(f, NULL);
	arm_nop(f, 1, NULL);
	arm_timeout(f, &one_hour, 2, NULL);
	submit_all(f);
	held = next_token(f);
	start_signals();
	assert_code(once_wait_timeout(&f->ring, &cqe, &one_hour), -EINTR);
	arm_timeout(f, &one_hour, 3, NULL);
	assert_code(once_submit_and_wait_timeout(&f->ring, &cqe, 1, &one_hour, NULL, &submitted), -EINTR);
	assert_int_equal(submitted, 1);
	stop_signals();
	assert_code(once_wait_timeout(&f->ring, &cqe, &one_millisecond), -ETIME);
	arm_timeout(f, &one_hour, 4, NULL);
	assert_code(once_submit_and_wait_timeout(&f->ring, &cqe, 1, &one_millisecond, NULL, &submitted),
		    -ETIME);
	assert_ok(once_seen(&f->ring, &held));
	assert_no_violation(f);
}

static void the_signal_mask_holds_while_waiting(void **state)
{
	struct fixture *f = *state;
	const struct once_timespec some_signals_later = { 0, 20 * MILLISECOND };
	struct once_cqe cqe = { 0 };
	sigset_t blocked;
	sigset_t open;

	real_only("a signal ends a system call");
	open_ring(f, NULL);
	arm_timeout(f, &one_hour, 1, NULL);
	submit_all(f);
	assert_int_equal(sigemptyset(&open), 0);
	assert_int_equal(sigemptyset(&blocked), 0);
	assert_int_equal(sigaddset(&blocked, SIGUSR1), 0);
	start_signals();
	assert_code(once_wait_for(&f->ring, &cqe, 1, &some_signals_later, &blocked), -ETIME);
	assert_int_equal(sigprocmask(SIG_BLOCK, &blocked, NULL), 0);
	assert_code(once_wait_for(&f->ring, &cqe, 1, &one_hour, &open), -EINTR);
	assert_code(once_wait_for(&f->ring, &cqe, 1, NULL, &open), -EINTR);
	stop_signals();
	assert_int_equal(sigprocmask(SIG_UNBLOCK, &blocked, NULL), 0);
}

static int do_wait(struct fixture *f)
{
	struct once_cqe cqe = { 0 };

	return once_wait(&f->ring, &cqe);
}

static void another_thread_may_not_wait(void **state)
{
	struct fixture *f = *state;

	open_ring(f, NULL);
	arm_timeout(f, &one_hour, 1, NULL);
	submit_all(f);
	assert_code(in_thread(do_wait, f), ONCE_WRONG_THREAD);
	assert_violation(f, ONCE_WRONG_THREAD);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		once_test(wait_waits_for_the_next_one),
		once_test(a_held_token_does_not_end_a_wait),
		once_test(wait_nr_waits_for_as_many_and_delivers_one),
		once_test(a_count_of_zero_is_one),
		once_test(the_time_passes),
		once_test(a_completion_ends_a_timed_wait),
		once_test(a_timed_wait_submits_nothing),
		once_test(some_but_fewer_than_wanted_deliver_one),
		once_test(a_bad_time_is_einval),
		once_test(waiting_for_nothing_would_hang),
		once_test(a_multishot_in_flight_may_always_post),
		once_test(foreign_cqes_may_be_waited_for),
		once_test(a_foreign_cqe_that_is_there_ends_a_wait),
		once_test(held_tokens_that_fill_the_cq_end_no_wait),
		cmocka_unit_test_setup_teardown(a_signal_is_eintr_and_delivers_nothing,
						fixture_setup, no_more_signals),
		cmocka_unit_test_setup_teardown(a_signal_during_submit_and_wait_loses_nothing,
						fixture_setup, no_more_signals),
		cmocka_unit_test_setup_teardown(a_signal_is_no_timeout_while_a_token_is_held,
						fixture_setup, no_more_signals),
		cmocka_unit_test_setup_teardown(the_signal_mask_holds_while_waiting,
						fixture_setup, no_more_signals),
		once_test(another_thread_may_not_wait),
	};

	return cmocka_run_group_tests_name("wait", tests, NULL, NULL);
}
