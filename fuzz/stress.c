/* SPDX-License-Identifier: MIT */
/* See stress.h. */
#include "stress.h"

#include <errno.h>
#include <linux/io_uring.h>
#include <netinet/in.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

enum {
	SKIP = 77,
	ROUND_NANOSECONDS = 1000000000,
	END_SECONDS = 60,          /* for all operations to end, once they are cancelled */
	SIGNAL_MICROSECONDS = 3000,
	LEAST = 8                  /* operations */
};

static ONCE_MEMORY(memory, ENTRIES, CQ, RECORDS);

void stress_fail(const struct stress *stress, const char *what, ...)
{
	va_list arguments;

	(void)fprintf(stderr, "FINDING stress: seed %llu, flags %x%s%s: ", (unsigned long long)stress->seed,
		      stress->config.flags, stress->split ? ", split" : "", stress->legacy ? ", legacy" : "");
	va_start(arguments, what);
	(void)vfprintf(stderr, what, arguments);
	va_end(arguments);
	(void)fputc('\n', stderr);
	abort();
}

uint64_t stress_draw(struct side *side, uint64_t below)
{
	side->random = side->random * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
	return (side->random >> 33) % below;
}

static uint64_t now(void)
{
	struct timespec time;

	(void)clock_gettime(CLOCK_MONOTONIC, &time);
	return (uint64_t)time.tv_sec * 1000000000 + (uint64_t)time.tv_nsec;
}

/* --- the world --- */

static void connect_tcp(int ends[2])
{
	struct sockaddr_in address = { .sin_family = AF_INET };
	socklen_t size = sizeof address;
	const int listener = socket(AF_INET, SOCK_STREAM, 0);

	address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	ends[0] = socket(AF_INET, SOCK_STREAM, 0);
	if (bind(listener, (struct sockaddr *)&address, size) < 0 || listen(listener, 1) < 0 ||
	    getsockname(listener, (struct sockaddr *)&address, &size) < 0 ||
	    connect(ends[0], (struct sockaddr *)&address, size) < 0) {
		(void)fprintf(stderr, "skipped: no loopback: %s\n", strerror(errno));
		exit(SKIP);
	}
	ends[1] = accept(listener, NULL, NULL);
	(void)close(listener);
}

static void open_world(struct stress *stress)
{
	unsigned char bytes[BYTES];
	int pair[2];

	memset(bytes, 'x', sizeof bytes);
	stress->file = memfd_create("stress", MFD_CLOEXEC);
	stress->eventfd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (stress->file < 0 || stress->eventfd < 0 || write(stress->file, bytes, sizeof bytes) != BYTES ||
	    socketpair(AF_UNIX, SOCK_STREAM, 0, stress->ends[0]) < 0 ||
	    socketpair(AF_UNIX, SOCK_STREAM, 0, pair) < 0) {
		(void)fprintf(stderr, "skipped: %s\n", strerror(errno));
		exit(SKIP);
	}
	stress->never = pair[0];
	stress->never_other = pair[1];
	connect_tcp(stress->ends[1]);
}

/* Bytes that were sent are received, or wait to be. */
static void check_bytes(struct stress *stress)
{
	for (unsigned i = 0; i < STREAMS; i++) {
		const uint64_t out = atomic_load(&stress->out[i]);
		int left = 0;

		if (ioctl(stress->ends[i][1], FIONREAD, &left) < 0 || out != stress->in[i] + stress->read_away[i] + (uint64_t)left)
			stress_fail(stress, "stream %u: %llu bytes out, %llu in, %llu read away, %d left", i,
				    (unsigned long long)out, (unsigned long long)stress->in[i],
				    (unsigned long long)stress->read_away[i], left);
	}
}

/* --- a ring of some kind --- */

static void note_violation(void *context, const struct once_violation *violation)
{
	struct stress *stress = context;

	atomic_fetch_add_explicit(&stress->violations, 1, memory_order_relaxed);
	switch (violation->code) {
	case ONCE_NO_SLOT:
	case ONCE_NO_CREDIT:
	case ONCE_SEEN_TWICE:
	case ONCE_STALE_TICKET:
	case ONCE_WOULD_HANG:
	case ONCE_ALL_HELD:
	case ONCE_TIMERS_OUT:
		return;
	default:
		stress_fail(stress, "%s is reported", once_code_name(violation->code));
	}
}

