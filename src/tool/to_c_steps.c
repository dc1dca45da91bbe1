/* SPDX-License-Identifier: MIT */
/* Steps as calls of plain liburing: what a program without the library does in their place. */
#include "to_c.h"

#include "page.h"

void to_c_say(struct to_c *to, const char *text)
{
	fprintf(to->out, "\tSAY(%u, \"", to->step);
	page_c(to->out, text);
	fputs("\");\n", to->out);
}

static void look_around(struct to_c *to, unsigned ring)
{
	fprintf(to->out, "\tlook_around(&%c);\n", 'a' + ring);
}

/* --- take, arm --- */

static void put_arm(struct to_c *to, const struct scenario_step *step, bool ticket)
{
	const unsigned lent = step->arg2;
	const unsigned reg = step->reg % SCENARIO_SQES;

	fprintf(to->out, "\tif (has_sqe(%u, s[%u])) {\n\t\tDO(%u, io_uring_sqe_set_data64(s[%u], %u));\n",
		to->step, reg, to->step, reg, lent);
	if (ticket)
		fprintf(to->out, "\t\to[%u] = %u;\n", (unsigned)step->arg, lent);
	if (to->remembers)
		fprintf(to->out, to->makes[reg] != 0 ? "\t\tmakes[%u] = '%c';\n" : "\t\tmakes[%u] = 0;\n",
			lent, to->makes[reg]);
	fputs("\t}\n", to->out);
}

static bool step_arm(struct to_c *to, const struct scenario_step *step)
{
	static const char *const flags[SQE_FLAGS] = {
		"IOSQE_IO_LINK", "IOSQE_IO_HARDLINK", "IOSQE_IO_DRAIN", "IOSQE_ASYNC", "IOSQE_FIXED_FILE",
		"IOSQE_BUFFER_SELECT", "IOSQE_CQE_SKIP_SUCCESS", "1U << 7"
	};
	const unsigned reg = step->reg;

	switch (step->verb) {
	case VERB_TAKE:
		fprintf(to->out, "\ts[%u] = io_uring_get_sqe(&%c);\n"
			"\tSAY(%u, s[%u] != NULL ? \"io_uring_get_sqe: an SQE\" : \"io_uring_get_sqe: NULL\");\n",
			reg, 'a' + step->ring, to->step, reg);
		to->sqe_ring[reg % SCENARIO_SQES] = step->ring;
		return true;
	case VERB_GIVE_BACK:
		to_c_say(to, "raw liburing cannot give an SQE back: it will be submitted as it is");
		return true;
	case VERB_ARM:
	case VERB_ARM_SESSION:
	case VERB_ARM_COOKIE:
		put_arm(to, step, true);
		return true;
	case VERB_ARM_PLAIN:
	case VERB_ARM_PLAIN_SESSION:
	case VERB_ARM_PLAIN_COOKIE:
		put_arm(to, step, false);
		return true;
	case VERB_SET_FLAG:
		fprintf(to->out, "\tif (has_sqe(%u, s[%u]))\n\t\tDO(%u, s[%u]->flags |= %s);\n", to->step, reg,
			to->step, reg, flags[step->arg % SQE_FLAGS]);
		return true;
	default:
		return false;
	}
}

/* --- submit, wait --- */

static void put_time(struct to_c *to, unsigned time)
{
	fprintf(to->out, "\t{\n\t\tstruct __kernel_timespec time = %s;\n\n\t", to_c_time(time));
}

static void got_cqe(struct to_c *to, unsigned reg, unsigned ring, bool show)
{
	to->cqe_ring[reg] = (uint8_t)ring;
	if (show)
		fprintf(to->out, "\tshow(%u, c[%u]);\n", to->step, reg);
	if (to->remembers)
		fprintf(to->out, "\tremember(c[%u]);\n", reg);
}

