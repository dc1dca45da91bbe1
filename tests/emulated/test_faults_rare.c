/* SPDX-License-Identifier: MIT */
/* Faults at a moment that hardly ever comes: each is answered, and the ring goes on. */
#include "emulated.h"
#include "harness.h"

#include <linux/io_uring.h>

static const struct once_timespec nanosecond = { 0, 1 };
static const struct once_timespec second = { 1, 0 };
static const struct once_timespec hour = { 3600, 0 };

/* The library's own timeouts are SQEs. */
static void open_legacy(struct fixture *f)
{
	open_ring(f, &(struct once_config){ .entries = 8, .cq_entries = 32, .memory.capacity = 28,
					    .hide_features = FEAT_EXT_ARG });
}

/* A pipe read that blocks; returns the end to write to. */
static int arm_blocked(struct fixture *f, char *byte, uint64_t cookie)
{
	int fds[2];

	make_pipe(f, fds);
	arm_read(f, fds[0], byte, 1, ONCE_CURRENT, cookie, NULL);
	return fds[1];
}

static void end_of_test(struct fixture *f)
{
	assert_ok(once_drain(&f->ring, &second, NULL, 0, NULL));
	assert_accounts_zero(f);
}

/* --- submit and wait --- */

static void a_submit_that_fails_while_waiting_submits_nothing(void **state)
{
	struct fixture *f = *state;
	const int errors[] = { -EBUSY, -EAGAIN, -EINTR, -EBADR };
	struct once_cqe cqe = { 0 };
	unsigned submitted = 99;

	open_ring(f, NULL);
	arm_nop(f, 1, NULL);
	arm_nop(f, 2, NULL);
	for (size_t i = 0; i < sizeof errors / sizeof errors[0]; i++) {
		emulated_fail(EMULATED_ENTER, 1, errors[i]);
		assert_code(once_submit_and_wait_timeout(&f->ring, &cqe, 2, &second, NULL,
							 &submitted), errors[i]);
		assert_true(emulated_failed());
		assert_int_equal(submitted, 0);
		assert_int_equal(once_armed(&f->ring), 2);
		assert_false(once_is_held(&cqe));
	}
	assert_ok(once_submit_and_wait_timeout(&f->ring, &cqe, 2, &second, NULL, &submitted));
	assert_int_equal(submitted, 2);
	assert_int_equal(cookie_of(&cqe), 1);
	assert_ok(once_seen(&f->ring, &cqe));
	assert_int_equal(finish(f, 2), 0);
	assert_no_violation(f);
	end_of_test(f);
}

/* --- timed waits without IORING_FEAT_EXT_ARG --- */

/* The kernel reads the caller's SQE and not the timeout's: without it the wait would not end. */
static void a_timed_wait_whose_timeout_is_read_later(void **state)
{
	struct fixture *f = *state;
	struct once_cqe cqe = { 0 };
	char byte;

	open_legacy(f);
	arm_blocked(f, &byte, 1);
	emulated_submit_short(1, 1);
	assert_code(once_wait_timeout(&f->ring, &cqe, &second), -ETIME);
	assert_false(emulated_deadlocked(&f->ring));
	assert_int_equal(once_armed(&f->ring), 0);
	assert_int_equal(once_in_flight(&f->ring), 1);
	end_of_test(f);
}

/* It reads nothing at all, and says so neither. */
static void a_timed_wait_whose_timeout_is_not_read(void **state)
{
	struct fixture *f = *state;
	struct once_cqe cqe = { 0 };
	char byte;
	int end;

	open_legacy(f);
	end = arm_blocked(f, &byte, 1);
	emulated_submit_short(1, 0);
	assert_code(once_wait_timeout(&f->ring, &cqe, &hour), -EAGAIN);
	assert_int_equal(once_reserved(&f->ring), 1);
	assert_int_equal(once_armed(&f->ring), 1);
	assert_int_equal(once_in_flight(&f->ring), 0);
	assert_int_equal(write(end, "x", 1), 1);
	assert_ok(once_wait_timeout(&f->ring, &cqe, &hour));
	assert_int_equal(cookie_of(&cqe), 1);
	assert_ok(once_seen(&f->ring, &cqe));
	assert_no_violation(f);
	end_of_test(f);
}

/*
 * The removal of an older timeout and that timeout's own end are two CQEs: they
 * end the new one early, when no time is left to renew it for.
 */
static void a_timeout_that_ends_early_with_no_time_left(void **state)
{
	struct fixture *f = *state;
	struct once_cqe cqe = { 0 };
	char byte;
	int end;

	open_legacy(f);
	end = arm_blocked(f, &byte, 1);
	submit_all(f);
	emulated_interrupt(1);
	assert_code(once_wait_timeout(&f->ring, &cqe, &hour), -EINTR);
	assert_int_equal(once_reserved(&f->ring), 1);
	for (int i = 0; i < 10; i++)
		assert_code(once_wait_timeout(&f->ring, &cqe, &nanosecond), -ETIME);
	assert_false(emulated_deadlocked(&f->ring));
	assert_int_equal(write(end, "x", 1), 1);
	assert_ok(once_wait_timeout(&f->ring, &cqe, &hour));
	assert_int_equal(cookie_of(&cqe), 1);
	assert_ok(once_seen(&f->ring, &cqe));
	assert_no_violation(f);
	end_of_test(f);
}

