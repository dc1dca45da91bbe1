#!/bin/sh
# SPDX-License-Identifier: MIT
# The misuse corpus: what ordinary tools say about each wrong program and its
# correct twin, and what the library says when they run.
#
#   run.sh OBJECT...           everything; OBJECTs are the library, to be linked with
#   run.sh --accept OBJECT...  the same, and keep the verdicts as expected.tsv
#   run.sh --compare OLD NEW   what got worse, of two such tables
#   run.sh --one LINE          one program (the script calls itself)
#
# Writes $OUT.tsv (program, mistake, tool, verdict, diagnostics) and prints the
# table. A verdict that got worse than in expected.tsv fails, as does a program
# whose mistake the library does not refuse with the stated code. A tool that is
# not installed is left out, and said so.
set -u
export LC_ALL=C
here=$(dirname "$0")
out=${OUT:-build/misuse}
tab=$(printf '\t')
factor=${FACTOR:-10} # of gcc's analyser; its default, 5, gives up on the large ones
flags='-std=c11 -D_GNU_SOURCE -Iinclude'
tools='gcc gcc-fanalyzer clang clang-analyze clang-tidy cppcheck'
command -v clang-19 > /dev/null && tools="$tools clang19-analyze"

# One program under one tool: the messages, as the user gets them.
# What the tool says is found in its lines "file:line:column: warning: text [id]".
diagnose() { # TOOL FILE DEFINE
	case $1 in
	gcc) gcc -O2 -Wall $flags "$3" -c "$2" -o /dev/null ;;
	gcc-fanalyzer)
		gcc -O2 -Wall -fanalyzer -Wanalyzer-too-complex -DONCE_ANALYSIS $flags "$3" \
			--param=analyzer-bb-explosion-factor="$factor" -c "$2" -o /dev/null ;;
	clang) clang -O2 -Wall $flags "$3" -c "$2" -o /dev/null ;;
	clang-analyze) clang --analyze --analyzer-output text $flags "$3" "$2" ;;
	clang19-analyze) clang-19 --analyze --analyzer-output text $flags "$3" "$2" ;;
	clang-tidy) clang-tidy --quiet "$2" -- $flags "$3" ;;
	cppcheck)
		cppcheck --quiet --enable=warning,portability --error-exitcode=0 \
			--template='{file}:{line}:{column}: warning: {message} [{id}]' \
			-D_GNU_SOURCE -D__GNUC__=12 "$3" -Iinclude "$2" ;;
	esac 2>&1
}

# The ids of the messages, sorted, with commas. That gcc gave up somewhere is
# told apart, under the table.
ids() {
	sed -n 's/^.*: \(warning\|error\): .*\[\([^][]*\)\]$/\2/p' "$1" |
		sed 's/,.*//' | grep -vx -e -Wanalyzer-too-complex | sort -u | paste -sd , -
}

# A line of the plan: NAME VARIANT MISTAKE CODE FILE DEFINE
one() {
	IFS=$tab read -r name variant mistake code file define <<- EOF
		$1
	EOF
	slot=$out/$(echo "$name.$variant" | tr / _)
	for tool in $tools; do
		diagnose "$tool" "$file" "$define" > "$slot.$tool"
		rc=$?
		if [ $rc -ne 0 ] || grep -q ' error: ' "$slot.$tool"; then
			echo "$name $variant: $tool failed" >> "$out/broken"
			head -n 5 "$slot.$tool" >> "$out/broken"
		fi
		printf '%s\t%s\t%s\t%s\t%s\n' "$name" "$variant" "$mistake" "$tool" \
			"$(ids "$slot.$tool")"
	done > "$slot.said"
	# Memory that nobody wrote is zero here, so that using it is defined.
	if ! gcc -O1 -g -w -ftrivial-auto-var-init=zero $flags "$define" "$file" "$here/main.c" \
		$OBJECTS -o "$slot.run" -luring -lpthread > "$slot.log" 2>&1; then
		echo "$name $variant: does not link" >> "$out/broken"
		return
	fi
	timeout 20 "$slot.run" > "$slot.codes" 2> "$slot.log"
	rc=$?
	if [ $rc -ne 0 ] || ! grep -qx ended "$slot.codes"; then
		verdict="broken"
	elif [ "$variant" = correct ]; then
		verdict=clean
		grep -qvx ended "$slot.codes" && verdict=false-alarm
	else
		verdict=missed
		grep -qx "$code" "$slot.codes" && verdict=caught
	fi
	printf '%s\t%s\t%s\t%s\t%s\t%s\n' "$name" "$variant" "$mistake" run "$verdict" \
		"$(grep -vx ended "$slot.codes" | sort -u | paste -sd , -)" > "$slot.ran"
	rm -f "$slot.run"
}

