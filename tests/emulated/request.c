/* SPDX-License-Identifier: MIT */
/* SQEs become requests: chains, drains, the first try and all later ones. */
#include "kernel.h"

#include <unistd.h>

enum { LINKS = IOSQE_IO_LINK | IOSQE_IO_HARDLINK };

void append(struct request_queue *queue, struct request *request)
{
	request->next = NULL;
	*queue->end = request;
	queue->end = &request->next;
}

bool take_out(struct request_queue *queue, struct request *request)
{
	struct request **place = &queue->first;

	while (*place != NULL && *place != request)
		place = &(*place)->next;
	if (*place == NULL)
		return false;
	*place = request->next;
	if (queue->end == &request->next)
		queue->end = place;
	request->next = NULL;
	return true;
}

static void free_request(struct kernel_ring *ring, struct request *request)
{
	ring->live--;
	if (request->watch > 0)
		close(request->watch);
	free(request);
}

/* A whole chain that will not run: the one at fault says why, the others are cancelled. */
static void fail_chain(struct kernel_ring *ring, struct request *request)
{
	while (request != NULL) {
		struct request *link = request->link;

		post(ring, request->sqe.user_data, request->fault != 0 ? request->fault : -ECANCELED, 0);
		free_request(ring, request);
		request = link;
	}
}

static bool is_transfer(const struct request *request)
{
	switch (request->sqe.opcode) {
	case IORING_OP_READ:
	case IORING_OP_WRITE:
		return true;
	default:
		return false;
	}
}

/* Whether what is linked to a request shall not run. */
static bool breaks_chain(const struct request *request, int32_t res)
{
	if ((request->sqe.flags & IOSQE_IO_HARDLINK) != 0)
		return false;
	if (request->sqe.opcode == IORING_OP_TIMEOUT && res == -ETIME)
		return (request->sqe.timeout_flags & IORING_TIMEOUT_ETIME_SUCCESS) == 0;
	return res < 0 || (is_transfer(request) && (uint32_t)res != request->sqe.len);
}

static void start_chain(struct kernel_ring *ring, struct request *request);

/* Start the link timeout that follows a request: it runs beside it. */
static void start_guard(struct kernel_ring *ring, struct request *request)
{
	struct request *guard = request->link;

	if (guard == NULL || guard->sqe.opcode != IORING_OP_LINK_TIMEOUT)
		return;
	request->link = guard->link;
	guard->link = NULL;
	request->guard = guard;
	guard->guarded = request;
	start_timer(ring, guard);
	append(&ring->pending, guard);
}

void finish_request(struct kernel_ring *ring, struct request *request, int32_t res, uint32_t flags)
{
	struct request *link = request->link;
	struct request *guard = request->guard;
	const bool broken = breaks_chain(request, res);

	post(ring, request->sqe.user_data, res, flags);
	if (guard != NULL) {
		take_out(&ring->pending, guard);
		post(ring, guard->sqe.user_data, -ECANCELED, 0);
		free_request(ring, guard);
	}
	free_request(ring, request);
	if (link == NULL)
		return;
	if (broken)
		fail_chain(ring, link);
	else
		start_chain(ring, link);
}

/* A zero-copy send has two CQEs: the result, and later the notification. */
static bool is_zero_copy(const struct request *request)
{
	return request->sqe.opcode == IORING_OP_SEND_ZC;
}

static void conclude(struct kernel_ring *ring, struct request *request, int32_t res)
{
	if (is_zero_copy(request) && (res >= 0 || kernel_plan.zero_copy_errors != 1)) {
		post(ring, request->sqe.user_data, res, IORING_CQE_F_MORE);
		request->notifies = true;
		request->done = false;
		append(&ring->pending, request);
		return;
	}
	finish_request(ring, request, res, 0);
}

/* The first request of a chain; the others wait for it. */
static void start_chain(struct kernel_ring *ring, struct request *request)
{
	int32_t res;

	start_guard(ring, request);
	if (is_timer(request))
		start_timer(ring, request);
	if (ring->hold) {
		request->kept = true;
		append(&ring->pending, request);
		return;
	}
	if ((request->sqe.flags & IOSQE_ASYNC) != 0 || begin_poll(request)) {
		append(&ring->pending, request);
		return;
	}
	res = operate(ring, request);
	if (res == BLOCKED)
		append(&ring->pending, request);
	else
		conclude(ring, request, res);
}

/* A complete chain: refused, behind a drain, or to be started. */
static void submit_chain(struct kernel_ring *ring, struct request *first, uint32_t length)
{
	for (const struct request *r = first; r != NULL; r = r->link)
		if (r->fault != 0) {
			fail_chain(ring, first);
			return;
		}
	if (ring->drained.first != NULL ||
	    ((first->sqe.flags & IOSQE_IO_DRAIN) != 0 && ring->live != length)) {
		append(&ring->drained, first);
		return;
	}
	start_chain(ring, first);
}

static uint32_t chain_length(const struct request *request)
{
	uint32_t length = 0;

	for (; request != NULL; request = request->link)
		length++;
	return length;
}

