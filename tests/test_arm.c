/* SPDX-License-Identifier: MIT */
/* Arm: a preparation that cannot be honoured is refused and given back; a ticket names the operation. */
#include "world.h"

#include <poll.h>

static void assert_refused(struct fixture *f, struct once_sqe *sqe, int code)
{
	assert_not_lent(f, sqe, once_cookie(13), code);
}

static void an_unprepared_sqe_is_refused(void **state)
{
	struct fixture *f = *state;
	struct once_sqe sqe = { 0 };

	open_ring(f, NULL);
	sqe = taken_sqe(f);
	assert_refused(f, &sqe, ONCE_NOT_PREPARED);
	/* flags alone are no preparation */
	sqe = taken_sqe(f);
	once_set_flags(&sqe, IOSQE_ASYNC);
	assert_refused(f, &sqe, ONCE_NOT_PREPARED);
}

static void arming_twice_is_refused(void **state)
{
	struct fixture *f = *state;
	struct once_sqe sqe = { 0 };
	struct once_sqe copy;

	open_ring(f, NULL);
	sqe = taken_sqe(f);
	once_prep_nop(&sqe);
	copy = copy_of_sqe(&sqe);
	arm_sqe(&sqe, 1, NULL);
	assert_code(once_arm(&copy, once_cookie(2), NULL), ONCE_NOT_TAKEN);
	assert_violation(f, ONCE_NOT_TAKEN);
	assert_int_equal(once_armed(&f->ring), 1);
	submit_all(f);
	assert_int_equal(finish(f, 1), 0);
	assert_accounts_zero(f);
}

static void what_an_sqe_cannot_carry_is_refused(void **state)
{
	struct fixture *f = *state;
	const size_t too_long = (size_t)UINT32_MAX + 1;
	char buffer[8] = { 0 };
	struct once_sqe sqe = { 0 };

	open_ring(f, NULL);
	sqe = taken_sqe(f);
	once_prep_read(&sqe, 0, buffer, too_long, 0);
	assert_refused(f, &sqe, ONCE_BAD_ARGUMENT);
	sqe = taken_sqe(f);
	once_prep_write(&sqe, 0, buffer, SIZE_MAX, 0);
	assert_refused(f, &sqe, ONCE_BAD_ARGUMENT);
	sqe = taken_sqe(f);
	once_prep_splice(&sqe, 0, ONCE_CURRENT, 1, ONCE_CURRENT, too_long, 0);
	assert_refused(f, &sqe, ONCE_BAD_ARGUMENT);
	sqe = taken_sqe(f);
	once_prep_send(&sqe, 0, buffer, too_long, 0);
	assert_refused(f, &sqe, ONCE_BAD_ARGUMENT);
	sqe = taken_sqe(f);
	once_prep_recv(&sqe, 0, buffer, too_long, 0);
	assert_refused(f, &sqe, ONCE_BAD_ARGUMENT);
	sqe = taken_sqe(f);
	once_prep_read_fixed(&sqe, 0, buffer, 8, 0, UINT16_MAX + 1);
	assert_refused(f, &sqe, ONCE_BAD_ARGUMENT);
	sqe = taken_sqe(f);
	once_prep_write_fixed(&sqe, 0, buffer, 8, 0, UINT16_MAX + 1);
	assert_refused(f, &sqe, ONCE_BAD_ARGUMENT);
	sqe = taken_sqe(f);
	once_prep_recv_multishot(&sqe, 0, UINT16_MAX + 1, 0);
	assert_refused(f, &sqe, ONCE_BAD_ARGUMENT);
	sqe = taken_sqe(f);
	once_prep_send_zc(&sqe, 0, buffer, 8, 0, UINT16_MAX + 1);
	assert_refused(f, &sqe, ONCE_BAD_ARGUMENT);
	sqe = taken_sqe(f);
	once_prep_timeout(&sqe, &one_hour, 0, ONCE_TIMEOUT_MULTISHOT);
	assert_refused(f, &sqe, ONCE_BAD_ARGUMENT);
	sqe = taken_sqe(f);
	once_prep_nop(&sqe);
	once_set_flags(&sqe, 1U << 8);
	assert_refused(f, &sqe, ONCE_BAD_ARGUMENT);
}

