/* SPDX-License-Identifier: MIT */
/* See world.h. */
#include "world.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>

const struct once_timespec one_hour = { 3600, 0 };
const struct once_timespec one_millisecond = { 0, MILLISECOND };

void real_only(const char *reason)
{
	if (on_emulated()) {
		print_message("not on the emulated back end: %s\n", reason);
		skip();
	}
}

int register_raw(struct fixture *f, unsigned opcode, const void *argument, unsigned count)
{
	const long rc = syscall(SYS_io_uring_register, once_fd(&f->ring), opcode, argument, count);

	return rc < 0 ? -errno : (int)rc;
}

/* --- operations --- */

void arm_sqe(struct once_sqe *sqe, uint64_t cookie, struct once_ticket *ticket)
{
	assert_ok(once_arm(sqe, once_cookie(cookie), ticket));
}

void assert_not_lent(struct fixture *f, struct once_sqe *sqe, struct once_lent lent, int code)
{
	const uint32_t in_flight = once_in_flight(&f->ring);
	const uint64_t armed = once_armed_total(&f->ring);
	struct once_ticket ticket = { NULL, 0 };
	struct once_sqe again;

	assert_code(once_arm(sqe, lent, &ticket), code);
	assert_string_equal(last_violation(f)->call, "once_arm");
	assert_violation(f, code);
	assert_null(ticket.ring);
	assert_int_equal(once_taken(&f->ring), 0);
	assert_int_equal(once_armed(&f->ring), 0);
	assert_int_equal(once_in_flight(&f->ring), in_flight);
	assert_int_equal(once_armed_total(&f->ring), armed);
	assert_conserved(f);
	again = copy_of_sqe(sqe);
	assert_code(once_arm(&again, once_cookie(13), NULL), ONCE_NOT_TAKEN);
	assert_violation(f, ONCE_NOT_TAKEN);
}

int32_t execute(struct fixture *f, struct once_sqe *sqe)
{
	static uint64_t cookie = 0x0eceed0;

	cookie++;
	arm_sqe(sqe, cookie, NULL);
	submit_all(f);
	return finish(f, cookie);
}

void arm_message(struct fixture *from, struct fixture *to, uint64_t user_data, uint32_t result,
		 uint64_t cookie)
{
	struct once_sqe sqe = taken_sqe(from);
	struct io_uring_sqe *raw = once_prep_raw(&sqe);

	raw->opcode = IORING_OP_MSG_RING;
	raw->fd = once_fd(&to->ring);
	raw->len = result;
	raw->off = user_data;
	arm_sqe(&sqe, cookie, NULL);
}

void post_foreign(struct fixture *f, uint64_t user_data, uint32_t result)
{
	int32_t sent;

	if (f->next == NULL)
		open_ring(second_fixture(f), NULL);
	arm_message(f->next, f, user_data, result, 0xf0e1);
	submit_all(f->next);
	sent = finish(f->next, 0xf0e1);
	if (sent == -EINVAL) {
		print_message("IORING_OP_MSG_RING is not known here\n");
		skip();
	}
	assert_int_equal(sent, 0);
}

void arm_poll_multishot(struct fixture *f, int fd, uint64_t cookie, struct once_ticket *ticket)
{
	struct once_sqe sqe = taken_sqe(f);

	once_prep_poll_multishot(&sqe, fd, POLLIN);
	arm_sqe(&sqe, cookie, ticket);
}

void arm_blocked_read(struct fixture *f, int fd, void *buffer, size_t length, uint64_t cookie,
		      struct once_ticket *ticket)
{
	arm_read(f, fd, buffer, length, ONCE_CURRENT, cookie, ticket);
}

struct once_cqe copy_of(const struct once_cqe *cqe)
{
	return *cqe;
}

struct once_sqe copy_of_sqe(const struct once_sqe *sqe)
{
	return *sqe;
}

/* --- threads and processes --- */

struct errand {
	int (*call)(struct fixture *f);
	struct fixture *f;
	int rc;
};

static void *run_errand(void *argument)
{
	struct errand *errand = argument;

	errand->rc = errand->call(errand->f);
	return NULL;
}

int in_thread(int (*call)(struct fixture *f), struct fixture *f)
{
	struct errand errand = { call, f, 0 };
	pthread_t thread;

	assert_int_equal(pthread_create(&thread, NULL, run_errand, &errand), 0);
	assert_int_equal(pthread_join(thread, NULL), 0);
	return errand.rc;
}

int outcome_of(void (*call)(void))
{
	const struct rlimit no_core = { 0, 0 };
	const pid_t child = fork();
	int status = 0;

	assert_true(child >= 0);
	if (child == 0) {
		signal(SIGABRT, SIG_DFL);
		signal(SIGSEGV, SIG_DFL); /* the tests' own handler goes on with the next test */
		signal(SIGBUS, SIG_DFL);
		setrlimit(RLIMIT_CORE, &no_core);
		call();
		_exit(0);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	return WIFSIGNALED(status) ? -WTERMSIG(status) : WEXITSTATUS(status);
}

/* --- sockets --- */

int make_listener(struct fixture *f, uint16_t *port)
{
	const int fd = keep_fd(f, socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
	struct sockaddr_in address = { .sin_family = AF_INET };
	socklen_t size = sizeof address;

	address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	assert_int_equal(bind(fd, (const struct sockaddr *)&address, size), 0);
	assert_int_equal(listen(fd, 16), 0);
	assert_int_equal(getsockname(fd, (struct sockaddr *)&address, &size), 0);
	*port = address.sin_port;
	return fd;
}

int connect_to(struct fixture *f, uint16_t port)
{
	const int fd = keep_fd(f, socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
	struct sockaddr_in address = { .sin_family = AF_INET, .sin_port = port };

	address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	assert_int_equal(connect(fd, (const struct sockaddr *)&address, sizeof address), 0);
	return fd;
}

void make_tcp(struct fixture *f, int fds[2])
{
	uint16_t port;
	const int listener = make_listener(f, &port);

	fds[0] = connect_to(f, port);
	fds[1] = keep_fd(f, accept(listener, NULL, NULL));
}

/* --- signals --- */

static timer_t timer;
static bool signalling;

static void nothing(int number)
{
	(void)number;
}

void start_signals(void)
{
	const struct sigaction action = { .sa_handler = nothing };
	const struct itimerspec often = { { 0, MILLISECOND }, { 0, MILLISECOND } };
	struct sigevent event = { .sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGUSR1 };

	assert_int_equal(sigaction(SIGUSR1, &action, NULL), 0);
	assert_int_equal(timer_create(CLOCK_MONOTONIC, &event, &timer), 0);
	assert_int_equal(timer_settime(timer, 0, &often, NULL), 0);
	signalling = true;
}

void stop_signals(void)
{
	if (signalling)
		assert_int_equal(timer_delete(timer), 0);
	signalling = false;
}
