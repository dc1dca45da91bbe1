#!/bin/sh
# SPDX-License-Identifier: MIT
# What a campaign has come to: figures of each instance, and its findings, one for
# each check and operation: replayed in a fresh process, made short, as a scenario
# and as a C program over plain liburing.
#
#   report.sh BUILD OUT        writes OUT/report.md and OUT/findings/; 1: there are findings
set -u

build=$1 out=$2
replay=$build/replay oncering=$build/oncering
folder=$out/findings
mkdir -p "$folder"
. "$(dirname "$0")/afl.sh"

# The first finding of an input run on its own: "check operation", or nothing.
finding_of() { # FILE
	timeout 60 "$replay" --quiet --fresh "$1" 2>&1 | awk '/^FINDING/ { key = $2; step = $0
		sub(/^FINDING [^ ]* step [-0-9]*: /, "", step); sub(/:.*/, "", step)
		gsub(/[0-9]+/, "N", step); gsub(/[^a-zA-Z]+/, "-", step); print key "_" substr(step, 1, 40); exit }
		/runtime error|ERROR: AddressSanitizer/ { print "sanitizer_"; exit } /HUNG/ { print "hung_"; exit }
		/FAILED/ { print "crash_"; exit }'
}

# Steps that the finding needs: leave out chunks of halving size, 4 bytes a step.
shorten() { # FILE KEY: in place
	python3 "$(dirname "$0")/shorten.py" "$replay" "$1" "$2"
}

{
	echo '# Fuzzing report'
	echo
	echo '| instance | executions | a second | edges | stability | cycles | crashes | hangs |'
	echo '|---|---|---|---|---|---|---|---|'
	for stats in "$out"/*/fuzzer_stats; do
		[ -f "$stats" ] || continue
		name=$(basename "$(dirname "$stats")")
		printf '| %s | %s | %s | %s | %s %% | %s | %s | %s |\n' "$name" "$(stat "$out" "$name" execs_done)" \
			"$(stat "$out" "$name" execs_per_sec)" "$(stat "$out" "$name" edges_found)" \
			"$(stat "$out" "$name" stability)" "$(stat "$out" "$name" cycles_done)" \
			"$(stat "$out" "$name" saved_crashes)" "$(stat "$out" "$name" saved_hangs)"
	done
	echo
	"$replay" --quiet --coverage "$out"/*/queue 2> /dev/null | grep -v '^  ' | sed 's/^/- /'
	echo
} > "$out/report.md"

seen=0 again=0
for crash in "$out"/*/crashes/id* "$out"/*/hangs/id*; do
	[ -f "$crash" ] || continue
	seen=$((seen + 1))
	key=$(finding_of "$crash")
	[ -n "$key" ] || { cp "$crash" "$folder/not-again-$(sha1sum < "$crash" | cut -c 1-8)"; continue; }
	again=$((again + 1))
	[ ! -e "$folder/$key" ] || continue
	cp "$crash" "$folder/$key"
	shorten "$folder/$key" "${key%%_*}"
	"$oncering" decode "$folder/$key" > "$folder/$key.once" 2> /dev/null
	"$oncering" c "$folder/$key.once" > "$folder/$key.c" 2> /dev/null || rm -f "$folder/$key.c"
done
kinds=$(find "$folder" -name '*.once' | wc -l)
{
	echo "Crashes and hangs saved: $seen; of them come again in a fresh process: $again; kinds: $kinds"
	cat "$out"/findings-* 2> /dev/null | awk '{ print $2 }' | sort | uniq -c | sed 's/^/- told while it ran: /'
	for text in "$folder"/*.once; do
		[ -f "$text" ] || continue
		printf '\n## %s\n\n' "$(basename "$text" .once)"
		timeout 60 "$replay" --quiet --fresh "${text%.once}" 2>&1 | grep -m 1 '^FINDING'
		echo '```'
		cat "$text"
		echo '```'
	done
} >> "$out/report.md"
cat "$out/report.md"
[ "$seen" -eq 0 ]
