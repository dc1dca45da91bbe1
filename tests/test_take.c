/* SPDX-License-Identifier: MIT */
/* Take: a place in the SQ and a slot, or an answer why not; given back, it leaves no trace. */
#include "world.h"

#define GENERATIONS (UINT64_C(1) << 40)

static void a_full_sq_is_eagain(void **state)
{
	struct fixture *f = *state;
	const struct once_config config = { .entries = 4, .cq_entries = 32 };
	struct once_sqe sqe = { 0 };

	open_ring(f, &config);
	for (uint64_t i = 0; i < 4; i++)
		arm_nop(f, i, NULL);
	assert_code(once_take(&f->ring, &sqe), -EAGAIN);
	assert_no_violation(f);
	submit_all(f);
	arm_nop(f, 4, NULL);
	submit_all(f);
	for (uint64_t i = 0; i < 5; i++)
		assert_int_equal(finish(f, i), 0);
	assert_accounts_zero(f);
}

static void taken_sqes_count_for_the_sq(void **state)
{
	struct fixture *f = *state;
	const struct once_config config = { .entries = 4, .cq_entries = 32 };
	struct once_sqe taken[4] = { 0 };
	struct once_sqe one_more;

	open_ring(f, &config);
	for (int i = 0; i < 4; i++)
		assert_ok(once_take(&f->ring, &taken[i]));
	assert_code(once_take(&f->ring, &one_more), -EAGAIN);
	assert_int_equal(once_taken(&f->ring), 4);
	for (int i = 0; i < 4; i++)
		assert_ok(once_give_back(&taken[i]));
	assert_accounts_zero(f);
}

static void admission_refuses_more_than_the_capacity(void **state)
{
	struct fixture *f = *state;
	const struct once_config config = { .memory = { .capacity = 3 } };
	struct once_cqe held[3] = { 0 };
	struct once_sqe sqe = { 0 };

	open_ring(f, &config);
	for (uint64_t i = 0; i < 3; i++)
		arm_nop(f, i, NULL);
	assert_code(once_take(&f->ring, &sqe), ONCE_NO_SLOT);
	assert_violation(f, ONCE_NO_SLOT);
	submit_all(f);
	assert_code(once_take(&f->ring, &sqe), ONCE_NO_SLOT);
	for (int i = 0; i < 3; i++)
		held[i] = next_token(f);
	/* held: the CQ places are still taken */
	assert_code(once_take(&f->ring, &sqe), ONCE_NO_SLOT);
	assert_ok(once_seen(&f->ring, &held[0]));
	arm_nop(f, 3, NULL);
	assert_code(once_take(&f->ring, &sqe), ONCE_NO_SLOT);
	assert_int_equal(once_seen_batch(&f->ring, held + 1, 2), 2);
	submit_all(f);
	assert_int_equal(finish(f, 3), 0);
	assert_accounts_zero(f);
}

static void an_sqe_given_back_is_never_submitted(void **state)
{
	struct fixture *f = *state;
	struct once_sqe unwanted;
	struct once_cqe cqe = { 0 };

	open_ring(f, NULL);
	unwanted = taken_sqe(f);
	once_prep_nop(&unwanted);
	arm_nop(f, 1, NULL);
	assert_ok(once_give_back(&unwanted));
	assert_int_equal(once_taken(&f->ring), 0);
	submit_all(f);
	assert_int_equal(finish(f, 1), 0);
	assert_code(once_peek(&f->ring, &cqe), -EAGAIN);
	assert_accounts_zero(f);
}

static void giving_back_twice_is_refused(void **state)
{
	struct fixture *f = *state;
	struct once_sqe sqe = { 0 };
	struct once_sqe copy;

	open_ring(f, NULL);
	sqe = taken_sqe(f);
	copy = copy_of_sqe(&sqe);
	assert_ok(once_give_back(&sqe));
	assert_code(once_give_back(&copy), ONCE_NOT_TAKEN);
	assert_string_equal(last_violation(f)->call, "once_give_back");
	assert_violation(f, ONCE_NOT_TAKEN);
	assert_accounts_zero(f);
}

static void giving_back_an_armed_one_is_refused(void **state)
{
	struct fixture *f = *state;
	struct once_sqe sqe = { 0 };

	open_ring(f, NULL);
	sqe = taken_sqe(f);
	once_prep_nop(&sqe);
	arm_sqe(&sqe, 5, NULL);
	sqe = copy_of_sqe(&sqe);
	assert_code(once_give_back(&sqe), ONCE_NOT_TAKEN);
	sqe = copy_of_sqe(&sqe);
	submit_all(f);
	assert_code(once_give_back(&sqe), ONCE_NOT_TAKEN);
	assert_int_equal(finish(f, 5), 0);
	sqe = copy_of_sqe(&sqe);
	assert_code(once_give_back(&sqe), ONCE_NOT_TAKEN);
	assert_int_equal(violations_of(f, ONCE_NOT_TAKEN), 3);
	assert_accounts_zero(f);
}

