/* SPDX-License-Identifier: MIT */
/*
 * The oracle: runs a scenario step by step on the library, with the reference
 * model beside it, and compares after each step. What must hold is listed in
 * checks.h; a check that fails ends the process.
 *
 *	oracle_begin(&oracle, &run);        after run_open() or run_reset()
 *	for each step
 *		oracle_step(&oracle, &step, i);
 *	oracle_finish(&oracle);                       in place of run_finish()
 *
 * What the model cannot know on a real ring is when a CQE is posted that nobody
 * waits for: timers, work on the other thread. While such may come (loose), each
 * answer may be that of before or after.
 */
#ifndef ONCERING_FUZZ_ORACLE_H
#define ONCERING_FUZZ_ORACLE_H

#include "../src/tool/run.h"
#include "check.h"
#include "observe.h"

enum { ORACLE_SQE_BYTES = 64, STREAMS = 3, NO_FILE = 255 };

/* What the fuzzer knows of a taken SQE, by register: by what was done to it, not by its fields. */
struct oracle_sqe {
	int fault;          /* 0, or what once_arm() must say */
	int shape;          /* MODEL_ONE ... */
	uint8_t verb;       /* the preparation; VERBS: none */
	uint8_t file;       /* that it acts on, or NO_FILE */
	uint8_t time;       /* TIME_*, of a timeout */
	bool sends;         /* a message to the ring *to*, by_id: that may name an operation */
	bool by_id;
	bool by_own;        /* ... that looks like a CQE of the library's own */
	bool raw_fault;     /* the fault is one that once_arm() finds: others come before it */
	bool compared;      /* wire is what the SQ must hold, but for user_data */
	bool timed;         /* ... and for addr, which points at the time */
	uint8_t to;
	unsigned char wire[ORACLE_SQE_BYTES];
};

/* ... of an operation, by slot. */
struct oracle_op {
	uint64_t lent;
	uint8_t type;       /* TYPE_* */
	uint8_t verb;
	uint8_t file;
	bool certain;       /* it ends by itself, soon */
};

struct oracle_copy {
	uint64_t lent;
	uint32_t flags;
	uint8_t type;
	bool foreign;
};

/* Bytes on their way through a pipe or a socket. */
struct oracle_stream {
	uint64_t in, out;
	uint32_t pending;   /* operations on it whose end is not delivered */
	bool unknown;       /* results were thrown away */
};

struct oracle_ring {
	struct model model;
	struct oracle_op ops[MODEL_SLOTS];
	struct model_facts facts; /* before the step */
	uint32_t sq_base;         /* the kernel's SQ head when nothing had been armed */
	bool sq_known;
};

/* What an operation's CQE says. */
enum oracle_class {
	CLASS_ZERO, CLASS_BYTES, CLASS_CANCELED, CLASS_TIME, CLASS_NOT_FOUND, CLASS_ALREADY, CLASS_INVALID,
	CLASS_FAULT, CLASS_BAD_FILE, CLASS_OTHER, CLASS_MORE, CLASS_NOTIFICATION, CLASSES
};

struct oracle {
	struct run *run;
	uint32_t results[VERBS][CLASSES]; /* how often each has come, by preparation; kept from run to run */
	struct oracle_ring rings[RINGS];
	struct oracle_sqe sqes[SCENARIO_SQES];
	struct oracle_copy copies[SCENARIO_COPIES];
	struct oracle_stream streams[STREAMS];
	uint64_t generations[RINGS][MODEL_SLOTS]; /* that a ring with this tag may go on with, by ring and slot */
	uint64_t tags[RINGS];
	bool had[ONCE_TAGS + 1]; /* tags of this input's rings */
	bool again;         /* a ring has the tag and the generations of one before it: what is stale looks new */
	bool loose;
	bool threads;       /* the second one was used */
	bool spoofed;       /* a message bore an operation's identity */
	bool misled;        /* a message looked like a CQE of the library's own */
	bool restless;      /* a ring may be polling itself, or a worker writing to the file */
	bool stray;         /* the kernel may post a notification that it did not announce: see oracle_submit.c */
	bool looks_anew;    /* the library knows of no CQE that is not delivered */
	/* of the step: */
	const struct scenario_step *step;
	uint32_t index;
	uint64_t violations;  /* that the models had before it */
	uint64_t unheard[RINGS];
	const struct run_event *event; /* NULL until it was made */
};

