/* SPDX-License-Identifier: MIT */
/*
 * Public bugs, class: user_data unset, stale, reserved or colliding; and owners
 * freed while the kernel still has them.
 *
 * No completion library can answer, of this class:
 *   asio #1284  an owner on a stack frame that dies: no pointer tells how long it lives
 *   rio #1, slp/io-uring #1  buffers of a dropped Rust future: a borrow checker's business;
 *                            here the drain says when they are free
 */
#include "world.h"

struct reader {
	int number;
};
struct writer {
	int number;
	char name[8];
};

ONCE_OWNER(reader, struct reader);
ONCE_OWNER(writer, struct writer);

/* prep_nop() without set_data(): the CQE bears the user_data of an SQE long gone. */
static void liburing_690_nop_without_user_data(void **state)
{
	struct fixture *f = *state;
	struct reader mine = { 1 };
	struct reader *back = NULL;
	struct once_sqe sqe = { 0 };
	struct once_cqe cqe = { 0 };

	open_ring(f, NULL);
	for (int i = 0; i < 20; i++) { /* every place of the SQ has held mine */
		sqe = taken_sqe(f);
		once_prep_nop(&sqe);
		assert_ok(once_arm(&sqe, reader_lend(&mine), NULL));
		submit_all(f);
		cqe = next_token(f);
		assert_ok(once_seen(&f->ring, &cqe));
	}
	/* there is no way to arm without saying what is lent */
	arm_nop(f, 0, NULL);
	submit_all(f);
	cqe = next_token(f);
	assert_code(reader_of(&cqe, &back), ONCE_WRONG_TYPE);
	assert_null(back);
	assert_int_equal(cookie_of(&cqe), 0);
	assert_ok(once_seen(&f->ring, &cqe));
}

/* The timeout's SQE carries the pointer of the operation before it (also asio #1215). */
static void liburing_848_timeout_with_the_last_pointer(void **state)
{
	struct fixture *f = *state;
	struct reader mine = { 1 };
	struct once_sqe sqe = { 0 };
	struct once_cqe cqe = { 0 };
	struct reader *back = NULL;

	open_ring(f, NULL);
	for (int i = 0; i < 16; i++) {
		sqe = taken_sqe(f);
		once_prep_nop(&sqe);
		assert_ok(once_arm(&sqe, reader_lend(&mine), NULL));
		submit_all(f);
		cqe = next_token(f);
		assert_ok(reader_of(&cqe, &back));
		assert_ok(once_seen(&f->ring, &cqe));
		arm_timeout(f, &one_millisecond, 5, NULL);
		submit_all(f);
		assert_int_equal(finish(f, 5), -ETIME);
	}
}

/* Ids reach 2^64-1, which is LIBURING_UDATA_TIMEOUT: the completion is swallowed, the wait hangs. */
static void liburing_224_an_id_of_all_ones_hangs(void **state)
{
	struct fixture *f = *state;
	struct once_config config = { .cq_entries = 16 };

	for (int legacy = 0; legacy < 2; legacy++) {
		struct once_completion done = { 0 };
		struct once_cqe cqe = { 0 };

		config.hide_features = legacy ? IORING_FEAT_EXT_ARG : 0;
		open_ring(f, &config);
		for (int i = 0; i < 4; i++)
			arm_nop(f, UINT64_MAX, NULL);
		submit_all(f);
		assert_int_equal(finish(f, UINT64_MAX), 0); /* by wait */
		assert_ok(once_peek(&f->ring, &cqe));
		assert_true(cookie_of(&cqe) == UINT64_MAX);
		assert_ok(once_seen(&f->ring, &cqe));
		assert_code(once_peek_batch(&f->ring, &cqe, 1), 1);
		assert_true(cookie_of(&cqe) == UINT64_MAX);
		assert_ok(once_seen(&f->ring, &cqe));
		assert_ok(once_reap(&f->ring, &done));
		assert_true(done.lent.value == UINT64_MAX);
		assert_ok(once_close(&f->ring, NULL));
	}
}

/* peek_batch_cqe() hands out the CQE of liburing's own timeout; also liburing PR #1446, iou #34. */
static void liburing_53_batch_delivers_the_internal_timeout(void **state)
{
	struct fixture *f = *state;
	const struct once_config config = { .hide_features = IORING_FEAT_EXT_ARG,
					    .cq_entries = 16 };
	struct once_cqe cqes[4] = { 0 };
	struct once_cqe cqe = { 0 };

	open_ring(f, &config);
	for (int i = 0; i < 8; i++) {
		assert_code(once_wait_timeout(&f->ring, &cqe, &one_millisecond), -ETIME);
		assert_code(once_peek_batch(&f->ring, cqes, 4), -EAGAIN);
	}
	assert_no_violation(f);
}

