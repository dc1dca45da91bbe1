# SPDX-License-Identifier: MIT
# What smoke and campaign share; to be sourced. AFL++ 4.04c, unattended.
export AFL_NO_UI=1 AFL_SKIP_CPUFREQ=1 AFL_I_DONT_CARE_ABOUT_MISSING_CRASHES=1 AFL_TRY_AFFINITY=1 \
	AFL_AUTORESUME=1 AFL_IMPORT_FIRST=1 AFL_FORKSRV_INIT_TMOUT=30000
export ASAN_OPTIONS=abort_on_error=1:symbolize=0:detect_leaks=0:malloc_context_size=0 UBSAN_OPTIONS=halt_on_error=1:abort_on_error=1
MOST_BYTES=1032
TIMEOUT_MS=5000

# start OUT NAME ROLE CORPUS PROGRAM [OPTION]...: one instance in the background; its id in $started
start() {
	out=$1 name=$2 role=$3 corpus=$4 program=$5
	shift 5
	FUZZ_FINDINGS=$out/findings-$name FUZZ_HISTORY=$out/history-$name \
		afl-fuzz "$@" -i "$corpus" -o "$out" -t $TIMEOUT_MS -G $MOST_BYTES -m none "-$role" "$name" -- "$program" \
		< /dev/null > "$out/$name.log" 2>&1 &
	started=$!
}

# One figure of an instance.
stat() { # OUT NAME KEY
	awk -F ': *' -v key="$3" '$1 ~ "^" key " *$" { sub("%", "", $2); print $2 }' "$1/$2/fuzzer_stats" 2> /dev/null
}

# No ring here: what cannot be fuzzed is skipped. PROGRAM CORPUS
require_ring() {
	rc=0
	"$1" "$2"/* > /dev/null 2>&1 || rc=$?
	[ $rc -ne 77 ] || { echo 'skipped: no ring here'; exit 77; }
}
