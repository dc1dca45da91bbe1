/* SPDX-License-Identifier: MIT */
/* What the reference model has found, each as the smallest program that shows it. */
#include "world.h"

/* It wrote to the head of a CQ that was unmapped. */
static void a_closed_ring_refuses_a_batch_of_tokens(void **state)
{
	struct fixture *f = *state;
	struct once_cqe cqes[2];

	open_ring(f, NULL);
	arm_nop(f, 1, NULL);
	submit_all(f);
	cqes[0] = cqes[1] = next_token(f);
	assert_ok(once_seen(&f->ring, &cqes[0]));
	assert_ok(once_close(&f->ring, NULL));
	assert_code(once_seen_batch(&f->ring, cqes, 2), ONCE_NOT_OPEN);
	assert_violation(f, ONCE_NOT_OPEN);
	assert_code(once_seen_batch(&f->ring, cqes, 0), 0);
	assert_no_violation(f);
}

/*
 * Without EXT_ARG, a wait for several CQEs never ended if its time was over
 * before the kernel began to wait, as so short a time mostly is.
 */
static void a_short_time_ends_a_wait_for_several(void **state)
{
	struct fixture *f = *state;
	const struct once_config legacy = { .cq_entries = 32, .hide_features = FEAT_EXT_ARG };
	const struct once_timespec soon = { 0, 1 };
	struct once_ticket ticket;
	struct once_cqe cqe;

	open_ring(f, &legacy);
	arm_timeout(f, &one_hour, 1, &ticket);
	for (int i = 0; i < 100; i++)
		assert_code(once_wait_for(&f->ring, &cqe, 3, &soon, NULL), -ETIME);
	assert_int_equal(once_reserved(&f->ring), 0);
	assert_no_violation(f);
	arm_cancel(f, &ticket, 2);
	submit_all(f);
	cqe = next_token(f);
	assert_ok(once_seen(&f->ring, &cqe));
	cqe = next_token(f);
	assert_ok(once_seen(&f->ring, &cqe));
	assert_accounts_zero(f);
}

/*
 * Each timed wait left a CQE of its own behind a token that was held, until the
 * CQ was full, and the next submit overflowed it.
 */
static void timed_waits_behind_a_held_token_stay_in_their_places(void **state)
{
	struct fixture *f = *state;
	const struct once_config legacy = { .entries = 4, .cq_entries = 16, .hide_features = FEAT_EXT_ARG,
					    .memory = { .capacity = 4 } };
	const struct once_timespec moment = { 0, 1000 };
	struct once_cqe held;
	struct once_cqe cqe;
	int rc = -ETIME;
	unsigned waits = 0;

	open_ring(f, &legacy);
	arm_nop(f, 1, NULL);
	submit_all(f);
	held = next_token(f);
	for (; rc == -ETIME && waits < 32; waits++)
		rc = once_wait_timeout(&f->ring, &cqe, &moment);
	assert_code(rc, ONCE_TIMERS_OUT);
	assert_violation(f, ONCE_TIMERS_OUT);
	for (uint64_t i = 2; i <= 4; i++)
		arm_nop(f, i, NULL);
	submit_all(f);
	assert_false(once_has_overflow(&f->ring));
	assert_int_equal(once_ready(&f->ring), 3);
	assert_ok(once_seen(&f->ring, &held));
	for (uint64_t i = 2; i <= 4; i++)
		assert_int_equal(finish(f, i), 0);
	assert_code(once_wait_timeout(&f->ring, &cqe, &moment), -ETIME);
	assert_accounts_zero(f);
}

/* After as many openings as there are tags, a ring had the identities of an earlier one. */
static void a_ticket_of_an_earlier_opening_is_stale_for_ever(void **state)
{
	struct fixture *f = *state;
	struct once_ticket old;
	struct once_ticket now;

	open_ring(f, NULL);
	arm_timeout(f, &one_hour, 1, &old);
	submit_all(f);
	assert_ok(once_drain(&f->ring, &one_hour, NULL, 0, NULL));
	assert_ok(once_close(&f->ring, NULL));
	for (unsigned i = 0; i + 1 < ONCE_TAGS; i++) {
		open_ring(f, NULL);
		assert_ok(once_close(&f->ring, NULL));
	}
	open_ring(f, NULL);
	arm_timeout(f, &one_hour, 1, &now);
	assert_int_not_equal(now.id, old.id);
	assert_int_equal(now.id / ONCE_TAG_UNIT, old.id / ONCE_TAG_UNIT);
	assert_int_equal(once_state_of(&f->ring, &old), ONCE_STATE_FREE);
	assert_ok(once_drain(&f->ring, &one_hour, NULL, 0, NULL));
}

/* While deferred work was to be done, a wait for more than can come was not refused. */
static void deferred_work_does_not_hide_a_hang(void **state)
{
	struct fixture *f = *state;
	const struct once_config defer = { .flags = IORING_SETUP_SINGLE_ISSUER |
						       IORING_SETUP_DEFER_TASKRUN };
	struct once_cqe cqe;
	int fds[2];
	char byte = 1;

	open_ring(f, &defer);
	make_pipe(f, fds);
	arm_read(f, fds[0], &byte, 1, ONCE_CURRENT, 1, NULL);
	submit_all(f);
	assert_int_equal(write(fds[1], "x", 1), 1); /* its completion is task work now */
	assert_code(once_wait_nr(&f->ring, &cqe, 2), ONCE_WOULD_HANG);
	assert_violation(f, ONCE_WOULD_HANG);
	assert_int_equal(finish(f, 1), 1);
	assert_accounts_zero(f);
}

/* The cancellation of a drain, the timeout of a timed wait, became part of the caller's chain. */
static void the_librarys_own_sqes_join_no_chain(void **state)
{
	struct fixture *f = *state;
	const struct once_config legacy = { .cq_entries = 32, .hide_features = FEAT_EXT_ARG };
	const struct once_timespec moment = { 0, 1000000 };
	struct once_sqe sqe;
	struct once_cqe cqe;
	int fds[2];
	char byte;

	make_pipe(f, fds);
	for (int i = 0; i < 2; i++) {
		open_ring(f, i == 0 ? NULL : &legacy);
		sqe = taken_sqe(f);
		once_prep_read(&sqe, fds[0], &byte, 1, ONCE_CURRENT);
		once_set_flags(&sqe, IOSQE_IO_LINK);
		assert_ok(once_arm(&sqe, once_cookie(1), NULL));
		if (i == 1)
			assert_code(once_wait_timeout(&f->ring, &cqe, &moment), -ETIME);
		assert_ok(once_drain(&f->ring, &one_hour, NULL, 0, NULL));
		assert_accounts_zero(f);
		assert_ok(once_close(&f->ring, NULL));
	}
	assert_no_violation(f);
}

/* It had no ring, and was looked at there. */
static void a_zeroed_sqe_is_not_taken(void **state)
{
	struct once_sqe sqe = { 0 };

	(void)state;
	once_prep_nop(&sqe);
	assert_code(once_arm(&sqe, once_cookie(1), NULL), ONCE_NOT_TAKEN);
	assert_code(once_give_back(&sqe), ONCE_NOT_TAKEN);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		once_test(a_closed_ring_refuses_a_batch_of_tokens),
		once_test(a_short_time_ends_a_wait_for_several),
		once_test(timed_waits_behind_a_held_token_stay_in_their_places),
		once_test(a_ticket_of_an_earlier_opening_is_stale_for_ever),
		once_test(deferred_work_does_not_hide_a_hang),
		once_test(the_librarys_own_sqes_join_no_chain),
		once_test(a_zeroed_sqe_is_not_taken)
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
