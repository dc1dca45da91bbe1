/* SPDX-License-Identifier: MIT */
/* Prepare: every typed preparation for files, carried out. */
#include "world.h"

#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/uio.h>

static const char text[] = "seen exactly once";

enum { SIZE = sizeof text - 1 };

static void a_nop_completes(void **state)
{
	struct fixture *f = *state;
	struct once_sqe sqe = { 0 };

	open_ring(f, NULL);
	sqe = taken_sqe(f);
	once_prep_nop(&sqe);
	assert_int_equal(execute(f, &sqe), 0);
	assert_accounts_zero(f);
}

static void read_reads_at_an_offset(void **state)
{
	struct fixture *f = *state;
	char buffer[SIZE] = { 0 };
	struct once_sqe sqe = { 0 };
	int fd;

	open_ring(f, NULL);
	fd = temp_file(f, text, SIZE);
	sqe = taken_sqe(f);
	once_prep_read(&sqe, fd, buffer, SIZE, 0);
	assert_int_equal(execute(f, &sqe), SIZE);
	assert_memory_equal(buffer, text, SIZE);
	sqe = taken_sqe(f);
	once_prep_read(&sqe, fd, buffer, SIZE, 5);
	assert_int_equal(execute(f, &sqe), SIZE - 5);
	assert_memory_equal(buffer, text + 5, SIZE - 5);
}

static void read_reads_at_the_current_position(void **state)
{
	struct fixture *f = *state;
	char buffer[4];
	struct once_sqe sqe = { 0 };
	int fd;

	open_ring(f, NULL);
	fd = temp_file(f, text, SIZE);
	assert_int_equal(lseek(fd, 5, SEEK_SET), 5);
	sqe = taken_sqe(f);
	once_prep_read(&sqe, fd, buffer, sizeof buffer, ONCE_CURRENT);
	assert_int_equal(execute(f, &sqe), 4);
	assert_memory_equal(buffer, text + 5, 4);
	assert_int_equal(lseek(fd, 0, SEEK_CUR), 9);
}

static void a_bad_descriptor_is_the_operations_result(void **state)
{
	struct fixture *f = *state;
	char buffer[4];
	struct once_sqe sqe = { 0 };

	open_ring(f, NULL);
	sqe = taken_sqe(f);
	once_prep_read(&sqe, -1, buffer, sizeof buffer, 0);
	assert_int_equal(execute(f, &sqe), -EBADF);
	assert_no_violation(f);
}

/* At once, though that end of the pipe will never be ready for it. */
static void the_wrong_end_of_a_pipe_is_refused(void **state)
{
	struct fixture *f = *state;
	struct once_sqe sqe = { 0 };
	char byte = 'x';
	int fds[2];

	open_ring(f, NULL);
	make_pipe(f, fds);
	sqe = taken_sqe(f);
	once_prep_write(&sqe, fds[0], &byte, 1, ONCE_CURRENT);
	arm_sqe(&sqe, 1, NULL);
	arm_read(f, fds[1], &byte, 1, ONCE_CURRENT, 2, NULL);
	submit_all(f);
	assert_int_equal(finish(f, 1), -EBADF);
	assert_int_equal(finish(f, 2), -EBADF);
}

static void write_writes(void **state)
{
	struct fixture *f = *state;
	char back[SIZE];
	struct once_sqe sqe = { 0 };
	int fd;

	open_ring(f, NULL);
	fd = temp_file(f, "", 0);
	sqe = taken_sqe(f);
	once_prep_write(&sqe, fd, text, SIZE, 3);
	assert_int_equal(execute(f, &sqe), SIZE);
	assert_int_equal(pread(fd, back, SIZE, 3), SIZE);
	assert_memory_equal(back, text, SIZE);
}

static void readv_and_writev_scatter_and_gather(void **state)
{
	struct fixture *f = *state;
	char first[5];
	char second[SIZE - 5];
	const struct iovec parts[2] = { { first, sizeof first }, { second, sizeof second } };
	char back[SIZE];
	struct once_sqe sqe = { 0 };
	int from;
	int to;

	open_ring(f, NULL);
	from = temp_file(f, text, SIZE);
	to = temp_file(f, "", 0);
	sqe = taken_sqe(f);
	once_prep_readv(&sqe, from, parts, 2, 0);
	assert_int_equal(execute(f, &sqe), SIZE);
	assert_memory_equal(first, text, 5);
	assert_memory_equal(second, text + 5, SIZE - 5);
	sqe = taken_sqe(f);
	once_prep_writev(&sqe, to, parts, 2, 0);
	assert_int_equal(execute(f, &sqe), SIZE);
	assert_int_equal(pread(to, back, SIZE, 0), SIZE);
	assert_memory_equal(back, text, SIZE);
}

