/* SPDX-License-Identifier: MIT */
/* Drain and close: what cannot be cancelled survives, and is named. */
#include "emulated.h"
#include "harness.h"

#include <linux/io_uring.h>

static const struct once_timespec minute = { 60, 0 };
static const struct once_timespec moment = { 0, 20000000 };

/* *count* reads that block, of pipes that nobody writes to. */
static void arm_blocked(struct fixture *f, unsigned count, char *bytes)
{
	int fds[2];

	make_pipe(f, fds);
	for (unsigned i = 0; i < count; i++)
		arm_read(f, fds[0], &bytes[i], 1, ONCE_CURRENT, i, NULL);
}

static void a_drain_cancels_what_runs(void **state)
{
	struct fixture *f = *state;
	uint32_t count = 99;
	char bytes[6];

	open_ring(f, NULL);
	arm_blocked(f, 6, bytes);
	submit_all(f);
	assert_code(once_close(&f->ring, NULL), ONCE_STILL_LIVE);
	assert_ok(once_drain(&f->ring, &minute, NULL, 0, &count));
	assert_int_equal(count, 0);
	assert_accounts_zero(f);
	assert_ok(once_close(&f->ring, NULL));
}

/* Armed and never submitted: only a terminal completion ends an operation, so it is submitted. */
static void a_drain_submits_what_is_armed(void **state)
{
	struct fixture *f = *state;
	char bytes[6];

	open_ring(f, NULL);
	arm_blocked(f, 4, bytes);
	assert_ok(once_drain(&f->ring, &minute, NULL, 0, NULL));
	assert_accounts_zero(f);
}

static void what_ignores_the_cancellation_survives(void **state)
{
	struct fixture *f = *state;
	struct once_survivor survivors[2];
	struct once_report report;
	uint32_t count = 0;
	char bytes[5];

	open_ring(f, NULL);
	arm_blocked(f, 5, bytes);
	submit_all(f);
	emulated_ignore_cancel(&f->ring, true);
	assert_code(once_drain(&f->ring, &moment, survivors, 2, &count), ONCE_DEADLINE);
	assert_int_equal(count, 5);
	for (unsigned i = 0; i < 2; i++) {
		assert_int_equal(survivors[i].state, ONCE_STATE_IN_FLIGHT);
		assert_true(survivors[i].lent.value < 5);
		assert_int_equal(once_state_of(&f->ring, &survivors[i].ticket),
				 ONCE_STATE_IN_FLIGHT);
	}
	assert_int_not_equal(survivors[0].lent.value, survivors[1].lent.value);
	assert_int_equal(once_survivors(&f->ring, NULL, 0), 5);
	assert_code(once_close(&f->ring, &report), ONCE_STILL_LIVE);
	assert_int_equal(report.in_flight, 5);
	/* the ring works as before, and a later drain ends it */
	run_nops(f, 3);
	emulated_ignore_cancel(&f->ring, false);
	assert_ok(once_drain(&f->ring, &minute, survivors, 2, &count));
	assert_int_equal(count, 0);
	assert_accounts_zero(f);
}

static void a_survivor_can_be_abandoned(void **state)
{
	struct fixture *f = *state;
	struct once_report report;
	char bytes[1];

	open_ring(f, NULL);
	arm_blocked(f, 1, bytes);
	submit_all(f);
	emulated_ignore_cancel(&f->ring, true);
	assert_code(once_drain(&f->ring, &moment, NULL, 0, NULL), ONCE_DEADLINE);
	assert_ok(once_abandon(&f->ring, &report));
	assert_int_equal(report.in_flight, 1);
	assert_code(once_abandon(&f->ring, NULL), ONCE_NOT_OPEN);
	open_ring(f, NULL);
	run_nops(f, 2);
}

/* A kernel before 5.19 cannot cancel everything at once: one operation after the other. */
static void a_drain_without_cancel_any(void **state)
{
	struct fixture *f = *state;
	uint32_t count = 99;
	char bytes[7];

	emulated_refuse_cancel_any();
	open_ring(f, NULL);
	arm_blocked(f, 7, bytes);
	submit_all(f);
	assert_ok(once_drain(&f->ring, &minute, NULL, 0, &count));
	assert_int_equal(count, 0);
	assert_accounts_zero(f);
}

static void a_drain_without_cancel_any_and_without_ext_arg(void **state)
{
	struct fixture *f = *state;
	struct once_cqe cqe;
	char bytes[5];

	emulated_refuse_cancel_any();
	open_ring(f, &(struct once_config){ .entries = 8, .cq_entries = 32, .memory.capacity = 12,
					    .hide_features = FEAT_EXT_ARG });
	arm_blocked(f, 5, bytes);
	submit_all(f);
	emulated_interrupt(1);
	assert_true(once_wait_timeout(&f->ring, &cqe, &minute) < 0);
	assert_ok(once_drain(&f->ring, &minute, NULL, 0, NULL));
	assert_accounts_zero(f);
}

