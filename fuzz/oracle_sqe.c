/* SPDX-License-Identifier: MIT */
/*
 * The oracle: preparations. What each must lead to, told by the step; and what
 * liburing's own function would have written.
 */
#include "oracle.h"

#include <fcntl.h>
#include <liburing.h>
#include <poll.h>
#include <string.h>

enum { KNOWN_FLAGS = 0x3f, GROUP_MOST = 65535 };

static const struct __kernel_timespec *time_of(unsigned time)
{
	static const struct __kernel_timespec times[TIMES] = {
		{ 0, 0 }, { 0, 1 }, { 1000, 0 }, { 1000, 0 }, { 0, 1000000 }, { -1, 0 }, { 0, 1000000000 }
	};

	return &times[time % TIMES];
}

/* --- what liburing writes --- */

struct draft {
	struct io_uring_sqe *sqe;
	const struct scenario_step *step;
	const struct run *run;
	struct world_buffer *buffer;
	int fd;
	uint64_t offset;
	unsigned length;
};

static bool write_file(const struct draft *d)
{
	static const char *const paths[PATHS] = { "/dev/null", "/dev/null/missing", (const char *)8 };

	switch (d->step->verb) {
	case VERB_PREP_READ:
		io_uring_prep_read(d->sqe, d->fd, d->buffer->bytes, d->length, d->offset);
		return true;
	case VERB_PREP_WRITE:
		io_uring_prep_write(d->sqe, d->fd, d->buffer->bytes, d->length, d->offset);
		return true;
	case VERB_PREP_READV:
		io_uring_prep_readv(d->sqe, d->fd, d->buffer->iovecs, 2, d->offset);
		return true;
	case VERB_PREP_WRITEV:
		io_uring_prep_writev(d->sqe, d->fd, d->buffer->iovecs, 2, d->offset);
		return true;
	case VERB_PREP_READ_FIXED:
		io_uring_prep_read_fixed(d->sqe, d->fd, d->buffer->bytes, d->length, d->offset, 0);
		return true;
	case VERB_PREP_WRITE_FIXED:
		io_uring_prep_write_fixed(d->sqe, d->fd, d->buffer->bytes, d->length, d->offset, 0);
		return true;
	case VERB_PREP_FSYNC:
		io_uring_prep_fsync(d->sqe, d->fd, 0);
		return true;
	case VERB_PREP_OPENAT:
		io_uring_prep_openat(d->sqe, AT_FDCWD, paths[d->step->arg], O_RDONLY | O_CLOEXEC, 0);
		/* a string of the runner's own: its address is not known here */
		return d->step->arg == PATH_UNREADABLE;
	case VERB_PREP_CLOSE:
		io_uring_prep_close(d->sqe, d->fd);
		return true;
	default:
		return false;
	}
}

static bool write_socket(const struct draft *d)
{
	const struct world *world = &d->run->world;

	switch (d->step->verb) {
	case VERB_PREP_ACCEPT:
		io_uring_prep_accept(d->sqe, d->fd, NULL, NULL, SOCK_CLOEXEC);
		return true;
	case VERB_PREP_ACCEPT_MULTISHOT:
		io_uring_prep_multishot_accept(d->sqe, d->fd, NULL, NULL, SOCK_CLOEXEC);
		return true;
	case VERB_PREP_CONNECT:
		io_uring_prep_connect(d->sqe, d->fd, (const struct sockaddr *)&world->address,
				      world->address_size);
		return true;
	case VERB_PREP_SEND:
		io_uring_prep_send(d->sqe, d->fd, d->buffer->bytes, d->length, 0);
		return true;
	case VERB_PREP_RECV:
		io_uring_prep_recv(d->sqe, d->fd, d->buffer->bytes, d->length, 0);
		return true;
	case VERB_PREP_RECV_MULTISHOT:
		io_uring_prep_recv_multishot(d->sqe, d->fd, NULL, 0, 0);
		d->sqe->flags |= IOSQE_BUFFER_SELECT;
		d->sqe->buf_group = (uint16_t)scenario_length(d->step->arg2);
		return true;
	case VERB_PREP_SENDMSG:
		io_uring_prep_sendmsg(d->sqe, d->fd, &d->buffer->message, 0);
		return true;
	case VERB_PREP_RECVMSG:
		io_uring_prep_recvmsg(d->sqe, d->fd, &d->buffer->message, 0);
		return true;
	case VERB_PREP_SEND_ZC:
		io_uring_prep_send_zc(d->sqe, d->fd, d->buffer->bytes, d->length, 0, 0);
		return true;
	case VERB_PREP_SHUTDOWN:
		io_uring_prep_shutdown(d->sqe, d->fd, SHUT_RDWR);
		return true;
	default:
		return false;
	}
}

