/* SPDX-License-Identifier: MIT */
/* Open: every flag and size is honoured or refused, by name; nothing is half open. */
#include "port.h"
#include "world.h"

static const uint32_t honoured =
	IORING_SETUP_SQPOLL | IORING_SETUP_SQ_AFF | IORING_SETUP_CQSIZE | IORING_SETUP_CLAMP |
	IORING_SETUP_SUBMIT_ALL | IORING_SETUP_COOP_TASKRUN | IORING_SETUP_TASKRUN_FLAG |
	IORING_SETUP_CQE32 | IORING_SETUP_SINGLE_ISSUER | IORING_SETUP_DEFER_TASKRUN;

static void a_ring_opens_closes_and_opens_again(void **state)
{
	struct fixture *f = *state;
	struct once_report report;

	for (int i = 0; i < 3; i++) {
		open_ring(f, NULL);
		assert_true(once_fd(&f->ring) >= 0);
		assert_int_equal(once_capacity(&f->ring), 8);
		assert_int_equal(once_free(&f->ring), 8);
		assert_accounts_zero(f);
		run_nops(f, 20);
		assert_ok(once_close(&f->ring, &report));
		assert_int_equal(report.in_flight, 0);
	}
	assert_no_violation(f);
}

static ONCE_MEMORY(static_memory, 4, 8, 5);

static void static_memory_is_enough(void **state)
{
	struct fixture *f = *state;
	const struct once_config config = { .entries = 4, .memory = static_memory };

	open_ring(f, &config);
	assert_int_equal(once_capacity(&f->ring), 5);
	run_nops(f, 50);
	assert_accounts_zero(f);
}

/* The same memory, one element short of what the kernel rounds the sizes up to. */
static void short_memory_is_refused(void **state)
{
	struct fixture *f = *state;
	const struct once_config config = complete_config(f, NULL);
	struct once_config wrong = config;

	assert_int_not_equal(config.memory.capacity, 0);
	wrong.memory.window_places--;
	assert_code(try_open_ring(f, &wrong), ONCE_BAD_MEMORY);
	assert_violation(f, ONCE_BAD_MEMORY);
	wrong = config;
	wrong.memory.time_places = 7;
	assert_code(try_open_ring(f, &wrong), ONCE_BAD_MEMORY);
	assert_int_equal(last_violation(f)->found, 7);
	assert_violation(f, ONCE_BAD_MEMORY);
	assert_int_equal(once_capacity(&f->ring), 0);
}

static void missing_memory_is_refused(void **state)
{
	struct fixture *f = *state;
	const struct once_config config = complete_config(f, NULL);

	for (int i = 0; i < 6; i++) {
		struct once_config wrong = config;

		if (i == 0)
			wrong.memory.ops = NULL;
		else if (i == 1)
			wrong.memory.stack = NULL;
		else if (i == 2)
			wrong.memory.returned = NULL;
		else if (i == 3)
			wrong.memory.credits = NULL;
		else if (i == 4)
			wrong.memory.window = NULL;
		else
			wrong.memory.times = NULL;
		assert_code(once_open(&f->ring, &wrong), ONCE_BAD_MEMORY);
		assert_violation(f, ONCE_BAD_MEMORY);
	}
}

static void opening_twice_is_refused(void **state)
{
	struct fixture *f = *state;
	struct once_config config;
	int fd;

	open_ring(f, NULL);
	fd = once_fd(&f->ring);
	config = (struct once_config){ .entries = 8, .memory = f->memory, .handler = f->ring.handler,
				       .context = f };
	assert_code(once_open(&f->ring, &config), ONCE_ALREADY_OPEN);
	assert_violation(f, ONCE_ALREADY_OPEN);
	assert_int_equal(once_fd(&f->ring), fd);
	run_nops(f, 3);
}

