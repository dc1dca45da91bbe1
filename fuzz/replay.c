/* SPDX-License-Identifier: MIT */
/*
 * Replay: run inputs (files, or all files of folders) through the fuzzer's entry
 * point, one result a line, and a sum. A finding ends the process that ran it, not
 * the replay: each batch runs in a child, and the next child goes on behind it.
 */
#include "replay.h"
#include "target.h"

#include <dirent.h>
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
	MOST_INPUTS = 100000,
	INPUT_BYTES = 1 << 16,
	HUNG_AFTER = 20 /* seconds for one input */
};

static const char usage[] =
	"Usage: replay [OPTION]... FILE|FOLDER...\n"
	"Runs fuzz inputs on a real ring, beside the model.\n"
	"\n"
	"  --emulated   on the emulated ring\n"
	"  --both       on both, which must agree event for event\n"
	"  --fresh      each input in a process of its own\n"
	"  --history    FILE is what $FUZZ_HISTORY named: inputs that led to a finding\n"
	"  --first      stop at the first finding\n"
	"  --quiet      findings and the sum only\n"
	"  --checks     list every check, and how often it was made\n"
	"  --coverage   cells of the state tables, verbs, pairs of verbs\n"
	"  --features FOLDER   a file there for each input: what it has reached\n"
	"\n"
	"Exit status: 0 no finding, 1 a finding, 2 usage, 77 no ring here.\n";

/* What children tell: it outlives them. */
struct shared {
	uint32_t next;      /* input to be run */
	uint32_t run;
	struct replay_sums sums;
};

static struct options {
	bool emulated, both, fresh, history, first, quiet, checks, coverage;
} options;

static const char *features;
static char **inputs;
static uint32_t input_count;
static struct shared *shared;

/* --- which inputs --- */

static void add_input(const char *path)
{
	if (input_count == MOST_INPUTS)
		return;
	inputs[input_count] = strdup(path);
	input_count++;
}

