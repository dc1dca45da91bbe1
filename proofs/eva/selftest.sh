#!/bin/sh
# SPDX-License-Identifier: MIT
# The gate over Eva can fail: each mistake, put into a copy of the tree, must make it fail and say why.
#
#   selftest.sh FOLDER    FOLDER: where to build
set -eu

root=$(cd "$(dirname "$0")/../.." && pwd)
mkdir -p "$1"
folder=$(cd "$1" && pwd)
tree=$folder/tree
failed=0
tried=0

fresh() {
	rm -rf "$tree"
	mkdir -p "$tree"
	(cd "$root" && tar cf - --exclude __pycache__ include src/*.[ch] src/tool/scenario* proofs tests/demo tests/emulated tests/lessons) |
		(cd "$tree" && tar xf -)
}

# FILE EXPRESSION: edit with sed; an edit that changes nothing tests nothing.
edit() {
	cp "$tree/$1" "$folder/before"
	sed -i "$2" "$tree/$1"
	if cmp -s "$tree/$1" "$folder/before"; then
		printf '  FAILED   the edit of %s changed nothing: %s\n' "$1" "$2"
		failed=1
	fi
}

# WHAT SAYS [PROGRAM]: the gate must fail over PROGRAM, and say what matches SAYS.
caught() {
	tried=$((tried + 1))
	if PYTHONDONTWRITEBYTECODE=1 python3 "$tree/proofs/gate/eva.py" --root "$tree" --build "$folder/build" ${3:-lesson_05_out_of_order} \
		> "$folder/said" 2>&1; then
		printf '  FAILED   %s: let through\n' "$1"
		failed=1
	elif grep -q "^FAULT.*$2" "$folder/said"; then
		printf '  caught   %s\n' "$1"
	else
		printf '  FAILED   %s: caught, but not for "%s"; see %s\n' "$1" "$2" "$folder/said"
		failed=1
	fi
	fresh
}

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
