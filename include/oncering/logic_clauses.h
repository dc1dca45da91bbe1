/* SPDX-License-Identifier: MIT */
/*
 * What a contract says of the whole machine, clause by clause, so that a failed
 * goal names what is lost. *kind*: requires, ensures, loop invariant.
 */
#ifndef ONCERING_LOGIC_CLAUSES_H
#define ONCERING_LOGIC_CLAUSES_H

#define ONCE_SLOT_CLAUSES(kind, ring) \
	kind memory: once_memory_ok(ring); \
	kind counted: once_counted(ring->capacity); \
	kind slots: once_slots(ring); \
	kind stack: once_stack(ring); \
	kind stacked: once_stacked(ring); \
	kind ends: once_ring_ends(ring); \
	kind parked: once_parked(ring); \
	kind returned: once_returned(ring); \
	kind wear: once_wear(ring); \
	kind ledger: once_ledger(ring); \
	kind sums: once_sums(ring->capacity); \
	kind credits: once_credits(ring); \
	kind total: once_credit_total(ring); \
	kind debtors: once_debtors(ring); \
	kind queue: once_queue(ring)

#define ONCE_WINDOW_CLAUSES(kind, ring) \
	kind bounds: once_bounds(ring); \
	kind told: once_told(ring); \
	kind marks: once_marks(ring); \
	kind holds: once_holds(ring); \
	kind endings: once_endings(ring); \
	kind tokens: once_tokens(ring->view.cq_entries); \
	kind out: once_out(ring)

#define ONCE_BOOK_CLAUSES(kind, ring) \
	kind open: ring->open != 0; \
	kind books_submit: once_books_submit(ring); \
	kind books_complete: once_books_complete(ring)

#define ONCE_NEEDS_SLOTS(ring) ONCE_SLOT_CLAUSES(requires, ring)
#define ONCE_NEEDS_WINDOW(ring) ONCE_WINDOW_CLAUSES(requires, ring)
#define ONCE_KEEPS_SLOTS(ring) ONCE_SLOT_CLAUSES(ensures, ring)
#define ONCE_KEEPS_WINDOW(ring) ONCE_WINDOW_CLAUSES(ensures, ring)
#define ONCE_KEEPS_BOOKS(ring) ONCE_BOOK_CLAUSES(ensures, ring)
#define ONCE_LOOP_SLOTS(ring) ONCE_SLOT_CLAUSES(loop invariant, ring)
#define ONCE_LOOP_WINDOW(ring) ONCE_WINDOW_CLAUSES(loop invariant, ring)

/* The window stays as it is. */
#define ONCE_WINDOW_KEPT(ring) \
	\forall integer i; 0 <= i < ring->view.cq_entries ==> \
	  ring->memory.window[i].slot == \old(ring->memory.window[i].slot) && \
	  ring->memory.window[i].flags == \old(ring->memory.window[i].flags) && \
	  ring->memory.window[i].position == \old(ring->memory.window[i].position)

/* Neither side's counters change, but the head. */
#define ONCE_SAME_COUNTERS(ring) \
	ensures same_places: ring->complete.delivered == \old(ring->complete.delivered) && \
	  ring->complete.next_index == \old(ring->complete.next_index); \
	ensures same_counts: ring->complete.held == \old(ring->complete.held) && \
	  ring->complete.ended == \old(ring->complete.ended) && \
	  ring->submit.free == \old(ring->submit.free); \
	ensures same_totals: ring->complete.freed == \old(ring->complete.freed) && \
	  ring->submit.collected == \old(ring->submit.collected); \
	ensures same_opening: ring->complete.opened_at == \old(ring->complete.opened_at) && \
	  ring->open == \old(ring->open) && ring->options == \old(ring->options); \
	ensures same_limits: ring->submit.sq_tail == \old(ring->submit.sq_tail) && \
	  ring->submit.wear_from == \old(ring->submit.wear_from) && \
	  ring->submit.credit_taken == \old(ring->submit.credit_taken) && \
	  ring->complete.credit_returned == \old(ring->complete.credit_returned)

/* The SQ's positions stay as they are. */
#define ONCE_SAME_SQ(ring) \
	ensures same_tail: ring->submit.sq_tail == \old(ring->submit.sq_tail) && \
	  ring->submit.sq_lap == \old(ring->submit.sq_lap); \
	ensures same_total: ring->submit.own_total == \old(ring->submit.own_total); \
	ensures same_pending: ring->submit.own_pending == \old(ring->submit.own_pending)

