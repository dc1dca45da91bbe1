#!/bin/sh
# SPDX-License-Identifier: MIT
# Make the corpus anew: the lessons, seeds.py, what a campaign has found (OUT, may be
# missing) and the corpus of before, made as small as AFL++ can and at most 400 files.
#
#   corpus.sh BUILD OUT CORPUS
set -eu

build=$1 out=$2 corpus=$3
all=$build/corpus-all few=$build/corpus-few
rm -rf "$all" "$few" "$build/seeds"
mkdir -p "$all" "$corpus"
python3 fuzz/seeds.py "$build/seeds"
for text in tests/lessons/*.once "$build"/seeds/*.once; do
	"$build/oncering" encode "$text" > "$all/$(basename "$text" .once)"
done
for file in "$corpus"/* "$out"/*/queue/id*; do
	[ ! -f "$file" ] || cp "$file" "$all/$(sha1sum < "$file" | cut -c 1-16)"
done
find "$all" -type f -size +1032c -delete
export AFL_QUIET=1
AFL_ALLOW_TMP=1 ASAN_OPTIONS=detect_leaks=0 afl-cmin -i "$all" -o "$few" -m none -t 5000 \
	-- "$build/fuzz-fast/target" > "$build/cmin.log" 2>&1
rm -rf "$build/maps" "$build/features"
mkdir -p "$build/features"
afl-showmap -i "$few" -o "$build/maps" -m none -t 5000 -q -- "$build/fuzz-fast/target" > "$build/maps.log" 2>&1
"$build/replay" --quiet --features "$build/features" "$all" > "$build/features.log" || { cat "$build/features.log"; exit 1; }
rm -f "$corpus"/*
# what is there for a purpose stays; then what reaches cells, results, verbs; then edges
must=$(cd "$all" && ls | grep '^must-')
for name in $must; do
	cp "$all/$name" "$corpus/$name"
done
python3 fuzz/pick.py "$build/maps" "$build/features" $((400 - $(ls "$corpus" | wc -l))) $must | while read -r name; do
	cp "$all/$name" "$corpus/$(sha1sum < "$all/$name" | cut -c 1-16)"
done
echo "corpus: $(ls "$all" | wc -l) inputs, $(ls "$corpus" | wc -l) kept"
