/* SPDX-License-Identifier: MIT */
/* Open: check, set up, and make every slot FREE. */
#include "ring.h"

/* From the kernel's interface: setup flags that leave the life of a CQE as it is. */
enum {
	SETUP_SQ_AFF = 1 << 2,
	SETUP_CQSIZE = 1 << 3,
	SETUP_CLAMP = 1 << 4,
	SETUP_SUBMIT_ALL = 1 << 7,
	SETUP_COOP_TASKRUN = 1 << 8,
	SETUP_TASKRUN_FLAG = 1 << 9,
	SETUP_CQE32 = 1 << 11,
	SETUP_SINGLE_ISSUER = 1 << 12,
	SETUP_DEFER_TASKRUN = 1 << 13,
	SETUP_HONOURED = ONCE_SETUP_SQPOLL | SETUP_SQ_AFF | SETUP_CQSIZE | SETUP_CLAMP |
			 SETUP_SUBMIT_ALL | SETUP_COOP_TASKRUN | SETUP_TASKRUN_FLAG | SETUP_CQE32 |
			 SETUP_SINGLE_ISSUER | SETUP_DEFER_TASKRUN,
	OPTIONS_KNOWN = ONCE_SPLIT | ONCE_TRAP | ONCE_EXPECT_FOREIGN,
	ENTRIES_MAX = 32768,
	CQ_ENTRIES_MAX = 65536
};

/* Position spaces of successive openings lie this far apart. */
#define OPENING UINT64_C(0x10000000000) /* 2^40 */
#define OPENINGS UINT64_C(0x200000)     /* 2^21 */

/* A refusal of open goes to the handler that the configuration names. */
/*@ requires config: \valid_read(config);
    assigns \nothing;
    ensures code: \result == code; */
static int refuse(const struct once_config *config, int code, uint64_t expected, uint64_t found)
{
	const struct once_violation violation = {
		code, ONCE_NO_INDEX, ONCE_NO_POSITION, expected, found, "once_open", NULL, 0
	};

	once_port_report(config->handler, config->context, (config->options & ONCE_TRAP) != 0,
			 &violation);
	return code;
}

/*@ requires some: bits != 0;
    assigns \nothing; */
static uint32_t lowest_bit(uint32_t bits)
{
	return bits & (UINT32_MAX - bits + 1U);
}

/* What can be told before the kernel is asked: 0 or the refusal. */
/*@ requires config: \valid_read(config);
    assigns \nothing;
    ensures answer: \result == 0 || \result == ONCE_BAD_FLAG || \result == ONCE_BAD_SIZE ||
            \result == ONCE_BAD_MEMORY;
    ensures flags: \result == 0 ==> (config->flags & ~(uint32_t)SETUP_HONOURED) == 0 &&
            (config->options & ~(uint32_t)OPTIONS_KNOWN) == 0;
    ensures split: \result == 0 ==>
            !((config->options & ONCE_SPLIT) != 0 && (config->flags & SETUP_DEFER_TASKRUN) != 0);
    ensures entries: \result == 0 ==> 1 <= config->entries <= ENTRIES_MAX;
    ensures cq_entries: \result == 0 ==>
            config->cq_entries == 0 || config->entries <= config->cq_entries <= CQ_ENTRIES_MAX;
    ensures generations: \result == 0 ==> config->generations_used < ONCE_GENERATIONS - 1;
    ensures capacity: \result == 0 ==> 1 <= config->memory.capacity <= ONCE_CAPACITY_MAX;
    ensures memory: \result == 0 ==> config->memory.ops != \null &&
            config->memory.stack != \null && config->memory.returned != \null &&
            config->memory.credits != \null && config->memory.window != \null &&
            config->memory.times != \null; */
