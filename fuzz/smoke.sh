#!/bin/sh
# SPDX-License-Identifier: MIT
# Fuzz for so many seconds on two cores: the ASan + UBSan build and the fast one.
# What counts are AFL++'s own statistics, not its exit status: it is 0 with crashes,
# and without a ring.
#
#   smoke.sh BUILD SECONDS CORPUS        EDGES= EXECUTIONS= STABILITY= floors
set -eu

build=$1 seconds=$2 corpus=$3
EDGES=${EDGES:-2000} STABILITY=${STABILITY:-95}
# a busy machine makes a fifth of what a quiet one does; what is broken makes next to none
EXECUTIONS=${EXECUTIONS:-$((seconds * 170))}
. "$(dirname "$0")/afl.sh"
out=$build/smoke
rm -rf "$out"
mkdir -p "$out"
require_ring "$build/fuzz-fast/target" "$corpus"

start "$out" san M "$corpus" "$build/fuzz-san/target" -V "$seconds"
first=$started
start "$out" fast S "$corpus" "$build/fuzz-fast/target" -V "$seconds"
trap 'kill -INT $first $started 2> /dev/null; wait; exit 1' INT TERM
wait "$first" || :
wait "$started" || :

failed=0
gate() { # NAME KEY VALUE RELATION FLOOR
	awk -v value="$3" -v floor="$5" -v less="$4" \
		'BEGIN { exit !(value != "" && (less == "-le" ? value + 0 <= floor : value + 0 >= floor)) }' && return 0
	echo "smoke: $1: $2 is ${3:-not known}, wanted $4 $5"
	failed=1
}
for name in san fast; do
	gate $name saved_crashes "$(stat "$out" $name saved_crashes)" -le 0
	gate $name saved_hangs "$(stat "$out" $name saved_hangs)" -le 0
	gate $name stability "$(stat "$out" $name stability)" -ge "$STABILITY"
	gate $name edges_found "$(stat "$out" $name edges_found)" -ge "$EDGES"
	gate $name execs_done "$(stat "$out" $name execs_done)" -ge "$EXECUTIONS"
	[ -f "$out/$name/fuzzer_stats" ] || tail -n 8 "$out/$name.log"
	printf 'smoke: %-4s %s executions, %s a second, %s edges, stability %s %%\n' $name \
		"$(stat "$out" $name execs_done)" "$(stat "$out" $name execs_per_sec)" "$(stat "$out" $name edges_found)" \
		"$(stat "$out" $name stability)"
	[ ! -s "$out/findings-$name" ] || sort "$out/findings-$name" | uniq -c | head -n 10
done
exit $failed
