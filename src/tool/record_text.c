/* SPDX-License-Identifier: MIT */
/* Words for what was recorded, and the front of the commands that record. */
#include "commands.h"
#include "judge.h"
#include "page.h"
#include "record.h"

#include <errno.h>
#include <getopt.h>
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

/* One option; false if this command has no such option, or if its value is wrong. */
static bool take_option(struct record_options *options, int option, const char *letters)
{
	switch (option) {
	case 'o':
		options->out = optarg;
		return strchr(letters, 'o') != NULL;
	case 'f':
		return strchr(letters, 'w') != NULL && to_step(optarg, &options->from);
	case 't':
		return strchr(letters, 'w') != NULL && to_step(optarg, &options->to);
	case 'e':
		options->backend = RUN_EMULATED;
		return strchr(letters, 'r') != NULL;
	default:
		options->bytes = true;
		return true;
	}
}

bool record_takes_word(int *argc, char **argv, const char *word)
{
	bool found = false;

	for (int i = 1; i < *argc;) {
		if (strcmp(argv[i], word) != 0) {
			i++;
			continue;
		}
		found = true;
		memmove(&argv[i], &argv[i + 1], (size_t)(*argc - i) * sizeof argv[0]);
		(*argc)--;
	}
	return found;
}

int record_options(struct record_options *options, int argc, char **argv, const char *letters,
		   const char *usage)
{
	static const struct option known[] = {
		{ "output", required_argument, NULL, 'o' }, { "from", required_argument, NULL, 'f' },
		{ "to", required_argument, NULL, 't' }, { "emulated", no_argument, NULL, 'e' },
		{ "bytes", no_argument, NULL, 'b' }, { "help", no_argument, NULL, 'h' },
		{ NULL, 0, NULL, 0 }
	};
	int option;

	memset(options, 0, sizeof *options);
	while ((option = getopt_long(argc, argv, "o:ebh", known, NULL)) != -1) {
		if (option == 'h') {
			fputs(usage, stdout);
			return EXIT_MET;
		}
		if (option == '?') {
			fputs(usage, stderr);
			return EXIT_USAGE;
		}
		if (!take_option(options, option, letters))
			return wrong(usage, "not an option or value of this command", argv[optind - 1]);
	}
	if (optind + 1 < argc)
		return wrong(usage, "one file at a time", "");
	if (optind == argc)
		return wrong(usage, "which file?", "");
	options->file = argv[optind];
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
	return complain_file(&error);
}

int record_try(struct record *record, const struct scenario *scenario,
	       const struct record_options *options)
{
	const int rc = record_run(record, scenario, options->backend, false);

	if (rc == 0)
		return 0;
	if (is_not_permitted(rc))
		return complain_no_ring(rc);
	fprintf(stderr, "oncering: %s: %s: %s\n", options->file, once_code_name(rc),
		rc == -ENOTSUP ? "this oncering was built without that back end" : once_strerror(rc));
	return 1;
}
