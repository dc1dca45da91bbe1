/* SPDX-License-Identifier: MIT */
/*
 * What scenarios lend: two types and a cookie. The values are numbers, not
 * addresses of anything: neither the library nor this program follows them.
 */
#include "run_internal.h"
#include "scenario_owners.h"

struct once_lent run_lent(unsigned type, uint64_t value)
{
	if (type == TYPE_REQUEST)
		return request_lend((struct request *)(uintptr_t)value);
	if (type == TYPE_SESSION)
		return session_lend((struct session *)(uintptr_t)value);
	return once_cookie(value);
}

int run_owner_of(const struct once_cqe *cqe, unsigned type, uint64_t *value)
{
	struct request *request = NULL;
	struct session *session = NULL;
	int rc;

	if (type == TYPE_COOKIE)
		return once_owner(cqe, &once_cookie_type, value);
	rc = type == TYPE_REQUEST ? request_of(cqe, &request) : session_of(cqe, &session);
	if (rc == 0)
		*value = type == TYPE_REQUEST ? (uintptr_t)request : (uintptr_t)session;
	return rc;
}

int run_owner_from(const struct once_completion *done, unsigned type, uint64_t *value)
{
	struct request *request = NULL;
	struct session *session = NULL;
	int rc;

	if (type == TYPE_COOKIE)
		return once_completion_owner(done, &once_cookie_type, value);
	rc = type == TYPE_REQUEST ? request_from(done, &request) : session_from(done, &session);
	if (rc == 0)
		*value = type == TYPE_REQUEST ? (uintptr_t)request : (uintptr_t)session;
	return rc;
}
