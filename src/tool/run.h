/* SPDX-License-Identifier: MIT */
/*
 * Run a scenario, step by step, on a real io_uring or on the emulated one.
 *
 *	static struct run run;
 *
 *	run.observe = print_event;
 *	rc = run_open(&run, &scenario.header, RUN_REAL);     -EPERM: not permitted here
 *	for (i = 0; i < scenario.count; i++)
 *		run_step(&run, &scenario.steps[i], i);
 *	run_finish(&run, &leftovers);                        everything back, ring kept
 *	... run_reset(&run) and the next scenario with a like header, or
 *	run_close(&run);
 *
 * A step always does what it says, right or wrong; what came of it is handed
 * to the observer. Registers begin as valid but unissued values (a zeroed
 * token, an SQE of slot 0 that was not taken), so every call has valid
 * pointers. No step allocates. A call that may wait without an end (untimed, or
 * for 1000 s) is made as it is, under a watchdog: a signal ends it with -EINTR,
 * and the event says RUN_EXPIRED. The signal comes after *patience* if an operation
 * is out that ends by itself (a short timer, IOSQE_ASYNC ...); else nothing can
 * come any more once the call has entered the kernel, and it comes at once.
 *
 * In split mode the steps of the completing side run on a second thread, one
 * at a time, in the order of the scenario.
 */
#ifndef ONCERING_TOOL_RUN_H
#define ONCERING_TOOL_RUN_H

#include "world.h"

#include <oncering.h>
#include <sys/types.h>
#include <time.h>

enum run_backend { RUN_REAL, RUN_EMULATED };

enum {
	RUN_CAPACITY = 64,   /* most operations of a ring */
	RUN_CQ = 128,        /* most CQEs */
	RUN_SQ = 128,        /* most SQEs, the library's own included */
	RUN_VIOLATIONS = 8,  /* kept of one step */
	RUN_DELIVERED = 32   /* completions of one step */
};

/* Which seams the program is linked with: a bit for each backend. */
unsigned run_backends(void);

/* --- what a step did --- */

/* Accounts of one ring, as once_free() ... say. */
struct run_account {
	uint64_t value[ACCOUNTS]; /* by ACCOUNT_*; the totals count from run_reset() */
	bool open;
};

/* One completion that was delivered, or looked at. */
struct run_completion {
	uint64_t position;  /* CQ position; ONCE_NO_POSITION: a copy (reap) */
	uint64_t user_data; /* as the kernel posted it; of a copy: 0 */
	uint64_t owner;     /* N of "lending N"; of a foreign one: its user_data */
	uint32_t op;        /* serial of the operation, by its user_data; of a copy: by its owner */
	uint32_t lent_by;   /* serial of the operation, by what the library returned as owner */
	int32_t result;
	uint32_t flags;
	uint8_t ring;
	uint8_t reg;        /* token or copy register */
	uint8_t foreign;
	uint8_t terminal;
};

#define RUN_NO_OP UINT32_MAX

/* Bits of run_event.marks. */
enum {
	RUN_EXPIRED = 2,    /* the watchdog ended it */
	RUN_NOT_HERE = 4,   /* the step means nothing on this backend; nothing was called */
	RUN_ON_SECOND = 8,  /* ran on the second thread */
	RUN_WAITED = 16     /* the call may wait */
};

