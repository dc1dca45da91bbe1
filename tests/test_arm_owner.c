/* SPDX-License-Identifier: MIT */
/* Arm: the owner is lent, comes back as what it was lent as, and must have a type. */
#include "world.h"

#include <poll.h>

struct request {
	int number;
};
struct other {
	int number;
	int more;
};

ONCE_OWNER(request, struct request);
ONCE_OWNER(other, struct other);

static void a_typed_owner_comes_back(void **state)
{
	struct fixture *f = *state;
	struct request mine = { 7 };
	struct request *back = NULL;
	struct other *wrong = NULL;
	struct once_sqe sqe = { 0 };
	struct once_cqe cqe = { 0 };

	open_ring(f, NULL);
	sqe = taken_sqe(f);
	once_prep_nop(&sqe);
	assert_ok(once_arm(&sqe, request_lend(&mine), NULL));
	submit_all(f);
	cqe = next_token(f);
	assert_code(other_of(&cqe, &wrong), ONCE_WRONG_TYPE);
	assert_null(wrong);
	assert_ok(request_of(&cqe, &back));
	assert_ptr_equal(back, &mine);
	assert_ok(once_seen(&f->ring, &cqe));
	assert_violation(f, ONCE_WRONG_TYPE);
}

static void every_cookie_comes_back_whole(void **state)
{
	struct fixture *f = *state;
	/* none of them is special, not even LIBURING_UDATA_TIMEOUT */
	const uint64_t cookies[] = { 0, 1, UINT64_MAX, UINT64_MAX - 1, UINT64_MAX - 2,
				     UINT64_C(0x8000000000000000), UINT32_MAX };

	open_ring(f, NULL);
	for (size_t i = 0; i < sizeof cookies / sizeof cookies[0]; i++) {
		arm_nop(f, cookies[i], NULL);
		submit_all(f);
		assert_int_equal(finish(f, cookies[i]), 0);
	}
	assert_accounts_zero(f);
	assert_no_violation(f);
}

/* A completion whose owner has no type is a foreign one: no operation may look like that. */
static void an_owner_without_a_type_is_refused(void **state)
{
	struct fixture *f = *state;
	const struct once_lent nothing = { 0, NULL };
	const struct once_lent untyped = { 7, NULL };
	char buffer[8] = { 0 };
	struct once_ticket ticket;
	struct once_sqe sqe = { 0 };
	int fds[2];

	open_ring(f, NULL);
	make_pipe(f, fds);
	sqe = taken_sqe(f);
	once_prep_nop(&sqe);
	assert_not_lent(f, &sqe, nothing, ONCE_BAD_ARGUMENT);
	sqe = taken_sqe(f);
	once_prep_read(&sqe, fds[0], buffer, sizeof buffer, 0);
	assert_not_lent(f, &sqe, untyped, ONCE_BAD_ARGUMENT);
	sqe = taken_sqe(f);
	once_prep_timeout(&sqe, &one_hour, 0, 0);
	assert_not_lent(f, &sqe, nothing, ONCE_BAD_ARGUMENT);
	sqe = taken_sqe(f);
	once_prep_poll_multishot(&sqe, fds[0], POLLIN);
	assert_not_lent(f, &sqe, nothing, ONCE_BAD_ARGUMENT);
	arm_timeout(f, &one_hour, 1, &ticket);
	submit_all(f);
	sqe = taken_sqe(f);
	once_prep_cancel(&sqe, &ticket);
	assert_not_lent(f, &sqe, nothing, ONCE_BAD_ARGUMENT);
	submit_all(f);
	assert_int_equal(once_state_of(&f->ring, &ticket), ONCE_STATE_IN_FLIGHT);
}

/* What was wrong with the SQE before it was armed is what is said. */
static void a_fault_of_the_sqe_is_said_before_the_missing_type(void **state)
{
	struct fixture *f = *state;
	const struct once_lent nothing = { 0, NULL };
	struct once_sqe sqe = { 0 };
	struct once_sqe copy;

	open_ring(f, NULL);
	sqe = taken_sqe(f);
	assert_not_lent(f, &sqe, nothing, ONCE_NOT_PREPARED);
	sqe = taken_sqe(f);
	once_prep_nop(&sqe);
	once_set_flags(&sqe, IOSQE_CQE_SKIP_SUCCESS);
	assert_not_lent(f, &sqe, nothing, ONCE_SKIP_SUCCESS);
	sqe = taken_sqe(f);
	once_prep_nop(&sqe);
	copy = copy_of_sqe(&sqe);
	arm_sqe(&sqe, 1, NULL);
	assert_code(once_arm(&copy, nothing, NULL), ONCE_NOT_TAKEN);
	assert_violation(f, ONCE_NOT_TAKEN);
	submit_all(f);
	assert_int_equal(finish(f, 1), 0);
	assert_accounts_zero(f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		once_test(a_typed_owner_comes_back),
		once_test(every_cookie_comes_back_whole),
		once_test(an_owner_without_a_type_is_refused),
		once_test(a_fault_of_the_sqe_is_said_before_the_missing_type),
	};

	return cmocka_run_group_tests_name("arm_owner", tests, NULL, NULL);
}
