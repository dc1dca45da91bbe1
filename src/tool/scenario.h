/* SPDX-License-Identifier: MIT */
/*
 * A scenario: a short program for the library, in three forms.
 *
 *	in memory   struct scenario: a header and an array of steps
 *	as bytes    8 bytes of header, 4 bytes a step; every byte string decodes,
 *	            so a fuzzer may write it
 *	as text     one step a line, to be read aloud, with comments and with
 *	            "expect" lines; this is what people write (NAME.once)
 *
 * Bytes and text say the same: decode, print, parse and encode are inverse to
 * each other on decoded scenarios. Expectations and comments are in the text
 * form only. Of the library only the names of its codes are used here; run.h
 * runs a scenario.
 */
#ifndef ONCERING_TOOL_SCENARIO_H
#define ONCERING_TOOL_SCENARIO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

enum {
	SCENARIO_HEADER_BYTES = 8,
	SCENARIO_STEP_BYTES = 4,
	SCENARIO_STEPS_MAX = 100000, /* of a text; longer ones are refused */
	SCENARIO_SQES = 8,           /* registers s0.. */
	SCENARIO_OPS = 32,           /* o0.. */
	SCENARIO_TOKENS = 32,        /* c0.. */
	SCENARIO_COPIES = 8          /* d0.. */
};

/* What a step does: VERB_TAKE, VERB_SUBMIT ... in the order of the byte code. */
enum scenario_verb {
#define VERB(name, side, template) VERB_##name,
#include "scenario_verbs.h"
	VERBS
};

/* Which thread does it in split mode. */
enum scenario_side { SIDE_SUBMIT, SIDE_COMPLETE, SIDE_BOTH, SIDE_HERE };

/* Rings. */
enum { RING_A, RING_B, RINGS };

/* --- what operands can be; each list is its byte code, "word" its text --- */

/* Files of the small world (F), see world.h. */
enum scenario_file {
	FILE_FILE,        /* file: 64 bytes to begin with */
	FILE_PIPE_READ,   /* pipe.read */
	FILE_PIPE_WRITE,  /* pipe.write */
	FILE_LEFT,        /* left: a UNIX stream socket, connected with ... */
	FILE_RIGHT,       /* right */
	FILE_LISTENER,    /* listener: a UNIX stream socket, listening */
	FILE_CLIENT,      /* client: a UNIX stream socket, not connected yet */
	FILE_EVENTFD,     /* eventfd: to be registered, read, polled */
	FILE_TCP_LEFT,    /* tcp.left: a TCP stream, connected with ... */
	FILE_TCP_RIGHT,   /* tcp.right */
	FILE_COUNTER,     /* counter: a second eventfd */
	FILE_ACCEPTED,    /* accepted: what the last accept delivered; else bad */
	FILE_OPENED,      /* opened: what the last openat delivered; else bad */
	FILE_BAD,         /* bad: -1 */
	FILE_RING,        /* ring: the descriptor of the ring that the SQE is of */
	FILE_FULL,        /* full: the write end of a pipe without room */
	FILES
};

/* Durations (T). */
enum scenario_time {
	TIME_ZERO,       /* 0s */
	TIME_SOON,       /* 1ns */
	TIME_LATE,       /* 1000s */
	TIME_EVER,       /* ever: NULL where a call allows it, else 1000s */
	TIME_MOMENT,     /* 1ms; SCENARIO_TAME makes it 1ns */
	TIME_NEGATIVE,   /* -1s */
	TIME_CROOKED,    /* 1e9ns: nanoseconds out of range */
	TIMES
};

/* Types of owners (Y): struct request, struct session, a 64-bit cookie. */
enum scenario_type { TYPE_REQUEST, TYPE_SESSION, TYPE_COOKIE, TYPES };

/* Poll events (E). */
enum scenario_event { EVENT_IN, EVENT_OUT, EVENTS };

