/* SPDX-License-Identifier: MIT */
/* oncering encode FILE, oncering decode FILE: text to bytes and back. */
#include "commands.h"
#include "judge.h"
#include "page.h"

#include <getopt.h>
#include <stdlib.h>
#include <string.h>

static const char usage[] =
	"Usage: oncering encode [-o OUT] FILE\n"
	"       oncering decode [-o OUT] FILE\n"
	"\n"
	"encode turns a scenario into the bytes that the fuzzer reads; what it expects,\n"
	"and comments, are left out. decode turns any bytes into a scenario.\n"
	"\n"
	"  -o, --output OUT  write there (\"-\": standard output, the default)\n";

struct options {
	const char *file, *output;
};

static int parse_options(int argc, char **argv, struct options *options)
{
	static const struct option known[] = {
		{ "output", required_argument, NULL, 'o' }, { "help", no_argument, NULL, 'h' },
		{ NULL, 0, NULL, 0 }
	};
	int option;

	options->output = NULL;
	while ((option = getopt_long(argc, argv, "o:h", known, NULL)) != -1) {
		if (option == 'h') {
			fputs(usage, stdout);
			return EXIT_MET;
		}
		if (option != 'o') {
			fputs(usage, stderr);
			return EXIT_USAGE;
		}
		options->output = optarg;
	}
	if (optind + 1 != argc) {
		fputs(usage, stderr);
		return EXIT_USAGE;
	}
	options->file = argv[optind];
	return -1;
}

static int write_bytes(const struct scenario *scenario, const char *path)
{
	const size_t length = scenario_encode(scenario, NULL, 0);
	uint8_t *bytes = malloc(length);
	FILE *out = bytes != NULL ? page_open(path) : NULL;

	if (out == NULL) {
		free(bytes);
		return EXIT_NOT_MET;
	}
	(void)scenario_encode(scenario, bytes, length);
	(void)fwrite(bytes, 1, length, out);
	free(bytes);
	return page_close(out, path) ? EXIT_MET : EXIT_NOT_MET;
}

int cmd_encode(int argc, char **argv)
{
	struct scenario_error error;
	struct scenario scenario;
	struct options options;
	int status = parse_options(argc, argv, &options);

	if (status >= 0)
		return status;
	if (scenario_read(&scenario, options.file, &error) < 0)
		return complain_file(&error);
	status = write_bytes(&scenario, options.output);
	scenario_free(&scenario);
	return status;
}

int cmd_decode(int argc, char **argv)
{
	struct scenario_error error;
	struct scenario scenario;
	struct options options;
	FILE *out;
	int status = parse_options(argc, argv, &options);

	if (status >= 0)
		return status;
	if (scenario_read_bytes(&scenario, options.file, &error) < 0)
		return complain_file(&error);
	out = page_open(options.output);
	if (out != NULL)
		scenario_print(&scenario, out);
	status = out != NULL && page_close(out, options.output) ? EXIT_MET : EXIT_NOT_MET;
	scenario_free(&scenario);
	return status;
}
