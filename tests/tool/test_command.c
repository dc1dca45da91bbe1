/* SPDX-License-Identifier: MIT */
/* The oncering command line: exit statuses, options, what is retold. */
#include "command.h"

#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/syscall.h>

static const char *const commands[] = { "run", "replay", "draw", "explain", "list", "minimise", "c",
					"perfetto", "encode", "decode" };
enum { COMMANDS = sizeof commands / sizeof commands[0] };

static void expect_status(const char *arguments, int wanted)
{
	int status;
	char *text = oncering(arguments, &status);

	if (status != wanted)
		fail_msg("oncering %s: exit %d, not %d\n%.2000s", arguments, status, wanted, text);
	free(text);
}

/* Where a real ring is not permitted, 77 is right. */
static void expect_run(const char *arguments, int wanted)
{
	int status;
	char *text = oncering(arguments, &status);

	if (status != wanted && status != NOT_PERMITTED)
		fail_msg("oncering %s: exit %d, not %d\n%.2000s", arguments, status, wanted, text);
	free(text);
}

/* --- exit statuses --- */

static void met_and_not_met(void **state)
{
	int status;
	char *text;

	(void)state;
	write_file("m.once", seen_twice);
	expect_run("run @m.once", 0);
	expect_status("run --emulated @m.once", 0);
	write_file("n.once", "take s0\nexpect ONCE_NO_SLOT\ngive back s0\n");
	expect_run("run @n.once", 1);
	text = oncering("run -e @n.once", &status);
	assert_int_equal(status, 1);
	assert_has(text, "n.once:2: not met: expect ONCE_NO_SLOT;");
	assert_has(text, "it is 0");
	assert_has(text, "2 steps, 0 of 1 expectation met\n");
	free(text);
	text = oncering("run -q -e @n.once", &status);
	assert_has_not(text, "2 steps");
	free(text);
}

static void a_wrong_line_is_told_by_file_line_and_column(void **state)
{
	static const char *const readers[] = { "run", "draw", "minimise", "c", "perfetto", "encode" };
	int status;

	(void)state;
	write_file("w.once", "take s0\n\ntake  c0\n");
	for (size_t i = 0; i < sizeof readers / sizeof readers[0]; i++) {
		char line[80];
		char *text;

		snprintf(line, sizeof line, "%s @w.once", readers[i]);
		text = oncering(line, &status);
		assert_int_equal(status, 2);
		assert_has(text, "w.once:3:7: ");
		assert_has(text, "an SQE (s0 to s7);");
		assert_has(text, "found \"c0\"");
		free(text);
	}
}

static void wrong_use_is_told(void **state)
{
	static const char *const wrong[] = {
		"", "nothing", "--nothing", "run", "run a b", "run --nothing a", "run --emulated",
		"run -o x a", "replay", "replay a b", "draw", "draw -o", "draw --from 0 a",
		"draw --to x a", "draw --from=2 --to=1 a", "c", "c --emulated a", "c a b", "perfetto",
		"perfetto --from 1 a", "minimise", "minimise --steps a", "encode", "encode a b",
		"encode --bytes a", "decode", "explain", "list nothing", "run @missing.once",
		"replay @missing.bin", "draw @missing.once", "decode @missing.bin", "encode @missing.once",
		"run /", "replay /"
	};

	(void)state;
	for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++)
		expect_status(wrong[i], 2);
}

/* Help goes to standard output, complaints to the other one. */
static void help_and_version(void **state)
{
	char line[PATH_ROOM + 100], folder[PATH_ROOM];
	int status;
	char *text = oncering("--version", &status);
	char *same;
	unsigned number[3];

	(void)state;
	assert_int_equal(status, 0);
	assert_int_equal(sscanf(text, "oncering %u.%u.%u\n", &number[0], &number[1], &number[2]), 3);
	same = oncering("-V", &status);
	assert_string_equal(same, text);
	free(same);
	free(text);
	text = oncering("--help", &status);
	assert_int_equal(status, 0);
	assert_fits(text);
	for (unsigned i = 0; i < COMMANDS; i++) {
		assert_has(text, commands[i]);
		snprintf(line, sizeof line, "%s --help 2>/dev/null", commands[i]);
		same = oncering(line, &status);
		assert_int_equal(status, 0);
		assert_has(same, "Usage: oncering");
		assert_fits(same);
		free(same);
	}
	free(text);
	build_folder(folder, sizeof folder);
	snprintf(line, sizeof line, "'%s/oncering' run --nothing x 2>/dev/null", folder);
	text = shell(line, &status);
	assert_string_equal(text, "");
	free(text);
}

static void what_cannot_be_written_is_told(void **state)
{
	static const char *const writers[] = { "draw -e", "c", "perfetto -e", "minimise -e", "encode" };
	char line[100];

	(void)state;
	write_file("m.once", seen_twice);
	for (size_t i = 0; i < sizeof writers / sizeof writers[0]; i++) {
		snprintf(line, sizeof line, "%s -o @no/such/folder.svg @m.once", writers[i]);
		expect_status(line, 1);
		snprintf(line, sizeof line, "%s @m.once > /dev/full", writers[i]);
		expect_status(line, 1);
	}
	expect_status("run -e --lines @m.once > /dev/full", 1);
	expect_status("run -e --expect @m.once > /dev/full", 1);
}

