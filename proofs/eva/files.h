/* SPDX-License-Identifier: MIT */
/* The list of programs that to_c.py writes. */
#ifndef ONCERING_PROOFS_EVA_FILES_H
#define ONCERING_PROOFS_EVA_FILES_H

struct lesson {
	const char *name; /* NULL: the end */
	int (*run)(void);
};

extern const struct lesson lessons[];

#endif