static void fixed_buffers_are_read_and_written(void **state)
{
	struct fixture *f = *state;
	static char registered[2][64];
	const struct iovec buffers[2] = { { registered[0], 64 }, { registered[1], 64 } };
	char back[SIZE];
	struct once_sqe sqe = { 0 };
	int from;
	int to;

	real_only("registers buffers with the kernel");
	open_ring(f, NULL);
	assert_code(register_raw(f, IORING_REGISTER_BUFFERS, buffers, 2), 0);
	from = temp_file(f, text, SIZE);
	to = temp_file(f, "", 0);
	sqe = taken_sqe(f);
	once_prep_read_fixed(&sqe, from, registered[1] + 7, SIZE, 0, 1);
	assert_int_equal(execute(f, &sqe), SIZE);
	assert_memory_equal(registered[1] + 7, text, SIZE);
	sqe = taken_sqe(f);
	once_prep_write_fixed(&sqe, to, registered[1] + 7, SIZE, 0, 1);
	assert_int_equal(execute(f, &sqe), SIZE);
	assert_int_equal(pread(to, back, SIZE, 0), SIZE);
	assert_memory_equal(back, text, SIZE);
	/* outside of the buffer that the index names */
	sqe = taken_sqe(f);
	once_prep_read_fixed(&sqe, from, back, SIZE, 0, 0);
	assert_int_equal(execute(f, &sqe), -EFAULT);
	assert_code(register_raw(f, IORING_UNREGISTER_BUFFERS, NULL, 0), 0);
}

static void fixed_buffers_must_be_registered(void **state)
{
	struct fixture *f = *state;
	char buffer[SIZE];
	struct once_sqe sqe = { 0 };
	int fd;

	open_ring(f, NULL);
	fd = temp_file(f, text, SIZE);
	sqe = taken_sqe(f);
	once_prep_read_fixed(&sqe, fd, buffer, SIZE, 0, 0);
	assert_int_equal(execute(f, &sqe), -EFAULT);
	sqe = taken_sqe(f);
	once_prep_write_fixed(&sqe, fd, buffer, SIZE, 0, UINT16_MAX);
	assert_int_equal(execute(f, &sqe), -EFAULT);
	assert_accounts_zero(f);
}

static void fsync_syncs(void **state)
{
	struct fixture *f = *state;
	char name[] = P_tmpdir "/oncering-test-XXXXXX";
	struct once_sqe sqe = { 0 };
	int fd;

	open_ring(f, NULL);
	fd = keep_fd(f, mkstemp(name));
	assert_int_equal(unlink(name), 0);
	sqe = taken_sqe(f);
	once_prep_fsync(&sqe, fd, 0);
	assert_int_equal(execute(f, &sqe), 0);
	sqe = taken_sqe(f);
	once_prep_fsync(&sqe, fd, IORING_FSYNC_DATASYNC);
	assert_int_equal(execute(f, &sqe), 0);
	sqe = taken_sqe(f);
	once_prep_fsync(&sqe, fd, 1U << 30);
	assert_int_equal(execute(f, &sqe), -EINVAL);
}

static void openat_opens_and_close_closes(void **state)
{
	struct fixture *f = *state;
	struct once_sqe sqe = { 0 };
	int fd;

	open_ring(f, NULL);
	sqe = taken_sqe(f);
	once_prep_openat(&sqe, AT_FDCWD, "/dev/null", O_RDWR | O_CLOEXEC, 0);
	fd = execute(f, &sqe);
	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, SIZE), SIZE);
	sqe = taken_sqe(f);
	once_prep_close(&sqe, fd);
	assert_int_equal(execute(f, &sqe), 0);
	assert_int_equal(fcntl(fd, F_GETFD), -1);
	sqe = taken_sqe(f);
	once_prep_openat(&sqe, AT_FDCWD, "/dev/null/nothing", O_RDONLY, 0);
	assert_int_equal(execute(f, &sqe), -ENOTDIR);
}

