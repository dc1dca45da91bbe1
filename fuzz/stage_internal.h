/* SPDX-License-Identifier: MIT */
/* What the parts of the stage share. */
#ifndef ONCERING_FUZZ_STAGE_INTERNAL_H
#define ONCERING_FUZZ_STAGE_INTERNAL_H

#include "stage.h"

#include "../src/port.h"

/* stage_self.c: begin anew; the thread that calls has this name (0, 1). */
void stage_begin_self(bool real, bool ages);
void stage_name_thread(unsigned name);

/* stage_rings.c: *least* CQEs lie behind the head, so that a wait for them was not in vain. */
bool stage_has_posted(const struct once_port *port, uint32_t least);
bool stage_is_soiled(void);

/* stage_time.c: begin anew; files that must be new for the next input. */
void stage_begin_time(void);
void stage_renew(struct run *run);

#endif