/* SQE flags (G): IOSQE_*; "unknown" is bit 7. SCENARIO_TAME makes async link. */
enum scenario_sqe_flag {
	SQE_LINK, SQE_HARDLINK, SQE_DRAIN, SQE_ASYNC, SQE_FIXED_FILE, SQE_BUFFER_SELECT,
	SQE_SKIP_SUCCESS, SQE_UNKNOWN, SQE_FLAGS
};

/* Paths (P): "present", "missing", "unreadable" (an address the kernel cannot read). */
enum scenario_path { PATH_PRESENT, PATH_MISSING, PATH_UNREADABLE, PATHS };

/* user_data of a message to another ring (U): 7, 0, 2^64-1, 2^64-2, 2^64-3, a slot that does not exist. */
enum scenario_user_data {
	UDATA_PLAIN, UDATA_ZERO, UDATA_TIMEOUT, UDATA_REMOVE, UDATA_CANCEL, UDATA_BEYOND, UDATAS
};

/* Forgeries (J); what each does to an SQE, a ticket and a token is told in run.h. */
enum scenario_forgery {
	FORGE_ZERO, FORGE_NEXT, FORGE_PREVIOUS, FORGE_FAR, FORGE_NEIGHBOUR, FORGE_OTHER_RING, FORGERIES
};

/* Accounts (A), in the order of struct run_account. */
enum scenario_account {
	ACCOUNT_FREE, ACCOUNT_TAKEN, ACCOUNT_ARMED, ACCOUNT_IN_FLIGHT, ACCOUNT_RETIRED,
	ACCOUNT_CAPACITY, ACCOUNT_READY, ACCOUNT_HELD, ACCOUNT_RESERVED, ACCOUNT_OVERFLOW,
	ACCOUNT_ARMED_TOTAL, ACCOUNT_PASSED_TOTAL, ACCOUNTS
};

/* Raw SQEs (W). */
enum scenario_raw {
	RAW_NOP,               /* nop: as it should be */
	RAW_USER_DATA,         /* user_data: with a user_data of its own */
	RAW_RESERVED,          /* reserved: with LIBURING_UDATA_TIMEOUT */
	RAW_SKIP_SUCCESS,      /* skip_success */
	RAW_REWRITE,           /* rewrite: POLL_UPDATE_USER_DATA */
	RAW_BAD_OPCODE,        /* bad_opcode: the kernel rejects it */
	RAW_TIMEOUT_MULTISHOT, /* timeout_multishot: 1000 s */
	RAW_READ_MULTISHOT,    /* read_multishot: of the pipe */
	RAWS
};

/* What is wrong with an open (M); the first: nothing. */
enum scenario_mistake {
	MISTAKE_NONE, MISTAKE_FLAG, MISTAKE_OPTION, MISTAKE_ENTRIES, MISTAKE_CAPACITY,
	MISTAKE_MEMORY, MISTAKE_OLD_KERNEL, MISTAKE_GENERATIONS, MISTAKES
};

/* Acts of the emulated kernel (X); a real one does not do them on demand. */
enum scenario_act {
	ACT_DUPLICATE, ACT_STRAY, ACT_SWAP, ACT_OVERFLOW, ACT_DROP, ACT_CORRUPT_TAIL, ACT_REPAIR_TAIL,
	ACT_HOLD, ACT_RELEASE, ACT_COMPLETE, ACT_IGNORE_CANCEL, ACT_ALLOW_CANCEL, ACT_INTERRUPT,
	ACT_SPURIOUS, ACT_SHORT_SUBMIT, ACT_FAIL_ENTER, ACTS
};

/* Lengths (L): 0 .. 250, then 512, 1024, 2048, 4096 and 2^32 (which no SQE can carry). */
uint64_t scenario_length(uint8_t code);
enum { LENGTH_DIRECT = 250, LENGTH_HUGE = 255, LENGTH_MOST = 4096 };

/* The word of an operand's value, "pipe.read"; NULL beyond the list. *letter* as in scenario_verbs.h. */
const char *scenario_word(char letter, unsigned value);

/* --- the header --- */

