#!/bin/sh
# SPDX-License-Identifier: MIT
# Seed each bug of mutants/bugs.txt, one at a time, into a copy of the sources, and
# see what finds it: a replay of the corpus first, then the fuzzer for up to TIME
# seconds, once for each of SEEDS seeds. Reached: killed, or its line was run. The
# executions and seconds are those to the first kill; of the fuzzer, for each seed.
#
#   mutants.sh BUILD CORPUS [NAME...]     SEEDS=3 TIME=40 [REPLAY=1: no fuzzing] [EVERY=7: a sample]
#   LEAST, KILLED: of a hundred, how many the corpus alone and both must kill
set -u

build=$1 corpus=$2
shift 2
only=" $* "
SEEDS=${SEEDS:-3} TIME=${TIME:-40} REPLAY=${REPLAY:-} LEAST=${LEAST:-0} KILLED=${KILLED:-0} EVERY=${EVERY:-1}
here=$(cd "$(dirname "$0")/.." && pwd)
mkdir -p "$build"
build=$(cd "$build" && pwd)
corpus=$(cd "$corpus" && pwd)
tree=$build/tree
rm -rf "$tree"
mkdir -p "$tree/tests"
cp -r "$here/src" "$here/include" "$here/proofs" "$here/fuzz" "$here/Makefile" "$tree"
cp -r "$here/tests/emulated" "$tree/tests"
rm -rf "$tree/fuzz/corpus"
cd "$tree" || exit 1

# One make for all: only what a bug changes is compiled again.
compile() { # TARGET
	make -s Q=@ say=@: B="$build/b" "CFLAGS=-O1 -g -Wno-error" "$build/b/$1" > "$build/make.log" 2>&1 ||
		{ tail -n 5 "$build/make.log"; return 1; }
}

python3 fuzz/mutants/seed.py fuzz/mutants/bugs.txt || exit 1
kinds=$(awk '/^@ /{ print $2 }' fuzz/mutants/bugs.txt)
compile replay || exit 1
"$build/b/replay" --quiet "$corpus" > "$build/clean.log" 2>&1
rc=$?
if [ $rc -ne 0 ]; then
	[ $rc -eq 77 ] || cat "$build/clean.log"
	exit $rc
fi
[ -n "$REPLAY" ] || compile fuzz-fast/target || exit 1

now() { date +%s.%N; }
staged=$(make -s fuzz-staged)
stale=
total=0 killed=0 reached=0 by_corpus=0 survivors=

# The fuzzer, with one seed: sets found, executions, seconds.
fuzz() { # SEED
	rm -rf "$build/out" "$build/findings"
	found='' executions='' seconds=''
	FUZZ_FINDINGS=$build/findings AFL_NO_UI=1 AFL_SKIP_CPUFREQ=1 AFL_NO_AFFINITY=1 AFL_BENCH_UNTIL_CRASH=1 \
	AFL_I_DONT_CARE_ABOUT_MISSING_CRASHES=1 AFL_FAST_CAL=1 AFL_FORKSRV_INIT_TMOUT=30000 AFL_IGNORE_SEED_PROBLEMS=1 \
		timeout $((TIME + 60)) afl-fuzz -V "$TIME" -s "$1" -G 512 -t 3000 -m none -i "$corpus" -o "$build/out" \
		-- "$build/b/fuzz-fast/target" < /dev/null > "$build/afl.log" 2>&1
	crash=$(find "$build/out/default/crashes" -name 'id*' 2> /dev/null | sort | head -n 1)
	[ -n "$crash" ] || return 1
	executions=$(expr "$crash" : '.*execs:\([0-9]*\)')
	seconds=$(expr "$crash" : '.*time:\([0-9]*\)' | awk '{ printf "%.1f", $1 / 1000 }')
	found=$(awk '/^FINDING/ { print $2; exit }' "$build/findings" 2> /dev/null)
	found=${found:-crash}
}

