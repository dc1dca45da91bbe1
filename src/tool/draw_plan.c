/* SPDX-License-Identifier: MIT */
/* What a drawing shows, and where: columns, lanes, rows of the CQ, sizes. */
#include "draw.h"

#include "page.h"

#include <stdlib.h>
#include <string.h>

/* The texts of the steps lean by 55 degrees; a character is 7.3 pixels wide. */
static const double character = 7.3, lean_up = 0.82, lean_right = 0.574;

bool draw_is_remarkable(const struct record_step *step)
{
	return step->code != 0 || step->unmet != 0 || (step->marks & RUN_EXPIRED) != 0;
}

uint32_t draw_op_begin(const struct record_op *op)
{
	return op->taken != RECORD_NEVER ? op->taken : op->armed != RECORD_NEVER ? op->armed : 0;
}

uint32_t draw_op_end(const struct record_op *op)
{
	return op->freed != RECORD_NEVER ? op->freed : op->closed;
}

/* --- columns --- */

static void keep(unsigned char *kept, uint32_t count, uint32_t centre, uint32_t around, uint32_t *left)
{
	const uint32_t first = centre > around ? centre - around : 0;

	for (uint32_t i = first; i <= centre + around && i < count && *left > 0; i++) {
		if (kept[i] == 0) {
			kept[i] = 1;
			(*left)--;
		}
	}
}

/* Which steps between *first* and *last* are drawn. */
static void choose(unsigned char *kept, const struct record *record, uint32_t first, uint32_t last)
{
	uint32_t left = DRAW_STEPS;

	if (last - first < DRAW_STEPS) {
		memset(kept + first, 1, last - first + 1);
		return;
	}
	memset(kept + first, 1, DRAW_EDGE);
	memset(kept + last + 1 - DRAW_EDGE, 1, DRAW_EDGE);
	left -= 2 * DRAW_EDGE;
	for (uint32_t i = first; i <= last && left > 0; i++) {
		if (draw_is_remarkable(&record->steps[i]))
			keep(kept, last + 1, i, DRAW_AROUND, &left);
	}
}

/* A gap of one step is drawn as the step. */
static void add_columns(struct draw_plan *plan, const unsigned char *kept, uint32_t count)
{
	for (uint32_t i = 0; i < count;) {
		uint32_t next = i + 1;

		while (kept[i] == 0 && next < count && kept[next] == 0)
			next++;
		plan->columns[plan->count++] =
			(struct draw_column) { i, next - 1, kept[i] == 0 && next - i > 1 };
		i = next;
	}
}

static int plan_columns(struct draw_plan *plan, uint32_t from, uint32_t to)
{
	const uint32_t count = plan->record->count;
	const uint32_t last = to == 0 || to > count ? count - 1 : to - 1;
	const uint32_t first = from == 0 ? 0 : from > count ? last : from - 1;
	unsigned char *kept;

	if (count == 0)
		return 0;
	kept = calloc(count, 1);
	plan->columns = calloc(count, sizeof *plan->columns);
	if (kept == NULL || plan->columns == NULL) {
		free(kept);
		return -1;
	}
	choose(kept, plan->record, first, last);
	add_columns(plan, kept, count);
	free(kept);
	return 0;
}

