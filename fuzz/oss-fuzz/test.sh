#!/bin/sh
# SPDX-License-Identifier: MIT
# Run build.sh as OSS-Fuzz would, and the target for a moment.
#
#   test.sh FOLDER
set -eu

folder=$1
here=$(cd "$(dirname "$0")" && pwd)
rm -rf "$folder"
mkdir -p "$folder/work" "$folder/out" "$folder/corpus"
folder=$(cd "$folder" && pwd)
"$here/../dict.sh" | cmp -s - "$here/oncering.dict" || { echo 'oncering.dict is old: run fuzz/dict.sh'; exit 1; }
CC=clang CFLAGS='-O1 -g -fsanitize=address,undefined,fuzzer-no-link -fno-sanitize-recover=all' LIB_FUZZING_ENGINE=-fsanitize=fuzzer \
	OUT=$folder/out WORK=$folder/work SRC= "$here/build.sh"
for file in oncering_emulated oncering_emulated_seed_corpus.zip oncering_emulated.dict oncering_emulated.options; do
	[ -s "$folder/out/$file" ] || { echo "build.sh made no $file"; exit 1; }
done
cd "$folder/out"
python3 -m zipfile -e oncering_emulated_seed_corpus.zip "$folder/corpus"
seeds=$(ls "$folder/corpus" | wc -l)
ASAN_OPTIONS=detect_leaks=0 ./oncering_emulated -runs=3000 -seed=1 -max_len=1032 -dict=oncering_emulated.dict "$folder/corpus" \
	> "$folder/log" 2>&1 || { grep -m 3 -e FINDING -e ERROR -e 'runtime error' "$folder/log"; exit 1; }
grep -q 'Done 3' "$folder/log" || { tail -n 3 "$folder/log"; exit 1; }
echo "oss-fuzz: builds and runs, $seeds seeds"
