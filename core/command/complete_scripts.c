#include "core/command/complete_scripts.h"

#include <glib.h>
#include <string.h>

/* bash takes words apart at = and :, which roost does not: they are put together again. */
static const char bash_script[] =
    "# bash completion for roost (made by: roost help --completion bash)\n"
    "_roost() {\n"
    "    local cur=${COMP_WORDS[COMP_CWORD]} joined=no word kind text i\n"
    "    local -a words=()\n"
    "    for ((i = 1; i <= COMP_CWORD; i++)); do\n"
    "        word=${COMP_WORDS[i]}\n"
    "        if [[ ${#words[@]} -gt 0 && ( $word == [=:] || $word == :: || $joined == yes ) ]]; "
    "then\n"
    "            words[-1]+=$word\n"
    "        else\n"
    "            words+=(\"$word\")\n"
    "        fi\n"
    "        [[ $word == [=:] || $word == :: ]] && joined=yes || joined=no\n"
    "    done\n"
    "    [[ $cur == [=:] || $cur == :: ]] && cur=\n"
    "    cur=${cur#[\\'\\\"]} words[-1]=${words[-1]#[\\'\\\"]}\n"
    "    local before=${words[-1]%\"$cur\"}\n"
    "    COMPREPLY=()\n"
    "    while IFS=$'\\t' read -r kind text _; do\n"
    "        if [[ $kind == file ]]; then\n"
    "            compopt -o filenames 2>/dev/null\n"
    "            while IFS= read -r text; do\n"
    "                COMPREPLY+=(\"$text\")\n"
    "            done < <(compgen -f -- \"$cur\")\n"
    "        else\n"
    "            printf -v text %q \"$text\"\n"
    "            COMPREPLY+=(\"${text#\"$before\"}\")\n"
    "        fi\n"
    "    done < <(\"${COMP_WORDS[0]}\" complete -- \"${words[@]}\" 2>/dev/null)\n"
    "}\n"
    "complete -F _roost roost\n";

static const char zsh_script[] =
    "#compdef roost\n"
    "# zsh completion for roost (made by: roost help --completion zsh)\n"
    "_roost() {\n"
    "    local kind text help files=no\n"
    "    local -a texts shown\n"
    "    while IFS=$'\\t' read -r kind text help; do\n"
    "        if [[ $kind == file ]]; then\n"
    "            files=yes\n"
    "        else\n"
    "            texts+=(\"$text\")\n"
    "            shown+=(\"$text${help:+  -- $help}\")\n"
    "        fi\n"
    "    done < <(\"${(Q)words[1]}\" complete -- \"${(@Q)words[2,CURRENT]}\" 2>/dev/null)\n"
    "    (( $#texts )) && compadd -l -d shown -a texts\n"
    "    [[ $files == yes ]] && _files\n"
    "    return 0\n"
    "}\n"
    "if [[ $funcstack[1] == _roost ]]; then\n"
    "    _roost \"$@\"\n"
    "else\n"
    "    compdef _roost roost\n"
    "fi\n";

static const char fish_script[] =
    "# fish completion for roost (made by: roost help --completion fish)\n"
    "function __roost_complete\n"
    "    set -l words (commandline -opc) (commandline -ct)\n"
    "    $words[1] complete -- $words[2..-1] 2>/dev/null | while read -l -d \\t kind text help\n"
    "        if test \"$kind\" = file\n"
    "            __fish_complete_path (commandline -ct)\n"
    "        else\n"
    "            printf '%s\\t%s\\n' $text $help\n"
    "        end\n"
    "    end\n"
    "end\n"
    "complete -c roost -f -a '(__roost_complete)'\n";

const char *complete_script(const char *shell)
{
    if (strcmp(shell, "bash") == 0)
        return bash_script;
    if (strcmp(shell, "zsh") == 0)
        return zsh_script;
    return strcmp(shell, "fish") == 0 ? fish_script : NULL;
}