static bool write_other(const struct draft *d, struct oracle_sqe *sqe)
{
	static const unsigned events[EVENTS] = { POLLIN, POLLOUT };
	const struct scenario_step *step = d->step;
	const uint64_t id = d->run->tickets[step->arg % SCENARIO_OPS].id;

	switch (step->verb) {
	case VERB_PREP_NOP:
		io_uring_prep_nop(d->sqe);
		return true;
	case VERB_PREP_POLL:
		io_uring_prep_poll_add(d->sqe, d->fd, events[step->arg2]);
		return true;
	case VERB_PREP_POLL_MULTISHOT:
		io_uring_prep_poll_multishot(d->sqe, d->fd, events[step->arg2]);
		return true;
	case VERB_PREP_POLL_REMOVE:
		io_uring_prep_poll_remove(d->sqe, id);
		return true;
	case VERB_PREP_TIMEOUT:
		io_uring_prep_timeout(d->sqe, (struct __kernel_timespec *)(uintptr_t)time_of(step->arg),
				      step->arg2, 0);
		sqe->timed = true;
		return true;
	case VERB_PREP_LINK_TIMEOUT:
		io_uring_prep_link_timeout(d->sqe, (struct __kernel_timespec *)(uintptr_t)time_of(step->arg), 0);
		sqe->timed = true;
		return true;
	case VERB_PREP_TIMEOUT_REMOVE:
		io_uring_prep_timeout_remove(d->sqe, id, 0);
		return true;
	case VERB_PREP_CANCEL:
		io_uring_prep_cancel64(d->sqe, id, 0);
		return true;
	default:
		return false;
	}
}

/* Fill sqe->wire; false: liburing has no function for it, or it is not known. */
static bool write_wire(struct oracle *o, struct oracle_sqe *sqe)
{
	struct io_uring_sqe wire;
	const struct run_sqe *register_ = &o->run->sqes[o->step->reg];
	struct draft d = { &wire, o->step, o->run, register_->buffer, -1, 0, register_->length };
	bool known;

	memset(&wire, 0, sizeof wire);
	if (scenario_grammar(o->step->verb)->operands[1] == 'F') {
		d.fd = o->step->arg != FILE_RING ? world_fd(&o->run->world, o->step->arg)
			: register_->sqe.ring->open != 0 ? once_fd(register_->sqe.ring) : -1;
		d.offset = o->step->arg == FILE_FILE ? 0 : (uint64_t)-1;
	}
	if (scenario_grammar(o->step->verb)->operands[2] == 'L')
		d.length = (unsigned)scenario_length(o->step->arg2);
	known = write_file(&d) || write_socket(&d) || write_other(&d, sqe);
	memcpy(sqe->wire, &wire, sizeof sqe->wire);
	return known;
}

/* --- what it must lead to --- */

static int shape_of(const struct scenario_step *step)
{
	switch (step->verb) {
	case VERB_PREP_POLL_MULTISHOT:
	case VERB_PREP_ACCEPT_MULTISHOT:
	case VERB_PREP_RECV_MULTISHOT:
		return MODEL_MULTISHOT;
	case VERB_PREP_SEND_ZC:
		return MODEL_ZERO_COPY;
	case VERB_PREP_RAW:
		return step->arg == RAW_TIMEOUT_MULTISHOT || step->arg == RAW_READ_MULTISHOT
			? MODEL_MULTISHOT : MODEL_ONE;
	default:
		return MODEL_ONE;
	}
}

static int raw_fault(unsigned raw)
{
	switch (raw) {
	case RAW_USER_DATA:
	case RAW_RESERVED:
		return ONCE_USER_DATA;
	case RAW_SKIP_SUCCESS:
		return ONCE_SKIP_SUCCESS;
	case RAW_REWRITE:
		return ONCE_REWRITES_ID;
	default:
		return 0;
	}
}

static int fault_of(struct oracle *o)
{
	const struct scenario_step *step = o->step;
	const struct once_sqe *sqe = &o->run->sqes[step->reg].sqe;
	const struct once_ticket *ticket;

	switch (step->verb) {
	case VERB_PREP_RAW:
		return raw_fault(step->arg);
	case VERB_PREP_POLL_REMOVE:
	case VERB_PREP_TIMEOUT_REMOVE:
	case VERB_PREP_CANCEL:
		ticket = &o->run->tickets[step->arg];
		return model_aim(&o->rings[oracle_index_of(o, sqe->ring)].model, ticket->ring == sqe->ring,
				 ticket->id);
	case VERB_PREP_READ:
	case VERB_PREP_WRITE:
	case VERB_PREP_READ_FIXED:
	case VERB_PREP_WRITE_FIXED:
	case VERB_PREP_SEND:
	case VERB_PREP_RECV:
	case VERB_PREP_SEND_ZC:
		return scenario_length(step->arg2) > UINT32_MAX ? ONCE_BAD_ARGUMENT : 0;
	case VERB_PREP_RECV_MULTISHOT:
		return scenario_length(step->arg2) > GROUP_MOST ? ONCE_BAD_ARGUMENT : 0;
	default:
		return 0;
	}
}

