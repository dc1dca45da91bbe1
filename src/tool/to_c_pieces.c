/* SPDX-License-Identifier: MIT */
/*
 * The parts of a generated program that stand before main(): each is written
 * only if what comes after it uses it, so that the program stays short.
 */
#include "to_c.h"

#include <string.h>

struct piece {
	const char *token; /* who uses this, uses the piece */
	const char *text;
	const char *setup; /* first thing in main(); "" */
};

static const struct piece pieces[] = {
	{ "&a", "static struct io_uring a;\n", "" },
	{ "&b", "static struct io_uring b;\n", "" },
	{ "s[", "static struct io_uring_sqe *s[8];\n", "" },
	{ "c[", "static struct io_uring_cqe *c[32];\n", "" },
	{ "d[", "static struct io_uring_cqe d[8]; /* copies */\n", "" },
	{ "o[", "static unsigned long long o[32]; /* user_data of operations */\n", "" },
	{ "buffer[", "static unsigned char buffer[256][4096];\n", "" },
	{ "provided", "static unsigned char provided[32 * 64];\n", "" },
	{ "file_fd", "static int file_fd;\n",
	  "\tfile_fd = memfd_create(\"scenario\", MFD_CLOEXEC);\n"
	  "\tmust(file_fd, \"memfd_create\");\n"
	  "\tmust((int)write(file_fd, \"abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyzabcdefghijkl\", 64),\n"
	  "\t     \"write\");\n" },
	{ "pipe_fd[", "static int pipe_fd[2];\n", "\tmust(pipe2(pipe_fd, O_CLOEXEC), \"pipe2\");\n" },
	{ "unix_fd[", "static int unix_fd[2]; /* left, right */\n",
	  "\tmust(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, unix_fd), \"socketpair\");\n" },
	{ "full_fd[", "static int full_fd[2]; /* a pipe without room */\n",
	  "\tmust(pipe2(full_fd, O_CLOEXEC), \"pipe2\");\n"
	  "\tmust(fcntl(full_fd[1], F_SETPIPE_SZ, 4096), \"F_SETPIPE_SZ\");\n"
	  "\t{\n\t\tstatic const char page[4096];\n\n"
	  "\t\tmust((int)write(full_fd[1], page, sizeof page), \"write\");\n\t}\n" },
	{ "event_fd", "static int event_fd;\n",
	  "\tevent_fd = eventfd(0, EFD_CLOEXEC);\n\tmust(event_fd, \"eventfd\");\n" },
	{ "counter_fd", "static int counter_fd;\n",
	  "\tcounter_fd = eventfd(0, EFD_CLOEXEC);\n\tmust(counter_fd, \"eventfd\");\n" },
	{ "address", "static struct sockaddr_un address = { .sun_family = AF_UNIX };\n"
	  "static socklen_t address_size = sizeof address;\n", "" },
	{ "listener_fd", "static int listener_fd;\n",
	  "\tlistener_fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);\n"
	  "\tmust(bind(listener_fd, (struct sockaddr *)&address, sizeof address.sun_family), \"bind\");\n"
	  "\tmust(listen(listener_fd, 16), \"listen\");\n"
	  "\tmust(getsockname(listener_fd, (struct sockaddr *)&address, &address_size), \"getsockname\");\n" },
	{ "client_fd", "static int client_fd;\n",
	  "\tclient_fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);\n\tmust(client_fd, \"socket\");\n" },
	{ "tcp_fd[", "static int tcp_fd[2]; /* left, right */\n", "\tmust(connect_tcp(), \"TCP on the loopback\");\n" },
	{ "accepted_fd", "static int accepted_fd = -1; /* what the last accept delivered */\n", "" },
	{ "opened_fd", "static int opened_fd = -1; /* what the last openat delivered */\n", "" },
	{ "makes[", "static char makes[256]; /* 'a', 'o': that user_data makes a descriptor */\n", "" },
	{ "connect_tcp(",
	  "static int connect_tcp(void)\n{\n"
	  "\tstruct sockaddr_in to = { .sin_family = AF_INET };\n"
	  "\tsocklen_t size = sizeof to;\n"
	  "\tint server = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);\n\n"
	  "\tto.sin_addr.s_addr = htonl(INADDR_LOOPBACK);\n"
	  "\ttcp_fd[0] = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);\n"
	  "\tif (bind(server, (struct sockaddr *)&to, size) || listen(server, 1) ||\n"
	  "\t    getsockname(server, (struct sockaddr *)&to, &size) ||\n"
	  "\t    connect(tcp_fd[0], (struct sockaddr *)&to, size))\n"
	  "\t\treturn -1;\n"
	  "\ttcp_fd[1] = accept4(server, NULL, NULL, SOCK_CLOEXEC);\n"
	  "\treturn tcp_fd[1];\n}\n\n", "" },
	{ "must(",
	  "/* What has to work before there is anything to show. */\n"
	  "static void must(int rc, const char *what)\n{\n"
	  "\tif (rc >= 0)\n\t\treturn;\n"
	  "\tfprintf(stderr, \"%s: %s\\n\", what, strerror(rc < -1 ? -rc : errno));\n"
	  "\texit(rc == -EPERM || rc == -ENOSYS ? 77 : 1);\n}\n\n", "" },
	{ "report(",
	  "static void report(int step, const char *what, long long rc)\n{\n"
	  "\tprintf(\"%4d  %s = %lld\", step, what, rc);\n"
	  "\tif (rc < 0 && rc > -4096)\n\t\tprintf(\" (%s)\", strerror((int)-rc));\n"
	  "\tputchar('\\n');\n}\n\n", "" },
	{ "CALL(",
	  "/* Call it, and print the call and what it returned. */\n"
	  "#define CALL(step, call) report(step, #call, (long long)(call))\n\n", "" },
	{ "DO(", "#define DO(step, call) do { call; printf(\"%4d  %s\\n\", step, #call); } while (0)\n\n", "" },
	{ "SAY(", "#define SAY(step, text) printf(\"%4d  %s\\n\", step, text)\n\n", "" },
	{ "WAIT(",
	  "/* Calls that may wait for ever: a signal ends them after a while. */\n"
	  "#ifndef WATCHDOG\n#define WATCHDOG 1000 /* milliseconds */\n#endif\n"
	  "static pthread_t waiting;\n"
	  "static volatile sig_atomic_t barked;\n\n"
	  "static void bark(int signal)\n{\n"
	  "\tif (!pthread_equal(pthread_self(), waiting)) {\n"
	  "\t\tpthread_kill(waiting, signal);\n\t\treturn;\n\t}\n\tbarked = 1;\n}\n\n"
	  "static void watch(int time)\n{\n"
	  "\tconst struct sigaction action = { .sa_handler = bark };\n"
	  "\tconst struct itimerval timer = { { 0, time != 0 ? 100000 : 0 },\n"
	  "\t\t{ time / 1000, time % 1000 * 1000 } };\n\n"
	  "\twaiting = pthread_self();\n"
	  "\tif (time != 0)\n\t\tbarked = 0;\n"
	  "\tsigaction(SIGALRM, &action, NULL);\n"
	  "\tsetitimer(ITIMER_REAL, &timer, NULL);\n}\n\n"
	  "static void bitten(void)\n{\n"
	  "\twatch(0);\n"
	  "\tif (barked)\n\t\tputs(\"      ... ended by this program's watchdog: it would have waited on\");\n}\n\n"
	  "#define WAIT(step, call) do { watch(WATCHDOG); CALL(step, call); bitten(); } while (0)\n\n", "" },
	{ "has_sqe(",
	  "static int has_sqe(int step, const struct io_uring_sqe *sqe)\n{\n"
	  "\tif (sqe == NULL)\n"
	  "\t\tprintf(\"%4d  there is no SQE: writing to NULL would crash; left out\\n\", step);\n"
	  "\treturn sqe != NULL;\n}\n\n", "" },
	{ "has_cqe(",
	  "static int has_cqe(int step, const struct io_uring_cqe *cqe)\n{\n"
	  "\tif (cqe == NULL)\n"
	  "\t\tprintf(\"%4d  there is no CQE: reading it would crash; left out\\n\", step);\n"
	  "\treturn cqe != NULL;\n}\n\n", "" },
	{ "show(",
	  "static void show(int step, const struct io_uring_cqe *cqe)\n{\n"
	  "\tif (cqe == NULL)\n\t\tprintf(\"%4d  no CQE\\n\", step);\n"
	  "\telse\n"
	  "\t\tprintf(\"%4d  CQE: user_data %llu, res %d, flags %u\\n\", step,\n"
	  "\t\t       (unsigned long long)cqe->user_data, cqe->res, cqe->flags);\n}\n\n", "" },
	{ "remember(",
	  "/* Which descriptor an accept or openat has made. */\n"
	  "static void remember(const struct io_uring_cqe *cqe)\n{\n"
	  "\tif (cqe == NULL || cqe->res < 0)\n\t\treturn;\n"
	  "\tif (makes[cqe->user_data % 256] == 'a')\n\t\taccepted_fd = cqe->res;\n"
	  "\tif (makes[cqe->user_data % 256] == 'o')\n\t\topened_fd = cqe->res;\n}\n\n", "" },
	{ "look_around(",
	  "/* What the queues say of themselves. */\n"
	  "static void look_around(const struct io_uring *ring)\n{\n"
	  "\tprintf(\"      io_uring_cq_ready = %u, io_uring_sq_ready = %u\\n\",\n"
	  "\t       io_uring_cq_ready(ring), io_uring_sq_ready(ring));\n}\n\n", "" },
	{ "discard(",
	  "static int discard(struct io_uring *ring)\n{\n"
	  "\tstruct io_uring_cqe *cqe;\n\tunsigned head, count = 0;\n\n"
	  "\tio_uring_for_each_cqe(ring, head, cqe)\n\t\tcount += cqe != NULL;\n"
	  "\tio_uring_cq_advance(ring, count);\n\treturn (int)count;\n}\n\n", "" },
	{ "drain(",
	  "/* liburing has no drain: cancel everything, then see what comes for a while. */\n"
	  "static int drain(struct io_uring *ring)\n{\n"
	  "\tstruct io_uring_sqe *sqe = io_uring_get_sqe(ring);\n\tint count = 0;\n\n"
	  "\tif (sqe != NULL) {\n"
	  "\t\tio_uring_prep_cancel64(sqe, 0, IORING_ASYNC_CANCEL_ANY | IORING_ASYNC_CANCEL_ALL);\n"
	  "\t\tio_uring_sqe_set_data64(sqe, 0);\n\t}\n"
	  "\tio_uring_submit(ring);\n"
	  "\tfor (;;) {\n"
	  "\t\tstruct __kernel_timespec while_ = { 0, 50000000 };\n"
	  "\t\tstruct io_uring_cqe *cqe;\n\n"
	  "\t\tif (count > 1000 || io_uring_wait_cqe_timeout(ring, &cqe, &while_) != 0 || cqe == NULL)\n"
	  "\t\t\treturn count;\n"
	  "\t\tio_uring_cqe_seen(ring, cqe);\n\t\tcount++;\n\t}\n}\n\n", "" },
	{ "put(",
	  "static int put(int fd, size_t length)\n{\n"
	  "\tstatic const unsigned char bytes[4096];\n"
	  "\tstruct pollfd room = { fd, POLLOUT, 0 };\n"
	  "\tssize_t rc;\n\n"
	  "\tif (poll(&room, 1, 0) != 1)\n\t\treturn -EAGAIN;\n"
	  "\trc = write(fd, bytes, length < sizeof bytes ? length : sizeof bytes);\n"
	  "\treturn rc < 0 ? -errno : (int)rc;\n}\n\n", "" },
	{ "get(",
	  "static int get(int fd, size_t length)\n{\n"
	  "\tunsigned char bytes[4096];\n"
	  "\tstruct pollfd some = { fd, POLLIN, 0 };\n"
	  "\tssize_t rc;\n\n"
	  "\tif (poll(&some, 1, 0) != 1)\n\t\treturn -EAGAIN;\n"
	  "\trc = read(fd, bytes, length < sizeof bytes ? length : sizeof bytes);\n"
	  "\treturn rc < 0 ? -errno : (int)rc;\n}\n\n", "" },
	{ "count_up(",
	  "static int count_up(int fd, unsigned long long by)\n{\n"
	  "\treturn write(fd, &by, sizeof by) == (ssize_t)sizeof by ? 0 : -errno;\n}\n\n", "" },
	{ "connect_one(",
	  "static int connect_one(void)\n{\n"
	  "\tconst int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);\n\n"
	  "\treturn connect(fd, (struct sockaddr *)&address, address_size) == 0 ? 0 : -errno;\n}\n\n", "" },
	{ "in_thread(",
	  "static void in_thread(void *(*step)(void *))\n{\n"
	  "\tpthread_t thread;\n\n"
	  "\tmust(-pthread_create(&thread, NULL, step, NULL), \"pthread_create\");\n"
	  "\tpthread_join(thread, NULL);\n}\n\n", "" }
};

