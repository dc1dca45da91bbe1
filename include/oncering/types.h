/* SPDX-License-Identifier: MIT */
/*
 * The values that pass between the stages. Each stage hands over a type of its
 * own, so that using the wrong stage does not compile. All fields are private
 * unless said otherwise; the structs are visible so that they can live in
 * static memory and on the stack.
 */
#ifndef ONCERING_TYPES_H
#define ONCERING_TYPES_H

#include "oncering/analysis.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct io_uring_sqe; /* the kernel's; only its address passes through here */
struct once_ring;

/* A duration: seconds and nanoseconds, laid out like __kernel_timespec. */
struct once_timespec {
	int64_t seconds;
	int64_t nanoseconds;
};

/*
 * What is lent to the ring when an operation is armed, and comes back with its
 * terminal completion: 64 bits of the caller's, and their type.
 */
struct once_type {
	const char *name; /* as the caller spells it, "struct request" */
	size_t size;      /* of that type, in bytes */
};

struct once_lent {
	uint64_t value;
	const struct once_type *type;
};

/* One operation slot, two to a cache line. */
struct once_op {
	uint64_t id;           /* of the armed operation; else at rest, see identity.h */
	uint64_t life;         /* its SQ position; else ONCE_LIFE_* */
	struct once_lent lent; /* by the owner, until the terminal CQE is seen */
};

/* What a slot at rest is; FREE is any other value, too. */
#define ONCE_LIFE_FREE (UINT64_MAX - 4)
#define ONCE_LIFE_TAKEN (UINT64_MAX - 3)
#define ONCE_LIFE_ENDED (UINT64_MAX - 2)
#define ONCE_LIFE_RETIRED (UINT64_MAX - 1)

/* One place of the CQ: the copy of a delivered CQE. */
struct once_hold {
	uint64_t position; /* while held; ONCE_SEEN_MARK once seen */
	uint32_t slot;     /* of the operation; ONCE_NO_INDEX if it is not one of ours */
	int32_t result;
	uint32_t flags;
	uint32_t pad;      /* where slot is ONCE_NO_INDEX: whether it was the library's own */
};

/*
 * A completion token: the right to look at one CQE until it is seen. A small
 * value; copies of it are the same token. It belongs to the completing side.
 */
struct once_cqe {
	struct once_ring *ring;
	struct once_hold *hold;
	uint64_t position; /* monotonic, never repeated in the life of a process */
};

/* A completion that was delivered and seen in one step: a plain copy. */
struct once_completion {
	struct once_lent lent; /* type NULL: no operation of this ring; value is the user_data */
	int32_t result;
	uint32_t flags;
	uint64_t extra[2];     /* on CQE32 rings; else not written */
};

/* An operation ticket: names one operation for ever, and no other one. */
struct once_ticket {
	struct once_ring *ring;
	uint64_t id;
};

/*
 * The 64 bytes of an SQE, laid out like struct io_uring_sqe, as eight words: a
 * narrow store that is soon read as part of a wider word costs more time than
 * the rest of an operation together (measured: 65 ns).
 */
struct once_wire {
	uint64_t head; /* opcode, flags, ioprio, fd */
	uint64_t off;
	uint64_t addr;
	uint64_t size; /* len, flags of the operation */
	uint64_t user_data;
	uint64_t index; /* buf_index, personality, file_index */
	uint64_t addr3;
	uint64_t pad;
};

/*
 * A taken SQE. It is prepared here, in the caller's memory, and copied into
 * the SQ when it is armed: no pointer into the ring exists, so nothing can be
 * changed behind the kernel's back.
 */
struct once_sqe {
	struct once_ring *ring;
	struct once_op *op;
	uint64_t id;
	int32_t fault;             /* the first mistake of its preparation */
	uint32_t shape;            /* ONCE_SHAPE_* */
	struct once_wire wire;
	struct once_timespec time; /* a copy, so that the caller's may die */
};

/* The 16 bytes of a CQE, laid out like struct io_uring_cqe. */
struct once_wire_cqe {
	uint64_t user_data;
	int32_t res;
	uint32_t flags;
};

/* A violation, as it is handed to the handler. */
struct once_violation {
	int code;           /* ONCE_*; once_strerror() explains it */
	uint32_t slot;      /* the operation slot, or ONCE_NO_INDEX */
	uint64_t position;  /* the CQ position, or ONCE_NO_POSITION */
	uint64_t expected;  /* generation, count or value that was expected */
	uint64_t found;     /* ... and what was found */
	const char *call;   /* the refused function, "once_seen" */
	const char *file;   /* call site, or NULL: see oncering/site.h */
	int line;
};

/*
 * Called on each violation, on the thread of the refused call, before it
 * returns. It must not call into the same ring. *context* is the caller's.
 */
typedef void once_handler(void *context, const struct once_violation *violation);

/* Memory for a ring, all of it the caller's: ONCE_MEMORY() declares one. */
struct once_memory {
	struct once_op *ops;         /* capacity elements */
	uint32_t *stack;             /* capacity elements: free slots */
	uint32_t *returned;          /* capacity elements: slots freed by another thread */
	uint32_t *credits;           /* capacity elements: CQ places beyond one */
	struct once_hold *window;    /* window_places elements */
	struct once_timespec *times; /* time_places elements */
	uint32_t capacity;           /* operations that can live at once */
	uint32_t window_places;      /* >= CQ entries */
	uint32_t time_places;        /* >= SQ entries */
};

