#!/bin/sh
# SPDX-License-Identifier: MIT
# Every named clause of a contract was met at run time.
#
#   clauses.sh HEADER MET    MET: what proofs/world/checked_port.c has noted
#
# Exit status: 77 if none of the tests could open a ring.
set -eu

wanted=$(sed -n 's/^ *\(requires\|ensures\) \([a-z_]*\):.*/\2/p' "$1" | sort -u)
met=$(sort -u "$2")
printf '%s\n' "$met" | grep -qxF open_mapped || { echo 'skipped: no ring here'; exit 77; }
missing=$(printf '%s\n' "$wanted" | grep -vxF "$met" || true)
echo "  $(printf '%s\n' "$met" | wc -l) of $(printf '%s\n' "$wanted" | wc -l) clauses of $1 held, each in at least one test"
if [ -n "$missing" ]; then
	echo "  never met:" $missing >&2
	exit 1
fi
