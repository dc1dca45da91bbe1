/* SPDX-License-Identifier: MIT */
/* The second thread: it does one call at a time, while the first one waits. */
#include "run_internal.h"

#include <pthread.h>
#include <stdlib.h>

struct run_thread {
	pthread_t thread;
	pthread_mutex_t lock;
	pthread_cond_t changed;
	int (*call)(struct run *run, const struct scenario_step *step); /* NULL: idle */
	const struct scenario_step *step;
	struct run *run;
	int rc;
	bool quit;
};

static void *serve(void *argument)
{
	struct run_thread *second = argument;

	pthread_mutex_lock(&second->lock);
	while (!second->quit) {
		if (second->call != NULL) {
			second->rc = second->call(second->run, second->step);
			second->call = NULL;
			pthread_cond_broadcast(&second->changed);
		} else {
			pthread_cond_wait(&second->changed, &second->lock);
		}
	}
	pthread_mutex_unlock(&second->lock);
	return NULL;
}

static struct run_thread *start(struct run *run)
{
	struct run_thread *second = calloc(1, sizeof *second);

	if (second == NULL)
		return NULL;
	second->run = run;
	pthread_mutex_init(&second->lock, NULL);
	pthread_cond_init(&second->changed, NULL);
	if (pthread_create(&second->thread, NULL, serve, second) == 0)
		return second;
	free(second);
	return NULL;
}

int run_on_second(struct run *run, int (*call)(struct run *run, const struct scenario_step *step),
		  const struct scenario_step *step)
{
	struct run_thread *second = run->second != NULL ? run->second : start(run);
	int rc;

	if (second == NULL)
		return -EAGAIN;
	run->second = second;
	run->this_thread = 1;
	pthread_mutex_lock(&second->lock);
	second->call = call;
	second->step = step;
	pthread_cond_broadcast(&second->changed);
	while (second->call != NULL)
		pthread_cond_wait(&second->changed, &second->lock);
	rc = second->rc;
	pthread_mutex_unlock(&second->lock);
	run->this_thread = 0;
	return rc;
}

static int forget_watch(struct run *run, const struct scenario_step *step)
{
	(void)step;
	run_forget_watch(run);
	return 0;
}

void run_end_second(struct run *run)
{
	struct run_thread *second = run->second;

	if (second == NULL)
		return;
	(void)run_on_second(run, forget_watch, NULL);
	pthread_mutex_lock(&second->lock);
	second->quit = true;
	pthread_cond_broadcast(&second->changed);
	pthread_mutex_unlock(&second->lock);
	pthread_join(second->thread, NULL);
	free(second);
	run->second = NULL;
}
