/* SPDX-License-Identifier: MIT */
/*
 * The demo: what the io_uring documentation's eventfd and completion examples
 * do, on real files, and every mistake of README's table, committed once.
 *
 *	tree.c      which files there are
 *	pool.c      buffers, between the two threads
 *	reader.c    main thread: takes, arms, submits
 *	listener.c  other thread: epoll, delivers, checks, sees out of order
 *	mistakes.c  the mistakes that one ring can make
 *	messages.c  those that take a second ring
 *	print.c     text in columns
 */
#ifndef ONCERING_TESTS_DEMO_H
#define ONCERING_TESTS_DEMO_H

#define ONCE_CALL_SITES /* violations name the line below that was refused */
#include <oncering.h>

#include <pthread.h>

enum {
	BUFFERS = 64,
	CHUNK_MAX = 16384,
	CHUNK_MIN = 512,
	NOT_PERMITTED = 77 /* exit status: io_uring is not available here */
};

/* --- tree.c --- */

struct file {
	char *path;
	uint64_t size;
	int fd;
	unsigned users; /* reads under way, and the reader while it issues them */
};

struct tree {
	struct file *files;
	size_t count;
	uint64_t bytes;
};

/* All regular files under *directory*: 0 or -errno. */
int tree_list(struct tree *tree, const char *directory);
void tree_free(struct tree *tree);

/* --- pool.c --- */

/* One read under way: the owner that is lent to the ring. */
struct job {
	struct job *next;
	struct file *file;
	uint64_t offset;
	size_t length;
	unsigned char bytes[CHUNK_MAX];
};
ONCE_OWNER(job, struct job);

struct pool {
	pthread_mutex_t lock;
	pthread_cond_t returned;
	struct job *free;
	unsigned out;
	struct job jobs[BUFFERS];
};

void pool_init(struct pool *pool);
/* A job for *file*, or NULL if all are out. */
struct job *pool_take(struct pool *pool, struct file *file);
/* The job comes back; the last one of a file closes it. */
void pool_return(struct pool *pool, struct job *job);
/* Wait until one is free, or until all are. */
void pool_wait(struct pool *pool, bool for_all);
/* The reader begins with a file, and has issued all its reads. */
int pool_open(struct pool *pool, struct file *file);
void pool_issued(struct pool *pool, struct file *file);

/* --- reader.c, listener.c --- */

struct account {
	uint64_t armed;     /* main thread */
	uint64_t delivered; /* listener, as the rest */
	uint64_t seen;
	uint64_t out_of_order;
	uint64_t wakeups;
	uint64_t bytes;
	uint64_t different; /* reads that are not what read(2) says */
	int error;          /* the first unexpected answer */
};

struct listener {
	struct once_ring *ring;
	struct pool *pool;
	int eventfd;
	int stop;           /* an eventfd: written when all jobs are back */
	struct account account;
};

/* Thread function; *argument* is a struct listener. */
void *listen_for_completions(void *argument);

/* The main job. Returns the number of figures that are off, or -errno. */
int read_directory(const char *directory);

/* --- mistakes.c, messages.c --- */

/* Where the mistakes are made: a ring, an accomplice, and what was reported. */
struct stage {
	struct once_ring ring;
	struct once_ring other;
	struct once_violation last;
	unsigned reported;
};

enum {
	NOT_HERE = 1, /* a mistake that this kernel offers no way to make */
	WENT_WRONG = 2
};

/* Each commits one mistake and returns the answer, leaving the ring empty. */
int read_forged_owner(struct stage *stage);
int own_the_reserved(struct stage *stage);
int believe_empty(struct stage *stage);

/* The owner of the operations here. */
struct request {
	int number;
};
ONCE_OWNER(request, struct request);

/* Take, prepare a NOP or a read that blocks, arm it with *owner*, submit it: 0 or an answer. */
int start_nop(struct once_ring *ring, struct request *owner, struct once_ticket *ticket);
int start_read(struct once_ring *ring, int fd, struct request *owner);
/* Deliver and see what comes until nothing is in flight: 0 or an answer. */
int finish_all(struct once_ring *ring);

/* Commits all of them. Returns the number that were not answered as they should. */
int commit_mistakes(void);

/* --- print.c --- */

/* *text* in lines of at most 92 columns, each behind *indent* spaces; the first behind *label*. */
void print_text(unsigned indent, const char *label, const char *text);
/* 1234567 as "1,234,567". */
const char *grouped(uint64_t number, char text[32]);

#endif