# Whether the corpus runs the changed line: by gcov, in that file alone.
is_reached() { # FILE LINE
	case $1 in *.h) return 1 ;; esac # it is in every file: nobody can say
	rm -rf "$build/gcov"
	mkdir -p "$build/gcov"
	objects=$(make -n -W "$1" B="$build/b" Q= "$build/b/replay" 2> /dev/null | grep -o "$build/b/[^ ]*\.o" | sort -u | grep -v '/libfuzzer/\|/fuzz-' |
		grep -v "/$(basename "$1" .c)\.o$")
	(cd "$build/gcov" && gcc -std=c11 -D_GNU_SOURCE -I"$tree/include" -I"$tree/src" -O0 -g --coverage -c "$tree/$1" -o one.o &&
		gcc --coverage $objects one.o $staged -o replay -luring -lpthread &&
		timeout 60 ./replay --quiet "$corpus" > /dev/null 2>&1
		gcov -t one.o 2> /dev/null | awk -F: -v line="$2" '$2 + 0 >= line && $1 + 0 > 0 { found = 1; exit }
			$2 + 0 > line + 2 { exit } END { exit !found }')
}

one() { # NAME
	name=$1 by='' how=survived executions='' seconds=''
	file=$(awk -v n="$name" '$1 == "@" && $2 == n { print $3 }' fuzz/mutants/bugs.txt)
	cp "$file" "$build/original"
	line=$(python3 fuzz/mutants/seed.py fuzz/mutants/bugs.txt "$name" "$file") || { stale="$stale $name"; return 1; }
	total=$((total + 1))
	if ! compile replay; then
		echo "$name: does not compile"
		stale="$stale $name"
		touch "$file"
		cp "$build/original" "$file"
		return 1
	fi
	start=$(now)
	timeout -k 5 120 "$build/b/replay" --quiet --first "$corpus" fuzz/regressions > "$build/replay.log" 2>&1
	rc=$?
	if [ $rc -ne 0 ] && [ $rc -ne 77 ]; then
		by=$(awk '/^FINDING/ { print $2; exit }' "$build/replay.log")
		how=corpus by=${by:-crash}
		by_corpus=$((by_corpus + 1))
		executions=$(awk '/^replay:/ { print $2 }' "$build/replay.log")
		seconds=$(awk -v a="$start" -v b="$(now)" 'BEGIN { printf "%.1f", b - a }')
	elif [ -z "$REPLAY" ]; then
		compile fuzz-fast/target || return 1
		kills=0 counts='' times=''
		for seed in $(seq "$SEEDS"); do
			if fuzz "$seed"; then
				kills=$((kills + 1)) by=$found
			fi
			counts="$counts/${executions:--}" times="$times/${seconds:--}"
		done
		executions=${counts#/} seconds=${times#/}
		[ $kills -eq 0 ] || how="fuzzed, $kills of $SEEDS"
	fi
	if [ "$how" != survived ]; then
		killed=$((killed + 1)) reached=$((reached + 1)) at=yes
	elif is_reached "$file" "$line"; then
		reached=$((reached + 1)) at=yes
		survivors="$survivors $name"
	else
		at=no
		survivors="$survivors $name"
	fi
	printf '%-26s reached %-3s %-18s by %-10s executions %-8s seconds %s\n' "$name" "$at" "$how" "${by:--}" \
		"${executions:--}" "${seconds:--}"
	cp "$build/original" "$file"
	touch "$file"
}

number=0
for kind in $kinds; do
	case $only in *" $kind "*) ;; "  ") ;; *) continue ;; esac
	number=$((number + 1))
	[ $((number % EVERY)) -ne 0 ] || one "$kind"
done
[ -z "$survivors" ] || for name in $survivors; do
	reason=$(awk -v n="$name" '$1 == n { $1 = ""; print }' fuzz/mutants/survivors.txt 2> /dev/null)
	echo "survived: $name:${reason:- no reason is known}"
done
echo "mutants: $killed/$total killed, $reached/$total reached, $by_corpus/$total by the corpus alone"
[ -z "$stale" ] || echo "mutants: these do not fit the sources any more:$stale"
[ -z "$stale" ] && [ $total -gt 0 ] && [ $((by_corpus * 100)) -ge $((total * LEAST)) ] &&
	[ $((killed * 100)) -ge $((total * KILLED)) ]
