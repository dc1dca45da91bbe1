/* SPDX-License-Identifier: MIT */
/* See steps.h. */
#include "steps.h"

struct fixture *f;
struct model *m;
struct once_config config;
uint64_t seed, step, next_lent;
const char *call;

struct once_sqe sqes[SQES];
static struct { int fault; int shape; } prepared[SQES];
struct once_cqe tokens[TOKENS];
struct once_ticket tickets[SQES];
int pipe_ends[2];

static const struct once_timespec moment = { 0, 1000 };

/* splitmix64 */
uint32_t draw(uint32_t below)
{
	uint64_t z = (seed += UINT64_C(0x9e3779b97f4a7c15));

	z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
	return (uint32_t)((z ^ (z >> 31)) >> 33) % below;
}

void agree(int rc, int wanted)
{
	if (rc != wanted)
		fail_msg("step %llu, %s: library %d (%s), model %d (%s)", (unsigned long long)step, call, rc,
			 once_code_name(rc), wanted, once_code_name(wanted));
}

void within(const struct model_answer *answer, int rc)
{
	if (!model_answered(m, answer, rc))
		fail_msg("step %llu, %s: the library may not answer %d (%s)", (unsigned long long)step, call,
			 rc, once_code_name(rc));
}

void check(void)
{
	const struct model_accounts accounts = observe_accounts(&f->ring);

	model_check_accounts(m, &accounts);
	if (m->violations != f->violations)
		fail_msg("step %llu, %s: %u violations reported, %llu expected", (unsigned long long)step,
			 call, f->violations, (unsigned long long)m->violations);
	if (m->why != NULL)
		fail_msg("step %llu, %s: %s", (unsigned long long)step, call, m->why);
}

/* --- submitting side --- */

void take(void)
{
	const uint32_t n = draw(SQES);
	const struct model_answer answer = model_take_answer(m);
	struct once_sqe sqe;
	const int rc = once_take(&f->ring, &sqe);

	within(&answer, rc);
	if (rc != 0)
		return;
	/* what is overwritten here goes back first: nothing else would ever arm it */
	if (sqes[n].ring != NULL)
		agree(once_give_back(&sqes[n]), model_give_back(m, sqes[n].id));
	sqes[n] = sqe;
	prepared[n].fault = ONCE_NOT_PREPARED;
	prepared[n].shape = MODEL_ONE;
	model_taken(m, sqe.id);
}

static void prepare(uint32_t n)
{
	struct once_sqe *sqe = &sqes[n];
	const struct once_ticket ticket = tickets[draw(SQES)];

	prepared[n].fault = 0;
	prepared[n].shape = MODEL_ONE;
	switch (draw(8)) {
	case 0:
		once_prep_poll_multishot(sqe, pipe_ends[0], 1 /* POLLIN */);
		prepared[n].shape = MODEL_MULTISHOT;
		break;
	case 1:
		once_prep_timeout(sqe, &one_hour, 0, 0);
		break;
	case 2:
		once_prep_poll_add(sqe, pipe_ends[0], 1);
		break;
	case 3:
		prepared[n].fault = model_aim(m, ticket.ring == &f->ring, ticket.id);
		once_prep_cancel(sqe, &ticket);
		break;
	case 4:
		once_prep_nop(sqe);
		once_set_flags(sqe, IOSQE_CQE_SKIP_SUCCESS);
		prepared[n].fault = ONCE_SKIP_SUCCESS;
		break;
	default:
		once_prep_nop(sqe);
		break;
	}
}

void arm(void)
{
	const uint32_t n = draw(SQES);
	const uint64_t lent = next_lent++;
	struct once_ticket ticket;
	int rc;

	if (sqes[n].ring == NULL)
		return;
	if (draw(16) != 0)
		prepare(n);
	rc = once_arm(&sqes[n], once_cookie(lent), &ticket);
	agree(rc, model_arm(m, sqes[n].id, prepared[n].fault, prepared[n].shape, lent));
	if (rc == 0)
		tickets[draw(SQES)] = ticket;
}

void give_back(void)
{
	const uint32_t n = draw(SQES);

	if (sqes[n].ring != NULL)
		agree(once_give_back(&sqes[n]), model_give_back(m, sqes[n].id));
}

void submit(void)
{
	const struct model_answer answer = model_submit_answer(m);
	const int rc = once_submit(&f->ring);

	within(&answer, rc);
	if (rc > 0)
		model_submitted(m, (uint32_t)rc);
}

