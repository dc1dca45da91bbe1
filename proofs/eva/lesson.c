/* SPDX-License-Identifier: MIT */
/* The steps of a scenario that are more than one call of the library. */
#include "lesson.h"

#include "../../src/tool/scenario_mistakes.h"

/* A tag that no ring ever has. */
#define NO_TAG UINT64_C(200)

struct once_ring rings[RINGS];
struct once_sqe s[SCENARIO_SQES];
struct once_ticket o[SCENARIO_OPS];
struct once_cqe c[SCENARIO_TOKENS];
struct once_completion d[SCENARIO_COPIES];
struct request requests[LESSON_OWNERS];
struct session sessions[LESSON_OWNERS];
char buffers[SCENARIO_SQES][LESSON_BUFFER];
const struct once_timespec times[TIMES] = {
	{ 0, 0 }, { 0, 1 }, { 1000, 0 }, { 1000, 0 }, { 0, 1000000 }, { -1, 0 }, { 0, 1000000000 }
};
struct lesson_look look;
int violated;
uint64_t armed_before[RINGS], passed_before[RINGS];

/* Memory of one ring; each array is an object of its own, and a ring gets the end of it. */
#define MEMORY(name) \
	static struct once_op name##_ops[LESSON_OPERATIONS]; \
	static uint32_t name##_stack[LESSON_OPERATIONS], name##_returned[LESSON_OPERATIONS]; \
	static uint32_t name##_credits[LESSON_OPERATIONS]; \
	static struct once_hold name##_window[LESSON_CQ]; \
	static struct once_timespec name##_times[LESSON_SQ]
#define END_OF(name, operations, cq, sq) { \
	name##_ops + LESSON_OPERATIONS - (operations), name##_stack + LESSON_OPERATIONS - (operations), \
	name##_returned + LESSON_OPERATIONS - (operations), \
	name##_credits + LESSON_OPERATIONS - (operations), name##_window + LESSON_CQ - (cq), \
	name##_times + LESSON_SQ - (sq), operations, cq, sq \
}

MEMORY(a);
MEMORY(b);

static void note(void *context, const struct once_violation *violation)
{
	*(int *)context = violation->code;
}

void lesson_begin(void)
{
	lesson_world();
	emulated_reset();
	for (unsigned i = 0; i < SCENARIO_SQES; i++) {
		const struct once_sqe never_issued = {
			.ring = &rings[RING_A], .op = &a_ops[0], .id = NO_TAG * ONCE_TAG_UNIT,
			.fault = ONCE_NOT_PREPARED
		};

		s[i] = never_issued;
	}
}

int lesson_open(unsigned ring, const struct once_config *config, uint32_t operations,
		enum scenario_mistake mistake)
{
	const uint32_t cq = ONCE_ENTRIES(config->cq_entries);
	const uint32_t sq = ONCE_ENTRIES(config->entries + ONCE_OWN_SQES);
	const struct once_memory first = END_OF(a, operations, cq, sq);
	const struct once_memory second = END_OF(b, operations, cq, sq);
	struct once_config mine = *config;
	int rc;

	mine.sq_thread_idle = 1;
	mine.handler = note;
	mine.context = &violated;
	mine.memory = ring == RING_A ? first : second;
	scenario_spoil(&mine, mistake);
	rc = once_open(&rings[ring], &mine);
	if (rc == 0) {
		armed_before[ring] = once_armed_total(&rings[ring]);
		passed_before[ring] = once_passed_total(&rings[ring]);
	}
	return rc;
}

/* Which of them; Eva tells pointers apart better than it subtracts them. */
static int number_of(const struct request *request)
{
	int number = 0;

	while (number < LESSON_OWNERS && request != &requests[number])
		number++;
	return number;
}

static int number_of_session(const struct session *session)
{
	int number = 0;

	while (number < LESSON_OWNERS && session != &sessions[number])
		number++;
	return number;
}

int lesson_owner(const struct once_cqe *cqe, enum scenario_type type)
{
	struct request *request = NULL;
	struct session *session = NULL;
	uint64_t cookie = 0;
	int rc;

	switch (type) {
	case TYPE_REQUEST:
		rc = request_of(cqe, &request);
		return rc == 0 ? number_of(request) : rc;
	case TYPE_SESSION:
		rc = session_of(cqe, &session);
		return rc == 0 ? number_of_session(session) : rc;
	default:
		rc = once_owner(cqe, &once_cookie_type, &cookie);
		return rc == 0 ? (int)(cookie % 256) : rc;
	}
}

int lesson_look(const struct once_cqe *cqe)
{
	uint64_t user_data = 0;

	look.result = once_result(cqe);
	if (!once_is_held(cqe))
		return look.result;
	look.flags = once_flags(cqe);
	look.terminal = once_is_terminal(cqe);
	look.foreign = once_class(cqe) == ONCE_CLASS_FOREIGN;
	if (look.foreign != 0)
		look.owner = once_user_data(cqe, &user_data) == 0 ? (int64_t)user_data : -1;
	else
		look.owner = lesson_owner(cqe, TYPE_REQUEST);
	return look.result;
}

int lesson_state(const struct once_ticket *ticket)
{
	return ticket->ring != NULL ? once_state_of(ticket->ring, ticket) : ONCE_OTHER_RING;
}

void lesson_raw(struct once_sqe *sqe, enum scenario_raw raw)
{
	scenario_fill_raw(once_prep_raw(sqe), raw);
}

void lesson_message(struct once_sqe *sqe, const struct once_ring *to, uint64_t user_data, uint8_t result)
{
	struct io_uring_sqe *raw = once_prep_raw(sqe);

	raw->opcode = IORING_OP_MSG_RING;
	raw->fd = to->open != 0 ? once_fd(to) : -1;
	raw->len = result;
	raw->off = user_data;
}

void lesson_forge(struct once_cqe *cqe, enum scenario_forgery how)
{
	static const struct once_cqe zero;

	if (how == FORGE_ZERO)
		*cqe = zero;
	else if (how == FORGE_NEXT)
		cqe->position++;
	else
		cqe->position += UINT64_C(1) << 32;
}
