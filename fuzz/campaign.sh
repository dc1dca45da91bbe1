#!/bin/sh
# SPDX-License-Identifier: MIT
# A campaign: a main instance (ASan + UBSan) and secondaries of several builds, on
# JOBS cores for HOURS hours (a fraction will do). It goes on where it was stopped:
# Ctrl-C loses nothing. At the end, or with HOURS=0 at once: the report.
#
#   campaign.sh BUILD OUT HOURS JOBS CORPUS      HOST= name of this machine
set -eu

build=$1 out=$2 hours=$3 jobs=$4 corpus=$5
host=${HOST:-$(hostname)}
fuzz=$(dirname "$0")
. "$fuzz/afl.sh"
seconds=$(awk -v h="$hours" 'BEGIN { printf "%d", h * 3600 }')
mkdir -p "$out"
require_ring "$build/fuzz-fast/target" "$corpus"

report() {
	"$fuzz/report.sh" "$build" "$out"
}

stop() {
	trap '' INT TERM
	echo
	echo 'stopping; the same command goes on from here'
	kill -INT $running 2> /dev/null || :
	wait
	report
	exit 130
}

running=
[ "$seconds" -gt 0 ] || { report; exit; }
trap stop INT TERM
start "$out" "main-$host" M "$corpus" "$build/fuzz-san/target" -V "$seconds"
running=$started
n=1
while [ $n -lt "$jobs" ]; do
	case $((n % 3)) in
	1) target=fast schedule=explore ;;
	2) target=lto schedule=rare ;;
	0) target=san schedule=coe ;;
	esac
	[ -x "$build/fuzz-$target/target" ] || target=fast
	start "$out" "s$n-$host" S "$corpus" "$build/fuzz-$target/target" -V "$seconds" -p $schedule
	running="$running $started"
	n=$((n + 1))
done

alive() { for id in $running; do kill -0 "$id" 2> /dev/null && return 0; done; return 1; }
began=$(date +%s)
while alive; do
	sleep 5
	executions=0 crashes=0 hangs=0 edges=0
	for stats in "$out"/*/fuzzer_stats; do
		[ -f "$stats" ] || continue
		name=$(basename "$(dirname "$stats")")
		executions=$((executions + $(stat "$out" "$name" execs_done)))
		crashes=$((crashes + $(stat "$out" "$name" saved_crashes)))
		hangs=$((hangs + $(stat "$out" "$name" saved_hangs)))
		found=$(stat "$out" "$name" edges_found)
		[ "${found:-0}" -le "$edges" ] || edges=$found
	done
	line="$(($(date +%s) - began)) s of $seconds: $executions executions, $edges edges, $crashes crashes, $hangs hangs"
	if [ -t 1 ]; then printf '\r%s ' "$line"; else echo "$line" > "$out/status"; fi
done
wait
echo
report
