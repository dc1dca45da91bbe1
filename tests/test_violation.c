/* SPDX-License-Identifier: MIT */
/* Violations: a record with every field and the call site; report or trap, as the ring's policy says. */
#define ONCE_CALL_SITES
#include "world.h"

#include <signal.h>

static void assert_here(const struct once_violation *v, const char *call, int line)
{
	assert_string_equal(v->call, call);
	assert_non_null(v->file);
	assert_string_equal(v->file, __FILE__);
	assert_int_equal(v->line, line);
}

static void a_token_violation_has_position_and_site(void **state)
{
	struct fixture *f = *state;
	struct once_cqe cqe = { 0 };
	struct once_cqe copy;
	int line;

	open_ring(f, NULL);
	arm_nop(f, 1, NULL);
	submit_all(f);
	cqe = next_token(f);
	copy = copy_of(&cqe);
	assert_ok(once_seen(&f->ring, &cqe));
	line = __LINE__ + 1;
	assert_code(once_seen(&f->ring, &copy), ONCE_SEEN_TWICE);
	assert_int_equal(last_violation(f)->code, ONCE_SEEN_TWICE);
	assert_true(last_violation(f)->position == copy.position);
	assert_here(last_violation(f), "once_seen", line);
	assert_violation(f, ONCE_SEEN_TWICE);
}

static void a_slot_violation_has_slot_generations_and_site(void **state)
{
	struct fixture *f = *state;
	const struct once_config config = { .memory = { .capacity = 1 } };
	struct once_sqe sqe = { 0 };
	struct once_sqe old;
	int line;

	open_ring(f, &config);
	sqe = taken_sqe(f);
	once_prep_nop(&sqe);
	old = copy_of_sqe(&sqe);
	arm_sqe(&sqe, 1, NULL);
	submit_all(f);
	assert_int_equal(finish(f, 1), 0);
	sqe = taken_sqe(f); /* the same slot, one life later */
	line = __LINE__ + 1;
	assert_code(once_arm(&old, once_cookie(1), NULL), ONCE_NOT_TAKEN);
	assert_int_equal(last_violation(f)->slot, 0);
	assert_true(last_violation(f)->position == ONCE_NO_POSITION);
	assert_true(last_violation(f)->expected != last_violation(f)->found);
	assert_here(last_violation(f), "once_arm", line);
	assert_violation(f, ONCE_NOT_TAKEN);
	assert_ok(once_give_back(&sqe));
}

static void a_value_violation_has_expected_found_and_site(void **state)
{
	struct fixture *f = *state;
	struct once_cqe cqe = { 0 };
	int line;

	open_ring(f, NULL);
	arm_timeout(f, &one_hour, 1, NULL);
	submit_all(f);
	line = __LINE__ + 1;
	assert_code(once_wait_nr(&f->ring, &cqe, 2), ONCE_WOULD_HANG);
	assert_true(last_violation(f)->slot == ONCE_NO_INDEX);
	assert_int_equal(last_violation(f)->expected, 1);
	assert_int_equal(last_violation(f)->found, 2);
	assert_here(last_violation(f), last_violation(f)->call, line);
	assert_violation(f, ONCE_WOULD_HANG);
}

static void submit_and_close_have_sites(void **state)
{
	struct fixture *f = *state;
	struct once_sqe sqe = { 0 };
	int line;

	open_ring(f, NULL);
	line = __LINE__ + 1;
	assert_code(once_take(&f->ring, &sqe), 0);
	line = __LINE__ + 1;
	assert_code(once_submit(&f->ring), ONCE_NOT_ARMED);
	assert_here(last_violation(f), "once_submit", line);
	assert_violation(f, ONCE_NOT_ARMED);
	line = __LINE__ + 1;
	assert_code(once_close(&f->ring, NULL), ONCE_STILL_TAKEN);
	assert_here(last_violation(f), "once_close", line);
	assert_violation(f, ONCE_STILL_TAKEN);
	line = __LINE__ + 1;
	assert_code(once_drain(&f->ring, &one_hour, NULL, 0, NULL), ONCE_STILL_TAKEN);
	assert_here(last_violation(f), "once_drain", line);
	assert_violation(f, ONCE_STILL_TAKEN);
	assert_ok(once_give_back(&sqe));
}

