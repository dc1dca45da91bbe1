/* SPDX-License-Identifier: MIT */
/*
 * Hostile files, through the command itself: a clear error or a run, never a
 * crash or a hang. Under ASan this is where it looks on.
 */
#include "command.h"

static void write_bytes(const char *name, const char *bytes, size_t length)
{
	FILE *file = fopen(scratch(name), "w");

	assert_non_null(file);
	assert_int_equal(fwrite(bytes, 1, length, file), length);
	assert_int_equal(fclose(file), 0);
}

/* All commands that read a text refuse it, and say where and why. */
static void refused(const char *name, const char *where, const char *why)
{
	static const char *const readers[] = { "run -e", "run -e --expect", "draw -e", "minimise -e", "c",
					       "perfetto -e", "encode" };

	for (size_t i = 0; i < sizeof readers / sizeof readers[0]; i++) {
		char line[100];
		char *text;
		int status;

		snprintf(line, sizeof line, "%s @%s", readers[i], name);
		text = oncering(line, &status);
		if (status != 2)
			fail_msg("oncering %s: exit %d\n%.2000s", line, status, text);
		assert_has(text, where);
		assert_has(text, why);
		assert_true(strlen(text) < 2000 + PATH_ROOM);
		free(text);
	}
}

/* A text is no longer than a crash report wants; what came of it is 0, 1 or 2. */
static void survives(const char *line)
{
	int status;
	char *text = oncering(line, &status);

	if (status > 2)
		fail_msg("oncering %s: exit %d\n%.3000s", line, status, text);
	if (status == 2)
		assert_has(text, "h.once");
	free(text);
}

static void a_line_of_ten_megabytes(void **state)
{
	const size_t length = 10 << 20;
	char *text = malloc(length);

	(void)state;
	assert_non_null(text);
	memset(text, 'x', length);
	write_bytes("h.once", text, length);
	refused("h.once", "h.once:1:4097:", "longer");
	memset(text, ' ', length);
	write_bytes("h.once", text, length);
	refused("h.once", "h.once:1:4097:", "longer");
	free(text);
}

static void bytes_that_are_no_text(void **state)
{
	static const char nul[] = "take s0\ngive\0back s0\n";
	static const char escape[] = "take s0\n\033]0;owned\007\033[2J\n";

	(void)state;
	write_bytes("h.once", nul, sizeof nul - 1);
	refused("h.once", "h.once:2:5:", "NUL");
	write_bytes("h.once", escape, sizeof escape - 1);
	refused("h.once", "h.once:2:1:", "expected a step");
	{
		int status;
		char *text = oncering("run -e @h.once", &status);

		assert_has_not(text, "\033"); /* a terminal is not given what it would obey */
		assert_has_not(text, "\007");
		free(text);
	}
}

/* There is nothing to nest in the notation; who tries anyway is told so. */
static void deep_nesting(void **state)
{
	const size_t depth = 2000, long_depth = 1 << 20;
	char *text = malloc(long_depth);

	(void)state;
	assert_non_null(text);
	memset(text, '(', depth);
	write_bytes("h.once", text, depth);
	refused("h.once", "h.once:1:1:", "there is no step");
	for (size_t i = 0; i < depth; i++)
		memcpy(text + 2 * i, "( ", 2);
	write_bytes("h.once", text, 2 * depth);
	refused("h.once", "h.once:1:81:", "too many words");
	memset(text, '(', long_depth);
	write_bytes("h.once", text, long_depth);
	refused("h.once", "h.once:1:4097:", "longer");
	free(text);
	/* a step that bends the next one, over and over */
	{
		FILE *file = fopen(scratch("h.once"), "w");

		assert_non_null(file);
		for (unsigned i = 0; i < 1000; i++)
			fputs("in another thread\n", file);
		assert_int_equal(fclose(file), 0);
		survives("run -e -q @h.once");
	}
}

static void too_much(void **state)
{
	FILE *file = fopen(scratch("h.once"), "w");

	(void)state;
	assert_non_null(file);
	for (unsigned i = 0; i < 100001; i++)
		fputs("fetch\n", file);
	assert_int_equal(fclose(file), 0);
	refused("h.once", "h.once:100001:1:", "steps");
}

static const char valid[] =
	"# a title\nring a entries 8 cq 16 operations 8 flags defer foreign\nring b entries 4\n"
	"fault eagain 1\nexpect 0\ntake s0 on b\nprepare s0 poll_multishot pipe.read in\n"
	"arm s0 as o31 lending cookie 255\nsubmit on b\nput 3 into pipe.write\n"
	"wait c1 at most 1000s on b\nexpect flags more\nforge c0 neighbour\nsee c0\n"
	"kernel complete 7 on b\nsubmit and wait 1 at most 1000s into c31\nexpect account held 1 on b\nclose on b";

