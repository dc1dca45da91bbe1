#!/bin/sh
# SPDX-License-Identifier: MIT
# Every public header compiles alone, as C11, C17 and C++17, with call sites and
# without, by each compiler that is there, and none includes <liburing.h>.
set -eu

warn='-Wall -Wextra -Wconversion -Wsign-conversion -Wshadow -Werror -pedantic'
failed=0
compiled=0

try() { # HEADER COMPILER FLAGS...
	header=$1
	shift
	printf '#include <%s>\nONCE_HEADER_TEST\n' "$header" |
		"$@" $warn -Iinclude '-DONCE_HEADER_TEST=extern int once_header_test;' -fsyntax-only - ||
		{ echo "not compiled: $header by $*" >&2; failed=1; }
	compiled=$((compiled + 1))
}

for header in oncering.h $(cd include && ls oncering/*.h); do
	for cc in gcc clang; do
		command -v $cc > /dev/null || continue
		for sites in -UONCE_CALL_SITES -DONCE_CALL_SITES; do
			try "$header" $cc -x c -std=c11 -Wstrict-prototypes $sites
			try "$header" $cc -x c -std=c17 -Wstrict-prototypes $sites
		done
	done
	for cxx in g++ clang++; do
		command -v $cxx > /dev/null || continue
		try "$header" $cxx -x c++ -std=c++17 -UONCE_CALL_SITES
		try "$header" $cxx -x c++ -std=c++17 -DONCE_CALL_SITES
	done
done

if grep -rn 'include *[<"]\(liburing\|linux/\)' include; then
	echo "a public header includes the kernel's or liburing's" >&2
	failed=1
fi
[ $compiled -gt 0 ] || { echo "no compiler" >&2; exit 1; }
echo "  $compiled compilations of public headers"
exit $failed