/* An early return leaves a taken SQE behind, whose owner is a dead frame (PhotonLibOS #1270, #1569). */
static void photonlibos_1270_early_return_leaves_an_sqe(void **state)
{
	struct fixture *f = *state;
	struct once_sqe left = { 0 };

	open_ring(f, NULL);
	left = taken_sqe(f); /* ... and the function returns */
	arm_nop(f, 1, NULL);
	assert_code(once_submit(&f->ring), ONCE_NOT_ARMED);
	assert_int_not_equal(last_violation(f)->slot, ONCE_NO_INDEX);
	assert_ok(once_give_back(&left));
	submit_all(f);
	assert_int_equal(finish(f, 1), 0);
}

/* Submit fails, the operation is freed, the queued SQE runs later (also #8185, LMCache #2635). */
static void tokio_8255_submit_failed_op_stays_live(void **state)
{
	struct fixture *f = *state;
	struct once_survivor survivor;
	struct once_sqe sqe = { 0 };
	char buffer[4] = { 0 };
	int fd;

	open_ring(f, NULL);
	fd = temp_file(f, "abcd", 4);
	sqe = taken_sqe(f);
	once_prep_raw(&sqe)->opcode = 0xff;
	arm_sqe(&sqe, 1, NULL);
	arm_read(f, fd, buffer, 4, 0, 2, NULL);
	assert_code(once_submit(&f->ring), 1); /* short: the read did not go */
	assert_int_equal(finish(f, 1), -EINVAL);
	/* it is not the program's to free: the ring names it, and does not close */
	assert_code(once_close(&f->ring, NULL), ONCE_STILL_LIVE);
	assert_int_equal(once_survivors(&f->ring, &survivor, 1), 1);
	assert_int_equal(survivor.lent.value, 2);
	assert_int_equal(survivor.state, ONCE_STATE_ARMED);
	submit_all(f);
	assert_int_equal(finish(f, 2), 4);
	assert_memory_equal(buffer, "abcd", 4);
	assert_int_equal(once_survivors(&f->ring, NULL, 0), 0);
}

/* Cancel by a pointer that was used again hits the second activation (also socketry/io-event #219). */
static void libxev_233_cancel_hits_the_second_activation(void **state)
{
	struct fixture *f = *state;
	const struct once_config config = { .memory = { .capacity = 2 } };
	static struct reader reused; /* one object, armed twice */
	struct once_ticket first;
	struct once_ticket second;
	struct once_sqe sqe = { 0 };
	struct once_cqe cqe = { 0 };

	open_ring(f, &config);
	sqe = taken_sqe(f);
	once_prep_timeout(&sqe, &one_millisecond, 0, 0);
	assert_ok(once_arm(&sqe, reader_lend(&reused), &first));
	submit_all(f);
	cqe = next_token(f);
	assert_ok(once_seen(&f->ring, &cqe));
	sqe = taken_sqe(f);
	once_prep_timeout(&sqe, &one_hour, 0, 0);
	assert_ok(once_arm(&sqe, reader_lend(&reused), &second));
	submit_all(f);
	sqe = taken_sqe(f);
	once_prep_cancel(&sqe, &first);
	assert_code(once_arm(&sqe, once_cookie(0), NULL), ONCE_STALE_TICKET);
	assert_int_equal(once_state_of(&f->ring, &second), ONCE_STATE_IN_FLIGHT);
}

/* A CQE without user_data is cast to a pointer, and panics; nginx PR #1303 consumed it silently. */
static void libxev_31_null_user_data_is_cast(void **state)
{
	struct fixture *f = *state;
	struct once_cqe cqe = { 0 };
	struct reader *owner = NULL;

	open_ring(f, NULL);
	post_foreign(f, 0, 0);
	assert_ok(once_peek(&f->ring, &cqe));
	assert_int_equal(once_class(&cqe), ONCE_CLASS_FOREIGN);
	assert_code(reader_of(&cqe, &owner), ONCE_FOREIGN);
	assert_null(owner);
	assert_ok(once_seen(&f->ring, &cqe));
}

/* ReadAsync and MultiRead share a ring and take each other's CQEs (RocksDB #8894, #14158). */
static void rocksdb_8894_two_users_of_one_ring(void **state)
{
	struct fixture *f = *state;
	struct reader reads = { 1 };
	struct writer writes = { 2, "w" };
	struct once_sqe sqe = { 0 };

	open_ring(f, NULL);
	sqe = taken_sqe(f);
	once_prep_nop(&sqe);
	assert_ok(once_arm(&sqe, reader_lend(&reads), NULL));
	sqe = taken_sqe(f);
	once_prep_nop(&sqe);
	assert_ok(once_arm(&sqe, writer_lend(&writes), NULL));
	submit_all(f);
	for (int i = 0; i < 2; i++) {
		struct once_cqe cqe = next_token(f);
		struct reader *reader = NULL;
		struct writer *writer = NULL;

		assert_code(reader_of(&cqe, &reader), i == 0 ? 0 : ONCE_WRONG_TYPE);
		assert_code(writer_of(&cqe, &writer), i == 1 ? 0 : ONCE_WRONG_TYPE);
		assert_ptr_equal(reader, i == 0 ? &reads : NULL);
		assert_ptr_equal(writer, i == 1 ? &writes : NULL);
		assert_ok(once_seen(&f->ring, &cqe));
	}
}

