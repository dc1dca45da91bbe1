#!/bin/sh
# SPDX-License-Identifier: MIT
# MISRA C:2012 over include/ and src/, by cppcheck's add-on: each finding must be
# justified in misra.tsv, and each line there must have a finding. (The texts of
# the rules are not free; the add-on knows their numbers.)
set -eu
export LC_ALL=C

list=$(dirname "$0")/misra.tsv
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

cppcheck --quiet --addon=misra --enable=style -D_GNU_SOURCE -D__GNUC__=12 -D__x86_64__ \
	-Iinclude -Isrc --template='{file}:{line}:{id}' --template-location='' \
	src/*.c > "$scratch/said" 2>&1 || { cat "$scratch/said"; exit 1; }
if grep -iE '(syntax|internal|preprocessor|addon|unknownMacro).*error|Traceback|:(syntaxError|internalError|unknownMacro|preprocessorErrorDirective)$' "$scratch/said"; then
	echo 'cppcheck could not read it all'
	exit 1
fi
sed -n 's/^\([^:]*\):\([0-9]*\):misra-c2012-\([0-9.]*\)$/\1\t\2\t\3/p' "$scratch/said" |
	sort -u > "$scratch/found"
[ -s "$scratch/found" ] || { echo 'the add-on said nothing at all'; exit 1; }

awk -F '\t' '
	FNR == 1 { file++ }
	file == 1 && /^#/ { next }
	file == 1 {
		if (NF != 4 || $4 == "") { print "misra.tsv:" FNR ": rule, file, text, why"; bad = 1; next }
		n++; rule[n] = $1; where[n] = $2; text[n] = $3; at[n] = FNR
		next
	}
	{
		line = ""
		for (k = 1; k <= $2 && (getline line < $1) > 0; k++) ;
		close($1)
		hit = 0
		for (i = 1; i <= n; i++)
			if (rule[i] == $3 && (where[i] == "*" || where[i] == $1) &&
			    (text[i] == "*" || index(line, text[i]))) { used[i]++; hit = 1 }
		total++
		if (hit) { if (!($3 in seen)) rules++; seen[$3] = 1 }
		else { sub(/^[ \t]*/, "", line); print "not justified: " $1 ":" $2 ": rule " $3 ": " line; bad = 1 }
	}
	END {
		for (i = 1; i <= n; i++)
			if (!used[i]) { print "misra.tsv:" at[i] ": no such finding: rule " rule[i] " " where[i] " " text[i]; bad = 1 }
		printf "  MISRA C:2012: %d findings of %d rules, justified by %d lines\n", total, rules, n
		exit bad
	}' "$list" "$scratch/found"
