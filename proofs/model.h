/* SPDX-License-Identifier: MIT */
/*
 * The reference model of the library: what each public call must answer, and
 * what every account must be afterwards. Plain arrays, a full history of each
 * slot and position, no code of src/. Tests and fuzzers run it beside the
 * library and compare after each step.
 *
 * The model never asks a kernel. What only a kernel can know comes in as facts:
 * before a call that looks at the CQ, struct model_facts; after it, what was
 * submitted and what was delivered. Facts are checked, not believed.
 *
 * A call is modelled in one of two ways:
 *   - the answer is determined: int model_X(m, ...) is it, and is applied;
 *   - the kernel decides within a set: model_X_answer(m, ...) is the set, and
 *     model_Xed(m, ...) applies what happened. It returns false, and m->why
 *     says why, if no correct library can have done that.
 */
#ifndef ONCERING_MODEL_H
#define ONCERING_MODEL_H

#include "model_state.h"

enum {
	MODEL_SLOTS = 64,
	MODEL_PLACES = 256,  /* of the CQ */
	MODEL_TOKENS = 4096, /* positions whose history is kept; older ones have passed */
	MODEL_QUEUE = 64,    /* exact: CQEs posted and not delivered */
	MODEL_CODES = 12
};

#define MODEL_NO_SLOT UINT32_MAX

/* What kind of ring it is. */
struct model_setup {
	uint32_t capacity;
	uint32_t sq_usable;        /* SQEs for the caller */
	uint32_t cq_entries;
	uint32_t credit_places;    /* CQ places that can be lent */
	uint32_t multishot_credit; /* places for one multishot operation */
	uint64_t generations_used; /* of each slot, when it was opened */
	uint64_t opened_at;        /* the first CQ position */
	uint64_t tag;              /* of its identities: 1 .. 127 */
	bool legacy;               /* without IORING_FEAT_EXT_ARG */
	bool cqe32;
	bool split;
	bool sqpoll;
	bool expect_foreign;
	bool async;                /* CQEs may be posted at any moment */
	bool exact;                /* every post is told with model_posted() */
};

/* One operation slot, with its present or last operation. */
struct model_slot {
	int state;
	int shape;            /* MODEL_ONE ... */
	uint64_t generation;  /* of the operation, or of the next one */
	uint64_t lives_left;  /* operations this slot can still have */
	uint64_t armed_as;    /* armed_total when it was armed: the order of the SQ */
	uint64_t lent;
	uint64_t cqes;        /* delivered for this operation */
	uint32_t credit;      /* CQ places lent to it */
};

/* One CQ position that was delivered. */
struct model_token {
	int state;
	uint32_t slot;        /* MODEL_NO_SLOT: foreign, or the library's own */
	uint64_t id;          /* user_data; the model's knowledge of it */
	uint64_t lent;
	int32_t result;
	uint32_t flags;
	bool terminal;        /* ends its operation */
	bool own;             /* the library's own: never a token */
};

/* A CQE, as the kernel posts it or as the library hands it out. */
struct model_cqe {
	uint64_t position;    /* handed out as a token: where; else ignored */
	uint64_t user_data;
	int32_t result;
	uint32_t flags;
	bool foreign;         /* the library says so */
	uint64_t lent;        /* what came back with it, unless foreign */
};

struct model {
	struct model_setup setup;
	bool open;
	uint64_t thread;           /* the calling one; set it before a call */
	uint64_t submit_owner, complete_owner;
	struct model_counts counts;
	uint64_t armed_total;
	uint64_t head;             /* positions passed */
	uint64_t delivered;        /* positions delivered */
	uint64_t forgotten;        /* positions whose history is gone: all passed */
	uint32_t held;
	uint32_t reserved;         /* timeouts of the library's own, CQE to come */
	uint32_t removes;          /* removals of such (exact) */
	bool reserves;             /* exact: the wait that was just asked about makes a reservation */
	bool removes_older;        /* ... and has an older one removed first */
	uint32_t foreign_due;      /* foreign CQEs that may come: model_expect_foreign() */
	uint32_t queued;           /* exact: CQEs posted and not delivered */
	bool own_used;             /* the library may have SQEs or CQEs of its own out */
	uint64_t violations;       /* that the handler must have been told of */
	int last_violation;
	const char *why;           /* the first thing that cannot be */
	struct model_cqe queue[MODEL_QUEUE];
	struct model_slot slots[MODEL_SLOTS];
	struct model_token tokens[MODEL_TOKENS]; /* of position forgotten + i */
	/* [shape][state][event] and [state][event]: how often each cell was used, ever */
	uint64_t hits[MODEL_SHAPES][MODEL_STATES][MODEL_EVENTS];
	uint64_t token_hits[MODEL_TOKEN_STATES][MODEL_TOKEN_EVENTS];
};

