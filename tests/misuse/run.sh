#!/bin/sh
# SPDX-License-Identifier: MIT
# The misuse corpus: what ordinary tools say about each wrong program and its
# correct twin, and what the library says when they run.
#
#   run.sh LIBRARY.a OBJECT...           on the real library, and on the OBJECTs over
#                                        the emulated kernel
#   run.sh --accept LIBRARY.a OBJECT...  the same, and keep the verdicts as expected.tsv
#   run.sh --one LINE                    one program (the script calls itself)
#
# Writes $OUT.tsv (program, mistake, tool, verdict, diagnostics as id@line) and
# prints the table. Fails if a verdict or a diagnostic is worse than in
# expected.tsv, if a figure that must be met is not (table.sh), or if the library
# does not refuse a mistake with the stated code.
#
# What a tool said is kept in $OUT under a key of everything that it read, so that
# only what changed is done again. TOOLS="gcc ..." does some tools only; "quick"
# are those of make check. A tool that is not installed is left out, and said so.
# With RESULTS the counts are added to that file, as tests/run.sh does it.
set -u
export LC_ALL=C
here=$(dirname "$0")
out=${OUT:-build/misuse}
eva=${EVA:-build/eva} # Eva's model, as the Makefile puts it together
tab=$(printf '\t')
. "$here/tools.sh"
. "$here/table.sh"

# Run "$@" with its output in FILE, unless FILE is there for the same KEY.
kept() { # FILE KEY COMMAND...
	kept=$1 of=$2
	shift 2
	[ -f "$kept" ] && [ "$(cat "$kept.key" 2> /dev/null)" = "$of" ] && return 0
	rm -f "$kept.key"
	"$@" > "$kept" 2>&1 || return 1
	printf '%s\n' "$of" > "$kept.key"
}

broken() { # WHAT FILE
	echo "$1"
	head -n 5 "$2"
} >> "$out/broken"

# Coccinelle takes long to start, so it gets all programs of a variant at once.
patterns() {
	key=$(sed -n 's/^coccinelle //p' "$out/keys")
	[ -n "$key" ] || return 0
	cut -f 7 "$out/plan" | sort -u | while read -r variants; do
		while IFS=$tab read -r number name variant mistake code file define hash; do
			slot=$out/$(echo "$name.$variant" | tr / _).coccinelle
			[ "$define" != "$variants" ] ||
				[ "$(cat "$slot.key" 2> /dev/null)" = "$key $hash $define" ] ||
				printf '%s\t%s\t%s\n' "$slot" "$file" "$key $hash $define"
		done < "$out/plan" > "$out/stale"
		[ -s "$out/stale" ] || continue
		"$here/cocci.sh" "$rules/oncering" "$variants" $(cut -f 2 "$out/stale") \
			> "$out/said" 2> "$out/log" || { broken "coccinelle failed" "$out/log"; continue; }
		while IFS=$tab read -r slot file of; do
			grep "^$file:" "$out/said" > "$slot"
			echo "$of" > "$slot.key"
		done < "$out/stale"
	done
}

# What make check has no time for: two minutes of it.
left_for_later() { # TOOL NAME
	case ${TOOLS:-all}:$1:$2 in
	quick:clang-analyze:large/*) return 0 ;;
	esac
	return 1
}

# A line of the plan: NUMBER NAME VARIANT MISTAKE CODE FILE DEFINE HASH
one() {
	IFS=$tab read -r number name variant mistake code file define hash <<- EOF
		$1
	EOF
	slot=$out/$(echo "$name.$variant" | tr / _)
	: > "$slot.said"
	while read -r tool key; do
		[ "$tool" = object ] && continue
		takes "$tool" "$name" || continue
		! left_for_later "$tool" "$name" || continue
		kept "$slot.$tool" "$key $hash $define" diagnose "$tool" "$file" "$define" &&
			! grep -q ' error: ' "$slot.$tool" ||
			broken "$name $variant: $tool failed" "$slot.$tool"
		printf '%s\t%s\t%s\t%s\t%s\n' "$name" "$variant" "$mistake" "$tool" \
			"$(ids "$slot.$tool" "$file")" >> "$slot.said"
	done < "$out/keys"
	# Memory that nobody wrote is zero here, so that using it is defined.
	kept "$slot.log" "$(sed -n 's/^object //p' "$out/keys") $hash $define $number" \
		gcc -O1 -g -w -ftrivial-auto-var-init=zero $flags "$define" "-Dprogram=program_$number" \
		-c "$file" -o "$slot.o" || broken "$name $variant: does not compile" "$slot.log"
}

# Every program on one back end: the codes that the library refused it with.
execute() { # RUN
	while IFS=$tab read -r number name variant mistake code file define hash; do
		codes=$out/$(echo "$name.$variant" | tr / _).$1
		timeout 20 "$out/$1" "$number" > "$codes" 2> "$codes.log"
		rc=$?
		if [ $rc -eq 77 ]; then
			verdict=skipped
		elif [ $rc -ne 0 ] || ! grep -qx ended "$codes"; then
			verdict=broken
		elif [ "$variant" = correct ]; then
			verdict=clean
			grep -qvx ended "$codes" && verdict=false-alarm
		else
			verdict=missed
			grep -qx "$code" "$codes" && verdict=caught
		fi
		printf '%s\t%s\t%s\t%s\t%s\n' "$name:$variant" "$mistake" "$1" "$verdict" \
			"$(grep -vx ended "$codes" | sort -u | paste -sd , -)"
	done < "$out/plan"
}

link_and_execute() { # RUN OBJECT...
	if link "$@"; then execute "$1"; else broken "$1: does not link" /dev/null; fi
}

# What is to be run, from the comments at the top of each program.
programs() {
	for file in "$here"/*/*.c; do
		name=${file#"$here"/}
		name=${name%.c}
		case $name in raw/* | threads/*) continue ;; esac # not of this corpus
		hash=$(sha256sum < "$file" | cut -c 1-32)
		case $name in
		large/*)
			printf '%s\tcorrect\t-\t-\t%s\t-DBUG=0\t%s\n' "$name" "$file" "$hash"
			sed -n 's/^ \* Bug \([0-9]*\): \([a-z-]*\), \(ONCE_[A-Z_]*\):.*/\1 \2 \3/p' "$file" |
				while read -r bug mistake code; do
					printf '%s\tbug-%s\t%s\t%s\t%s\t-DBUG=%s\t%s\n' "$name" "$bug" \
						"$mistake" "$code" "$file" "$bug" "$hash"
				done ;;
		*)
			mistake=$(sed -n 's/^ \* Mistake: //p' "$file")
			code=$(sed -n 's/^ \* Refused: .*\(ONCE_[A-Z_0-9]*\)$/\1/p' "$file")
			printf '%s\tcorrect\t%s\t-\t%s\t-DRIGHT\t%s\n' "$name" "$mistake" "$file" "$hash"
			printf '%s\twrong\t%s\t%s\t%s\t-DWRONG\t%s\n' "$name" "$mistake" "$code" "$file" "$hash" ;;
		esac
	done | awk -v OFS='\t' '{ print NR, $0 }'
}

