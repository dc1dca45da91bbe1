/* SPDX-License-Identifier: MIT */
/* What a code is called, what it means, and what raw liburing would have done. */
#include <oncering/code.h>

#include "code_text.h"

enum { ERRNO_MAX = 4095 };

/* Bit i of the setup flags, as <linux/io_uring.h> names it. */
static const char *const setup_flag_names[] = {
	"IORING_SETUP_IOPOLL",
	"IORING_SETUP_SQPOLL",
	"IORING_SETUP_SQ_AFF",
	"IORING_SETUP_CQSIZE",
	"IORING_SETUP_CLAMP",
	"IORING_SETUP_ATTACH_WQ",
	"IORING_SETUP_R_DISABLED",
	"IORING_SETUP_SUBMIT_ALL",
	"IORING_SETUP_COOP_TASKRUN",
	"IORING_SETUP_TASKRUN_FLAG",
	"IORING_SETUP_SQE128",
	"IORING_SETUP_CQE32",
	"IORING_SETUP_SINGLE_ISSUER",
	"IORING_SETUP_DEFER_TASKRUN",
	"IORING_SETUP_NO_MMAP",
	"IORING_SETUP_REGISTERED_FD_ONLY",
	"IORING_SETUP_NO_SQARRAY",
	"IORING_SETUP_HYBRID_IOPOLL",
	"IORING_SETUP_CQE_MIXED",
	"IORING_SETUP_SQE_MIXED",
	"IORING_SETUP_SQ_REWIND"
};

/* Where the table has *code*; ONCE_CODES if it is none of ours. */
/*@ assigns \nothing;
    ensures row: \result <= ONCE_CODES;
    ensures found: \result < ONCE_CODES ==> once_code_texts[\result].code == code;
    ensures first: \forall integer j; 0 <= j < \result ==> once_code_texts[j].code != code; */
static unsigned row_of(int code)
{
	unsigned i = 0;

	/*@ loop invariant rows: i <= ONCE_CODES;
	    loop invariant passed: \forall integer j; 0 <= j < i ==> once_code_texts[j].code != code;
	    loop assigns i;
	    loop variant ONCE_CODES - i; */
	while (i < ONCE_CODES && once_code_texts[i].code != code)
		i++;
	return i;
}

/*@ assigns \nothing;
    ensures errno: \result == true <==> -ERRNO_MAX <= code <= -1; */
static bool is_errno(int code)
{
	return code < 0 && code >= -ERRNO_MAX;
}

/* The same of an errno value. */
/*@ requires errno: -ERRNO_MAX <= code <= -1;
    assigns \nothing;
    ensures row: \result <= ONCE_ERRNOS;
    ensures found: \result < ONCE_ERRNOS ==> once_errno_texts[\result].error == -code; */
static unsigned errno_row_of(int code)
{
	unsigned i = 0;

	/*@ loop invariant rows: i <= ONCE_ERRNOS;
	    loop assigns i;
	    loop variant ONCE_ERRNOS - i; */
	while (i < ONCE_ERRNOS && once_errno_texts[i].error != -code)
		i++;
	return i;
}

const char *once_code_name(int code)
{
	const unsigned row = row_of(code);

	if (is_errno(code)) {
		const unsigned error = errno_row_of(code);

		return error < ONCE_ERRNOS ? once_errno_texts[error].name : "-errno";
	}
	return row < ONCE_CODES ? once_code_texts[row].name : "unknown";
}

const char *once_strerror(int code)
{
	const unsigned row = row_of(code);

	if (code >= 0)
		return "Success";
	if (is_errno(code)) {
		const unsigned error = errno_row_of(code);

		return error < ONCE_ERRNOS ? once_errno_texts[error].what
					   : "An error of the kernel without a name here";
	}
	return row < ONCE_CODES ? once_code_texts[row].what
				: "Neither an errno value nor a code of oncering";
}

const char *once_raw_would(int code)
{
	const unsigned row = row_of(code);

	return row < ONCE_CODES ? once_code_texts[row].raw : "";
}

int once_code_at(unsigned i)
{
	return i < ONCE_CODES ? once_code_texts[i].code : 0;
}

const char *once_setup_flag_name(uint32_t bit)
{
	const size_t names = sizeof setup_flag_names / sizeof setup_flag_names[0];
	uint32_t rest = bit;
	size_t i = 0;

	/*@ loop invariant names: i <= names;
	    loop assigns i, rest;
	    loop variant rest; */
	while (rest > 1 && rest % 2 == 0 && i < names) {
		rest /= 2;
		i++;
	}
	return rest == 1 && i < names ? setup_flag_names[i] : "unknown";
}