/* Where a call came from, if the caller compiled with ONCE_CALL_SITES. */
struct once_site {
	const char *file;
	int line;
};

enum {
	ONCE_PORT_WORDS = 40, /* struct io_uring fits, with room for newer ones */
	ONCE_OWN_SQES = 4 /* two timeouts, a removal, a cancellation */
};

/* The seam to liburing keeps its own state here. */
struct once_port {
	unsigned long long words[ONCE_PORT_WORDS];
};

/*
 * What an opened ring looks like. The counters are shared with the kernel; the
 * library reads and writes them through src/order.h only.
 */
struct once_port_view {
	const struct once_wire_cqe *cqes; /* cq_entries << cqe_shift elements */
	struct once_wire *sqes;           /* sq_entries elements, at position % sq_entries */
	uint32_t *sq_tail;                /* ours: SQEs before it may be read */
	uint32_t *cq_head;                /* ours: places before it are free */
	const uint32_t *cq_tail;          /* the kernel's: CQEs before it are posted */
	uint32_t sq_entries;
	uint32_t cq_entries;
	const uint32_t *sq_head;          /* the kernel's: SQEs before it are read */
	const uint32_t *sq_flags;         /* the kernel's: ONCE_SQ_* */
	uint32_t features;                /* IORING_FEAT_*, less the hidden ones */
	uint32_t flags;                   /* IORING_SETUP_* in force */
};

/*
 * The submitting side's own; in split mode the other side only reads it. What
 * each operation needs fills the first cache line, here and below.
 */
struct once_submit_side {
	uint32_t room;         /* SQEs that may be taken before looking again */
	uint32_t free;         /* slots on the stack */
	uint64_t sq_tail;      /* SQ position of the next SQE to arm */
	uint64_t sq_lap;       /* SQ position that the SQ's first place was last used for */
	uint64_t submitted;    /* SQEs before it are the kernel's */
	uint64_t consumed;     /* SQEs before it were read: their places are free */
	uint64_t wear_from;    /* sq_tail from which a slot may be worn out */
	uint64_t credit_taken; /* CQ places ever lent beyond one an operation */
	uint64_t owner;        /* thread of this side; 0: not bound yet */
	uint64_t own_total;    /* SQEs of the library's own, ever */
	uint32_t own_pending;  /* ... that are not submitted */
	uint32_t retired;      /* slots worn out by giving back */
	uint32_t wait_first;   /* submits that wait at once, before one tries without */
	uint32_t doubt;        /* how many there will be after the next vain try */
	uint32_t collect_index; /* collected, as an index */
	uint64_t collected;    /* returned slots that came onto the stack */
	uint64_t own[ONCE_OWN_SQES]; /* SQ positions of the library's own SQEs */
	struct once_site site;
} __attribute__((aligned(64)));

/* The completing side's own; in split mode the other side only reads it. */
struct once_complete_side {
	uint64_t head;        /* first CQ position that is not passed */
	uint64_t delivered;   /* first CQ position that is not delivered */
	uint64_t ready;       /* first CQ position not known to be posted */
	uint32_t head_index;  /* head, as an index */
	uint32_t next_index;  /* delivered, as an index */
	uint64_t freed;       /* slots ever freed */
	uint32_t ended;       /* operations whose end is delivered and not passed */
	uint32_t held;        /* tokens out */
	uint64_t published;   /* head, as the kernel knows it */
	uint64_t credit_returned;
	uint64_t opened_at;   /* the first position of this opening */
	uint32_t return_index; /* of the next slot to be returned */
	uint32_t retired;     /* slots worn out by completions */
	uint32_t timers;      /* timeout reservations whose CQE is to come */
	uint32_t removes;     /* removals of such, whose CQE is to come */
	uint32_t cancels;     /* cancellations of a drain, CQE to come */
	int32_t cancel_result;
	uint64_t owner;
	struct once_site site;
} __attribute__((aligned(64)));

/* A ring. Zero-initialised, it is a closed one. */
struct once_ring {
	/* fixed by once_open() */
	struct once_port_view view;
	uint32_t capacity;
	uint32_t options;    /* ONCE_SPLIT ... */
	uint32_t simple;     /* open, neither split nor SQPOLL, 16-byte CQEs */
	uint32_t sq_usable;  /* SQEs for the caller; the rest is reserved */
	struct once_memory memory;
	uint32_t cqe_shift;  /* 1 on CQE32 rings, else 0 */
	uint32_t credit_places; /* CQ places that can be lent as credit */
	uint32_t multishot_credit;
	uint32_t open;       /* 0: closed */
	uint64_t tag;        /* of this ring, at its place in an identity */
	int32_t eventfd;     /* registered, or -1 */
	uint32_t ages;       /* the generations it uses are used up for later rings */
	once_handler *handler;
	void *context;
	struct once_port port;
	struct once_submit_side submit;
	struct once_complete_side complete;
};

#define ONCE_NO_INDEX UINT32_MAX
#define ONCE_NO_POSITION UINT64_MAX

#endif
