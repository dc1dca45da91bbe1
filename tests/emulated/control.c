/* SPDX-License-Identifier: MIT */
/* What a test does to the kernel: emulated.h. */
#include "kernel.h"

/* The test's ring, locked. A ring that is not there is a mistake of the test. */
static struct kernel_ring *lock_ring(const struct once_ring *ring)
{
	struct kernel_ring *kernel;

	pthread_mutex_lock(&kernel_lock);
	kernel = kernel_ring_of(once_fd(ring));
	if (kernel == NULL)
		abort();
	return kernel;
}

static void unlock(void)
{
	pthread_mutex_unlock(&kernel_lock);
}

void emulated_reset(void)
{
	const struct kernel_plan none = { 0 };

	pthread_mutex_lock(&kernel_lock);
	kernel_plan = none;
	for (unsigned i = 0; i < KERNEL_RINGS; i++) {
		struct kernel_ring *ring = kernel_rings[i];

		if (ring == NULL)
			continue;
		ring->hold = false;
		ring->ignore_cancel = false;
		ring->overflow_next = 0;
		ring->drop_next = 0;
		ring->tail_error = 0;
		__atomic_store_n(&ring->cq_tail, ring->tail, __ATOMIC_RELEASE);
	}
	unlock();
}

/* --- plans --- */

void emulated_fail(enum emulated_call call, unsigned nth, int error)
{
	pthread_mutex_lock(&kernel_lock);
	kernel_plan.fail_call = call;
	kernel_plan.fail_in = nth;
	kernel_plan.fail_error = error;
	kernel_plan.failed = false;
	unlock();
}

bool emulated_failed(void)
{
	bool failed;

	pthread_mutex_lock(&kernel_lock);
	failed = kernel_plan.failed;
	unlock();
	return failed;
}

uint64_t emulated_calls(enum emulated_call call)
{
	uint64_t calls;

	pthread_mutex_lock(&kernel_lock);
	calls = kernel_calls[call];
	unlock();
	return calls;
}

void emulated_start_counters(uint32_t sq, uint32_t cq)
{
	pthread_mutex_lock(&kernel_lock);
	kernel_plan.start_sq = sq;
	kernel_plan.start_cq = cq;
	unlock();
}

void emulated_hide_features(uint32_t features)
{
	pthread_mutex_lock(&kernel_lock);
	kernel_plan.hidden_features = features;
	unlock();
}

void emulated_refuse_cancel_any(void)
{
	pthread_mutex_lock(&kernel_lock);
	kernel_plan.no_cancel_any = true;
	unlock();
}

void emulated_zero_copy_errors(unsigned cqes)
{
	pthread_mutex_lock(&kernel_lock);
	kernel_plan.zero_copy_errors = cqes;
	unlock();
}

void emulated_mark_extra(void)
{
	pthread_mutex_lock(&kernel_lock);
	kernel_plan.mark_extra = true;
	unlock();
}

void emulated_submit_short(unsigned nth, unsigned count)
{
	pthread_mutex_lock(&kernel_lock);
	kernel_plan.short_in = nth;
	kernel_plan.short_count = count;
	unlock();
}

void emulated_interrupt(unsigned nth)
{
	pthread_mutex_lock(&kernel_lock);
	kernel_plan.interrupt_in = nth;
	unlock();
}

void emulated_wake_spuriously(unsigned times)
{
	pthread_mutex_lock(&kernel_lock);
	kernel_plan.spurious = times;
	unlock();
}

/* --- operations --- */

bool emulated_deadlocked(const struct once_ring *ring)
{
	const bool deadlocked = lock_ring(ring)->deadlocked;

	unlock();
	return deadlocked;
}

/* What is ready is posted, or waits to be fetched, as the ring's flags say. */
static void run(struct kernel_ring *ring)
{
	if ((ring->flags & KERNEL_LAZY) == 0)
		progress(ring);
	else if ((ring->flags & IORING_SETUP_TASKRUN_FLAG) != 0)
		show_flag(ring, ONCE_SQ_TASKRUN, could_progress(ring));
	signal_eventfd(ring, true);
}