struct run_event {
	uint32_t index;            /* of the step; RUN_AT_OPEN, RUN_AT_FINISH */
	const struct scenario_step *step; /* NULL at open and finish */
	const char *call;          /* "once_seen"; "" if no public function was called */
	int rc;                    /* what it returned; a value or count for look and world steps */
	uint64_t value;            /* of user_data, extra (first word), owner; else 0 */
	uint32_t marks;            /* RUN_* */
	unsigned submitted;        /* of submit_and_wait_timeout */
	uint32_t op;               /* serial of the operation that was armed or named; RUN_NO_OP */
	/* the register that the step named, as it was before */
	struct {
		int ring;          /* RING_A, RING_B; -1: none */
		uint64_t id;       /* of an SQE or a ticket: the identity; of a token: the position */
	} subject;
	uint32_t completions;      /* delivered, seen by reap, or looked at */
	struct run_completion completion[RUN_DELIVERED];
	uint32_t violations;       /* reported; the first RUN_VIOLATIONS are kept */
	struct once_violation violation[RUN_VIOLATIONS];
	struct run_account before[RINGS];
	struct run_account after[RINGS];
	uint64_t started, ended;   /* nanoseconds of a monotonic clock, if run.clock */
};

#define RUN_AT_OPEN UINT32_MAX
#define RUN_AT_FINISH (UINT32_MAX - 1)

/* --- the operations that a scenario armed, for tables and drawings --- */

struct run_op {
	uint64_t id;           /* identity; 0: no operation */
	uint8_t owner;         /* N of "lending N" */
	uint32_t serial;       /* 0, 1, 2 ... in the order of arming */
	uint32_t armed_at;     /* step */
	uint32_t length;       /* of its buffer */
	uint16_t delivered;    /* completions so far */
	uint8_t ring;
	uint8_t verb;          /* the preparation, VERB_PREP_* */
	uint8_t type;          /* TYPE_* */
	uint8_t reg;           /* its ticket; 255: none */
	uint8_t ended;         /* its terminal completion was delivered */
	uint8_t soon;          /* ends by itself: a short timer, IOSQE_ASYNC */
	uint8_t makes;         /* its result is a descriptor: 1 accept, 2 openat */
	struct world_buffer *buffer;
};

/* A register of taken SQEs, with what the runner knows of it. */
struct run_sqe {
	struct once_sqe sqe;
	struct world_buffer *buffer; /* that its preparation points at */
	uint32_t length;
	uint8_t verb;   /* its preparation */
	uint8_t soon;
	uint8_t makes;  /* its result is a descriptor: 1 accept, 2 openat */
};

struct run;
typedef void run_observer(void *context, const struct run *run, const struct run_event *event);

struct run_memory {
	struct once_op ops[RUN_CAPACITY];
	uint32_t stack[RUN_CAPACITY], returned[RUN_CAPACITY], credits[RUN_CAPACITY];
	struct once_hold window[RUN_CQ];
	struct once_timespec times[RUN_SQ];
};

/* The caller's, zeroed at first. What is above the line is for the caller to set. */
struct run {
	run_observer *observe;     /* may be NULL */
	void *context;
	uint64_t patience;         /* of the watchdog, nanoseconds; 0: two seconds */
	int fd_base;               /* descriptors of the world; 0: 600 */
	bool clock;                /* fill started and ended */
	bool no_accounts;          /* leave before and after alone, for speed */
	/* ------------------------------------------------ */
	struct scenario_header header;
	enum run_backend backend;
	struct once_ring rings[RINGS];
	struct run_memory memory[RINGS];
	struct run_sqe sqes[SCENARIO_SQES];
	struct once_ticket tickets[SCENARIO_OPS];
	struct once_cqe tokens[SCENARIO_TOKENS];
	struct once_completion copies[SCENARIO_COPIES];
	/* by slot: the operation that lives there, and the SQE that is taken */
	struct run_op ops[RINGS][RUN_CAPACITY];
	struct once_sqe taken[RINGS][RUN_CAPACITY];
	/* by position modulo RUN_CQ: every token delivered and not seen */
	struct once_cqe held[RINGS][RUN_CQ];
	struct world world;
	struct world_buffer buffers[WORLD_BUFFERS];
	struct run_event event;
	uint32_t armed;            /* serial of the next operation */
	uint64_t origin[RINGS];    /* CQ position at the beginning */
	uint64_t armed_before[RINGS], passed_before[RINGS]; /* of the totals, so that they begin at 0 */
	bool registered[RINGS];    /* an eventfd is */
	bool soon;                 /* an operation that ends by itself may be out */
	bool tangled;              /* links or IOSQE_IO_DRAIN were used: a cancellation may have to wait */
	bool stale;                /* the rings must be opened anew */
	bool hostile;              /* the kernel was made to misbehave: what it posts is not held against anybody */
	bool cleaning;             /* violations are counted, not told */
	uint32_t cleaning_violations;
	bool elsewhere;            /* the next step runs in another thread */
	bool was_elsewhere;
	struct run_thread *second; /* NULL until needed */
	struct run_watchdog {
		timer_t timer;
		pid_t owner;       /* the process and thread that made it; 0: none */
	} watchdog[2];             /* of the first and the second thread */
	unsigned this_thread;      /* 0, 1: which of them runs the step */
};

