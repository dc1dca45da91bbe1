/* SPDX-License-Identifier: MIT */
/* oncering explain CODE: what a refusal means, and what raw liburing would have done. */
#include "calls.h"
#include "commands.h"
#include "page.h"

#include <ctype.h>
#include <oncering/code.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { ERRNO_MAX = 4095, FOUND = 0, NOT_FOUND = -1 };

static const char usage[] =
	"Usage: oncering explain CODE...\n"
	"       oncering explain --all\n"
	"\n"
	"Says what a code means, what raw liburing would have done in the same place,\n"
	"and which calls give it. CODE is a name (ONCE_SEEN_TWICE, seen_twice, EAGAIN)\n"
	"or a number (-5060, 5060, -11). `oncering list refusals` lists them all.\n";

/* "seen_twice" is ONCE_SEEN_TWICE; "EAGAIN" is -EAGAIN. */
static bool is_named(const char *text, const char *name)
{
	if (strcasecmp(text, name) == 0)
		return true;
	if (strncmp(name, "ONCE_", 5) == 0)
		return strcasecmp(text, name + 5) == 0;
	return name[0] == '-' && strcasecmp(text, name + 1) == 0;
}

static int by_name(const char *text, int *code)
{
	for (unsigned i = 0; (*code = once_code_at(i)) != 0; i++) {
		if (is_named(text, once_code_name(*code)))
			return FOUND;
	}
	for (*code = -1; *code >= -ERRNO_MAX; (*code)--) {
		const char *name = once_code_name(*code);

		if (strcmp(name, "-errno") != 0 && is_named(text, name))
			return FOUND;
	}
	return NOT_FOUND;
}

/* 5060 means -5060: who types a number rarely types the sign. */
static int by_number(const char *text, int *code)
{
	char *end;
	const long number = strtol(text, &end, 0);

	if (end == text || *end != '\0' || number < -100000 || number > 100000)
		return NOT_FOUND;
	*code = (int)(number > 0 ? -number : number);
	if (*code == 0 || calls_of(*code) != NULL)
		return FOUND;
	return *code >= -ERRNO_MAX && strcmp(once_code_name(*code), "-errno") != 0 ? FOUND : NOT_FOUND;
}

static void section(const char *title, const char *text)
{
	if (text[0] == '\0')
		return;
	fputc('\n', stdout);
	page_say(stdout, INK_STRONG, title);
	fputc('\n', stdout);
	page_wrap(stdout, 2, text);
}

static void explain(int code)
{
	const struct calls_row *row = calls_of(code);
	const char *raw = once_raw_would(code);

	if (code == 0) {
		puts("0: success; not a refusal.");
		return;
	}
	page_say(stdout, INK_BAD, once_code_name(code));
	printf(" (%d)\n", code);
	page_wrap(stdout, 2, row != NULL ? calls_kind_text(row->kind) : "the kernel's own answer");
	section("What happened", once_strerror(code));
	section("What raw liburing would have done", raw);
	if (row == NULL)
		return;
	section(row->code == ONCE_STRAY_CQE || row->code == ONCE_CORRUPT_CQ ? "Found by" : "Given by",
		row->names);
	if (row->remark[0] != '\0')
		page_wrap(stdout, 2, row->remark);
}

static int explain_all(void)
{
	int code;

	for (unsigned i = 0; (code = once_code_at(i)) != 0; i++) {
		if (i > 0)
			printf("\n\n");
		explain(code);
	}
	return 0;
}

int cmd_explain(int argc, char **argv)
{
	int code;

	if (argc == 2 && (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0)) {
		fputs(usage, stdout);
		return 0;
	}
	if (argc == 2 && strcmp(argv[1], "--all") == 0)
		return explain_all();
	if (argc < 2) {
		fputs(usage, stderr);
		return 2;
	}
	for (int i = 1; i < argc; i++) {
		if (by_number(argv[i], &code) != FOUND && by_name(argv[i], &code) != FOUND) {
			fprintf(stderr, "oncering: %.60s: neither a refusal nor an errno value; "
				"see `oncering list refusals`\n", argv[i]);
			return 2;
		}
		if (i > 1)
			printf("\n\n");
		explain(code);
	}
	return 0;
}
