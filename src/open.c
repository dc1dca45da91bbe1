/* SPDX-License-Identifier: MIT */
/* Open: check, set up, and begin. */
#include "begin.h"

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
    assigns \nothing;
    ensures of_bits: (\result & bits) == \result; */
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

/*@ logic integer places_of{L}(struct once_port_view *view) =
      (view->features & ONCE_FEAT_EXT_ARG) == 0 ? ONCE_OWN_PLACES_LEGACY : ONCE_OWN_PLACES;
    logic integer sqes_of{L}(struct once_port_view *view) =
      (view->features & ONCE_FEAT_EXT_ARG) == 0 ? ONCE_OWN_SQES : 0; */

/* CQ places that the library keeps. */
/*@ requires view: \valid_read(view);
    assigns \nothing;
    ensures places: \result == places_of(view);
    ensures most: \result <= ONCE_OWN_PLACES_LEGACY; */
static uint32_t own_places_of(const struct once_port_view *view)
{
	return (view->features & ONCE_FEAT_EXT_ARG) == 0 ? ONCE_OWN_PLACES_LEGACY : ONCE_OWN_PLACES;
}

/* Whether the kernel's answer can be worked with: 0 or the refusal. */
/*@ requires pointers: \valid_read(config) && \valid_read(view);
    assigns \nothing;
    ensures answer: \result == 0 || \result == ONCE_OLD_KERNEL || \result == ONCE_BAD_MEMORY ||
            \result == ONCE_BAD_SIZE;
    ensures nodrop: \result == 0 ==> (view->features & ONCE_FEAT_NODROP) != 0;
    ensures fits: \result == 0 ==> view->sq_entries <= config->memory.time_places &&
            view->cq_entries <= config->memory.window_places;
    ensures admission: \result == 0 ==> view->cq_entries <= CQ_ENTRIES_MAX &&
            config->memory.capacity + places_of(view) <= view->cq_entries; */
