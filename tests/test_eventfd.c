/* SPDX-License-Identifier: MIT */
/* Eventfd: a hint that wakes; nothing posted while disabled, or hidden by an overflow, is lost. */
#include "world.h"

#include <sys/epoll.h>

static void a_completion_signals(void **state)
{
	struct fixture *f = *state;
	int fd;

	open_ring(f, NULL);
	fd = make_eventfd(f);
	assert_true(once_eventfd_enabled(&f->ring));
	assert_ok(once_register_eventfd(&f->ring, fd));
	assert_int_equal(read_eventfd(fd), 0);
	arm_nop(f, 1, NULL);
	submit_all(f);
	assert_int_not_equal(read_eventfd(fd), 0);
	assert_int_equal(finish(f, 1), 0);
	assert_ok(once_unregister_eventfd(&f->ring));
	run_nops(f, 1);
	assert_int_equal(read_eventfd(fd), 0);
}

/* The drain rule: whoever registers is woken for what was posted before. */
static void registering_signals_what_is_there_already(void **state)
{
	struct fixture *f = *state;
	int fd;

	open_ring(f, NULL);
	fd = make_eventfd(f);
	arm_nop(f, 1, NULL);
	submit_all(f);
	assert_ok(once_register_eventfd(&f->ring, fd));
	assert_int_not_equal(read_eventfd(fd), 0);
	assert_int_equal(finish(f, 1), 0);
	assert_ok(once_unregister_eventfd(&f->ring));
	/* nothing is there: no false alarm */
	assert_ok(once_register_eventfd(&f->ring, fd));
	assert_int_equal(read_eventfd(fd), 0);
	assert_ok(once_unregister_eventfd(&f->ring));
}

/* Raw: what was posted while it was disabled is never signalled. */
static void enabling_signals_what_was_posted_while_disabled(void **state)
{
	struct fixture *f = *state;
	int fd;

	open_ring(f, NULL);
	fd = make_eventfd(f);
	assert_ok(once_register_eventfd(&f->ring, fd));
	assert_ok(once_eventfd_toggle(&f->ring, false));
	assert_false(once_eventfd_enabled(&f->ring));
	arm_nop(f, 1, NULL);
	submit_all(f);
	assert_int_equal(read_eventfd(fd), 0);
	assert_ok(once_eventfd_toggle(&f->ring, true));
	assert_true(once_eventfd_enabled(&f->ring));
	assert_int_not_equal(read_eventfd(fd), 0);
	assert_int_equal(finish(f, 1), 0);
	assert_ok(once_eventfd_toggle(&f->ring, false));
	assert_ok(once_eventfd_toggle(&f->ring, true));
	assert_int_equal(read_eventfd(fd), 0);
}

/* Raw: after reading what is in the CQ, has_overflow is true and the eventfd silent for ever. */
static void reading_until_eagain_gets_what_overflowed(void **state)
{
	struct fixture *f = *state;
	const struct once_config config = { .entries = 1, .cq_entries = 4,
					    .memory = { .capacity = 1 } };
	struct once_completion done = { 0 };
	int count = 0;
	int fd;

	open_ring(f, &config);
	fd = make_eventfd(f);
	assert_ok(once_register_eventfd(&f->ring, fd));
	for (uint32_t i = 0; i < 12; i++)
		post_foreign(f, i, i);
	assert_int_not_equal(read_eventfd(fd), 0);
	while (once_reap(&f->ring, &done) == 0) {
		assert_int_equal(done.result, count);
		count++;
	}
	assert_int_equal(count, 12);
	assert_accounts_zero(f);
}

static void enabling_signals_for_an_overflow(void **state)
{
	struct fixture *f = *state;
	const struct once_config config = { .entries = 1, .cq_entries = 4,
					    .memory = { .capacity = 1 } };
	struct once_cqe cqes[4] = { 0 };
	int fd;

	open_ring(f, &config);
	fd = make_eventfd(f);
	assert_ok(once_register_eventfd(&f->ring, fd));
	assert_ok(once_eventfd_toggle(&f->ring, false));
	for (uint32_t i = 0; i < 6; i++)
		post_foreign(f, i, i);
	assert_code(once_peek_batch(&f->ring, cqes, 4), 4);
	assert_int_equal(once_seen_batch(&f->ring, cqes, 4), 4);
	assert_int_equal(once_ready(&f->ring), 0);
	assert_ok(once_eventfd_toggle(&f->ring, true));
	assert_int_not_equal(read_eventfd(fd), 0);
	assert_code(once_discard(&f->ring), 2);
	assert_accounts_zero(f);
}