/* The tokens that are out stay as they are. */
#define ONCE_SAME_TOKENS(ring) \
	ensures entries: ring->view.cq_entries == \old(ring->view.cq_entries); \
	ensures capacity: ring->capacity == \old(ring->capacity); \
	ensures held: ring->complete.held == \old(ring->complete.held); \
	ensures kept: \forall integer i; 0 <= i < ring->view.cq_entries ==> \
	  ring->memory.window[i].position == \old(ring->memory.window[i].position)

/* The tokens that are out stay so; there may be new ones. */
#define ONCE_TOKENS_STAY(ring) \
	ensures stay: \forall integer i; 0 <= i < ring->view.cq_entries && \
	  \old(ring->memory.window[i].position) != ONCE_NO_POSITION ==> \
	  ring->memory.window[i].position == \old(ring->memory.window[i].position)

/* What reclaiming may change, but the ring's own counters. */
#define ONCE_SLOT_MEMORY(ring) \
	ring->complete.retired, ring->complete.return_index, ring->complete.credit_returned, \
	ring->submit.free, ring->memory.stack[0 .. ring->capacity - 1], \
	ring->memory.returned[0 .. ring->capacity - 1], \
	ring->memory.credits[0 .. ring->capacity - 1], \
	ring->memory.ops[0 .. ring->capacity - 1].life, once_at[0 .. 65535], \
	once_place[0 .. 65535], once_state[0 .. 65535], once_rank[0 .. 65535], \
	once_credit_sum[0 .. 65536], once_n_free, once_n_ended, once_n_parked, once_n_retired, \
	once_freed, once_head, once_head_at

/* Every ghost: where the machine is. */
#define ONCE_GHOSTS \
	once_state[0 .. 65535], once_at[0 .. 65535], once_place[0 .. 65535], once_rank[0 .. 65535], \
	once_end_at[0 .. 65535], once_out_at[0 .. 65535], once_out_place[0 .. 65535], \
	once_credit_sum[0 .. 65536], once_n_free, once_n_taken, once_n_live, once_n_ended, \
	once_n_parked, once_n_retired, once_n_out, once_freed, once_collected, once_head, \
	once_head_at, once_next, once_next_at, once_arming

/* What a look at how far the kernel has read may change. */
#define ONCE_RECOUNT(ring) \
	ring->submit.consumed, ring->submit.room, ring->submit.free, ring->submit.collected, \
	ring->submit.collect_index, ring->memory.stack[0 .. ring->capacity - 1], \
	once_at[0 .. 65535], once_place[0 .. 65535], once_state[0 .. 65535], \
	once_rank[0 .. 65535], once_n_free, once_n_parked, once_collected

/* What follows from it, too: what is in flight, and the list of the library's own. */
#define ONCE_FOLLOWING(ring) \
	ring->submit.submitted, ring->submit.own_pending, \
	ring->submit.own[0 .. ONCE_OWN_SQES - 1], ONCE_RECOUNT(ring)

/* What showing the SQ to the kernel may change. */
#define ONCE_SUBMISSION(ring) \
	ring->complete.published, *ring->view.cq_head, *ring->view.sq_tail, ONCE_FOLLOWING(ring)

/* ... and what appending an SQE of the library's own may change. */
#define ONCE_OWN_SUBMISSION(ring) \
	ONCE_SUBMISSION(ring), ring->submit.sq_lap, ring->submit.sq_tail, ring->submit.own_total, \
	ring->view.sqes[0 .. ring->view.sq_entries - 1], \
	ring->memory.times[0 .. ring->view.sq_entries - 1]

/* Of the contract of what the library submits for itself: the machine stays, and its tokens. */
#define ONCE_KEEPS_OPENED(ring) \
	ONCE_KEEPS_SLOTS(ring); \
	ONCE_KEEPS_WINDOW(ring); \
	ONCE_KEEPS_BOOKS(ring); \
	ensures prefix: once_prefix(ring); \
	ensures own: once_own_ok(ring); \
	ensures arrays: once_same_arrays{Old, Here}(ring); \
	ensures sq_entries: ring->view.sq_entries == \old(ring->view.sq_entries); \
	ONCE_SAME_TOKENS(ring)

/* Of a submit's contract: what it returned has become in flight, and nothing else. */
#define ONCE_SUBMITTED(ring) \
	ensures opened: once_opened(ring); \
	ensures account: once_account(ring); \
	ensures in_flight: \result >= 0 ==> \
	  once_count_in_flight(ring) == \old(once_count_in_flight(ring)) + \result; \
	ensures refused: once_is_refusal(\result) ==> \
	  once_count_in_flight(ring) == \old(once_count_in_flight(ring)); \
	ensures taken: \old(once_count_taken(ring)) != 0 ==> \
	  \result == ONCE_NOT_ARMED || \result == ONCE_WRONG_THREAD; \
	ONCE_SAME_TOKENS(ring)

