/* SPDX-License-Identifier: MIT */
/* See check.h. */
#include "check.h"

#include "../src/tool/run.h"

#include <stdarg.h>
#include <stdlib.h>

static const struct {
	const char *id, *text;
} checks[CHECKS] = {
#define CHECK(name, id_, text_) [CHECK_##name] = { id_, text_ },
#include "checks.h"
};

uint64_t check_made[CHECKS];
void (*check_last_words)(void);

static const struct scenario_step *current;
static uint32_t current_index = RUN_AT_OPEN;

const char *check_id(enum check check)
{
	return checks[check].id;
}

const char *check_text(enum check check)
{
	return checks[check].text;
}

void check_at(const struct scenario_step *step, uint32_t index)
{
	current = step;
	current_index = index;
}

/* AFL++ keeps no output of what it runs: $FUZZ_FINDINGS names a file that does. */
static void keep(const char *finding)
{
	const char *path = getenv("FUZZ_FINDINGS");
	FILE *file = path != NULL ? fopen(path, "a") : NULL;

	(void)fprintf(stderr, "%s\n", finding);
	if (file == NULL)
		return;
	(void)fprintf(file, "%s\n", finding);
	(void)fclose(file);
}

void check_failed(enum check check, const char *why, ...)
{
	char text[160] = "the end", reason[400], finding[640];
	va_list arguments;

	if (current != NULL)
		(void)scenario_step_text(current, text, sizeof text);
	else if (current_index == RUN_AT_OPEN)
		(void)snprintf(text, sizeof text, "the open");
	va_start(arguments, why);
	(void)vsnprintf(reason, sizeof reason, why, arguments);
	va_end(arguments);
	(void)snprintf(finding, sizeof finding, "FINDING %s step %d: %s: %s", checks[check].id,
		       current != NULL ? (int)current_index : -1, text, reason);
	keep(finding);
	if (check_last_words != NULL)
		check_last_words();
	abort();
}
