/* SPDX-License-Identifier: MIT */
/* Prepare: time, cancellation, and the raw SQE for everything else. */
#include "world.h"


static void a_timeout_passes(void **state)
{
	struct fixture *f = *state;
	struct once_sqe sqe = { 0 };

	open_ring(f, NULL);
	sqe = taken_sqe(f);
	once_prep_timeout(&sqe, &one_millisecond, 0, 0);
	assert_int_equal(execute(f, &sqe), -ETIME);
	assert_accounts_zero(f);
}

static void a_timeout_may_count_completions(void **state)
{
	struct fixture *f = *state;
	struct once_sqe sqe = { 0 };

	open_ring(f, NULL);
	sqe = taken_sqe(f);
	once_prep_timeout(&sqe, &one_hour, 1, 0);
	arm_sqe(&sqe, 1, NULL);
	submit_all(f);
	arm_nop(f, 2, NULL);
	submit_all(f);
	for (int i = 0; i < 2; i++) {
		const struct once_cqe cqe = next_token(f);

		assert_int_equal(once_result(&cqe), 0);
		assert_ok(once_seen(&f->ring, &cqe));
	}
	assert_accounts_zero(f);
}

/* The time is copied: the caller's may be gone before the submit. */
static void the_time_may_die_before_the_submit(void **state)
{
	struct fixture *f = *state;
	struct once_timespec *dying;

	open_ring(f, NULL); /* or skip */
	dying = malloc(sizeof *dying);
	assert_non_null(dying);
	*dying = one_millisecond;
	arm_timeout(f, dying, 1, NULL);
	memset(dying, 0x5a, sizeof *dying);
	free(dying);
	submit_all(f);
	assert_int_equal(finish(f, 1), -ETIME);
}

static void timeout_remove_ends_the_timeout_it_names(void **state)
{
	struct fixture *f = *state;
	struct once_ticket timeouts[2];
	struct once_sqe sqe = { 0 };

	open_ring(f, NULL);
	arm_timeout(f, &one_hour, 0, &timeouts[0]);
	arm_timeout(f, &one_hour, 1, &timeouts[1]);
	submit_all(f);
	sqe = taken_sqe(f);
	once_prep_timeout_remove(&sqe, &timeouts[1]);
	arm_sqe(&sqe, 2, NULL);
	submit_all(f);
	for (int i = 0; i < 2; i++) {
		const struct once_cqe cqe = next_token(f);

		assert_int_not_equal(cookie_of(&cqe), 0);
		assert_int_equal(once_result(&cqe), cookie_of(&cqe) == 1 ? -ECANCELED : 0);
		assert_ok(once_seen(&f->ring, &cqe));
	}
	assert_int_equal(once_state_of(&f->ring, &timeouts[0]), ONCE_STATE_IN_FLIGHT);
}

static void a_link_timeout_bounds_its_operation(void **state)
{
	struct fixture *f = *state;
	struct once_sqe sqe = { 0 };
	char buffer[4];
	int fds[2];

	open_ring(f, NULL);
	make_pipe(f, fds);
	sqe = taken_sqe(f);
	once_prep_read(&sqe, fds[0], buffer, sizeof buffer, ONCE_CURRENT);
	once_set_flags(&sqe, IOSQE_IO_LINK);
	arm_sqe(&sqe, 1, NULL);
	sqe = taken_sqe(f);
	once_prep_link_timeout(&sqe, &one_millisecond, 0);
	arm_sqe(&sqe, 2, NULL);
	submit_all(f);
	for (int i = 0; i < 2; i++) {
		const struct once_cqe cqe = next_token(f);

		/* -EINTR if a worker had begun to read */
		if (cookie_of(&cqe) == 1)
			assert_true(once_result(&cqe) == -ECANCELED || once_result(&cqe) == -EINTR);
		else
			assert_int_equal(once_result(&cqe), -ETIME);
		assert_ok(once_seen(&f->ring, &cqe));
	}
	assert_accounts_zero(f);
}

static void cancel_hits_the_operation_that_the_ticket_names(void **state)
{
	struct fixture *f = *state;
	struct once_ticket tickets[3];
	char buffers[3][4];
	int fds[2];

	open_ring(f, NULL);
	make_pipe(f, fds);
	for (uint64_t i = 0; i < 3; i++)
		arm_blocked_read(f, fds[0], buffers[i], 4, i, &tickets[i]);
	submit_all(f);
	arm_cancel(f, &tickets[1], 9);
	submit_all(f);
	for (int i = 0; i < 2; i++) {
		const struct once_cqe cqe = next_token(f);
		const uint64_t cookie = cookie_of(&cqe);

		assert_true(cookie == 1 || cookie == 9);
		assert_int_equal(once_result(&cqe), cookie == 1 ? -ECANCELED : 0);
		assert_ok(once_seen(&f->ring, &cqe));
	}
	assert_int_equal(once_state_of(&f->ring, &tickets[0]), ONCE_STATE_IN_FLIGHT);
	assert_int_equal(once_state_of(&f->ring, &tickets[1]), ONCE_STATE_FREE);
	assert_int_equal(once_state_of(&f->ring, &tickets[2]), ONCE_STATE_IN_FLIGHT);
}

