/* SPDX-License-Identifier: MIT */
/* oncering c FILE: the same steps without the library, as a C program. */
#include "to_c.h"

#include "commands.h"
#include "page.h"
#include "record.h"

#include <stdlib.h>
#include <string.h>

static const char usage[] =
	"Usage: oncering c [OPTION]... FILE\n"
	"\n"
	"Writes a C program that does the same steps with plain liburing, and prints\n"
	"what each call returned: to see what raw liburing does with a mistake, or to\n"
	"report a fault of liburing or of the kernel.\n"
	"\n"
	"  -o, --output OUT  write to OUT instead of standard output\n"
	"  -b, --bytes       FILE is a fuzz input\n"
	"  -h, --help        this text\n"
	"\n"
	"Compile the result with: cc OUT.c -luring -lpthread\n";

static const char includes[] =
	"#define _GNU_SOURCE\n"
	"#include <arpa/inet.h>\n#include <errno.h>\n#include <fcntl.h>\n#include <liburing.h>\n"
	"#include <poll.h>\n#include <pthread.h>\n#include <signal.h>\n#include <stdint.h>\n"
	"#include <stdio.h>\n#include <stdlib.h>\n#include <string.h>\n#include <sys/eventfd.h>\n"
	"#include <sys/mman.h>\n#include <sys/socket.h>\n#include <sys/stat.h>\n#include <sys/time.h>\n"
	"#include <sys/uio.h>\n#include <sys/un.h>\n#include <unistd.h>\n\n";

/* Text in memory. */
struct sheet {
	char *text;
	size_t length;
	FILE *out;
};

static bool begin_sheet(struct sheet *sheet)
{
	sheet->text = NULL;
	sheet->out = open_memstream(&sheet->text, &sheet->length);
	return sheet->out != NULL;
}

/* Whether it holds all that was written. */
static bool end_sheet(struct sheet *sheet)
{
	const bool good = sheet->out != NULL && ferror(sheet->out) == 0;

	return sheet->out != NULL && fclose(sheet->out) == 0 && good;
}

static void put_comment(FILE *out, const char *indent, const char *text, size_t length)
{
	fprintf(out, "%s/* ", indent);
	page_comment_n(out, text, length);
	fputs(" */\n", out);
}

/* The notes before a step, and afterwards what oncering was expected to say. */
static void put_notes(const struct to_c *to, uint32_t index)
{
	const struct scenario *scenario = to->scenario;

	for (uint32_t i = 0; i < scenario->note_count; i++) {
		if (scenario->notes[i].step == index)
			put_comment(to->out, "\t", scenario->notes[i].text, scenario->notes[i].length);
	}
}

static void put_expectations(const struct to_c *to, uint32_t index)
{
	for (uint32_t i = 0; i < to->scenario->expect_count; i++) {
		char text[200], line[240];

		if (to->scenario->expects[i].step != index)
			continue;
		(void)scenario_expect_text(&to->scenario->expects[i], text, sizeof text);
		snprintf(line, sizeof line, "oncering: %s", text);
		put_comment(to->out, "\t", line, strlen(line));
	}
}

static void put_step(struct to_c *to, uint32_t index)
{
	const struct scenario_step *step = &to->scenario->steps[index];
	char text[200], line[240];

	to->step = index + 1;
	if (step->verb == VERB_ELSEWHERE) {
		to->elsewhere = true;
		return;
	}
	if (to->elsewhere) {
		to->out = to->functions;
		fprintf(to->out, "static void *step_%u(void *unused)\n{\n", to->step);
	} else {
		fputc('\n', to->out);
	}
	put_notes(to, index);
	(void)scenario_step_text(step, text, sizeof text);
	snprintf(line, sizeof line, "%u  %s", to->step, text);
	put_comment(to->out, "\t", line, strlen(line));
	put_expectations(to, index);
	to_c_step(to, step);
	if (to->elsewhere) {
		fputs("\treturn unused;\n}\n\n", to->out);
		to->out = to->body;
		fprintf(to->out, "\n\tin_thread(step_%u);\n", to->step);
		to->elsewhere = false;
	}
}

