/* SPDX-License-Identifier: MIT */
/*
 * Public bugs, class: one operation, more than one completion. Multishot and
 * zero copy; live until the completion without IORING_CQE_F_MORE.
 *
 * No completion library can answer, of this class:
 *   liburing #1545, #1433  F_BUF_MORE missing at end of file: the kernel's, about buffers
 *   liburing #963 (second half)  what a program frees on F_NOTIF is its own choice;
 *                                here the owner is returned by the terminal CQE only
 *   spdk #3610             chunks of one request in several operations: the program's sum
 */
#include "world.h"

/* The slot is removed on the first CQE; late ones wake somebody else (compio #938, monoio). */
static void tokio_8112_slot_removed_on_the_first_completion(void **state)
{
	struct fixture *f = *state;
	struct once_ticket multishot;
	struct once_ticket other;
	struct once_cqe cqe = { 0 };
	int fds[2];

	open_ring(f, NULL);
	make_pipe(f, fds);
	arm_poll_multishot(f, fds[0], 1, &multishot);
	submit_all(f);
	for (int i = 0; i < 10; i++) {
		assert_int_equal(write(fds[1], "x", 1), 1);
		cqe = next_token(f);
		assert_int_equal(cookie_of(&cqe), 1);
		assert_ok(once_seen(&f->ring, &cqe));
		arm_nop(f, 2, &other); /* takes another slot than the one that lives */
		assert_true(other.id != multishot.id);
		submit_all(f);
		assert_int_equal(finish(f, 2), 0);
		assert_int_equal(once_state_of(&f->ring, &multishot), ONCE_STATE_IN_FLIGHT);
	}
}

/* A multishot poll is ended by a CQ overflow, nobody looks at F_MORE, and the loop is deaf for life. */
static void silk_80_multishot_ended_by_an_overflow(void **state)
{
	struct fixture *f = *state;
	const struct once_config config = { .entries = 2, .cq_entries = 4,
					    .memory = { .capacity = 2 } };
	struct once_ticket ticket;
	struct once_completion done = { 0 };
	bool ended = false;
	int fds[2];

	open_ring(f, &config);
	make_pipe(f, fds);
	arm_poll_multishot(f, fds[0], 1, &ticket);
	submit_all(f);
	for (int i = 0; i < 16; i++) {
		assert_int_equal(write(fds[1], "x", 1), 1);
		assert_ok(once_get_events(&f->ring));
	}
	while (once_reap(&f->ring, &done) == 0)
		ended = ended || once_completion_is_terminal(&done);
	/* whoever asks is told: it ended, or it goes on */
	assert_int_equal(once_state_of(&f->ring, &ticket),
			 ended ? ONCE_STATE_FREE : ONCE_STATE_IN_FLIGHT);
	if (ended) {
		arm_poll_multishot(f, fds[0], 2, &ticket);
		submit_all(f);
	}
	assert_int_equal(write(fds[1], "x", 1), 1);
	assert_ok(once_wait_reap(&f->ring, &done, NULL)); /* not deaf */
}

/* In-flight counts drift, because F_MORE is taken for an end (also #308, eBay/IOManager #113). */
static void corosio_299_in_flight_drifts(void **state)
{
	struct fixture *f = *state;
	struct once_ticket ticket;
	struct once_cqe cqe = { 0 };
	int fds[2];

	open_ring(f, NULL);
	make_pipe(f, fds);
	for (int round = 0; round < 5; round++) {
		arm_poll_multishot(f, fds[0], 1, &ticket);
		submit_all(f);
		for (int i = 0; i < 7; i++) {
			char byte;

			assert_int_equal(write(fds[1], "x", 1), 1);
			cqe = next_token(f);
			assert_ok(once_seen(&f->ring, &cqe));
			assert_int_equal(once_in_flight(&f->ring), 1);
			assert_int_equal(read(fds[0], &byte, 1), 1);
		}
		arm_cancel(f, &ticket, 2);
		submit_all(f);
		while (once_in_flight(&f->ring) != 0) {
			cqe = next_token(f);
			assert_ok(once_seen(&f->ring, &cqe));
		}
		assert_accounts_zero(f);
	}
}

/* A multishot may end early, with success: only the missing F_MORE says so. */
static void liburing_805_multishot_ends_without_an_error(void **state)
{
	struct fixture *f = *state;
	struct once_ticket ticket;
	struct once_cqe cqe = { 0 };
	int fds[2];

	open_ring(f, NULL);
	make_pipe(f, fds);
	arm_poll_multishot(f, fds[0], 1, &ticket);
	arm_cancel(f, &ticket, 2); /* before anything came */
	submit_all(f);
	for (int i = 0; i < 2; i++) {
		cqe = next_token(f);
		assert_int_equal(once_is_terminal(&cqe), 1);
		assert_ok(once_seen(&f->ring, &cqe));
	}
	assert_int_equal(once_state_of(&f->ring, &ticket), ONCE_STATE_FREE);
}

/* The kernel posts a CQE after the terminal one: reported, and nobody's. */
static void liburing_1246_completion_after_the_terminal_one(void **state)
{
	struct fixture *f = *state;
	struct once_ticket ticket;
	struct once_cqe held = { 0 };
	struct once_cqe late = { 0 };

	open_ring(f, NULL);
	arm_nop(f, 1, &ticket);
	submit_all(f);
	held = next_token(f);
	post_foreign(f, ticket.id, 5); /* while the terminal one is still held */
	assert_ok(once_peek(&f->ring, &late));
	assert_violation(f, ONCE_STRAY_CQE);
	assert_int_equal(once_class(&late), ONCE_CLASS_FOREIGN);
	assert_ok(once_seen(&f->ring, &late));
	assert_int_equal(cookie_of(&held), 1);
	assert_ok(once_seen(&f->ring, &held));
	assert_accounts_zero(f);
}

