/* SPDX-License-Identifier: MIT */
/* See harness.h: what tests do all the time. */
#include "harness.h"

#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/socket.h>

static const struct once_timespec patience = { 20, 0 };

struct once_sqe taken_sqe(struct fixture *f)
{
	struct once_sqe sqe = { 0 };

	assert_ok(once_take(&f->ring, &sqe));
	return sqe;
}

int try_nop(struct fixture *f, uint64_t cookie, struct once_ticket *ticket)
{
	struct once_sqe sqe;
	const int rc = once_take(&f->ring, &sqe);

	if (rc != 0)
		return rc;
	once_prep_nop(&sqe);
	return once_arm(&sqe, once_cookie(cookie), ticket);
}

void arm_nop(struct fixture *f, uint64_t cookie, struct once_ticket *ticket)
{
	assert_ok(try_nop(f, cookie, ticket));
}

void arm_read(struct fixture *f, int fd, void *buffer, size_t length, uint64_t offset,
	      uint64_t cookie, struct once_ticket *ticket)
{
	struct once_sqe sqe = taken_sqe(f);

	once_prep_read(&sqe, fd, buffer, length, offset);
	assert_ok(once_arm(&sqe, once_cookie(cookie), ticket));
}

void arm_timeout(struct fixture *f, const struct once_timespec *time, uint64_t cookie,
		 struct once_ticket *ticket)
{
	struct once_sqe sqe = taken_sqe(f);

	once_prep_timeout(&sqe, time, 0, 0);
	assert_ok(once_arm(&sqe, once_cookie(cookie), ticket));
}

void arm_cancel(struct fixture *f, const struct once_ticket *target, uint64_t cookie)
{
	struct once_sqe sqe = taken_sqe(f);

	once_prep_cancel(&sqe, target);
	assert_ok(once_arm(&sqe, once_cookie(cookie), NULL));
}

void submit_all(struct fixture *f)
{
	const int armed = (int)once_armed(&f->ring);

	assert_code(once_submit(&f->ring), armed);
	assert_int_equal(once_armed(&f->ring), 0);
}

struct once_cqe next_token(struct fixture *f)
{
	struct once_cqe cqe = { 0 };

	/* without the feature, a timed wait would leave a reservation out */
	assert_ok(once_wait_for(&f->ring, &cqe, 1, f->legacy ? NULL : &patience, NULL));
	return cqe;
}

uint64_t cookie_of(const struct once_cqe *cqe)
{
	uint64_t cookie = 0;

	assert_ok(once_owner(cqe, &once_cookie_type, &cookie));
	return cookie;
}

int32_t finish(struct fixture *f, uint64_t cookie)
{
	const struct once_cqe cqe = next_token(f);
	int32_t result;

	assert_int_equal(cookie_of(&cqe), cookie);
	result = once_result(&cqe);
	assert_ok(once_seen(&f->ring, &cqe));
	return result;
}

void run_nops(struct fixture *f, uint32_t count)
{
	for (uint32_t i = 0; i < count; i++) {
		arm_nop(f, i, NULL);
		submit_all(f);
		assert_int_equal(finish(f, i), 0);
	}
}

/* --- descriptors --- */

int keep_fd(struct fixture *f, int fd)
{
	assert_true(fd >= 0);
	assert_true(f->fd_count < FIXTURE_FDS);
	f->fds[f->fd_count++] = fd;
	return fd;
}

int temp_file(struct fixture *f, const void *bytes, size_t size)
{
	const int fd = keep_fd(f, memfd_create("oncering-test", MFD_CLOEXEC));

	assert_int_equal(pwrite(fd, bytes, size, 0), (ssize_t)size);
	return fd;
}

void make_pipe(struct fixture *f, int fds[2])
{
	assert_int_equal(pipe(fds), 0);
	keep_fd(f, fds[0]);
	keep_fd(f, fds[1]);
}

void make_sockets(struct fixture *f, int fds[2])
{
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, fds), 0);
	keep_fd(f, fds[0]);
	keep_fd(f, fds[1]);
}

int make_eventfd(struct fixture *f)
{
	return keep_fd(f, eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC));
}

uint64_t read_eventfd(int fd)
{
	uint64_t count = 0;

	return read(fd, &count, sizeof count) == (ssize_t)sizeof count ? count : 0;
}
