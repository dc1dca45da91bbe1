/* SPDX-License-Identifier: MIT */
#include "demo.h"

#include <errno.h>
#include <ftw.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* nftw(3) passes no context. */
static struct tree *listing;

static int add(const char *path, const struct stat *status, int kind, struct FTW *walk)
{
	struct file *more;

	(void)walk;
	if (kind != FTW_F || !S_ISREG(status->st_mode))
		return 0;
	more = realloc(listing->files, (listing->count + 1) * sizeof *more);
	if (more == NULL)
		return -1;
	listing->files = more;
	more += listing->count;
	more->path = strdup(path);
	more->size = (uint64_t)status->st_size;
	more->fd = -1;
	more->users = 0;
	if (more->path == NULL)
		return -1;
	listing->count++;
	listing->bytes += more->size;
	return 0;
}

int tree_list(struct tree *tree, const char *directory)
{
	memset(tree, 0, sizeof *tree);
	listing = tree;
	errno = 0;
	if (nftw(directory, add, 16, FTW_PHYS) == 0)
		return 0;
	return errno != 0 ? -errno : -ENOMEM;
}

void tree_free(struct tree *tree)
{
	for (size_t i = 0; i < tree->count; i++)
		free(tree->files[i].path);
	free(tree->files);
	memset(tree, 0, sizeof *tree);
}