# What is to be run, from the comments at the top of each program.
plan() {
	for file in "$here"/*/*.c; do
		name=${file#"$here"/}
		name=${name%.c}
		case $name in
		large/*)
			printf '%s\tcorrect\t-\t-\t%s\t-DBUG=0\n' "$name" "$file"
			sed -n 's/^ \* Bug \([0-9]*\): \([a-z-]*\), \(ONCE_[A-Z_]*\):.*/\1 \2 \3/p' "$file" |
				while read -r bug mistake code; do
					printf '%s\tbug-%s\t%s\t%s\t%s\t-DBUG=%s\n' "$name" "$bug" \
						"$mistake" "$code" "$file" "$bug"
				done ;;
		*)
			mistake=$(sed -n 's/^ \* Mistake: //p' "$file")
			code=$(sed -n 's/^ \* Refused: .*\(ONCE_[A-Z_0-9]*\)$/\1/p' "$file")
			printf '%s\tcorrect\t%s\t-\t%s\t-DRIGHT\n' "$name" "$mistake" "$file"
			printf '%s\twrong\t%s\t%s\t%s\t-DWRONG\n' "$name" "$mistake" "$code" "$file" ;;
		esac
	done
}

# A message that the correct twin gets too has not caught the mistake; one about
# unused code has not either.
verdicts() {
	awk -F '\t' -v OFS='\t' '
		$2 == "correct" { twin[$1, $4] = "," $5 "," }
		{ line[NR] = $0 }
		END {
			for (i = 1; i <= NR; i++) {
				split(line[i], f, FS)
				if (f[2] == "correct") {
					print f[1] ":" f[2], f[3], f[4], f[5] == "" ? "clean" : "false-alarm", f[5]
					continue
				}
				n = split(f[5], id, ",")
				left = ""
				for (k = 1; k <= n; k++)
					if (id[k] !~ /deadcode|-unused-(variable|but-set)|-Wimplicit/ &&
					    index(twin[f[1], f[4]], "," id[k] ",") == 0)
						left = left (left == "" ? "" : ",") id[k]
				print f[1] ":" f[2], f[3], f[4], left == "" ? "missed" : "caught", left
			}
		}'
}

