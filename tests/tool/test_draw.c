/* SPDX-License-Identifier: MIT */
/* oncering draw: well-formed, safe, complete; and looked at in a real browser where there is one. */
#include "command.h"

static void draw(const char *scenario, const char *options)
{
	char line[PATH_ROOM];
	char *text;
	int status;

	write_file("d.once", scenario);
	snprintf(line, sizeof line, "%s @d.once", options);
	text = oncering_runs("draw", line, &status);
	assert_string_equal(text, "");
	assert_int_equal(status, 0);
	free(text);
}

/* Tags nest, attributes are quoted, and nothing but known entities is there. */
static void assert_xml(const char *text)
{
	enum { DEEP = 32 };
	char names[DEEP][32];
	int deep = 0;

	for (const char *at = text; *at != '\0'; at++) {
		if (*at == '&')
			assert_true(strncmp(at, "&amp;", 5) == 0 || strncmp(at, "&lt;", 4) == 0 ||
				    strncmp(at, "&gt;", 4) == 0 || strncmp(at, "&quot;", 6) == 0 ||
				    strncmp(at, "&#39;", 5) == 0);
		if (*at == '<' && at[1] == '/') {
			char name[32];

			assert_int_equal(sscanf(at, "</%31[a-z]>", name), 1);
			assert_true(deep > 0);
			assert_string_equal(names[--deep], name);
		} else if (*at == '<') {
			const char *end = strchr(at, '>');

			assert_non_null(end);
			assert_true(deep < DEEP);
			assert_int_equal(sscanf(at, "<%31[a-z]", names[deep]), 1);
			if (end[-1] != '/')
				deep++;
			at = end;
		}
	}
	assert_int_equal(deep, 0);
}

static void a_drawing_has_states_steps_and_refusals(void **state)
{
	char *text;

	(void)state;
	draw(seen_twice, "-o @d.svg");
	text = read_file("d.svg");
	assert_xml(text);
	assert_has(text, "TAKEN");
	assert_has(text, "IN FLIGHT");
	assert_has(text, "o0  nop");
	assert_has(text, "result -ETIME");
	assert_has(text, "<tspan class=\"refused\">  ONCE_SEEN_TWICE</tspan>");
	assert_has(text, "<tspan class=\"refused\">  ONCE_SPENT</tspan>");
	assert_has(text, "head");
	assert_has(text, "tail");
	assert_has(text, "<desc>15 steps, 2 operations, 2 refusals</desc>");
	free(text);
}

/* What is in the file never becomes markup. */
static void a_page_escapes_what_it_shows(void **state)
{
	char *text;

	(void)state;
	draw(seen_twice, "-o @d.html");
	text = read_file("d.html");
	assert_has(text, "&lt;b&gt;&amp;amp; &quot;quotes&quot;");
	assert_has_not(text, "<script");
	assert_has_not(text, "</script");
	assert_has(text, "Raw liburing: io_uring_cqe_seen() moves the head once more");
	assert_has_not(text, "http://www.w3.org/1999"); /* and needs nothing from elsewhere */
	assert_has_not(text, "src=");
	free(text);
}

static unsigned count_of(const char *text, const char *part)
{
	unsigned count = 0;

	for (; (text = strstr(text, part)) != NULL; text++)
		count++;
	return count;
}

static char *long_scenario(unsigned rounds)
{
	char *text = NULL;
	size_t length;
	FILE *out = open_memstream(&text, &length);

	assert_non_null(out);
	fputs("ring a entries 8 cq 16 operations 8\n", out);
	for (unsigned i = 0; i < rounds; i++)
		fprintf(out, "take s0\nprepare s0 nop\narm s0 as o%u lending %u\nsubmit\nwait c1\nsee c1\n%s",
			i % 32, i % 250, i == rounds / 2 ? "see c1\n" : "");
	assert_int_equal(fclose(out), 0);
	return text;
}

/* 10,000 steps: the ends and the refusal are there, the rest is said to be left out. */
static void a_long_scenario_is_elided(void **state)
{
	char *scenario = long_scenario(1667);
	char *text;

	(void)state;
	draw(scenario, "-o @d.svg");
	text = read_file("d.svg");
	assert_xml(text);
	assert_has(text, "ONCE_SEEN_TWICE");
	assert_has(text, "left out");
	assert_true(count_of(text, "rotate(-55)") <= 250);
	assert_true(strlen(text) < 1000000);
	free(text);
	draw(scenario, "--from 5001 --to 5100 -o @d.svg");
	text = read_file("d.svg");
	assert_xml(text);
	assert_int_equal(count_of(text, "rotate(-55)"), 100 + 2);
	free(text);
	free(scenario);
}

static void wrong_uses_are_told(void **state)
{
	int status;

	(void)state;
	write_file("d.once", seen_twice);
	free(oncering("draw -o @d.gif @d.once", &status));
	assert_int_equal(status, 2);
	free(oncering("draw @no-such-file.once", &status));
	assert_int_equal(status, 2);
	free(oncering("draw --from 9 --to 3 @d.once", &status));
	assert_int_equal(status, 2);
	free(oncering_runs("draw", "-o @no/such/folder.svg @d.once", &status));
	assert_int_equal(status, 1);
}

