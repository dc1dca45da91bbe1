/* SPDX-License-Identifier: MIT */
/*
 * Look at a held token: its result and flags, whose it is, and what only some
 * rings have. A token that was seen says ONCE_SPENT, and so does a zeroed one.
 * Completing side.
 */
#ifndef ONCERING_LOOK_H
#define ONCERING_LOOK_H

#include "oncering/deliver.h"
#include "oncering/logic_arrays.h"
#include "oncering/wire.h"

#include <string.h>

ONCE_BEGIN_C

/*@
  // A token as a call has filled it, or zeroed; whether it is held, by what lies in the ring.
  predicate once_token_is_held{L}(struct once_cqe *q) =
    q->hold != \null && q->hold->position == q->position;
  predicate once_token_readable{L}(struct once_cqe *q) =
    \valid_read(q) && (q->hold != \null ==>
      \valid_read(q->hold) && \valid_read(q->ring) &&
      \valid_read(q->ring->memory.ops + (0 .. q->ring->capacity - 1)));
  // ... and its CQE
  predicate once_token_in_cq{L}(struct once_cqe *q) =
    once_token_readable(q) && (once_token_is_held(q) ==>
      once_cq_readable(q->ring) && once_hold_in_window(q->ring, q->hold));

  predicate once_type_readable{L}(struct once_type *type) =
    type == \null || (\valid_read(type) && valid_read_string(type->name));
  predicate once_types_alike{L}(struct once_type *a, struct once_type *b) =
    a == b || (a != \null && a->size == b->size && strcmp(a->name, b->name) == 0);
*/

/* Reports a look at a spent token; returns ONCE_SPENT. Not for callers. */
/*@ requires ring: hold != \null ==> \valid_read(ring) &&
            \valid_read(ring->memory.ops + (0 .. ring->capacity - 1));
    assigns \nothing;
    ensures spent: \result == ONCE_SPENT; */
int once_core_spent(const struct once_ring *ring, const struct once_hold *hold, uint64_t position);

/* True until the token is seen. A zeroed token is not held. */
/*@ requires token: once_token_readable(cqe);
    assigns \nothing;
    ensures held: \result <==> once_token_is_held(cqe); */
ONCE_NONNULL
ONCE_INLINE bool once_is_held(const struct once_cqe *cqe)
{
	return cqe->hold != NULL && once_hold_position(cqe->hold) == cqe->position;
}

/*
 * The operation's result: >= 0, or -1 .. -4095 for -errno; ONCE_SPENT if the
 * token was seen.
 */
/*@ requires token: once_token_readable(cqe);
    assigns \nothing;
    behavior held:
      assumes held: once_token_is_held(cqe);
      ensures result: \result == cqe->hold->result;
    behavior spent:
      assumes spent: !once_token_is_held(cqe);
      ensures refused: \result == ONCE_SPENT;
    complete behaviors;
    disjoint behaviors; */
ONCE_NONNULL ONCE_MUST_CHECK
ONCE_INLINE int once_result(const struct once_cqe *cqe)
{
	if (!once_is_held(cqe))
		return once_core_spent(cqe->ring, cqe->hold, cqe->position);
	return once_hold_result(cqe->hold);
}

/*
 * The CQE's IORING_CQE_F_* flags as they came; 0 if the token was seen (which
 * is reported). Use once_is_terminal() to ask for the end of an operation.
 */
/*@ requires token: once_token_readable(cqe);
    assigns \nothing;
    behavior held:
      assumes held: once_token_is_held(cqe);
      ensures flags: \result == cqe->hold->flags;
    behavior spent:
      assumes spent: !once_token_is_held(cqe);
      ensures refused: \result == 0;
    complete behaviors;
    disjoint behaviors; */
ONCE_NONNULL ONCE_MUST_CHECK
ONCE_INLINE uint32_t once_flags(const struct once_cqe *cqe)
{
	if (!once_is_held(cqe)) {
		(void)once_core_spent(cqe->ring, cqe->hold, cqe->position);
		return 0;
	}
	return once_hold_flags(cqe->hold);
}

/* What a token is. */
enum once_class {
	ONCE_CLASS_OWNED = 0,   /* an operation of this ring: it has an owner */
	ONCE_CLASS_FOREIGN = 1  /* no operation of this ring posted it */
};

