# SPDX-License-Identifier: MIT
# Mistakes, put one by one into a copy of the tree: what the tests of the gates share. To be sourced with
# $root: the tree, $folder: where to build, $parts: what to copy, and a function gate() that runs the gate on $tree.

tree=$folder/tree
failed=0
tried=0

fresh() {
	rm -rf "$tree"
	mkdir -p "$tree"
	# the parts are patterns, to be expanded
	# shellcheck disable=SC2086
	(cd "$root" && tar cf - --exclude __pycache__ $parts) | (cd "$tree" && tar xf -)
}

# FILE EXPRESSION: edit with sed; an edit that changes nothing tests nothing.
edit() {
	cp "$tree/$1" "$folder/before"
	sed -i "$2" "$tree/$1"
	if cmp -s "$tree/$1" "$folder/before"; then
		printf '  FAILED   the edit of %s changed nothing: %s\n' "$1" "$2"
		failed=1
	fi
}

# WHAT SAYS ARGUMENT...: the gate, given the arguments, must fail and say what matches SAYS.
caught() {
	what=$1
	says=$2
	shift 2
	tried=$((tried + 1))
	if gate "$@" > "$folder/said" 2>&1; then
		printf '  FAILED   %s: let through\n' "$what"
		failed=1
	elif grep -q "^FAULT.*$says\|$says.*does not compile" "$folder/said"; then
		printf '  caught   %s\n' "$what"
	else
		cp "$folder/said" "$folder/said-$tried"
		printf '  FAILED   %s: caught, but not for "%s"; see %s\n' "$what" "$says" "$folder/said-$tried"
		failed=1
	fi
	fresh
}
