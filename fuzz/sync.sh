#!/bin/sh
# SPDX-License-Identifier: MIT
# Two hosts as two folders: what the main instance of one has found must be imported
# by the main instance of the other, once its folder was copied there.
#
#   sync.sh BUILD FOLDER CORPUS
set -eu

build=$1 folder=$2 corpus=$3
. "$(dirname "$0")/afl.sh"
require_ring "$build/fuzz-fast/target" "$corpus"
rm -rf "$folder"
mkdir -p "$folder/one" "$folder/two" "$folder/few"
cp "$(ls "$corpus"/* | head -n 1)" "$folder/few"
start "$folder/one" main-one M "$corpus" "$build/fuzz-fast/target" -V 10
wait "$started" || :
cp -r "$folder/one/main-one" "$folder/two"
# the main instance of two, which begins with one input only
start "$folder/two" main-two M "$folder/few" "$build/fuzz-fast/target" -V 15
wait "$started" || :
imported=$(find "$folder/two/main-two/queue" -name '*sync:main-one*' | wc -l)
echo "sync: main-two imported $imported inputs of main-one"
[ "$imported" -gt 0 ]