/* ONCE_CLASS_*, or ONCE_SPENT. */
/*@ requires token: once_token_readable(cqe);
    assigns \nothing;
    behavior held:
      assumes held: once_token_is_held(cqe);
      ensures class: \result ==
              (cqe->hold->slot != ONCE_NO_INDEX ? ONCE_CLASS_OWNED : ONCE_CLASS_FOREIGN);
    behavior spent:
      assumes spent: !once_token_is_held(cqe);
      ensures refused: \result == ONCE_SPENT;
    complete behaviors;
    disjoint behaviors; */
ONCE_NONNULL ONCE_MUST_CHECK
ONCE_INLINE int once_class(const struct once_cqe *cqe)
{
	if (!once_is_held(cqe))
		return once_core_spent(cqe->ring, cqe->hold, cqe->position);
	return once_hold_slot(cqe->hold) != ONCE_NO_INDEX ? ONCE_CLASS_OWNED : ONCE_CLASS_FOREIGN;
}

/*
 * 1 if this completion ends its operation and so returns its owner when it is
 * seen (a foreign one ends nothing: 1); 0 if more will come; or ONCE_SPENT.
 */
/*@ requires token: once_token_readable(cqe);
    assigns \nothing;
    behavior held:
      assumes held: once_token_is_held(cqe);
      ensures terminal: \result == ((cqe->hold->flags & 2) == 0 ? 1 : 0);
    behavior spent:
      assumes spent: !once_token_is_held(cqe);
      ensures refused: \result == ONCE_SPENT;
    complete behaviors;
    disjoint behaviors; */
ONCE_NONNULL ONCE_MUST_CHECK
ONCE_INLINE int once_is_terminal(const struct once_cqe *cqe)
{
	if (!once_is_held(cqe))
		return once_core_spent(cqe->ring, cqe->hold, cqe->position);
	return (once_hold_flags(cqe->hold) & 2U /* IORING_CQE_F_MORE */) == 0;
}

/*
 * True if two types are spelled alike and of one size; their objects may differ from file to
 * file. *a* may be NULL: nothing was lent.
 */
/*@ requires types: once_type_readable(a) && once_type_readable(b) && b != \null;
    assigns \nothing;
    ensures alike: \result <==> once_types_alike(a, b); */
ONCE_NONNULL_AT(2)
bool once_same_type(const struct once_type *a, const struct once_type *b);
/* Reports why a token has no such owner, and says so. Not for callers. */
/*@ requires hold: hold == \null || \valid_read(hold);
    requires ring: hold != \null ==> \valid_read(ring) &&
             \valid_read(ring->memory.ops + (0 .. ring->capacity - 1));
    assigns \nothing;
    behavior spent:
      assumes spent: hold == \null || hold->position != position;
      ensures refused: \result == ONCE_SPENT;
    behavior foreign:
      assumes held: hold != \null && hold->position == position;
      assumes foreign: hold->slot >= ring->capacity;
      ensures refused: \result == ONCE_FOREIGN;
    behavior other_type:
      assumes held: hold != \null && hold->position == position;
      assumes ours: hold->slot < ring->capacity;
      ensures refused: \result == ONCE_WRONG_TYPE;
    complete behaviors;
    disjoint behaviors; */
int once_core_not_owner(const struct once_ring *ring, const struct once_hold *hold,
			uint64_t position);

/*
 * What was lent to the operation: *value* is filled if and only if 0 is
 * returned. The typed accessors of ONCE_OWNER() call this; for a cookie pass
 * &once_cookie_type.
 *
 * Returns 0, ONCE_SPENT, ONCE_FOREIGN or ONCE_WRONG_TYPE.
 */
/*@ requires token: once_token_readable(cqe);
    requires type: type != \null && once_type_readable(type);
    requires lent: once_token_is_held(cqe) && cqe->hold->slot < cqe->ring->capacity ==>
             once_type_readable(cqe->ring->memory.ops[cqe->hold->slot].lent.type);
    requires value: \valid(value);
    behavior owned:
      assumes held: once_token_is_held(cqe);
      assumes ours: cqe->hold->slot < cqe->ring->capacity;
      assumes alike: once_types_alike(cqe->ring->memory.ops[cqe->hold->slot].lent.type, type);
      assigns *value;
      ensures found: \result == 0;
      ensures value: *value == \old(cqe->ring->memory.ops[cqe->hold->slot].lent.value);
    behavior other_type:
      assumes held: once_token_is_held(cqe);
      assumes ours: cqe->hold->slot < cqe->ring->capacity;
      assumes unlike: !once_types_alike(cqe->ring->memory.ops[cqe->hold->slot].lent.type, type);
      assigns \nothing;
      ensures refused: \result == ONCE_WRONG_TYPE;
    behavior foreign:
      assumes held: once_token_is_held(cqe);
      assumes foreign: cqe->hold->slot >= cqe->ring->capacity;
      assigns \nothing;
      ensures refused: \result == ONCE_FOREIGN;
    behavior spent:
      assumes spent: !once_token_is_held(cqe);
      assigns \nothing;
      ensures refused: \result == ONCE_SPENT;
    complete behaviors;
    disjoint behaviors; */
