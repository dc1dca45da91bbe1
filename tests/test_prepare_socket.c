/* SPDX-License-Identifier: MIT */
/* Prepare: every typed preparation for sockets and readiness, carried out. */
#include "world.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/uio.h>

static const char text[] = "seen exactly once";

enum { SIZE = sizeof text - 1 };

static void poll_add_waits_for_readiness(void **state)
{
	struct fixture *f = *state;
	struct once_sqe sqe = { 0 };
	int fds[2];

	open_ring(f, NULL);
	make_pipe(f, fds);
	sqe = taken_sqe(f);
	once_prep_poll_add(&sqe, fds[0], POLLIN);
	arm_sqe(&sqe, 1, NULL);
	submit_all(f);
	assert_int_equal(write(fds[1], "x", 1), 1);
	assert_int_equal(finish(f, 1) & POLLIN, POLLIN);
	assert_accounts_zero(f);
}

static void poll_remove_ends_the_poll_it_names(void **state)
{
	struct fixture *f = *state;
	struct once_ticket polls[2];
	struct once_sqe sqe = { 0 };
	int fds[2];

	open_ring(f, NULL);
	make_pipe(f, fds);
	for (int i = 0; i < 2; i++) {
		sqe = taken_sqe(f);
		once_prep_poll_add(&sqe, fds[0], POLLIN);
		arm_sqe(&sqe, (uint64_t)i, &polls[i]);
	}
	submit_all(f);
	sqe = taken_sqe(f);
	once_prep_poll_remove(&sqe, &polls[1]);
	arm_sqe(&sqe, 2, NULL);
	submit_all(f);
	for (int i = 0; i < 2; i++) {
		const struct once_cqe cqe = next_token(f);

		assert_int_equal(once_result(&cqe), cookie_of(&cqe) == 1 ? -ECANCELED : 0);
		assert_int_not_equal(cookie_of(&cqe), 0);
		assert_ok(once_seen(&f->ring, &cqe));
	}
	assert_int_equal(once_state_of(&f->ring, &polls[0]), ONCE_STATE_IN_FLIGHT);
}

static void a_multishot_poll_lives_until_it_is_removed(void **state)
{
	struct fixture *f = *state;
	struct once_ticket ticket;
	struct once_cqe cqe = { 0 };
	char byte;
	int fds[2];

	open_ring(f, NULL);
	make_pipe(f, fds);
	arm_poll_multishot(f, fds[0], 7, &ticket);
	submit_all(f);
	for (int i = 0; i < 5; i++) {
		assert_int_equal(write(fds[1], "x", 1), 1);
		cqe = next_token(f);
		assert_int_equal(cookie_of(&cqe), 7);
		assert_int_equal(once_result(&cqe) & POLLIN, POLLIN);
		assert_int_equal(once_is_terminal(&cqe), 0);
		assert_int_equal(read(fds[0], &byte, 1), 1);
		assert_ok(once_seen(&f->ring, &cqe));
		assert_int_equal(once_in_flight(&f->ring), 1);
	}
	arm_cancel(f, &ticket, 8);
	submit_all(f);
	for (int i = 0; i < 2; i++) {
		cqe = next_token(f);
		assert_int_equal(once_is_terminal(&cqe), 1);
		assert_int_equal(once_result(&cqe), cookie_of(&cqe) == 7 ? -ECANCELED : 0);
		assert_ok(once_seen(&f->ring, &cqe));
	}
	assert_accounts_zero(f);
}

