/* SPDX-License-Identifier: MIT */
/* The lanes of a drawing: what each operation goes through. */
#include "draw.h"

#include "page.h"

#include <string.h>

static const char *const type_words[] = { "", "session ", "cookie " };

static void op_tip(const struct draw_plan *plan, const struct record_op *op, const char *state,
		   char *buffer, size_t room)
{
	char name[24], text[DRAW_TEXT];

	record_op_name(op, name, sizeof name);
	record_op_text(plan->record, op, text, sizeof text);
	snprintf(buffer, room, "%s: %s: %s", name, text, state);
}

/* One state of an operation, from one step to another (exclusive). */
static void draw_state(const struct draw_plan *plan, const struct record_op *op,
		       enum draw_state state, uint32_t from, uint32_t to, int y, FILE *out)
{
	const uint32_t first = draw_column_of(plan, from);
	const uint32_t end = to == RECORD_NEVER ? plan->count : draw_column_of(plan, to);
	char tip[2 * DRAW_TEXT];

	if (first >= end)
		return;
	op_tip(plan, op, draw_state_name(state), tip, sizeof tip);
	draw_bar(out, state, draw_x(plan, first), y + (DRAW_LANE - DRAW_BAR) / 2,
		 (int)(end - first) * DRAW_COLUMN, DRAW_BAR, NULL, tip);
}

/* In the order of its life; a stage that was passed within one step is not drawn. */
static void draw_life(const struct draw_plan *plan, const struct record_op *op, int y, FILE *out)
{
	const uint32_t times[] = { op->taken, op->armed, op->flown, op->ended, op->seen,
				   draw_op_end(op) };
	const int stages = sizeof times / sizeof times[0] - 1;

	for (int i = 0; i < stages; i++) {
		uint32_t next = RECORD_NEVER;

		if (times[i] == RECORD_NEVER)
			continue;
		for (int j = stages; j > i; j--) {
			if (times[j] != RECORD_NEVER)
				next = times[j];
		}
		draw_state(plan, op, (enum draw_state)i, times[i], next, y, out);
	}
}

/* An operation that was over within one step leaves a stroke. */
static void draw_moment(const struct draw_plan *plan, const struct record_op *op, int y, FILE *out)
{
	const uint32_t column = draw_column_of(plan, draw_op_begin(op));

	if (draw_op_begin(op) == draw_op_end(op) && column < plan->count)
		fprintf(out, "<path d=\"M%d %dv%d\" stroke=\"#333\" stroke-width=\"3\"/>\n",
			draw_x(plan, column) + DRAW_COLUMN / 2, y + 8, DRAW_BAR - 2);
}

/* --- labels --- */

static void clip(char *text, size_t columns)
{
	if (strlen(text) > columns)
		memcpy(text + columns - 2, "..", 3);
}

static void label_op(const struct draw_plan *plan, const struct record_op *op, int y, FILE *out)
{
	char name[24], text[DRAW_TEXT], line[2 * DRAW_TEXT];

	record_op_name(op, name, sizeof name);
	record_op_text(plan->record, op, text, sizeof text);
	snprintf(line, sizeof line, "%s%s  %s", op->ring == RING_B ? "b " : "", name, text);
	clip(line, 34);
	fprintf(out, "<text x=\"%d\" y=\"%d\" xml:space=\"preserve\">", DRAW_MARGIN, y + 16);
	page_xml(out, line);
	fputs("</text>", out);
	if (op->armed == RECORD_NEVER)
		snprintf(line, sizeof line, "slot %u, never armed", (unsigned)op->slot);
	else if (op->completions == 0)
		snprintf(line, sizeof line, "slot %u, lent %s%u, no completion", (unsigned)op->slot,
			 type_words[op->type % 3], (unsigned)op->owner);
	else
		snprintf(line, sizeof line, "slot %u, lent %s%u, result %s%.0d", (unsigned)op->slot,
			 type_words[op->type % 3], (unsigned)op->owner,
			 op->result < 0 ? once_code_name(op->result) : op->result == 0 ? "0" : "",
			 op->result < 0 ? 0 : op->result);
	clip(line, 40);
	fprintf(out, "<text class=\"small\" x=\"%d\" y=\"%d\">", DRAW_MARGIN, y + 29);
	page_xml(out, line);
	fputs("</text>\n", out);
}

