/* SPDX-License-Identifier: MIT */
/* Which calls give which refusal. tests/tool/test_explain.c compares this with the headers. */
#include "calls.h"

#include <oncering/code.h>
#include <stddef.h>

#define SUBMITS "once_submit, once_submit_and_wait, once_submit_and_wait_timeout"
#define UNTIMED "once_wait, once_wait_nr, once_wait_for, once_wait_reap"
#define PEEKS "once_peek, once_peek_batch, once_reap, once_reap_batch, once_discard"
#define SEES "once_seen, once_seen_batch"
#define SEVERAL "The call looks at the accounts in order; the first that applies is answered."
#define GIVEN_BACK "The SQE is given back, and nothing was lent."
#define REPORTED "Reported to the violation handler; no call returns it."

static const struct calls_row rows[] = {
	{ ONCE_ALREADY_OPEN, CALLS_MISUSE, "once_open", "" },
	{ ONCE_NOT_OPEN, CALLS_MISUSE,
	  "once_take, once_fd, " SUBMITS ", " PEEKS ", " UNTIMED ", once_wait_timeout, "
	  "once_get_events, " SEES ", once_drain, once_close, once_abandon, once_register_eventfd, "
	  "once_register_eventfd_async, once_unregister_eventfd, once_eventfd_toggle",
	  "The accounts of a closed ring are 0." },
	{ ONCE_BAD_FLAG, CALLS_MISUSE, "once_open", "" },
	{ ONCE_BAD_SIZE, CALLS_MISUSE, "once_open", "" },
	{ ONCE_BAD_MEMORY, CALLS_MISUSE, "once_open", "" },
	{ ONCE_OLD_KERNEL, CALLS_KERNEL, "once_open", "" },
	{ ONCE_STILL_TAKEN, CALLS_MISUSE, "once_close, once_drain", SEVERAL },
	{ ONCE_STILL_LIVE, CALLS_STATE, "once_close", SEVERAL },
	{ ONCE_STILL_HELD, CALLS_MISUSE, "once_close, once_drain", SEVERAL },
	{ ONCE_STILL_RESERVED, CALLS_STATE, "once_close", SEVERAL },
	{ ONCE_STILL_READY, CALLS_STATE, "once_close", SEVERAL },
	{ ONCE_DEADLINE, CALLS_STATE, "once_drain", "" },
	{ ONCE_WRONG_THREAD, CALLS_MISUSE,
	  SUBMITS ", " PEEKS ", " UNTIMED ", once_wait_timeout, once_get_events, once_drain",
	  "Looked at before the kernel is entered." },
	{ ONCE_NO_SLOT, CALLS_STATE, "once_take", "" },
	{ ONCE_WORN_OUT, CALLS_STATE, "once_take, " UNTIMED ", once_wait_timeout, " PEEKS, "" },
	{ ONCE_NOT_TAKEN, CALLS_MISUSE, "once_arm, once_give_back", "" },
	{ ONCE_NOT_PREPARED, CALLS_MISUSE, "once_arm", GIVEN_BACK },
	{ ONCE_BAD_ARGUMENT, CALLS_MISUSE, "once_arm", GIVEN_BACK },
	{ ONCE_USER_DATA, CALLS_MISUSE, "once_arm", GIVEN_BACK },
	{ ONCE_SKIP_SUCCESS, CALLS_MISUSE, "once_arm", GIVEN_BACK },
	{ ONCE_REWRITES_ID, CALLS_MISUSE, "once_arm", GIVEN_BACK },
	{ ONCE_NO_CREDIT, CALLS_STATE, "once_arm", GIVEN_BACK },
	{ ONCE_STALE_TICKET, CALLS_MISUSE, "once_arm",
	  "Of an SQE prepared with once_prep_cancel, once_prep_poll_remove, "
	  "once_prep_timeout_remove. " GIVEN_BACK },
	{ ONCE_NOT_ARMED, CALLS_MISUSE, SUBMITS, "" },
	{ ONCE_WOULD_HANG, CALLS_MISUSE,
	  UNTIMED ", once_submit_and_wait, once_submit_and_wait_timeout",
	  "Only where no time is given; not with ONCE_EXPECT_FOREIGN." },
	{ ONCE_ALL_HELD, CALLS_MISUSE,
	  UNTIMED ", once_wait_timeout, " PEEKS ", once_submit_and_wait, "
	  "once_submit_and_wait_timeout", "" },
	{ ONCE_SPLIT_TIMER, CALLS_STATE, "once_wait_for, once_wait_timeout, once_wait_reap", "" },
	{ ONCE_TIMERS_OUT, CALLS_STATE,
	  "once_wait_for, once_wait_timeout, once_wait_reap, once_submit_and_wait_timeout", "" },
	{ ONCE_STRAY_CQE, CALLS_KERNEL, PEEKS ", " UNTIMED ", once_wait_timeout", REPORTED },
	{ ONCE_CORRUPT_CQ, CALLS_KERNEL, PEEKS ", " UNTIMED ", once_wait_timeout", REPORTED },
	{ ONCE_SEEN_TWICE, CALLS_MISUSE, SEES, "" },
	{ ONCE_NOT_ISSUED, CALLS_MISUSE, SEES, "" },
	{ ONCE_OTHER_RING, CALLS_MISUSE, SEES ", once_arm, once_state_of", "" },
	{ ONCE_SPENT, CALLS_MISUSE,
	  "once_result, once_flags, once_class, once_is_terminal, once_owner, once_ticket_of, "
	  "once_extra, once_user_data", "once_flags and once_user_data report it and return 0." },
	{ ONCE_WRONG_TYPE, CALLS_MISUSE, "once_owner, once_completion_owner",
	  "And the accessors that ONCE_OWNER() defines." },
	{ ONCE_FOREIGN, CALLS_MISUSE, "once_owner, once_completion_owner, once_ticket_of",
	  "And the accessors that ONCE_OWNER() defines." },
	{ ONCE_NOT_CQE32, CALLS_MISUSE, "once_extra", "" }
};

const struct calls_row *calls_of(int code)
{
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		if (rows[i].code == code)
			return &rows[i];
	}
	return NULL;
}

const char *calls_kind_text(enum calls_kind kind)
{
	static const char *const texts[] = {
		"misuse: a mistake in the calling program",
		"state: happens in correct programs, which then wait, see or give up",
		"kernel: about the outside world"
	};

	return texts[kind];
}

const char *calls_kind_word(enum calls_kind kind)
{
	static const char *const words[] = { "misuse", "state", "kernel" };

	return words[kind];
}
