/* SPDX-License-Identifier: MIT */
/* See oracle.h: the life of a run beside the model, and what is compared after each step. */
#include "oracle.h"

#include "stage.h"
#include "target.h"

#include <string.h>

/* --- open --- */

static uint32_t power_of_two(uint32_t number)
{
	uint32_t power = 1;

	while (power < number)
		power *= 2;
	return power;
}

static struct scenario_size size_of(const struct scenario_header *header, unsigned ring)
{
	if (ring == RING_A)
		return scenario_size_at(header->size);
	return scenario_size_at(header->second != 0 ? header->second - 1U : 0);
}

/* Whether capacity and the library's own CQEs fit into the CQ that the kernel makes. */
static bool fits(const struct scenario_header *header, const struct scenario_size *size)
{
	const bool legacy = (header->options & OPTION_LEGACY) != 0;
	const uint32_t own = legacy ? ONCE_OWN_PLACES_LEGACY : ONCE_OWN_PLACES;
	const uint32_t sqes = size->entries + (uint32_t)ONCE_OWN_SQES;
	uint32_t cq = power_of_two(size->cq);

	if (legacy && power_of_two(size->entries) < sqes && cq < sqes)
		cq = power_of_two(sqes);
	return cq >= own && size->operations <= cq - own;
}

int oracle_open_answer(const struct scenario_header *header, unsigned ring, unsigned mistake)
{
	static const int answers[MISTAKES] = {
		[MISTAKE_FLAG] = ONCE_BAD_FLAG, [MISTAKE_OPTION] = ONCE_BAD_FLAG,
		[MISTAKE_ENTRIES] = ONCE_BAD_SIZE,
		[MISTAKE_MEMORY] = ONCE_BAD_MEMORY, [MISTAKE_OLD_KERNEL] = ONCE_OLD_KERNEL,
		[MISTAKE_GENERATIONS] = ONCE_BAD_SIZE
	};
	struct scenario_size size = size_of(header, ring);

	if (mistake == MISTAKE_CAPACITY) /* which fits all the same if the kernel's CQ is larger */
		size.operations = (uint16_t)(size.cq + 1);
	else if (mistake != MISTAKE_NONE)
		return answers[mistake];
	return fits(header, &size) ? 0 : ONCE_BAD_SIZE;
}

static struct model_setup setup_of(const struct oracle *o, unsigned ring, unsigned mistake)
{
	const struct scenario_header *header = &o->run->header;
	const struct scenario_size size = size_of(header, ring);
	const struct once_config config = {
		.memory.capacity = mistake == MISTAKE_CAPACITY ? size.cq + 1U : size.operations,
		.multishot_credit = scenario_credit(header->credit),
		.generations_used = scenario_generations(header->generations),
		.options = ((header->options & OPTION_SPLIT) != 0 ? ONCE_SPLIT : 0U) |
			   ((header->options & OPTION_FOREIGN) != 0 ? ONCE_EXPECT_FOREIGN : 0U)
	};

	return observe_setup(&o->run->rings[ring], &config);
}

/*
 * The counters stand where the kernel and the rings before it have left them. A ring
 * that has a closed one's tag must not use its generations again.
 */
static void take_over(struct oracle *o, unsigned index)
{
	const struct once_ring *ring = &o->run->rings[index];
	struct model *m = &o->rings[index].model;
	const bool goes_on = ring->ages != 0 && ring->tag == o->tags[index];
	const uint64_t tag = ring->tag / ONCE_TAG_UNIT;

	o->again = o->again || (ring->ages == 0 && o->had[tag]);
	o->had[tag] = true;
	m->armed_total = once_armed_total(ring);
	m->head = m->delivered = m->forgotten = once_passed_total(ring);
	for (uint32_t slot = 0; slot < m->setup.capacity; slot++) {
		const uint64_t id = ring->memory.ops[slot].id - ONCE_AT_REST;
		const uint64_t generation = id % ONCE_GENERATIONS;

		if (goes_on)
			CHECK_THAT(CHECK_GENERATION, generation >= o->generations[index][slot],
				   "slot %u of ring %c was at %llu, and is at %llu", slot, 'a' + (int)index,
				   (unsigned long long)o->generations[index][slot],
				   (unsigned long long)generation);
		if (generation == 0) {
			model_move(&m->counts, MODEL_FREE, MODEL_RETIRED);
			m->slots[slot].state = MODEL_RETIRED;
		}
		m->slots[slot].lives_left = generation == 0 ? 0 : ONCE_GENERATIONS - generation;
		m->slots[slot].generation = generation == 0 ? ONCE_GENERATIONS : generation;
	}
}

