/* SPDX-License-Identifier: MIT */
/*
 * Public bugs, class: waits, timeouts and wake-ups.
 *
 * No completion library can answer, of this class:
 *   liburing #1029  epoll on a ring's descriptor is not woken: the kernel's; use an eventfd
 *   nginx PR #1303  see libxev_31 in test_public_bugs_user_data.c
 *   libuv #4601     what a loop does between two waits
 */
#include "world.h"

/* wait_cqe() with nothing submitted: for ever. */
static void liburing_11_wait_with_nothing_in_flight(void **state)
{
	struct fixture *f = *state;
	struct once_cqe cqe = { 0 };

	open_ring(f, NULL);
	assert_code(once_wait(&f->ring, &cqe), ONCE_WOULD_HANG);
	assert_violation(f, ONCE_WOULD_HANG);
	arm_nop(f, 1, NULL); /* and submit() forgotten */
	assert_code(once_wait(&f->ring, &cqe), ONCE_WOULD_HANG);
	assert_violation(f, ONCE_WOULD_HANG);
}

/* submit_and_wait_timeout() returns 1 and a NULL CQE: a crash (ocaml-uring #88, #89). */
static void liburing_684_positive_return_with_a_null_cqe(void **state)
{
	struct fixture *f = *state;
	struct once_config config = { .cq_entries = 16 };

	for (int legacy = 0; legacy < 2; legacy++) {
		struct once_cqe cqe = { 0 };
		unsigned submitted = 0;

		config.hide_features = legacy ? IORING_FEAT_EXT_ARG : 0;
		open_ring(f, &config);
		arm_timeout(f, &one_hour, 1, NULL);
		assert_code(once_submit_and_wait_timeout(&f->ring, &cqe, 1, &one_millisecond, NULL,
							 &submitted), -ETIME);
		assert_int_equal(submitted, 1);
		assert_null(cqe.hold);
		assert_ok(once_drain(&f->ring, &(struct once_timespec){ 20, 0 }, NULL, 0, NULL));
		assert_ok(once_close(&f->ring, NULL));
	}
}

/* wait_cqe_nr(10) fills one pointer; the caller reads ten (also #160). */
static void liburing_790_wait_nr_fills_one(void **state)
{
	struct fixture *f = *state;
	struct once_cqe cqes[4] = { 0 };

	open_ring(f, NULL);
	for (uint64_t i = 0; i < 4; i++)
		arm_nop(f, i, NULL);
	submit_all(f);
	assert_ok(once_wait_nr(&f->ring, &cqes[0], 4));
	for (int i = 1; i < 4; i++) {
		cqes[i] = copy_of(&cqes[i]);
		assert_code(once_result(&cqes[i]), ONCE_SPENT); /* nothing was put there */
	}
	assert_code(once_peek_batch(&f->ring, cqes + 1, 3), 3);
	assert_int_equal(once_seen_batch(&f->ring, cqes, 4), 4);
}

/* The wait's answer is ignored, and its CQE used after a signal (RocksDB #8311, #13602). */
static void rocksdb_8311_the_waits_answer_is_ignored(void **state)
{
	struct fixture *f = *state;
	struct once_cqe cqe = { 0 };
	int ignored;

	open_ring(f, NULL);
	arm_timeout(f, &one_hour, 1, NULL);
	submit_all(f);
	ignored = once_wait_timeout(&f->ring, &cqe, &one_millisecond);
	(void)ignored; /* compilers warn about a call without this */
	cqe = copy_of(&cqe);
	assert_code(once_result(&cqe), ONCE_SPENT);
	assert_int_equal(once_in_flight(&f->ring), 1);
}

/* The timeout half of a link shares its user_data with the operation: "orphan" CQEs. */
static void vortex_145_link_timeout_shares_its_identity(void **state)
{
	struct fixture *f = *state;
	struct once_ticket tickets[2];
	struct once_sqe sqe = { 0 };
	char buffer[4];
	int fds[2];

	open_ring(f, NULL);
	make_pipe(f, fds);
	assert_int_equal(write(fds[1], "abcd", 4), 4);
	sqe = taken_sqe(f);
	once_prep_read(&sqe, fds[0], buffer, 4, ONCE_CURRENT);
	once_set_flags(&sqe, IOSQE_IO_LINK);
	arm_sqe(&sqe, 1, &tickets[0]);
	sqe = taken_sqe(f);
	once_prep_link_timeout(&sqe, &one_hour, 0);
	arm_sqe(&sqe, 2, &tickets[1]);
	assert_true(tickets[0].id != tickets[1].id);
	submit_all(f);
	for (int i = 0; i < 2; i++) {
		const struct once_cqe cqe = next_token(f);
		struct once_ticket ticket;

		assert_ok(once_ticket_of(&cqe, &ticket));
		assert_true(ticket.id == tickets[cookie_of(&cqe) - 1].id);
		if (cookie_of(&cqe) == 1)
			assert_int_equal(once_result(&cqe), 4);
		assert_ok(once_seen(&f->ring, &cqe));
	}
	assert_accounts_zero(f);
}

static void arm_from_another_frame(struct fixture *f)
{
	const struct once_timespec local = one_millisecond;

	arm_timeout(f, &local, 1, NULL);
}