/* The answers a call may give: least .. most, or one of *code*. */
struct model_answer {
	int64_t least, most;  /* none if least > most */
	unsigned codes;
	int code[MODEL_CODES];
};

bool model_allows(const struct model_answer *answer, int rc);

/* The kernel's side of the ring as a call finds it. */
struct model_facts {
	uint32_t ready;   /* CQEs in the CQ, not delivered: once_ready() */
	bool backlog;     /* the SQ's flags say overflow or task work */
	bool overflow;    /* ... overflow: once_has_overflow() */
};

/* What once_*() accounts say. */
struct model_accounts {
	uint32_t capacity, free, taken, armed, in_flight, retired, ready, held, reserved;
	bool overflow;
	uint64_t armed_total, passed_total;
};

/* --- model.c: open, accounts --- */

void model_open(struct model *m, const struct model_setup *setup);
/* A copy of all but the coverage, at the cost of what is in use. */
void model_copy(struct model *to, const struct model *from);
/* Every account; the head too. Takes over what only the library can know, if it can be. */
bool model_check_accounts(struct model *m, const struct model_accounts *observed);
/* Conservation within the model; cheap. */
bool model_is_sound(const struct model *m);
/* Something cannot be: remembers the first reason. Returns false. */
bool model_fail(struct model *m, const char *why);
/* A refusal: the handler is told. Returns *code*. */
int model_refuse(struct model *m, int code);
/* The call answered *rc*: false if it may not; a refusal is counted. */
bool model_answered(struct model *m, const struct model_answer *answer, int rc);

/* --- model_submit.c: the submitting side --- */

/* take: -EAGAIN, ONCE_*, or 0. Then once_sqe.id. */
struct model_answer model_take_answer(struct model *m);
bool model_taken(struct model *m, uint64_t id);
int model_give_back(struct model *m, uint64_t id);
/*
 * Arm the SQE *id*. *fault*: what its preparation did wrong, or 0;
 * ONCE_NOT_PREPARED if there was none.
 */
int model_arm(struct model *m, uint64_t id, int fault, int shape, uint64_t lent);
/* The fault of an SQE aimed at a ticket: 0, ONCE_STALE_TICKET, ONCE_OTHER_RING. */
int model_aim(struct model *m, bool this_ring, uint64_t id);
struct model_answer model_submit_answer(struct model *m);
/* *count* operations became in flight, oldest first. */
bool model_submitted(struct model *m, uint32_t count);

/* --- model_wait.c: what a look at the CQ may answer --- */

struct model_wait {
	uint32_t count;   /* 0 is 1, but for once_submit_and_wait() */
	bool timed;
	bool bad_time;
};

/* Also for reap, batch peek and batch reap: >= 0 is 0. */
struct model_answer model_peek_answer(struct model *m, const struct model_facts *facts);
struct model_answer model_get_events_answer(struct model *m);
struct model_answer model_wait_answer(struct model *m, const struct model_wait *wait,
				      const struct model_facts *facts);
struct model_answer model_submit_and_wait_answer(struct model *m, uint32_t count,
						 const struct model_facts *facts);
struct model_answer model_submit_and_wait_timeout_answer(struct model *m,
							 const struct model_wait *wait,
							 const struct model_facts *facts);
/*
 * A timed wait without IORING_FEAT_EXT_ARG has been: it may have submitted what
 * was armed, and made reservations. *armed* and *reserved*: the accounts now.
 * Call it before model_delivered().
 */
bool model_waited(struct model *m, const struct model_wait *wait, int rc, uint32_t armed,
		  uint32_t reserved);

/* --- model_complete.c: the completing side --- */

/* The kernel posted it (exact rings: every one). */
bool model_posted(struct model *m, const struct model_cqe *cqe);
/* *count* more foreign CQEs may come (any ring; exact ones know). */
void model_expect_foreign(struct model *m, uint32_t count);
/* The library handed it out as a token. */
bool model_delivered(struct model *m, const struct model_cqe *cqe);
/*
 * ... or delivered and saw it in one call: position and, unless it is foreign,
 * user_data are not known. What is lent must differ from operation to operation.
 */
