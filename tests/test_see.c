/* SPDX-License-Identifier: MIT */
/* See: once, in any order; a token that is not held is refused and changes nothing. */
#include "world.h"

enum { MANY = 6 };

static void hold(struct fixture *f, struct once_cqe *cqes, int count)
{
	for (int i = 0; i < count; i++)
		arm_nop(f, (uint64_t)i, NULL);
	submit_all(f);
	assert_code(once_peek_batch(&f->ring, cqes, (unsigned)count), count);
}

static void every_order_of_seeing_works(void **state)
{
	struct fixture *f = *state;
	int order[4];

	open_ring(f, NULL);
	for (order[0] = 0; order[0] < 4; order[0]++)
		for (order[1] = 0; order[1] < 4; order[1]++)
			for (order[2] = 0; order[2] < 4; order[2]++) {
				struct once_cqe cqes[4] = { 0 };
				uint32_t left = 4;

				order[3] = 6 - order[0] - order[1] - order[2];
				if (order[0] == order[1] || order[0] == order[2] ||
				    order[1] == order[2])
					continue;
				hold(f, cqes, 4);
				for (int i = 0; i < 4; i++) {
					assert_int_equal(cookie_of(&cqes[order[i]]), order[i]);
					assert_ok(once_seen(&f->ring, &cqes[order[i]]));
					assert_int_equal(once_held(&f->ring), --left);
					assert_conserved(f);
				}
				assert_accounts_zero(f);
			}
	assert_no_violation(f);
}

static void the_head_moves_over_the_seen_prefix_only(void **state)
{
	struct fixture *f = *state;
	struct once_cqe cqes[MANY] = { 0 };

	open_ring(f, NULL);
	hold(f, cqes, MANY);
	assert_ok(once_seen(&f->ring, &cqes[1]));
	assert_ok(once_seen(&f->ring, &cqes[2]));
	assert_int_equal(once_passed_total(&f->ring), 0);
	assert_ok(once_seen(&f->ring, &cqes[0]));
	assert_int_equal(once_passed_total(&f->ring), 3);
	assert_int_equal(once_seen_batch(&f->ring, cqes + 3, 3), 3);
	assert_int_equal(once_passed_total(&f->ring), MANY);
}

static void seeing_twice_is_refused(void **state)
{
	struct fixture *f = *state;
	struct once_cqe cqes[3] = { 0 };
	struct once_cqe copy = { 0 };
	struct once_cqe empty = { 0 };

	open_ring(f, NULL);
	hold(f, cqes, 3);
	copy = copy_of(&cqes[0]);
	assert_ok(once_seen(&f->ring, &cqes[0]));
	/* raw: the head moves over the second CQE, and a completion is lost */
	assert_code(once_seen(&f->ring, &copy), ONCE_SEEN_TWICE);
	assert_int_equal(last_violation(f)->position, copy.position);
	assert_string_equal(last_violation(f)->call, "once_seen");
	assert_violation(f, ONCE_SEEN_TWICE);
	assert_int_equal(once_held(&f->ring), 2);
	copy = copy_of(&cqes[2]);
	assert_ok(once_seen(&f->ring, &cqes[2]));
	assert_code(once_seen(&f->ring, &copy), ONCE_SEEN_TWICE);
	assert_violation(f, ONCE_SEEN_TWICE);
	assert_int_equal(cookie_of(&cqes[1]), 1);
	assert_ok(once_seen(&f->ring, &cqes[1]));
	assert_accounts_zero(f);
	/* raw: the head runs past the tail */
	copy = copy_of(&cqes[1]);
	assert_code(once_seen(&f->ring, &copy), ONCE_SEEN_TWICE);
	assert_code(once_peek(&f->ring, &empty), -EAGAIN);
	assert_int_equal(once_ready(&f->ring), 0);
}

/* The place is in use again, and again: the old token's position never comes back. */
static void an_old_token_stays_spent_however_often_its_place_is_used(void **state)
{
	struct fixture *f = *state;
	struct once_cqe old = { 0 };
	struct once_cqe copy = { 0 };

	open_ring(f, NULL);
	arm_nop(f, 1, NULL);
	submit_all(f);
	old = next_token(f);
	copy = copy_of(&old);
	assert_ok(once_seen(&f->ring, &old));
	for (int i = 0; i < 100; i++) {
		struct once_cqe new = { 0 };

		arm_nop(f, 2, NULL);
		submit_all(f);
		new = next_token(f);
		old = copy_of(&copy);
		assert_code(once_seen(&f->ring, &old), ONCE_SEEN_TWICE);
		assert_false(once_is_held(&copy));
		assert_code(once_result(&copy), ONCE_SPENT);
		assert_ok(once_seen(&f->ring, &new));
	}
	assert_int_equal(f->violations, 200);
	assert_accounts_zero(f);
}

