/* SPDX-License-Identifier: MIT */
/* Drain: cancel, wait for the ends, and say who survives the deadline. */
#include "world.h"

static const struct once_timespec at_once = { 0, 0 };
static const struct once_timespec patience = { 20, 0 };

static void draining_nothing_is_done(void **state)
{
	struct fixture *f = *state;
	uint32_t count = 9;

	open_ring(f, NULL);
	assert_ok(once_drain(&f->ring, &patience, NULL, 0, &count));
	assert_int_equal(count, 0);
	assert_accounts_zero(f);
	assert_ok(once_close(&f->ring, NULL));
}

static void drain_ends_everything_that_can_be_cancelled(void **state)
{
	struct fixture *f = *state;
	char buffers[3][4];
	uint32_t count = 9;
	int fds[2];

	open_ring(f, NULL);
	make_pipe(f, fds);
	for (uint64_t i = 0; i < 3; i++)
		arm_blocked_read(f, fds[0], buffers[i], 4, i, NULL);
	arm_timeout(f, &one_hour, 3, NULL);
	arm_poll_multishot(f, fds[0], 4, NULL);
	submit_all(f);
	assert_ok(once_drain(&f->ring, &patience, NULL, 0, &count));
	assert_int_equal(count, 0);
	assert_accounts_zero(f);
	assert_ok(once_close(&f->ring, NULL));
	assert_no_violation(f);
}

/* Once armed, only its completion ends an operation: a drain submits it first. */
static void drain_submits_what_is_armed(void **state)
{
	struct fixture *f = *state;

	open_ring(f, NULL);
	arm_nop(f, 1, NULL);
	arm_timeout(f, &one_hour, 2, NULL);
	assert_ok(once_drain(&f->ring, &patience, NULL, 0, NULL));
	assert_accounts_zero(f);
	assert_int_equal(once_passed_total(&f->ring), 3); /* two ends and the cancellation's own */
}

static void drain_refuses_what_it_cannot_end(void **state)
{
	struct fixture *f = *state;
	const struct once_timespec bad = { 0, 1000000000 };
	struct once_sqe sqe = { 0 };
	struct once_cqe cqe = { 0 };

	open_ring(f, NULL);
	sqe = taken_sqe(f);
	assert_code(once_drain(&f->ring, &patience, NULL, 0, NULL), ONCE_STILL_TAKEN);
	assert_violation(f, ONCE_STILL_TAKEN);
	once_prep_nop(&sqe);
	arm_sqe(&sqe, 1, NULL);
	submit_all(f);
	cqe = next_token(f);
	assert_code(once_drain(&f->ring, &patience, NULL, 0, NULL), ONCE_STILL_HELD);
	assert_violation(f, ONCE_STILL_HELD);
	assert_ok(once_seen(&f->ring, &cqe));
	assert_code(once_drain(&f->ring, &bad, NULL, 0, NULL), -EINVAL);
}

static int do_drain(struct fixture *f)
{
	return once_drain(&f->ring, &patience, NULL, 0, NULL);
}

static void another_thread_may_not_drain(void **state)
{
	struct fixture *f = *state;

	open_ring(f, NULL);
	arm_timeout(f, &one_hour, 1, NULL);
	submit_all(f);
	assert_code(in_thread(do_drain, f), ONCE_WRONG_THREAD);
	assert_violation(f, ONCE_WRONG_THREAD);
	assert_int_equal(once_in_flight(&f->ring), 1);
}

/* A deadline that is over at once: whoever is left is named, and the ring stays open. */
static void the_deadline_names_the_survivors(void **state)
{
	struct fixture *f = *state;
	struct once_survivor survivors[4];
	struct once_ticket ticket;
	uint32_t count = 0;
	int rc;

	open_ring(f, NULL);
	arm_timeout(f, &one_hour, 5, &ticket);
	submit_all(f);
	rc = once_drain(&f->ring, &at_once, survivors, 4, &count);
	if (rc == 0) { /* the cancellation may have been as quick as that */
		assert_int_equal(count, 0);
		assert_accounts_zero(f);
		return;
	}
	assert_code(rc, ONCE_DEADLINE);
	assert_violation(f, ONCE_DEADLINE);
	if (count != 0) {
		assert_int_equal(count, 1);
		assert_int_equal(survivors[0].lent.value, 5);
		assert_true(survivors[0].ticket.id == ticket.id);
		assert_int_equal(survivors[0].state, ONCE_STATE_IN_FLIGHT);
	}
	assert_ok(once_drain(&f->ring, &patience, NULL, 0, &count));
	assert_int_equal(count, 0);
	assert_accounts_zero(f);
}

