/* SPDX-License-Identifier: MIT */
/* The mistakes of README's table, in its order. */
#include "demo.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/io_uring.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

static ONCE_MEMORY(memory, 8, 16, 8);
static ONCE_MEMORY(other_memory, 8, 64, 32);

static struct request first = { 1 };
static struct request second = { 2 };
static char landing[16]; /* what blocked reads read into */

static void remember(void *context, const struct once_violation *violation)
{
	struct stage *stage = context;

	stage->last = *violation;
	stage->reported++;
}

/* A copy that the compiler cannot see through: gcc -Wall refuses the mistakes below. */
static struct once_cqe copy_of(const struct once_cqe *cqe)
{
	const struct once_cqe *volatile hidden = cqe;

	return *hidden;
}

int start_nop(struct once_ring *ring, struct request *owner, struct once_ticket *ticket)
{
	struct once_sqe sqe;
	int rc = once_take(ring, &sqe);

	if (rc < 0)
		return rc;
	once_prep_nop(&sqe);
	rc = once_arm(&sqe, request_lend(owner), ticket);
	if (rc == 0)
		rc = once_submit(ring);
	return rc < 0 ? rc : 0;
}

int start_read(struct once_ring *ring, int fd, struct request *owner)
{
	struct once_sqe sqe;
	int rc = once_take(ring, &sqe);

	if (rc < 0)
		return rc;
	once_prep_read(&sqe, fd, landing, sizeof landing, ONCE_CURRENT);
	rc = once_arm(&sqe, request_lend(owner), NULL);
	if (rc == 0)
		rc = once_submit(ring);
	return rc < 0 ? rc : 0;
}

int finish_all(struct once_ring *ring)
{
	struct once_completion done;
	int rc = 0;

	while (rc == 0 && once_in_flight(ring) != 0)
		rc = once_wait_reap(ring, &done, NULL);
	return rc;
}

/* --- the mistakes --- */

static int see_twice(struct stage *stage)
{
	struct once_cqe cqe, copy;
	int rc = start_nop(&stage->ring, &first, NULL);

	if (rc < 0 || once_wait(&stage->ring, &cqe) < 0)
		return WENT_WRONG;
	copy = copy_of(&cqe);
	rc = once_seen(&stage->ring, &cqe);
	return rc < 0 ? WENT_WRONG : once_seen(&stage->ring, &copy);
}

static int never_see(struct stage *stage)
{
	struct once_report report;
	struct once_cqe cqe;
	int rc = start_nop(&stage->ring, &first, NULL);
	int answer;

	if (rc < 0 || once_wait(&stage->ring, &cqe) < 0)
		return WENT_WRONG;
	answer = once_close(&stage->ring, &report);
	rc = once_seen(&stage->ring, &cqe);
	return rc < 0 || report.held != 1 ? WENT_WRONG : answer;
}

static int see_out_of_order(struct stage *stage)
{
	const uint64_t before = once_passed_total(&stage->ring);
	struct once_cqe older, newer;
	uint64_t between;

	if (start_nop(&stage->ring, &first, NULL) < 0 ||
	    start_nop(&stage->ring, &second, NULL) < 0 || once_wait(&stage->ring, &older) < 0 ||
	    once_wait(&stage->ring, &newer) < 0 || once_seen(&stage->ring, &newer) < 0)
		return WENT_WRONG;
	between = once_passed_total(&stage->ring);
	if (once_result(&older) != 0 || once_seen(&stage->ring, &older) < 0)
		return WENT_WRONG;
	return between == before && once_passed_total(&stage->ring) == before + 2 ? 0 : WENT_WRONG;
}

static int read_after_seen(struct stage *stage)
{
	struct once_cqe cqe, copy;
	int rc = start_nop(&stage->ring, &first, NULL);

	if (rc < 0 || once_wait(&stage->ring, &cqe) < 0)
		return WENT_WRONG;
	copy = copy_of(&cqe);
	rc = once_seen(&stage->ring, &cqe);
	return rc < 0 ? WENT_WRONG : once_result(&copy);
}

static int arm_unprepared(struct stage *stage)
{
	struct once_sqe sqe;

	if (once_take(&stage->ring, &sqe) < 0)
		return WENT_WRONG;
	return once_arm(&sqe, request_lend(&first), NULL);
}

/* Arm a raw SQE that has a user_data of its own. */
static int arm_user_data(struct stage *stage, uint64_t user_data)
{
	struct io_uring_sqe *raw;
	struct once_sqe sqe;

	if (once_take(&stage->ring, &sqe) < 0)
		return WENT_WRONG;
	raw = once_prep_raw(&sqe);
	raw->opcode = IORING_OP_NOP;
	raw->user_data = user_data;
	return once_arm(&sqe, request_lend(&first), NULL);
}

static int arm_own_pointer(struct stage *stage)
{
	return arm_user_data(stage, (uint64_t)(uintptr_t)&first);
}

