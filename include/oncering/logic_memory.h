/* SPDX-License-Identifier: MIT */
/*
 * A ring's memory as ACSL logic: that it can be used, and that each array is an
 * object of its own. Compilers see a macro and no more.
 */
#ifndef ONCERING_LOGIC_MEMORY_H
#define ONCERING_LOGIC_MEMORY_H

#include "oncering/config.h"
#include "oncering/identity.h"
#include "oncering/logic_account.h"
#include "oncering/logic_arrays.h"
#include "oncering/types.h"

/* once_valid(), spelt out, for a proof that needs it part by part. */
#define ONCE_VALID(r) \
	\valid(r) && \
	\valid(r->memory.ops + (0 .. r->capacity - 1)) && \
	\valid(r->memory.stack + (0 .. r->capacity - 1)) && \
	\valid(r->memory.returned + (0 .. r->capacity - 1)) && \
	\valid(r->memory.credits + (0 .. r->capacity - 1)) && \
	\valid(r->memory.window + (0 .. r->view.cq_entries - 1)) && \
	\valid(r->memory.times + (0 .. r->view.sq_entries - 1)) && \
	\valid_read(r->view.cqes + (0 .. once_cqe_of(r, r->view.cq_entries) - 1)) && \
	\valid(r->view.sqes + (0 .. r->view.sq_entries - 1)) && \
	\valid(r->view.sq_tail) && \valid(r->view.cq_head) && \
	\valid_read(r->view.sq_head) && \valid_read(r->view.cq_tail) && \valid_read(r->view.sq_flags)

