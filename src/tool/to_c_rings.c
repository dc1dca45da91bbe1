/* SPDX-License-Identifier: MIT */
/* Steps about whole rings, eventfds, registers and the world, as calls of plain liburing. */
#include "to_c.h"

#include <oncering/code.h>

/* --- open, close --- */

static void put_setup_flags(struct to_c *to, uint32_t flags)
{
	for (unsigned bit = 0; bit < 32; bit++) {
		if ((flags >> bit & 1) != 0)
			fprintf(to->out, " | %s", once_setup_flag_name(UINT32_C(1) << bit));
	}
}

void to_c_open(struct to_c *to, unsigned ring)
{
	const struct scenario_header *header = &to->scenario->header;
	const struct scenario_size size = scenario_size_at(ring == RING_A ? header->size :
							   header->second != 0 ? header->second - 1U : 0);
	const char name = (char)('a' + ring);

	fprintf(to->out, "\t{\n\t\tstruct io_uring_params setup = {\n\t\t\t.flags = IORING_SETUP_CQSIZE");
	put_setup_flags(to, scenario_setup_flags(header->setup));
	fprintf(to->out, ",\n\t\t\t.cq_entries = %u, .sq_thread_idle = 1\n\t\t};\n\n", size.cq);
	fprintf(to->out, "\t\tmust(io_uring_queue_init_params(%u, &%c, &setup), "
		"\"io_uring_queue_init_params\");\n", size.entries, name);
	if ((header->options & OPTION_LEGACY) != 0)
		fprintf(to->out, "\t\t%c.features &= ~IORING_FEAT_EXT_ARG; /* as on an old kernel */\n", name);
	if (ring == RING_A && header->phase != 0)
		fprintf(to->out, "\t\tfor (int i = 0; i < %u; i++) { /* so many places are passed */\n"
			"\t\t\tstruct io_uring_sqe *sqe = io_uring_get_sqe(&a);\n"
			"\t\t\tstruct io_uring_cqe *cqe;\n\n"
			"\t\t\tio_uring_prep_nop(sqe);\n\t\t\tio_uring_submit(&a);\n"
			"\t\t\tmust(io_uring_wait_cqe(&a, &cqe), \"io_uring_wait_cqe\");\n"
			"\t\t\tio_uring_cqe_seen(&a, cqe);\n\t\t}\n", (unsigned)header->phase);
	fputs("\t}\n", to->out);
	to->open[ring] = true;
}

/* What pointed into the ring points nowhere now; the program shall not crash. */
static void put_exit(struct to_c *to, unsigned ring)
{
	fprintf(to->out, "\tDO(%u, io_uring_queue_exit(&%c));\n", to->step, 'a' + ring);
	to->open[ring] = false;
	for (unsigned i = 0; i < SCENARIO_SQES; i++) {
		if (to->sqe_ring[i] == ring)
			fprintf(to->out, "\ts[%u] = NULL; /* it dangles */\n", i);
		if (to->sqe_ring[i] == ring)
			to->sqe_ring[i] = RINGS;
	}
	for (unsigned i = 0; i < SCENARIO_TOKENS; i++) {
		if (to->cqe_ring[i] == ring)
			fprintf(to->out, "\tc[%u] = NULL; /* it dangles */\n", i);
		if (to->cqe_ring[i] == ring)
			to->cqe_ring[i] = RINGS;
	}
}

static bool step_open(struct to_c *to, const struct scenario_step *step)
{
	const unsigned ring = step->ring;

	switch (step->verb) {
	case VERB_OPEN:
		if (to->open[ring])
			to_c_say(to, "the ring is open: its descriptor and mappings would leak; left out");
		else if (step->arg != MISTAKE_NONE)
			to_c_say(to, "a mistake that only oncering's configuration can have; left out");
		else
			to_c_open(to, ring);
		return true;
	case VERB_CLOSE:
	case VERB_ABANDON:
		put_exit(to, ring);
		return true;
	case VERB_DRAIN:
		fprintf(to->out, "\tCALL(%u, drain(&%c));\n", to->step, 'a' + ring);
		return true;
	case VERB_SURVIVORS:
		to_c_say(to, "raw liburing keeps no list of operations");
		return true;
	case VERB_HAND_OVER:
		to_c_say(to, "raw liburing does not know threads");
		return true;
	case VERB_DESCRIPTOR:
		fprintf(to->out, "\tCALL(%u, %c.ring_fd);\n", to->step, 'a' + ring);
		return true;
	default:
		return false;
	}
}

