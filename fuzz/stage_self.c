/* SPDX-License-Identifier: MIT */
/* The stage: identity, threads, waiting. See stage.h. */
#include "stage_internal.h"

#include "../src/tool/run_internal.h"

#include <unistd.h>

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
uint64_t __real_once_port_now(void);
uint64_t __wrap_once_port_now(void);
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
 * takes 127 more openings. Its identities must go on behind those of the closed one.
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

static bool on_real_ring, watching, endless_now, bitten, has_workers;
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

/* --- the clock --- */

enum { TICK = 1000, MANY_LOOKS = 32, PATIENCE = 200000000, NAP = 5000 /* microseconds */, LEAP = 1000 /* seconds */ };

static uint64_t clock_now, looks, looked_at, patient_until;

static void begin_clock(void)
{
	clock_now = NANOSECONDS;
	looks = 0;
}

void stage_begin_step(void)
{
	looks = 0;
}

/*
 * Who looks at it moves it on; so does a wait whose time ends it. Who looks at it again
 * and again in a step waits for what takes real time, and may: from then on it is the
 * real clock, and each look takes a nap; after PATIENCE it leaps.
 */
uint64_t __wrap_once_port_now(void)
{
	const uint64_t now = __real_once_port_now(), since = now - looked_at;

	if (!on_real_ring)
		return now;
	looked_at = now;
	looks++;
	if (looks == MANY_LOOKS)
		patient_until = now + PATIENCE;
	if (looks <= MANY_LOOKS) {
		clock_now += TICK;
	} else if (now > patient_until) {
		clock_now += (uint64_t)LEAP * NANOSECONDS;
	} else {
		(void)usleep(NAP);
		clock_now += since < TICK ? TICK : since;
	}
	return clock_now;
}

/* A wait that has a time of its own. The kernel says 0 to one that is over, too, if a CQE is there. */
static int enter_timed(const struct once_port *port, uint32_t count, uint32_t least, uint32_t flags,
		       const struct once_timespec *timeout, const void *sigmask)
{
	const uint64_t longest = (uint64_t)timeout->seconds * NANOSECONDS + (uint64_t)timeout->nanoseconds;
	const uint64_t before = __real_once_port_now();
	const int rc = __real_once_port_enter(port, count, least, flags, timeout, sigmask);

	if (on_real_ring && (rc == -ETIME || (__real_once_port_now() - before >= longest &&
					      !stage_has_posted(port, least))))
		clock_now += longest;
	return rc;
}

/* --- enter --- */

static int enter_and_wait(const struct once_port *port, uint32_t count, uint32_t least, uint32_t flags,
			  const struct once_timespec *timeout, const void *sigmask)
{
	const uint64_t longest = longest_wait();
	const struct once_timespec most = { (int64_t)(longest / NANOSECONDS), (int64_t)(longest % NANOSECONDS) };
	uint64_t before;
	int rc;

	if (timeout != NULL && (!watching || !endless_now))
		return enter_timed(port, count, least, flags, timeout, sigmask);
	if (!watching && !on_real_ring)
		return __real_once_port_enter(port, count, least, flags, timeout, sigmask);
	before = __real_once_port_now();
	rc = __real_once_port_enter(port, count, least, flags, &most, sigmask);
	bitten = bitten || (__real_once_port_now() - before >= longest && !stage_has_posted(port, least));
	return rc == -ETIME ? -EINTR : rc;
}

/*
 * SQEs are read; what ends by itself has ended when it returns, as after a step. What
 * a worker does has ended before the SQE behind it is read, but for one of its chain: the
 * two would race.
 */
static int enter_and_submit(const struct once_port *port, const struct once_port_view *view, uint32_t count,
			    uint32_t flags)
{
	uint32_t all = 0;

	while (all < count) {
		const uint32_t tail = __atomic_load_n(view->cq_tail, __ATOMIC_ACQUIRE);
		const uint32_t left = count - all;
		const uint32_t some = has_workers ? stage_chain(view, left) : left;
		const int submitted = __real_once_port_enter(port, some, 0, flags, NULL, NULL);

		if (has_workers)
			stage_let_workers_end();
		if (submitted <= 0)
			return all != 0 ? (int)all : submitted;
		stage_let_timeouts_end(view, (uint32_t)submitted, tail);
		all += (uint32_t)submitted;
		if ((uint32_t)submitted != some)
			break;
	}
	return (int)all;
}

static int enter(const struct once_port *port, uint32_t count, uint32_t least, uint32_t flags,
		 const struct once_timespec *timeout, const void *sigmask)
{
	const struct once_port_view *view = on_real_ring && count != 0 ? stage_view_of(port) : NULL;
	int submitted;

	if (view == NULL || (!has_workers && !stage_has_timeout(view, count)))
		return least != 0 ? enter_and_wait(port, count, least, flags, timeout, sigmask)
				  : __real_once_port_enter(port, count, least, flags, timeout, sigmask);
	submitted = enter_and_submit(port, view, count,
				     least != 0 ? flags & ~(uint32_t)ONCE_ENTER_GETEVENTS : flags);
	if (least != 0 && submitted == (int)count) /* what comes of it hides behind the SQEs that were read */
		(void)enter_and_wait(port, 0, least, flags, timeout, sigmask);
	return submitted;
}

/* A drain whose SQEs fail submits one at a time, and looks at the clock each time: it gets on, it does not wait. */
int __wrap_once_port_enter(const struct once_port *port, uint32_t count, uint32_t least, uint32_t flags,
			   const struct once_timespec *timeout, const void *sigmask)
{
	const int rc = enter(port, count, least, flags, timeout, sigmask);

	if (rc > 0 && least == 0)
		looks = 0;
	return rc;
}

void stage_expect_workers(bool some)
{
	has_workers = some;
}

void stage_begin_self(bool real, bool ages)
{
	on_real_ring = real;
	patience = NANOSECONDS;
	tags_again = ages;
	forget_generations();
	name_now = 0;
	watching = has_workers = false;
	begin_clock();
}
