/* SPDX-License-Identifier: MIT */
/* Short submits: what the kernel did not read stays armed, and nothing runs twice. */
#include "emulated.h"
#include "world.h"

#include <linux/io_uring.h>

enum { OPS = 6, UNKNOWN_OPCODE = 250 };

static void finish_in_order(struct fixture *f, uint64_t from, uint64_t to)
{
	for (uint64_t i = from; i < to; i++)
		assert_int_equal(finish(f, i), 0);
}

static void short_submits_of_each_length(void **state)
{
	struct fixture *f = *state;

	open_ring(f, NULL);
	for (unsigned length = 0; length <= OPS; length++) {
		for (uint64_t i = 0; i < OPS; i++)
			arm_nop(f, i, NULL);
		emulated_submit_short(1, length);
		assert_code(once_submit(&f->ring), length);
		assert_int_equal(once_armed(&f->ring), OPS - length);
		assert_int_equal(once_in_flight(&f->ring), length);
		finish_in_order(f, 0, length);
		assert_code(once_submit(&f->ring), OPS - length);
		finish_in_order(f, length, OPS);
		assert_accounts_zero(f);
	}
	assert_no_violation(f);
}

static void short_submits_of_each_length_that_wait(void **state)
{
	struct fixture *f = *state;

	open_ring(f, NULL);
	for (unsigned length = 0; length <= OPS; length++) {
		for (uint64_t i = 0; i < OPS; i++)
			arm_nop(f, i, NULL);
		emulated_submit_short(1, length);
		assert_code(once_submit_and_wait(&f->ring, OPS), length);
		assert_int_equal(once_armed(&f->ring), OPS - length);
		assert_int_equal(once_ready(&f->ring), length);
		if (length != OPS)
			assert_code(once_submit_and_wait(&f->ring, OPS), OPS - length);
		finish_in_order(f, 0, OPS);
		assert_accounts_zero(f);
	}
	assert_no_violation(f);
}

/* A token if and only if 0, whatever was submitted. */
static void short_submits_of_each_length_that_wait_with_a_timeout(void **state)
{
	const struct once_timespec second = { 1, 0 };
	struct fixture *f = *state;

	open_ring(f, NULL);
	for (unsigned length = 0; length <= OPS; length++) {
		struct once_cqe cqe = { 0 };
		unsigned submitted = 99;
		uint64_t first = 0;
		int rc;

		for (uint64_t i = 0; i < OPS; i++)
			arm_nop(f, i, NULL);
		emulated_submit_short(1, length);
		rc = once_submit_and_wait_timeout(&f->ring, &cqe, OPS, &second, NULL, &submitted);
		assert_int_equal(submitted, length);
		assert_int_equal(once_armed(&f->ring), OPS - length);
		assert_int_equal(rc == 0, length != 0);
		assert_int_equal(once_is_held(&cqe), rc == 0);
		if (rc == 0) {
			assert_int_equal(cookie_of(&cqe), 0);
			assert_ok(once_seen(&f->ring, &cqe));
			first = 1;
		}
		assert_code(once_submit(&f->ring), OPS - length);
		finish_in_order(f, first, OPS);
		assert_accounts_zero(f);
	}
	assert_no_violation(f);
}

static void arm_unknown(struct fixture *f, uint64_t cookie)
{
	struct once_sqe sqe = taken_sqe(f);

	once_prep_raw(&sqe)->opcode = UNKNOWN_OPCODE;
	assert_ok(once_arm(&sqe, once_cookie(cookie), NULL));
}

/* The rejected SQE has its CQE; those behind it wait for the next submit. */
static void a_rejected_sqe_ends_the_submit(void **state)
{
	struct fixture *f = *state;

	open_ring(f, NULL);
	for (uint64_t place = 0; place < OPS; place++) {
		for (uint64_t i = 0; i < OPS; i++) {
			if (i == place)
				arm_unknown(f, i);
			else
				arm_nop(f, i, NULL);
		}
		assert_code(once_submit(&f->ring), place + 1);
		assert_int_equal(once_armed(&f->ring), OPS - place - 1);
		finish_in_order(f, 0, place);
		assert_int_equal(finish(f, place), -EINVAL);
		assert_code(once_submit(&f->ring), OPS - place - 1);
		finish_in_order(f, place + 1, OPS);
	}
	assert_accounts_zero(f);
}

static void submit_all_goes_on_after_a_rejected_sqe(void **state)
{
	const struct once_config config = { .flags = IORING_SETUP_SUBMIT_ALL };
	struct fixture *f = *state;

	open_ring(f, &config);
	arm_nop(f, 0, NULL);
	arm_unknown(f, 1);
	arm_nop(f, 2, NULL);
	assert_code(once_submit(&f->ring), 3);
	assert_int_equal(finish(f, 0), 0);
	assert_int_equal(finish(f, 1), -EINVAL);
	assert_int_equal(finish(f, 2), 0);
}

