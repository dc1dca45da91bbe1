# SPDX-License-Identifier: MIT
# How each tool is called on a program of the corpus, and what its messages say.
# Sourced by run.sh, which sets here, out and tab.

flags='-std=c11 -D_GNU_SOURCE -Iinclude'
factor=${FACTOR:-20} # of gcc's analyser; its default, 5, gives up on the large ones
rules=include/oncering/rules
# of clang-tidy, what says the same of every memset() and every struct
untidy='-clang-analyzer-security.insecureAPI.DeprecatedOrUnsafeBufferHandling,-clang-analyzer-optin.performance.Padding'

# Those that are quick enough for every check, and all of them.
quick_tools='gcc gcc-fanalyzer clang clang-analyze cppcheck'
all_tools="$quick_tools clang19-analyze clang-tidy coccinelle eva"

command_of() { # TOOL
	case $1 in
	gcc | gcc-* | object) echo gcc ;;
	clang19-*) echo clang-19 ;;
	clang-tidy) echo clang-tidy ;;
	clang | clang-*) echo clang ;;
	coccinelle) echo spatch ;;
	eva) echo frama-c ;;
	*) echo "$1" ;;
	esac
}

# Eva takes minutes for a large program, and is not precise enough there.
takes() { # TOOL NAME
	case $1:$2 in
	eva:large/*) return 1 ;;
	esac
}

# What a tool reads, beside the program: without the comments of headers, so that
# a contract there changes nothing.
inputs_of() { # TOOL
	case $1 in
	coccinelle) cat "$rules"/oncering_*.cocci "$here/cocci.sh" ;;
	eva) find "$eva" -type f | sort | xargs cat "$here"/eva.c "$here"/start.c "$here"/misuse.h "$here"/eva.sh ;;
	*)
		for header in include/oncering.h include/oncering/*.h "$here"/misuse.h; do
			gcc -w -fpreprocessed -dD -E -P "$header"
		done
		[ "$1" != cppcheck ] || cat "$rules/oncering.cppcheck.cfg" ;;
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
	clang-tidy) clang-tidy --quiet --checks="$untidy" "$2" -- $flags "$3" ;;
	cppcheck)
		cppcheck --quiet --enable=warning,portability --error-exitcode=0 \
			--library="$rules/oncering.cppcheck.cfg" \
			--template='{file}:{line}:{column}: warning: {message} [{id}]' \
			-D_GNU_SOURCE -D__GNUC__=12 "$3" -Iinclude "$2" ;;
	coccinelle) "$here/cocci.sh" "$rules/oncering" "$3" "$2" ;;
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
