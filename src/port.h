/* SPDX-License-Identifier: MIT */
/*
 * The seam: all that the library needs of liburing, the kernel, the clock and
 * the thread. src/port_liburing.c is the real one; tests/emulated/ has a second
 * one with faults. The contracts here are the assumptions of the proofs; the
 * same clauses, by the same names, run around the real calls in the tests
 * (proofs/world/checked_port.c).
 *
 * What the kernel changes on its own is not in them: its counters are read
 * through once_load_kernel(), which promises no value, and a CQE may hold
 * anything when its place comes to be read.
 */
#ifndef ONCERING_SRC_PORT_H
#define ONCERING_SRC_PORT_H

#include <oncering/code.h>
#include <oncering/identity.h>
#include <oncering/config.h>

/* Bits of *view->sq_flags and of once_port_enter(), as the kernel's interface has them. */
enum {
	ONCE_SQ_NEED_WAKEUP = 1 << 0,
	ONCE_SQ_CQ_OVERFLOW = 1 << 1,
	ONCE_SQ_TASKRUN = 1 << 2,
	ONCE_ENTER_GETEVENTS = 1 << 0,
	ONCE_ENTER_SQ_WAKEUP = 1 << 1
};

/*@
  // What the kernel or the process says when it refuses: not a code of the library's.
  predicate once_is_errno(integer rc) = -4095 <= rc <= -1;

  // The array lengths and addresses that a ring just set up may have.
  predicate once_view_is_usable(struct once_port_view *view) =
    1 <= view->sq_entries <= 32768 && 0x100000000 % view->sq_entries == 0 &&
    1 <= view->cq_entries <= 65536 && 0x100000000 % view->cq_entries == 0;

  logic integer once_cqes_of(struct once_port_view *view) =
    (view->flags / 2048) % 2 == 1 ? 2 * view->cq_entries : view->cq_entries;

  predicate once_cqes_are_mapped(struct once_wire_cqe *cqes, integer count) =
    \valid_read(cqes + (0 .. count - 1));
  predicate once_sqes_are_mapped(struct once_wire *sqes, integer count) =
    \valid(sqes + (0 .. count - 1));
  predicate once_view_is_valid(struct once_port_view *view) =
    once_cqes_are_mapped(view->cqes, once_cqes_of(view)) &&
    once_sqes_are_mapped(view->sqes, view->sq_entries) &&
    \valid_read(view->sq_head) && \valid(view->sq_tail) && \valid_read(view->sq_flags) &&
    \valid(view->cq_head) && \valid_read(view->cq_tail);
  predicate once_view_is_separate(struct once_port_view *view) =
    \separated(view->cqes + (0 .. once_cqes_of(view) - 1),
      view->sqes + (0 .. view->sq_entries - 1), view->sq_head, view->sq_tail,
      view->sq_flags, view->cq_head, view->cq_tail) &&
    \base_addr(view->cqes) != \base_addr(view->sqes);

  // No part of what the kernel mapped lies in the object that begins at *other*.
  predicate once_view_is_apart(struct once_port_view *view, char *other) =
    \base_addr(view->cqes) != other && \base_addr(view->sqes) != other &&
    \base_addr(view->sq_head) != other && \base_addr(view->sq_tail) != other &&
    \base_addr(view->sq_flags) != other && \base_addr(view->cq_head) != other &&
    \base_addr(view->cq_tail) != other;

  predicate once_view_is_apart_from(struct once_port_view *view, struct once_memory *memory) =
    once_view_is_apart(view, \base_addr(memory->ops)) &&
    once_view_is_apart(view, \base_addr(memory->stack)) &&
    once_view_is_apart(view, \base_addr(memory->returned)) &&
    once_view_is_apart(view, \base_addr(memory->credits)) &&
    once_view_is_apart(view, \base_addr(memory->window)) &&
    once_view_is_apart(view, \base_addr(memory->times));
*/

/*
 * Set up a ring with *entries* SQEs and *config*'s CQ size and flags; the index
 * array of the SQ is the identity. Returns 0 and fills *view*, or -errno.
 */
