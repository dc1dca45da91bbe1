/* SPDX-License-Identifier: MIT */
/* The completing side of stress: deliver, look, see; every completion is held against its record. */
#include "stress.h"

#include <errno.h>
#include <linux/io_uring.h>
#include <poll.h>

static bool is_right(const struct record *record, int result, uint32_t flags, bool terminal)
{
	const bool cancelled = atomic_load_explicit(&record->cancelled, memory_order_relaxed) != 0;

	/* a worker that is told to stop says -EINTR */
	if (cancelled && terminal && (result == -ECANCELED || result == -EINTR) && record->kind != KIND_CANCEL)
		return true;
	switch (record->kind) {
	case KIND_NOP:
		return terminal && result == 0;
	case KIND_TIMER:
		return terminal && result == -ETIME;
	case KIND_LATE:
		return false;
	case KIND_READ:
		return terminal && result == BYTES && record->bytes[0] == 'x' && record->bytes[BYTES - 1] == 'x';
	case KIND_SEND:
	case KIND_RECEIVE:
		return terminal && result > 0 && result <= BYTES;
	case KIND_ZERO_COPY:
		if ((flags & IORING_CQE_F_NOTIF) != 0)
			return terminal && record->completions == 2;
		return (result > 0 && result <= BYTES && record->completions == 1) ||
		       (cancelled && result == -ECANCELED);
	case KIND_POLL:
		return terminal ? result >= 0 : (result & POLLIN) != 0;
	case KIND_HEAD:
		return terminal && (result == -ECANCELED || result == -EINTR);
	case KIND_TAIL:
		return terminal && (result == -ETIME || result == -ECANCELED || result == -ENOENT ||
				    result == -EALREADY);
	default:
		return terminal && (result == 0 || result == -ENOENT || result == -EALREADY);
	}
}

static void count_bytes(struct stress *stress, const struct record *record, int result, uint32_t flags)
{
	if (result <= 0 || (flags & IORING_CQE_F_NOTIF) != 0)
		return;
	if (record->kind == KIND_SEND || record->kind == KIND_ZERO_COPY)
		atomic_fetch_add_explicit(&stress->out[record->stream], (uint64_t)result, memory_order_relaxed);
	else if (record->kind == KIND_RECEIVE)
		stress->in[record->stream] += (uint64_t)result;
}

/* An operation says something for the first time, or goes on; never after its end. */
static void came(struct stress *stress, uint64_t number, int result, uint32_t flags, bool terminal)
{
	struct record *record = &stress->records[number % RECORDS];

	if (atomic_load_explicit(&record->state, memory_order_acquire) != ARMED || record->number != number)
		stress_fail(stress, "a completion of operation %llu, which has ended or never was (result %d)",
			    (unsigned long long)number, result);
	record->completions++;
	stress->completions++;
	stress->of_kind[record->kind]++;
	if (!is_right(record, result, flags, terminal))
		stress_fail(stress, "kind %d ends with result %d flags %x", record->kind, result, flags);
	count_bytes(stress, record, result, flags);
	if (!terminal)
		return;
	stress->ended++;
	atomic_store_explicit(&record->state, RESTS, memory_order_release);
}

static void delivered(struct stress *stress, const struct once_cqe *cqe)
{
	uint64_t number = 0;
	const int rc = once_owner(cqe, &once_cookie_type, &number);

	if (rc != 0)
		stress_fail(stress, "once_owner(): %s", once_code_name(rc));
	if (cqe->position < stress->position)
		stress_fail(stress, "position %llu after %llu", (unsigned long long)cqe->position,
			    (unsigned long long)stress->position);
	stress->position = cqe->position + 1;
	stress->held[stress->held_count++] = *cqe;
	came(stress, number, once_result(cqe), once_flags(cqe), once_is_terminal(cqe) == 1);
}

