#!/bin/sh
# SPDX-License-Identifier: MIT
# A sample of the corpus under Frama-C's Aorai: the automata of include/oncering/eva
# must refuse each wrong program and accept its correct twin. They follow one
# token, or one SQE, at a time, so programs that hold two are not for them. Only
# the automaton's verdict counts here, not the preconditions of the model.
set -u
eva=${EVA:-build/eva}
here=$(dirname "$0")
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
failed=0
checked=0

follows() { # AUTOMATON PROGRAM DEFINE
	printf '#include "%s"\n' "$PWD/$here/$2.c" "$PWD/$here/eva.c" "$PWD/$here/start.c" > "$work/program.c"
	timeout 300 frama-c -machdep gcc_x86_64 -cpp-extra-args="-I$eva -I$eva/plain -I$here $3" \
		-kernel-warn-key typing=inactive "$work/program.c" "$eva/model.c" \
		-aorai-automata "$eva/$1.ya" -aorai-no-generate-annotations -aorai-smoke-tests \
		-then-last -eva -eva-verbose 0 -eva-no-memexec -eva-slevel 200 -eva-split-return full \
		> "$work/log" 2>&1 || { cat "$work/log" >&2; exit 1; }
	! grep -qE "does not follow automaton|Aorai,.* got status (invalid|unknown)" "$work/log"
}

# PROGRAM... of which AUTOMATON decides
sample() { # AUTOMATON PROGRAM...
	automaton=$1
	shift
	for program; do
		checked=$((checked + 1))
		if follows "$automaton" "$program" -DWRONG; then
			echo "$automaton.ya accepts the wrong $program"
			failed=1
		fi
		if ! follows "$automaton" "$program" -DRIGHT; then
			echo "$automaton.ya refuses the correct $program"
			failed=1
		fi
	done
}

sample token never_seen/forgotten never_seen/error_result seen_twice/straight seen_twice/helper \
	used_after_seen/result used_after_seen/helper
sample sqe never_armed/overwritten never_armed/early_return never_armed/goto_cleanup \
	never_armed/switch_case
[ $failed -eq 0 ] && echo "Aorai: $checked wrong programs refused, their correct twins accepted"
exit $failed
