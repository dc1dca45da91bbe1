/* SPDX-License-Identifier: MIT */
/* Drawings in a real browser, where there is one: nothing leaves its place, nothing overlaps. */
#include "command.h"

#include <glob.h>

/* A multishot operation, a drain, two rings, every kind of bar. */
static const char busy[] =
	"ring a entries 8 cq 16 operations 8\nring b entries 8 cq 16 operations 8\n"
	"take s0\nprepare s0 poll_multishot pipe.read in\narm s0 as o0 lending 1\nsubmit\n"
	"put 1 into pipe.write\nwait c0\nsee c0\nput 1 into pipe.write\nwait c1\n"
	"take s1\nprepare s1 nop\narm s1 as o1 lending session 200\nsubmit\npeek c2\nsee c2\nsee c2\n"
	"close\ntake s2\nsee c1\ngive back s2\n"
	"take s3 on b\nprepare s3 timeout 1000s\narm s3 as o2 lending cookie 3\nsubmit on b\n"
	"drain 1000s on b\ndrain 1000s\nclose\nclose on b\n";

/*
 * Asks the browser: does the page fit its window, does any text leave its
 * drawing, do labels run into the lanes, do the texts of two bars overlap?
 */
static const char look[] =
	"<script>addEventListener('load',()=>{let out=0,long=0,over=0,drawn=0,few=0;"
	"const box=(e)=>e.getBoundingClientRect();"
	"for(const d of document.querySelectorAll('svg')){const q=(s)=>[...d.querySelectorAll(s)];"
	"const svg=box(d),texts=q('text');drawn++;if(texts.length<20)few++;"
	"for(const t of texts){const b=box(t);if(b.width==0)continue;"
	"if(b.left<svg.left-1||b.right>svg.right+1||b.top<svg.top-1||b.bottom>svg.bottom+1)out++;}"
	"for(const t of q('text[x=\"12\"]:not(.title)'))if(box(t).right-svg.left>272)long++;"
	"for(const t of q('text[x=\"124\"]'))if(box(t).right-svg.left>292)long++;"
	"const bars=texts.filter(t=>/^t\\d/.test(t.className.baseVal)).map(box);"
	"for(let i=0;i<bars.length;i++)for(let j=0;j<i;j++){const a=bars[i],b=bars[j];"
	"if(a.left<b.right-1&&b.left<a.right-1&&a.top<b.bottom-3&&b.top<a.bottom-3)over++;}}"
	"const wide=document.documentElement.scrollWidth>innerWidth+1?1:0;"
	"const p=document.createElement('p');p.textContent='looked: width '+innerWidth+' drawn '+drawn+"
	"' few '+few+' out '+out+' long '+long+' overlap '+over+' wide '+wide;"
	"document.body.append(p);});</script>\n";

/* One fault of each kind, made after the drawing. */
static const char faults[] =
	"<script>const svg=document.querySelector('svg');"
	"svg.querySelector('text.title').setAttribute('x',99999);"
	"svg.querySelector('text[x=\"12\"]:not(.title)').textContent='m'.repeat(40);"
	"const bar=[...svg.querySelectorAll('text')].find(t=>/^t\\d/.test(t.className.baseVal));"
	"bar.parentNode.append(bar.cloneNode(true));"
	"const far=document.createElement('div');far.style.width='9000px';far.textContent='far';"
	"document.body.append(far);</script>\n";

static const char browser[] = "timeout 120 chromium --headless --no-sandbox --disable-gpu --hide-scrollbars";

static int has_no_browser(void)
{
	int status;

	free(shell("command -v chromium", &status));
	return status;
}

static void skip_without_browser(void)
{
	if (has_no_browser() == 0)
		return;
	fprintf(stderr, "skipped: chromium is not installed, so nobody looked at the drawings\n");
	skip();
}

static void add_file(FILE *page, const char *name)
{
	char *text = read_file(name);

	fputs(text, page);
	free(text);
}

