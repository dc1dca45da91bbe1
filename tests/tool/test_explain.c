/* SPDX-License-Identifier: MIT */
/* oncering explain, oncering list. */
#include "command.h"

#include "../../src/tool/scenario.h"

#include <ctype.h>
#include <oncering/code.h>

/* Every public header, one after the other. */
static char *headers(void)
{
	int status;
	char *text = shell("cat include/oncering/*.h", &status);

	assert_int_equal(status, 0);
	assert_has(text, "once_seen");
	return text;
}

static void every_code_is_explained(void **state)
{
	char line[100];
	int code, status;

	(void)state;
	for (unsigned i = 0; (code = once_code_at(i)) != 0; i++) {
		char *text;

		snprintf(line, sizeof line, "explain %s", once_code_name(code));
		text = oncering(line, &status);
		assert_int_equal(status, 0);
		assert_fits(text);
		assert_has(text, once_code_name(code));
		assert_has(text, "What happened");
		assert_true(strstr(text, "Given by") != NULL || strstr(text, "Found by") != NULL);
		assert_int_equal(strstr(text, "What raw liburing") != NULL, once_raw_would(code)[0] != '\0');
		free(text);
	}
	assert_true(code == 0);
}

static void names_and_numbers_mean_the_same(void **state)
{
	static const char *const ways[] = { "explain ONCE_SPENT", "explain spent", "explain -5063",
					    "explain 5063", "explain Once_Spent" };
	int status;
	char *first = oncering(ways[0], &status);

	(void)state;
	for (unsigned i = 1; i < sizeof ways / sizeof ways[0]; i++) {
		char *text = oncering(ways[i], &status);

		assert_int_equal(status, 0);
		assert_string_equal(text, first);
		free(text);
	}
	free(first);
}

static void errno_values_are_explained_too(void **state)
{
	int status;
	char *text = oncering("explain EAGAIN -ETIME 22", &status);

	(void)state;
	assert_int_equal(status, 0);
	assert_has(text, "-EAGAIN (-11)");
	assert_has(text, "-ETIME (-62)");
	assert_has(text, "-EINVAL (-22)");
	free(text);
}

static void what_is_no_code_is_usage(void **state)
{
	static const char *const wrong[] = { "explain", "explain ONCE_NOTHING", "explain -5061x",
					     "explain 4000", "explain ''", "list nothing" };
	int status;

	(void)state;
	for (unsigned i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
		free(oncering(wrong[i], &status));
		assert_int_equal(status, 2);
	}
}

/* Each call that is named is declared in a header that speaks of the code. */
static void calls_are_those_of_the_headers(void **state)
{
	char *all = headers();
	char line[100];
	int code, status;

	(void)state;
	for (unsigned i = 0; (code = once_code_at(i)) != 0; i++) {
		unsigned calls = 0;
		char *text, *at;

		snprintf(line, sizeof line, "explain %d", code);
		text = oncering(line, &status);
		at = strstr(text, "Given by");
		for (at = at != NULL ? at : strstr(text, "Found by"); at != NULL && (at = strstr(at, "once_"));) {
			char name[64];
			size_t length = 0;

			while (isalnum((unsigned char)at[length]) || at[length] == '_')
				length++;
			snprintf(name, sizeof name, "%.*s(", (int)length, at);
			assert_has(all, name);
			at += length;
			calls++;
		}
		assert_true(calls > 0);
		free(text);
	}
	free(all);
}

static void lists_fit_and_have_everything(void **state)
{
	int code, status;
	char *text = oncering("list states events tokens refusals", &status);

	(void)state;
	assert_int_equal(status, 0);
	assert_fits(text);
	assert_has_not(text, "\033");
	for (unsigned i = 0; (code = once_code_at(i)) != 0; i++)
		assert_has(text, once_code_name(code));
	assert_has(text, "  take         -> TAKEN\n");
	assert_has(text, "  submit       -> IN_FLIGHT\n");
	assert_has(text, "  CQE, last    -> ENDED\n");
	assert_has(text, "  head passes  -> FREE\n");
	assert_has(text, "  see          refused: ONCE_SEEN_TWICE\n");
	assert_has(text, "reported: ONCE_STRAY_CQE");
	free(text);
}

static void help_is_an_answer(void **state)
{
	static const char *const commands[] = { "explain", "list", "draw", "c", "perfetto", "minimise" };
	char line[40];
	int status;

	(void)state;
	for (unsigned i = 0; i < sizeof commands / sizeof commands[0]; i++) {
		char *text;

		snprintf(line, sizeof line, "%s --help", commands[i]);
		text = oncering(line, &status);
		assert_int_equal(status, 0);
		assert_has(text, "Usage: oncering");
		assert_fits(text);
		free(text);
		snprintf(line, sizeof line, "%s --no-such-option x", commands[i]);
		free(oncering(line, &status));
		assert_int_equal(status, 2);
	}
}

/* The grammar of the man page is the grammar of the parser. */
static void the_man_page_has_every_step(void **state)
{
	int status;
	char *page = shell("sed 's/\\\\-/-/g' src/tool/oncering.1", &status);

	(void)state;
	assert_int_equal(status, 0);
	for (unsigned verb = 0; verb < VERBS; verb++) {
		char text[120] = "\n  ";
		size_t used = strlen(text);

		for (const char *at = scenario_grammar(verb)->template; *at != '\0'; at++) {
			text[used++] = *at;
			if (*at >= 'A' && *at <= 'Z' && at[1] >= '0' && at[1] <= '9')
				at++;
		}
		text[used++] = '\n';
		text[used] = '\0';
		assert_has(page, text);
	}
	for (const char *letter = "FTYEGPUJAXWM"; *letter != '\0'; letter++) {
		for (unsigned i = 0; scenario_word(*letter, i) != NULL; i++)
			assert_has(page, scenario_word(*letter, i));
	}
	free(page);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_code_is_explained),
		cmocka_unit_test(names_and_numbers_mean_the_same),
		cmocka_unit_test(errno_values_are_explained_too),
		cmocka_unit_test(what_is_no_code_is_usage),
		cmocka_unit_test(calls_are_those_of_the_headers),
		cmocka_unit_test(lists_fit_and_have_everything),
		cmocka_unit_test(help_is_an_answer),
		cmocka_unit_test(the_man_page_has_every_step)
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