/*@
  logic integer once_G = 0x10000000000;      // generations
  logic integer once_T = 0x100000000000000;  // unit of the tag
  logic integer once_END = 0x4000000000000000;

  // --- sizes and memory ---

  predicate once_sizes{L}(struct once_ring *r) =
    1 <= r->capacity && r->capacity < r->view.cq_entries <= 65536 &&
    r->credit_places <= 65536 &&
    1 <= r->view.sq_entries <= 65536 && 1 <= r->sq_usable <= r->view.sq_entries &&
    r->cqe_shift <= 1 && r->tag % once_T == 0 && once_T <= r->tag <= 127 * once_T;

  predicate once_valid{L}(struct once_ring *r) = ONCE_VALID(r);

  // each array is an object of its own, and none of them the ring
  predicate once_objects{L}(struct once_ring *r) =
    \base_addr(r) != \base_addr(r->memory.ops) &&
    \base_addr(r) != \base_addr(r->memory.stack) &&
    \base_addr(r) != \base_addr(r->memory.returned) &&
    \base_addr(r) != \base_addr(r->memory.credits) &&
    \base_addr(r) != \base_addr(r->memory.window) &&
    \base_addr(r) != \base_addr(r->memory.times) &&
    \base_addr(r) != \base_addr(r->view.cqes) &&
    \base_addr(r) != \base_addr(r->view.sqes) &&
    \base_addr(r) != \base_addr(r->view.sq_tail) &&
    \base_addr(r) != \base_addr(r->view.cq_head) &&
    \base_addr(r->memory.ops) != \base_addr(r->memory.stack) &&
    \base_addr(r->memory.ops) != \base_addr(r->memory.returned) &&
    \base_addr(r->memory.ops) != \base_addr(r->memory.credits) &&
    \base_addr(r->memory.ops) != \base_addr(r->memory.window) &&
    \base_addr(r->memory.ops) != \base_addr(r->memory.times) &&
    \base_addr(r->memory.ops) != \base_addr(r->view.cqes) &&
    \base_addr(r->memory.ops) != \base_addr(r->view.sqes) &&
    \base_addr(r->memory.ops) != \base_addr(r->view.sq_tail) &&
    \base_addr(r->memory.ops) != \base_addr(r->view.cq_head) &&
    \base_addr(r->memory.stack) != \base_addr(r->memory.returned) &&
    \base_addr(r->memory.stack) != \base_addr(r->memory.credits) &&
    \base_addr(r->memory.stack) != \base_addr(r->memory.window) &&
    \base_addr(r->memory.stack) != \base_addr(r->memory.times) &&
    \base_addr(r->memory.stack) != \base_addr(r->view.cqes) &&
    \base_addr(r->memory.stack) != \base_addr(r->view.sqes) &&
    \base_addr(r->memory.stack) != \base_addr(r->view.sq_tail) &&
    \base_addr(r->memory.stack) != \base_addr(r->view.cq_head) &&
    \base_addr(r->memory.returned) != \base_addr(r->memory.credits) &&
    \base_addr(r->memory.returned) != \base_addr(r->memory.window) &&
    \base_addr(r->memory.returned) != \base_addr(r->memory.times) &&
    \base_addr(r->memory.returned) != \base_addr(r->view.cqes) &&
    \base_addr(r->memory.returned) != \base_addr(r->view.sqes) &&
    \base_addr(r->memory.returned) != \base_addr(r->view.sq_tail) &&
    \base_addr(r->memory.returned) != \base_addr(r->view.cq_head) &&
    \base_addr(r->memory.credits) != \base_addr(r->memory.window) &&
    \base_addr(r->memory.credits) != \base_addr(r->memory.times) &&
    \base_addr(r->memory.credits) != \base_addr(r->view.cqes) &&
    \base_addr(r->memory.credits) != \base_addr(r->view.sqes) &&
    \base_addr(r->memory.credits) != \base_addr(r->view.sq_tail) &&
    \base_addr(r->memory.credits) != \base_addr(r->view.cq_head) &&
    \base_addr(r->memory.window) != \base_addr(r->memory.times) &&
    \base_addr(r->memory.window) != \base_addr(r->view.cqes) &&
    \base_addr(r->memory.window) != \base_addr(r->view.sqes) &&
    \base_addr(r->memory.window) != \base_addr(r->view.sq_tail) &&
    \base_addr(r->memory.window) != \base_addr(r->view.cq_head) &&
    \base_addr(r->memory.times) != \base_addr(r->view.cqes) &&
    \base_addr(r->memory.times) != \base_addr(r->view.sqes) &&
    \base_addr(r->memory.times) != \base_addr(r->view.sq_tail) &&
    \base_addr(r->memory.times) != \base_addr(r->view.cq_head) &&
    \separated(r->view.cqes + (0 .. once_cqe_of(r, r->view.cq_entries) - 1),
      r->view.sqes + (0 .. r->view.sq_entries - 1)) &&
    r->view.sq_tail != r->view.cq_head;

  predicate once_memory_ok{L}(struct once_ring *r) = once_valid(r) && once_objects(r) && once_sizes(r);

  // memory of the caller's, none of the ring's
  predicate once_apart{L}(struct once_ring *r, char *base) =
    base != \base_addr(r) && base != \base_addr(r->memory.ops) &&
    base != \base_addr(r->memory.stack) && base != \base_addr(r->memory.returned) &&
    base != \base_addr(r->memory.credits) && base != \base_addr(r->memory.window) &&
    base != \base_addr(r->memory.times) && base != \base_addr(r->view.sqes) &&
    base != \base_addr(r->view.cqes) && base != \base_addr(r->view.sq_tail) &&
    base != \base_addr(r->view.cq_head);

  // each array is where it was
  predicate once_same_arrays{L, M}(struct once_ring *r) =
    \at(r->memory.ops, L) == \at(r->memory.ops, M) &&
    \at(r->memory.stack, L) == \at(r->memory.stack, M) &&
    \at(r->memory.returned, L) == \at(r->memory.returned, M) &&
    \at(r->memory.credits, L) == \at(r->memory.credits, M) &&
    \at(r->memory.window, L) == \at(r->memory.window, M) &&
    \at(r->memory.times, L) == \at(r->memory.times, M) &&
    \at(r->view.sqes, L) == \at(r->view.sqes, M) &&
    \at(r->view.cqes, L) == \at(r->view.cqes, M) &&
    \at(r->view.sq_tail, L) == \at(r->view.sq_tail, M) &&
    \at(r->view.cq_head, L) == \at(r->view.cq_head, M);
*/

#endif
