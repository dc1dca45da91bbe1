/* SPDX-License-Identifier: MIT */
/* The three forms of a scenario say the same, and nothing hostile gets through. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "tool/scenario.h"

#include <errno.h>
#include <oncering/account.h>
#include <oncering/code.h>
#include <stdlib.h>
#include <string.h>

enum { ROUNDS = 100000, STEPS = 64, BYTES = SCENARIO_HEADER_BYTES + STEPS * SCENARIO_STEP_BYTES };

static uint64_t state = UINT64_C(0x9e3779b97f4a7c15);

static uint8_t random_byte(void)
{
	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return (uint8_t)(state >> 24);
}

/* All of a scenario as text; to be freed. */
static char *text_of(const struct scenario *scenario, size_t *length)
{
	char *text = NULL;
	FILE *out = open_memstream(&text, length);

	assert_non_null(out);
	scenario_print(scenario, out);
	fclose(out);
	return text;
}

static void assert_same(const struct scenario *a, const struct scenario *b)
{
	assert_memory_equal(&a->header, &b->header, sizeof a->header);
	assert_int_equal(a->count, b->count);
	for (uint32_t i = 0; i < a->count; i++) {
		assert_int_equal(a->steps[i].verb, b->steps[i].verb);
		assert_int_equal(a->steps[i].ring, b->steps[i].ring);
		assert_int_equal(a->steps[i].reg, b->steps[i].reg);
		assert_int_equal(a->steps[i].arg, b->steps[i].arg);
		assert_int_equal(a->steps[i].arg2, b->steps[i].arg2);
	}
}

static int parse(struct scenario *scenario, const char *text, struct scenario_error *error)
{
	return scenario_parse(scenario, "x.once", text, strlen(text), error);
}

/* --- round trips --- */

static void every_byte_string_survives_bytes_and_text(void **unused)
{
	static struct scenario_step first_steps[STEPS], second_steps[STEPS];
	struct scenario first, second, parsed;
	struct scenario_error error;
	uint8_t bytes[BYTES], again[BYTES];

	(void)unused;
	scenario_init(&first, first_steps, STEPS);
	scenario_init(&second, second_steps, STEPS);
	for (unsigned round = 0; round < ROUNDS; round++) {
		const size_t length = random_byte() % 120;
		size_t encoded;

		for (size_t i = 0; i < length; i++)
			bytes[i] = random_byte();
		scenario_decode(&first, bytes, length, round % 2 != 0 ? SCENARIO_TAME : 0);
		encoded = scenario_encode(&first, again, sizeof again);
		assert_true(encoded <= sizeof again);
		scenario_decode(&second, again, encoded, 0);
		assert_same(&first, &second);
		if (round % 10 == 0) {
			size_t size;
			char *text = text_of(&first, &size);

			if (scenario_parse(&parsed, "x.once", text, size, &error) < 0)
				fail_msg("%u:%u: %s\n%s", error.line, error.column, error.message, text);
			assert_same(&first, &parsed);
			scenario_free(&parsed);
			free(text);
		}
	}
}

/* Every verb, with operands 0, with large ones, and on either ring. */
static void every_verb_has_a_text_that_is_read_back(void **unused)
{
	struct scenario_error error;
	struct scenario_step step;
	struct scenario scenario, parsed;
	char text[200];

	(void)unused;
	scenario_init(&scenario, &step, 1);
	for (unsigned verb = 0; verb < VERBS; verb++)
		for (unsigned fill = 0; fill < 256; fill++) {
			uint8_t bytes[12] = { 0 };

			bytes[8] = (uint8_t)verb;
			bytes[9] = bytes[10] = bytes[11] = (uint8_t)fill;
			scenario_decode(&scenario, bytes, sizeof bytes, 0);
			assert_int_equal(step.verb, verb);
			assert_in_range(scenario_step_text(&step, text, sizeof text), 4, 79);
			if (parse(&parsed, text, &error) < 0)
				fail_msg("%s: %u: %s", text, error.column, error.message);
			assert_same(&scenario, &parsed);
			scenario_free(&parsed);
		}
}

