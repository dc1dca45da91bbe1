/* SPDX-License-Identifier: MIT */
/*
 * The oracle: the library against what it shares with the kernel: the counters
 * of SQ and CQ, and the CQEs as the kernel wrote them.
 */
#include "oracle.h"

#include "../src/port.h"

#include <linux/io_uring.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

static uint32_t load(const uint32_t *counter)
{
	return __atomic_load_n(counter, __ATOMIC_ACQUIRE);
}

/* Nothing is armed but what the model has: from here on the SQ's head can be told. */
void oracle_kernel_base(struct oracle *o, unsigned ring)
{
	const struct once_ring *library = &o->run->rings[ring];
	const struct model *m = &o->rings[ring].model;

	o->rings[ring].sq_known = library->open != 0 && once_armed(library) == 0;
	if (o->rings[ring].sq_known)
		o->rings[ring].sq_base = load(library->view.sq_head) - (uint32_t)m->armed_total;
}

static void check_sq(struct oracle *o, unsigned ring)
{
	const struct once_ring *library = &o->run->rings[ring];
	const struct model *m = &o->rings[ring].model;
	const uint32_t read = o->rings[ring].sq_base + (uint32_t)m->armed_total - m->counts.of[MODEL_ARMED];
	const uint32_t head = load(library->view.sq_head);

	CHECK_THAT(CHECK_SQ_TAIL, head == read, "the kernel has read up to %u, the model says %u", head, read);
	CHECK_THAT(CHECK_SQ_TAIL, load(library->view.sq_tail) - head <= m->counts.of[MODEL_ARMED],
		   "the kernel is shown %u SQEs, %u are armed", load(library->view.sq_tail) - head,
		   m->counts.of[MODEL_ARMED]);
}

void oracle_kernel_step(struct oracle *o, unsigned ring, const struct model_accounts *accounts)
{
	const struct once_ring *library = &o->run->rings[ring];
	const struct model *m = &o->rings[ring].model;
	const uint32_t passed = (uint32_t)(m->setup.opened_at + m->head);
	const uint32_t behind = passed - load(library->view.cq_head);

	CHECK_THAT(CHECK_HEAD, behind <= m->setup.cq_entries,
		   "the kernel's head is at %u, only what is before %u is seen", load(library->view.cq_head), passed);
	if (!m->own_used && !o->loose)
		CHECK_THAT(CHECK_READY, load(library->view.cq_tail) - (uint32_t)(m->setup.opened_at + m->delivered) ==
					      accounts->ready,
			   "ready is %u, the kernel's tail is %u, %llu were delivered", accounts->ready,
			   load(library->view.cq_tail), (unsigned long long)m->delivered);
	if (o->rings[ring].sq_known && !m->own_used && !o->misled && !m->setup.sqpoll)
		check_sq(o, ring);
}

void oracle_check_cqe(struct oracle *o, unsigned ring, uint64_t position, const struct model_cqe *cqe)
{
	const struct once_ring *library = &o->run->rings[ring];
	const size_t place = position % library->view.cq_entries;
	const struct once_wire_cqe *is = &library->view.cqes[place << library->cqe_shift];

	CHECK_THAT(CHECK_CQE, is->user_data == cqe->user_data && is->res == cqe->result && is->flags == cqe->flags,
		   "handed out: user_data %llx result %d flags %x; the kernel wrote %llx %d %x",
		   (unsigned long long)cqe->user_data, cqe->result, cqe->flags, (unsigned long long)is->user_data,
		   is->res, is->flags);
}

/*
 * "Work is put off" may stand in the SQ's flags for good, though there is none: a kernel
 * that runs work which came while it ran other work leaves it there (Linux 6.18, messages
 * to a ring with DEFER_TASKRUN). Then an enter brings nothing.
 */
static bool has_work(const struct oracle *o, const struct once_ring *library)
{
	if ((load(library->view.sq_flags) & (uint32_t)ONCE_SQ_TASKRUN) == 0)
		return false;
	if (o->run->backend != RUN_REAL) /* it shows the flag where data may have come to a descriptor */
		(void)once_port_enter(&library->port, 0, 0, ONCE_ENTER_GETEVENTS, NULL, NULL);
	else
		(void)syscall(SYS_io_uring_enter, once_fd(library), 0, 0, IORING_ENTER_GETEVENTS, NULL, 0);
	return once_ready(library) != 0;
}

/* The library has just said so. */
void oracle_check_empty(struct oracle *o)
{
	const struct once_ring *library = oracle_library(o);
	const struct model *m = oracle_model(o);
	const uint32_t flags = load(library->view.sq_flags);

	if (o->loose || !m->open || m->own_used)
		return;
	CHECK_THAT(CHECK_EMPTY, once_ready(library) == 0 && (flags & (uint32_t)ONCE_SQ_CQ_OVERFLOW) == 0 &&
				      !has_work(o, library),
		   "%u CQEs are there, the SQ's flags are %x", once_ready(library), flags);
	CHECK_THAT(CHECK_FREED, load(library->view.cq_head) == (uint32_t)(m->setup.opened_at + m->head),
		   "the kernel's head is at %u, all before %u is seen", load(library->view.cq_head),
		   (uint32_t)(m->setup.opened_at + m->head));
}
