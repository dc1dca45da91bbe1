/* SPDX-License-Identifier: MIT */
/* Errors of Linux on x86-64 that Frama-C's <errno.h> lacks; a compiler never reads this. */
#ifndef ONCERING_PROOFS_ERRNO_H
#define ONCERING_PROOFS_ERRNO_H

enum {
	ELNRNG = 48, ENOCSI = 50, ENOANO = 55, EBFONT = 59, EADV = 68, ESRMNT = 69,
	EDOTDOT = 73, ETOOMANYREFS = 109, ENOTNAM = 118, ENAVAIL = 119, EOWNERDEAD = 130,
	ENOTRECOVERABLE = 131, ERFKILL = 132, EHWPOISON = 133
};

#endif
