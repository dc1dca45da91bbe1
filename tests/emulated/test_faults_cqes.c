/* SPDX-License-Identifier: MIT */
/*
 * CQEs that lie: forged, stale, duplicated, reordered, lost, and a tail that is
 * not possible. None may reach an owner that is not its own.
 */
#include "emulated.h"
#include "harness.h"

#include <linux/io_uring.h>

/* The next token is foreign, and bears *user_data*; see it. */
static void expect_foreign(struct fixture *f, uint64_t user_data)
{
	struct once_cqe cqe;
	uint64_t value = 0;

	assert_ok(once_peek(&f->ring, &cqe));
	assert_int_equal(once_class(&cqe), ONCE_CLASS_FOREIGN);
	assert_ok(once_user_data(&cqe, &value));
	assert_int_equal(value, user_data);
	forget_violations(f);
	assert_code(once_owner(&cqe, &once_cookie_type, &value), ONCE_FOREIGN);
	assert_violation(f, ONCE_FOREIGN);
	assert_ok(once_seen(&f->ring, &cqe));
}

/* ... and is reported as one that bears an identity of this ring. */
static void expect_stray(struct fixture *f, uint64_t user_data)
{
	struct once_completion done;
	const uint32_t held = once_held(&f->ring);

	forget_violations(f);
	assert_ok(once_reap(&f->ring, &done));
	assert_violation(f, ONCE_STRAY_CQE);
	assert_null(done.lent.type);
	assert_int_equal(done.lent.value, user_data);
	assert_int_equal(once_held(&f->ring), held);
}

static void forged_values_are_foreign(void **state)
{
	static const uint64_t values[] = {
		0, 1, 0x1234, UINT64_MAX, UINT64_MAX - 1, UINT64_MAX - 2, UINT64_C(0x7fffffffffffffff),
		UINT64_C(1) << 63
	};
	struct fixture *f = *state;

	open_ring(f, NULL);
	for (size_t i = 0; i < sizeof values / sizeof values[0]; i++) {
		emulated_forge(&f->ring, values[i], 7, 0);
		assert_no_violation(f);
		expect_foreign(f, values[i]);
	}
	assert_accounts_zero(f);
}

/* libxev #233, Mooncake #3066: a value that was right once. */
static void a_stale_identity_is_a_stray(void **state)
{
	struct fixture *f = *state;
	struct once_ticket old = { 0 }, new = { 0 };

	open_ring(f, &(struct once_config){ .memory.capacity = 1 });
	arm_nop(f, 1, &old);
	submit_all(f);
	assert_int_equal(finish(f, 1), 0);
	emulated_forge(&f->ring, old.id, 0, 0);
	expect_stray(f, old.id);
	/* the slot lives again, in another generation */
	emulated_hold(&f->ring, true);
	arm_nop(f, 2, &new);
	submit_all(f);
	assert_int_not_equal(old.id, new.id);
	emulated_forge(&f->ring, old.id, -5, 0);
	expect_stray(f, old.id);
	assert_int_equal(once_in_flight(&f->ring), 1);
	emulated_complete(&f->ring, 0, 3, 0);
	assert_int_equal(finish(f, 2), 3);
	assert_accounts_zero(f);
}

/* Every value near an identity in flight, in each of its 64 bits. */
static void an_identity_with_one_bit_wrong_reaches_nobody(void **state)
{
	struct fixture *f = *state;
	struct once_ticket ticket = { 0 };

	open_ring(f, &(struct once_config){ .memory.capacity = 3 });
	emulated_hold(&f->ring, true);
	arm_nop(f, 1, &ticket);
	submit_all(f);
	for (unsigned bit = 0; bit < 64; bit++) {
		const uint64_t wrong = ticket.id ^ (UINT64_C(1) << bit);
		struct once_completion done;

		emulated_forge(&f->ring, wrong, 0, 0);
		assert_ok(once_reap(&f->ring, &done));
		assert_null(done.lent.type);
		assert_int_equal(done.lent.value, wrong);
		assert_int_equal(once_in_flight(&f->ring), 1);
	}
	emulated_complete(&f->ring, 0, 4, 0);
	assert_int_equal(finish(f, 1), 4);
}

/* The SQE is armed, but the kernel has never read it. */
static void a_cqe_of_an_operation_not_submitted_is_a_stray(void **state)
{
	struct fixture *f = *state;
	struct once_ticket ticket = { 0 };

	open_ring(f, NULL);
	arm_nop(f, 1, &ticket);
	emulated_forge(&f->ring, ticket.id, 0, 0);
	expect_stray(f, ticket.id);
	assert_int_equal(once_armed(&f->ring), 1);
	submit_all(f);
	assert_int_equal(finish(f, 1), 0);
	assert_accounts_zero(f);
}

