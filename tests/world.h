/* SPDX-License-Identifier: MIT */
/*
 * What tests ask of the kernel beyond the library: completions that no
 * operation of the ring posted, registered buffers, other threads, signals.
 */
#ifndef ONCERING_TESTS_WORLD_H
#define ONCERING_TESTS_WORLD_H

#include "harness.h"

#include <linux/io_uring.h>

enum { MILLISECOND = 1000000 };

/* A time that no test waits for, and one that soon passes. */
extern const struct once_timespec one_hour;
extern const struct once_timespec one_millisecond;

/* Skip the test on the emulated back end, and say why it cannot run there. */
void real_only(const char *reason);

/* io_uring_register(2) on the ring of *f*: its answer, or -errno. */
int register_raw(struct fixture *f, unsigned opcode, const void *argument, unsigned count);

/* Arm IORING_OP_MSG_RING on *from*: a CQE with *user_data* and *result* in the CQ of *to*. */
void arm_message(struct fixture *from, struct fixture *to, uint64_t user_data, uint32_t result,
		 uint64_t cookie);
/*
 * Post such a CQE from a second ring, opened on first use; returns once it is
 * there. Skips where no ring can message another one.
 */
void post_foreign(struct fixture *f, uint64_t user_data, uint32_t result);

/* Arm a multishot poll for POLLIN. */
void arm_poll_multishot(struct fixture *f, int fd, uint64_t cookie, struct once_ticket *ticket);
/* Arm what was prepared, with a cookie. */
void arm_sqe(struct once_sqe *sqe, uint64_t cookie, struct once_ticket *ticket);
/* Arm must refuse to lend *lent* with *code*, and consume the SQE. */
void assert_not_lent(struct fixture *f, struct once_sqe *sqe, struct once_lent lent, int code);
/* Arm what was prepared, submit it, and see its one completion: its result. */
int32_t execute(struct fixture *f, struct once_sqe *sqe);
/* Arm a read that only a write to the other end (or a cancellation) ends. */
void arm_blocked_read(struct fixture *f, int fd, void *buffer, size_t length, uint64_t cookie,
		      struct once_ticket *ticket);

/*
 * Copies that compilers cannot see through: gcc -Wall refuses a plain second
 * once_seen(), and these tests want to see it refused at run time.
 */
struct once_cqe copy_of(const struct once_cqe *cqe);
struct once_sqe copy_of_sqe(const struct once_sqe *sqe);

/* Call it on another thread, and wait: what it returned. */
int in_thread(int (*call)(struct fixture *f), struct fixture *f);
/* Call it in a child process: its exit status, or -1 times the signal that ended it. */
int outcome_of(void (*call)(void));

/* Two connected TCP sockets on the loopback. */
void make_tcp(struct fixture *f, int fds[2]);
/* A TCP socket that listens on the loopback; *port* in network order. */
int make_listener(struct fixture *f, uint16_t *port);
/* Connects to it; kept like make_tcp()'s. */
int connect_to(struct fixture *f, uint16_t port);

/* Send SIGUSR1, with a handler that does nothing, to this thread until stop_signals(). */
void start_signals(void);
void stop_signals(void);

#endif
