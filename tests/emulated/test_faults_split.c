/* SPDX-License-Identifier: MIT */
/*
 * Split mode with faults: one thread submits, one completes, while enters fail,
 * submits are short, waits are interrupted, CQEs overflow and counters wrap.
 */
#include "emulated.h"
#include "harness.h"

#include <linux/io_uring.h>
#include <pthread.h>

enum { OPS = 20000, BATCH = 6 };

struct submitter {
	struct fixture *f;
	bool with_faults;
	int rc; /* 0, or what it did not expect */
};

static int arm_batch(struct submitter *s, uint64_t *armed)
{
	for (int i = 0; i < BATCH && *armed < OPS; i++) {
		const int rc = try_nop(s->f, *armed, NULL);

		if (rc == ONCE_NO_SLOT || rc == -EAGAIN)
			return 0;
		if (rc != 0)
			return rc;
		++*armed;
	}
	return 0;
}

/* No assertion here: it would jump out of the wrong thread. */
static void *submit_everything(void *context)
{
	static const int errors[] = { -EINTR, -EAGAIN, -EBUSY, -ENOMEM };
	struct submitter *s = context;
	uint64_t armed = 0;
	unsigned round = 0;

	while (s->rc == 0 && (armed < OPS || once_armed(&s->f->ring) != 0)) {
		int rc;

		s->rc = arm_batch(s, &armed);
		round++;
		if (s->with_faults && round % 7 == 0)
			emulated_fail(EMULATED_ENTER, 1, errors[round / 7 % 4]);
		if (s->with_faults && round % 5 == 0)
			emulated_submit_short(1, round % BATCH);
		if (s->with_faults && round % 11 == 0)
			emulated_overflow(&s->f->ring, 2);
		rc = once_submit(&s->f->ring);
		if (rc < -4095)
			s->rc = rc;
	}
	return NULL;
}

/* Two tokens held at most, seen in the wrong order; each cookie once. */
static void complete_everything(struct fixture *f, bool with_faults)
{
	unsigned char *seen = calloc(OPS, 1);
	uint64_t count = 0;

	assert_non_null(seen);
	while (count < OPS) {
		struct once_cqe cqes[2];
		int rc = once_wait(&f->ring, &cqes[0]);

		if (with_faults && (rc == -EINTR || rc == -EAGAIN || rc == -EBUSY || rc == -ENOMEM))
			continue;
		assert_ok(rc);
		rc = once_peek(&f->ring, &cqes[1]) == 0 ? 2 : 1;
		for (int i = rc - 1; i >= 0; i--) {
			const uint64_t cookie = cookie_of(&cqes[i]);

			assert_true(cookie < OPS);
			assert_int_equal(seen[cookie], 0);
			seen[cookie] = 1;
			assert_ok(once_seen(&f->ring, &cqes[i]));
			count++;
		}
	}
	free(seen);
}

static void run_split(struct fixture *f, bool with_faults)
{
	struct submitter submitter = { f, with_faults, 0 };
	pthread_t thread;

	emulated_start_counters(0U - 5000, 0U - 7000);
	open_ring(f, &(struct once_config){ .entries = 8, .cq_entries = 16, .memory.capacity = 14,
					    .options = ONCE_SPLIT });
	assert_int_equal(pthread_create(&thread, NULL, submit_everything, &submitter), 0);
	complete_everything(f, with_faults);
	assert_int_equal(pthread_join(thread, NULL), 0);
	assert_ok(submitter.rc);
	assert_int_equal(once_passed_total(&f->ring), OPS);
	assert_int_equal(once_armed_total(&f->ring), OPS);
	assert_int_equal(violations_of(f, ONCE_STRAY_CQE), 0);
	assert_accounts_zero(f);
	once_hand_over(&f->ring);
	assert_ok(once_close(&f->ring, NULL));
}

static void two_threads_across_the_wrap(void **state)
{
	run_split(*state, false);
}

static void two_threads_with_faults(void **state)
{
	run_split(*state, true);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		once_test(two_threads_across_the_wrap),
		once_test(two_threads_with_faults),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
