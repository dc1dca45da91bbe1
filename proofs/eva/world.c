/* SPDX-License-Identifier: MIT */
/* The world as Eva sees it; files.c has the one of a compiled program. */
#include "lesson.h"

#include <__fc_builtin.h>

int world_ready;

void lesson_world(void)
{
	world_ready = Frama_C_interval(0, 1);
	/*@ assert either: world_ready == 0 || world_ready == 1; */
}

int world_fd(void)
{
	static int next = 700;

	return next++;
}

int lesson_fd(enum scenario_file file)
{
	return file == FILE_BAD ? -1 : 600 + (int)file;
}