static void choose(struct stress *stress)
{
	static const uint32_t flags[] = {
		0, IORING_SETUP_COOP_TASKRUN, IORING_SETUP_SQPOLL, IORING_SETUP_CQE32,
		IORING_SETUP_SINGLE_ISSUER, IORING_SETUP_SINGLE_ISSUER | IORING_SETUP_DEFER_TASKRUN
	};
	const uint64_t which = stress_draw(&stress->submit, sizeof flags / sizeof flags[0]);
	const uint32_t entries = ENTRIES >> stress_draw(&stress->submit, 3);

	stress->split = which < 4 && stress_draw(&stress->submit, 2) == 0;
	stress->legacy = stress_draw(&stress->submit, 4) == 0;
	stress->config = (struct once_config){
		.entries = entries, .cq_entries = CQ, .flags = flags[which], .sq_thread_idle = 1,
		.options = stress->split ? ONCE_SPLIT : 0,
		.hide_features = stress->legacy ? IORING_FEAT_EXT_ARG : 0,
		.multishot_credit = 1 + (uint32_t)stress_draw(&stress->submit, 4),
		.handler = note_violation, .context = stress, .memory = memory
	};
	stress->config.memory.capacity = LEAST + (uint32_t)stress_draw(&stress->submit, RECORDS - LEAST);
}

static void open_ring(struct stress *stress)
{
	const int rc = once_open(&stress->ring, &stress->config);

	if (rc == -EPERM || rc == -ENOSYS || rc == -ENOMEM) {
		(void)fprintf(stderr, "skipped: no ring here: %s\n", strerror(-rc));
		exit(SKIP);
	}
	if (rc != 0)
		stress_fail(stress, "once_open(): %s %d", once_code_name(rc), rc);
	stress->position = 0;
}

static void check_conserved(struct stress *stress, bool at_rest)
{
	const struct once_ring *ring = &stress->ring;
	const uint32_t sum = once_free(ring) + once_taken(ring) + once_armed(ring) + once_in_flight(ring) +
			     once_retired(ring);

	if (sum != once_capacity(ring) || once_taken(ring) != 0)
		stress_fail(stress, "%u free, %u taken, %u armed, %u in flight, %u retired of %u", once_free(ring),
			    once_taken(ring), once_armed(ring), once_in_flight(ring), once_retired(ring),
			    once_capacity(ring));
	if (at_rest && (once_free(ring) != once_capacity(ring) || once_held(ring) != 0 || once_ready(ring) != 0 ||
			once_reserved(ring) != 0 || once_has_overflow(ring)))
		stress_fail(stress, "at rest: %u of %u free, %u held, %u ready, %u reserved", once_free(ring),
			    once_capacity(ring), once_held(ring), once_ready(ring), once_reserved(ring));
}

/* --- the end of a round --- */

static void tell_lost(struct stress *stress)
{
	for (unsigned i = 0; i < RECORDS; i++)
		if (atomic_load(&stress->records[i].state) == ARMED)
			(void)fprintf(stderr, "operation %llu of kind %d, %u completions, %scancelled: state %d\n",
				      (unsigned long long)stress->records[i].number, stress->records[i].kind,
				      stress->records[i].completions,
				      atomic_load(&stress->records[i].cancelled) != 0 ? "" : "not ",
				      once_state_of(&stress->ring, &stress->records[i].ticket));
	stress_fail(stress, "some operations do not end");
}

static void end_ring(struct stress *stress, uint64_t armed_before)
{
	const struct once_timespec time = { END_SECONDS, 0 };
	uint32_t survivors = 0;
	int rc;

	stress_see_all(stress);
	once_hand_over(&stress->ring);
	rc = once_drain(&stress->ring, &time, NULL, 0, &survivors);
	if (rc != 0 || survivors != 0)
		stress_fail(stress, "once_drain(): %s, %u survivors", once_code_name(rc), survivors);
	check_conserved(stress, true);
	if (once_armed_total(&stress->ring) != stress->numbers - armed_before)
		stress_fail(stress, "%llu armed, the library says %llu",
			    (unsigned long long)(stress->numbers - armed_before),
			    (unsigned long long)once_armed_total(&stress->ring));
	if (stress->ended != stress->numbers)
		stress_fail(stress, "%llu armed, %llu ended", (unsigned long long)stress->numbers,
			    (unsigned long long)stress->ended);
	check_bytes(stress);
	rc = once_close(&stress->ring, NULL);
	if (rc != 0)
		stress_fail(stress, "once_close(): %s", once_code_name(rc));
}

/* --- one thread, two threads --- */

