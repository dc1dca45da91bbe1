/* SPDX-License-Identifier: MIT */
/*
 * Runs one program of the corpus, by its number, on the emulated kernel or a real one, and
 * tells how the library answered: each code it refused a call with, or the
 * program gave up with, one a line. What the program left behind is found by
 * submit and drain, as in any program that ends in order.
 */
#include "misuse.h"

#include <stdio.h>
#include <stdlib.h>

/* From run.sh: the programs by their numbers, from 1. */
extern misuse_program *const misuse_programs[];

enum { ENTRIES = 16, PLACES = 32, OPERATIONS = 24 };

static ONCE_MEMORY(memory, ENTRIES, PLACES, OPERATIONS);
static struct once_ring ring;

static void tell(void *context, const struct once_violation *violation)
{
	(void)context;
	puts(once_code_name(violation->code));
}

bool stop_asked(void)
{
	return true;
}

int parse(int value)
{
	return value == 0 ? -EPROTO : value;
}

void note(const char *text, int value)
{
	fprintf(stderr, "%s: %d\n", text, value);
}

void note_token(const struct once_cqe *cqe)
{
	note("token", once_result(cqe));
}

int main(int argc, char **argv)
{
	const struct once_config config = {
		.entries = ENTRIES, .cq_entries = PLACES, .handler = tell, .memory = memory
	};
	const struct once_timespec second = { 1, 0 };
	int rc;

	if (argc != 2 || atoi(argv[1]) < 1)
		return 2;
	rc = once_open(&ring, &config);
	if (rc < 0) {
		fprintf(stderr, "once_open: %s\n", once_strerror(rc));
		return rc == -ENOSYS || rc == -EPERM ? 77 : 1;
	}
	setvbuf(stdout, NULL, _IOLBF, 0);
	rc = misuse_programs[atoi(argv[1])](&ring);
	if (rc <= -5000)
		puts(once_code_name(rc));
	if (once_submit(&ring) < 0)
		puts("submit refused");
	rc = once_drain(&ring, &second, NULL, 0, NULL);
	if (rc < 0 || once_close(&ring, NULL) < 0)
		puts("close refused");
	puts("ended");
	return 0;
}
