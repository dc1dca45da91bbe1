/* SPDX-License-Identifier: MIT */
/* A page of its own: the scenario, its drawing, and what each step did. */
#include "draw.h"

#include "page.h"

#include <stdlib.h>
#include <string.h>

static const char style[] =
	"body{font:16px/1.5 system-ui,sans-serif;color:#111;background:#fff;margin:0 auto;"
	"padding:1rem;max-width:100rem}\n"
	"h1{font-size:1.5rem;margin:.2rem 0}h2{font-size:1.15rem;margin:1.6rem 0 .4rem}\n"
	".drawing{overflow-x:auto;border:1px solid #ccc;padding:.3rem}\n"
	".drawing svg{display:block}\n"
	"pre{background:#f6f6f6;border:1px solid #ddd;padding:.6rem;overflow:auto;max-height:28rem;"
	"font-size:.85rem;line-height:1.45}\n"
	"table{border-collapse:collapse;width:100%;font-size:.9rem}\n"
	"th,td{text-align:left;vertical-align:top;padding:.3rem .6rem;border-top:1px solid #ddd}\n"
	"code{font-family:'DejaVu Sans Mono',Menlo,Consolas,monospace;font-size:.85em}\n"
	"tr.no td{background:#fdeee5}.no b{color:#b23c00}\n"
	".raw{color:#444;margin:.2rem 0 0}.n{color:#666;text-align:right}\n"
	"p.sum{margin:.2rem 0 .8rem;color:#333}\n"
	"@media(max-width:640px){thead{display:none}tr,td{display:block;border:0;padding:.1rem 0}"
	"tr{border-top:1px solid #ddd;padding:.4rem}td.n{text-align:left;display:inline-block;"
	"margin-right:.5rem}td.n+td{display:inline-block}}\n";

static void say_xml(FILE *out, const char *before, const char *text, const char *after)
{
	fputs(before, out);
	page_xml(out, text);
	fputs(after, out);
}

static void put_summary(const struct draw_plan *plan, FILE *out)
{
	const struct record *record = plan->record;

	fprintf(out, "<p class=\"sum\">%u step%s, %u operation%s, %u refusal%s or report%s; run on %s ring.",
		record->count, record->count == 1 ? "" : "s", record->op_count,
		record->op_count == 1 ? "" : "s", plan->refusals, plan->refusals == 1 ? "" : "s",
		plan->refusals == 1 ? "" : "s", record->backend == RUN_REAL ? "a real" : "the emulated");
	if (record->unmet > 0)
		fprintf(out, " <b>%u of %u expectations not met.</b>", record->unmet,
			record->scenario->expect_count);
	else if (record->scenario->expect_count > 0)
		fprintf(out, " Expectations met: %u.", record->scenario->expect_count);
	fputs("</p>\n", out);
}

/* The scenario as text; printed anew, so that bytes have one, too. */
static void put_scenario(const struct draw_plan *plan, FILE *out)
{
	char *text = NULL;
	size_t length = 0;
	FILE *memory = open_memstream(&text, &length);

	if (memory == NULL)
		return;
	scenario_print(plan->record->scenario, memory);
	if (fclose(memory) == 0) {
		fputs("<h2>Scenario</h2>\n<pre tabindex=\"0\">", out);
		page_xml_n(out, text, length);
		fputs("</pre>\n", out);
	}
	free(text);
}

/* --- what changed --- */

static void put_change(const struct record_op *op, const char *to, int *count, FILE *out)
{
	char name[24];

	record_op_name(op, name, sizeof name);
	fprintf(out, "%s<code>", (*count)++ > 0 ? ", " : "");
	page_xml(out, name);
	fprintf(out, "</code> %s", to);
}

static void put_op_changes(const struct record *record, uint32_t step, int *count, FILE *out)
{
	for (uint32_t i = 0; i < record->op_count; i++) {
		const struct record_op *op = &record->ops[i];

		if (draw_op_begin(op) > step)
			break;
		if (op->freed == step)
			put_change(op, "is free", count, out);
		else if (op->closed == step)
			put_change(op, "is gone with its ring", count, out);
		else if (op->seen == step)
			put_change(op, "is seen, the head is behind", count, out);
		else if (op->ended == step)
			put_change(op, "has ended, its token is held", count, out);
		else if (op->flown == step)
			put_change(op, "is in flight", count, out);
		else if (op->armed == step)
			put_change(op, "is armed", count, out);
		else if (op->taken == step)
			put_change(op, "is taken", count, out);
	}
}

