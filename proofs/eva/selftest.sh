#!/bin/sh
# SPDX-License-Identifier: MIT
# The gate over Eva can fail: each mistake, put into a copy of the tree, must make it fail and say why.
#
#   selftest.sh FOLDER    FOLDER: where to build
set -eu

root=$(cd "$(dirname "$0")/../.." && pwd)
mkdir -p "$1"
folder=$(cd "$1" && pwd)
parts='include src/*.[ch] src/tool/scenario* proofs tests/demo tests/emulated tests/lessons'

gate() {
	PYTHONDONTWRITEBYTECODE=1 python3 "$tree/proofs/gate/eva.py" --root "$tree" --build "$folder/build" lesson_05_out_of_order
}

. "$root/proofs/gate/seeds.sh"

fresh
edit src/begin.c 's/fill_stack(memory->stack, ring->capacity)/fill_stack(memory->stack, ring->capacity + 1)/'
caught 'a loop that goes one too far' 'ALARM src/begin.c:'
edit tests/lessons/05-out-of-order.once 's/^see c1$/shut eventfd/'
caught 'a step that has no C' 'no C for the step'
edit src/submit.c '/^int once_submit(/,/^}/s/^{/{\n\twhile (ring != NULL)\n\t\t;/'
caught 'a program whose end is not reached' 'did not reach'
edit proofs/versions.tsv 's/^frama-c -version.*/frama-c -version\t24.0/'
caught 'another Frama-C' 'is not the known'
echo "  $tried mistakes"
exit $failed