static bool step_submit(struct to_c *to, const struct scenario_step *step)
{
	const char ring = (char)('a' + step->ring);

	switch (step->verb) {
	case VERB_SUBMIT:
		fprintf(to->out, "\tCALL(%u, io_uring_submit(&%c));\n", to->step, ring);
		break;
	case VERB_SUBMIT_AND_WAIT:
		fprintf(to->out, "\tWAIT(%u, io_uring_submit_and_wait(&%c, %u));\n", to->step, ring,
			(unsigned)step->arg);
		break;
	case VERB_SUBMIT_AND_WAIT_TIMEOUT:
		put_time(to, step->arg2);
		fprintf(to->out, "\tWAIT(%u, io_uring_submit_and_wait_timeout(&%c, &c[%u], %u, &time, NULL));\n"
			"\t}\n", to->step, ring, (unsigned)step->reg, (unsigned)step->arg);
		got_cqe(to, step->reg, step->ring, true);
		break;
	default:
		return false;
	}
	look_around(to, step->ring);
	return true;
}

static bool step_wait(struct to_c *to, const struct scenario_step *step)
{
	const char ring = (char)('a' + step->ring);
	const unsigned reg = step->reg, now = to->step;

	switch (step->verb) {
	case VERB_WAIT:
		fprintf(to->out, "\tWAIT(%u, io_uring_wait_cqe(&%c, &c[%u]));\n", now, ring, reg);
		break;
	case VERB_WAIT_NR:
		fprintf(to->out, "\tWAIT(%u, io_uring_wait_cqe_nr(&%c, &c[%u], %u));\n", now, ring, reg,
			(unsigned)step->arg);
		break;
	case VERB_WAIT_TIMEOUT:
		put_time(to, step->arg);
		fprintf(to->out, "\tWAIT(%u, io_uring_wait_cqe_timeout(&%c, &c[%u], &time));\n\t}\n", now, ring, reg);
		break;
	case VERB_WAIT_FOR:
	case VERB_WAIT_FOR_MASKED:
		put_time(to, step->arg2);
		fprintf(to->out, "\tWAIT(%u, io_uring_wait_cqes(&%c, &c[%u], %u, &time, NULL));\n\t}\n", now, ring,
			reg, (unsigned)step->arg);
		break;
	case VERB_PEEK:
		fprintf(to->out, "\tCALL(%u, io_uring_peek_cqe(&%c, &c[%u]));\n", now, ring, reg);
		break;
	case VERB_PEEK_BATCH:
		fprintf(to->out, "\tCALL(%u, io_uring_peek_batch_cqe(&%c, &c[%u], %u));\n", now, ring, reg,
			(unsigned)step->arg < SCENARIO_TOKENS - reg ? (unsigned)step->arg : SCENARIO_TOKENS - reg);
		for (unsigned i = reg; i < SCENARIO_TOKENS && i < reg + step->arg; i++)
			got_cqe(to, i, step->ring, false);
		return true;
	case VERB_FETCH:
		fprintf(to->out, "\tCALL(%u, io_uring_get_events(&%c));\n", now, ring);
		return true;
	default:
		return false;
	}
	got_cqe(to, reg, step->ring, true);
	return true;
}

/* --- look, see --- */

static bool step_look(struct to_c *to, const struct scenario_step *step)
{
	const char *what;

	switch (step->verb) {
	case VERB_LOOK: what = "c[%u]->res"; break;
	case VERB_RESULT: what = "c[%u]->res"; break;
	case VERB_FLAGS: what = "c[%u]->flags"; break;
	case VERB_TERMINAL: what = "(c[%u]->flags & IORING_CQE_F_MORE) == 0"; break;
	case VERB_OWNER:
	case VERB_USER_DATA: what = "io_uring_cqe_get_data64(c[%u])"; break;
	case VERB_EXTRA: what = "c[%u]->big_cqe[0]"; break;
	case VERB_CLASS:
	case VERB_HELD:
	case VERB_TICKET_OF:
	case VERB_STATE:
		to_c_say(to, "raw liburing keeps no account of that");
		return true;
	default:
		return false;
	}
	fprintf(to->out, "\tif (has_cqe(%u, c[%u]))\n\t\tCALL(%u, ", to->step, (unsigned)step->reg, to->step);
	fprintf(to->out, what, (unsigned)step->reg);
	fputs(");\n", to->out);
	return true;
}

