/* SPDX-License-Identifier: MIT */
/*
 * The library as Eva shall know it: each call may succeed or fail as the real
 * one may, and its preconditions in oncering.h say what would be refused.
 */
#include "oncering.h"

#ifdef __FRAMAC__
#include "__fc_builtin.h"
#else
#include "agrees.h"
#endif

int once_eva_watch;
unsigned once_eva_which;
int once_eva_live;
struct once_hold once_eva_hold[2];
struct once_op once_eva_op[2];
const struct once_type once_cookie_type = { "cookie", sizeof(uint64_t) };

static volatile int anything;
static volatile unsigned any_unsigned;
static volatile uint64_t any_word;

static int more;                /* some operation may post more than one CQE */
static int lent_before;
static struct once_lent lent;   /* by any of the operations */

static int failure(void)
{
	int rc = anything;

	return rc < 0 && rc > -10000 ? rc : -1;
}

static int result(void)
{
	int rc = anything;

	return rc > -4096 ? rc : 0;
}

static int count_up_to(unsigned most)
{
	unsigned n = any_unsigned;

	return n <= most && n <= INT32_MAX ? (int)n : 0;
}

static int answer(void)
{
	return anything ? 0 : failure();
}

/* --- submitting --- */

int once_open(struct once_ring *ring, const struct once_config *config)
{
	(void)config;
	if (anything)
		return failure();
	ring->open = 1;
	once_eva_live = 0;
	return 0;
}

int once_take(struct once_ring *ring, struct once_sqe *sqe)
{
	if (anything)
		return failure();
	sqe->ring = ring;
	sqe->op = &once_eva_op[1];
	sqe->id = any_word;
	sqe->fault = ONCE_NOT_PREPARED;
	sqe->shape = ONCE_SHAPE_ONE;
	if (once_eva_watch == ONCE_EVA_NONE && anything) {
		once_eva_watch = ONCE_EVA_TAKEN;
		sqe->op = &once_eva_op[0];
	}
	return 0;
}

static void settle(const struct once_sqe *sqe)
{
	if (sqe->op == &once_eva_op[0])
		once_eva_watch = ONCE_EVA_SETTLED;
}

int once_give_back(const struct once_sqe *sqe)
{
	settle(sqe);
	return 0;
}

void once_aim(struct once_sqe *sqe, uint8_t opcode, const struct once_ticket *ticket)
{
	once_fill(sqe, once_wire_head(opcode, 0, 0, -1), ticket->id, 0, 0);
	if (anything)
		sqe->fault = ONCE_STALE_TICKET;
}

/* What the kernel will have written once the operation is over. */
static void will_write(const struct once_sqe *sqe)
{
	const unsigned opcode = (unsigned)(sqe->wire.head % 256);
	const size_t length = (size_t)(sqe->wire.size % ONCE_WORD_5);

	if ((opcode == ONCE_OP_READ || opcode == ONCE_OP_RECV) && length > 0)
		Frama_C_make_unknown((char *)(uintptr_t)sqe->wire.addr, length);
}

int once_arm(struct once_sqe *sqe, struct once_lent owner, struct once_ticket *ticket)
{
	settle(sqe);
	if (sqe->fault < 0)
		return sqe->fault;
	if (owner.type == NULL)
		return ONCE_BAD_ARGUMENT;
	if (sqe->shape & (ONCE_SHAPE_ZERO_COPY | ONCE_SHAPE_MULTISHOT | ONCE_SHAPE_RAW)) {
		if (anything)
			return failure();
		more = 1;
	}
	will_write(sqe);
	once_eva_live = once_eva_live == 0 ? 1 : 2;
	if (!lent_before || anything)
		lent = owner;
	lent_before = 1;
	if (ticket != NULL) {
		ticket->ring = sqe->ring;
		ticket->id = any_word;
	}
	return 0;
}

int once_submit(struct once_ring *ring)
{
	(void)ring;
	return anything ? failure() : count_up_to(UINT32_MAX);
}

int once_submit_and_wait(struct once_ring *ring, unsigned count)
{
	(void)count;
	return once_submit(ring);
}

/* --- completing --- */

/* An operation may be over: one of two or more leaves one, or more. */
static bool ends(void)
{
	if (more && anything)
		return false;
	once_eva_live = once_eva_live == 2 && anything ? 2 : once_eva_live - 1;
	return true;
}

static int deliver(struct once_ring *ring, struct once_cqe *cqe, unsigned which)
{
	if (once_eva_live == 0 || anything)
		return failure();
	cqe->ring = ring;
	cqe->hold = &once_eva_hold[1];
	cqe->position = any_word;
	if (once_eva_watch == ONCE_EVA_NONE && anything) {
		once_eva_watch = ONCE_EVA_HELD;
		once_eva_which = which;
		cqe->hold = &once_eva_hold[0];
	}
	return 0;
}

int once_peek(struct once_ring *ring, struct once_cqe *cqe)
{
	return deliver(ring, cqe, 0);
}

int once_peek_batch(struct once_ring *ring, struct once_cqe *cqes, unsigned count)
{
	unsigned i;
	int rc = 0;

	for (i = 0; i < count; i++) {
		rc = deliver(ring, &cqes[i], i);
		if (rc < 0)
			break;
	}
	return i > 0 ? (int)i : rc;
}

