#!/bin/sh
# SPDX-License-Identifier: MIT
# What the Coccinelle rules NAME_*.cocci say about programs in one configuration.
#
#   cocci.sh NAME -DMACRO FILE...
#
# Coccinelle reads the text before the preprocessor, where both halves of an
# #ifdef are there; so the conditionals are resolved first, and only they: the
# includes are left out, the lines keep their numbers.
set -eu
name=$1
define=$2
shift 2
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
mkdir "$scratch/programs"
n=0
for file; do
	n=$((n + 1))
	sed 's/^#include.*//' "$file" | gcc -E "$define" -x c - | awk '
		/^# [0-9]+ "/ {
			here = $3 == "\"<stdin>\""
			while (here && line + 1 < $2) { print ""; line++ }
			next
		}
		here { print; line++ }' > "$scratch/programs/$n.c"
	echo "s|^$scratch/programs/$n\\.c:|$file:|" >> "$scratch/names"
done
for rules in "$name"_*.cocci; do
	spatch --very-quiet --sp-file "$rules" --dir "$scratch/programs" > "$scratch/said" 2> "$scratch/log" ||
		{ cat "$scratch/log" >&2; exit 1; }
	sed -f "$scratch/names" "$scratch/said"
done
