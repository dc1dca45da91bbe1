/* SPDX-License-Identifier: MIT */
/* The places of the CQ under the lanes: what lies in each, and how head and tail move. */
#include "draw.h"

#include "page.h"

#include <string.h>

static int row_y(const struct draw_cq *cq, uint32_t row)
{
	return cq->y + (int)row * cq->height;
}

static const struct record_ring *at(const struct draw_plan *plan, uint32_t column, int ring)
{
	return &plan->record->steps[plan->columns[column].last].rings[ring];
}

/* Whether the place has a CQE that was not delivered. */
static bool is_posted(const struct draw_cq *cq, const struct record_ring *now, uint32_t place)
{
	const uint64_t position = now->head + (place + cq->entries - now->head_place) % cq->entries;

	return now->open && position >= now->delivered && position < now->tail;
}

static void draw_posted(const struct draw_plan *plan, int ring, uint32_t row, FILE *out)
{
	const struct draw_cq *cq = &plan->cqs[ring];
	const uint32_t place = (cq->first + row) % cq->entries;

	for (uint32_t c = 0; c < plan->count;) {
		uint32_t end = c;

		while (end < plan->count && is_posted(cq, at(plan, end, ring), place))
			end++;
		if (end > c)
			draw_bar(out, DRAW_POSTED, draw_x(plan, c), row_y(cq, row) + 2,
				 (int)(end - c) * DRAW_COLUMN, cq->height - 4, NULL,
				 "POSTED: in the CQ, not delivered");
		c = end > c ? end : c + 1;
	}
}

/* "o0 = 16", "foreign", "own" */
static void token_text(const struct draw_plan *plan, const struct record_token *token, char *buffer,
		       size_t room)
{
	char name[24], result[24];

	if (token->op != RECORD_NONE)
		record_op_name(&plan->record->ops[token->op], name, sizeof name);
	else
		snprintf(name, sizeof name, "%s", token->own ? "own" : "foreign");
	if (token->result < 0)
		snprintf(result, sizeof result, "%s", once_code_name(token->result));
	else
		snprintf(result, sizeof result, "%d", (int)token->result);
	snprintf(buffer, room, "%s = %s", name, result);
}

static void draw_span(const struct draw_plan *plan, const struct record_token *token,
		      enum draw_state state, uint32_t from, uint32_t to, FILE *out)
{
	const struct draw_cq *cq = &plan->cqs[token->ring];
	const uint32_t first = draw_column_of(plan, from);
	const uint32_t end = to == RECORD_NEVER ? plan->count : draw_column_of(plan, to);
	char text[64], tip[128];
	const char *label = text;

	if (first >= end)
		return;
	token_text(plan, token, text, sizeof text);
	snprintf(tip, sizeof tip, "CQ position %llu: %s: %s%s", (unsigned long long)token->position,
		 draw_state_name(state), text, token->terminal ? "" : ", more to come");
	/* HELD says whose it is where there is room */
	if (state != DRAW_HELD || (int)(6.7 * (double)strlen(text)) + 2 > (int)(end - first) * DRAW_COLUMN)
		label = NULL;
	draw_bar(out, state, draw_x(plan, first), row_y(cq, draw_row(cq, token->place)) + 2,
		 (int)(end - first) * DRAW_COLUMN, cq->height - 4, label, tip);
}

/* Delivered, seen and passed within one step. */
static void draw_reaped(const struct draw_plan *plan, const struct record_token *token, FILE *out)
{
	const struct draw_cq *cq = &plan->cqs[token->ring];
	const uint32_t column = draw_column_of(plan, token->delivered);
	char text[64];

	if (token->passed != token->delivered || column >= plan->count || plan->columns[column].gap)
		return;
	token_text(plan, token, text, sizeof text);
	fprintf(out, "<g><title>delivered and passed in one step: ");
	page_xml(out, text);
	fprintf(out, "</title><circle cx=\"%d\" cy=\"%d\" r=\"%d\" fill=\"%s\" stroke=\"#111\"/></g>\n",
		draw_x(plan, column) + DRAW_COLUMN / 2,
		row_y(cq, draw_row(cq, token->place)) + cq->height / 2, cq->height > 10 ? 5 : 3,
		token->own ? "#fff" : "#111");
}

static void draw_tokens(const struct draw_plan *plan, int ring, FILE *out)
{
	for (uint32_t i = 0; i < plan->record->token_count; i++) {
		const struct record_token *token = &plan->record->tokens[i];
		const uint32_t seen = token->seen != RECORD_NEVER ? token->seen : token->passed;

		if (token->ring != ring || draw_row(&plan->cqs[ring], token->place) >= plan->cqs[ring].rows)
			continue;
		draw_span(plan, token, DRAW_HELD, token->delivered, seen, out);
		if (token->seen != RECORD_NEVER)
			draw_span(plan, token, DRAW_SEEN, token->seen, token->passed, out);
		draw_reaped(plan, token, out);
	}
}

