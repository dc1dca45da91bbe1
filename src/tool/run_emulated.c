/* SPDX-License-Identifier: MIT */
/*
 * The seams, and what only the emulated kernel can do. A program is linked with
 * the real seam, with the emulated one, or with both behind seam.c; what is not
 * there is a weak symbol without an address.
 */
#include "run_internal.h"
#include "seam.h"

#include "../../tests/emulated/emulated.h"

extern const bool emulated_backend __attribute__((weak));

#pragma weak seam_select
#pragma weak emulated_reset
#pragma weak emulated_fail
#pragma weak emulated_start_counters
#pragma weak emulated_refuse_cancel_any
#pragma weak emulated_zero_copy_errors
#pragma weak emulated_submit_short
#pragma weak emulated_interrupt
#pragma weak emulated_wake_spuriously
#pragma weak emulated_hold
#pragma weak emulated_run
#pragma weak emulated_pending
#pragma weak emulated_complete
#pragma weak emulated_ignore_cancel
#pragma weak emulated_forge
#pragma weak emulated_duplicate
#pragma weak emulated_swap
#pragma weak emulated_overflow
#pragma weak emulated_drop
#pragma weak emulated_corrupt_tail

static bool has_emulation(void)
{
	return &emulated_backend != NULL;
}

unsigned run_backends(void)
{
	if (seam_select != NULL)
		return 1U << RUN_REAL | 1U << RUN_EMULATED;
	return has_emulation() ? 1U << RUN_EMULATED : 1U << RUN_REAL;
}

void run_select(const struct run *run)
{
	if (seam_select != NULL)
		seam_select(run->backend == RUN_EMULATED);
}

static bool emulates(const struct run *run)
{
	return run->backend == RUN_EMULATED && has_emulation();
}

void run_no_plan(const struct run *run)
{
	if (emulates(run))
		emulated_reset();
}

void run_plan_open(const struct run *run)
{
	const uint32_t start = 0U - run->header.fault_arg;

	if (!emulates(run))
		return;
	if (run->header.fault == FAULT_WRAP)
		emulated_start_counters(start, start);
}

void run_plan(const struct run *run)
{
	static const int errors[FAULTS] = {
		[FAULT_EAGAIN] = -EAGAIN, [FAULT_EBUSY] = -EBUSY, [FAULT_EINTR] = -EINTR,
		[FAULT_ENOMEM] = -ENOMEM, [FAULT_EBADR] = -EBADR
	};
	const unsigned argument = run->header.fault_arg;

	if (!emulates(run))
		return;
	switch (run->header.fault) {
	case FAULT_EAGAIN:
	case FAULT_EBUSY:
	case FAULT_EINTR:
	case FAULT_ENOMEM:
	case FAULT_EBADR:
		emulated_fail(EMULATED_ENTER, argument + 1, errors[run->header.fault]);
		break;
	case FAULT_SHORT:
		emulated_submit_short(argument + 1, 1);
		break;
	case FAULT_SPURIOUS:
		emulated_wake_spuriously(argument + 1);
		break;
	case FAULT_OVERFLOW:
		emulated_overflow(&run->rings[RING_A], argument + 1);
		break;
	case FAULT_ONE_CQE:
		emulated_zero_copy_errors(1);
		break;
	case FAULT_NO_CANCEL_ANY:
		emulated_refuse_cancel_any();
		break;
	case FAULT_REGISTER:
		emulated_fail(EMULATED_REGISTER, argument + 1, -ENOMEM);
		break;
	default:
		break;
	}
}

void run_plan_interrupt(const struct run *run, unsigned nth)
{
	if (emulates(run))
		emulated_interrupt(nth);
}

void run_let_happen(const struct run *run)
{
	for (unsigned ring = 0; ring < RINGS && emulates(run); ring++)
		if (run->rings[ring].open != 0)
			emulated_run(&run->rings[ring]);
}

/* Acts on a ring whose kernel is in the program. */
static int act(struct run *run, const struct once_ring *ring, const struct scenario_step *step)
{
	const unsigned number = step->arg2;

	switch (step->arg) {
	case ACT_DUPLICATE:
		(void)emulated_duplicate(ring);
		break;
	case ACT_STRAY:
		emulated_forge(ring, run->tickets[number % SCENARIO_OPS].id, 0, 0);
		break;
	case ACT_SWAP:
		if (once_ready(ring) < 2 || once_held(ring) != 0)
			return -ENOTSUP;
		emulated_swap(ring, 0, 1);
		break;
	case ACT_OVERFLOW:
		emulated_overflow(ring, number);
		break;
	case ACT_DROP:
		emulated_drop(ring, number);
		break;
	case ACT_CORRUPT_TAIL:
		emulated_corrupt_tail(ring, 1000 + number);
		break;
	case ACT_REPAIR_TAIL:
		emulated_corrupt_tail(ring, 0);
		break;
	case ACT_HOLD:
	case ACT_RELEASE:
		emulated_hold(ring, step->arg == ACT_HOLD);
		break;
	case ACT_COMPLETE:
		if (emulated_pending(ring) == 0)
			return -ENOENT;
		emulated_complete(ring, 0, (int32_t)number, 0);
		break;
	case ACT_IGNORE_CANCEL:
	case ACT_ALLOW_CANCEL:
		emulated_ignore_cancel(ring, step->arg == ACT_IGNORE_CANCEL);
		break;
	case ACT_INTERRUPT:
		emulated_interrupt(number + 1);
		break;
	case ACT_SPURIOUS:
		emulated_wake_spuriously(number + 1);
		break;
	case ACT_SHORT_SUBMIT:
		emulated_submit_short(1, number);
		break;
	default:
		emulated_fail(EMULATED_ENTER, number + 1, -EAGAIN);
		break;
	}
	return 0;
}

int run_act(struct run *run, const struct scenario_step *step)
{
	const struct once_ring *ring = &run->rings[step->ring];

	run->stale = true;
	if (!emulates(run) || ring->open == 0) {
		run->event.marks |= RUN_NOT_HERE;
		return -ENOTSUP;
	}
	run->hostile = true;
	return act(run, ring, step);
}
