#!/bin/sh
# SPDX-License-Identifier: MIT
# The dictionary for engines that want one: a step of each verb.
cd "$(dirname "$0")/.." || exit 1
echo '# SPDX-License-Identifier: MIT'
echo '# A step of each verb, four bytes: fuzz/dict.sh writes it from src/tool/scenario_verbs.h.'
sed -n 's/^VERB(\([A-Z_]*\),.*/\1/p' src/tool/scenario_verbs.h | tr A-Z a-z |
	awk '{ printf "%s=\"\\x%02x\\x00\\x01\\x01\"\n", $1, NR - 1 }'
