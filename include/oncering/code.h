/* SPDX-License-Identifier: MIT */
/*
 * Every refusal has a code of its own, below the errno range, so that one int
 * carries both: -1 .. -4095 is what the kernel said, ONCE_* what oncering said.
 *
 * Each line says who returns the code. "Misuse" is a mistake in the calling
 * program; "state" can happen in a correct program, which then waits, sees or
 * gives up; "kernel" is reported about the outside world.
 */
#ifndef ONCERING_CODE_H
#define ONCERING_CODE_H

#include "oncering/types.h"

enum once_code {
	/* open, close */
	ONCE_ALREADY_OPEN = -5001, /* misuse: open of an open ring */
	ONCE_NOT_OPEN = -5002,     /* misuse: any call on a closed ring */
	ONCE_BAD_FLAG = -5003,     /* misuse: open with a setup flag or option that cannot be honoured */
	ONCE_BAD_SIZE = -5004,     /* misuse: open with entries or capacity out of range */
	ONCE_BAD_MEMORY = -5005,   /* misuse: open with too little memory for the sizes */
	ONCE_OLD_KERNEL = -5006,   /* kernel: open lacks IORING_FEAT_NODROP or another needed feature */
	ONCE_STILL_TAKEN = -5007,  /* misuse: close or drain while SQEs are taken */
	ONCE_STILL_LIVE = -5008,   /* state: close while operations are armed or in flight */
	ONCE_STILL_HELD = -5009,   /* misuse: close or drain while tokens are held */
	ONCE_STILL_RESERVED = -5010, /* state: close while a timeout reservation is out */
	ONCE_STILL_READY = -5011,  /* state: close while CQEs are not delivered */
	ONCE_DEADLINE = -5012,     /* state: drain: operations survived the deadline */
	ONCE_WRONG_THREAD = -5013, /* misuse: a thread that does not own this side of the ring */

	/* take, prepare, arm */
	ONCE_NO_SLOT = -5020,      /* state: take: every slot lives; admission keeps the CQ from overflowing */
	ONCE_WORN_OUT = -5021,     /* state: take or deliver: the counters or generations are used up */
	ONCE_NOT_TAKEN = -5022,    /* misuse: arm, give back or prepare an SQE that was armed or given back */
	ONCE_NOT_PREPARED = -5023, /* misuse: arm of an SQE that no once_prep_* has filled */
	ONCE_BAD_ARGUMENT = -5024, /* misuse: a preparation got a value the SQE cannot carry; arm: the owner has no type */
	ONCE_USER_DATA = -5025,    /* misuse: arm: the raw SQE's user_data was set */
	ONCE_SKIP_SUCCESS = -5026, /* misuse: arm: IOSQE_CQE_SKIP_SUCCESS leaves an operation without an end */
	ONCE_REWRITES_ID = -5027,  /* misuse: arm: the SQE would change another operation's user_data */
	ONCE_NO_CREDIT = -5028,    /* state: arm: no CQ places left for a multishot or zero-copy operation */
	ONCE_STALE_TICKET = -5029, /* misuse or race: cancel of an operation that has ended */

	/* submit, wait, peek */
	ONCE_NOT_ARMED = -5040,    /* misuse: submit while a taken SQE is not armed */
	ONCE_WOULD_HANG = -5041,   /* misuse: wait for CQEs that nothing in flight can post */
	ONCE_ALL_HELD = -5042,     /* misuse: wait or peek while held tokens fill the CQ */
	ONCE_SPLIT_TIMER = -5043,  /* state: timed wait in split mode on a kernel without EXT_ARG */
	ONCE_TIMERS_OUT = -5044,   /* state: timed wait while older reservations are still out */
	ONCE_STRAY_CQE = -5045,    /* kernel: reported only: a CQE bears an identity that is not in flight */
	ONCE_CORRUPT_CQ = -5046,   /* kernel: reported only: the CQ tail is not possible */

	/* tokens */
	ONCE_SEEN_TWICE = -5060,   /* misuse: seen of a token that was seen */
	ONCE_NOT_ISSUED = -5061,   /* misuse: a token this ring never handed out */
	ONCE_OTHER_RING = -5062,   /* misuse: a token, SQE or ticket of another ring */
	ONCE_SPENT = -5063,        /* misuse: result, flags or owner of a token that was seen */
	ONCE_WRONG_TYPE = -5064,   /* misuse: the owner was lent as another type */
	ONCE_FOREIGN = -5065,      /* misuse: owner of a CQE that no operation of this ring posted */
	ONCE_NOT_CQE32 = -5066     /* misuse: extra words on a ring without IORING_SETUP_CQE32 */
};

ONCE_BEGIN_C

/*
 * The name of a code: "ONCE_SEEN_TWICE"; for -1 .. -4095 "-errno"; for any
 * other value "unknown". Never NULL; static memory. Any thread.
 */
/*@ assigns \result \from code; */
const char *once_code_name(int code);

/*
 * What happened, in a sentence; for -errno values, strerror()'s words where
 * they are in static memory. Never NULL; static memory. Any thread.
 */
/*@ assigns \result \from code; */
const char *once_strerror(int code);

/*
 * What raw liburing would have done in the same place, in a sentence: the
 * reason why the call was refused. "" where there is no such thing. Any thread.
 */
/*@ assigns \result \from code; */
const char *once_raw_would(int code);

/*
 * The i-th code, in the order above, or 0 past the last one: to walk them all.
 */
/*@ assigns \nothing;
    ensures end: i >= 37 ==> \result == 0; */
int once_code_at(unsigned i);

/* The name of a single IORING_SETUP_* bit, as in "IORING_SETUP_IOPOLL". */
/*@ assigns \result \from bit;
    ensures text: \valid_read(\result); */
const char *once_setup_flag_name(uint32_t bit);

/* A refusal, said so that an analyser knows, too, that it is negative. Not for callers. */
/*@ assigns \nothing;
    ensures refusal: \result == (rc < 0 ? rc : otherwise); */
ONCE_INLINE int once_negative(int rc, int otherwise)
{
	return rc < 0 ? rc : otherwise;
}

ONCE_END_C

#endif
