/* SPDX-License-Identifier: MIT */
/* Small uses of the public API whose generated code is looked at, and run. */
#ifndef ONCERING_TESTS_ATTRIBUTES_PROBE_H
#define ONCERING_TESTS_ATTRIBUTES_PROBE_H

#include <oncering.h>

/* Deliver and see, nothing between. */
int probe_pair(struct once_ring *ring);
/* True if the first seen is granted and the second one refused. */
int probe_twice(struct once_ring *ring, const struct once_cqe *cqe);
/* True if two deliveries gave one place. */
bool probe_same(struct once_ring *ring);
/* True if the delivery gave *known*. */
bool probe_is_known(struct once_ring *ring, const struct once_hold *known);
/* 2 if what is delivered is *window. */
int probe_alias(struct once_ring *ring, struct once_hold *window);
/* By how much seeing changed the result that its place shows. */
int probe_after(struct once_ring *ring, const struct once_cqe *cqe);
/* Why the peek failed. */
int probe_failed(struct once_ring *ring);

#endif