static void text_is_printed_as_it_was_read(void **unused)
{
	static const char text[] =
		"# The same CQE, seen twice\n"
		"#\n"
		"ring a entries 8 cq 16 operations 8 flags coop foreign legacy used 4094 credit 2 phase 3\n"
		"ring b entries 4 cq 8 operations 4\n"
		"fault short 2\n"
		"expect 0\n"
		"# now it begins\n"
		"take s0\n"
		"prepare s0 read pipe.read 16\n"
		"arm s0 as o0 lending session 7\n"
		"submit\n"
		"expect 1 or 0 or -EINTR or ONCE_NOT_OPEN\n"
		"wait c0 of 2 at most 1ms masked on b\n"
		"expect result -ETIME\n"
		"expect flags more notif\n"
		"expect flags 65536\n"
		"expect owner 7\n"
		"expect terminal no\n"
		"expect class foreign\n"
		"expect account held 1 on b\n"
		"expect state o3 in_flight or ended\n"
		"see c0\n"
		"expect ONCE_SEEN_TWICE\n"
		"expect violation ONCE_SEEN_TWICE\n"
		"expect at least 3\n"
		"close\n"
		"# the end\n";
	struct scenario_error error;
	struct scenario scenario;
	size_t length;
	char *printed;

	(void)unused;
	if (parse(&scenario, text, &error) < 0)
		fail_msg("%u:%u: %s", error.line, error.column, error.message);
	assert_int_equal(scenario.count, 7);
	assert_int_equal(scenario.expect_count, 13);
	assert_int_equal(scenario.expects[0].step, SCENARIO_AT_OPEN);
	assert_int_equal(scenario.expects[1].values[2], -EINTR);
	printed = text_of(&scenario, &length);
	assert_string_equal(printed, text);
	free(printed);
	scenario_free(&scenario);
}

/* --- errors --- */

static const struct mistake {
	const char *text;
	uint32_t line, column;
	const char *part; /* of the message */
} mistakes[] = {
	{ "taek s0", 1, 1, "did you mean \"take\"" },
	{ "bake a cake", 1, 1, "no step \"bake\"" },
	{ "take", 1, 5, "an SQE (s0 to s7); found the end of the line" },
	{ "take s8", 1, 6, "an SQE (s0 to s7); found \"s8\"" },
	{ "take s0 on c", 1, 12, "a ring (a b)" },
	{ "take s0 off a", 1, 9, "on" },
	{ "\n\n  take  c0\n", 3, 9, "an SQE" },
	{ "prepare s0 pop", 1, 12, "nop" },
	{ "prepare s0 read", 1, 16, "a file (file pipe.read" },
	{ "prepare s0 read pip 1", 1, 17, "found \"pip\"" },
	{ "prepare s0 read file 300", 1, 22, "a length" },
	{ "prepare s0 read file -1", 1, 22, "a length" },
	{ "arm s0 lending 256", 1, 16, "a number (0 to 255)" },
	{ "arm s0 as o32 lending 1", 1, 11, "an operation" },
	{ "submit and", 1, 11, "wait" },
	{ "wait c0 at most soon", 1, 17, "a time (0s 1ns" },
	{ "wait c0 of 1 at most 1ns masked now", 1, 33, "the end of the line" },
	{ "see c0 c1", 1, 8, "the end of the line" },
	{ "copy s0 to c1", 1, 12, "an SQE" },
	{ "kernel sleeps", 1, 8, "an act of the kernel" },
	{ "expect", 1, 7, "a number" },
	{ "expect ONCE_NOTHING", 1, 8, "found \"ONCE_NOTHING\"" },
	{ "expect -ENOTHING", 1, 8, "found \"-ENOTHING\"" },
	{ "expect 1 or", 1, 12, "a number" },
	{ "expect 1 2", 1, 10, "or" },
	{ "expect 1 or 2 or 3 or 4 or 5", 1, 28, "four choices" },
	{ "expect account gold 1", 1, 16, "an account (free taken" },
	{ "expect state o1 gone", 1, 17, "in_flight" },
	{ "expect terminal maybe", 1, 17, "yes" },
	{ "expect flags fast", 1, 14, "more" },
	{ "expect at most 3", 1, 11, "least" },
	{ "ring c entries 8", 1, 6, "a, b" },
	{ "ring a entries 7", 1, 16, "no such size" },
	{ "ring a entries 8 cq 17", 1, 16, "no such size" },
	{ "ring a cq 16", 1, 8, "entries" },
	{ "ring a entries 8 flags fast", 1, 24, "setup flags (default" },
	{ "ring a entries 8 flags defer split", 1, 35, "one thread" },
	{ "ring a entries 8 cq 16 operations 15 legacy", 1, 44, "no CQ places" },
	{ "ring a entries 8 used 1", 1, 23, "generations" },
	{ "ring a entries 8 credit 3", 1, 25, "credit" },
	{ "ring a entries 8 phase 16", 1, 24, "phase" },
	{ "ring b entries 8 split", 1, 18, "the end of the line" },
	{ "submit\nring a entries 8", 2, 1, "before the first step" },
	{ "fault meteor 1", 1, 7, "a fault (none" },
	{ "fault short many", 1, 13, "a number" },
	{ "take s0\001", 1, 6, "found \"s0?\"" },
	{ "\033[2J", 1, 1, "expected a step" },
	{ "1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1", 1, 81,
	  "too many words" }
};

