/* SPDX-License-Identifier: MIT */
#include "stress.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

static const struct once_timespec an_hour = { 3600, 0 };

const char *mix_name(enum kind kind)
{
	static const char *const names[KINDS] = {
		"nop", "read 4 KiB", "timeout", "timeout, cancelled", "poll, multishot", "cancel"
	};

	return names[kind];
}

/* Block *n* is full of n + 1. */
int mix_open(struct stress *stress)
{
	char name[] = "stress-XXXXXX";
	unsigned char block[BLOCK];

	stress->file = mkstemp(name);
	stress->eventfd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (stress->file < 0 || stress->eventfd < 0 || unlink(name) < 0)
		return -errno;
	for (unsigned n = 0; n < BLOCKS; n++) {
		memset(block, (int)n + 1, sizeof block);
		if (write(stress->file, block, sizeof block) != BLOCK)
			return -EIO;
	}
	for (unsigned i = 0; i < CAPACITY; i++) {
		stress->owners[i].next = stress->free;
		stress->free = &stress->owners[i];
	}
	return 0;
}

void mix_close(struct stress *stress)
{
	close(stress->file);
	close(stress->eventfd);
}

static void prepare_read(struct stress *stress, struct owner *owner, struct once_sqe *sqe)
{
	owner->block = (uint32_t)draw(stress, BLOCKS);
	owner->bytes[0] = 0;
	owner->bytes[BLOCK - 1] = 0;
	once_prep_read(sqe, stress->file, owner->bytes, BLOCK, (uint64_t)owner->block * BLOCK);
}

/* Arm an operation of *kind* (a cancellation: of *target*). NULL if it cannot be now. */
static struct owner *arm(struct stress *stress, enum kind kind, struct owner *target)
{
	const struct once_timespec soon = { 0, (int64_t)draw(stress, 20000) };
	struct owner *owner = stress->free;
	struct once_sqe sqe;
	int rc;

	if (owner == NULL)
		return NULL;
	rc = once_take(&stress->ring, &sqe);
	if (rc == -EAGAIN || rc == ONCE_NO_SLOT)
		return NULL;
	if (rc < 0) {
		fail(stress, "once_take", rc);
		return NULL;
	}
	if (kind == KIND_READ)
		prepare_read(stress, owner, &sqe);
	else if (kind == KIND_TIMEOUT)
		once_prep_timeout(&sqe, &soon, 0, 0);
	else if (kind == KIND_LONG_TIMEOUT)
		once_prep_timeout(&sqe, &an_hour, 0, 0);
	else if (kind == KIND_POLL)
		once_prep_poll_multishot(&sqe, stress->eventfd, POLLIN);
	else if (kind == KIND_CANCEL)
		once_prep_cancel(&sqe, &target->ticket);
	else
		once_prep_nop(&sqe);
	rc = once_arm(&sqe, owner_lend(owner), &owner->ticket);
	if (rc == ONCE_NO_CREDIT)
		return NULL;
	if (rc < 0) {
		fail(stress, "once_arm", rc);
		return NULL;
	}
	stress->free = owner->next;
	stress->armed++;
	stress->armed_sum += stress->armed;
	owner->sequence = stress->armed;
	owner->kind = kind;
	owner->target = target;
	owner->aim = target != NULL ? target->sequence : 0;
	owner->completions = 0;
	owner->cancelled = false;
	owner->live = true;
	return owner;
}

/* Cancel *target* if that is not under way. */
static void cancel(struct stress *stress, struct owner *target)
{
	if (target != NULL && !target->cancelled && arm(stress, KIND_CANCEL, target) != NULL)
		target->cancelled = true;
}

