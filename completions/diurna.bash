# Completion of diurna(1) for bash. What there is to offer, the program itself knows.

_diurna()
{
	local -a words=() lines
	local i word quote= before line
	# To bash "http://x" and "--a=b" are several words: put together what belongs together.
	for ((i = 1; i <= COMP_CWORD; i++)); do
		word=${COMP_WORDS[i]}
		if ((${#words[@]} > 1)) && [[ $word == [:=]* || ${words[-1]} == *[:=] ]]; then
			words[-1]+=$word
		else
			words+=("$word")
		fi
	done
	word=${words[-1]}
	if [[ $word == [\"\']* ]]; then
		quote=${word:0:1}
		word=${word:1}
		words[-1]=$word
	fi
	mapfile -t lines < <(diurna complete -- "${words[@]}" 2>/dev/null && echo ok)
	COMPREPLY=()
	if [ ${#lines[@]} -eq 0 ]; then
		compopt -o filenames 2>/dev/null
		mapfile -t COMPREPLY < <(compgen -f -- "$word")
		return
	fi
	# It replaces only what stands behind the last of these.
	before=${word%"${word##*[:=]}"}
	for line in "${lines[@]}"; do
		[ "$line" != ok ] || continue
		line=${line%%$'\t'*}
		[[ $line == "$before"* ]] && line=${line#"$before"}
		[ "$quote" ] || line=$(printf %q "$line")
		COMPREPLY+=("$line")
	done
}
complete -F _diurna diurna