ONCE_NONNULL ONCE_MUST_CHECK
ONCE_INLINE int once_owner(const struct once_cqe *cqe, const struct once_type *type,
			     uint64_t *value)
{
	const struct once_ring *ring = cqe->ring;

	if (once_is_held(cqe) && once_hold_slot(cqe->hold) < ring->capacity) {
		const struct once_op *op = &ring->memory.ops[once_hold_slot(cqe->hold)];

		if (op->lent.type == type || once_same_type(op->lent.type, type)) {
			*value = op->lent.value;
			return 0;
		}
	}
	return once_negative(once_core_not_owner(ring, cqe->hold, cqe->position), ONCE_WRONG_TYPE);
}

/* The operation's ticket, to cancel a multishot one from its completion: 0, ONCE_SPENT, ONCE_FOREIGN. */
/*@ requires ring: once_cq_readable(ring) &&
            \valid_read(ring->memory.ops + (0 .. ring->capacity - 1));
    requires hold: once_hold_in_window(ring, hold) && \valid_read(hold);
    requires ticket: \valid(ticket) && \separated(ticket, ring) && \separated(ticket, hold) &&
             \separated(ticket, ring->view.cqes + (0 .. once_cqe_of(ring, ring->view.cq_entries) - 1));
    assigns ticket[0 .. (hold->slot < ring->capacity ? 0 : -1)];
    behavior foreign:
      assumes foreign: hold->slot >= ring->capacity;
      assigns \nothing;
      ensures refused: \result == ONCE_FOREIGN;
    behavior ours:
      assumes ours: hold->slot < ring->capacity;
      assigns *ticket;
      ensures found: \result == 0;
      ensures ticket: ticket->ring == ring && ticket->id == once_cqe_behind(ring, hold)->user_data;
    complete behaviors;
    disjoint behaviors; */
ONCE_NONNULL ONCE_MUST_CHECK
int once_core_ticket_of(struct once_ring *ring, const struct once_hold *hold, uint64_t position,
			struct once_ticket *ticket);
/*@ requires token: once_token_in_cq(cqe);
    requires ticket: \valid(ticket) && \separated(ticket, cqe);
    requires apart: once_token_is_held(cqe) ==>
             \separated(ticket, cqe->ring) && \separated(ticket, cqe->hold) &&
             \separated(ticket, cqe->ring->view.cqes +
               (0 .. once_cqe_of(cqe->ring, cqe->ring->view.cq_entries) - 1));
    behavior ours:
      assumes held: once_token_is_held(cqe);
      assumes ours: cqe->hold->slot < cqe->ring->capacity;
      assigns *ticket;
      ensures found: \result == 0;
      ensures ticket: ticket->ring == cqe->ring &&
              ticket->id == once_cqe_behind(cqe->ring, cqe->hold)->user_data;
    behavior foreign:
      assumes held: once_token_is_held(cqe);
      assumes foreign: cqe->hold->slot >= cqe->ring->capacity;
      assigns \nothing;
      ensures refused: \result == ONCE_FOREIGN;
    behavior spent:
      assumes spent: !once_token_is_held(cqe);
      assigns \nothing;
      ensures refused: \result == ONCE_SPENT;
    complete behaviors;
    disjoint behaviors; */
ONCE_NONNULL ONCE_MUST_CHECK
ONCE_INLINE int once_ticket_of(const struct once_cqe *cqe, struct once_ticket *ticket)
{
	if (!once_is_held(cqe))
		return once_core_spent(cqe->ring, cqe->hold, cqe->position);
	return once_core_ticket_of(cqe->ring, cqe->hold, cqe->position, ticket);
}

/* What lies in the ring for a held token; not for callers. */
/*@ requires ring: once_cq_readable(ring);
    requires hold: once_hold_in_window(ring, hold);
    assigns \nothing;
    ensures user_data: \result == once_cqe_behind(ring, hold)->user_data; */
