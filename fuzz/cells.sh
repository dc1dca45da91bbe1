#!/bin/sh
# SPDX-License-Identifier: MIT
# The cells that a replay has not reached must be those of unreached.txt, no more and
# no less: cells.sh OUTPUT, of replay --coverage.
set -eu

output=$1
fuzz=$(dirname "$0")
sed -n 's/^  not reached: //p' "$output" | sort > "$output.missed"
grep -v '^#' "$fuzz/unreached.txt" | sort > "$output.allowed"
rc=0
diff "$output.allowed" "$output.missed" > "$output.cells" || rc=$?
[ $rc -eq 0 ] || { echo 'cells: unreached.txt (<) and what was not reached (>) differ'; cat "$output.cells"; }
exit $rc
