/* SPDX-License-Identifier: MIT */
/* What the parts of the stage share. */
#ifndef ONCERING_FUZZ_STAGE_INTERNAL_H
#define ONCERING_FUZZ_STAGE_INTERNAL_H

#include "stage.h"

#include "../src/port.h"

enum { STAGE_HIGH = 2000 /* descriptors: no input uses those, nor looks at them */ };

/* stage_self.c: begin anew; the thread that calls has this name (0, 1). */
void stage_begin_self(bool real, bool ages);
void stage_name_thread(unsigned name);
/* Whether workers of the kernel may have something to do: an enter lets them. */
void stage_expect_workers(bool some);
/* Who looks at the clock now has not looked before. */
void stage_begin_step(void);

/* stage_rings.c: *least* CQEs lie behind the head, so that a wait for them was not in vain. */
const struct once_port_view *stage_view_of(const struct once_port *port);
bool stage_has_posted(const struct once_port *port, uint32_t least);
bool stage_is_soiled(void);

/* stage_time.c: begin anew; files that must be new for the next input. */
void stage_begin_time(void);
/* Until each has done what it has, or is blocked. */
void stage_let_workers_end(void);
/* Whether a short timeout is among the next *count* SQEs. */
bool stage_has_timeout(const struct once_port_view *view, uint32_t count);
/* How many of the next *count* SQEs are one chain, or one alone: 1 or more. */
uint32_t stage_chain(const struct once_port_view *view, uint32_t count);
/* Until the short timeouts among the last *count* SQEs have, whose CQEs lie behind *cq_tail*. */
void stage_let_timeouts_end(const struct once_port_view *view, uint32_t count, uint32_t cq_tail);
void stage_renew(struct run *run);

/* stage_workers.c: each is asleep, with nothing to do or in an operation that blocks. */
bool stage_workers_rest(void);
/* Another process has others. */
void stage_forget_workers(void);

#endif
