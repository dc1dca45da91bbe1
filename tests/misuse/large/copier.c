/* SPDX-License-Identifier: MIT */
/*
 * A file copier: blocks are read and written in any order, a few at a time. A
 * short read is the end; an error ends the copy once nothing is in flight.
 *
 * Bug 1: never-seen, ONCE_STILL_HELD: a short read leaves the loop with its token
 * Bug 2: seen-twice, ONCE_SEEN_TWICE: the writer's helper sees, and its caller does
 * Bug 3: used-after-seen, ONCE_SPENT: flags of a token that the helper has seen
 * Bug 4: wait-failed, ONCE_SPENT: "nothing there" is counted and then seen
 * Bug 5: ignored, ONCE_SPENT: the answer of the wait is dropped
 * Bug 6: never-armed, ONCE_NOT_ARMED: past the end of the file nothing is armed
 */
#include "../misuse.h"

#include <sys/mman.h>
#include <unistd.h>

enum { BLOCK = 64, BLOCKS = 4, SIZE = 3 * BLOCK + 10 };

struct block {
	bool writing;
	uint64_t offset;
	size_t length;
	char data[BLOCK];
};

ONCE_OWNER(block, struct block);

struct copy {
	struct once_ring *ring;
	int from, to;
	uint64_t next, size;
	uint64_t copied;
	unsigned in_flight;
	int error;
};

static int read_block(struct copy *copy, struct block *block)
{
	struct once_sqe sqe;
	int rc = once_take(copy->ring, &sqe);

	if (rc < 0)
		return rc;
	if (copy->next >= copy->size) {
#if BUG != 6
		once_give_back(&sqe);
#endif
		return 0;
	}
	block->writing = false;
	block->offset = copy->next;
	once_prep_read(&sqe, copy->from, block->data, BLOCK, block->offset);
	rc = once_arm(&sqe, block_lend(block), NULL);
	if (rc < 0)
		return rc;
	copy->next += BLOCK;
	copy->in_flight++;
	return 0;
}

static int write_block(struct copy *copy, struct block *block, size_t length)
{
	struct once_sqe sqe;
	int rc = once_take(copy->ring, &sqe);

	if (rc < 0)
		return rc;
	block->writing = true;
	block->length = length;
	once_prep_write(&sqe, copy->to, block->data, length, block->offset);
	rc = once_arm(&sqe, block_lend(block), NULL);
	if (rc < 0)
		return rc;
	copy->in_flight++;
	return 0;
}

/* A write has ended: sees the token. */
static int written(struct copy *copy, struct block *block, const struct once_cqe *cqe)
{
	int result = once_result(cqe);

	once_seen(copy->ring, cqe);
	if (result < 0)
		return result;
	copy->copied += (uint64_t)result;
	return read_block(copy, block);
}

static int handle(struct copy *copy, const struct once_cqe *cqe)
{
	struct block *block = NULL;
	int result, rc = block_of(cqe, &block);

	if (rc != 0 || block == NULL) {
		once_seen(copy->ring, cqe);
		return rc;
	}
	copy->in_flight--;
	if (block->writing) {
		rc = written(copy, block, cqe);
#if BUG == 2
		once_seen(copy->ring, cqe);
#elif BUG == 3
		if (once_flags(cqe) != 0)
			note("flags", rc);
#endif
		return rc;
	}
	result = once_result(cqe);
#if BUG == 1
	if (result < BLOCK)
		copy->size = 0;
	if (result <= 10)
		return result;
#endif
	once_seen(copy->ring, cqe);
	if (result < 0)
		return result;
	if (result == 0)
		return 0;
	return write_block(copy, block, (size_t)result);
}

static int run(struct copy *copy)
{
	while (copy->in_flight > 0) {
		struct once_cqe cqe;
		int rc = once_submit_and_wait(copy->ring, 1);

		if (rc < 0)
			return rc;
#if BUG == 5
		while (copy->in_flight > 0) {
			once_peek(copy->ring, &cqe);
			rc = handle(copy, &cqe);
			if (rc < 0)
				return rc;
		}
#elif BUG == 4
		do {
			rc = once_peek(copy->ring, &cqe);
			if (rc < 0)
				note("peek", rc);
			rc = handle(copy, &cqe);
			if (rc < 0 && copy->error == 0)
				copy->error = rc;
		} while (rc == 0);
#else
		while (once_peek(copy->ring, &cqe) == 0) {
			rc = handle(copy, &cqe);
			if (rc < 0 && copy->error == 0)
				copy->error = rc;
		}
#endif
	}
	return copy->error;
}

int program(struct once_ring *ring)
{
	static struct block blocks[BLOCKS];
	struct copy copy = { .ring = ring, .size = SIZE };
	char data[SIZE];
	int rc = 0;

	memset(data, 'x', sizeof(data));
	copy.from = memfd_create("from", 0);
	copy.to = memfd_create("to", 0);
	if (copy.from < 0 || copy.to < 0 || write(copy.from, data, SIZE) != SIZE)
		return -errno;
	for (int i = 0; i < BLOCKS && rc == 0; i++)
		rc = read_block(&copy, &blocks[i]);
	if (rc == 0)
		rc = run(&copy);
	close(copy.from);
	close(copy.to);
	if (rc == 0 && copy.copied != SIZE)
		rc = -EIO;
	return rc;
}
