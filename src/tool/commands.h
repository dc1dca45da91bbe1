/* SPDX-License-Identifier: MIT */
/*
 * The subcommands of oncering. Each is one function, in a file of its own;
 * argv[0] is its name. main.c has the table.
 */
#ifndef ONCERING_TOOL_COMMANDS_H
#define ONCERING_TOOL_COMMANDS_H

/* Exit statuses. */
enum {
	EXIT_MET = 0,      /* every expectation was met */
	EXIT_NOT_MET = 1,  /* one was not, or something went wrong */
	EXIT_USAGE = 2,    /* the command line, or the file, is not right */
	EXIT_NO_RING = 77  /* io_uring is not permitted here */
};

int cmd_run(int argc, char **argv);
int cmd_replay(int argc, char **argv);
int cmd_encode(int argc, char **argv);
int cmd_decode(int argc, char **argv);
int cmd_draw(int argc, char **argv);
int cmd_explain(int argc, char **argv);
int cmd_list(int argc, char **argv);
int cmd_minimise(int argc, char **argv);
int cmd_c(int argc, char **argv);
int cmd_perfetto(int argc, char **argv);

#endif