/* --- completing side --- */

static void keep(const struct once_cqe *token)
{
	struct model_cqe cqe;

	if (!observe_cqe(token, &cqe))
		fail_msg("step %llu, %s: a fresh token refuses", (unsigned long long)step, call);
	model_delivered(m, &cqe);
	tokens[draw(TOKENS)] = *token;
}

void peek(void)
{
	const struct model_facts facts = observe_facts(&f->ring);
	const struct model_answer answer = model_peek_answer(m, &facts);
	struct once_cqe token;
	const int rc = once_peek(&f->ring, &token);

	within(&answer, rc);
	if (rc == 0)
		keep(&token);
}

void timed_wait(void)
{
	const struct model_wait wait = { .count = draw(4), .timed = true };
	const struct model_facts facts = observe_facts(&f->ring);
	const struct model_answer answer = model_wait_answer(m, &wait, &facts);
	struct once_cqe token;
	const int rc = once_wait_for(&f->ring, &token, wait.count, &moment, NULL);

	within(&answer, rc);
	model_waited(m, &wait, rc, once_armed(&f->ring), once_reserved(&f->ring));
	if (rc == 0)
		keep(&token);
}

/* Without a time, and only where the model knows the answer: else it might be for ever. */
void untimed_wait(void)
{
	const struct model_wait wait = { .count = 1 + draw(4) };
	const struct model_facts facts = observe_facts(&f->ring);
	const struct model_answer answer = model_wait_answer(m, &wait, &facts);
	struct once_cqe token;
	int rc;

	if (answer.codes + (answer.least <= answer.most) != 1)
		return;
	rc = once_wait_nr(&f->ring, &token, wait.count);
	within(&answer, rc);
	if (rc == 0)
		keep(&token);
}

void submit_and_wait(void)
{
	const struct model_wait wait = { .count = draw(3), .timed = true };
	const struct model_facts facts = observe_facts(&f->ring);
	const struct model_answer answer = model_submit_and_wait_timeout_answer(m, &wait, &facts);
	struct once_cqe token;
	unsigned submitted = 0;
	const int rc = once_submit_and_wait_timeout(&f->ring, &token, wait.count, &moment, NULL,
						    &submitted);

	within(&answer, rc);
	if (f->legacy)
		model_waited(m, &wait, rc, once_armed(&f->ring), once_reserved(&f->ring));
	else
		model_submitted(m, submitted);
	if (rc == 0)
		keep(&token);
}

void see(void)
{
	struct once_cqe token = tokens[draw(TOKENS)];
	struct model_shown shown = observe_token(&f->ring, &token);

	agree(once_seen(&f->ring, &token), model_see(m, &shown));
}

void see_batch(void)
{
	struct once_cqe batch[4];
	struct model_shown shown[4];
	const uint32_t count = draw(5);

	for (uint32_t i = 0; i < count; i++) {
		batch[i] = tokens[draw(TOKENS)];
		shown[i] = observe_token(&f->ring, &batch[i]);
	}
	agree(once_seen_batch(&f->ring, batch, count), model_see_batch(m, shown, count));
}

void look(void)
{
	const struct once_cqe token = tokens[draw(TOKENS)];
	const struct model_shown shown = observe_token(&f->ring, &token);
	const struct model_token *known;
	uint64_t value;

	if (token.ring == NULL)
		return;
	known = model_look(m, &shown);
	agree(once_result(&token), known != NULL ? known->result : ONCE_SPENT);
	agree(once_owner(&token, &once_cookie_type, &value), model_owner(m, &shown, true));
	agree(once_state_of(&f->ring, &tickets[0]),
	      model_state_of(m, tickets[0].ring == &f->ring, tickets[0].id));
}

void reap(void)
{
	const struct model_facts facts = observe_facts(&f->ring);
	const struct model_answer answer = model_peek_answer(m, &facts);
	struct once_completion done;
	const int rc = once_reap(&f->ring, &done);
	struct model_cqe cqe = { 0 };

	within(&answer, rc);
	if (rc != 0)
		return;
	cqe.foreign = done.lent.type == NULL;
	cqe.lent = cqe.user_data = done.lent.value;
	cqe.result = done.result;
	cqe.flags = done.flags;
	model_reaped(m, &cqe);
}
