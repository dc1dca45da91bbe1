/* SPDX-License-Identifier: MIT */
/*
 * The reference model, innermost part: the states an operation's slot and a
 * token can be in, the events that can happen to them, and what each event
 * does in each state: one table. `oncering list` prints it, the fuzzer counts
 * its cells, and the proof shows that it equals the logic of model_logic.h.
 *
 * Nothing of src/ is used here, nor may src/ use anything of this.
 */
#ifndef ONCERING_MODEL_STATE_H
#define ONCERING_MODEL_STATE_H

#include <oncering/code.h>
#include <stdbool.h>
#include <stdint.h>

/* A slot. ENDED: the terminal CQE is delivered, the head has not passed it. */
enum model_state {
	MODEL_FREE,
	MODEL_TAKEN,
	MODEL_ARMED,
	MODEL_IN_FLIGHT,
	MODEL_ENDED,
	MODEL_RETIRED,
	MODEL_STATES
};

/* What happens to a slot, or is asked of it through an SQE or a ticket. */
enum model_event {
	MODEL_TAKE,
	MODEL_GIVE_BACK,
	MODEL_ARM,
	MODEL_ARM_FAULTY, /* refused for its preparation: the SQE is given back */
	MODEL_SUBMIT,     /* and the kernel has read the SQE */
	MODEL_CQE_MORE,   /* a CQE with IORING_CQE_F_MORE is delivered */
	MODEL_CQE_LAST,   /* one without */
	MODEL_PASS,       /* the head passes the terminal CQE */
	MODEL_CANCEL,     /* a cancellation is prepared with its ticket */
	MODEL_DRAIN,
	MODEL_CLOSE,
	MODEL_EVENTS
};

/* A CQ position. SEEN: the head has not passed it. */
enum model_token_state {
	MODEL_UNISSUED,
	MODEL_HELD,
	MODEL_SEEN,
	MODEL_PASSED,
	MODEL_TOKEN_STATES
};

enum model_token_event {
	MODEL_DELIVER,
	MODEL_REAP,  /* delivered and seen in one call */
	MODEL_SEE,
	MODEL_LOOK,  /* result, flags, owner ... */
	MODEL_HEAD,  /* the head is at this position, and may move */
	MODEL_VOID,  /* the ring is closed */
	MODEL_TOKEN_EVENTS
};

/* How many CQEs an operation may post. */
enum model_shape {
	MODEL_ONE,       /* one */
	MODEL_ZERO_COPY, /* one, or a result with F_MORE and a notification */
	MODEL_MULTISHOT, /* any number, with credit */
	MODEL_MANY,      /* any number, without: a raw SQE the library cannot know */
	MODEL_SHAPES
};

/* A cell that neither the caller nor a kernel can reach. */
#define MODEL_NEVER (-1)

/*
 * model_slot_cells[state][event]: the next state; or the ONCE_* of the refusal,
 * which changes nothing; or MODEL_NEVER. Where a slot becomes FREE it becomes
 * RETIRED instead if its generations are used up: model_next().
 */
extern const int model_slot_cells[MODEL_STATES][MODEL_EVENTS];
extern const int model_token_cells[MODEL_TOKEN_STATES][MODEL_TOKEN_EVENTS];

/* How many slots are in each state: the accounts. in flight counts ENDED too. */
struct model_counts {
	uint32_t of[MODEL_STATES];
};

#include "model_logic.h"

/*@ requires state: 0 <= state < MODEL_STATES;
    requires event: 0 <= event < MODEL_EVENTS;
    assigns \nothing;
    ensures table_is_logic: \result == model_next_of(state, event, worn); */
int model_next(int state, int event, bool worn);

/*@ requires state: 0 <= state < MODEL_TOKEN_STATES;
    requires event: 0 <= event < MODEL_TOKEN_EVENTS;
    assigns \nothing;
    ensures table_is_logic: \result == model_token_next_of(state, event); */
int model_token_next(int state, int event);

/*@ requires counts: \valid(counts);
    requires from: 0 <= from < MODEL_STATES;
    requires to: 0 <= to < MODEL_STATES;
    requires there: counts->of[from] >= 1;
    requires room: model_total(counts) <= MODEL_SLOTS_MAX;
    assigns counts->of[0 .. 5];
    ensures delta: \forall integer s; 0 <= s < MODEL_STATES ==>
      counts->of[s] == \old(counts->of[s]) + model_delta(s, from, to);
    ensures conserved: model_total(counts) == model_total{Pre}(counts); */
void model_move(struct model_counts *counts, int from, int to);

/*
 * One event on one slot, and the accounts follow: what model_next() says, or,
 * where that is a refusal, nothing.
 */
/*@ requires counts: \valid(counts);
    requires state: 0 <= state < MODEL_STATES;
    requires event: 0 <= event < MODEL_EVENTS;
    requires there: counts->of[state] >= 1;
    requires room: model_total(counts) <= MODEL_SLOTS_MAX;
    assigns counts->of[0 .. 5];
    ensures next: \result == model_next_of(state, event, worn);
    ensures conserved: model_total(counts) == model_total{Pre}(counts);
    behavior refused:
      assumes refused: model_next_of(state, event, worn) < 0;
      ensures nothing: \forall integer s; 0 <= s < MODEL_STATES ==>
        counts->of[s] == \old(counts->of[s]);
    behavior moves:
      assumes moves: model_next_of(state, event, worn) >= 0;
      ensures delta: \forall integer s; 0 <= s < MODEL_STATES ==> counts->of[s] ==
        \old(counts->of[s]) + model_delta(s, state, model_next_of(state, event, worn));
    complete behaviors;
    disjoint behaviors; */
int model_step(struct model_counts *counts, int state, int event, bool worn);

/* --- names, for printing --- */

const char *model_state_name(int state);
const char *model_event_name(int event);
const char *model_token_state_name(int state);
const char *model_token_event_name(int event);
const char *model_shape_name(int shape);

/* What a cell is for operations of one shape. */
enum model_cell_kind { MODEL_CELL_NEVER, MODEL_CELL_LEGAL, MODEL_CELL_REFUSED };
enum model_cell_kind model_cell_kind(int shape, int state, int event);
enum model_cell_kind model_token_cell_kind(int state, int event);

#endif
