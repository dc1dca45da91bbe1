/* SPDX-License-Identifier: MIT */
/* Submit: what is armed goes, what is taken stands in the way, and a short submit loses nothing. */
#include "world.h"

static void nothing_armed_is_zero(void **state)
{
	struct fixture *f = *state;

	open_ring(f, NULL);
	assert_code(once_submit(&f->ring), 0);
	assert_code(once_submit_and_wait(&f->ring, 0), 0);
	assert_no_violation(f);
}

/* Whoever asks a closed ring has not become the thread that it belongs to. */
static void a_submit_on_a_closed_ring_changes_nothing(void **state)
{
	struct fixture *f = *state;

	open_ring(f, NULL);
	assert_ok(once_close(&f->ring, NULL));
	assert_code(once_submit(&f->ring), ONCE_NOT_OPEN);
	assert_code(once_submit_and_wait(&f->ring, 1), ONCE_NOT_OPEN);
	assert_int_equal(f->ring.submit.owner, 0);
}

static void submit_counts_what_became_in_flight(void **state)
{
	struct fixture *f = *state;

	open_ring(f, NULL);
	for (uint64_t i = 0; i < 5; i++)
		arm_nop(f, i, NULL);
	assert_int_equal(once_armed(&f->ring), 5);
	assert_code(once_submit(&f->ring), 5);
	assert_int_equal(once_armed(&f->ring), 0);
	assert_int_equal(once_in_flight(&f->ring), 5);
	assert_code(once_submit(&f->ring), 0);
	for (uint64_t i = 0; i < 5; i++)
		assert_int_equal(finish(f, i), 0);
	assert_accounts_zero(f);
}

static void a_taken_sqe_is_named(void **state)
{
	struct fixture *f = *state;
	struct once_sqe sqe = { 0 };
	struct once_cqe cqe = { 0 };
	unsigned submitted = 9;

	open_ring(f, NULL);
	arm_nop(f, 1, NULL);
	sqe = taken_sqe(f);
	assert_code(once_submit(&f->ring), ONCE_NOT_ARMED);
	assert_int_not_equal(last_violation(f)->slot, ONCE_NO_INDEX);
	assert_true(last_violation(f)->slot < once_capacity(&f->ring));
	assert_string_equal(last_violation(f)->call, "once_submit");
	assert_violation(f, ONCE_NOT_ARMED);
	assert_code(once_submit_and_wait(&f->ring, 1), ONCE_NOT_ARMED);
	assert_code(once_submit_and_wait_timeout(&f->ring, &cqe, 1, &one_hour, NULL, &submitted),
		    ONCE_NOT_ARMED);
	assert_int_equal(submitted, 0);
	assert_int_equal(once_armed(&f->ring), 1);
	assert_int_equal(once_in_flight(&f->ring), 0);
	assert_ok(once_give_back(&sqe));
	submit_all(f);
	assert_int_equal(finish(f, 1), 0);
}

/* An opcode that no kernel knows stops the batch; its own CQE comes, the rest stays armed. */
static void a_short_submit_leaves_the_rest_armed(void **state)
{
	struct fixture *f = *state;
	struct once_sqe sqe = { 0 };
	struct once_cqe cqe = { 0 };
	uint64_t seen = 0;

	open_ring(f, NULL);
	arm_nop(f, 0, NULL);
	sqe = taken_sqe(f);
	once_prep_raw(&sqe)->opcode = 0xff;
	arm_sqe(&sqe, 1, NULL);
	arm_nop(f, 2, NULL);
	arm_nop(f, 3, NULL);
	assert_code(once_submit(&f->ring), 2);
	assert_int_equal(once_armed(&f->ring), 2);
	assert_int_equal(once_in_flight(&f->ring), 2);
	assert_conserved(f);
	submit_all(f);
	for (int i = 0; i < 4; i++) {
		uint64_t cookie;

		cqe = next_token(f);
		cookie = cookie_of(&cqe);
		seen |= UINT64_C(1) << cookie;
		assert_int_equal(once_result(&cqe), cookie == 1 ? -EINVAL : 0);
		assert_ok(once_seen(&f->ring, &cqe));
	}
	assert_int_equal(seen, 0xf);
	assert_accounts_zero(f);
}

static void submit_all_flag_submits_past_the_bad_one(void **state)
{
	struct fixture *f = *state;
	const struct once_config config = { .flags = IORING_SETUP_SUBMIT_ALL };
	struct once_sqe sqe = { 0 };

	open_ring(f, &config);
	sqe = taken_sqe(f);
	once_prep_raw(&sqe)->opcode = 0xff;
	arm_sqe(&sqe, 1, NULL);
	arm_nop(f, 2, NULL);
	submit_all(f);
	assert_int_equal(finish(f, 1), -EINVAL);
	assert_int_equal(finish(f, 2), 0);
}

