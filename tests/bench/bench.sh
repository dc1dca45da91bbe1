#!/bin/sh
# SPDX-License-Identifier: MIT
# Time every workload, count its instructions, write the table.
#
#   bench.sh BENCH TSV     BENCH: the program; TSV: the file to write
#
# Instructions are counted by callgrind in two runs of different length; the
# difference leaves out set-up and tear-down.
set -eu
bench=$1 tsv=$2
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

count() { # WORKLOAD raw|once ROUNDS
	valgrind --tool=callgrind --callgrind-out-file=/dev/null "$bench" --only "$1" "$2" "$3" 2>&1 |
		sed -n 's/.*refs: *//p' | tr -d ,
}

instructions() { # WORKLOAD DEPTH raw|once
	few=$((256 / $2 + 2))
	many=$((few * 3))
	a=$(count "$1" "$3" $few)
	b=$(count "$1" "$3" $many)
	[ -n "$a" ] && [ -n "$b" ] || { echo -; return; }
	awk -v a="$a" -v b="$b" -v n=$(((many - few) * $2)) 'BEGIN { printf "%.1f", (b - a) / n }'
}

echo "timing $("$bench" --list | wc -l) workloads, raw liburing and oncering in turn"
"$bench" > "$work/times"
echo "counting instructions"
"$bench" --list | while read -r i depth; do
	printf '%s\t%s\n' "$(instructions "$i" "$depth" raw)" "$(instructions "$i" "$depth" once)"
done > "$work/counts"
{
	printf 'workload\tflags\tdepth\traw_ns\tonce_ns\tratio\traw_instructions\tonce_instructions\n'
	cut -f 1-6 "$work/times" | paste - "$work/counts"
} > "$tsv"
awk -F '\t' '{ printf "%-9s %-8s %6s %8s %8s %6s %7s %7s\n", $1, $2, $3, $4, $5, $6,
	       NR == 1 ? "raw_in" : $7, NR == 1 ? "once_in" : $8 }' "$tsv"
echo
echo "ns and instructions are per operation; ratio is the median of interleaved pairs"
awk -F '\t' '$1 == "flight" { print "memory, capacity", $3 ":", $7, "bytes an operation" }' "$work/times"
grep -m1 'model name' /proc/cpuinfo | sed 's/.*: /machine: /'
uname -r | sed 's/^/kernel: /'
