/* SPDX-License-Identifier: MIT */
/* The steps that prepare an SQE. */
#include "run_internal.h"
#include "scenario_mistakes.h"

#include <fcntl.h>
#include <linux/io_uring.h>
#include <poll.h>
#include <sys/stat.h>

enum { MAKES_ACCEPTED = 1, MAKES_OPENED = 2, PROVIDED_GROUP = 0, SPLICED = 16, UNKNOWN_FLAG = 0x80 };

/* Where a preparation gets its things from. */
struct draft {
	struct run *run;
	struct run_sqe *to;
	const struct scenario_step *step;
	int fd;              /* of arg */
	uint64_t length;     /* of arg2 */
	uint64_t offset;
	struct world_buffer *buffer;
};

/* The buffer of this register; a second preparation uses it again. */
static struct world_buffer *buffer_for(struct draft *draft)
{
	struct run_sqe *to = draft->to;

	if (to->buffer == NULL)
		to->buffer = world_lend(&draft->run->world);
	to->length = draft->length < WORLD_BUFFER ? (uint32_t)draft->length : WORLD_BUFFER;
	draft->buffer = to->buffer;
	return to->buffer;
}

static int fd_of(struct run *run, const struct run_sqe *to, unsigned file)
{
	if (file != FILE_RING)
		return world_fd(&run->world, file);
	return to->sqe.ring->open != 0 ? once_fd(to->sqe.ring) : -1;
}

/* Two vectors, half the length each. */
static const struct iovec *vectors_for(struct draft *draft)
{
	struct world_buffer *buffer = buffer_for(draft);
	const size_t half = draft->to->length / 2;

	buffer->iovecs[0].iov_base = buffer->bytes;
	buffer->iovecs[0].iov_len = half;
	buffer->iovecs[1].iov_base = buffer->bytes + half;
	buffer->iovecs[1].iov_len = draft->to->length - half;
	return buffer->iovecs;
}

static struct msghdr *message_for(struct draft *draft)
{
	struct world_buffer *buffer;

	(void)vectors_for(draft);
	buffer = draft->buffer;
	memset(&buffer->message, 0, sizeof buffer->message);
	buffer->message.msg_iov = buffer->iovecs;
	buffer->message.msg_iovlen = 2;
	return &buffer->message;
}

static const char *path_of(unsigned path)
{
	static const char *const paths[PATHS] = { "/dev/null", "/dev/null/missing", NULL };

	return path == PATH_UNREADABLE ? (const char *)(uintptr_t)8 : paths[path % PATHS];
}

static bool is_short_time(unsigned time)
{
	return time == TIME_ZERO || time == TIME_SOON || time == TIME_MOMENT;
}

/*
 * What a worker of the kernel does, not the submission: all on the file; writes to an
 * eventfd, even those that are refused.
 */
static bool needs_worker(const struct scenario_step *step)
{
	const bool writes = step->verb == VERB_PREP_WRITE || step->verb == VERB_PREP_WRITEV ||
			    step->verb == VERB_PREP_WRITE_FIXED;

	return step->arg == FILE_FILE || (writes && (step->arg == FILE_EVENTFD || step->arg == FILE_COUNTER));
}

static void prepare_file(struct draft *draft)
{
	struct once_sqe *sqe = &draft->to->sqe;
	const struct scenario_step *step = draft->step;
	struct run *run = draft->run;
	const size_t length = draft->length;

	draft->to->soon = needs_worker(step);
	switch (step->verb) {
	case VERB_PREP_READ:
		once_prep_read(sqe, draft->fd, buffer_for(draft)->bytes, length, draft->offset);
		break;
	case VERB_PREP_WRITE:
		once_prep_write(sqe, draft->fd, buffer_for(draft)->bytes, length, draft->offset);
		break;
	case VERB_PREP_READV:
		once_prep_readv(sqe, draft->fd, vectors_for(draft), 2, draft->offset);
		break;
	case VERB_PREP_WRITEV:
		once_prep_writev(sqe, draft->fd, vectors_for(draft), 2, draft->offset);
		break;
	case VERB_PREP_READ_FIXED:
		once_prep_read_fixed(sqe, draft->fd, buffer_for(draft)->bytes, length, draft->offset, 0);
		break;
	case VERB_PREP_WRITE_FIXED:
		once_prep_write_fixed(sqe, draft->fd, buffer_for(draft)->bytes, length, draft->offset, 0);
		break;
	case VERB_PREP_FSYNC:
		once_prep_fsync(sqe, draft->fd, 0);
		draft->to->soon = 1;
		break;
	case VERB_PREP_OPENAT:
		once_prep_openat(sqe, AT_FDCWD, path_of(step->arg), O_RDONLY | O_CLOEXEC, 0);
		draft->to->makes = MAKES_OPENED;
		draft->to->soon = 1;
		break;
	case VERB_PREP_CLOSE:
		once_prep_close(sqe, draft->fd);
		draft->to->soon = 1;
		world_break(&run->world, step->arg);
		break;
	case VERB_PREP_STATX:
		draft->length = sizeof(struct statx);
		once_prep_statx(sqe, AT_FDCWD, path_of(step->arg), 0, STATX_SIZE,
				(struct statx *)(void *)buffer_for(draft)->bytes);
		draft->to->soon = 1;
		break;
	default:
		once_prep_splice(sqe, draft->fd, step->arg == FILE_FILE ? 0 : ONCE_CURRENT,
				 fd_of(run, draft->to, step->arg2),
				 step->arg2 == FILE_FILE ? 0 : ONCE_CURRENT, SPLICED, 0);
		draft->to->soon = 1;
		world_break(&run->world, step->arg2);
		break;
	}
}

