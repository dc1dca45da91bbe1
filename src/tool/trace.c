/* SPDX-License-Identifier: MIT */
/*
 * A step as a line: its number, its text, what it returned. For a refusal why,
 * and what raw liburing would have done. With the table: where each operation
 * and token is now, a star where that has changed.
 */
#include "trace.h"

#include "page.h"
#include "scenario_text.h"

#include <inttypes.h>
#include <string.h>

enum { TEXT = 160, RESULT_COLUMN = 48, INDENT = 8 };

enum token_state { UNISSUED, HELD, SEEN };

/* --- the line --- */

static void print_result(const struct trace *trace, const struct run_event *event)
{
	const bool refused = event->rc < -4095;
	char value[48];

	if (event->call[0] == '\0' && event->rc == 0 && event->step != NULL &&
	    event->step->verb != VERB_ACCOUNT) {
		fputc('\n', trace->out);
		return;
	}
	value_text(event->rc, value, sizeof value);
	page_say(trace->out, refused ? INK_BAD : event->rc < 0 ? INK_STRONG : INK_GOOD, value);
	if ((event->marks & RUN_EXPIRED) != 0)
		page_say(trace->out, INK_FAINT, " (would wait on)");
	if ((event->marks & RUN_NOT_HERE) != 0)
		page_say(trace->out, INK_FAINT, " (not on this ring)");
	if ((event->marks & RUN_ON_SECOND) != 0)
		page_say(trace->out, INK_FAINT, " [2nd]");
	fputc('\n', trace->out);
}

static void print_why(FILE *out, int code, const char *call)
{
	char text[1200];

	snprintf(text, sizeof text, "%s: %s", call, once_strerror(code));
	page_wrap(out, INDENT, text);
	if (once_raw_would(code)[0] == '\0')
		return;
	snprintf(text, sizeof text, "raw liburing: %s", once_raw_would(code));
	page_wrap(out, INDENT, text);
}

/* Each code once. */
static void print_violations(const struct trace *trace, const struct run_event *event)
{
	const uint32_t kept = event->violations < RUN_VIOLATIONS ? event->violations : RUN_VIOLATIONS;
	bool told = false;

	for (uint32_t i = 0; i < kept; i++) {
		const struct once_violation *violation = &event->violation[i];

		if (i != 0 && violation->code == event->violation[i - 1].code)
			continue;
		if (violation->code != event->rc)
			fprintf(trace->out, "%*sreported: %s\n", INDENT, "",
				once_code_name(violation->code));
		print_why(trace->out, violation->code, violation->call);
		told = told || violation->code == event->rc;
	}
	if (!told && event->rc < -4095)
		print_why(trace->out, event->rc, event->call);
}

static void flag_names(uint32_t flags, char *text, size_t room)
{
	const char *name;
	uint32_t flag;

	text[0] = '\0';
	for (unsigned i = 0; (name = cqe_flag_name(i, &flag)) != NULL; i++)
		if ((flags & flag) != 0)
			snprintf(text + strlen(text), room - strlen(text), " %s", name);
}

static void print_completions(const struct trace *trace, const struct run *run,
			      const struct run_event *event)
{
	const uint32_t kept = event->completions < RUN_DELIVERED ? event->completions : RUN_DELIVERED;
	char result[48], flags[48];

	for (uint32_t i = 0; i < kept; i++) {
		const struct run_completion *c = &event->completion[i];
		const bool copy = c->position == ONCE_NO_POSITION;

		value_text(c->result, result, sizeof result);
		flag_names(c->flags, flags, sizeof flags);
		fprintf(trace->out, "%*s%c%u: ", INDENT, "", copy ? 'd' : 'c', c->reg);
		if (!copy)
			fprintf(trace->out, "CQE %" PRIu64 ", ", c->position - run->origin[c->ring]);
		fprintf(trace->out, "result %s%s%s", result, flags[0] != '\0' ? ", flags" : "", flags);
		if (c->foreign != 0)
			fprintf(trace->out, ", foreign, user_data %#" PRIx64, c->user_data);
		else
			fprintf(trace->out, ", owner %" PRIu64 "%s", c->owner,
				c->terminal != 0 ? ", the last one" : ", more will come");
		fputc('\n', trace->out);
	}
}

/* --- the table --- */

static const char *state_name(const struct run *run, const struct run_op *op, int *state)
{
	*state = run_op_state(run, op);
	if (*state == ONCE_STATE_FREE)
		return "over";
	return scenario_state_word(*state) != NULL ? scenario_state_word(*state) : "?";
}