static void every_flag_not_honoured_is_refused_by_name(void **state)
{
	struct fixture *f = *state;

	for (unsigned bit = 0; bit < 32; bit++) {
		const uint32_t flag = UINT32_C(1) << bit;
		const struct once_config config = { .flags = flag | IORING_SETUP_CLAMP };

		if ((honoured & flag) != 0)
			continue;
		assert_code(try_open_ring(f, &config), ONCE_BAD_FLAG);
		assert_int_equal(last_violation(f)->found, flag);
		assert_string_equal(last_violation(f)->call, "once_open");
		assert_violation(f, ONCE_BAD_FLAG);
	}
	assert_string_equal(once_setup_flag_name(IORING_SETUP_IOPOLL), "IORING_SETUP_IOPOLL");
	assert_string_equal(once_setup_flag_name(IORING_SETUP_ATTACH_WQ), "IORING_SETUP_ATTACH_WQ");
	assert_string_equal(once_setup_flag_name(IORING_SETUP_R_DISABLED),
			    "IORING_SETUP_R_DISABLED");
	assert_string_equal(once_setup_flag_name(IORING_SETUP_SQE128), "IORING_SETUP_SQE128");
	assert_string_equal(once_setup_flag_name(UINT32_C(1) << 18), "IORING_SETUP_CQE_MIXED");
}

static void unknown_options_are_refused(void **state)
{
	struct fixture *f = *state;
	const struct once_config unknown = { .options = 8 };
	const struct once_config split = { .options = ONCE_SPLIT,
					   .flags = IORING_SETUP_SINGLE_ISSUER |
						    IORING_SETUP_DEFER_TASKRUN };

	assert_code(try_open_ring(f, &unknown), ONCE_BAD_FLAG);
	assert_int_equal(last_violation(f)->found, 8);
	assert_violation(f, ONCE_BAD_FLAG);
	assert_code(try_open_ring(f, &split), ONCE_BAD_FLAG);
	assert_int_equal(last_violation(f)->found, IORING_SETUP_DEFER_TASKRUN);
	assert_violation(f, ONCE_BAD_FLAG);
}

static void assert_bad_size(struct fixture *f, const struct once_config *config)
{
	assert_code(once_open(&f->ring, config), ONCE_BAD_SIZE);
	assert_violation(f, ONCE_BAD_SIZE);
	assert_int_equal(once_capacity(&f->ring), 0);
}

static void sizes_out_of_range_are_refused(void **state)
{
	struct fixture *f = *state;
	const struct once_config config = complete_config(f, NULL);
	struct once_config wrong = config;

	wrong.entries = 0;
	assert_bad_size(f, &wrong);
	wrong.entries = 32769;
	assert_bad_size(f, &wrong);
	wrong = config;
	wrong.cq_entries = 7;
	assert_bad_size(f, &wrong);
	wrong.cq_entries = 65537;
	assert_bad_size(f, &wrong);
	wrong = config;
	wrong.memory.capacity = 0;
	assert_bad_size(f, &wrong);
	wrong.memory.capacity = ONCE_CAPACITY_MAX + 1;
	assert_bad_size(f, &wrong);
	wrong = config;
	wrong.generations_used = UINT64_C(1) << 40;
	assert_bad_size(f, &wrong);
}

/* Admission: as many operations as CQ places, less the library's own. */
static void the_capacity_leaves_room_in_the_cq(void **state)
{
	struct fixture *f = *state;
	struct once_config config = { .entries = 8, .memory = { .capacity = 16 } };

	assert_code(try_open_ring(f, &config), ONCE_BAD_SIZE);
	assert_violation(f, ONCE_BAD_SIZE);
	config.memory.capacity = 16 - ONCE_OWN_PLACES;
	open_ring(f, &config);
	assert_ok(once_close(&f->ring, NULL));
	config.hide_features = IORING_FEAT_EXT_ARG;
	config.cq_entries = 16;
	assert_code(try_open_ring(f, &config), ONCE_BAD_SIZE);
	assert_violation(f, ONCE_BAD_SIZE);
	config.memory.capacity = 16 - ONCE_OWN_PLACES_LEGACY;
	open_ring(f, &config);
}

/* The larger SQ that the library asks for must not make the CQ larger than the memory for it. */
static void the_default_cq_is_the_same_without_ext_arg(void **state)
{
	struct fixture *f = *state;
	const struct once_config config = { .hide_features = IORING_FEAT_EXT_ARG };

	open_ring(f, &config);
	assert_accounts_zero(f);
}

static void a_kernel_that_may_lose_cqes_is_refused(void **state)
{
	struct fixture *f = *state;
	const struct once_config config = { .hide_features = IORING_FEAT_NODROP };

	assert_code(try_open_ring(f, &config), ONCE_OLD_KERNEL);
	assert_violation(f, ONCE_OLD_KERNEL);
	open_ring(f, NULL);
}

