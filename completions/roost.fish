# fish completion for roost (made by: roost help --completion fish)
function __roost_complete
    set -l words (commandline -opc) (commandline -ct)
    $words[1] complete -- $words[2..-1] 2>/dev/null | while read -l -d \t kind text help
        if test "$kind" = file
            __fish_complete_path (commandline -ct)
        else
            printf '%s\t%s\n' $text $help
        end
    end
end
complete -c roost -f -a '(__roost_complete)'
