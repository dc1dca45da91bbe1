/* SPDX-License-Identifier: MIT */
/*
 * The seam: all that the library needs of liburing, the kernel, the clock and
 * the thread. src/port_liburing.c is the real one; tests/emulated/ has a second
 * one with faults. The contracts here are the assumptions of the proofs.
 */
#ifndef ONCERING_SRC_PORT_H
#define ONCERING_SRC_PORT_H

#include <oncering/code.h>
#include <oncering/open.h>

/* Bits of *view->sq_flags and of once_port_enter(), as the kernel's interface has them. */
enum {
	ONCE_SQ_NEED_WAKEUP = 1 << 0,
	ONCE_SQ_CQ_OVERFLOW = 1 << 1,
	ONCE_SQ_TASKRUN = 1 << 2,
	ONCE_ENTER_GETEVENTS = 1 << 0,
	ONCE_ENTER_SQ_WAKEUP = 1 << 1
};

/*
 * Set up a ring with *entries* SQEs and *config*'s CQ size and flags; the index
 * array of the SQ is the identity. Returns 0 and fills *view*, or -errno.
 */
int once_port_open(struct once_port *port, const struct once_config *config, uint32_t entries,
		   struct once_port_view *view);
void once_port_close(struct once_port *port);
int once_port_fd(const struct once_port *port);
/* The calling thread will enter from now on: a registered descriptor spares it time. */
void once_port_adopt(struct once_port *port);
/* It will not any more. */
void once_port_release(struct once_port *port);

/*
 * io_uring_enter(2): let the kernel read *count* SQEs and, with
 * ONCE_ENTER_GETEVENTS, wait until *least* CQEs lie behind the CQ head.
 * *timeout* (needs IORING_FEAT_EXT_ARG) and *sigmask* may be NULL.
 * Returns SQEs read, or -errno.
 */
int once_port_enter(const struct once_port *port, uint32_t count, uint32_t least, uint32_t flags,
		    const struct once_timespec *timeout, const void *sigmask);

/* --- eventfd --- */
int once_port_eventfd_register(struct once_port *port, int fd, bool async);
int once_port_eventfd_unregister(struct once_port *port);
int once_port_eventfd_toggle(struct once_port *port, bool enabled);
bool once_port_eventfd_enabled(const struct once_port *port);
void once_port_eventfd_signal(int fd);

/* --- the world --- */

/* 1, 2, 3 ...: how many rings this process has opened. */
uint64_t once_port_serial(void);
/* Names the calling thread; never 0, never another one's. */
uint64_t once_port_thread(void);
/* A monotonic clock, nanoseconds. */
uint64_t once_port_now(void);
/* A pointer as an SQE carries it. */
uint64_t once_port_address(const void *pointer);
/* Call *handler* (may be NULL), then abort() if *trap*. */
void once_port_report(once_handler *handler, void *context, bool trap,
		      const struct once_violation *violation);

#endif