/* The SQ fills up while the kernel reads nothing; each place is used again only when read. */
static void the_sq_is_full_until_the_kernel_reads(void **state)
{
	struct fixture *f = *state;
	uint64_t armed = 0;
	struct once_sqe sqe;

	open_ring(f, &(struct once_config){ .entries = 4, .cq_entries = 16, .memory.capacity = 12 });
	while (armed < 4)
		arm_nop(f, armed++, NULL);
	assert_code(once_take(&f->ring, &sqe), -EAGAIN);
	emulated_submit_short(1, 0);
	assert_code(once_submit(&f->ring), 0);
	assert_code(once_take(&f->ring, &sqe), -EAGAIN);
	emulated_submit_short(1, 1);
	assert_code(once_submit(&f->ring), 1);
	arm_nop(f, armed++, NULL);
	assert_code(once_take(&f->ring, &sqe), -EAGAIN);
	submit_all(f);
	finish_in_order(f, 0, armed);
	assert_accounts_zero(f);
}

/* A thread of the kernel reads the SQ: what it can see is in flight, awake or not. */
static void sqpoll_wakes_the_kernel_thread(void **state)
{
	const struct once_config config = { .flags = IORING_SETUP_SQPOLL, .sq_thread_idle = 1 };
	struct fixture *f = *state;
	uint64_t before;

	open_ring(f, &config);
	for (uint64_t i = 0; i < OPS; i++)
		arm_nop(f, i, NULL);
	before = emulated_calls(EMULATED_ENTER);
	assert_code(once_submit(&f->ring), OPS);
	assert_int_equal(emulated_calls(EMULATED_ENTER), before + 1);
	finish_in_order(f, 0, OPS);
	assert_accounts_zero(f);
}

/* It reads less than it was shown: what it has not read takes its place in the SQ still. */
static void sqpoll_reads_when_it_likes(void **state)
{
	const struct once_config config = {
		.entries = 4, .cq_entries = 16, .memory.capacity = 12, .flags = IORING_SETUP_SQPOLL
	};
	struct fixture *f = *state;
	struct once_sqe sqe;

	open_ring(f, &config);
	for (uint64_t i = 0; i < 4; i++)
		arm_nop(f, i, NULL);
	emulated_submit_short(1, 1);
	assert_code(once_submit(&f->ring), 4);
	assert_int_equal(once_armed(&f->ring), 0);
	assert_int_equal(once_in_flight(&f->ring), 4);
	arm_nop(f, 4, NULL);
	assert_code(once_take(&f->ring, &sqe), -EAGAIN);
	assert_code(once_submit(&f->ring), 1);
	finish_in_order(f, 0, 5);
	assert_accounts_zero(f);
}

/* How often the kernel is entered for one timeout of 1 ms, submitted and waited for. */
static uint64_t enters_of_a_wait(struct fixture *f, uint64_t cookie)
{
	const struct once_timespec moment = { 0, 1000000 };
	const uint64_t before = emulated_calls(EMULATED_ENTER);

	arm_timeout(f, &moment, cookie, NULL);
	assert_code(once_submit_and_wait(&f->ring, 1), 1);
	assert_int_equal(finish(f, cookie), -ETIME);
	return emulated_calls(EMULATED_ENTER) - before;
}

/* A submit that waits tries without; only where that was in vain the kernel is entered again. */
static void a_vain_try_not_to_wait_is_rare(void **state)
{
	struct fixture *f = *state;
	uint64_t vain = 0;

	open_ring(f, NULL);
	for (uint64_t i = 0; i < 64; i++)
		vain += enters_of_a_wait(f, i) - 1;
	assert_int_equal(vain, 6); /* the 1st, 3rd, 6th, 11th, 20th and 37th */
	run_nops(f, 4);
	assert_accounts_zero(f);
}

/* The kernel tells neither from the other where the CQ is not empty. */
static void a_signal_and_the_end_of_the_time_differ_behind_a_held_token(void **state)
{
	struct fixture *f = *state;
	struct once_cqe held = { 0 };
	struct once_cqe cqe = { 0 };
	unsigned submitted = 0;

	open_ring(f, NULL);
	arm_nop(f, 1, NULL);
	submit_all(f);
	held = next_token(f);
	assert_code(once_wait_for(&f->ring, &cqe, 1, &one_hour, NULL), -ETIME);
	emulated_interrupt(1);
	assert_code(once_wait_for(&f->ring, &cqe, 1, &one_hour, NULL), -EINTR);
	arm_timeout(f, &one_hour, 2, NULL);
	arm_timeout(f, &one_hour, 3, NULL);
	emulated_interrupt(1);
	assert_code(once_submit_and_wait_timeout(&f->ring, &cqe, 1, &one_hour, NULL, &submitted), -EINTR);
	assert_int_equal(submitted, 2);
	arm_timeout(f, &one_hour, 4, NULL);
	assert_code(once_submit_and_wait_timeout(&f->ring, &cqe, 1, &one_millisecond, NULL, &submitted),
		    -ETIME);
	assert_int_equal(submitted, 1);
	assert_ok(once_seen(&f->ring, &held));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		once_test(short_submits_of_each_length),
		once_test(short_submits_of_each_length_that_wait),
		once_test(short_submits_of_each_length_that_wait_with_a_timeout),
		once_test(a_signal_and_the_end_of_the_time_differ_behind_a_held_token),
		once_test(a_rejected_sqe_ends_the_submit),
		once_test(submit_all_goes_on_after_a_rejected_sqe),
		once_test(the_sq_is_full_until_the_kernel_reads),
		once_test(sqpoll_wakes_the_kernel_thread),
		once_test(sqpoll_reads_when_it_likes),
		once_test(a_vain_try_not_to_wait_is_rare),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