/* The busy scenario as a page, and each lesson's drawing below it; returns how many drawings. */
static unsigned make_page(void)
{
	char line[PATH_ROOM];
	glob_t found;
	unsigned drawn = 1;
	FILE *page;
	int status;

	write_file("d.once", busy);
	free(oncering_runs("draw", "-o @d.html @d.once", &status));
	assert_int_equal(status, 0);
	page = fopen(scratch("look.html"), "w");
	assert_non_null(page);
	add_file(page, "d.html");
	assert_int_equal(glob("tests/lessons/[0-9][0-9]-*.once", 0, NULL, &found), 0);
	for (size_t i = 0; i < found.gl_pathc; i++) {
		if (strstr(found.gl_pathv[i], ".exercise.") != NULL || strstr(found.gl_pathv[i], ".solution.") != NULL)
			continue;
		snprintf(line, sizeof line, "-o @l.svg %s", found.gl_pathv[i]);
		free(oncering_runs("draw", line, &status));
		assert_int_equal(status, 0);
		fputs("<div style=\"overflow-x: auto\">", page);
		add_file(page, "l.svg");
		fputs("</div>\n", page);
		drawn++;
	}
	globfree(&found);
	fputs(look, page);
	assert_int_equal(fclose(page), 0);
	return drawn;
}

/* What the page says of itself at that width. */
static char *look_at(const char *name, unsigned width)
{
	char line[3 * PATH_ROOM];
	char *text, *said;
	int status;

	snprintf(line, sizeof line, "%s --window-size=%u,1400 --dump-dom 'file://%s' 2>/dev/null", browser, width,
		 scratch(name));
	text = shell(line, &status);
	assert_int_equal(status, 0);
	said = strstr(text, "<p>looked: ");
	if (said == NULL)
		fail_msg("the page did not look at itself");
	said = strdup(said + strlen("<p>"));
	assert_non_null(said);
	said[strcspn(said, "<")] = '\0';
	free(text);
	return said;
}

/* A picture, to be looked at by people; here only that there is something on it. */
static void picture(const char *name, unsigned width)
{
	char line[3 * PATH_ROOM], path[PATH_ROOM + 256], file[40];
	struct stat found;
	int status;

	snprintf(file, sizeof file, "look%u.png", width);
	snprintf(path, sizeof path, "%s", scratch(file));
	snprintf(line, sizeof line, "%s --window-size=%u,1400 --screenshot='%s' 'file://%s' 2>&1", browser, width,
		 path, scratch(name));
	free(shell(line, &status));
	assert_int_equal(status, 0);
	assert_int_equal(stat(path, &found), 0);
	assert_true(found.st_size > 20000); /* a blank one has 5 kB */
}

static void a_browser_finds_nothing_wrong(void **state)
{
	static const unsigned widths[] = { 1400, 500 };
	char wanted[120];
	unsigned drawn;

	(void)state;
	skip_without_browser();
	drawn = make_page();
	assert_in_range(drawn, 14, 100);
	for (unsigned i = 0; i < 2; i++) {
		char *said = look_at("look.html", widths[i]);

		snprintf(wanted, sizeof wanted, "looked: width %u drawn %u few 0 out 0 long 0 overlap 0 wide 0",
			 widths[i], drawn);
		assert_string_equal(said, wanted);
		free(said);
		picture("d.html", widths[i]);
	}
}

/* It can fail: each kind of fault is found. */
static void a_browser_finds_what_is_wrong(void **state)
{
	unsigned width, drawn, few, out, over, wide, longer;
	FILE *page;
	char *said;

	(void)state;
	skip_without_browser();
	(void)make_page();
	page = fopen(scratch("look.html"), "a");
	assert_non_null(page);
	fputs(faults, page);
	assert_int_equal(fclose(page), 0);
	said = look_at("look.html", 1400);
	assert_int_equal(sscanf(said, "looked: width %u drawn %u few %u out %u long %u overlap %u wide %u", &width,
				&drawn, &few, &out, &longer, &over, &wide), 7);
	assert_int_equal(out, 1);
	assert_int_equal(longer, 1);
	assert_true(over >= 1);
	assert_int_equal(wide, 1);
	free(said);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_browser_finds_nothing_wrong),
		cmocka_unit_test(a_browser_finds_what_is_wrong)
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
