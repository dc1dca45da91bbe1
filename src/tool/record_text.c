/* SPDX-License-Identifier: MIT */
/* Words for what was recorded, and the front of the commands that record. */
#include "page.h"
#include "record.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

void record_op_text(const struct record *record, const struct record_op *op, char *buffer,
		    size_t room)
{
	char text[160];
	const char *rest;

	if (op->prepared == RECORD_NEVER) {
		snprintf(buffer, room, "not prepared");
		return;
	}
	(void)scenario_step_text(&record->scenario->steps[op->prepared], text, sizeof text);
	rest = strstr(text, "prepare ");
	rest = rest != NULL ? strchr(rest + 8, ' ') : NULL;
	snprintf(buffer, room, "%s", rest != NULL ? rest + 1 : text);
}

void record_op_name(const struct record_op *op, char *buffer, size_t room)
{
	if (op->reg != 255)
		snprintf(buffer, room, "o%u", (unsigned)op->reg);
	else if (op->sqe != 255)
		snprintf(buffer, room, "s%u", (unsigned)op->sqe);
	else
		snprintf(buffer, room, "slot %u", (unsigned)op->slot);
}

void record_answer(const struct record_step *step, char *buffer, size_t room)
{
	if (step->call == NULL || step->call[0] == '\0')
		snprintf(buffer, room, "%s", "");
	else if (step->rc < 0)
		snprintf(buffer, room, "%s", once_code_name(step->rc));
	else if (step->value != 0)
		snprintf(buffer, room, "%llu", (unsigned long long)step->value);
	else
		snprintf(buffer, room, "%d", step->rc);
}

/* --- options --- */

static int wrong(const char *usage, const char *what, const char *which)
{
	fprintf(stderr, "oncering: %s%s%.60s\n\n%s", what, which[0] != '\0' ? ": " : "", which, usage);
	return 2;
}

static bool to_step(const char *text, uint32_t *step)
{
	char *end;
	const unsigned long number = strtoul(text, &end, 10);

	*step = (uint32_t)number;
	return end != text && *end == '\0' && text[0] != '-' && number > 0 &&
	       number <= SCENARIO_STEPS_MAX;
}

/* One option with a value; false if there is no such option. */
static bool with_value(struct record_options *options, const char *name, const char *value,
		       const char *letters, bool *valid)
{
	*valid = value != NULL;
	if (strcmp(name, "-o") == 0 && strchr(letters, 'o') != NULL)
		options->out = value;
	else if (strcmp(name, "--from") == 0 && strchr(letters, 'w') != NULL)
		*valid = value != NULL && to_step(value, &options->from);
	else if (strcmp(name, "--to") == 0 && strchr(letters, 'w') != NULL)
		*valid = value != NULL && to_step(value, &options->to);
	else
		return false;
	return true;
}

static bool without_value(struct record_options *options, const char *name, const char *letters)
{
	if (strcmp(name, "--emulated") == 0 && strchr(letters, 'r') != NULL)
		options->backend = RUN_EMULATED;
	else if (strcmp(name, "--bytes") == 0)
		options->bytes = true;
	else
		return false;
	return true;
}

int record_options(struct record_options *options, int argc, char **argv, const char *letters,
		   const char *usage)
{
	bool valid;

	memset(options, 0, sizeof *options);
	for (int i = 1; i < argc; i++) {
		if (strcmp(argv[i], "--help") == 0) {
			fputs(usage, stdout);
			return 0;
		}
		if (argv[i][0] != '-' || argv[i][1] == '\0') {
			if (options->file != NULL)
				return wrong(usage, "one file at a time", "");
			options->file = argv[i];
		} else if (with_value(options, argv[i], i + 1 < argc ? argv[i + 1] : NULL, letters,
				      &valid)) {
			if (!valid)
				return wrong(usage, argv[i], "wants a value");
			i++;
		} else if (!without_value(options, argv[i], letters)) {
			return wrong(usage, "no such option", argv[i]);
		}
	}
	if (options->file == NULL)
		return wrong(usage, "which file?", "");
	if (options->from != 0 && options->to != 0 && options->from > options->to)
		return wrong(usage, "--from is after --to", "");
	return -1;
}

int record_read(struct scenario *scenario, const struct record_options *options)
{
	struct scenario_error error;
	const int rc = options->bytes ? scenario_read_bytes(scenario, options->file, &error)
				      : scenario_read(scenario, options->file, &error);

	if (rc == 0)
		return 0;
	if (error.line != 0)
		fprintf(stderr, "%s:%u:%u: %s\n", error.file, error.line, error.column, error.message);
	else
		fprintf(stderr, "oncering: %s: %s\n", error.file, error.message);
	return 2;
}

int record_try(struct record *record, const struct scenario *scenario,
	       const struct record_options *options)
{
	const int rc = record_run(record, scenario, options->backend, false);

	if (rc == 0)
		return 0;
	if (rc == -EPERM || rc == -ENOSYS) {
		fprintf(stderr, "oncering: io_uring is not permitted here (%s); try --emulated\n",
			once_code_name(rc));
		return 77;
	}
	fprintf(stderr, "oncering: %s: %s: %s\n", options->file, once_code_name(rc),
		rc == -ENOTSUP ? "this oncering was built without that back end" : once_strerror(rc));
	return 1;
}
