#!/bin/sh
# SPDX-License-Identifier: MIT
# clang -Wthread-safety over the programs in threads/, with ONCE_THREAD_SAFETY:
# a call from the wrong side is reported, the correct twin and a build that did
# not ask for it are quiet.
set -eu
export LC_ALL=C
here=$(dirname "$0")
flags="-std=c11 -D_GNU_SOURCE -I$here/../../include -Wall -Wextra -fsyntax-only"
caught=0 wrong=0 alarms=0

for cc in clang clang-19; do
	command -v $cc > /dev/null || continue
	for file in "$here"/threads/*.c; do
		asked="$flags -DONCE_THREAD_SAFETY -Wthread-safety"
		wrong=$((wrong + 1))
		if $cc $asked -DWRONG "$file" 2>&1 | grep -q '\[-Wthread-safety-analysis\]$'; then
			caught=$((caught + 1))
		else
			echo "$cc missed: $file"
		fi
		for quiet in "$asked -DRIGHT" "$flags -Wthread-safety -DWRONG" \
			"$asked -DRIGHT -DONCE_CALL_SITES"; do
			$cc -Werror $quiet "$file" || { echo "$cc, false alarm: $file"; alarms=$((alarms + 1)); }
		done
	done
done
[ $wrong -gt 0 ] || { echo 'no clang'; exit 1; }
echo "clang -Wthread-safety: $caught of $wrong caught, $alarms false alarms"
[ $caught -eq $wrong ] && [ $alarms -eq 0 ]
