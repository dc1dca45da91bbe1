#!/bin/sh
# SPDX-License-Identifier: MIT
# A library with a planted bug: replaying the corpus must find it within a second,
# and must find nothing without the bug.
#
#   canary.sh BUILD CORPUS
set -eu

build=$1/canary corpus=$(cd "$2" && pwd) replay=$(cd "$1" && pwd)/replay
bug=see-twice-accepted file=src/see.h unit=src/see.c
mkdir -p "$build"
build=$(cd "$build" && pwd)
cd "$(dirname "$0")/.."
rc=0
"$replay" --quiet "$corpus" > "$build/clean.log" 2>&1 || rc=$?
[ $rc -ne 77 ] || { echo 'canary: skipped, no ring here'; exit 77; }
[ $rc -eq 0 ] || { cat "$build/clean.log"; exit 1; }
# a header beside the file that includes it goes before that of src/
cp "$unit" "$build/planted.c"
cp "$file" "$build/${file##*/}"
python3 fuzz/mutants/seed.py fuzz/mutants/bugs.txt "$bug" "$build/${file##*/}" > /dev/null
objects=$(make -n -W "$unit" B="$1" "$1/replay" | grep -o "$1/[^ ]*\.o" | sort -u | grep -v '/src/see\.o$')
gcc -std=c11 -D_GNU_SOURCE -Iinclude -Isrc -O1 -g -c "$build/planted.c" -o "$build/planted.o"
gcc $objects "$build/planted.o" $(make -s fuzz-staged) -o "$build/replay" -luring -lpthread
start=$(date +%s%N)
rc=0
timeout 10 "$build/replay" --quiet "$corpus" > "$build/log" 2>&1 || rc=$?
took=$(( ($(date +%s%N) - start) / 1000000 ))
[ $rc -eq 1 ] && finding=$(grep -m 1 '^FINDING' "$build/log") || { echo "canary: $bug was not found (exit $rc)"; exit 1; }
[ "$took" -lt 1000 ] || { echo "canary: $bug was found, but it took $took ms"; exit 1; }
echo "canary: $bug found in $took ms: $finding"