static void what_the_kernel_refuses_is_its_errno(void **state)
{
	struct fixture *f = *state;
	/* SQ_AFF needs SQPOLL; DEFER_TASKRUN needs SINGLE_ISSUER */
	const struct once_config affinity = { .flags = IORING_SETUP_SQ_AFF };
	const struct once_config deferred = { .flags = IORING_SETUP_DEFER_TASKRUN };

	real_only("the kernel's own answers");
	assert_code(try_open_ring(f, &affinity), -EINVAL);
	assert_code(try_open_ring(f, &deferred), -EINVAL);
	assert_no_violation(f); /* the kernel's answers are no misuse */
	open_ring(f, NULL);
}

static void run_ring(struct fixture *f, const struct once_config *config)
{
	const int rc = try_open_ring(f, config);

	if (rc == -EINVAL) {
		print_message("setup flags %#x are not known here\n", config->flags);
		skip();
	}
	assert_ok(rc);
	run_nops(f, 100);
	for (uint64_t i = 0; i < 3; i++)
		arm_nop(f, 50 + i, NULL);
	submit_all(f);
	for (uint64_t i = 0; i < 3; i++)
		assert_int_equal(finish(f, 50 + i), 0);
	assert_accounts_zero(f);
	assert_int_equal(once_armed_total(&f->ring), 103);
	assert_int_equal(once_passed_total(&f->ring), 103);
	assert_no_violation(f);
}

#define RING(name, flags_, cq_) \
	static void name(void **state) \
	{ \
		const struct once_config config = { .flags = (flags_), .cq_entries = (cq_), \
						    .sq_thread_idle = 50 }; \
		run_ring(*state, &config); \
	} \
	struct once_swallow_semicolon

RING(a_default_ring_works, 0, 0);
RING(a_sqpoll_ring_works, IORING_SETUP_SQPOLL, 0);
RING(a_sqpoll_ring_on_one_cpu_works, IORING_SETUP_SQPOLL | IORING_SETUP_SQ_AFF, 0);
RING(a_coop_taskrun_ring_works, IORING_SETUP_COOP_TASKRUN, 0);
RING(a_taskrun_flag_ring_works, IORING_SETUP_COOP_TASKRUN | IORING_SETUP_TASKRUN_FLAG, 0);
RING(a_single_issuer_ring_works, IORING_SETUP_SINGLE_ISSUER, 0);
RING(a_defer_taskrun_ring_works, IORING_SETUP_SINGLE_ISSUER | IORING_SETUP_DEFER_TASKRUN, 0);
RING(a_cqe32_ring_works, IORING_SETUP_CQE32, 0);
RING(a_cqe32_defer_taskrun_ring_works,
     IORING_SETUP_CQE32 | IORING_SETUP_SINGLE_ISSUER | IORING_SETUP_DEFER_TASKRUN, 0);
RING(a_submit_all_ring_works, IORING_SETUP_SUBMIT_ALL, 0);
RING(a_large_cq_works, 0, 256);
RING(a_cq_as_small_as_the_sq_works, IORING_SETUP_CQSIZE, 8);

static void the_smallest_ring_works(void **state)
{
	struct fixture *f = *state;
	const struct once_config config = { .entries = 1, .memory = { .capacity = 1 } };

	open_ring(f, &config);
	run_nops(f, 100);
	assert_accounts_zero(f);
}

