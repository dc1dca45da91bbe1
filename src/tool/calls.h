/* SPDX-License-Identifier: MIT */
/* Which calls give which refusal; the headers say it call by call, this the other way round. */
#ifndef ONCERING_TOOL_CALLS_H
#define ONCERING_TOOL_CALLS_H

enum calls_kind {
	CALLS_MISUSE, /* a mistake in the calling program */
	CALLS_STATE,  /* can happen in a correct program */
	CALLS_KERNEL  /* about the outside world */
};

struct calls_row {
	int code;
	enum calls_kind kind;
	const char *names; /* of functions, with ", " between them */
	const char *remark; /* "" or a sentence */
};

/* The row of a code, or NULL. */
const struct calls_row *calls_of(int code);
/* "misuse: a mistake in the calling program" and so on. */
const char *calls_kind_text(enum calls_kind kind);
/* "misuse", "state", "kernel". */
const char *calls_kind_word(enum calls_kind kind);

#endif
