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
    ensures marked: once_window_marked(ring); */
static void fill_slots(struct once_ring *ring, uint64_t generation)
{
	const struct once_memory *memory = &ring->memory;

	fill_ops(memory->ops, ring->capacity, ring->tag + generation + ONCE_AT_REST);
	/*@ assert window: ring->view.cq_entries == \at(ring->view.cq_entries, Pre); */
	/*@ assert marked: \forall integer i; 0 <= i < ring->view.cq_entries ==>
	      ring->memory.window[i].position == ONCE_NO_POSITION; */
	fill_stack(memory->stack, ring->capacity);
	fill_zeroes(memory->returned, ring->capacity);
	fill_zeroes(memory->credits, ring->capacity);
	/*@ assert entries: ring->view.cq_entries == \at(ring->view.cq_entries, Pre); */
}

/* Every place of the window not held. */
/*@ requires memory: once_window_memory(ring);
    assigns ring->memory.window[0 .. ring->view.cq_entries - 1];
    ensures marked: once_window_marked(ring); */
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

/* What the steps of once_begin() leave as it was. */
#define SAME_SIZES(ring) \
	(ring->capacity == \at(ring->capacity, Pre) && \
	 ring->view.cq_entries == \at(ring->view.cq_entries, Pre) && \
	 ring->view.sq_entries == \at(ring->view.sq_entries, Pre) && \
	 ring->tag == \at(ring->tag, Pre))
#define SAME_ARRAYS(ring) \
	(ring->memory.ops == \at(ring->memory.ops, Pre) && \
	 ring->memory.stack == \at(ring->memory.stack, Pre) && \
	 ring->memory.returned == \at(ring->memory.returned, Pre) && \
	 ring->memory.credits == \at(ring->memory.credits, Pre) && \
	 ring->memory.window == \at(ring->memory.window, Pre))

#define SAME_SIDES(ring) \
	(ring->submit.sq_tail == \at(ring->submit.sq_tail, Sides) && \
	 ring->submit.submitted == \at(ring->submit.submitted, Sides) && \
	 ring->submit.consumed == \at(ring->submit.consumed, Sides) && \
	 ring->submit.own_total == \at(ring->submit.own_total, Sides) && \
	 ring->submit.sq_lap == \at(ring->submit.sq_lap, Sides) && \
	 ring->submit.wear_from == \at(ring->submit.wear_from, Sides))
#define SAME_HEADS(ring) \
	(ring->complete.head == \at(ring->complete.head, Sides) && \
	 ring->complete.delivered == \at(ring->complete.delivered, Sides) && \
	 ring->complete.ready == \at(ring->complete.ready, Sides) && \
	 ring->complete.published == \at(ring->complete.published, Sides) && \
	 ring->complete.opened_at == \at(ring->complete.opened_at, Sides))
void once_begin(struct once_ring *ring, uint64_t serial, uint64_t generation)
{
	start_sides(ring, serial, generation);
	/*@ assert sizes_1: SAME_SIZES(ring); */
	/*@ assert arrays_1: SAME_ARRAYS(ring); */
	/*@ ghost Sides: ; */
	fill_window(ring);
	/*@ assert sizes_2: SAME_SIZES(ring); */
	/*@ assert arrays_2: SAME_ARRAYS(ring); */
	/*@ assert sides_2: SAME_SIDES(ring); */
	/*@ assert heads_2: SAME_HEADS(ring); */
	/*@ assert head_2: ring->complete.head_index == \at(ring->complete.head_index, Sides); */
	/*@ assert next_2: ring->complete.next_index == \at(ring->complete.next_index, Sides); */
	/*@ assert free_2: ring->submit.free == \at(ring->submit.free, Sides); */
	fill_slots(ring, generation);
	/*@ assert sizes: SAME_SIZES(ring); */
	/*@ assert arrays: SAME_ARRAYS(ring); */
	/*@ assert sides: SAME_SIDES(ring); */
	/*@ assert heads: SAME_HEADS(ring); */
	/*@ assert head: ring->complete.head_index == \at(ring->complete.head_index, Sides); */
	/*@ assert next: ring->complete.next_index == \at(ring->complete.next_index, Sides); */
	/*@ assert free: ring->submit.free == \at(ring->submit.free, Sides); */
}
