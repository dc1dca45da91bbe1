#!/bin/sh
# SPDX-License-Identifier: MIT
# Build the target as OSS-Fuzz and ClusterFuzzLite want it: with $CC, $CFLAGS and
# $LIB_FUZZING_ENGINE, into $OUT, with seed corpus, dictionary and options. Rings are
# forbidden in their containers, so it runs on the emulated seam; liburing's headers
# are needed (SQEs are compared with what liburing prepares), its library is not.
set -eu

: "${CC:?}" "${OUT:?}" "${LIB_FUZZING_ENGINE:?}"
CFLAGS=${CFLAGS:-}
here=$(cd "$(dirname "$0")" && pwd)
[ -d "${SRC:-}/oncering" ] && cd "$SRC/oncering" || cd "$here/../.."
work=${WORK:-$(mktemp -d)}
mkdir -p "$OUT" "$work"

sources=$(ls src/*.c src/tool/scenario_*.c src/tool/run*.c src/tool/world*.c proofs/model*.c fuzz/oracle*.c \
	fuzz/target.c fuzz/check.c | grep -v 'src/port_liburing\.c')
emulation=$(ls tests/emulated/*.c | grep -v '/test_')
objects=
for source in $sources $emulation; do
	object=$work/$(echo "$source" | tr / _).o
	$CC $CFLAGS -std=c11 -D_GNU_SOURCE -Iinclude -Isrc -Itests/emulated -c "$source" -o "$object"
	objects="$objects $object"
done
# some engines are C++
$CC $CFLAGS $objects $LIB_FUZZING_ENGINE -lpthread -o "$OUT/oncering_emulated"

printf '[libfuzzer]\nmax_len = 1032\ntimeout = 25\n' > "$OUT/oncering_emulated.options"
cp fuzz/oss-fuzz/oncering.dict "$OUT/oncering_emulated.dict"
rm -f "$OUT/oncering_emulated_seed_corpus.zip"
if command -v zip > /dev/null; then
	zip -q -j "$OUT/oncering_emulated_seed_corpus.zip" fuzz/corpus/*
else
	python3 -c 'import sys, zipfile, os
with zipfile.ZipFile(sys.argv[1], "w") as out:
    [out.write(name, os.path.basename(name)) for name in sys.argv[2:]]' "$OUT/oncering_emulated_seed_corpus.zip" fuzz/corpus/*
fi