static void put_tokens(const struct record *record, const struct record_step *now, uint32_t step,
		       int *count, FILE *out)
{
	for (uint32_t i = now->tokens; i < record->token_count && record->tokens[i].delivered == step; i++) {
		const struct record_token *token = &record->tokens[i];

		fprintf(out, "%sCQE in place %u%s: result %d", (*count)++ > 0 ? ", " : "",
			(unsigned)token->place,
			token->own ? " (the library's own)" : token->foreign ? " (foreign)" : "",
			(int)token->result);
		if (token->result < 0)
			say_xml(out, " (", once_code_name(token->result), ")");
		if (!token->terminal)
			fputs(", more to come", out);
	}
}

static void put_head(const struct record_step *before, const struct record_step *now, int *count, FILE *out)
{
	for (int ring = 0; ring < RINGS; ring++) {
		const struct record_ring *old = &before->rings[ring], *new = &now->rings[ring];

		if (old->open && new->open && new->head != old->head)
			fprintf(out, "%shead moves by %llu%s", (*count)++ > 0 ? ", " : "",
				(unsigned long long)(new->head - old->head), ring == RING_B ? " (ring b)" : "");
	}
}

static void put_refusal(const struct record_step *now, FILE *out)
{
	const char *raw = once_raw_would(now->code);

	say_xml(out, "<div><b>", once_code_name(now->code), "</b>: ");
	say_xml(out, "", once_strerror(now->code), "");
	if (raw[0] != '\0')
		say_xml(out, "<p class=\"raw\">Raw liburing: ", raw, "</p>");
	fputs("</div>", out);
}

static void put_step(const struct draw_plan *plan, uint32_t step, FILE *out)
{
	const struct record *record = plan->record;
	const struct record_step *now = &record->steps[step];
	const struct record_step *before = step == 0 ? &record->opened : &record->steps[step - 1];
	char text[DRAW_TEXT];
	int count = 0;

	(void)scenario_step_text(&record->scenario->steps[step], text, sizeof text);
	fprintf(out, "<tr%s><td class=\"n\">%u</td>", now->code != 0 ? " class=\"no\"" : "", step + 1);
	say_xml(out, "<td><code>", text, "</code></td>");
	record_answer(now, text, sizeof text);
	say_xml(out, text[0] != '\0' ? "<td><code>= " : "<td><code>", text, "</code></td><td>");
	put_op_changes(record, step, &count, out);
	put_tokens(record, now, step, &count, out);
	put_head(before, now, &count, out);
	if ((now->marks & RUN_EXPIRED) != 0)
		fprintf(out, "%sthe watchdog ended the wait", count++ > 0 ? ", " : "");
	if ((now->marks & RUN_NOT_HERE) != 0)
		fprintf(out, "%snot done: a real kernel does not do this on demand", count++ > 0 ? ", " : "");
	if (now->unmet != 0)
		fprintf(out, "%s<b>%u expectation%s not met</b>", count++ > 0 ? ", " : "", now->unmet,
			now->unmet == 1 ? "" : "s");
	if (now->code != 0)
		put_refusal(now, out);
	fputs("</td></tr>\n", out);
}

static void put_steps(const struct draw_plan *plan, FILE *out)
{
	fputs("<h2>Step by step</h2>\n<table><thead><tr><th>#</th><th>step</th><th>answer</th>"
	      "<th>what changed</th></tr></thead><tbody>\n", out);
	for (uint32_t c = 0; c < plan->count; c++) {
		const struct draw_column *column = &plan->columns[c];

		if (column->gap)
			fprintf(out, "<tr><td class=\"n\">...</td><td colspan=\"3\">steps %u to %u are left "
				"out; <code>--from</code> and <code>--to</code> draw them</td></tr>\n",
				column->first + 1, column->last + 1);
		else
			put_step(plan, column->first, out);
	}
	fputs("</tbody></table>\n", out);
}

void draw_html(const struct draw_plan *plan, FILE *out)
{
	fputs("<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\n"
	      "<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">\n<title>", out);
	page_xml(out, plan->title);
	fprintf(out, "</title>\n<style>\n%s</style></head><body>\n<h1>", style);
	page_xml(out, plan->title);
	fputs("</h1>\n", out);
	put_summary(plan, out);
	fputs("<div class=\"drawing\" tabindex=\"0\">\n", out);
	draw_svg(plan, out);
	fputs("</div>\n", out);
	put_scenario(plan, out);
	put_steps(plan, out);
	fputs("</body></html>\n", out);
}