/* Async: what completes inside submit does not signal; what completes later does. */
static void async_signals_only_what_completes_later(void **state)
{
	struct fixture *f = *state;
	char buffer[4];
	int pipe[2];
	int fd;

	real_only("when a completion is 'async' is the kernel's business");
	open_ring(f, NULL);
	fd = make_eventfd(f);
	make_pipe(f, pipe);
	assert_ok(once_register_eventfd_async(&f->ring, fd));
	arm_nop(f, 1, NULL);
	submit_all(f);
	assert_int_equal(read_eventfd(fd), 0);
	assert_int_equal(finish(f, 1), 0);
	/* to a worker: it completes outside of the submit */
	{
		struct once_sqe sqe = taken_sqe(f);

		once_prep_read(&sqe, pipe[0], buffer, 4, ONCE_CURRENT);
		once_set_flags(&sqe, IOSQE_ASYNC);
		arm_sqe(&sqe, 2, NULL);
	}
	submit_all(f);
	assert_int_equal(write(pipe[1], "abcd", 4), 4);
	assert_int_equal(finish(f, 2), 4);
	assert_int_not_equal(read_eventfd(fd), 0);
}

static void the_kernels_refusals_come_through(void **state)
{
	struct fixture *f = *state;
	int fd;
	int file;

	open_ring(f, NULL);
	fd = make_eventfd(f);
	file = temp_file(f, "x", 1);
	assert_code(once_unregister_eventfd(&f->ring), -ENXIO);
	if (!on_emulated()) /* which cannot tell an eventfd from a file */
		assert_code(once_register_eventfd(&f->ring, file), -EINVAL);
	assert_code(once_register_eventfd(&f->ring, -1), -EBADF);
	assert_ok(once_register_eventfd(&f->ring, fd));
	assert_code(once_register_eventfd(&f->ring, fd), -EBUSY);
	assert_code(once_register_eventfd_async(&f->ring, fd), -EBUSY);
	assert_ok(once_unregister_eventfd(&f->ring));
	assert_code(once_unregister_eventfd(&f->ring), -ENXIO);
	assert_ok(once_register_eventfd_async(&f->ring, fd));
	assert_no_violation(f);
}

/* Without COOP_TASKRUN, the kernel's own work for the ring may end a system call with EINTR. */
static void wait_on_epoll(int epoll, int fd)
{
	struct epoll_event event;
	int rc;

	do
		rc = epoll_wait(epoll, &event, 1, 10000);
	while (rc < 0 && errno == EINTR);
	assert_int_equal(rc, 1);
	assert_int_not_equal(read_eventfd(fd), 0);
}

static void an_epoll_loop_misses_nothing(void **state)
{
	struct fixture *f = *state;
	const struct once_timespec soon = { 0, MILLISECOND };
	struct epoll_event event = { .events = EPOLLIN };
	struct once_completion done = { 0 };
	uint32_t ends = 0;
	int epoll;
	int fd;

	real_only("epoll does not make an emulated kernel go on");
	open_ring(f, NULL);
	fd = make_eventfd(f);
	epoll = keep_fd(f, epoll_create1(EPOLL_CLOEXEC));
	assert_int_equal(epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event), 0);
	assert_ok(once_register_eventfd(&f->ring, fd));
	for (uint32_t i = 0; i < 200; i++) {
		if (i % 2 == 0)
			arm_nop(f, i, NULL);
		else
			arm_timeout(f, &soon, i, NULL);
		submit_all(f);
		while (once_in_flight(&f->ring) > 4) {
			wait_on_epoll(epoll, fd);
			while (once_reap(&f->ring, &done) == 0)
				ends++;
		}
	}
	while (ends < 200) {
		wait_on_epoll(epoll, fd);
		while (once_reap(&f->ring, &done) == 0)
			ends++;
	}
	assert_accounts_zero(f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		once_test(a_completion_signals),
		once_test(registering_signals_what_is_there_already),
		once_test(enabling_signals_what_was_posted_while_disabled),
		once_test(reading_until_eagain_gets_what_overflowed),
		once_test(enabling_signals_for_an_overflow),
		once_test(async_signals_only_what_completes_later),
		once_test(the_kernels_refusals_come_through),
		once_test(an_epoll_loop_misses_nothing),
	};

	return cmocka_run_group_tests_name("eventfd", tests, NULL, NULL);
}