/* --- in a browser --- */

static bool has_browser(void)
{
	int status;

	free(shell("command -v chromium", &status));
	return status == 0;
}

/*
 * Asks the browser: does the page fit its window, does any text of the drawing
 * leave it, do labels run into the lanes, do the texts of two bars overlap?
 */
static const char look[] =
	"<script>addEventListener('load',()=>{const q=(s)=>[...document.querySelectorAll(s)];"
	"const svg=document.querySelector('svg').getBoundingClientRect();"
	"const box=(e)=>e.getBoundingClientRect();let out=0,over=0,long=0;"
	"const texts=q('svg text');"
	"for(const t of texts){const b=box(t);if(b.width==0)continue;"
	"if(b.left<svg.left-1||b.right>svg.right+1||b.top<svg.top-1||b.bottom>svg.bottom+1)out++;}"
	"const labels=q('svg text[x=\"12\"]:not(.title)');"
	"for(const t of labels)if(box(t).right-svg.left>272)long++;"
	"for(const t of q('svg text[x=\"124\"]'))if(box(t).right-svg.left>292)long++;"
	"const bars=texts.filter(t=>/^t\\d/.test(t.className.baseVal)).map(box);"
	"for(let i=0;i<bars.length;i++)for(let j=0;j<i;j++){const a=bars[i],b=bars[j];"
	"if(a.left<b.right-1&&b.left<a.right-1&&a.top<b.bottom-3&&b.top<a.bottom-3)over++;}"
	"const wide=document.documentElement.scrollWidth>innerWidth+1?1:0;"
	"const p=document.createElement('p');p.textContent='looked: width '+innerWidth+' texts '+"
	"(texts.length>20?'many':'few')+' out '+out+' long '+long+' overlap '+over+' wide '+wide;"
	"document.body.append(p);});</script>\n";

/* A multishot operation, a drain, two rings, every kind of bar. */
static const char busy[] =
	"ring a entries 8 cq 16 operations 8\nring b entries 8 cq 16 operations 8\n"
	"take s0\nprepare s0 poll_multishot pipe.read in\narm s0 as o0 lending 1\nsubmit\n"
	"put 1 into pipe.write\nwait c0\nsee c0\nput 1 into pipe.write\nwait c1\n"
	"take s1\nprepare s1 nop\narm s1 as o1 lending session 200\nsubmit\npeek c2\nsee c2\nsee c2\n"
	"close\ntake s2\nsee c1\ngive back s2\n"
	"take s3 on b\nprepare s3 timeout 1000s\narm s3 as o2 lending cookie 3\nsubmit on b\n"
	"drain 1000s on b\ndrain 1000s\nclose\nclose on b\n";

static void browse(const char *width, const char *found)
{
	char line[3 * PATH_ROOM];
	char *text;
	struct stat picture;
	int status;

	snprintf(line, sizeof line, "timeout 120 chromium --headless --no-sandbox --disable-gpu --hide-scrollbars "
		 "--window-size=%s,1400 --dump-dom 'file://%s' 2>/dev/null", width, scratch("look.html"));
	text = shell(line, &status);
	assert_int_equal(status, 0);
	assert_has(text, found);
	free(text);
	snprintf(line, sizeof line, "timeout 120 chromium --headless --no-sandbox --disable-gpu --hide-scrollbars "
		 "--window-size=%s,1400 --screenshot='%s%s.png' ", width, scratch("look"), width);
	snprintf(line + strlen(line), sizeof line - strlen(line), "'file://%s' 2>&1", scratch("d.html"));
	free(shell(line, &status));
	assert_int_equal(status, 0);
	snprintf(line, sizeof line, "look%s.png", width);
	assert_int_equal(stat(scratch(line), &picture), 0);
	assert_true(picture.st_size > 20000); /* a blank one has 5 kB */
}

static void a_browser_finds_nothing_wrong(void **state)
{
	char *page;
	FILE *file;

	(void)state;
	if (!has_browser()) {
		fprintf(stderr, "skipped: chromium is not installed, so nobody looked at the drawing\n");
		skip();
	}
	draw(busy, "-o @d.html");
	page = read_file("d.html");
	file = fopen(scratch("look.html"), "w");
	assert_non_null(file);
	fprintf(file, "%s%s", page, look);
	assert_int_equal(fclose(file), 0);
	free(page);
	browse("1400", "width 1400 texts many out 0 long 0 overlap 0 wide 0");
	browse("500", "width 500 texts many out 0 long 0 overlap 0 wide 0");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_drawing_has_states_steps_and_refusals),
		cmocka_unit_test(a_page_escapes_what_it_shows),
		cmocka_unit_test(a_long_scenario_is_elided),
		cmocka_unit_test(wrong_uses_are_told),
		cmocka_unit_test(a_browser_finds_nothing_wrong)
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
