/* SPDX-License-Identifier: MIT */
/* See: HELD → SEEN, in any order. */
#include "see.h"

/* Why a token cannot be seen. */
/*@ requires ring: once_ring_ok(ring);
    assigns \nothing;
    ensures refusal: once_is_refusal(\result);
    ensures not_open: ring->open == 0 ==> \result == ONCE_NOT_OPEN;
    ensures zeroed: ring->open != 0 && hold == \null ==> \result == ONCE_NOT_ISSUED;
    ensures other_ring: ring->open != 0 && hold != \null && issuer != ring ==>
            \result == ONCE_OTHER_RING;
    ensures twice: ring->open != 0 && hold != \null && issuer == ring &&
            once_token_spent(ring, position) ==>
            \result == ONCE_SEEN_TWICE; */
static ONCE_COLD int refusal(const struct once_ring *ring, const struct once_hold *hold,
			     uint64_t position, const struct once_ring *issuer)
{
	const struct once_complete_side *side = &ring->complete;
	const char *const call = "once_seen";

	if (ring->open == 0)
		return once_refuse_complete(ring, ONCE_NOT_OPEN, call);
	if (hold == NULL)
		return once_refuse_position(ring, ONCE_NOT_ISSUED, call, position, 0);
	if (issuer != ring)
		return once_refuse_position(ring, ONCE_OTHER_RING, call, position, 0);
	if (position >= side->delivered || position < side->opened_at)
		return once_refuse_position(ring, ONCE_NOT_ISSUED, call, position, 0);
	if (position < side->head || place_of(ring, position)->position == ONCE_SEEN_MARK)
		return once_refuse_position(ring, ONCE_SEEN_TWICE, call, position, 0);
	return once_refuse_position(ring, ONCE_NOT_ISSUED, call, position, 0);
}

int once_core_seen(struct once_ring *ring, struct once_hold *hold, uint64_t position,
		   const struct once_ring *issuer)
{
	if (!is_held(ring, hold, position))
		return refusal(ring, hold, position, issuer);
	/*@ ghost uint64_t first = once_head; */
	/*@ ghost uint32_t first_at = once_head_at; */
	spend(ring, hold, position);
	/*@ assert others: \forall integer i; 0 <= i < ring->view.cq_entries &&
	      ring->memory.window + i != hold ==>
	      ring->memory.window[i].position == \at(ring->memory.window[i].position, Pre); */
	/*@ assert spent: hold->position == ONCE_NO_POSITION; */
	/*@ assert stays: position != first ==> once_prefix(ring); */
	pass_first(ring, hold, position);
	/*@ assert others: \forall integer i; 0 <= i < ring->view.cq_entries &&
	      ring->memory.window + i != hold ==>
	      ring->memory.window[i].position == \at(ring->memory.window[i].position, Pre); */
	/*@ assert stays: position != first ==> once_prefix(ring); */
	/*@ assert spent: hold->position == ONCE_NO_POSITION; */
	pass_seen(ring);
	/*@ assert others: \forall integer i; 0 <= i < ring->view.cq_entries &&
	      ring->memory.window + i != hold ==>
	      ring->memory.window[i].position == \at(ring->memory.window[i].position, Pre); */
	/*@ assert spent: hold->position == ONCE_NO_POSITION; */
	/*@ ghost once_lemma_place(ring->view.cq_entries, first, first_at, position); */
	return 0;
}

/*
 * Tokens in the order of the head need no mark: each is seen, passed and
 * reclaimed at once. Works on copies of the counters, and stops at the first
 * token that is not the head's.
 */
