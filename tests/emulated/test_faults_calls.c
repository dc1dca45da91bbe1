/* SPDX-License-Identifier: MIT */
/*
 * Every call of the seam fails once, in turn, with every errno of
 * io_uring_enter(2) that a program must live with: "fail call n, for n = 1, 2,
 * 3 ... until the scenario meets no failure". Whatever failed is done again;
 * the accounts are right after each call, and each completion comes once.
 */
#include "emulated.h"
#include "harness.h"

#include <linux/io_uring.h>
#include <poll.h>

enum {
	NOPS = 4,
	COOKIE_FILE = 10,
	COOKIE_PIPE,
	COOKIE_CANCEL,
	COOKIE_TIMEOUT,
	COOKIE_POLL,
	COOKIES,
	TRIES = 4
};

struct scenario {
	struct fixture *f;
	const struct once_config *config;
	int error;
	int eventfd;
	int pipe[2];
	int file;
	char text[COOKIES][16];
	unsigned seen[COOKIES];
	struct once_ticket read_ticket;
};

/* Whether to do it again: it was made to fail, or says that it was woken for nothing. */
static bool again(const struct scenario *s, int rc)
{
	assert_conserved(s->f);
	if (rc == ONCE_TIMERS_OUT) {
		assert_true(s->f->legacy);
		return true;
	}
	return rc < 0 && rc == s->error && emulated_failed();
}

#define insist(s, rc, call) \
	do { \
		int tries_ = 0; \
		do { \
			(rc) = (call); \
		} while (again((s), (rc)) && ++tries_ < TRIES); \
	} while (0)

static void arm_all(struct scenario *s)
{
	const struct once_timespec soon = { 0, 1000 };
	struct fixture *f = s->f;
	struct once_sqe sqe;

	for (uint64_t i = 0; i < NOPS; i++)
		arm_nop(f, i, NULL);
	arm_read(f, s->file, s->text[0], 5, 0, COOKIE_FILE, NULL);
	arm_read(f, s->pipe[0], s->text[1], 5, 0, COOKIE_PIPE, &s->read_ticket);
	arm_timeout(f, &soon, COOKIE_TIMEOUT, NULL);
	sqe = taken_sqe(f);
	once_prep_poll_multishot(&sqe, s->pipe[1], POLLOUT);
	assert_ok(once_arm(&sqe, once_cookie(COOKIE_POLL), NULL));
}

static void submit_everything(struct scenario *s)
{
	int rc;

	for (int tries = 0; once_armed(&s->f->ring) != 0; tries++) {
		assert_true(tries < TRIES);
		insist(s, rc, once_submit(&s->f->ring));
		assert_true(rc >= 0);
	}
}

static void note(struct scenario *s, uint64_t cookie, bool terminal)
{
	assert_true(cookie < COOKIES);
	/* a multishot operation has one terminal completion too */
	if (terminal)
		s->seen[cookie]++;
}

/* Two tokens at a time, seen in the wrong order. */
static void take_tokens(struct scenario *s)
{
	const struct once_timespec second = { 1, 0 };
	struct once_cqe cqes[2];
	int rc, count;

	insist(s, rc, once_wait_timeout(&s->f->ring, &cqes[0], &second));
	assert_ok(rc);
	count = once_peek(&s->f->ring, &cqes[1]) == 0 ? 2 : 1;
	while (count-- > 0) {
		const int terminal = once_is_terminal(&cqes[count]);

		note(s, cookie_of(&cqes[count]), terminal == 1);
		assert_ok(once_seen(&s->f->ring, &cqes[count]));
	}
	assert_conserved(s->f);
}

static void reap_some(struct scenario *s)
{
	struct once_completion done[3];
	int rc;

	insist(s, rc, once_reap_batch(&s->f->ring, done, 3));
	for (int i = 0; i < rc; i++)
		note(s, done[i].lent.value, once_completion_is_terminal(&done[i]));
}

