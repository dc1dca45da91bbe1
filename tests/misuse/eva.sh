#!/bin/sh
# SPDX-License-Identifier: MIT
# One program of the corpus under Frama-C's Eva, with the model of the library.
# Prints the model's alarms as "file:line:1: warning: function [name]".
#
#   eva.sh FILE DEFINE
set -u
eva=${EVA:-build/eva}
here=$(dirname "$0")
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
# One unit, so that the headers are read once.
printf '#include "%s"\n' "$PWD/$1" "$PWD/$here/eva.c" "$PWD/$here/start.c" > "$work/program.c"
# What README tells the user. With its cache of calls (memexec) Eva would not look
# at a precondition again inside a helper that ran before in a like state.
timeout 300 frama-c -machdep gcc_x86_64 -cpp-extra-args="-I$eva -I$eva/plain -I$here $2" \
	-kernel-warn-key typing=inactive "$work/program.c" "$eva/model.c" \
	-eva -eva-verbose 0 -eva-no-memexec -eva-slevel 2000 -eva-split-return full \
	-eva-partition-value once_eva_watch,once_eva_which > "$work/log" 2>&1 || { cat "$work/log"; exit 1; }
# "[eva:alarm] FILE:LINE: Warning:" and, below it, what got which status.
awk '
	/^\[eva:alarm\]/ { at = $2; sub(/:$/, "", at) }
	/(precondition|assertion) .[a-z_]+. got status/ {
		match($0, /. got status/)
		name = $0
		sub(/ got status.*/, "", name)
		gsub(/.*(precondition|assertion) |[^a-z_]/, "", name)
		print at ":1: warning: " ($0 ~ /invalid/ ? "refused" : "may be refused") " [" name "]"
	}' "$work/log" | sed "s|^$PWD/||" | sort -u
