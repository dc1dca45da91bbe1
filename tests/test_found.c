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

int main(void)
{
	const struct CMUnitTest tests[] = {
		once_test(a_closed_ring_refuses_a_batch_of_tokens),
		once_test(a_short_time_ends_a_wait_for_several)
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
