/* SPDX-License-Identifier: MIT */
/* The stage: whether workers of the kernel have something to do. See stage.h. */
#include "stage_internal.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/*
 * A look for each step must be cheap: their files in /proc are kept open, and the
 * folder tells how many there are. What is read of one that has ended is an error.
 * Other threads than workers there are none.
 */
enum { WORKERS = 32, LINKS = 2 /* and one for each thread */ };

static int tasks = -1;
static struct worker {
	int stat, wchan;
} workers[WORKERS];
static unsigned worker_count;
static bool tells_place; /* wchan is not always 0 */

static int open_high(int folder, const char *path, int flags)
{
	const int low = openat(folder, path, flags | O_CLOEXEC);
	const int high = low >= 0 ? fcntl(low, F_DUPFD_CLOEXEC, STAGE_HIGH) : -1;

	if (low >= 0)
		(void)close(low);
	return high;
}

void stage_forget_workers(void)
{
	while (worker_count != 0) {
		(void)close(workers[--worker_count].stat);
		(void)close(workers[worker_count].wchan);
	}
	if (tasks >= 0)
		(void)close(tasks);
	tasks = -1;
}

/* *name*: of its folder. */
static void add_worker(const char *name)
{
	struct worker *worker = &workers[worker_count];
	char path[64];

	(void)snprintf(path, sizeof path, "%.16s/stat", name);
	worker->stat = open_high(tasks, path, O_RDONLY);
	(void)snprintf(path, sizeof path, "%.16s/wchan", name);
	worker->wchan = open_high(tasks, path, O_RDONLY);
	if (worker->stat >= 0 || worker->wchan >= 0)
		worker_count++;
}

static void find_workers(void)
{
	DIR *threads = opendir("/proc/self/task");

	stage_forget_workers();
	tasks = open_high(AT_FDCWD, "/proc/self/task", O_RDONLY | O_DIRECTORY);
	for (struct dirent *thread; threads != NULL && worker_count < WORKERS && (thread = readdir(threads)) != NULL;)
		if (thread->d_name[0] != '.' && strtol(thread->d_name, NULL, 10) != getpid())
			add_worker(thread->d_name);
	if (threads != NULL)
		(void)closedir(threads);
}

/* The function that it sleeps in; false: it is awake, even if it is on its way to sleep. */
static bool is_asleep(const struct worker *worker, char *text, size_t size, bool *gone)
{
	const ssize_t length = pread(worker->wchan, text, size - 1, 0);

	*gone = *gone || length <= 0;
	text[length > 0 ? length : 0] = '\0';
	if (text[0] != '0')
		tells_place = tells_place || text[0] != '\0';
	return text[0] != '0' || !tells_place;
}

/*
 * "12 (iou-wrk-34) S ...": it sleeps, with nothing to do or in an operation that blocks.
 * One that looks for work is "S", too, before it sleeps; what tells is where it does.
 */
static bool is_at_work(const struct worker *worker, bool *gone)
{
	char text[128];
	const char *end;
	ssize_t length;

	if (!is_asleep(worker, text, sizeof text, gone))
		return true;
	if (strcmp(text, "io_wq_worker") == 0)
		return false;
	length = pread(worker->stat, text, sizeof text - 1, 0);
	*gone = *gone || length <= 0;
	text[length > 0 ? length : 0] = '\0';
	end = strchr(text, ')');
	return end != NULL && end[1] != 0 && (end[2] == 'R' || end[2] == 'D');
}

/* A worker is awake from the moment that work is handed to it. */
bool stage_workers_rest(void)
{
	bool gone = false, rest = true;
	struct stat is;

	if (tasks < 0 || fstat(tasks, &is) != 0 || is.st_nlink != LINKS + 1 + worker_count)
		find_workers();
	for (unsigned i = 0; i < worker_count && rest; i++)
		rest = !is_at_work(&workers[i], &gone);
	if (gone)
		stage_forget_workers();
	return rest && !gone;
}