static bool uses_made_files(const struct scenario *scenario)
{
	for (uint32_t i = 0; i < scenario->count; i++) {
		const struct scenario_step *step = &scenario->steps[i];
		const char *letters = scenario_grammar(step->verb)->operands;
		const uint8_t values[3] = { step->reg, step->arg, step->arg2 };

		for (int j = 0; j < 3; j++) {
			if (letters[j] == 'F' && (values[j] == FILE_ACCEPTED || values[j] == FILE_OPENED))
				return true;
		}
	}
	return false;
}

static void put_steps(struct to_c *to)
{
	const struct scenario *scenario = to->scenario;

	memset(to->sqe_ring, RINGS, sizeof to->sqe_ring);
	memset(to->cqe_ring, RINGS, sizeof to->cqe_ring);
	to->remembers = uses_made_files(scenario);
	to->out = to->body;
	put_notes(to, SCENARIO_AT_OPEN);
	if (scenario->header.fault != FAULT_NONE)
		fputs("\t/* the faults of the emulated kernel are left out */\n", to->out);
	to_c_open(to, RING_A);
	if (scenario->header.second != 0)
		to_c_open(to, RING_B);
	for (uint32_t i = 0; i < scenario->count; i++)
		put_step(to, i);
	for (unsigned ring = 0; ring < RINGS; ring++) {
		if (to->open[ring])
			fprintf(to->out, "\n\tio_uring_queue_exit(&%c);\n", 'a' + (int)ring);
	}
}

static void put_program(const struct record_options *options, const char *body, const char *functions,
			FILE *out)
{
	const char *name = strrchr(options->file, '/');

	name = name != NULL ? name + 1 : options->file;
	fputs("/*\n * ", out);
	page_comment_n(out, name, strlen(name));
	fputs(": the same steps with plain liburing, written by `oncering c`.\n"
	      " * Compile with: cc THIS.c -luring -lpthread\n"
	      " *\n"
	      " * user_data is what the scenario lends. Nothing is checked but what would crash\n"
	      " * this program; each line that it prints is a call and what came of it.\n"
	      " */\n", out);
	fputs(includes, out);
	to_c_pieces(body, functions, out);
	fputs(functions, out);
	fputs("int main(void)\n{\n\tsetvbuf(stdout, NULL, _IOLBF, 0);\n\tsignal(SIGPIPE, SIG_IGN);\n", out);
	to_c_setup(body, functions, out);
	fputs(body, out);
	fputs("\treturn 0;\n}\n", out);
}

static int write_program(const struct scenario *scenario, const struct record_options *options)
{
	static struct to_c to; /* zeroed */
	struct sheet body, functions;
	FILE *out = NULL;
	int rc = 1;
	const bool begun = begin_sheet(&body);
	bool good = begin_sheet(&functions) && begun;
	bool ended;

	to.scenario = scenario;
	to.body = body.out;
	to.functions = functions.out;
	if (good)
		put_steps(&to);
	ended = end_sheet(&body);
	good = end_sheet(&functions) && ended && good;
	if (!good)
		fprintf(stderr, "oncering: c: out of memory\n");
	else
		out = page_open(options->out);
	if (out != NULL) {
		put_program(options, body.text, functions.text, out);
		rc = page_close(out, options->out) ? 0 : 1;
	}
	free(body.text);
	free(functions.text);
	return rc;
}

int cmd_c(int argc, char **argv)
{
	struct record_options options;
	struct scenario scenario;
	int rc = record_options(&options, argc, argv, "o", usage);

	if (rc >= 0)
		return rc;
	rc = record_read(&scenario, &options);
	if (rc != 0)
		return rc;
	rc = write_program(&scenario, &options);
	scenario_free(&scenario);
	return rc;
}
