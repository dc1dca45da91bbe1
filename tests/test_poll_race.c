/* SPDX-License-Identifier: MIT */
/*
 * A poll whose event is on its way when its end is asked for: both rings, the real one
 * and the emulated one, do as Linux 6.18 does.
 */
#include "harness.h"
#include "world.h"

#include <errno.h>
#include <poll.h>
#include <unistd.h>

struct expected {
	uint64_t cookie;
	int32_t result;
	bool more;
};

enum { POLL = 1, END = 2, IO = 3 };

static void assert_comes(struct fixture *f, const struct expected *expected, unsigned count)
{
	for (unsigned i = 0; i < count; i++) {
		const struct once_cqe cqe = next_token(f);

		assert_int_equal(cookie_of(&cqe), expected[i].cookie);
		assert_int_equal(once_result(&cqe), expected[i].result);
		assert_int_equal(!once_is_terminal(&cqe), expected[i].more);
		assert_ok(once_seen(&f->ring, &cqe));
	}
	assert_int_equal(once_ready(&f->ring), 0);
}

static void arm_poll_remove(struct fixture *f, const struct once_ticket *poll)
{
	struct once_sqe sqe = taken_sqe(f);

	once_prep_poll_remove(&sqe, poll);
	arm_sqe(&sqe, END, NULL);
}

static void arm_write(struct fixture *f, int fd)
{
	struct once_sqe sqe = taken_sqe(f);

	once_prep_write(&sqe, fd, "x", 1, ONCE_CURRENT);
	arm_sqe(&sqe, IO, NULL);
}

/* Arm a poll of a pipe that has a byte already. */
static void poll_ready_pipe(struct fixture *f, int fds[2], struct once_ticket *poll)
{
	open_ring(f, NULL);
	make_pipe(f, fds);
	assert_int_equal(write(fds[1], "x", 1), 1);
	arm_poll_multishot(f, fds[0], POLL, poll);
}

/* Have a poll of an empty pipe wait. */
static void poll_empty_pipe(struct fixture *f, int fds[2], struct once_ticket *poll)
{
	open_ring(f, NULL);
	make_pipe(f, fds);
	arm_poll_multishot(f, fds[0], POLL, poll);
	submit_all(f);
}

/* What is ready at once is posted behind the submission. */
static void a_removal_beside_the_poll_is_too_late(void **state)
{
	static const struct expected expected[] = { { END, -EALREADY, false }, { POLL, POLLIN, true } };
	struct fixture *f = *state;
	struct once_ticket poll;
	int fds[2];

	poll_ready_pipe(f, fds, &poll);
	arm_poll_remove(f, &poll);
	submit_all(f);
	assert_comes(f, expected, 2);
	assert_int_equal(once_state_of(&f->ring, &poll), ONCE_STATE_IN_FLIGHT);
}

static void a_cancellation_beside_the_poll_comes_before_its_event(void **state)
{
	static const struct expected expected[] = { { END, 0, false }, { POLL, -ECANCELED, false } };
	struct fixture *f = *state;
	struct once_ticket poll;
	int fds[2];

	poll_ready_pipe(f, fds, &poll);
	arm_cancel(f, &poll, END);
	submit_all(f);
	assert_comes(f, expected, 2);
	assert_accounts_zero(f);
}

static void a_removal_behind_a_write_is_too_late(void **state)
{
	static const struct expected expected[] = {
		{ IO, 1, false }, { END, -EALREADY, false }, { POLL, POLLIN, true }
	};
	struct fixture *f = *state;
	struct once_ticket poll;
	int fds[2];

	poll_empty_pipe(f, fds, &poll);
	arm_write(f, fds[1]);
	arm_poll_remove(f, &poll);
	submit_all(f);
	assert_comes(f, expected, 3);
	assert_int_equal(once_state_of(&f->ring, &poll), ONCE_STATE_IN_FLIGHT);
}

/* An event that was there before the removal was submitted is posted before it. */
static void a_removal_after_the_event_ends_the_poll(void **state)
{
	static const struct expected expected[] = {
		{ POLL, POLLIN, true }, { END, 0, false }, { POLL, -ECANCELED, false }
	};
	struct fixture *f = *state;
	struct once_ticket poll;
	int fds[2];

	poll_empty_pipe(f, fds, &poll);
	assert_int_equal(write(fds[1], "x", 1), 1);
	arm_poll_remove(f, &poll);
	submit_all(f);
	assert_comes(f, expected, 3);
	assert_accounts_zero(f);
}

/* Two events before the first is posted are one; what took the bytes away does not matter. */
static void events_of_one_submission_are_one(void **state)
{
	static const struct expected expected[] = { { IO, 1, false }, { POLL, POLLIN, true } };
	struct fixture *f = *state;
	struct once_ticket poll;
	char byte;
	int fds[2];

	poll_ready_pipe(f, fds, &poll);
	arm_write(f, fds[1]);
	submit_all(f);
	assert_comes(f, expected, 2);
	assert_int_equal(read(fds[0], &byte, 1), 1);
	arm_poll_multishot(f, fds[0], POLL, &poll);
	arm_read(f, fds[0], &byte, 1, ONCE_CURRENT, IO, NULL);
	submit_all(f);
	assert_comes(f, expected, 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		once_test(a_removal_beside_the_poll_is_too_late),
		once_test(a_cancellation_beside_the_poll_comes_before_its_event),
		once_test(a_removal_behind_a_write_is_too_late),
		once_test(a_removal_after_the_event_ends_the_poll),
		once_test(events_of_one_submission_are_one),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
