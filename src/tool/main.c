/* SPDX-License-Identifier: MIT */
/* oncering: run, teach, draw, replay and reproduce scenarios of completions. */
#include "commands.h"

#include <stdio.h>
#include <string.h>

#ifndef ONCERING_VERSION
#define ONCERING_VERSION "unknown"
#endif

static const struct command {
	const char *name;
	int (*call)(int argc, char **argv);
	const char *operands;
	const char *help;
} commands[] = {
	{ "run", cmd_run, "FILE", "run a scenario, and judge what it expects" },
	{ "replay", cmd_replay, "FILE", "print a fuzzer's input as a scenario, and run it" },
	{ "draw", cmd_draw, "FILE", "draw a scenario as SVG or as a page" },
	{ "explain", cmd_explain, "CODE", "say what a refusal means" },
	{ "list", cmd_list, "WHAT", "list states, events, refusals" },
	{ "minimise", cmd_minimise, "FILE", "drop the steps that do not matter" },
	{ "c", cmd_c, "FILE", "write the same as a C program over plain liburing" },
	{ "perfetto", cmd_perfetto, "FILE", "write a trace for the Perfetto UI" },
	{ "encode", cmd_encode, "FILE", "turn a scenario into the fuzzer's bytes" },
	{ "decode", cmd_decode, "FILE", "turn the fuzzer's bytes into a scenario" }
};

enum { COMMANDS = sizeof commands / sizeof commands[0] };

static void help(FILE *out)
{
	fputs("Usage: oncering COMMAND [OPTION]... FILE\n"
	      "Every io_uring completion, seen exactly once: scenarios to run and learn from.\n\n",
	      out);
	for (unsigned i = 0; i < COMMANDS; i++)
		fprintf(out, "  %-9s %-5s  %s\n", commands[i].name, commands[i].operands, commands[i].help);
	fputs("\n"
	      "  oncering COMMAND --help   the options of a command\n"
	      "  oncering --version\n\n"
	      "Exit status: 0 expectations met, 1 not met, 2 usage, 77 io_uring not permitted.\n",
	      out);
}

/* Output that could not be written is a failure, whatever came before. */
static int flushed(int status)
{
	if (fflush(stdout) == 0 && ferror(stdout) == 0)
		return status;
	if (status == EXIT_MET)
		perror("oncering: standard output");
	return status == EXIT_MET ? EXIT_NOT_MET : status;
}

int main(int argc, char **argv)
{
	static char full[32]; /* "oncering run", in front of what getopt says */
	const char *const name = argc > 1 ? argv[1] : "";

	if (strcmp(name, "--help") == 0 || strcmp(name, "-h") == 0 || strcmp(name, "help") == 0) {
		help(stdout);
		return flushed(EXIT_MET);
	}
	if (strcmp(name, "--version") == 0 || strcmp(name, "-V") == 0) {
		puts("oncering " ONCERING_VERSION);
		return flushed(EXIT_MET);
	}
	for (unsigned i = 0; i < COMMANDS; i++)
		if (strcmp(name, commands[i].name) == 0) {
			snprintf(full, sizeof full, "oncering %s", name);
			argv[1] = full;
			return flushed(commands[i].call(argc - 1, argv + 1));
		}
	if (argc > 1)
		fprintf(stderr, "oncering: there is no command \"%.40s\"\n\n", name);
	help(stderr);
	return EXIT_USAGE;
}
