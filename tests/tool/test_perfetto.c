/* SPDX-License-Identifier: MIT */
/* oncering perfetto: JSON, whose begins have ends. */
#include "command.h"

#include <ctype.h>

/* --- a reader of JSON that knows nothing but the grammar --- */

static const char *value(const char *at);

static const char *blanks(const char *at)
{
	while (*at == ' ' || *at == '\n' || *at == '\t' || *at == '\r')
		at++;
	return at;
}

static const char *string(const char *at)
{
	if (*at != '"')
		return NULL;
	for (at++; *at != '"'; at++) {
		if ((unsigned char)*at < 0x20)
			return NULL;
		if (*at != '\\')
			continue;
		at++;
		if (*at == 'u') {
			for (int i = 1; i <= 4; i++)
				if (!isxdigit((unsigned char)at[i]))
					return NULL;
			at += 4;
		} else if (strchr("\"\\/bfnrt", *at) == NULL || *at == '\0') {
			return NULL;
		}
	}
	return at + 1;
}

static const char *members(const char *at, char end, bool named)
{
	at = blanks(at + 1);
	if (*at == end)
		return at + 1;
	for (;;) {
		if (named) {
			at = string(blanks(at));
			at = at != NULL ? blanks(at) : NULL;
			if (at == NULL || *at++ != ':')
				return NULL;
		}
		at = value(at);
		if (at == NULL)
			return NULL;
		at = blanks(at);
		if (*at == end)
			return at + 1;
		if (*at++ != ',')
			return NULL;
	}
}

static const char *number(const char *at)
{
	char *end;

	(void)strtod(at, &end);
	return end != at && (isdigit((unsigned char)*at) || *at == '-') ? end : NULL;
}

static const char *value(const char *at)
{
	at = blanks(at);
	if (*at == '{')
		return members(at, '}', true);
	if (*at == '[')
		return members(at, ']', false);
	if (*at == '"')
		return string(at);
	if (strncmp(at, "true", 4) == 0)
		return at + 4;
	if (strncmp(at, "false", 5) == 0)
		return at + 5;
	return number(at);
}

static void assert_json(const char *text)
{
	const char *end = value(text);

	assert_non_null(end);
	assert_string_equal(blanks(end), "");
}

static void the_reader_is_strict(void **state)
{
	(void)state;
	assert_null(value("{\"a\":1,}"));
	assert_null(value("{\"a\" 1}"));
	assert_null(value("[1 2]"));
	assert_null(value("\"\\x\""));
	assert_null(value("\"a\nb\""));
	assert_null(value("nonsense"));
	assert_non_null(value("{\"a\":[1,-2.5,\"\\u00e9\",true]}"));
}

/* --- traces --- */

/* Each "b" of an operation has its "e", in the order of a stack; the file's lines are its events. */
static void assert_paired(char *text)
{
	enum { DEEP = 8, IDS = 4096 };
	static char names[IDS][DEEP][128];
	static char ids[IDS][80];
	static int deep[IDS];
	int count = 0, begins = 0;

	memset(deep, 0, sizeof deep);
	for (char *line = strtok(text, "\n"); line != NULL; line = strtok(NULL, "\n")) {
		char phase, name[128] = "", id[80] = "";
		const char *id_at = strstr(line, "\"id\":");
		const char *name_at = strstr(line, "\"name\":\"");
		int i;

		if (sscanf(line, "{\"ph\":\"%c\"", &phase) != 1 || (phase != 'b' && phase != 'e'))
			continue;
		assert_non_null(id_at);
		assert_non_null(name_at);
		assert_int_equal(sscanf(id_at, "\"id\":\"%79[^\"]", id), 1);
		assert_int_equal(sscanf(name_at, "\"name\":\"%127[^\"]", name), 1);
		for (i = 0; i < count && strcmp(ids[i], id) != 0; i++)
			continue;
		assert_true(i < IDS);
		if (i == count)
			strcpy(ids[count++], id);
		if (phase == 'b') {
			assert_true(deep[i] < DEEP);
			strcpy(names[i][deep[i]++], name);
			begins++;
		} else {
			assert_true(deep[i] > 0);
			assert_string_equal(names[i][--deep[i]], name);
		}
	}
	assert_true(begins > 0);
	for (int i = 0; i < count; i++)
		assert_int_equal(deep[i], 0);
}

static void a_trace_is_json_and_paired(void **state)
{
	char *text;
	int status;

	(void)state;
	write_file("p.once", seen_twice);
	text = oncering_runs("perfetto", "@p.once", &status);
	assert_int_equal(status, 0);
	assert_json(text);
	assert_has(text, "\"ph\":\"X\"");
	assert_has(text, "\"name\":\"o0 nop\"");
	assert_has(text, "\"name\":\"IN FLIGHT\"");
	assert_has(text, "\"name\":\"CQE -ETIME\"");
	assert_has(text, "\"ph\":\"i\"");
	assert_has(text, "\"name\":\"ONCE_SEEN_TWICE\"");
	assert_paired(text);
	free(text);
}

/* What is still in flight at the end has an end, too. */
static void survivors_end_with_the_trace(void **state)
{
	char *text;
	int status;

	(void)state;
	write_file("p.once", "ring a entries 8 cq 16 operations 8\ntake s0\n"
		   "prepare s0 read pipe.read 16\narm s0 as o0 lending 1\nsubmit\ntake s1\n");
	text = oncering_runs("perfetto", "--steps @p.once", &status);
	assert_int_equal(status, 0);
	assert_json(text);
	assert_paired(text);
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_reader_is_strict),
		cmocka_unit_test(a_trace_is_json_and_paired),
		cmocka_unit_test(survivors_end_with_the_trace)
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
