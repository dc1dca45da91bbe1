/* SPDX-License-Identifier: MIT */
/* The exhaustive run: what the submitting side and the kernel can do, on library and model. */
#include "exhaustive.h"

#include <errno.h>

bool differ(const char *why, int64_t got, int64_t wanted)
{
	if (world.why == NULL && got != wanted) {
		world.why = why;
		world.got = got;
		world.wanted = wanted;
	}
	return true;
}

bool same(const char *call, int got, int wanted)
{
	world_count_answer(got);
	return differ(call, got, wanted);
}

bool allowed(const char *call, const struct model_answer *answer, int rc)
{
	world_count_answer(rc);
	if (!model_answered(&model, answer, rc))
		differ(call, rc, answer->codes != 0 ? answer->code[0] : answer->most);
	return true;
}

void tell_posts(void)
{
	for (uint32_t i = 0; i < small_kernel.posted_count; i++) {
		const struct model_cqe cqe = { .user_data = small_kernel.posted[i].user_data,
					       .result = small_kernel.posted[i].res,
					       .flags = small_kernel.posted[i].flags };

		model_posted(&model, &cqe);
	}
	small_kernel.posted_count = 0;
	small_kernel.read_at_most = UINT32_MAX;
	small_kernel.error = 0;
	small_kernel.time_passes = false;
}

/* --- submitting side --- */

bool take(void)
{
	struct once_sqe *sqe = &world.sqes[world.sqe_count];
	const struct model_answer answer = model_take_answer(&model);
	int rc;

	if (world.sqe_count == WORLD_SQES)
		return false;
	rc = once_take(&world.ring, sqe);
	allowed("take", &answer, rc);
	if (rc == 0) {
		model_taken(&model, sqe->id);
		world.sqe_count++;
	}
	return true;
}

static bool arm(uint32_t n, int fault, int shape)
{
	struct once_sqe *sqe = &world.sqes[n];
	struct once_ticket ticket = { NULL, 0 };
	const uint64_t lent = sqe->id * 3 + 1;
	const int wanted = model_arm(&model, sqe->id, fault, shape, lent);
	const int rc = once_arm(sqe, once_cookie(lent), &ticket);

	if (rc == 0) {
		world.tickets[world.ticket_count] = ticket;
		world.ticket_count++;
		if (ticket.id != sqe->id || ticket.ring != &world.ring)
			differ("the ticket's identity", (int64_t)ticket.id, (int64_t)sqe->id);
	}
	return same("arm", rc, wanted);
}

bool arm_newest(void)
{
	if (world.sqe_count == 0)
		return false;
	once_prep_nop(&world.sqes[world.sqe_count - 1]);
	return arm(world.sqe_count - 1, 0, MODEL_ONE);
}

bool arm_oldest_unprepared(void)
{
	if (world.sqe_count == 0)
		return false;
	world.sqes[0].fault = ONCE_NOT_PREPARED; /* as once_take() left it */
	return arm(0, ONCE_NOT_PREPARED, MODEL_ONE);
}

bool give_back_newest(void)
{
	const struct once_sqe *sqe = world.sqes;

	if (world.sqe_count == 0)
		return false;
	sqe += world.sqe_count - 1;
	return same("give back", once_give_back(sqe), model_give_back(&model, sqe->id));
}

/* Take and arm in one step, so that a run of six reaches further. */
static bool can_start(void)
{
	return model.open && model.counts.of[MODEL_FREE] != 0 && world.sqe_count < WORLD_SQES &&
	       model.counts.of[MODEL_ARMED] + model.counts.of[MODEL_TAKEN] < model.setup.sq_usable;
}

bool start_one(void)
{
	return can_start() && take() && arm_newest();
}

bool start_multishot(void)
{
	if (!can_start() || !take())
		return false;
	once_prep_poll_multishot(&world.sqes[world.sqe_count - 1], 0, 1);
	return arm(world.sqe_count - 1, 0, MODEL_MULTISHOT);
}

/* With a ticket of the oldest SQE's identity: it may be forged, if that was never armed. */
bool start_cancel(void)
{
	const struct once_ticket ticket = { &world.ring, world.sqes[0].id };
	int fault;

	if (world.sqe_count == 0 || !can_start() || !take())
		return false;
	fault = model_aim(&model, true, ticket.id);
	once_prep_cancel(&world.sqes[world.sqe_count - 1], &ticket);
	return arm(world.sqe_count - 1, fault, MODEL_ONE);
}

bool submit(void)
{
	const struct model_answer answer = model_submit_answer(&model);
	const int rc = once_submit(&world.ring);

	tell_posts();
	allowed("submit", &answer, rc);
	if (rc > 0)
		model_submitted(&model, (uint32_t)rc);
	return true;
}

bool submit_short(void)
{
	if (model.counts.of[MODEL_ARMED] < 2)
		return false;
	small_kernel.read_at_most = 1;
	return submit();
}

bool submit_busy(void)
{
	if (model.counts.of[MODEL_ARMED] == 0)
		return false;
	small_kernel.error = -EBUSY;
	return submit();
}

/* --- the kernel --- */

bool kernel_completes_oldest(void)
{
	if (!model.open || small_kernel.pending_count == 0)
		return false;
	small_kernel_complete(0, 7, 0);
	tell_posts();
	return true;
}

bool kernel_completes_newest(void)
{
	if (!model.open || small_kernel.pending_count < 2)
		return false;
	small_kernel_complete(small_kernel.pending_count - 1, -5, 0);
	tell_posts();
	return true;
}

bool kernel_posts_more(void)
{
	uint32_t slot;

	if (!model.open || small_kernel.pending_count == 0)
		return false;
	slot = model_slot_of(&model, small_kernel.pending[0]);
	if (slot == MODEL_NO_SLOT || model.slots[slot].shape != MODEL_MULTISHOT)
		return false;
	small_kernel_complete(0, 1, 2);
	tell_posts();
	return true;
}

bool kernel_posts_foreign(void)
{
	if (!model.open)
		return false;
	small_kernel_post(0x42, 3, 0);
	tell_posts();
	return true;
}

/* The identity of an SQE that is not in flight: it has ended, or was never submitted. */
static bool post_stray(const struct once_sqe *sqe, uint32_t flags)
{
	if (!model.open || world.sqe_count == 0 ||
	    model_state_of(&model, true, sqe->id) == ONCE_STATE_IN_FLIGHT)
		return false;
	small_kernel_post(sqe->id, 4, flags);
	tell_posts();
	return true;
}

bool kernel_posts_stray(void)
{
	return post_stray(&world.sqes[world.sqe_count == 0 ? 0 : world.sqe_count - 1], 0);
}

bool kernel_posts_stray_more(void)
{
	return post_stray(&world.sqes[0], 2);
}
