# Completion of diurna(1) for fish. What there is to offer, the program itself knows.

function __diurna_complete
	set -l words (commandline -opc) (commandline -ct)
	diurna complete -- $words[2..-1] 2>/dev/null
	if test $status -eq 3
		__fish_complete_path (commandline -ct)
	end
end
complete -c diurna -f -a '(__diurna_complete)'