static void submit_and_wait_waits_for_as_many(void **state)
{
	struct fixture *f = *state;
	struct once_cqe cqes[4] = { 0 };

	open_ring(f, NULL);
	for (uint64_t i = 0; i < 4; i++)
		arm_timeout(f, &one_millisecond, i, NULL);
	assert_code(once_submit_and_wait(&f->ring, 4), 4);
	assert_code(once_peek_batch(&f->ring, cqes, 4), 4);
	assert_int_equal(once_seen_batch(&f->ring, cqes, 4), 4);
	assert_accounts_zero(f);
}

/* Held tokens are not counted: it waits for CQEs that can still be delivered. */
static void submit_and_wait_waits_beyond_held_tokens(void **state)
{
	struct fixture *f = *state;
	struct once_cqe held = { 0 };
	struct once_cqe cqe = { 0 };

	open_ring(f, NULL);
	arm_nop(f, 1, NULL);
	submit_all(f);
	held = next_token(f);
	arm_timeout(f, &one_millisecond, 2, NULL);
	assert_code(once_submit_and_wait(&f->ring, 1), 1);
	assert_ok(once_peek(&f->ring, &cqe));
	assert_int_equal(cookie_of(&cqe), 2);
	assert_ok(once_seen(&f->ring, &cqe));
	assert_ok(once_seen(&f->ring, &held));
}

static void waiting_for_what_cannot_come_is_refused(void **state)
{
	struct fixture *f = *state;
	struct once_cqe cqe = { 0 };
	unsigned submitted;

	open_ring(f, NULL);
	arm_nop(f, 1, NULL);
	arm_nop(f, 2, NULL);
	assert_code(once_submit_and_wait(&f->ring, 3), ONCE_WOULD_HANG);
	assert_int_equal(last_violation(f)->expected, 2);
	assert_int_equal(last_violation(f)->found, 3);
	assert_violation(f, ONCE_WOULD_HANG);
	assert_code(once_submit_and_wait_timeout(&f->ring, &cqe, 3, NULL, NULL, &submitted),
		    ONCE_WOULD_HANG);
	assert_violation(f, ONCE_WOULD_HANG);
	assert_int_equal(once_armed(&f->ring), 2); /* refused: nothing was submitted */
	assert_code(once_submit_and_wait(&f->ring, 2), 2);
	assert_int_equal(finish(f, 1), 0);
	assert_int_equal(finish(f, 2), 0);
}

static void waiting_for_more_than_the_cq_holds_is_refused(void **state)
{
	struct fixture *f = *state;
	struct once_cqe held = { 0 };
	unsigned submitted;
	struct once_cqe cqe = { 0 };

	open_ring(f, NULL);
	arm_nop(f, 1, NULL);
	submit_all(f);
	held = next_token(f);
	arm_nop(f, 2, NULL);
	assert_code(once_submit_and_wait(&f->ring, 16), ONCE_ALL_HELD);
	assert_violation(f, ONCE_ALL_HELD);
	assert_code(once_submit_and_wait_timeout(&f->ring, &cqe, UINT32_MAX, NULL, NULL, &submitted),
		    ONCE_ALL_HELD);
	assert_violation(f, ONCE_ALL_HELD);
	assert_int_equal(once_armed(&f->ring), 1);
	assert_ok(once_seen(&f->ring, &held));
}

static void submit_and_wait_timeout_delivers(void **state)
{
	struct fixture *f = *state;
	struct once_cqe cqe = { 0 };
	unsigned submitted = 9;

	open_ring(f, NULL);
	arm_nop(f, 1, NULL);
	arm_nop(f, 2, NULL);
	assert_ok(once_submit_and_wait_timeout(&f->ring, &cqe, 2, &one_hour, NULL, &submitted));
	assert_int_equal(submitted, 2);
	assert_int_equal(cookie_of(&cqe), 1);
	assert_ok(once_seen(&f->ring, &cqe));
	assert_ok(once_submit_and_wait_timeout(&f->ring, &cqe, 1, &one_hour, NULL, &submitted));
	assert_int_equal(submitted, 0);
	assert_int_equal(cookie_of(&cqe), 2);
	assert_ok(once_seen(&f->ring, &cqe));
}

