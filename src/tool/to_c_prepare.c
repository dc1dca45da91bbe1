/* SPDX-License-Identifier: MIT */
/* Preparations as calls of plain liburing. */
#include "to_c.h"

#include <string.h>

static const char *const file_names[FILES] = {
	"file_fd", "pipe_fd[0]", "pipe_fd[1]", "unix_fd[0]", "unix_fd[1]", "listener_fd", "client_fd",
	"event_fd", "tcp_fd[0]", "tcp_fd[1]", "counter_fd", "accepted_fd", "opened_fd", "-1", "-1",
	"full_fd[1]"
};

const char *to_c_file(unsigned file)
{
	return file_names[file % FILES];
}

const char *to_c_time(unsigned time)
{
	static const char *const times[TIMES] = {
		"{ 0, 0 }", "{ 0, 1 }", "{ 1000, 0 }", "{ 1000, 0 }", "{ 0, 1000000 }", "{ -1, 0 }",
		"{ 0, 1000000000 }"
	};

	return times[time % TIMES];
}

/* The descriptor of a file; of FILE_RING that of the SQE's own ring. */
static void put_file(struct to_c *to, const struct scenario_step *step, unsigned file)
{
	const unsigned ring = to->sqe_ring[step->reg % SCENARIO_SQES];

	if (file == FILE_RING && ring < RINGS && to->open[ring])
		fprintf(to->out, "%c.ring_fd", 'a' + (int)ring);
	else
		fputs(to_c_file(file), to->out);
}

static const char *offset_of(unsigned file)
{
	return file == FILE_FILE ? "0" : "-1";
}

static void put_length(struct to_c *to, uint64_t length)
{
	if (length > UINT32_MAX)
		fprintf(to->out, "(unsigned)%lluULL", (unsigned long long)length);
	else
		fprintf(to->out, "%llu", (unsigned long long)length);
}

static void begin(struct to_c *to, const struct scenario_step *step, const char *call)
{
	fprintf(to->out, "\t\tDO(%u, io_uring_prep_%s(s[%u]", to->step, call, (unsigned)step->reg);
}

static void begin_file(struct to_c *to, const struct scenario_step *step, const char *call)
{
	begin(to, step, call);
	fputs(", ", to->out);
	put_file(to, step, step->arg);
}

static void end(struct to_c *to)
{
	fputs("));\n", to->out);
}

/* call(sqe, fd, buffer, length <tail>) */
static void put_transfer(struct to_c *to, const struct scenario_step *step, const char *call,
			 const char *tail)
{
	begin_file(to, step, call);
	fprintf(to->out, ", buffer[%u], ", to->buffers++ % TO_C_BUFFERS);
	put_length(to, scenario_length(step->arg2));
	fputs(tail, to->out);
	end(to);
}

/* Two vectors, half the length each. */
static void put_vectors(struct to_c *to, const struct scenario_step *step, bool message)
{
	const uint64_t length = scenario_length(step->arg2);
	const uint64_t whole = length < LENGTH_MOST ? length : LENGTH_MOST;
	const unsigned buffer = to->buffers++ % TO_C_BUFFERS;

	fprintf(to->out, "\t\tstatic struct iovec parts[2] = {\n"
		"\t\t\t{ buffer[%u], %llu }, { &buffer[%u][%llu], %llu }\n\t\t};\n", buffer,
		(unsigned long long)(whole / 2), buffer, (unsigned long long)(whole / 2),
		(unsigned long long)(whole - whole / 2));
	if (message)
		fputs("\t\tstatic struct msghdr message = { .msg_iov = parts, .msg_iovlen = 2 };\n", to->out);
	fputc('\n', to->out);
}

static bool prepare_file(struct to_c *to, const struct scenario_step *step)
{
	char tail[32];

	snprintf(tail, sizeof tail, ", %s", offset_of(step->arg));
	switch (step->verb) {
	case VERB_PREP_READ:
		put_transfer(to, step, "read", tail);
		return true;
	case VERB_PREP_WRITE:
		put_transfer(to, step, "write", tail);
		return true;
	case VERB_PREP_READ_FIXED:
	case VERB_PREP_WRITE_FIXED:
		snprintf(tail, sizeof tail, ", %s, 0", offset_of(step->arg));
		put_transfer(to, step, step->verb == VERB_PREP_READ_FIXED ? "read_fixed" : "write_fixed", tail);
		return true;
	case VERB_PREP_READV:
	case VERB_PREP_WRITEV:
		put_vectors(to, step, false);
		begin_file(to, step, step->verb == VERB_PREP_READV ? "readv" : "writev");
		fprintf(to->out, ", parts, 2, %s", offset_of(step->arg));
		break;
	case VERB_PREP_FSYNC:
		begin_file(to, step, "fsync");
		fputs(", 0", to->out);
		break;
	case VERB_PREP_CLOSE:
		begin_file(to, step, "close");
		break;
	case VERB_PREP_SPLICE:
		begin_file(to, step, "splice");
		fprintf(to->out, ", %s, ", offset_of(step->arg));
		put_file(to, step, step->arg2);
		fprintf(to->out, ", %s, 16, 0", offset_of(step->arg2));
		break;
	default:
		return false;
	}
	end(to);
	return true;
}