/* It is about to be closed: these come never again under its tag. */
void oracle_note_generations(struct oracle *o, unsigned index)
{
	const struct model *m = &o->rings[index].model;

	o->tags[index] = m->open ? o->run->rings[index].tag : 0;
	for (uint32_t slot = 0; m->open && slot < MODEL_SLOTS; slot++) {
		const int state = m->slots[slot].state;

		o->generations[index][slot] = slot >= m->setup.capacity ? 0
			: m->slots[slot].generation + (state != MODEL_FREE && state != MODEL_TAKEN);
	}
}

void oracle_follow_open(struct oracle *o, unsigned ring, unsigned mistake)
{
	struct model *m = &o->rings[ring].model;
	const struct model_setup setup = setup_of(o, ring, mistake);
	const uint32_t due = m->open ? 0 : m->foreign_due;

	model_open(m, &setup);
	take_over(o, ring);
	model_expect_foreign(m, due); /* messages to the one before it may be under way */
	oracle_kernel_base(o, ring);
}

void oracle_begin(struct oracle *o, struct run *run)
{
	o->run = run;
	memset(o->tags, 0, sizeof o->tags);
	memset(o->had, 0, sizeof o->had);
	o->again = false;
	o->loose = o->threads = o->spoofed = o->misled = o->restless = o->stray = false;
	o->step = NULL;
	memset(o->copies, 0, sizeof o->copies);
	memset(o->streams, 0, sizeof o->streams);
	for (unsigned i = 0; i < SCENARIO_SQES; i++) {
		memset(&o->sqes[i], 0, offsetof(struct oracle_sqe, wire));
		o->sqes[i].fault = ONCE_NOT_PREPARED;
		o->sqes[i].verb = VERBS;
		o->sqes[i].file = NO_FILE;
	}
	for (unsigned i = 0; i < SCENARIO_COPIES; i++)
		o->copies[i].foreign = true;
	for (unsigned ring = 0; ring < RINGS; ring++) {
		struct model *m = &o->rings[ring].model;

		memset(o->rings[ring].ops, 0, sizeof o->rings[ring].ops);
		memset(m, 0, offsetof(struct model, queue)); /* all but what is counted for ever */
		m->thread = 1;
		if (run->rings[ring].open != 0) {
			const struct model_setup setup = setup_of(o, ring, MISTAKE_NONE);

			model_open(m, &setup);
			take_over(o, ring);
			m->submit_owner = run->rings[ring].submit.owner != 0;
			m->complete_owner = run->rings[ring].complete.owner != 0;
			oracle_kernel_base(o, ring);
		} else {
			memset(m->slots, 0, sizeof m->slots);
		}
	}
	check_at(NULL, RUN_AT_OPEN);
}

/* --- one step --- */

int oracle_index_of(const struct oracle *o, const struct once_ring *ring)
{
	return ring == &o->run->rings[RING_A] ? RING_A : ring == &o->run->rings[RING_B] ? RING_B : -1;
}

void oracle_same(struct oracle *o, int rc, int wanted)
{
	(void)o;
	CHECK_THAT(CHECK_CODE, rc == wanted, "it answers %d (%s), the model %d (%s)", rc,
		   once_code_name(rc), wanted, once_code_name(wanted));
}

void oracle_allowed(struct oracle *o, struct model *m, const struct model_answer *answer, int rc)
{
	(void)o;
	CHECK_THAT(CHECK_CODE, model_allows(answer, rc), "it answers %d (%s), the model %lld..%lld or %d (%s)",
		   rc, once_code_name(rc), (long long)answer->least, (long long)answer->most,
		   answer->codes != 0 ? answer->code[0] : 0,
		   answer->codes != 0 ? once_code_name(answer->code[0]) : "nothing");
	if (rc < -4095)
		model_refuse(m, rc);
}

int oracle_do(struct oracle *o)
{
	const int rc = run_step(o->run, o->step, o->index);

	if (stage_let_end != NULL) {
		target_look(false);
		stage_let_end(o);
		target_look(true);
	}
	o->event = &o->run->event;
	return rc;
}

/* What the kernel still owes, or keeps, must not come to a later run. */
static void soil(const struct oracle *o)
{
	if (stage_soil != NULL && (o->stray || o->spoofed || o->run->tangled ||
				   (o->step != NULL && o->step->verb == VERB_PREP_PROVIDE)))
		stage_soil();
}

