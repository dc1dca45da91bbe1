/* SPDX-License-Identifier: MIT */
/*
 * Split mode: one thread takes, arms and submits, another one delivers and
 * sees. A million completions and more; every owner comes back exactly once.
 */
#include "world.h"

#include <poll.h>
#include <pthread.h>
#include <sys/epoll.h>

enum { DEPTH = 256, BATCH = 32 };

struct traffic {
	struct fixture *f;
	uint64_t total;     /* operations to move */
	int eventfd;        /* -1: the completing thread waits in the kernel instead */
	int pipe[2];
	uint64_t completed; /* by the completing thread */
	uint64_t errors;
	uint8_t *back;      /* how often each cookie came back */
};

/* The completing thread may not assert: it counts what is wrong. */
static void account_for(struct traffic *t, const struct once_completion *done)
{
	uint64_t cookie = UINT64_MAX;

	if (once_completion_owner(done, &once_cookie_type, &cookie) != 0 || cookie >= t->total ||
	    t->back[cookie] != 0)
		t->errors++;
	else
		t->back[cookie]++;
	if (done->result < 0 && done->result != -ETIME)
		t->errors++;
	t->completed++;
}

/* Tokens, seen in reverse order. */
static void complete_tokens(struct traffic *t)
{
	struct once_ring *ring = &t->f->ring;
	struct once_cqe cqes[BATCH];
	int count = once_peek_batch(ring, cqes, BATCH);

	for (int i = count - 1; i >= 0; i--) {
		struct once_completion done = { { 0, &once_cookie_type }, 0, 0, { 0, 0 } };

		if (once_owner(&cqes[i], &once_cookie_type, &done.lent.value) != 0)
			t->errors++;
		done.result = once_result(&cqes[i]);
		account_for(t, &done);
		if (once_seen(ring, &cqes[i]) != 0)
			t->errors++;
	}
}

static void complete_copies(struct traffic *t)
{
	struct once_completion done[BATCH];
	const int count = once_reap_batch(&t->f->ring, done, BATCH);

	for (int i = 0; i < count; i++)
		account_for(t, &done[i]);
}

static void wait_for_more(struct traffic *t)
{
	struct once_ring *ring = &t->f->ring;
	struct once_completion done;
	struct pollfd ready = { .fd = t->eventfd, .events = POLLIN };
	int rc;

	if (t->eventfd >= 0) {
		(void)poll(&ready, 1, 10000);
		(void)read_eventfd(t->eventfd);
		return;
	}
	rc = once_wait_reap(ring, &done, NULL);
	if (rc == 0)
		account_for(t, &done);
	else if (rc != -EINTR && rc != -EAGAIN)
		t->errors++;
}

static void *complete(void *argument)
{
	struct traffic *t = argument;

	for (uint64_t round = 0; t->completed < t->total && t->errors == 0; round++) {
		const uint64_t before = t->completed;

		if (round % 4 == 0)
			complete_tokens(t);
		else
			complete_copies(t);
		if (t->completed == before && t->errors == 0)
			wait_for_more(t);
	}
	return NULL;
}

/* One in a thousand is a timeout, one in a thousand a poll of a pipe that is always ready. */
static void prepare(struct traffic *t, struct once_sqe *sqe, uint64_t number)
{
	if (number % 1000 == 7)
		once_prep_timeout(sqe, &one_millisecond, 0, 0);
	else if (number % 1000 == 8)
		once_prep_poll_add(sqe, t->pipe[0], POLLIN);
	else
		once_prep_nop(sqe);
}

static void submit_traffic(struct traffic *t)
{
	struct once_ring *ring = &t->f->ring;
	uint64_t number = 0;

	while (number < t->total) {
		struct once_sqe sqe = { 0 };
		const int rc = once_take(ring, &sqe);
		int submitted;

		if (rc == 0) {
			prepare(t, &sqe, number);
			assert_ok(once_arm(&sqe, once_cookie(number), NULL));
			number++;
			if (number % BATCH != 0 && number != t->total)
				continue;
		} else {
			assert_true(rc == -EAGAIN || rc == ONCE_NO_SLOT);
			sched_yield();
		}
		submitted = once_submit(ring);
		assert_true(submitted >= 0 || submitted == -EBUSY || submitted == -EAGAIN ||
			    submitted == -EINTR);
	}
	while (once_armed(ring) != 0)
		assert_true(once_submit(ring) >= 0);
}

