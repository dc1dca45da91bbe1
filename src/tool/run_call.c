/* SPDX-License-Identifier: MIT */
/* The steps of the submitting side and of neither, and which step is whose. */
#include "run_internal.h"

static struct once_ring *ring_of(struct run *run, const struct scenario_step *step)
{
	return &run->rings[step->ring];
}

const struct once_timespec *run_time(unsigned time, bool may_be_null)
{
	static const struct once_timespec times[TIMES] = {
		{ 0, 0 }, { 0, 1 }, { 1000, 0 }, { 1000, 0 }, { 0, 1000000 }, { -1, 0 },
		{ 0, 1000000000 }
	};

	return may_be_null && time == TIME_EVER ? NULL : &times[time % TIMES];
}

/* --- take, arm, submit --- */

static int do_take(struct run *run, const struct scenario_step *step)
{
	struct run_sqe *to = &run->sqes[step->reg];
	struct once_sqe sqe = to->sqe;
	const int rc = once_take(ring_of(run, step), &sqe);
	uint32_t slot;

	run->event.call = "once_take";
	if (rc != 0)
		return rc;
	if (to->buffer != NULL)
		world_return(to->buffer, 0);
	memset(to, 0, sizeof *to);
	to->sqe = sqe;
	slot = once_id_slot(sqe.id);
	if (slot < RUN_CAPACITY)
		run->taken[step->ring][slot] = sqe;
	run_name_subject(run, sqe.ring, sqe.id);
	return rc;
}

static int do_give_back(struct run *run, const struct scenario_step *step)
{
	struct run_sqe *sqe = &run->sqes[step->reg];
	int rc;

	run->event.call = "once_give_back";
	run_name_subject(run, sqe->sqe.ring, sqe->sqe.id);
	rc = once_give_back(&sqe->sqe);
	if (rc == 0)
		run_note_settled(run, &sqe->sqe);
	return rc;
}

static int do_arm(struct run *run, const struct scenario_step *step, uint8_t type, bool ticketed)
{
	struct run_sqe *from = &run->sqes[step->reg];
	const struct once_lent lent = run_lent(type, run_lent_value(run->armed, step->arg2));
	const struct once_sqe before = from->sqe;
	int rc;

	run->event.call = "once_arm";
	run_name_subject(run, before.ring, before.id);
	rc = once_arm(&from->sqe, lent, ticketed ? &run->tickets[step->arg] : NULL);
	if (rc != ONCE_NOT_TAKEN)
		run_note_settled(run, &before);
	if (rc == 0)
		run_note_armed(run, from, before.id, type, step->arg2, ticketed ? step->arg : UINT8_MAX);
	return rc;
}

static int do_submit_and_wait(struct run *run, const struct scenario_step *step)
{
	struct once_ring *ring = ring_of(run, step);
	int rc;

	run->event.call = "once_submit_and_wait";
	run_watch(run, step->arg != 0);
	rc = once_submit_and_wait(ring, step->arg);
	run_unwatch(run, rc == -EINTR || (rc >= 0 && once_ready(ring) < step->arg));
	return rc;
}

/* --- eventfd, accounts, the world --- */

static int do_eventfd(struct run *run, const struct scenario_step *step)
{
	struct once_ring *ring = ring_of(run, step);
	int rc;

	switch (step->verb) {
	case VERB_REGISTER:
		run->event.call = "once_register_eventfd";
		rc = once_register_eventfd(ring, world_fd(&run->world, step->arg));
		break;
	case VERB_REGISTER_ASYNC:
		run->event.call = "once_register_eventfd_async";
		rc = once_register_eventfd_async(ring, world_fd(&run->world, step->arg));
		break;
	case VERB_UNREGISTER:
		run->event.call = "once_unregister_eventfd";
		rc = once_unregister_eventfd(ring);
		if (rc == 0)
			run->registered[step->ring] = false;
		return rc;
	case VERB_TOGGLE:
		run->event.call = "once_eventfd_toggle";
		if (step->arg == 0)
			run->stale = true; /* the ring stays so */
		return once_eventfd_toggle(ring, step->arg != 0);
	default:
		run->event.call = "once_eventfd_enabled";
		return once_eventfd_enabled(ring);
	}
	if (rc == 0)
		run->registered[step->ring] = true;
	return rc;
}

