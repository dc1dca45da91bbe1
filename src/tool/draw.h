/* SPDX-License-Identifier: MIT */
/*
 * The drawing of a run: time from left to right, a column for each step; a
 * lane for each operation; below, the places of the CQ. Made in two halves:
 * the plan says what goes where, the rest writes it.
 */
#ifndef ONCERING_TOOL_DRAW_H
#define ONCERING_TOOL_DRAW_H

#include "record.h"

enum {
	DRAW_STEPS = 240,   /* more steps than this are not all drawn */
	DRAW_EDGE = 40,     /* then: so many of the first and the last ones ... */
	DRAW_AROUND = 3,    /* ... and so many around each refusal */
	DRAW_LANES = 40,    /* more operations than this share the lanes of their slots */
	DRAW_TEXT = 160     /* longest text of one step */
};

/* Sizes, in pixels. */
enum {
	DRAW_COLUMN = 30,
	DRAW_LANE = 36,
	DRAW_BAR = 22,
	DRAW_TITLE = 34,
	DRAW_AXIS = 24,
	DRAW_REFUSED = 26, /* a row of crosses, if there are any */
	DRAW_HEADING = 26,
	DRAW_MARGIN = 12,
	DRAW_LABEL = 260
};

/* One column: a step, or a gap where steps are left out. */
struct draw_column {
	uint32_t first, last;
	bool gap;
};

struct draw_lane {
	uint32_t op;   /* index in ops; RECORD_NONE: the lane of a slot */
	uint32_t slot;
	uint8_t ring;
};

/* The CQ of one ring: which places have a row. */
struct draw_cq {
	uint32_t entries;
	uint32_t first;  /* place of the first row; the others follow round the ring */
	uint32_t rows;   /* 0: nothing to draw */
	int height;      /* of a row */
	int y;           /* of the first row */
};

struct draw_plan {
	const struct record *record;
	const char *title;
	struct draw_column *columns;
	uint32_t count;
	struct draw_lane *lanes;
	uint32_t lane_count;
	bool by_slot;
	struct draw_cq cqs[RINGS];
	uint32_t refusals;   /* in all, drawn or not */
	int header;          /* height of the step texts */
	int overhang;        /* how far the last one leans out */
	int axis_y;          /* of the numbers of the steps */
	int lanes_y;
	int width, height;
};

/* States of a bar, in the order of an operation's life. */
enum draw_state { DRAW_TAKEN, DRAW_ARMED, DRAW_IN_FLIGHT, DRAW_HELD, DRAW_SEEN, DRAW_POSTED, DRAW_STATES };

/* --- draw_plan.c --- */

/* 0, or -1: no memory. draw_unplan() in any case. */
int draw_plan(struct draw_plan *plan, const struct record *record, const char *title, uint32_t from,
	      uint32_t to);
void draw_unplan(struct draw_plan *plan);
/* The column that shows a step; beyond the last one: count. */
uint32_t draw_column_of(const struct draw_plan *plan, uint32_t step);
/* The left edge of a column. */
int draw_x(const struct draw_plan *plan, uint32_t column);
/* The row of a CQ place. */
uint32_t draw_row(const struct draw_cq *cq, uint32_t place);
/* "see c0"; and "ONCE_SPENT", "= 16", "" */
void draw_step_text(const struct record *record, uint32_t step, char *buffer, size_t room);
void draw_answer_text(const struct record *record, uint32_t step, char *buffer, size_t room);
/* Whether a step is to be looked at: refused, reported, expected otherwise, ended by the watchdog. */
bool draw_is_remarkable(const struct record_step *step);
/* First and last step (exclusive) that an operation is there. */
uint32_t draw_op_begin(const struct record_op *op);
uint32_t draw_op_end(const struct record_op *op);

/* --- draw_svg.c, draw_lanes.c, draw_cq.c --- */

void draw_svg(const struct draw_plan *plan, FILE *out);
void draw_lanes(const struct draw_plan *plan, FILE *out);
void draw_cqs(const struct draw_plan *plan, FILE *out);
/* One bar, labelled if there is room; *label* NULL: the name of the state. */
void draw_bar(FILE *out, enum draw_state state, int x, int y, int width, int height,
	      const char *label, const char *tip);
/* A refusal's cross, centred. */
void draw_cross(FILE *out, int x, int y, int radius);
const char *draw_state_name(enum draw_state state);

/* --- draw_html.c --- */

void draw_html(const struct draw_plan *plan, FILE *out);

#endif