/* Sizes of a ring. */
struct scenario_size {
	uint16_t entries, cq, operations;
};

/* IORING_SETUP_* in force. SCENARIO_TAME makes sqpoll default. */
enum scenario_setup {
	SETUP_DEFAULT, SETUP_COOP, SETUP_SINGLE, SETUP_DEFER, SETUP_CQE32, SETUP_DEFER_CQE32,
	SETUP_SUBMIT_ALL, SETUP_SQPOLL, SETUPS
};

/* Option bits. */
enum {
	OPTION_SPLIT = 1,   /* "split": the completing side runs in a thread of its own */
	OPTION_FOREIGN = 2, /* "foreign": ONCE_EXPECT_FOREIGN */
	OPTION_LEGACY = 4,  /* "legacy": without IORING_FEAT_EXT_ARG */
	OPTION_TRAP = 8,    /* "trap": ONCE_TRAP; SCENARIO_TAME takes it away */
	OPTIONS = 16
};

/* A plan of the emulated kernel for the whole run. */
enum scenario_fault {
	FAULT_NONE, FAULT_EAGAIN, FAULT_EBUSY, FAULT_EINTR, FAULT_ENOMEM, FAULT_EBADR, /* the nth enter */
	FAULT_SHORT,      /* the nth enter reads one SQE */
	FAULT_SPURIOUS,   /* so many waits end for nothing */
	FAULT_OVERFLOW,   /* so many CQEs find no room */
	FAULT_WRAP,       /* the shared counters begin that far below 2^32 */
	FAULT_ONE_CQE,    /* a zero-copy send that fails has no notification */
	FAULT_NO_CANCEL_ANY, /* a kernel before 5.19 */
	FAULT_REGISTER,   /* the nth eventfd call fails with -ENOMEM */
	FAULTS
};

/* Generations used up at the beginning: 0, 2^12-2, 2^32-2, 2^40-2. */
enum { GENERATIONS = 4, CREDITS = 4 /* multishot_credit 0, 1, 2, 4 */ };

struct scenario_header {
	uint8_t size;        /* of ring a: index of scenario_size_at() */
	uint8_t setup;       /* SETUP_*, both rings */
	uint8_t options;     /* OPTION_*, both rings */
	uint8_t generations; /* index of scenario_generations() */
	uint8_t credit;      /* index of scenario_credit() */
	uint8_t fault;       /* FAULT_* */
	uint8_t fault_arg;
	uint8_t phase;       /* CQ positions passed (modulo the CQ) before the first step */
	uint8_t second;      /* ring b: 0 closed at first, else 1 + index of its size */
};

unsigned scenario_sizes(void);
struct scenario_size scenario_size_at(unsigned index);
uint64_t scenario_generations(unsigned index);
uint32_t scenario_credit(unsigned index);
uint32_t scenario_setup_flags(unsigned setup); /* IORING_SETUP_* */
/* Take away what no ring can be: split with SINGLE_ISSUER, legacy without CQ places for it. */
void scenario_settle_header(struct scenario_header *header);

/* --- steps --- */

struct scenario_step {
	uint8_t verb; /* VERB_* */
	uint8_t ring; /* RING_A, RING_B */
	uint8_t reg;
	uint8_t arg;
	uint8_t arg2; /* what the verb does not use is 0 */
	uint32_t line; /* in the text; 0: from bytes */
};

/* What a verb is. */
struct scenario_grammar {
	const char *name;     /* "PREP_READ" */
	const char *template; /* "prepare S0 read F1 L2" */
	uint8_t side;         /* SIDE_* */
	uint8_t ring;         /* it names a ring */
	char operands[3];     /* letters of reg, arg, arg2; 0: not used */
};

const struct scenario_grammar *scenario_grammar(unsigned verb);

/* --- expectations: of the text form --- */

