# SPDX-License-Identifier: MIT
# bash completion for oncering(1)

_oncering_codes() {
	oncering list refusals 2>/dev/null | sed -n 's/^\(ONCE_[A-Z0-9_]*\) .*/\1/p'
}

_oncering_options() {
	case $1 in
	run) echo --emulated --trace --lines --step --quiet --expect ;;
	replay) echo --emulated --trace --lines --step --quiet --expect ;;
	draw) echo --output --emulated --bytes --from --to ;;
	minimise) echo --output --emulated --bytes --as-bytes ;;
	c) echo --output --bytes ;;
	perfetto) echo --output --emulated --bytes --steps ;;
	encode | decode) echo --output ;;
	explain) echo --all ;;
	esac
	echo --help
}

_oncering() {
	local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD - 1]} command=${COMP_WORDS[1]}
	local commands='run replay draw explain list minimise c perfetto encode decode'

	COMPREPLY=()
	if [ "$COMP_CWORD" -eq 1 ]; then
		mapfile -t COMPREPLY < <(compgen -W "$commands --help --version" -- "$word")
		return
	fi
	case $before in
	-o | --output)
		mapfile -t COMPREPLY < <(compgen -f -- "$word")
		return
		;;
	--from | --to)
		return
		;;
	esac
	case $command:$word in
	*:-*) mapfile -t COMPREPLY < <(compgen -W "$(_oncering_options "$command")" -- "$word") ;;
	explain:*) mapfile -t COMPREPLY < <(compgen -W "$(_oncering_codes)" -- "$word") ;;
	list:*) mapfile -t COMPREPLY < <(compgen -W 'states events tokens refusals' -- "$word") ;;
	replay:* | decode:*) mapfile -t COMPREPLY < <(compgen -f -- "$word") ;; # bytes have any name
	*) mapfile -t COMPREPLY < <(compgen -f -X '!*.once' -- "$word"; compgen -d -- "$word") ;;
	esac
}

complete -o filenames -F _oncering oncering