/* Start what waited for a drain, as far as it may. */
static void continue_drained(struct kernel_ring *ring)
{
	while (ring->drained.first != NULL) {
		struct request *first = ring->drained.first;
		uint32_t queued = 0;

		for (const struct request *r = first; r != NULL; r = r->next)
			queued += chain_length(r);
		if ((first->sqe.flags & IOSQE_IO_DRAIN) != 0 && ring->live != queued)
			return;
		take_out(&ring->drained, first);
		start_chain(ring, first);
	}
}

static struct request *read_sqe(struct kernel_ring *ring)
{
	const uint32_t head = __atomic_load_n(&ring->sq_head, __ATOMIC_RELAXED);
	struct once_wire *wire = &ring->sqes[head & (ring->sq_entries - 1)];
	struct request *request = calloc(1, sizeof *request);

	if (request == NULL)
		abort();
	memcpy(&request->sqe, wire, sizeof request->sqe);
	/* the library may not rely on what an SQE held before */
	memset(wire, 0xcd, sizeof *wire);
	__atomic_store_n(&ring->sq_head, head + 1, __ATOMIC_RELEASE);
	ring->live++;
	request->fault = refuse_sqe(ring, &request->sqe);
	return request;
}

uint32_t read_sqes(struct kernel_ring *ring, uint32_t count)
{
	const uint32_t there = __atomic_load_n(&ring->sq_tail, __ATOMIC_ACQUIRE) - ring->sq_head;
	const uint32_t most = there < count ? there : count;
	struct request *first = NULL;
	struct request *last = NULL;
	bool stop = false;
	uint32_t n;

	ring->batch_tail = ring->tail;
	ring->inside_submit = true;
	for (n = 0; n < most && !stop; n++) {
		struct request *request = read_sqe(ring);

		if (request->sqe.opcode == IORING_OP_LINK_TIMEOUT && first == NULL &&
		    request->fault == 0)
			request->fault = -EINVAL;
		stop = request->fault != 0 && (ring->flags & IORING_SETUP_SUBMIT_ALL) == 0;
		if (first == NULL)
			first = request;
		else
			last->link = request;
		last = request;
		if ((request->sqe.flags & LINKS) == 0) {
			submit_chain(ring, first, chain_length(first));
			first = NULL;
		}
	}
	if (first != NULL)
		submit_chain(ring, first, chain_length(first));
	continue_drained(ring);
	ring->inside_submit = false;
	return n;
}

/* Settle what can be settled now, without touching the queue. */
static void look_at(struct kernel_ring *ring, struct request *request)
{
	int32_t res;

	if (request->done || (request->kept && ring->hold))
		return;
	request->kept = false;
	if (request->notifies) {
		request->done = true;
		request->result = 0;
		request->flags = IORING_CQE_F_NOTIF;
		return;
	}
	res = is_timer(request) ? timer_result(ring, request) : operate(ring, request);
	if (res == BLOCKED)
		return;
	request->done = true;
	request->result = res;
	request->flags = 0;
}

/* Move what is done into *ready*, but for link timeouts. */
static void take_done(struct kernel_ring *ring, struct request_queue *ready)
{
	struct request **place = &ring->pending.first;

	while (*place != NULL) {
		struct request *request = *place;

		if (!request->done || request->sqe.opcode == IORING_OP_LINK_TIMEOUT) {
			place = &request->next;
			continue;
		}
		*place = request->next;
		append(ready, request);
	}
	ring->pending.end = place;
}

void progress(struct kernel_ring *ring)
{
	struct request_queue ready = { NULL, NULL };
	struct request *guard;
	bool expired = false;

	ready.end = &ready.first;
	for (struct request *r = ring->pending.first; r != NULL; r = r->next)
		look_at(ring, r);
	take_done(ring, &ready);
	while (ready.first != NULL) {
		struct request *r = ready.first;

		take_out(&ready, r);
		if (is_timer(r) && r->result != -ECANCELED)
			ring->timeouts++;
		if (r->notifies)
			finish_request(ring, r, r->result, r->flags);
		else
			conclude(ring, r, r->result);
	}
	/* link timeouts last: an operation that is done cannot be cancelled any more */
	for (guard = ring->pending.first; guard != NULL;) {
		struct request *next = guard->next;

		if (guard->done && guard->sqe.opcode == IORING_OP_LINK_TIMEOUT) {
			expire_guard(ring, guard);
			expired = true;
		}
		guard = next;
	}
	continue_drained(ring);
	if (expired)
		progress(ring); /* what they cancelled */
}

bool could_progress(struct kernel_ring *ring)
{
	for (const struct request *r = ring->pending.first; r != NULL; r = r->next)
		if (r->done || (!(r->kept && ring->hold) && is_ready(ring, r)))
			return true;
	return false;
}

static void free_chain(struct kernel_ring *ring, struct request *request)
{
	while (request != NULL) {
		struct request *link = request->link;

		free_request(ring, request);
		request = link;
	}
}

void free_requests(struct kernel_ring *ring)
{
	struct request *next;

	for (struct request *r = ring->pending.first; r != NULL; r = next) {
		next = r->next;
		free_chain(ring, r);
	}
	for (struct request *r = ring->drained.first; r != NULL; r = next) {
		next = r->next;
		free_chain(ring, r);
	}
}
