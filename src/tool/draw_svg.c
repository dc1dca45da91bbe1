/* SPDX-License-Identifier: MIT */
/* The frame of a drawing: styles, legend, the texts of the steps, refusals. */
#include "draw.h"

#include "page.h"

#include <string.h>

/*
 * The palette is Okabe and Ito's, which colour-blind people can tell apart;
 * each state has a pattern and a word besides.
 */
static const struct look {
	const char *name;  /* as written into a bar */
	const char *brief; /* where that does not fit */
	const char *about; /* for the legend */
	const char *fill;
	const char *line;
	const char *text;
	const char *pattern; /* what is drawn over the fill, in a tile of 8 by 8; "" */
} looks[DRAW_STATES] = {
	{ "TAKEN", "T", "an SQE, being prepared", "#fdf3c8", "#9c7a00", "#000",
	  "<circle cx=\"2\" cy=\"2\" r=\"1\" fill=\"#9c7a00\" fill-opacity=\".55\"/>" },
	{ "ARMED", "A", "lent, not yet submitted", "#f7c66b", "#8a5a00", "#000",
	  "<path d=\"M0 8L8 0\" stroke=\"#8a5a00\" stroke-opacity=\".5\"/>" },
	{ "IN FLIGHT", "F", "the kernel's", "#0072b2", "#004a75", "#fff", "" },
	{ "HELD", "H", "delivered, not yet seen", "#7fd6bb", "#00664b", "#000",
	  "<path d=\"M4 0V8\" stroke=\"#00664b\" stroke-opacity=\".45\"/>" },
	{ "SEEN", "S", "waits for the head to pass", "#e4e4e4", "#666", "#000",
	  "<path d=\"M0 4H8\" stroke=\"#666\" stroke-opacity=\".6\"/>" },
	{ "POSTED", "P", "in the CQ, not delivered", "#e6c3d9", "#8c3f6e", "#000",
	  "<path d=\"M0 0L8 8M0 8L8 0\" stroke=\"#8c3f6e\" stroke-opacity=\".35\"/>" }
};

static const char refusal_colour[] = "#b23c00";

const char *draw_state_name(enum draw_state state)
{
	return looks[state].name;
}

static void draw_defs(FILE *out)
{
	fputs("<defs>\n", out);
	for (int i = 0; i < DRAW_STATES; i++)
		fprintf(out, "<pattern id=\"p%d\" width=\"8\" height=\"8\" "
			"patternUnits=\"userSpaceOnUse\"><rect width=\"8\" height=\"8\" fill=\"%s\"/>"
			"%s</pattern>\n", i, looks[i].fill, looks[i].pattern);
	fputs("</defs>\n<style>\n"
	      "text{font-family:'DejaVu Sans Mono',Menlo,Consolas,'Liberation Mono',monospace;"
	      "font-size:12px;fill:#111}\n"
	      ".title{font-size:15px;font-weight:bold}\n"
	      ".small{font-size:10.5px;fill:#444}\n"
	      ".answer{fill:#555}\n", out);
	fprintf(out, ".refused{fill:%s;font-weight:bold}\n", refusal_colour);
	for (int i = 0; i < DRAW_STATES; i++)
		fprintf(out, ".s%d{fill:url(#p%d);stroke:%s}\n"
			".t%d{font-size:11px;fill:%s;stroke:%s;stroke-width:3px;paint-order:stroke;"
			"stroke-linejoin:round;text-anchor:middle}\n", i, i, looks[i].line, i,
			looks[i].text, looks[i].fill);
	fputs("</style>\n", out);
}

static int text_width(const char *text)
{
	return (int)(6.7 * (double)page_columns(text));
}

void draw_bar(FILE *out, enum draw_state state, int x, int y, int width, int height,
	      const char *label, const char *tip)
{
	if (label == NULL)
		label = text_width(looks[state].name) + 6 <= width ? looks[state].name
								   : looks[state].brief;
	fprintf(out, "<g><title>");
	page_xml(out, tip);
	fprintf(out, "</title><rect class=\"s%d\" x=\"%d.5\" y=\"%d.5\" width=\"%d\" height=\"%d\" "
		"rx=\"3\"/>", (int)state, x, y, width > 1 ? width - 1 : 1, height);
	if (text_width(label) + 2 <= width && height >= 14) {
		fprintf(out, "<text class=\"t%d\" x=\"%d\" y=\"%d\">", (int)state, x + width / 2,
			y + height / 2 + 4);
		page_xml(out, label);
		fputs("</text>", out);
	}
	fputs("</g>\n", out);
}