ONCE_NONNULL ONCE_MUST_CHECK
uint64_t once_core_user_data(const struct once_ring *ring, const struct once_hold *hold);
/*@ requires ring: once_cq_readable(ring) &&
            \valid_read(ring->memory.ops + (0 .. ring->capacity - 1));
    requires hold: once_hold_in_window(ring, hold);
    requires extra: \valid(extra + (0 .. 1)) && \separated(extra + (0 .. 1), ring) &&
             \separated(extra + (0 .. 1),
               ring->view.cqes + (0 .. once_cqe_of(ring, ring->view.cq_entries) - 1));
    assigns extra[0 .. (ring->cqe_shift != 0 ? 1 : -1)];
    behavior narrow:
      assumes narrow: ring->cqe_shift == 0;
      assigns \nothing;
      ensures refused: \result == ONCE_NOT_CQE32;
    behavior wide:
      assumes wide: ring->cqe_shift != 0;
      assigns extra[0 .. 1];
      ensures found: \result == 0;
      ensures first: extra[0] == (once_cqe_behind(ring, hold) + 1)->user_data;
      ensures second: extra[1] == once_bits_of((once_cqe_behind(ring, hold) + 1)->res) +
              (once_cqe_behind(ring, hold) + 1)->flags * 0x100000000;
    complete behaviors;
    disjoint behaviors; */
ONCE_NONNULL ONCE_MUST_CHECK
int once_core_extra(const struct once_ring *ring, const struct once_hold *hold, uint64_t position,
		    uint64_t extra[2]);

/* user_data as the kernel delivered it, for foreign CQEs: 0 or ONCE_SPENT. */
/*@ requires token: once_token_in_cq(cqe);
    requires value: \valid(value);
    behavior held:
      assumes held: once_token_is_held(cqe);
      assigns *value;
      ensures found: \result == 0;
      ensures value: *value == \old(once_cqe_behind(cqe->ring, cqe->hold)->user_data);
    behavior spent:
      assumes spent: !once_token_is_held(cqe);
      assigns \nothing;
      ensures refused: \result == ONCE_SPENT;
    complete behaviors;
    disjoint behaviors; */
ONCE_NONNULL ONCE_MUST_CHECK
ONCE_INLINE int once_user_data(const struct once_cqe *cqe, uint64_t *value)
{
	if (!once_is_held(cqe))
		return once_core_spent(cqe->ring, cqe->hold, cqe->position);
	*value = once_core_user_data(cqe->ring, cqe->hold);
	return 0;
}

/* The 16 extra bytes of a CQE32 ring: 0, ONCE_SPENT, ONCE_NOT_CQE32. */
/*@ requires token: once_token_in_cq(cqe);
    requires extra: \valid(extra + (0 .. 1)) && \separated(extra + (0 .. 1), cqe);
    requires apart: once_token_is_held(cqe) ==>
             \separated(extra + (0 .. 1), cqe->ring) &&
             \separated(extra + (0 .. 1), cqe->ring->view.cqes +
               (0 .. once_cqe_of(cqe->ring, cqe->ring->view.cq_entries) - 1));
    behavior wide:
      assumes held: once_token_is_held(cqe);
      assumes wide: cqe->ring->cqe_shift != 0;
      assigns extra[0 .. 1];
      ensures found: \result == 0;
      ensures first: extra[0] == (once_cqe_behind(cqe->ring, cqe->hold) + 1)->user_data;
      ensures second: extra[1] ==
              once_bits_of((once_cqe_behind(cqe->ring, cqe->hold) + 1)->res) +
              (once_cqe_behind(cqe->ring, cqe->hold) + 1)->flags * 0x100000000;
    behavior narrow:
      assumes held: once_token_is_held(cqe);
      assumes narrow: cqe->ring->cqe_shift == 0;
      assigns \nothing;
      ensures refused: \result == ONCE_NOT_CQE32;
    behavior spent:
      assumes spent: !once_token_is_held(cqe);
      assigns \nothing;
      ensures refused: \result == ONCE_SPENT;
    complete behaviors;
    disjoint behaviors; */
ONCE_NONNULL ONCE_MUST_CHECK
ONCE_INLINE int once_extra(const struct once_cqe *cqe, uint64_t extra[2])
{
	if (!once_is_held(cqe))
		return once_core_spent(cqe->ring, cqe->hold, cqe->position);
	return once_core_extra(cqe->ring, cqe->hold, cqe->position, extra);
}

ONCE_END_C

#endif
