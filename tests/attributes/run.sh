#!/bin/sh
# SPDX-License-Identifier: MIT
# The attributes of include/ describe the cores to analysers as an allocator and
# its free; that must not let an optimiser elide, merge or foresee anything.
# probe.c is compiled at -O1 .. -O3 by each compiler; its code must call the
# cores as often as the text does, and must behave over cores that do what no
# allocator does. For contrast, the same with a true malloc attribute must fail.
set -eu
export LC_ALL=C

here=$(dirname "$0")
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
flags='-std=c11 -D_GNU_SOURCE -Iinclude -w'
failed=0 tried=0

calls() { # ASSEMBLY FUNCTION CORE: how many calls (or tail jumps)
	awk -v f="$2:" -v core="$3" '
		$1 == f { inside = 1; next }
		inside && $1 == ".cfi_endproc" { exit }
		inside && /(call|jmp)/ && $0 ~ core "(@PLT)?$" { n++ }
		END { print n + 0 }' "$1"
}

expect() { # CORE FUNCTION COUNT
	got=$(calls "$scratch/probe.s" "$2" "$1")
	[ "$got" -eq "$3" ] || { echo "$cc $level: $2() calls $1() $got times, not $3"; failed=1; }
}

for cc in gcc clang clang-19; do
	command -v $cc > /dev/null || continue
	for level in -O1 -O2 -O3 '-O3 -flto'; do
		case $cc$level in clang*-flto) continue ;; esac # the linker's plug-in may be missing
		$cc $flags $level -fno-lto -S "$here/probe.c" -o "$scratch/probe.s"
		expect once_core_wait probe_pair 1
		expect once_core_seen probe_pair 1
		expect once_core_seen probe_twice 2
		expect once_core_peek probe_same 2
		expect once_core_seen probe_after 1
		$cc $flags $level -c "$here/probe.c" -o "$scratch/probe.o"
		$cc $flags $level -c "$here/cores.c" -o "$scratch/cores.o"
		$cc -w $level "$scratch/probe.o" "$scratch/cores.o" -o "$scratch/probe"
		"$scratch/probe" || { echo "... with $cc $level"; failed=1; }
		tried=$((tried + 1))
	done
	# The check can fail: declare the cores what they must not be declared.
	cat > "$scratch/lie.h" <<-'END'
		#include <oncering.h>
		__attribute__((malloc)) struct once_hold *once_core_peek(struct once_ring *, int *);
		__attribute__((malloc)) struct once_hold *once_core_wait(struct once_ring *, int *);
	END
	$cc $flags -O3 -include "$scratch/lie.h" -c "$here/probe.c" -o "$scratch/probe.o"
	$cc $flags -O3 -c "$here/cores.c" -o "$scratch/cores.o"
	$cc "$scratch/probe.o" "$scratch/cores.o" -o "$scratch/probe"
	if "$scratch/probe" > /dev/null; then
		echo "$cc: a false promise goes unnoticed, so this check proves nothing"
		failed=1
	fi
done
[ $tried -gt 0 ] || { echo 'no compiler'; exit 1; }
echo "  attributes: $tried builds, the calls are all there and nothing is foreseen"
exit $failed