static void accept_and_connect_meet(void **state)
{
	struct fixture *f = *state;
	struct sockaddr_in address = { .sin_family = AF_INET };
	struct sockaddr_in peer = { 0 };
	socklen_t size = sizeof peer;
	struct once_sqe sqe = { 0 };
	int listener;
	int client;

	open_ring(f, NULL);
	listener = make_listener(f, &address.sin_port);
	address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	client = keep_fd(f, socket(AF_INET, SOCK_STREAM, 0));
	sqe = taken_sqe(f);
	once_prep_accept(&sqe, listener, (struct sockaddr *)&peer, &size, SOCK_CLOEXEC);
	arm_sqe(&sqe, 1, NULL);
	sqe = taken_sqe(f);
	once_prep_connect(&sqe, client, (const struct sockaddr *)&address, sizeof address);
	arm_sqe(&sqe, 2, NULL);
	submit_all(f);
	for (int i = 0; i < 2; i++) {
		const struct once_cqe cqe = next_token(f);

		if (cookie_of(&cqe) == 1)
			keep_fd(f, once_result(&cqe));
		else
			assert_int_equal(once_result(&cqe), 0);
		assert_ok(once_seen(&f->ring, &cqe));
	}
	assert_int_equal(peer.sin_family, AF_INET);
	assert_accounts_zero(f);
}

static void a_multishot_accept_takes_connection_after_connection(void **state)
{
	struct fixture *f = *state;
	struct once_ticket ticket;
	struct once_sqe sqe = { 0 };
	uint16_t port;
	int listener;

	open_ring(f, NULL);
	listener = make_listener(f, &port);
	sqe = taken_sqe(f);
	once_prep_accept_multishot(&sqe, listener, NULL, NULL, SOCK_CLOEXEC);
	arm_sqe(&sqe, 1, &ticket);
	submit_all(f);
	for (int i = 0; i < 3; i++) {
		struct once_cqe cqe = { 0 };

		connect_to(f, port);
		cqe = next_token(f);
		assert_int_equal(once_is_terminal(&cqe), 0);
		keep_fd(f, once_result(&cqe));
		assert_ok(once_seen(&f->ring, &cqe));
	}
	assert_int_equal(once_state_of(&f->ring, &ticket), ONCE_STATE_IN_FLIGHT);
}

static void send_and_recv_exchange_bytes(void **state)
{
	struct fixture *f = *state;
	char buffer[SIZE] = { 0 };
	struct once_sqe sqe = { 0 };
	int fds[2];

	open_ring(f, NULL);
	make_sockets(f, fds);
	sqe = taken_sqe(f);
	once_prep_recv(&sqe, fds[1], buffer, SIZE, MSG_WAITALL);
	arm_sqe(&sqe, 1, NULL);
	submit_all(f);
	sqe = taken_sqe(f);
	once_prep_send(&sqe, fds[0], text, SIZE, 0);
	arm_sqe(&sqe, 2, NULL);
	submit_all(f);
	for (int i = 0; i < 2; i++) {
		const struct once_cqe cqe = next_token(f);

		assert_int_equal(once_result(&cqe), SIZE);
		assert_ok(once_seen(&f->ring, &cqe));
	}
	assert_memory_equal(buffer, text, SIZE);
}

static void sendmsg_and_recvmsg_exchange_messages(void **state)
{
	struct fixture *f = *state;
	char buffer[SIZE] = { 0 };
	struct iovec out = { (void *)(uintptr_t)text, SIZE };
	struct iovec in = { buffer, SIZE };
	struct msghdr sent = { .msg_iov = &out, .msg_iovlen = 1 };
	struct msghdr received = { .msg_iov = &in, .msg_iovlen = 1 };
	struct once_sqe sqe = { 0 };
	int fds[2];

	open_ring(f, NULL);
	make_sockets(f, fds);
	sqe = taken_sqe(f);
	once_prep_sendmsg(&sqe, fds[0], &sent, 0);
	assert_int_equal(execute(f, &sqe), SIZE);
	sqe = taken_sqe(f);
	once_prep_recvmsg(&sqe, fds[1], &received, 0);
	assert_int_equal(execute(f, &sqe), SIZE);
	assert_memory_equal(buffer, text, SIZE);
}

enum { GROUP = 3, BUFFERS = 4, BUFFER_SIZE = 32 };

