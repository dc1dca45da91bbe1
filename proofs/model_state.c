/* SPDX-License-Identifier: MIT */
/* The model's table of states and events, and the accounts that follow it. */
#include "model_state.h"

enum { NEVER = MODEL_NEVER };

const int model_slot_cells[MODEL_STATES][MODEL_EVENTS] = {
	/* take, give back, arm, faulty arm, submit, CQE more, CQE last, pass, cancel, drain, close */
	{ MODEL_TAKEN, ONCE_NOT_TAKEN, ONCE_NOT_TAKEN, ONCE_NOT_TAKEN, MODEL_FREE, ONCE_STRAY_CQE,
	  ONCE_STRAY_CQE, NEVER, ONCE_STALE_TICKET, MODEL_FREE, MODEL_FREE },
	{ ONCE_NO_SLOT, MODEL_FREE, MODEL_ARMED, MODEL_FREE, ONCE_NOT_ARMED, ONCE_STRAY_CQE,
	  ONCE_STRAY_CQE, NEVER, ONCE_STALE_TICKET, ONCE_STILL_TAKEN, ONCE_STILL_TAKEN },
	{ ONCE_NO_SLOT, ONCE_NOT_TAKEN, ONCE_NOT_TAKEN, ONCE_NOT_TAKEN, MODEL_IN_FLIGHT, ONCE_STRAY_CQE,
	  ONCE_STRAY_CQE, NEVER, MODEL_ARMED, MODEL_FREE, ONCE_STILL_LIVE },
	{ ONCE_NO_SLOT, ONCE_NOT_TAKEN, ONCE_NOT_TAKEN, ONCE_NOT_TAKEN, MODEL_IN_FLIGHT, MODEL_IN_FLIGHT,
	  MODEL_ENDED, NEVER, MODEL_IN_FLIGHT, MODEL_FREE, ONCE_STILL_LIVE },
	{ ONCE_NO_SLOT, ONCE_NOT_TAKEN, ONCE_NOT_TAKEN, ONCE_NOT_TAKEN, MODEL_ENDED, ONCE_STRAY_CQE,
	  ONCE_STRAY_CQE, MODEL_FREE, ONCE_STALE_TICKET, ONCE_STILL_HELD, ONCE_STILL_HELD },
	{ ONCE_WORN_OUT, ONCE_NOT_TAKEN, ONCE_NOT_TAKEN, ONCE_NOT_TAKEN, MODEL_RETIRED, ONCE_STRAY_CQE,
	  ONCE_STRAY_CQE, NEVER, ONCE_STALE_TICKET, MODEL_RETIRED, MODEL_RETIRED }
};

const int model_token_cells[MODEL_TOKEN_STATES][MODEL_TOKEN_EVENTS] = {
	/* deliver, reap, see, look, head, void */
	{ MODEL_HELD, MODEL_SEEN, ONCE_NOT_ISSUED, ONCE_SPENT, NEVER, MODEL_UNISSUED },
	{ NEVER, NEVER, MODEL_SEEN, MODEL_HELD, MODEL_HELD, ONCE_STILL_HELD },
	{ NEVER, NEVER, ONCE_SEEN_TWICE, ONCE_SPENT, MODEL_PASSED, ONCE_STILL_HELD },
	{ NEVER, NEVER, ONCE_SEEN_TWICE, ONCE_SPENT, NEVER, MODEL_PASSED }
};

int model_next(int state, int event, bool worn)
{
	const int next = model_slot_cells[state][event];

	/* a slot that comes back comes back worn */
	return worn && next == MODEL_FREE && state != MODEL_FREE ? MODEL_RETIRED : next;
}

int model_token_next(int state, int event)
{
	return model_token_cells[state][event];
}

void model_move(struct model_counts *counts, int from, int to)
{
	counts->of[from]--;
	counts->of[to]++;
}

int model_step(struct model_counts *counts, int state, int event, bool worn)
{
	const int next = model_next(state, event, worn);

	if (next >= 0)
		model_move(counts, state, next);
	return next;
}
