/* SPDX-License-Identifier: MIT */
/* What comes with the oncering command: completion in bash, the man page. */
#include "command.h"

static const char *const commands[] = { "run", "replay", "draw", "explain", "list", "minimise", "c",
					"perfetto", "encode", "decode" };
enum { COMMANDS = sizeof commands / sizeof commands[0] };

/* --- completion in bash --- */

/* What bash offers after "oncering WORDS", one a line. */
static char *offered(const char *words)
{
	char line[4 * PATH_ROOM], folder[PATH_ROOM];
	int status;
	char *text;

	build_folder(folder, sizeof folder);
	snprintf(line, sizeof line, "cd '%s' && PATH='%s':\"$PATH\" bash -c '. \"$0\"; COMP_WORDS=(oncering \"$@\"); "
		 "COMP_CWORD=$#; _oncering; printf \"%%s\\n\" \"${COMPREPLY[@]}\"' \"$OLDPWD\"/src/tool/oncering.bash %s 2>&1",
		 scratch(""), folder, words);
	text = shell(line, &status);
	assert_int_equal(status, 0);
	return text;
}

static void offers(const char *words, const char *wanted)
{
	char *text = offered(words);

	if (strcmp(text, wanted) != 0)
		fail_msg("%s: bash offers\n%s", words, text);
	free(text);
}

static void bash_completes(void **state)
{
	char *help, *text;
	int status;

	(void)state;
	write_file("m.once", seen_twice);
	write_file("m.txt", "");
	offers("re", "replay\n");
	offers("--v", "--version\n");
	offers("run --em", "--emulated\n");
	offers("run m", "m.once\n");
	offers("draw --from ''", "\n");
	offers("draw -o m.t", "m.txt\n");
	offers("explain ONCE_SPE", "ONCE_SPENT\n");
	offers("list ref", "refusals\n");
	offers("replay m.t", "m.txt\n"); /* bytes have any name */
	text = offered("''");
	for (unsigned i = 0; i < COMMANDS; i++)
		assert_has(text, commands[i]);
	free(text);
	/* every long option of every command */
	for (unsigned i = 0; i < COMMANDS; i++) {
		char line[64];

		snprintf(line, sizeof line, "%s --help", commands[i]);
		help = oncering(line, &status);
		snprintf(line, sizeof line, "%s --", commands[i]);
		text = offered(line);
		for (char *at = help; (at = strstr(at, " --")) != NULL; at++) {
			char option[32];

			if (sscanf(at, " --%20[a-z-]", option) == 1)
				assert_has(text, option);
		}
		free(text);
		free(help);
	}
}

/* --- the man page --- */

static void the_man_page_is_sound(void **state)
{
	int status;
	char *page;

	(void)state;
	free(shell("command -v man && command -v groff", &status));
	if (status != 0)
		skip();
	page = shell("man -l --warnings=w src/tool/oncering.1 2>&1 > /dev/null", &status);
	assert_string_equal(page, "");
	assert_int_equal(status, 0);
	free(page);
	page = shell("MANWIDTH=80 LC_ALL=C man -l src/tool/oncering.1 2>&1 | col -bx", &status);
	assert_int_equal(status, 0);
	assert_fits(page);
	/* every long option of every command is in it */
	for (unsigned i = 0; i < COMMANDS; i++) {
		char line[64];
		char *help;

		snprintf(line, sizeof line, "%s --help", commands[i]);
		help = oncering(line, &status);
		assert_has(page, commands[i]);
		for (char *at = help; (at = strstr(at, " --")) != NULL; at++) {
			char option[32];

			if (sscanf(at, " --%20[a-z-]", option) == 1)
				assert_has(page, option);
		}
		free(help);
	}
	free(page);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(bash_completes),
		cmocka_unit_test(the_man_page_is_sound)
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
