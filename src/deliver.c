/* SPDX-License-Identifier: MIT */
/*
 * Deliver: the next CQE that was not delivered becomes a hold. The CQE is
 * copied at once and never read again; its place stays the ring's until the
 * head passes it.
 */
#include "deliver.h"

/* A tail that no kernel can have: nothing of it is believed. */
/*@ requires ring: \valid_read(ring);
    requires ready: 0 <= ring->complete.ready - ring->complete.delivered <= UINT32_MAX;
    assigns \nothing;
    ensures ready: \result == ring->complete.ready - ring->complete.delivered; */
static ONCE_COLD uint32_t refuse_tail(struct once_ring *ring, uint32_t posted)
{
	const struct once_complete_side *side = &ring->complete;

	if (side->delivered < ONCE_COUNTER_END)
		(void)once_refuse_complete_value(ring, ONCE_CORRUPT_CQ, "once_peek", ring->view.cq_entries, posted);
	return (uint32_t)(side->ready - side->delivered);
}

/* So many are known to be posted. */
/*@ requires memory: once_memory_ok(ring);
    requires slots: once_slots_ok(ring);
    requires window: once_window_ok(ring);
    requires ready: once_next <= ready <= once_END + 65536 &&
             ready - ring->complete.published <= ring->view.cq_entries;
    assigns ring->complete.ready;
    ONCE_KEEPS_SLOTS(ring);
    ONCE_KEEPS_WINDOW(ring);
    ensures ready: ring->complete.ready == ready; */
static inline void set_ready(struct once_ring *ring, uint64_t ready)
{
	ring->complete.ready = ready;
}

uint32_t once_refill(struct once_ring *ring)
{
	struct once_complete_side *side = &ring->complete;
	const uint64_t delivered = side->delivered;
	uint32_t posted;

	if (side->published != side->head)
		once_tell(ring);
	/*@ assert books: once_books_submit(ring) && once_books_complete(ring); */
	/*@ assert same: side->delivered == delivered == once_next &&
	      ring->view.cq_entries == \at(ring->view.cq_entries, Pre); */
	/*@ assert window: 0 <= delivered - side->published <= ring->view.cq_entries <= 65536; */
	posted = once_ahead(once_load_kernel(ring->view.cq_tail), (uint32_t)(delivered % ONCE_WORD_5));
	if (posted > ring->view.cq_entries - (uint32_t)(delivered - side->published) ||
	    delivered >= ONCE_COUNTER_END)
		return refuse_tail(ring, posted);
	set_ready(ring, delivered + posted);
	return posted;
}

uint32_t once_deliverable(struct once_ring *ring)
{
	const uint32_t posted = once_refill(ring);

	/*@ assert same_own: once_same_own{Pre, Here}(ring); */
	/*@ assert listed: \at(once_own_listed(ring), Pre) ==> once_own_listed(ring); */
	return posted - once_own_ready(ring);
}

/* A CQE that no operation in flight posted is delivered. NULL if it was the library's own. */
/*@ requires memory: once_memory_ok(ring);
    requires slots: once_slots_ok(ring);
    requires window: once_window_ok(ring);
    requires books: books_less(ring, 1);
    requires last: once_head < once_next && hold == ring->memory.window + once_last_at(ring->view.cq_entries);
    requires position: hold->position == once_next - 1;
    requires cqe: \valid_read(cqe) && \base_addr(cqe) == \base_addr(ring->view.cqes);
    assigns hold->position, hold->pad, ring->complete.timers, ring->complete.removes,
            ring->complete.cancels, ring->complete.cancel_result, ring->complete.held,
            once_out_at[0 .. 65535], once_out_place[0 .. 65535], once_n_out,
            ONCE_HEAD_COUNTERS(ring), ONCE_SLOT_MEMORY(ring);
    assigns \result \from hold;
    ensures ring: once_machine(ring);
    ensures ends: once_same_ends{Old, Here}(ring);
    ensures same_own: once_same_own{Old, Here}(ring);
    STEP_SAME(ring);
    STEP_OTHERS(ring, hold);
    ensures next: once_next == \old(once_next) && once_next_at == \old(once_next_at);
    ensures forward: \old(once_head) <= once_head;
    ensures own: \result == \null ==> ring->complete.held == \old(ring->complete.held) &&
            once_prefix(ring);
    ensures token: \result != \null ==> \result == hold &&
            hold->position == \old(hold->position) &&
            ring->complete.held == \old(ring->complete.held) + 1;
    ensures passed: \result != \null ==> once_head == \old(once_head) &&
            once_head_at == \old(once_head_at); */
