/* SPDX-License-Identifier: MIT */
/* Deliver: each CQE once, in order; empty means empty; what is not ours is foreign. */
#include "world.h"

#include <sys/uio.h>

static void empty_is_eagain(void **state)
{
	struct fixture *f = *state;
	struct once_cqe cqes[2] = { 0 };
	struct once_cqe cqe = { 0 };

	open_ring(f, NULL);
	assert_code(once_peek(&f->ring, &cqe), -EAGAIN);
	assert_false(once_is_held(&cqe));
	assert_code(once_peek_batch(&f->ring, cqes, 2), -EAGAIN);
	assert_code(once_peek_batch(&f->ring, cqes, 0), 0);
	assert_no_violation(f);
}

static void each_peek_delivers_the_next_one(void **state)
{
	struct fixture *f = *state;
	struct once_cqe cqes[5] = { 0 };
	struct once_cqe more = { 0 };

	open_ring(f, NULL);
	for (uint64_t i = 0; i < 5; i++)
		arm_nop(f, i, NULL);
	submit_all(f);
	for (uint64_t i = 0; i < 5; i++) {
		assert_ok(once_peek(&f->ring, &cqes[i]));
		assert_int_equal(cookie_of(&cqes[i]), i);
	}
	assert_int_equal(once_held(&f->ring), 5);
	assert_code(once_peek(&f->ring, &more), -EAGAIN);
	assert_int_equal(once_seen_batch(&f->ring, cqes, 5), 5);
	assert_accounts_zero(f);
}

static void a_batch_delivers_what_there_is(void **state)
{
	struct fixture *f = *state;
	struct once_cqe cqes[16] = { 0 };

	open_ring(f, NULL);
	for (uint64_t i = 0; i < 7; i++)
		arm_nop(f, i, NULL);
	submit_all(f);
	assert_code(once_peek_batch(&f->ring, cqes, 3), 3);
	assert_code(once_peek_batch(&f->ring, cqes + 3, 13), 4);
	assert_code(once_peek_batch(&f->ring, cqes + 7, 9), -EAGAIN);
	for (uint64_t i = 0; i < 7; i++) {
		assert_int_equal(cookie_of(&cqes[i]), i);
		assert_true(i == 0 || cqes[i].position > cqes[i - 1].position);
	}
	assert_int_equal(once_seen_batch(&f->ring, cqes, 7), 7);
	assert_accounts_zero(f);
}

static void a_held_one_is_never_delivered_again(void **state)
{
	struct fixture *f = *state;
	struct once_cqe first = { 0 };

	open_ring(f, NULL);
	arm_nop(f, 0, NULL);
	submit_all(f);
	first = next_token(f);
	for (uint64_t i = 1; i < 100; i++) {
		/* seven places are enough: the head waits for the first one */
		if (i % 7 == 0) {
			assert_ok(once_seen(&f->ring, &first));
			arm_nop(f, 0, NULL);
			submit_all(f);
			first = next_token(f);
			assert_int_equal(cookie_of(&first), 0);
		}
		arm_nop(f, i, NULL);
		submit_all(f);
		assert_int_equal(finish(f, i), 0);
	}
	assert_ok(once_seen(&f->ring, &first));
	assert_accounts_zero(f);
}

static void assert_foreign(struct fixture *f, struct once_cqe *cqe, uint64_t user_data,
			   int32_t result)
{
	struct once_ticket ticket;
	uint64_t value = 0;

	assert_int_equal(once_class(cqe), ONCE_CLASS_FOREIGN);
	assert_int_equal(once_result(cqe), result);
	assert_int_equal(once_is_terminal(cqe), 1);
	assert_ok(once_user_data(cqe, &value));
	assert_true(value == user_data);
	forget_violations(f);
	assert_code(once_owner(cqe, &once_cookie_type, &value), ONCE_FOREIGN);
	assert_violation(f, ONCE_FOREIGN);
	assert_code(once_ticket_of(cqe, &ticket), ONCE_FOREIGN);
	assert_violation(f, ONCE_FOREIGN);
	assert_ok(once_seen(&f->ring, cqe));
}

