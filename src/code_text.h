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

/* One row for each code, in the order of enum once_code; the last one has code 0. */
extern const struct once_code_text once_code_texts[];

struct once_errno_text {
	int error;        /* positive, as in <errno.h> */
	const char *name; /* with the minus sign that results carry */
	const char *what;
};

/* The last one has error 0. */
extern const struct once_errno_text once_errno_texts[];

#endif
