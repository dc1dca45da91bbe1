/* SPDX-License-Identifier: MIT */
/* See judge.h. */
#include "judge.h"

#include "commands.h"
#include "page.h"
#include "scenario_text.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

enum { INDENT = 4, ROOM = 2 * SCENARIO_MESSAGE + 4096 };

int complain_file(const struct scenario_error *error)
{
	char text[ROOM];

	if (error->line == 0)
		snprintf(text, sizeof text, "%s: %s", error->file, error->message);
	else
		snprintf(text, sizeof text, "%s:%" PRIu32 ":%" PRIu32 ": %s", error->file, error->line,
			 error->column, error->message);
	page_hang(stderr, INDENT, text);
	return EXIT_USAGE;
}

static void tell_missed(const struct scenario_expect *expect, const struct run_event *event,
			int64_t found, const char *file)
{
	char wanted[160], got[48], step[160] = "the open", text[ROOM];

	scenario_expect_text(expect, wanted, sizeof wanted);
	value_text(found, got, sizeof got);
	if (event->step != NULL)
		scenario_step_text(event->step, step, sizeof step);
	snprintf(text, sizeof text, "%s:%" PRIu32 ": not met: %s; after \"%s\" it is %s", file,
		 expect->line, wanted, step, got);
	fflush(stdout);
	page_ink(stderr, INK_BAD);
	page_hang(stderr, INDENT, text);
	page_ink(stderr, INK_PLAIN);
}

/* The expectations about the step that has just run. */
static void judge_step(const struct run *run, const struct scenario *scenario, uint32_t index,
		       uint32_t *next, const char *file, struct judgement *judgement)
{
	while (*next < scenario->expect_count && scenario->expects[*next].step == index) {
		const struct scenario_expect *expect = &scenario->expects[(*next)++];
		int64_t found;

		if (run_meets(run, &run->event, expect, &found)) {
			judgement->met++;
			continue;
		}
		judgement->missed++;
		tell_missed(expect, &run->event, found, file);
	}
}

static void tell_faults(const struct run_leftovers *l)
{
	char text[ROOM];

	snprintf(text, sizeof text, "not all came back at the end: give back %s, seen %s, drain %s; "
		 "%u survivors, %u rings not settled, %u violations, %u descriptors leaked, "
		 "%u buffers written to", once_code_name(l->give_back), once_code_name(l->seen),
		 once_code_name(l->drain), l->survivors, l->accounts, l->violations, l->descriptors,
		 l->buffers);
	fflush(stdout);
	page_hang(stderr, INDENT, text);
}

bool is_not_permitted(int rc)
{
	return rc == -EPERM || rc == -EACCES || rc == -ENOSYS || rc == -ENOMEM;
}

int complain_no_ring(int rc)
{
	fprintf(stderr, "oncering: io_uring is not permitted here (%s); try --emulated\n",
		strerror(-rc));
	return EXIT_NO_RING;
}

int judge(struct run *run, const struct scenario *scenario, enum run_backend backend,
	  const char *file, judge_pause *pause, struct judgement *judgement)
{
	uint32_t next = 0;
	int rc;

	memset(judgement, 0, sizeof *judgement);
	rc = run_open(run, &scenario->header, backend);
	if (run->world.open && is_not_permitted(rc)) {
		run_close(run);
		return complain_no_ring(rc);
	}
	if (rc == -ENOTSUP || !run->world.open) {
		fprintf(stderr, "oncering: cannot set the scene: %s\n", strerror(-rc));
		run_close(run);
		return EXIT_NOT_MET;
	}
	judge_step(run, scenario, SCENARIO_AT_OPEN, &next, file, judgement);
	for (uint32_t i = 0; i < scenario->count; i++) {
		(void)run_step(run, &scenario->steps[i], i);
		judge_step(run, scenario, i, &next, file, judgement);
		judgement->steps++;
		if (pause != NULL && !pause(&run->event))
			break;
	}
	rc = run_finish(run, &judgement->leftovers);
	if (rc < 0)
		tell_faults(&judgement->leftovers);
	run_close(run);
	return next != scenario->expect_count || judgement->missed != 0 || rc < 0 ? EXIT_NOT_MET : EXIT_MET;
}
