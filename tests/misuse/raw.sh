#!/bin/sh
# SPDX-License-Identifier: MIT
# The Coccinelle rules for raw liburing over the small programs in raw/: each
# must be called by the name of its mistake, and its correct twin by none.
# Prints the counts; a program that does not compile, is missed or is accused
# falsely fails.
set -eu
export LC_ALL=C
here=$(dirname "$0")
rules=$here/../../include/oncering/rules/liburing
caught=0 missed=0 alarms=0 broken=0
said=$("$here"/cocci.sh "$rules" -DWRONG "$here"/raw/*.c)
blamed=$("$here"/cocci.sh "$rules" -DRIGHT "$here"/raw/*.c)

for file in "$here"/raw/*.c; do
	mistake=$(sed -n 's/^ \* Mistake: //p' "$file")
	[ -n "$mistake" ] || { echo "no mistake named: $file"; exit 1; }
	for define in -DWRONG -DRIGHT; do
		gcc -std=c11 -D_GNU_SOURCE -O1 -w -fsyntax-only "$define" "$file" ||
			{ echo "does not compile: $file $define"; broken=$((broken + 1)); }
	done
	if echo "$said" | grep "^$file:" | grep -q "\[$mistake\]\$"; then
		caught=$((caught + 1))
	else
		echo "missed: $file ($mistake)"
		missed=$((missed + 1))
	fi
done
[ -z "$blamed" ] || { echo "false alarms: $blamed"; alarms=$(echo "$blamed" | wc -l); }
echo "coccinelle on raw liburing: $caught of $((caught + missed)) caught, $alarms false alarms"
[ $caught -gt 0 ] && [ $missed -eq 0 ] && [ $alarms -eq 0 ] && [ $broken -eq 0 ]
