#!/bin/sh
# SPDX-License-Identifier: MIT
# What each compiler says about one program of the corpus: compared with what
# README.md shows, or written into it.
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
} > "$work/said"
[ "$(grep -c "^$program:.* warning: " "$work/said")" -ge 2 ] ||
	{ echo 'a compiler says nothing' >&2; cat "$work/said" >&2; exit 1; }

awk -v said="$work/said" '
	$0 == "<!-- diagnostics: written by make diagnostics -->" {
		print
		while ((getline line < said) > 0) print line
		inside = 1
		next
	}
	$0 == "<!-- end of diagnostics -->" { inside = 0; ended = 1 }
	!inside { print }
	END { exit !ended }' README.md > "$work/README.md" || { echo 'README.md has no place for diagnostics' >&2; exit 1; }
if [ "${1:-}" = --write ]; then
	cp "$work/README.md" README.md
else
	diff -u README.md "$work/README.md"
fi
