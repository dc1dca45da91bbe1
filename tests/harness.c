/* SPDX-License-Identifier: MIT */
/* See harness.h. */
#include "harness.h"

/* tests/emulated/ defines these two; a real ring has neither. */
extern const bool emulated_backend __attribute__((weak));
void emulated_reset(void) __attribute__((weak));

enum { DEFAULT_ENTRIES = 8, PATIENCE_SECONDS = 20 };

static const struct once_timespec patience = { PATIENCE_SECONDS, 0 };

bool on_emulated(void)
{
	return &emulated_backend != NULL && emulated_backend;
}

void need_emulated(void)
{
	if (!on_emulated())
		skip();
}

void need_real(void)
{
	if (on_emulated())
		skip();
}

/* --- fixture --- */

static void record(void *context, const struct once_violation *violation)
{
	struct fixture *f = context;

	f->log[f->violations % FIXTURE_LOG] = *violation;
	f->violations++;
}

static void free_memory(struct fixture *f)
{
	const struct once_memory none = { 0 };

	free(f->memory.ops);
	free(f->memory.stack);
	free(f->memory.returned);
	free(f->memory.credits);
	free(f->memory.window);
	free(f->memory.times);
	f->memory = none;
}

static void *elements(size_t count, size_t size)
{
	void *memory = aligned_alloc(64, (count * size + 63) / 64 * 64);

	assert_non_null(memory);
	/* the library must not rely on zeroes */
	memset(memory, 0x5a, (count * size + 63) / 64 * 64);
	return memory;
}

struct once_config complete_config(struct fixture *f, const struct once_config *overrides)
{
	const struct once_config none = { 0 };
	struct once_config config = overrides != NULL ? *overrides : none;
	struct once_memory *memory = &f->memory;
	uint32_t cq;

	if (config.entries == 0)
		config.entries = DEFAULT_ENTRIES;
	cq = ONCE_ENTRIES(config.cq_entries != 0 ? config.cq_entries : 2 * ONCE_ENTRIES(config.entries));
	if (config.handler == NULL) {
		config.handler = record;
		config.context = f;
	}
	if (config.memory.ops != NULL)
		return config;
	free_memory(f);
	memory->capacity = config.memory.capacity != 0 ? config.memory.capacity : cq / 2;
	memory->window_places = cq;
	memory->time_places = ONCE_ENTRIES(config.entries + ONCE_OWN_SQES);
	memory->ops = elements(memory->capacity, sizeof *memory->ops);
	memory->stack = elements(memory->capacity, sizeof *memory->stack);
	memory->returned = elements(memory->capacity, sizeof *memory->returned);
	memory->credits = elements(memory->capacity, sizeof *memory->credits);
	memory->window = elements(memory->window_places, sizeof *memory->window);
	memory->times = elements(memory->time_places, sizeof *memory->times);
	config.memory = *memory;
	return config;
}

int try_open_ring(struct fixture *f, const struct once_config *overrides)
{
	const struct once_config config = complete_config(f, overrides);
	const int rc = once_open(&f->ring, &config);

	f->legacy = (config.hide_features & FEAT_EXT_ARG) != 0;
	if (!on_emulated() && (rc == -EPERM || rc == -ENOSYS)) {
		print_message("io_uring is not permitted here: %s\n", once_strerror(rc));
		skip();
	}
	return rc;
}

int open_ring(struct fixture *f, const struct once_config *overrides)
{
	assert_ok(try_open_ring(f, overrides));
	return 0;
}

int fixture_setup(void **state)
{
	struct fixture *f = aligned_alloc(64, (sizeof *f + 63) / 64 * 64);

	if (f == NULL)
		return -1;
	memset(f, 0, sizeof *f);
	*state = f;
	return 0;
}

struct fixture *second_fixture(struct fixture *f)
{
	void *other = NULL;

	assert_int_equal(fixture_setup(&other), 0);
	while (f->next != NULL)
		f = f->next;
	f->next = other;
	return f->next;
}