/* --- head and tail --- */

static uint32_t pointer_row(const struct draw_cq *cq, const struct record_ring *now, bool tail)
{
	const uint64_t ahead = tail ? now->tail - now->head : 0;

	return draw_row(cq, (uint32_t)((now->head_place + ahead) % cq->entries));
}

/* A line along the upper edge of the place it points to; lifted where it wraps. */
static void draw_pointer(const struct draw_plan *plan, int ring, bool tail, FILE *out)
{
	const struct draw_cq *cq = &plan->cqs[ring];
	const int shift = tail ? 1 : -1; /* so that both can be seen where they meet */
	bool down = false;
	uint32_t before = 0;

	fputs("<path d=\"", out);
	for (uint32_t c = 0; c < plan->count; c++) {
		const struct record_ring *now = at(plan, c, ring);
		uint32_t row;

		if (!now->open) {
			down = false;
			continue;
		}
		row = pointer_row(cq, now, tail);
		fprintf(out, "%s%d %d", down && row >= before ? "L" : "M", draw_x(plan, c) + 2 * shift,
			row_y(cq, row) + shift);
		fprintf(out, "H%d", draw_x(plan, c + 1) + 2 * shift);
		before = row;
		down = true;
	}
	fprintf(out, "\" fill=\"none\" stroke=\"%s\" stroke-width=\"2\"%s/>\n", tail ? "#8c3f6e" : "#000",
		tail ? " stroke-dasharray=\"5 3\"" : "");
}

static void draw_pointer_names(const struct draw_plan *plan, const struct draw_cq *cq, FILE *out)
{
	const int x = DRAW_MARGIN + 150, y = cq->y - 12;

	(void)plan;
	fprintf(out, "<path d=\"M%d %dh18\" stroke=\"#000\" stroke-width=\"2\"/>"
		"<text class=\"small\" x=\"%d\" y=\"%d\">head</text>", x, y, x + 23, y + 4);
	fprintf(out, "<path d=\"M%d %dh18\" stroke=\"#8c3f6e\" stroke-width=\"2\" "
		"stroke-dasharray=\"5 3\"/><text class=\"small\" x=\"%d\" y=\"%d\">tail</text>\n", x + 56, y,
		x + 79, y + 4);
}

static void draw_crosses(const struct draw_plan *plan, int ring, FILE *out)
{
	const struct draw_cq *cq = &plan->cqs[ring];

	for (uint32_t c = 0; c < plan->count; c++) {
		const struct record_step *step = &plan->record->steps[plan->columns[c].first];

		if (plan->columns[c].gap || step->code == 0 || step->ring != ring ||
		    step->position == ONCE_NO_POSITION)
			continue;
		for (uint32_t i = plan->record->token_count; i-- > 0;) {
			const struct record_token *token = &plan->record->tokens[i];

			if (token->ring == ring && token->position == step->position &&
			    draw_row(cq, token->place) < cq->rows) {
				draw_cross(out, draw_x(plan, c) + DRAW_COLUMN - 7,
					   row_y(cq, draw_row(cq, token->place)) + cq->height - 5, 5);
				break;
			}
		}
	}
}

static void draw_rows(const struct draw_plan *plan, const struct draw_cq *cq, FILE *out)
{
	for (uint32_t row = 0; row < cq->rows; row++) {
		const int y = row_y(cq, row);

		fprintf(out, "<path d=\"M%d %d.5H%d\" stroke=\"#ccc\"/>", draw_x(plan, 0), y,
			draw_x(plan, plan->count));
		if (cq->height > 10 || row % 8 == 0)
			fprintf(out, "<text class=\"small\" x=\"%d\" y=\"%d\" text-anchor=\"end\">place %u"
				"</text>\n", draw_x(plan, 0) - 8, y + cq->height / 2 + 4,
				(unsigned)((cq->first + row) % cq->entries));
	}
	fprintf(out, "<path d=\"M%d %d.5H%d\" stroke=\"#ccc\"/>\n", draw_x(plan, 0),
		row_y(cq, cq->rows), draw_x(plan, plan->count));
}

void draw_cqs(const struct draw_plan *plan, FILE *out)
{
	for (int ring = 0; ring < RINGS; ring++) {
		const struct draw_cq *cq = &plan->cqs[ring];

		if (cq->rows == 0)
			continue;
		fprintf(out, "<text x=\"%d\" y=\"%d\" font-weight=\"bold\">CQ of ring %c, %u</text>\n",
			DRAW_MARGIN, cq->y - 8, 'a' + ring, (unsigned)cq->entries);
		draw_pointer_names(plan, cq, out);
		draw_rows(plan, cq, out);
		for (uint32_t row = 0; row < cq->rows; row++)
			draw_posted(plan, ring, row, out);
		draw_tokens(plan, ring, out);
		draw_pointer(plan, ring, true, out);
		draw_pointer(plan, ring, false, out);
		draw_crosses(plan, ring, out);
	}
}
