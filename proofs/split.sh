#!/bin/sh
# SPDX-License-Identifier: MIT
# Check proofs/split.pml over every interleaving, and that each mistake it knows is found.
#
#   split.sh FOLDER    FOLDER: where to build
set -eu

model=$(dirname "$0")/split.pml
folder=$1
mkdir -p "$folder"
failed=0

# NAME OPTIONS: builds and runs a verifier; its report is FOLDER/NAME.txt.
verify() {
	name=$1
	shift
	rm -rf "$folder/$name" && mkdir -p "$folder/$name"
	cp "$model" "$folder/$name/split.pml"
	(cd "$folder/$name" && spin "$@" -a split.pml > spin.txt 2>&1 &&
	 gcc -O1 -w -DSAFETY -DCOLLAPSE -DVECTORSZ=4096 -DMEMLIM=3000 -o pan pan.c &&
	 ./pan -m100000 > ../"$name.txt" 2>&1) || { cat "$folder/$name/spin.txt"; return 1; }
}

states() {
	sed -n 's/^ *\([0-9.e+]*\) states, stored.*/\1/p' "$folder/$1.txt"
}

# The whole state space, and no error in it.
must_hold() {
	name=$1
	verify "$@" || failed=1
	if grep -q 'errors: 0$' "$folder/$name.txt" && ! grep -q 'Search not completed\|max search depth too small\|error:' "$folder/$name.txt"; then
		printf '  %-9s %-24s %s states\n' holds "$name" "$(states "$name")"
	else
		printf '  %-9s %-24s see %s\n' FAILED "$name" "$folder/$name.txt"
		failed=1
	fi
}

must_fail() {
	name=$1
	verify "$@" || failed=1
	if grep -q 'errors: 1$' "$folder/$name.txt" && grep -q 'assertion violated\|invalid end state' "$folder/$name.txt"; then
		printf '  %-9s %-24s %s\n' found "$name" \
			"$(sed -n 's/^pan:[0-9]*: \(.*\) (at depth.*/\1/p' "$folder/$name.txt" | head -n 1)"
	else
		printf '  %-9s %-24s not found\n' FAILED "$name"
		failed=1
	fi
}

must_hold two_slots -DSLOTS=2 -DOPS=3
must_hold one_slot -DSLOTS=1 -DOPS=3
must_hold forged_cqe -DSLOTS=2 -DOPS=2 -DFORGED
for mistake in FREED_BEFORE_SLOT FREED_RELAXED FREED_BEFORE_HEAD COLLECT_RELAXED COLLECT_BLINDLY \
	SUBMITTED_AFTER_TAIL LENT_AFTER_SUBMIT CREDIT_AFTER_SUBMIT CREDIT_AFTER_FREED; do
	must_fail $mistake -DSLOTS=2 -DOPS=3 -D$mistake
done
for mistake in SUBMITTED_RELAXED LIFE_UNCHECKED; do
	must_fail $mistake -DSLOTS=2 -DOPS=2 -DFORGED -D$mistake
done
exit $failed
