/* SPDX-License-Identifier: MIT */
/* The cancellation of a drain that has expired completes late: that ends no wait of the program. */
#include "emulated.h"
#include "harness.h"

#include <linux/io_uring.h>
#include <signal.h>

static const struct once_timespec minute = { 60, 0 };
static const struct once_timespec moment = { 0, 20000000 };
static const uint32_t on_each_path[] = { 0, FEAT_EXT_ARG }; /* features that are hidden */

enum { PLACES = 32 }; /* of the CQ */

/* A read that blocks, of a pipe that nobody writes to. */
static void arm_blocked(struct fixture *f, char *byte)
{
	int fds[2];

	make_pipe(f, fds);
	arm_read(f, fds[0], byte, 1, ONCE_CURRENT, 1, NULL);
}

static void open_path(struct fixture *f, unsigned path)
{
	open_ring(f, &(struct once_config){ .entries = 8, .cq_entries = PLACES, .memory.capacity = 12,
					    .hide_features = on_each_path[path] });
	assert_int_equal(f->ring.view.cq_entries, PLACES);
}

/*
 * A drain expires, and its cancellation runs no sooner than with the next enter:
 * its CQE, the library's own, then comes while the program waits.
 */
static void expire_drain(struct fixture *f, char *byte)
{
	arm_blocked(f, byte);
	submit_all(f);
	emulated_ignore_cancel(&f->ring, true);
	emulated_hold(&f->ring, true);
	assert_code(once_drain(&f->ring, &moment, NULL, 0, NULL), ONCE_DEADLINE);
	assert_violation(f, ONCE_DEADLINE);
	emulated_hold(&f->ring, false);
}

static void open_expired(struct fixture *f, unsigned path, char *byte)
{
	open_path(f, path);
	expire_drain(f, byte);
}

/* Tokens of completions that no operation asked for. */
static void hold_forged(struct fixture *f, struct once_cqe *held, unsigned count)
{
	for (unsigned n = 0; n < count; n++)
		emulated_forge(&f->ring, 77, 0, 0);
	assert_int_equal(once_peek_batch(&f->ring, held, count), count);
}

/* The program's own timeout is what has come. */
static void see_timeout(struct fixture *f, struct once_cqe *cqe)
{
	assert_int_equal(cookie_of(cqe), 7);
	assert_ok(once_seen(&f->ring, cqe));
}

/* Nothing was lost or made up, and the ring can be drained and closed. */
static void end_ring(struct fixture *f)
{
	emulated_ignore_cancel(&f->ring, false);
	assert_no_violation(f);
	assert_ok(once_drain(&f->ring, &minute, NULL, 0, NULL));
	assert_accounts_zero(f);
	assert_ok(once_close(&f->ring, NULL));
}

static void the_cancellation_of_an_expired_drain_ends_no_timed_wait(void **state)
{
	struct fixture *f = *state;
	struct once_cqe cqe = { 0 };
	sigset_t mask;
	char bytes[1];

	assert_int_equal(sigemptyset(&mask), 0);
	for (unsigned i = 0; i < 4; i++) {
		open_expired(f, i / 2, bytes);
		assert_code(once_wait_for(&f->ring, &cqe, 1, &minute, i % 2 == 0 ? NULL : &mask), -ETIME);
		assert_false(once_is_held(&cqe));
		end_ring(f);
	}
}

/* It goes on until its time is over, and no longer: a timeout of the program's tells. */
static void a_wait_goes_on_until_its_time_is_over(void **state)
{
	struct fixture *f = *state;
	const struct once_timespec sooner = { 59, 0 };
	const struct once_timespec later = { 61, 0 };
	struct once_cqe cqe = { 0 };
	char bytes[1];

	for (unsigned i = 0; i < 2; i++) {
		open_path(f, i);
		arm_timeout(f, &sooner, 7, NULL);
		arm_timeout(f, &later, 8, NULL);
		expire_drain(f, bytes);
		assert_ok(once_wait_timeout(&f->ring, &cqe, &minute));
		see_timeout(f, &cqe);
		end_ring(f);
		open_path(f, i);
		arm_timeout(f, &later, 8, NULL);
		expire_drain(f, bytes);
		assert_code(once_wait_timeout(&f->ring, &cqe, &minute), -ETIME);
		end_ring(f);
	}
}

/* Behind a token that is held its CQE keeps its place, and still is none that was waited for. */
static void the_cancellation_ends_no_wait_while_a_token_is_held(void **state)
{
	struct fixture *f = *state;
	struct once_cqe held = { 0 };
	struct once_cqe cqe = { 0 };
	char bytes[1];

	for (unsigned i = 0; i < 2; i++) {
		open_expired(f, i, bytes);
		hold_forged(f, &held, 1);
		assert_code(once_wait_timeout(&f->ring, &cqe, &minute), -ETIME);
		assert_ok(once_seen(&f->ring, &held));
		end_ring(f);
	}
}