/*@
  requires open_port: \valid(port);
  requires open_config: \valid_read(config);
  requires open_view: \valid(view) && \separated(view, port) && \separated(view, config);
  requires open_entries: 1 <= entries <= 32768 + ONCE_OWN_SQES;
  assigns *port, *view;
  ensures open_answer: \result == 0 || once_is_errno(\result);
  ensures open_sizes: \result == 0 ==> once_view_is_usable(view);
  ensures open_room: \result == 0 ==> view->sq_entries >= entries || view->sq_entries == 32768;
  ensures open_mapped: \result == 0 ==> once_view_is_valid(view);
  ensures open_separate: \result == 0 ==> once_view_is_separate(view);
  ensures open_apart: \result == 0 ==> once_view_is_apart(view, \base_addr(port)) &&
    once_view_is_apart(view, \base_addr(view)) && once_view_is_apart(view, \base_addr(config));
  ensures open_apart_from_memory: \result == 0 ==>
    once_view_is_apart_from(view, (struct once_memory *)&config->memory);
*/
int once_port_open(struct once_port *port, const struct once_config *config, uint32_t entries,
		   struct once_port_view *view);
/*@
  requires close_port: \valid(port);
  assigns *port;
*/
void once_port_close(struct once_port *port);
/*@
  requires fd_port: \valid_read(port);
  assigns \nothing;
  ensures fd_answer: \result >= 0;
*/
int once_port_fd(const struct once_port *port);
/* The calling thread will enter from now on: a registered descriptor spares it time. */
/*@
  requires adopt_port: \valid(port);
  assigns *port;
*/
void once_port_adopt(struct once_port *port);
/* It will not any more. */
/*@
  requires release_port: \valid(port);
  assigns *port;
*/
void once_port_release(struct once_port *port);

/*
 * io_uring_enter(2): let the kernel read *count* SQEs and, with
 * ONCE_ENTER_GETEVENTS, wait until *least* CQEs lie behind the CQ head.
 * *timeout* (needs IORING_FEAT_EXT_ARG) and *sigmask* may be NULL.
 * Returns SQEs read, or -errno.
 */
/*@
  requires enter_port: \valid_read(port);
  requires enter_count: count <= 131072;
  requires enter_timeout: timeout == \null || \valid_read(timeout);
  assigns \nothing;
  ensures enter_answer: 0 <= \result <= count || once_is_errno(\result);
*/
int once_port_enter(const struct once_port *port, uint32_t count, uint32_t least, uint32_t flags,
		    const struct once_timespec *timeout, const void *sigmask);

/* --- eventfd --- */
/*@
  requires eventfd_register_port: \valid(port);
  assigns *port;
  ensures eventfd_register_answer: \result == 0 || once_is_errno(\result);
*/
int once_port_eventfd_register(struct once_port *port, int fd, bool async);
/*@
  requires eventfd_unregister_port: \valid(port);
  assigns *port;
  ensures eventfd_unregister_answer: \result == 0 || once_is_errno(\result);
*/
int once_port_eventfd_unregister(struct once_port *port);
/*@
  requires eventfd_toggle_port: \valid(port);
  assigns *port;
  ensures eventfd_toggle_answer: \result == 0 || once_is_errno(\result);
*/
int once_port_eventfd_toggle(struct once_port *port, bool enabled);
/*@
  requires eventfd_enabled_port: \valid_read(port);
  assigns \nothing;
*/
bool once_port_eventfd_enabled(const struct once_port *port);
/*@
  assigns \nothing;
*/
void once_port_eventfd_signal(int fd);

/* --- the world --- */

/* 1, 2, 3 ...: how many rings this process has opened. */
/*@
  assigns \nothing;
  ensures serial_answer: \result >= 1;
*/
uint64_t once_port_serial(void);
/*
 * Generations that closed rings with the *tag* (1 .. ONCE_TAGS) have used: the
 * next one begins behind them, so that no identity comes twice in a process.
 */
/*@
  assigns \nothing;
  ensures generations_answer: \result <= ONCE_GENERATIONS;
*/
uint64_t once_port_generations(uint32_t tag);
/*@
  requires note_generations_tag: 1 <= tag <= ONCE_TAGS;
  requires note_generations_used: used <= ONCE_GENERATIONS;
  assigns \nothing;
*/
void once_port_note_generations(uint32_t tag, uint64_t used);
/* Names the calling thread; never 0, never another one's. */
/*@
  assigns \nothing;
  ensures thread_answer: \result != 0;
*/
uint64_t once_port_thread(void);
/* The monotonic clock by which the kernel ends waits, nanoseconds. */
/*@
  assigns \nothing;
*/
uint64_t once_port_now(void);
/* The address of a time, as an SQE carries it. */
/*@
  assigns \nothing;
*/
uint64_t once_port_address(const struct once_timespec *time);
/* Call *handler* (may be NULL), then abort() if *trap*. */
/*@
  requires report_violation: \valid_read(violation);
  assigns \nothing;
  ensures report_traps: !trap;
*/
void once_port_report(once_handler *handler, void *context, bool trap,
		      const struct once_violation *violation);

#endif
