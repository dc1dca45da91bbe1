/* SPDX-License-Identifier: MIT */
/* The world of a program of the corpus for Eva: everything may happen. */
#include "misuse.h"

static struct once_ring ring;
static ONCE_MEMORY(memory, 16, 32, 24);
static volatile int anything;

bool stop_asked(void)
{
	return anything != 0;
}

int parse(int value)
{
	return anything ? value : -EPROTO;
}

void note(const char *text, int value)
{
	(void)text;
	(void)value;
}

void note_token(const struct once_cqe *cqe)
{
	note("token", once_result(cqe));
}

int main(void)
{
	const struct once_config config = {
		.entries = 16, .cq_entries = 32, .memory = memory
	};
	const struct once_timespec second = { 1, 0 };

	if (once_open(&ring, &config) < 0)
		return 1;
	(void)program(&ring);
	if (once_submit(&ring) < 0)
		return 1;
	if (once_drain(&ring, &second, NULL, 0, NULL) < 0)
		return 1;
	return once_close(&ring, NULL) < 0;
}