static int arm_the_reserved(struct stage *stage)
{
	return arm_user_data(stage, UINT64_MAX);
}

/* The first of several CQEs came; the program believes that this was all, and closes. */
static int free_on_first(struct stage *stage)
{
	const int fd = eventfd(1, EFD_CLOEXEC);
	struct once_ticket ticket;
	struct once_cqe cqe;
	struct once_sqe sqe;
	bool live;
	int answer;

	if (once_take(&stage->ring, &sqe) < 0)
		return WENT_WRONG;
	once_prep_poll_multishot(&sqe, fd, POLLIN);
	if (once_arm(&sqe, request_lend(&first), &ticket) < 0 || once_submit(&stage->ring) < 0 ||
	    once_wait(&stage->ring, &cqe) < 0)
		return WENT_WRONG;
	live = once_is_terminal(&cqe) == 0;
	if (once_seen(&stage->ring, &cqe) < 0)
		return WENT_WRONG;
	answer = once_close(&stage->ring, NULL);
	if (once_take(&stage->ring, &sqe) < 0)
		return WENT_WRONG;
	once_prep_cancel(&sqe, &ticket);
	if (once_arm(&sqe, request_lend(&second), NULL) < 0 || once_submit(&stage->ring) < 0 ||
	    finish_all(&stage->ring) < 0)
		return WENT_WRONG;
	close(fd);
	return live ? answer : WENT_WRONG;
}

/* Submit fails because another SQE is half made: *drop* what was armed, or just say so. */
static int submit_fails(struct stage *stage, bool drop)
{
	struct once_sqe armed, half_made;
	struct once_ticket ticket;
	int answer;

	if (once_take(&stage->ring, &armed) < 0)
		return WENT_WRONG;
	once_prep_nop(&armed);
	if (once_arm(&armed, request_lend(&first), &ticket) < 0 ||
	    once_take(&stage->ring, &half_made) < 0)
		return WENT_WRONG;
	answer = once_submit(&stage->ring);
	if (drop) {
		const struct once_sqe *volatile hidden = &armed;

		answer = once_give_back(hidden);
	}
	if (once_state_of(&stage->ring, &ticket) != ONCE_STATE_ARMED ||
	    once_give_back(&half_made) < 0 || once_submit(&stage->ring) != 1 ||
	    finish_all(&stage->ring) < 0)
		return WENT_WRONG;
	return answer;
}

static int submit_half_made(struct stage *stage)
{
	return submit_fails(stage, false);
}

static int drop_after_submit(struct stage *stage)
{
	return submit_fails(stage, true);
}

/* The wait times out with one submitted: no token. The program uses it all the same. */
static int use_no_token(struct stage *stage)
{
	const struct once_timespec soon = { 0, 1000000 };
	struct once_cqe cqe = { NULL, NULL, 0 };
	unsigned submitted = 0;
	struct once_sqe sqe;
	int answer;
	int pipes[2];
	int rc;

	if (pipe2(pipes, O_CLOEXEC) < 0 || once_take(&stage->ring, &sqe) < 0)
		return WENT_WRONG;
	once_prep_read(&sqe, pipes[0], landing, sizeof landing, ONCE_CURRENT);
	if (once_arm(&sqe, request_lend(&first), NULL) < 0)
		return WENT_WRONG;
	rc = once_submit_and_wait_timeout(&stage->ring, &cqe, 1, &soon, NULL, &submitted);
	answer = once_seen(&stage->ring, &cqe);
	if (write(pipes[1], "x", 1) != 1 || finish_all(&stage->ring) < 0)
		return WENT_WRONG;
	close(pipes[0]);
	close(pipes[1]);
	return rc == -ETIME && submitted == 1 ? answer : WENT_WRONG;
}

/* Then do it properly: a bounded drain brings every owner back. */
static int close_in_flight(struct stage *stage)
{
	const struct once_timespec deadline = { 5, 0 };
	struct once_survivor survivor;
	uint32_t survivors;
	int answer;
	int pipes[2];

	if (pipe2(pipes, O_CLOEXEC) < 0 || start_read(&stage->ring, pipes[0], &first) < 0)
		return WENT_WRONG;
	answer = once_close(&stage->ring, NULL);
	survivors = once_survivors(&stage->ring, &survivor, 1);
	if (survivors != 1 || survivor.lent.value != (uint64_t)(uintptr_t)&first ||
	    once_drain(&stage->ring, &deadline, NULL, 0, NULL) < 0)
		return WENT_WRONG;
	close(pipes[0]);
	close(pipes[1]);
	return answer;
}