/* Whatever another ring says, it is no owner: not 0, not a pointer, not LIBURING_UDATA_TIMEOUT. */
static void messages_of_another_ring_are_foreign(void **state)
{
	struct fixture *f = *state;
	const uint64_t values[] = { 0, 42, UINT64_MAX, UINT64_MAX - 1, UINT64_MAX - 2,
				    (uint64_t)(uintptr_t)&values };
	struct once_cqe cqe = { 0 };

	open_ring(f, NULL);
	for (uint32_t i = 0; i < sizeof values / sizeof values[0]; i++) {
		post_foreign(f, values[i], i);
		assert_ok(once_peek(&f->ring, &cqe));
		assert_foreign(f, &cqe, values[i], (int32_t)i);
	}
	assert_accounts_zero(f);
}

static void foreign_and_own_come_in_order(void **state)
{
	struct fixture *f = *state;
	struct once_cqe cqes[8] = { 0 };

	open_ring(f, NULL);
	arm_nop(f, 1, NULL);
	submit_all(f);
	post_foreign(f, 100, 2);
	arm_nop(f, 3, NULL);
	submit_all(f);
	post_foreign(f, 101, 4);
	assert_code(once_peek_batch(&f->ring, cqes, 8), 4);
	assert_int_equal(cookie_of(&cqes[0]), 1);
	assert_int_equal(once_class(&cqes[1]), ONCE_CLASS_FOREIGN);
	assert_int_equal(cookie_of(&cqes[2]), 3);
	assert_int_equal(once_class(&cqes[3]), ONCE_CLASS_FOREIGN);
	assert_int_equal(once_seen_batch(&f->ring, cqes, 4), 4);
	assert_accounts_zero(f);
}

/* Somebody repeats the identity of an operation that has ended: no owner comes back twice. */
static void an_identity_that_is_not_in_flight_is_a_stray(void **state)
{
	struct fixture *f = *state;
	struct once_ticket ticket;
	struct once_cqe cqe = { 0 };

	open_ring(f, NULL);
	arm_nop(f, 1, &ticket);
	submit_all(f);
	assert_int_equal(finish(f, 1), 0);
	post_foreign(f, ticket.id, 7);
	assert_ok(once_peek(&f->ring, &cqe));
	assert_int_equal(last_violation(f)->position, cqe.position);
	assert_violation(f, ONCE_STRAY_CQE);
	assert_foreign(f, &cqe, ticket.id, 7);
	/* the slot lives again: the old generation is a stray all the same */
	arm_timeout(f, &one_hour, 2, NULL);
	submit_all(f);
	post_foreign(f, ticket.id, 8);
	assert_ok(once_peek(&f->ring, &cqe));
	assert_int_not_equal(last_violation(f)->expected, last_violation(f)->found);
	assert_violation(f, ONCE_STRAY_CQE);
	assert_foreign(f, &cqe, ticket.id, 8);
	assert_int_equal(once_in_flight(&f->ring), 1);
}

static void a_resource_tag_is_foreign(void **state)
{
	struct fixture *f = *state;
	static char memory[64];
	const struct iovec buffer = { memory, sizeof memory };
	const uint64_t tag = 0x7a6;
	const struct io_uring_rsrc_register resource = {
		.nr = 1, .data = (uintptr_t)&buffer, .tags = (uintptr_t)&tag
	};
	struct once_cqe cqe = { 0 };

	real_only("registers a buffer with the kernel");
	open_ring(f, NULL);
	assert_code(register_raw(f, IORING_REGISTER_BUFFERS2, &resource, sizeof resource), 0);
	assert_code(register_raw(f, IORING_UNREGISTER_BUFFERS, NULL, 0), 0);
	cqe = next_token(f);
	assert_foreign(f, &cqe, tag, 0);
	assert_accounts_zero(f);
}