static void set_flag(struct oracle *o)
{
	static const uint8_t bits[SQE_FLAGS] = {
		IOSQE_IO_LINK, IOSQE_IO_HARDLINK, IOSQE_IO_DRAIN, IOSQE_ASYNC, IOSQE_FIXED_FILE,
		IOSQE_BUFFER_SELECT, IOSQE_CQE_SKIP_SUCCESS, 0x80
	};
	struct oracle_sqe *sqe = &o->sqes[o->step->reg];
	const uint8_t bit = bits[o->step->arg % SQE_FLAGS];

	(void)oracle_do(o);
	sqe->wire[offsetof(struct io_uring_sqe, flags)] |= bit;
	if (bit > KNOWN_FLAGS && sqe->fault == 0)
		sqe->fault = (bit & IOSQE_CQE_SKIP_SUCCESS) != 0 ? ONCE_SKIP_SUCCESS : ONCE_BAD_ARGUMENT;
	/* a raw SQE's own mistakes come second */
	if (bit > KNOWN_FLAGS && sqe->verb == VERB_PREP_RAW && sqe->raw_fault)
		sqe->fault = (bit & IOSQE_CQE_SKIP_SUCCESS) != 0 ? ONCE_SKIP_SUCCESS : ONCE_BAD_ARGUMENT;
	if (bit > KNOWN_FLAGS)
		sqe->raw_fault = false;
}

bool oracle_prepare_step(struct oracle *o)
{
	const struct scenario_step *step = o->step;
	struct oracle_sqe *sqe = &o->sqes[step->reg % SCENARIO_SQES];
	int fault;

	if (step->verb == VERB_SET_FLAG) {
		set_flag(o);
		return true;
	}
	if (step->verb == VERB_COPY_SQE) {
		(void)oracle_do(o);
		o->sqes[step->arg] = *sqe;
		return true;
	}
	if (step->verb != VERB_PREP_NOP && (step->verb < VERB_PREP_READ || step->verb > VERB_PREP_MESSAGE_OF))
		return false;
	fault = fault_of(o);
	(void)oracle_do(o);
	memset(sqe, 0, offsetof(struct oracle_sqe, wire));
	sqe->verb = step->verb;
	sqe->fault = fault;
	sqe->raw_fault = step->verb == VERB_PREP_RAW && fault != 0;
	sqe->shape = shape_of(step);
	sqe->file = scenario_grammar(step->verb)->operands[1] == 'F' ? step->arg : NO_FILE;
	if (step->verb == VERB_PREP_RAW && step->arg == RAW_READ_MULTISHOT)
		sqe->file = FILE_PIPE_READ;
	sqe->time = scenario_grammar(step->verb)->operands[1] == 'T' ? step->arg : 0;
	sqe->sends = step->verb == VERB_PREP_MESSAGE || step->verb == VERB_PREP_MESSAGE_OF;
	sqe->by_id = step->verb == VERB_PREP_MESSAGE_OF;
	sqe->by_own = step->verb == VERB_PREP_MESSAGE && step->arg >= UDATA_TIMEOUT && step->arg <= UDATA_CANCEL;
	sqe->to = step->ring;
	sqe->compared = write_wire(o, sqe);
	if (sqe->file == FILE_RING || sqe->file == FILE_FILE)
		o->restless = true;
	return true;
}

/* --- what the SQ holds --- */

void oracle_check_wire(struct oracle *o, unsigned ring, const struct oracle_sqe *sqe, uint64_t id)
{
	const struct once_ring *library = &o->run->rings[ring];
	const size_t index = (library->submit.sq_tail - 1) % library->view.sq_entries;
	struct io_uring_sqe is, wanted;

	memcpy(&is, &library->view.sqes[index], sizeof is);
	memcpy(&wanted, sqe->wire, sizeof wanted);
	CHECK_THAT(CHECK_SQE, is.user_data == id && is.user_data < UINT64_MAX - 2 && is.user_data != 0,
		   "user_data is %llx, the identity %llx", (unsigned long long)is.user_data,
		   (unsigned long long)id);
	if (!sqe->compared)
		return;
	if (sqe->timed) {
		const struct __kernel_timespec *time = (const struct __kernel_timespec *)(uintptr_t)is.addr;

		CHECK_THAT(CHECK_SQE, time == (const void *)&library->memory.times[index] &&
				      memcmp(time, time_of(sqe->time), sizeof *time) == 0,
			   "the time is not the one that was prepared");
	}
	wanted.user_data = is.user_data;
	if (sqe->timed)
		wanted.addr = is.addr;
	CHECK_THAT(CHECK_SQE, memcmp(&is, &wanted, sizeof is) == 0,
		   "opcode %u flags %x fd %d off %llx addr %llx len %u; liburing: opcode %u flags %x fd %d off %llx "
		   "addr %llx len %u", is.opcode, is.flags, is.fd, (unsigned long long)is.off,
		   (unsigned long long)is.addr, is.len, wanted.opcode, wanted.flags, wanted.fd,
		   (unsigned long long)wanted.off, (unsigned long long)wanted.addr, wanted.len);
}