void oracle_begin(struct oracle *o, struct run *run);
/* What the open of a ring must answer; an errno of the kernel's apart. */
int oracle_open_answer(const struct scenario_header *header, unsigned ring, unsigned mistake);
void oracle_step(struct oracle *o, const struct scenario_step *step, uint32_t index);
void oracle_finish(struct oracle *o);

/* --- the parts --- */

/* Make the step; the library's answer. Each handler does so once. */
int oracle_do(struct oracle *o);
static inline struct oracle_ring *oracle_ring(struct oracle *o)
{
	return &o->rings[o->step->ring];
}

static inline struct model *oracle_model(struct oracle *o)
{
	return &o->rings[o->step->ring].model;
}

static inline struct once_ring *oracle_library(struct oracle *o)
{
	return &o->run->rings[o->step->ring];
}

/* The ring of a pointer that a register holds: RING_A, RING_B, or -1. */
int oracle_index_of(const struct oracle *o, const struct once_ring *ring);
/* The answer must be this one. */
void oracle_same(struct oracle *o, int rc, int wanted);
/* The answer must be one of these; a refusal is counted. */
void oracle_allowed(struct oracle *o, struct model *m, const struct model_answer *answer, int rc);
/* The ring was opened: the model begins anew. */
void oracle_follow_open(struct oracle *o, unsigned ring, unsigned mistake);
/* It is about to be closed. */
void oracle_note_generations(struct oracle *o, unsigned ring);

/* oracle_submit.c, oracle_sqe.c: false: not theirs */
bool oracle_submit_step(struct oracle *o);
bool oracle_prepare_step(struct oracle *o);
void oracle_check_wire(struct oracle *o, unsigned ring, const struct oracle_sqe *sqe, uint64_t id);
/* oracle_wait.c */
bool oracle_wait_step(struct oracle *o);
/* oracle_deliver.c */
void oracle_delivered(struct oracle *o);
void oracle_reaped(struct oracle *o);
enum oracle_ask { ASK_PEEK, ASK_WAIT, ASK_SUBMIT_AND_WAIT, ASK_SUBMIT_AND_WAIT_TIMEOUT };
/* The kernel decides: the answer must be one that some moment of the call allows. */
void oracle_asked(struct oracle *o, enum oracle_ask ask, const struct model_wait *wait, int rc);
/* The model's owners follow the library's, where the model cannot know whether the kernel was entered. */
void oracle_note_owner(struct oracle *o);
/* oracle_look.c */
bool oracle_look_step(struct oracle *o);
struct model_shown oracle_show(struct oracle *o, unsigned ring, const struct once_cqe *token);
void oracle_check_tokens(struct oracle *o);
/* oracle_close.c */
bool oracle_close_step(struct oracle *o);
void oracle_check_hidden(void);
/* oracle_streams.c */
void oracle_stream_armed(struct oracle *o, const struct oracle_op *op);
void oracle_stream_came(struct oracle *o, const struct oracle_op *op, const struct model_cqe *cqe);
void oracle_stream_lost(struct oracle *o);
void oracle_stream_step(struct oracle *o, int rc);
void oracle_stream_finish(struct oracle *o);
/* oracle_kernel.c */
void oracle_kernel_base(struct oracle *o, unsigned ring);
void oracle_kernel_step(struct oracle *o, unsigned ring, const struct model_accounts *accounts);
void oracle_check_cqe(struct oracle *o, unsigned ring, uint64_t position, const struct model_cqe *cqe);
void oracle_check_empty(struct oracle *o);

#endif