/* Give *count* buffers from *first* on to group GROUP. */
static void provide_buffers(struct fixture *f, char *first, int count, unsigned id)
{
	struct once_sqe sqe = taken_sqe(f);
	struct io_uring_sqe *raw = once_prep_raw(&sqe);

	raw->opcode = IORING_OP_PROVIDE_BUFFERS;
	raw->fd = count;
	raw->addr = (uintptr_t)first;
	raw->len = BUFFER_SIZE;
	raw->off = id;
	raw->buf_group = GROUP;
	assert_int_equal(execute(f, &sqe), 0);
}

static void a_multishot_recv_fills_provided_buffers(void **state)
{
	struct fixture *f = *state;
	static char buffers[BUFFERS][BUFFER_SIZE];
	struct once_sqe sqe = { 0 };
	struct once_cqe cqe = { 0 };
	int fds[2];

	real_only("provides buffers to the kernel");
	open_ring(f, NULL);
	make_sockets(f, fds);
	provide_buffers(f, buffers[0], BUFFERS, 0);
	sqe = taken_sqe(f);
	once_prep_recv_multishot(&sqe, fds[1], GROUP, 0);
	arm_sqe(&sqe, 1, NULL);
	submit_all(f);
	for (int i = 0; i < 3; i++) {
		uint32_t flags;

		assert_int_equal(write(fds[0], text, SIZE), SIZE);
		cqe = next_token(f);
		flags = once_flags(&cqe);
		assert_int_equal(once_result(&cqe), SIZE);
		assert_int_equal(once_is_terminal(&cqe), 0);
		assert_int_not_equal(flags & IORING_CQE_F_BUFFER, 0);
		assert_memory_equal(buffers[flags >> IORING_CQE_BUFFER_SHIFT], text, SIZE);
		assert_ok(once_seen(&f->ring, &cqe));
	}
	/* the other end is shut: the last one has no more to come */
	assert_int_equal(shutdown(fds[0], SHUT_WR), 0);
	cqe = next_token(f);
	assert_int_equal(once_result(&cqe), 0);
	assert_int_equal(once_is_terminal(&cqe), 1);
	assert_ok(once_seen(&f->ring, &cqe));
	assert_accounts_zero(f);
}

/* A multishot operation may end with its first completion: an error without F_MORE. */
static void a_multishot_recv_without_buffers_ends_at_once(void **state)
{
	struct fixture *f = *state;
	struct once_sqe sqe = { 0 };
	struct once_cqe cqe = { 0 };
	int fds[2];

	open_ring(f, NULL);
	make_sockets(f, fds);
	assert_int_equal(write(fds[0], text, SIZE), SIZE);
	sqe = taken_sqe(f);
	once_prep_recv_multishot(&sqe, fds[1], GROUP, 0);
	arm_sqe(&sqe, 1, NULL);
	submit_all(f);
	cqe = next_token(f);
	assert_true(once_result(&cqe) < 0);
	assert_int_equal(once_is_terminal(&cqe), 1);
	assert_int_equal(cookie_of(&cqe), 1);
	assert_ok(once_seen(&f->ring, &cqe));
	assert_accounts_zero(f);
}

/* Out of buffers: a terminal error, although nobody cancelled it. */
static void a_multishot_recv_ends_when_buffers_run_out(void **state)
{
	struct fixture *f = *state;
	static char buffer[BUFFER_SIZE];
	struct once_sqe sqe = { 0 };
	struct once_cqe cqe = { 0 };
	int fds[2];

	real_only("provides buffers to the kernel");
	open_ring(f, NULL);
	make_sockets(f, fds);
	provide_buffers(f, buffer, 1, 0);
	sqe = taken_sqe(f);
	once_prep_recv_multishot(&sqe, fds[1], GROUP, 0);
	arm_sqe(&sqe, 1, NULL);
	submit_all(f);
	assert_int_equal(write(fds[0], text, SIZE), SIZE);
	cqe = next_token(f);
	assert_int_equal(once_result(&cqe), SIZE);
	assert_ok(once_seen(&f->ring, &cqe));
	assert_int_equal(write(fds[0], text, SIZE), SIZE);
	cqe = next_token(f);
	assert_int_equal(once_result(&cqe), -ENOBUFS);
	assert_int_equal(once_is_terminal(&cqe), 1);
	assert_int_equal(cookie_of(&cqe), 1);
	assert_ok(once_seen(&f->ring, &cqe));
	assert_accounts_zero(f);
}

