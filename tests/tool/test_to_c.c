/* SPDX-License-Identifier: MIT */
/* oncering c: the program compiles without a warning, runs, and shows what raw liburing does. */
#include "command.h"

#include <glob.h>

static const char compiler[] = "cc -std=gnu11 -O1 -Wall -Wextra -Werror -DWATCHDOG=100";

/* Write, compile and run; the output, to be freed. */
static char *run_as_c(const char *options, const char *name, int *status)
{
	char line[3 * PATH_ROOM], source[PATH_ROOM + 256], program[PATH_ROOM + 256];
	char *text;

	snprintf(line, sizeof line, "c %s -o @t.c %s%s", options, strchr(name, '/') != NULL ? "" : "@", name);
	text = oncering(line, status);
	assert_string_equal(text, "");
	assert_int_equal(*status, 0);
	free(text);
	snprintf(source, sizeof source, "%s", scratch("t.c"));
	snprintf(program, sizeof program, "%s", scratch("t"));
	snprintf(line, sizeof line, "%s -o '%s' '%s' -luring -lpthread 2>&1", compiler, program, source);
	text = shell(line, status);
	assert_string_equal(text, "");
	assert_int_equal(*status, 0);
	free(text);
	snprintf(line, sizeof line, "timeout 100 '%s' 2>&1", program);
	text = shell(line, status);
	if (*status == NOT_PERMITTED) {
		free(text);
		skip();
	}
	return text;
}

/* The library refuses; raw liburing moves the head past the tail. */
static void raw_liburing_sees_twice(void **state)
{
	char *text;
	int status;

	(void)state;
	write_file("t.once", seen_twice);
	text = run_as_c("", "t.once", &status);
	assert_int_equal(status, 0);
	assert_has(text, "io_uring_cqe_seen(&a, c[0])\n      io_uring_cq_ready = 4294967295");
	assert_has(text, "io_uring_queue_exit(&a)");
	free(text);
}

static void each_step_stands_in_a_comment(void **state)
{
	char *text;
	int status;

	(void)state;
	write_file("t.once", seen_twice);
	free(oncering("c -o @t.c @t.once", &status));
	assert_int_equal(status, 0);
	text = read_file("t.c");
	assert_has(text, "/* 1  take s0 */");
	assert_has(text, "/* 7  see c0 */");
	assert_has(text, "/* oncering: expect ONCE_SEEN_TWICE */");
	assert_has_not(text, "once_"); /* it does not use the library */
	free(text);
}

/* A wait that nothing ends is ended, and it is said. */
static void a_hang_is_shown(void **state)
{
	char *text;
	int status;

	(void)state;
	write_file("t.once", "ring a entries 8 cq 16 operations 8\nwait c0\nin another thread\nwait c1\n");
	text = run_as_c("", "t.once", &status);
	assert_int_equal(status, 0);
	assert_has(text, "it would have waited on");
	free(text);
}

/* Each lesson: what raw liburing does with the same steps, to the end. */
static void every_lesson_makes_a_program(void **state)
{
	glob_t found;
	int status;

	(void)state;
	assert_int_equal(glob("tests/lessons/[0-9][0-9]-*.once", 0, NULL, &found), 0);
	for (size_t i = 0; i < found.gl_pathc; i++) {
		char *text;

		if (strstr(found.gl_pathv[i], ".exercise.") != NULL || strstr(found.gl_pathv[i], ".solution.") != NULL)
			continue;
		text = run_as_c("", found.gl_pathv[i], &status);
		if (status != 0)
			fail_msg("%s: exit %d\n%.3000s", found.gl_pathv[i], status, text);
		assert_has(text, "io_uring_queue_exit(&a)");
		free(text);
	}
	globfree(&found);
}

/* Whatever the bytes say. The generator is seeded: a failure comes again. */
static void any_bytes_make_a_program(void **state)
{
	uint32_t random = 2463534242U;
	int status;

	(void)state;
	for (int i = 0; i < 4; i++) {
		FILE *file = fopen(scratch("t.bin"), "w");
		char *text;

		assert_non_null(file);
		for (int byte = 0; byte < 8 + 4 * 40; byte++) {
			random ^= random << 13;
			random ^= random >> 17;
			random ^= random << 5;
			/* ring a without SQPOLL, and no fault */
			fputc(byte == 1 || byte == 4 ? 0 : (int)(random >> 8 & 0xff), file);
		}
		assert_int_equal(fclose(file), 0);
		text = run_as_c("--bytes", "t.bin", &status);
		assert_int_equal(status, 0);
		free(text);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(raw_liburing_sees_twice),
		cmocka_unit_test(each_step_stands_in_a_comment),
		cmocka_unit_test(a_hang_is_shown),
		cmocka_unit_test(every_lesson_makes_a_program),
		cmocka_unit_test(any_bytes_make_a_program)
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
