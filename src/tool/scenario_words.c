/* SPDX-License-Identifier: MIT */
/* The words of the notation: lists of operands, the table of verbs, the sizes. */
#include "scenario_text.h"

#include <linux/io_uring.h>
#include <string.h>

static const char *const files[FILES] = {
	"file", "pipe.read", "pipe.write", "left", "right", "listener", "client", "eventfd",
	"tcp.left", "tcp.right", "counter", "accepted", "opened", "bad", "ring", "full"
};
static const char *const times[TIMES] = { "0s", "1ns", "1000s", "ever", "1ms", "-1s", "1e9ns" };
static const char *const types[TYPES] = { "request", "session", "cookie" };
static const char *const events[EVENTS] = { "in", "out" };
static const char *const sqe_flags[SQE_FLAGS] = {
	"link", "hardlink", "drain", "async", "fixed_file", "buffer_select", "skip_success", "unknown"
};
static const char *const paths[PATHS] = { "present", "missing", "unreadable" };
static const char *const user_data[UDATAS] = {
	"plain", "zero", "timeout", "remove", "cancel", "beyond"
};
static const char *const forgeries[FORGERIES] = {
	"zero", "next", "previous", "far", "neighbour", "other"
};
static const char *const accounts[ACCOUNTS] = {
	"free", "taken", "armed", "in_flight", "retired", "capacity", "ready", "held", "reserved",
	"overflow", "armed_total", "passed_total"
};
static const char *const acts[ACTS] = {
	"duplicate", "stray", "swap", "overflow", "drop", "corrupt_tail", "repair_tail", "hold",
	"release", "complete", "ignore_cancel", "allow_cancel", "interrupt", "spurious",
	"short_submit", "fail_enter"
};
static const char *const raws[RAWS] = {
	"nop", "user_data", "reserved", "skip_success", "rewrite", "bad_opcode", "timeout_multishot",
	"read_multishot"
};
static const char *const mistakes[MISTAKES] = {
	"usual", "bad_flag", "bad_option", "no_entries", "bad_capacity", "no_memory", "old_kernel",
	"bad_generations"
};
static const char *const switches[2] = { "off", "on" };
static const char *const setups[SETUPS] = {
	"default", "coop", "single", "defer", "cqe32", "defer_cqe32", "submit_all", "sqpoll"
};
static const char *const faults[FAULTS] = {
	"none", "eagain", "ebusy", "eintr", "enomem", "ebadr", "short", "spurious", "overflow",
	"wrap", "one_cqe", "no_cancel_any", "register"
};
static const char *const rings[RINGS] = { "a", "b" };

/* What an operand letter is. Registers have a prefix, others a list, numbers neither. */
static const struct scenario_operand operands[] = {
	{ 'S', 's', SCENARIO_SQES, NULL, "an SQE (s0 to s7)" },
	{ 'O', 'o', SCENARIO_OPS, NULL, "an operation (o0 to o31)" },
	{ 'K', 'c', SCENARIO_TOKENS, NULL, "a token (c0 to c31)" },
	{ 'D', 'd', SCENARIO_COPIES, NULL, "a copy (d0 to d7)" },
	{ 'F', 0, FILES, files, "a file" },
	{ 'L', 0, 256, NULL, "a length (0 to 250 512 1024 2048 4096 4294967296)" },
	{ 'N', 0, 256, NULL, "a number (0 to 255)" },
	{ 'T', 0, TIMES, times, "a time" },
	{ 'Y', 0, TYPES, types, "a type" },
	{ 'E', 0, EVENTS, events, "what to poll for" },
	{ 'G', 0, SQE_FLAGS, sqe_flags, "an SQE flag" },
	{ 'P', 0, PATHS, paths, "a path" },
	{ 'U', 0, UDATAS, user_data, "a user_data" },
	{ 'J', 0, FORGERIES, forgeries, "a forgery" },
	{ 'A', 0, ACCOUNTS, accounts, "an account" },
	{ 'X', 0, ACTS, acts, "an act of the kernel" },
	{ 'W', 0, RAWS, raws, "a raw SQE" },
	{ 'M', 0, MISTAKES, mistakes, "what is wrong with it" },
	{ 'B', 0, 2, switches, "a switch" },
	{ 'R', 0, RINGS, rings, "a ring" },
	/* of the header */
	{ 'Z', 0, SETUPS, setups, "setup flags" },
	{ 'H', 0, FAULTS, faults, "a fault" }
};

static const struct scenario_size sizes[] = {
	{ 8, 16, 8 }, { 1, 2, 1 }, { 2, 4, 2 }, { 2, 2, 1 }, { 4, 4, 2 }, { 4, 8, 4 },
	{ 8, 16, 15 }, { 8, 16, 4 }, { 16, 32, 16 }, { 64, 128, 64 }
};

static const uint16_t long_lengths[] = { 512, 1024, 2048, 4096 };

const struct scenario_operand *scenario_operand(char letter)
{
	for (size_t i = 0; i < sizeof operands / sizeof operands[0]; i++)
		if (operands[i].letter == letter)
			return &operands[i];
	return NULL;
}

const char *scenario_word(char letter, unsigned value)
{
	const struct scenario_operand *operand = scenario_operand(letter);

	if (operand == NULL || operand->words == NULL || value >= operand->count)
		return NULL;
	return operand->words[value];
}

uint64_t scenario_length(uint8_t code)
{
	if (code <= LENGTH_DIRECT)
		return code;
	return code == LENGTH_HUGE ? UINT64_C(1) << 32 : long_lengths[code - LENGTH_DIRECT - 1];
}

unsigned scenario_sizes(void)
{
	return sizeof sizes / sizeof sizes[0];
}

struct scenario_size scenario_size_at(unsigned index)
{
	return sizes[index < scenario_sizes() ? index : 0];
}

uint64_t scenario_generations(unsigned index)
{
	static const uint64_t used[GENERATIONS] = {
		0, 4094, UINT64_C(0xfffffffe), UINT64_C(0xfffffffffe)
	};

	return used[index % GENERATIONS];
}

uint32_t scenario_credit(unsigned index)
{
	static const uint32_t credits[CREDITS] = { 0, 1, 2, 4 };

	return credits[index % CREDITS];
}

uint32_t scenario_setup_flags(unsigned setup)
{
	static const uint32_t flags[SETUPS] = {
		0, IORING_SETUP_COOP_TASKRUN, IORING_SETUP_SINGLE_ISSUER,
		IORING_SETUP_SINGLE_ISSUER | IORING_SETUP_DEFER_TASKRUN, IORING_SETUP_CQE32,
		IORING_SETUP_SINGLE_ISSUER | IORING_SETUP_DEFER_TASKRUN | IORING_SETUP_CQE32,
		IORING_SETUP_SUBMIT_ALL, IORING_SETUP_SQPOLL
	};

	return flags[setup % SETUPS];
}

/* --- the table of verbs: what the templates say, digested once --- */

static struct scenario_grammar grammar[VERBS] = {
#define VERB(name_, side_, template_) \
	{ .name = #name_, .template = template_, .side = SIDE_##side_ },
#include "scenario_verbs.h"
};

__attribute__((constructor)) static void digest_templates(void)
{
	for (unsigned verb = 0; verb < VERBS; verb++)
		for (const char *at = grammar[verb].template; *at != '\0'; at++) {
			if (*at == 'R')
				grammar[verb].ring = 1;
			else if (*at >= 'A' && *at <= 'Z')
				grammar[verb].operands[at[1] - '0'] = *at;
		}
}

const struct scenario_grammar *scenario_grammar(unsigned verb)
{
	return &grammar[verb % VERBS];
}