/* Which thread it will run on, and whether CQEs may come by themselves. */
static void prepare_step(struct oracle *o)
{
	struct run *run = o->run;
	const bool split = (run->header.options & OPTION_SPLIT) != 0;
	bool second = split && scenario_grammar(o->step->verb)->side == SIDE_COMPLETE;

	if (run->elsewhere && o->step->verb != VERB_ELSEWHERE)
		second = !second;
	/* on the stage both are one thread: what it does is done when it returns */
	o->threads = o->threads || ((second || split) && (stage_begin == NULL || run->backend != RUN_REAL));
	o->loose = o->threads || run->soon || run->tangled || o->restless || run->header.setup == SETUP_COOP ||
		   run->header.setup == SETUP_SQPOLL;
	soil(o);
	o->violations = 0;
	for (unsigned ring = 0; ring < RINGS; ring++) {
		o->rings[ring].facts = observe_facts(&run->rings[ring]);
		o->rings[ring].model.thread = second ? 2 : 1;
		/* what looks like the library's own has taken the place of what is */
		o->rings[ring].model.own_used = o->rings[ring].model.own_used || o->misled;
		o->violations += o->rings[ring].model.violations;
		o->unheard[ring] = o->rings[ring].model.violations;
	}
	o->event = NULL;
}

static void agree(struct oracle *o)
{
	uint64_t violations = 0;

	for (unsigned ring = 0; ring < RINGS; ring++) {
		struct model *m = &o->rings[ring].model;
		const struct model_accounts accounts = observe_accounts(&o->run->rings[ring]);

		/* one that was never opened has no handler to report to; an open has the one it is given */
		if (o->run->rings[ring].handler == NULL && o->step->verb != VERB_OPEN)
			m->violations = o->unheard[ring];
		CHECK_THAT(CHECK_MODEL, m->why == NULL, "ring %c: %s", 'a' + (int)ring, m->why);
		CHECK_THAT(CHECK_ACCOUNT, model_check_accounts(m, &accounts), "ring %c: %s", 'a' + (int)ring, m->why);
		if (m->open)
			oracle_kernel_step(o, ring, &accounts);
		violations += m->violations;
	}
	CHECK_THAT(CHECK_REPORT, violations - o->violations == o->event->violations,
		   "%u violations reported, the model has %llu; the first is %s", o->event->violations,
		   (unsigned long long)(violations - o->violations),
		   o->event->violations != 0 ? once_code_name(o->event->violation[0].code) : "none");
	if (o->event->violations == 1 && o->event->rc < -4095)
		CHECK_THAT(CHECK_REPORT, o->event->violation[0].code == o->event->rc, "%s is answered, %s reported",
			   once_code_name(o->event->rc), once_code_name(o->event->violation[0].code));
}

void oracle_step(struct oracle *o, const struct scenario_step *step, uint32_t index)
{
	o->step = step;
	o->index = index;
	check_at(step, index);
	if (step->verb == VERB_KERNEL)
		return; /* nothing a real kernel does on demand, nor one that the model knows */
	prepare_step(o);
	if (!oracle_submit_step(o) && !oracle_prepare_step(o) && !oracle_wait_step(o) &&
	    !oracle_look_step(o) && !oracle_close_step(o))
		(void)oracle_do(o);
	agree(o);
	oracle_stream_step(o, o->event->rc);
}

/* --- the end --- */

void oracle_finish(struct oracle *o)
{
	struct run *run = o->run;
	struct run_leftovers left;

	check_at(NULL, RUN_AT_FINISH);
	oracle_check_tokens(o);
	oracle_stream_finish(o);
	soil(o);
	if (o->spoofed)
		run->world.broken |= run->world.touched;
	if (stage_settle != NULL)
		stage_settle(run);
	(void)run_finish(run, &left);
	CHECK_THAT(CHECK_GIVE_BACK, left.give_back == 0, "%s", once_code_name(left.give_back));
	CHECK_THAT(CHECK_SEEN, left.seen == 0, "%s", once_code_name(left.seen));
	if (o->spoofed)
		return;
	CHECK_THAT(CHECK_DRAIN, left.drain == 0 && left.survivors == 0, "%s, %u survivors",
		   once_code_name(left.drain), left.survivors);
	CHECK_THAT(CHECK_SETTLED, left.accounts == 0, "%u rings are not", left.accounts);
	if (!o->stray)
		CHECK_THAT(CHECK_QUIET, left.violations == 0, "%u", left.violations);
	CHECK_THAT(CHECK_FD, left.descriptors == 0, "%u left over", left.descriptors);
	CHECK_THAT(CHECK_BUFFER, left.buffers == 0, "%u were", left.buffers);
}
