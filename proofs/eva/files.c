/* SPDX-License-Identifier: MIT */
/*
 * The programs that Eva analyses, compiled and run on the emulated ring: they do
 * what their scenarios say, or the analysis would be one of something else.
 */
#include "files.h"
#include "lesson.h"

#include "../../src/tool/world.h"

#include <stdio.h>
#include <string.h>

enum { FD_BASE = 600 };

static struct world world;
static struct world_buffer lent[WORLD_BUFFERS];
static const char *running;
static unsigned met, unmet;

void lesson_world(void)
{
	const int none[2] = { -1, -1 };

	if ((world.open ? world_reset(&world, none) : world_open(&world, FD_BASE, lent)) < 0) {
		fputs("there is no world\n", stderr);
		world.open = false;
	}
}

int lesson_fd(enum scenario_file file)
{
	return world_fd(&world, file);
}

int lesson_put(enum scenario_file file, size_t length)
{
	return world_put(&world, file, length);
}

int lesson_get(enum scenario_file file, size_t length)
{
	return world_get(&world, file, length);
}

void lesson_meets(int line, bool is_met)
{
	/* an exercise is there to be done */
	if (is_met || strstr(running, "_exercise") != NULL) {
		met++;
		return;
	}
	fprintf(stderr, "  %s: line %d is not met\n", running, line);
	unmet++;
}

/* What a scenario leaves open is closed here, and no register outlives it. */
static void end(void)
{
	for (unsigned ring = 0; ring < RINGS; ring++)
		if (rings[ring].open != 0 && once_abandon(&rings[ring], NULL) != 0)
			unmet++;
	memset(o, 0, sizeof o);
	memset(c, 0, sizeof c);
	memset(d, 0, sizeof d);
}

int main(void)
{
	unsigned count = 0;

	for (; lessons[count].name != NULL; count++) {
		running = lessons[count].name;
		(void)lessons[count].run();
		end();
	}
	printf("  %u programs, compiled: %u expectations as the lessons say, %u not\n", count, met, unmet);
	return unmet != 0 || count == 0 || met == 0;
}