/*@ requires ring: once_machine(ring);
    requires one_thread: !once_split_mode(ring);
    requires plainly: ring->submit.credit_taken == ring->complete.credit_returned &&
             ring->submit.sq_tail < ring->submit.wear_from;
    requires tokens: \valid_read(cqes + (0 .. count - 1)) && once_apart(ring, \base_addr(cqes));
    assigns ring->complete.head, ring->complete.head_index, ring->complete.freed,
            ring->complete.ended, ring->complete.held, ring->submit.free,
            ring->memory.window[0 .. ring->view.cq_entries - 1].position,
            ring->memory.ops[0 .. ring->capacity - 1].life,
            ring->memory.stack[0 .. ring->capacity - 1],
            once_at[0 .. 65535], once_place[0 .. 65535], once_state[0 .. 65535],
            once_rank[0 .. 65535], once_n_free, once_n_ended, once_freed, once_head, once_head_at,
            once_out_at[0 .. 65535], once_out_place[0 .. 65535], once_n_out;
    ONCE_KEEPS_SLOTS(ring);
    ONCE_KEEPS_WINDOW(ring);
    ONCE_KEEPS_BOOKS(ring);
    ensures range: 0 <= \result <= count;
    ensures forward: once_head == \old(once_head) + \result;
    ensures place: once_head_at == once_wrap(ring->view.cq_entries, \old(once_head_at) + \result);
    ensures same: ring->capacity == \old(ring->capacity) &&
            ring->view.cq_entries == \old(ring->view.cq_entries) &&
            ring->complete.opened_at == \old(ring->complete.opened_at);
    ensures untouched: \result == 0 ==> (\forall integer i; 0 <= i < ring->view.cq_entries ==>
            ring->memory.window[i].position == \old(ring->memory.window[i].position));
    ensures held: ring->complete.held == \old(ring->complete.held) - \result; */
static uint32_t see_run(struct once_ring *ring, const struct once_cqe *cqes, uint32_t count)
{
	struct once_hold *const window = ring->memory.window;
	const uint64_t head = ring->complete.head;
	uint32_t index = ring->complete.head_index;
	uint32_t free = ring->submit.free;
	uint32_t n;

	/*@ loop invariant range: 0 <= n <= count && \at(once_head, Pre) + n == once_head <= once_next;
	    ONCE_LOOP_SLOTS(ring);
	    ONCE_LOOP_WINDOW(ring);
	    loop invariant index: index == once_head_at;
	    loop invariant free: \at(ring->submit.free, Pre) <= free == once_n_free;
	    loop invariant ended: \at(ring->complete.ended, Pre) ==
	      once_n_ended + (free - \at(ring->submit.free, Pre));
	    loop invariant freed: \at(ring->complete.freed, Pre) +
	      (free - \at(ring->submit.free, Pre)) == once_freed;
	    loop invariant tokens_out: \at(ring->complete.held, Pre) == once_n_out + n;
	    loop invariant same_tail: ring->submit.sq_tail == \at(ring->submit.sq_tail, Pre);
	    loop invariant same_wear: ring->submit.wear_from == \at(ring->submit.wear_from, Pre);
	    loop invariant same_lent: ring->submit.credit_taken == \at(ring->submit.credit_taken, Pre);
	    loop invariant same_back: ring->complete.credit_returned ==
	      \at(ring->complete.credit_returned, Pre);
	    loop invariant same_options: ring->options == \at(ring->options, Pre);
	    loop invariant same_capacity: ring->capacity == \at(ring->capacity, Pre);
	    loop invariant same_entries: ring->view.cq_entries == \at(ring->view.cq_entries, Pre);
	    loop invariant same_free: ring->submit.free == \at(ring->submit.free, Pre);
	    loop invariant same_ended: ring->complete.ended == \at(ring->complete.ended, Pre);
	    loop invariant same_freed: ring->complete.freed == \at(ring->complete.freed, Pre);
	    loop invariant same_held: ring->complete.held == \at(ring->complete.held, Pre);
	    loop invariant same_collected: ring->submit.collected == \at(ring->submit.collected, Pre);
	    loop invariant same_delivered: ring->complete.delivered == \at(ring->complete.delivered, Pre);
	    loop invariant same_next: ring->complete.next_index == \at(ring->complete.next_index, Pre);
	    loop invariant same_opening: ring->complete.opened_at == \at(ring->complete.opened_at, Pre);
	    loop invariant same_open: ring->open == \at(ring->open, Pre);
	    loop invariant place: once_head_at ==
	      once_wrap(ring->view.cq_entries, \at(once_head_at, Pre) + n);
	    loop invariant untouched: n == 0 ==> (\forall integer i; 0 <= i < ring->view.cq_entries ==>
	      ring->memory.window[i].position == \at(ring->memory.window[i].position, Pre));
	    loop assigns n, index, free,
	      ring->memory.window[0 .. ring->view.cq_entries - 1].position,
	      ring->memory.ops[0 .. ring->capacity - 1].life,
	      ring->memory.stack[0 .. ring->capacity - 1],
	      once_at[0 .. 65535], once_place[0 .. 65535], once_state[0 .. 65535],
	      once_rank[0 .. 65535], once_n_free, once_n_ended, once_freed, once_head, once_head_at,
	      once_out_at[0 .. 65535], once_out_place[0 .. 65535], once_n_out;
	    loop variant count - n; */
	for (n = 0; n < count; n++) {
		struct once_hold *hold = &window[index];

		/*@ assert index: index < ring->view.cq_entries; */
		/*@ assert window: \valid(ring->memory.window + (0 .. ring->view.cq_entries - 1)); */
		/*@ assert hold: \valid(ring->memory.window + index); */
		if (cqes[n].hold != hold || cqes[n].position != head + n ||
		    hold->position != head + n)
			break;
		once_mark_seen(ring, hold);
		free += pass_plainly(ring, hold, free);
		index = once_next_place(ring, index);
	}
	/*@ ghost once_still(ring); */
	close_run(ring, head + n, index, free);
	once_set_held(ring, ring->complete.held - n);
	return n;
}

