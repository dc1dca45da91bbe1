/* SPDX-License-Identifier: MIT */
/* Reclaim: a slot is reused only after its terminal completion, and all before it, were seen. */
#include "world.h"

static void a_slot_is_free_once_the_head_passed(void **state)
{
	struct fixture *f = *state;
	struct once_ticket tickets[3];
	struct once_cqe cqes[3] = { 0 };

	open_ring(f, NULL);
	for (uint64_t i = 0; i < 3; i++)
		arm_nop(f, i, &tickets[i]);
	submit_all(f);
	assert_code(once_peek_batch(&f->ring, cqes, 3), 3);
	assert_ok(once_seen(&f->ring, &cqes[2]));
	assert_ok(once_seen(&f->ring, &cqes[1]));
	assert_int_equal(once_in_flight(&f->ring), 3);
	for (int i = 0; i < 3; i++)
		assert_int_equal(once_state_of(&f->ring, &tickets[i]), ONCE_STATE_ENDED);
	assert_ok(once_seen(&f->ring, &cqes[0]));
	for (int i = 0; i < 3; i++)
		assert_int_equal(once_state_of(&f->ring, &tickets[i]), ONCE_STATE_FREE);
	assert_accounts_zero(f);
}

/* While one token is held, its slot, and the owner with it, are out of reach of new operations. */
static void a_held_operations_slot_is_not_reused(void **state)
{
	struct fixture *f = *state;
	const struct once_config config = { .entries = 4, .memory = { .capacity = 2 } };
	struct once_cqe held = { 0 };

	open_ring(f, &config);
	arm_nop(f, 77, NULL);
	submit_all(f);
	held = next_token(f);
	arm_nop(f, 1, NULL);
	submit_all(f);
	assert_code(try_nop(f, 2, NULL), ONCE_NO_SLOT);
	assert_int_equal(finish(f, 1), 0);
	assert_code(try_nop(f, 2, NULL), ONCE_NO_SLOT); /* seen, but not passed */
	assert_int_equal(cookie_of(&held), 77);
	assert_ok(once_seen(&f->ring, &held));
	assert_int_equal(once_free(&f->ring), 2);
	run_nops(f, 5);
}

/* Multishot: completion after completion is seen, and the slot lives on; the last one frees it. */
static void only_the_terminal_completion_frees_the_slot(void **state)
{
	struct fixture *f = *state;
	struct once_ticket from_completion = { NULL, 0 };
	struct once_ticket ticket;
	struct once_cqe cqe = { 0 };
	int fds[2];

	open_ring(f, NULL);
	make_pipe(f, fds);
	arm_poll_multishot(f, fds[0], 5, &ticket);
	submit_all(f);
	for (int i = 0; i < 40; i++) {
		assert_int_equal(write(fds[1], "x", 1), 1);
		cqe = next_token(f);
		assert_ok(once_ticket_of(&cqe, &from_completion));
		assert_ok(once_seen(&f->ring, &cqe));
		assert_int_equal(once_state_of(&f->ring, &ticket), ONCE_STATE_IN_FLIGHT);
	}
	arm_cancel(f, &from_completion, 6);
	submit_all(f);
	for (int i = 0; i < 2; i++) {
		cqe = next_token(f);
		assert_ok(once_seen(&f->ring, &cqe));
	}
	assert_int_equal(once_state_of(&f->ring, &ticket), ONCE_STATE_FREE);
	assert_accounts_zero(f);
}

static void every_generation_is_another_identity(void **state)
{
	struct fixture *f = *state;
	const struct once_config config = { .memory = { .capacity = 1 } };
	struct once_ticket tickets[64];

	open_ring(f, &config);
	for (int i = 0; i < 64; i++) {
		arm_nop(f, 1, &tickets[i]);
		for (int j = 0; j < i; j++) {
			assert_true(tickets[i].id != tickets[j].id);
			assert_int_equal(once_state_of(&f->ring, &tickets[j]), ONCE_STATE_FREE);
		}
		assert_true(tickets[i].id != 0 && tickets[i].id != UINT64_MAX);
		submit_all(f);
		assert_int_equal(finish(f, 1), 0);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		once_test(a_slot_is_free_once_the_head_passed),
		once_test(a_held_operations_slot_is_not_reused),
		once_test(only_the_terminal_completion_frees_the_slot),
		once_test(every_generation_is_another_identity),
	};

	return cmocka_run_group_tests_name("reclaim", tests, NULL, NULL);
}