static void prepare_socket(struct draft *draft)
{
	struct once_sqe *sqe = &draft->to->sqe;
	struct world *world = &draft->run->world;
	const size_t length = draft->length;

	switch (draft->step->verb) {
	case VERB_PREP_ACCEPT:
		once_prep_accept(sqe, draft->fd, NULL, NULL, SOCK_CLOEXEC);
		draft->to->makes = MAKES_ACCEPTED;
		break;
	case VERB_PREP_ACCEPT_MULTISHOT:
		once_prep_accept_multishot(sqe, draft->fd, NULL, NULL, SOCK_CLOEXEC);
		draft->to->makes = MAKES_ACCEPTED;
		break;
	case VERB_PREP_CONNECT:
		once_prep_connect(sqe, draft->fd, (const struct sockaddr *)&world->address,
				  world->address_size);
		world_break(world, draft->step->arg);
		world->touched |= 1U << FILE_LISTENER;
		draft->to->soon = 1;
		break;
	case VERB_PREP_SEND:
		once_prep_send(sqe, draft->fd, buffer_for(draft)->bytes, length, 0);
		break;
	case VERB_PREP_RECV:
		once_prep_recv(sqe, draft->fd, buffer_for(draft)->bytes, length, 0);
		break;
	case VERB_PREP_RECV_MULTISHOT: /* a group that no SQE can carry, if the length is huge */
		once_prep_recv_multishot(sqe, draft->fd,
					 length > UINT16_MAX ? UINT16_MAX + 1U : (unsigned)length, 0);
		break;
	case VERB_PREP_SENDMSG:
		once_prep_sendmsg(sqe, draft->fd, message_for(draft), 0);
		break;
	case VERB_PREP_RECVMSG:
		once_prep_recvmsg(sqe, draft->fd, message_for(draft), 0);
		break;
	case VERB_PREP_SEND_ZC:
		once_prep_send_zc(sqe, draft->fd, buffer_for(draft)->bytes, length, 0, 0);
		draft->to->soon = 1;
		break;
	default:
		once_prep_shutdown(sqe, draft->fd, SHUT_RDWR);
		world_break(world, draft->step->arg);
		draft->to->soon = 1;
		break;
	}
}

static void prepare_raw(struct draft *draft)
{
	struct io_uring_sqe *raw = once_prep_raw(&draft->to->sqe);

	scenario_fill_raw(raw, draft->step->arg);
	switch (draft->step->arg) {
	case RAW_TIMEOUT_MULTISHOT:
		raw->opcode = IORING_OP_TIMEOUT;
		raw->addr = (uintptr_t)run_time(TIME_LATE, false);
		raw->len = 1;
		raw->timeout_flags = 1U << 6; /* IORING_TIMEOUT_MULTISHOT */
		break;
	case RAW_READ_MULTISHOT:
		raw->opcode = 49; /* IORING_OP_READ_MULTISHOT */
		raw->flags = IOSQE_BUFFER_SELECT;
		raw->fd = world_fd(&draft->run->world, FILE_PIPE_READ);
		raw->off = UINT64_MAX;
		raw->buf_group = PROVIDED_GROUP;
		break;
	default:
		break;
	}
}

static void prepare_provide(struct draft *draft)
{
	struct io_uring_sqe *raw = once_prep_raw(&draft->to->sqe);

	raw->opcode = IORING_OP_PROVIDE_BUFFERS;
	raw->fd = draft->step->arg % WORLD_PROVIDED + 1;
	raw->addr = (uintptr_t)draft->run->world.provided;
	raw->len = WORLD_PROVIDED_SIZE;
	raw->buf_group = PROVIDED_GROUP;
	draft->run->stale = true; /* the group stays with the ring */
}