/* Of a contract: what is not among the first *n* tokens is as it was. */
#define ONCE_OTHERS_STAY(ring, cqes, n) \
	ensures others: \forall integer i; 0 <= i < ring->view.cq_entries && \
	        (\forall integer k; 0 <= k < n ==> cqes[k].hold != ring->memory.window + i) ==> \
	        ring->memory.window[i].position == \old(ring->memory.window[i].position)

/* Tokens in any other order: marked only. Returns how many of *count* are seen. */
/*@ requires ring: once_machine(ring);
    requires tokens: \valid_read(cqes + (0 .. count - 1)) && once_apart(ring, \base_addr(cqes));
    assigns ring->memory.window[0 .. ring->view.cq_entries - 1].position, ring->complete.held,
            once_out_at[0 .. 65535], once_out_place[0 .. 65535], once_n_out;
    ONCE_KEEPS_SLOTS(ring);
    ONCE_KEEPS_WINDOW(ring);
    ONCE_KEEPS_BOOKS(ring);
    ensures range: 0 <= \result <= count;
    ensures some: count > 0 && \old(once_token_out(ring, cqes[0].hold, cqes[0].position)) ==>
            \result > 0;
    ensures spent: \forall integer k; 0 <= k < \result ==> once_token_spent(ring, cqes[k].position);
    ensures stops: \result < count ==>
            !once_token_out(ring, cqes[\result].hold, cqes[\result].position);
    ONCE_OTHERS_STAY(ring, cqes, \result);
    ensures same: ring->capacity == \old(ring->capacity) &&
            ring->view.cq_entries == \old(ring->view.cq_entries) &&
            ring->complete.opened_at == \old(ring->complete.opened_at);
    ensures held: ring->complete.held == \old(ring->complete.held) - \result; */
static uint32_t see_others(struct once_ring *ring, const struct once_cqe *cqes, uint32_t count)
{
	uint32_t n = 0;

	/*@ loop invariant range: 0 <= n <= count;
	    ONCE_LOOP_SLOTS(ring);
	    ONCE_LOOP_WINDOW(ring);
	    loop invariant tokens_out: \at(ring->complete.held, Pre) == once_n_out + n;
	    loop invariant same_collected: ring->submit.collected == \at(ring->submit.collected, Pre);
	    loop invariant same_freed: ring->complete.freed == \at(ring->complete.freed, Pre);
	    loop invariant same_head: ring->complete.head == \at(ring->complete.head, Pre);
	    loop invariant same_delivered: ring->complete.delivered == \at(ring->complete.delivered, Pre);
	    loop invariant same_opening: ring->complete.opened_at == \at(ring->complete.opened_at, Pre);
	    loop invariant untouched: n == 0 ==> (\forall integer i; 0 <= i < ring->view.cq_entries ==>
	      ring->memory.window[i].position == \at(ring->memory.window[i].position, Pre));
	    loop invariant first: n == 0 ==> cqes[0].position == \at(cqes[0].position, Pre);
	    loop invariant spent: \forall integer k; 0 <= k < n ==>
	      once_token_spent(ring, cqes[k].position);
	    loop invariant others: \forall integer i; 0 <= i < ring->view.cq_entries &&
	      (\forall integer k; 0 <= k < n ==> cqes[k].hold != ring->memory.window + i) ==>
	      ring->memory.window[i].position == \at(ring->memory.window[i].position, Pre);
	    loop assigns n, ring->memory.window[0 .. ring->view.cq_entries - 1].position,
	      once_out_at[0 .. 65535], once_out_place[0 .. 65535], once_n_out;
	    loop variant count - n; */
	while (n < count && is_held(ring, cqes[n].hold, cqes[n].position)) {
		once_mark_seen(ring, cqes[n].hold);
		/*@ assert marked: \forall integer i; 0 <= i < ring->view.cq_entries &&
		      \at(ring->memory.window[i].position, LoopCurrent) == ONCE_NO_POSITION ==>
		      ring->memory.window[i].position == ONCE_NO_POSITION; */
		/*@ assert before: \forall integer k; 0 <= k < n ==>
		      once_token_spent(ring, cqes[k].position); */
		/*@ assert now: once_token_spent(ring, cqes[n].position); */
		n++;
	}
	once_set_held(ring, ring->complete.held - n);
	return n;
}

