/* SPDX-License-Identifier: MIT */
/* Reap: deliver and see in one call; and discard, which does not even look. */
#include "world.h"

struct request {
	int number;
};

ONCE_OWNER(request, struct request);

static void reap_gives_a_copy_and_the_owner(void **state)
{
	struct fixture *f = *state;
	struct request mine = { 3 };
	struct request *back = NULL;
	struct once_completion done = { 0 };
	struct once_sqe sqe = { 0 };
	uint64_t cookie;

	open_ring(f, NULL);
	assert_code(once_reap(&f->ring, &done), -EAGAIN);
	sqe = taken_sqe(f);
	once_prep_nop(&sqe);
	assert_ok(once_arm(&sqe, request_lend(&mine), NULL));
	submit_all(f);
	assert_ok(once_reap(&f->ring, &done));
	assert_accounts_zero(f); /* nothing is held */
	assert_int_equal(done.result, 0);
	assert_true(once_completion_is_terminal(&done));
	assert_code(once_completion_owner(&done, &once_cookie_type, &cookie), ONCE_WRONG_TYPE);
	assert_ok(request_from(&done, &back));
	assert_ptr_equal(back, &mine);
	assert_code(once_reap(&f->ring, &done), -EAGAIN);
	assert_no_violation(f);
}

static void reap_batch_takes_what_there_is(void **state)
{
	struct fixture *f = *state;
	struct once_completion done[8] = { { .result = 0 } };

	open_ring(f, NULL);
	assert_code(once_reap_batch(&f->ring, done, 0), 0);
	for (int round = 0; round < 40; round++) {
		for (uint64_t i = 0; i < 7; i++)
			arm_nop(f, i, NULL);
		submit_all(f);
		assert_code(once_reap_batch(&f->ring, done, 3), 3);
		assert_code(once_reap_batch(&f->ring, done + 3, 5), 4);
		for (uint64_t i = 0; i < 7; i++)
			assert_int_equal(done[i].lent.value, i);
		assert_accounts_zero(f);
	}
	assert_code(once_reap_batch(&f->ring, done, 8), -EAGAIN);
}

static void wait_reap_waits(void **state)
{
	struct fixture *f = *state;
	struct once_completion done = { 0 };

	open_ring(f, NULL);
	assert_code(once_wait_reap(&f->ring, &done, &one_millisecond), -ETIME);
	arm_timeout(f, &one_millisecond, 1, NULL);
	submit_all(f);
	assert_ok(once_wait_reap(&f->ring, &done, NULL));
	assert_int_equal(done.result, -ETIME);
	assert_int_equal(done.lent.value, 1);
	assert_accounts_zero(f);
}

static void reaping_passes_over_held_tokens(void **state)
{
	struct fixture *f = *state;
	struct once_completion done[4] = { { .result = 0 } };
	struct once_cqe held = { 0 };

	open_ring(f, NULL);
	for (uint64_t i = 0; i < 5; i++)
		arm_nop(f, i, NULL);
	submit_all(f);
	held = next_token(f);
	assert_code(once_reap_batch(&f->ring, done, 4), 4);
	assert_int_equal(done[0].lent.value, 1);
	assert_int_equal(done[3].lent.value, 4);
	assert_int_equal(once_held(&f->ring), 1);
	assert_int_equal(once_in_flight(&f->ring), 5); /* the head waits for the first one */
	assert_int_equal(once_result(&held), 0);
	assert_ok(once_seen(&f->ring, &held));
	assert_accounts_zero(f);
}

static void a_foreign_copy_has_no_owner(void **state)
{
	struct fixture *f = *state;
	struct once_completion done[3] = { { .result = 0 } };
	struct request *back = NULL;
	uint64_t value;

	open_ring(f, NULL);
	arm_nop(f, 1, NULL);
	submit_all(f);
	post_foreign(f, 99, 5);
	post_foreign(f, UINT64_MAX, 6);
	assert_code(once_reap_batch(&f->ring, done, 3), 3);
	assert_ok(once_completion_owner(&done[0], &once_cookie_type, &value));
	assert_code(once_completion_owner(&done[1], &once_cookie_type, &value), ONCE_FOREIGN);
	assert_code(request_from(&done[1], &back), ONCE_FOREIGN);
	assert_null(back);
	assert_int_equal(done[1].lent.value, 99);
	assert_int_equal(done[1].result, 5);
	assert_true(done[2].lent.value == UINT64_MAX);
	assert_accounts_zero(f);
}

