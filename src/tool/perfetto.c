/* SPDX-License-Identifier: MIT */
/*
 * oncering perfetto FILE: a run in the trace format that the Perfetto UI and
 * chrome://tracing open. A process for each ring; in it a thread for each
 * side, with a slice for each step; an asynchronous track for each operation,
 * with its states, and an instant for each completion; counters.
 */
#include "commands.h"
#include "page.h"
#include "record.h"

#include <inttypes.h>
#include <string.h>

static const char usage[] =
	"Usage: oncering perfetto [OPTION]... FILE\n"
	"\n"
	"Runs the scenario and writes a trace that https://ui.perfetto.dev and\n"
	"chrome://tracing open: steps, operations and their states, completions,\n"
	"refusals, accounts.\n"
	"\n"
	"  -o, --output OUT  write to OUT instead of standard output\n"
	"  --steps           a millisecond for each step, instead of the time it took\n"
	"  -e, --emulated    run on the emulated ring\n"
	"  -b, --bytes       FILE is a fuzz input\n"
	"  -h, --help        this text\n"
	"\n"
	"Exit status: 0 written, 2 usage, 77 io_uring not permitted, 1 anything else.\n";

struct trace {
	const struct record *record;
	FILE *out;
	bool by_step;
	bool begun;
};

/* Nanoseconds since the ring was opened: at the beginning or the end of a step. */
static uint64_t time_of(const struct trace *trace, uint32_t step, bool end)
{
	const struct record *record = trace->record;
	const struct record_step *now;

	if (record->count == 0)
		return 0;
	if (step >= record->count) {
		step = record->count - 1;
		end = true;
	}
	now = &record->steps[step];
	if (trace->by_step)
		return (uint64_t)step * 1000000 + (end ? 900000 : 0);
	return (end ? now->ended : now->started) - record->steps[0].started;
}

/* The beginning of an event; args and the closing brace are the caller's. */
static void begin_event(struct trace *trace, const char *phase, int ring, unsigned thread, uint64_t when,
			const char *name)
{
	fprintf(trace->out, "%s\n{\"ph\":\"%s\",\"pid\":%d,\"tid\":%u,\"ts\":%" PRIu64 ".%03u,\"name\":\"",
		trace->begun ? "," : "", phase, ring + 1, thread, when / 1000, (unsigned)(when % 1000));
	page_json(trace->out, name);
	fputs("\"", trace->out);
	trace->begun = true;
}

static void put_string(struct trace *trace, const char *before, const char *name, const char *value)
{
	fprintf(trace->out, "%s\"%s\":\"", before, name);
	page_json(trace->out, value);
	fputs("\"", trace->out);
}

/* --- names --- */

static void name_process(struct trace *trace, int ring)
{
	char text[40];

	snprintf(text, sizeof text, "ring %c, %s", 'a' + ring,
		 trace->record->backend == RUN_REAL ? "real" : "emulated");
	begin_event(trace, "M", ring, 0, 0, "process_name");
	put_string(trace, ",\"args\":{", "name", text);
	fputs("}}", trace->out);
}

static void name_thread(struct trace *trace, int ring, unsigned thread, const char *name)
{
	begin_event(trace, "M", ring, thread, 0, "thread_name");
	put_string(trace, ",\"args\":{", "name", name);
	fputs("}}", trace->out);
}

static unsigned thread_of(const struct record_step *step)
{
	return (step->marks & RUN_ON_SECOND) != 0 ? 2 : 1;
}

/* --- steps --- */

static void put_refusal(struct trace *trace, const struct record_step *step, uint64_t when)
{
	begin_event(trace, "i", step->ring, thread_of(step), when, once_code_name(step->code));
	fprintf(trace->out, ",\"s\":\"t\",\"args\":{\"code\":%d", step->code);
	put_string(trace, ",", "what", once_strerror(step->code));
	put_string(trace, ",", "raw liburing", once_raw_would(step->code));
	put_string(trace, ",", "call", step->call != NULL ? step->call : "");
	fputs("}}", trace->out);
}

static void put_step(struct trace *trace, uint32_t index)
{
	const struct record_step *step = &trace->record->steps[index];
	const uint64_t start = time_of(trace, index, false), end = time_of(trace, index, true);
	char text[160], answer[64];

	(void)scenario_step_text(&trace->record->scenario->steps[index], text, sizeof text);
	record_answer(step, answer, sizeof answer);
	begin_event(trace, "X", step->ring, thread_of(step), start, text);
	fprintf(trace->out, ",\"dur\":%" PRIu64 ".%03u,\"args\":{\"step\":%u", (end - start) / 1000,
		(unsigned)((end - start) % 1000), index + 1);
	put_string(trace, ",", "call", step->call != NULL ? step->call : "");
	put_string(trace, ",", "answer", answer);
	fputs("}}", trace->out);
	if (step->code != 0)
		put_refusal(trace, step, end);
}

static void put_accounts(struct trace *trace, uint32_t index, int ring)
{
	const struct run_account *account = &trace->record->steps[index].accounts[ring];

	if (!account->open)
		return;
	begin_event(trace, "C", ring, 0, time_of(trace, index, true), "operations");
	fprintf(trace->out, ",\"args\":{\"taken\":%" PRIu64 ",\"armed\":%" PRIu64 ",\"in flight\":%" PRIu64
		"}}", account->value[ACCOUNT_TAKEN], account->value[ACCOUNT_ARMED],
		account->value[ACCOUNT_IN_FLIGHT]);
	begin_event(trace, "C", ring, 0, time_of(trace, index, true), "CQ");
	fprintf(trace->out, ",\"args\":{\"ready\":%" PRIu64 ",\"held\":%" PRIu64 "}}",
		account->value[ACCOUNT_READY], account->value[ACCOUNT_HELD]);
}

