/* SPDX-License-Identifier: MIT */
/* oncering draw: well-formed, safe, complete. test_browser.c looks at it in a browser. */
#include "command.h"

static void draw(const char *scenario, const char *options)
{
	char line[PATH_ROOM];
	char *text;
	int status;

	write_file("d.once", scenario);
	snprintf(line, sizeof line, "%s @d.once", options);
	text = oncering_runs("draw", line, &status);
	assert_string_equal(text, "");
	assert_int_equal(status, 0);
	free(text);
}

/* Tags nest, attributes are quoted, and nothing but known entities is there. */
static void assert_xml(const char *text)
{
	enum { DEEP = 32 };
	char names[DEEP][32];
	int deep = 0;

	for (const char *at = text; *at != '\0'; at++) {
		if (*at == '&')
			assert_true(strncmp(at, "&amp;", 5) == 0 || strncmp(at, "&lt;", 4) == 0 ||
				    strncmp(at, "&gt;", 4) == 0 || strncmp(at, "&quot;", 6) == 0 ||
				    strncmp(at, "&#39;", 5) == 0);
		if (*at == '<' && at[1] == '/') {
			char name[32];

			assert_int_equal(sscanf(at, "</%31[a-z]>", name), 1);
			assert_true(deep > 0);
			assert_string_equal(names[--deep], name);
		} else if (*at == '<') {
			const char *end = strchr(at, '>');

			assert_non_null(end);
			assert_true(deep < DEEP);
			assert_int_equal(sscanf(at, "<%31[a-z]", names[deep]), 1);
			if (end[-1] != '/')
				deep++;
			at = end;
		}
	}
	assert_int_equal(deep, 0);
}

static void a_drawing_has_states_steps_and_refusals(void **state)
{
	char *text;

	(void)state;
	draw(seen_twice, "-o @d.svg");
	text = read_file("d.svg");
	assert_xml(text);
	assert_has(text, "TAKEN");
	assert_has(text, "IN FLIGHT");
	assert_has(text, "o0  nop");
	assert_has(text, "result -ETIME");
	assert_has(text, "<tspan class=\"refused\">  ONCE_SEEN_TWICE</tspan>");
	assert_has(text, "<tspan class=\"refused\">  ONCE_SPENT</tspan>");
	assert_has(text, "head");
	assert_has(text, "tail");
	assert_has(text, "<desc>15 steps, 2 operations, 2 refusals</desc>");
	free(text);
}

/* What is in the file never becomes markup. */
static void a_page_escapes_what_it_shows(void **state)
{
	char *text;

	(void)state;
	draw(seen_twice, "-o @d.html");
	text = read_file("d.html");
	assert_has(text, "&lt;b&gt;&amp;amp; &quot;quotes&quot;");
	assert_has_not(text, "<script");
	assert_has_not(text, "</script");
	assert_has(text, "Raw liburing: io_uring_cqe_seen() moves the head once more");
	assert_has_not(text, "http://www.w3.org/1999"); /* and needs nothing from elsewhere */
	assert_has_not(text, "src=");
	free(text);
}

static unsigned count_of(const char *text, const char *part)
{
	unsigned count = 0;

	for (; (text = strstr(text, part)) != NULL; text++)
		count++;
	return count;
}

static char *long_scenario(unsigned rounds)
{
	char *text = NULL;
	size_t length;
	FILE *out = open_memstream(&text, &length);

	assert_non_null(out);
	fputs("ring a entries 8 cq 16 operations 8\n", out);
	for (unsigned i = 0; i < rounds; i++)
		fprintf(out, "take s0\nprepare s0 nop\narm s0 as o%u lending %u\nsubmit\nwait c1\nsee c1\n%s",
			i % 32, i % 250, i == rounds / 2 ? "see c1\n" : "");
	assert_int_equal(fclose(out), 0);
	return text;
}

/* 10,000 steps: the ends and the refusal are there, the rest is said to be left out. */
static void a_long_scenario_is_elided(void **state)
{
	char *scenario = long_scenario(1667);
	char *text;

	(void)state;
	draw(scenario, "-o @d.svg");
	text = read_file("d.svg");
	assert_xml(text);
	assert_has(text, "ONCE_SEEN_TWICE");
	assert_has(text, "left out");
	assert_true(count_of(text, "rotate(-55)") <= 250);
	assert_true(strlen(text) < 1000000);
	free(text);
	draw(scenario, "--from 5001 --to 5100 -o @d.svg");
	text = read_file("d.svg");
	assert_xml(text);
	assert_int_equal(count_of(text, "rotate(-55)"), 100 + 2);
	free(text);
	free(scenario);
}

static void wrong_uses_are_told(void **state)
{
	int status;

	(void)state;
	write_file("d.once", seen_twice);
	free(oncering("draw -o @d.gif @d.once", &status));
	assert_int_equal(status, 2);
	free(oncering("draw @no-such-file.once", &status));
	assert_int_equal(status, 2);
	free(oncering("draw --from 9 --to 3 @d.once", &status));
	assert_int_equal(status, 2);
	free(oncering_runs("draw", "-o @no/such/folder.svg @d.once", &status));
	assert_int_equal(status, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_drawing_has_states_steps_and_refusals),
		cmocka_unit_test(a_page_escapes_what_it_shows),
		cmocka_unit_test(a_long_scenario_is_elided),
		cmocka_unit_test(wrong_uses_are_told)
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