# All that a tool's answer depends on, but the program.
keys() {
	said=$(sha256sum < "$here/tools.sh")
	for tool in $tools object; do
		command=$(command_of "$tool")
		echo "$tool $({ echo "$said $factor"; inputs_of "$tool"; $command --version 2> /dev/null ||
			$command -version; } | sha256sum | cut -c 1-32)"
	done
}

# The programs, main.c and a library in one binary, which is told which one to run.
link() { # RUN OBJECT...
	run=$1
	shift
	{
		echo '#include "misuse.h"'
		awk -F '\t' '{ print "int program_" $1 "(struct once_ring *ring);" }' "$out/plan"
		echo 'misuse_program *const misuse_programs[] = {\n\t0,'
		awk -F '\t' '{ print "\tprogram_" $1 "," }' "$out/plan"
		echo '};'
	} > "$out/programs.c"
	gcc -O1 -g -w $flags -I"$here" "$out/programs.c" "$here/main.c" "$here/start.c" \
		$(awk -F '\t' -v out="$out" '{ gsub("/", "_", $2); print out "/" $2 "." $3 ".o" }' "$out/plan") \
		"$@" -o "$out/$run" -luring -lpthread
}

accept=
case ${1:-} in
--one) one "$2"; exit ;;
--accept) accept=1; shift ;;
esac
library=$1
shift
case ${TOOLS:-all} in
all) wanted=$all_tools ;;
quick) wanted=$quick_tools ;;
*) wanted=$TOOLS ;;
esac
tools=
for tool in $wanted; do
	if command -v "$(command_of "$tool")" > /dev/null; then
		tools="$tools $tool"
	else
		echo "not installed, left out: $tool"
	fi
done
tools=${tools# }
runs='run-real run-emulated'
mkdir -p "$out" || exit 1
: > "$out/broken"
programs > "$out/plan"
keys > "$out/keys"
OUT=$out
export OUT
patterns
{ grep -v "${tab}large/" "$out/plan"; grep "${tab}large/" "$out/plan"; } |
	tr '\n' '\0' | xargs -0 -n 1 -P "${JOBS:-2}" "$0" --one
{ cut -f 2,3 "$out/plan" | while IFS=$tab read -r name variant; do
	cat "$out/$(echo "$name.$variant" | tr / _).said"
  done | verdicts
  link_and_execute run-real "$library"
  link_and_execute run-emulated "$@"; } | sort > "$out.tsv"

rc=0
table "$out.tsv" || rc=1
case " $tools " in *' gcc-fanalyzer '*)
	echo "gcc -fanalyzer gave up on a part of $(grep -l too-complex "$out"/*.gcc-fanalyzer | wc -l) programs (-Wanalyzer-too-complex)" ;;
esac
if [ -s "$out/broken" ]; then
	cat "$out/broken"
	rc=1
fi
awk -F '\t' '$3 ~ /^run-/ && $4 !~ /caught|clean|skipped/ { print "at run time: " $1 ", " $3 ", " $4 ": " $5; bad = 1 }
	END { exit bad }' "$out.tsv" || rc=1
if [ -n "$accept" ] && [ ! -s "$out/broken" ]; then
	# what other tools said before is kept
	awk -F '\t' -v have=" $tools $runs " '!index(have, " " $3 " ")' "$here/expected.tsv" |
		sort - "$out.tsv" > "$out.accepted" && cp "$out.accepted" "$here/expected.tsv"
fi
compare "$here/expected.tsv" "$out.tsv" > "$out/compared"
sed '$d' "$out/compared"
read -r passed failed skipped <<- EOF
	$(tail -n 1 "$out/compared")
EOF
[ $rc -eq 0 ] || failed=$((failed + 1))
echo "$passed passed, $failed failed, $skipped skipped"
[ -z "${RESULTS:-}" ] || printf '%s\t%s\t%s\tmisuse corpus\n' "$passed" "$failed" "$skipped" >> "$RESULTS"
[ "$failed" -eq 0 ]