/* A copy of an SQE that was given back names no SQE, even when its slot lives again. */
static void a_stale_copy_does_not_name_the_slots_next_life(void **state)
{
	struct fixture *f = *state;
	const struct once_config config = { .memory = { .capacity = 1 } };
	struct once_sqe first;
	struct once_sqe old;
	struct once_sqe new;

	open_ring(f, &config);
	first = taken_sqe(f);
	once_prep_nop(&first);
	old = copy_of_sqe(&first);
	assert_ok(once_give_back(&first));
	new = taken_sqe(f);
	assert_code(once_give_back(&old), ONCE_NOT_TAKEN);
	old = copy_of_sqe(&first);
	assert_code(once_arm(&old, once_cookie(1), NULL), ONCE_NOT_TAKEN);
	assert_int_equal(last_violation(f)->slot, 0);
	assert_int_not_equal(last_violation(f)->expected, last_violation(f)->found);
	assert_int_equal(once_taken(&f->ring), 1);
	assert_ok(once_give_back(&new));
}

static void taking_and_giving_back_goes_on_for_ever(void **state)
{
	struct fixture *f = *state;
	const struct once_config config = { .entries = 2, .memory = { .capacity = 2 } };

	open_ring(f, &config);
	for (int i = 0; i < 1000; i++) {
		struct once_sqe sqe = taken_sqe(f);

		assert_conserved(f);
		assert_ok(once_give_back(&sqe));
	}
	run_nops(f, 10);
	assert_accounts_zero(f);
}

static void used_up_generations_retire_their_slot(void **state)
{
	struct fixture *f = *state;
	const struct once_config config = { .memory = { .capacity = 2 },
					    .generations_used = GENERATIONS - 3 };
	struct once_sqe sqe = { 0 };

	open_ring(f, &config);
	for (int i = 0; i < 16 && once_retired(&f->ring) < 2; i++) {
		run_nops(f, 1);
		assert_conserved(f);
	}
	assert_int_equal(once_retired(&f->ring), 2);
	assert_int_equal(once_free(&f->ring), 0);
	assert_code(once_take(&f->ring, &sqe), ONCE_WORN_OUT);
	assert_violation(f, ONCE_WORN_OUT);
	assert_accounts_zero(f);
}

/* Giving back uses up a generation as well: it must not run into the next slot's identities. */
static void giving_back_never_wears_a_slot_past_its_end(void **state)
{
	struct fixture *f = *state;
	const struct once_config config = { .memory = { .capacity = 2 },
					    .generations_used = GENERATIONS - 3 };
	struct once_sqe sqe = { 0 };

	open_ring(f, &config);
	for (int i = 0; i < 16; i++) {
		const int rc = once_take(&f->ring, &sqe);

		assert_conserved(f);
		if (rc < 0) {
			assert_code(rc, ONCE_WORN_OUT);
			break;
		}
		assert_ok(once_give_back(&sqe));
	}
	for (int i = 0; i < 16; i++) {
		struct once_ticket ticket;
		const int rc = try_nop(f, 77, &ticket);

		if (rc < 0) {
			assert_code(rc, ONCE_WORN_OUT);
			break;
		}
		/* an identity past the end would be that of another slot, and so a stray CQE */
		assert_int_equal(once_state_of(&f->ring, &ticket), ONCE_STATE_ARMED);
		submit_all(f);
		assert_int_equal(finish(f, 77), 0);
		assert_int_equal(violations_of(f, ONCE_STRAY_CQE), 0);
	}
	assert_accounts_zero(f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		once_test(a_full_sq_is_eagain),
		once_test(taken_sqes_count_for_the_sq),
		once_test(admission_refuses_more_than_the_capacity),
		once_test(an_sqe_given_back_is_never_submitted),
		once_test(giving_back_twice_is_refused),
		once_test(giving_back_an_armed_one_is_refused),
		once_test(a_stale_copy_does_not_name_the_slots_next_life),
		once_test(taking_and_giving_back_goes_on_for_ever),
		once_test(used_up_generations_retire_their_slot),
		once_test(giving_back_never_wears_a_slot_past_its_end),
	};

	return cmocka_run_group_tests_name("take", tests, NULL, NULL);
}
