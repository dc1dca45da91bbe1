/* SPDX-License-Identifier: MIT */
/* The stage: identity, threads, waiting. See stage.h. */
#include "stage_internal.h"

#include "../src/tool/run_internal.h"

enum { USED = 8 };

/* --- identity --- */

static uint64_t serials, first_tag_again;
static bool tags_again;
static uint64_t generations[ONCE_TAGS + 1];
static uint32_t noted[USED], noted_count;

uint64_t __wrap_once_port_serial(void);
uint64_t __wrap_once_port_generations(uint32_t tag);
void __wrap_once_port_note_generations(uint32_t tag, uint64_t used);
uint64_t __wrap_once_port_thread(void);
int __real_once_port_enter(const struct once_port *port, uint32_t count, uint32_t least, uint32_t flags,
			   const struct once_timespec *timeout, const void *sigmask);
int __wrap_once_port_enter(const struct once_port *port, uint32_t count, uint32_t least, uint32_t flags,
			   const struct once_timespec *timeout, const void *sigmask);
int __wrap_run_on_second(struct run *run, int (*call)(struct run *run, const struct scenario_step *step),
			 const struct scenario_step *step);
void __real_run_watch(struct run *run, bool endless);
void __wrap_run_watch(struct run *run, bool endless);
void __real_run_unwatch(struct run *run, bool fell_short);
void __wrap_run_unwatch(struct run *run, bool fell_short);

/*
 * A ring that is opened while none is open has the first ring's tag: in a program that
 * takes 253 more openings. Its identities must go on behind those of the closed one.
 */
uint64_t __wrap_once_port_serial(void)
{
	if (tags_again && serials != 0 && stage_rings_open() == 0)
		return 1 + ONCE_TAGS * ++first_tag_again;
	return ++serials;
}

uint64_t __wrap_once_port_generations(uint32_t tag)
{
	return generations[tag];
}

void __wrap_once_port_note_generations(uint32_t tag, uint64_t used)
{
	if (noted_count < USED)
		noted[noted_count] = tag;
	noted_count++;
	if (generations[tag] < used)
		generations[tag] = used;
}

static void forget_generations(void)
{
	for (uint32_t i = 0; i < noted_count && i < USED; i++)
		generations[noted[i]] = 0;
	if (noted_count > USED)
		memset(generations, 0, sizeof generations);
	noted_count = 0;
	serials = first_tag_again = 0;
}

/* --- threads --- */

static unsigned name_now;

void stage_name_thread(unsigned name)
{
	name_now = name;
}

uint64_t __wrap_once_port_thread(void)
{
	return 1 + name_now;
}

int __wrap_run_on_second(struct run *run, int (*call)(struct run *run, const struct scenario_step *step),
			 const struct scenario_step *step)
{
	int rc;

	run->this_thread = 1;
	name_now = 1;
	rc = call(run, step);
	name_now = 0;
	run->this_thread = 0;
	return rc;
}

void stage_settle(struct run *run)
{
	stage_renew(run);
	if (!run->was_elsewhere && (run->header.options & OPTION_SPLIT) == 0)
		return;
	for (unsigned name = 2; name-- != 0;) {
		name_now = name;
		for (unsigned ring = 0; ring < RINGS; ring++)
			once_hand_over(&run->rings[ring]);
	}
}

/* --- waiting --- */

enum { NANOSECONDS = 1000000000, MOMENT = 1000000 };

static bool on_real_ring, watching, endless_now, bitten;
static uint64_t patience;

void __wrap_run_watch(struct run *run, bool endless)
{
	watching = run->backend == RUN_REAL && run->header.setup != SETUP_SQPOLL;
	bitten = false;
	endless_now = endless;
	patience = endless && !run_ends_by_itself(run) ? 1 : run->patience;
	if (watching)
		run->event.marks |= RUN_WAITED;
	else
		__real_run_watch(run, endless);
}

void __wrap_run_unwatch(struct run *run, bool fell_short)
{
	if (!watching) {
		__real_run_unwatch(run, fell_short);
		return;
	}
	watching = false;
	if (bitten && fell_short)
		run->event.marks |= RUN_EXPIRED;
}

bool stage_ended_wait(void)
{
	return bitten;
}

/*
 * An SQE behind one with IOSQE_IO_DRAIN does not start, not even the timeout of a wait
 * without IORING_FEAT_EXT_ARG: such a wait has no end.
 */
static uint64_t longest_wait(void)
{
	if (watching && endless_now)
		return patience;
	return stage_is_soiled() ? MOMENT : patience;
}

int __wrap_once_port_enter(const struct once_port *port, uint32_t count, uint32_t least, uint32_t flags,
			   const struct once_timespec *timeout, const void *sigmask)
{
	const uint64_t longest = longest_wait();
	const struct once_timespec most = { (int64_t)(longest / NANOSECONDS), (int64_t)(longest % NANOSECONDS) };
	uint64_t before;
	int rc;

	if ((!watching && !on_real_ring) || least == 0 || (timeout != NULL && (!watching || !endless_now)))
		return __real_once_port_enter(port, count, least, flags, timeout, sigmask);
	before = once_port_now();
	rc = __real_once_port_enter(port, count, least, flags, &most, sigmask);
	bitten = bitten || (once_port_now() - before >= longest && !stage_has_posted(port, least));
	return rc == -ETIME ? -EINTR : rc;
}

void stage_begin_self(bool real, bool ages)
{
	on_real_ring = real;
	patience = NANOSECONDS;
	tags_again = ages;
	forget_generations();
	name_now = 0;
	watching = false;
}
