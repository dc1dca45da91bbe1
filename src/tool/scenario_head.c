/* SPDX-License-Identifier: MIT */
/* Lines of the header: ring, fault. */
#include "scenario_text.h"

#include <string.h>

/* --- ring --- */

/* The first size with those numbers; 0 stands for any. */
static bool find_size(const uint64_t wanted[3], uint8_t *index)
{
	for (unsigned i = 0; i < scenario_sizes(); i++) {
		const struct scenario_size size = scenario_size_at(i);

		if ((wanted[0] == 0 || wanted[0] == size.entries) &&
		    (wanted[1] == 0 || wanted[1] == size.cq) &&
		    (wanted[2] == 0 || wanted[2] == size.operations)) {
			*index = (uint8_t)i;
			return true;
		}
	}
	return false;
}

static bool complain_size(struct reader *reader, unsigned at)
{
	char message[SCENARIO_MESSAGE];
	size_t used = (size_t)snprintf(message, sizeof message,
				       "there is no such size; entries/cq/operations are one of");

	for (unsigned i = 0; i < scenario_sizes(); i++) {
		const struct scenario_size size = scenario_size_at(i);

		used += (size_t)snprintf(message + used, sizeof message - used, " %u/%u/%u",
					 size.entries, size.cq, size.operations);
	}
	complain_message(reader->complaint, reader->line, at, message);
	return false;
}

/* entries N [cq N] [operations N] */
static bool take_size(struct reader *reader, uint8_t *index)
{
	uint64_t wanted[3] = { 0, 0, 0 };
	const unsigned at = reader->index + 1;

	if (!take_word(reader, "entries") || !take_number(reader, &wanted[0]))
		return false;
	if (take_word(reader, "cq") && !take_number(reader, &wanted[1]))
		return false;
	if (take_word(reader, "operations") && !take_number(reader, &wanted[2]))
		return false;
	return (wanted[0] != 0 && find_size(wanted, index)) || complain_size(reader, at);
}

/* used N, credit N: one of a few. */
static bool take_used(struct reader *reader, uint8_t *index)
{
	uint64_t value;

	if (!take_number(reader, &value))
		return false;
	for (unsigned i = 0; i < GENERATIONS; i++)
		if (scenario_generations(i) == value) {
			*index = (uint8_t)i;
			return true;
		}
	complain_message(reader->complaint, reader->line, reader->index - 1,
			 "generations used up are 0, 4094, 4294967294 or 1099511627774");
	return false;
}

static bool take_credit(struct reader *reader, uint8_t *index)
{
	uint64_t value;

	if (!take_number(reader, &value))
		return false;
	for (unsigned i = 0; i < CREDITS; i++)
		if (scenario_credit(i) == value) {
			*index = (uint8_t)i;
			return true;
		}
	complain_message(reader->complaint, reader->line, reader->index - 1,
			 "the credit is 0, 1, 2 or 4");
	return false;
}

static bool take_phase(struct reader *reader, struct scenario_header *header)
{
	uint64_t value;

	if (!take_number(reader, &value))
		return false;
	if (value < scenario_size_at(header->size).cq) {
		header->phase = (uint8_t)value;
		return true;
	}
	complain_message(reader->complaint, reader->line, reader->index - 1,
			 "the phase is less than the CQ has entries");
	return false;
}

static bool take_option(struct reader *reader, struct scenario_header *header)
{
	static const struct { const char *word; uint8_t bit; } options[] = {
		{ "split", OPTION_SPLIT }, { "foreign", OPTION_FOREIGN },
		{ "legacy", OPTION_LEGACY }, { "trap", OPTION_TRAP }
	};

	for (size_t i = 0; i < sizeof options / sizeof options[0]; i++)
		if (take_word(reader, options[i].word)) {
			header->options |= options[i].bit;
			return true;
		}
	if (take_word(reader, "flags"))
		return take_operand(reader, 'Z', &header->setup);
	if (take_word(reader, "used"))
		return take_used(reader, &header->generations);
	if (take_word(reader, "credit"))
		return take_credit(reader, &header->credit);
	if (take_word(reader, "phase"))
		return take_phase(reader, header);
	return false;
}

static bool settle(struct reader *reader, struct scenario_header *header)
{
	const uint8_t asked = header->options;

	scenario_settle_header(header);
	if (header->options == asked)
		return true;
	complain_message(reader->complaint, reader->line, reader->index,
			 ((header->options ^ asked) & OPTION_SPLIT) != 0
				 ? "split: the kernel wants one thread on a ring with SINGLE_ISSUER"
				 : "legacy: so many operations leave the library no CQ places");
	return false;
}

static bool parse_ring_a(struct reader *reader, struct scenario_header *header)
{
	if (!take_size(reader, &header->size))
		return false;
	while (!at_end(reader))
		if (!take_option(reader, header))
			return false;
	return settle(reader, header);
}

static bool parse_ring_b(struct reader *reader, struct scenario_header *header)
{
	uint8_t index = 0;

	if (!take_size(reader, &index))
		return false;
	header->second = (uint8_t)(index + 1);
	return take_end(reader) && settle(reader, header);
}

static bool parse_fault(struct reader *reader, struct scenario_header *header)
{
	uint8_t argument = 0;

	if (!take_operand(reader, 'H', &header->fault))
		return false;
	if (!at_end(reader) && !take_operand(reader, 'N', &argument))
		return false;
	header->fault_arg = header->fault != FAULT_NONE ? argument : 0;
	return take_end(reader);
}

bool parse_header(const struct line *line, struct scenario_header *header,
		  struct complaint *complaint)
{
	struct reader reader = { line, complaint, 1 };

	if (word_is(&line->words[0], "fault"))
		return parse_fault(&reader, header);
	if (take_word(&reader, "a"))
		return parse_ring_a(&reader, header);
	return take_word(&reader, "b") && parse_ring_b(&reader, header);
}