/* TCP gives two CQEs: the result, then the notification; the owner comes with the second. */
static void send_zc_ends_with_its_notification(void **state)
{
	struct fixture *f = *state;
	struct once_ticket ticket;
	struct once_sqe sqe = { 0 };
	struct once_cqe cqe = { 0 };
	char buffer[SIZE];
	int fds[2];

	open_ring(f, NULL);
	make_tcp(f, fds);
	sqe = taken_sqe(f);
	once_prep_send_zc(&sqe, fds[0], text, SIZE, 0, 0);
	arm_sqe(&sqe, 1, &ticket);
	submit_all(f);
	cqe = next_token(f);
	assert_int_equal(once_result(&cqe), SIZE);
	assert_int_equal(once_is_terminal(&cqe), 0);
	assert_ok(once_seen(&f->ring, &cqe));
	assert_int_equal(once_state_of(&f->ring, &ticket), ONCE_STATE_IN_FLIGHT);
	assert_int_equal(once_in_flight(&f->ring), 1);
	assert_int_equal(recv(fds[1], buffer, SIZE, MSG_WAITALL), SIZE);
	cqe = next_token(f);
	assert_int_equal(once_flags(&cqe) & IORING_CQE_F_NOTIF, IORING_CQE_F_NOTIF);
	assert_int_equal(once_is_terminal(&cqe), 1);
	assert_int_equal(cookie_of(&cqe), 1);
	assert_ok(once_seen(&f->ring, &cqe));
	assert_accounts_zero(f);
}

/* One CQE without F_MORE: there is no notification to wait for. */
static void send_zc_may_end_with_its_result(void **state)
{
	struct fixture *f = *state;
	struct once_sqe sqe = { 0 };
	struct once_cqe cqe = { 0 };
	int fds[2];

	open_ring(f, NULL);
	make_sockets(f, fds);
	sqe = taken_sqe(f);
	/* an unknown flag is refused before a notification is made */
	once_prep_send_zc(&sqe, fds[0], text, SIZE, 0, 1U << 15);
	arm_sqe(&sqe, 1, NULL);
	submit_all(f);
	do {
		cqe = next_token(f);
		assert_int_equal(cookie_of(&cqe), 1);
		if ((once_flags(&cqe) & IORING_CQE_F_NOTIF) == 0)
			assert_true(once_result(&cqe) < 0);
		assert_ok(once_seen(&f->ring, &cqe));
	} while (once_in_flight(&f->ring) != 0);
	assert_accounts_zero(f);
}

static void shutdown_shuts_down(void **state)
{
	struct fixture *f = *state;
	struct once_sqe sqe = { 0 };
	char byte;
	int fds[2];

	open_ring(f, NULL);
	make_sockets(f, fds);
	sqe = taken_sqe(f);
	once_prep_shutdown(&sqe, fds[0], SHUT_WR);
	assert_int_equal(execute(f, &sqe), 0);
	assert_int_equal(recv(fds[1], &byte, 1, 0), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		once_test(poll_add_waits_for_readiness),
		once_test(poll_remove_ends_the_poll_it_names),
		once_test(a_multishot_poll_lives_until_it_is_removed),
		once_test(accept_and_connect_meet),
		once_test(a_multishot_accept_takes_connection_after_connection),
		once_test(send_and_recv_exchange_bytes),
		once_test(sendmsg_and_recvmsg_exchange_messages),
		once_test(a_multishot_recv_fills_provided_buffers),
		once_test(a_multishot_recv_without_buffers_ends_at_once),
		once_test(a_multishot_recv_ends_when_buffers_run_out),
		once_test(send_zc_ends_with_its_notification),
		once_test(send_zc_may_end_with_its_result),
		once_test(shutdown_shuts_down),
	};

	return cmocka_run_group_tests_name("prepare: sockets", tests, NULL, NULL);
}
