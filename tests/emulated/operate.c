/* SPDX-License-Identifier: MIT */
/* Operations that are system calls: done where they cannot block. */
#include "kernel.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

enum {
	SQE_FLAGS = IOSQE_FIXED_FILE | IOSQE_IO_DRAIN | IOSQE_IO_LINK | IOSQE_IO_HARDLINK |
		    IOSQE_ASYNC | IOSQE_BUFFER_SELECT | IOSQE_CQE_SKIP_SUCCESS
};

static void *pointer(uint64_t address)
{
	return (void *)(uintptr_t)address;
}

static int32_t result_of(ssize_t rc)
{
	return rc < 0 ? -errno : (int32_t)rc;
}

int refuse_sqe(const struct kernel_ring *ring, const struct io_uring_sqe *sqe)
{
	(void)ring;
	if (sqe->opcode > IORING_OP_SEND_ZC || (sqe->flags & ~SQE_FLAGS) != 0)
		return -EINVAL;
	switch (sqe->opcode) {
	case IORING_OP_ASYNC_CANCEL:
		return kernel_plan.no_cancel_any && (sqe->cancel_flags & IORING_ASYNC_CANCEL_ANY) != 0
			? -EINVAL : 0;
	case IORING_OP_RECV:
	case IORING_OP_RECVMSG:
		return (sqe->ioprio & IORING_RECV_MULTISHOT) != 0 &&
				       (sqe->flags & IOSQE_BUFFER_SELECT) == 0 ? -EINVAL : 0;
	case IORING_OP_TIMEOUT:
	case IORING_OP_LINK_TIMEOUT:
		return sqe->len != 1 ? -EINVAL : 0;
	case IORING_OP_FSYNC:
		return (sqe->fsync_flags & ~IORING_FSYNC_DATASYNC) != 0 ? -EINVAL : 0;
	default:
		return 0;
	}
}

/* What the descriptor must be ready for; 0: the operation does not block. */
static short events_of(const struct io_uring_sqe *sqe)
{
	switch (sqe->opcode) {
	case IORING_OP_READ:
	case IORING_OP_READV:
	case IORING_OP_RECV:
	case IORING_OP_RECVMSG:
	case IORING_OP_ACCEPT:
		return POLLIN;
	case IORING_OP_WRITE:
	case IORING_OP_WRITEV:
	case IORING_OP_SEND:
	case IORING_OP_SENDMSG:
	case IORING_OP_SEND_ZC:
		return POLLOUT;
	case IORING_OP_POLL_ADD:
		return (short)sqe->poll32_events;
	default:
		return 0;
	}
}

static short events_now(int fd, short events)
{
	struct pollfd pollfd = { fd, events, 0 };

	return poll(&pollfd, 1, 0) < 0 ? POLLNVAL : pollfd.revents;
}

/* The descriptor was not opened for that. */
static bool is_refused(const struct io_uring_sqe *sqe)
{
	const bool reads = sqe->opcode == IORING_OP_READ || sqe->opcode == IORING_OP_READV;
	const bool writes = sqe->opcode == IORING_OP_WRITE || sqe->opcode == IORING_OP_WRITEV;
	const int flags = reads || writes ? fcntl(sqe->fd, F_GETFL) : O_RDWR;

	return flags >= 0 && (flags & O_ACCMODE) == (reads ? O_WRONLY : O_RDONLY) && (reads || writes);
}

/* To read or write nothing does not block. */
static bool moves_nothing(const struct io_uring_sqe *sqe)
{
	const bool plain = sqe->opcode == IORING_OP_READ || sqe->opcode == IORING_OP_WRITE;
	const bool vectors = sqe->opcode == IORING_OP_READV || sqe->opcode == IORING_OP_WRITEV;
	const struct iovec *iov = pointer(sqe->addr);
	size_t length = plain ? sqe->len : 0;

	for (uint32_t i = 0; vectors && i < sqe->len; i++)
		length += iov[i].iov_len;
	return (plain || vectors) && length == 0;
}

/* Reading, writing and the like would block, and the descriptor allows that. */
static bool would_block(const struct io_uring_sqe *sqe)
{
	const int fd = sqe->opcode == IORING_OP_SPLICE ? sqe->splice_fd_in : sqe->fd;
	const short events = sqe->opcode == IORING_OP_SPLICE ? POLLIN : events_of(sqe);

	if (events == 0 || moves_nothing(sqe) || events_now(fd, events) != 0)
		return false;
	return (fcntl(fd, F_GETFL) & O_NONBLOCK) == 0;
}

