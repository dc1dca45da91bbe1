/* SPDX-License-Identifier: MIT */
/* The seam to the process: threads have numbers, and a trap aborts after the handler ran. */
#include "world.h"

#include "port.h"

#include <signal.h>

static sigjmp_buf escape;
static uint32_t handled;
static uint32_t handled_before_abort;

static void count(void *context, const struct once_violation *violation)
{
	(void)context;
	assert_int_equal(violation->code, ONCE_NOT_ISSUED);
	handled++;
}

static void leave_abort(int number)
{
	handled_before_abort = handled;
	siglongjmp(escape, number);
}

/* See a token that never was, and leave the abort() that follows: whether there was one. */
static bool aborts(struct once_ring *ring)
{
	const struct sigaction leave = { .sa_handler = leave_abort };
	const struct once_cqe zeroed = { 0 };
	struct sigaction before;
	volatile bool aborted = true;

	assert_int_equal(sigaction(SIGABRT, &leave, &before), 0);
	if (sigsetjmp(escape, 1) == 0) {
		(void)once_seen(ring, &zeroed);
		aborted = false;
	}
	assert_int_equal(sigaction(SIGABRT, &before, NULL), 0);
	return aborted;
}

/* Not in a child, as in test_violation.c: this process can look at what it left behind. */
static void a_trap_aborts_after_the_handler(void **state)
{
	struct fixture *f = *state;
	const struct once_config trapping = { .options = ONCE_TRAP, .handler = count };

	open_ring(f, &trapping);
	run_nops(f, 3);
	handled = 0;
	handled_before_abort = 0;
	assert_true(aborts(&f->ring));
	assert_int_equal(handled_before_abort, 1);
	assert_int_equal(handled, 1);
	/* nothing had changed */
	run_nops(f, 3);
	assert_accounts_zero(f);
	assert_int_equal(handled, 1);
}

static void without_the_option_nothing_aborts(void **state)
{
	struct fixture *f = *state;

	open_ring(f, NULL);
	assert_false(aborts(&f->ring));
	assert_violation(f, ONCE_NOT_ISSUED);
}

static uint64_t here;

static int note_thread(struct fixture *f)
{
	(void)f;
	here = once_port_thread();
	return here == once_port_thread() ? 0 : -1;
}

/* Threads one after the other may have one address; they never have one number. */
static void threads_do_not_share_a_number(void **state)
{
	uint64_t last = once_port_thread();

	assert_int_not_equal(last, 0);
	for (int i = 0; i < 20; i++) {
		assert_int_equal(in_thread(note_thread, *state), 0);
		assert_true(here > last);
		last = here;
	}
}

static void the_clock_and_the_serial_move_on(void **state)
{
	const uint64_t begin = once_port_now();
	const uint64_t serial = once_port_serial();
	const struct once_timespec time = { 0, 1 };

	(void)state;
	assert_true(begin != 0);
	assert_true(once_port_now() >= begin);
	assert_int_equal(once_port_serial(), serial + 1);
	assert_true(once_port_address(&time) == (uintptr_t)&time);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		once_test(a_trap_aborts_after_the_handler),
		once_test(without_the_option_nothing_aborts),
		once_test(threads_do_not_share_a_number),
		once_test(the_clock_and_the_serial_move_on),
	};

	return cmocka_run_group_tests_name("port_world", tests, NULL, NULL);
}
