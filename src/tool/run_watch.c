/* SPDX-License-Identifier: MIT */
/*
 * The watchdog: a timer whose signal ends a wait with -EINTR. Nothing is lost
 * by it: a wait that has what it waits for returns that, whatever signal is
 * pending. On the emulated ring the kernel itself is told to interrupt.
 */
#include "run_internal.h"

#include <signal.h>
#include <sys/syscall.h>
#include <unistd.h>

enum {
	NANOSECONDS = 1000000000,
	AT_ONCE = 20000,       /* nanoseconds: long enough to enter the kernel */
	AGAIN = 1000000,       /* if it was not */
	POLLED = 250000000,    /* ... until a thread of the kernel has taken the SQEs */
	TURNS = 10000          /* that two threads take before the emulated kernel interrupts */
};

#ifndef sigev_notify_thread_id
#define sigev_notify_thread_id _sigev_un._tid
#endif

static _Thread_local volatile sig_atomic_t bites;

static void bite(int number)
{
	(void)number;
	bites = 1;
}

static bool make_timer(struct run_watchdog *dog)
{
	const struct sigaction action = { .sa_handler = bite };
	struct sigevent event = { .sigev_notify = SIGEV_THREAD_ID, .sigev_signo = SIGURG };

	event.sigev_notify_thread_id = (pid_t)syscall(SYS_gettid);
	if (sigaction(SIGURG, &action, NULL) < 0 ||
	    timer_create(CLOCK_MONOTONIC, &event, &dog->timer) < 0)
		return false;
	dog->owner = event.sigev_notify_thread_id;
	return true;
}

static void set_timer(const struct run_watchdog *dog, uint64_t first)
{
	struct itimerspec time = { { 0, 0 }, { 0, 0 } };

	time.it_value.tv_sec = (time_t)(first / NANOSECONDS);
	time.it_value.tv_nsec = (long)(first % NANOSECONDS);
	time.it_interval.tv_nsec = first != 0 ? AGAIN : 0;
	(void)timer_settime(dog->timer, 0, &time, NULL);
}

/* How long nothing has to come before nothing will. */
static uint64_t at_once_for(const struct run *run)
{
	if (run->header.setup != SETUP_SQPOLL)
		return AT_ONCE;
	return run->patience < POLLED ? run->patience : POLLED;
}

void run_watch(struct run *run, bool endless)
{
	struct run_watchdog *dog = &run->watchdog[run->this_thread];
	const bool at_once = endless && !run_ends_by_itself(run);

	run->event.marks |= RUN_WAITED;
	bites = 0;
	if (run->backend == RUN_EMULATED) {
		if (at_once && run->header.setup != SETUP_SQPOLL)
			run_plan_interrupt(run, 1);
		else if ((run->header.options & OPTION_SPLIT) != 0)
			run_plan_interrupt(run, TURNS);
		return;
	}
	if (dog->owner == 0 && !make_timer(dog))
		return;
	set_timer(dog, at_once ? at_once_for(run) : run->patience);
}

void run_unwatch(struct run *run, bool fell_short)
{
	bool bitten = bites != 0;

	if (run->backend == RUN_EMULATED) {
		run_plan_interrupt(run, 0);
		bitten = true;
	} else if (run->watchdog[run->this_thread].owner != 0) {
		set_timer(&run->watchdog[run->this_thread], 0);
	}
	if (bitten && fell_short)
		run->event.marks |= RUN_EXPIRED;
}

void run_forget_watch(struct run *run)
{
	struct run_watchdog *dog = &run->watchdog[run->this_thread];

	if (dog->owner != 0)
		(void)timer_delete(dog->timer);
	dog->owner = 0;
}