/* "poll_multishot pipe.read in" of "prepare s0 poll_multishot pipe.read in". */
static void describe_op(const struct trace *trace, const struct run_op *op, char *what, size_t room)
{
	char text[TEXT];
	const char *rest;

	snprintf(what, room, "%s", "nothing");
	for (uint32_t i = op->armed_at; i-- > 0;) {
		const struct scenario_step *step = &trace->scenario->steps[i];

		if (step->verb != op->verb)
			continue;
		scenario_step_text(step, text, sizeof text);
		rest = strchr(text + strlen("prepare "), ' ');
		snprintf(what, room, "%.30s", rest != NULL ? rest + 1 : text);
		return;
	}
}

static void print_op(struct trace *trace, const struct run *run, const struct run_op *op,
		     unsigned slot)
{
	struct trace_op *known = &trace->ops[op->ring][slot];
	const bool is_new = known->serial != op->serial + 1;
	int state;
	const char *const name = state_name(run, op, &state);
	const bool changed = is_new || known->state != state;

	if (is_new) {
		describe_op(trace, op, known->what, sizeof known->what);
		if (op->reg != UINT8_MAX)
			snprintf(known->name, sizeof known->name, "o%u", op->reg);
		else
			snprintf(known->name, sizeof known->name, "-");
	}
	known->serial = op->serial + 1;
	known->state = state;
	if (!changed && state == ONCE_STATE_FREE)
		return;
	fprintf(trace->out, "%*s%c %-4s %-31s owner %-4u", INDENT - 2, "", changed ? '*' : ' ',
		known->name, known->what, op->owner);
	page_say(trace->out, changed ? INK_STRONG : INK_PLAIN, name);
	if (op->delivered != 0)
		fprintf(trace->out, ", %u delivered", op->delivered);
	fprintf(trace->out, "%s\n", op->ring == RING_B ? " (ring b)" : "");
}

static void print_ops(struct trace *trace, const struct run *run)
{
	for (unsigned ring = 0; ring < RINGS; ring++)
		for (unsigned slot = 0; slot < RUN_CAPACITY; slot++)
			if (run->ops[ring][slot].id != 0)
				print_op(trace, run, &run->ops[ring][slot], slot);
}

static void print_tokens(struct trace *trace, const struct run *run)
{
	static const char *const names[] = { "not issued", "held", "seen" };
	unsigned printed = 0;

	for (unsigned i = 0; i < SCENARIO_TOKENS; i++) {
		const struct once_cqe *token = &run->tokens[i];
		const uint8_t state = token->ring == NULL ? UNISSUED : once_is_held(token) ? HELD : SEEN;
		const bool changed = state != trace->tokens[i];

		trace->tokens[i] = state;
		if (state == UNISSUED || (state == SEEN && !changed))
			continue;
		fprintf(trace->out, "%*s%c c%u %s", printed % 5 == 0 ? INDENT - 2 : 2, "",
			changed ? '*' : ' ', i, names[state]);
		printed++;
		if (printed % 5 == 0)
			fputc('\n', trace->out);
	}
	if (printed % 5 != 0)
		fputc('\n', trace->out);
}

static void print_accounts(const struct trace *trace, const struct run_event *event)
{
	for (unsigned ring = 0; ring < RINGS; ring++) {
		const uint64_t *was = event->before[ring].value, *is = event->after[ring].value;
		unsigned printed = 0;

		for (unsigned i = 0; i < ACCOUNT_ARMED_TOTAL; i++) {
			if (was[i] == is[i] || i == ACCOUNT_CAPACITY)
				continue;
			if (printed == 0)
				fprintf(trace->out, "%*sring %s:", INDENT, "", scenario_word('R', ring));
			else
				fputc(',', trace->out);
			fprintf(trace->out, " %s %" PRIu64 " -> %" PRIu64, scenario_word('A', i), was[i], is[i]);
			printed++;
		}
		if (printed != 0)
			fputc('\n', trace->out);
	}
}

void trace_event(void *context, const struct run *run, const struct run_event *event)
{
	struct trace *trace = context;
	char text[TEXT];
	int width;

	if (event->step == NULL)
		return;
	scenario_step_text(event->step, text, sizeof text);
	width = fprintf(trace->out, "%5u  ", event->index + 1);
	width += fprintf(trace->out, "%s", text);
	fprintf(trace->out, "%*s", width < RESULT_COLUMN ? RESULT_COLUMN - width : 1, "");
	print_result(trace, event);
	print_violations(trace, event);
	print_completions(trace, run, event);
	if (!trace->table)
		return;
	print_ops(trace, run);
	print_tokens(trace, run);
	print_accounts(trace, event);
}