/* The rest, and the head passes what is seen. */
/*@ requires ring: once_machine(ring);
    requires tokens: \valid_read(cqes + (0 .. count - 1)) && once_apart(ring, \base_addr(cqes));
    assigns ring->memory.window[0 .. ring->view.cq_entries - 1].position, ring->complete.held,
            ONCE_HEAD_COUNTERS(ring), ONCE_SLOT_MEMORY(ring), once_out_at[0 .. 65535],
            once_out_place[0 .. 65535], once_n_out;
    ONCE_KEEPS_SLOTS(ring);
    ONCE_KEEPS_WINDOW(ring);
    ONCE_KEEPS_BOOKS(ring);
    ensures prefix: once_prefix(ring);
    ensures range: 0 <= \result <= count;
    ensures forward: \old(once_head) <= once_head;
    ensures some: count > 0 && \old(once_token_out(ring, cqes[0].hold, cqes[0].position)) ==>
            \result > 0;
    ONCE_OTHERS_STAY(ring, cqes, \result);
    ensures same: ring->capacity == \old(ring->capacity) &&
            ring->view.cq_entries == \old(ring->view.cq_entries) &&
            ring->complete.opened_at == \old(ring->complete.opened_at);
    ensures held: ring->complete.held == \old(ring->complete.held) - \result; */
static inline uint32_t see_rest(struct once_ring *ring, const struct once_cqe *cqes, uint32_t count)
{
	const uint32_t n = see_others(ring, cqes, count);

	once_reclaim(ring);
	return n;
}

int once_seen_batch(struct once_ring *ring, const struct once_cqe *cqes, unsigned count)
{
	const uint32_t most = count < INT32_MAX ? count : INT32_MAX;
	uint32_t seen = 0;

	if (most == 0)
		return 0;
	/* also on a closed ring, which has no head to publish */
	if (!is_held(ring, cqes[0].hold, cqes[0].position))
		return refusal(ring, cqes[0].hold, cqes[0].position, cqes[0].ring);
	/*@ assert apart: \base_addr(cqes) != \base_addr(ring) &&
	      \base_addr(cqes) != \base_addr(ring->memory.window) &&
	      \base_addr(cqes) != \base_addr(ring->memory.ops); */
	if (!once_is_split(ring) && once_frees_plainly(ring)) {
		seen = see_run(ring, cqes, most);
		/*@ assert token: cqes[0].position == \at(cqes[0].position, Pre); */
	}
	/*@ assert token: cqes[0].position == \at(cqes[0].position, Pre); */
	/*@ assert same: ring->capacity == \at(ring->capacity, Pre) &&
	      ring->view.cq_entries == \at(ring->view.cq_entries, Pre) &&
	      ring->complete.opened_at == \at(ring->complete.opened_at, Pre); */
	/*@ assert range: 0 <= seen <= most; */
	/*@ assert held: ring->complete.held == \at(ring->complete.held, Pre) - seen; */
	/*@ assert first: seen == 0 ==> once_token_out(ring, cqes[0].hold, cqes[0].position); */
	/*@ assert index: once_head_at < ring->view.cq_entries &&
	      ring->complete.head_index == once_head_at; */
	/*@ assert place: \valid_read(ring->memory.window + once_head_at); */
	/*@ assert machine: once_machine(ring); */
	if (seen == most && !once_head_is_seen(ring)) {
		/*@ assert opened: once_opened(ring); */
		return (int)seen;
	}
	seen += see_rest(ring, cqes + seen, most - seen);
	/*@ assert opened: once_opened(ring); */
	return (int)seen;
}