static int config_refusal(const struct once_config *config)
{
	const struct once_memory *memory = &config->memory;
	const uint32_t flags = config->flags & ~(uint32_t)SETUP_HONOURED;
	const uint32_t options = config->options & ~(uint32_t)OPTIONS_KNOWN;

	if (flags != 0)
		return refuse(config, ONCE_BAD_FLAG, 0, lowest_bit(flags));
	if (options != 0)
		return refuse(config, ONCE_BAD_FLAG, 0, lowest_bit(options));
	if ((config->options & ONCE_SPLIT) != 0 && (config->flags & SETUP_DEFER_TASKRUN) != 0)
		return refuse(config, ONCE_BAD_FLAG, ONCE_SPLIT, SETUP_DEFER_TASKRUN);
	if (config->entries == 0 || config->entries > ENTRIES_MAX)
		return refuse(config, ONCE_BAD_SIZE, ENTRIES_MAX, config->entries);
	if (config->cq_entries != 0 &&
	    (config->cq_entries < config->entries || config->cq_entries > CQ_ENTRIES_MAX))
		return refuse(config, ONCE_BAD_SIZE, CQ_ENTRIES_MAX, config->cq_entries);
	if (config->generations_used >= ONCE_GENERATIONS - 1)
		return refuse(config, ONCE_BAD_SIZE, ONCE_GENERATIONS - 1, config->generations_used);
	if (memory->capacity == 0 || memory->capacity > ONCE_CAPACITY_MAX)
		return refuse(config, ONCE_BAD_SIZE, ONCE_CAPACITY_MAX, memory->capacity);
	if (memory->ops == NULL || memory->stack == NULL || memory->returned == NULL || memory->credits == NULL ||
	    memory->window == NULL || memory->times == NULL)
		return refuse(config, ONCE_BAD_MEMORY, 0, 0);
	return 0;
}

/* Whether the kernel's answer can be worked with: 0 or the refusal. */
/*@ requires pointers: \valid_read(config) && \valid_read(view);
    requires places: own_places <= ONCE_OWN_PLACES_LEGACY;
    assigns \nothing;
    ensures answer: \result == 0 || \result == ONCE_OLD_KERNEL || \result == ONCE_BAD_MEMORY ||
            \result == ONCE_BAD_SIZE;
    ensures nodrop: \result == 0 ==> (view->features & ONCE_FEAT_NODROP) != 0;
    ensures fits: \result == 0 ==> view->sq_entries <= config->memory.time_places &&
            view->cq_entries <= config->memory.window_places;
    ensures admission: \result == 0 ==> view->cq_entries <= CQ_ENTRIES_MAX &&
            config->memory.capacity + own_places <= view->cq_entries; */
static int view_refusal(const struct once_config *config, const struct once_port_view *view,
			uint32_t own_places)
{
	const struct once_memory *memory = &config->memory;

	if ((view->features & ONCE_FEAT_NODROP) == 0)
		return refuse(config, ONCE_OLD_KERNEL, ONCE_FEAT_NODROP, view->features);
	if (memory->time_places < view->sq_entries)
		return refuse(config, ONCE_BAD_MEMORY, view->sq_entries, memory->time_places);
	if (memory->window_places < view->cq_entries)
		return refuse(config, ONCE_BAD_MEMORY, view->cq_entries, memory->window_places);
	if (view->cq_entries > CQ_ENTRIES_MAX || view->cq_entries < own_places ||
	    memory->capacity > view->cq_entries - own_places)
		return refuse(config, ONCE_BAD_SIZE, view->cq_entries, memory->capacity);
	return 0;
}

/*
 * Set the kernel's ring up; twice if it turns out that the SQ needs room for
 * the library's own SQEs.
 */
static int setup(struct once_ring *ring, const struct once_config *config,
		 struct once_port_view *view)
{
	struct once_config wanted = *config;
	int rc;

	if ((wanted.flags & (SETUP_COOP_TASKRUN | SETUP_DEFER_TASKRUN)) != 0)
		wanted.flags |= SETUP_TASKRUN_FLAG;
	rc = once_port_open(&ring->port, &wanted, config->entries, view);
	if (rc < 0)
		return rc;
	view->features &= ~config->hide_features;
	if ((view->features & ONCE_FEAT_EXT_ARG) != 0)
		return 0;
	if (view->sq_entries < config->entries + ONCE_OWN_SQES) {
		/* the SQ grows, the CQ need not: its default is twice the SQ */
		wanted.cq_entries = view->cq_entries > config->entries + ONCE_OWN_SQES
			? view->cq_entries : config->entries + ONCE_OWN_SQES;
		once_port_close(&ring->port);
		rc = once_port_open(&ring->port, &wanted, config->entries + ONCE_OWN_SQES, view);
		view->features &= ~config->hide_features;
	}
	return rc < 0 ? rc : 0;
}

