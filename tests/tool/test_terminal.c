/* SPDX-License-Identifier: MIT */
/* On a terminal: one key a step, colour; and everywhere lines of at most 80 columns. */
#include "command.h"

#include <glob.h>
#include <pty.h>
#include <signal.h>
#include <termios.h>

enum { ROOM = 1 << 16, PATIENCE = 60 };

/* A terminal with the command on it, and all that it has written. */
static struct terminal {
	int fd;
	pid_t child;
	char text[ROOM];
	size_t length;
} terminal;

static void open_terminal(const char *arguments, const char *environment)
{
	static char line[5 * PATH_ROOM];

	snprintf(line, sizeof line, "exec env TERM=xterm %s %s", environment, command_line(arguments));
	memset(&terminal, 0, sizeof terminal);
	terminal.child = forkpty(&terminal.fd, NULL, NULL, NULL);
	assert_true(terminal.child >= 0);
	if (terminal.child == 0) {
		alarm(PATIENCE); /* nobody waits for ever */
		execl("/bin/sh", "sh", "-c", line, (char *)NULL);
		_exit(99);
	}
}

/* Read on until *part* has come, or to the end if it is NULL. */
static void read_until(const char *part)
{
	while (part == NULL || strstr(terminal.text, part) == NULL) {
		const ssize_t count = read(terminal.fd, terminal.text + terminal.length,
					   ROOM - 1 - terminal.length);

		if (count <= 0) {
			if (part != NULL)
				fail_msg("\"%s\" never came:\n%.3000s", part, terminal.text);
			return;
		}
		terminal.length += (size_t)count;
		terminal.text[terminal.length] = '\0';
	}
}

static void press(char key)
{
	assert_int_equal(write(terminal.fd, &key, 1), 1);
}

static bool has_echo(void)
{
	struct termios now;

	assert_int_equal(tcgetattr(terminal.fd, &now), 0);
	return (now.c_lflag & ECHO) != 0 && (now.c_lflag & ICANON) != 0 && (now.c_lflag & ISIG) != 0;
}

static int close_terminal(void)
{
	int status;

	assert_int_equal(waitpid(terminal.child, &status, 0), terminal.child);
	close(terminal.fd);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 1000 + WTERMSIG(status);
}

/* --- one key a step --- */

static const char four[] = "ring a entries 8\ntake s0\nexpect 0\ngive back s0\ngive back s0\n"
			   "expect ONCE_NOT_TAKEN\ntake s1\nexpect 0\n";

/* Step n + 1 comes after n keys, and not before. */
static void each_key_is_a_step(void **state)
{
	(void)state;
	write_file("s.once", four);
	open_terminal("run --emulated --step @s.once", "");
	read_until("    1  take s0");
	read_until("ring a: free 8 -> 7, taken 0 -> 1");
	press(' ');
	read_until("    2  give back s0");
	assert_has_not(terminal.text, "    3  give back s0");
	press('x');
	read_until("    3  give back s0");
	assert_has_not(terminal.text, "    4  take s1");
	press('\r');
	read_until("    4  take s1");
	assert_has_not(terminal.text, "4 steps");
	press('n');
	read_until("4 steps, 3 of 3 expectations met");
	read_until(NULL);
	assert_true(has_echo());
	assert_int_equal(close_terminal(), 0);
}

/* What was not reached is not met; and the terminal is as it was. */
static void a_run_can_be_stopped(void **state)
{
	static const char keys[] = { 'q', 'Q', 3, 4 };

	(void)state;
	write_file("s.once", four);
	for (size_t i = 0; i < sizeof keys; i++) {
		open_terminal("run --emulated --step @s.once", "");
		read_until("taken 0 -> 1");
		press(' ');
		read_until("    2  give back s0");
		read_until("taken 1 -> 0");
		/* Ctrl-C before it waits for a key is a signal, as everywhere */
		for (unsigned tries = 0; tries < 5000 && has_echo(); tries++)
			usleep(1000);
		press(keys[i]);
		read_until("stopped after 2 of 4 steps, 1 of 3 expectations met");
		read_until(NULL);
		assert_has_not(terminal.text, "    3  ");
		assert_true(has_echo());
		assert_int_equal(close_terminal(), 1);
	}
}