static void run_alone(struct stress *stress, uint64_t end)
{
	const uint64_t most = end + (uint64_t)END_SECONDS * 1000000000;
	bool any = true;

	while (now() < end) {
		stress_submit_some(stress);
		stress_complete_some(stress, false);
		check_conserved(stress, false);
	}
	while (any) {
		any = stress_cancel_all(stress);
		stress_complete_some(stress, false);
		if (now() > most)
			tell_lost(stress);
	}
}

static void *complete(void *argument)
{
	struct stress *stress = argument;

	while (!atomic_load(&stress->done)) {
		const bool over = atomic_load(&stress->over);

		if (over)
			atomic_store(&stress->heard, true);
		stress_complete_some(stress, !over);
	}
	stress_see_all(stress);
	once_hand_over(&stress->ring);
	return NULL;
}

static void run_both(struct stress *stress, uint64_t end)
{
	const uint64_t most = end + (uint64_t)END_SECONDS * 1000000000;
	pthread_t thread;
	int rc;

	atomic_store(&stress->over, false);
	atomic_store(&stress->heard, false);
	atomic_store(&stress->done, false);
	rc = pthread_create(&thread, NULL, complete, stress);
	if (rc != 0)
		exit(SKIP);
	while (now() < end)
		stress_submit_some(stress);
	atomic_store(&stress->over, true);
	/* it may wait for what is not there: something new has to come until it knows */
	while (!atomic_load(&stress->heard))
		stress_submit_some(stress);
	while (stress_cancel_all(stress))
		if (now() > most)
			tell_lost(stress);
	atomic_store(&stress->done, true);
	(void)pthread_join(thread, NULL);
}

static void on_signal(int number)
{
	(void)number;
}

/* Waits are interrupted again and again. */
static void disturb(void)
{
	const struct sigaction action = { .sa_handler = on_signal };
	const struct itimerval often = { { 0, SIGNAL_MICROSECONDS }, { 0, SIGNAL_MICROSECONDS } };

	(void)sigaction(SIGALRM, &action, NULL);
	(void)setitimer(ITIMER_REAL, &often, NULL);
}

static void run_round(struct stress *stress, uint64_t seed)
{
	const uint64_t armed_before = stress->numbers;
	const uint64_t end = now() + ROUND_NANOSECONDS;

	stress->seed = seed;
	stress->submit.random = seed * 2 + 1;
	stress->complete.random = ~seed;
	choose(stress);
	open_ring(stress);
	if (stress->split)
		run_both(stress, end);
	else
		run_alone(stress, end);
	end_ring(stress, armed_before);
}

/* stress SECONDS [SEED] */
int main(int argc, char **argv)
{
	static struct stress stress;
	const uint64_t seconds = argc > 1 ? strtoull(argv[1], NULL, 10) : 60;
	const uint64_t end = now() + seconds * 1000000000;
	uint64_t seed = argc > 2 ? strtoull(argv[2], NULL, 10) : (uint64_t)time(NULL);
	unsigned rounds = 0, threads = 0;

	open_world(&stress);
	disturb();
	do {
		run_round(&stress, seed++);
		rounds++;
		threads += stress.split;
	} while (now() < end);
	printf("stress: %u rounds, %u of them on two threads: %llu operations, %llu completions, each seen once\n", rounds,
	       threads, (unsigned long long)stress.numbers, (unsigned long long)stress.completions);
	printf("stress: nop %llu, timer %llu, late %llu, read %llu, send %llu, receive %llu, zero-copy %llu, poll %llu, "
	       "linked %llu, cancel %llu; refused %llu, interrupted %llu\n",
	       (unsigned long long)stress.of_kind[KIND_NOP], (unsigned long long)stress.of_kind[KIND_TIMER],
	       (unsigned long long)stress.of_kind[KIND_LATE], (unsigned long long)stress.of_kind[KIND_READ],
	       (unsigned long long)stress.of_kind[KIND_SEND], (unsigned long long)stress.of_kind[KIND_RECEIVE],
	       (unsigned long long)stress.of_kind[KIND_ZERO_COPY], (unsigned long long)stress.of_kind[KIND_POLL],
	       (unsigned long long)stress.of_kind[KIND_HEAD], (unsigned long long)stress.of_kind[KIND_CANCEL],
	       (unsigned long long)(stress.submit.refusals + stress.complete.refusals),
	       (unsigned long long)(stress.submit.interrupted + stress.complete.interrupted));
	return 0;
}