/* Every slot FREE, in the queue in order; every place of the window not held. */
static void fill_memory(struct once_ring *ring, uint64_t generations_used)
{
	for (uint32_t slot = 0; slot < ring->capacity; slot++) {
		ring->memory.ops[slot].id =
			ring->tag + slot * ONCE_GENERATIONS + generations_used + 1 + ONCE_AT_REST;
		ring->memory.ops[slot].life = ONCE_LIFE_FREE;
		ring->memory.ops[slot].lent.value = 0;
		ring->memory.ops[slot].lent.type = NULL;
		ring->memory.credits[slot] = 0;
		ring->memory.stack[slot] = ring->capacity - 1 - slot;
		ring->memory.returned[slot] = 0;
	}
	for (uint32_t place = 0; place < ring->view.cq_entries; place++) {
		ring->memory.window[place].position = ONCE_SEEN_MARK;
		ring->memory.window[place].slot = ONCE_NO_INDEX;
		ring->memory.window[place].result = 0;
		ring->memory.window[place].flags = 0;
		ring->memory.window[place].pad = 0;
	}
}

/* Both sides start where the kernel's counters are: at 0, but for tests. */
static void start_sides(struct once_ring *ring, uint64_t serial)
{
	const struct once_submit_side no_submit = { 0 };
	const struct once_complete_side no_complete = { 0 };
	const uint32_t sq_start = once_load_kernel(ring->view.sq_head);
	const uint32_t cq_start = once_load_kernel(ring->view.cq_tail);
	const uint64_t position = serial % OPENINGS * OPENING + cq_start;

	ring->submit = no_submit;
	ring->submit.sq_tail = sq_start;
	ring->submit.submitted = sq_start;
	ring->submit.consumed = sq_start;
	ring->submit.sq_lap = ring->submit.sq_tail - sq_start % ring->view.sq_entries;
	ring->submit.free = ring->capacity;
	ring->submit.doubt = 1; /* see submit.c */
	ring->submit.own_total = sq_start; /* what is not the caller's */
	ring->complete = no_complete;
	ring->complete.head = position;
	ring->complete.delivered = position;
	ring->complete.ready = position;
	ring->complete.published = position;
	ring->complete.opened_at = position;
	ring->complete.head_index = cq_start % ring->view.cq_entries;
	ring->complete.next_index = ring->complete.head_index;
}

int once_open(struct once_ring *ring, const struct once_config *config)
{
	struct once_port_view view = { NULL, NULL, NULL, NULL, NULL, 0, 0, NULL, NULL, 0, 0 };
	const uint64_t serial = once_port_serial();
	const uint32_t tag = (uint32_t)(1 + serial % ONCE_TAGS);
	const uint64_t used = config->generations_used != 0 ? config->generations_used
							    : once_port_generations(tag);
	uint32_t own_places;
	bool legacy;
	int rc;

	if (ring->open != 0)
		return refuse(config, ONCE_ALREADY_OPEN, 0, 0);
	rc = config_refusal(config);
	if (rc == 0 && used > ONCE_GENERATIONS - 2)
		rc = refuse(config, ONCE_WORN_OUT, ONCE_GENERATIONS - 2, used);
	if (rc == 0)
		rc = setup(ring, config, &view);
	if (rc < 0)
		return rc;
	legacy = (view.features & ONCE_FEAT_EXT_ARG) == 0;
	own_places = legacy ? ONCE_OWN_PLACES_LEGACY : ONCE_OWN_PLACES;
	rc = view_refusal(config, &view, own_places);
	if (rc != 0) {
		once_port_close(&ring->port);
		return rc;
	}
	ring->view = view;
	ring->memory = config->memory;
	ring->capacity = config->memory.capacity;
	ring->sq_usable = view.sq_entries - (legacy ? ONCE_OWN_SQES : 0);
	ring->cqe_shift = (view.flags & SETUP_CQE32) != 0 ? 1 : 0;
	ring->options = config->options;
	ring->simple = !once_is_split(ring) && (view.flags & (ONCE_SETUP_SQPOLL | SETUP_CQE32)) == 0;
	ring->credit_places = view.cq_entries - own_places - ring->capacity;
	ring->multishot_credit = config->multishot_credit != 0 ? config->multishot_credit : 1;
	ring->tag = tag * ONCE_TAG_UNIT;
	ring->ages = config->generations_used == 0;
	ring->eventfd = -1;
	ring->handler = config->handler;
	ring->context = config->context;
	fill_memory(ring, used);
	start_sides(ring, serial);
	ring->submit.wear_from = ring->submit.sq_tail + ONCE_GENERATIONS - 1 - used;
	ring->open = 1;
	return 0;
}

int once_fd(const struct once_ring *ring)
{
	return ring->open != 0 ? once_port_fd(&ring->port)
			       : once_refuse_submit(ring, ONCE_NOT_OPEN, "once_fd");
}

void once_hand_over(struct once_ring *ring)
{
	if (ring->open != 0)
		once_port_release(&ring->port);
	ring->submit.owner = 0;
	ring->complete.owner = 0;
}