/* ... and of one that waits. */
#define ONCE_SUBMITTED_AND_WAITED(ring) \
	ONCE_SUBMITTED(ring); \
	ensures answer: \result >= 0 || \result == ONCE_NOT_ARMED || \
	  \result == ONCE_WRONG_THREAD || \result == ONCE_ALL_HELD || \
	  \result == ONCE_WOULD_HANG || -4095 <= \result <= -1

/* What the head's move may change of them. */
#define ONCE_HEAD_COUNTERS(ring) \
	ring->complete.head, ring->complete.head_index, ring->complete.freed, \
	ring->complete.ended, ring->complete.published, *ring->view.cq_head

/* The arrays lie where they lay at *label*. Spelt out, for a frame that names them. */
#define ONCE_LIES_AS(ring, label) \
	ring->memory.ops == \at(ring->memory.ops, label) && \
	ring->memory.stack == \at(ring->memory.stack, label) && \
	ring->memory.returned == \at(ring->memory.returned, label) && \
	ring->memory.credits == \at(ring->memory.credits, label) && \
	ring->memory.window == \at(ring->memory.window, label) && \
	ring->view.cq_head == \at(ring->view.cq_head, label) && \
	ring->view.cq_entries == \at(ring->view.cq_entries, label) && \
	ring->capacity == \at(ring->capacity, label)

/* The library's own SQEs are as they were at *label*; spelt out for the same reason. */
#define ONCE_OWN_AS(ring, label) \
	ring->submit.own[0] == \at(ring->submit.own[0], label) && \
	ring->submit.own[1] == \at(ring->submit.own[1], label) && \
	ring->submit.own[2] == \at(ring->submit.own[2], label) && \
	ring->submit.own[3] == \at(ring->submit.own[3], label)

/* Of a loop that delivers: what it assigns, where the arrays lay when the function began. */
#define ONCE_LOOP_DELIVERY(ring) \
	\at(ring->memory.window, Pre)[0 .. \at(ring->view.cq_entries, Pre) - 1], \
	\at(ring->memory.ops, Pre)[0 .. \at(ring->capacity, Pre) - 1].id, \
	\at(ring->memory.ops, Pre)[0 .. \at(ring->capacity, Pre) - 1].life, \
	\at(ring->memory.stack, Pre)[0 .. \at(ring->capacity, Pre) - 1], \
	\at(ring->memory.returned, Pre)[0 .. \at(ring->capacity, Pre) - 1], \
	\at(ring->memory.credits, Pre)[0 .. \at(ring->capacity, Pre) - 1], \
	*\at(ring->view.cq_head, Pre), ring->complete.delivered, ring->complete.next_index, \
	ring->complete.held, ring->complete.timers, ring->complete.removes, \
	ring->complete.cancels, ring->complete.cancel_result, ring->complete.head, \
	ring->complete.head_index, ring->complete.freed, ring->complete.ended, \
	ring->complete.published, ring->complete.retired, ring->complete.return_index, \
	ring->complete.credit_returned, ring->submit.free, once_state[0 .. 65535], \
	once_at[0 .. 65535], once_place[0 .. 65535], once_rank[0 .. 65535], \
	once_end_at[0 .. 65535], once_out_at[0 .. 65535], once_out_place[0 .. 65535], \
	once_credit_sum[0 .. 65536], once_n_free, once_n_live, once_n_ended, once_n_parked, \
	once_n_retired, once_n_out, once_freed, once_head, once_head_at, once_next, once_next_at

/* What a timed wait without IORING_FEAT_EXT_ARG may change; of its loop. */
#define ONCE_TIMED_WAIT(ring) \
	ring->complete.ready, ONCE_OWN_SUBMISSION(ring), ONCE_DELIVERY(ring)
#define ONCE_LOOP_TIMED_WAIT(ring) \
	ring->complete.ready, ONCE_LOOP_DELIVERY(ring), *\at(ring->view.sq_tail, Pre), \
	\at(ring->view.sqes, Pre)[0 .. \at(ring->view.sq_entries, Pre) - 1], \
	\at(ring->memory.times, Pre)[0 .. \at(ring->view.sq_entries, Pre) - 1], \
	ring->submit.submitted, ring->submit.own_pending, \
	ring->submit.own[0 .. ONCE_OWN_SQES - 1], ring->submit.consumed, ring->submit.room, \
	ring->submit.collected, ring->submit.collect_index, ring->submit.sq_lap, \
	ring->submit.sq_tail, ring->submit.own_total, once_collected

#endif
