/* SPDX-License-Identifier: MIT */
/* The files of the world: how each is made, emptied and used. */
#include "world_files.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <stddef.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

enum { FILE_BYTES = 64, BACKLOG = 16, FULL_READ = FILES /* the other end of "full" */ };

#define BIT(file) (1U << (file))

static int descriptor(const struct world *world, unsigned file)
{
	return world->base + (int)file;
}

/* Give it its number. 0 or -errno. */
static int place(const struct world *world, int fd, unsigned file)
{
	int rc;

	if (fd < 0)
		return -errno;
	rc = dup3(fd, descriptor(world, file), O_CLOEXEC) < 0 ? -errno : 0;
	close(fd);
	return rc;
}

static int place_pair(const struct world *world, int rc, const int fds[2], unsigned file,
		      unsigned other)
{
	int first;

	if (rc < 0)
		return -errno;
	first = place(world, fds[0], file);
	rc = place(world, fds[1], other);
	return first < 0 ? first : rc;
}

/* --- how each is made --- */

static int make_file(struct world *world)
{
	unsigned char bytes[FILE_BYTES];
	int fd = memfd_create("scenario", MFD_CLOEXEC);

	for (unsigned i = 0; i < sizeof bytes; i++)
		bytes[i] = (unsigned char)('a' + i % 26);
	if (fd >= 0 && pwrite(fd, bytes, sizeof bytes, 0) != (ssize_t)sizeof bytes)
		return -EIO;
	return place(world, fd, FILE_FILE);
}

static int make_pipe(struct world *world)
{
	int fds[2];

	return place_pair(world, pipe2(fds, O_CLOEXEC), fds, FILE_PIPE_READ, FILE_PIPE_WRITE);
}

static int make_sockets(struct world *world)
{
	int fds[2];

	return place_pair(world, socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds), fds,
			  FILE_LEFT, FILE_RIGHT);
}

/* An address of the kernel's choice in the abstract name space. */
static int make_listener(struct world *world)
{
	const struct sockaddr_un any = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	world->address_size = sizeof world->address;
	if (fd >= 0 &&
	    (bind(fd, (const struct sockaddr *)&any, offsetof(struct sockaddr_un, sun_path)) < 0 ||
	     listen(fd, BACKLOG) < 0 ||
	     getsockname(fd, (struct sockaddr *)&world->address, &world->address_size) < 0))
		return -errno;
	return place(world, fd, FILE_LISTENER);
}

static int make_client(struct world *world)
{
	return place(world, socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0), FILE_CLIENT);
}

static int make_eventfd(struct world *world)
{
	return place(world, eventfd(0, EFD_CLOEXEC), FILE_EVENTFD);
}

static int make_counter(struct world *world)
{
	return place(world, eventfd(0, EFD_CLOEXEC), FILE_COUNTER);
}

