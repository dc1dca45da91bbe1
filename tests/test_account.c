/* SPDX-License-Identifier: MIT */
/* The accounts: exact after every step, and conserved over a long random walk. */
#include "world.h"

static void the_accounts_follow_one_operation(void **state)
{
	struct fixture *f = *state;
	struct once_ring *ring = &f->ring;
	struct once_sqe sqe = { 0 };
	struct once_cqe cqe = { 0 };

	open_ring(f, NULL);
	assert_int_equal(once_free(ring), 8);
	sqe = taken_sqe(f);
	assert_int_equal(once_free(ring), 7);
	assert_int_equal(once_taken(ring), 1);
	once_prep_nop(&sqe);
	arm_sqe(&sqe, 1, NULL);
	assert_int_equal(once_taken(ring), 0);
	assert_int_equal(once_armed(ring), 1);
	assert_int_equal(once_armed_total(ring), 1);
	submit_all(f);
	assert_int_equal(once_in_flight(ring), 1);
	assert_int_equal(once_ready(ring), 1);
	assert_int_equal(once_held(ring), 0);
	cqe = next_token(f);
	assert_int_equal(once_ready(ring), 0);
	assert_int_equal(once_held(ring), 1);
	assert_int_equal(once_in_flight(ring), 1); /* until it is seen */
	assert_int_equal(once_passed_total(ring), 0);
	assert_ok(once_seen(ring, &cqe));
	assert_int_equal(once_in_flight(ring), 0);
	assert_int_equal(once_free(ring), 8);
	assert_int_equal(once_passed_total(ring), 1);
	assert_accounts_zero(f);
}

static void get_events_fetches_what_overflowed(void **state)
{
	struct fixture *f = *state;
	const struct once_config config = { .entries = 1, .cq_entries = 4,
					    .memory = { .capacity = 1 } };
	struct once_cqe cqes[4] = { 0 };

	open_ring(f, &config);
	for (uint32_t i = 0; i < 6; i++)
		post_foreign(f, i, i);
	assert_true(once_has_overflow(&f->ring));
	assert_code(once_peek_batch(&f->ring, cqes, 4), 4);
	assert_int_equal(once_seen_batch(&f->ring, cqes, 4), 4);
	assert_true(once_has_overflow(&f->ring));
	assert_ok(once_get_events(&f->ring));
	assert_false(once_has_overflow(&f->ring));
	assert_int_equal(once_ready(&f->ring), 2);
	assert_code(once_discard(&f->ring), 2);
	assert_accounts_zero(f);
}

/* A walker does one random thing after the other; every account is checked after each. */
struct walker {
	struct fixture *f;
	uint64_t seed;
	struct once_sqe sqes[16];
	uint32_t taken;
	struct once_cqe held[32];
	uint32_t holds;
	uint64_t armed;  /* ever */
	uint64_t seen;   /* ever */
};

static uint32_t random_below(struct walker *w, uint32_t limit)
{
	w->seed = w->seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
	return (uint32_t)(w->seed >> 33) % limit;
}

static void step_take(struct walker *w)
{
	struct once_sqe sqe = { 0 };
	const int rc = once_take(&w->f->ring, &sqe);

	if (rc < 0)
		assert_true(rc == -EAGAIN || rc == ONCE_NO_SLOT);
	else
		w->sqes[w->taken++] = sqe;
}

static void step_arm(struct walker *w)
{
	struct once_sqe sqe = { 0 };

	if (w->taken == 0)
		return;
	sqe = copy_of_sqe(&w->sqes[--w->taken]);
	if (random_below(w, 4) == 0) {
		assert_ok(once_give_back(&sqe));
		return;
	}
	if (random_below(w, 8) == 0) {
		assert_code(once_arm(&sqe, once_cookie(0), NULL), ONCE_NOT_PREPARED);
		return;
	}
	if (random_below(w, 4) == 0)
		once_prep_timeout(&sqe, &one_millisecond, 0, 0);
	else
		once_prep_nop(&sqe);
	assert_ok(once_arm(&sqe, once_cookie(w->armed), NULL));
	w->armed++;
}