static int view_refusal(const struct once_config *config, const struct once_port_view *view)
{
	const struct once_memory *memory = &config->memory;
	const uint32_t own_places = own_places_of(view);

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

/* Of a contract: on success no part of *view* lies in an array of *config*'s. */
#define ONCE_APART_FROM_ARRAYS(config) \
	ensures apart_from_ops: \result == 0 ==> \
	  once_view_is_apart(view, \base_addr(config->memory.ops)); \
	ensures apart_from_stack: \result == 0 ==> \
	  once_view_is_apart(view, \base_addr(config->memory.stack)); \
	ensures apart_from_returned: \result == 0 ==> \
	  once_view_is_apart(view, \base_addr(config->memory.returned)); \
	ensures apart_from_credits: \result == 0 ==> \
	  once_view_is_apart(view, \base_addr(config->memory.credits)); \
	ensures apart_from_window: \result == 0 ==> \
	  once_view_is_apart(view, \base_addr(config->memory.window)); \
	ensures apart_from_times: \result == 0 ==> \
	  once_view_is_apart(view, \base_addr(config->memory.times))

/* As once_port_open(), less the features that are to be hidden. */
/*@ requires ring: \valid(ring);
    requires config: \valid_read(config) && \base_addr(config) != \base_addr(ring);
    requires view: \valid(view) && \base_addr(view) != \base_addr(ring) &&
             \base_addr(view) != \base_addr(config);
    requires entries: 1 <= entries <= ENTRIES_MAX + ONCE_OWN_SQES;
    assigns ring->port, *view;
    ensures answer: \result == 0 || once_is_errno(\result);
    ensures sizes: \result == 0 ==> once_view_is_usable(view);
    ensures room: \result == 0 ==> view->sq_entries >= entries || view->sq_entries == ENTRIES_MAX;
    ensures mapped: \result == 0 ==> once_view_is_valid(view);
    ensures separate: \result == 0 ==> once_view_is_separate(view);
    ensures apart: \result == 0 ==> once_view_is_apart(view, \base_addr(ring));
    ensures apart_from_view: \result == 0 ==> once_view_is_apart(view, \base_addr(view));
    ensures apart_from_config: \result == 0 ==> once_view_is_apart(view, \base_addr(config));
    ONCE_APART_FROM_ARRAYS(config); */
static int open_port(struct once_ring *ring, const struct once_config *config, uint32_t entries,
		     struct once_port_view *view)
{
	const int rc = once_port_open(&ring->port, config, entries, view);

	view->features &= ~config->hide_features;
	return rc;
}

/* Twice if it turns out that the SQ needs room for the library's own SQEs. */
/*@ requires ring: \valid(ring);
    requires wanted: \valid(wanted) && \base_addr(wanted) != \base_addr(ring);
    requires view: \valid(view) && \base_addr(view) != \base_addr(ring) &&
             \base_addr(view) != \base_addr(wanted);
    requires entries: 1 <= wanted->entries <= ENTRIES_MAX;
    assigns ring->port, *view, wanted->cq_entries;
    ensures answer: \result == 0 || once_is_errno(\result);
    ensures sizes: \result == 0 ==> once_view_is_usable(view);
    ensures mapped: \result == 0 ==> once_view_is_valid(view);
    ensures cqes: \result == 0 ==> once_cqes_are_mapped(view->cqes, once_cqes_of(view)) &&
            \base_addr(view->cqes) != \base_addr(wanted);
    ensures separate: \result == 0 ==> once_view_is_separate(view);
    ensures apart: \result == 0 ==> once_view_is_apart(view, \base_addr(ring));
    ensures apart_from_view: \result == 0 ==> once_view_is_apart(view, \base_addr(view));
    ensures apart_from_config: \result == 0 ==> once_view_is_apart(view, \base_addr(wanted));
    ONCE_APART_FROM_ARRAYS(wanted);
    ensures room_for_own: \result == 0 && (view->features & ONCE_FEAT_EXT_ARG) == 0 ==>
            ONCE_OWN_SQES < view->sq_entries; */
static int open_with_room(struct once_ring *ring, struct once_config *wanted,
			  struct once_port_view *view)
{
	const uint32_t entries = wanted->entries;
	const int rc = open_port(ring, wanted, entries, view);

	if (rc < 0 || (view->features & ONCE_FEAT_EXT_ARG) != 0 ||
	    view->sq_entries >= entries + ONCE_OWN_SQES)
		return rc;
	/* the SQ grows, the CQ need not: its default is twice the SQ */
	wanted->cq_entries = view->cq_entries > entries + ONCE_OWN_SQES
		? view->cq_entries : entries + ONCE_OWN_SQES;
	once_port_close(&ring->port);
	return open_port(ring, wanted, entries + ONCE_OWN_SQES, view);
}

/*@ requires memories: \valid(to) && \valid_read(from) && \base_addr(to) != \base_addr(from);
    assigns *to;
    ensures slots: to->ops == from->ops && to->stack == from->stack &&
            to->returned == from->returned && to->credits == from->credits;
    ensures places: to->window == from->window && to->times == from->times;
    ensures sizes: to->capacity == from->capacity && to->window_places == from->window_places &&
            to->time_places == from->time_places; */
static void copy_memory(struct once_memory *to, const struct once_memory *from)
{
	*to = *from;
}

/*@ requires views: \valid(to) && \valid_read(from) && \base_addr(to) != \base_addr(from);
    assigns *to;
    ensures arrays: to->cqes == from->cqes && to->sqes == from->sqes;
    ensures sq: to->sq_head == from->sq_head && to->sq_tail == from->sq_tail &&
            to->sq_flags == from->sq_flags;
    ensures cq: to->cq_head == from->cq_head && to->cq_tail == from->cq_tail;
    ensures sizes: to->sq_entries == from->sq_entries && to->cq_entries == from->cq_entries;
    ensures flags: to->features == from->features && to->flags == from->flags; */
static void copy_view(struct once_port_view *to, const struct once_port_view *from)
{
	*to = *from;
}

/* What to ask the kernel for. */
/*@ requires config: \valid_read(config);
    requires wanted: \valid(wanted) && \base_addr(wanted) != \base_addr(config);
    assigns *wanted;
    ensures entries: wanted->entries == config->entries;
    ensures cq_entries: wanted->cq_entries == config->cq_entries;
    ensures flags: wanted->flags == config->flags ||
            wanted->flags == (config->flags | (uint32_t)SETUP_TASKRUN_FLAG);
    ensures taskrun: (config->flags & (SETUP_COOP_TASKRUN | SETUP_DEFER_TASKRUN)) != 0 ==>
            wanted->flags == (config->flags | (uint32_t)SETUP_TASKRUN_FLAG);
    ensures thread: wanted->sq_thread_cpu == config->sq_thread_cpu &&
            wanted->sq_thread_idle == config->sq_thread_idle;
    ensures hidden: wanted->hide_features == config->hide_features;
    ensures options: wanted->options == config->options;
    ensures credit: wanted->multishot_credit == config->multishot_credit;
    ensures generations: wanted->generations_used == config->generations_used;
    ensures handler: wanted->handler == config->handler && wanted->context == config->context;
    ensures sizes: wanted->memory.capacity == config->memory.capacity &&
            wanted->memory.window_places == config->memory.window_places &&
            wanted->memory.time_places == config->memory.time_places;
    ensures slots: wanted->memory.ops == config->memory.ops &&
            wanted->memory.stack == config->memory.stack &&
            wanted->memory.returned == config->memory.returned &&
            wanted->memory.credits == config->memory.credits;
    ensures places: wanted->memory.window == config->memory.window &&
            wanted->memory.times == config->memory.times; */
static void ask_for(struct once_config *wanted, const struct once_config *config)
{
	wanted->entries = config->entries;
	wanted->cq_entries = config->cq_entries;
	wanted->flags = config->flags;
	if ((config->flags & (SETUP_COOP_TASKRUN | SETUP_DEFER_TASKRUN)) != 0)
		wanted->flags |= SETUP_TASKRUN_FLAG;
	wanted->sq_thread_cpu = config->sq_thread_cpu;
	wanted->sq_thread_idle = config->sq_thread_idle;
	wanted->options = config->options;
	wanted->hide_features = config->hide_features;
	wanted->multishot_credit = config->multishot_credit;
	wanted->generations_used = config->generations_used;
	wanted->handler = config->handler;
	wanted->context = config->context;
	copy_memory(&wanted->memory, &config->memory);
}

/* Set the kernel's ring up. */
/*@ requires ring: \valid(ring);
    requires config: \valid_read(config) && \base_addr(config) != \base_addr(ring);
    requires view: \valid(view) && \base_addr(view) != \base_addr(ring) &&
             \base_addr(view) != \base_addr(config);
    requires entries: 1 <= config->entries <= ENTRIES_MAX;
    assigns ring->port, *view;
    ensures answer: \result == 0 || once_is_errno(\result);
    ensures sizes: \result == 0 ==> once_view_is_usable(view);
    ensures cqes: \result == 0 ==> once_cqes_are_mapped(view->cqes, once_cqes_of(view));
    ensures sqes: \result == 0 ==> once_sqes_are_mapped(view->sqes, view->sq_entries);
    ensures sq: \result == 0 ==> \valid_read(view->sq_head) && \valid(view->sq_tail);
    ensures sq_flags: \result == 0 ==> \valid_read(view->sq_flags);
    ensures cq: \result == 0 ==> \valid(view->cq_head) && \valid_read(view->cq_tail);
    ensures separate: \result == 0 ==> once_view_is_separate(view);
    ensures apart: \result == 0 ==> once_view_is_apart(view, \base_addr(ring));
    ensures apart_from_view: \result == 0 ==> once_view_is_apart(view, \base_addr(view));
    ONCE_APART_FROM_ARRAYS(config);
    ensures room_for_own: \result == 0 && (view->features & ONCE_FEAT_EXT_ARG) == 0 ==>
            ONCE_OWN_SQES < view->sq_entries; */
static int setup(struct once_ring *ring, const struct once_config *config,
		 struct once_port_view *view)
{
	struct once_config wanted;

	ask_for(&wanted, config);
	return open_with_room(ring, &wanted, view);
}

/* What stays as it is while the ring is open, but for its view and its memory. */
/*@ requires ring: \valid(ring);
    requires config: \valid_read(config) && \base_addr(config) != \base_addr(ring);
    requires view: \valid_read(view) && \base_addr(view) != \base_addr(ring);
    requires places: config->memory.capacity + places_of(view) <= view->cq_entries;
    requires own: sqes_of(view) < view->sq_entries;
    assigns ring->capacity, ring->sq_usable, ring->cqe_shift,
            ring->options, ring->simple, ring->credit_places, ring->multishot_credit,
            ring->eventfd;
    ensures capacity: ring->capacity == config->memory.capacity;
    ensures usable: ring->sq_usable == view->sq_entries - sqes_of(view);
    ensures shift: ring->cqe_shift == (view->flags / SETUP_CQE32) % 2;
    ensures credit: ring->credit_places == view->cq_entries - places_of(view) - ring->capacity;
    ensures options: ring->options == config->options;
    ensures plain: once_simple_is_plain(ring);
    ensures entered: ring->simple != 0 ==> (view->flags & 2) == 0; */
static void fix(struct once_ring *ring, const struct once_config *config,
		const struct once_port_view *view)
{
	const uint32_t own_sqes = (view->features & ONCE_FEAT_EXT_ARG) == 0 ? ONCE_OWN_SQES : 0;

	ring->capacity = config->memory.capacity;
	ring->sq_usable = view->sq_entries - own_sqes;
	ring->cqe_shift = view->flags / SETUP_CQE32 % 2;
	ring->options = config->options;
	ring->simple = !once_is_split(ring) && ring->cqe_shift == 0 &&
		       (view->flags & ONCE_SETUP_SQPOLL) == 0;
	ring->credit_places = view->cq_entries - own_places_of(view) - config->memory.capacity;
	ring->multishot_credit = config->multishot_credit != 0 ? config->multishot_credit : 1;
	ring->eventfd = -1;
}

/* What the kernel gave becomes the ring, with which the machine begins. */
/*@ requires ring: \valid(ring);
    requires config: \valid_read(config) && \base_addr(config) != \base_addr(ring);
    requires view: \valid_read(view) && \base_addr(view) != \base_addr(ring);
    requires sizes: once_view_is_usable(view) && 1 <= config->memory.capacity &&
             config->memory.capacity + places_of(view) <= view->cq_entries &&
             view->cq_entries <= config->memory.window_places &&
             view->sq_entries <= config->memory.time_places;
    requires room_for_own: (view->features & ONCE_FEAT_EXT_ARG) == 0 ==>
             ONCE_OWN_SQES < view->sq_entries;
    requires mapped: once_view_is_valid(view) && once_view_is_separate(view);
    requires apart: once_view_is_apart(view, \base_addr(ring));
    requires arrays: once_view_is_apart_from(view, (struct once_memory *)&config->memory);
    requires slots: once_given_slots((struct once_memory *)&config->memory);
    requires places: once_given_places((struct once_memory *)&config->memory);
    requires given: once_given_apart((struct once_memory *)&config->memory, \base_addr(ring)) &&
             once_given_apart((struct once_memory *)&config->memory, \base_addr(config)) &&
             once_given_apart((struct once_memory *)&config->memory, \base_addr(view));
    requires used: used < ONCE_GENERATIONS - 1;
    assigns *ring, config->memory.ops[0 .. config->memory.capacity - 1],
            config->memory.stack[0 .. config->memory.capacity - 1],
            config->memory.returned[0 .. config->memory.capacity - 1],
            config->memory.credits[0 .. config->memory.capacity - 1],
            config->memory.window[0 .. config->memory.window_places - 1],
            ONCE_GHOSTS;
    ensures opened: once_opened(ring) && once_account(ring) && once_simple_is_plain(ring) &&
            once_simple_is_entered(ring); */
static void start(struct once_ring *ring, const struct once_config *config,
		  const struct once_port_view *view, uint64_t serial, uint64_t used)
{
	copy_view(&ring->view, view);
	copy_memory(&ring->memory, &config->memory);
	fix(ring, config, view);
	ring->handler = config->handler;
	ring->context = config->context;
	ring->tag = (1 + serial % ONCE_TAGS) * ONCE_TAG_UNIT;
	ring->ages = config->generations_used == 0;
	once_begin(ring, serial, used + 1);
	ring->open = 1;
	/*@ assert sizes: once_sizes(ring); */
	/*@ assert memory: once_valid(ring); */
	/*@ assert objects: once_objects(ring); */
	/*@ ghost once_start(ring, used + 1); */
}

int once_open(struct once_ring *ring, const struct once_config *config)
{
	struct once_port_view view = { NULL, NULL, NULL, NULL, NULL, 0, 0, NULL, NULL, 0, 0 };
	const uint64_t serial = once_port_serial();
	const uint32_t tag = (uint32_t)(1 + serial % ONCE_TAGS);
	const uint64_t used = config->generations_used != 0 ? config->generations_used
							    : once_port_generations(tag);
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
	rc = view_refusal(config, &view);
	if (rc != 0) {
		once_port_close(&ring->port);
		return rc;
	}
	start(ring, config, &view, serial, used);
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
