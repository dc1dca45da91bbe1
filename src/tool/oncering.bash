# SPDX-License-Identifier: MIT
# bash completion for oncering(1)

_oncering_codes() {
	oncering list refusals 2>/dev/null | sed -n 's/^\(ONCE_[A-Z0-9_]*\) .*/\1/p'
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
	case $command in
	explain)
		mapfile -t COMPREPLY < <(compgen -W "$(_oncering_codes) --all --help" -- "$word")
		return
		;;
	list)
		mapfile -t COMPREPLY < <(compgen -W 'states events tokens refusals --help' -- "$word")
		return
		;;
	esac
	if [ "${word#-}" != "$word" ]; then
		local options='--help'

		case $command in
		run | replay) options+=' --emulated --trace --lines --step --quiet' ;;
		draw) options+=' -o --emulated --bytes --from --to' ;;
		minimise) options+=' -o --emulated --bytes --as-bytes' ;;
		c) options+=' -o --bytes' ;;
		perfetto) options+=' -o --emulated --bytes --steps' ;;
		encode | decode) options+=' -o' ;;
		esac
		mapfile -t COMPREPLY < <(compgen -W "$options" -- "$word")
		return
	fi
	mapfile -t COMPREPLY < <(compgen -f -X '!*.once' -- "$word"; compgen -d -- "$word")
}

complete -o filenames -F _oncering oncering
