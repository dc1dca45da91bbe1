/* SPDX-License-Identifier: MIT */
/*
 * Loads and stores that the other thread of a split ring may do at the same
 * time. Part of the seam: what they say about memory order is assumed, what
 * they say about values is their contract. A counter that the kernel writes has
 * no value to promise: each load of it may say anything.
 */
#ifndef ONCERING_ORDER_H
#define ONCERING_ORDER_H

#include <stdint.h>

/*@
  requires load_acquire_readable: \valid_read(place);
  assigns \nothing;
  ensures load_acquire_gives_the_value: \result == *place;
*/
static inline uint64_t once_load_acquire(const uint64_t *place)
{
	return __atomic_load_n(place, __ATOMIC_ACQUIRE);
}

/*@
  requires load_relaxed_readable: \valid_read(place);
  assigns \nothing;
  ensures load_relaxed_gives_the_value: \result == *place;
*/
static inline uint64_t once_load_relaxed(const uint64_t *place)
{
	return __atomic_load_n(place, __ATOMIC_RELAXED);
}

/*@
  requires load_relaxed32_readable: \valid_read(place);
  assigns \nothing;
  ensures load_relaxed32_gives_the_value: \result == *place;
*/
static inline uint32_t once_load_relaxed32(const uint32_t *place)
{
	return __atomic_load_n(place, __ATOMIC_RELAXED);
}

/*@
  requires store_release_writable: \valid(place);
  assigns *place;
  ensures store_release_keeps_the_value: *place == value;
*/
static inline void once_store_release(uint64_t *place, uint64_t value)
{
	__atomic_store_n(place, value, __ATOMIC_RELEASE);
}

/*@
  requires store_relaxed_writable: \valid(place);
  assigns *place;
  ensures store_relaxed_keeps_the_value: *place == value;
*/
static inline void once_store_relaxed(uint64_t *place, uint64_t value)
{
	__atomic_store_n(place, value, __ATOMIC_RELAXED);
}

/*@
  requires store_relaxed32_writable: \valid(place);
  assigns *place;
  ensures store_relaxed32_keeps_the_value: *place == value;
*/
static inline void once_store_relaxed32(uint32_t *place, uint32_t value)
{
	__atomic_store_n(place, value, __ATOMIC_RELAXED);
}

/* A counter that the kernel writes: what it covers is visible afterwards. */
/*@
  requires load_kernel_readable: \valid_read(place);
  assigns \nothing;
*/
static inline uint32_t once_load_kernel(const uint32_t *place)
{
	return __atomic_load_n(place, __ATOMIC_ACQUIRE);
}

/* A counter that the kernel reads: what it covers is visible before. */
/*@
  requires store_kernel_writable: \valid(place);
  assigns *place;
  ensures store_kernel_keeps_the_value: *place == value;
*/
static inline void once_store_kernel(uint32_t *place, uint32_t value)
{
	__atomic_store_n(place, value, __ATOMIC_RELEASE);
}

/* Between a store that the kernel must see and a load of what it says (SQPOLL). */
/*@
  assigns \nothing;
*/
static inline void once_fence(void)
{
	__sync_synchronize(); /* gcc has no other fence under TSan */
}

/* How far *later* is ahead of *earlier*: counters that wrap at 2^32. */
/*@
  assigns \nothing;
  behavior plain:
    assumes not_behind: later >= earlier;
    ensures ahead_is_the_difference: \result == later - earlier;
  behavior wrapped:
    assumes behind: later < earlier;
    ensures ahead_wraps_once: \result == later + 0x100000000 - earlier;
  complete behaviors;
  disjoint behaviors;
*/
static inline uint32_t once_ahead(uint32_t later, uint32_t earlier)
{
	return (uint32_t)((later + UINT64_C(0x100000000) - earlier) % UINT64_C(0x100000000));
}

#endif