/* --- operations --- */

static void put_async(struct trace *trace, const char *phase, const struct record_op *op, uint64_t when,
		      const char *name)
{
	begin_event(trace, phase, op->ring, 1, when, name);
	fprintf(trace->out, ",\"cat\":\"operation\",\"id\":\"0x%" PRIx64 "\"", op->id);
}

static void put_states(struct trace *trace, const struct record_op *op, uint32_t end)
{
	static const char *const names[] = { "TAKEN", "ARMED", "IN FLIGHT", "HELD", "SEEN" };
	const uint32_t times[] = { op->taken, op->armed, op->flown, op->ended, op->seen, end };

	for (int i = 0; i < 5; i++) {
		int next = i + 1;

		if (times[i] == RECORD_NEVER)
			continue;
		while (next < 5 && times[next] == RECORD_NEVER)
			next++;
		if (times[next] == times[i])
			continue;
		put_async(trace, "b", op, time_of(trace, times[i], true), names[i]);
		fputs("}", trace->out);
		put_async(trace, "e", op, time_of(trace, times[next], true), names[i]);
		fputs("}", trace->out);
	}
}

static void put_op(struct trace *trace, const struct record_op *op)
{
	static const char *const types[] = { "struct request", "struct session", "cookie" };
	const uint32_t begin = op->taken != RECORD_NEVER ? op->taken : 0;
	const uint32_t end = op->freed != RECORD_NEVER ? op->freed : op->closed;
	char name[24], text[160], title[200];

	record_op_name(op, name, sizeof name);
	record_op_text(trace->record, op, text, sizeof text);
	snprintf(title, sizeof title, "%s %s", name, text);
	put_async(trace, "b", op, time_of(trace, begin, true), title);
	fprintf(trace->out, ",\"args\":{\"slot\":%u,\"generation\":%" PRIu64 ",\"lent\":%u", op->slot,
		once_id_generation(op->id), (unsigned)op->owner);
	put_string(trace, ",", "as", op->armed != RECORD_NEVER ? types[op->type % 3] : "nothing");
	fputs("}}", trace->out);
	put_states(trace, op, end);
	put_async(trace, "e", op, time_of(trace, end, true), title);
	fputs("}", trace->out);
}

static void put_completion(struct trace *trace, const struct record_token *token)
{
	char name[64];

	snprintf(name, sizeof name, "CQE %s%.0d", token->result < 0 ? once_code_name(token->result)
					       : token->result == 0 ? "0" : "",
		 token->result < 0 ? 0 : token->result);
	if (token->op != RECORD_NONE) {
		put_async(trace, "n", &trace->record->ops[token->op],
			  time_of(trace, token->delivered, true), name);
		fputs(",", trace->out);
	} else {
		begin_event(trace, "i", token->ring, 1, time_of(trace, token->delivered, true), name);
		fputs(",\"s\":\"p\",", trace->out);
	}
	fprintf(trace->out, "\"args\":{\"position\":%" PRIu64 ",\"result\":%d,\"flags\":%u,"
		"\"terminal\":%s,\"foreign\":%s,\"step\":%u}}", token->position, (int)token->result,
		token->flags, token->terminal != 0 ? "true" : "false",
		token->foreign != 0 ? "true" : "false", token->delivered + 1);
}

static void put_trace(struct trace *trace)
{
	const struct record *record = trace->record;

	fputs("{\"displayTimeUnit\":\"ns\",\"traceEvents\":[", trace->out);
	for (int ring = 0; ring < RINGS; ring++) {
		if (ring != RING_A && record->cq[ring] == 0)
			continue;
		name_process(trace, ring);
		name_thread(trace, ring, 1, "steps");
		if ((record->scenario->header.options & OPTION_SPLIT) != 0)
			name_thread(trace, ring, 2, "steps of the completing thread");
	}
	for (uint32_t i = 0; i < record->count; i++) {
		put_step(trace, i);
		for (int ring = 0; ring < RINGS; ring++)
			put_accounts(trace, i, ring);
	}
	for (uint32_t i = 0; i < record->op_count; i++)
		put_op(trace, &record->ops[i]);
	for (uint32_t i = 0; i < record->token_count; i++)
		put_completion(trace, &record->tokens[i]);
	fputs("\n]}\n", trace->out);
}

int cmd_perfetto(int argc, char **argv)
{
	struct record_options options;
	struct scenario scenario;
	struct record record;
	struct trace trace = { .record = &record, .by_step = record_takes_word(&argc, argv, "--steps") };
	int rc = record_options(&options, argc, argv, "or", usage);

	if (rc >= 0)
		return rc;
	rc = record_read(&scenario, &options);
	if (rc != 0)
		return rc;
	rc = record_try(&record, &scenario, &options);
	if (rc == 0) {
		trace.out = page_open(options.out);
		rc = 1;
		if (trace.out != NULL) {
			put_trace(&trace);
			rc = page_close(trace.out, options.out) ? 0 : 1;
		}
	}
	record_free(&record);
	scenario_free(&scenario);
	return rc;
}
