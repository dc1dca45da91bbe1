/* SPDX-License-Identifier: MIT */
/*
 * The oracle: bytes. What operations and steps have put into a pipe or a socket
 * is what they have got out of it, and what is left.
 */
#include "oracle.h"

#include <sys/ioctl.h>

enum { F_NOTIF = 1 << 3, NO_STREAM = 255 };

/* By file: the stream that its bytes go into, and the one they come out of. */
static const struct {
	uint8_t in, out;
} ends[FILES] = {
	[FILE_PIPE_READ] = { NO_STREAM, 0 }, [FILE_PIPE_WRITE] = { 0, NO_STREAM },
	[FILE_LEFT] = { 1, 2 }, [FILE_RIGHT] = { 2, 1 }
};

static bool is_streamed(unsigned file)
{
	return file == FILE_PIPE_READ || file == FILE_PIPE_WRITE || file == FILE_LEFT || file == FILE_RIGHT;
}

static const uint8_t drains[STREAMS] = { FILE_PIPE_READ, FILE_RIGHT, FILE_LEFT };

/* The stream that the operation moves bytes of; NO_STREAM: none. */
static unsigned stream_of(unsigned verb, unsigned file, bool *in)
{
	if (!is_streamed(file))
		return NO_STREAM;
	switch (verb) {
	case VERB_PREP_WRITE:
	case VERB_PREP_WRITEV:
	case VERB_PREP_WRITE_FIXED:
	case VERB_PREP_SEND:
	case VERB_PREP_SENDMSG:
	case VERB_PREP_SEND_ZC:
	case VERB_PUT:
		*in = true;
		return ends[file].in;
	case VERB_PREP_READ:
	case VERB_PREP_READV:
	case VERB_PREP_READ_FIXED:
	case VERB_PREP_RECV:
	case VERB_PREP_RECVMSG:
	case VERB_PREP_RECV_MULTISHOT:
	case VERB_PREP_RAW:
	case VERB_GET:
		*in = false;
		return ends[file].out;
	default:
		return NO_STREAM;
	}
}

static void move(struct oracle *o, unsigned verb, unsigned file, int64_t bytes)
{
	bool in = false;
	const unsigned stream = stream_of(verb, file, &in);

	if (stream == NO_STREAM || bytes <= 0)
		return;
	if (in)
		o->streams[stream].in += (uint64_t)bytes;
	else
		o->streams[stream].out += (uint64_t)bytes;
}

void oracle_stream_armed(struct oracle *o, const struct oracle_op *op)
{
	bool in;
	const unsigned stream = stream_of(op->verb, op->file, &in);

	if (stream != NO_STREAM)
		o->streams[stream].pending++;
}

void oracle_stream_came(struct oracle *o, const struct oracle_op *op, const struct model_cqe *cqe)
{
	bool in;
	const unsigned stream = stream_of(op->verb, op->file, &in);

	if ((cqe->flags & F_NOTIF) == 0)
		move(o, op->verb, op->file, cqe->result);
	if (stream != NO_STREAM && (cqe->flags & 2U) == 0)
		o->streams[stream].pending--;
}

/* Completions were thrown away, results and all. */
void oracle_stream_lost(struct oracle *o)
{
	for (unsigned i = 0; i < STREAMS; i++)
		o->streams[i].unknown = true;
}

void oracle_stream_step(struct oracle *o, int rc)
{
	const struct scenario_step *step = o->step;

	if (step->verb == VERB_PUT || step->verb == VERB_GET)
		move(o, step->verb, step->reg, rc);
}

void oracle_stream_finish(struct oracle *o)
{
	const struct world *world = &o->run->world;

	for (unsigned i = 0; i < STREAMS && !o->spoofed; i++) {
		const struct oracle_stream *stream = &o->streams[i];
		const uint32_t files = i == 0 ? 1U << FILE_PIPE_READ | 1U << FILE_PIPE_WRITE
					      : 1U << FILE_LEFT | 1U << FILE_RIGHT;
		int left = 0;

		if (stream->in == 0 || stream->unknown || stream->pending != 0 || (world->broken & files) != 0)
			continue;
		if (ioctl(world->base + drains[i], FIONREAD, &left) < 0)
			continue;
		CHECK_THAT(CHECK_BYTES, stream->in == stream->out + (uint64_t)left,
			   "stream %u: %llu bytes in, %llu out, %d left", i, (unsigned long long)stream->in,
			   (unsigned long long)stream->out, left);
	}
}