/* Without a terminal nobody presses a key: nothing waits. */
static void no_terminal_no_keys(void **state)
{
	int status;
	char *text;

	(void)state;
	write_file("s.once", four);
	text = oncering("run --emulated --step @s.once < /dev/null", &status);
	assert_int_equal(status, 0);
	assert_has(text, "4 steps, 3 of 3");
	free(text);
}

/* --- colour --- */

static bool is_coloured(const char *arguments, const char *environment)
{
	open_terminal(arguments, environment);
	read_until(NULL);
	(void)close_terminal();
	assert_true(terminal.length > 40);
	return strchr(terminal.text, '\033') != NULL;
}

static void colour_is_for_terminals(void **state)
{
	static const char *const say[] = { "run -e --trace @s.once", "list refusals", "explain ONCE_SPENT",
					   "replay -e @s.bin" };
	int status;

	(void)state;
	write_file("s.once", four);
	free(oncering("encode -o @s.bin @s.once", &status));
	assert_int_equal(status, 0);
	for (size_t i = 0; i < sizeof say / sizeof say[0]; i++) {
		char *text = oncering(say[i], &status);

		assert_has_not(text, "\033");
		free(text);
		assert_true(is_coloured(say[i], ""));
		assert_true(is_coloured(say[i], "NO_COLOR="));
		assert_false(is_coloured(say[i], "NO_COLOR=1"));
		assert_false(is_coloured(say[i], "TERM=dumb"));
	}
}

/* --- 80 columns --- */

static void fits(const char *arguments)
{
	char *text;
	int status;

	text = oncering(arguments, &status);
	assert_fits(text);
	free(text);
}

static void lessons_fit(void **state)
{
	char line[PATH_ROOM];
	glob_t found;

	(void)state;
	assert_int_equal(glob("tests/lessons/*.once", 0, NULL, &found), 0);
	for (size_t i = 0; i < found.gl_pathc; i++) {
		snprintf(line, sizeof line, "run --emulated --trace %s", found.gl_pathv[i]);
		fits(line);
	}
	assert_true(found.gl_pathc >= 39);
	globfree(&found);
}

/* Whatever runs. The generator is seeded: a failure comes again. */
static void any_run_fits(void **state)
{
	uint32_t random = 362436069;

	(void)state;
	for (unsigned round = 0; round < 40; round++) {
		FILE *file = fopen(scratch("f.bin"), "w");

		assert_non_null(file);
		for (unsigned i = 0; i < 8 + 4 * 100; i++) {
			random ^= random << 13;
			random ^= random >> 17;
			random ^= random << 5;
			/* no trap; often registers that were used */
			fputc(i == 2 ? (int)(random >> 8 & 7) : (int)(random >> 8 & (i % 2 != 0 ? 0xe1 : 0xff)), file);
		}
		assert_int_equal(fclose(file), 0);
		fits("replay --emulated --trace @f.bin");
	}
}

/* The name of the file comes first, so a short one is asked for here. */
static void complaints_fit(void **state)
{
	static const char *const lines[] = {
		"prepare s0 read nowhere 5", "ring a entries 8 flags none", "kernel sleeps", "fault none of these",
		"prepare s0 fly", "expect state o1 gone", "expect ONCE_NOTHING", "account of everything", "get 7 from",
		"take s0\nexpect account passed_total 7 or 8 or 9 or 10", "wait c31 of 255 at most 1000s masked on b\nexpect ONCE_SEEN_TWICE or ONCE_STRAY_CQE or ONCE_WORN_OUT or ONCE_CORRUPT_CQ"
	};
	char *text;
	int status;

	(void)state;
	for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++) {
		write_file("w.once", lines[i]);
		text = oncering("run -e - < @w.once", &status);
		assert_in_range(status, 1, 2);
		assert_fits(text);
		free(text);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_key_is_a_step),
		cmocka_unit_test(a_run_can_be_stopped),
		cmocka_unit_test(no_terminal_no_keys),
		cmocka_unit_test(colour_is_for_terminals),
		cmocka_unit_test(lessons_fit),
		cmocka_unit_test(any_run_fits),
		cmocka_unit_test(complaints_fit)
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