static void run_scenario(struct scenario *s)
{
	const struct once_timespec minute = { 60, 0 };
	struct fixture *f = s->f;
	unsigned rest = 1;
	int rc;

	memset(s->seen, 0, sizeof s->seen);
	insist(s, rc, try_open_ring(f, s->config));
	assert_ok(rc);
	insist(s, rc, once_register_eventfd(&f->ring, s->eventfd));
	assert_ok(rc);
	arm_all(s);
	submit_everything(s);
	insist(s, rc, once_eventfd_toggle(&f->ring, false));
	assert_ok(rc);
	take_tokens(s);
	insist(s, rc, once_get_events(&f->ring));
	assert_ok(rc);
	reap_some(s);
	insist(s, rc, once_eventfd_toggle(&f->ring, true));
	assert_ok(rc);
	arm_cancel(f, &s->read_ticket, COOKIE_CANCEL);
	submit_everything(s);
	while (rest != 0) {
		take_tokens(s);
		rest = 0;
		for (uint64_t i = 0; i < COOKIES; i++)
			if (i < NOPS || (i >= COOKIE_FILE && i != COOKIE_POLL))
				rest += s->seen[i] == 0;
	}
	for (uint64_t i = 0; i < COOKIES; i++)
		assert_int_equal(s->seen[i], i < NOPS || (i >= COOKIE_FILE && i != COOKIE_POLL));
	insist(s, rc, once_drain(&f->ring, &minute, NULL, 0, NULL));
	assert_ok(rc);
	assert_accounts_zero(f);
	insist(s, rc, once_unregister_eventfd(&f->ring));
	assert_ok(rc);
	assert_ok(once_close(&f->ring, NULL));
}

/* Fail call *n* with *error*, for all n. How many calls there were to fail. */
static unsigned fail_each_call(struct fixture *f, const struct once_config *config, int error)
{
	struct scenario s = { .f = f, .config = config, .error = error };
	unsigned n = 0;

	s.eventfd = make_eventfd(f);
	s.file = temp_file(f, "hello", 5);
	make_pipe(f, s.pipe);
	do {
		n++;
		emulated_fail(EMULATED_ANY, n, error);
		run_scenario(&s);
		assert_memory_equal(s.text[0], "hello", 5);
		assert_true(n < 200);
	} while (emulated_failed());
	assert_int_equal(violations_of(f, ONCE_STRAY_CQE), 0);
	return n - 1;
}

/* With each errno; on a ring opened with those flags and options, less those features. */
static void fail_with_each_errno(struct fixture *f, uint32_t flags, uint32_t options,
				 uint32_t hide_features)
{
	static const int errors[] = { -EINTR, -EAGAIN, -EBUSY, -EBADR, -ENOMEM };
	const struct once_config config = {
		.entries = 16, .cq_entries = 32, .memory.capacity = 16,
		.flags = flags, .options = options, .hide_features = hide_features
	};

	for (size_t i = 0; i < sizeof errors / sizeof errors[0]; i++)
		assert_true(fail_each_call(f, &config, errors[i]) >= 8);
}

static void each_call_in_turn(void **state)
{
	fail_with_each_errno(*state, 0, 0, 0);
}

static void each_call_in_turn_with_coop_taskrun(void **state)
{
	fail_with_each_errno(*state, IORING_SETUP_COOP_TASKRUN, 0, 0);
}

static void each_call_in_turn_with_defer_taskrun(void **state)
{
	fail_with_each_errno(*state, IORING_SETUP_SINGLE_ISSUER | IORING_SETUP_DEFER_TASKRUN, 0, 0);
}

static void each_call_in_turn_with_cqe32(void **state)
{
	fail_with_each_errno(*state, IORING_SETUP_CQE32, 0, 0);
}

static void each_call_in_turn_in_split_mode(void **state)
{
	fail_with_each_errno(*state, 0, ONCE_SPLIT, 0);
}

static void each_call_in_turn_without_ext_arg(void **state)
{
	fail_with_each_errno(*state, 0, 0, FEAT_EXT_ARG);
}

