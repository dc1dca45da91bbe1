/* SPDX-License-Identifier: MIT */
#include "demo.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

void pool_init(struct pool *pool)
{
	pthread_mutex_init(&pool->lock, NULL);
	pthread_cond_init(&pool->returned, NULL);
	pool->free = NULL;
	pool->out = 0;
	for (unsigned i = 0; i < BUFFERS; i++) {
		pool->jobs[i].next = pool->free;
		pool->free = &pool->jobs[i];
	}
}

struct job *pool_take(struct pool *pool, struct file *file)
{
	struct job *job;

	pthread_mutex_lock(&pool->lock);
	job = pool->free;
	if (job != NULL) {
		pool->free = job->next;
		pool->out++;
		job->file = file;
		file->users++;
	}
	pthread_mutex_unlock(&pool->lock);
	return job;
}

static void leave(struct file *file)
{
	file->users--;
	if (file->users == 0) {
		close(file->fd);
		file->fd = -1;
	}
}

void pool_return(struct pool *pool, struct job *job)
{
	pthread_mutex_lock(&pool->lock);
	leave(job->file);
	job->next = pool->free;
	pool->free = job;
	pool->out--;
	pthread_cond_signal(&pool->returned);
	pthread_mutex_unlock(&pool->lock);
}

void pool_wait(struct pool *pool, bool for_all)
{
	pthread_mutex_lock(&pool->lock);
	while (for_all ? pool->out != 0 : pool->free == NULL)
		pthread_cond_wait(&pool->returned, &pool->lock);
	pthread_mutex_unlock(&pool->lock);
}

int pool_open(struct pool *pool, struct file *file)
{
	const int fd = open(file->path, O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		return -errno;
	pthread_mutex_lock(&pool->lock);
	file->fd = fd;
	file->users = 1;
	pthread_mutex_unlock(&pool->lock);
	return 0;
}

void pool_issued(struct pool *pool, struct file *file)
{
	pthread_mutex_lock(&pool->lock);
	leave(file);
	pthread_mutex_unlock(&pool->lock);
}