static void every_truncation_of_a_text(void **state)
{
	(void)state;
	for (size_t length = 0; length < sizeof valid; length++) {
		write_bytes("h.once", valid, length);
		survives("run -e -q @h.once");
	}
}

/* Every byte string is a scenario: each truncation runs. */
static void every_truncation_of_the_bytes(void **state)
{
	int status;
	char *text;
	size_t length;
	char bytes[256];
	FILE *file;

	(void)state;
	write_bytes("h.once", valid, sizeof valid - 1);
	text = oncering("encode -o @h.bin @h.once", &status);
	assert_string_equal(text, "");
	free(text);
	file = fopen(scratch("h.bin"), "r");
	assert_non_null(file);
	length = fread(bytes, 1, sizeof bytes, file);
	(void)fclose(file);
	assert_int_equal(length, 8 + 4 * 11);
	for (; length > 0; length--) {
		write_bytes("h.bin", bytes, length - 1);
		text = oncering("replay -e @h.bin", &status);
		if (status != 0)
			fail_msg("%zu bytes: exit %d\n%.3000s", length - 1, status, text);
		assert_has(text, "ring a entries ");
		free(text);
	}
	write_bytes("h.bin", "", 0);
	for (unsigned i = 0; i < 4; i++) {
		static const char *const lines[] = { "draw -e -b -o @h.svg @h.bin", "c -b -o @h.c @h.bin",
						     "perfetto -e -b -o @h.json @h.bin", "minimise -e -b -o @h.once @h.bin" };

		free(oncering(lines[i], &status));
		assert_int_equal(status, 0);
	}
}

/* Any text and any bytes through every command. The generator is seeded. */
static void anything(void **state)
{
	static const char *const lines[] = {
		"run -e --trace @h.once", "draw -e -o @h.html @h.once", "c -o @h.c @h.once", "encode -o @h.bin @h.once",
		"replay -e @h.once", "draw -e --bytes -o @h.svg @h.once", "perfetto -e --bytes -o @h.json @h.once",
		"c --bytes -o @h.c @h.once", "minimise -e --bytes -o @h.out @h.once", "decode -o @h.out @h.once",
		"replay -e --expect @h.once"
	};
	uint32_t random = 521288629;
	char bytes[600];

	(void)state;
	for (unsigned round = 0; round < 4 * sizeof lines / sizeof lines[0]; round++) {
		for (size_t i = 0; i < sizeof bytes; i++) {
			random ^= random << 13;
			random ^= random >> 17;
			random ^= random << 5;
			bytes[i] = (char)(random >> 8 & 0xff);
		}
		bytes[2] = 0; /* no trap: that is an abort, and right */
		write_bytes("h.once", bytes, sizeof bytes);
		survives(lines[round % (sizeof lines / sizeof lines[0])]);
	}
}

/* 10,000 steps: read, run, told, drawn, turned into bytes and back. */
static void ten_thousand_steps(void **state)
{
	FILE *file = fopen(scratch("long.once"), "w");
	int status;
	char *text, *again;

	(void)state;
	assert_non_null(file);
	fputs("ring a entries 8\n", file);
	for (unsigned i = 0; i < 2000; i++)
		fprintf(file, "take s0\nprepare s0 nop\narm s0 as o%u lending %u\nsubmit\nexpect 1\nreap d0\nexpect 0\n",
			i % 32, i % 256);
	assert_int_equal(fclose(file), 0);
	text = oncering_runs("run", "@long.once", &status);
	assert_int_equal(status, 0);
	assert_has(text, "10000 steps, 4000 of 4000 expectations met\n");
	free(text);
	text = oncering_runs("run", "--trace @long.once", &status);
	assert_int_equal(status, 0);
	assert_has(text, "10000  reap d0");
	free(text);
	text = oncering_runs("draw", "-o @long.svg @long.once", &status);
	assert_int_equal(status, 0);
	free(text);
	text = read_file("long.svg");
	assert_has(text, "10000 steps");
	assert_has(text, "</svg>");
	free(text);
	free(oncering("encode -o @long.bin @long.once", &status));
	free(oncering("decode -o @long2.once @long.bin", &status));
	free(oncering("encode -o @long2.bin @long2.once", &status));
	assert_int_equal(status, 0);
	text = read_file("long.bin");
	again = read_file("long2.once");
	assert_has(again, "reap d0\n");
	free(again);
	free(text);
	again = oncering("--version; cmp @long.bin @long2.bin", &status);
	assert_int_equal(status, 0);
	free(again);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_line_of_ten_megabytes),
		cmocka_unit_test(bytes_that_are_no_text),
		cmocka_unit_test(deep_nesting),
		cmocka_unit_test(too_much),
		cmocka_unit_test(every_truncation_of_a_text),
		cmocka_unit_test(every_truncation_of_the_bytes),
		cmocka_unit_test(anything),
		cmocka_unit_test(ten_thousand_steps)
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