/* What was still there when everything should have been over. All zero is good. */
struct run_leftovers {
	uint32_t taken;       /* SQEs that the scenario had not armed or given back */
	uint32_t held;        /* tokens it had not seen */
	uint32_t drained;     /* operations it had left armed or in flight */
	/* from here on: faults of the library, the kernel or the runner */
	int give_back, seen, drain; /* first refusal of putting it right; 0: none */
	uint32_t survivors;   /* operations that a drain could not end */
	uint32_t accounts;    /* rings whose accounts are not zero and conserved */
	uint32_t violations;  /* reported while cleaning up */
	uint32_t descriptors; /* leaked */
	uint32_t buffers;     /* written to after they came back */
};

/* Whether anything below the comment is not zero. */
bool run_leftovers_are_faults(const struct run_leftovers *leftovers);

/* --- the run --- */

/*
 * Make the world (once), open ring a, and ring b if the header says so. The
 * open of ring a is an event (RUN_AT_OPEN). Returns 0 or what once_open()
 * returned; -EPERM and -ENOSYS: io_uring is not permitted; -ENOTSUP: the program
 * is not linked with that seam.
 */
int run_open(struct run *run, const struct scenario_header *header, enum run_backend backend);

/* Whether run_reset() will do for that header: the open rings are of that kind. */
bool run_fits(const struct run *run, const struct scenario_header *header, enum run_backend backend);

/*
 * Begin anew after run_finish(): registers unissued, CQ at the header's phase.
 * Rings that do not fit, or were closed, are opened anew. As run_open().
 */
int run_reset(struct run *run, const struct scenario_header *header);

/* One step. Returns its code (event.rc); the event stays in run->event. */
int run_step(struct run *run, const struct scenario_step *step, uint32_t index);

/* All steps. */
void run_scenario(struct run *run, const struct scenario *scenario);

/*
 * Put everything right: give back, see, drain, unregister, reset the world. Open
 * rings stay open for run_reset().
 * Returns 0, or -1 if leftovers are faults. The observer gets RUN_AT_FINISH.
 */
int run_finish(struct run *run, struct run_leftovers *leftovers);

/* Close the rings, the world, the second thread. The memory is the caller's again. */
void run_close(struct run *run);

/* --- for observers --- */

/* The operation with that serial if it still has its slot, else NULL. */
const struct run_op *run_op_of(const struct run *run, uint32_t serial);
/* Where it is: ONCE_STATE_*, or ONCE_OTHER_RING. */
int run_op_state(const struct run *run, const struct run_op *op);
/* Whether an expectation is met by the event of its step; what was found goes to *found*. */
bool run_meets(const struct run *run, const struct run_event *event,
	       const struct scenario_expect *expect, int64_t *found);

/*
 * Forgeries:             SQE                 ticket                     token
 *	zero              identity 0          ring NULL, identity 0      all zero
 *	next              another tag         next generation            next position
 *	previous          generation before   generation before          position before
 *	far               another tag         slot that does not exist   position + 2^32
 *	neighbour         another tag         the slot beside it         the place beside it
 *	other             another tag         the other ring's           the other ring's
 */

#endif