static uint64_t message_data(const struct run *run, const struct scenario_step *step)
{
	static const uint64_t values[UDATAS] = {
		7, 0, ONCE_UDATA_TIMEOUT, ONCE_UDATA_REMOVE, ONCE_UDATA_CANCEL, 0
	};
	const struct once_ring *ring = &run->rings[step->ring];

	if (step->verb == VERB_PREP_MESSAGE_OF)
		return run->tickets[step->arg].id;
	if (step->arg == UDATA_BEYOND)
		return ring->tag + UINT64_C(60000) * ONCE_GENERATIONS + 1;
	return values[step->arg % UDATAS];
}

static void prepare_message(struct draft *draft)
{
	struct io_uring_sqe *raw = once_prep_raw(&draft->to->sqe);
	const struct once_ring *target = &draft->run->rings[draft->step->ring];

	raw->opcode = IORING_OP_MSG_RING;
	raw->fd = target->open != 0 ? once_fd(target) : -1;
	raw->len = draft->step->arg2;
	raw->off = message_data(draft->run, draft->step);
	draft->to->soon = 1;
}

static void prepare_other(struct draft *draft)
{
	static const unsigned events[EVENTS] = { POLLIN, POLLOUT };
	const struct scenario_step *step = draft->step;
	struct once_sqe *sqe = &draft->to->sqe;
	const struct once_ticket *ticket = &draft->run->tickets[step->arg % SCENARIO_OPS];

	switch (step->verb) {
	case VERB_PREP_NOP:
		once_prep_nop(sqe);
		break;
	case VERB_PREP_POLL:
		once_prep_poll_add(sqe, draft->fd, events[step->arg2]);
		break;
	case VERB_PREP_POLL_MULTISHOT:
		once_prep_poll_multishot(sqe, draft->fd, events[step->arg2]);
		break;
	case VERB_PREP_POLL_REMOVE:
		once_prep_poll_remove(sqe, ticket);
		break;
	case VERB_PREP_TIMEOUT:
		once_prep_timeout(sqe, run_time(step->arg, false), step->arg2, 0);
		draft->to->soon = is_short_time(step->arg);
		break;
	case VERB_PREP_TIMEOUT_REMOVE:
		once_prep_timeout_remove(sqe, ticket);
		break;
	case VERB_PREP_LINK_TIMEOUT:
		once_prep_link_timeout(sqe, run_time(step->arg, false), 0);
		draft->to->soon = is_short_time(step->arg);
		break;
	case VERB_PREP_CANCEL:
		once_prep_cancel(sqe, ticket);
		break;
	case VERB_PREP_RAW:
		prepare_raw(draft);
		break;
	case VERB_PREP_PROVIDE:
		prepare_provide(draft);
		break;
	default:
		prepare_message(draft);
		break;
	}
}

static void set_flag(struct run *run, struct run_sqe *to, unsigned flag)
{
	static const uint8_t bits[SQE_FLAGS] = {
		IOSQE_IO_LINK, IOSQE_IO_HARDLINK, IOSQE_IO_DRAIN, IOSQE_ASYNC, IOSQE_FIXED_FILE,
		IOSQE_BUFFER_SELECT, IOSQE_CQE_SKIP_SUCCESS, UNKNOWN_FLAG
	};

	once_set_flags(&to->sqe, bits[flag % SQE_FLAGS]);
	if (flag == SQE_ASYNC)
		to->soon = 1;
	if (flag <= SQE_DRAIN)
		run->tangled = true;
}

void run_prepare(struct run *run, const struct scenario_step *step)
{
	const char *const operands = scenario_grammar(step->verb)->operands;
	struct draft draft = { .run = run, .to = &run->sqes[step->reg], .step = step };

	if (step->verb == VERB_SET_FLAG) {
		set_flag(run, draft.to, step->arg);
		return;
	}
	draft.to->verb = step->verb;
	draft.to->soon = 0;
	draft.to->makes = 0;
	if (operands[1] == 'F') {
		draft.fd = fd_of(run, draft.to, step->arg);
		draft.offset = step->arg == FILE_FILE ? 0 : ONCE_CURRENT;
	}
	if (operands[2] == 'L')
		draft.length = scenario_length(step->arg2);
	if (step->arg == FILE_FILE && (step->verb == VERB_PREP_WRITE || step->verb == VERB_PREP_WRITEV))
		world_break(&run->world, FILE_FILE);
	if (step->verb >= VERB_PREP_READ && step->verb <= VERB_PREP_SPLICE)
		prepare_file(&draft);
	else if (step->verb >= VERB_PREP_ACCEPT && step->verb <= VERB_PREP_SHUTDOWN)
		prepare_socket(&draft);
	else
		prepare_other(&draft);
}
