/* SPDX-License-Identifier: MIT */
/* The edges: tickets that outlive their ring, times beyond the clock, an SQ that is full. */
#include "world.h"

static const struct once_timespec for_ever = { INT64_MAX, 999999999 };
static const struct once_timespec minute = { 60, 0 };

/* A closed ring has no slots, and a smaller one not that slot: the operation is gone. */
static void a_ticket_outlives_its_ring(void **state)
{
	struct fixture *f = *state;
	const struct once_config large = { .memory = { .capacity = 8 } };
	const struct once_config small = { .memory = { .capacity = 1 } };
	struct once_ticket tickets[8];

	open_ring(f, &large);
	for (uint64_t i = 0; i < 8; i++)
		arm_nop(f, i, &tickets[i]);
	submit_all(f);
	for (uint64_t i = 0; i < 8; i++) {
		assert_int_equal(once_state_of(&f->ring, &tickets[i]), ONCE_STATE_IN_FLIGHT);
		assert_int_equal(finish(f, i), 0);
	}
	assert_ok(once_close(&f->ring, NULL));
	for (int i = 0; i < 8; i++)
		assert_int_equal(once_state_of(&f->ring, &tickets[i]), ONCE_STATE_FREE);
	open_ring(f, &small);
	arm_nop(f, 9, NULL);
	for (int i = 0; i < 8; i++)
		assert_int_equal(once_state_of(&f->ring, &tickets[i]), ONCE_STATE_FREE);
	submit_all(f);
	assert_int_equal(finish(f, 9), 0);
	assert_no_violation(f);
}

/* 292 years, and a little more than a clock of nanoseconds has. */
static void a_deadline_beyond_the_clock_is_its_last_moment(void **state)
{
	struct fixture *f = *state;
	struct once_cqe cqe = { 0 };
	uint32_t count = 99;
	char bytes[2];
	int fds[2];

	open_ring(f, NULL);
	make_pipe(f, fds);
	arm_blocked_read(f, fds[0], &bytes[0], 1, 1, NULL);
	arm_blocked_read(f, fds[0], &bytes[1], 1, 2, NULL);
	submit_all(f);
	assert_ok(once_drain(&f->ring, &for_ever, NULL, 0, &count));
	assert_int_equal(count, 0);
	assert_accounts_zero(f);
	/* also where a time is an SQE of the library's */
	assert_ok(once_close(&f->ring, NULL));
	open_ring(f, &(struct once_config){ .cq_entries = 32, .hide_features = FEAT_EXT_ARG });
	arm_nop(f, 3, NULL);
	assert_ok(once_wait_timeout(&f->ring, &cqe, &for_ever));
	assert_int_equal(cookie_of(&cqe), 3);
	assert_ok(once_seen(&f->ring, &cqe));
	assert_ok(once_drain(&f->ring, &minute, NULL, 0, NULL));
	assert_accounts_zero(f);
}

/*
 * No place is set aside for the cancellation: it comes after what is armed was
 * submitted, in a second round, for which there must be time.
 */
static void a_drain_of_a_full_sq_submits_before_it_cancels(void **state)
{
	struct fixture *f = *state;
	const struct once_config config = { .entries = 4, .cq_entries = 8,
					    .memory = { .capacity = 6 } };
	struct once_sqe sqe = { 0 };
	uint32_t count = 99;
	char bytes[4];
	int fds[2];

	open_ring(f, &config);
	make_pipe(f, fds);
	for (uint64_t i = 0; i < 4; i++)
		arm_blocked_read(f, fds[0], &bytes[i], 1, i, NULL);
	assert_code(once_take(&f->ring, &sqe), -EAGAIN);
	assert_int_equal(once_armed(&f->ring), 4);
	assert_ok(once_drain(&f->ring, &for_ever, NULL, 0, &count));
	assert_int_equal(count, 0);
	assert_int_equal(once_armed_total(&f->ring), 4);
	assert_accounts_zero(f);
	assert_no_violation(f);
	run_nops(f, 20);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		once_test(a_ticket_outlives_its_ring),
		once_test(a_deadline_beyond_the_clock_is_its_last_moment),
		once_test(a_drain_of_a_full_sq_submits_before_it_cancels),
	};

	return cmocka_run_group_tests_name("edges", tests, NULL, NULL);
}