static int32_t transfer(const struct io_uring_sqe *sqe, const struct iovec *iov, int count, bool in)
{
	const bool at = sqe->off != UINT64_MAX && lseek(sqe->fd, 0, SEEK_CUR) >= 0;
	const off_t offset = at ? (off_t)sqe->off : -1;
	int flags = at ? 0 : RWF_NOWAIT;
	ssize_t rc;

	rc = in ? preadv2(sqe->fd, iov, count, offset, flags)
		: pwritev2(sqe->fd, iov, count, offset, flags);
	if (rc < 0 && errno == EOPNOTSUPP && flags != 0)
		rc = in ? readv(sqe->fd, iov, count) : writev(sqe->fd, iov, count);
	if (rc < 0 && errno == EAGAIN && (fcntl(sqe->fd, F_GETFL) & O_NONBLOCK) == 0)
		return BLOCKED;
	return result_of(rc);
}

static int32_t send_or_receive(const struct io_uring_sqe *sqe)
{
	const int flags = (int)sqe->msg_flags | MSG_DONTWAIT | MSG_NOSIGNAL;
	struct msghdr *header = pointer(sqe->addr);
	ssize_t rc;

	switch (sqe->opcode) {
	case IORING_OP_SEND:
	case IORING_OP_SEND_ZC:
		rc = send(sqe->fd, pointer(sqe->addr), sqe->len, flags);
		break;
	case IORING_OP_RECV:
		rc = recv(sqe->fd, pointer(sqe->addr), sqe->len, flags);
		break;
	case IORING_OP_SENDMSG:
		rc = sendmsg(sqe->fd, header, flags);
		break;
	default:
		rc = recvmsg(sqe->fd, header, flags);
		break;
	}
	if (rc < 0 && errno == EAGAIN && (sqe->msg_flags & MSG_DONTWAIT) == 0 &&
	    (fcntl(sqe->fd, F_GETFL) & O_NONBLOCK) == 0)
		return BLOCKED;
	return result_of(rc);
}

/* A UNIX socket has no zero-copy send. */
static int32_t send_zero_copy(const struct io_uring_sqe *sqe)
{
	int domain = 0;
	socklen_t size = sizeof domain;

	if (getsockopt(sqe->fd, SOL_SOCKET, SO_DOMAIN, &domain, &size) < 0)
		return -errno;
	return domain == AF_UNIX ? -EOPNOTSUPP : send_or_receive(sqe);
}

/* One CQE of several: false if it must be the last one, for want of room. */
static bool post_more(struct kernel_ring *ring, const struct request *request, int32_t res)
{
	return has_room(ring) && post(ring, request->sqe.user_data, res, IORING_CQE_F_MORE);
}

static int32_t accept_some(struct kernel_ring *ring, const struct request *request)
{
	const struct io_uring_sqe *sqe = &request->sqe;
	int32_t res;

	do {
		if (would_block(sqe))
			return BLOCKED;
		res = result_of(accept4(sqe->fd, pointer(sqe->addr), pointer(sqe->addr2),
					(int)sqe->accept_flags));
	} while (res >= 0 && (sqe->ioprio & IORING_ACCEPT_MULTISHOT) != 0 &&
		 post_more(ring, request, res));
	return res;
}

/* An edge-triggered epoll knows of each wake-up, as the kernel's poll does. */
static int watch(struct request *request)
{
	struct epoll_event event = { .events = request->sqe.poll32_events | EPOLLET };

	if (request->watch == 0) {
		request->watch = epoll_create1(EPOLL_CLOEXEC);
		if (epoll_ctl(request->watch, EPOLL_CTL_ADD, request->sqe.fd, &event) < 0)
			return -errno;
	}
	return epoll_wait(request->watch, &event, 1, 0) == 1 ? (int)event.events : 0;
}

bool begin_poll(struct request *request)
{
	if (request->sqe.opcode != IORING_OP_POLL_ADD || (request->sqe.len & IORING_POLL_ADD_MULTI) == 0 ||
	    (request->sqe.flags & IOSQE_FIXED_FILE) != 0 || (events_now(request->sqe.fd, 0) & POLLNVAL) != 0)
		return false;
	request->news = watch(request);
	return request->news >= 0;
}

/* Events that come after those make one with them. */
static int32_t news_of(struct request *request)
{
	const int before = request->news;
	const int now = watch(request);

	request->news = 0;
	return now != 0 ? now : before;
}

static int32_t poll_some(struct kernel_ring *ring, struct request *request)
{
	short events = events_now(request->sqe.fd, events_of(&request->sqe));
	int news;

	if ((events & POLLNVAL) != 0)
		return -EBADF;
	if ((request->sqe.len & IORING_POLL_ADD_MULTI) == 0)
		return events == 0 ? BLOCKED : events;
	news = news_of(request);
	if (news <= 0)
		return news == 0 ? BLOCKED : news;
	return post_more(ring, request, news) ? BLOCKED : news;
}

