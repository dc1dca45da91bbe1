/* SPDX-License-Identifier: MIT */
/* A line that is a step: matched against the templates of all verbs. */
#include "scenario_text.h"

#include <ctype.h>
#include <string.h>

struct match {
	const struct line *line;
	struct scenario_step *step;
	struct complaint *complaint;
	const char *at;  /* in the template */
	unsigned index;  /* word */
};

static bool is_operand(const char *at)
{
	return isupper((unsigned char)*at) != 0;
}

static bool match_operand(struct match *match)
{
	const struct scenario_operand *operand = scenario_operand(*match->at);
	struct scenario_step *step = match->step;
	uint8_t *place = &step->ring;

	if (*match->at != 'R') {
		place = match->at[1] == '0' ? &step->reg
			: match->at[1] == '1' ? &step->arg : &step->arg2;
		match->at++;
	}
	match->at++;
	if (match->index < match->line->count &&
	    word_operand(&match->line->words[match->index], operand, place)) {
		match->index++;
		return true;
	}
	complain_operand(match->complaint, match->line, match->index, operand);
	return false;
}

static bool match_literal(struct match *match)
{
	const char *from = match->at;
	char text[32];
	size_t length;

	while (*match->at != '\0' && *match->at != ' ' && *match->at != ']')
		match->at++;
	length = (size_t)(match->at - from);
	memcpy(text, from, length);
	text[length] = '\0';
	if (match->index < match->line->count &&
	    word_is(&match->line->words[match->index], text)) {
		match->index++;
		return true;
	}
	complain(match->complaint, match->line, match->index, text);
	return false;
}

/* All up to *end* of the template. */
static bool match_until(struct match *match, char end)
{
	while (*match->at != end) {
		if (*match->at == ' ') {
			match->at++;
		} else if (*match->at == '[') {
			const unsigned index = match->index;
			const char *const group = strchr(match->at, ']');

			match->at++;
			if (!match_until(match, ']')) {
				match->index = index;
				match->at = group;
			}
			match->at++;
		} else if (is_operand(match->at) ? !match_operand(match) : !match_literal(match)) {
			return false;
		}
	}
	return true;
}

static bool match_verb(const struct line *line, unsigned verb, struct scenario_step *step,
		       struct complaint *complaint)
{
	struct match match = { line, step, complaint, scenario_grammar(verb)->template, 0 };

	memset(step, 0, sizeof *step);
	step->verb = (uint8_t)verb;
	step->line = line->number;
	if (!match_until(&match, '\0'))
		return false;
	if (match.index == line->count)
		return true;
	complain(complaint, line, match.index, "the end of the line");
	return false;
}

/* --- a first word that no verb has --- */

/* How many letters must be changed; large if the words are long. */
static unsigned distance(const struct word *word, const char *text, size_t length)
{
	unsigned row[24], next;

	if (word->length > 20 || length > 20)
		return 99;
	for (unsigned j = 0; j <= length; j++)
		row[j] = j;
	for (unsigned i = 1; i <= word->length; i++) {
		unsigned diagonal = row[0];

		row[0] = i;
		for (unsigned j = 1; j <= length; j++) {
			next = diagonal + (word->text[i - 1] != text[j - 1]);
			diagonal = row[j];
			if (row[j] + 1 < next)
				next = row[j] + 1;
			if (row[j - 1] + 1 < next)
				next = row[j - 1] + 1;
			row[j] = next;
		}
	}
	return row[length];
}

static void complain_verb(const struct line *line, struct complaint *complaint)
{
	static const char *const others[] = { "ring", "fault", "expect" };
	const struct word *word = &line->words[0];
	char message[SCENARIO_MESSAGE];
	const char *nearest = NULL;
	unsigned least = 3, off;
	size_t length, nearest_length = 0;
	const int shown = word->length < 32 ? (int)word->length : 32;

	for (unsigned i = 0; i < VERBS + 3; i++) {
		const char *text = i < VERBS ? scenario_grammar(i)->template : others[i - VERBS];

		length = strcspn(text, " ");
		off = distance(word, text, length);
		if (off < least) {
			least = off;
			nearest = text;
			nearest_length = length;
		}
	}
	for (int i = 0; i < shown; i++)
		if (!isgraph((unsigned char)word->text[i])) {
			complain_message(complaint, line, 0,
					 "expected a step, ring, fault, expect or # comment");
			return;
		}
	snprintf(message, sizeof message, "there is no step \"%.*s\"%s%.*s%s", shown, word->text,
		 nearest != NULL ? "; did you mean \"" : "", (int)nearest_length,
		 nearest != NULL ? nearest : "", nearest != NULL ? "\"?" : "");
	complain_message(complaint, line, 0, message);
}

bool parse_step(const struct line *line, struct scenario_step *step, struct complaint *complaint)
{
	bool known = false;

	for (unsigned verb = 0; verb < VERBS; verb++) {
		const char *const template = scenario_grammar(verb)->template;
		const size_t length = strcspn(template, " ");

		if (line->words[0].length != length ||
		    memcmp(line->words[0].text, template, length) != 0)
			continue;
		known = true;
		if (match_verb(line, verb, step, complaint))
			return true;
	}
	if (!known)
		complain_verb(line, complaint);
	return false;
}
