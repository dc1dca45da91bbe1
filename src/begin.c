/* SPDX-License-Identifier: MIT */
/* How a ring begins: every slot FREE, no token out, the counters where the kernel's are. */
#include "ring.h"

/* Position spaces of successive openings lie this far apart. */
#define OPENING UINT64_C(0x10000000000) /* 2^40 */
#define OPENINGS UINT64_C(0x200000)     /* 2^21 */

/*@ requires count: count <= ONCE_CAPACITY_MAX;
    requires words: \valid(words + (0 .. count - 1));
    assigns words[0 .. count - 1];
    ensures zeroes: \forall integer i; 0 <= i < count ==> words[i] == 0; */
static void fill_zeroes(uint32_t *words, uint32_t count)
{
	/*@ loop invariant range: 0 <= i <= count;
	    loop invariant zeroes: \forall integer k; 0 <= k < i ==> words[k] == 0;
	    loop assigns i, words[0 .. count - 1];
	    loop variant count - i; */
	for (uint32_t i = 0; i < count; i++)
		words[i] = 0;
}

/* The first slot on top. */
/*@ requires count: count <= ONCE_CAPACITY_MAX;
    requires stack: \valid(stack + (0 .. count - 1));
    assigns stack[0 .. count - 1];
    ensures slots: \forall integer i; 0 <= i < count ==> stack[i] == count - 1 - i; */
static void fill_stack(uint32_t *stack, uint32_t count)
{
	/*@ loop invariant range: 0 <= i <= count;
	    loop invariant slots: \forall integer k; 0 <= k < i ==> stack[k] == count - 1 - k;
	    loop assigns i, stack[0 .. count - 1];
	    loop variant count - i; */
	for (uint32_t i = 0; i < count; i++)
		stack[i] = count - 1 - i;
}

/* FREE, at rest; *first* is the id of the first slot. */
/*@ requires count: count <= ONCE_CAPACITY_MAX;
    requires ops: \valid(ops + (0 .. count - 1));
    requires first: first <= UINT64_MAX - ONCE_TAG_UNIT;
    assigns ops[0 .. count - 1];
    ensures ids: \forall integer s; 0 <= s < count ==> ops[s].id == first + s * 0x10000000000;
    ensures lives: \forall integer s; 0 <= s < count ==>
            ops[s].life == ONCE_LIFE_FREE && ops[s].lent.type == \null; */
static void fill_ops(struct once_op *ops, uint32_t count, uint64_t first)
{
	/*@ loop invariant range: 0 <= slot <= count;
	    loop invariant ids: \forall integer s; 0 <= s < slot ==>
	      ops[s].id == first + s * 0x10000000000;
	    loop invariant lives: \forall integer s; 0 <= s < slot ==>
	      ops[s].life == ONCE_LIFE_FREE && ops[s].lent.type == \null;
	    loop assigns slot, ops[0 .. count - 1];
	    loop variant count - slot; */
	for (uint32_t slot = 0; slot < count; slot++) {
		ops[slot].id = first + slot * ONCE_GENERATIONS;
		ops[slot].life = ONCE_LIFE_FREE;
		ops[slot].lent.value = 0;
		ops[slot].lent.type = NULL;
	}
}

/*
 * What filling leaves as it was, each field by name: seen where the arrays are
 * filled, with little else about, this costs a prover a tenth.
 */
#define KEEPS_SIDES(ring) \
	ensures sizes: ring->capacity == \old(ring->capacity) && \
	        ring->view.cq_entries == \old(ring->view.cq_entries) && \
	        ring->view.sq_entries == \old(ring->view.sq_entries) && \
	        ring->tag == \old(ring->tag); \
	ensures arrays: ring->memory.ops == \old(ring->memory.ops) && \
	        ring->memory.stack == \old(ring->memory.stack) && \
	        ring->memory.returned == \old(ring->memory.returned) && \
	        ring->memory.credits == \old(ring->memory.credits) && \
	        ring->memory.window == \old(ring->memory.window); \
	ensures tails: ring->submit.sq_tail == \old(ring->submit.sq_tail) && \
	        ring->submit.submitted == \old(ring->submit.submitted) && \
	        ring->submit.consumed == \old(ring->submit.consumed) && \
	        ring->submit.own_total == \old(ring->submit.own_total) && \
	        ring->submit.sq_lap == \old(ring->submit.sq_lap) && \
	        ring->submit.wear_from == \old(ring->submit.wear_from); \
	ensures heads: ring->complete.head == \old(ring->complete.head) && \
	        ring->complete.delivered == \old(ring->complete.delivered) && \
	        ring->complete.ready == \old(ring->complete.ready) && \
	        ring->complete.published == \old(ring->complete.published) && \
	        ring->complete.opened_at == \old(ring->complete.opened_at); \
	ensures totals: ring->submit.credit_taken == \old(ring->submit.credit_taken) && \
	        ring->submit.owner == \old(ring->submit.owner) && \
	        ring->submit.collected == \old(ring->submit.collected) && \
	        ring->complete.freed == \old(ring->complete.freed) && \
	        ring->complete.credit_returned == \old(ring->complete.credit_returned) && \
	        ring->complete.owner == \old(ring->complete.owner); \
	ensures places: ring->complete.head_index == \old(ring->complete.head_index) && \
	        ring->complete.next_index == \old(ring->complete.next_index); \
	ensures free: ring->submit.free == \old(ring->submit.free); \
	ensures submitted: ring->submit.room == \old(ring->submit.room) && \
	        ring->submit.own_pending == \old(ring->submit.own_pending) && \
	        ring->submit.retired == \old(ring->submit.retired) && \
	        ring->submit.collect_index == \old(ring->submit.collect_index); \
	ensures completed: ring->complete.ended == \old(ring->complete.ended) && \
	        ring->complete.held == \old(ring->complete.held) && \
	        ring->complete.return_index == \old(ring->complete.return_index) && \
	        ring->complete.retired == \old(ring->complete.retired) && \
	        ring->complete.timers == \old(ring->complete.timers)

