/* SPDX-License-Identifier: MIT */
/*
 * Public bugs, class: seen too early, never, twice, or without a completion.
 * A bare "liburing" is axboe/liburing; each test commits the mistake of the
 * thread in its name and asserts the answer.
 *
 * No completion library can answer, of this class:
 *   liburing 4279ae37 (peek_batch on CQE_MIXED rings)  such rings are refused at open
 *   condy's use of cqe_nr, RocksDB's nr                counts of raw slots do not exist here
 */
#include "world.h"

static struct once_cqe token_of(struct fixture *f, uint64_t cookie)
{
	arm_nop(f, cookie, NULL);
	submit_all(f);
	return next_token(f);
}

/* io_uring_cqe_seen(), then cqe->res: postgres method_io_uring.c, copied into pgagroal #678. */
static void postgresql_use_after_seen(void **state)
{
	struct fixture *f = *state;
	struct once_cqe cqe = { 0 };
	struct once_completion done = { 0 };
	uint64_t owner = 7;

	open_ring(f, NULL);
	cqe = token_of(f, 1);
	assert_ok(once_seen(&f->ring, &cqe));
	cqe = copy_of(&cqe);
	assert_code(once_result(&cqe), ONCE_SPENT);
	assert_violation(f, ONCE_SPENT);
	assert_code(once_owner(&cqe, &once_cookie_type, &owner), ONCE_SPENT);
	assert_int_equal(owner, 7);
	/* the order that PostgreSQL wanted has a call of its own: a copy, seen already */
	arm_nop(f, 2, NULL);
	submit_all(f);
	assert_ok(once_wait_reap(&f->ring, &done, NULL));
	assert_int_equal(done.lent.value, 2);
}

/* ocaml-uring #123, iouring-go getCQEvent: the pointer is kept, the place is used again. */
static void ocaml_uring_123_a_kept_completion_reads_the_next_one(void **state)
{
	struct fixture *f = *state;
	struct once_cqe kept = { 0 };
	struct once_cqe copy;

	open_ring(f, NULL);
	kept = token_of(f, 100);
	copy = copy_of(&kept);
	assert_ok(once_seen(&f->ring, &kept));
	for (int i = 0; i < 40; i++) {
		run_nops(f, 1);
		assert_code(once_result(&copy), ONCE_SPENT);
	}
}

/* cq_advance(), submit more, then for_each_cqe over "the old ones". */
static void liburing_757_advance_then_read_the_old_batch(void **state)
{
	struct fixture *f = *state;
	struct once_cqe old[4] = { 0 };
	struct once_cqe new[4] = { 0 };

	open_ring(f, NULL);
	for (uint64_t i = 0; i < 4; i++)
		arm_nop(f, i, NULL);
	submit_all(f);
	assert_code(once_peek_batch(&f->ring, old, 4), 4);
	assert_int_equal(once_seen_batch(&f->ring, old, 4), 4);
	for (uint64_t i = 4; i < 8; i++)
		arm_nop(f, i, NULL);
	submit_all(f);
	for (int i = 0; i < 4; i++)
		assert_code(once_result(&old[i]), ONCE_SPENT);
	assert_code(once_peek_batch(&f->ring, new, 4), 4);
	for (uint64_t i = 0; i < 4; i++)
		assert_int_equal(cookie_of(&new[i]), 4 + i);
	assert_int_equal(once_seen_batch(&f->ring, new, 4), 4);
}

/* Release the batch, then work on it: the kernel may post over what was not read yet. */
static void liburing_103_release_before_processing(void **state)
{
	struct fixture *f = *state;
	struct once_cqe cqes[8] = { 0 };

	open_ring(f, NULL);
	for (uint64_t i = 0; i < 8; i++)
		arm_nop(f, i, NULL);
	submit_all(f);
	assert_code(once_peek_batch(&f->ring, cqes, 8), 8);
	assert_int_equal(once_seen_batch(&f->ring, cqes, 3), 3);
	/* what is not released cannot be posted over, however much is submitted */
	for (int i = 0; i < 5; i++)
		assert_code(try_nop(f, 0xbad, NULL), i < 3 ? 0 : ONCE_NO_SLOT);
	submit_all(f);
	for (uint64_t i = 3; i < 8; i++)
		assert_int_equal(cookie_of(&cqes[i]), i);
	assert_int_equal(once_seen_batch(&f->ring, cqes + 3, 5), 5);
	assert_code(once_discard(&f->ring), 3);
}

