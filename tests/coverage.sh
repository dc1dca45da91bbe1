#!/bin/sh
# SPDX-License-Identifier: MIT
# Line coverage of src/, from what the tests left in a folder. Every line runs,
# but for those in tests/uncovered.txt: its columns are file, text of the line
# without indentation, and why it cannot run, with a tab between.
#
#   coverage.sh FOLDER [LIST]
#
# Fails on a line that did not run and is not listed, and on a listed one that
# did run or is gone. Lines are told by their text, so that they may move.
set -u

folder=$1
list=${2:-tests/uncovered.txt}
lines=$folder/lines.xml

# --object-directory alone would also find what other folders hold
gcovr --root . --filter 'src/' --sort-percentage --txt "$folder/table.txt" \
	--sonarqube "$lines" "$folder" || exit 1
cat "$folder/table.txt"
echo

# An XML element a record: <file path="src/take.c">, <lineToCover lineNumber="49" covered="false"
awk -v list="$list" '
	function attribute(name) {
		if (!match($0, name "=\"[^\"]*\""))
			return ""
		return substr($0, RSTART + length(name) + 2, RLENGTH - length(name) - 3)
	}
	function trimmed(text) {
		gsub(/[ \t]+/, " ", text)
		gsub(/^ | $/, "", text)
		return text
	}
	function complain(text) {
		print "  " text
		failed = 1
	}
	function load(path, n, text) {
		RS = "\n"
		for (n = 1; (getline text < path) > 0; n++)
			source[path, n] = trimmed(text)
		close(path)
		RS = "<"
	}
	function read_list(n, text, column) {
		RS = "\n"
		while ((n = (getline text < list)) > 0) {
			if (text ~ /^#/ || text == "")
				continue
			if (split(text, column, "\t") != 3 || trimmed(column[3]) == "")
				complain(list ": not file, tab, line, tab, reason: " text)
			listed[column[1] "\t" trimmed(column[2])]++
		}
		if (n < 0)
			complain(list ": cannot be read")
	}
	BEGIN { read_list(); RS = "<" }
	/^file / { path = attribute("path"); load(path) }
	/^lineToCover / {
		total++
		if (attribute("covered") == "true") {
			covered++
			next
		}
		number = attribute("lineNumber")
		key = path "\t" source[path, number]
		if (listed[key] > 0) {
			listed[key]--
			cannot++
		} else {
			complain(path ":" number ": did not run: " source[path, number])
		}
	}
	END {
		for (key in listed)
			if (listed[key] > 0) {
				split(key, column, "\t")
				complain(list ": did run, or is gone: " column[1] ": " column[2])
			}
		if (total == 0)
			complain("nothing was measured")
		printf "coverage: %d of %d lines that can run, %d cannot (%s)\n",
			covered, total - cannot, cannot, list
		exit failed
	}' "$lines"
