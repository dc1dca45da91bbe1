/* SPDX-License-Identifier: MIT */
/* Both seams in one program: which one the calls of src/port.h go to. */
#ifndef ONCERING_TOOL_SEAM_H
#define ONCERING_TOOL_SEAM_H

#include <stdbool.h>

/* From now on; a ring is used with the seam that it was opened with. */
void seam_select(bool emulated);

#endif
