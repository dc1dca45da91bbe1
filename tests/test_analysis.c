/* SPDX-License-Identifier: MIT */
/* A program built for analysers, where a taken SQE passes through real functions, behaves alike. */
#define ONCE_ANALYSIS
#include "world.h"

static void from_take_to_seen(void **state)
{
	struct fixture *f = *state;
	struct once_ticket ticket;

	open_ring(f, NULL);
	for (uint64_t i = 0; i < 40; i++) {
		struct once_sqe sqe;

		assert_ok(once_take(&f->ring, &sqe));
		assert_int_equal(once_taken(&f->ring), 1);
		once_prep_nop(&sqe);
		assert_ok(once_arm(&sqe, once_cookie(i), &ticket));
		assert_int_equal(once_state_of(&f->ring, &ticket), ONCE_STATE_ARMED);
		submit_all(f);
		assert_int_equal(finish(f, i), 0);
	}
	assert_accounts_zero(f);
	assert_no_violation(f);
}

static void given_back_or_refused(void **state)
{
	struct fixture *f = *state;
	struct once_sqe sqe;
	struct once_sqe copy;

	open_ring(f, NULL);
	assert_ok(once_take(&f->ring, &sqe));
	copy = copy_of_sqe(&sqe);
	assert_ok(once_give_back(&sqe));
	assert_int_equal(once_taken(&f->ring), 0);
	assert_code(once_give_back(&copy), ONCE_NOT_TAKEN);
	assert_violation(f, ONCE_NOT_TAKEN);
	assert_ok(once_take(&f->ring, &sqe));
	copy = copy_of_sqe(&sqe);
	assert_code(once_arm(&sqe, once_cookie(1), NULL), ONCE_NOT_PREPARED);
	assert_violation(f, ONCE_NOT_PREPARED);
	assert_code(once_arm(&copy, once_cookie(1), NULL), ONCE_NOT_TAKEN);
	assert_violation(f, ONCE_NOT_TAKEN);
	assert_accounts_zero(f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		once_test(from_take_to_seen),
		once_test(given_back_or_refused),
	};

	return cmocka_run_group_tests_name("analysis", tests, NULL, NULL);
}