enum { PIECES = sizeof pieces / sizeof pieces[0] };

/* Whether *token* stands in *text*, not as the tail of a longer word. */
static bool uses(const char *text, const char *token)
{
	for (const char *at = text; (at = strstr(at, token)) != NULL; at++) {
		const char before = at == text ? ' ' : at[-1];

		if (token[0] == '&' ? strchr("ab", token[1]) == NULL || strchr(",);.", at[2]) != NULL
				    : strchr("_", before) == NULL &&
				      !((before >= 'a' && before <= 'z') || (before >= 'A' && before <= 'Z')))
			return true;
	}
	return false;
}

/* Whether a piece that is wanted uses piece *i* in its text, or in what it sets up. */
static bool is_used(const bool wanted[PIECES], int i)
{
	for (int j = 0; j < PIECES; j++) {
		if (j != i && wanted[j] && (uses(pieces[j].text, pieces[i].token) ||
					    uses(pieces[j].setup, pieces[i].token)))
			return true;
	}
	return false;
}

static void choose(const char *body, const char *functions, bool wanted[PIECES])
{
	bool more = true;

	for (int i = 0; i < PIECES; i++)
		wanted[i] = uses(body, pieces[i].token) || uses(functions, pieces[i].token);
	while (more) {
		more = false;
		for (int i = 0; i < PIECES; i++) {
			if (!wanted[i] && is_used(wanted, i))
				more = wanted[i] = true;
		}
	}
}

void to_c_pieces(const char *body, const char *functions, FILE *out)
{
	bool wanted[PIECES];
	bool variables = true;

	choose(body, functions, wanted);
	for (int i = 0; i < PIECES; i++) {
		if (!wanted[i])
			continue;
		if (variables && strchr(pieces[i].token, '(') != NULL) {
			fputc('\n', out);
			variables = false;
		}
		fputs(pieces[i].text, out);
	}
}

void to_c_setup(const char *body, const char *functions, FILE *out)
{
	bool wanted[PIECES];

	choose(body, functions, wanted);
	for (int i = 0; i < PIECES; i++) {
		if (wanted[i])
			fputs(pieces[i].setup, out);
	}
}
