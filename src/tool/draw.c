/* SPDX-License-Identifier: MIT */
/* oncering draw FILE: a scenario as a picture. */
#include "draw.h"

#include "commands.h"
#include "page.h"

#include <string.h>

static const char usage[] =
	"Usage: oncering draw [OPTION]... FILE\n"
	"\n"
	"Runs the scenario and draws it: a column for each step, a lane for each\n"
	"operation, the places of the CQ below. \"-\" is standard input.\n"
	"\n"
	"  -o, --output OUT  write to OUT, which ends in .svg (the drawing) or .html (a\n"
	"                    page with the scenario, the drawing and an account of each\n"
	"                    step). Without it: SVG to standard output\n"
	"  --from N          draw from step N on\n"
	"  --to N            draw up to step N\n"
	"  -e, --emulated    run on the emulated ring\n"
	"  -b, --bytes       FILE is a fuzz input\n"
	"  -h, --help        this text\n"
	"\n"
	"Of more than 240 steps the first and last 40 are drawn, and those around each\n"
	"refusal; what is left out is marked.\n"
	"Exit status: 0 drawn, 2 usage, 77 io_uring not permitted, 1 anything else.\n";

static bool ends_with(const char *text, const char *end)
{
	const size_t length = strlen(text), wanted = strlen(end);

	return length >= wanted && strcmp(text + length - wanted, end) == 0;
}

/* The file's name without folders and ".once"; of stdin: "scenario". */
static void title_of(const char *file, char *title, size_t room)
{
	const char *name = strrchr(file, '/');
	size_t length;

	name = name != NULL ? name + 1 : file;
	if (strcmp(name, "-") == 0)
		name = "scenario";
	length = strlen(name);
	if (ends_with(name, ".once") && length > 5)
		length -= 5;
	snprintf(title, room, "%.*s", (int)(length < room ? length : room - 1), name);
}

static int draw_record(const struct record *record, const struct record_options *options)
{
	struct draw_plan plan;
	char title[256];
	FILE *out;
	int rc = 1;

	title_of(options->file, title, sizeof title);
	if (record->rc != 0) {
		const size_t used = strlen(title);

		snprintf(title + used, sizeof title - used, " (not opened: %s)", once_code_name(record->rc));
	}
	if (draw_plan(&plan, record, title, options->from, options->to) != 0) {
		fprintf(stderr, "oncering: draw: out of memory\n");
	} else if ((out = page_open(options->out)) != NULL) {
		if (options->out != NULL && ends_with(options->out, ".html"))
			draw_html(&plan, out);
		else
			draw_svg(&plan, out);
		rc = page_close(out, options->out) ? 0 : 1;
	}
	draw_unplan(&plan);
	return rc;
}

int cmd_draw(int argc, char **argv)
{
	struct record_options options;
	struct scenario scenario;
	struct record record;
	int rc = record_options(&options, argc, argv, "owr", usage);

	if (rc >= 0)
		return rc;
	if (options.out != NULL && strcmp(options.out, "-") != 0 &&
	    !ends_with(options.out, ".svg") && !ends_with(options.out, ".html")) {
		fprintf(stderr, "oncering: draw: -o wants a name that ends in .svg or .html\n");
		return 2;
	}
	rc = record_read(&scenario, &options);
	if (rc != 0)
		return rc;
	rc = record_try(&record, &scenario, &options);
	if (rc == 0)
		rc = draw_record(&record, &options);
	record_free(&record);
	scenario_free(&scenario);
	return rc;
}
