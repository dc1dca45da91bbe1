/* SPDX-License-Identifier: MIT */
/* oncering run FILE, oncering replay FILE. */
#include "commands.h"
#include "judge.h"
#include "page.h"
#include "retell.h"
#include "trace.h"

#include <getopt.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

static const char run_usage[] =
	"Usage: oncering run [OPTION]... FILE\n"
	"\n"
	"Runs the scenario FILE (\"-\": standard input) on a real io_uring, and judges what\n"
	"it expects.\n"
	"\n"
	"  -e, --emulated  on an io_uring that this program emulates\n"
	"  -t, --trace     after each step: operations and tokens, and what has changed;\n"
	"                  for a refusal, why, and what raw liburing would have done\n"
	"  -l, --lines     only a line for each step\n"
	"  -s, --step      as --trace, and wait for a key after each step (q: stop)\n"
	"  -x, --expect    print the scenario, expecting what has happened, and no more\n"
	"  -q, --quiet     say nothing but what is not met\n"
	"\n"
	"Exit status: 0 expectations met, 1 not met, 2 usage, 77 io_uring not permitted.\n";

static const char replay_usage[] =
	"Usage: oncering replay [OPTION]... FILE\n"
	"\n"
	"Reads FILE as a fuzzer's bytes, prints it as a scenario, and runs that. Options\n"
	"and exit status as oncering run; without one of them a line is printed for each\n"
	"step. With --expect a finding becomes a scenario that can be run again:\n"
	"  oncering replay --emulated --expect crash.bin > finding.once\n";

struct options {
	enum run_backend backend;
	bool lines, table, step, quiet, expect;
	const char *file;
};

/* -1: go on; else an exit status. */
static int parse_options(int argc, char **argv, const char *usage, struct options *options)
{
	static const struct option known[] = {
		{ "emulated", no_argument, NULL, 'e' }, { "trace", no_argument, NULL, 't' },
		{ "lines", no_argument, NULL, 'l' }, { "step", no_argument, NULL, 's' },
		{ "quiet", no_argument, NULL, 'q' },
		{ "expect", no_argument, NULL, 'x' }, { "help", no_argument, NULL, 'h' },
		{ NULL, 0, NULL, 0 }
	};
	int option;

	memset(options, 0, sizeof *options);
	while ((option = getopt_long(argc, argv, "etlsqxh", known, NULL)) != -1) {
		switch (option) {
		case 'e':
			options->backend = RUN_EMULATED;
			break;
		case 't':
			options->lines = options->table = true;
			break;
		case 'l':
			options->lines = true;
			break;
		case 's':
			options->lines = options->table = options->step = true;
			break;
		case 'q':
			options->quiet = true;
			break;
		case 'x':
			options->expect = options->quiet = true;
			break;
		case 'h':
			fputs(usage, stdout);
			return EXIT_MET;
		default:
			fputs(usage, stderr);
			return EXIT_USAGE;
		}
	}
	if (optind + 1 != argc) {
		fputs(usage, stderr);
		return EXIT_USAGE;
	}
	options->file = argv[optind];
	return -1;
}

/* --- a key for each step --- */

enum { CONTROL_C = 3, CONTROL_D = 4 };

/* Ctrl-C is a key here, so that the terminal is never left without its echo. */
static bool wait_for_key(const struct run_event *event)
{
	struct termios usual, raw;
	char key = '\n';

	(void)event;
	fflush(stdout);
	if (tcgetattr(STDIN_FILENO, &usual) < 0)
		return true;
	raw = usual;
	raw.c_lflag &= ~(tcflag_t)(ICANON | ECHO | ISIG);
	tcsetattr(STDIN_FILENO, TCSADRAIN, &raw);
	if (read(STDIN_FILENO, &key, 1) != 1)
		key = 'q';
	tcsetattr(STDIN_FILENO, TCSADRAIN, &usual);
	return key != 'q' && key != 'Q' && key != CONTROL_C && key != CONTROL_D;
}

/* --- run --- */

static void tell_sum(const struct judgement *judgement, const struct scenario *scenario)
{
	fflush(stderr);
	if (judgement->steps != scenario->count)
		printf("stopped after %u of ", judgement->steps);
	printf("%u step%s, %u of %u expectation%s met", scenario->count,
	       scenario->count == 1 ? "" : "s", judgement->met, scenario->expect_count,
	       scenario->expect_count == 1 ? "" : "s");
	if (judgement->leftovers.held != 0)
		printf("; %u never seen", judgement->leftovers.held);
	if (judgement->leftovers.drained != 0)
		printf("; %u drained at the end", judgement->leftovers.drained);
	putchar('\n');
}

static int run_it(const struct scenario *scenario, const struct options *options)
{
	static struct run run;
	static struct trace trace;
	struct retelling retelling = { .out = stdout, .scenario = scenario };
	const bool step = options->step && !options->expect && isatty(STDIN_FILENO);
	struct scenario retold;
	struct judgement judgement;
	int status;

	memset(&run, 0, sizeof run);
	memset(&trace, 0, sizeof trace);
	trace.out = stdout;
	trace.table = options->table;
	trace.scenario = scenario;
	if (options->expect) {
		run.observe = retell_event;
		run.context = &retelling;
	} else if (options->lines) {
		run.observe = trace_event;
		run.context = &trace;
	}
	if (step)
		page_say(stdout, INK_FAINT, "A key goes on to the next step; q stops.\n");
	/* what was expected before is not, where the run tells what to expect */
	retold = *scenario;
	if (options->expect)
		retold.expect_count = 0;
	status = judge(&run, &retold, options->backend, options->file, step ? wait_for_key : NULL, &judgement);
	if (!options->quiet && (status == EXIT_MET || status == EXIT_NOT_MET))
		tell_sum(&judgement, scenario);
	return status;
}

int cmd_run(int argc, char **argv)
{
	struct scenario_error error;
	struct scenario scenario;
	struct options options;
	int status = parse_options(argc, argv, run_usage, &options);

	if (status >= 0)
		return status;
	if (scenario_read(&scenario, options.file, &error) < 0)
		return complain_file(&error);
	status = run_it(&scenario, &options);
	scenario_free(&scenario);
	return status;
}

int cmd_replay(int argc, char **argv)
{
	struct scenario_error error;
	struct scenario scenario;
	struct options options;
	int status = parse_options(argc, argv, replay_usage, &options);

	if (status >= 0)
		return status;
	if (scenario_read_bytes(&scenario, options.file, &error) < 0)
		return complain_file(&error);
	if (!options.quiet) {
		scenario_print(&scenario, stdout);
		fputc('\n', stdout);
		options.lines = true;
	}
	status = run_it(&scenario, &options);
	scenario_free(&scenario);
	return status;
}
