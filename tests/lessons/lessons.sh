#!/bin/sh
# SPDX-License-Identifier: MIT
# Run every lesson, its exercise and its solution, and every refusal, on a real
# ring and on the emulated one; one line of RESULTS for each.
#
#   lessons.sh RESULTS ONCERING
#
# A lesson and a solution meet all that they expect. An exercise as it stands
# does not: else there would be nothing to do. And each code of the library is
# expected by some scenario, which so has reached it.
set -u
results=$1
oncering=$2
here=$(dirname "$0")

judge() { # WANTED ARGUMENT...: the exit status of "oncering run"
	wanted=$1
	shift
	timeout 60 "$oncering" run "$@"
	rc=$?
	[ $rc -ne 77 ] || return 77
	[ $rc -eq "$wanted" ] || { echo "oncering run $*: exit $rc, not $wanted"; return 1; }
}

both() { # WANTED NAME FILE
	"$here/../run.sh" --quiet "$results" "$2, real ring" sh "$0" --judge "$oncering" "$1" "$3" || :
	"$here/../run.sh" --quiet "$results" "$2, emulated" sh "$0" --judge "$oncering" "$1" --emulated "$3" || :
}

# Every code of include/oncering/code.h, except those that some scenario expects.
forgotten() {
	codes=$(sed -n 's/^\t\(ONCE_[A-Z0-9_]*\) = -5.*/\1/p' "$here/../../include/oncering/code.h")
	[ -n "$codes" ] || { echo "no codes found"; return 1; }
	missing=0
	for code in $codes; do
		cat "$here"/*.once "$here"/refusals/*.once "$here"/refusals/emulated/*.once |
			grep -q "^expect .*\<$code\>" || { echo "no scenario expects $code"; missing=1; }
	done
	return $missing
}

case $results in
--judge) shift 2; judge "$@"; exit ;;
--forgotten) forgotten; exit ;;
esac
for lesson in "$here"/[0-9]*.once; do
	name=$(basename "$lesson" .once)
	case $name in
	*.exercise) both 1 "exercise $name is not done" "$lesson" ;;
	*) both 0 "lesson $name" "$lesson" ;;
	esac
done
for file in "$here"/refusals/*.once; do
	both 0 "refusals: $(basename "$file" .once)" "$file"
done
for file in "$here"/refusals/emulated/*.once; do
	"$here/../run.sh" --quiet "$results" "refusals: $(basename "$file" .once), emulated" \
		sh "$0" --judge "$oncering" 0 --emulated "$file" || :
done
"$here/../run.sh" --quiet "$results" 'every code of the library is reached by a scenario' sh "$0" --forgotten "$oncering" || :