/* The first mistake is remembered; preparing again forgets it. */
static void preparing_again_replaces_the_preparation(void **state)
{
	struct fixture *f = *state;
	char buffer[8];
	struct once_sqe sqe = { 0 };

	open_ring(f, NULL);
	sqe = taken_sqe(f);
	once_prep_read(&sqe, -1, buffer, SIZE_MAX, 0);
	once_set_flags(&sqe, IOSQE_IO_LINK);
	once_prep_nop(&sqe);
	assert_int_equal(execute(f, &sqe), 0);
	assert_no_violation(f);
}

static void user_data_is_the_rings(void **state)
{
	struct fixture *f = *state;
	const uint64_t values[] = { 1, UINT64_MAX, (uint64_t)(uintptr_t)&values };
	struct once_sqe sqe = { 0 };

	open_ring(f, NULL);
	for (size_t i = 0; i < sizeof values / sizeof values[0]; i++) {
		sqe = taken_sqe(f);
		once_prep_raw(&sqe)->user_data = values[i];
		assert_refused(f, &sqe, ONCE_USER_DATA);
	}
}

/* No pointer into the ring exists: what is written after arming changes nothing. */
static void user_data_cannot_be_changed_after_arming(void **state)
{
	struct fixture *f = *state;
	struct io_uring_sqe *raw;
	struct once_sqe sqe = { 0 };

	open_ring(f, NULL);
	sqe = taken_sqe(f);
	raw = once_prep_raw(&sqe);
	raw->opcode = IORING_OP_NOP;
	arm_sqe(&sqe, 21, NULL);
	raw->user_data = UINT64_MAX;
	raw->opcode = IORING_OP_LAST;
	submit_all(f);
	assert_int_equal(finish(f, 21), 0);
	assert_no_violation(f);
	assert_accounts_zero(f);
}

static void skip_success_is_refused(void **state)
{
	struct fixture *f = *state;
	struct once_sqe sqe = { 0 };

	open_ring(f, NULL);
	sqe = taken_sqe(f);
	once_prep_nop(&sqe);
	once_set_flags(&sqe, IOSQE_CQE_SKIP_SUCCESS);
	assert_refused(f, &sqe, ONCE_SKIP_SUCCESS);
	sqe = taken_sqe(f);
	once_prep_raw(&sqe)->flags = IOSQE_CQE_SKIP_SUCCESS | IOSQE_ASYNC;
	assert_refused(f, &sqe, ONCE_SKIP_SUCCESS);
	sqe = taken_sqe(f);
	once_prep_raw(&sqe)->flags = 1U << 7;
	assert_refused(f, &sqe, ONCE_BAD_ARGUMENT);
}

static void rewriting_an_identity_is_refused(void **state)
{
	struct fixture *f = *state;
	struct io_uring_sqe *raw;
	struct once_sqe sqe = { 0 };

	open_ring(f, NULL);
	sqe = taken_sqe(f);
	raw = once_prep_raw(&sqe);
	raw->opcode = IORING_OP_POLL_REMOVE;
	raw->len = IORING_POLL_UPDATE_USER_DATA;
	raw->off = UINT64_MAX;
	assert_refused(f, &sqe, ONCE_REWRITES_ID);
}

static void a_multishot_operation_needs_credit(void **state)
{
	struct fixture *f = *state;
	/* 8 places: 5 operations, 1 for the library, 2 to lend */
	const struct once_config config = { .entries = 4, .cq_entries = 8,
					    .memory = { .capacity = 5 } };
	struct once_ticket tickets[2];
	struct once_sqe sqe = { 0 };
	int fds[2];

	open_ring(f, &config);
	make_pipe(f, fds);
	arm_poll_multishot(f, fds[0], 0, &tickets[0]);
	arm_poll_multishot(f, fds[0], 1, &tickets[1]);
	submit_all(f);
	sqe = taken_sqe(f);
	once_prep_poll_multishot(&sqe, fds[0], POLLIN);
	assert_refused(f, &sqe, ONCE_NO_CREDIT);
	arm_cancel(f, &tickets[0], 2);
	submit_all(f);
	for (int i = 0; i < 2; i++) {
		struct once_cqe cqe = next_token(f);

		assert_int_not_equal(cookie_of(&cqe), 1);
		assert_ok(once_seen(&f->ring, &cqe));
	}
	/* the credit is back */
	arm_poll_multishot(f, fds[0], 3, NULL);
	submit_all(f);
}

