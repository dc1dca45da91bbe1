/* SPDX-License-Identifier: MIT */
/* Arm, raw: an SQE that may post more than one CQE is lent the places for them, until its end. */
#include "world.h"

#include <poll.h>
#include <sys/socket.h>

/* Newer than the header: Linux 6.4, 6.7. */
enum { TIMEOUT_MULTISHOT = 1 << 6, OP_READ_MULTISHOT = 49 };

/* Of a ring with LENT places for more than one CQE, all of which a multishot operation takes. */
enum { OPERATIONS = 8, LENT = 7 };
enum shape { ONE = OPERATIONS, ZERO_COPY = LENT, MULTISHOT = 1 }; /* so many can be armed */

struct kind {
	const char *name;
	uint8_t opcode;
	uint16_t ioprio;
	uint32_t length;
	uint32_t op_flags;
	enum shape shape;
};

static const struct kind kinds[] = {
	{ "NOP", IORING_OP_NOP, 0, 0, 0, ONE },
	{ "READ", IORING_OP_READ, 0, IORING_POLL_ADD_MULTI, 0, ONE },
	{ "SEND", IORING_OP_SEND, 0, 1, 0, ONE },
	{ "POLL_ADD", IORING_OP_POLL_ADD, 0, 0, POLLIN, ONE },
	{ "POLL_ADD, multishot", IORING_OP_POLL_ADD, 0, IORING_POLL_ADD_MULTI, POLLIN, MULTISHOT },
	{ "TIMEOUT", IORING_OP_TIMEOUT, 0, 1, 0, ONE },
	{ "TIMEOUT, multishot", IORING_OP_TIMEOUT, 0, 1, TIMEOUT_MULTISHOT, MULTISHOT },
	{ "ACCEPT", IORING_OP_ACCEPT, 0, 0, 0, ONE },
	{ "ACCEPT, multishot", IORING_OP_ACCEPT, IORING_ACCEPT_MULTISHOT, 0, 0, MULTISHOT },
	{ "RECV", IORING_OP_RECV, IORING_RECVSEND_POLL_FIRST, 1, 0, ONE },
	{ "RECV, multishot", IORING_OP_RECV, IORING_RECV_MULTISHOT, 0, 0, MULTISHOT },
	{ "RECVMSG", IORING_OP_RECVMSG, 0, 1, 0, ONE },
	{ "RECVMSG, multishot", IORING_OP_RECVMSG, IORING_RECV_MULTISHOT, 1, 0, MULTISHOT },
	{ "READ_MULTISHOT", OP_READ_MULTISHOT, 0, 0, 0, MULTISHOT },
	{ "SEND_ZC", IORING_OP_SEND_ZC, 0, 1, 0, ZERO_COPY },
	{ "SENDMSG_ZC", IORING_OP_SENDMSG_ZC, 0, 1, 0, ZERO_COPY },
};

static struct msghdr no_message;

/* Each ends at once: there is no such descriptor, and the timeouts are short. */
static void fill_raw(struct once_sqe *sqe, const struct kind *kind)
{
	struct io_uring_sqe *raw = once_prep_raw(sqe);

	raw->opcode = kind->opcode;
	raw->ioprio = kind->ioprio;
	raw->fd = 1 << 30;
	raw->len = kind->length;
	raw->msg_flags = kind->op_flags;
	if (kind->opcode == IORING_OP_TIMEOUT) {
		raw->addr = (uintptr_t)&one_millisecond;
		raw->off = 1; /* a multishot one comes so often */
	} else if (kind->opcode == IORING_OP_RECVMSG || kind->opcode == IORING_OP_SENDMSG_ZC) {
		raw->addr = (uintptr_t)&no_message;
	}
}

/* Arm as many as can be; how many that were. */
static int arm_many(struct fixture *f, const struct kind *kind)
{
	int armed = 0;
	int rc = 0;

	while (rc == 0 && once_free(&f->ring) != 0) {
		struct once_sqe sqe = taken_sqe(f);

		fill_raw(&sqe, kind);
		rc = once_arm(&sqe, once_cookie((uint64_t)armed), NULL);
		armed += rc == 0;
	}
	if (rc != 0) {
		assert_code(rc, ONCE_NO_CREDIT);
		assert_violation(f, ONCE_NO_CREDIT);
		assert_conserved(f);
	}
	return armed;
}

/* Submit them, and reap until all have ended: so many terminal CQEs. */
static int end_all(struct fixture *f)
{
	const struct once_timespec patience = { 20, 0 };
	int ended = 0;

	while (once_armed(&f->ring) != 0) /* a submit ends at an SQE that is refused at once */
		assert_true(once_submit(&f->ring) > 0);
	while (once_in_flight(&f->ring) != 0) {
		struct once_completion done;

		assert_ok(once_wait_reap(&f->ring, &done, &patience));
		assert_true(done.result < 0 || (done.flags & IORING_CQE_F_NOTIF) != 0);
		assert_ptr_equal(done.lent.type, &once_cookie_type);
		ended += (done.flags & IORING_CQE_F_MORE) == 0;
	}
	return ended;
}

