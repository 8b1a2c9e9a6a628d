# Completion of diurna(1) for bash. What there is to offer, the program itself knows.

_diurna()
{
	local word=${COMP_WORDS[COMP_CWORD]} lines line
	# A URL's colon is a word of its own to bash: put together what belongs together.
	if declare -F _get_comp_words_by_ref >/dev/null; then
		local words cword cur
		_get_comp_words_by_ref -n : -w words -i cword -c cur
		word=$cur
		mapfile -t lines < <(diurna complete -- "${words[@]:1:cword}" 2>/dev/null && echo ok)
	else
		mapfile -t lines < <(diurna complete -- "${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null && echo ok)
	fi
	COMPREPLY=()
	if [ ${#lines[@]} -eq 0 ]; then
		compopt -o filenames 2>/dev/null
		mapfile -t COMPREPLY < <(compgen -f -- "$word")
		return
	fi
	for line in "${lines[@]}"; do
		[ "$line" = ok ] || COMPREPLY+=("$(printf %q "${line%%$'\t'*}")")
	done
	if declare -F __ltrim_colon_completions >/dev/null; then
		__ltrim_colon_completions "$word"
	fi
}
complete -F _diurna diurna
