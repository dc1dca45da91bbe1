/* SPDX-License-Identifier: MIT */
/* What runs out: the 32-bit counters of the rings wrap, generations wear out. */
#include "emulated.h"
#include "harness.h"

#include <linux/io_uring.h>

#define GENERATIONS (UINT64_C(1) << 40)

enum { ROUNDS = 60, BATCH = 8 };

/* Rounds of a batch, seen in a different order each time. */
static void run_batches(struct fixture *f)
{
	uint64_t done = 0;

	for (unsigned round = 0; round < ROUNDS; round++) {
		const unsigned step = round % 2 == 0 ? 3 : 5; /* prime to BATCH */
		struct once_cqe cqes[BATCH];

		for (uint64_t i = 0; i < BATCH; i++)
			arm_nop(f, done + i, NULL);
		submit_all(f);
		assert_code(once_peek_batch(&f->ring, cqes, BATCH), BATCH);
		for (unsigned i = 0; i < BATCH; i++) {
			const struct once_cqe *cqe = &cqes[(i * step + round) % BATCH];

			assert_int_equal(cookie_of(cqe), done + (i * step + round) % BATCH);
			assert_int_equal(once_held(&f->ring), BATCH - i);
			assert_ok(once_seen(&f->ring, cqe));
			assert_false(once_is_held(cqe));
			assert_conserved(f);
		}
		done += BATCH;
		assert_int_equal(once_passed_total(&f->ring), done);
		assert_int_equal(once_armed_total(&f->ring), done);
		assert_accounts_zero(f);
	}
	assert_no_violation(f);
}

/* Each starting point lets the two counters wrap at another place of a batch. */
static void wrap_with(struct fixture *f, const struct once_config *config)
{
	for (uint32_t before = 1; before < 40; before += 7) {
		emulated_start_counters(0U - before, 0U - before - 3);
		open_ring(f, config);
		run_batches(f);
		assert_ok(once_close(&f->ring, NULL));
	}
}

static void both_counters_wrap(void **state)
{
	wrap_with(*state, &(struct once_config){ .entries = 8, .memory.capacity = 12 });
}

static void both_counters_wrap_with_cqe32(void **state)
{
	wrap_with(*state, &(struct once_config){ .entries = 8, .memory.capacity = 12,
						 .flags = IORING_SETUP_CQE32 });
}

static void both_counters_wrap_in_split_mode(void **state)
{
	wrap_with(*state, &(struct once_config){ .entries = 8, .memory.capacity = 12,
						 .options = ONCE_SPLIT });
}

static void both_counters_wrap_with_sqpoll(void **state)
{
	wrap_with(*state, &(struct once_config){ .entries = 8, .memory.capacity = 12,
						 .flags = IORING_SETUP_SQPOLL });
}

static void both_counters_wrap_without_ext_arg(void **state)
{
	wrap_with(*state, &(struct once_config){ .entries = 8, .cq_entries = 32, .memory.capacity = 12,
						 .hide_features = FEAT_EXT_ARG });
}

/* The brief's own starting point, with tokens held across the wrap. */
static void tokens_held_across_the_wrap_stay_good(void **state)
{
	struct fixture *f = *state;
	struct once_cqe held[4];

	emulated_start_counters(0xfffffff0U, 0xfffffffeU);
	open_ring(f, &(struct once_config){ .entries = 8, .cq_entries = 16, .memory.capacity = 12 });
	for (uint64_t i = 0; i < 4; i++)
		arm_nop(f, i, NULL);
	submit_all(f);
	assert_code(once_peek_batch(&f->ring, held, 4), 4);
	for (uint64_t i = 4; i < 12; i++)
		arm_nop(f, i, NULL);
	submit_all(f);
	for (uint64_t i = 4; i < 12; i++)
		assert_int_equal(finish(f, i), 0);
	assert_int_equal(once_free(&f->ring), 0);
	for (uint64_t i = 4; i-- > 0;) {
		assert_int_equal(cookie_of(&held[i]), i);
		assert_ok(once_seen(&f->ring, &held[i]));
		assert_code(once_seen(&f->ring, &(struct once_cqe){ held[i].ring, held[i].hold,
								    held[i].position }),
			    ONCE_SEEN_TWICE);
	}
	assert_int_equal(once_passed_total(&f->ring), 12);
	assert_accounts_zero(f);
}

/* Short submits, a backlog and reaping while the counters wrap. */
static void the_wrap_with_faults(void **state)
{
	struct fixture *f = *state;
	uint64_t next = 0;

	emulated_start_counters(0xffffffe0U, 0xfffffff9U);
	open_ring(f, &(struct once_config){ .entries = 8, .cq_entries = 8, .memory.capacity = 7 });
	for (unsigned round = 0; round < 40; round++) {
		struct once_completion done[7];
		unsigned reaped = 0;

		for (uint64_t i = 0; i < 7; i++)
			arm_nop(f, next + i, NULL);
		emulated_submit_short(1, round % 8);
		emulated_overflow(&f->ring, round % 5);
		while (once_armed(&f->ring) != 0)
			assert_true(once_submit(&f->ring) >= 0);
		while (reaped < 7) {
			const int rc = once_reap_batch(&f->ring, done + reaped, 7 - reaped);

			assert_true(rc > 0);
			reaped += (unsigned)rc;
		}
		for (unsigned i = 0; i < 7; i++)
			assert_int_equal(done[i].lent.value, next + i);
		next += 7;
		emulated_overflow(&f->ring, 0);
		assert_accounts_zero(f);
	}
	assert_no_violation(f);
}

