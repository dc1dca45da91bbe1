/* SPDX-License-Identifier: MIT */
/* The submitting side of stress: take, prepare, arm, submit. */
#include "stress.h"

#include <errno.h>
#include <linux/io_uring.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { SPARE = 4, MOST_AT_ONCE = 12, LATE_SECONDS = 1000, SOON_NANOSECONDS = 300000 };

/* A record that rests, or NULL. */
static struct record *new_record(struct stress *stress, enum kind kind)
{
	for (unsigned tried = 0; tried < RECORDS; tried++) {
		const uint32_t index = stress->next;
		struct record *record = &stress->records[index];

		stress->next = (index + 1) % RECORDS;
		if (atomic_load_explicit(&record->state, memory_order_acquire) != RESTS)
			continue;
		record->number = (stress->numbers + 1) * RECORDS + index;
		record->kind = kind;
		record->stream = 0;
		record->completions = 0;
		atomic_store_explicit(&record->cancelled, 0, memory_order_relaxed);
		return record;
	}
	return NULL;
}

static struct once_timespec some_time(struct stress *stress)
{
	const struct once_timespec time = { 0, (int64_t)stress_draw(&stress->submit, SOON_NANOSECONDS) };

	return time;
}

static void prepare_transfer(struct stress *stress, struct record *record, struct once_sqe *sqe)
{
	const size_t length = 1 + (size_t)stress_draw(&stress->submit, BYTES);

	record->stream = record->kind == KIND_ZERO_COPY ? 1 : (unsigned)stress_draw(&stress->submit, STREAMS);
	if (record->kind == KIND_RECEIVE)
		once_prep_recv(sqe, stress->ends[record->stream][1], record->bytes, length, 0);
	else if (record->kind == KIND_SEND)
		once_prep_send(sqe, stress->ends[record->stream][0], record->bytes, length, 0);
	else
		once_prep_send_zc(sqe, stress->ends[record->stream][0], record->bytes, length, 0, 0);
}

static void prepare(struct stress *stress, struct record *record, struct once_sqe *sqe,
		    const struct once_ticket *target)
{
	const struct once_timespec soon = some_time(stress), late = { LATE_SECONDS, 0 };

	switch (record->kind) {
	case KIND_TIMER:
		once_prep_timeout(sqe, &soon, 0, 0);
		break;
	case KIND_LATE:
		once_prep_timeout(sqe, &late, 0, 0);
		break;
	case KIND_READ:
		memset(record->bytes, 0, sizeof record->bytes);
		once_prep_read(sqe, stress->file, record->bytes, BYTES, 0);
		break;
	case KIND_SEND:
	case KIND_RECEIVE:
	case KIND_ZERO_COPY:
		prepare_transfer(stress, record, sqe);
		break;
	case KIND_POLL:
		once_prep_poll_multishot(sqe, stress->eventfd, POLLIN);
		break;
	case KIND_HEAD:
		once_prep_recv(sqe, stress->never, record->bytes, BYTES, 0);
		once_set_flags(sqe, IOSQE_IO_LINK);
		break;
	case KIND_TAIL:
		once_prep_link_timeout(sqe, &soon, 0);
		break;
	case KIND_CANCEL:
		once_prep_cancel(sqe, target);
		break;
	default:
		once_prep_nop(sqe);
		break;
	}
	if (record->kind <= KIND_RECEIVE && record->kind != KIND_TIMER && record->kind != KIND_LATE &&
	    stress_draw(&stress->submit, 4) == 0)
		once_set_flags(sqe, IOSQE_ASYNC);
}

static void give_back(struct stress *stress, struct once_sqe *sqe)
{
	const int rc = once_give_back(sqe);

	if (rc != 0)
		stress_fail(stress, "once_give_back(): %s", once_code_name(rc));
}

/* What a taken SQE becomes; false: it is not taken any more. */
static bool arm(struct stress *stress, struct once_sqe *sqe, enum kind kind, const struct once_ticket *target)
{
	struct record *record = new_record(stress, kind);
	int rc;

	if (record == NULL) {
		give_back(stress, sqe);
		return false;
	}
	prepare(stress, record, sqe, target);
	atomic_store_explicit(&record->state, ARMED, memory_order_release);
	rc = once_arm(sqe, once_cookie(record->number), &record->ticket);
	if (rc == 0) {
		stress->numbers++;
		return true;
	}
	atomic_store_explicit(&record->state, RESTS, memory_order_relaxed);
	stress->submit.refusals++;
	/* that it has ended, if it is to be cancelled */
	if (rc != ONCE_NO_CREDIT && (rc != ONCE_STALE_TICKET || target == NULL))
		stress_fail(stress, "once_arm(): %s", once_code_name(rc));
	return false;
}