/* No seen at all: the same result on every read, for ever. */
static void liburing_62_seen_forgotten(void **state)
{
	struct fixture *f = *state;
	struct once_cqe first = { 0 };
	struct once_cqe second = { 0 };
	struct once_report report;

	open_ring(f, NULL);
	first = token_of(f, 1);
	second = token_of(f, 2); /* not the first one again */
	assert_int_equal(cookie_of(&second), 2);
	assert_int_equal(once_held(&f->ring), 2);
	assert_code(once_close(&f->ring, &report), ONCE_STILL_HELD);
	assert_int_equal(report.held, 2);
	assert_ok(once_seen(&f->ring, &first));
	assert_ok(once_seen(&f->ring, &second));
}

/* "continue" in the error branch, without seen: -EBADF comes back for ever (also #521). */
static void liburing_519_error_branch_forgets_seen(void **state)
{
	struct fixture *f = *state;
	struct once_cqe forgotten = { 0 };
	struct once_cqe next = { 0 };
	char buffer[4];

	open_ring(f, NULL);
	arm_read(f, -1, buffer, sizeof buffer, 0, 1, NULL);
	submit_all(f);
	forgotten = next_token(f);
	assert_int_equal(once_result(&forgotten), -EBADF);
	next = token_of(f, 2);
	assert_int_equal(once_result(&next), 0);
	assert_ok(once_seen(&f->ring, &next));
	assert_int_equal(once_held(&f->ring), 1); /* counted, and found at the latest at close */
	assert_ok(once_seen(&f->ring, &forgotten));
}

/* The CQE is used although the wait failed (shuveb/io_uring-by-example #2, with EINTR). */
static void io_uring_by_example_2_completion_of_a_failed_wait(void **state)
{
	struct fixture *f = *state;
	struct once_cqe cqe = { 0 };

	open_ring(f, NULL);
	assert_code(once_wait(&f->ring, &cqe), ONCE_WOULD_HANG);
	cqe = copy_of(&cqe);
	assert_code(once_result(&cqe), ONCE_SPENT);
	assert_code(once_class(&cqe), ONCE_SPENT);
}

/* cqe_seen() on the -ETIME path: the head runs past the tail. */
static void liburing_331_seen_after_etime(void **state)
{
	struct fixture *f = *state;
	struct once_cqe cqe = { 0 };

	open_ring(f, NULL);
	assert_code(once_wait_timeout(&f->ring, &cqe, &one_millisecond), -ETIME);
	cqe = copy_of(&cqe);
	assert_code(once_seen(&f->ring, &cqe), ONCE_NOT_ISSUED);
	assert_violation(f, ONCE_NOT_ISSUED);
	/* with the token of an earlier round still in the variable */
	cqe = token_of(f, 1);
	assert_ok(once_seen(&f->ring, &cqe));
	cqe = copy_of(&cqe);
	assert_code(once_wait_timeout(&f->ring, &cqe, &one_millisecond), -ETIME);
	cqe = copy_of(&cqe);
	assert_code(once_seen(&f->ring, &cqe), ONCE_SEEN_TWICE);
	assert_int_equal(once_ready(&f->ring), 0); /* raw: 4294967295 */
	run_nops(f, 20);
	assert_accounts_zero(f);
}

/* SeenCqe in every error branch, "to be safe" (ii64/gouring #12). */
static void gouring_12_seen_in_every_error_branch(void **state)
{
	struct fixture *f = *state;
	struct once_cqe cqe = { 0 };

	open_ring(f, NULL);
	arm_timeout(f, &one_hour, 1, NULL);
	submit_all(f);
	for (int i = 0; i < 3; i++) {
		assert_code(once_peek(&f->ring, &cqe), -EAGAIN);
		cqe = copy_of(&cqe);
		assert_code(once_seen(&f->ring, &cqe), ONCE_NOT_ISSUED);
	}
	assert_int_equal(once_passed_total(&f->ring), 0);
	assert_int_equal(once_in_flight(&f->ring), 1);
}