bool model_reaped(struct model *m, const struct model_cqe *cqe);
/* It said that there is nothing: CQEs of the library's own are consumed (exact). */
void model_found_nothing(struct model *m);

/* What a caller may show as a token. */
enum model_token_kind {
	MODEL_TOKEN_REAL,   /* this ring handed it out, or a copy of such a one */
	MODEL_TOKEN_ZERO,   /* all zero */
	MODEL_TOKEN_OTHER,  /* another ring's */
	MODEL_TOKEN_FORGED  /* this ring's name, some hold, some position */
};

struct model_shown {
	enum model_token_kind kind;
	uint64_t position;
};

int model_see(struct model *m, const struct model_shown *shown);
int model_see_batch(struct model *m, const struct model_shown *shown, uint32_t count);
/* What the token held is, or NULL: then once_result() and the like say ONCE_SPENT. */
const struct model_token *model_look(struct model *m, const struct model_shown *shown);
bool model_is_held(const struct model *m, const struct model_shown *shown);
/* once_owner(), once_ticket_of(), once_extra(): 0 or the refusal. */
int model_owner(struct model *m, const struct model_shown *shown, bool same_type);
int model_ticket_of(struct model *m, const struct model_shown *shown);
int model_extra(struct model *m, const struct model_shown *shown);

/* --- model_close.c: discard, drain, close; operations by ticket --- */

/* once_discard() on an exact ring: its answer, applied. */
int model_discard(struct model *m);
/*
 * ... on any other ring: *count* were discarded, and *ended* names the
 * operations that were in flight (or armed) before and are not any more.
 */
bool model_discarded(struct model *m, uint32_t count, const uint64_t *ended, uint32_t ends);
struct model_answer model_drain_answer(struct model *m, bool bad_time);
/* once_drain() was not refused: all armed were submitted, these have ended. */
bool model_drained(struct model *m, int rc, const uint64_t *ended, uint32_t ends,
		   const struct model_accounts *after);
int model_close(struct model *m, const struct model_facts *facts);
int model_abandon(struct model *m);
int model_state_of(struct model *m, bool this_ring, uint64_t id);
uint32_t model_survivors(const struct model *m);

/* --- shared by the files of the model --- */

/* The slot that an identity names, or MODEL_NO_SLOT. */
uint32_t model_slot_of(const struct model *m, uint64_t id);
uint64_t model_id_of(const struct model *m, uint32_t slot);
/* One event on a slot: its state, the accounts, the coverage. The new state, or the refusal. */
int model_slot_event(struct model *m, uint32_t slot, enum model_event event);
int model_token_event(struct model *m, uint64_t index, enum model_token_event event);
/* Count the cell: the slot, or an operation of its past, was in *state*. */
void model_hit(struct model *m, uint32_t slot, int state, enum model_event event);
/* The state of the operation *id* of *slot*: the slot's, or of one that is gone. */
int model_state_by_id(const struct model *m, uint32_t slot, uint64_t id);
uint32_t model_window(const struct model *m);
uint32_t model_outstanding(const struct model *m);
/* The position at *index* enters the history. */
struct model_token *model_new_token(struct model *m);
/* The head moves over what is seen. */
void model_reclaim(struct model *m);
/* Exact: consume CQEs of the library's own at the front of the queue. */
void model_consume_own(struct model *m);
void model_consume_one(struct model *m);
/* Exact: CQEs that are not the library's own among the first *ready*. */
uint32_t model_deliverable(const struct model *m, uint32_t ready);
/* Exact: how many at the front of the queue are the library's own. */
uint32_t model_own_first(const struct model *m);
/* Whether the calling thread owns that side; binds it if nobody does. */
bool model_owns(struct model *m, bool submitting);
/* A call about all slots, which each of them could refuse: counted. */
void model_touch_all(struct model *m, enum model_event event);
uint32_t model_credit_out(const struct model *m);
void model_may_answer(struct model_answer *answer, int code);
struct model_answer model_exactly(int code);
struct model_answer model_range(uint32_t least, uint32_t most);
/* What the kernel may answer to an enter that did nothing. */
void model_may_fail(struct model_answer *answer);

#endif
