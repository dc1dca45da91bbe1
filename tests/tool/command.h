/* SPDX-License-Identifier: MIT */
/*
 * Run the oncering command that was built beside this test, and look at what
 * it says. The tests in the folder "emulated" run scenarios on the emulated ring.
 */
#ifndef ONCERING_TESTS_COMMAND_H
#define ONCERING_TESTS_COMMAND_H

#include <ctype.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

enum { NOT_PERMITTED = 77, PATH_ROOM = 4096 };

/* The folder above the one that this program lies in. */
static inline void build_folder(char *path, size_t room)
{
	const ssize_t length = readlink("/proc/self/exe", path, room - 1);

	assert_true(length > 0);
	path[length] = '\0';
	for (int i = 0; i < 3; i++) {
		char *slash = strrchr(path, '/');

		assert_non_null(slash);
		*slash = '\0';
	}
}

static inline bool is_emulated(void)
{
	char path[PATH_ROOM];

	assert_true(readlink("/proc/self/exe", path, sizeof path - 1) > 0);
	return strstr(path, "/emulated/") != NULL;
}

/* A folder for the files of one test; made once, and left in the build folder. */
static inline const char *scratch(const char *name)
{
	static char path[PATH_ROOM + 256];
	char folder[PATH_ROOM];

	build_folder(folder, sizeof folder);
	snprintf(path, sizeof path, "%s/tool/scratch", folder);
	(void)mkdir(path, 0755);
	snprintf(path, sizeof path, "%s/tool/scratch/%d", folder, (int)getpid());
	(void)mkdir(path, 0755);
	snprintf(path, sizeof path, "%s/tool/scratch/%d/%s", folder, (int)getpid(), name);
	return path;
}

static inline void write_file(const char *name, const char *text)
{
	FILE *file = fopen(scratch(name), "w");

	assert_non_null(file);
	assert_true(fputs(text, file) >= 0);
	assert_int_equal(fclose(file), 0);
}

static inline char *read_file(const char *name)
{
	FILE *file = fopen(scratch(name), "r");
	char *text = NULL;
	size_t length = 0;

	assert_non_null(file);
	if (getdelim(&text, &length, '\0', file) < 0 && text != NULL)
		text[0] = '\0';
	(void)fclose(file);
	assert_non_null(text);
	return text;
}

/* Run a shell command line; its output, which is to be freed. */
static inline char *shell(const char *line, int *status)
{
	FILE *pipe = popen(line, "r");
	char *text = calloc(1, 1);
	size_t length = 0;
	char part[4096];
	size_t count;
	int rc;

	assert_non_null(pipe);
	while ((count = fread(part, 1, sizeof part, pipe)) > 0) {
		char *more = realloc(text, length + count + 1);

		assert_non_null(more);
		text = more;
		memcpy(text + length, part, count);
		length += count;
		text[length] = '\0';
	}
	rc = pclose(pipe);
	*status = WIFEXITED(rc) ? WEXITSTATUS(rc) : 1000 + WTERMSIG(rc);
	return text;
}

/* "oncering ARGUMENTS" as a shell command line; in ARGUMENTS, @ stands for the scratch folder. */
static inline const char *command_line(const char *arguments)
{
	static char line[4 * PATH_ROOM];
	char folder[PATH_ROOM];
	size_t used;

	build_folder(folder, sizeof folder);
	used = (size_t)snprintf(line, sizeof line, "'%s/oncering' ", folder);
	for (; *arguments != '\0' && used < sizeof line - PATH_ROOM; arguments++) {
		if (*arguments == '@')
			used += (size_t)snprintf(line + used, sizeof line - used, "%s", scratch(""));
		else
			line[used++] = *arguments;
	}
	snprintf(line + used, sizeof line - used, " 2>&1");
	return line;
}

/* Run it. Standard error comes too. */
static inline char *oncering(const char *arguments, int *status)
{
	return shell(command_line(arguments), status);
}

/* The same of a scenario, on the ring of this test; skips where io_uring is not permitted. */
static inline char *oncering_runs(const char *command, const char *arguments, int *status)
{
	char line[2 * PATH_ROOM];
	char *text;

	snprintf(line, sizeof line, "%s %s%s", command, is_emulated() ? "--emulated " : "", arguments);
	text = oncering(line, status);
	if (*status == NOT_PERMITTED) {
		free(text);
		skip();
	}
	return text;
}

/* Whether *text* begins with *part*; where a page was broken, any white space is alike. */
static inline bool begins_with(const char *text, const char *part)
{
	while (*part != '\0') {
		if (isspace((unsigned char)*part) && isspace((unsigned char)*text)) {
			part += strspn(part, " \n");
			text += strspn(text, " \n");
		} else if (*part++ != *text++) {
			return false;
		}
	}
	return true;
}

/* How wide the path of the scratch folder is decides where a message breaks. */
static inline void assert_has(const char *text, const char *part)
{
	const char *at = text;

	while (*at != '\0' && !begins_with(at, part))
		at++;
	if (*at == '\0')
		fail_msg("\"%s\" is not in:\n%.3000s", part, text);
}

static inline void assert_has_not(const char *text, const char *part)
{
	if (strstr(text, part) != NULL)
		fail_msg("\"%s\" is in:\n%.3000s", part, text);
}

/*
 * No line is wider than a terminal; UTF-8 sequences count one. The line of a
 * scenario that says what ring it wants cannot be broken.
 */
static inline void assert_fits(const char *text)
{
	unsigned columns = 0;

	for (const char *at = text; *at != '\0'; at++) {
		if (columns == 0 && strncmp(at, "ring a entries ", 15) == 0)
			at += strcspn(at, "\n");
		columns = *at == '\n' ? 0 : columns + (((unsigned char)*at & 0xc0) != 0x80);
		if (columns > 80)
			fail_msg("wider than 80 columns: ...%.100s", at > text + 60 ? at - 60 : text);
	}
}

/* A small scenario with two refusals. */
static const char seen_twice[] =
	"# The same CQE twice: <b>&amp; \"quotes\" ]]> */ </script>\n"
	"ring a entries 8 cq 16 operations 8\n"
	"take s0\nprepare s0 nop\narm s0 as o0 lending 7\nsubmit\nexpect 1\n"
	"wait c0\nsee c0\nexpect 0\nsee c0\nexpect ONCE_SEEN_TWICE\nresult c0\nexpect ONCE_SPENT\n"
	"take s1\nprepare s1 timeout 1ms\narm s1 as o1 lending session 9\nsubmit\nwait c1\n"
	"expect result -ETIME\nsee c1\nclose\nexpect 0\n";

#endif