/* Each enter of a drain fails in turn: what passes by itself does not end the drain. */
static void a_drain_goes_on_after_passing_errors(void **state)
{
	static const int errors[] = { -EINTR, -EAGAIN, -EBUSY };
	struct fixture *f = *state;
	char bytes[4];

	for (size_t e = 0; e < sizeof errors / sizeof errors[0]; e++) {
		unsigned n = 0;

		do {
			open_ring(f, NULL);
			arm_blocked(f, 4, bytes);
			n++;
			emulated_fail(EMULATED_ENTER, n, errors[e]);
			assert_ok(once_drain(&f->ring, &minute, NULL, 0, NULL));
			assert_accounts_zero(f);
			assert_ok(once_close(&f->ring, NULL));
			for (uint32_t i = 0; i < f->fd_count; i++)
				close(f->fds[i]);
			f->fd_count = 0;
			assert_true(n < 50);
		} while (emulated_failed());
		assert_true(n > 1);
	}
}

/* A multishot poll and a zero-copy notification end with a drain too. */
static void a_drain_ends_multishot(void **state)
{
	struct fixture *f = *state;
	struct once_sqe sqe;
	int fds[2];

	make_pipe(f, fds);
	open_ring(f, &(struct once_config){ .memory.capacity = 6 });
	sqe = taken_sqe(f);
	once_prep_poll_multishot(&sqe, fds[0], 1);
	assert_ok(once_arm(&sqe, once_cookie(1), NULL));
	submit_all(f);
	assert_int_equal(write(fds[1], "x", 1), 1);
	emulated_run(&f->ring);
	assert_int_equal(once_ready(&f->ring), 1);
	assert_ok(once_drain(&f->ring, &minute, NULL, 0, NULL));
	assert_accounts_zero(f);
}

/* Foreign CQEs that keep coming, and a backlog, are discarded. */
static void a_drain_discards_the_backlog(void **state)
{
	struct fixture *f = *state;
	char bytes[3];

	open_ring(f, &(struct once_config){ .entries = 8, .cq_entries = 8, .memory.capacity = 7 });
	arm_blocked(f, 3, bytes);
	submit_all(f);
	for (uint64_t i = 0; i < 30; i++)
		emulated_forge(&f->ring, i, 0, 0);
	assert_ok(once_drain(&f->ring, &minute, NULL, 0, NULL));
	assert_accounts_zero(f);
	assert_ok(once_close(&f->ring, NULL));
}

/* Each thing that stands in the way of a close has a code of its own, the first one first. */
static void every_refusal_of_close(void **state)
{
	struct fixture *f = *state;
	struct once_report report;
	struct once_sqe sqe;
	struct once_cqe cqe;

	open_ring(f, NULL);
	arm_nop(f, 1, NULL);
	assert_code(once_close(&f->ring, &report), ONCE_STILL_LIVE);
	assert_int_equal(report.armed, 1);
	sqe = taken_sqe(f);
	assert_code(once_close(&f->ring, &report), ONCE_STILL_TAKEN);
	assert_code(once_drain(&f->ring, &minute, NULL, 0, NULL), ONCE_STILL_TAKEN);
	assert_int_equal(report.taken, 1);
	assert_ok(once_give_back(&sqe));
	submit_all(f);
	cqe = next_token(f);
	assert_code(once_close(&f->ring, &report), ONCE_STILL_HELD);
	assert_code(once_drain(&f->ring, &minute, NULL, 0, NULL), ONCE_STILL_HELD);
	assert_int_equal(report.held, 1);
	assert_ok(once_seen(&f->ring, &cqe));
	emulated_forge(&f->ring, 1, 0, 0);
	assert_code(once_close(&f->ring, &report), ONCE_STILL_READY);
	assert_int_equal(report.ready, 1);
	assert_code(once_discard(&f->ring), 1);
	forget_violations(f);
	assert_ok(once_close(&f->ring, &report));
	assert_int_equal(report.taken + report.armed + report.in_flight + report.held +
			 report.reserved + report.ready, 0);
	assert_no_violation(f);
}

static void close_is_refused_while_a_timeout_is_reserved(void **state)
{
	struct fixture *f = *state;
	struct once_report report;
	struct once_cqe cqe = { 0 };

	open_ring(f, &(struct once_config){ .entries = 8, .cq_entries = 32, .memory.capacity = 12,
					    .options = ONCE_EXPECT_FOREIGN,
					    .hide_features = FEAT_EXT_ARG });
	emulated_interrupt(1);
	assert_code(once_wait_timeout(&f->ring, &cqe, &minute), -EINTR);
	assert_code(once_close(&f->ring, &report), ONCE_STILL_RESERVED);
	assert_int_equal(report.reserved, 1);
	assert_ok(once_drain(&f->ring, &minute, NULL, 0, NULL));
	assert_ok(once_close(&f->ring, NULL));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		once_test(a_drain_cancels_what_runs),
		once_test(a_drain_submits_what_is_armed),
		once_test(what_ignores_the_cancellation_survives),
		once_test(a_survivor_can_be_abandoned),
		once_test(a_drain_without_cancel_any),
		once_test(a_drain_without_cancel_any_and_without_ext_arg),
		once_test(a_drain_goes_on_after_passing_errors),
		once_test(a_drain_ends_multishot),
		once_test(a_drain_discards_the_backlog),
		once_test(every_refusal_of_close),
		once_test(close_is_refused_while_a_timeout_is_reserved),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
