/* SPDX-License-Identifier: MIT */
/* Lines for terminals, and text that is safe inside XML, JSON and C. */
#include "page.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

bool page_has_colour(FILE *out)
{
	const char *no = getenv("NO_COLOR");
	const char *term = getenv("TERM");

	if (no != NULL && no[0] != '\0')
		return false;
	return term != NULL && strcmp(term, "dumb") != 0 && isatty(fileno(out)) == 1;
}

void page_ink(FILE *out, enum page_ink ink)
{
	static const char *const codes[] = { "0", "1", "32", "31;1", "2" };

	if (page_has_colour(out))
		fprintf(out, "\033[%sm", codes[ink]);
}

void page_say(FILE *out, enum page_ink ink, const char *text)
{
	page_ink(out, ink);
	fputs(text, out);
	page_ink(out, INK_PLAIN);
}

static unsigned columns_of(const char *text, size_t length)
{
	unsigned columns = 0;

	for (size_t i = 0; i < length; i++)
		columns += ((unsigned char)text[i] & 0xc0) != 0x80;
	return columns;
}

unsigned page_columns(const char *text)
{
	return columns_of(text, strlen(text));
}

/* The first line begins at column *first*, all others at *indent*. */
static void wrap(FILE *out, unsigned first, unsigned indent, const char *text)
{
	unsigned at = first;
	bool begun = false;

	fprintf(out, "%*s", (int)first, "");
	while (*text != '\0') {
		const size_t blanks = strspn(text, " \n\t");
		const size_t length = strcspn(text + blanks, " \n\t");
		const unsigned wide = columns_of(text + blanks, length);

		if (length == 0)
			break;
		if (!begun) {
			begun = true;
		} else if (at + 1 + wide <= PAGE_WIDTH) {
			fputc(' ', out);
			at++;
		} else {
			fprintf(out, "\n%*s", (int)indent, "");
			at = indent;
		}
		fwrite(text + blanks, 1, length, out);
		at += wide;
		text += blanks + length;
	}
	fputc('\n', out);
}

void page_wrap(FILE *out, unsigned indent, const char *text)
{
	wrap(out, indent, indent, text);
}

void page_hang(FILE *out, unsigned indent, const char *text)
{
	wrap(out, 0, indent, text);
}

/* --- escaping --- */

/* The length of the well-formed UTF-8 sequence at *text*, or 0. */
static size_t utf8_length(const unsigned char *text, size_t left)
{
	const unsigned char lead = text[0];
	const size_t length = lead < 0x80 ? 1 : lead >= 0xc2 && lead < 0xe0 ? 2 :
			      lead >= 0xe0 && lead < 0xf0 ? 3 : lead >= 0xf0 && lead < 0xf5 ? 4 : 0;

	if (length > left)
		return 0;
	for (size_t i = 1; i < length; i++) {
		if ((text[i] & 0xc0) != 0x80)
			return 0;
	}
	/* overlong, a surrogate, beyond Unicode, U+FFFE and U+FFFF */
	if ((lead == 0xe0 && text[1] < 0xa0) || (lead == 0xed && text[1] > 0x9f) ||
	    (lead == 0xf0 && text[1] < 0x90) || (lead == 0xf4 && text[1] > 0x8f) ||
	    (lead == 0xef && text[1] == 0xbf && text[2] >= 0xbe))
		return 0;
	return length;
}

static void xml_ascii(FILE *out, unsigned char c)
{
	switch (c) {
	case '&': fputs("&amp;", out); break;
	case '<': fputs("&lt;", out); break;
	case '>': fputs("&gt;", out); break;
	case '"': fputs("&quot;", out); break;
	case '\'': fputs("&#39;", out); break;
	default:
		fputc((c < 0x20 && c != '\t' && c != '\n') || c == 0x7f ? '?' : c, out);
		break;
	}
}

void page_xml_n(FILE *out, const char *text, size_t length)
{
	const unsigned char *bytes = (const unsigned char *)text;

	for (size_t i = 0; i < length;) {
		const size_t wide = utf8_length(bytes + i, length - i);

		if (wide > 1)
			fwrite(bytes + i, 1, wide, out);
		else
			xml_ascii(out, wide == 1 ? bytes[i] : '?');
		i += wide > 1 ? wide : 1;
	}
}

void page_xml(FILE *out, const char *text)
{
	page_xml_n(out, text, strlen(text));
}

void page_json(FILE *out, const char *text)
{
	const unsigned char *bytes = (const unsigned char *)text;
	const size_t length = strlen(text);

	for (size_t i = 0; i < length;) {
		const size_t wide = utf8_length(bytes + i, length - i);
		const unsigned char c = bytes[i];

		if (wide > 1)
			fwrite(bytes + i, 1, wide, out);
		else if (c == '"' || c == '\\')
			fprintf(out, "\\%c", c);
		else if (wide == 0)
			fputs("\\ufffd", out);
		else if (c < 0x20 || c == 0x7f)
			fprintf(out, "\\u%04x", (unsigned)c);
		else
			fputc(c, out);
		i += wide > 1 ? wide : 1;
	}
}

void page_c_n(FILE *out, const char *text, size_t length)
{
	for (size_t i = 0; i < length; i++) {
		const unsigned char c = (unsigned char)text[i];

		if (c == '"' || c == '\\' || c == '?')
			fprintf(out, "\\%c", c);
		else if (c < 0x20 || c >= 0x7f)
			fprintf(out, "\\%03o", (unsigned)c);
		else
			fputc(c, out);
	}
}

void page_comment_n(FILE *out, const char *text, size_t length)
{
	for (size_t i = 0; i < length; i++) {
		const unsigned char c = (unsigned char)text[i];

		if (c < 0x20 || c >= 0x7f || c == '\\')
			fputc(c == '\t' ? ' ' : '?', out);
		else
			fputc(c, out);
		if ((c == '*' || c == '/') && i + 1 < length && (text[i + 1] == '/' || text[i + 1] == '*'))
			fputc(' ', out);
	}
}

void page_c(FILE *out, const char *text)
{
	page_c_n(out, text, strlen(text));
}

/* --- files --- */

FILE *page_open(const char *path)
{
	FILE *out;

	if (path == NULL || strcmp(path, "-") == 0)
		return stdout;
	out = fopen(path, "w");
	if (out == NULL)
		fprintf(stderr, "oncering: %s: %s\n", path, strerror(errno));
	return out;
}

bool page_close(FILE *out, const char *path)
{
	const bool broken = ferror(out) != 0;
	const int rc = out == stdout ? fflush(out) : fclose(out);

	if (rc == 0 && !broken)
		return true;
	fprintf(stderr, "oncering: %s: %s\n", path != NULL ? path : "stdout",
		strerror(rc != 0 ? errno : EIO));
	return false;
}