void draw_cross(FILE *out, int x, int y, int radius)
{
	const int arm = radius / 2;

	fprintf(out, "<g><circle cx=\"%d\" cy=\"%d\" r=\"%d\" fill=\"#fff\" stroke=\"%s\" "
		"stroke-width=\"2\"/><path d=\"M%d %dl%d %dm0 -%dl-%d %d\" stroke=\"%s\" "
		"stroke-width=\"2.5\" fill=\"none\"/></g>\n", x, y, radius, refusal_colour, x - arm, y - arm,
		2 * arm, 2 * arm, 2 * arm, 2 * arm, 2 * arm, refusal_colour);
}

/* --- legend --- */

static void legend_line(FILE *out, int y, const char *name, const char *about)
{
	fprintf(out, "<text x=\"%d\" y=\"%d\">%s</text>", DRAW_MARGIN + 34, y, name);
	fprintf(out, "<text class=\"small\" x=\"%d\" y=\"%d\">%s</text>\n", DRAW_MARGIN + 112, y, about);
}

static void draw_legend(const struct draw_plan *plan, FILE *out)
{
	int y = DRAW_TITLE + plan->header - 10 * 20 + 2;

	fprintf(out, "<path d=\"M%d %dh24\" stroke=\"#999\" stroke-dasharray=\"2 3\"/>", DRAW_MARGIN, y - 4);
	legend_line(out, y, "FREE", "no operation");
	for (int i = 0; i < DRAW_STATES; i++) {
		y += 20;
		fprintf(out, "<rect class=\"s%d\" x=\"%d.5\" y=\"%d.5\" width=\"24\" height=\"14\" "
			"rx=\"3\"/><text class=\"t%d\" x=\"%d\" y=\"%d\">%s</text>", i, DRAW_MARGIN, y - 12, i,
			DRAW_MARGIN + 12, y - 1, looks[i].brief);
		legend_line(out, y, looks[i].name, looks[i].about);
	}
	y += 20;
	draw_cross(out, DRAW_MARGIN + 12, y - 4, 8);
	legend_line(out, y, "refused", "or reported");
	y += 20;
	fprintf(out, "<path d=\"M%d %dh8l-4 6z\" fill=\"#fff\" stroke=\"#111\"/>", DRAW_MARGIN + 8, y - 8);
	legend_line(out, y, "CQE", "delivered");
	y += 20;
	fprintf(out, "<circle cx=\"%d\" cy=\"%d\" r=\"5\" fill=\"#111\" stroke=\"#111\"/>"
		"<circle cx=\"%d\" cy=\"%d\" r=\"5\" fill=\"#fff\" stroke=\"#111\"/>", DRAW_MARGIN + 6, y - 4,
		DRAW_MARGIN + 20, y - 4);
	legend_line(out, y, "at once", "passed (white: own)");
}

/* --- columns --- */

static void draw_tip(const struct record *record, uint32_t step, FILE *out)
{
	const struct record_step *now = &record->steps[step];
	char text[DRAW_TEXT];

	fputs("<title>", out);
	draw_step_text(record, step, text, sizeof text);
	fprintf(out, "step %u: ", step + 1);
	page_xml(out, text);
	if (now->call != NULL && now->call[0] != '\0') {
		record_answer(now, text, sizeof text);
		fputs(": ", out);
		page_xml(out, now->call);
		fputs("() = ", out);
		page_xml(out, text);
	}
	if (now->code != 0) {
		fputs("\n", out);
		page_xml(out, once_strerror(now->code));
	}
	fputs("</title>", out);
}

static void draw_step(const struct draw_plan *plan, uint32_t column, FILE *out)
{
	const uint32_t step = plan->columns[column].first;
	const struct record_step *now = &plan->record->steps[step];
	const int x = draw_x(plan, column), axis = plan->axis_y;
	char text[DRAW_TEXT];

	fputs("<g>", out);
	draw_tip(plan->record, step, out);
	fprintf(out, "<text transform=\"translate(%d %d) rotate(-55)\"", x + DRAW_COLUMN / 2 + 3, axis - 4);
	draw_step_text(plan->record, step, text, sizeof text);
	fputs(" xml:space=\"preserve\">", out);
	page_xml(out, text);
	draw_answer_text(plan->record, step, text, sizeof text);
	if (text[0] != '\0') {
		fprintf(out, "<tspan class=\"%s\">  ", now->code != 0 ? "refused" : "answer");
		page_xml(out, text);
		fputs("</tspan>", out);
	}
	fputs("</text>", out);
	fprintf(out, "<text class=\"small%s\" x=\"%d\" y=\"%d\" text-anchor=\"middle\">%u</text></g>\n",
		now->code != 0 ? " refused" : "", x + DRAW_COLUMN / 2, axis + 16, step + 1);
}