uint32_t draw_column_of(const struct draw_plan *plan, uint32_t step)
{
	uint32_t low = 0, high = plan->count;

	while (low < high) {
		const uint32_t middle = low + (high - low) / 2;

		if (plan->columns[middle].last < step)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

int draw_x(const struct draw_plan *plan, uint32_t column)
{
	(void)plan;
	return DRAW_MARGIN + DRAW_LABEL + (int)column * DRAW_COLUMN;
}

/* --- lanes --- */

/* Whether an operation is there in a step that is drawn. */
static bool is_drawn(const struct draw_plan *plan, const struct record_op *op)
{
	const uint32_t begin = draw_column_of(plan, draw_op_begin(op));
	const uint32_t end = draw_op_end(op) == RECORD_NEVER ? plan->count
							     : draw_column_of(plan, draw_op_end(op));

	return begin < plan->count &&
	       (!plan->columns[begin].gap || (end > begin + 1 && begin + 1 < plan->count));
}

static void lanes_of_ops(struct draw_plan *plan, int ring)
{
	for (uint32_t i = 0; i < plan->record->op_count; i++) {
		const struct record_op *op = &plan->record->ops[i];

		if (op->ring == ring && is_drawn(plan, op))
			plan->lanes[plan->lane_count++] =
				(struct draw_lane) { i, op->slot, (uint8_t)ring };
	}
}

static void lanes_of_slots(struct draw_plan *plan, int ring)
{
	bool used[RUN_CAPACITY] = { false };

	for (uint32_t i = 0; i < plan->record->op_count; i++) {
		const struct record_op *op = &plan->record->ops[i];

		used[op->slot] |= op->ring == ring && is_drawn(plan, op);
	}
	for (uint32_t slot = 0; slot < RUN_CAPACITY; slot++) {
		if (used[slot])
			plan->lanes[plan->lane_count++] =
				(struct draw_lane) { RECORD_NONE, slot, (uint8_t)ring };
	}
}

static int plan_lanes(struct draw_plan *plan)
{
	uint32_t count = 0;

	for (uint32_t i = 0; i < plan->record->op_count; i++)
		count += is_drawn(plan, &plan->record->ops[i]);
	plan->by_slot = count > DRAW_LANES;
	plan->lanes = calloc((size_t)count + RINGS * RUN_CAPACITY, sizeof *plan->lanes);
	if (plan->lanes == NULL)
		return -1;
	for (int ring = 0; ring < RINGS; ring++) {
		if (plan->by_slot)
			lanes_of_slots(plan, ring);
		else
			lanes_of_ops(plan, ring);
	}
	return 0;
}

/* --- the CQ --- */

uint32_t draw_row(const struct draw_cq *cq, uint32_t place)
{
	return (place + cq->entries - cq->first) % cq->entries;
}

static void need_row(struct draw_cq *cq, uint32_t place)
{
	const uint32_t row = draw_row(cq, place);

	if (row >= cq->rows)
		cq->rows = row + 1;
}

/* Rows from the first head to the farthest tail, as far as they are drawn. */
static void plan_cq(struct draw_plan *plan, int ring)
{
	struct draw_cq *cq = &plan->cqs[ring];
	const struct record *record = plan->record;
	bool begun = false, used = false;

	cq->entries = record->cq[ring];
	for (uint32_t c = 0; c < plan->count && cq->entries != 0; c++) {
		const struct record_ring *now = &record->steps[plan->columns[c].last].rings[ring];

		if (!now->open)
			continue;
		if (!begun)
			cq->first = plan->columns[c].first == 0 && record->opened.rings[ring].open ?
				    record->opened.rings[ring].head_place : now->head_place;
		begun = true;
		used |= now->tail != record->opened.rings[ring].tail || now->head != now->tail;
		need_row(cq, now->head_place);
		need_row(cq, (uint32_t)(now->head_place + (now->tail - now->head)) % cq->entries);
	}
	for (uint32_t i = 0; i < record->token_count; i++) {
		const struct record_token *token = &record->tokens[i];

		if (token->ring == ring && draw_column_of(plan, token->delivered) < plan->count &&
		    !plan->columns[draw_column_of(plan, token->delivered)].gap)
			need_row(cq, token->place);
	}
	if (!used)
		cq->rows = 0;
	cq->height = cq->rows <= 32 ? 20 : 9;
}

/* --- texts and sizes --- */

void draw_step_text(const struct record *record, uint32_t step, char *buffer, size_t room)
{
	(void)scenario_step_text(&record->scenario->steps[step], buffer, room);
}

/* Of other steps, 0 only says that they succeeded. */
static bool asks(unsigned verb)
{
	return (verb >= VERB_RESULT && verb <= VERB_STATE) || verb == VERB_COPY_OWNER ||
	       verb == VERB_COPY_TERMINAL || verb == VERB_DISCARD || verb == VERB_SURVIVORS ||
	       verb == VERB_ACCOUNT || verb == VERB_ENABLED || verb == VERB_SUBMIT ||
	       verb == VERB_SUBMIT_AND_WAIT;
}

void draw_answer_text(const struct record *record, uint32_t step, char *buffer, size_t room)
{
	const struct record_step *now = &record->steps[step];
	char text[64];

	record_answer(now, text, sizeof text);
	if (now->refused)
		snprintf(buffer, room, "%s", text);
	else if (now->code != 0)
		snprintf(buffer, room, "%s%sreports %s", text, text[0] != '\0' ? ", " : "",
			 once_code_name(now->code));
	else if (strcmp(text, "0") == 0 && !asks(record->scenario->steps[step].verb))
		snprintf(buffer, room, "%s", "");
	else
		snprintf(buffer, room, "%s%s", text[0] != '\0' ? "= " : "", text);
}

static void plan_header(struct draw_plan *plan)
{
	unsigned longest = 0, lean = 0;

	for (uint32_t c = 0; c < plan->count; c++) {
		char text[DRAW_TEXT], answer[DRAW_TEXT];
		unsigned columns;

		if (plan->columns[c].gap)
			continue;
		draw_step_text(plan->record, plan->columns[c].first, text, sizeof text);
		draw_answer_text(plan->record, plan->columns[c].first, answer, sizeof answer);
		columns = page_columns(text) + page_columns(answer) + 3;
		if (columns > longest)
			longest = columns;
		/* what leans out over the right edge */
		if ((double)columns * character * lean_right - (double)(plan->count - c) * DRAW_COLUMN >
		    (double)lean)
			lean = (unsigned)((double)columns * character * lean_right -
					  (double)(plan->count - c) * DRAW_COLUMN);
	}
	plan->header = (int)((double)longest * character * lean_up) + 16;
	if (plan->header < 224)
		plan->header = 224; /* the legend stands beside it */
	plan->overhang = (int)lean + 24;
}

static void plan_sizes(struct draw_plan *plan)
{
	int y = DRAW_TITLE + plan->header;

	plan->axis_y = y;
	y += DRAW_AXIS + (plan->refusals > 0 ? DRAW_REFUSED : 0);
	plan->lanes_y = y;
	y += (int)plan->lane_count * DRAW_LANE;
	for (int ring = 0; ring < RINGS; ring++) {
		if (plan->cqs[ring].rows == 0)
			continue;
		y += DRAW_HEADING;
		plan->cqs[ring].y = y;
		y += (int)plan->cqs[ring].rows * plan->cqs[ring].height + 8;
	}
	plan->height = y + DRAW_MARGIN;
	plan->width = draw_x(plan, plan->count) + plan->overhang;
	if (plan->width < 520)
		plan->width = 520;
}

int draw_plan(struct draw_plan *plan, const struct record *record, const char *title, uint32_t from,
	      uint32_t to)
{
	memset(plan, 0, sizeof *plan);
	plan->record = record;
	plan->title = title;
	if (plan_columns(plan, from, to) != 0 || plan_lanes(plan) != 0)
		return -1;
	for (int ring = 0; ring < RINGS; ring++)
		plan_cq(plan, ring);
	for (uint32_t i = 0; i < record->count; i++)
		plan->refusals += record->steps[i].code != 0;
	plan_header(plan);
	plan_sizes(plan);
	return 0;
}

void draw_unplan(struct draw_plan *plan)
{
	free(plan->columns);
	free(plan->lanes);
}
