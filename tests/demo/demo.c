/* SPDX-License-Identifier: MIT */
#include "demo.h"

#include <errno.h>
#include <stdio.h>

int main(int argc, char **argv)
{
	const char *directory = argc > 1 ? argv[1] : "include";
	int mistakes;
	int off;

	if (argc > 2) {
		fprintf(stderr, "usage: %s [directory]\n", argv[0]);
		return 2;
	}
	setvbuf(stdout, NULL, _IOLBF, 0);
	puts("oncering: every completion, seen exactly once\n");
	puts("1. The main thread submits reads; a listener thread, woken by an eventfd in its epoll");
	puts("   loop, completes them and sees the tokens in random order.\n");
	off = read_directory(directory);
	if (off == -EPERM || off == -ENOSYS || off == -EACCES) {
		printf("   io_uring is not permitted here: %s, %s.\n", once_code_name(off),
		       once_strerror(off));
		return NOT_PERMITTED;
	}
	if (off < 0) {
		printf("\n   %s: %s\n", once_code_name(off), once_strerror(off));
		return 1;
	}
	puts("\n2. Each mistake that raw liburing lets through, committed once on a second ring.\n");
	mistakes = commit_mistakes();
	if (off + mistakes != 0) {
		printf("%d figures are off, %d mistakes were not answered as they should be.\n", off,
		       mistakes);
		return 1;
	}
	puts("Every figure is right, every mistake had its answer.");
	return 0;
}