int once_wait(struct once_ring *ring, struct once_cqe *cqe)
{
	return deliver(ring, cqe, 0);
}

int once_wait_for(struct once_ring *ring, struct once_cqe *cqe, unsigned count,
		  const struct once_timespec *timeout, const void *sigmask)
{
	(void)count;
	(void)timeout;
	(void)sigmask;
	return deliver(ring, cqe, 0);
}

int once_wait_nr(struct once_ring *ring, struct once_cqe *cqe, unsigned count)
{
	(void)count;
	return deliver(ring, cqe, 0);
}

int once_wait_timeout(struct once_ring *ring, struct once_cqe *cqe,
		      const struct once_timespec *timeout)
{
	(void)timeout;
	return deliver(ring, cqe, 0);
}

int once_submit_and_wait_timeout(struct once_ring *ring, struct once_cqe *cqe, unsigned count,
				 const struct once_timespec *timeout, const void *sigmask,
				 unsigned *submitted)
{
	(void)count;
	(void)timeout;
	(void)sigmask;
	*submitted = any_unsigned;
	return deliver(ring, cqe, 0);
}

bool once_is_held(const struct once_cqe *cqe)
{
	if (cqe->hold == &once_eva_hold[0])
		return once_eva_watch == ONCE_EVA_HELD;
	return cqe->hold != NULL && anything;
}

int once_result(const struct once_cqe *cqe)
{
	(void)cqe;
	return result();
}

uint32_t once_flags(const struct once_cqe *cqe)
{
	(void)cqe;
	return any_unsigned;
}

int once_class(const struct once_cqe *cqe)
{
	(void)cqe;
	return ONCE_CLASS_OWNED;
}

int once_is_terminal(const struct once_cqe *cqe)
{
	(void)cqe;
	return !more || anything;
}

bool once_same_type(const struct once_type *a, const struct once_type *b)
{
	size_t i = 0;

	if (a == b)
		return true;
	if (a == NULL || a->size != b->size)
		return false;
	while (a->name[i] != '\0' && a->name[i] == b->name[i])
		i++;
	return a->name[i] == b->name[i];
}

int once_owner(const struct once_cqe *cqe, const struct once_type *type, uint64_t *value)
{
	(void)cqe;
	if (!once_same_type(lent.type, type)) {
		/*@ assert wrong_type: \false; */
		return ONCE_WRONG_TYPE;
	}
	*value = lent.value;
	return 0;
}

int once_ticket_of(const struct once_cqe *cqe, struct once_ticket *ticket)
{
	ticket->ring = cqe->ring;
	ticket->id = any_word;
	return 0;
}

int once_user_data(const struct once_cqe *cqe, uint64_t *value)
{
	(void)cqe;
	*value = any_word;
	return 0;
}

int once_extra(const struct once_cqe *cqe, uint64_t extra[2])
{
	(void)cqe;
	extra[0] = any_word;
	extra[1] = any_word;
	return answer();
}

int once_seen(struct once_ring *ring, const struct once_cqe *cqe)
{
	(void)ring;
	if (cqe->hold == &once_eva_hold[0])
		once_eva_watch = ONCE_EVA_SEEN;
	if (once_eva_live > 0)
		ends();
	return 0;
}

int once_seen_batch(struct once_ring *ring, const struct once_cqe *cqes, unsigned count)
{
	for (unsigned i = 0; i < count; i++)
		once_seen(ring, &cqes[i]);
	return (int)count;
}

int once_reap(struct once_ring *ring, struct once_completion *done)
{
	(void)ring;
	if (once_eva_live == 0 || anything)
		return failure();
	done->lent = lent;
	done->result = result();
	done->flags = ends() ? 0 : 2;
	done->extra[0] = any_word;
	done->extra[1] = any_word;
	return 0;
}

int once_reap_batch(struct once_ring *ring, struct once_completion *done, unsigned count)
{
	unsigned i;
	int rc = 0;

	for (i = 0; i < count; i++) {
		rc = once_reap(ring, &done[i]);
		if (rc < 0)
			break;
	}
	return i > 0 ? (int)i : rc;
}

int once_wait_reap(struct once_ring *ring, struct once_completion *done,
		   const struct once_timespec *timeout)
{
	(void)timeout;
	return once_reap(ring, done);
}

int once_discard(struct once_ring *ring)
{
	(void)ring;
	while (once_eva_live > 0 && anything)
		ends();
	return anything ? failure() : count_up_to(UINT32_MAX);
}

/* --- the end, and what can be asked --- */

int once_drain(struct once_ring *ring, const struct once_timespec *deadline,
	       struct once_survivor *survivors, uint32_t places, uint32_t *count)
{
	(void)deadline;
	if (!anything) {
		once_eva_live = 0;
		if (count != NULL)
			*count = 0;
		return 0;
	}
	if (count != NULL)
		*count = any_unsigned;
	for (uint32_t i = 0; survivors != NULL && i < places; i++) {
		survivors[i].ticket.ring = ring;
		survivors[i].ticket.id = any_word;
		survivors[i].lent = lent;
		survivors[i].state = ONCE_STATE_IN_FLIGHT;
	}
	return failure();
}

int once_close(struct once_ring *ring, struct once_report *report)
{
	if (report != NULL)
		Frama_C_make_unknown((char *)report, sizeof(*report));
	if (anything)
		return failure();
	ring->open = 0;
	return 0;
}

#include "account.h"
