/* SPDX-License-Identifier: MIT */
/*
 * A run, remembered: what each operation and each CQ position went through,
 * by step. It is what drawings, traces and C programs are made of. The
 * recorder looks into the ring's fields, as a debugger may.
 */
#ifndef ONCERING_TOOL_RECORD_H
#define ONCERING_TOOL_RECORD_H

#include "run.h"

#define RECORD_NEVER UINT32_MAX
#define RECORD_NONE UINT32_MAX

/* One SQE from take on, and the operation it became. Times are steps. */
struct record_op {
	uint64_t id;
	uint32_t slot;
	uint32_t previous; /* operation of that slot, index in ops; RECORD_NONE */
	uint32_t serial;   /* of the runner; RUN_NO_OP: never armed */
	uint32_t prepared; /* its last preparation; RECORD_NEVER */
	uint32_t taken;    /* RECORD_NEVER: it was there when the recording began */
	uint32_t armed;    /* RECORD_NEVER: given back, or the end came first */
	uint32_t flown;
	uint32_t ended;    /* its terminal completion was delivered */
	uint32_t seen;     /* ... and seen */
	uint32_t freed;    /* the slot is free again, or retired */
	uint32_t closed;   /* the ring went, and the operation had not ended */
	uint32_t completions;
	int32_t result;    /* of the last completion */
	uint8_t ring;
	uint8_t sqe;       /* register that it was taken into; 255: unknown */
	uint8_t reg;       /* of its ticket; 255: none */
	uint8_t owner;
	uint8_t type;
};

/* One CQ position that was delivered. */
struct record_token {
	uint64_t position;
	uint32_t place;     /* in the CQ */
	uint32_t op;        /* index in ops; RECORD_NONE */
	uint32_t delivered;
	uint32_t seen;
	uint32_t passed;
	int32_t result;
	uint32_t flags;
	uint8_t ring;
	uint8_t terminal;
	uint8_t foreign;
	uint8_t own;        /* the library's own: never a token */
};

/* A ring after a step. */
struct record_ring {
	uint64_t head, delivered, tail; /* positions: of the first not passed, not delivered, not posted */
	uint32_t head_place;            /* of head, in the CQ */
	bool open;
};

struct record_step {
	const char *call;
	uint64_t value;
	int rc;
	int code;           /* what was refused or reported; 0: nothing */
	uint32_t marks;
	uint32_t violations;
	uint32_t subject;   /* the operation it is about, index in ops; RECORD_NONE */
	uint64_t position;  /* the CQ position it is about; ONCE_NO_POSITION */
	uint32_t tokens;    /* tokens delivered before it; those after are its own */
	uint32_t unmet;     /* expectations of it that were not met */
	uint8_t ring;       /* that it is about */
	uint8_t refused;    /* rc says so; else the code was only reported */
	struct record_ring rings[RINGS];
	struct run_account accounts[RINGS];
	uint64_t started, ended;
};

struct record {
	const struct scenario *scenario;
	struct record_step *steps; /* scenario->count of them */
	struct record_op *ops;
	struct record_token *tokens;
	uint32_t count, op_count, token_count;
	uint32_t op_room, token_room;
	struct record_step opened;  /* the open itself */
	struct run_leftovers leftovers;
	uint32_t unmet;             /* expectations that were not met */
	uint32_t first_unmet;       /* index in scenario->expects; RECORD_NONE */
	int64_t found;              /* what the first unmet one found */
	uint32_t cq[RINGS];         /* CQ entries; 0: never open */
	uint32_t capacity[RINGS];
	enum run_backend backend;
	int rc;                     /* of the open; a refusal is no reason not to run */
	bool failed;                /* memory ran out */
};

/*
 * Run *scenario*, and remember; *trap*: let it abort where it says so.
 * Returns 0, or why it could not be run; then record_free() it, whatever it was.
 */
int record_run(struct record *record, const struct scenario *scenario, enum run_backend backend,
	       bool trap);
void record_free(struct record *record);

/* --- words --- */

/* "read pipe.read 16": what an operation was prepared for. */
void record_op_text(const struct record *record, const struct record_op *op, char *buffer,
		    size_t room);
/* "o0", or "s1" where it never got a ticket. */
void record_op_name(const struct record_op *op, char *buffer, size_t room);
/* What a step answered: "0", "16", "-EAGAIN", "ONCE_SPENT"; "" where it calls nothing. */
void record_answer(const struct record_step *step, char *buffer, size_t room);

/* --- the front of commands that run a file --- */

struct record_options {
	const char *file;
	const char *out;      /* -o; NULL */
	enum run_backend backend;
	bool bytes;           /* --bytes: FILE is a fuzz input */
	uint32_t from, to;    /* --from, --to: steps, from 1; 0: not said */
};

/* Take *word*, an option of one command alone, out of argv: whether it was there. */
bool record_takes_word(int *argc, char **argv, const char *word);
/*
 * Read argv. -1: go on; else the exit status. *letters* says which options
 * there are: o for -o, w for --from and --to, r for --emulated.
 */
int record_options(struct record_options *options, int argc, char **argv, const char *letters,
		   const char *usage);
/* Read the scenario that the options name. 0, or the exit status, and it was said why. */
int record_read(struct scenario *scenario, const struct record_options *options);
/* record_run(), and say why if it could not be run. 0, or the exit status: 77 not permitted. */
int record_try(struct record *record, const struct scenario *scenario,
	       const struct record_options *options);

#endif