static void a_wrong_line_is_told_by_line_and_column(void **unused)
{
	(void)unused;
	for (size_t i = 0; i < sizeof mistakes / sizeof mistakes[0]; i++) {
		const struct mistake *mistake = &mistakes[i];
		struct scenario_error error;
		struct scenario scenario;

		assert_int_equal(parse(&scenario, mistake->text, &error), -1);
		if (error.line != mistake->line || error.column != mistake->column ||
		    strstr(error.message, mistake->part) == NULL)
			fail_msg("%s\n%u:%u: %s", mistake->text, error.line, error.column,
				 error.message);
		assert_null(scenario.steps);
	}
}

/* --- hostile input --- */

static void a_nul_byte_is_told(void **unused)
{
	static const char text[] = "take s0\nta\0ke s0\n";
	struct scenario_error error;
	struct scenario scenario;

	(void)unused;
	assert_int_equal(scenario_parse(&scenario, "x", text, sizeof text - 1, &error), -1);
	assert_int_equal(error.line, 2);
	assert_int_equal(error.column, 3);
	assert_string_equal(error.message, "a NUL byte");
}

static void a_line_of_ten_megabytes_is_told(void **unused)
{
	const size_t length = 10 << 20;
	char *text = malloc(length);
	struct scenario_error error;
	struct scenario scenario;

	(void)unused;
	assert_non_null(text);
	memset(text, 'x', length);
	assert_int_equal(scenario_parse(&scenario, "x", text, length, &error), -1);
	assert_int_equal(error.column, 4097);
	assert_non_null(strstr(error.message, "longer"));
	memset(text, '#', length);
	assert_int_equal(scenario_parse(&scenario, "x", text, length, &error), -1);
	free(text);
}

static void too_many_steps_are_told(void **unused)
{
	const size_t length = (SCENARIO_STEPS_MAX + 1) * strlen("submit\n");
	char *text = malloc(length);
	struct scenario_error error;
	struct scenario scenario;

	(void)unused;
	assert_non_null(text);
	for (size_t i = 0; i < length; i++)
		text[i] = "submit\n"[i % 7];
	assert_int_equal(scenario_parse(&scenario, "x", text, length, &error), -1);
	assert_int_equal(error.line, SCENARIO_STEPS_MAX + 1);
	assert_int_equal(scenario_parse(&scenario, "x", text, length - 7, &error), 0);
	assert_int_equal(scenario.count, SCENARIO_STEPS_MAX);
	scenario_free(&scenario);
	free(text);
}

