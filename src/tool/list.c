/* SPDX-License-Identifier: MIT */
/*
 * oncering list: states, events and refusals. The transition table is the
 * reference model's own; the tool asks it, it does not repeat it.
 */
#include "../../proofs/model_state.h"
#include "calls.h"
#include "commands.h"
#include "page.h"

#include <string.h>

static const char usage[] =
	"Usage: oncering list [states] [events] [tokens] [refusals]\n"
	"\n"
	"  states    what a slot goes through, and what each event does in each state\n"
	"  events    the same, by event\n"
	"  tokens    the life of a CQ position\n"
	"  refusals  every code, with the first sentence of its explanation\n"
	"\n"
	"Without a word: states, tokens and refusals. The tables are those of the\n"
	"reference model that the library is compared with.\n";

typedef const char *name_of(int index);

static void title(const char *text)
{
	page_say(stdout, INK_STRONG, text);
	fputc('\n', stdout);
}

/* "event  -> STATE" or "event  refused: ONCE_CODE"; cells nothing can reach are left out. */
static void cell(const char *what, int next, name_of *state_name, const char *from)
{
	if (next == MODEL_NEVER)
		return;
	printf("  %-12s ", what);
	if (next < 0) {
		const struct calls_row *row = calls_of(next);

		fputs(row != NULL && row->kind == CALLS_KERNEL ? "reported: " : "refused: ", stdout);
		page_say(stdout, INK_BAD, once_code_name(next));
	} else if (strcmp(state_name(next), from) == 0) {
		fputs("stays ", stdout);
		page_say(stdout, INK_FAINT, from);
	} else {
		fputs("-> ", stdout);
		page_say(stdout, INK_GOOD, state_name(next));
	}
	fputc('\n', stdout);
}

static void list_states(void)
{
	title("What happens to an operation's slot, by state");
	for (int state = 0; state < MODEL_STATES; state++) {
		fputc('\n', stdout);
		title(model_state_name(state));
		for (int event = 0; event < MODEL_EVENTS; event++)
			cell(model_event_name(event), model_next(state, event, false),
			     model_state_name, model_state_name(state));
	}
	fputc('\n', stdout);
	page_wrap(stdout, 2, "ENDED: the last CQE is delivered, and the head has not passed it. A slot "
		  "whose generations are used up becomes RETIRED where the table says FREE. \"stays\" "
		  "under a submit: other operations are submitted.");
}

static void list_events(void)
{
	title("What happens to an operation's slot, by event");
	for (int event = 0; event < MODEL_EVENTS; event++) {
		fputc('\n', stdout);
		title(model_event_name(event));
		for (int state = 0; state < MODEL_STATES; state++)
			cell(model_state_name(state), model_next(state, event, false),
			     model_state_name, model_state_name(state));
	}
}

static void list_tokens(void)
{
	title("What happens to a CQ position");
	for (int state = 0; state < MODEL_TOKEN_STATES; state++) {
		fputc('\n', stdout);
		title(model_token_state_name(state));
		for (int event = 0; event < MODEL_TOKEN_EVENTS; event++)
			cell(model_token_event_name(event), model_token_next(state, event),
			     model_token_state_name, model_token_state_name(state));
	}
}

/* Up to the first ";" or ".", which is the what without the what to do. */
static void first_clause(const char *text, char *buffer, size_t room)
{
	size_t length = strcspn(text, ";.");

	/* a full stop within a word, as in "config.memory", ends nothing */
	while (text[length] == '.' && text[length + 1] != ' ' && text[length + 1] != '\0')
		length += 1 + strcspn(text + length + 1, ";.");

	snprintf(buffer, room, "%.*s", (int)(length < room ? length : room - 1), text);
}

static void list_refusals(void)
{
	char clause[240];
	int code;

	title("Refusals");
	for (unsigned i = 0; (code = once_code_at(i)) != 0; i++) {
		const struct calls_row *row = calls_of(code);

		fputc('\n', stdout);
		page_say(stdout, INK_BAD, once_code_name(code));
		printf(" (%d)  %s\n", code, row != NULL ? calls_kind_word(row->kind) : "");
		first_clause(once_strerror(code), clause, sizeof clause);
		page_wrap(stdout, 2, clause);
	}
	printf("\n`oncering explain CODE` says more about one.\n");
}

static const struct topic {
	const char *word;
	void (*print)(void);
	bool by_default;
} topics[] = {
	{ "states", list_states, true },
	{ "events", list_events, false },
	{ "tokens", list_tokens, true },
	{ "refusals", list_refusals, true }
};

enum { TOPICS = sizeof topics / sizeof topics[0] };

static const struct topic *topic_of(const char *word)
{
	for (int i = 0; i < TOPICS; i++) {
		if (strcmp(topics[i].word, word) == 0)
			return &topics[i];
	}
	return NULL;
}

static int list_all(void)
{
	for (int i = 0, shown = 0; i < TOPICS; i++) {
		if (!topics[i].by_default)
			continue;
		if (shown++ > 0)
			fputc('\n', stdout);
		topics[i].print();
	}
	return 0;
}

int cmd_list(int argc, char **argv)
{
	if (argc == 2 && (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0)) {
		fputs(usage, stdout);
		return 0;
	}
	if (argc < 2)
		return list_all();
	for (int i = 1; i < argc; i++) {
		if (topic_of(argv[i]) == NULL) {
			fprintf(stderr, "oncering: list: %.60s: no such list\n\n%s", argv[i], usage);
			return 2;
		}
	}
	for (int i = 1; i < argc; i++) {
		if (i > 1)
			fputc('\n', stdout);
		topic_of(argv[i])->print();
	}
	return 0;
}
