#!/bin/sh
# SPDX-License-Identifier: MIT
# What README.md shows is true: its ```c blocks compile and run, its ```sh blocks
# marked with "<!-- run" run, its make targets exist, the calls that it names are
# declared, and the sizes it states are those of the headers.
#
#   readme.sh LIBRARY.a
set -eu

library=$1
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
failed=0
wrong() { echo "README.md: $*" >&2; failed=1; }

# Block n of language L goes to $work/block-n.L; marked ones also to $work/run-n.L.
awk -v dir="$work" '
	/^<!-- run/ { marked = 1; next }
	/^<!-- scenario/ { scenario = 1; next }
	/^```text$/ && scenario { inside = 1; scenario = 0; file = dir "/see.once"; next }
	/^```[a-z]+$/ && !inside { inside = 1; n++; file = dir "/" (marked ? "run-" : "block-") n "." substr($0, 4); next }
	/^```$/ { inside = 0; marked = 0; next }
	inside { print > file }' README.md

found=0
for source in "$work"/block-*.c; do
	[ -f "$source" ] || continue
	found=$((found + 1))
	program=${source%.c}
	cp "$source" "$work/program.c"
	for cc in gcc clang; do
		command -v $cc > /dev/null || continue
		$cc -std=c11 -O2 -Wall -Wextra -Werror -Iinclude "$source" -o "$program" "$library" -luring ||
			{ wrong "its program does not compile with $cc"; continue; }
		said=$(echo 'seen exactly once' | "$program" 2>&1) || true
		case $said in
		'seen exactly once') ;;
		-EPERM* | -ENOSYS* | -EACCES*) echo "io_uring is not permitted here: $said"; exit 77 ;;
		*) wrong "its program printed: $said" ;;
		esac
	done
	# "leave this out: gcc -fanalyzer says so", and of the program as it is it says nothing
	analyse="gcc -std=c11 -O2 -fanalyzer -DONCE_ANALYSIS --param=analyzer-bb-explosion-factor=20 -Iinclude -x c - -c -o $work/analysed.o"
	[ -z "$($analyse < "$source" 2>&1)" ] || wrong "gcc -fanalyzer complains about its program"
	grep -v 'leave this out' "$source" | $analyse 2>&1 | grep -q 'analyzer-malloc-leak' ||
		wrong "gcc -fanalyzer misses what it should find"
	lines=$(grep -c '[a-z]' "$source")
	[ "$lines" -le 30 ] || wrong "its program has $lines lines"
done
[ $found -gt 0 ] || wrong "no program"

# the marked commands, as if the library were installed
make -s install PREFIX="$work/prefix" DESTDIR= > /dev/null
[ ! -s "$work/see.once" ] && wrong "no scenario"
export PATH="$work/prefix/bin:$PATH"
for script in "$work"/run-*.sh; do
	[ -f "$script" ] || { wrong "no marked commands"; break; }
	(cd "$work" && PKG_CONFIG_PATH="$work/prefix/lib/pkgconfig" sh -eu "$script") ||
		wrong "a marked command failed: $(cat "$script")"
done
[ ! -x "$work/program" ] || [ "$(echo linked | LD_LIBRARY_PATH="$work/prefix/lib" "$work/program")" = linked ] ||
	wrong "the program linked with pkg-config does not run"

for target in $(grep -oE '(^|`)make [a-z-]+' README.md | sed 's/.*make //' | sort -u); do
	grep -q "^$target:.*##" Makefile || wrong "make $target does not exist"
done
for name in $(grep -oE '\b(once|ONCE)_[A-Za-z0-9_]+' README.md | sort -u); do
	case $name in once_prep_) continue ;; esac
	grep -rqw -- "$name" include || wrong "$name is not declared"
done

tests/misuse/diagnostics.sh || wrong "it does not show what the compilers say now: make diagnostics"

cat > "$work/sizes.c" <<'END'
#include <oncering.h>
#include <stdio.h>

int main(void)
{
	printf("%zu bytes, for each place of the CQ %zu, for each place of the SQ %zu; the ring itself takes %zu.\n",
	       sizeof(struct once_op) + 3 * sizeof(uint32_t), sizeof(struct once_hold),
	       sizeof(struct once_timespec), sizeof(struct once_ring));
	return 0;
}
END
gcc -std=c11 -Iinclude "$work/sizes.c" -o "$work/sizes"
sizes=$("$work/sizes")
tr '\n' ' ' < README.md | grep -qF "$sizes" || wrong "the sizes are: $sizes"

[ $failed -eq 0 ] && echo "  README.md: its program runs, its commands run, its names and sizes are right"
exit $failed