static void the_cancellation_ends_no_submit_that_waits(void **state)
{
	struct fixture *f = *state;
	struct once_cqe cqe = { 0 };
	unsigned submitted = 0;
	char bytes[2];

	for (unsigned i = 0; i < 2; i++) {
		open_expired(f, i, bytes);
		arm_blocked(f, bytes + 1);
		assert_code(once_submit_and_wait_timeout(&f->ring, &cqe, 1, &minute, NULL, &submitted),
			    -ETIME);
		assert_int_equal(submitted, 1);
		end_ring(f);
	}
}

/* Untimed: it ends with what was waited for, here the program's own timeout. */
static void the_cancellation_ends_no_untimed_wait(void **state)
{
	struct fixture *f = *state;
	struct once_cqe cqe = { 0 };
	unsigned submitted = 0;
	char bytes[1];

	for (unsigned i = 0; i < 4; i++) {
		open_expired(f, i / 2, bytes);
		arm_timeout(f, &minute, 7, NULL);
		if (i % 2 == 0) {
			submit_all(f);
			assert_ok(once_wait(&f->ring, &cqe));
		} else {
			assert_ok(once_submit_and_wait_timeout(&f->ring, &cqe, 1, NULL, NULL, &submitted));
			assert_int_equal(submitted, 1);
		}
		see_timeout(f, &cqe);
		end_ring(f);
	}
}

/* The wait that goes on hears a signal as any other does. */
static void a_signal_ends_the_wait_that_goes_on(void **state)
{
	struct fixture *f = *state;
	struct once_cqe cqe = { 0 };
	unsigned submitted = 0;
	char bytes[2];

	for (unsigned i = 0; i < 6; i++) {
		const struct once_timespec *time = i % 3 == 0 ? NULL : &minute;

		open_expired(f, i / 3, bytes);
		emulated_interrupt(1);
		if (i % 3 == 2) {
			arm_blocked(f, bytes + 1);
			assert_code(once_submit_and_wait_timeout(&f->ring, &cqe, 1, time, NULL, &submitted),
				    -EINTR);
		} else {
			assert_code(once_wait_for(&f->ring, &cqe, 1, time, NULL), -EINTR);
		}
		end_ring(f);
	}
}

/* It takes the last place that held tokens have left: nothing can be waited for, and no signal has come. */
static void a_wait_for_which_it_leaves_no_place_is_refused(void **state)
{
	enum { HELD = PLACES - 1 };
	struct fixture *f = *state;
	struct once_cqe held[HELD];
	struct once_cqe cqe = { 0 };
	char bytes[1];

	for (unsigned i = 0; i < 2; i++) {
		open_expired(f, i, bytes);
		hold_forged(f, held, HELD);
		assert_code(once_wait_timeout(&f->ring, &cqe, &minute), ONCE_ALL_HELD);
		assert_violation(f, ONCE_ALL_HELD);
		assert_int_equal(once_seen_batch(&f->ring, held, HELD), HELD);
		end_ring(f);
	}
}

/* The same where one of the two that were waited for is there: it is delivered. */
static void what_is_there_must_do_where_it_leaves_no_place(void **state)
{
	enum { HELD = PLACES - 2 };
	struct fixture *f = *state;
	struct once_cqe held[HELD];
	struct once_cqe cqe = { 0 };
	uint64_t user_data = 0;
	char bytes[1];

	for (unsigned i = 0; i < 2; i++) {
		open_expired(f, i, bytes);
		hold_forged(f, held, HELD);
		emulated_forge(&f->ring, 78, 0, 0);
		assert_ok(once_wait_for(&f->ring, &cqe, 2, &minute, NULL));
		assert_ok(once_user_data(&cqe, &user_data));
		assert_int_equal(user_data, 78);
		assert_ok(once_seen(&f->ring, &cqe));
		assert_int_equal(once_seen_batch(&f->ring, held, HELD), HELD);
		end_ring(f);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		once_test(the_cancellation_of_an_expired_drain_ends_no_timed_wait),
		once_test(a_wait_goes_on_until_its_time_is_over),
		once_test(the_cancellation_ends_no_wait_while_a_token_is_held),
		once_test(the_cancellation_ends_no_submit_that_waits),
		once_test(the_cancellation_ends_no_untimed_wait),
		once_test(a_signal_ends_the_wait_that_goes_on),
		once_test(a_wait_for_which_it_leaves_no_place_is_refused),
		once_test(what_is_there_must_do_where_it_leaves_no_place),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
