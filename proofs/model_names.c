/* SPDX-License-Identifier: MIT */
/* The model's table in words, and which of its cells operations of a shape can reach. */
#include "model_state.h"

static const char *const state_names[MODEL_STATES] = {
	"FREE", "TAKEN", "ARMED", "IN_FLIGHT", "ENDED", "RETIRED"
};

static const char *const event_names[MODEL_EVENTS] = {
	"take", "give back", "arm", "arm, faulty", "submit", "CQE, more", "CQE, last", "head passes",
	"cancel", "drain", "close"
};

static const char *const token_state_names[MODEL_TOKEN_STATES] = {
	"UNISSUED", "HELD", "SEEN", "PASSED"
};

static const char *const token_event_names[MODEL_TOKEN_EVENTS] = {
	"deliver", "reap", "see", "look", "head", "close"
};

static const char *const shape_names[MODEL_SHAPES] = {
	"one CQE", "zero-copy", "multishot", "many CQEs, no credit"
};

const char *model_state_name(int state)
{
	return state >= 0 && state < MODEL_STATES ? state_names[state] : "?";
}

const char *model_event_name(int event)
{
	return event >= 0 && event < MODEL_EVENTS ? event_names[event] : "?";
}

const char *model_token_state_name(int state)
{
	return state >= 0 && state < MODEL_TOKEN_STATES ? token_state_names[state] : "?";
}

const char *model_token_event_name(int event)
{
	return event >= 0 && event < MODEL_TOKEN_EVENTS ? token_event_names[event] : "?";
}

const char *model_shape_name(int shape)
{
	return shape >= 0 && shape < MODEL_SHAPES ? shape_names[shape] : "?";
}

static enum model_cell_kind kind_of(int cell)
{
	if (cell == MODEL_NEVER)
		return MODEL_CELL_NEVER;
	return cell < 0 ? MODEL_CELL_REFUSED : MODEL_CELL_LEGAL;
}

enum model_cell_kind model_cell_kind(int shape, int state, int event)
{
	/* a slot without an operation has no shape: its cells are those of the first */
	if (shape != MODEL_ONE && state != MODEL_ARMED && state != MODEL_IN_FLIGHT &&
	    state != MODEL_ENDED)
		return MODEL_CELL_NEVER;
	/* a kernel does not say F_MORE of an operation with one CQE */
	if (shape == MODEL_ONE && state == MODEL_IN_FLIGHT && event == MODEL_CQE_MORE)
		return MODEL_CELL_NEVER;
	return kind_of(model_slot_cells[state][event]);
}

enum model_cell_kind model_token_cell_kind(int state, int event)
{
	return kind_of(model_token_cells[state][event]);
}
