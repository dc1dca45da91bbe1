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

static const struct once_code_text *text_of(int code)
{
	const struct once_code_text *text = once_code_texts;

	while (text->code != 0 && text->code != code)
		text++;
	return text->code != 0 ? text : NULL;
}

static bool is_errno(int code)
{
	return code < 0 && code >= -ERRNO_MAX;
}

static const struct once_errno_text *errno_of(int code)
{
	const struct once_errno_text *text = once_errno_texts;

	while (text->error != 0 && text->error != -code)
		text++;
	return text->error != 0 ? text : NULL;
}

const char *once_code_name(int code)
{
	const struct once_code_text *text = text_of(code);

	if (is_errno(code)) {
		const struct once_errno_text *error = errno_of(code);

		return error != NULL ? error->name : "-errno";
	}
	return text != NULL ? text->name : "unknown";
}

const char *once_strerror(int code)
{
	const struct once_code_text *text = text_of(code);

	if (code >= 0)
		return "Success";
	if (is_errno(code)) {
		const struct once_errno_text *error = errno_of(code);

		return error != NULL ? error->what : "An error of the kernel without a name here";
	}
	return text != NULL ? text->what : "Neither an errno value nor a code of oncering";
}

const char *once_raw_would(int code)
{
	const struct once_code_text *text = text_of(code);

	return text != NULL ? text->raw : "";
}

int once_code_at(unsigned i)
{
	const struct once_code_text *text = once_code_texts;

	while (i > 0 && text->code != 0) {
		text++;
		i--;
	}
	return text->code;
}

const char *once_setup_flag_name(uint32_t bit)
{
	for (size_t i = 0; i < sizeof setup_flag_names / sizeof setup_flag_names[0]; i++) {
		if (bit == UINT32_C(1) << i)
			return setup_flag_names[i];
	}
	return "unknown";
}
