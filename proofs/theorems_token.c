/* SPDX-License-Identifier: MIT */
/*
 * What a user of tokens may rely on, as programs: the postcondition of each is
 * the theorem. They are proved from the contracts alone.
 */
#include <oncering.h>

/* A token is seen at most once: the second time it is refused, and nothing changes. */
/*@ requires ring: once_opened(ring) && \valid_read(cqe) && once_apart(ring, \base_addr(cqe));
    requires out: cqe->ring == ring && cqe->hold != \null &&
             once_token_out(ring, cqe->hold, cqe->position);
    assigns cqe->hold->position, ring->complete.held, ONCE_HEAD_COUNTERS(ring),
            ONCE_SLOT_MEMORY(ring), once_out_at[0 .. 65535], once_out_place[0 .. 65535],
            once_n_out;
    ensures twice: \result == ONCE_SEEN_TWICE;
    ensures held: ring->complete.held == \old(ring->complete.held) - 1; */
int once_theorem_seen_once(struct once_ring *ring, const struct once_cqe *cqe)
{
	(void)once_seen(ring, cqe);
	/*@ assert spent: !once_token_out(ring, cqe->hold, cqe->position); */
	return once_seen(ring, cqe);
}
