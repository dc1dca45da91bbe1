/* SPDX-License-Identifier: MIT */
/*
 * Runs one program of the corpus, on the emulated kernel or a real one, and
 * tells how the library answered: each code it refused a call with, or the
 * program gave up with, one a line. What the program left behind is found by
 * submit and drain, as in any program that ends in order.
 */
#include "misuse.h"

#include <stdio.h>

enum { ENTRIES = 16, PLACES = 32, OPERATIONS = 24 };

static ONCE_MEMORY(memory, ENTRIES, PLACES, OPERATIONS);
static struct once_ring ring;

static void tell(void *context, const struct once_violation *violation)
{
	(void)context;
	puts(once_code_name(violation->code));
}

int start(struct once_ring *r, struct request *owner, unsigned count)
{
	int rc;

	for (unsigned i = 0; i < count; i++) {
		struct once_sqe sqe;

		rc = once_take(r, &sqe);
		if (rc < 0)
			return rc;
		once_prep_nop(&sqe);
		rc = once_arm(&sqe, request_lend(owner), NULL);
		if (rc < 0)
			return rc;
	}
	rc = once_submit(r);
	return rc < 0 ? rc : 0;
}

int start_failing(struct once_ring *r, struct request *owner)
{
	struct once_sqe sqe;
	int rc = once_take(r, &sqe);

	if (rc < 0)
		return rc;
	once_prep_read(&sqe, -1, owner->buffer, sizeof(owner->buffer), 0);
	rc = once_arm(&sqe, request_lend(owner), NULL);
	if (rc < 0)
		return rc;
	rc = once_submit(r);
	return rc < 0 ? rc : 0;
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

int main(void)
{
	const struct once_config config = {
		.entries = ENTRIES, .cq_entries = PLACES, .handler = tell, .memory = memory
	};
	const struct once_timespec second = { 1, 0 };
	int rc = once_open(&ring, &config);

	if (rc < 0) {
		fprintf(stderr, "once_open: %s\n", once_strerror(rc));
		return rc == -ENOSYS || rc == -EPERM ? 77 : 1;
	}
	setvbuf(stdout, NULL, _IOLBF, 0);
	rc = program(&ring);
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