static void step_submit(struct walker *w)
{
	const uint32_t armed = once_armed(&w->f->ring);
	const int rc = once_submit(&w->f->ring);

	assert_code(rc, w->taken != 0 ? ONCE_NOT_ARMED : (int)armed);
}

static void step_deliver(struct walker *w)
{
	struct once_cqe cqe = { 0 };
	int rc = once_peek(&w->f->ring, &cqe);

	if (rc == -EAGAIN && once_in_flight(&w->f->ring) > w->holds && w->taken == 0)
		rc = once_wait_timeout(&w->f->ring, &cqe, &one_millisecond);
	if (rc < 0) {
		assert_true(rc == -EAGAIN || rc == -ETIME);
		return;
	}
	assert_true(cookie_of(&cqe) < w->armed);
	w->held[w->holds++] = cqe;
}

static void step_see(struct walker *w)
{
	uint32_t which;
	struct once_cqe cqe = { 0 };

	if (w->holds == 0)
		return;
	which = random_below(w, w->holds);
	cqe = copy_of(&w->held[which]);
	w->held[which] = w->held[--w->holds];
	assert_ok(once_seen(&w->f->ring, &cqe));
	w->seen++;
	if (random_below(w, 4) == 0) {
		cqe = copy_of(&cqe);
		assert_code(once_seen(&w->f->ring, &cqe), ONCE_SEEN_TWICE);
	}
}

static void step_reap(struct walker *w)
{
	struct once_completion done[4] = { { .result = 0 } };
	const int rc = once_reap_batch(&w->f->ring, done, 4);

	if (rc < 0)
		assert_code(rc, -EAGAIN);
	else
		w->seen += (uint64_t)rc;
}

static void step(struct walker *w)
{
	static void (*const steps[])(struct walker *) = { step_take, step_take, step_arm,
							  step_arm, step_arm, step_submit,
							  step_deliver, step_deliver, step_see,
							  step_see, step_reap };
	const struct once_ring *ring = &w->f->ring;

	steps[random_below(w, sizeof steps / sizeof steps[0])](w);
	assert_conserved(w->f);
	assert_int_equal(once_taken(ring), w->taken);
	assert_int_equal(once_held(ring), w->holds);
	assert_int_equal(once_armed_total(ring), w->armed);
	assert_true(once_passed_total(ring) <= w->seen);
	assert_true(once_passed_total(ring) + once_in_flight(ring) + once_armed(ring) == w->armed);
}

static void walk(struct fixture *f, const struct once_config *config, uint64_t seed)
{
	struct walker w = { .f = f, .seed = seed };

	open_ring(f, config);
	for (int i = 0; i < 20000; i++)
		step(&w);
	while (w.taken != 0)
		step_arm(&w);
	submit_all(f);
	while (w.holds != 0)
		step_see(&w);
	assert_ok(once_drain(&f->ring, &one_hour, NULL, 0, NULL));
	assert_accounts_zero(f);
	assert_int_equal(once_free(&f->ring), once_capacity(&f->ring));
	assert_true(once_passed_total(&f->ring) >= w.armed);
	assert_true(w.seen > 100);
}

static void a_random_walk_conserves(void **state)
{
	const struct once_config config = { .memory = { .capacity = 11 } };

	walk(*state, &config, 1);
}

static void a_random_walk_on_a_small_ring_conserves(void **state)
{
	const struct once_config config = { .entries = 2, .cq_entries = 4,
					    .memory = { .capacity = 3 } };

	walk(*state, &config, 2);
}

static void a_random_walk_with_deferred_work_conserves(void **state)
{
	const struct once_config config = { .flags = IORING_SETUP_SINGLE_ISSUER |
						     IORING_SETUP_DEFER_TASKRUN };

	walk(*state, &config, 3);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		once_test(the_accounts_follow_one_operation),
		once_test(get_events_fetches_what_overflowed),
		once_test(a_random_walk_conserves),
		once_test(a_random_walk_on_a_small_ring_conserves),
		once_test(a_random_walk_with_deferred_work_conserves),
	};

	return cmocka_run_group_tests_name("account", tests, NULL, NULL);
}
