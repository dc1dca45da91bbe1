/* SPDX-License-Identifier: MIT */
/* The mistakes of the demo, as a program for Eva: what it prints is left out. */
#include "../../tests/demo/demo.h"
#include "../../tests/emulated/emulated.h"

void lesson_world(void); /* scenario_owners.h has a struct request of its own */
int demo_mistakes(void);

int demo_mistakes(void)
{
	int wrong;

	lesson_world();
	emulated_reset();
	wrong = commit_mistakes();
	//@ check the_end: \true;
	return wrong;
}