/* tokio #8255: the operation was freed after -EAGAIN, and ran later all the same. */
static void a_failed_submit_leaves_operations_armed(void **state)
{
	static const int errors[] = { -EINTR, -EAGAIN, -EBUSY, -EBADR, -ENOMEM, -EEXIST };
	struct fixture *f = *state;
	struct once_ticket ticket = { 0 };

	open_ring(f, NULL);
	arm_nop(f, 1, &ticket);
	arm_nop(f, 2, NULL);
	for (size_t i = 0; i < sizeof errors / sizeof errors[0]; i++) {
		emulated_fail(EMULATED_ENTER, 1, errors[i]);
		assert_code(once_submit(&f->ring), errors[i]);
		assert_int_equal(once_armed(&f->ring), 2);
		assert_int_equal(once_in_flight(&f->ring), 0);
		assert_int_equal(once_state_of(&f->ring, &ticket), ONCE_STATE_ARMED);
		emulated_fail(EMULATED_ENTER, 1, errors[i]);
		assert_code(once_submit_and_wait(&f->ring, 2), errors[i]);
		assert_int_equal(once_armed(&f->ring), 2);
	}
	assert_code(once_submit_and_wait(&f->ring, 2), 2);
	assert_int_equal(finish(f, 1), 0);
	assert_int_equal(finish(f, 2), 0);
	assert_accounts_zero(f);
}

/* What io_uring_setup(2) answers is passed on, and the ring stays closed. */
static void a_failed_open_leaves_the_ring_closed(void **state)
{
	static const int errors[] = { -ENOSYS, -EPERM, -ENOMEM, -EINVAL, -EMFILE };
	struct fixture *f = *state;

	for (size_t i = 0; i < sizeof errors / sizeof errors[0]; i++) {
		emulated_fail(EMULATED_OPEN, 1, errors[i]);
		assert_code(try_open_ring(f, NULL), errors[i]);
		assert_int_equal(once_capacity(&f->ring), 0);
		assert_code(once_close(&f->ring, NULL), ONCE_NOT_OPEN);
	}
	open_ring(f, NULL);
	run_nops(f, 3);
}

/* Without EXT_ARG the ring may be set up twice, larger: the second time fails. */
static void a_failed_second_setup_leaves_nothing(void **state)
{
	const struct once_config legacy = { .entries = 8, .cq_entries = 32, .hide_features = FEAT_EXT_ARG };
	struct fixture *f = *state;

	emulated_fail(EMULATED_OPEN, 2, -ENOMEM);
	assert_code(try_open_ring(f, &legacy), -ENOMEM);
	assert_true(emulated_failed());
	assert_int_equal(once_capacity(&f->ring), 0);
	open_ring(f, &legacy);
	run_nops(f, 3);
}

static void a_kernel_without_nodrop_is_refused(void **state)
{
	struct fixture *f = *state;

	emulated_hide_features(IORING_FEAT_NODROP);
	assert_code(try_open_ring(f, NULL), ONCE_OLD_KERNEL);
	assert_violation(f, ONCE_OLD_KERNEL);
	assert_int_equal(once_capacity(&f->ring), 0);
}

static void a_failed_registration_registers_nothing(void **state)
{
	struct fixture *f = *state;
	const int fd = make_eventfd(f);

	open_ring(f, NULL);
	emulated_fail(EMULATED_REGISTER, 1, -ENOMEM);
	assert_code(once_register_eventfd(&f->ring, fd), -ENOMEM);
	assert_code(once_unregister_eventfd(&f->ring), -ENXIO);
	assert_ok(once_register_eventfd(&f->ring, fd));
	assert_code(once_register_eventfd_async(&f->ring, fd), -EBUSY);
	emulated_fail(EMULATED_TOGGLE, 1, -EOPNOTSUPP);
	assert_code(once_eventfd_toggle(&f->ring, false), -EOPNOTSUPP);
	assert_true(once_eventfd_enabled(&f->ring));
	emulated_fail(EMULATED_UNREGISTER, 1, -EBUSY);
	assert_code(once_unregister_eventfd(&f->ring), -EBUSY);
	run_nops(f, 1);
	assert_int_not_equal(read_eventfd(fd), 0);
	assert_ok(once_unregister_eventfd(&f->ring));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		once_test(each_call_in_turn),
		once_test(each_call_in_turn_with_coop_taskrun),
		once_test(each_call_in_turn_with_defer_taskrun),
		once_test(each_call_in_turn_with_cqe32),
		once_test(each_call_in_turn_in_split_mode),
		once_test(each_call_in_turn_without_ext_arg),
		once_test(a_failed_submit_leaves_operations_armed),
		once_test(a_failed_open_leaves_the_ring_closed),
		once_test(a_failed_second_setup_leaves_nothing),
		once_test(a_kernel_without_nodrop_is_refused),
		once_test(a_failed_registration_registers_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