/* A wait whose SQEs the kernel does not read, and a CQE as if it had timed out. */
static void answer_unread_timeout(struct fixture *f, bool answer)
{
	struct once_completion done;
	struct once_cqe cqe = { 0 };

	emulated_submit_short(1, 0);
	assert_code(once_wait_timeout(&f->ring, &cqe, &hour), -EAGAIN);
	assert_int_equal(once_reserved(&f->ring), 1);
	if (!answer)
		return;
	emulated_forge(&f->ring, UINT64_MAX, -ETIME, 0);
	assert_code(once_reap(&f->ring, &done), -EAGAIN);
	assert_int_equal(once_reserved(&f->ring), 0);
}

/*
 * A kernel that answers timeouts which it has not read: the library's SQEs
 * pile up, but never beyond the places set aside for them.
 */
static void unread_timeouts_do_not_overrun_their_places(void **state)
{
	struct fixture *f = *state;
	struct once_completion done;
	struct once_cqe cqe = { 0 };
	uint64_t armed = 0;

	open_legacy(f);
	while (try_nop(f, armed, NULL) == 0)
		armed++;
	for (int i = 0; i < ONCE_OWN_SQES - 1; i++)
		answer_unread_timeout(f, true);
	answer_unread_timeout(f, false);
	/* neither has the removal of that one a place ... */
	assert_code(once_wait_timeout(&f->ring, &cqe, &hour), -EAGAIN);
	emulated_forge(&f->ring, UINT64_MAX, -ETIME, 0);
	assert_code(once_reap(&f->ring, &done), -EAGAIN);
	/* ... nor a timeout */
	assert_code(once_wait_timeout(&f->ring, &cqe, &hour), -EAGAIN);
	assert_int_equal(once_reserved(&f->ring), 0);
	assert_int_equal(once_armed(&f->ring), armed);
	assert_conserved(f);
	/* the caller's SQEs are whole, and the timeouts come to an end that nobody waits for */
	assert_int_equal(once_submit(&f->ring), armed);
	for (uint64_t i = 0; i < armed; i++)
		assert_int_equal(finish(f, i), 0);
	for (int i = 0; i < ONCE_OWN_SQES; i++) {
		assert_ok(once_reap(&f->ring, &done));
		assert_null(done.lent.type);
		assert_true(done.lent.value == UINT64_MAX);
	}
	assert_no_violation(f);
	end_of_test(f);
}

/* --- drain --- */

/* The kernel keeps CQEs back, and fails when asked for them. */
static void a_drain_that_cannot_fetch_the_backlog(void **state)
{
	struct fixture *f = *state;
	struct once_survivor survivor;
	uint32_t count = 0;
	char byte;

	open_ring(f, NULL);
	arm_blocked(f, &byte, 7);
	submit_all(f);
	emulated_overflow(&f->ring, 2);
	emulated_fail(EMULATED_ENTER, 2, -EBADR);
	assert_code(once_drain(&f->ring, &second, &survivor, 1, &count), -EBADR);
	assert_true(emulated_failed());
	assert_int_equal(count, 1);
	assert_int_equal(survivor.lent.value, 7);
	assert_int_equal(survivor.state, ONCE_STATE_IN_FLIGHT);
	assert_code(once_close(&f->ring, NULL), ONCE_STILL_LIVE);
	assert_violation(f, ONCE_STILL_LIVE);
	end_of_test(f);
}

/* The wait between two cancellations fails for good. */
static void a_drain_that_cannot_wait(void **state)
{
	struct fixture *f = *state;
	struct once_survivor survivor;
	uint32_t count = 0;
	char byte;

	open_ring(f, NULL);
	arm_blocked(f, &byte, 7);
	submit_all(f);
	emulated_ignore_cancel(&f->ring, true);
	emulated_fail(EMULATED_ENTER, 2, -ENOMEM);
	assert_code(once_drain(&f->ring, &hour, &survivor, 1, &count), -ENOMEM);
	assert_true(emulated_failed());
	assert_int_equal(count, 1);
	assert_int_equal(survivor.lent.value, 7);
	emulated_ignore_cancel(&f->ring, false);
	assert_no_violation(f);
	end_of_test(f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		once_test(a_submit_that_fails_while_waiting_submits_nothing),
		once_test(a_timed_wait_whose_timeout_is_read_later),
		once_test(a_timed_wait_whose_timeout_is_not_read),
		once_test(a_timeout_that_ends_early_with_no_time_left),
		once_test(unread_timeouts_do_not_overrun_their_places),
		once_test(a_drain_that_cannot_fetch_the_backlog),
		once_test(a_drain_that_cannot_wait),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