static int32_t message(const struct io_uring_sqe *sqe)
{
	struct kernel_ring *target = kernel_ring_of(sqe->fd);
	const uint32_t flags = (sqe->msg_ring_flags & (1U << 1)) != 0 ? (uint32_t)sqe->splice_fd_in : 0;

	if (target == NULL)
		return fcntl(sqe->fd, F_GETFD) < 0 ? -EBADF : -EBADFD;
	if (sqe->addr != 0)
		return -EINVAL;
	post(target, sqe->off, (int32_t)sqe->len, flags);
	signal_eventfd(target, true);
	return 0;
}

static int32_t operate_on_file(const struct io_uring_sqe *sqe)
{
	const struct iovec one = { pointer(sqe->addr), sqe->len };
	loff_t in = (loff_t)sqe->splice_off_in;
	loff_t out = (loff_t)sqe->off;

	switch (sqe->opcode) {
	case IORING_OP_READ:
		return transfer(sqe, &one, 1, true);
	case IORING_OP_WRITE:
		return transfer(sqe, &one, 1, false);
	case IORING_OP_READV:
		return transfer(sqe, pointer(sqe->addr), (int)sqe->len, true);
	case IORING_OP_WRITEV:
		return transfer(sqe, pointer(sqe->addr), (int)sqe->len, false);
	case IORING_OP_FSYNC:
		return result_of((sqe->fsync_flags & IORING_FSYNC_DATASYNC) != 0
				 ? fdatasync(sqe->fd) : fsync(sqe->fd));
	case IORING_OP_OPENAT:
		return result_of(openat(sqe->fd, pointer(sqe->addr), (int)sqe->open_flags, sqe->len));
	case IORING_OP_CLOSE:
		return result_of(close(sqe->fd));
	case IORING_OP_STATX:
		return result_of(statx(sqe->fd, pointer(sqe->addr), (int)sqe->statx_flags, sqe->len,
				       pointer(sqe->off)));
	case IORING_OP_SPLICE:
		return result_of(splice(sqe->splice_fd_in, in == -1 ? NULL : &in, sqe->fd,
					out == -1 ? NULL : &out, sqe->len,
					sqe->splice_flags | SPLICE_F_NONBLOCK));
	default:
		return -EINVAL;
	}
}

int32_t operate(struct kernel_ring *ring, struct request *request)
{
	const struct io_uring_sqe *sqe = &request->sqe;

	if ((sqe->flags & IOSQE_FIXED_FILE) != 0 || is_refused(sqe))
		return -EBADF;
	if (sqe->opcode != IORING_OP_POLL_ADD && would_block(sqe))
		return BLOCKED;
	switch (sqe->opcode) {
	case IORING_OP_NOP:
		return 0;
	case IORING_OP_POLL_ADD:
		return poll_some(ring, request);
	case IORING_OP_ACCEPT:
		return accept_some(ring, request);
	case IORING_OP_CONNECT:
		return result_of(connect(sqe->fd, pointer(sqe->addr), (socklen_t)sqe->off));
	case IORING_OP_SHUTDOWN:
		return result_of(shutdown(sqe->fd, (int)sqe->len));
	case IORING_OP_RECV:
	case IORING_OP_RECVMSG:
		if ((sqe->flags & IOSQE_BUFFER_SELECT) != 0)
			return -ENOBUFS;
		return send_or_receive(sqe);
	case IORING_OP_SEND:
	case IORING_OP_SENDMSG:
		return send_or_receive(sqe);
	case IORING_OP_SEND_ZC:
		return send_zero_copy(sqe);
	case IORING_OP_READ_FIXED:
	case IORING_OP_WRITE_FIXED:
		return -EFAULT; /* the seam has no registered buffers */
	case IORING_OP_MSG_RING:
		return message(sqe);
	case IORING_OP_ASYNC_CANCEL:
		return cancel(ring, request);
	case IORING_OP_TIMEOUT:
		return timer_result(ring, request);
	case IORING_OP_TIMEOUT_REMOVE:
		return remove_timeout(ring, sqe);
	case IORING_OP_POLL_REMOVE:
		return remove_poll(ring, sqe);
	default:
		return operate_on_file(sqe);
	}
}

bool is_ready(struct kernel_ring *ring, const struct request *request)
{
	if (request->notifies)
		return true;
	if (is_timer(request))
		return timer_result(ring, request) != BLOCKED;
	if (request->sqe.opcode == IORING_OP_POLL_ADD && request->watch > 0)
		return request->news != 0 || events_now(request->watch, POLLIN) != 0;
	if (request->sqe.opcode == IORING_OP_POLL_ADD)
		return events_now(request->sqe.fd, events_of(&request->sqe)) != 0;
	return !would_block(&request->sqe);
}