static inline struct once_hold *settle_other(struct once_ring *ring, struct once_hold *hold,
					     const struct once_wire_cqe *cqe, uint64_t user_data)
{
	/*@ assert place: 0 <= once_last_at(ring->view.cq_entries) < ring->view.cq_entries; */
	/*@ assert real: \valid(hold) && hold != \null; */
	if (once_consume_own(ring, cqe)) {
		/*@ assert books: books_less(ring, 1); */
		pass_own(ring, hold);
		return NULL;
	}
	/*@ assert books: books_less(ring, 1); */
	if (user_data - user_data % ONCE_TAG_UNIT == ring->tag)
		(void)once_refuse_position(ring, ONCE_STRAY_CQE, "once_peek", hold->position, user_data);
	count_token(ring);
	return hold;
}

/* A CQE that no operation in flight posted. NULL if it was the library's own. */
/*@ requires ring: once_machine(ring);
    requires ready: once_next < ring->complete.ready;
    assigns ONCE_DELIVERY(ring);
    assigns \result \from ring->memory.window, ring->complete.next_index;
    ensures ring: once_machine(ring);
    ensures ends: once_same_ends{Old, Here}(ring);
    ensures same_own: once_same_own{Old, Here}(ring);
    STEP_SAME(ring);
    ensures next: once_next == \old(once_next) + 1;
    ensures forward: \old(once_head) <= once_head;
    ensures own: \result == \null ==> ring->complete.held == \old(ring->complete.held) &&
            once_prefix(ring);
    ensures token: \result != \null ==>
            (struct once_hold *)\result == ring->memory.window + \old(once_next_at) &&
            (struct once_hold *)\result ==
              ring->memory.window + once_last_at(ring->view.cq_entries) &&
            \result->position == \old(once_next) &&
            ring->complete.held == \old(ring->complete.held) + 1;
    ensures passed: \result != \null ==> once_head == \old(once_head) &&
            once_head_at == \old(once_head_at);
    ensures others: \forall integer i; 0 <= i < ring->view.cq_entries && i != \old(once_next_at) ==>
            ring->memory.window[i].position == \old(ring->memory.window[i].position); */
static ONCE_COLD struct once_hold *deliver_other(struct once_ring *ring)
{
	struct once_complete_side *side = &ring->complete;
	const struct once_wire_cqe *cqe = once_cqe_at(ring, side->next_index);
	struct once_hold *hold = &ring->memory.window[side->next_index];
	const uint64_t user_data = cqe->user_data;

	/*@ assert place: \valid(hold); */
	/*@ assert real: hold != \null; */
	copy_other(ring, hold, side->delivered, cqe);
	side->next_index = once_next_place(ring, side->next_index);
	once_store_relaxed(&side->delivered, side->delivered + 1);
	/*@ ghost once_still(ring); */
	/*@ assert books: books_less(ring, 1); */
	/*@ assert position: hold->position == \at(once_next, Pre); */
	return settle_other(ring, hold, cqe, user_data);
}

struct once_hold *once_deliver_next(struct once_ring *ring)
{
	struct once_complete_side *side = &ring->complete;