/* Copy a CQE out and see it: the registers of copies. */
static void put_reap(struct to_c *to, const struct scenario_step *step, unsigned copy, const char *call)
{
	fprintf(to->out, "\t{\n\t\tstruct io_uring_cqe *cqe = NULL;\n");
	if (step->verb == VERB_REAP_WAIT)
		fprintf(to->out, "\t\tstruct __kernel_timespec time = %s;\n", to_c_time(step->arg));
	fprintf(to->out, "\n\t\t%s(%u, %s(&%c, &cqe%s));\n\t\tshow(%u, cqe);\n", 
		step->verb == VERB_REAP_WAIT ? "WAIT" : "CALL", to->step, call, 'a' + step->ring,
		step->verb == VERB_REAP_WAIT ? ", &time" : "", to->step);
	if (to->remembers)
		fputs("\t\tremember(cqe);\n", to->out);
	fprintf(to->out, "\t\tif (cqe != NULL) {\n\t\t\td[%u].res = cqe->res;\n"
		"\t\t\td[%u].flags = cqe->flags;\n\t\t\td[%u].user_data = cqe->user_data;\n"
		"\t\t\tio_uring_cqe_seen(&%c, cqe);\n\t\t}\n\t}\n", copy, copy, copy, 'a' + step->ring);
}

static bool step_see(struct to_c *to, const struct scenario_step *step)
{
	const char ring = (char)('a' + step->ring);

	switch (step->verb) {
	case VERB_SEE:
		fprintf(to->out, "\tDO(%u, io_uring_cqe_seen(&%c, c[%u]));\n", to->step, ring, (unsigned)step->reg);
		break;
	case VERB_SEE_BATCH:
		fprintf(to->out, "\tDO(%u, io_uring_cq_advance(&%c, %u));\n", to->step, ring, (unsigned)step->arg);
		break;
	case VERB_REAP:
		put_reap(to, step, step->reg, "io_uring_peek_cqe");
		break;
	case VERB_REAP_WAIT:
		put_reap(to, step, step->reg, "io_uring_wait_cqe_timeout");
		break;
	case VERB_REAP_BATCH:
		for (unsigned i = 0; i < step->arg && step->reg + i < SCENARIO_COPIES; i++)
			put_reap(to, step, step->reg + i, "io_uring_peek_cqe");
		break;
	case VERB_DISCARD:
		fprintf(to->out, "\tCALL(%u, discard(&%c));\n", to->step, ring);
		break;
	case VERB_COPY_OWNER:
		fprintf(to->out, "\tCALL(%u, d[%u].user_data);\n", to->step, (unsigned)step->reg);
		return true;
	case VERB_COPY_TERMINAL:
		fprintf(to->out, "\tCALL(%u, (d[%u].flags & IORING_CQE_F_MORE) == 0);\n", to->step,
			(unsigned)step->reg);
		return true;
	default:
		return false;
	}
	look_around(to, step->ring);
	return true;
}

/* A ring that is closed: what follows a pointer into it would crash. */
static bool is_gone(struct to_c *to, const struct scenario_step *step)
{
	if (!scenario_grammar(step->verb)->ring || to->open[step->ring] || step->verb == VERB_OPEN ||
	    step->verb == VERB_KERNEL || step->verb == VERB_PREP_MESSAGE ||
	    step->verb == VERB_PREP_MESSAGE_OF)
		return false;
	to_c_say(to, "the ring is closed: the call would follow dangling pointers; left out");
	return true;
}

void to_c_step(struct to_c *to, const struct scenario_step *step)
{
	if (is_gone(to, step))
		return;
	(void)(to_c_prepare(to, step) || step_arm(to, step) || step_submit(to, step) ||
	       step_wait(to, step) || step_look(to, step) || step_see(to, step) || to_c_ring_step(to, step));
}