/* Closed with a reset, so that no port stays taken for a minute. */
static int connect_tcp(int listener, int fds[2])
{
	const struct linger at_once = { 1, 0 };
	struct sockaddr_in address = { .sin_family = AF_INET };
	socklen_t size = sizeof address;

	address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	fds[0] = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (listener < 0 || fds[0] < 0 || bind(listener, (struct sockaddr *)&address, size) < 0 ||
	    listen(listener, 1) < 0 || getsockname(listener, (struct sockaddr *)&address, &size) < 0 ||
	    connect(fds[0], (struct sockaddr *)&address, size) < 0)
		return -1;
	fds[1] = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
	for (int i = 0; i < 2; i++)
		(void)setsockopt(fds[i], SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
	return fds[1] < 0 ? -1 : 0;
}

/* Where there is no loopback, "tcp.left" and "tcp.right" are closed descriptors. */
static int make_tcp(struct world *world)
{
	const int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	int fds[2] = { -1, -1 };
	int rc = connect_tcp(listener, fds);

	if (listener >= 0)
		close(listener);
	if (rc == 0)
		return place_pair(world, 0, fds, FILE_TCP_LEFT, FILE_TCP_RIGHT);
	if (fds[0] >= 0)
		close(fds[0]);
	close(descriptor(world, FILE_TCP_LEFT));
	close(descriptor(world, FILE_TCP_RIGHT));
	return 0;
}

static void fill(const struct world *world)
{
	static const char page[4096];

	if (write(descriptor(world, FILE_FULL), page, sizeof page) < 0)
		return; /* then it is full */
}

static int make_full(struct world *world)
{
	int fds[2];
	int rc = pipe2(fds, O_CLOEXEC);

	if (rc == 0)
		(void)fcntl(fds[1], F_SETPIPE_SZ, 4096);
	rc = place_pair(world, rc, fds, FULL_READ, FILE_FULL);
	if (rc == 0)
		fill(world);
	return rc;
}

/* --- emptied --- */

static int readable(int fd)
{
	int bytes = 0;

	return ioctl(fd, FIONREAD, &bytes) < 0 ? -errno : bytes;
}

static void empty_pipe(int fd)
{
	char bytes[4096];

	while (readable(fd) > 0)
		if (read(fd, bytes, sizeof bytes) <= 0)
			break;
}

static void empty_socket(int fd)
{
	char bytes[4096];

	while (recv(fd, bytes, sizeof bytes, MSG_DONTWAIT) > 0)
		continue;
}

static bool is_ready(int fd, short events)
{
	struct pollfd poll_fd = { fd, events, 0 };

	return poll(&poll_fd, 1, 0) == 1 && (poll_fd.revents & events) != 0;
}

static void empty_eventfd(int fd)
{
	uint64_t count;

	if (is_ready(fd, POLLIN) && read(fd, &count, sizeof count) < 0)
		return;
}

static void empty_listener(int fd)
{
	while (is_ready(fd, POLLIN)) {
		const int client = accept4(fd, NULL, NULL, SOCK_CLOEXEC);

		if (client < 0)
			break;
		close(client);
	}
}

static void empty_full(const struct world *world)
{
	empty_pipe(descriptor(world, FULL_READ));
	fill(world);
}

/* --- what belongs together --- */

static const struct group {
	uint32_t files;
	int (*make)(struct world *world);
} groups[] = {
	{ BIT(FILE_FILE), make_file },
	{ BIT(FILE_PIPE_READ) | BIT(FILE_PIPE_WRITE), make_pipe },
	{ BIT(FILE_LEFT) | BIT(FILE_RIGHT), make_sockets },
	{ BIT(FILE_LISTENER), make_listener },
	{ BIT(FILE_CLIENT), make_client },
	{ BIT(FILE_EVENTFD), make_eventfd },
	{ BIT(FILE_TCP_LEFT) | BIT(FILE_TCP_RIGHT), make_tcp },
	{ BIT(FILE_COUNTER), make_counter },
	{ BIT(FILE_FULL), make_full }
};

enum { GROUPS = sizeof groups / sizeof groups[0] };

int world_make_all(struct world *world)
{
	int rc = 0;

	for (unsigned i = 0; i < GROUPS && rc == 0; i++)
		rc = groups[i].make(world);
	return rc;
}

static void empty_file(const struct world *world, unsigned file)
{
	const int fd = descriptor(world, file);

	switch (file) {
	case FILE_PIPE_READ:
		empty_pipe(fd);
		break;
	case FILE_LEFT:
	case FILE_RIGHT:
	case FILE_TCP_LEFT:
	case FILE_TCP_RIGHT:
		empty_socket(fd);
		break;
	case FILE_EVENTFD:
	case FILE_COUNTER:
		empty_eventfd(fd);
		break;
	case FILE_LISTENER:
		empty_listener(fd);
		break;
	case FILE_FULL:
		empty_full(world);
		break;
	default:
		break;
	}
}

int world_restore(struct world *world)
{
	const uint32_t touched = world->touched, broken = world->broken;
	int rc = 0;

	for (unsigned i = 0; i < GROUPS && rc == 0; i++) {
		if ((groups[i].files & broken) != 0) {
			rc = groups[i].make(world);
		} else if ((groups[i].files & touched) != 0) {
			for (unsigned file = 0; file < FILES; file++)
				if ((groups[i].files & BIT(file)) != 0)
					empty_file(world, file);
		}
	}
	world->touched = world->broken = 0;
	return rc;
}

int world_fd(struct world *world, unsigned file)
{
	switch (file) {
	case FILE_BAD:
	case FILE_RING:
		return -1;
	case FILE_ACCEPTED:
		return world->accepted;
	case FILE_OPENED:
		return world->opened;
	default:
		world->touched |= BIT(file);
		return descriptor(world, file);
	}
}

void world_break(struct world *world, unsigned file)
{
	world->broken |= BIT(file);
}

/* --- used without the ring --- */

int world_put(struct world *world, unsigned file, size_t length)
{
	static const unsigned char bytes[LENGTH_MOST];
	const uint64_t count = length != 0 ? length : 1;
	const int fd = world_fd(world, file);
	ssize_t rc;

	if (length > sizeof bytes)
		return -EMSGSIZE;
	switch (file) {
	case FILE_FILE:
		world_break(world, file);
		rc = pwrite(fd, bytes, length, 0);
		break;
	case FILE_EVENTFD:
	case FILE_COUNTER:
		rc = write(fd, &count, sizeof count);
		break;
	case FILE_PIPE_WRITE:
	case FILE_FULL:
		if (!is_ready(fd, POLLOUT))
			return -EAGAIN;
		rc = write(fd, bytes, length);
		break;
	default:
		rc = send(fd, bytes, length, MSG_DONTWAIT | MSG_NOSIGNAL);
		break;
	}
	return rc < 0 ? -errno : (int)rc;
}

int world_get(struct world *world, unsigned file, size_t length)
{
	unsigned char bytes[LENGTH_MOST];
	uint64_t count = 0;
	int fd = world_fd(world, file);
	ssize_t rc;

	if (length > sizeof bytes)
		length = sizeof bytes;
	switch (file) {
	case FILE_FILE:
		rc = pread(fd, bytes, length, 0);
		break;
	case FILE_EVENTFD:
	case FILE_COUNTER:
		if (!is_ready(fd, POLLIN))
			return 0;
		rc = read(fd, &count, sizeof count);
		return rc < 0 ? -errno : (int)(count < INT32_MAX ? count : INT32_MAX);
	case FILE_PIPE_READ:
	case FILE_FULL:
		if (file == FILE_FULL)
			fd = descriptor(world, FULL_READ);
		if (readable(fd) <= 0)
			return readable(fd) < 0 ? -EBADF : -EAGAIN;
		rc = read(fd, bytes, length);
		break;
	default:
		rc = recv(fd, bytes, length, MSG_DONTWAIT);
		break;
	}
	return rc < 0 ? -errno : (int)rc;
}

int world_connect(struct world *world)
{
	int fd;

	if (world->clients == WORLD_CLIENTS)
		return -EMFILE;
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd >= 0 &&
	    connect(fd, (const struct sockaddr *)&world->address, world->address_size) < 0) {
		const int rc = -errno;

		close(fd);
		return rc;
	}
	world->touched |= BIT(FILE_LISTENER);
	return place(world, fd, FILES + 1U + world->clients++);
}

void world_close_clients(struct world *world)
{
	while (world->clients != 0)
		close(descriptor(world, FILES + world->clients--));
}

int world_shut(struct world *world, unsigned file)
{
	const int fd = world_fd(world, file);

	world_break(world, file);
	if (file == FILE_ACCEPTED)
		world->accepted = -1;
	if (file == FILE_OPENED)
		world->opened = -1;
	return close(fd) < 0 ? -errno : 0;
}