static bool prepare_path(struct to_c *to, const struct scenario_step *step)
{
	static const char *const paths[PATHS] = {
		"\"/dev/null\"", "\"/dev/null/missing\"", "(const char *)8"
	};

	if (step->verb == VERB_PREP_OPENAT) {
		begin(to, step, "openat");
		fprintf(to->out, ", AT_FDCWD, %s, O_RDONLY | O_CLOEXEC, 0", paths[step->arg % PATHS]);
	} else if (step->verb == VERB_PREP_STATX) {
		begin(to, step, "statx");
		fprintf(to->out, ", AT_FDCWD, %s, 0, STATX_SIZE,\n\t\t\t(struct statx *)buffer[%u]",
			paths[step->arg % PATHS], to->buffers++ % TO_C_BUFFERS);
	} else {
		return false;
	}
	end(to);
	return true;
}

static bool prepare_socket(struct to_c *to, const struct scenario_step *step)
{
	switch (step->verb) {
	case VERB_PREP_ACCEPT:
	case VERB_PREP_ACCEPT_MULTISHOT:
		begin_file(to, step, step->verb == VERB_PREP_ACCEPT ? "accept" : "multishot_accept");
		fputs(", NULL, NULL, SOCK_CLOEXEC", to->out);
		break;
	case VERB_PREP_CONNECT:
		begin_file(to, step, "connect");
		fputs(", (struct sockaddr *)&address,\n\t\t\taddress_size /* of listener_fd */", to->out);
		break;
	case VERB_PREP_SEND:
		put_transfer(to, step, "send", ", 0");
		return true;
	case VERB_PREP_RECV:
		put_transfer(to, step, "recv", ", 0");
		return true;
	case VERB_PREP_SEND_ZC:
		put_transfer(to, step, "send_zc", ", 0, 0");
		return true;
	case VERB_PREP_RECV_MULTISHOT:
		begin_file(to, step, "recv_multishot");
		fputs(", NULL, 0, 0", to->out);
		end(to);
		fprintf(to->out, "\t\ts[%u]->flags |= IOSQE_BUFFER_SELECT;\n\t\ts[%u]->buf_group = (unsigned short)",
			(unsigned)step->reg, (unsigned)step->reg);
		put_length(to, scenario_length(step->arg2));
		fputs(";\n", to->out);
		return true;
	case VERB_PREP_SENDMSG:
	case VERB_PREP_RECVMSG:
		put_vectors(to, step, true);
		begin_file(to, step, step->verb == VERB_PREP_SENDMSG ? "sendmsg" : "recvmsg");
		fputs(", &message, 0", to->out);
		break;
	case VERB_PREP_SHUTDOWN:
		begin_file(to, step, "shutdown");
		fputs(", SHUT_RDWR", to->out);
		break;
	default:
		return false;
	}
	end(to);
	return true;
}

static bool prepare_ready(struct to_c *to, const struct scenario_step *step)
{
	static const char *const events[EVENTS] = { "POLLIN", "POLLOUT" };

	switch (step->verb) {
	case VERB_PREP_NOP:
		begin(to, step, "nop");
		break;
	case VERB_PREP_POLL:
	case VERB_PREP_POLL_MULTISHOT:
		begin_file(to, step, step->verb == VERB_PREP_POLL ? "poll_add" : "poll_multishot");
		fprintf(to->out, ", %s", events[step->arg2 % EVENTS]);
		break;
	case VERB_PREP_POLL_REMOVE:
		begin(to, step, "poll_remove");
		fprintf(to->out, ", o[%u]", (unsigned)step->arg);
		break;
	case VERB_PREP_CANCEL:
		begin(to, step, "cancel64");
		fprintf(to->out, ", o[%u], 0", (unsigned)step->arg);
		break;
	case VERB_PREP_TIMEOUT_REMOVE:
		begin(to, step, "timeout_remove");
		fprintf(to->out, ", o[%u], 0", (unsigned)step->arg);
		break;
	case VERB_PREP_TIMEOUT:
	case VERB_PREP_LINK_TIMEOUT:
		fprintf(to->out, "\t\tstatic struct __kernel_timespec time = %s;\n\n", to_c_time(step->arg));
		begin(to, step, step->verb == VERB_PREP_TIMEOUT ? "timeout" : "link_timeout");
		if (step->verb == VERB_PREP_TIMEOUT)
			fprintf(to->out, ", &time, %u, 0", (unsigned)step->arg2);
		else
			fputs(", &time, 0", to->out);
		break;
	default:
		return false;
	}
	end(to);
	return true;
}

