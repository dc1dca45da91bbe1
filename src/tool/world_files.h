/* SPDX-License-Identifier: MIT */
/* The files of the world: made, used, put right. For world.c only. */
#ifndef ONCERING_TOOL_WORLD_FILES_H
#define ONCERING_TOOL_WORLD_FILES_H

#include "world.h"

int world_make_all(struct world *world);
/* Put right what was touched or broken. */
int world_restore(struct world *world);
void world_close_clients(struct world *world);

#endif