static void a_token_that_was_never_issued_is_refused(void **state)
{
	struct fixture *f = *state;
	const struct once_cqe zeroed = { 0 };
	struct once_cqe token = { 0 };
	struct once_cqe forged = { 0 };

	open_ring(f, NULL);
	arm_nop(f, 1, NULL);
	submit_all(f);
	token = next_token(f);
	assert_code(once_seen(&f->ring, &zeroed), ONCE_NOT_ISSUED);
	assert_violation(f, ONCE_NOT_ISSUED);
	forged = copy_of(&token);
	forged.position++; /* not delivered yet */
	assert_code(once_seen(&f->ring, &forged), ONCE_NOT_ISSUED);
	assert_violation(f, ONCE_NOT_ISSUED);
	forged = copy_of(&token);
	forged.position = UINT64_MAX; /* the mark of a seen place */
	assert_code(once_seen(&f->ring, &forged), ONCE_NOT_ISSUED);
	assert_violation(f, ONCE_NOT_ISSUED);
	forged = copy_of(&token);
	forged.position -= 16; /* the same place, one turn earlier: before this opening */
	assert_code(once_seen(&f->ring, &forged), ONCE_NOT_ISSUED);
	assert_violation(f, ONCE_NOT_ISSUED);
	forged = copy_of(&token);
	forged.hold++; /* another place */
	forged = copy_of(&forged);
	assert_code(once_seen(&f->ring, &forged), ONCE_NOT_ISSUED);
	assert_violation(f, ONCE_NOT_ISSUED);
	assert_int_equal(once_held(&f->ring), 1);
	assert_ok(once_seen(&f->ring, &token));
	assert_accounts_zero(f);
}

static void a_token_of_another_ring_is_refused(void **state)
{
	struct fixture *f = *state;
	struct fixture *other = second_fixture(f);
	struct once_cqe mine = { 0 };
	struct once_cqe theirs = { 0 };
	struct once_cqe copy = { 0 };

	open_ring(f, NULL);
	open_ring(other, NULL);
	arm_nop(f, 1, NULL);
	submit_all(f);
	mine = next_token(f);
	arm_nop(other, 2, NULL);
	submit_all(other);
	theirs = next_token(other);
	copy = copy_of(&theirs);
	assert_code(once_seen(&f->ring, &copy), ONCE_OTHER_RING);
	assert_violation(f, ONCE_OTHER_RING);
	copy = copy_of(&mine);
	assert_code(once_seen_batch(&other->ring, &copy, 1), ONCE_OTHER_RING);
	assert_violation(other, ONCE_OTHER_RING);
	assert_ok(once_seen(&f->ring, &mine));
	assert_ok(once_seen(&other->ring, &theirs));
	assert_accounts_zero(f);
	assert_accounts_zero(other);
}

static void a_token_of_an_earlier_opening_is_refused(void **state)
{
	struct fixture *f = *state;
	struct once_cqe old = { 0 };
	struct once_cqe copy = { 0 };
	struct once_cqe new = { 0 };

	open_ring(f, NULL);
	arm_nop(f, 1, NULL);
	submit_all(f);
	old = next_token(f);
	copy = copy_of(&old);
	assert_ok(once_seen(&f->ring, &old));
	assert_ok(once_close(&f->ring, NULL));
	assert_code(once_seen(&f->ring, &copy), ONCE_NOT_OPEN);
	copy = copy_of(&copy);
	/* the same struct, the same sizes; the memory may even lie at the same place */
	open_ring(f, NULL);
	arm_nop(f, 2, NULL);
	submit_all(f);
	new = next_token(f);
	forget_violations(f);
	copy.hold = new.hold;
	copy = copy_of(&copy);
	assert_code(once_seen(&f->ring, &copy), ONCE_NOT_ISSUED);
	assert_violation(f, ONCE_NOT_ISSUED);
	assert_ok(once_seen(&f->ring, &new));
}

static void a_batch_stops_at_the_first_refused_token(void **state)
{
	struct fixture *f = *state;
	struct once_cqe cqes[MANY] = { 0 };
	struct once_cqe batch[4] = { 0 };

	open_ring(f, NULL);
	hold(f, cqes, MANY);
	batch[0] = cqes[4];
	batch[1] = cqes[0];
	batch[2] = cqes[4]; /* a second time */
	batch[3] = cqes[1];
	assert_int_equal(once_seen_batch(&f->ring, batch, 4), 2);
	assert_no_violation(f); /* the count says it; the refusal comes if it is the first */
	assert_int_equal(once_held(&f->ring), MANY - 2);
	assert_true(once_is_held(&cqes[1]));
	assert_code(once_seen_batch(&f->ring, batch + 2, 2), ONCE_SEEN_TWICE);
	assert_violation(f, ONCE_SEEN_TWICE);
	assert_int_equal(once_seen_batch(&f->ring, cqes + 1, 3), 3);
	assert_ok(once_seen(&f->ring, &cqes[5]));
	assert_accounts_zero(f);
}

static void a_batch_may_be_in_any_order(void **state)
{
	struct fixture *f = *state;
	struct once_cqe cqes[MANY] = { 0 };
	struct once_cqe shuffled[MANY] = { 0 };

	open_ring(f, NULL);
	for (int round = 0; round < 50; round++) {
		hold(f, cqes, MANY);
		for (int i = 0; i < MANY; i++)
			shuffled[i] = cqes[(i * 5 + round) % MANY];
		assert_int_equal(once_seen_batch(&f->ring, shuffled, MANY), MANY);
		assert_accounts_zero(f);
	}
	assert_int_equal(once_seen_batch(&f->ring, shuffled, 0), 0);
	assert_no_violation(f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		once_test(every_order_of_seeing_works),
		once_test(the_head_moves_over_the_seen_prefix_only),
		once_test(seeing_twice_is_refused),
		once_test(an_old_token_stays_spent_however_often_its_place_is_used),
		once_test(a_token_that_was_never_issued_is_refused),
		once_test(a_token_of_another_ring_is_refused),
		once_test(a_token_of_an_earlier_opening_is_refused),
		once_test(a_batch_stops_at_the_first_refused_token),
		once_test(a_batch_may_be_in_any_order),
	};

	return cmocka_run_group_tests_name("see", tests, NULL, NULL);
}
