/* SPDX-License-Identifier: MIT */
/*
 * The fixture that every test uses: one ring in memory of exactly the size
 * asked for (so that ASan sees a step beyond it), a violation handler that
 * records, and what tests do all the time.
 *
 * A test runs on the real seam and on the emulated one, whichever it is linked
 * with; on_emulated() tells. A failed assertion jumps out of the test, so rings
 * and descriptors belong to the fixture, which ends them in its teardown:
 *
 *	static void a_token_is_seen_once(void **state)
 *	{
 *		struct fixture *f = *state;
 *
 *		open_ring(f, NULL);
 *		arm_nop(f, 7, NULL);
 *		...
 *	}
 *	cmocka_unit_test_setup_teardown(a_token_is_seen_once, fixture_setup, fixture_teardown)
 */
#ifndef ONCERING_TESTS_HARNESS_H
#define ONCERING_TESTS_HARNESS_H

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <oncering.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
	FIXTURE_LOG = 64,         /* violations kept */
	FIXTURE_FDS = 32,
	FEAT_EXT_ARG = 1 << 8     /* IORING_FEAT_EXT_ARG, to be hidden */
};

struct fixture {
	struct once_ring ring;
	struct once_memory memory;  /* on the heap, as open_ring() asked for */
	struct once_violation log[FIXTURE_LOG]; /* the last ones; see last_violation() */
	uint32_t violations;        /* reported since forget_violations() */
	int fds[FIXTURE_FDS];       /* closed in teardown */
	uint32_t fd_count;
	bool legacy;                /* opened without IORING_FEAT_EXT_ARG */
	struct fixture *next;       /* see second_fixture() */
};

#define once_test(name) cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)

int fixture_setup(void **state);
/*
 * Drains and closes what is open, and fails if a test left something behind
 * that a drain cannot end (held tokens, taken SQEs): a test that wants so
 * abandons its ring itself.
 */
int fixture_teardown(void **state);
/* One more ring for the test, ended with the first. */
struct fixture *second_fixture(struct fixture *f);

/* True if linked with tests/emulated/, false on a real io_uring. */
bool on_emulated(void);
/* Skip the test unless it runs on that back end. */
void need_emulated(void);
void need_real(void);

/*
 * once_open() with *overrides*; where it is zero (or NULL): 8 entries, memory
 * for the sizes, a capacity of half the CQ, the recording handler. memory.capacity
 * alone may be set; memory with arrays is used as it is. Returns what
 * once_open() returned; -EPERM and -ENOSYS on a real ring skip the test.
 */
int try_open_ring(struct fixture *f, const struct once_config *overrides);
/* The same, asserting 0. */
int open_ring(struct fixture *f, const struct once_config *overrides);
/* once_open() with *config*, which try_open_ring() would have completed so. */
struct once_config complete_config(struct fixture *f, const struct once_config *overrides);

/* --- codes --- */

/* Fails with both names. */
#define assert_code(actual, expected) \
	assert_code_at((int64_t)(actual), (int64_t)(expected), #actual, __FILE__, __LINE__)
#define assert_ok(actual) assert_code(actual, 0)

__attribute__((noreturn, cold))
void fail_code(int64_t actual, int64_t expected, const char *text, const char *file, int line);

/* Inline, so that the compiler knows: after assert_ok(once_peek(...)) there is a token. */
__attribute__((always_inline))
static inline void assert_code_at(int64_t actual, int64_t expected, const char *text,
				  const char *file, int line)
{
	if (actual != expected)
		fail_code(actual, expected, text, file, line);
}

/* --- violations --- */

void forget_violations(struct fixture *f);
/* How many of the kept ones bear *code*. */
uint32_t violations_of(const struct fixture *f, int code);
/* The newest one. Fails if there is none. */
const struct once_violation *last_violation(const struct fixture *f);
/* Exactly one violation since the last look, with *code*; forgets it. */
#define assert_violation(f, code) assert_violation_at((f), (code), __FILE__, __LINE__)
void assert_violation_at(struct fixture *f, int code, const char *file, int line);
#define assert_no_violation(f) assert_no_violation_at((f), __FILE__, __LINE__)
void assert_no_violation_at(const struct fixture *f, const char *file, int line);

/* --- accounts --- */

/* free + taken + armed + in flight + retired == capacity. */
#define assert_conserved(f) assert_conserved_at((f), __FILE__, __LINE__)
void assert_conserved_at(const struct fixture *f, const char *file, int line);
/* ... and taken, armed, in flight, held, reserved and ready are 0, without overflow. */
#define assert_accounts_zero(f) assert_accounts_zero_at((f), __FILE__, __LINE__)
void assert_accounts_zero_at(const struct fixture *f, const char *file, int line);

/* --- operations: each asserts success --- */

/* Take, prepare, arm with a cookie; *ticket* may be NULL. */
void arm_nop(struct fixture *f, uint64_t cookie, struct once_ticket *ticket);
void arm_read(struct fixture *f, int fd, void *buffer, size_t length, uint64_t offset,
	      uint64_t cookie, struct once_ticket *ticket);
void arm_timeout(struct fixture *f, const struct once_timespec *time, uint64_t cookie,
		 struct once_ticket *ticket);
void arm_cancel(struct fixture *f, const struct once_ticket *target, uint64_t cookie);
/* A taken SQE, not prepared. */
struct once_sqe taken_sqe(struct fixture *f);
/* Arm a NOP or say why not: 0, or what take or arm returned. */
int try_nop(struct fixture *f, uint64_t cookie, struct once_ticket *ticket);
/* Submit; asserts that all that was armed went. */
void submit_all(struct fixture *f);
/* Wait for the next token (at most seconds, then fails). */
struct once_cqe next_token(struct fixture *f);
/* The cookie of a held token. */
uint64_t cookie_of(const struct once_cqe *cqe);
/* Wait for the next completion, which must be the one lent *cookie*; returns its result, sees it. */
int32_t finish(struct fixture *f, uint64_t cookie);
/* *count* NOPs from arm to seen. */
void run_nops(struct fixture *f, uint32_t count);

/* --- descriptors, closed in teardown --- */

int keep_fd(struct fixture *f, int fd);
/* A file in memory that holds *bytes*. */
int temp_file(struct fixture *f, const void *bytes, size_t size);
void make_pipe(struct fixture *f, int fds[2]);
void make_sockets(struct fixture *f, int fds[2]);
/* An eventfd, not blocking. */
int make_eventfd(struct fixture *f);
/* Reads it: the count, or 0. */
uint64_t read_eventfd(int fd);

#endif