/* The lines between the columns, and the shade of those with a refusal. */
static void draw_grid(const struct draw_plan *plan, FILE *out)
{
	const int top = plan->axis_y, bottom = plan->height - DRAW_MARGIN;

	for (uint32_t c = 0; c < plan->count; c++) {
		const int x = draw_x(plan, c);
		const struct record_step *now = &plan->record->steps[plan->columns[c].first];

		if (!plan->columns[c].gap && now->code != 0)
			fprintf(out, "<rect x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\" fill=\"#fbe3d6\"/>"
				"<path d=\"M%d.5 %dV%dM%d.5 %dV%d\" stroke=\"%s\" stroke-dasharray=\"4 3\"/>\n",
				x, top, DRAW_COLUMN, bottom - top, x, top, bottom, x + DRAW_COLUMN, top,
				bottom, refusal_colour);
		else
			fprintf(out, "<path d=\"M%d.5 %dV%d\" stroke=\"#e8e8e8\"/>\n", x, top, bottom);
	}
	fprintf(out, "<path d=\"M%d %d.5H%d\" stroke=\"#333\"/>\n", DRAW_MARGIN, top,
		draw_x(plan, plan->count));
}

/* Gaps lie over the bars that go through them. */
static void draw_gaps(const struct draw_plan *plan, FILE *out)
{
	const int top = plan->axis_y, bottom = plan->height - DRAW_MARGIN;

	for (uint32_t c = 0; c < plan->count; c++) {
		const struct draw_column *column = &plan->columns[c];
		const int x = draw_x(plan, c);

		if (!column->gap)
			continue;
		fprintf(out, "<rect x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\" fill=\"#fff\" "
			"fill-opacity=\".85\"/><path d=\"M%d %dV%dM%d %dV%d\" stroke=\"#777\" "
			"stroke-dasharray=\"1 4\"/>", x + 3, top, DRAW_COLUMN - 6, bottom - top, x + 3, top,
			bottom, x + DRAW_COLUMN - 3, top, bottom);
		fprintf(out, "<text class=\"small\" transform=\"translate(%d %d) rotate(-55)\">steps %u to %u "
			"left out</text>\n", x + DRAW_COLUMN / 2 + 3, top - 4, column->first + 1,
			column->last + 1);
	}
}

/* All of them in a row; those about an operation or a place are marked there, too. */
static void draw_refusals(const struct draw_plan *plan, FILE *out)
{
	if (plan->refusals > 0)
		fprintf(out, "<text class=\"refused\" x=\"%d\" y=\"%d\">refused</text>\n", DRAW_MARGIN,
			plan->axis_y + DRAW_AXIS + DRAW_REFUSED / 2 + 4);
	for (uint32_t c = 0; c < plan->count; c++) {
		if (!plan->columns[c].gap && plan->record->steps[plan->columns[c].first].code != 0)
			draw_cross(out, draw_x(plan, c) + DRAW_COLUMN / 2, plan->axis_y + DRAW_AXIS + DRAW_REFUSED / 2, 9);
	}
}

static void draw_title(const struct draw_plan *plan, FILE *out)
{
	const size_t fits = (size_t)((double)(plan->width - 2 * DRAW_MARGIN) / 9.1);
	size_t length = strlen(plan->title);

	if (length > fits)
		for (length = fits; length > 0 && ((unsigned char)plan->title[length] & 0xc0) == 0x80;)
			length--;
	fprintf(out, "<text class=\"title\" x=\"%d\" y=\"22\">", DRAW_MARGIN);
	page_xml_n(out, plan->title, length);
	fputs("</text>\n", out);
}

void draw_svg(const struct draw_plan *plan, FILE *out)
{
	fprintf(out, "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" height=\"%d\" "
		"viewBox=\"0 0 %d %d\" role=\"img\">\n<title>", plan->width, plan->height, plan->width,
		plan->height);
	page_xml(out, plan->title);
	fprintf(out, "</title>\n<desc>%u steps, %u operations, %u refusals</desc>\n",
		plan->record->count, plan->record->op_count, plan->refusals);
	draw_defs(out);
	fprintf(out, "<rect width=\"%d\" height=\"%d\" fill=\"#fff\"/>\n", plan->width, plan->height);
	draw_title(plan, out);
	draw_grid(plan, out);
	draw_lanes(plan, out);
	draw_cqs(plan, out);
	draw_gaps(plan, out);
	for (uint32_t c = 0; c < plan->count; c++) {
		if (!plan->columns[c].gap)
			draw_step(plan, c, out);
	}
	draw_refusals(plan, out);
	draw_legend(plan, out);
	fputs("</svg>\n", out);
}
