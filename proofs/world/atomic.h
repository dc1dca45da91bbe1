/* SPDX-License-Identifier: MIT */
/*
 * What WP reads instead of the compiler's atomics: the plain access. It says
 * that an atomic load or store acts on the whole value at once, and nothing of
 * other threads; what they rely on is checked in proofs/split.pml.
 */
#ifndef ONCERING_PROOFS_ATOMIC_H
#define ONCERING_PROOFS_ATOMIC_H

#include <stdint.h> /* declares builtins that the macros replace */

#define __atomic_load_n(place, order) (*(place))
#define __atomic_store_n(place, value, order) (*(place) = (value))
#define __sync_synchronize() ((void)0)

#endif
