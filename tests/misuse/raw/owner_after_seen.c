/* SPDX-License-Identifier: MIT */
/*
 * The request is asked for behind the seen.
 * Mistake: used-after-seen
 */
#include <errno.h>
#include <liburing.h>

struct request {
	int done;
};

int program(struct io_uring *ring)
{
	struct request *request = NULL;
	struct io_uring_cqe *cqe;

	while (io_uring_peek_cqe(ring, &cqe) == 0) {
#ifdef WRONG
		io_uring_cqe_seen(ring, cqe);
		request = io_uring_cqe_get_data(cqe);
#else
		request = io_uring_cqe_get_data(cqe);
		io_uring_cqe_seen(ring, cqe);
#endif
		request->done++;
	}
	return 0;
}
