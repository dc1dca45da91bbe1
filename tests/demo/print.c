/* SPDX-License-Identifier: MIT */
#include "demo.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum { COLUMNS = 92 };

void print_text(unsigned indent, const char *label, const char *text)
{
	size_t column = (size_t)printf("%*s%s", (int)indent, "", label);
	const char *space = "";

	while (*text != '\0') {
		const size_t word = strcspn(text, " ");

		if (column + strlen(space) + word > COLUMNS) {
			column = (size_t)printf("\n%*s", (int)indent, "") - 1;
			space = "";
		}
		column += (size_t)printf("%s%.*s", space, (int)word, text);
		space = " ";
		text += word;
		text += strspn(text, " ");
	}
	putchar('\n');
}

const char *grouped(uint64_t number, char text[32])
{
	char digits[24];
	const int count = snprintf(digits, sizeof digits, "%" PRIu64, number);
	char *to = text;

	for (int i = 0; i < count; i++) {
		if (i > 0 && (count - i) % 3 == 0)
			*to++ = ',';
		*to++ = digits[i];
	}
	*to = '\0';
	return text;
}
