/* SPDX-License-Identifier: MIT */
/* The oracle: rings as a whole: open, close, drain, hand over; accounts and eventfds. */
#include "oracle.h"

#include "stage.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>

enum { EXIT_SKIP = 77, A_MOMENT = 20000000 /* nanoseconds */ };

/* --- open, close --- */

/* No memory, no descriptors, no permission: the machine's business, not the library's. */
static bool is_environment(int rc)
{
	return rc == -ENOMEM || rc == -EPERM || rc == -ENOSYS || rc == -EMFILE || rc == -ENFILE;
}

static void do_open(struct oracle *o)
{
	struct model *m = oracle_model(o);
	const int wanted = m->open ? ONCE_ALREADY_OPEN
				   : oracle_open_answer(&o->run->header, o->step->ring, o->step->arg);
	const int rc = oracle_do(o);

	if (wanted == 0 && is_environment(rc))
		_Exit(EXIT_SKIP);
	CHECK_THAT(CHECK_OPEN, rc == wanted, "it answers %d (%s), wanted %s", rc, once_code_name(rc),
		   once_code_name(wanted));
	if (rc < -4095) {
		model_refuse(m, rc);
		return;
	}
	oracle_follow_open(o, o->step->ring, o->step->arg);
	o->run->stale = o->run->stale || o->step->arg != MISTAKE_NONE; /* not of the header's kind */
}

void oracle_check_hidden(void)
{
	if (stage_found_hidden != NULL)
		CHECK_THAT(CHECK_HIDDEN, !stage_found_hidden(), "the kernel has had some to cancel");
}

static void do_close(struct oracle *o)
{
	struct model *m = oracle_model(o);
	int wanted;

	if (m->open)
		oracle_note_generations(o, o->step->ring);
	wanted = o->step->verb == VERB_CLOSE ? model_close(m, &oracle_ring(o)->facts) : model_abandon(m);
	oracle_same(o, oracle_do(o), wanted);
	oracle_check_tokens(o);
	oracle_check_hidden();
	if (wanted == 0)
		oracle_stream_lost(o);
}

static uint32_t live_ids(const struct model *m, uint64_t *ids)
{
	uint32_t count = 0;

	for (uint32_t slot = 0; m->open && slot < m->setup.capacity; slot++)
		if (m->slots[slot].state == MODEL_IN_FLIGHT || m->slots[slot].state == MODEL_ARMED)
			ids[count++] = model_id_of(m, slot);
	return count;
}

static void do_drain(struct oracle *o)
{
	struct model *m = oracle_model(o);
	struct once_ring *library = oracle_library(o);
	const unsigned time = o->step->arg;
	const struct model_answer answer =
		model_drain_answer(m, time == TIME_NEGATIVE || time == TIME_CROOKED);
	const uint64_t before = m->violations;
	uint64_t ids[MODEL_SLOTS];
	const uint32_t live = live_ids(m, ids);
	uint32_t ended = 0;
	struct model_accounts after;
	const uint64_t patience = o->run->patience;
	int rc;

	/* what IOSQE_IO_DRAIN keeps back need not end: no use waiting for it */
	if (o->run->tangled)
		o->run->patience = A_MOMENT;
	rc = oracle_do(o);
	o->run->patience = patience;
	oracle_allowed(o, m, &answer, rc);
	CHECK_THAT(CHECK_DRAIN, (o->event->marks & RUN_EXPIRED) == 0 || o->run->tangled || o->spoofed,
		   "%u operations survived a deadline that is far away", (unsigned)o->event->value);
	if ((rc < -4095 && rc != ONCE_DEADLINE && rc != ONCE_TIMERS_OUT) || rc == -EINVAL)
		return;
	for (uint32_t i = 0; i < live; i++) {
		const struct once_ticket ticket = { library, ids[i] };
		const int state = once_state_of(library, &ticket);

		if (state != ONCE_STATE_ARMED && state != ONCE_STATE_IN_FLIGHT)
			ids[ended++] = ids[i];
	}
	after = observe_accounts(library);
	CHECK_THAT(CHECK_DRAIN, o->event->value == once_survivors(library, NULL, 0), "%u survivors, it says %u",
		   once_survivors(library, NULL, 0), (unsigned)o->event->value);
	CHECK_THAT(CHECK_MODEL, model_drained(m, rc, ids, ended, &after), "%s", m->why);
	/* strays that were thrown away */
	m->violations = before + o->event->violations;
	oracle_kernel_base(o, o->step->ring);
	oracle_stream_lost(o);
	oracle_check_tokens(o);
}

/* --- eventfd --- */

static bool is_readable(struct oracle *o, unsigned file)
{
	struct pollfd poll_fd = { world_fd(&o->run->world, file), POLLIN, 0 };

	return poll(&poll_fd, 1, 0) == 1;
}

static void do_eventfd(struct oracle *o)
{
	const struct scenario_step *step = o->step;
	struct model *m = oracle_model(o);
	const bool registers = step->verb == VERB_REGISTER || step->verb == VERB_REGISTER_ASYNC;
	int rc = oracle_do(o);

	if (step->verb == VERB_ENABLED) {
		CHECK_THAT(CHECK_CODE, rc == 0 || (rc == 1 && m->open), "it answers %d", rc);
		return;
	}
	if (!m->open) {
		oracle_same(o, rc, model_refuse(m, ONCE_NOT_OPEN));
		return;
	}
	CHECK_THAT(CHECK_CODE, rc == 0 || (rc < 0 && rc >= -4095), "it answers %d", rc);
	if (registers && rc == 0 && oracle_ring(o)->facts.ready != 0 && !o->run->world.broken &&
	    (step->arg == FILE_EVENTFD || step->arg == FILE_COUNTER))
		CHECK_THAT(CHECK_EVENTFD, is_readable(o, step->arg), "%u CQEs are there, and it is not signalled",
			   oracle_ring(o)->facts.ready);
}

/* --- the rest --- */

static void do_hand_over(struct oracle *o)
{
	struct model *m = oracle_model(o);

	(void)oracle_do(o);
	m->submit_owner = m->complete_owner = 0;
}

static void do_survivors(struct oracle *o)
{
	const uint32_t wanted = model_survivors(oracle_model(o));
	const int rc = oracle_do(o);

	CHECK_THAT(CHECK_SURVIVORS, rc == (int)wanted, "%d, the model has %u", rc, wanted);
}

static void do_descriptor(struct oracle *o)
{
	struct model *m = oracle_model(o);
	const int wanted = m->open ? 0 : model_refuse(m, ONCE_NOT_OPEN);

	oracle_same(o, oracle_do(o), wanted);
}

bool oracle_close_step(struct oracle *o)
{
	switch (o->step->verb) {
	case VERB_OPEN:
		do_open(o);
		return true;
	case VERB_CLOSE:
	case VERB_ABANDON:
		do_close(o);
		return true;
	case VERB_DRAIN:
		do_drain(o);
		return true;
	case VERB_SURVIVORS:
		do_survivors(o);
		return true;
	case VERB_HAND_OVER:
		do_hand_over(o);
		return true;
	case VERB_DESCRIPTOR:
		do_descriptor(o);
		return true;
	case VERB_REGISTER:
	case VERB_REGISTER_ASYNC:
	case VERB_UNREGISTER:
	case VERB_TOGGLE:
	case VERB_ENABLED:
		do_eventfd(o);
		return true;
	default:
		return false;
	}
}
