/* SPDX-License-Identifier: MIT */
/*
 * The stage: what lies between the library and its seam while inputs run one after
 * the other, so that each begins alike, and soon. It is linked in with ld's --wrap,
 * or left out: then every ring is new, and threads and signals are real.
 *
 *	rings      A ring that the library closes is kept, if nothing is left in it, and is
 *	           given to the next open of its kind, its SQ and CQ at the same places. The
 *	           library opens, begins and closes as ever; the kernel does it once.
 *	identity   Serial numbers, and generations used up, begin anew with each input.
 *	threads    The second thread is the first one by another name. Two threads at
 *	           work at the same time are for stress.c.
 *	timing     What ends by itself, soon (a timer of 1 ns, a worker's read of the
 *	           file), has ended when the step is over.
 *	waiting    The watchdog is a time that the kernel is given, not a signal, and
 *	           -ETIME then becomes -EINTR: the kernel handles both alike. It is 1 ns
 *	           if nothing can end the wait.
 */
#ifndef ONCERING_FUZZ_STAGE_H
#define ONCERING_FUZZ_STAGE_H

#include <stdbool.h>
#include <stdint.h>

struct run;
struct oracle;

/* How an input begins. */
struct stage_beginning {
	bool real;      /* on a real ring */
	bool new_rings; /* those that are kept will not do: IOSQE_IO_DRAIN counts what a ring has ever done */
	bool ages;      /* a ring may have the tag of one that was closed: it is not told where generations begin */
	uint32_t phase; /* where the CQs of its first rings are */
};
void stage_begin(const struct stage_beginning *beginning) __attribute__((weak));
/* Its rings are open; those that it opens by itself have their CQ at 0. */
void stage_begun(void) __attribute__((weak));
/* Something may be under way that no account tells of: rings closed from here on are not kept. */
void stage_soil(void) __attribute__((weak));
/* Whether the last wait did not end by itself. */
bool stage_ended_wait(void) __attribute__((weak));
/* After a step: what ends by itself has time to. */
void stage_let_end(const struct oracle *o) __attribute__((weak));
/* Before the run is put right: neither name owns a ring any more, and files are new that must be. */
void stage_settle(struct run *run) __attribute__((weak));
/* Rings that the library has opened at its seam and not closed. */
uint32_t stage_rings_open(void) __attribute__((weak));
/* What is kept is another process's. */
void stage_forget(void) __attribute__((weak));
/* Whether the kernel had operations of a ring that was closed and had none, as it said. */
bool stage_found_hidden(void) __attribute__((weak));
/* Close those that are kept. */
void stage_end(void) __attribute__((weak));

#endif