/* --- eventfd, accounts --- */

static bool step_ring(struct to_c *to, const struct scenario_step *step)
{
	const char ring = (char)('a' + step->ring);
	const char *call = NULL;

	switch (step->verb) {
	case VERB_REGISTER:
	case VERB_REGISTER_ASYNC:
		fprintf(to->out, "\tCALL(%u, io_uring_register_eventfd%s(&%c, %s));\n", to->step,
			step->verb == VERB_REGISTER ? "" : "_async", ring, to_c_file(step->arg));
		return true;
	case VERB_TOGGLE:
		fprintf(to->out, "\tCALL(%u, io_uring_cq_eventfd_toggle(&%c, %s));\n", to->step, ring,
			step->arg != 0 ? "true" : "false");
		return true;
	case VERB_UNREGISTER: call = "io_uring_unregister_eventfd"; break;
	case VERB_ENABLED: call = "io_uring_cq_eventfd_enabled"; break;
	case VERB_ACCOUNT:
		if (step->arg == ACCOUNT_READY)
			call = "io_uring_cq_ready";
		else if (step->arg == ACCOUNT_OVERFLOW)
			call = "io_uring_cq_has_overflow";
		else if (step->arg == ACCOUNT_ARMED)
			call = "io_uring_sq_ready";
		else
			to_c_say(to, "raw liburing keeps no such account");
		break;
	default:
		return false;
	}
	if (call != NULL)
		fprintf(to->out, "\tCALL(%u, %s(&%c));\n", to->step, call, ring);
	return true;
}

/* --- registers, the world --- */

static bool step_register(struct to_c *to, const struct scenario_step *step)
{
	switch (step->verb) {
	case VERB_COPY_SQE:
		fprintf(to->out, "\ts[%u] = s[%u];\n", (unsigned)step->arg, (unsigned)step->reg);
		to->sqe_ring[step->arg % SCENARIO_SQES] = to->sqe_ring[step->reg % SCENARIO_SQES];
		return true;
	case VERB_COPY_OP:
		fprintf(to->out, "\to[%u] = o[%u];\n", (unsigned)step->arg, (unsigned)step->reg);
		return true;
	case VERB_COPY_TOKEN:
		fprintf(to->out, "\tc[%u] = c[%u];\n", (unsigned)step->arg, (unsigned)step->reg);
		to->cqe_ring[step->arg % SCENARIO_TOKENS] = to->cqe_ring[step->reg % SCENARIO_TOKENS];
		return true;
	case VERB_FORGE_SQE:
	case VERB_FORGE_OP:
	case VERB_FORGE_TOKEN:
		to_c_say(to, "raw pointers bear no identity that could be forged; left out");
		return true;
	case VERB_KERNEL:
		to_c_say(to, "only the emulated kernel does that on demand; left out");
		return true;
	default:
		return false;
	}
}

static void put_world(struct to_c *to, const struct scenario_step *step)
{
	const uint64_t length = scenario_length(step->arg);
	const bool counts = step->reg == FILE_EVENTFD || step->reg == FILE_COUNTER;
	const char *file = step->verb == VERB_GET && step->reg == FILE_FULL ? "full_fd[0]"
									    : to_c_file(step->reg);

	if (step->verb == VERB_PUT && counts)
		fprintf(to->out, "\tCALL(%u, count_up(%s, %llu));\n", to->step, file,
			(unsigned long long)(length != 0 ? length : 1));
	else
		fprintf(to->out, "\tCALL(%u, %s(%s, %llu));\n", to->step, step->verb == VERB_PUT ? "put" : "get",
			file, (unsigned long long)(counts ? 8 : length));
}

static bool step_world(struct to_c *to, const struct scenario_step *step)
{
	switch (step->verb) {
	case VERB_PUT:
	case VERB_GET:
		put_world(to, step);
		return true;
	case VERB_CONNECT:
		fprintf(to->out, "\tCALL(%u, connect_one()); /* to listener_fd */\n", to->step);
		return true;
	case VERB_SHUT:
		fprintf(to->out, "\tCALL(%u, close(%s));\n", to->step, to_c_file(step->reg));
		return true;
	case VERB_PAUSE:
		fprintf(to->out, "\tusleep(%u);\n", step->arg == TIME_MOMENT ? 1000U : 1U);
		return true;
	default:
		return false;
	}
}

bool to_c_ring_step(struct to_c *to, const struct scenario_step *step)
{
	return step_open(to, step) || step_ring(to, step) || step_register(to, step) || step_world(to, step);
}
