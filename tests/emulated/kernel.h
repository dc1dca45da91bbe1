/* SPDX-License-Identifier: MIT */
/*
 * An io_uring in user space, for tests: the second implementation of the seam
 * src/port.h. All of it happens inside once_port_enter(), on the caller's
 * thread, under one mutex: SQEs are read, operations run by plain system calls
 * where these cannot block, others stay pending and are tried again at each
 * enter. Time is virtual: a wait for a timeout makes the clock jump, except on
 * a ring that two threads use.
 *
 *	port_emulated.c  the seam: open, close, eventfd
 *	enter.c          the seam: io_uring_enter()
 *	post.c           CQEs: post, overflow, eventfd
 *	request.c        SQEs: chains, links, drains, progress
 *	operate.c        operations that are system calls
 *	timer.c          timeouts, link timeouts, removal, cancellation
 *	control.c        emulated.h
 */
#ifndef ONCERING_TESTS_KERNEL_H
#define ONCERING_TESTS_KERNEL_H

#include "../../src/port.h"
#include "emulated.h"

#include <errno.h>
#include <linux/io_uring.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

enum {
	KERNEL_RINGS = 16,
	BLOCKED = 1 << 30, /* no result yet */
	NANOSECONDS = 1000000000,
	KERNEL_LAZY = IORING_SETUP_COOP_TASKRUN | IORING_SETUP_DEFER_TASKRUN
};

/* A submitted SQE until its last CQE. */
struct request {
	struct request *next;
	struct request *link;    /* waits for this one */
	struct request *guard;   /* its link timeout, running */
	struct request *guarded; /* what this link timeout bounds */
	struct io_uring_sqe sqe;
	uint64_t due;            /* of a timeout, on the ring's clock */
	uint32_t target;         /* of a timeout that counts */
	int watch;               /* of a multishot poll: an epoll descriptor, or 0 */
	int news;                /* of a multishot poll: events that it found when it began */
	int32_t result;
	uint32_t flags;          /* of the last CQE */
	int fault;               /* refused when it was read */
	bool kept;               /* back, by the test */
	bool done;               /* result and flags count */
	bool notifies;           /* a zero-copy send whose notification is to come */
};

struct request_queue {
	struct request *first;
	struct request **end;
};

struct late_cqe {
	struct late_cqe *next;
	struct once_wire_cqe cqe;
};

struct kernel_ring {
	/* shared with the library */
	uint32_t sq_head, sq_tail, sq_flags;
	uint32_t cq_head, cq_tail, cq_flags;
	struct once_wire *sqes;
	struct once_wire_cqe *cqes;
	/* the kernel's own */
	uint32_t sq_entries, cq_entries, shift, flags, features;
	uint32_t tail;           /* the true CQ tail */
	uint32_t scrubbed;       /* CQ places before it were overwritten */
	uint32_t timeouts;       /* that have completed: they end a wait */
	uint32_t live;           /* requests read and not ended */
	struct request_queue pending;
	struct request_queue drained; /* wait for a drain */
	struct late_cqe *backlog;
	struct late_cqe **backlog_end;
	uint64_t clock;
	uint64_t opener;         /* thread */
	int fd;
	int eventfd;
	bool eventfd_async;
	uint32_t signalled;      /* CQ tail at the last signal */
	bool shared;             /* by two threads */
	bool inside_submit;
	uint32_t batch_tail;     /* CQ tail when this submit began */
	bool dropped;
	bool deadlocked;
	/* plans of the test */
	bool hold, ignore_cancel;
	unsigned overflow_next, drop_next;
	uint32_t tail_error;
	struct once_wire_cqe newest;
};

/* Everything that emulated_reset() forgets. */
struct kernel_plan {
	enum emulated_call fail_call;
	unsigned fail_in;
	int fail_error;
	bool failed;
	uint32_t start_sq, start_cq;
	uint32_t hidden_features;
	bool no_cancel_any;
	unsigned zero_copy_errors;
	unsigned short_in, short_count;
	unsigned interrupt_in;
	unsigned spurious;
	bool mark_extra;
};

extern pthread_mutex_t kernel_lock;
extern struct kernel_plan kernel_plan;
extern uint64_t kernel_calls[EMULATED_CALLS];
extern struct kernel_ring *kernel_rings[KERNEL_RINGS];

/* --- port_emulated.c --- */

struct kernel_ring *ring_of(const struct once_port *port);
/* Names the calling thread; never 0. */
uint64_t this_thread(void);
/* Count the call; the planned failure, or 0. */
int begin_call(enum emulated_call call);
/* Under the lock: the ring with that descriptor, or NULL. */
struct kernel_ring *kernel_ring_of(int fd);

/* --- post.c --- */

/* False if it went to the backlog, or was lost. */
bool post(struct kernel_ring *ring, uint64_t user_data, int32_t res, uint32_t flags);
bool has_room(const struct kernel_ring *ring);
void flush_backlog(struct kernel_ring *ring);
void drop_backlog(struct kernel_ring *ring);
uint32_t unseen(const struct kernel_ring *ring);
/* Once for all that was posted since the last time. */
void signal_eventfd(struct kernel_ring *ring, bool async);
/* What the library has passed is overwritten: nobody may look at it. */
void scrub(struct kernel_ring *ring);
void show_flag(struct kernel_ring *ring, uint32_t flag, bool on);

/* --- request.c --- */

/* Read at most *count* SQEs; how many were read. */
uint32_t read_sqes(struct kernel_ring *ring, uint32_t count);
/* The last CQE of a request that is in no queue. Then what waited for it. */
void finish_request(struct kernel_ring *ring, struct request *request, int32_t res, uint32_t flags);
void append(struct request_queue *queue, struct request *request);
/* Take it out; false if it is not there. */
bool take_out(struct request_queue *queue, struct request *request);
/* Try what is pending. */
void progress(struct kernel_ring *ring);
/* Whether anything pending could go on; without doing it. */
bool could_progress(struct kernel_ring *ring);
void free_requests(struct kernel_ring *ring);

/* --- operate.c --- */

/* What is wrong with the SQE at once: 0 or -errno. */
int refuse_sqe(const struct kernel_ring *ring, const struct io_uring_sqe *sqe);
/* Do it: a result, or BLOCKED. May post CQEs with IORING_CQE_F_MORE. */
int32_t operate(struct kernel_ring *ring, struct request *request);
bool is_ready(struct kernel_ring *ring, const struct request *request);
/* A multishot poll begins: what is ready at once is posted behind the submission. True if it pends. */
bool begin_poll(struct request *request);

/* --- timer.c --- */

uint64_t ring_now(const struct kernel_ring *ring);
/* The monotonic clock of the world, in which no time is skipped. */
uint64_t world_now(void);
/* Nothing happens before *time*: the ring's clock, and the library's with it, go there. */
void skip_to(struct kernel_ring *ring, uint64_t time);
bool is_timer(const struct request *request);
void start_timer(struct kernel_ring *ring, struct request *request);
/* -ETIME, 0 or BLOCKED. */
int32_t timer_result(const struct kernel_ring *ring, const struct request *request);
/* When the next timer is due; UINT64_MAX: none. */
uint64_t next_due(const struct kernel_ring *ring);
void expire_guard(struct kernel_ring *ring, struct request *guard);
int32_t cancel(struct kernel_ring *ring, const struct request *by);
int32_t remove_timeout(struct kernel_ring *ring, const struct io_uring_sqe *sqe);
int32_t remove_poll(struct kernel_ring *ring, const struct io_uring_sqe *sqe);

#endif