static int by_name(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static void add_path(const char *path)
{
	struct stat is;
	DIR *folder;

	if (stat(path, &is) == 0 && !S_ISDIR(is.st_mode)) {
		add_input(path);
		return;
	}
	folder = opendir(path);
	if (folder == NULL) {
		(void)fprintf(stderr, "replay: %s: %s\n", path, strerror(errno));
		exit(2);
	}
	for (struct dirent *entry = readdir(folder); entry != NULL; entry = readdir(folder)) {
		char name[4096];

		if (entry->d_name[0] == '.' || strncmp(entry->d_name, "README", 6) == 0)
			continue;
		(void)snprintf(name, sizeof name, "%s/%s", path, entry->d_name);
		if (stat(name, &is) == 0 && S_ISREG(is.st_mode))
			add_input(name);
	}
	(void)closedir(folder);
}

/* --- running them --- */

static size_t read_input(const char *path, uint8_t *bytes)
{
	FILE *file = fopen(path, "rb");
	size_t length;

	if (file == NULL) {
		(void)fprintf(stderr, "replay: %s: %s\n", path, strerror(errno));
		_exit(2);
	}
	length = fread(bytes, 1, INPUT_BYTES, file);
	(void)fclose(file);
	return length;
}

static void run_history(const uint8_t *bytes, size_t length)
{
	uint32_t one;

	for (size_t at = 0; at + sizeof one <= length; at += one) {
		memcpy(&one, bytes + at, sizeof one);
		at += sizeof one;
		if (one > length - at)
			return;
		LLVMFuzzerTestOneInput(bytes + at, one);
	}
}

static void run_one(uint32_t i)
{
	static uint8_t bytes[INPUT_BYTES];
	const size_t length = read_input(inputs[i], bytes);

	(void)alarm(HUNG_AFTER);
	if (options.history)
		run_history(bytes, length);
	else if (options.both)
		replay_both(bytes, length);
	else
		LLVMFuzzerTestOneInput(bytes, length);
	(void)alarm(0);
}

static void tell_features(const char *input)
{
	const char *slash = strrchr(input, '/');
	char path[4096];

	(void)snprintf(path, sizeof path, "%s/%s", features, slash != NULL ? slash + 1 : input);
	replay_tell_features(path);
}

/* In the child: until the end, or a finding. */
static void run_batch(void)
{
	while (shared->next < input_count) {
		const uint32_t i = shared->next;

		run_one(i);
		shared->run++;
		shared->next = i + 1;
		if (features != NULL)
			tell_features(inputs[i]);
		if (options.fresh)
			break;
	}
	replay_add_sums(&shared->sums);
	target_close();
	(void)fflush(NULL);
	exit(0); /* so that gcov can count */
}

static void tell(uint32_t i, const char *result)
{
	if (!options.quiet || strcmp(result, "ok") != 0)
		(void)printf("%s: %s\n", inputs[i], result);
}

/* What became of inputs *first* .. next - 1, and of the one that ended the child. */
static bool judge_batch(uint32_t first, int status, uint32_t *findings)
{
	char text[64];

	for (uint32_t i = first; i < shared->next; i++)
		tell(i, "ok");
	if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
		return true;
	if (WIFEXITED(status) && (WEXITSTATUS(status) == TARGET_SKIP || WEXITSTATUS(status) == 2))
		exit(WEXITSTATUS(status));
	if (WIFSIGNALED(status) && WTERMSIG(status) == SIGALRM)
		(void)snprintf(text, sizeof text, "HUNG");
	else if (WIFSIGNALED(status))
		(void)snprintf(text, sizeof text, "FAILED (signal %d)", WTERMSIG(status));
	else
		(void)snprintf(text, sizeof text, "FAILED (exit %d)", WEXITSTATUS(status));
	tell(shared->next, text);
	(*findings)++;
	shared->next++;
	return true;
}

static uint32_t run_all(void)
{
	uint32_t findings = 0;

	while (shared->next < input_count && (findings == 0 || !options.first)) {
		const uint32_t first = shared->next;
		int status = 0;
		pid_t child;

		(void)fflush(NULL);
		child = fork();
		if (child == 0)
			run_batch();
		if (child < 0 || waitpid(child, &status, 0) != child) {
			(void)fprintf(stderr, "replay: %s\n", strerror(errno));
			exit(2);
		}
		(void)judge_batch(first, status, &findings);
	}
	return findings;
}

/* --- main --- */

static bool take_option(const char *word)
{
	static const struct {
		const char *word;
		bool *option;
	} known[] = {
		{ "--emulated", &options.emulated }, { "--both", &options.both },
		{ "--fresh", &options.fresh }, { "--history", &options.history },
		{ "--first", &options.first }, { "--quiet", &options.quiet }, { "--checks", &options.checks },
		{ "--coverage", &options.coverage }
	};

	for (size_t i = 0; i < sizeof known / sizeof known[0]; i++)
		if (strcmp(known[i].word, word) == 0) {
			*known[i].option = true;
			return true;
		}
	return false;
}

int main(int argc, char **argv)
{
	uint32_t findings;

	inputs = calloc(MOST_INPUTS, sizeof *inputs);
	shared = mmap(NULL, sizeof *shared, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (inputs == NULL || shared == MAP_FAILED)
		return 2;
	for (int i = 1; i < argc; i++)
		if (argv[i][0] != '-')
			add_path(argv[i]);
		else if (strcmp(argv[i], "--features") == 0 && i + 1 < argc)
			features = argv[++i];
		else if (!take_option(argv[i])) {
			(void)fputs(usage, strcmp(argv[i], "--help") == 0 ? stdout : stderr);
			return strcmp(argv[i], "--help") == 0 ? 0 : 2;
		}
	if (input_count == 0) {
		(void)fputs(usage, stderr);
		return 2;
	}
	qsort(inputs, input_count, sizeof *inputs, by_name);
	target_backend = options.emulated ? RUN_EMULATED : RUN_REAL;
	if (options.coverage || features != NULL)
		replay_watch();
	findings = run_all();
	if (options.checks)
		replay_tell_checks(&shared->sums);
	if (options.coverage)
		replay_tell_coverage(&shared->sums);
	(void)printf("replay: %u inputs, %llu steps, %u findings\n", shared->next,
		     (unsigned long long)shared->sums.steps, findings);
	return findings != 0;
}