static void a_ticket_names_one_operation_for_ever(void **state)
{
	struct fixture *f = *state;
	const struct once_config config = { .memory = { .capacity = 1 } };
	struct once_ticket old;
	struct once_ticket new;

	open_ring(f, &config);
	arm_nop(f, 1, &old);
	assert_int_equal(once_state_of(&f->ring, &old), ONCE_STATE_ARMED);
	submit_all(f);
	assert_int_equal(once_state_of(&f->ring, &old), ONCE_STATE_IN_FLIGHT);
	assert_int_equal(finish(f, 1), 0);
	assert_int_equal(once_state_of(&f->ring, &old), ONCE_STATE_FREE);
	arm_nop(f, 2, &new);
	assert_int_equal(once_state_of(&f->ring, &old), ONCE_STATE_FREE);
	assert_int_equal(once_state_of(&f->ring, &new), ONCE_STATE_ARMED);
	submit_all(f);
	assert_int_equal(finish(f, 2), 0);
}

static void a_stale_ticket_cancels_nothing(void **state)
{
	struct fixture *f = *state;
	const struct once_config config = { .memory = { .capacity = 2 } };
	struct once_ticket stale;
	struct once_ticket live;
	struct once_sqe sqe = { 0 };

	open_ring(f, &config);
	arm_timeout(f, &one_millisecond, 1, &stale);
	submit_all(f);
	assert_int_equal(finish(f, 1), -ETIME);
	arm_timeout(f, &one_hour, 2, &live);
	submit_all(f);
	sqe = taken_sqe(f);
	once_prep_cancel(&sqe, &stale);
	assert_refused(f, &sqe, ONCE_STALE_TICKET);
	sqe = taken_sqe(f);
	once_prep_poll_remove(&sqe, &stale);
	assert_refused(f, &sqe, ONCE_STALE_TICKET);
	sqe = taken_sqe(f);
	once_prep_timeout_remove(&sqe, &stale);
	assert_refused(f, &sqe, ONCE_STALE_TICKET);
	assert_int_equal(once_state_of(&f->ring, &live), ONCE_STATE_IN_FLIGHT);
}

/* Delivered, not yet seen: it has ended, and its ticket is stale already. */
static void an_ended_operation_cannot_be_cancelled(void **state)
{
	struct fixture *f = *state;
	struct once_ticket ticket;
	struct once_sqe sqe = { 0 };
	struct once_cqe cqe = { 0 };

	open_ring(f, NULL);
	arm_nop(f, 1, &ticket);
	submit_all(f);
	cqe = next_token(f);
	assert_int_equal(once_state_of(&f->ring, &ticket), ONCE_STATE_ENDED);
	sqe = taken_sqe(f);
	once_prep_cancel(&sqe, &ticket);
	assert_refused(f, &sqe, ONCE_STALE_TICKET);
	assert_ok(once_seen(&f->ring, &cqe));
}

static void a_ticket_of_another_ring_is_refused(void **state)
{
	struct fixture *f = *state;
	struct fixture *other = second_fixture(f);
	struct once_ticket ticket;
	struct once_sqe sqe = { 0 };

	open_ring(f, NULL);
	open_ring(other, NULL);
	arm_timeout(other, &one_hour, 1, &ticket);
	submit_all(other);
	sqe = taken_sqe(f);
	once_prep_cancel(&sqe, &ticket);
	assert_refused(f, &sqe, ONCE_OTHER_RING);
	assert_code(once_state_of(&f->ring, &ticket), ONCE_OTHER_RING);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		once_test(an_unprepared_sqe_is_refused),
		once_test(arming_twice_is_refused),
		once_test(what_an_sqe_cannot_carry_is_refused),
		once_test(preparing_again_replaces_the_preparation),
		once_test(user_data_is_the_rings),
		once_test(user_data_cannot_be_changed_after_arming),
		once_test(skip_success_is_refused),
		once_test(rewriting_an_identity_is_refused),
		once_test(a_multishot_operation_needs_credit),
		once_test(a_ticket_names_one_operation_for_ever),
		once_test(a_stale_ticket_cancels_nothing),
		once_test(an_ended_operation_cannot_be_cancelled),
		once_test(a_ticket_of_another_ring_is_refused),
	};

	return cmocka_run_group_tests_name("arm", tests, NULL, NULL);
}
