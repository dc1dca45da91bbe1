/* SPDX-License-Identifier: MIT */
/*
 * The runner does what a scenario says, on the seam that this program is linked
 * with, and leaves nothing behind.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "tool/run.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum { ROUNDS = 2000, STEPS = 64, BYTES = SCENARIO_HEADER_BYTES + STEPS * SCENARIO_STEP_BYTES };

static struct run run;
static uint64_t state;

static struct observed {
	uint32_t reached[VERBS];
	uint32_t steps;
	uint32_t expired;
	bool unbalanced; /* free + taken + armed + in flight + retired is not the capacity */
} observed;

static enum run_backend backend(void)
{
	return run_backends() == 1U << RUN_EMULATED ? RUN_EMULATED : RUN_REAL;
}

static void look(void *context, const struct run *runner, const struct run_event *event)
{
	(void)context;
	(void)runner;
	if (event->step == NULL)
		return;
	observed.steps++;
	observed.reached[event->step->verb]++;
	if ((event->marks & RUN_EXPIRED) != 0)
		observed.expired++;
	for (unsigned ring = 0; ring < RINGS; ring++) {
		const uint64_t *value = event->after[ring].value;

		if (value[ACCOUNT_FREE] + value[ACCOUNT_TAKEN] + value[ACCOUNT_ARMED] +
			    value[ACCOUNT_IN_FLIGHT] + value[ACCOUNT_RETIRED] != value[ACCOUNT_CAPACITY])
			observed.unbalanced = true;
	}
}

static uint8_t random_byte(void)
{
	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return (uint8_t)(state >> 24);
}

static int begin(void **unused)
{
	(void)unused;
	memset(&run, 0, sizeof run);
	memset(&observed, 0, sizeof observed);
	state = UINT64_C(0x9e3779b97f4a7c15);
	run.observe = look;
	run.patience = 50000000;
	return 0;
}

static int end(void **unused)
{
	(void)unused;
	if (run.world.open)
		run_close(&run);
	return 0;
}

static void open_or_skip(const struct scenario_header *header)
{
	const int rc = run_open(&run, header, backend());

	if (rc == -EPERM || rc == -ENOSYS) {
		print_message("io_uring is not permitted here\n");
		skip();
	}
	assert_int_equal(rc, 0);
}

/* Run a text; every expectation must be met, and nothing be left. */
static void play(const char *text)
{
	struct run_leftovers leftovers;
	struct scenario_error error;
	struct scenario scenario;
	uint32_t next = 0;

	if (scenario_parse(&scenario, "test", text, strlen(text), &error) < 0)
		fail_msg("%u:%u: %s", error.line, error.column, error.message);
	open_or_skip(&scenario.header);
	for (uint32_t i = 0; i < scenario.count; i++) {
		(void)run_step(&run, &scenario.steps[i], i);
		for (; next < scenario.expect_count && scenario.expects[next].step == i; next++) {
			int64_t found;

			if (!run_meets(&run, &run.event, &scenario.expects[next], &found))
				fail_msg("line %u: found %lld", scenario.expects[next].line,
					 (long long)found);
		}
	}
	assert_int_equal(next, scenario.expect_count);
	assert_int_equal(run_finish(&run, &leftovers), 0);
	run_close(&run);
	scenario_free(&scenario);
}

static void a_completion_is_seen_once(void **unused)
{
	(void)unused;
	play("take s0\nprepare s0 nop\narm s0 as o0 lending 7\nexpect state o0 armed\nsubmit\nexpect 1\n"
	     "expect account in_flight 1\nwait c0\nexpect 0\nexpect result 0\nexpect owner 7\n"
	     "expect terminal yes\nexpect class owned\nexpect state o0 ended\ncopy c0 to c1\nsee c0\n"
	     "expect 0\nsee c1\nexpect ONCE_SEEN_TWICE\nexpect violation ONCE_SEEN_TWICE\n"
	     "look c1\nexpect ONCE_SPENT\nexpect state o0 free\nclose\nexpect 0\n");
}

static void a_wait_for_nothing_ends(void **unused)
{
	(void)unused;
	play("wait c0\nexpect ONCE_WOULD_HANG\ntake s0\nprepare s0 read pipe.read 16\n"
	     "arm s0 as o0 lending 1\nsubmit\nwait c0\nexpect -EINTR\nwait c0 at most 1000s\n"
	     "expect -EINTR\nwait c0 at most 1ns\nexpect -ETIME\nput 5 into pipe.write\n"
	     "wait c0 at most 1000s\nexpect 0\nexpect result 5\nsee c0\nclose\nexpect 0\n");
}

static void multishot_lives_until_its_last(void **unused)
{
	(void)unused;
	play("take s0\nprepare s0 poll_multishot pipe.read in\narm s0 as o0 lending session 3\nsubmit\n"
	     "put 1 into pipe.write\nwait c0\nexpect flags more\nexpect terminal no\n"
	     "owner c0 as request\nexpect ONCE_WRONG_TYPE\nowner c0 as session\nexpect 3\nsee c0\n"
	     "close\nexpect ONCE_STILL_LIVE\ntake s1\nprepare s1 cancel o0\narm s1 lending 4\nsubmit\n"
	     "expect 1\nreap d0 at most 1000s\nexpect 0\nreap d1 at most 1000s\nexpect 0\nclose\n"
	     "expect 0\n");
}

static void two_rings_send_each_other_messages(void **unused)
{
	(void)unused;
	play("ring a entries 8 foreign\nring b entries 4\ntake s0 on b\n"
	     "prepare s0 message timeout result 9\narm s0 lending 1\nsubmit on b\nexpect 1\n"
	     "reap d0 at most 1000s on b\nexpect result 0\nwait c0 at most 1000s\nexpect 0\n"
	     "expect result 9\nexpect class foreign\nowner c0 as cookie\nexpect ONCE_FOREIGN\n"
	     "see c0 on b\nexpect ONCE_OTHER_RING\nsee c0\nexpect 0\n");
}