/* One that was armed in the same batch is not in flight yet, but its ticket is good. */
static void an_armed_operation_can_be_cancelled(void **state)
{
	struct fixture *f = *state;
	struct once_ticket ticket;

	open_ring(f, NULL);
	arm_timeout(f, &one_hour, 1, &ticket);
	arm_cancel(f, &ticket, 2);
	submit_all(f);
	for (int i = 0; i < 2; i++) {
		const struct once_cqe cqe = next_token(f);

		assert_int_equal(once_result(&cqe), cookie_of(&cqe) == 1 ? -ECANCELED : 0);
		assert_ok(once_seen(&f->ring, &cqe));
	}
	assert_accounts_zero(f);
}

/* The race that no ticket can decide: it ended on the way, and the kernel says -ENOENT. */
static void cancelling_what_has_just_ended_is_the_cancellations_result(void **state)
{
	struct fixture *f = *state;
	struct once_ticket ticket;

	open_ring(f, NULL);
	arm_nop(f, 1, &ticket);
	submit_all(f); /* posted, not delivered: the library cannot know */
	arm_cancel(f, &ticket, 2);
	submit_all(f);
	assert_int_equal(finish(f, 1), 0);
	assert_int_equal(finish(f, 2), -ENOENT);
	assert_accounts_zero(f);
}

static void a_raw_sqe_does_what_it_says(void **state)
{
	struct fixture *f = *state;
	struct io_uring_sqe *raw;
	struct once_sqe sqe = { 0 };
	const struct io_uring_sqe zeroes = { 0 };
	char buffer[4];
	int fd;

	open_ring(f, NULL);
	fd = temp_file(f, "0123456789", 10);
	sqe = taken_sqe(f);
	raw = once_prep_raw(&sqe);
	assert_memory_equal(raw, &zeroes, sizeof zeroes);
	raw->opcode = IORING_OP_READ;
	raw->fd = fd;
	raw->addr = (uintptr_t)buffer;
	raw->len = sizeof buffer;
	raw->off = 6;
	assert_int_equal(execute(f, &sqe), 4);
	assert_memory_equal(buffer, "6789", 4);
}

static void a_raw_fallocate_works(void **state)
{
	struct fixture *f = *state;
	struct io_uring_sqe *raw;
	struct once_sqe sqe = { 0 };
	int fd;

	real_only("an opcode that the library has no preparation for");
	open_ring(f, NULL);
	fd = temp_file(f, "", 0);
	sqe = taken_sqe(f);
	raw = once_prep_raw(&sqe);
	raw->opcode = IORING_OP_FALLOCATE;
	raw->fd = fd;
	raw->addr = 4096;
	assert_int_equal(execute(f, &sqe), 0);
	assert_int_equal(lseek(fd, 0, SEEK_END), 4096);
}

static void a_raw_multishot_is_recognised(void **state)
{
	struct fixture *f = *state;
	struct io_uring_sqe *raw;
	struct once_sqe sqe = { 0 };
	struct once_cqe cqe = { 0 };
	int fds[2];

	open_ring(f, NULL);
	make_pipe(f, fds);
	sqe = taken_sqe(f);
	raw = once_prep_raw(&sqe);
	raw->opcode = IORING_OP_POLL_ADD;
	raw->fd = fds[0];
	raw->len = IORING_POLL_ADD_MULTI;
	raw->poll32_events = 1; /* POLLIN */
	arm_sqe(&sqe, 1, NULL);
	submit_all(f);
	assert_int_equal(write(fds[1], "x", 1), 1);
	cqe = next_token(f);
	assert_int_equal(once_is_terminal(&cqe), 0);
	assert_ok(once_seen(&f->ring, &cqe));
	assert_int_equal(once_in_flight(&f->ring), 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		once_test(a_timeout_passes),
		once_test(a_timeout_may_count_completions),
		once_test(the_time_may_die_before_the_submit),
		once_test(timeout_remove_ends_the_timeout_it_names),
		once_test(a_link_timeout_bounds_its_operation),
		once_test(cancel_hits_the_operation_that_the_ticket_names),
		once_test(an_armed_operation_can_be_cancelled),
		once_test(cancelling_what_has_just_ended_is_the_cancellations_result),
		once_test(a_raw_sqe_does_what_it_says),
		once_test(a_raw_fallocate_works),
		once_test(a_raw_multishot_is_recognised),
	};

	return cmocka_run_group_tests_name("prepare", tests, NULL, NULL);
}
