/* SPDX-License-Identifier: MIT */
/* See judge.h. */
#include "judge.h"

#include "commands.h"
#include "page.h"
#include "scenario_text.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

int complain_file(const struct scenario_error *error)
{
	if (error->line == 0)
		fprintf(stderr, "%s: %s\n", error->file, error->message);
	else
		fprintf(stderr, "%s:%" PRIu32 ":%" PRIu32 ": %s\n", error->file, error->line,
			error->column, error->message);
	return EXIT_USAGE;
}

static void tell_missed(const struct scenario_expect *expect, const struct run_event *event,
			int64_t found, const char *file)
{
	char wanted[160], got[48], step[160] = "the open";

	scenario_expect_text(expect, wanted, sizeof wanted);
	value_text(found, got, sizeof got);
	if (event->step != NULL)
		scenario_step_text(event->step, step, sizeof step);
	fflush(stdout);
	fprintf(stderr, "%s:%" PRIu32 ": ", file, expect->line);
	page_say(stderr, INK_BAD, "not met");
	fprintf(stderr, ": %s; after \"%s\" it is %s\n", wanted, step, got);
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
	fflush(stdout);
	fprintf(stderr, "not all came back at the end: ");
	if (l->give_back != 0 || l->seen != 0 || l->drain != 0)
		fprintf(stderr, "give back %s, seen %s, drain %s; ", once_code_name(l->give_back),
			once_code_name(l->seen), once_code_name(l->drain));
	fprintf(stderr, "%u survivors, %u rings not settled, %u violations, %u descriptors leaked, "
		"%u buffers written to\n", l->survivors, l->accounts, l->violations, l->descriptors,
		l->buffers);
}

static int tell_no_ring(int rc)
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
	if (rc == -EPERM || rc == -ENOSYS || rc == -ENOMEM) {
		run_close(run);
		return tell_no_ring(rc);
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
		if (pause != NULL && !pause(&run->event))
			break;
	}
	rc = run_finish(run, &judgement->leftovers);
	if (rc < 0)
		tell_faults(&judgement->leftovers);
	run_close(run);
	return judgement->missed != 0 || rc < 0 ? EXIT_NOT_MET : EXIT_MET;
}