static const struct mistake {
	const char *name;     /* the row of the table */
	const char *how;
	int answer;           /* 0: allowed, and *instead* says how */
	int (*commit)(struct stage *stage);
	const char *instead;
	const char *raw;
} mistakes[] = {
	{ "seen twice", "see a copy of a token that was seen", ONCE_SEEN_TWICE, see_twice, "", "" },
	{ "never seen", "close while a token is held", ONCE_STILL_HELD, never_see, "", "" },
	{ "seen out of order", "see the newer of two tokens first", 0, see_out_of_order,
	  "Allowed: the head stood still until the older one was seen too, then moved by two.",
	  "io_uring_cqe_seen() moves the head over the older one: the kernel may overwrite a CQE "
	  "that is still being read (axboe/liburing #103)." },
	{ "read after seen", "ask a seen token for its result", ONCE_SPENT, read_after_seen, "", "" },
	{ "unset, stale or forged user_data", "arm an SQE that nothing was prepared in",
	  ONCE_NOT_PREPARED, arm_unprepared, "", "" },
	{ "", "store a pointer of one's own in user_data", ONCE_USER_DATA, arm_own_pointer, "", "" },
	{ "", "another ring posts the identity of an ended operation", ONCE_STRAY_CQE,
	  read_forged_owner, "", "" },
	{ "user_data == LIBURING_UDATA_TIMEOUT", "store 2^64-1 in user_data", ONCE_USER_DATA,
	  arm_the_reserved, "", "" },
	{ "", "take a CQE with 2^64-1, from another ring, for an owner's", ONCE_FOREIGN,
	  own_the_reserved, "", "" },
	{ "freed on the first of several CQEs", "close after the first CQE of a multishot poll",
	  ONCE_STILL_LIVE, free_on_first, "",
	  "Nothing tells one completion from the last one: the owner is freed on the first CQE, "
	  "and the next one dereferences it (tokio #8112, axboe/liburing #963)." },
	{ "dropped because submit failed", "submit while another SQE is half made", ONCE_NOT_ARMED,
	  submit_half_made, "", "" },
	{ "", "give the armed SQE back, since submit failed", ONCE_NOT_TAKEN, drop_after_submit, "",
	  "io_uring_submit() fails and leaves the SQE in the SQ; the program frees the owner, and "
	  "the next submit runs the SQE on freed memory (tokio #8255, #8185)." },
	{ "success with a NULL CQE", "see the token of a wait that timed out", ONCE_NOT_ISSUED,
	  use_no_token, "",
	  "io_uring_submit_and_wait_timeout() returns 1 with a NULL CQE, and the program "
	  "dereferences it (axboe/liburing #684, ocaml-uring #89)." },
	{ "\"empty\" that is not empty", "close after the CQ was drained but not its backlog",
	  ONCE_STILL_READY, believe_empty, "",
	  "io_uring_cq_ready() is 0 and io_uring_for_each_cqe() finds nothing, while CQEs wait in "
	  "the overflow backlog (axboe/liburing #705, libuv #4598)." },
	{ "close with operations in flight", "close while a read has its buffer", ONCE_STILL_LIVE,
	  close_in_flight, "", "" }
};

/* Prints one; 1 if its answer is not what it should be. */
static int show(const struct mistake *mistake, struct stage *stage, unsigned *number)
{
	const char *raw = mistake->raw[0] != '\0' ? mistake->raw : once_raw_would(mistake->answer);
	int answer;

	if (mistake->name[0] != '\0')
		printf("%2u. %s\n", ++*number, mistake->name);
	memset(&stage->last, 0, sizeof stage->last);
	stage->reported = 0;
	answer = mistake->commit(stage);
	print_text(4, "* ", mistake->how);
	if (answer == NOT_HERE) {
		puts("      not shown: this kernel has no IORING_OP_MSG_RING\n");
		return 0;
	}
	if (answer != mistake->answer) {
		printf("      WRONG: %s instead of %s\n\n", once_code_name(answer),
		       once_code_name(mistake->answer));
		return 1;
	}
	if (answer == 0) {
		print_text(6, "", mistake->instead);
	} else {
		printf("      %s", once_code_name(answer));
		if (stage->last.file != NULL)
			printf("  (%s, %s:%d)", stage->last.call, stage->last.file, stage->last.line);
		putchar('\n');
		print_text(6, "", once_strerror(answer));
	}
	print_text(6, "raw liburing: ", raw);
	putchar('\n');
	return answer == 0 || stage->reported != 0 ? 0 : 1;
}

int commit_mistakes(void)
{
	static struct stage stage;
	const struct once_config config = {
		.entries = 8, .cq_entries = 16, .handler = remember, .context = &stage,
		.memory = memory
	};
	const struct once_config other = { .entries = 8, .cq_entries = 64, .memory = other_memory };
	unsigned number = 0;
	int wrong = 0;
	int rc = once_open(&stage.ring, &config);

	if (rc < 0 || once_open(&stage.other, &other) < 0)
		return 1;
	for (size_t i = 0; i < sizeof mistakes / sizeof mistakes[0]; i++)
		wrong += show(&mistakes[i], &stage, &number);
	rc = once_close(&stage.ring, NULL);
	if (rc < 0) {
		printf("the ring does not close after all: %s\n", once_code_name(rc));
		wrong++;
	}
	return wrong + (once_close(&stage.other, NULL) != 0);
}
