# SPDX-License-Identifier: MIT
# How each tool is called on a program of the corpus, and what its messages say.
# Sourced by run.sh, which sets here, out and tab.

flags='-std=c11 -D_GNU_SOURCE -Iinclude'
factor=${FACTOR:-10} # of gcc's analyser; its default, 5, gives up on the large ones
rules=include/oncering/rules
eva=include/oncering/eva

# Those that are quick enough for every check, and all of them.
quick_tools='gcc gcc-fanalyzer clang clang-analyze cppcheck'
all_tools="$quick_tools clang19-analyze clang-tidy coccinelle eva"

command_of() { # TOOL
	case $1 in
	gcc | gcc-*) echo gcc ;;
	clang19-*) echo clang-19 ;;
	clang-tidy) echo clang-tidy ;;
	clang | clang-*) echo clang ;;
	coccinelle) echo spatch ;;
	eva) echo frama-c ;;
	*) echo "$1" ;;
	esac
}

# What else a tool reads, beside the program and the headers.
inputs_of() { # TOOL
	case $1 in
	cppcheck) echo "$rules/oncering.cppcheck.cfg" ;;
	coccinelle) echo "$rules/oncering.cocci" "$here/cocci.sh" ;;
	eva) echo "$eva/oncering.h" "$eva/model.c" "$here/eva.c" "$here/eva.sh" ;;
	esac
}

# One program under one tool: the messages, as the user gets them.
diagnose() { # TOOL FILE DEFINE
	case $1 in
	gcc) gcc -O2 -Wall $flags "$3" -c "$2" -o /dev/null ;;
	gcc-fanalyzer)
		gcc -O2 -Wall -fanalyzer -Wanalyzer-too-complex -DONCE_ANALYSIS $flags "$3" \
			--param=analyzer-bb-explosion-factor="$factor" -c "$2" -o /dev/null ;;
	clang) clang -O2 -Wall $flags "$3" -c "$2" -o /dev/null ;;
	clang-analyze) clang --analyze --analyzer-output text $flags "$3" "$2" ;;
	clang19-analyze) clang-19 --analyze --analyzer-output text $flags "$3" "$2" ;;
	clang-tidy) clang-tidy --quiet "$2" -- $flags "$3" ;;
	cppcheck)
		cppcheck --quiet --enable=warning,portability --error-exitcode=0 \
			--library="$rules/oncering.cppcheck.cfg" \
			--template='{file}:{line}:{column}: warning: {message} [{id}]' \
			-D_GNU_SOURCE -D__GNUC__=12 "$3" -Iinclude "$2" ;;
	coccinelle) "$here/cocci.sh" "$rules/oncering.cocci" "$2" "$3" ;;
	eva) "$here/eva.sh" "$2" "$3" ;;
	esac 2>&1
}

# The messages of a file as "id@line", sorted, with commas; "id@header" if it is not
# in the program. That gcc gave up somewhere is told apart, under the table.
ids() { # MESSAGES FILE
	sed -n 's/^\(.*\):\([0-9][0-9]*\):[0-9]*: \(warning\|error\): .*\[\([^][,]*\)[^][]*\]$/\1 \2 \4/p' "$1" |
		awk -v file="$2" '
			$3 == "-Wanalyzer-too-complex" { next }
			{ n = split($1, part, "/"); print $3 "@" (index(file, part[n]) ? $2 : part[n]) }' |
		sort -u | paste -sd , -
}