	/*@ loop invariant ring: \at(ring->open, Pre) != 0 ==> once_machine(ring);
	    loop invariant closed: \at(ring->open, Pre) == 0 ==> once_closed(ring);
	    loop invariant open: ring->open == \at(ring->open, Pre);
	    loop invariant ready: ring->complete.ready == \at(ring->complete.ready, Pre);
	    loop invariant entries: ring->view.cq_entries == \at(ring->view.cq_entries, Pre);
	    loop invariant capacity: ring->capacity == \at(ring->capacity, Pre);
	    loop invariant held: ring->complete.held == \at(ring->complete.held, Pre);
	    loop invariant ends: once_same_ends{Pre, Here}(ring);
	    loop invariant same_own: once_same_own{Pre, Here}(ring);
	    loop invariant forward: \at(once_next, Pre) <= once_next && \at(once_head, Pre) <= once_head;
	    loop invariant prefix: \at(once_prefix(ring), Pre) ==> once_prefix(ring);
	    loop invariant stay: \forall integer i; 0 <= i < ring->view.cq_entries &&
	      \at(ring->memory.window[i].position, Pre) != ONCE_NO_POSITION ==>
	      ring->memory.window[i].position == \at(ring->memory.window[i].position, Pre);
	    loop assigns ONCE_DELIVERY(ring);
	    loop variant side->ready - side->delivered; */
	while (side->delivered != side->ready) {
		/*@ assert machine: ring->open != 0 && once_machine(ring); */
		const uint32_t index = side->next_index;
		/*@ assert narrow: ring->cqe_shift == 0 ==> (size_t)index << ring->cqe_shift == index; */
		/*@ assert wide: ring->cqe_shift == 1 ==> (size_t)index << ring->cqe_shift == 2 * index; */
		const struct once_wire_cqe *cqe = &ring->view.cqes[(size_t)index << ring->cqe_shift];
		struct once_hold *hold = &ring->memory.window[index];
		const uint32_t slot = slot_of(ring, cqe, once_load_acquire(&ring->submit.submitted));

		/*@ assert ready: once_next < ring->complete.ready; */
		/*@ assert place: index == once_next_at < ring->view.cq_entries; */
		/*@ assert window: \valid(ring->memory.window + (0 .. ring->view.cq_entries - 1)); */
		/*@ assert usable: \valid(hold); */
		/*@ assert beyond: once_pos(ring->view.cq_entries, once_next_at) == once_next; */
		/*@ assert seen: ring->memory.window[once_next_at].position == ONCE_NO_POSITION; */
		/*@ assert empty: once_head == once_next ==> once_head_at == once_next_at; */
		if (slot == ONCE_NO_INDEX) {
			hold = deliver_other(ring);
			/*@ assert stay: \forall integer i; 0 <= i < ring->view.cq_entries &&
			      \at(ring->memory.window[i].position, LoopCurrent) != ONCE_NO_POSITION ==>
			      ring->memory.window[i].position ==
			      \at(ring->memory.window[i].position, LoopCurrent); */
			if (hold != NULL)
				return hold;
			continue;
		}
		/*@ assert real: hold != \null; */
		take_ours(ring, index, hold, slot, cqe);
		/*@ ghost once_still(ring); */
		/*@ assert stay: \forall integer i; 0 <= i < ring->view.cq_entries &&
		      \at(ring->memory.window[i].position, LoopCurrent) != ONCE_NO_POSITION ==>
		      ring->memory.window[i].position ==
		      \at(ring->memory.window[i].position, LoopCurrent); */
		return hold;
	}
	return NULL;
}