/* AbortIO consumes the CQEs of other handles, whose owners then wait for ever. */
static void rocksdb_11242_abort_takes_the_others_completions(void **state)
{
	struct fixture *f = *state;
	struct once_ticket mine;
	bool back[3] = { false };

	open_ring(f, NULL);
	arm_nop(f, 0, NULL);
	arm_timeout(f, &one_hour, 1, &mine);
	submit_all(f);
	arm_cancel(f, &mine, 2);
	submit_all(f);
	while (once_in_flight(&f->ring) != 0) {
		const struct once_cqe cqe = next_token(f);

		back[cookie_of(&cqe)] = true; /* whoever delivers knows whose it is */
		assert_ok(once_seen(&f->ring, &cqe));
	}
	assert_true(back[0] && back[1] && back[2]);
}

/* Late CQEs of a failed batch are counted as the next one's: silent corruption (DingoCache #75). */
static void mooncake_3066_late_completions_of_the_last_batch(void **state)
{
	struct fixture *f = *state;
	struct once_ticket first[3];
	struct once_ticket second[3];
	uint32_t mine = 0;

	open_ring(f, NULL);
	for (uint64_t i = 0; i < 3; i++)
		arm_timeout(f, &one_millisecond, i, &first[i]);
	submit_all(f);
	/* given up; the next batch */
	for (uint64_t i = 0; i < 3; i++)
		arm_timeout(f, &one_millisecond, 10 + i, &second[i]);
	submit_all(f);
	for (int i = 0; i < 6; i++) {
		const struct once_cqe cqe = next_token(f);
		struct once_ticket ticket;

		assert_ok(once_ticket_of(&cqe, &ticket));
		for (int j = 0; j < 3; j++)
			mine += ticket.id == second[j].id ? 1 : 0;
		assert_int_equal(cookie_of(&cqe) >= 10, ticket.id == second[0].id ||
				 ticket.id == second[1].id || ticket.id == second[2].id);
		assert_ok(once_seen(&f->ring, &cqe));
	}
	assert_int_equal(mine, 3);
}

/* The socket is freed while its CQE waits in the same batch (SPDK #3089, #2406; envoy #44740). */
static void spdk_3089_freed_while_a_completion_pends(void **state)
{
	struct fixture *f = *state;
	struct once_ticket tickets[2];
	struct once_cqe cqes[2] = { 0 };

	open_ring(f, NULL);
	arm_nop(f, 5, &tickets[0]);
	arm_nop(f, 5, &tickets[1]); /* the same owner twice */
	submit_all(f);
	assert_code(once_peek_batch(&f->ring, cqes, 2), 2);
	assert_ok(once_seen(&f->ring, &cqes[0]));
	assert_int_equal(once_state_of(&f->ring, &tickets[0]), ONCE_STATE_FREE);
	assert_int_equal(once_state_of(&f->ring, &tickets[1]), ONCE_STATE_ENDED);
	assert_int_equal(cookie_of(&cqes[1]), 5);
	assert_ok(once_seen(&f->ring, &cqes[1]));
	assert_int_equal(once_state_of(&f->ring, &tickets[1]), ONCE_STATE_FREE);
}

/* The buffer is freed before its completion (tokio-uring #125, glommio #104, samba #429, netty #17238). */
static void foyer_1286_buffer_freed_while_in_flight(void **state)
{
	struct fixture *f = *state;
	const struct once_timespec patience = { 20, 0 };
	char *buffer;
	int fds[2];

	open_ring(f, NULL); /* or skip */
	buffer = malloc(4);
	assert_non_null(buffer);
	make_pipe(f, fds);
	arm_blocked_read(f, fds[0], buffer, 4, 1, NULL);
	submit_all(f);
	assert_code(once_close(&f->ring, NULL), ONCE_STILL_LIVE);
	assert_ok(once_drain(&f->ring, &patience, NULL, 0, NULL));
	free(buffer); /* now it is the program's, and ASan agrees */
	assert_int_equal(write(fds[1], "late", 4), 4);
	assert_ok(once_close(&f->ring, NULL));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		once_test(liburing_690_nop_without_user_data),
		once_test(liburing_848_timeout_with_the_last_pointer),
		once_test(liburing_224_an_id_of_all_ones_hangs),
		once_test(liburing_53_batch_delivers_the_internal_timeout),
		once_test(photonlibos_1270_early_return_leaves_an_sqe),
		once_test(tokio_8255_submit_failed_op_stays_live),
		once_test(libxev_233_cancel_hits_the_second_activation),
		once_test(libxev_31_null_user_data_is_cast),
		once_test(rocksdb_8894_two_users_of_one_ring),
		once_test(rocksdb_11242_abort_takes_the_others_completions),
		once_test(mooncake_3066_late_completions_of_the_last_batch),
		once_test(spdk_3089_freed_while_a_completion_pends),
		once_test(foyer_1286_buffer_freed_while_in_flight),
	};

	return cmocka_run_group_tests_name("public bugs: user_data", tests, NULL, NULL);
}
