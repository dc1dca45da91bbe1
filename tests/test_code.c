/* SPDX-License-Identifier: MIT */
/* Codes: each has a name, says what happened, and what raw liburing would have done. */
#include "world.h"

static void every_code_has_a_name_and_a_text(void **state)
{
	unsigned count = 0;
	int code;

	(void)state;
	while ((code = once_code_at(count)) != 0) {
		assert_true(code < -4095);
		assert_int_equal(strncmp(once_code_name(code), "ONCE_", 5), 0);
		assert_true(strlen(once_strerror(code)) > 20);
		assert_non_null(once_raw_would(code));
		for (unsigned other = 0; other < count; other++) {
			assert_int_not_equal(once_code_at(other), code);
			assert_string_not_equal(once_code_name(once_code_at(other)),
						once_code_name(code));
			assert_string_not_equal(once_strerror(once_code_at(other)),
						once_strerror(code));
		}
		count++;
	}
	assert_true(count > 30);
	assert_int_equal(once_code_at(count + 1), 0);
	assert_int_equal(once_code_at(UINT32_MAX), 0);
}

/* Each code of the header is walked by once_code_at(). */
static void the_codes_of_the_header_are_all_there(void **state)
{
	static const int codes[] = {
		ONCE_ALREADY_OPEN, ONCE_NOT_OPEN, ONCE_BAD_FLAG, ONCE_BAD_SIZE, ONCE_BAD_MEMORY,
		ONCE_OLD_KERNEL, ONCE_STILL_TAKEN, ONCE_STILL_LIVE, ONCE_STILL_HELD,
		ONCE_STILL_RESERVED, ONCE_STILL_READY, ONCE_DEADLINE, ONCE_WRONG_THREAD,
		ONCE_NO_SLOT, ONCE_WORN_OUT, ONCE_NOT_TAKEN, ONCE_NOT_PREPARED, ONCE_BAD_ARGUMENT,
		ONCE_USER_DATA, ONCE_SKIP_SUCCESS, ONCE_REWRITES_ID, ONCE_NO_CREDIT,
		ONCE_STALE_TICKET, ONCE_NOT_ARMED, ONCE_WOULD_HANG, ONCE_ALL_HELD,
		ONCE_SPLIT_TIMER, ONCE_TIMERS_OUT, ONCE_STRAY_CQE, ONCE_CORRUPT_CQ,
		ONCE_SEEN_TWICE, ONCE_NOT_ISSUED, ONCE_OTHER_RING, ONCE_SPENT, ONCE_WRONG_TYPE,
		ONCE_FOREIGN, ONCE_NOT_CQE32
	};

	(void)state;
	for (unsigned i = 0; i < sizeof codes / sizeof codes[0]; i++)
		assert_code(once_code_at(i), codes[i]);
	assert_int_equal(once_code_at(sizeof codes / sizeof codes[0]), 0);
}

static void names_are_spelled_as_in_the_header(void **state)
{
	(void)state;
	assert_string_equal(once_code_name(ONCE_SEEN_TWICE), "ONCE_SEEN_TWICE");
	assert_string_equal(once_code_name(ONCE_WOULD_HANG), "ONCE_WOULD_HANG");
	assert_string_equal(once_code_name(ONCE_ALREADY_OPEN), "ONCE_ALREADY_OPEN");
	assert_string_equal(once_code_name(ONCE_NOT_CQE32), "ONCE_NOT_CQE32");
	assert_string_equal(once_code_name(1), "unknown");
	assert_string_equal(once_code_name(-4096), "unknown");
	assert_string_equal(once_code_name(INT32_MIN), "unknown");
	assert_string_equal(once_code_name(-4095), "-errno");
}

static void kernel_errors_have_texts(void **state)
{
	(void)state;
	for (int error = 1; error <= 4095; error++) {
		assert_true(strlen(once_strerror(-error)) > 0);
		assert_true(strlen(once_code_name(-error)) > 0);
		assert_string_equal(once_raw_would(-error), "");
	}
	assert_true(strlen(once_strerror(0)) > 0);
	assert_true(strlen(once_strerror(INT32_MIN)) > 0);
	assert_true(strlen(once_strerror(INT32_MAX)) > 0);
	assert_string_equal(once_raw_would(0), "");
	assert_string_not_equal(once_strerror(-EAGAIN), once_strerror(-EINTR));
}

/* A mistake in the program is refused for what raw liburing would have done: say it. */
static void mistakes_say_what_raw_liburing_does(void **state)
{
	static const int mistakes[] = { ONCE_SEEN_TWICE, ONCE_SPENT, ONCE_NOT_ARMED,
					ONCE_STILL_LIVE, ONCE_STILL_HELD, ONCE_USER_DATA,
					ONCE_SKIP_SUCCESS, ONCE_STALE_TICKET, ONCE_WOULD_HANG,
					ONCE_FOREIGN, ONCE_NO_SLOT, ONCE_WRONG_THREAD,
					ONCE_NOT_PREPARED, ONCE_OTHER_RING, ONCE_REWRITES_ID };

	(void)state;
	for (size_t i = 0; i < sizeof mistakes / sizeof mistakes[0]; i++)
		assert_true(strlen(once_raw_would(mistakes[i])) > 20);
}

static void setup_flags_have_names(void **state)
{
	(void)state;
	for (unsigned bit = 0; bit <= 20; bit++)
		assert_int_equal(strncmp(once_setup_flag_name(UINT32_C(1) << bit),
					 "IORING_SETUP_", 13), 0);
	assert_string_equal(once_setup_flag_name(IORING_SETUP_SQPOLL), "IORING_SETUP_SQPOLL");
	assert_string_equal(once_setup_flag_name(IORING_SETUP_DEFER_TASKRUN),
			    "IORING_SETUP_DEFER_TASKRUN");
	assert_non_null(once_setup_flag_name(0));
	assert_non_null(once_setup_flag_name(3));
	assert_non_null(once_setup_flag_name(UINT32_C(1) << 31));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_code_has_a_name_and_a_text),
		cmocka_unit_test(the_codes_of_the_header_are_all_there),
		cmocka_unit_test(names_are_spelled_as_in_the_header),
		cmocka_unit_test(kernel_errors_have_texts),
		cmocka_unit_test(mistakes_say_what_raw_liburing_does),
		cmocka_unit_test(setup_flags_have_names),
	};

	return cmocka_run_group_tests_name("code", tests, NULL, NULL);
}