static void a_multishot_copy_is_not_terminal(void **state)
{
	struct fixture *f = *state;
	struct once_completion done = { 0 };
	struct once_ticket ticket;
	int ends = 0;
	int fds[2];

	open_ring(f, NULL);
	make_pipe(f, fds);
	arm_poll_multishot(f, fds[0], 7, &ticket);
	submit_all(f);
	for (int i = 0; i < 3; i++) {
		assert_int_equal(write(fds[1], "x", 1), 1);
		assert_ok(once_wait_reap(&f->ring, &done, NULL));
		assert_int_equal(done.lent.value, 7);
		assert_false(once_completion_is_terminal(&done));
	}
	arm_cancel(f, &ticket, 8);
	submit_all(f);
	for (int i = 0; i < 2; i++) {
		assert_ok(once_wait_reap(&f->ring, &done, NULL));
		assert_true(once_completion_is_terminal(&done));
		ends += done.lent.value == 7 ? 1 : 0;
	}
	assert_int_equal(ends, 1);
	assert_accounts_zero(f);
}

static void a_cqe32_copy_has_extra_words(void **state)
{
	struct fixture *f = *state;
	const struct once_config config = { .flags = IORING_SETUP_CQE32 };
	struct once_completion done[2] = { { .result = 0 } };

	open_ring(f, &config);
	memset(done, 0x5a, sizeof done);
	arm_nop(f, 1, NULL);
	arm_nop(f, 2, NULL);
	submit_all(f);
	assert_ok(once_wait_reap(&f->ring, &done[0], NULL));
	assert_code(once_reap_batch(&f->ring, &done[1], 1), 1);
	for (int i = 0; i < 2; i++)
		assert_true(done[i].extra[0] == 0 && done[i].extra[1] == 0);
}

static void discard_passes_everything_ready(void **state)
{
	struct fixture *f = *state;
	struct once_cqe cqe = { 0 };

	open_ring(f, NULL);
	assert_code(once_discard(&f->ring), 0);
	for (uint64_t i = 0; i < 5; i++)
		arm_nop(f, i, NULL);
	submit_all(f);
	assert_code(once_discard(&f->ring), 5);
	assert_accounts_zero(f);
	assert_int_equal(once_passed_total(&f->ring), 5);
	assert_code(once_peek(&f->ring, &cqe), -EAGAIN);
	assert_no_violation(f);
}

static void discard_leaves_held_tokens_held(void **state)
{
	struct fixture *f = *state;
	struct once_cqe held = { 0 };

	open_ring(f, NULL);
	for (uint64_t i = 0; i < 5; i++)
		arm_nop(f, i, NULL);
	submit_all(f);
	held = next_token(f);
	assert_code(once_discard(&f->ring), 4);
	assert_true(once_is_held(&held));
	assert_int_equal(cookie_of(&held), 0);
	assert_ok(once_seen(&f->ring, &held));
	assert_accounts_zero(f);
}

static void discard_fetches_what_overflowed(void **state)
{
	struct fixture *f = *state;
	const struct once_config config = { .entries = 1, .cq_entries = 4,
					    .memory = { .capacity = 1 } };

	open_ring(f, &config);
	for (uint32_t i = 0; i < 11; i++)
		post_foreign(f, i, i);
	assert_code(once_discard(&f->ring), 11);
	assert_accounts_zero(f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		once_test(reap_gives_a_copy_and_the_owner),
		once_test(reap_batch_takes_what_there_is),
		once_test(wait_reap_waits),
		once_test(reaping_passes_over_held_tokens),
		once_test(a_foreign_copy_has_no_owner),
		once_test(a_multishot_copy_is_not_terminal),
		once_test(a_cqe32_copy_has_extra_words),
		once_test(discard_passes_everything_ready),
		once_test(discard_leaves_held_tokens_held),
		once_test(discard_fetches_what_overflowed),
	};

	return cmocka_run_group_tests_name("reap", tests, NULL, NULL);
}