enum expect_kind {
	EXPECT_RETURN,      /* expect V [or V]: what the step returned */
	EXPECT_AT_LEAST,    /* expect at least V */
	EXPECT_RESULT,      /* expect result V [or V]: of the completion looked at or delivered */
	EXPECT_FLAGS,       /* expect flags V, or names: more notif buffer ... */
	EXPECT_OWNER,       /* expect owner V */
	EXPECT_TERMINAL,    /* expect terminal yes|no */
	EXPECT_CLASS,       /* expect class owned|foreign */
	EXPECT_ACCOUNT,     /* expect account NAME V [on b] */
	EXPECT_STATE,       /* expect state oN free|armed|in_flight|ended|retired */
	EXPECT_VIOLATION,   /* expect violation CODE: reported in the step */
	EXPECT_KINDS
};

struct scenario_expect {
	uint32_t step;   /* index of the step it is about; SCENARIO_AT_OPEN: the header's open */
	uint32_t line;
	uint8_t kind;    /* EXPECT_* */
	uint8_t ring;    /* of an account */
	uint8_t what;    /* ACCOUNT_*, or the operation register */
	uint8_t choices; /* values[0 .. choices-1]: any of them will do */
	int64_t values[4];
};

#define SCENARIO_AT_OPEN UINT32_MAX

/* A comment line, and the step before which it stands. */
struct scenario_note {
	uint32_t step;
	uint32_t length;
	const char *text; /* without "# "; not terminated */
};

struct scenario {
	struct scenario_header header;
	struct scenario_step *steps;
	uint32_t count;
	uint32_t capacity;
	/* text form only; in the order of the steps */
	struct scenario_expect *expects;
	uint32_t expect_count;
	uint32_t expect_capacity;
	struct scenario_note *notes;
	uint32_t note_count;
	uint32_t note_capacity;
	char *text;      /* a copy of the text that notes point into */
	bool heap;       /* arrays come from malloc, and grow */
};

/* --- bytes --- */

enum {
	SCENARIO_TAME = 1 /* for coverage-guided fuzzing: nothing that takes real time */
};

/* A scenario in the caller's memory; it never allocates. */
void scenario_init(struct scenario *scenario, struct scenario_step *steps, uint32_t capacity);

/*
 * Decode any bytes. Values are taken modulo what exists; missing header bytes
 * are 0; a step cut off, and steps beyond the capacity, are left out. Allocates
 * nothing; ~2 ns a step.
 */
void scenario_decode(struct scenario *scenario, const uint8_t *bytes, size_t length,
		     unsigned flags);

/* Encode at most *room* bytes; returns how many there are in all. */
size_t scenario_encode(const struct scenario *scenario, uint8_t *bytes, size_t room);

/* --- text --- */

enum { SCENARIO_MESSAGE = 400 };

struct scenario_error {
	const char *file; /* as given */
	uint32_t line;    /* from 1; 0: not about a line */
	uint32_t column;  /* from 1 */
	char message[SCENARIO_MESSAGE]; /* "expected a token c0..c31, found \"x\"" */
};

/*
 * Parse *length* bytes of text. *scenario* is overwritten; its arrays are
 * allocated: scenario_free(). *file* is only for the error. Returns 0, or -1
 * and the first error; then nothing is allocated.
 */
int scenario_parse(struct scenario *scenario, const char *file, const char *text, size_t length,
		   struct scenario_error *error);
/* The same of a file; "-" is stdin. At most 64 MiB. */
int scenario_read(struct scenario *scenario, const char *file, struct scenario_error *error);
/* The same of a file of bytes. */
int scenario_read_bytes(struct scenario *scenario, const char *file, struct scenario_error *error);
void scenario_free(struct scenario *scenario);

/* One step, or the header line(s), as text into *buffer*, terminated; like snprintf(). */
int scenario_step_text(const struct scenario_step *step, char *buffer, size_t room);
int scenario_header_text(const struct scenario_header *header, char *buffer, size_t room);
int scenario_expect_text(const struct scenario_expect *expect, char *buffer, size_t room);
/* All of it: header, steps, and notes and expectations where there are any. */
void scenario_print(const struct scenario *scenario, FILE *out);

#endif