/* More comes than the CQ holds: nothing is lost, and -EAGAIN means that nothing is left. */
static void what_overflowed_is_delivered(void **state)
{
	struct fixture *f = *state;
	const struct once_config config = { .entries = 1, .cq_entries = 4,
					    .memory = { .capacity = 1 } };
	struct once_cqe cqe = { 0 };

	open_ring(f, &config);
	for (uint32_t i = 0; i < 10; i++)
		post_foreign(f, 1000 + i, i);
	assert_true(once_has_overflow(&f->ring));
	assert_int_equal(once_ready(&f->ring), 4);
	for (uint32_t i = 0; i < 10; i++) {
		assert_ok(once_peek(&f->ring, &cqe));
		assert_foreign(f, &cqe, 1000 + i, (int32_t)i);
	}
	assert_code(once_peek(&f->ring, &cqe), -EAGAIN);
	assert_accounts_zero(f);
}

static void an_overflow_behind_held_tokens_is_not_empty(void **state)
{
	struct fixture *f = *state;
	const struct once_config config = { .entries = 1, .cq_entries = 4,
					    .memory = { .capacity = 1 } };
	struct once_cqe held[4] = { 0 };
	struct once_cqe cqe = { 0 };

	open_ring(f, &config);
	for (uint32_t i = 0; i < 6; i++)
		post_foreign(f, i, i);
	assert_code(once_peek_batch(&f->ring, held, 4), 4);
	assert_code(once_peek(&f->ring, &cqe), ONCE_ALL_HELD);
	assert_violation(f, ONCE_ALL_HELD);
	assert_code(once_wait(&f->ring, &cqe), ONCE_ALL_HELD);
	assert_violation(f, ONCE_ALL_HELD);
	assert_int_equal(once_seen_batch(&f->ring, held, 4), 4);
	for (int i = 4; i < 6; i++) {
		assert_ok(once_peek(&f->ring, &cqe));
		assert_int_equal(once_result(&cqe), i);
		assert_ok(once_seen(&f->ring, &cqe));
	}
	assert_accounts_zero(f);
}

/* The smallest CQ, overrun by a multishot poll: its end is delivered, and only then it ends. */
static void an_overrun_multishot_still_ends(void **state)
{
	struct fixture *f = *state;
	const struct once_config config = { .entries = 2, .cq_entries = 4,
					    .memory = { .capacity = 2 } };
	struct once_ticket ticket;
	struct once_cqe cqe = { 0 };
	int ends = 0;
	int fds[2];

	open_ring(f, &config);
	make_pipe(f, fds);
	arm_poll_multishot(f, fds[0], 7, &ticket);
	submit_all(f);
	for (int i = 0; i < 16; i++) {
		assert_int_equal(write(fds[1], "x", 1), 1);
		assert_ok(once_get_events(&f->ring));
	}
	while (once_peek(&f->ring, &cqe) == 0) {
		assert_int_equal(cookie_of(&cqe), 7);
		assert_int_equal(ends, 0); /* nothing after the terminal one */
		ends += once_is_terminal(&cqe);
		assert_ok(once_seen(&f->ring, &cqe));
	}
	assert_int_equal(once_in_flight(&f->ring), ends == 1 ? 0 : 1);
	assert_false(once_has_overflow(&f->ring));
	assert_no_violation(f);
	assert_conserved(f);
}

