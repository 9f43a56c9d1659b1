# bash completion for roost (made by: roost help --completion bash)
_roost() {
    local cur=${COMP_WORDS[COMP_CWORD]} joined=no word kind text i
    local -a words=()
    for ((i = 1; i <= COMP_CWORD; i++)); do
        word=${COMP_WORDS[i]}
        if [[ ${#words[@]} -gt 0 && ( $word == [=:] || $word == :: || $joined == yes ) ]]; then
            words[-1]+=$word
        else
            words+=("$word")
        fi
        [[ $word == [=:] || $word == :: ]] && joined=yes || joined=no
    done
    [[ $cur == [=:] || $cur == :: ]] && cur=
    cur=${cur#[\'\"]} words[-1]=${words[-1]#[\'\"]}
    local before=${words[-1]%"$cur"}
    COMPREPLY=()
    while IFS=$'\t' read -r kind text _; do
        if [[ $kind == file ]]; then
            compopt -o filenames 2>/dev/null
            while IFS= read -r text; do
                COMPREPLY+=("$text")
            done < <(compgen -f -- "$cur")
        else
            printf -v text %q "$text"
            COMPREPLY+=("${text#"$before"}")
        fi
    done < <("${COMP_WORDS[0]}" complete -- "${words[@]}" 2>/dev/null)
}
complete -F _roost roost
