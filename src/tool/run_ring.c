/* SPDX-License-Identifier: MIT */
/* Rings as a whole: open, close, drain, their accounts. */
#include "run_internal.h"
#include "scenario_mistakes.h"

enum { SECONDS = 1000000000 };

static void note_violation(void *context, const struct once_violation *violation)
{
	struct run *run = context;
	struct run_event *event = &run->event;

	if (run->cleaning) {
		if (!run->hostile)
			run->cleaning_violations++;
		return;
	}
	if (event->violations < RUN_VIOLATIONS)
		event->violation[event->violations] = *violation;
	event->violations++;
}

/* --- open --- */

static struct scenario_size size_of(const struct run *run, unsigned ring)
{
	const struct scenario_header *header = &run->header;

	if (ring == RING_A)
		return scenario_size_at(header->size);
	return scenario_size_at(header->second != 0 ? header->second - 1U : 0);
}

static struct once_config config_of(struct run *run, unsigned ring)
{
	const struct scenario_header *header = &run->header;
	const struct scenario_size size = size_of(run, ring);
	struct run_memory *memory = &run->memory[ring];
	struct once_config config = {
		.entries = size.entries,
		.cq_entries = size.cq,
		.flags = scenario_setup_flags(header->setup),
		.sq_thread_idle = 1,
		.multishot_credit = scenario_credit(header->credit),
		.generations_used = scenario_generations(header->generations),
		.handler = note_violation,
		.context = run,
		.memory = { memory->ops, memory->stack, memory->returned, memory->credits,
			    memory->window, memory->times, size.operations, RUN_CQ, RUN_SQ }
	};

	if ((header->options & OPTION_SPLIT) != 0)
		config.options |= ONCE_SPLIT;
	if ((header->options & OPTION_FOREIGN) != 0)
		config.options |= ONCE_EXPECT_FOREIGN;
	if ((header->options & OPTION_TRAP) != 0)
		config.options |= ONCE_TRAP;
	if ((header->options & OPTION_LEGACY) != 0)
		config.hide_features = IORING_FEAT_EXT_ARG;
	return config;
}

int run_open_ring(struct run *run, unsigned ring, unsigned mistake)
{
	struct once_config config = config_of(run, ring);
	int rc;

	scenario_spoil(&config, mistake);
	rc = once_open(&run->rings[ring], &config);
	if (rc != 0)
		return rc;
	run_forget_ring(run, ring);
	run->origin[ring] = run->rings[ring].complete.head;
	run->armed_before[ring] = once_armed_total(&run->rings[ring]);
	run->passed_before[ring] = once_passed_total(&run->rings[ring]);
	return 0;
}

/* --- the steps --- */

static int do_close(struct run *run, unsigned ring)
{
	struct once_report report;
	int rc;

	run->event.call = "once_close";
	rc = once_close(&run->rings[ring], &report);
	if (rc == 0)
		run_forget_ring(run, ring);
	return rc;
}

/* What was in flight may still be the kernel's: it keeps its files and buffers. */
static int do_abandon(struct run *run, unsigned ring)
{
	struct once_report report;
	int rc;

	run->event.call = "once_abandon";
	rc = once_abandon(&run->rings[ring], &report);
	if (rc != 0)
		return rc;
	if (report.in_flight != 0 || report.armed != 0)
		run->world.broken |= run->world.touched;
	run_forget_ring(run, ring);
	return rc;
}

static int do_drain(struct run *run, const struct scenario_step *step)
{
	const struct once_timespec patience = {
		(int64_t)(run->patience / SECONDS), (int64_t)(run->patience % SECONDS)
	};
	const struct once_timespec *time = run_time(step->arg, false);
	struct once_survivor survivors[RUN_CAPACITY];
	uint32_t count = 0;
	const bool bounded = time->seconds > patience.seconds;
	int rc;

	run->event.call = "once_drain";
	run->event.marks |= RUN_WAITED;
	rc = once_drain(&run->rings[step->ring], bounded ? &patience : time, survivors, RUN_CAPACITY,
			&count);
	run->event.value = count;
	if (rc == ONCE_DEADLINE && bounded)
		run->event.marks |= RUN_EXPIRED;
	return rc;
}

int run_do_ring(struct run *run, const struct scenario_step *step)
{
	struct once_ring *ring = &run->rings[step->ring];
	struct once_survivor survivors[RUN_CAPACITY];

	switch (step->verb) {
	case VERB_OPEN:
		run->event.call = "once_open";
		return run_open_ring(run, step->ring, step->arg);
	case VERB_CLOSE:
		return do_close(run, step->ring);
	case VERB_ABANDON:
		return do_abandon(run, step->ring);
	case VERB_DRAIN:
		return do_drain(run, step);
	case VERB_SURVIVORS:
		run->event.call = "once_survivors";
		return (int)once_survivors(ring, survivors, RUN_CAPACITY);
	case VERB_HAND_OVER:
		run->event.call = "once_hand_over";
		once_hand_over(ring);
		return 0;
	default:
		run->event.call = "once_fd";
		return once_fd(ring) >= 0 ? 0 : ONCE_NOT_OPEN;
	}
}

/* --- accounts --- */

void run_fill_accounts(const struct run *run, unsigned index, struct run_account *account)
{
	const struct once_ring *ring = &run->rings[index];
	uint64_t *value = account->value;

	if (ring->open == 0) {
		if (account->open)
			memset(account, 0, sizeof *account);
		return;
	}
	account->open = true;
	value[ACCOUNT_FREE] = once_free(ring);
	value[ACCOUNT_TAKEN] = once_taken(ring);
	value[ACCOUNT_ARMED] = once_armed(ring);
	value[ACCOUNT_IN_FLIGHT] = once_in_flight(ring);
	value[ACCOUNT_RETIRED] = once_retired(ring);
	value[ACCOUNT_CAPACITY] = once_capacity(ring);
	value[ACCOUNT_READY] = once_ready(ring);
	value[ACCOUNT_HELD] = once_held(ring);
	value[ACCOUNT_RESERVED] = once_reserved(ring);
	value[ACCOUNT_OVERFLOW] = once_has_overflow(ring);
	value[ACCOUNT_ARMED_TOTAL] = once_armed_total(ring) - run->armed_before[index];
	value[ACCOUNT_PASSED_TOTAL] = once_passed_total(ring) - run->passed_before[index];
}
