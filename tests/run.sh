#!/bin/sh
# SPDX-License-Identifier: MIT
# Run a test program, print one line about it, and add its figures to RESULTS.
#
#   run.sh RESULTS PROGRAM           a cmocka program: each of its tests counts
#   run.sh --step RESULTS NAME CMD.. anything else: 0 passed, 77 skipped, else failed
#   run.sh --quiet RESULTS NAME CMD.. the same, its output shown only if it failed
#   run.sh --total RESULTS           the sum, and exit 1 if anything failed
#
# cmocka writes its summary to stderr, one for each group. A program that
# crashes, hangs, or ends without a summary for each group it began has failed,
# whatever its exit status.
set -u

record() { # RESULTS NAME PASSED FAILED SKIPPED
	printf '%s\t%s\t%s\t%s\n' "$3" "$4" "$5" "$2" >> "$1"
}

total() {
	awk -F '\t' '{ p += $1; f += $2; s += $3 }
		END { printf "%d passed, %d failed", p, f
		      if (s > 0) printf ", %d skipped", s
		      printf "\n"; exit f > 0 }' "$1"
}

step() {
	results=$1 name=$2
	shift 2
	"$@"
	rc=$?
	case $rc in
	0) record "$results" "$name" 1 0 0; printf '  %-7s %s\n' ok "$name" ;;
	77) record "$results" "$name" 0 0 1; printf '  %-7s %s\n' skipped "$name" ;;
	*) record "$results" "$name" 0 1 0; printf '  %-7s %s (exit %d)\n' FAILED "$name" $rc ;;
	esac
	[ $rc -eq 0 ] || [ $rc -eq 77 ]
}

# The exit status of the first command that make says failed; make's own is 2 whatever it was.
first_error() { # LOG
	sed -n 's/^make.*: \*\*\* \[.*\] Error \([0-9]*\)$/\1/p' "$1" | head -n 1
}

quiet() { # CMD...
	log=$(mktemp) || exit 1
	"$@" > "$log" 2>&1
	rc=$?
	[ "$(first_error "$log")" != 77 ] || rc=77
	[ $rc -eq 0 ] || [ $rc -eq 77 ] || tail -n "${TEST_LINES:-60}" "$log"
	rm -f "$log"
	return $rc
}

# "PASSED FAILED SKIPPED" of a cmocka program, from its two outputs and its exit status.
figures() {
	awk -v rc="$3" -v began="$(grep -c '^\[==========\] Running ' "$1")" '
		/^\[  PASSED  \] [0-9]+ test\(s\)/ { passed += $4; groups++ }
		/^\[  SKIPPED \] [0-9]+ test\(s\)/ { skipped += $4 }
		/^\[  FAILED  \] [0-9]+ test\(s\)/ { failed += $4 }
		END {
			if (failed == 0 && (rc != 0 || groups == 0 || groups != began ||
					    passed + skipped == 0))
				failed = 1
			print passed + 0, failed + 0, skipped + 0
		}' "$2"
}

cmocka() {
	results=$1 program=$2
	out=$(mktemp) && err=$(mktemp) || exit 1
	timeout "${TEST_TIMEOUT:-600}" "$program" > "$out" 2> "$err"
	rc=$?
	set -- $(figures "$out" "$err" $rc)
	record "$results" "$program" "$1" "$2" "$3"
	if [ "$2" -eq 0 ]; then
		skipped=
		[ "$3" -eq 0 ] || skipped=", $3 skipped"
		printf '  %-7s %s: %d passed%s\n' ok "$program" "$1" "$skipped"
	else
		printf '  %-7s %s: %d passed, %d failed, %d skipped (exit %d)\n' \
			FAILED "$program" "$1" "$2" "$3" $rc
		sed 's/^/          /' "$err" | tail -n "${TEST_LINES:-60}"
	fi
	failed=$2
	rm -f "$out" "$err"
	[ "$failed" -eq 0 ]
}

case $1 in
--total) total "$2" ;;
--step) shift; step "$@" ;;
--quiet) results=$2 name=$3; shift 3; step "$results" "$name" quiet "$@" ;;
*) cmocka "$1" "$2" ;;
esac