/*
 * The kernel stops reading at an SQE that it refuses, and the cancellation behind it is
 * read by a later submit: its CQE is none of the program's, and no signal.
 */
static void what_an_expired_drain_leaves_ends_no_wait(void **state)
{
	struct fixture *f = *state;
	struct once_cqe cqe = { 0 };
	struct once_sqe sqe = { 0 };
	unsigned submitted = 0;
	uint32_t count = 9;

	for (int untimed = 0; untimed < 2; untimed++) {
		open_ring(f, NULL);
		sqe = taken_sqe(f);
		once_prep_raw(&sqe)->opcode = UINT8_MAX;
		arm_sqe(&sqe, 1, NULL);
		assert_code(once_drain(&f->ring, &at_once, NULL, 0, &count), ONCE_DEADLINE);
		assert_violation(f, ONCE_DEADLINE);
		assert_int_equal(count, 0);
		if (untimed) {
			arm_timeout(f, &one_millisecond, 3, NULL);
			assert_ok(once_submit_and_wait_timeout(&f->ring, &cqe, 1, NULL, NULL, &submitted));
			assert_int_equal(submitted, 1);
			assert_int_equal(cookie_of(&cqe), 3);
			assert_ok(once_seen(&f->ring, &cqe));
		} else {
			assert_code(once_submit_and_wait_timeout(&f->ring, &cqe, 1, &one_millisecond, NULL,
								 &submitted), -ETIME);
			assert_int_equal(submitted, 0);
		}
		assert_ok(once_drain(&f->ring, &patience, NULL, 0, NULL));
		assert_accounts_zero(f);
		assert_ok(once_close(&f->ring, NULL));
	}
}

static void a_drained_ring_works_on(void **state)
{
	struct fixture *f = *state;

	open_ring(f, NULL);
	for (int i = 0; i < 5; i++) {
		arm_timeout(f, &one_hour, 1, NULL);
		submit_all(f);
		assert_ok(once_drain(&f->ring, &patience, NULL, 0, NULL));
		run_nops(f, 20);
		assert_accounts_zero(f);
	}
}

static void a_full_ring_drains(void **state)
{
	struct fixture *f = *state;
	const struct once_config config = { .entries = 4, .cq_entries = 8,
					    .memory = { .capacity = 8 - ONCE_OWN_PLACES } };

	open_ring(f, &config);
	for (uint64_t i = 0; i < 7; i++) {
		arm_timeout(f, &one_hour, i, NULL);
		submit_all(f);
	}
	assert_ok(once_drain(&f->ring, &patience, NULL, 0, NULL));
	assert_accounts_zero(f);
}

static void a_sqpoll_ring_drains(void **state)
{
	struct fixture *f = *state;
	const struct once_config config = { .flags = IORING_SETUP_SQPOLL, .sq_thread_idle = 50 };

	open_ring(f, &config);
	arm_timeout(f, &one_hour, 1, NULL);
	submit_all(f);
	arm_timeout(f, &one_hour, 2, NULL);
	assert_ok(once_drain(&f->ring, &patience, NULL, 0, NULL));
	assert_accounts_zero(f);
}

static void a_split_ring_drains_from_the_submitting_side(void **state)
{
	struct fixture *f = *state;
	const struct once_config config = { .options = ONCE_SPLIT };

	open_ring(f, &config);
	arm_timeout(f, &one_hour, 1, NULL);
	submit_all(f);
	assert_ok(once_drain(&f->ring, &patience, NULL, 0, NULL));
	assert_accounts_zero(f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		once_test(draining_nothing_is_done),
		once_test(drain_ends_everything_that_can_be_cancelled),
		once_test(drain_submits_what_is_armed),
		once_test(drain_refuses_what_it_cannot_end),
		once_test(another_thread_may_not_drain),
		once_test(the_deadline_names_the_survivors),
		once_test(what_an_expired_drain_leaves_ends_no_wait),
		once_test(a_drained_ring_works_on),
		once_test(a_full_ring_drains),
		once_test(a_sqpoll_ring_drains),
		once_test(a_split_ring_drains_from_the_submitting_side),
	};

	return cmocka_run_group_tests_name("drain", tests, NULL, NULL);
}