/* Keep the eventfd polled, make it readable again and again, and end a poll now and then. */
static void mix_poll(struct stress *stress)
{
	const uint64_t which = draw(stress, POLLS);
	const uint64_t one = 1;
	uint64_t count;

	if (stress->polls[which] == NULL)
		stress->polls[which] = arm(stress, KIND_POLL, NULL);
	else if (stress->polls[which]->completions > 4 && draw(stress, 64) == 0)
		cancel(stress, stress->polls[which]);
	/* readable until the next round, for kernels that look only then */
	if ((read(stress->eventfd, &count, sizeof count) < 0 && errno != EAGAIN) ||
	    write(stress->eventfd, &one, sizeof one) < 0)
		fail(stress, "eventfd", errno);
}

static void mix_timeout(struct stress *stress)
{
	const uint64_t which = draw(stress, LONG_TIMEOUTS);

	if (stress->timeouts[which] == NULL)
		stress->timeouts[which] = arm(stress, KIND_LONG_TIMEOUT, NULL);
	else
		cancel(stress, stress->timeouts[which]);
}

void mix_arm(struct stress *stress, unsigned most)
{
	mix_poll(stress);
	for (unsigned i = 0; i < most; i++) {
		const uint64_t chance = draw(stress, 64);

		if (chance < 6) {
			(void)arm(stress, KIND_READ, NULL);
		} else if (chance < 8) {
			mix_timeout(stress);
		} else if (chance < 9) {
			(void)arm(stress, KIND_TIMEOUT, NULL);
		} else {
			(void)arm(stress, KIND_NOP, NULL);
		}
	}
}

bool mix_cancel_all(struct stress *stress)
{
	bool none = true;

	for (unsigned i = 0; i < POLLS; i++) {
		cancel(stress, stress->polls[i]);
		none = none && stress->polls[i] == NULL;
	}
	for (unsigned i = 0; i < LONG_TIMEOUTS; i++) {
		cancel(stress, stress->timeouts[i]);
		none = none && stress->timeouts[i] == NULL;
	}
	return none;
}

/* A cancellation may come while its target is just being woken: then it is tried again. */
static void check_cancel(struct stress *stress, struct owner *owner, int result)
{
	struct owner *target = owner->target;

	if (result == -EALREADY || result == -ENOENT) {
		if (target->live && target->sequence == owner->aim)
			target->cancelled = false;
	} else if (result != 0) {
		fail(stress, "result of a cancellation", result);
	}
}

static void check_result(struct stress *stress, struct owner *owner, int result, bool terminal)
{
	const unsigned char byte = (unsigned char)(owner->block + 1);
	bool right = terminal;

	switch (owner->kind) {
	case KIND_READ:
		right = right && result == BLOCK && owner->bytes[0] == byte &&
			owner->bytes[BLOCK - 1] == byte;
		break;
	case KIND_TIMEOUT:
		right = right && result == -ETIME;
		break;
	case KIND_LONG_TIMEOUT:
		right = right && result == -ECANCELED && owner->cancelled;
		break;
	case KIND_POLL:
		right = terminal ? result >= 0 || (result == -ECANCELED && owner->cancelled)
				 : (result & POLLIN) != 0;
		break;
	case KIND_CANCEL:
		check_cancel(stress, owner, result);
		break;
	default:
		right = right && result == 0;
		break;
	}
	if (!right)
		fail(stress, mix_name(owner->kind), result);
}

void mix_check(struct stress *stress, struct owner *owner, int result, bool terminal)
{
	if (!owner->live) {
		fail(stress, "a completion of an operation that has ended", (long long)owner->sequence);
		return;
	}
	owner->completions++;
	stress->of_kind[owner->kind]++;
	check_result(stress, owner, result, terminal);
	if (!terminal)
		return;
	owner->live = false;
	stress->ended++;
	stress->ended_sum += owner->sequence;
	for (unsigned i = 0; i < POLLS; i++)
		if (stress->polls[i] == owner)
			stress->polls[i] = NULL;
	for (unsigned i = 0; i < LONG_TIMEOUTS && owner->kind == KIND_LONG_TIMEOUT; i++)
		if (stress->timeouts[i] == owner)
			stress->timeouts[i] = NULL;
}

void mix_return(struct stress *stress, struct owner *owner)
{
	owner->next = stress->free;
	stress->free = owner;
}
