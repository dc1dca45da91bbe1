/* SPDX-License-Identifier: MIT */
/*
 * The life of an operation and of a token, as logic: what is true of every
 * capacity and every order of events. Read it as the specification; the table
 * in model_state.c is proved to be equal to it.
 */
#ifndef ONCERING_MODEL_LOGIC_H
#define ONCERING_MODEL_LOGIC_H

enum { MODEL_SLOTS_MAX = 65536 };

/*@
  // free again, or never again
  logic integer model_rest(integer worn) = worn != 0 ? MODEL_RETIRED : MODEL_FREE;

  // armed or in flight: an operation is there
  logic integer model_live_next(integer s, integer next, integer otherwise) =
    s == MODEL_ARMED || s == MODEL_IN_FLIGHT ? next : otherwise;

  // an SQE: given back, armed, or refused when armed
  logic integer model_sqe_next(integer s, integer next) = s == MODEL_TAKEN ? next : ONCE_NOT_TAKEN;

  // a CQE ends only what is in flight; any other one is a stray
  logic integer model_cqe_next(integer s, integer next) =
    s == MODEL_IN_FLIGHT ? next : ONCE_STRAY_CQE;

  logic integer model_take_next(integer s) =
    s == MODEL_FREE ? MODEL_TAKEN : (s == MODEL_RETIRED ? ONCE_WORN_OUT : ONCE_NO_SLOT);

  logic integer model_submit_next(integer s) =
    s == MODEL_TAKEN ? ONCE_NOT_ARMED : (s == MODEL_ARMED ? MODEL_IN_FLIGHT : s);

  logic integer model_drain_next(integer s, integer rest) =
    s == MODEL_TAKEN ? ONCE_STILL_TAKEN :
    s == MODEL_ENDED ? ONCE_STILL_HELD : model_live_next(s, rest, s);

  logic integer model_close_next(integer s) =
    s == MODEL_TAKEN ? ONCE_STILL_TAKEN :
    s == MODEL_ENDED ? ONCE_STILL_HELD : model_live_next(s, ONCE_STILL_LIVE, s);

  logic integer model_next_of(integer s, integer e, integer worn) =
    e == MODEL_TAKE ? model_take_next(s) :
    e == MODEL_GIVE_BACK ? model_sqe_next(s, model_rest(worn)) :
    e == MODEL_ARM ? model_sqe_next(s, MODEL_ARMED) :
    e == MODEL_ARM_FAULTY ? model_sqe_next(s, model_rest(worn)) :
    e == MODEL_SUBMIT ? model_submit_next(s) :
    e == MODEL_CQE_MORE ? model_cqe_next(s, MODEL_IN_FLIGHT) :
    e == MODEL_CQE_LAST ? model_cqe_next(s, MODEL_ENDED) :
    e == MODEL_PASS ? (s == MODEL_ENDED ? model_rest(worn) : MODEL_NEVER) :
    e == MODEL_CANCEL ? model_live_next(s, s, ONCE_STALE_TICKET) :
    e == MODEL_DRAIN ? model_drain_next(s, model_rest(worn)) : model_close_next(s);

  // a position is delivered once, seen once, passed once, in this order
  logic integer model_token_next_of(integer s, integer e) =
    e == MODEL_DELIVER ? (s == MODEL_UNISSUED ? MODEL_HELD : MODEL_NEVER) :
    e == MODEL_REAP ? (s == MODEL_UNISSUED ? MODEL_SEEN : MODEL_NEVER) :
    e == MODEL_SEE ? (s == MODEL_UNISSUED ? ONCE_NOT_ISSUED :
                      s == MODEL_HELD ? MODEL_SEEN : ONCE_SEEN_TWICE) :
    e == MODEL_LOOK ? (s == MODEL_HELD ? MODEL_HELD : ONCE_SPENT) :
    e == MODEL_HEAD ? (s == MODEL_SEEN ? MODEL_PASSED : (s == MODEL_HELD ? s : MODEL_NEVER)) :
    (s == MODEL_HELD || s == MODEL_SEEN ? ONCE_STILL_HELD : s);

  logic integer model_total{L}(struct model_counts *c) =
    c->of[0] + c->of[1] + c->of[2] + c->of[3] + c->of[4] + c->of[5];

  logic integer model_delta(integer s, integer from, integer to) =
    (s == to ? 1 : 0) - (s == from ? 1 : 0);
*/

#endif
