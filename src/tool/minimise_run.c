/* SPDX-License-Identifier: MIT */
/* oncering minimise FILE: the fewest steps that come to the same. */
#include "commands.h"
#include "judge.h"
#include "minimise.h"
#include "page.h"
#include "record.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { MOST_RUNS = 20000, HUNG_AFTER = 20 /* seconds */ };

static const char usage[] =
	"Usage: oncering minimise [OPTION]... FILE\n"
	"\n"
	"Drops steps as long as the verdict stays: the same codes refused or reported,\n"
	"the same first expectation not met, the same faults left over, the same crash.\n"
	"Writes the shorter scenario.\n"
	"\n"
	"  -o, --output OUT  write to OUT instead of standard output\n"
	"  -e, --emulated    run on the emulated ring\n"
	"  -b, --bytes       FILE is a fuzz input\n"
	"  --as-bytes        write a fuzz input, not text\n"
	"  -h, --help        this text\n"
	"\n"
	"Each run is a process of its own, so a crash is a verdict, too.\n"
	"Exit status: 0 written, 2 usage, 77 io_uring not permitted, 1 anything else.\n";

static uint64_t bit_of_code(int code)
{
	int other;

	for (unsigned i = 0; i < 63 && (other = once_code_at(i)) != 0; i++) {
		if (other == code)
			return UINT64_C(1) << i;
	}
	return code != 0 ? UINT64_C(1) << 63 : 0;
}

static uint32_t faults_of(const struct run_leftovers *leftovers)
{
	return (leftovers->give_back != 0 ? 1U : 0) | (leftovers->seen != 0 ? 2U : 0) |
	       (leftovers->drain != 0 ? 4U : 0) | (leftovers->survivors != 0 ? 8U : 0) |
	       (leftovers->accounts != 0 ? 16U : 0) | (leftovers->violations != 0 ? 32U : 0) |
	       (leftovers->descriptors != 0 ? 64U : 0) | (leftovers->buffers != 0 ? 128U : 0);
}

static void verdict_of(const struct record *record, struct verdict *verdict)
{
	verdict->rc = record->rc;
	verdict->faults = faults_of(&record->leftovers);
	verdict->codes = bit_of_code(record->opened.code);
	for (uint32_t i = 0; i < record->count; i++)
		verdict->codes |= bit_of_code(record->steps[i].code);
	if (record->first_unmet != RECORD_NONE)
		verdict->unmet = record->scenario->expects[record->first_unmet].line;
}

static int read_verdict(int from, struct verdict *verdict)
{
	const ssize_t length = read(from, verdict, sizeof *verdict);

	return length == (ssize_t)sizeof *verdict ? 0 : -1;
}

/* In the child: run, and tell. */
static void run_and_tell(const struct scenario *scenario, enum run_backend backend, int to)
{
	struct verdict verdict;
	struct record record;

	memset(&verdict, 0, sizeof verdict);
	alarm(HUNG_AFTER);
	(void)record_run(&record, scenario, backend, true);
	if (!record.failed)
		verdict_of(&record, &verdict);
	_exit(!record.failed && write(to, &verdict, sizeof verdict) == (ssize_t)sizeof verdict ? 0 : 1);
}

/* A minimise_judge: in a process of its own. *context*: the backend. */
static bool judge_apart(void *context, const struct scenario *scenario, struct verdict *verdict)
{
	const enum run_backend backend = *(const enum run_backend *)context;
	int ends[2], status = 0;
	pid_t child;
	int rc;

	memset(verdict, 0, sizeof *verdict);
	if (pipe(ends) != 0)
		return false;
	child = fork();
	if (child == 0)
		run_and_tell(scenario, backend, ends[1]);
	close(ends[1]);
	rc = child > 0 ? read_verdict(ends[0], verdict) : -1;
	close(ends[0]);
	while (child > 0 && waitpid(child, &status, 0) < 0 && errno == EINTR)
		;
	if (child > 0 && rc != 0) {
		memset(verdict, 0, sizeof *verdict);
		/* a sanitizer's exit is a crash, too */
		verdict->signal = WIFSIGNALED(status) ? WTERMSIG(status) : 1000 + WEXITSTATUS(status);
		return true;
	}
	return rc == 0;
}

static int write_scenario(const struct scenario *scenario, const char *path, bool bytes)
{
	FILE *out = page_open(path);

	if (out == NULL)
		return 1;
	if (bytes) {
		const size_t length = scenario_encode(scenario, NULL, 0);
		uint8_t *encoded = malloc(length > 0 ? length : 1);

		if (encoded != NULL)
			fwrite(encoded, 1, scenario_encode(scenario, encoded, length), out);
		free(encoded);
	} else {
		scenario_print(scenario, out);
	}
	return page_close(out, path) ? 0 : 1;
}

static int minimise_scenario(struct scenario *scenario, struct record_options *options, bool as_bytes)
{
	const uint32_t before = scenario->count;
	struct verdict wanted, again;
	uint32_t runs;

	if (!judge_apart(&options->backend, scenario, &wanted)) {
		fprintf(stderr, "oncering: minimise: it cannot be run: %s\n", strerror(errno));
		return 1;
	}
	if (is_not_permitted(wanted.rc))
		return complain_no_ring(wanted.rc);
	if (wanted.rc == -ENOTSUP) {
		fprintf(stderr, "oncering: minimise: this oncering was built without that back end\n");
		return 1;
	}
	if (!judge_apart(&options->backend, scenario, &again) || !verdict_is(&wanted, &again)) {
		fprintf(stderr, "oncering: minimise: two runs of it do not agree, so nothing can be said\n");
		return 1;
	}
	runs = minimise(scenario, &wanted, judge_apart, &options->backend, MOST_RUNS);
	fprintf(stderr, "oncering: %u steps of %u are enough (%u runs)\n", scenario->count, before, runs);
	return write_scenario(scenario, options->out, as_bytes);
}

int cmd_minimise(int argc, char **argv)
{
	const bool as_bytes = record_takes_word(&argc, argv, "--as-bytes");
	struct record_options options;
	struct scenario scenario;
	int rc = record_options(&options, argc, argv, "or", usage);

	if (rc >= 0)
		return rc;
	rc = record_read(&scenario, &options);
	if (rc != 0)
		return rc;
	rc = minimise_scenario(&scenario, &options, as_bytes);
	scenario_free(&scenario);
	return rc;
}