static void a_timeout_after_a_submit_is_etime_and_tells_the_count(void **state)
{
	struct fixture *f = *state;
	struct once_cqe cqe = { 0 };
	unsigned submitted = 9;

	open_ring(f, NULL);
	arm_timeout(f, &one_hour, 1, NULL);
	assert_code(once_submit_and_wait_timeout(&f->ring, &cqe, 1, &one_millisecond, NULL,
						 &submitted), -ETIME);
	assert_int_equal(submitted, 1);
	assert_false(once_is_held(&cqe));
	assert_int_equal(once_in_flight(&f->ring), 1);
	/* and with nothing to submit */
	assert_code(once_submit_and_wait_timeout(&f->ring, &cqe, 1, &one_millisecond, NULL,
						 &submitted), -ETIME);
	assert_int_equal(submitted, 0);
}

static void a_timeout_with_fewer_than_wanted_delivers_one(void **state)
{
	struct fixture *f = *state;
	struct once_cqe cqe = { 0 };
	unsigned submitted = 0;

	open_ring(f, NULL);
	arm_timeout(f, &one_hour, 1, NULL);
	arm_nop(f, 2, NULL);
	assert_ok(once_submit_and_wait_timeout(&f->ring, &cqe, 2, &one_millisecond, NULL,
					       &submitted));
	assert_int_equal(submitted, 2);
	assert_int_equal(cookie_of(&cqe), 2);
	assert_ok(once_seen(&f->ring, &cqe));
}

static void a_bad_time_is_einval_and_submits_nothing(void **state)
{
	struct fixture *f = *state;
	const struct once_timespec bad[] = { { -1, 0 }, { 0, -1 }, { 0, 1000000000 } };
	struct once_cqe cqe = { 0 };
	unsigned submitted = 9;

	open_ring(f, NULL);
	arm_nop(f, 1, NULL);
	for (int i = 0; i < 3; i++) {
		assert_code(once_submit_and_wait_timeout(&f->ring, &cqe, 1, &bad[i], NULL,
							 &submitted), -EINVAL);
		assert_int_equal(submitted, 0);
	}
	assert_int_equal(once_armed(&f->ring), 1);
}

static int do_submit(struct fixture *f)
{
	return once_submit(&f->ring);
}

static int do_submit_and_wait(struct fixture *f)
{
	return once_submit_and_wait(&f->ring, 1);
}

static void another_thread_may_not_submit(void **state)
{
	struct fixture *f = *state;

	open_ring(f, NULL);
	run_nops(f, 1); /* binds the ring to this thread */
	arm_nop(f, 1, NULL);
	assert_code(in_thread(do_submit, f), ONCE_WRONG_THREAD);
	assert_violation(f, ONCE_WRONG_THREAD);
	assert_code(in_thread(do_submit_and_wait, f), ONCE_WRONG_THREAD);
	assert_violation(f, ONCE_WRONG_THREAD);
	assert_int_equal(once_armed(&f->ring), 1);
	once_hand_over(&f->ring);
	assert_code(in_thread(do_submit, f), 1);
	assert_code(once_submit(&f->ring), ONCE_WRONG_THREAD);
	forget_violations(f);
	once_hand_over(&f->ring);
	assert_int_equal(finish(f, 1), 0);
}

static void submit_and_wait_is_refused_in_split_mode(void **state)
{
	struct fixture *f = *state;
	const struct once_config config = { .options = ONCE_SPLIT };
	struct once_cqe cqe = { 0 };
	unsigned submitted;

	open_ring(f, &config);
	arm_nop(f, 1, NULL);
	assert_code(once_submit_and_wait(&f->ring, 1), ONCE_WRONG_THREAD);
	assert_violation(f, ONCE_WRONG_THREAD);
	assert_code(once_submit_and_wait_timeout(&f->ring, &cqe, 1, &one_hour, NULL, &submitted),
		    ONCE_WRONG_THREAD);
	assert_violation(f, ONCE_WRONG_THREAD);
	submit_all(f);
	assert_int_equal(finish(f, 1), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		once_test(nothing_armed_is_zero),
		once_test(a_submit_on_a_closed_ring_changes_nothing),
		once_test(submit_counts_what_became_in_flight),
		once_test(a_taken_sqe_is_named),
		once_test(a_short_submit_leaves_the_rest_armed),
		once_test(submit_all_flag_submits_past_the_bad_one),
		once_test(submit_and_wait_waits_for_as_many),
		once_test(submit_and_wait_waits_beyond_held_tokens),
		once_test(waiting_for_what_cannot_come_is_refused),
		once_test(waiting_for_more_than_the_cq_holds_is_refused),
		once_test(submit_and_wait_timeout_delivers),
		once_test(a_timeout_after_a_submit_is_etime_and_tells_the_count),
		once_test(a_timeout_with_fewer_than_wanted_delivers_one),
		once_test(a_bad_time_is_einval_and_submits_nothing),
		once_test(another_thread_may_not_submit),
		once_test(submit_and_wait_is_refused_in_split_mode),
	};

	return cmocka_run_group_tests_name("submit", tests, NULL, NULL);
}
