/* SPDX-License-Identifier: MIT */
/* The seam over liburing: set-ups that fail half-way, older kernels, a close by another thread. */
#include "world.h"

#include <fcntl.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>

enum { SETUP_NO_SQARRAY = 1 << 16, BATCHES = 100, BATCH = 8 };

/* --- closed by another thread --- */

static int close_there(struct fixture *f)
{
	return once_close(&f->ring, NULL);
}

/* A ring of its own, on which it works before and after it closes one that is not. */
static int close_beside_own(struct fixture *f)
{
	struct once_completion done;
	int rc = try_nop(f->next, 1, NULL);

	if (rc == 0)
		rc = once_submit_and_wait(&f->next->ring, 1);
	if (rc == 1)
		rc = once_reap(&f->next->ring, &done);
	if (rc == 0)
		rc = close_there(f);
	if (rc == 0)
		rc = try_nop(f->next, 2, NULL);
	if (rc == 0)
		rc = once_submit_and_wait(&f->next->ring, 1);
	return rc == 1 ? once_reap(&f->next->ring, &done) : rc;
}

static int open_close_beside_own(struct fixture *f)
{
	const struct once_config config = complete_config(f->next, NULL);
	const int rc = once_open(&f->next->ring, &config);

	return rc == 0 ? close_beside_own(f) : rc;
}

static int abandon_there(struct fixture *f)
{
	return once_abandon(&f->ring, NULL);
}

/*
 * What is in flight ends with the ring, though the thread that used it lives
 * on: its registered descriptor would keep the kernel's ring, and the read.
 */
static void another_thread_abandons(void **state)
{
	struct fixture *f = *state;
	char byte = 0;
	int fds[2];
	int tries;

	need_real();
	signal(SIGPIPE, SIG_IGN);
	open_ring(f, NULL);
	assert_int_equal(pipe(fds), 0);
	keep_fd(f, fds[1]);
	arm_read(f, fds[0], &byte, 1, ONCE_CURRENT, 1, NULL);
	submit_all(f);
	assert_int_equal(close(fds[0]), 0); /* the read keeps the pipe readable, while it lives */
	once_hand_over(&f->ring);
	assert_ok(in_thread(abandon_there, f));
	for (tries = 0; tries < 1000 && poll(&(struct pollfd){ .fd = fds[1] }, 1, 10) == 0; tries++)
		;
	assert_true(tries < 1000); /* POLLERR: nobody can read any more */
	assert_int_equal(byte, 0);
}

static void another_thread_closes(void **state)
{
	struct fixture *f = *state;

	need_real();
	/* more often than a thread can register descriptors: 16 */
	for (int i = 0; i < 40; i++) {
		open_ring(f, NULL);
		run_nops(f, 3);
		once_hand_over(&f->ring);
		assert_ok(in_thread(close_there, f));
		assert_code(once_fd(&f->ring), ONCE_NOT_OPEN);
		assert_violation(f, ONCE_NOT_OPEN);
	}
}

/* Each thread has a table of registered descriptors: that of the closing one must stay as it is. */
static void closing_leaves_the_closing_threads_rings_alone(void **state)
{
	struct fixture *f = *state;

	need_real();
	open_ring(f, NULL);
	run_nops(f, 3);
	once_hand_over(&f->ring);
	second_fixture(f);
	assert_ok(in_thread(open_close_beside_own, f));
}

/* --- no memory for the rings --- */

/* Allow so many bytes of address space more than there are now; returns the limit before. */
static struct rlimit limit_memory(rlim_t more)
{
	struct rlimit before;
	struct rlimit limit;
	unsigned long pages = 0;
	FILE *file = fopen("/proc/self/statm", "re");

	assert_non_null(file);
	assert_int_equal(fscanf(file, "%lu", &pages), 1);
	assert_int_equal(fclose(file), 0);
	assert_int_equal(getrlimit(RLIMIT_AS, &before), 0);
	limit = before;
	limit.rlim_cur = pages * (rlim_t)sysconf(_SC_PAGESIZE) + more;
	assert_int_equal(setrlimit(RLIMIT_AS, &limit), 0);
	return before;
}

static void a_ring_that_cannot_be_mapped_leaves_nothing(void **state)
{
	struct fixture *f = *state;
	/* rings and SQEs of more than 3 MiB */
	struct once_config config = { .entries = 32768, .cq_entries = 65536 };
	int before;
	int after;

	need_real();
	open_ring(f, &config);
	run_nops(f, 3);
	assert_ok(once_close(&f->ring, NULL));
	config = complete_config(f, &config);
	before = dup(0);
	close(before);
	for (int i = 0; i < 3; i++) {
		const struct rlimit limit = limit_memory((rlim_t)(512 + i * 1024) * 1024);
		const int rc = once_open(&f->ring, &config);

		assert_int_equal(setrlimit(RLIMIT_AS, &limit), 0);
		assert_code(rc, -ENOMEM);
	}
	after = dup(0);
	close(after);
	assert_int_equal(after, before);
	assert_ok(once_open(&f->ring, &config));
	run_nops(f, 3);
	assert_no_violation(f);
}

/* --- a kernel before 6.6: the SQ has an index array --- */

struct older {
	struct fixture *f;
	struct once_config config;
	int listener; /* set-ups of rings that wait for an answer, or -errno */
	int ready[2]; /* a byte comes when it is set */
	int rc;
	unsigned done;
};