static int do_state(struct run *run, const struct scenario_step *step)
{
	const struct once_ticket *ticket = &run->tickets[step->reg];

	run->event.call = "once_state_of";
	run_name_subject(run, ticket->ring, ticket->id);
	return once_state_of(ring_of(run, step), ticket);
}

static int do_account(struct run *run, const struct scenario_step *step)
{
	struct run_account account = { .open = true };

	run_fill_accounts(run, step->ring, &account);
	run->event.value = account.value[step->arg];
	return (int)(run->event.value & INT32_MAX);
}

static int do_world(struct run *run, const struct scenario_step *step)
{
	int rc = 0;

	switch (step->verb) {
	case VERB_PUT:
		rc = world_put(&run->world, step->reg, scenario_length(step->arg));
		break;
	case VERB_GET:
		rc = world_get(&run->world, step->reg, scenario_length(step->arg));
		break;
	case VERB_CONNECT:
		rc = world_connect(&run->world);
		break;
	case VERB_SHUT:
		rc = world_shut(&run->world, step->reg);
		break;
	default:
		if (step->arg == TIME_MOMENT)
			(void)nanosleep(&(const struct timespec){ 0, 1000000 }, NULL);
		break;
	}
	run_let_happen(run);
	return rc;
}

/* --- which is which --- */

static int do_rest(struct run *run, const struct scenario_step *step)
{
	switch (step->verb) {
	case VERB_OPEN:
	case VERB_CLOSE:
	case VERB_ABANDON:
	case VERB_DRAIN:
	case VERB_SURVIVORS:
	case VERB_HAND_OVER:
	case VERB_DESCRIPTOR:
		return run_do_ring(run, step);
	case VERB_ACCOUNT:
		return do_account(run, step);
	case VERB_STATE:
		return do_state(run, step);
	case VERB_REGISTER:
	case VERB_REGISTER_ASYNC:
	case VERB_UNREGISTER:
	case VERB_TOGGLE:
	case VERB_ENABLED:
		return do_eventfd(run, step);
	case VERB_COPY_SQE:
	case VERB_COPY_OP:
	case VERB_COPY_TOKEN:
	case VERB_FORGE_SQE:
	case VERB_FORGE_OP:
	case VERB_FORGE_TOKEN:
		run_forge(run, step);
		return 0;
	case VERB_ELSEWHERE:
		run->elsewhere = run->was_elsewhere = true;
		return 0;
	case VERB_PUT:
	case VERB_GET:
	case VERB_CONNECT:
	case VERB_SHUT:
	case VERB_PAUSE:
		return do_world(run, step);
	case VERB_KERNEL:
		return run_act(run, step);
	default:
		run_prepare(run, step);
		return 0;
	}
}

int run_do(struct run *run, const struct scenario_step *step)
{
	switch (step->verb) {
	case VERB_TAKE:
		return do_take(run, step);
	case VERB_GIVE_BACK:
		return do_give_back(run, step);
	case VERB_ARM:
		return do_arm(run, step, TYPE_REQUEST, true);
	case VERB_ARM_PLAIN:
		return do_arm(run, step, TYPE_REQUEST, false);
	case VERB_ARM_SESSION:
		return do_arm(run, step, TYPE_SESSION, true);
	case VERB_ARM_PLAIN_SESSION:
		return do_arm(run, step, TYPE_SESSION, false);
	case VERB_ARM_COOKIE:
		return do_arm(run, step, TYPE_COOKIE, true);
	case VERB_ARM_PLAIN_COOKIE:
		return do_arm(run, step, TYPE_COOKIE, false);
	case VERB_SUBMIT:
		run->event.call = "once_submit";
		return once_submit(ring_of(run, step));
	case VERB_SUBMIT_AND_WAIT:
		return do_submit_and_wait(run, step);
	case VERB_SUBMIT_AND_WAIT_TIMEOUT:
		return run_do_complete(run, step);
	case VERB_WAIT:
	case VERB_PEEK:
	case VERB_SEE:
	case VERB_REAP:
	case VERB_LOOK:
		return run_do_complete(run, step);
	default:
		return (step->verb >= VERB_WAIT_NR && step->verb <= VERB_EXTRA) ||
				       (step->verb >= VERB_SEE_BATCH && step->verb <= VERB_DISCARD)
			? run_do_complete(run, step) : do_rest(run, step);
	}
}
