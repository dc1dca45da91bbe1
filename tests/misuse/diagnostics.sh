#!/bin/sh
# SPDX-License-Identifier: MIT
# What each compiler says about one program of the corpus, and how much of the corpus
# each tool catches by expected.tsv: compared with what README.md shows, or written into it.
#
#   diagnostics.sh           fails, with a diff, if README.md shows something else
#   diagnostics.sh --write   puts it there ("make diagnostics")
set -eu
export LC_ALL=C
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
program=tests/misuse/never_seen/goto_cleanup.c

# A command as the user types it, and its answer.
shown() { # COMMAND...
	echo "\$ $*"
	"$@" 2>&1 | grep -v -e '^[0-9]* warnings* generated' -e '^warning: Path diagnostic report'
}

{
	echo '```text'
	shown gcc -O2 -Wall -fanalyzer -DONCE_ANALYSIS --param=analyzer-bb-explosion-factor=20 \
		-fdiagnostics-path-format=none -DWRONG -Iinclude -c $program -o /dev/null
	echo
	shown clang --analyze -DWRONG -Iinclude $program -o /dev/null
	echo '```'
} > "$work/diagnostics"
[ "$(grep -c "^$program:.* warning: " "$work/diagnostics")" -ge 2 ] ||
	{ echo 'a compiler says nothing' >&2; cat "$work/diagnostics" >&2; exit 1; }

awk -F '\t' '
	{ size = $1 ~ /^large/ ? "large" : "small" }
	$1 ~ /:correct$/ { twin[$3]++; blamed[$3] += $4 == "false-alarm" }
	$1 !~ /:correct$/ {
		all[$3, size]++
		got[$3, size] += $4 == "caught"
		if ($3 ~ /^(gcc-fanalyzer|clang-analyze)$/) {
			bug[$1] = size
			if ($4 == "caught") either[$1] = 1
		}
	}
	function of(tool, size) {
		return all[tool, size] ? got[tool, size] " of " all[tool, size] : "-"
	}
	function row(tool, name) {
		printf "| %s | %s | %s | %s |\n", name, of(tool, "small"), of(tool, "large"), \
			blamed[tool] + 0 " of " twin[tool] + 0
	}
	END {
		for (b in bug) {
			all["both", bug[b]]++
			got["both", bug[b]] += b in either
		}
		twin["both"] = twin["gcc-fanalyzer"]
		blamed["both"] = blamed["gcc-fanalyzer"] + blamed["clang-analyze"]
		print "| tool | small wrong programs | bugs in large ones | correct programs blamed |"
		print "|---|---|---|---|"
		row("gcc", "`gcc -O2 -Wall`")
		row("gcc-fanalyzer", "`gcc -fanalyzer` with the flags above")
		row("clang", "`clang -O2 -Wall`")
		row("clang-analyze", "`clang --analyze` (14)")
		row("both", "`gcc -fanalyzer` or `clang --analyze`")
		row("clang19-analyze", "`clang-19 --analyze`")
		row("clang-tidy", "clang-tidy")
		row("cppcheck", "cppcheck with `oncering.cppcheck.cfg`")
		row("coccinelle", "Coccinelle with `oncering_*.cocci`")
		row("eva", "Frama-C Eva with its model")
		row("run-real", "the library, when the program runs")
	}' tests/misuse/expected.tsv > "$work/figures"

awk -v work="$work" '
	/^<!-- [a-z]+: written by make diagnostics -->$/ {
		print
		while ((getline line < (work "/" substr($2, 1, length($2) - 1))) > 0) print line
		inside = 1
		next
	}
	/^<!-- end of [a-z]+ -->$/ { inside = 0; ended++ }
	!inside { print }
	END { exit ended != 2 }' README.md > "$work/README.md" || { echo 'README.md has no place for both' >&2; exit 1; }
if [ "${1:-}" = --write ]; then
	cp "$work/README.md" README.md
else
	diff -u README.md "$work/README.md"
fi