static void deferred_work_is_not_empty(void **state)
{
	struct fixture *f = *state;
	const struct once_config config = { .flags = IORING_SETUP_SINGLE_ISSUER |
						     IORING_SETUP_DEFER_TASKRUN };
	struct once_cqe cqe = { 0 };
	char buffer[4];
	int fds[2];

	open_ring(f, &config);
	make_pipe(f, fds);
	arm_blocked_read(f, fds[0], buffer, 4, 1, NULL);
	submit_all(f);
	assert_code(once_peek(&f->ring, &cqe), -EAGAIN);
	assert_int_equal(write(fds[1], "abcd", 4), 4);
	/* raw io_uring_peek_cqe() says -EAGAIN here, without IORING_SETUP_TASKRUN_FLAG */
	assert_ok(once_peek(&f->ring, &cqe));
	assert_int_equal(once_result(&cqe), 4);
	assert_ok(once_seen(&f->ring, &cqe));
	assert_accounts_zero(f);
}

static void a_cqe32_ring_delivers_extra_words(void **state)
{
	struct fixture *f = *state;
	const struct once_config config = { .flags = IORING_SETUP_CQE32 };
	struct once_cqe cqes[3] = { 0 };
	uint64_t extra[2] = { 9, 9 };

	open_ring(f, &config);
	for (int round = 0; round < 20; round++) {
		for (uint64_t i = 0; i < 3; i++)
			arm_nop(f, i, NULL);
		submit_all(f);
		for (uint64_t i = 0; i < 3; i++) {
			cqes[i] = next_token(f);
			assert_int_equal(cookie_of(&cqes[i]), i);
			assert_ok(once_extra(&cqes[i], extra));
			assert_true(extra[0] == 0 && extra[1] == 0);
		}
		assert_int_equal(once_seen_batch(&f->ring, cqes, 3), 3);
	}
	assert_accounts_zero(f);
}

static int do_peek(struct fixture *f)
{
	struct once_cqe cqe = { 0 };

	return once_peek(&f->ring, &cqe);
}

static int do_get_events(struct fixture *f)
{
	return once_get_events(&f->ring);
}

/* "Looked at before entering the kernel": with a backlog, a peek of another thread is refused. */
static void another_thread_may_not_fetch_the_backlog(void **state)
{
	struct fixture *f = *state;
	const struct once_config config = { .entries = 1, .cq_entries = 4,
					    .memory = { .capacity = 1 } };
	struct once_cqe held[4] = { 0 };
	struct once_cqe cqe = { 0 };
	int count;

	open_ring(f, &config);
	run_nops(f, 1);
	for (uint32_t i = 0; i < 5; i++)
		post_foreign(f, i, i);
	count = once_peek_batch(&f->ring, held, 4);
	assert_true(count > 0);
	assert_int_equal(once_seen_batch(&f->ring, held, (unsigned)count), count);
	assert_code(in_thread(do_peek, f), ONCE_WRONG_THREAD);
	assert_violation(f, ONCE_WRONG_THREAD);
	assert_code(in_thread(do_get_events, f), ONCE_WRONG_THREAD);
	assert_violation(f, ONCE_WRONG_THREAD);
	for (; count < 5; count++) {
		assert_ok(once_peek(&f->ring, &cqe));
		assert_int_equal(once_result(&cqe), count);
		assert_ok(once_seen(&f->ring, &cqe));
	}
	assert_accounts_zero(f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		once_test(empty_is_eagain),
		once_test(each_peek_delivers_the_next_one),
		once_test(a_batch_delivers_what_there_is),
		once_test(a_held_one_is_never_delivered_again),
		once_test(messages_of_another_ring_are_foreign),
		once_test(foreign_and_own_come_in_order),
		once_test(an_identity_that_is_not_in_flight_is_a_stray),
		once_test(a_resource_tag_is_foreign),
		once_test(what_overflowed_is_delivered),
		once_test(an_overflow_behind_held_tokens_is_not_empty),
		once_test(an_overrun_multishot_still_ends),
		once_test(deferred_work_is_not_empty),
		once_test(a_cqe32_ring_delivers_extra_words),
		once_test(another_thread_may_not_fetch_the_backlog),
	};

	return cmocka_run_group_tests_name("deliver", tests, NULL, NULL);
}
