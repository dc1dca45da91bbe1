/* SPDX-License-Identifier: MIT */
/* The byte form: 8 bytes of header, 4 bytes a step; every byte string decodes. */
#include "scenario_text.h"

#include <string.h>

enum { REGISTER_BITS = 32, RING_B_BITS = 0xe0, LEGACY_PLACES = 4 };

void scenario_init(struct scenario *scenario, struct scenario_step *steps, uint32_t capacity)
{
	memset(scenario, 0, sizeof *scenario);
	scenario->steps = steps;
	scenario->capacity = capacity;
}

/* --- the header --- */

static void decode_header(struct scenario_header *header, const uint8_t *bytes, unsigned flags)
{
	const unsigned sizes = scenario_sizes();

	memset(header, 0, sizeof *header);
	header->size = (uint8_t)(bytes[0] % sizes);
	header->setup = bytes[1] % SETUPS;
	header->options = bytes[2] % OPTIONS;
	header->generations = bytes[3] % GENERATIONS;
	header->credit = bytes[3] / GENERATIONS % CREDITS;
	header->fault = bytes[4] % FAULTS;
	header->fault_arg = header->fault != FAULT_NONE ? bytes[5] : 0;
	header->phase = (uint8_t)(bytes[6] % scenario_size_at(header->size).cq);
	header->second = (uint8_t)(bytes[7] % (sizes + 1));
	if ((flags & SCENARIO_TAME) != 0) {
		header->options &= OPTIONS - 1 - OPTION_TRAP;
		if (header->setup == SETUP_SQPOLL)
			header->setup = SETUP_DEFAULT;
	}
	scenario_settle_header(header);
}

/* Without IORING_FEAT_EXT_ARG the library keeps four CQ places, and the CQ holds the larger SQ. */
static bool fits_legacy(unsigned size_index)
{
	const struct scenario_size size = scenario_size_at(size_index);
	const unsigned least = size.entries + (unsigned)LEGACY_PLACES;
	const unsigned cq = size.cq > least ? size.cq : least;

	return size.operations <= cq - LEGACY_PLACES;
}

void scenario_settle_header(struct scenario_header *header)
{
	const bool defer = header->setup == SETUP_DEFER || header->setup == SETUP_DEFER_CQE32;

	/* the kernel wants the submitting thread to complete */
	if (defer || header->setup == SETUP_SINGLE)
		header->options &= OPTIONS - 1 - OPTION_SPLIT;
	if (!fits_legacy(header->size) || (header->second != 0 && !fits_legacy(header->second - 1U)))
		header->options &= OPTIONS - 1 - OPTION_LEGACY;
}

static void encode_header(const struct scenario_header *header, uint8_t *bytes)
{
	bytes[0] = header->size;
	bytes[1] = header->setup;
	bytes[2] = header->options;
	bytes[3] = (uint8_t)(header->generations + GENERATIONS * header->credit);
	bytes[4] = header->fault;
	bytes[5] = header->fault_arg;
	bytes[6] = header->phase;
	bytes[7] = header->second;
}

/* --- steps --- */

/* Modulus of each operand of each verb; 0: not used. */
static uint16_t moduli[VERBS][3];

__attribute__((constructor)) static void note_operands(void)
{
	for (unsigned verb = 0; verb < VERBS; verb++)
		for (const char *at = scenario_grammar(verb)->template; *at != '\0'; at++)
			if (*at >= 'A' && *at <= 'Z' && *at != 'R')
				moduli[verb][at[1] - '0'] = scenario_operand(*at)->count;
}

static uint8_t reduced(unsigned byte, unsigned modulus)
{
	const unsigned value = modulus == 0 ? 0 : byte % modulus;

	return (uint8_t)(value & 0xff);
}

/* Nothing that takes real time, or whose end is not in the order of the steps. */
static void tame(struct scenario_step *step)
{
	const struct scenario_grammar *grammar = scenario_grammar(step->verb);

	switch (step->verb) {
	case VERB_PREP_FSYNC:
	case VERB_PREP_STATX:
	case VERB_PREP_SPLICE:
	case VERB_PREP_SHUTDOWN: /* the kernel hands these to a worker */
		step->verb = VERB_PREP_NOP;
		step->arg = step->arg2 = 0;
		return;
	case VERB_SET_FLAG:
		if (step->arg == SQE_ASYNC)
			step->arg = SQE_LINK;
		return;
	default:
		break;
	}
	if (grammar->operands[1] == 'T' && step->arg == TIME_MOMENT)
		step->arg = TIME_SOON;
	if (grammar->operands[2] == 'T' && step->arg2 == TIME_MOMENT)
		step->arg2 = TIME_SOON;
}

void scenario_decode(struct scenario *scenario, const uint8_t *bytes, size_t length, unsigned flags)
{
	uint8_t header[SCENARIO_HEADER_BYTES] = { 0 };
	uint32_t count = 0;

	if (length != 0)
		memcpy(header, bytes, length < sizeof header ? length : sizeof header);
	decode_header(&scenario->header, header, flags);
	for (size_t at = SCENARIO_HEADER_BYTES;
	     at + SCENARIO_STEP_BYTES <= length && count < scenario->capacity;
	     at += SCENARIO_STEP_BYTES) {
		struct scenario_step *step = &scenario->steps[count];
		const unsigned verb = bytes[at] % VERBS;
		const uint16_t *const modulus = moduli[verb];

		step->verb = (uint8_t)verb;
		step->ring = scenario_grammar(verb)->ring != 0 &&
			(bytes[at + 1] & RING_B_BITS) == RING_B_BITS ? RING_B : RING_A;
		step->reg = reduced(bytes[at + 1] % REGISTER_BITS, modulus[0]);
		step->arg = reduced(bytes[at + 2], modulus[1]);
		step->arg2 = reduced(bytes[at + 3], modulus[2]);
		step->line = 0;
		if ((flags & SCENARIO_TAME) != 0)
			tame(step);
		count++;
	}
	scenario->count = count;
	scenario->expect_count = 0;
	scenario->note_count = 0;
}

size_t scenario_encode(const struct scenario *scenario, uint8_t *bytes, size_t room)
{
	const size_t length =
		SCENARIO_HEADER_BYTES + (size_t)scenario->count * SCENARIO_STEP_BYTES;
	uint8_t header[SCENARIO_HEADER_BYTES];

	encode_header(&scenario->header, header);
	if (room != 0)
		memcpy(bytes, header, room < sizeof header ? room : sizeof header);
	for (uint32_t i = 0; i < scenario->count; i++) {
		const struct scenario_step *step = &scenario->steps[i];
		const size_t at = SCENARIO_HEADER_BYTES + (size_t)i * SCENARIO_STEP_BYTES;
		uint8_t *to;

		if (at + SCENARIO_STEP_BYTES > room)
			break;
		to = &bytes[at];
		to[0] = step->verb;
		to[1] = (uint8_t)(step->reg | (step->ring == RING_B ? RING_B_BITS : 0));
		to[2] = step->arg;
		to[3] = step->arg2;
	}
	return length;
}