/* End the ring; false if the test left something that it should have ended. */
static bool end_ring(struct fixture *f)
{
	struct once_report report;

	if (once_capacity(&f->ring) == 0)
		return true;
	once_hand_over(&f->ring);
	if (once_drain(&f->ring, &patience, NULL, 0, NULL) == 0 &&
	    once_close(&f->ring, &report) == 0)
		return true;
	if (once_abandon(&f->ring, &report) != 0)
		return false;
	print_error("left behind: taken %u armed %u in flight %u held %u reserved %u ready %u\n",
		    report.taken, report.armed, report.in_flight, report.held, report.reserved,
		    report.ready);
	return false;
}

int fixture_teardown(void **state)
{
	struct fixture *f = *state;
	int rc = 0;

	if (emulated_reset != NULL)
		emulated_reset();
	while (f != NULL) {
		struct fixture *next = f->next;

		if (!end_ring(f))
			rc = -1;
		for (uint32_t i = 0; i < f->fd_count; i++)
			close(f->fds[i]);
		free_memory(f);
		free(f);
		f = next;
	}
	return rc;
}

/* --- codes and violations --- */

void fail_code(int64_t actual, int64_t expected, const char *text, const char *file, int line)
{
	print_error("%s is %lld (%s), expected %lld (%s)\n", text, (long long)actual,
		    once_code_name((int)actual), (long long)expected,
		    once_code_name((int)expected));
	_fail(file, line);
	abort();
}

void forget_violations(struct fixture *f)
{
	f->violations = 0;
}

uint32_t violations_of(const struct fixture *f, int code)
{
	const uint32_t kept = f->violations < FIXTURE_LOG ? f->violations : FIXTURE_LOG;
	uint32_t found = 0;

	for (uint32_t i = 0; i < kept; i++)
		if (f->log[i].code == code)
			found++;
	return found;
}

const struct once_violation *last_violation(const struct fixture *f)
{
	assert_int_not_equal(f->violations, 0);
	return &f->log[(f->violations - 1) % FIXTURE_LOG];
}

static void print_violations(const struct fixture *f)
{
	const uint32_t first = f->violations < FIXTURE_LOG ? 0 : f->violations - FIXTURE_LOG;

	for (uint32_t i = first; i < f->violations; i++) {
		const struct once_violation *v = &f->log[i % FIXTURE_LOG];

		print_error("violation: %s in %s, expected %llu, found %llu\n",
			    once_code_name(v->code), v->call, (unsigned long long)v->expected,
			    (unsigned long long)v->found);
	}
}

void assert_violation_at(struct fixture *f, int code, const char *file, int line)
{
	if (f->violations != 1 || f->log[0].code != code) {
		print_error("expected one violation %s, got %u\n", once_code_name(code),
			    f->violations);
		print_violations(f);
		_fail(file, line);
	}
	forget_violations(f);
}

void assert_no_violation_at(const struct fixture *f, const char *file, int line)
{
	if (f->violations == 0)
		return;
	print_violations(f);
	_fail(file, line);
}

/* --- accounts --- */

static void print_accounts(const struct once_ring *ring)
{
	print_error("free %u taken %u armed %u in flight %u retired %u of %u; held %u ready %u "
		    "reserved %u overflow %d\n",
		    once_free(ring), once_taken(ring), once_armed(ring), once_in_flight(ring),
		    once_retired(ring), once_capacity(ring), once_held(ring), once_ready(ring),
		    once_reserved(ring), once_has_overflow(ring));
}

void assert_conserved_at(const struct fixture *f, const char *file, int line)
{
	const struct once_ring *ring = &f->ring;

	if ((uint64_t)once_free(ring) + once_taken(ring) + once_armed(ring) +
		    once_in_flight(ring) + once_retired(ring) == once_capacity(ring))
		return;
	print_accounts(ring);
	_fail(file, line);
}

void assert_accounts_zero_at(const struct fixture *f, const char *file, int line)
{
	const struct once_ring *ring = &f->ring;

	assert_conserved_at(f, file, line);
	if (once_taken(ring) == 0 && once_armed(ring) == 0 && once_in_flight(ring) == 0 &&
	    once_held(ring) == 0 && once_reserved(ring) == 0 && once_ready(ring) == 0 &&
	    !once_has_overflow(ring))
		return;
	print_accounts(ring);
	_fail(file, line);
}
