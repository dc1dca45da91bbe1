/* SPDX-License-Identifier: MIT */
#include "stress.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
	BATCH = 64,
	WINDOW = 96,   /* tokens held at most */
	KEPT = 24,     /* ... from one round to the next */
	BEFORE_WRAP = 5000, /* counters of the emulated ring start so far below 2^32 */
	NOT_PERMITTED = 77
};

/* There only if linked with the emulated ring. */
extern void emulated_start_counters(uint32_t sq, uint32_t cq) __attribute__((weak));

struct window {
	struct once_cqe cqes[WINDOW];
	struct owner *owners[WINDOW]; /* NULL: more completions come */
	uint64_t numbers[WINDOW];     /* in the order of delivery */
	unsigned count;
};

static ONCE_MEMORY(memory, ENTRIES, CQ_ENTRIES, CAPACITY);
static struct stress stress;
static struct window window;

/* xorshift64 */
uint64_t draw(struct stress *at, uint64_t bound)
{
	at->random ^= at->random << 13;
	at->random ^= at->random >> 7;
	at->random ^= at->random << 17;
	return at->random % bound;
}

void fail(struct stress *at, const char *what, long long value)
{
	if (!at->failed)
		fprintf(stderr, "wrong: %s: %lld %s after %" PRIu64 " completions\n", what, value,
			value < 0 ? once_code_name((int)value) : "", at->delivered);
	at->failed = true;
}

/* Free + taken + armed + in flight + retired is the capacity, and what is live is what is not free. */
static void check_accounts(void)
{
	const struct once_ring *ring = &stress.ring;
	const uint32_t sum = once_free(ring) + once_taken(ring) + once_armed(ring) +
			     once_in_flight(ring) + once_retired(ring);

	if (sum != once_capacity(ring))
		fail(&stress, "slots do not add up", sum);
	if (once_held(ring) != window.count)
		fail(&stress, "held", once_held(ring));
	if (once_armed_total(ring) != stress.armed)
		fail(&stress, "armed in all", (long long)once_armed_total(ring));
	if (once_passed_total(ring) > stress.seen)
		fail(&stress, "passed what was not seen", (long long)once_passed_total(ring));
	if (once_has_overflow(ring))
		fail(&stress, "the CQ overflowed", 1);
}

/* Deliver what there is, at most as the window holds; wait for it if nothing is held. */
static void deliver(void)
{
	struct once_cqe *fresh = &window.cqes[window.count];
	int count = once_peek_batch(&stress.ring, fresh, WINDOW - window.count);

	if (count == -EAGAIN && window.count == 0 && once_in_flight(&stress.ring) != 0) {
		count = once_wait(&stress.ring, fresh);
		count = count == 0 ? 1 : count;
	}
	if (count < 0 && count != -EAGAIN && count != -EINTR)
		fail(&stress, "deliver", count);
	for (int i = 0; i < count; i++) {
		const struct once_cqe *cqe = &window.cqes[window.count];
		const bool terminal = once_is_terminal(cqe) == 1;
		struct owner *owner = NULL;
		const int rc = owner_of(cqe, &owner);

		if (rc == 0)
			mix_check(&stress, owner, once_result(cqe), terminal);
		else
			fail(&stress, "owner", rc);
		window.owners[window.count] = terminal ? owner : NULL;
		window.numbers[window.count] = stress.delivered;
		window.count++;
		stress.delivered++;
	}
}

/* See tokens picked at random until *keep* are left. */
static void see(unsigned keep)
{
	while (window.count > keep) {
		const unsigned pick = (unsigned)draw(&stress, window.count);
		const unsigned last = window.count - 1;
		const uint64_t number = window.numbers[pick];
		const int rc = once_seen(&stress.ring, &window.cqes[pick]);

		if (rc < 0) {
			fail(&stress, "once_seen", rc);
			return;
		}
		stress.seen++;
		if (window.owners[pick] != NULL)
			mix_return(&stress, window.owners[pick]);
		window.cqes[pick] = window.cqes[last];
		window.owners[pick] = window.owners[last];
		window.numbers[pick] = window.numbers[last];
		window.count = last;
		for (unsigned i = 0; i < window.count; i++) {
			if (window.numbers[i] < number) {
				stress.out_of_order++;
				break;
			}
		}
	}
}

static void submit(void)
{
	const int rc = once_submit(&stress.ring);

	if (rc < 0 && rc != -EAGAIN && rc != -EBUSY && rc != -EINTR)
		fail(&stress, "once_submit", rc);
}

/* A line for each tenth. */
static void progress(uint64_t count)
{
	static uint64_t next;

	if (stress.delivered < next)
		return;
	next = stress.delivered + count / 10 + 1;
	fprintf(stderr, "  %3" PRIu64 " %%  %" PRIu64 " completions\n", stress.delivered * 100 / count,
		stress.delivered);
}