static void run_traffic(struct fixture *f, const struct once_config *overrides, uint64_t total,
			bool with_eventfd)
{
	struct traffic t = { .f = f, .total = total, .eventfd = -1 };
	struct once_config config = *overrides;
	pthread_t completer;

	config.options = ONCE_SPLIT;
	config.entries = 2 * BATCH;
	config.cq_entries = 2 * DEPTH;
	config.memory.capacity = DEPTH;
	config.handler = NULL;
	assert_ok(try_open_ring(f, &config));
	make_pipe(f, t.pipe);
	assert_int_equal(write(t.pipe[1], "x", 1), 1);
	t.back = calloc(total, 1);
	assert_non_null(t.back);
	if (with_eventfd) {
		t.eventfd = make_eventfd(f);
		assert_ok(once_register_eventfd(&f->ring, t.eventfd));
	}
	assert_int_equal(pthread_create(&completer, NULL, complete, &t), 0);
	submit_traffic(&t);
	assert_int_equal(pthread_join(completer, NULL), 0);
	assert_int_equal(t.errors, 0);
	assert_int_equal(t.completed, total);
	for (uint64_t i = 0; i < total; i++)
		assert_int_equal(t.back[i], 1);
	free(t.back);
	assert_int_equal(once_armed_total(&f->ring), total);
	assert_int_equal(once_passed_total(&f->ring), total);
	assert_accounts_zero(f);
	assert_int_equal(once_free(&f->ring), DEPTH);
}

static void a_million_completions_by_waiting(void **state)
{
	const struct once_config config = { 0 };

	run_traffic(*state, &config, on_emulated() ? 50000 : 1000000, false);
}

static void a_million_completions_by_eventfd(void **state)
{
	const struct once_config config = { 0 };

	real_only("the emulated kernel runs on the threads that enter it");
	run_traffic(*state, &config, 1000000, true);
}

static void a_split_sqpoll_ring_works(void **state)
{
	const struct once_config config = { .flags = IORING_SETUP_SQPOLL, .sq_thread_idle = 50 };

	run_traffic(*state, &config, 20000, false);
}

static void a_split_coop_taskrun_ring_works(void **state)
{
	const struct once_config config = { .flags = IORING_SETUP_COOP_TASKRUN };

	real_only("the emulated kernel runs on the threads that enter it");
	run_traffic(*state, &config, 20000, true);
}

static int do_submit(struct fixture *f)
{
	return once_submit(&f->ring);
}

static int do_get_events(struct fixture *f)
{
	return once_get_events(&f->ring);
}

static int one_completion(struct fixture *f)
{
	struct once_completion done;
	int rc;

	do
		rc = once_wait_reap(&f->ring, &done, NULL);
	while (rc == -EINTR);
	return rc;
}

/* The sides have an owner each, and keep it until they are handed over. */
static void each_side_belongs_to_one_thread(void **state)
{
	struct fixture *f = *state;
	const struct once_config config = { .options = ONCE_SPLIT };

	open_ring(f, &config);
	arm_nop(f, 1, NULL);
	submit_all(f); /* this thread submits ... */
	assert_code(in_thread(do_submit, f), ONCE_WRONG_THREAD);
	assert_violation(f, ONCE_WRONG_THREAD);
	assert_ok(once_get_events(&f->ring)); /* ... and, so far, completes too */
	assert_code(in_thread(do_get_events, f), ONCE_WRONG_THREAD);
	assert_violation(f, ONCE_WRONG_THREAD);
	once_hand_over(&f->ring);
	assert_ok(in_thread(one_completion, f));
	once_hand_over(&f->ring);
	assert_accounts_zero(f);
	run_nops(f, 10);
}

/* Single-threaded use of a split ring is split as well: slots come back through the ring of returns. */
static void a_split_ring_works_on_one_thread(void **state)
{
	struct fixture *f = *state;
	const struct once_config config = { .options = ONCE_SPLIT, .memory = { .capacity = 3 } };

	open_ring(f, &config);
	for (int i = 0; i < 100; i++) {
		run_nops(f, 3);
		assert_conserved(f);
	}
	assert_accounts_zero(f);
	assert_int_equal(once_free(&f->ring), 3);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		once_test(a_million_completions_by_waiting),
		once_test(a_million_completions_by_eventfd),
		once_test(a_split_sqpoll_ring_works),
		once_test(a_split_coop_taskrun_ring_works),
		once_test(each_side_belongs_to_one_thread),
		once_test(a_split_ring_works_on_one_thread),
	};

	return cmocka_run_group_tests_name("split", tests, NULL, NULL);
}