/* socketry/io-event #78: the first CQE is held, seen, or neither. */
static void a_duplicate_is_a_stray(void **state)
{
	struct fixture *f = *state;
	struct once_cqe cqe;
	uint64_t id;

	open_ring(f, NULL);
	arm_nop(f, 1, NULL);
	submit_all(f);
	cqe = next_token(f);
	id = emulated_duplicate(&f->ring);
	expect_stray(f, id);
	assert_int_equal(cookie_of(&cqe), 1);
	assert_ok(once_seen(&f->ring, &cqe));
	id = emulated_duplicate(&f->ring);
	expect_stray(f, id);
	arm_nop(f, 2, NULL);
	submit_all(f);
	id = emulated_duplicate(&f->ring);
	assert_int_equal(finish(f, 2), 0);
	expect_stray(f, id);
	assert_accounts_zero(f);
}

/* The same in one batch, each way that there is to deliver one. */
static void a_duplicate_in_a_batch_is_a_stray(void **state)
{
	struct fixture *f = *state;

	open_ring(f, NULL);
	for (int way = 0; way < 3; way++) {
		struct once_completion done[4];
		struct once_cqe cqes[4];

		arm_nop(f, 1, NULL);
		submit_all(f);
		emulated_duplicate(&f->ring);
		arm_nop(f, 2, NULL);
		submit_all(f);
		forget_violations(f);
		if (way == 0) {
			assert_code(once_peek_batch(&f->ring, cqes, 4), 3);
			assert_int_equal(once_class(&cqes[0]), ONCE_CLASS_OWNED);
			assert_int_equal(once_class(&cqes[1]), ONCE_CLASS_FOREIGN);
			assert_int_equal(cookie_of(&cqes[2]), 2);
			assert_code(once_seen_batch(&f->ring, cqes, 3), 3);
		} else if (way == 1) {
			assert_code(once_reap_batch(&f->ring, done, 4), 3);
			assert_int_equal(done[0].lent.value, 1);
			assert_null(done[1].lent.type);
			assert_int_equal(done[2].lent.value, 2);
		} else {
			assert_code(once_discard(&f->ring), 3);
		}
		assert_violation(f, ONCE_STRAY_CQE);
		assert_accounts_zero(f);
	}
}

/* liburing #1246: CQEs of a multishot operation after its terminal one. */
static void a_cqe_after_the_terminal_one_is_a_stray(void **state)
{
	struct fixture *f = *state;
	struct once_ticket ticket = { 0 };
	struct once_sqe sqe;
	int fds[2];

	make_pipe(f, fds);
	open_ring(f, NULL);
	emulated_hold(&f->ring, true);
	sqe = taken_sqe(f);
	once_prep_poll_multishot(&sqe, fds[0], 1);
	assert_ok(once_arm(&sqe, once_cookie(5), &ticket));
	submit_all(f);
	emulated_complete(&f->ring, 0, 1, IORING_CQE_F_MORE);
	emulated_complete(&f->ring, 0, -ECANCELED, 0);
	emulated_forge(&f->ring, ticket.id, 1, IORING_CQE_F_MORE);
	emulated_forge(&f->ring, ticket.id, 1, 0);
	assert_int_equal(finish(f, 5), 1);
	assert_int_equal(once_in_flight(&f->ring), 1);
	assert_int_equal(finish(f, 5), -ECANCELED);
	assert_int_equal(once_in_flight(&f->ring), 0);
	assert_no_violation(f);
	expect_stray(f, ticket.id);
	expect_stray(f, ticket.id);
	assert_accounts_zero(f);
}

/* Operations end in any order: each owner comes back with its own result. */
static void completions_in_every_order(void **state)
{
	enum { OPS = 5, ORDERS = 120 };
	struct fixture *f = *state;

	open_ring(f, NULL);
	emulated_hold(&f->ring, true);
	for (unsigned order = 0; order < ORDERS; order++) {
		unsigned seen = 0;
		unsigned rest = order;

		for (uint64_t i = 0; i < OPS; i++)
			arm_nop(f, 100 + i, NULL);
		submit_all(f);
		for (unsigned left = OPS; left > 0; left--) {
			/* the results tell the operations apart by age */
			emulated_complete(&f->ring, rest % left, (int32_t)(rest % left), 0);
			rest /= left;
		}
		for (unsigned i = 0; i < OPS; i++) {
			struct once_completion done;

			assert_ok(once_reap(&f->ring, &done));
			assert_true(done.lent.value >= 100 && done.lent.value < 100 + OPS);
			seen |= 1U << (done.lent.value - 100);
		}
		assert_int_equal(seen, (1U << OPS) - 1);
		assert_accounts_zero(f);
	}
	assert_no_violation(f);
}

static void exchanged_cqes_reach_their_owners(void **state)
{
	struct fixture *f = *state;

	open_ring(f, NULL);
	emulated_hold(&f->ring, true);
	for (uint64_t i = 0; i < 4; i++)
		arm_nop(f, i, NULL);
	submit_all(f);
	for (int32_t i = 0; i < 4; i++)
		emulated_complete(&f->ring, 0, 10 + i, 0);
	emulated_swap(&f->ring, 0, 3);
	emulated_swap(&f->ring, 1, 2);
	for (int32_t i = 3; i >= 0; i--)
		assert_int_equal(finish(f, (uint64_t)i), 10 + i);
	assert_accounts_zero(f);
}