void emulated_run(const struct once_ring *ring)
{
	run(lock_ring(ring));
	unlock();
}

void emulated_hold(const struct once_ring *ring, bool on)
{
	lock_ring(ring)->hold = on;
	unlock();
}

unsigned emulated_pending(const struct once_ring *ring)
{
	const struct kernel_ring *kernel = lock_ring(ring);
	unsigned count = 0;

	for (const struct request *r = kernel->pending.first; r != NULL; r = r->next)
		count++;
	unlock();
	return count;
}

static struct request *nth_request(const struct kernel_ring *ring, unsigned nth)
{
	struct request *request = ring->pending.first;

	for (; nth != 0 && request != NULL; nth--)
		request = request->next;
	if (request == NULL)
		abort();
	return request;
}

uint64_t emulated_pending_id(const struct once_ring *ring, unsigned nth)
{
	const uint64_t user_data = nth_request(lock_ring(ring), nth)->sqe.user_data;

	unlock();
	return user_data;
}

void emulated_complete(const struct once_ring *ring, unsigned nth, int32_t res, uint32_t flags)
{
	struct kernel_ring *kernel = lock_ring(ring);
	struct request *request = nth_request(kernel, nth);

	if ((flags & IORING_CQE_F_MORE) != 0) {
		post(kernel, request->sqe.user_data, res, flags);
	} else {
		take_out(&kernel->pending, request);
		finish_request(kernel, request, res, flags);
	}
	run(kernel);
	unlock();
}

void emulated_ignore_cancel(const struct once_ring *ring, bool on)
{
	lock_ring(ring)->ignore_cancel = on;
	unlock();
}

/* --- a broken or hostile kernel --- */

void emulated_forge(const struct once_ring *ring, uint64_t user_data, int32_t res, uint32_t flags)
{
	struct kernel_ring *kernel = lock_ring(ring);

	post(kernel, user_data, res, flags);
	signal_eventfd(kernel, true);
	unlock();
}

uint64_t emulated_duplicate(const struct once_ring *ring)
{
	struct kernel_ring *kernel = lock_ring(ring);
	const struct once_wire_cqe cqe = kernel->newest;

	post(kernel, cqe.user_data, cqe.res, cqe.flags);
	signal_eventfd(kernel, true);
	unlock();
	return cqe.user_data;
}

void emulated_swap(const struct once_ring *ring, unsigned a, unsigned b)
{
	struct kernel_ring *kernel = lock_ring(ring);
	const uint32_t mask = kernel->cq_entries - 1;
	const uint32_t head = __atomic_load_n(&kernel->cq_head, __ATOMIC_ACQUIRE);
	struct once_wire_cqe *left = &kernel->cqes[(size_t)((head + a) & mask) << kernel->shift];
	struct once_wire_cqe *right = &kernel->cqes[(size_t)((head + b) & mask) << kernel->shift];

	for (unsigned i = 0; i <= kernel->shift; i++) {
		const struct once_wire_cqe cqe = left[i];

		left[i] = right[i];
		right[i] = cqe;
	}
	unlock();
}

void emulated_overflow(const struct once_ring *ring, unsigned count)
{
	lock_ring(ring)->overflow_next = count;
	unlock();
}

unsigned emulated_backlog(const struct once_ring *ring)
{
	unsigned count = 0;

	for (const struct late_cqe *late = lock_ring(ring)->backlog; late != NULL; late = late->next)
		count++;
	unlock();
	return count;
}

void emulated_drop(const struct once_ring *ring, unsigned count)
{
	lock_ring(ring)->drop_next = count;
	unlock();
}

void emulated_corrupt_tail(const struct once_ring *ring, uint32_t by)
{
	struct kernel_ring *kernel = lock_ring(ring);

	kernel->tail_error = by;
	__atomic_store_n(&kernel->cq_tail, kernel->tail + by, __ATOMIC_RELEASE);
	unlock();
}
