/* SPDX-License-Identifier: MIT */
/* oncering minimise: fewer steps, the same verdict. */
#include "command.h"

static unsigned lines_of(const char *text)
{
	unsigned lines = 0;

	for (; *text != '\0'; text++)
		lines += *text == '\n';
	return lines;
}

static void what_does_not_matter_goes(void **state)
{
	char *text, *left;
	int status;

	(void)state;
	write_file("m.once", "ring a entries 8 cq 16 operations 8\n"
		   "take s0\nprepare s0 nop\narm s0 as o0 lending 1\nsubmit\nwait c0\nsee c0\n"
		   "take s1\ngive back s1\ntake s1\nprepare s1 nop\narm s1 as o1 lending 2\nsubmit\n"
		   "wait c1\nlook c1\nsee c1\nsee c1\ntake s2\ngive back s2\n");
	text = oncering_runs("minimise", "-o @less.once @m.once", &status);
	assert_int_equal(status, 0);
	free(text);
	left = read_file("less.once");
	assert_has(left, "see c");
	/* take, prepare, arm, submit, wait, see, see; and the header */
	assert_int_equal(lines_of(left), 8);
	free(left);
}

/* What was expected and did not come is still the first that does not come. */
static void the_first_unmet_expectation_stays(void **state)
{
	char *text, *left;
	int status;

	(void)state;
	write_file("m.once", "ring a entries 8 cq 16 operations 8\n"
		   "take s3\ngive back s3\ntake s0\nprepare s0 nop\narm s0 as o0 lending 1\nsubmit\nexpect 2\n"
		   "wait c0\nexpect ONCE_WOULD_HANG\nsee c0\n");
	text = oncering_runs("minimise", "-o @less.once @m.once", &status);
	assert_int_equal(status, 0);
	free(text);
	left = read_file("less.once");
	assert_has(left, "submit\nexpect 2\n");
	assert_has_not(left, "s3");
	assert_has_not(left, "see c0");
	free(left);
	text = oncering_runs("run", "@less.once", &status);
	assert_int_equal(status, 1);
	free(text);
}

/* A run that aborts is a verdict: ONCE_TRAP. */
static void a_crash_is_kept(void **state)
{
	char *text, *left;
	int status;

	(void)state;
	write_file("m.once", "ring a entries 8 cq 16 operations 8 trap\n"
		   "take s0\ngive back s0\ntake s1\ngive back s1\ngive back s1\ntake s2\n");
	text = oncering_runs("minimise", "-o @less.once @m.once", &status);
	assert_int_equal(status, 0);
	free(text);
	left = read_file("less.once");
	assert_has(left, "trap");
	assert_true(lines_of(left) <= 3);
	free(left);
}

static void nothing_wrong_leaves_nothing(void **state)
{
	char *text, *left;
	int status;

	(void)state;
	write_file("m.once", "# a heading\nring a entries 8 cq 16 operations 8\ntake s0\ngive back s0\n");
	text = oncering_runs("minimise", "-o @less.once @m.once", &status);
	assert_int_equal(status, 0);
	free(text);
	left = read_file("less.once");
	assert_string_equal(left, "# a heading\nring a entries 8 cq 16 operations 8\n");
	free(left);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_does_not_matter_goes),
		cmocka_unit_test(the_first_unmet_expectation_stays),
		cmocka_unit_test(a_crash_is_kept),
		cmocka_unit_test(nothing_wrong_leaves_nothing)
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