/* Nothing is known to be ready: look again, then fetch what the kernel keeps back. */
/*@ requires ring: \valid(ring) && (once_machine(ring) || once_closed(ring));
    requires error: \valid(error) && \base_addr(error) != \base_addr(ring) &&
             (ring->open != 0 ==> once_apart(ring, \base_addr(error)));
    assigns *error, ring->port, ring->submit.owner, ring->complete.owner, ring->complete.ready,
            ONCE_DELIVERY(ring);
    assigns \result \from ring->memory.window, ring->complete.next_index;
    ensures same: ring->open == \old(ring->open) &&
            ring->view.cq_entries == \old(ring->view.cq_entries) &&
            ring->capacity == \old(ring->capacity);
    behavior open:
      assumes open: ring->open != 0;
      ensures ring: once_machine(ring);
      ensures forward: \old(once_next) <= once_next && \old(once_head) <= once_head;
      ensures none: \result == \null ==> *error < 0 &&
              ring->complete.held == \old(ring->complete.held);
      ensures token: \result != \null ==> \old(once_next) < once_next &&
              (struct once_hold *)\result ==
                ring->memory.window + once_last_at(ring->view.cq_entries) &&
              \result->position == once_next - 1 &&
              ring->complete.held == \old(ring->complete.held) + 1;
      ONCE_TOKENS_STAY(ring);
      ensures prefix: \old(once_prefix(ring)) ==> once_prefix(ring);
    behavior closed:
      assumes closed: ring->open == 0;
      ensures none: \result == \null && *error == ONCE_NOT_OPEN;
      ensures ring: once_closed(ring);
    complete behaviors;
    disjoint behaviors; */
static ONCE_COLD struct once_hold *peek_slowly(struct once_ring *ring, int *error)
{
	struct once_hold *hold;
	int rc;

	if (ring->open == 0) {
		*error = once_refuse_complete(ring, ONCE_NOT_OPEN, "once_peek");
		return NULL;
	}
	/*@ assert machine: once_machine(ring); */
	if (once_refill(ring) != 0) {
		/*@ assert prefix: \at(once_prefix(ring), Pre) ==> once_prefix(ring); */
		/*@ assert same: ring->view.cq_entries == \at(ring->view.cq_entries, Pre) &&
		      ring->capacity == \at(ring->capacity, Pre) && ring->open != 0; */
		hold = once_deliver_next(ring);
		if (hold != NULL)
			return hold;
	}
	/*@ assert machine: once_machine(ring); */
	/*@ assert prefix: \at(once_prefix(ring), Pre) ==> once_prefix(ring); */
	/*@ assert held: ring->complete.held == \at(ring->complete.held, Pre) && ring->open != 0; */
	/*@ assert stay: \forall integer i; 0 <= i < ring->view.cq_entries &&
	      \at(ring->memory.window[i].position, Pre) != ONCE_NO_POSITION ==>
	      ring->memory.window[i].position == \at(ring->memory.window[i].position, Pre); */
	rc = once_fetch_backlog(ring, "once_peek");
	/*@ assert prefix: \at(once_prefix(ring), Pre) ==> once_prefix(ring); */
	/*@ assert held: ring->complete.held == \at(ring->complete.held, Pre) && ring->open != 0; */
	/*@ assert stay: \forall integer i; 0 <= i < ring->view.cq_entries &&
	      \at(ring->memory.window[i].position, Pre) != ONCE_NO_POSITION ==>
	      ring->memory.window[i].position == \at(ring->memory.window[i].position, Pre); */
	hold = once_deliver_next(ring);
	/*@ assert machine: once_machine(ring); */
	/*@ assert stay: \forall integer i; 0 <= i < ring->view.cq_entries &&
	      \at(ring->memory.window[i].position, Pre) != ONCE_NO_POSITION ==>
	      ring->memory.window[i].position == \at(ring->memory.window[i].position, Pre); */
	*error = rc < 0 ? rc : -EAGAIN;
	return hold;
}

struct once_hold *once_core_peek(struct once_ring *ring, int *error)
{
	struct once_hold *hold = once_deliver_next(ring);

	if (hold == NULL)
		hold = peek_slowly(ring, error);
	/*@ ghost
	  if (hold != NULL && ring->open != 0) {
	    lemma_newest(ring);
	  }
	*/
	return hold;
}