static void run(uint64_t count)
{
	bool wound_up = false;

	while (stress.delivered < count && !stress.failed) {
		const uint64_t before = stress.delivered;

		mix_arm(&stress, BATCH);
		submit();
		deliver();
		/* what is held keeps slots from being freed: if nothing comes, see it all */
		see(stress.delivered != before ? KEPT : 0);
		check_accounts();
		progress(count);
	}
	while (!stress.failed && (!wound_up || once_in_flight(&stress.ring) != 0)) {
		wound_up = mix_cancel_all(&stress);
		submit();
		deliver();
		see(0);
		check_accounts();
	}
}

static void print_account(void)
{
	printf("    %-28s%14" PRIu64 "\n", "operations armed", stress.armed);
	printf("    %-28s%14" PRIu64 "\n", "  ended", stress.ended);
	printf("    %-28s%14" PRIu64 "\n", "completions delivered", stress.delivered);
	for (int kind = 0; kind < KINDS; kind++)
		printf("      %-26s%14" PRIu64 "\n", mix_name((enum kind)kind), stress.of_kind[kind]);
	printf("    %-28s%14" PRIu64 "\n", "  seen", stress.seen);
	printf("    %-28s%14" PRIu64 "\n", "  ... out of order", stress.out_of_order);
}

/* What must be true at the end. */
static void check_end(bool wrap)
{
	struct once_report report;
	int rc;

	if (stress.ended != stress.armed || stress.ended_sum != stress.armed_sum)
		fail(&stress, "not every operation ended exactly once", (long long)stress.ended);
	if (stress.seen != stress.delivered || once_passed_total(&stress.ring) != stress.seen)
		fail(&stress, "not every completion was passed", (long long)stress.seen);
	if (once_free(&stress.ring) + once_retired(&stress.ring) != CAPACITY)
		fail(&stress, "not every slot is free", once_free(&stress.ring));
	for (int kind = 0; kind < KINDS; kind++)
		if (stress.of_kind[kind] == 0)
			fail(&stress, mix_name((enum kind)kind), 0);
	if (stress.out_of_order == 0)
		fail(&stress, "nothing was seen out of order", 0);
	if (wrap && (stress.armed <= BEFORE_WRAP || stress.seen <= BEFORE_WRAP))
		fail(&stress, "too few to wrap a counter", (long long)stress.seen);
	rc = once_close(&stress.ring, &report);
	if (rc < 0) {
		fail(&stress, "once_close", rc);
		return;
	}
	printf("    %-28s%14u\n", "taken, armed, in flight, held",
	       report.taken + report.armed + report.in_flight + report.held);
	printf("    %-28s%14u\n", "reserved, ready, overflow",
	       report.reserved + report.ready + report.overflow);
	if (wrap && !stress.failed)
		puts("    the 32-bit counters of SQ and CQ passed 2^32");
}

int main(int argc, char **argv)
{
	const bool wrap = argc > 1 && strcmp(argv[1], "--wrap") == 0;
	const char *number = argc > 1 + wrap ? argv[1 + wrap] : NULL;
	const uint64_t count = number != NULL ? strtoull(number, NULL, 10)
					      : UINT64_C(100000) + (wrap ? 0 : 99900000);
	const struct once_config config = {
		.entries = ENTRIES, .cq_entries = CQ_ENTRIES, .multishot_credit = CREDIT,
		.memory = memory
	};
	int rc;

	if (wrap && emulated_start_counters == NULL) {
		fputs("--wrap needs the emulated ring\n", stderr);
		return 2;
	}
	if (wrap)
		emulated_start_counters(0U - BEFORE_WRAP, 0U - BEFORE_WRAP);
	stress.random = UINT64_C(0x2545f4914f6cdd1d);
	rc = once_open(&stress.ring, &config);
	if (rc == -EPERM || rc == -ENOSYS || rc == -EACCES) {
		printf("io_uring is not permitted here: %s\n", once_code_name(rc));
		return NOT_PERMITTED;
	}
	if (rc == 0)
		rc = mix_open(&stress);
	if (rc < 0) {
		fprintf(stderr, "%s: %s\n", once_code_name(rc), once_strerror(rc));
		return 1;
	}
	printf("  %" PRIu64 " completions%s;\n  up to %d tokens held, seen at random\n", count,
	       wrap ? " on the emulated ring, its counters starting just below 2^32" : "", WINDOW);
	run(count);
	print_account();
	if (!stress.failed)
		check_end(wrap);
	mix_close(&stress);
	return stress.failed ? 1 : 0;
}