/* Send with zero copy and reap until the operation ends: how many completions it took. */
static int send_to_the_end(struct fixture *f, int fd, unsigned zc_flags)
{
	struct once_sqe sqe = taken_sqe(f);
	struct once_ticket ticket;
	int completions = 0;

	once_prep_send_zc(&sqe, fd, "zero copy", 9, 0, zc_flags);
	arm_sqe(&sqe, 3, &ticket);
	submit_all(f);
	while (once_state_of(&f->ring, &ticket) != ONCE_STATE_FREE) {
		const struct once_cqe cqe = next_token(f);

		assert_int_equal(cookie_of(&cqe), 3);
		completions++;
		/* the rule: a notification if and only if the result had F_MORE */
		assert_int_equal(once_is_terminal(&cqe),
				 (once_flags(&cqe) & IORING_CQE_F_MORE) == 0);
		if (completions == 2)
			assert_int_not_equal(once_flags(&cqe) & IORING_CQE_F_NOTIF, 0);
		assert_true(completions <= 2);
		assert_ok(once_seen(&f->ring, &cqe));
	}
	assert_accounts_zero(f);
	return completions;
}

/* The notification comes or not, depending on where the send failed (also liburing #1462). */
static void netty_15599_the_notification_is_not_promised(void **state)
{
	struct fixture *f = *state;
	int fds[2];

	open_ring(f, NULL);
	make_tcp(f, fds);
	assert_int_equal(send_to_the_end(f, fds[0], 0), 2);
	assert_true(send_to_the_end(f, -1, 0) >= 1);        /* a bad descriptor */
	assert_true(send_to_the_end(f, fds[0], 1U << 15) >= 1); /* a bad flag */
}

/* The buffer is released at shutdown while its send is in flight (also spdk's early completions). */
static void netty_17238_released_at_shutdown(void **state)
{
	struct fixture *f = *state;
	struct once_survivor survivor;
	struct once_sqe sqe = { 0 };
	struct once_cqe cqe = { 0 };
	int fds[2];

	open_ring(f, NULL);
	make_tcp(f, fds);
	sqe = taken_sqe(f);
	once_prep_send_zc(&sqe, fds[0], "zero copy", 9, 0, 0);
	arm_sqe(&sqe, 4, NULL);
	submit_all(f);
	cqe = next_token(f);
	assert_int_equal(once_result(&cqe), 9);
	assert_ok(once_seen(&f->ring, &cqe));
	/* the result is there, the buffer is still the kernel's */
	assert_int_equal(once_survivors(&f->ring, &survivor, 1), 1);
	assert_int_equal(survivor.lent.value, 4);
	assert_code(once_close(&f->ring, NULL), ONCE_STILL_LIVE);
	assert_int_equal(finish(f, 4), 0);
	assert_ok(once_close(&f->ring, NULL));
}

/* "Double send completion": one completion is handled twice (msquic #5516). */
static void msquic_5516_double_send_completion(void **state)
{
	struct fixture *f = *state;
	struct once_cqe cqe = { 0 };
	struct once_cqe copy;
	int fds[2];

	open_ring(f, NULL);
	make_sockets(f, fds);
	{
		struct once_sqe sqe = taken_sqe(f);

		once_prep_send(&sqe, fds[0], "x", 1, 0);
		arm_sqe(&sqe, 1, NULL);
	}
	submit_all(f);
	cqe = next_token(f);
	copy = copy_of(&cqe);
	assert_ok(once_seen(&f->ring, &cqe));
	assert_code(once_seen(&f->ring, &copy), ONCE_SEEN_TWICE);
	assert_accounts_zero(f);
}

/* SKIP_SUCCESS on a zero-copy send: -EINVAL, after the program stopped looking for a CQE. */
static void liburing_824_skip_success_on_zero_copy(void **state)
{
	struct fixture *f = *state;
	struct once_sqe sqe = { 0 };

	open_ring(f, NULL);
	sqe = taken_sqe(f);
	once_prep_send_zc(&sqe, -1, "x", 1, 0, 0);
	once_set_flags(&sqe, IOSQE_CQE_SKIP_SUCCESS);
	assert_code(once_arm(&sqe, once_cookie(1), NULL), ONCE_SKIP_SUCCESS);
	assert_violation(f, ONCE_SKIP_SUCCESS);
	assert_accounts_zero(f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		once_test(tokio_8112_slot_removed_on_the_first_completion),
		once_test(silk_80_multishot_ended_by_an_overflow),
		once_test(corosio_299_in_flight_drifts),
		once_test(liburing_805_multishot_ends_without_an_error),
		once_test(liburing_1246_completion_after_the_terminal_one),
		once_test(netty_15599_the_notification_is_not_promised),
		once_test(netty_17238_released_at_shutdown),
		once_test(msquic_5516_double_send_completion),
		once_test(liburing_824_skip_success_on_zero_copy),
	};

	return cmocka_run_group_tests_name("public bugs: multi", tests, NULL, NULL);
}