table() { # TSV
	awk -F '\t' -v tools="$tools run" '
		function cell(t, m) { return (caught[t, m] + 0) "/" (caught[t, m] + missed[t, m]) }
		{
			size = $1 ~ /^large\// ? "large" : "small"
			if ($4 == "caught" || $4 == "missed") {
				r[$4, $3, $2, size]++
				if (size == "small") m[$2] = 1
				hit[$1, $3] = $4 == "caught"
				program[$1] = size
			}
			if ($4 == "false-alarm") alarm[$3]++
			if ($4 == "broken") broken++
		}
		function of(v, t, mistake, size) { return r[v, t, mistake, size] + 0 }
		END {
			nm = split("never-seen seen-twice used-after-seen wait-failed ignored never-armed", name, " ")
			printf "%-17s", "caught/all"
			for (i = 1; i <= nm; i++) printf "%16s", name[i]
			printf "%11s%11s%14s\n", "small", "large", "false alarms"
			nt = split(tools, tool, " ")
			for (k = 1; k <= nt; k++) {
				t = tool[k]; c = a = lc = la = 0
				printf "%-17s", t
				for (i = 1; i <= nm; i++) {
					x = of("caught", t, name[i], "small"); y = of("missed", t, name[i], "small")
					printf "%16s", x "/" x + y
					c += x; a += x + y
					x = of("caught", t, name[i], "large"); y = of("missed", t, name[i], "large")
					lc += x; la += x + y
				}
				printf "%11s%11s%14d\n", c "/" a, lc "/" la, alarm[t]
			}
			for (p in program) {
				n[program[p]]++
				if (hit[p, "gcc-fanalyzer"] || hit[p, "clang-analyze"]) both[program[p]]++
			}
			printf "\ngcc -fanalyzer and clang --analyze together: small %d of %d, large %d of %d\n", \
				both["small"], n["small"], both["large"], n["large"]
		}' "$1"
}

# Lines of expected.tsv that got worse; programs that are gone, or new, are said.
compare() { # EXPECTED TSV
	awk -F '\t' -v have=" $tools run " '
		FNR == 1 { file++ }
		file == 1 { expected[$1, $3] = $4; what[$1, $3] = $5; next }
		{
			key = $1 SUBSEP $3; seen[key] = 1
			if (!(key in expected)) { print "new: " $1 " " $3 " " $4; bad = 1 }
			else if ($4 != expected[key]) {
				print (($4 == "caught" || $4 == "clean") ? "better: " : "WORSE: ") $1 ", " $3 ": " expected[key] " -> " $4
				if ($4 != "caught" && $4 != "clean") bad = 1
			} else if ($5 != what[key]) {
				print "other words: " $1 ", " $3 ": " what[key] " -> " $5
				if (what[key] != "" && $5 == "") bad = 1
			}
		}
		END {
			for (key in expected) {
				split(key, f, SUBSEP)
				if (!(key in seen) && index(have, " " f[2] " ")) { print "gone: " f[1] " " f[2]; bad = 1 }
			}
			exit bad
		}' "$1" "$2"
}

accept=
case ${1:-} in
--one) one "$2"; exit ;;
--compare) compare "$2" "$3"; exit ;;
--accept) accept=1; shift ;;
esac
OBJECTS=$*
export OBJECTS OUT="$out"
for tool in $tools; do
	[ "$tool" = gcc-fanalyzer ] || [ "$tool" = clang-analyze ] || [ "$tool" = clang19-analyze ] ||
		command -v "$tool" > /dev/null || { echo "not installed: $tool"; exit 1; }
done
rm -rf "$out"
mkdir -p "$out" || exit 1
: > "$out/broken"
plan > "$out/plan"
tr '\n' '\0' < "$out/plan" | xargs -0 -n 1 -P "${JOBS:-2}" "$0" --one
{ cat "$out"/*.said | verdicts
  awk -F '\t' -v OFS='\t' '{ print $1 ":" $2, $3, $4, $5, $6 }' "$out"/*.ran; } | sort > "$out.tsv"
table "$out.tsv"
complex=$(grep -l too-complex "$out"/*.gcc-fanalyzer | wc -l)
echo "gcc -fanalyzer gave up on a part of $complex programs (-Wanalyzer-too-complex)"
rc=0
if [ -s "$out/broken" ]; then
	cat "$out/broken"
	rc=1
fi
awk -F '\t' '$3 == "run" && $4 != "caught" && $4 != "clean" { print "at run time: " $1 ", " $4 ": " $5; bad = 1 }
	END { exit bad }' "$out.tsv" || rc=1
if [ -n "$accept" ]; then
	cp "$out.tsv" "$here/expected.tsv"
elif [ -f "$here/expected.tsv" ]; then
	compare "$here/expected.tsv" "$out.tsv" || rc=1
else
	echo 'expected.tsv is missing'
	rc=1
fi
exit $rc
