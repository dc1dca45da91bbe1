/* SPDX-License-Identifier: MIT */
/* What the mistakes of a scenario consist of, for whatever runs one. */
#ifndef ONCERING_TOOL_SCENARIO_MISTAKES_H
#define ONCERING_TOOL_SCENARIO_MISTAKES_H

#include "scenario.h"

#include <linux/io_uring.h>
#include <oncering.h>

/* Make the configuration wrong: MISTAKE_*. */
void scenario_spoil(struct once_config *config, unsigned mistake);
/* Fill in a raw SQE: RAW_*. The multishot ones need time or a file: they are a nop here. */
void scenario_fill_raw(struct io_uring_sqe *raw, unsigned what);

#endif