/* It is read or refused; ASan looks on. Each piece in memory of its own size. */
static void every_truncation_is_read_or_refused(void **unused)
{
	static const char text[] =
		"# a title\r\nring a entries 8 cq 16 operations 8 flags defer foreign\r\n"
		"ring b entries 4\nfault eagain 1\ntake s0 on b\nprepare s0 poll_multishot pipe.read in\n"
		"arm s0 as o31 lending cookie 255\nsubmit and wait 1 at most 1000s into c31\n"
		"expect -ETIME or ONCE_WOULD_HANG\nexpect account held 1 on b\nexpect flags more\n"
		"forge c0 neighbour\nkernel complete 7 on b # why not\nclose";
	unsigned good = 0;

	(void)unused;
	for (size_t length = 0; length < sizeof text; length++) {
		char *piece = malloc(length + (length == 0));
		struct scenario_error error;
		struct scenario scenario;

		assert_non_null(piece);
		memcpy(piece, text, length);
		if (scenario_parse(&scenario, "x", piece, length, &error) == 0) {
			good++;
			scenario_free(&scenario);
		} else {
			assert_true(error.line >= 1 && error.column >= 1 && error.message[0] != '\0');
		}
		free(piece);
	}
	assert_in_range(good, 20, sizeof text - 20);
}

static void random_text_is_read_or_refused(void **unused)
{
	static const char letters[] = "take s0\n #c1o2expct-19wairngb\tsubm\0\xc3";

	(void)unused;
	for (unsigned round = 0; round < ROUNDS / 10; round++) {
		struct scenario_error error;
		struct scenario scenario;
		char text[64];

		for (size_t i = 0; i < sizeof text; i++)
			text[i] = letters[random_byte() % (sizeof letters - 1)];
		if (scenario_parse(&scenario, "x", text, sizeof text, &error) == 0)
			scenario_free(&scenario);
	}
}

static void a_small_capacity_leaves_the_rest_out(void **unused)
{
	struct scenario_step steps[3];
	struct scenario scenario;
	uint8_t bytes[40] = { 0 };

	(void)unused;
	scenario_init(&scenario, steps, 3);
	scenario_decode(&scenario, bytes, sizeof bytes, 0);
	assert_int_equal(scenario.count, 3);
	scenario_decode(&scenario, bytes, SCENARIO_HEADER_BYTES + 7, 0);
	assert_int_equal(scenario.count, 1);
	scenario_decode(&scenario, NULL, 0, 0);
	assert_int_equal(scenario.count, 0);
}

static void a_missing_file_is_told(void **unused)
{
	struct scenario_error error;
	struct scenario scenario;

	(void)unused;
	assert_int_equal(scenario_read(&scenario, "/dev/null/missing", &error), -1);
	assert_int_equal(error.line, 0);
	assert_true(error.message[0] != '\0');
	assert_int_equal(scenario_read(&scenario, "/", &error), -1);
	assert_int_equal(scenario_read(&scenario, "/dev/null", &error), 0);
	assert_int_equal(scenario.count, 0);
	scenario_free(&scenario);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_byte_string_survives_bytes_and_text),
		cmocka_unit_test(every_verb_has_a_text_that_is_read_back),
		cmocka_unit_test(text_is_printed_as_it_was_read),
		cmocka_unit_test(a_wrong_line_is_told_by_line_and_column),
		cmocka_unit_test(a_nul_byte_is_told),
		cmocka_unit_test(a_line_of_ten_megabytes_is_told),
		cmocka_unit_test(too_many_steps_are_told),
		cmocka_unit_test(every_truncation_is_read_or_refused),
		cmocka_unit_test(random_text_is_read_or_refused),
		cmocka_unit_test(a_small_capacity_leaves_the_rest_out),
		cmocka_unit_test(a_missing_file_is_told)
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