static void install_filter(struct older *older)
{
	struct sock_filter code[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_io_uring_setup, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_USER_NOTIF),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW)
	};
	const struct sock_fprog program = { sizeof code / sizeof code[0], code };

	older->listener = -EPERM;
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0)
		older->listener = (int)syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER,
					       SECCOMP_FILTER_FLAG_NEW_LISTENER, &program);
}

static unsigned batch_size(unsigned i)
{
	return 1 + i % BATCH;
}

/* More NOPs than the SQ has places, in batches of all sizes. */
static int run_batches(struct once_ring *ring, unsigned *done)
{
	struct once_completion completions[BATCH];

	for (unsigned i = 0; i < BATCHES; i++) {
		unsigned armed;
		int rc;

		for (armed = 0; armed < batch_size(i); armed++) {
			struct once_sqe sqe;

			rc = once_take(ring, &sqe);
			if (rc != 0)
				return rc;
			once_prep_nop(&sqe);
			rc = once_arm(&sqe, once_cookie(*done + armed), NULL);
			if (rc != 0)
				return rc;
		}
		rc = once_submit_and_wait(ring, armed);
		if (rc != (int)armed)
			return rc;
		rc = once_reap_batch(ring, completions, BATCH);
		if (rc != (int)armed)
			return rc;
		for (unsigned n = 0; n < armed; n++) {
			if (completions[n].result != 0 || completions[n].lent.value != *done)
				return -EILSEQ;
			(*done)++;
		}
	}
	return 0;
}

/* The filter is this thread's alone, and ends with it. */
static void *run_on_older_kernel(void *argument)
{
	struct older *older = argument;

	install_filter(older);
	if (write(older->ready[1], "x", 1) != 1 || older->listener < 0)
		return NULL;
	older->rc = once_open(&older->f->ring, &older->config);
	if (older->rc == 0)
		older->rc = run_batches(&older->f->ring, &older->done);
	once_hand_over(&older->f->ring);
	return NULL;
}

/* The other thread's, read as the kernel reads it: TSan knows of no order between us. */
static uint32_t flags_of_params(uint64_t address)
{
	const uint64_t place = address + offsetof(struct io_uring_params, flags);
	const int fd = open("/proc/self/mem", O_RDONLY | O_CLOEXEC);
	uint32_t flags = 0;
	ssize_t got = pread(fd, &flags, sizeof flags, (off_t)place);

	close(fd);
	return got == (ssize_t)sizeof flags ? flags : 0;
}

/* Answer set-ups until the thread has ended: such a kernel does not know the flag. */
static void answer_set_ups(int listener, unsigned *refused, unsigned *allowed)
{
	struct pollfd pollfd = { listener, POLLIN, 0 };

	while (poll(&pollfd, 1, -1) == 1 && (pollfd.revents & POLLIN) != 0) {
		struct seccomp_notif request = { 0 };
		struct seccomp_notif_resp answer = { 0 };

		if (ioctl(listener, SECCOMP_IOCTL_NOTIF_RECV, &request) != 0)
			continue;
		answer.id = request.id;
		if ((flags_of_params(request.data.args[1]) & SETUP_NO_SQARRAY) != 0) {
			answer.error = -EINVAL;
			(*refused)++;
		} else {
			answer.flags = SECCOMP_USER_NOTIF_FLAG_CONTINUE;
			(*allowed)++;
		}
		(void)ioctl(listener, SECCOMP_IOCTL_NOTIF_SEND, &answer);
	}
}

static void an_older_kernel_gets_its_index_array(void **state)
{
	struct fixture *f = *state;
	struct older older = { .f = f };
	unsigned refused = 0;
	unsigned allowed = 0;
	unsigned expected = 0;
	pthread_t thread;
	char byte;

	need_real();
	open_ring(f, NULL); /* skips where no ring can be had */
	assert_ok(once_close(&f->ring, NULL));
	older.config = complete_config(f, NULL);
	make_pipe(f, older.ready);
	assert_int_equal(pthread_create(&thread, NULL, run_on_older_kernel, &older), 0);
	if (read(older.ready[0], &byte, 1) == 1 && older.listener >= 0) {
		answer_set_ups(older.listener, &refused, &allowed);
		close(older.listener);
	}
	assert_int_equal(pthread_join(thread, NULL), 0);
	if (older.listener < 0) {
		print_message("seccomp(2) cannot be supervised here\n");
		skip();
	}
	assert_ok(older.rc);
	for (unsigned i = 0; i < BATCHES; i++)
		expected += batch_size(i);
	assert_int_equal(refused, 1);
	assert_int_equal(allowed, 1);
	assert_int_equal(older.done, expected);
	assert_accounts_zero(f);
	assert_no_violation(f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		once_test(another_thread_abandons), /* first: while descriptors can be registered */
		/* first: while both threads' tables are empty, one index names a ring in each */
		once_test(closing_leaves_the_closing_threads_rings_alone),
		once_test(another_thread_closes),
		once_test(a_ring_that_cannot_be_mapped_leaves_nothing),
		once_test(an_older_kernel_gets_its_index_array),
	};

	return cmocka_run_group_tests_name("port_liburing", tests, NULL, NULL);
}
