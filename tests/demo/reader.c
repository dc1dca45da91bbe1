/* SPDX-License-Identifier: MIT */
/* The submitting side, and the account of both. */
#include "demo.h"

#include <errno.h>
#include <inttypes.h>
#include <sched.h>
#include <stdio.h>
#include <sys/eventfd.h>
#include <unistd.h>

static ONCE_MEMORY(memory, BUFFERS, 4 * BUFFERS, 3 * BUFFERS);
static struct once_ring ring;
static struct pool pool;
static unsigned refusals;

static void count_refusal(void *context, const struct once_violation *violation)
{
	__atomic_fetch_add((unsigned *)context, 1, __ATOMIC_RELAXED);
	fprintf(stderr, "refused: %s in %s\n", once_code_name(violation->code), violation->call);
}

/* Submit what is armed. */
static int flush(void)
{
	int rc;

	while ((rc = once_submit(&ring)) == -EAGAIN || rc == -EBUSY || rc == -EINTR)
		sched_yield();
	return rc < 0 ? rc : 0;
}

/* One read under way. */
static int issue(struct job *job)
{
	struct once_sqe sqe;
	int rc;

	while ((rc = once_take(&ring, &sqe)) == -EAGAIN) {
		rc = flush();
		if (rc < 0)
			return rc;
	}
	if (rc < 0)
		return rc;
	once_prep_read(&sqe, job->file->fd, job->bytes, job->length, job->offset);
	return once_arm(&sqe, job_lend(job), NULL);
}

static int read_file(struct file *file, size_t chunk)
{
	int rc = file->size == 0 ? 0 : pool_open(&pool, file);

	if (rc < 0 || file->size == 0)
		return rc;
	for (uint64_t offset = 0; offset < file->size && rc == 0; offset += chunk) {
		struct job *job;

		while ((job = pool_take(&pool, file)) == NULL) {
			rc = flush();
			if (rc < 0)
				return rc;
			pool_wait(&pool, false);
		}
		job->offset = offset;
		job->length = file->size - offset < chunk ? (size_t)(file->size - offset) : chunk;
		rc = issue(job);
	}
	pool_issued(&pool, file);
	return rc;
}

/* Large enough to be quick on large trees, small enough to fill the ring on small ones. */
static size_t chunk_for(const struct tree *tree)
{
	const uint64_t share = tree->bytes / (4 * BUFFERS) / CHUNK_MIN * CHUNK_MIN;

	if (share < CHUNK_MIN)
		return CHUNK_MIN;
	return share < CHUNK_MAX ? (size_t)share : CHUNK_MAX;
}

static int read_tree(struct tree *tree, struct listener *listener, size_t chunk)
{
	const uint64_t one = 1;
	pthread_t thread;
	int rc;

	rc = once_register_eventfd(&ring, listener->eventfd);
	if (rc < 0)
		return rc;
	rc = -pthread_create(&thread, NULL, listen_for_completions, listener);
	if (rc < 0)
		return rc;
	for (size_t i = 0; i < tree->count && rc == 0; i++) {
		rc = read_file(&tree->files[i], chunk);
		if (rc < 0)
			fprintf(stderr, "%s: %s: %s\n", tree->files[i].path, once_code_name(rc),
				once_strerror(rc));
	}
	if (rc == 0)
		rc = flush();
	if (rc == 0)
		pool_wait(&pool, true);
	if (write(listener->stop, &one, sizeof one) < 0)
		rc = -errno;
	pthread_join(thread, NULL);
	return rc;
}

/* One line of the account; 1 if it is off. */
static int figure(const char *name, uint64_t is, uint64_t should, const char *note)
{
	char text[32], wanted[32];

	printf("    %-26s%12s%s%s\n", name, grouped(is, text), note[0] != '\0' ? "  " : "", note);
	if (is == should)
		return 0;
	printf("    %-26s%12s  <-- this is what it should be\n", "", grouped(should, wanted));
	return 1;
}

static int print_account(const struct listener *listener, uint64_t chunks)
{
	const struct account *account = &listener->account;
	const uint64_t passed = once_passed_total(&ring);
	struct once_report report = { .in_flight = UINT32_MAX };
	int off = 0;
	int rc;

	rc = once_unregister_eventfd(&ring);
	off += rc != 0;
	rc = once_close(&ring, &report);
	off += figure("operations armed", account->armed, chunks, "");
	off += figure("completions delivered", account->delivered, chunks, "");
	off += figure("completions seen", account->seen, chunks, "");
	off += figure("places the head passed", passed, chunks, "");
	printf("    %-26s%12" PRIu64 "  %s\n", "  seen out of order", account->out_of_order,
	       "while an older one was still held");
	printf("    %-26s%12" PRIu64 "\n", "  wake-ups by the eventfd", account->wakeups);
	off += figure("refused", __atomic_load_n(&refusals, __ATOMIC_RELAXED), 0, "");
	off += figure("reads unlike read(2)", account->different, 0, "");
	off += figure("in flight at close", (uint64_t)report.in_flight + report.armed, 0, "");
	off += figure("held at close", report.held, 0, "");
	if (account->out_of_order == 0 && chunks >= BUFFERS)
		off++;
	if (rc != 0 || account->error != 0) {
		printf("    unexpected: %s\n", once_code_name(rc != 0 ? rc : account->error));
		off++;
	}
	return off;
}

int read_directory(const char *directory)
{
	static struct listener listener;
	const struct once_config config = {
		.entries = BUFFERS, .cq_entries = 4 * BUFFERS, .options = ONCE_SPLIT,
		.handler = count_refusal, .context = &refusals, .memory = memory
	};
	char files[32], bytes[32];
	uint64_t chunks = 0;
	struct tree tree;
	size_t chunk;
	int off = 0;
	int rc = once_open(&ring, &config);

	if (rc < 0)
		return rc;
	rc = tree_list(&tree, directory);
	chunk = chunk_for(&tree);
	for (size_t i = 0; i < tree.count; i++)
		chunks += (tree.files[i].size + chunk - 1) / chunk;
	pool_init(&pool);
	listener.ring = &ring;
	listener.pool = &pool;
	listener.eventfd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	listener.stop = eventfd(0, EFD_CLOEXEC);
	if (rc == 0)
		rc = read_tree(&tree, &listener, chunk);
	close(listener.stop);
	if (rc < 0) {
		/* the buffers are static: they stay */
		off = once_abandon(&ring, NULL);
		tree_free(&tree);
		return off < 0 ? off : rc;
	}
	listener.account.armed = once_armed_total(&ring);
	printf("  %s: %s regular files, %s bytes, in chunks of %zu, up to %d at once\n\n", directory,
	       grouped(tree.count, files), grouped(tree.bytes, bytes), chunk, BUFFERS);
	off += print_account(&listener, chunks);
	off += figure("bytes", listener.account.bytes, tree.bytes, "each compared with read(2)");
	close(listener.eventfd);
	tree_free(&tree);
	return off;
}