static void each_kind_is_lent_what_it_may_post(void **state)
{
	struct fixture *f = *state;
	/* 16 places: the operations, 1 for the library, LENT */
	const struct once_config config = { .entries = OPERATIONS, .cq_entries = 16,
					    .multishot_credit = LENT,
					    .memory = { .capacity = OPERATIONS } };
	const struct kind *nop = &kinds[0];

	open_ring(f, &config);
	assert_int_equal(arm_many(f, nop), ONE);
	assert_true(once_submit(&f->ring) == ONE);
	for (uint64_t i = 0; i < ONE; i++)
		assert_int_equal(finish(f, i), 0);
	for (size_t i = 1; i < sizeof kinds / sizeof kinds[0]; i++) {
		/* again, since the credit is back */
		for (int round = 0; round < 3; round++) {
			const int armed = arm_many(f, &kinds[i]);

			if (armed != (int)kinds[i].shape)
				fail_msg("%s, round %d: %d armed, not %d", kinds[i].name, round,
					 armed, (int)kinds[i].shape);
			assert_int_equal(end_all(f), armed);
			assert_accounts_zero(f);
		}
	}
	assert_no_violation(f);
}

/* One place to lend. */
static void open_lender(struct fixture *f)
{
	open_ring(f, &(struct once_config){ .entries = 4, .cq_entries = 8,
					    .memory = { .capacity = 6 } });
}

static int try_raw_poll(struct fixture *f, int fd, uint64_t cookie, struct once_ticket *ticket)
{
	struct once_sqe sqe = taken_sqe(f);
	struct io_uring_sqe *raw = once_prep_raw(&sqe);

	raw->opcode = IORING_OP_POLL_ADD;
	raw->fd = fd;
	raw->len = IORING_POLL_ADD_MULTI;
	raw->poll32_events = POLLIN;
	return once_arm(&sqe, once_cookie(cookie), ticket);
}

static void a_multishot_keeps_its_credit_until_its_end(void **state)
{
	struct fixture *f = *state;
	struct once_ticket ticket;
	struct once_cqe cqe = { 0 };
	uint64_t cookies = 0;
	int fds[2];

	open_lender(f);
	make_pipe(f, fds);
	assert_ok(try_raw_poll(f, fds[0], 1, &ticket));
	submit_all(f);
	for (int i = 0; i < 3; i++) {
		assert_int_equal(write(fds[1], "x", 1), 1);
		cqe = next_token(f);
		assert_int_equal(cookie_of(&cqe), 1);
		assert_int_equal(once_is_terminal(&cqe), 0);
		assert_ok(once_seen(&f->ring, &cqe));
		assert_code(try_raw_poll(f, fds[0], 2, NULL), ONCE_NO_CREDIT);
		assert_violation(f, ONCE_NO_CREDIT);
	}
	arm_cancel(f, &ticket, 4);
	submit_all(f);
	while (once_in_flight(&f->ring) != 0) {
		cqe = next_token(f);
		assert_int_equal(once_is_terminal(&cqe), 1);
		cookies += cookie_of(&cqe);
		assert_ok(once_seen(&f->ring, &cqe));
	}
	assert_int_equal(cookies, 1 + 4);
	assert_ok(try_raw_poll(f, fds[0], 2, NULL));
	submit_all(f);
}

static int try_raw_send(struct fixture *f, int fd, const char *bytes, uint32_t length)
{
	struct once_sqe sqe = taken_sqe(f);
	struct io_uring_sqe *raw = once_prep_raw(&sqe);

	raw->opcode = IORING_OP_SEND_ZC;
	raw->fd = fd;
	raw->addr = (uintptr_t)bytes;
	raw->len = length;
	return once_arm(&sqe, once_cookie(length), NULL);
}

/* The credit of a zero-copy send comes back with the notification, not with the result. */
static void a_zero_copy_send_keeps_its_credit_until_the_notification(void **state)
{
	struct fixture *f = *state;
	static const char bytes[] = "bytes";
	struct once_cqe cqe = { 0 };
	int fds[2];

	open_lender(f);
	make_tcp(f, fds);
	for (uint32_t length = 1; length <= 3; length++) {
		assert_ok(try_raw_send(f, fds[0], bytes, length));
		assert_code(try_raw_send(f, fds[0], bytes, length), ONCE_NO_CREDIT);
		assert_violation(f, ONCE_NO_CREDIT);
		submit_all(f);
		cqe = next_token(f);
		if (once_result(&cqe) == -EINVAL) {
			print_message("IORING_OP_SEND_ZC is not known here\n");
			assert_ok(once_seen(&f->ring, &cqe));
			skip();
		}
		assert_int_equal(once_result(&cqe), length);
		assert_int_equal(once_is_terminal(&cqe), 0);
		assert_ok(once_seen(&f->ring, &cqe));
		assert_code(try_raw_send(f, fds[0], bytes, length), ONCE_NO_CREDIT);
		assert_violation(f, ONCE_NO_CREDIT);
		cqe = next_token(f);
		assert_int_equal(cookie_of(&cqe), length);
		assert_int_equal(once_flags(&cqe) & IORING_CQE_F_NOTIF, IORING_CQE_F_NOTIF);
		assert_ok(once_seen(&f->ring, &cqe));
		assert_accounts_zero(f);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		once_test(each_kind_is_lent_what_it_may_post),
		once_test(a_multishot_keeps_its_credit_until_its_end),
		once_test(a_zero_copy_send_keeps_its_credit_until_the_notification),
	};

	return cmocka_run_group_tests_name("arm, raw", tests, NULL, NULL);
}