/* What filling one array after the other leaves as it was, where several are of one type. */
#define SAME_SIZES(ring) \
	(ring->capacity == \at(ring->capacity, Pre) && \
	 ring->view.cq_entries == \at(ring->view.cq_entries, Pre) && \
	 ring->view.sq_entries == \at(ring->view.sq_entries, Pre))
#define SAME_SUBMIT(ring) \
	(ring->submit.free == \at(ring->submit.free, Pre) && \
	 ring->submit.room == \at(ring->submit.room, Pre) && \
	 ring->submit.own_pending == \at(ring->submit.own_pending, Pre) && \
	 ring->submit.retired == \at(ring->submit.retired, Pre) && \
	 ring->submit.collect_index == \at(ring->submit.collect_index, Pre))
#define SAME_COMPLETE(ring) \
	(ring->complete.head_index == \at(ring->complete.head_index, Pre) && \
	 ring->complete.next_index == \at(ring->complete.next_index, Pre) && \
	 ring->complete.ended == \at(ring->complete.ended, Pre) && \
	 ring->complete.held == \at(ring->complete.held, Pre) && \
	 ring->complete.return_index == \at(ring->complete.return_index, Pre) && \
	 ring->complete.retired == \at(ring->complete.retired, Pre) && \
	 ring->complete.timers == \at(ring->complete.timers, Pre))

/* Every slot FREE, on the stack in order. */
/*@ requires memory: once_slot_memory(ring);
    requires tag: ring->tag <= ONCE_TAGS * ONCE_TAG_UNIT;
    requires generation: generation < ONCE_GENERATIONS;
    requires window: once_window_memory(ring) && once_window_is_apart(ring);
    requires marked: once_window_marked(ring);
    assigns ring->memory.ops[0 .. ring->capacity - 1],
            ring->memory.stack[0 .. ring->capacity - 1],
            ring->memory.returned[0 .. ring->capacity - 1],
            ring->memory.credits[0 .. ring->capacity - 1];
    ensures ids: once_ids_fresh(ring, generation);
    ensures lives: once_lives_fresh(ring);
    ensures stack: once_stack_fresh(ring);
    ensures credits: once_credits_fresh(ring);
    ensures marked: once_window_marked(ring);
    KEEPS_SIDES(ring); */
static void fill_slots(struct once_ring *ring, uint64_t generation)
{
	const struct once_memory *memory = &ring->memory;

	fill_ops(memory->ops, ring->capacity, ring->tag + generation + ONCE_AT_REST);
	/*@ assert window: ring->view.cq_entries == \at(ring->view.cq_entries, Pre); */
	/*@ assert marked: \forall integer i; 0 <= i < ring->view.cq_entries ==>
	      ring->memory.window[i].position == ONCE_NO_POSITION; */
	fill_stack(memory->stack, ring->capacity);
	/*@ assert sizes_1: SAME_SIZES(ring); */
	/*@ assert submit_1: SAME_SUBMIT(ring); */
	/*@ assert complete_1: SAME_COMPLETE(ring); */
	fill_zeroes(memory->returned, ring->capacity);
	/*@ assert sizes_2: SAME_SIZES(ring); */
	/*@ assert submit_2: SAME_SUBMIT(ring); */
	/*@ assert complete_2: SAME_COMPLETE(ring); */
	/*@ assert stack: once_stack_fresh(ring); */
	fill_zeroes(memory->credits, ring->capacity);
	/*@ assert sizes_3: SAME_SIZES(ring); */
	/*@ assert submit_3: SAME_SUBMIT(ring); */
	/*@ assert complete_3: SAME_COMPLETE(ring); */
}

/* Every place of the window not held. */
/*@ requires memory: once_window_memory(ring);
    assigns ring->memory.window[0 .. ring->view.cq_entries - 1];
    ensures marked: once_window_marked(ring);
    KEEPS_SIDES(ring); */
