/* SPDX-License-Identifier: MIT */
/*
 * What Eva reads around the library and the emulated kernel; a compiler never
 * does. The atomics are plain accesses (one thread at a time: proofs/split.pml
 * has the other one). A system call returns any number, or -1 and an errno for
 * which nobody tries again. Descriptors block, and whether they are ready is open
 * as well, but the same for all of them during all of a run, or no wait would
 * ever end for Eva. Time stands still, but for what the emulated kernel skips.
 */
#ifndef ONCERING_PROOFS_EVA_WORLD_H
#define ONCERING_PROOFS_EVA_WORLD_H

#include "../world/errno.h"
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <stdint.h> /* declares builtins that the macros replace */
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <time.h>
#include <pthread.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define __atomic_load_n(place, order) (*(place))
#define __atomic_store_n(place, value, order) (*(place) = (value))
#define __atomic_add_fetch(place, value, order) (*(place) += (value))
#define __atomic_fetch_or(place, value, order) (*(place) |= (value))
#define __atomic_fetch_and(place, value, order) (*(place) &= (value))
#define __atomic_compare_exchange_n(place, expected, desired, weak, yes, no) \
	(*(place) == *(expected) ? (*(place) = (desired), 1) : (*(expected) = *(place), 0))
#define __sync_synchronize() ((void)0)

/* In place of the system's, which Frama-C cannot read. */
#define _SYS_EPOLL_H 1
#define _SYS_EVENTFD_H 1
#define _LINUX_LIMITS_H 1

enum {
	CLOCK_BOOTTIME = 7, RWF_NOWAIT = 8, SPLICE_F_NONBLOCK = 2,
	EFD_NONBLOCK = 04000, EFD_CLOEXEC = 02000000,
	EPOLL_CLOEXEC = 02000000, EPOLL_CTL_ADD = 1, EPOLLET = 1 << 30
};

struct epoll_event {
	uint32_t events;
	uint64_t data;
};
struct statx;
typedef int64_t loff_t;

extern int world_ready; /* 0, 1: of all descriptors */

/*@ assigns \result, __fc_errno \from \nothing;
    ensures answer: -1 <= \result <= 0x7fffffff;
    ensures error: EOPNOTSUPP < __fc_errno <= EHWPOISON; */
int64_t world_answer(void);
/* One after the other. */
int world_fd(void);
/*@ requires room: \valid(domain);
    assigns *domain \from \nothing;
    ensures domain: 0 <= *domain <= 64; */
void world_domain(int *domain);

/*@ requires room: \valid(ends + (0 .. 1));
    assigns \result, ends[0 .. 1] \from \nothing;
    ensures answer: \result == 0 || \result == -1;
    ensures ends: \initialized(ends + (0 .. 1)) && ends[0] >= 0 && ends[1] >= 0; */
int world_pipe(int *ends);
/*@ requires room: \valid(name + (0 .. 15));
    assigns \result, name[0 .. 15] \from \nothing;
    ensures answer: -1 <= \result <= 16;
    ensures name: \initialized(name + (0 .. 15)); */
int64_t world_link(char *name);

static inline int world_poll(struct pollfd *fds)
{
	fds->revents = (short)(world_ready != 0 ? fds->events : 0);
	return world_ready;
}

static inline int world_wait(struct epoll_event *event)
{
	event->events = POLLIN;
	return world_ready;
}

/* With a body, so that types are told apart by their names. */
static inline int world_compare(const char *a, const char *b)
{
	while (*a != '\0' && *a == *b) {
		a++;
		b++;
	}
	return *a - *b;
}

static inline void world_clock(struct timespec *now)
{
	now->tv_sec = 1000000;
	now->tv_nsec = 0;
}

#define strcmp(a, b) world_compare(a, b)
#define read(fd, to, size) world_answer()
#define write(fd, from, size) world_answer()
#define close(fd) ((int)world_answer())
#define fcntl(...) O_RDWR
#define poll(fds, count, time) world_poll(fds)
#define lseek(fd, offset, whence) world_answer()
#define preadv2(fd, iov, count, offset, flags) world_answer()
#define pwritev2(fd, iov, count, offset, flags) world_answer()
#define readv(fd, iov, count) world_answer()
#define writev(fd, iov, count) world_answer()
#define send(fd, from, size, flags) world_answer()
#define recv(fd, to, size, flags) world_answer()
#define sendmsg(fd, message, flags) world_answer()
#define recvmsg(fd, message, flags) world_answer()
#define getsockopt(fd, level, name, value, size) (world_domain(value), (int)world_answer())
#define accept4(fd, address, size, flags) world_answer()
#define connect(fd, address, size) world_answer()
#define shutdown(fd, how) world_answer()
#define fsync(fd) world_answer()
#define fdatasync(fd) world_answer()
#define openat(...) world_answer()
#define statx(directory, path, flags, mask, to) world_answer()
#define splice(from, from_at, to, to_at, size, flags) world_answer()
#define readlink(path, to, size) world_link(to)
#define snprintf(...) ((void)0)
#define printf(...) ((void)0)
#define puts(text) ((void)0)
#define putchar(letter) ((void)0)
#define pipe2(ends, flags) world_pipe(ends)
#define eventfd(count, flags) world_fd()
#define epoll_create1(flags) world_fd()
#define epoll_ctl(epoll, what, fd, event) ((int)world_answer())
#define epoll_wait(epoll, events, most, time) world_wait(events)
#define clock_gettime(id, now) world_clock(now)
#define usleep(time) ((void)0)
#define pthread_mutex_lock(lock) ((void)0)
#define pthread_mutex_unlock(lock) ((void)0)
#define sched_yield() ((void)0)

#endif