static void label_slot(const struct draw_lane *lane, int y, FILE *out)
{
	fprintf(out, "<text x=\"%d\" y=\"%d\">%sslot %u</text>\n", DRAW_MARGIN, y + 22,
		lane->ring == RING_B ? "b " : "", (unsigned)lane->slot);
}

/* On a shared lane the operation is named over its bar, if there is room. */
static void caption(const struct draw_plan *plan, const struct record_op *op, int y, FILE *out)
{
	const uint32_t first = draw_column_of(plan, draw_op_begin(op));
	const uint32_t end = draw_op_end(op) == RECORD_NEVER ? plan->count
							     : draw_column_of(plan, draw_op_end(op));
	char name[24], text[DRAW_TEXT], line[2 * DRAW_TEXT];

	record_op_name(op, name, sizeof name);
	record_op_text(plan->record, op, text, sizeof text);
	snprintf(line, sizeof line, "%s %s", name, text);
	if (first >= end || first >= plan->count || plan->columns[first].gap)
		return;
	clip(line, (size_t)((int)(end - first) * DRAW_COLUMN / 6));
	fprintf(out, "<text style=\"font-size:9px\" x=\"%d\" y=\"%d\">", draw_x(plan, first) + 1, y + 6);
	page_xml(out, line);
	fputs("</text>\n", out);
}

/* --- what happened to it --- */

static bool is_of_lane(const struct draw_plan *plan, const struct draw_lane *lane, uint32_t op)
{
	if (op == RECORD_NONE)
		return false;
	return lane->op != RECORD_NONE ? lane->op == op
		: plan->record->ops[op].ring == lane->ring && plan->record->ops[op].slot == lane->slot;
}

/* A small triangle where a completion was delivered. */
static void draw_completions(const struct draw_plan *plan, const struct draw_lane *lane, int y, FILE *out)
{
	for (uint32_t i = 0; i < plan->record->token_count; i++) {
		const struct record_token *token = &plan->record->tokens[i];
		const uint32_t column = draw_column_of(plan, token->delivered);
		int x;

		if (!is_of_lane(plan, lane, token->op) || column >= plan->count ||
		    plan->columns[column].gap)
			continue;
		x = draw_x(plan, column);
		fprintf(out, "<path d=\"M%d %dh8l-4 6z\" fill=\"#fff\" stroke=\"#111\"/>\n",
			x + 2, y + (DRAW_LANE - DRAW_BAR) / 2 - 3);
	}
}

/* At the lower edge, so that the names of states stay readable. */
static void draw_crosses(const struct draw_plan *plan, const struct draw_lane *lane, int y, FILE *out)
{
	for (uint32_t c = 0; c < plan->count; c++) {
		const struct record_step *step = &plan->record->steps[plan->columns[c].first];

		if (!plan->columns[c].gap && step->code != 0 && is_of_lane(plan, lane, step->subject))
			draw_cross(out, draw_x(plan, c) + DRAW_COLUMN - 7, y + DRAW_LANE - 8, 6);
	}
}

static void draw_lane(const struct draw_plan *plan, const struct draw_lane *lane, int y, FILE *out)
{
	fprintf(out, "<path d=\"M%d %d.5H%d\" stroke=\"#999\" stroke-dasharray=\"2 3\"/>\n",
		draw_x(plan, 0), y + DRAW_LANE / 2, draw_x(plan, plan->count));
	for (uint32_t i = 0; i < plan->record->op_count; i++) {
		const struct record_op *op = &plan->record->ops[i];

		if (!is_of_lane(plan, lane, i))
			continue;
		draw_life(plan, op, y, out);
		draw_moment(plan, op, y, out);
		if (lane->op == RECORD_NONE)
			caption(plan, op, y, out);
		else
			label_op(plan, op, y, out);
	}
	if (lane->op == RECORD_NONE)
		label_slot(lane, y, out);
	draw_completions(plan, lane, y, out);
	draw_crosses(plan, lane, y, out);
}

void draw_lanes(const struct draw_plan *plan, FILE *out)
{
	for (uint32_t i = 0; i < plan->lane_count; i++)
		draw_lane(plan, &plan->lanes[i], plan->lanes_y + (int)i * DRAW_LANE, out);
}