/* A tail beyond the CQ is reported and not believed; what is there is not lost. */
static void an_impossible_tail_is_not_believed(void **state)
{
	static const uint32_t errors[] = { 17, 1000, 0x80000000U, 0xffffffffU - 2 };
	struct fixture *f = *state;

	open_ring(f, NULL);
	for (size_t i = 0; i < sizeof errors / sizeof errors[0]; i++) {
		struct once_cqe cqe;

		arm_nop(f, i, NULL);
		submit_all(f);
		emulated_corrupt_tail(&f->ring, errors[i]);
		assert_code(once_peek(&f->ring, &cqe), -EAGAIN);
		assert_int_not_equal(violations_of(f, ONCE_CORRUPT_CQ), 0);
		assert_int_equal(once_held(&f->ring), 0);
		assert_int_equal(once_in_flight(&f->ring), 1);
		emulated_corrupt_tail(&f->ring, 0);
		forget_violations(f);
		assert_int_equal(finish(f, i), 0);
	}
	assert_no_violation(f);
	assert_accounts_zero(f);
}

/* The kernel had no memory for a CQE: -EBADR once, and the operation never ends. */
static void a_dropped_cqe_leaves_a_survivor(void **state)
{
	const struct once_timespec short_time = { 0, 20000000 };
	struct fixture *f = *state;
	struct once_survivor survivor;
	struct once_report report;
	struct once_cqe cqe;
	uint32_t count = 0;

	open_ring(f, NULL);
	emulated_drop(&f->ring, 1);
	arm_nop(f, 1, NULL);
	arm_nop(f, 2, NULL);
	submit_all(f);
	assert_int_equal(finish(f, 2), 0);
	assert_code(once_get_events(&f->ring), -EBADR);
	assert_ok(once_get_events(&f->ring));
	assert_code(once_peek(&f->ring, &cqe), -EAGAIN);
	assert_int_equal(once_in_flight(&f->ring), 1);
	assert_code(once_drain(&f->ring, &short_time, &survivor, 1, &count), ONCE_DEADLINE);
	assert_int_equal(count, 1);
	assert_int_equal(survivor.lent.value, 1);
	assert_int_equal(survivor.state, ONCE_STATE_IN_FLIGHT);
	assert_code(once_close(&f->ring, &report), ONCE_STILL_LIVE);
	assert_int_equal(report.in_flight, 1);
	assert_ok(once_abandon(&f->ring, NULL));
}

/* Woken for nothing: no token, nothing lost, and the next wait has it. */
static void a_spurious_wake_up_is_no_completion(void **state)
{
	struct fixture *f = *state;
	struct once_cqe cqe = { 0 };

	open_ring(f, NULL);
	emulated_hold(&f->ring, true);
	arm_nop(f, 1, NULL);
	submit_all(f);
	for (int i = 0; i < 3; i++) {
		emulated_wake_spuriously(1);
		assert_code(once_wait(&f->ring, &cqe), -EAGAIN);
		assert_false(once_is_held(&cqe));
		assert_int_equal(once_in_flight(&f->ring), 1);
	}
	emulated_interrupt(1);
	assert_code(once_wait(&f->ring, &cqe), -EINTR);
	emulated_complete(&f->ring, 0, 8, 0);
	assert_int_equal(finish(f, 1), 8);
	assert_false(emulated_deadlocked(&f->ring));
}

/* A kernel that announces a second CQE where it must not: no slot is freed before the last. */
static void an_operation_reaped_with_more_to_come_lives_on(void **state)
{
	struct fixture *f = *state;
	struct once_completion done;

	open_ring(f, NULL);
	emulated_hold(&f->ring, true);
	arm_nop(f, 1, NULL);
	submit_all(f);
	emulated_complete(&f->ring, 0, 5, IORING_CQE_F_MORE);
	assert_ok(once_reap(&f->ring, &done));
	assert_int_equal(done.result, 5);
	assert_false(once_completion_is_terminal(&done));
	assert_int_equal(once_in_flight(&f->ring), 1);
	emulated_complete(&f->ring, 0, 6, 0);
	assert_ok(once_reap(&f->ring, &done));
	assert_int_equal(done.result, 6);
	assert_int_equal(done.lent.value, 1);
	assert_int_equal(once_in_flight(&f->ring), 0);
	assert_no_violation(f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		once_test(an_operation_reaped_with_more_to_come_lives_on),
		once_test(forged_values_are_foreign),
		once_test(a_stale_identity_is_a_stray),
		once_test(an_identity_with_one_bit_wrong_reaches_nobody),
		once_test(a_cqe_of_an_operation_not_submitted_is_a_stray),
		once_test(a_duplicate_is_a_stray),
		once_test(a_duplicate_in_a_batch_is_a_stray),
		once_test(a_cqe_after_the_terminal_one_is_a_stray),
		once_test(completions_in_every_order),
		once_test(exchanged_cqes_reach_their_owners),
		once_test(an_impossible_tail_is_not_believed),
		once_test(a_dropped_cqe_leaves_a_survivor),
		once_test(a_spurious_wake_up_is_no_completion),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