static void overwrite_the_frame(void)
{
	volatile char bytes[512];

	for (size_t i = 0; i < sizeof bytes; i++)
		bytes[i] = 0x7f;
}

/* A struct __kernel_timespec on a frame that is gone at submit (also #603, #1211, QEMU). */
static void liburing_25_timespec_on_a_dead_frame(void **state)
{
	struct fixture *f = *state;

	open_ring(f, NULL);
	for (int i = 0; i < 10; i++) { /* in each place of the SQ */
		arm_from_another_frame(f);
		overwrite_the_frame();
		submit_all(f);
		assert_int_equal(finish(f, 1), -ETIME);
	}
}

/* wait_cqe_timeout() submits on one kernel, and does not on another. */
static void liburing_603_a_timed_wait_that_submits_or_not(void **state)
{
	struct fixture *f = *state;
	struct once_cqe cqe = { 0 };

	open_ring(f, NULL);
	arm_nop(f, 1, NULL);
	assert_code(once_wait_timeout(&f->ring, &cqe, &one_millisecond), -ETIME);
	assert_int_equal(once_armed(&f->ring), 1); /* the account says so */
	submit_all(f);
	assert_int_equal(finish(f, 1), 0);
}

/* The internal timeout shows up in a later submit's count. */
static void liburing_411_extra_sqe_in_the_count(void **state)
{
	struct fixture *f = *state;
	const struct once_config config = { .hide_features = IORING_FEAT_EXT_ARG,
					    .cq_entries = 16 };
	struct once_cqe cqe = { 0 };

	open_ring(f, &config);
	for (int i = 0; i < 4; i++) {
		assert_code(once_wait_timeout(&f->ring, &cqe, &one_millisecond), -ETIME);
		arm_nop(f, 1, NULL);
		assert_code(once_submit(&f->ring), 1);
		assert_int_equal(finish(f, 1), 0);
	}
	assert_int_equal(once_armed_total(&f->ring), 4);
}

/* A completion is there, and nothing wakes the loop that waits for the eventfd. */
static void libevpl_162_nothing_wakes_the_loop(void **state)
{
	struct fixture *f = *state;
	int fd;

	open_ring(f, NULL);
	fd = make_eventfd(f);
	arm_nop(f, 1, NULL);
	submit_all(f);
	assert_ok(once_register_eventfd(&f->ring, fd)); /* too late, for raw liburing */
	assert_int_not_equal(read_eventfd(fd), 0);
	assert_int_equal(finish(f, 1), 0);
	assert_ok(once_eventfd_toggle(&f->ring, false));
	arm_nop(f, 2, NULL);
	submit_all(f);
	assert_ok(once_eventfd_toggle(&f->ring, true));
	assert_int_not_equal(read_eventfd(fd), 0);
	assert_int_equal(finish(f, 2), 0);
}

/* The registered eventfd is written to, as if that made a CQE; then the loop waits for one. */
static void cwist_37_the_eventfd_makes_no_completions(void **state)
{
	struct fixture *f = *state;
	const uint64_t one = 1;
	struct once_cqe cqe = { 0 };
	int fd;

	open_ring(f, NULL);
	fd = make_eventfd(f);
	assert_ok(once_register_eventfd(&f->ring, fd));
	assert_int_equal(write(fd, &one, sizeof one), sizeof one);
	assert_code(once_wait(&f->ring, &cqe), ONCE_WOULD_HANG);
	assert_violation(f, ONCE_WOULD_HANG);
}

/* Short submit, then a wait for CQEs that never come (in the review of Mooncake #3073). */
static void mooncake_3073_wait_after_a_short_submit(void **state)
{
	struct fixture *f = *state;
	struct once_sqe sqe = { 0 };
	struct once_cqe cqe = { 0 };

	open_ring(f, NULL);
	sqe = taken_sqe(f);
	once_prep_raw(&sqe)->opcode = 0xff;
	arm_sqe(&sqe, 1, NULL);
	arm_nop(f, 2, NULL);
	assert_code(once_submit(&f->ring), 1);
	assert_code(once_wait_nr(&f->ring, &cqe, 2), ONCE_WOULD_HANG);
	assert_violation(f, ONCE_WOULD_HANG);
	submit_all(f);
	assert_ok(once_wait_nr(&f->ring, &cqe, 2));
	assert_ok(once_seen(&f->ring, &cqe));
	assert_int_equal(finish(f, 2), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		once_test(liburing_11_wait_with_nothing_in_flight),
		once_test(liburing_684_positive_return_with_a_null_cqe),
		once_test(liburing_790_wait_nr_fills_one),
		once_test(rocksdb_8311_the_waits_answer_is_ignored),
		once_test(vortex_145_link_timeout_shares_its_identity),
		once_test(liburing_25_timespec_on_a_dead_frame),
		once_test(liburing_603_a_timed_wait_that_submits_or_not),
		once_test(liburing_411_extra_sqe_in_the_count),
		once_test(libevpl_162_nothing_wakes_the_loop),
		once_test(cwist_37_the_eventfd_makes_no_completions),
		once_test(mooncake_3073_wait_after_a_short_submit),
	};

	return cmocka_run_group_tests_name("public bugs: wait", tests, NULL, NULL);
}
