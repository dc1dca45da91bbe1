/* SPDX-License-Identifier: MIT */
/*
 * oncering: every completion, seen exactly once.
 *
 * A typed, checked state machine between a program and the completion queue
 * of io_uring. Include this file; it reads in the order in which an operation
 * lives, a short file for each stage:
 *
 *   take ──> arm ──> submit ──> deliver ──> see ──> reclaim
 *   FREE→    TAKEN→  ARMED→     IN_FLIGHT→  HELD→   owner returned,
 *   TAKEN    ARMED   IN_FLIGHT  token HELD  SEEN    slot FREE again
 *
 * Rules that hold everywhere, said once:
 *
 *  - A call that can fail returns one int: >= 0 is success, -1 .. -4095 is the
 *    kernel's own -errno, ONCE_* (below -4095) is oncering's refusal. The
 *    result of an operation never comes that way: it is once_result().
 *  - A refused call changes nothing and loses nothing, in release builds too.
 *    It is also handed to the ring's violation handler, and aborts only if the
 *    ring was opened with ONCE_TRAP.
 *  - After once_open() nothing is allocated, and no call does a system call
 *    that raw liburing would not do.
 *  - One thread uses a ring. With ONCE_SPLIT one thread takes, arms and
 *    submits, and another one delivers and sees. Each description says to
 *    which side ("submitting", "completing") a call belongs.
 *  - Pointers must be valid; that is the only thing the library cannot check.
 *    No argument may be NULL unless its description says so.
 *  - The fields of every struct below are the library's: look, if you debug,
 *    but use the functions.
 */
#ifndef ONCERING_H
#define ONCERING_H

#include "oncering/types.h"   /* the values that pass between the stages */
#include "oncering/code.h"    /* every refusal, and what it teaches */
#include "oncering/config.h"  /* what to open, in memory of yours */
#include "oncering/open.h"    /* open it */
#include "oncering/take.h"    /* FREE → TAKEN, and back unused */
#include "oncering/prepare.h" /* say what the operation shall do */
#include "oncering/arm.h"     /* TAKEN → ARMED: lend the owner, get a ticket */
#include "oncering/submit.h"  /* ARMED → IN_FLIGHT */
#include "oncering/deliver.h" /* a completion becomes a token */
#include "oncering/wait.h"    /* ... as soon as there is one */
#include "oncering/look.h"    /* its result, and whose it is */
#include "oncering/see.h"     /* HELD → SEEN, in any order */
#include "oncering/account.h" /* how many are where, at any time */
#include "oncering/eventfd.h" /* be woken, and miss nothing */
#include "oncering/close.h"   /* drain and close */
#include "oncering/threads.h" /* optional: clang checks the two threads of split mode */
#include "oncering/clang_analyzer.h" /* what clang's analyser reads in their place */
#include "oncering/site.h"    /* optional: call sites in violation records */

#endif