static void fill_window(struct once_ring *ring)
{
	struct once_hold *const window = ring->memory.window;
	const uint32_t places = ring->view.cq_entries;

	/*@ loop invariant range: 0 <= place <= places;
	    loop invariant marked: \forall integer i; 0 <= i < place ==>
	      window[i].position == ONCE_NO_POSITION;
	    loop assigns place, window[0 .. places - 1];
	    loop variant places - place; */
	for (uint32_t place = 0; place < places; place++) {
		window[place].position = ONCE_SEEN_MARK;
		window[place].slot = ONCE_NO_INDEX;
		window[place].result = 0;
		window[place].flags = 0;
		window[place].pad = 0;
	}
}

void once_void_sides(struct once_ring *ring)
{
	struct once_submit_side *submit = &ring->submit;
	struct once_complete_side *complete = &ring->complete;

	submit->room = 0;
	submit->free = 0;
	submit->sq_tail = 0;
	submit->sq_lap = 0;
	submit->submitted = 0;
	submit->consumed = 0;
	submit->wear_from = 0;
	submit->credit_taken = 0;
	submit->owner = 0;
	submit->own_total = 0;
	submit->own_pending = 0;
	submit->retired = 0;
	submit->wait_first = 0;
	submit->doubt = 0;
	submit->collect_index = 0;
	submit->collected = 0;
	submit->site.file = NULL;
	submit->site.line = 0;
	complete->head = 0;
	complete->delivered = 0;
	complete->ready = 0;
	complete->head_index = 0;
	complete->next_index = 0;
	complete->freed = 0;
	complete->ended = 0;
	complete->held = 0;
	complete->published = 0;
	complete->credit_returned = 0;
	complete->opened_at = 0;
	complete->return_index = 0;
	complete->retired = 0;
	complete->timers = 0;
	complete->removes = 0;
	complete->cancels = 0;
	complete->cancel_result = 0;
	complete->owner = 0;
	complete->site.file = NULL;
	complete->site.line = 0;
}

/* The submitting side starts where the kernel's counter is: at 0, but for tests. */
/*@ requires ring: \valid(ring);
    requires entries: 1 <= ring->view.sq_entries;
    assigns ring->submit.sq_tail, ring->submit.submitted, ring->submit.consumed,
            ring->submit.sq_lap, ring->submit.free, ring->submit.doubt, ring->submit.own_total;
    ensures start: ring->submit.sq_tail == start && ring->submit.submitted == start &&
            ring->submit.consumed == start && ring->submit.own_total == start &&
            ring->submit.free == ring->capacity;
    ensures lap: ring->submit.sq_lap <= start < ring->submit.sq_lap + ring->view.sq_entries; */
static void start_submit(struct once_ring *ring, uint32_t start)
{
	struct once_submit_side *side = &ring->submit;

	side->sq_tail = start;
	side->submitted = start;
	side->consumed = start;
	side->sq_lap = start - start % ring->view.sq_entries;
	side->free = ring->capacity;
	side->doubt = 1; /* see submit.c */
	side->own_total = start; /* what is not the caller's */
}

/* So does the completing side, in a position space of its own. */
/*@ requires ring: \valid(ring);
    requires entries: 1 <= ring->view.cq_entries;
    assigns ring->complete.head, ring->complete.delivered, ring->complete.ready,
            ring->complete.published, ring->complete.opened_at, ring->complete.head_index,
            ring->complete.next_index;
    ensures start: once_complete_starts(ring);
    ensures position: ring->complete.head == (serial % OPENINGS) * OPENING + start; */
static void start_complete(struct once_ring *ring, uint64_t serial, uint32_t start)
{
	struct once_complete_side *side = &ring->complete;
	const uint64_t position = serial % OPENINGS * OPENING + start;

	side->head = position;
	side->delivered = position;
	side->ready = position;
	side->published = position;
	side->opened_at = position;
	side->head_index = start % ring->view.cq_entries;
	side->next_index = side->head_index;
}

/* Both sides, where the kernel's counters are. */
/*@ requires ring: \valid(ring);
    requires counters: \valid_read(ring->view.sq_head) && \valid_read(ring->view.cq_tail);
    requires entries: 1 <= ring->view.sq_entries && 1 <= ring->view.cq_entries;
    requires generation: 1 <= generation < ONCE_GENERATIONS;
    assigns ring->submit, ring->complete;
    ONCE_SIDES_START(ring, generation); */
static void start_sides(struct once_ring *ring, uint64_t serial, uint64_t generation)
{
	once_void_sides(ring);
	/*@ assert sizes: ring->capacity == \at(ring->capacity, Pre) &&
	      ring->view.sq_entries == \at(ring->view.sq_entries, Pre) &&
	      ring->view.cq_entries == \at(ring->view.cq_entries, Pre); */
	start_submit(ring, once_load_kernel(ring->view.sq_head));
	start_complete(ring, serial, once_load_kernel(ring->view.cq_tail));
	ring->submit.wear_from = ring->submit.sq_tail + ONCE_GENERATIONS - generation;
	/*@ assert free: ring->submit.free == ring->capacity; */
	/*@ assert lap: ring->submit.sq_lap <= ring->submit.sq_tail <
	      ring->submit.sq_lap + ring->view.sq_entries; */
}

void once_begin(struct once_ring *ring, uint64_t serial, uint64_t generation)
{
	start_sides(ring, serial, generation);
	fill_window(ring);
	fill_slots(ring, generation);
}