/* Fields that are set by hand, after a NOP was prepared. */
static const char *raw_fields(unsigned raw)
{
	static const char *const fields[RAWS] = {
		"", "S->user_data = 7;", "S->user_data = LIBURING_UDATA_TIMEOUT;",
		"S->flags = IOSQE_CQE_SKIP_SUCCESS;",
		"S->opcode = IORING_OP_POLL_REMOVE; S->len = IORING_POLL_UPDATE_USER_DATA;",
		"S->opcode = 200;",
		"S->opcode = IORING_OP_TIMEOUT; S->addr = (uintptr_t)&time; S->len = 1; "
		"S->timeout_flags = 1U << 6;",
		"S->opcode = 49; S->flags = IOSQE_BUFFER_SELECT; S->fd = pipe_fd[0]; "
		"S->off = ~0ULL; S->buf_group = 0;"
	};

	return fields[raw % RAWS];
}

static void put_fields(struct to_c *to, const char *fields, unsigned reg)
{
	if (fields[0] == '\0')
		return;
	fputs("\t\t", to->out);
	for (; *fields != '\0'; fields++) {
		if (*fields == 'S')
			fprintf(to->out, fields[1] == '-' ? "s[%u]" : "S", reg);
		else if (*fields == ';' && fields[1] == ' ') {
			fputs(";\n\t\t", to->out);
			fields++;
		} else {
			fputc(*fields, to->out);
		}
	}
	fputc('\n', to->out);
}

static bool prepare_raw(struct to_c *to, const struct scenario_step *step)
{
	static const char *const values[UDATAS] = {
		"7", "0", "LIBURING_UDATA_TIMEOUT", "LIBURING_UDATA_TIMEOUT - 1",
		"LIBURING_UDATA_TIMEOUT - 2", "0x01ea600000000001ULL"
	};

	switch (step->verb) {
	case VERB_PREP_RAW:
		if (step->arg == RAW_TIMEOUT_MULTISHOT)
			fprintf(to->out, "\t\tstatic struct __kernel_timespec time = { 1000, 0 };\n\n");
		begin(to, step, "nop");
		end(to);
		put_fields(to, raw_fields(step->arg), step->reg);
		return true;
	case VERB_PREP_PROVIDE:
		begin(to, step, "provide_buffers");
		fprintf(to->out, ", provided, 64, %u, 0, 0", step->arg % 32U + 1);
		break;
	case VERB_PREP_MESSAGE:
	case VERB_PREP_MESSAGE_OF:
		begin(to, step, "msg_ring");
		if (to->open[step->ring])
			fprintf(to->out, ", %c.ring_fd, %u, ", 'a' + step->ring, (unsigned)step->arg2);
		else
			fprintf(to->out, ", -1, %u, ", (unsigned)step->arg2);
		if (step->verb == VERB_PREP_MESSAGE_OF)
			fprintf(to->out, "o[%u], 0", (unsigned)step->arg);
		else
			fprintf(to->out, "%s, 0", values[step->arg % UDATAS]);
		break;
	default:
		return false;
	}
	end(to);
	return true;
}

bool to_c_prepare(struct to_c *to, const struct scenario_step *step)
{
	if (strncmp(scenario_grammar(step->verb)->name, "PREP_", 5) != 0)
		return false;
	/* what its completion delivers may be used as a file later */
	to->makes[step->reg % SCENARIO_SQES] =
		step->verb == VERB_PREP_OPENAT ? 'o' : step->verb == VERB_PREP_ACCEPT ||
		step->verb == VERB_PREP_ACCEPT_MULTISHOT ? 'a' : 0;
	fprintf(to->out, "\tif (has_sqe(%u, s[%u])) {\n", to->step, (unsigned)step->reg);
	(void)(prepare_file(to, step) || prepare_path(to, step) || prepare_socket(to, step) ||
	       prepare_ready(to, step) || prepare_raw(to, step));
	fputs("\t}\n", to->out);
	return true;
}
