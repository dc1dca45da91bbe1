/* SPDX-License-Identifier: MIT */
/* Look: a held token answers, a spent one refuses, a zeroed one too. */
#include "world.h"

/* Two files may each have their own object for the same type. */
static const struct once_type spelled_alike = { "uint64_t cookie", sizeof(uint64_t) };
static const struct once_type of_another_size = { "uint64_t cookie", 4 };
static const struct once_type spelled_otherwise = { "struct request", sizeof(uint64_t) };

static void a_held_token_answers(void **state)
{
	struct fixture *f = *state;
	struct once_ticket ticket = { NULL, 0 };
	struct once_ticket armed;
	struct once_cqe cqe = { 0 };
	struct once_cqe copy = { 0 };
	uint64_t value = 0;

	open_ring(f, NULL);
	arm_nop(f, 4711, &armed);
	submit_all(f);
	cqe = next_token(f);
	copy = cqe; /* the same token */
	assert_true(once_is_held(&cqe) && once_is_held(&copy));
	assert_int_equal(once_result(&copy), 0);
	assert_int_equal(once_flags(&copy), 0);
	assert_int_equal(once_class(&copy), ONCE_CLASS_OWNED);
	assert_int_equal(once_is_terminal(&copy), 1);
	assert_ok(once_owner(&copy, &once_cookie_type, &value));
	assert_int_equal(value, 4711);
	assert_ok(once_ticket_of(&copy, &ticket));
	assert_true(ticket.id == armed.id && ticket.ring == armed.ring);
	assert_ok(once_user_data(&copy, &value));
	assert_true(value == armed.id);
	assert_ok(once_seen(&f->ring, &cqe));
	copy = copy_of(&copy);
	assert_false(once_is_held(&copy));
	assert_no_violation(f);
}

static void types_are_compared_by_name_and_size(void **state)
{
	struct fixture *f = *state;
	struct once_cqe cqe = { 0 };
	uint64_t value = 0;

	open_ring(f, NULL);
	arm_nop(f, 5, NULL);
	submit_all(f);
	cqe = next_token(f);
	assert_ok(once_owner(&cqe, &spelled_alike, &value));
	assert_int_equal(value, 5);
	value = 0;
	assert_code(once_owner(&cqe, &of_another_size, &value), ONCE_WRONG_TYPE);
	assert_code(once_owner(&cqe, &spelled_otherwise, &value), ONCE_WRONG_TYPE);
	assert_int_equal(value, 0); /* filled if and only if 0 */
	assert_int_equal(violations_of(f, ONCE_WRONG_TYPE), 2);
	assert_ok(once_seen(&f->ring, &cqe));
	assert_true(once_same_type(&once_cookie_type, &spelled_alike));
	assert_false(once_same_type(&once_cookie_type, &of_another_size));
}

/* Every accessor, on a token that is not held: the same answer, and it is reported. */
static void assert_spent(struct fixture *f, const struct once_cqe *cqe, uint32_t reports)
{
	struct once_ticket ticket = { NULL, 0 };
	uint64_t extra[2] = { 1, 2 };
	uint64_t value = 7;

	forget_violations(f);
	assert_code(once_result(cqe), ONCE_SPENT);
	assert_int_equal(once_flags(cqe), 0);
	assert_code(once_class(cqe), ONCE_SPENT);
	assert_code(once_is_terminal(cqe), ONCE_SPENT);
	assert_code(once_owner(cqe, &once_cookie_type, &value), ONCE_SPENT);
	assert_code(once_ticket_of(cqe, &ticket), ONCE_SPENT);
	assert_code(once_user_data(cqe, &value), ONCE_SPENT);
	assert_code(once_extra(cqe, extra), ONCE_SPENT);
	assert_int_equal(value, 7);
	assert_null(ticket.ring);
	assert_int_equal(extra[0], 1);
	assert_int_equal(violations_of(f, ONCE_SPENT), reports);
	assert_int_equal(f->violations, reports);
	forget_violations(f);
}

static void a_spent_token_answers_nothing(void **state)
{
	struct fixture *f = *state;
	struct once_cqe cqe = { 0 };
	struct once_cqe copy = { 0 };

	open_ring(f, NULL);
	arm_nop(f, 1, NULL);
	submit_all(f);
	cqe = next_token(f);
	copy = copy_of(&cqe);
	assert_ok(once_seen(&f->ring, &cqe));
	assert_spent(f, &copy, 8);
	run_nops(f, 50); /* its place is used again */
	assert_spent(f, &copy, 8);
}

static void a_zeroed_token_answers_nothing(void **state)
{
	struct fixture *f = *state;
	const struct once_cqe zeroed = { 0 };

	open_ring(f, NULL);
	assert_false(once_is_held(&zeroed));
	assert_spent(f, &zeroed, 0); /* there is no ring to report to */
}

static void extra_words_need_a_cqe32_ring(void **state)
{
	struct fixture *f = *state;
	struct once_cqe cqe = { 0 };
	uint64_t extra[2] = { 1, 2 };

	open_ring(f, NULL);
	arm_nop(f, 1, NULL);
	submit_all(f);
	cqe = next_token(f);
	assert_code(once_extra(&cqe, extra), ONCE_NOT_CQE32);
	assert_violation(f, ONCE_NOT_CQE32);
	assert_int_equal(extra[0], 1);
	assert_ok(once_seen(&f->ring, &cqe));
}

/* The owner can be asked for as often as one likes, until the token is seen. */
static void looking_changes_nothing(void **state)
{
	struct fixture *f = *state;
	struct once_cqe cqe = { 0 };

	open_ring(f, NULL);
	arm_nop(f, 9, NULL);
	submit_all(f);
	cqe = next_token(f);
	for (int i = 0; i < 10; i++) {
		assert_int_equal(cookie_of(&cqe), 9);
		assert_int_equal(once_held(&f->ring), 1);
	}
	assert_ok(once_seen(&f->ring, &cqe));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		once_test(a_held_token_answers),
		once_test(types_are_compared_by_name_and_size),
		once_test(a_spent_token_answers_nothing),
		once_test(a_zeroed_token_answers_nothing),
		once_test(extra_words_need_a_cqe32_ring),
		once_test(looking_changes_nothing),
	};

	return cmocka_run_group_tests_name("look", tests, NULL, NULL);
}
