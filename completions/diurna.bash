# Completion of diurna(1) for bash. Commands and options are asked of the program itself.

_diurna()
{
	local word=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD - 1]} command='' i
	COMPREPLY=()
	for ((i = 1; i < COMP_CWORD; i++)); do
		case ${COMP_WORDS[i]} in
		--config | -c) ((i++)) ;;
		-*) ;;
		*)
			command=${COMP_WORDS[i]}
			break
			;;
		esac
	done
	case $previous in
	--config | -c | --output | --files-from)
		mapfile -t COMPREPLY < <(compgen -f -- "$word")
		return
		;;
	--since | --until | --date)
		mapfile -t COMPREPLY < <(compgen -W 'today yesterday 1h 1d monday' -- "$word")
		return
		;;
	esac
	if [ -z "$command" ]; then
		mapfile -t COMPREPLY < <(compgen -W "--config --help --version $(
			diurna --help 2>/dev/null | sed -n 's/^  \([a-z][a-z]*\) .*/\1/p')" -- "$word")
	elif [[ $word == -* ]]; then
		mapfile -t COMPREPLY < <(compgen -W "$(diurna "$command" --help 2>/dev/null |
			grep -o -e '--[a-z][a-z-]*' | sort -u)" -- "$word")
	else
		mapfile -t COMPREPLY < <(compgen -f -- "$word")
	fi
}
complete -F _diurna diurna
