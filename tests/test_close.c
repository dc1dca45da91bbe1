/* SPDX-License-Identifier: MIT */
/* Close: refused while anything is the kernel's or a token is out, and it says what. */
#include "world.h"

static void close_refuses_what_is_taken(void **state)
{
	struct fixture *f = *state;
	struct once_report report;
	struct once_sqe sqe = { 0 };

	open_ring(f, NULL);
	sqe = taken_sqe(f);
	assert_code(once_close(&f->ring, &report), ONCE_STILL_TAKEN);
	assert_int_equal(report.taken, 1);
	assert_int_equal(last_violation(f)->found, 1);
	assert_violation(f, ONCE_STILL_TAKEN);
	assert_ok(once_give_back(&sqe));
	assert_ok(once_close(&f->ring, NULL));
}

static void close_refuses_what_is_armed(void **state)
{
	struct fixture *f = *state;
	struct once_report report;

	open_ring(f, NULL);
	arm_nop(f, 1, NULL);
	arm_nop(f, 2, NULL);
	assert_code(once_close(&f->ring, &report), ONCE_STILL_LIVE);
	assert_int_equal(report.armed, 2);
	assert_int_equal(report.in_flight, 0);
	assert_violation(f, ONCE_STILL_LIVE);
	submit_all(f);
	assert_int_equal(finish(f, 1), 0);
	assert_int_equal(finish(f, 2), 0);
	assert_ok(once_close(&f->ring, NULL));
}

static void close_refuses_what_is_in_flight(void **state)
{
	struct fixture *f = *state;
	struct once_report report;
	char buffer[4];
	int fds[2];

	open_ring(f, NULL);
	make_pipe(f, fds);
	arm_blocked_read(f, fds[0], buffer, 4, 1, NULL);
	submit_all(f);
	assert_code(once_close(&f->ring, &report), ONCE_STILL_LIVE);
	assert_int_equal(report.in_flight, 1);
	assert_violation(f, ONCE_STILL_LIVE);
	/* refused: the ring is open, and goes on */
	assert_int_equal(write(fds[1], "abcd", 4), 4);
	assert_int_equal(finish(f, 1), 4);
	assert_ok(once_close(&f->ring, &report));
	assert_int_equal(report.in_flight, 0);
}

static void close_refuses_what_is_held(void **state)
{
	struct fixture *f = *state;
	struct once_report report;
	struct once_cqe cqe = { 0 };

	open_ring(f, NULL);
	arm_nop(f, 1, NULL);
	submit_all(f);
	cqe = next_token(f);
	assert_code(once_close(&f->ring, &report), ONCE_STILL_HELD);
	assert_int_equal(report.held, 1);
	assert_violation(f, ONCE_STILL_HELD);
	assert_int_equal(cookie_of(&cqe), 1);
	assert_ok(once_seen(&f->ring, &cqe));
	assert_ok(once_close(&f->ring, NULL));
}

static void close_refuses_what_is_ready(void **state)
{
	struct fixture *f = *state;
	struct once_report report;

	open_ring(f, NULL);
	post_foreign(f, 1, 2);
	assert_code(once_close(&f->ring, &report), ONCE_STILL_READY);
	assert_int_equal(report.ready, 1);
	assert_violation(f, ONCE_STILL_READY);
	assert_code(once_discard(&f->ring), 1);
	assert_ok(once_close(&f->ring, NULL));
}

static void close_refuses_an_overflow(void **state)
{
	struct fixture *f = *state;
	const struct once_config config = { .entries = 1, .cq_entries = 4,
					    .memory = { .capacity = 1 } };
	struct once_cqe cqes[4] = { 0 };
	struct once_report report;

	open_ring(f, &config);
	for (uint32_t i = 0; i < 5; i++)
		post_foreign(f, i, i);
	assert_code(once_peek_batch(&f->ring, cqes, 4), 4);
	assert_int_equal(once_seen_batch(&f->ring, cqes, 4), 4);
	assert_code(once_close(&f->ring, &report), ONCE_STILL_READY);
	assert_true(report.overflow);
	assert_violation(f, ONCE_STILL_READY);
	assert_code(once_discard(&f->ring), 1);
	assert_ok(once_close(&f->ring, NULL));
}