/* One count for buffers and CQEs: more are advanced over than there were. */
static void liburing_628_one_count_for_two_things(void **state)
{
	struct fixture *f = *state;
	struct once_cqe cqes[8] = { 0 };

	open_ring(f, NULL);
	for (uint64_t i = 0; i < 3; i++)
		arm_nop(f, i, NULL);
	submit_all(f);
	assert_code(once_peek_batch(&f->ring, cqes, 8), 3);
	assert_int_equal(once_seen_batch(&f->ring, cqes, 5), 3); /* no further than what was delivered */
	assert_code(once_seen_batch(&f->ring, cqes + 3, 2), ONCE_NOT_ISSUED);
	assert_int_equal(once_passed_total(&f->ring), 3);
	run_nops(f, 20);
}

/* A wrong remainder while reaping (axboe/fio #1945), in-flight drift (cppalliance/corosio #308). */
static void fio_1945_reaped_and_counted_are_the_same(void **state)
{
	struct fixture *f = *state;
	struct once_completion done[3] = { 0 };
	uint64_t armed = 0;
	uint64_t reaped = 0;

	open_ring(f, NULL);
	for (unsigned round = 0; round < 100; round++) {
		for (uint64_t i = 0; i < round % 8; i++)
			arm_nop(f, armed++, NULL);
		submit_all(f);
		for (;;) {
			const int rc = once_reap_batch(&f->ring, done, 1 + round % 3);

			if (rc == -EAGAIN)
				break;
			for (int i = 0; i < rc; i++)
				assert_int_equal(done[i].lent.value, reaped++);
			assert_int_equal(once_in_flight(&f->ring), armed - reaped);
		}
	}
	assert_int_equal(armed, reaped);
	assert_accounts_zero(f);
}

static uint64_t handled_mask;

static void handle(struct fixture *f, const struct once_cqe *outer, int depth)
{
	struct once_cqe inner = { 0 };

	handled_mask ^= UINT64_C(1) << cookie_of(outer);
	/* the handler runs the loop again, before its own completion is seen */
	while (depth < 3 && once_peek(&f->ring, &inner) == 0) {
		handle(f, &inner, depth + 1);
		assert_ok(once_seen(&f->ring, &inner));
	}
}

/* Fibers re-enter the CQE loop before it advances: duplicates (socketry/io-event #78; QEMU; liburing #110). */
static void io_event_78_reentered_loop_sees_duplicates(void **state)
{
	struct fixture *f = *state;
	struct once_cqe cqe = { 0 };

	open_ring(f, NULL);
	handled_mask = 0;
	for (uint64_t i = 0; i < 8; i++)
		arm_nop(f, i, NULL);
	submit_all(f);
	while (once_peek(&f->ring, &cqe) == 0) {
		handle(f, &cqe, 0);
		assert_ok(once_seen(&f->ring, &cqe));
	}
	assert_int_equal(handled_mask, 0xff); /* each of them once */
	assert_accounts_zero(f);
}

/* -ETIME together with a pointer to a CQE that is released already (liburing 7e01907b). */
static void liburing_7e01907b_stale_completion_with_an_error(void **state)
{
	struct fixture *f = *state;
	const struct once_config config = { .hide_features = IORING_FEAT_EXT_ARG,
					    .cq_entries = 16 };
	struct once_cqe cqe = { 0 };

	open_ring(f, &config);
	assert_code(once_wait_timeout(&f->ring, &cqe, &one_millisecond), -ETIME);
	assert_null(cqe.hold);
	assert_null(cqe.ring);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		once_test(postgresql_use_after_seen),
		once_test(ocaml_uring_123_a_kept_completion_reads_the_next_one),
		once_test(liburing_757_advance_then_read_the_old_batch),
		once_test(liburing_103_release_before_processing),
		once_test(liburing_62_seen_forgotten),
		once_test(liburing_519_error_branch_forgets_seen),
		once_test(io_uring_by_example_2_completion_of_a_failed_wait),
		once_test(liburing_331_seen_after_etime),
		once_test(gouring_12_seen_in_every_error_branch),
		once_test(liburing_628_one_count_for_two_things),
		once_test(fio_1945_reaped_and_counted_are_the_same),
		once_test(io_event_78_reentered_loop_sees_duplicates),
		once_test(liburing_7e01907b_stale_completion_with_an_error),
	};

	return cmocka_run_group_tests_name("public bugs: seen", tests, NULL, NULL);
}
