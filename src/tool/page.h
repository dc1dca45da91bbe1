/* SPDX-License-Identifier: MIT */
/*
 * What the subcommands print: lines of at most 80 columns; colour only on a
 * terminal, and not if NO_COLOR says so.
 */
#ifndef ONCERING_TOOL_PAGE_H
#define ONCERING_TOOL_PAGE_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

enum { PAGE_WIDTH = 80 };

enum page_ink { INK_PLAIN, INK_STRONG, INK_GOOD, INK_BAD, INK_FAINT };

/* Whether *out* is a terminal that wants colour (NO_COLOR, TERM=dumb: it does not). */
bool page_has_colour(FILE *out);
/* From here on in that ink; nothing is written if *out* has no colour. */
void page_ink(FILE *out, enum page_ink ink);
/* A short text in that ink. */
void page_say(FILE *out, enum page_ink ink, const char *text);
/*
 * *text*, broken at blanks so that no line passes the width, each line
 * *indent* columns in, and a newline at the end. Words too long for a line are
 * left whole.
 */
void page_wrap(FILE *out, unsigned indent, const char *text);
/* The same, but for the first line, which begins at the left. */
void page_hang(FILE *out, unsigned indent, const char *text);
/*
 * Columns that *text* takes on a terminal: UTF-8 sequences count one, control
 * characters are the caller's care.
 */
unsigned page_columns(const char *text);

/* --- escaping: what comes from a file never becomes markup --- */

/* Into XML, text or attribute in double quotes. What XML cannot carry becomes "?". */
void page_xml(FILE *out, const char *text);
void page_xml_n(FILE *out, const char *text, size_t length);
/* Into a JSON string, without its quotes. */
void page_json(FILE *out, const char *text);
/* Into a C string literal, without its quotes; makes no trigraph. */
void page_c(FILE *out, const char *text);
void page_c_n(FILE *out, const char *text, size_t length);
/* Into a comment of C, which it cannot end; what is not ASCII becomes "?". */
void page_comment_n(FILE *out, const char *text, size_t length);

/* Open *path* for writing, "-" and NULL: stdout. NULL, and it was said why. */
FILE *page_open(const char *path);
/* Close what page_open() gave; false, and it was said why, if not all was written. */
bool page_close(FILE *out, const char *path);

#endif
