#!/bin/sh
# SPDX-License-Identifier: MIT
# What the Coccinelle rules say about one program in one configuration.
#
#   cocci.sh RULES FILE -DMACRO
#
# Coccinelle reads the text before the preprocessor, where both halves of an
# #ifdef are there; so the conditionals are resolved first, and only they: the
# includes are left out, the lines keep their numbers.
set -eu
rules=$1
file=$2
define=$3
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
sed 's/^#include.*//' "$file" | gcc -E "$define" -x c - | awk '
	/^# [0-9]+ "/ {
		here = $3 == "\"<stdin>\""
		while (here && line + 1 < $2) { print ""; line++ }
		next
	}
	here { print; line++ }' > "$scratch/program.c"
spatch --very-quiet --sp-file "$rules" "$scratch/program.c" > "$scratch/said" 2> "$scratch/log" ||
	{ cat "$scratch/log" >&2; exit 1; }
sed "s|$scratch/program.c|$file|" "$scratch/said"