static void reaped(struct stress *stress, const struct once_completion *done)
{
	uint64_t number = 0;
	const int rc = once_completion_owner(done, &once_cookie_type, &number);

	if (rc != 0)
		stress_fail(stress, "once_completion_owner(): %s", once_code_name(rc));
	came(stress, number, done->result, done->flags, once_completion_is_terminal(done));
}

/* --- see, in any order; and some twice --- */

static void see_one(struct stress *stress, uint32_t i)
{
	const struct once_cqe cqe = stress->held[i];
	int rc = once_seen(&stress->ring, &cqe);

	stress->complete.calls++;
	if (rc != 0)
		stress_fail(stress, "once_seen(): %s", once_code_name(rc));
	stress->held[i] = stress->held[--stress->held_count];
	if (stress_draw(&stress->complete, 64) != 0)
		return;
	rc = once_seen(&stress->ring, &cqe);
	if (rc != ONCE_SEEN_TWICE)
		stress_fail(stress, "once_seen(), again: %s", once_code_name(rc));
	stress->complete.refusals++;
}

void stress_see_all(struct stress *stress)
{
	while (stress->held_count != 0)
		see_one(stress, (uint32_t)stress_draw(&stress->complete, stress->held_count));
}

static void see_some(struct stress *stress)
{
	while (stress->held_count != 0 &&
	       (stress->held_count == HELD || stress_draw(&stress->complete, 3) != 0))
		see_one(stress, (uint32_t)stress_draw(&stress->complete, stress->held_count));
	if (once_held(&stress->ring) != stress->held_count)
		stress_fail(stress, "%u are held, the library says %u", stress->held_count,
			    once_held(&stress->ring));
}

/* --- deliver --- */

/* Nothing came: for a reason that there can be. */
static void nothing(struct stress *stress, const char *call, int rc)
{
	stress->complete.refusals += rc < -4095;
	stress->complete.interrupted += rc == -EINTR;
	if (rc != -EAGAIN && rc != -EINTR && rc != -ETIME && rc != ONCE_WOULD_HANG && rc != ONCE_ALL_HELD &&
	    rc != ONCE_TIMERS_OUT)
		stress_fail(stress, "%s: %s %d", call, once_code_name(rc), rc);
}

static void wait_one(struct stress *stress, bool may_wait)
{
	const struct once_timespec time = { 0, (int64_t)stress_draw(&stress->complete, 400000) };
	/* what is held may be what the other thread waits for: a slot to cancel with */
	const bool timed = !may_wait || stress->held_count != 0 || stress_draw(&stress->complete, 2) == 0;
	struct once_cqe cqe;
	int rc;

	if (timed && stress->split && stress->legacy)
		rc = once_peek(&stress->ring, &cqe);
	else
		rc = timed ? once_wait_timeout(&stress->ring, &cqe, &time) : once_wait(&stress->ring, &cqe);
	if (rc == 0)
		delivered(stress, &cqe);
	else
		nothing(stress, "once_wait()", rc);
}

static void peek_batch(struct stress *stress)
{
	struct once_cqe cqes[HELD];
	const unsigned room = HELD - stress->held_count;
	const int rc = once_peek_batch(&stress->ring, cqes, room);

	for (int i = 0; i < rc; i++)
		delivered(stress, &cqes[i]);
	if (rc < 0)
		nothing(stress, "once_peek_batch()", rc);
}

static void reap(struct stress *stress)
{
	struct once_completion done[HELD];
	const int rc = once_reap_batch(&stress->ring, done, 1 + (unsigned)stress_draw(&stress->complete, HELD));

	for (int i = 0; i < rc; i++)
		reaped(stress, &done[i]);
	if (rc < 0)
		nothing(stress, "once_reap_batch()", rc);
}

void stress_complete_some(struct stress *stress, bool may_wait)
{
	stress->complete.calls++;
	switch (stress->held_count < HELD ? stress_draw(&stress->complete, 4) : 3) {
	case 0:
		wait_one(stress, may_wait);
		break;
	case 1:
		peek_batch(stress);
		break;
	case 2:
		reap(stress);
		break;
	default:
		break;
	}
	see_some(stress);
}