/* A violation that is the kernel's doing says which identity came, and which lives there. */
static void a_stray_has_slot_and_both_generations(void **state)
{
	struct fixture *f = *state;
	const struct once_config config = { .memory = { .capacity = 1 } };
	struct once_ticket old;
	struct once_ticket now;
	struct once_cqe cqe = { 0 };

	open_ring(f, &config);
	arm_nop(f, 1, &old);
	submit_all(f);
	assert_int_equal(finish(f, 1), 0);
	arm_timeout(f, &one_hour, 2, &now);
	submit_all(f);
	post_foreign(f, old.id, 0);
	assert_ok(once_peek(&f->ring, &cqe));
	assert_int_equal(last_violation(f)->code, ONCE_STRAY_CQE);
	assert_int_equal(last_violation(f)->slot, 0);
	assert_true(last_violation(f)->position == cqe.position);
	assert_int_equal(last_violation(f)->expected - last_violation(f)->found, now.id - old.id);
	assert_ok(once_seen(&f->ring, &cqe));
}

static void without_a_handler_the_code_is_all(void **state)
{
	struct fixture *f = *state;
	struct once_config config = complete_config(f, NULL);
	const struct once_cqe zeroed = { 0 };

	open_ring(f, NULL);
	assert_ok(once_close(&f->ring, NULL));
	config.memory = f->memory;
	config.handler = NULL;
	config.context = NULL;
	assert_ok(once_open(&f->ring, &config));
	assert_code(once_seen(&f->ring, &zeroed), ONCE_NOT_ISSUED);
	assert_no_violation(f);
}

static struct fixture child;
static uint32_t handled;

static void count(void *context, const struct once_violation *violation)
{
	*(uint32_t *)context += violation->code == ONCE_NOT_ISSUED ? 1 : 0;
}

/* With ONCE_TRAP, the first violation ends the process; *wrong* says whether there is one. */
static void run_with_trap(bool wrong)
{
	const struct once_config config = { .options = ONCE_TRAP, .handler = count,
					    .context = &handled };
	const struct once_cqe zeroed = { 0 };

	if (try_open_ring(&child, &config) != 0)
		_exit(1);
	run_nops(&child, 5);
	if (wrong)
		(void)once_seen(&child.ring, &zeroed);
	_exit(handled == 0 ? 0 : 2);
}

static void do_wrong(void)
{
	run_with_trap(true);
}

static void do_right(void)
{
	run_with_trap(false);
}

static void open_wrong(void)
{
	const struct once_config config = { .options = ONCE_TRAP,
					    .flags = IORING_SETUP_IOPOLL };

	_exit(try_open_ring(&child, &config) != 0 ? 1 : 2);
}

static void trap_aborts_on_the_first_violation(void **state)
{
	struct fixture *f = *state;

	open_ring(f, NULL); /* skips where no ring can be had */
	assert_int_equal(outcome_of(do_right), 0);
	assert_int_equal(outcome_of(do_wrong), -SIGABRT);
	assert_int_equal(outcome_of(open_wrong), -SIGABRT);
}

static void report_is_the_default(void **state)
{
	struct fixture *f = *state;
	const struct once_cqe zeroed = { 0 };

	open_ring(f, NULL);
	for (int i = 0; i < 3; i++)
		assert_code(once_seen(&f->ring, &zeroed), ONCE_NOT_ISSUED);
	assert_int_equal(f->violations, 3);
	run_nops(f, 5);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		once_test(a_token_violation_has_position_and_site),
		once_test(a_slot_violation_has_slot_generations_and_site),
		once_test(a_value_violation_has_expected_found_and_site),
		once_test(submit_and_close_have_sites),
		once_test(a_stray_has_slot_and_both_generations),
		once_test(without_a_handler_the_code_is_all),
		once_test(trap_aborts_on_the_first_violation),
		once_test(report_is_the_default),
	};

	return cmocka_run_group_tests_name("violation", tests, NULL, NULL);
}