static void a_closed_ring_answers_every_call(void **state)
{
	struct fixture *f = *state;
	struct once_completion done = { 0 };
	struct once_sqe sqe = { 0 };
	struct once_cqe cqe = { 0 };
	unsigned submitted;

	assert_code(once_fd(&f->ring), ONCE_NOT_OPEN);
	assert_code(once_take(&f->ring, &sqe), ONCE_NOT_OPEN);
	assert_code(once_submit(&f->ring), ONCE_NOT_OPEN);
	assert_code(once_submit_and_wait(&f->ring, 1), ONCE_NOT_OPEN);
	assert_code(once_submit_and_wait_timeout(&f->ring, &cqe, 1, NULL, NULL, &submitted),
		    ONCE_NOT_OPEN);
	assert_code(once_peek(&f->ring, &cqe), ONCE_NOT_OPEN);
	assert_code(once_peek_batch(&f->ring, &cqe, 1), ONCE_NOT_OPEN);
	assert_code(once_wait(&f->ring, &cqe), ONCE_NOT_OPEN);
	assert_code(once_wait_timeout(&f->ring, &cqe, &one_millisecond), ONCE_NOT_OPEN);
	assert_code(once_reap(&f->ring, &done), ONCE_NOT_OPEN);
	assert_code(once_reap_batch(&f->ring, &done, 1), ONCE_NOT_OPEN);
	assert_code(once_wait_reap(&f->ring, &done, NULL), ONCE_NOT_OPEN);
	assert_code(once_discard(&f->ring), ONCE_NOT_OPEN);
	assert_code(once_get_events(&f->ring), ONCE_NOT_OPEN);
	assert_code(once_register_eventfd(&f->ring, 0), ONCE_NOT_OPEN);
	assert_code(once_register_eventfd_async(&f->ring, 0), ONCE_NOT_OPEN);
	assert_code(once_unregister_eventfd(&f->ring), ONCE_NOT_OPEN);
	assert_code(once_eventfd_toggle(&f->ring, true), ONCE_NOT_OPEN);
	assert_false(once_eventfd_enabled(&f->ring));
	assert_code(once_drain(&f->ring, &one_hour, NULL, 0, NULL), ONCE_NOT_OPEN);
	assert_code(once_close(&f->ring, NULL), ONCE_NOT_OPEN);
	assert_code(once_abandon(&f->ring, NULL), ONCE_NOT_OPEN);
	assert_int_equal(once_survivors(&f->ring, NULL, 0), 0);
	assert_int_equal(once_seen_batch(&f->ring, &cqe, 0), 0);
	assert_accounts_zero(f);
}

static void a_zeroed_ring_is_closed(void **state)
{
	a_closed_ring_answers_every_call(state);
}

static void a_ring_that_was_closed_is_closed(void **state)
{
	struct fixture *f = *state;

	open_ring(f, NULL);
	run_nops(f, 3);
	assert_ok(once_close(&f->ring, NULL));
	a_closed_ring_answers_every_call(state);
}

/* The last test of this process: no ring can be opened any more. */
static void used_up_generations_open_no_ring(void **state)
{
	struct fixture *f = *state;
	const struct once_config config = complete_config(f, NULL);

	for (uint32_t tag = 1; tag <= ONCE_TAGS; tag++)
		once_port_note_generations(tag, ONCE_GENERATIONS);
	assert_code(once_open(&f->ring, &config), ONCE_WORN_OUT);
	assert_violation(f, ONCE_WORN_OUT);
	assert_code(once_close(&f->ring, NULL), ONCE_NOT_OPEN);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		once_test(a_ring_opens_closes_and_opens_again),
		once_test(static_memory_is_enough),
		once_test(short_memory_is_refused),
		once_test(missing_memory_is_refused),
		once_test(opening_twice_is_refused),
		once_test(every_flag_not_honoured_is_refused_by_name),
		once_test(unknown_options_are_refused),
		once_test(sizes_out_of_range_are_refused),
		once_test(the_capacity_leaves_room_in_the_cq),
		once_test(the_default_cq_is_the_same_without_ext_arg),
		once_test(a_kernel_that_may_lose_cqes_is_refused),
		once_test(what_the_kernel_refuses_is_its_errno),
		once_test(a_default_ring_works),
		once_test(a_sqpoll_ring_works),
		once_test(a_sqpoll_ring_on_one_cpu_works),
		once_test(a_coop_taskrun_ring_works),
		once_test(a_taskrun_flag_ring_works),
		once_test(a_single_issuer_ring_works),
		once_test(a_defer_taskrun_ring_works),
		once_test(a_cqe32_ring_works),
		once_test(a_cqe32_defer_taskrun_ring_works),
		once_test(a_submit_all_ring_works),
		once_test(a_large_cq_works),
		once_test(a_cq_as_small_as_the_sq_works),
		once_test(the_smallest_ring_works),
		once_test(a_zeroed_ring_is_closed),
		once_test(a_ring_that_was_closed_is_closed),
		once_test(used_up_generations_open_no_ring),
	};

	return cmocka_run_group_tests_name("open", tests, NULL, NULL);
}