/* --- generations --- */

/* Every slot has a few lives left: they retire one by one, and none lives again. */
static void worn_slots_retire(void **state)
{
	const uint64_t lives = 3;
	struct fixture *f = *state;
	struct once_sqe sqe;
	uint64_t done = 0;
	int rc;

	open_ring(f, &(struct once_config){ .memory.capacity = 4,
					    .generations_used = GENERATIONS - 1 - lives });
	while ((rc = try_nop(f, done, NULL)) == 0) {
		submit_all(f);
		assert_int_equal(finish(f, done), 0);
		assert_conserved(f);
		done++;
		assert_true(done <= 4 * lives);
	}
	assert_code(rc, ONCE_WORN_OUT);
	assert_int_equal(done, 4 * lives);
	assert_int_equal(once_retired(&f->ring), 4);
	assert_int_equal(once_free(&f->ring), 0);
	assert_violation(f, ONCE_WORN_OUT);
	assert_code(once_take(&f->ring, &sqe), ONCE_WORN_OUT);
	assert_accounts_zero(f);
	assert_ok(once_close(&f->ring, NULL));
}

/* In batches, so that some slots are worn while others live. */
static void worn_slots_retire_among_live_ones(void **state)
{
	struct fixture *f = *state;
	uint64_t done = 0;

	open_ring(f, &(struct once_config){ .memory.capacity = 5,
					    .generations_used = GENERATIONS - 1 - 7 });
	while (once_retired(&f->ring) != 5) {
		uint64_t armed = 0;
		struct once_cqe cqes[5];

		while (armed < 1 + done % 4 && try_nop(f, done + armed, NULL) == 0)
			armed++;
		assert_int_not_equal(armed, 0);
		submit_all(f);
		assert_code(once_peek_batch(&f->ring, cqes, 5), armed);
		for (uint64_t i = armed; i-- > 0;) {
			assert_int_equal(cookie_of(&cqes[i]), done + i);
			assert_ok(once_seen(&f->ring, &cqes[i]));
			assert_conserved(f);
		}
		done += armed;
		assert_true(done <= 5 * 7);
	}
	assert_int_equal(done, 5 * 7);
	assert_accounts_zero(f);
}

/* A ticket of the last generation is stale for ever; its identity strays. */
static void the_last_generation_never_comes_back(void **state)
{
	struct fixture *f = *state;
	struct once_ticket last = { 0 };
	struct once_completion done;

	open_ring(f, &(struct once_config){ .memory.capacity = 1,
					    .generations_used = GENERATIONS - 2 });
	arm_nop(f, 1, &last);
	submit_all(f);
	assert_int_equal(finish(f, 1), 0);
	assert_int_equal(once_retired(&f->ring), 1);
	assert_int_not_equal(once_state_of(&f->ring, &last), ONCE_STATE_IN_FLIGHT);
	emulated_forge(&f->ring, last.id, 0, 0);
	assert_ok(once_reap(&f->ring, &done));
	assert_null(done.lent.type);
	assert_violation(f, ONCE_STRAY_CQE);
	assert_accounts_zero(f);
}

/* No program lives to see position 2^62; the counters are moved to just before it. */
static void nothing_is_taken_behind_the_last_position(void **state)
{
	const uint64_t far = (UINT64_C(1) << 62) - (UINT64_C(1) << 32);
	struct fixture *f = *state;
	struct once_submit_side *side = &f->ring.submit;
	struct once_sqe sqe;

	emulated_start_counters(0U - 3, 0);
	open_ring(f, &(struct once_config){ .entries = 8, .memory.capacity = 12 });
	arm_nop(f, 0, NULL);
	assert_code(once_submit_and_wait(&f->ring, 1), 1);
	assert_int_equal(finish(f, 0), 0);
	side->sq_tail += far;
	side->sq_lap += far;
	side->submitted += far;
	side->consumed += far;
	side->own_total += far;
	side->wear_from += far;
	arm_nop(f, 0, NULL);
	arm_nop(f, 1, NULL);
	assert_code(once_submit_and_wait(&f->ring, 2), 2);
	assert_code(once_take(&f->ring, &sqe), ONCE_WORN_OUT);
	assert_violation(f, ONCE_WORN_OUT);
	for (uint64_t i = 0; i < 2; i++)
		assert_int_equal(finish(f, i), 0);
	assert_accounts_zero(f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		once_test(both_counters_wrap),
		once_test(both_counters_wrap_with_cqe32),
		once_test(both_counters_wrap_in_split_mode),
		once_test(both_counters_wrap_with_sqpoll),
		once_test(both_counters_wrap_without_ext_arg),
		once_test(tokens_held_across_the_wrap_stay_good),
		once_test(the_wrap_with_faults),
		once_test(worn_slots_retire),
		once_test(worn_slots_retire_among_live_ones),
		once_test(the_last_generation_never_comes_back),
		once_test(nothing_is_taken_behind_the_last_position),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