static bool take(struct stress *stress, struct once_sqe *sqe)
{
	const int rc = once_take(&stress->ring, sqe);

	stress->submit.calls++;
	if (rc != 0 && rc != -EAGAIN && rc != ONCE_NO_SLOT)
		stress_fail(stress, "once_take(): %s", once_code_name(rc));
	stress->submit.refusals += rc != 0;
	return rc == 0;
}

static void arm_pair(struct stress *stress)
{
	struct once_sqe first, second;

	if (!take(stress, &first))
		return;
	if (!take(stress, &second)) {
		give_back(stress, &first);
		return;
	}
	if (arm(stress, &first, KIND_HEAD, NULL)) {
		(void)arm(stress, &second, KIND_TAIL, NULL);
		return;
	}
	give_back(stress, &second);
}

/* Ends what *record* is, or was: the ticket names one operation for ever. */
static bool cancel(struct stress *stress, struct record *record)
{
	const struct once_ticket ticket = record->ticket;
	struct once_sqe sqe;

	if (!take(stress, &sqe))
		return false;
	atomic_store_explicit(&record->cancelled, 1, memory_order_relaxed);
	return arm(stress, &sqe, KIND_CANCEL, &ticket);
}

static void arm_one(struct stress *stress)
{
	static const uint8_t chances[KINDS] = { 20, 6, 3, 6, 8, 8, 3, 1, 2, 0, 4 };
	uint64_t chance = stress_draw(&stress->submit, 61);
	struct once_sqe sqe;
	unsigned kind = 0;

	while (chance >= chances[kind])
		chance -= chances[kind++];
	if (once_free(&stress->ring) <= SPARE && kind != KIND_CANCEL)
		kind = chance % 2 == 0 ? KIND_NOP : KIND_TIMER; /* what does not end must leave room for its cancellation */
	if (kind == KIND_HEAD) {
		arm_pair(stress);
	} else if (kind == KIND_CANCEL) {
		struct record *record = &stress->records[stress_draw(&stress->submit, RECORDS)];

		if (record->number != 0 && record->kind != KIND_TAIL && record->kind != KIND_CANCEL)
			(void)cancel(stress, record);
	} else if (take(stress, &sqe)) {
		(void)arm(stress, &sqe, (enum kind)kind, NULL);
	}
}

static void submit(struct stress *stress)
{
	const uint32_t armed = once_armed(&stress->ring);
	int rc;

	if (!stress->split && armed != 0 && stress_draw(&stress->submit, 8) == 0)
		rc = once_submit_and_wait(&stress->ring, 1);
	else
		rc = once_submit(&stress->ring);
	stress->submit.calls++;
	stress->submit.interrupted += rc == -EINTR;
	if (rc < 0 && rc != -EAGAIN && rc != -EBUSY && rc != -EINTR && rc != ONCE_ALL_HELD)
		stress_fail(stress, "once_submit(): %s %d", once_code_name(rc), rc);
}

/* A stream that is full keeps its sends, and the notifications of zero-copy ones, for good. */
static void read_away(struct stress *stress)
{
	unsigned char bytes[4096];

	for (unsigned i = 0; i < STREAMS; i++) {
		ssize_t count = recv(stress->ends[i][1], bytes, sizeof bytes, MSG_DONTWAIT);

		for (; count > 0; count = recv(stress->ends[i][1], bytes, sizeof bytes, MSG_DONTWAIT))
			stress->read_away[i] += (uint64_t)count;
	}
}

void stress_submit_some(struct stress *stress)
{
	const uint64_t count = stress_draw(&stress->submit, MOST_AT_ONCE);
	const uint64_t one = 1;

	for (uint64_t i = 0; i < count; i++)
		arm_one(stress);
	if (stress_draw(&stress->submit, 16) == 0 && write(stress->eventfd, &one, sizeof one) < 0)
		stress_fail(stress, "eventfd: %s", strerror(errno));
	if (stress_draw(&stress->submit, 256) == 0)
		read_away(stress);
	submit(stress);
}

bool stress_cancel_all(struct stress *stress)
{
	bool any = false;

	read_away(stress);

	for (unsigned i = 0; i < RECORDS; i++) {
		struct record *record = &stress->records[i];

		if (atomic_load_explicit(&record->state, memory_order_acquire) != ARMED)
			continue;
		any = true;
		if (record->kind != KIND_CANCEL && record->kind != KIND_TAIL && record->kind != KIND_NOP)
			(void)cancel(stress, record);
	}
	submit(stress);
	return any;
}