static void openat_creates_with_a_mode(void **state)
{
	struct fixture *f = *state;
	char name[] = P_tmpdir "/oncering-test-XXXXXX";
	struct stat found;
	struct once_sqe sqe = { 0 };
	int directory;
	int fd;

	open_ring(f, NULL);
	assert_non_null(mkdtemp(name));
	directory = keep_fd(f, open(name, O_RDONLY | O_DIRECTORY | O_CLOEXEC));
	sqe = taken_sqe(f);
	once_prep_openat(&sqe, directory, "made", O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0600);
	fd = execute(f, &sqe);
	assert_int_equal(unlinkat(directory, "made", 0), 0);
	assert_int_equal(rmdir(name), 0);
	assert_int_equal(fstat(keep_fd(f, fd), &found), 0);
	assert_int_equal(found.st_mode & 0777, 0600);
}

static void statx_tells_the_size(void **state)
{
	struct fixture *f = *state;
	struct statx found;
	struct once_sqe sqe = { 0 };
	int fd;

	open_ring(f, NULL);
	memset(&found, 0, sizeof found);
	fd = temp_file(f, text, SIZE);
	sqe = taken_sqe(f);
	once_prep_statx(&sqe, fd, "", AT_EMPTY_PATH, STATX_SIZE, &found);
	assert_int_equal(execute(f, &sqe), 0);
	assert_int_equal(found.stx_size, SIZE);
}

static void splice_moves_from_a_file_to_a_pipe_and_back(void **state)
{
	struct fixture *f = *state;
	char back[SIZE];
	struct once_sqe sqe = { 0 };
	int pipe[2];
	int from;
	int to;

	open_ring(f, NULL);
	make_pipe(f, pipe);
	from = temp_file(f, text, SIZE);
	to = temp_file(f, "", 0);
	sqe = taken_sqe(f);
	once_prep_splice(&sqe, from, 5, pipe[1], ONCE_CURRENT, SIZE - 5, 0);
	assert_int_equal(execute(f, &sqe), SIZE - 5);
	sqe = taken_sqe(f);
	once_prep_splice(&sqe, pipe[0], ONCE_CURRENT, to, 2, SIZE - 5, 0);
	assert_int_equal(execute(f, &sqe), SIZE - 5);
	assert_int_equal(pread(to, back, SIZE, 2), SIZE - 5);
	assert_memory_equal(back, text + 5, SIZE - 5);
}

static void async_and_links_are_honoured(void **state)
{
	struct fixture *f = *state;
	char buffer[SIZE];
	struct once_sqe sqe = { 0 };
	int fd;

	open_ring(f, NULL);
	fd = temp_file(f, text, SIZE);
	sqe = taken_sqe(f);
	once_prep_read(&sqe, fd, buffer, SIZE, 0);
	once_set_flags(&sqe, IOSQE_ASYNC);
	assert_int_equal(execute(f, &sqe), SIZE);
	assert_memory_equal(buffer, text, SIZE);
	/* the first of a chain fails: the second one is cancelled, the third is not of the chain */
	sqe = taken_sqe(f);
	once_prep_read(&sqe, -1, buffer, SIZE, 0);
	once_set_flags(&sqe, IOSQE_IO_LINK);
	arm_sqe(&sqe, 1, NULL);
	arm_nop(f, 2, NULL);
	arm_nop(f, 3, NULL);
	submit_all(f);
	for (int i = 0; i < 3; i++) {
		const struct once_cqe cqe = next_token(f);
		const int expected[] = { 0, -EBADF, -ECANCELED, 0 };

		assert_int_equal(once_result(&cqe), expected[cookie_of(&cqe)]);
		assert_ok(once_seen(&f->ring, &cqe));
	}
	assert_accounts_zero(f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		once_test(a_nop_completes),
		once_test(read_reads_at_an_offset),
		once_test(read_reads_at_the_current_position),
		once_test(a_bad_descriptor_is_the_operations_result),
		once_test(the_wrong_end_of_a_pipe_is_refused),
		once_test(write_writes),
		once_test(readv_and_writev_scatter_and_gather),
		once_test(fixed_buffers_are_read_and_written),
		once_test(fixed_buffers_must_be_registered),
		once_test(fsync_syncs),
		once_test(openat_opens_and_close_closes),
		once_test(openat_creates_with_a_mode),
		once_test(statx_tells_the_size),
		once_test(splice_moves_from_a_file_to_a_pipe_and_back),
		once_test(async_and_links_are_honoured),
	};

	return cmocka_run_group_tests_name("prepare: files", tests, NULL, NULL);
}