static void the_wrong_thread_is_refused(void **unused)
{
	(void)unused;
	play("take s0\nprepare s0 nop\narm s0 lending 1\nsubmit\ntake s0\nprepare s0 nop\n"
	     "arm s0 lending 2\nin another thread\nsubmit\nexpect ONCE_WRONG_THREAD\nsubmit\n"
	     "expect 1\ndiscard\nexpect 2\nclose\nexpect 0\n");
}

static void two_threads_share_a_split_ring(void **unused)
{
	(void)unused;
	play("ring a entries 8 split\ntake s0\nprepare s0 nop\narm s0 lending 1\nsubmit\nexpect 1\n"
	     "wait c0\nexpect 0\nsee c0\nsubmit and wait 1\nexpect ONCE_WRONG_THREAD\n");
}

static void what_is_left_is_put_right(void **unused)
{
	static const char text[] =
		"take s0\ntake s0\ntake s1\nprepare s1 read left 9\narm s1 lending 1\ngive back s0\n"
		"take s2\nprepare s2 nop\narm s2 lending 2\n";
	struct run_leftovers leftovers;
	struct scenario_error error;
	struct scenario scenario;

	(void)unused;
	assert_int_equal(scenario_parse(&scenario, "test", text, strlen(text), &error), 0);
	open_or_skip(&scenario.header);
	run_scenario(&run, &scenario);
	assert_int_equal(run_finish(&run, &leftovers), 0);
	assert_int_equal(leftovers.taken, 1);
	assert_int_equal(leftovers.drained, 2);
	assert_false(run_leftovers_are_faults(&leftovers));
	assert_true(run_fits(&run, &scenario.header, backend()));
	assert_int_equal(run_reset(&run, &scenario.header), 0);
	assert_int_equal(run.event.after[RING_A].value[ACCOUNT_FREE], 8);
	scenario_free(&scenario);
}

/* Anything at all: the accounts always balance, all comes back, every verb ran. */
static void run_random(unsigned flags, unsigned rounds)
{
	static struct scenario_step steps[STEPS];
	struct run_leftovers leftovers;
	struct scenario scenario;
	uint8_t bytes[BYTES];

	scenario_init(&scenario, steps, STEPS);
	for (unsigned round = 0; round < rounds; round++) {
		for (size_t i = 0; i < sizeof bytes; i++)
			bytes[i] = random_byte();
		if (round % 2 == 0)
			memset(bytes, 0, SCENARIO_HEADER_BYTES);
		for (size_t i = SCENARIO_HEADER_BYTES; i < sizeof bytes && round % 4 < 2; i += 4) {
			if (random_byte() % 4 != 0)
				bytes[i] %= VERB_SUBMIT_AND_WAIT;
			bytes[i + 1] %= 4;
		}
		scenario_decode(&scenario, bytes, sizeof bytes, flags);
		scenario.header.options &= (uint8_t)~OPTION_TRAP;
		if (round == 0)
			open_or_skip(&scenario.header);
		else
			assert_int_equal(run_reset(&run, &scenario.header), 0);
		run_scenario(&run, &scenario);
		if (run_finish(&run, &leftovers) < 0) {
			scenario_print(&scenario, stderr);
			fail_msg("round %u: drain %d, seen %d, give back %d, %u survivors, %u accounts, "
				 "%u violations, %u descriptors, %u buffers", round, leftovers.drain,
				 leftovers.seen, leftovers.give_back, leftovers.survivors,
				 leftovers.accounts, leftovers.violations, leftovers.descriptors,
				 leftovers.buffers);
		}
		if (observed.unbalanced) {
			scenario_print(&scenario, stderr);
			fail_msg("round %u: the accounts do not balance", round);
		}
	}
}

static void any_bytes_run_and_leave_nothing(void **unused)
{
	(void)unused;
	run_random(SCENARIO_TAME, ROUNDS);
}

static void every_verb_is_reached(void **unused)
{
	(void)unused;
	run_random(0, ROUNDS / 8);
	for (unsigned verb = 0; verb < VERBS; verb++)
		if (observed.reached[verb] == 0)
			fail_msg("%s was never reached", scenario_grammar(verb)->template);
}

static void ten_thousand_steps_run(void **unused)
{
	static const char *const cycle[] = {
		"take s0\n", "prepare s0 nop\n", "arm s0 as o0 lending 7\n", "submit\n", "expect 1\n",
		"wait c0\n", "expect 0\n", "see c0\n", "expect 0\n"
	};
	char *text = NULL;
	size_t length = 0;
	FILE *out = open_memstream(&text, &length);

	(void)unused;
	assert_non_null(out);
	for (unsigned i = 0; i < 10000 / 6; i++)
		for (size_t j = 0; j < sizeof cycle / sizeof cycle[0]; j++)
			fputs(cycle[j], out);
	fclose(out);
	play(text);
	assert_in_range(observed.steps, 9990, 10000);
	free(text);
}

#define scene_test(name) cmocka_unit_test_setup_teardown(name, begin, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		scene_test(a_completion_is_seen_once),
		scene_test(a_wait_for_nothing_ends),
		scene_test(multishot_lives_until_its_last),
		scene_test(two_rings_send_each_other_messages),
		scene_test(the_wrong_thread_is_refused),
		scene_test(two_threads_share_a_split_ring),
		scene_test(what_is_left_is_put_right),
		scene_test(any_bytes_run_and_leave_nothing),
		scene_test(every_verb_is_reached),
		scene_test(ten_thousand_steps_run)
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