static void abandon_reports_and_closes(void **state)
{
	struct fixture *f = *state;
	static char buffer[4]; /* the kernel may write here later: never freed */
	struct once_report report;
	struct once_cqe held = { 0 };
	struct once_cqe copy = { 0 };
	int fds[2];

	open_ring(f, NULL);
	make_pipe(f, fds);
	arm_nop(f, 1, NULL);
	arm_blocked_read(f, fds[0], buffer, 4, 2, NULL);
	submit_all(f);
	held = next_token(f);
	copy = copy_of(&held);
	arm_nop(f, 3, NULL);
	(void)taken_sqe(f);
	assert_ok(once_abandon(&f->ring, &report));
	assert_int_equal(report.taken, 1);
	assert_int_equal(report.armed, 1);
	assert_int_equal(report.in_flight, 2);
	assert_int_equal(report.held, 1);
	assert_int_equal(once_capacity(&f->ring), 0);
	assert_code(once_seen(&f->ring, &copy), ONCE_NOT_OPEN);
	assert_code(once_abandon(&f->ring, NULL), ONCE_NOT_OPEN);
}

/* Exits with 0 if an SQE that was taken before the ring was abandoned is void, as it must be. */
static void use_an_abandoned_rings_sqe(void)
{
	static struct fixture child;
	struct once_sqe sqe = { 0 };
	struct once_sqe copy;
	int rc;

	if (try_open_ring(&child, NULL) != 0 || once_take(&child.ring, &sqe) != 0)
		_exit(1);
	once_prep_nop(&sqe);
	copy = copy_of_sqe(&sqe);
	if (once_abandon(&child.ring, NULL) != 0)
		_exit(1);
	rc = once_arm(&sqe, once_cookie(1), NULL);
	if (rc >= 0)
		_exit(1);
	rc = once_give_back(&copy);
	_exit(rc < 0 ? 0 : 1);
}

static void an_sqe_of_an_abandoned_ring_is_void(void **state)
{
	struct fixture *f = *state;

	open_ring(f, NULL); /* skips where no ring can be had */
	assert_int_equal(outcome_of(use_an_abandoned_rings_sqe), 0);
}

static void survivors_are_listed_without_being_touched(void **state)
{
	struct fixture *f = *state;
	struct once_survivor survivors[4];
	struct once_ticket ticket;
	uint32_t seen = 0;

	open_ring(f, NULL);
	assert_int_equal(once_survivors(&f->ring, survivors, 4), 0);
	arm_timeout(f, &one_hour, 5, &ticket);
	submit_all(f);
	arm_nop(f, 6, NULL);
	assert_int_equal(once_survivors(&f->ring, NULL, 0), 2);
	assert_int_equal(once_survivors(&f->ring, survivors, 1), 2);
	assert_int_equal(once_survivors(&f->ring, survivors, 4), 2);
	for (int i = 0; i < 2; i++) {
		assert_true(once_same_type(survivors[i].lent.type, &once_cookie_type));
		if (survivors[i].lent.value == 5) {
			assert_int_equal(survivors[i].state, ONCE_STATE_IN_FLIGHT);
			assert_true(survivors[i].ticket.id == ticket.id);
			seen |= 1;
		} else {
			assert_int_equal(survivors[i].state, ONCE_STATE_ARMED);
			assert_int_equal(survivors[i].lent.value, 6);
			seen |= 2;
		}
	}
	assert_int_equal(seen, 3);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		once_test(close_refuses_what_is_taken),
		once_test(close_refuses_what_is_armed),
		once_test(close_refuses_what_is_in_flight),
		once_test(close_refuses_what_is_held),
		once_test(close_refuses_what_is_ready),
		once_test(close_refuses_an_overflow),
		once_test(abandon_reports_and_closes),
		once_test(an_sqe_of_an_abandoned_ring_is_void),
		once_test(survivors_are_listed_without_being_touched),
	};

	return cmocka_run_group_tests_name("close", tests, NULL, NULL);
}
