/* SPDX-License-Identifier: MIT */
/* The two types of owners that scenarios lend, beside the cookie (TYPE_*). */
#ifndef ONCERING_TOOL_SCENARIO_OWNERS_H
#define ONCERING_TOOL_SCENARIO_OWNERS_H

#include <oncering.h>

struct request {
	char first[24];
};

struct session {
	char second[40];
};

ONCE_OWNER(request, struct request);
ONCE_OWNER(session, struct session);

#endif