static void standard_input_is_a_file(void **state)
{
	int status;
	char *text, *scenario;

	(void)state;
	write_file("m.once", seen_twice);
	expect_status("run -e - < @m.once", 0);
	text = oncering("encode - < @m.once > @m.bin; echo $?", &status);
	assert_string_equal(text, "0\n");
	free(text);
	text = oncering("decode - < @m.bin", &status);
	scenario = oncering("decode @m.bin", &status);
	assert_string_equal(text, scenario);
	assert_has(text, "ring a entries 8 cq 16 operations 8\ntake s0\nprepare s0 nop\n");
	assert_has_not(text, "expect");
	free(scenario);
	free(text);
}

/* --- where io_uring is not permitted --- */

/* Run it with every io_uring_setup() refused with *error*. */
static int status_without_io_uring(const char *arguments, int error)
{
	const struct sock_filter code[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, __NR_io_uring_setup, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | (unsigned)error),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW)
	};
	struct sock_fprog filter = { sizeof code / sizeof code[0], (struct sock_filter *)(uintptr_t)code };
	const char *const line = command_line(arguments);
	const pid_t child = fork();
	int status;

	assert_true(child >= 0);
	if (child == 0) {
		if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 ||
		    prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter, 0, 0) != 0)
			_exit(99);
		free(shell(line, &status));
		_exit(status);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFEXITED(status));
	return WEXITSTATUS(status);
}

static void not_permitted_is_77(void **state)
{
	static const char *const runs[] = { "run @m.once", "replay @m.bin", "draw @m.once",
					    "perfetto @m.once", "minimise @m.once" };
	static const int errors[] = { 1 /* EPERM */, 13 /* EACCES */, 38 /* ENOSYS */ };

	(void)state;
	write_file("m.once", seen_twice);
	expect_status("encode -o @m.bin @m.once", 0);
	if (status_without_io_uring("--version", 1) == 99)
		skip(); /* no seccomp here */
	for (size_t i = 0; i < sizeof runs / sizeof runs[0]; i++)
		for (size_t j = 0; j < sizeof errors / sizeof errors[0]; j++)
			if (status_without_io_uring(runs[i], errors[j]) != NOT_PERMITTED)
				fail_msg("oncering %s, errno %d: exit %d", runs[i], errors[j],
					 status_without_io_uring(runs[i], errors[j]));
	assert_int_equal(status_without_io_uring("run --emulated @m.once", 1), 0);
	assert_int_equal(status_without_io_uring("draw --emulated -o @m.svg @m.once", 1), 0);
	assert_int_equal(status_without_io_uring("c -o @m.c @m.once", 1), 0);
	assert_int_equal(status_without_io_uring("run @missing.once", 1), 2);
}

/* --- what is retold can be run again --- */

static void a_finding_becomes_a_scenario(void **state)
{
	uint32_t random = 88172645;
	int status;

	(void)state;
	for (unsigned round = 0; round < 25; round++) {
		FILE *file = fopen(scratch("f.bin"), "w");
		char *text;

		assert_non_null(file);
		for (unsigned i = 0; i < 8 + 4 * 50; i++) {
			random ^= random << 13;
			random ^= random >> 17;
			random ^= random << 5;
			fputc(i == 2 ? (int)(random >> 8 & 6) : (int)(random >> 8 & 0xff), file); /* no trap, one thread */
		}
		assert_int_equal(fclose(file), 0);
		text = oncering("replay --emulated --expect @f.bin > @f.once; echo $?", &status);
		assert_string_equal(text, "0\n");
		free(text);
		text = oncering("run --emulated @f.once", &status);
		if (status != 0)
			fail_msg("round %u: %.2000s", round, text);
		assert_has(text, "50 steps");
		free(text);
	}
}

/* Comments stay; what was expected before does not. */
static void a_draft_is_filled_in(void **state)
{
	int status;
	char *text;

	(void)state;
	write_file("m.once", "# A draft\nring a entries 8\n# first\ntake s0\nexpect 7\ngive back s0\ngive back s0\n# last\n");
	text = oncering("run --emulated --expect @m.once", &status);
	assert_int_equal(status, 0);
	assert_string_equal(text, "# A draft\nring a entries 8 cq 16 operations 8\nexpect 0\n# first\n"
			    "take s0\nexpect 0\ngive back s0\nexpect 0\ngive back s0\n"
			    "expect ONCE_NOT_TAKEN\nexpect violation ONCE_NOT_TAKEN\n# last\n");
	free(text);
	/* a crash: the step that crashed is the last line */
	write_file("m.once", "ring a entries 8 trap\ntake s0\ngive back s0\ngive back s0\ntake s1\n");
	text = oncering("run --emulated --expect @m.once 2>/dev/null > @out; cat @out", &status);
	assert_has(text, "give back s0\nexpect 0\ngive back s0\n");
	assert_has_not(text, "s1");
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(met_and_not_met),
		cmocka_unit_test(a_wrong_line_is_told_by_file_line_and_column),
		cmocka_unit_test(wrong_use_is_told),
		cmocka_unit_test(help_and_version),
		cmocka_unit_test(what_cannot_be_written_is_told),
		cmocka_unit_test(standard_input_is_a_file),
		cmocka_unit_test(not_permitted_is_77),
		cmocka_unit_test(a_finding_becomes_a_scenario),
		cmocka_unit_test(a_draft_is_filled_in)
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
