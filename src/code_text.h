/* SPDX-License-Identifier: MIT */
/* The texts behind once_code_name(), once_strerror() and once_raw_would(). */
#ifndef ONCERING_SRC_CODE_TEXT_H
#define ONCERING_SRC_CODE_TEXT_H

struct once_code_text {
	int code;
	const char *name;
	const char *what; /* what happened, and what to do */
	const char *raw;  /* what raw liburing would have done; "" if there is no such thing */
};

enum { ONCE_CODES = 37, ONCE_ERRNOS = 131 };

/* One row for each code, in the order of enum once_code. */
extern const struct once_code_text once_code_texts[ONCE_CODES];

struct once_errno_text {
	int error;        /* positive, as in <errno.h> */
	const char *name; /* with the minus sign that results carry */
	const char *what;
};

extern const struct once_errno_text once_errno_texts[ONCE_ERRNOS];

#endif
