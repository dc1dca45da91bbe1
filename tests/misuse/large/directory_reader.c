/* SPDX-License-Identifier: MIT */
/*
 * Reads the files of a directory: each one is opened, read and closed, a step
 * after the other, several files at once. Completions come in batches of two.
 *
 * Bug 1: never-seen, ONCE_STILL_HELD: a name that cannot be opened keeps its token
 * Bug 2: seen-twice, ONCE_SEEN_TWICE: the step sees, and the batch does
 * Bug 3: used-after-seen, ONCE_SPENT: the owner is asked for behind the seen
 * Bug 4: wait-failed, ONCE_SPENT: the second of a batch is not there
 * Bug 5: ignored, ONCE_NOT_PREPARED: an arm that was refused, for a step that is not known
 * Bug 6: never-armed, ONCE_NOT_ARMED: a file without a descriptor is not closed, nor armed
 */
#include "../misuse.h"

#include <dirent.h>
#include <fcntl.h>
#include <unistd.h>

enum { FILES = 6, NAME = 256 };

enum step { OPEN, READ, CLOSE, DONE };

struct file {
	enum step step;
	int fd;
	int error;
	size_t bytes;
	char name[NAME];
	char buffer[128];
};

ONCE_OWNER(file, struct file);

struct reader {
	struct once_ring *ring;
	int directory;
	struct file files[FILES];
	unsigned count;
	unsigned busy;
};

static int queue(struct reader *reader, struct file *file)
{
	struct once_sqe sqe;
	int rc;

#if BUG != 6
	if (file->step == CLOSE && file->fd < 0)
		return 0;
#endif
	rc = once_take(reader->ring, &sqe);
	if (rc < 0)
		return rc;
	switch (file->step) {
	case OPEN:
		once_prep_openat(&sqe, reader->directory, file->name, O_RDONLY, 0);
		break;
	case READ:
		once_prep_read(&sqe, file->fd, file->buffer, sizeof(file->buffer), ONCE_CURRENT);
		break;
	case CLOSE:
#if BUG == 6
		if (file->fd < 0)
			return 0;
#endif
		once_prep_close(&sqe, file->fd);
		break;
	case DONE:
	default:
#if BUG == 5
		once_arm(&sqe, file_lend(file), NULL);
		return 0;
#else
		once_give_back(&sqe);
		return 0;
#endif
	}
	rc = once_arm(&sqe, file_lend(file), NULL);
	if (rc < 0)
		return rc;
	reader->busy++;
	return 0;
}

/* What comes after *result*: sets the next step. */
static void advance(struct file *file, int result)
{
	switch (file->step) {
	case OPEN:
		file->fd = result;
		file->step = result < 0 ? CLOSE : READ;
		break;
	case READ:
		if (result > 0)
			file->bytes += (size_t)result;
		else
			file->step = CLOSE;
		break;
	case CLOSE:
		file->step = DONE;
		break;
	case DONE:
	default:
		break;
	}
	if (result < 0 && file->error == 0)
		file->error = result;
}

static int finish(struct reader *reader, const struct once_cqe *cqe)
{
	struct file *file = NULL;
	int rc, result = once_result(cqe);

#if BUG == 3
	once_seen(reader->ring, cqe);
	rc = file_of(cqe, &file);
	if (rc != 0 || file == NULL)
		return rc;
#else
	rc = file_of(cqe, &file);
	if (rc != 0 || file == NULL) {
		once_seen(reader->ring, cqe);
		return rc;
	}
#endif
	reader->busy--;
	advance(file, result);
#if BUG == 1
	if (file->error < 0)
		return queue(reader, file);
#endif
#if BUG != 3
	once_seen(reader->ring, cqe);
#endif
	return queue(reader, file);
}

static int run(struct reader *reader)
{
	while (reader->busy > 0) {
		struct once_cqe pair[2];
		bool second;
		int rc = once_submit(reader->ring);

		if (rc < 0)
			return rc;
		rc = once_wait(reader->ring, &pair[0]);
		if (rc == -EINTR || rc == -EAGAIN)
			continue;
		if (rc < 0)
			return rc;
		second = once_peek(reader->ring, &pair[1]) == 0;
		rc = finish(reader, &pair[0]);
#if BUG == 2
		once_seen(reader->ring, &pair[0]);
#endif
#if BUG == 4
		if (!second)
			note("one only", rc);
		else
			note("two", rc);
		{
#else
		if (second) {
#endif
			int more = finish(reader, &pair[1]);

			if (rc == 0)
				rc = more;
		}
		if (rc < 0)
			return rc;
	}
	return 0;
}

int program(struct once_ring *ring)
{
	static struct reader reader;
	struct dirent *entry;
	DIR *directory = opendir("src");
	int rc = 0;

	if (directory == NULL)
		return -errno;
	reader.ring = ring;
	reader.directory = dirfd(directory);
	while (reader.count < FILES - 1 && (entry = readdir(directory)) != NULL) {
		if (entry->d_name[0] == '.')
			continue;
		memcpy(reader.files[reader.count++].name, entry->d_name, strlen(entry->d_name) + 1);
	}
	strcpy(reader.files[reader.count++].name, "no such file");
	for (unsigned i = 0; i < reader.count && rc == 0; i++)
		rc = queue(&reader, &reader.files[i]);
	if (rc == 0)
		rc = run(&reader);
	closedir(directory);
	return rc;
}
