#!/bin/bash
# roost shell: as a script, at a terminal (tmux, 80x24), and the completions of other shells.
# shellcheck disable=SC2016,SC2317 # conditions are called, and expanded, by check
# shellcheck source=tests/e2e/command_lib.sh
. "$(dirname "$0")/command_lib.sh"
command -v tmux >/dev/null || { echo "1..0 # SKIP tmux is not installed"; exit 77; }
socket=roost-shell-$$-0
tm() { tmux -L "$socket" -f /dev/null "$@"; }
trap 'tm kill-server 2>/dev/null; rm -rf "$work" "${TMUX_TMPDIR:-/tmp}"/tmux-"$UID"/roost-shell-$$-*' EXIT
unset TMUX
history=$work/.local/state/roost/history
runs=0

# --- A script ---
script() { # TEXT OPTION...
    printf '%b' "$1" >"$work/script"
    shift
    "$roost" --lab small shell "$@" <"$work/script" >"$work/out" 2>"$work/err"
    status=$?
}

screen() { tm capture-pane -p 2>/dev/null; }

script 'migrate pc04 pc05\nfindVM pc04 # where it is\n\n   \nlist Off\n'
check "one session: what a line did the next one sees" eval 'ended 0 && says out "^pc04	pc05	10.0.0.5	running" && [ ! -s "$work/err" ]'
script 'find pc04'
check "the last line needs no newline" eval 'ended 0 && lines 1'
script 'find nowhere\nfind pc04\n'
check "it ends at the first failure" eval 'ended 1 && lines 0 && says err "line 1 failed"'
script 'find nowhere\nlst\nfind pc04\n' --keep-going
check "and goes on when told" eval 'ended 1 && lines 1 && says err "Did you mean"'
script 'lst\n'
check "with the status of what failed" ended 2
script 'remote pc01 -- exit 7\nfind nowhere\n' --keep-going
check "be it a command's own" ended 127
script 'find pc04\nexit\nfind pc05\n'
check "exit leaves" eval 'ended 0 && lines 1'
script ''
check "an empty script does nothing" eval 'ended 0 && lines 0 && [ ! -s "$work/err" ]'
script "find 'pc04\n"
check "an open quote is told" eval 'ended 2 && says err "line 1 failed"'
script 'find a\0b\n'
check "what is no text is told" eval 'ended 2 && says err "UTF-8"'
script 'list --format json\nlist vm --format xml\n'
check "a document ends with its line" eval 'ended 0 && says out "^}$" && says out "^</roost>$"'
check "a script leaves no history" [ ! -e "$history" ]
printf '[cluster]\nstore=%s/store\n' "$work" >"$work/reads.conf"
printf 'add-node --file -\n10.0.0.1\n10.0.0.2\n' | "$roost" -c "$work/reads.conf" --lab small shell >"$work/out" 2>"$work/err"
status=$?
check "a verb may read what follows it" eval 'ended 1 && says err "10.0.0.2: is in the cluster" && says err "line 1 failed"'

# --- At a terminal ---
start() { # OPTION...
    tm kill-server 2>/dev/null
    runs=$((runs + 1)) # a server that is ending would take the new session with it
    socket=roost-shell-$$-$runs
    tm new-session -d -x 80 -y 24 "\"$roost\" --lab small shell $*; echo ended \$?; exec cat"
}
type_keys() { tm send-keys "$@"; }
# The last line that is not empty.
last() { screen | sed '/^ *$/d; s/ *$//' | tail -n 1; }
shows() { screen | grep -qe "$1"; }
appears() { until_true shows "$1"; }
prompts() { until_true eval '[[ $(last) == "[small manual] cluster>" ]]'; }
last_is() { until_true eval '[[ $(last) == "'"$1"'" ]]'; }

rm -f "$work/out" "$work/err"
start --speed 1
check "the prompt tells cluster and mode" prompts
type_keys "fin" Tab "pc0" Tab
check "TAB completes a verb, and lists what may follow" appears "^pc01  *pc02 .* pc08"
type_keys "4" Enter
check "a line is run" appears "^pc04 .*running"
type_keys "migrat pc04" Home Right Right Right Right Right Right "e" End " pc0" Tab "5" C-a C-k
check "a line can be edited, and killed" prompts
type_keys C-y
check "and put back" last_is "[small manual] cluster> migrate pc04 pc05"
type_keys Enter
check "a migration runs" appears "pc04 to pc05: running"
type_keys C-c
check "^C cancels it" appears "pc05: cancelled: "
check "and not the shell" prompts
type_keys "find p"
last_is "[small manual] cluster> find p"
type_keys C-c
check "^C drops a line" eval 'appears "find p^C" && prompts'
type_keys "migrate pc04 pc05 &" Enter
check "& does not wait" appears "^job 2: vm pc04 from pc04 to pc05: queued"
type_keys "list v"
check "how it ended appears above what is typed" eval 'appears "^job 2: .*done: in" && last_is "[small manual] cluster> list v"'
type_keys "m" Enter
check "which can be gone on with" appears "^pc04  pc05  running"
type_keys " find pc01" Enter
check "another line" appears "^pc01  pc01  10.0.0.1"
type_keys Up
check "a line that begins with a blank is not remembered" last_is "[small manual] cluster> list vm"
type_keys C-u "find 名前" BSpace "x" Enter
check "a character is one, however wide" appears "vm 名x: there is no such VM"
check "the history is kept, for its owner alone" eval '[ "$(stat -c %a "$history")" = 600 ] && grep -q "^list vm$" "$history" && ! grep -q "find pc01" "$history"'
type_keys "migrate pc04 pc05" Enter
check "what is refused is told" appears "roost: .*pc04"
type_keys "off pc04 &" Enter
check "a host is going off" appears "job 3: switch off pc04: queued"
type_keys C-d
check "^D asks while jobs run" appears "1 job is under way"
type_keys C-d
check "and then leaves" appears "^ended 0"
start
prompts
type_keys Up
check "history is there the next time" last_is "[small manual] cluster> off pc04 &"
type_keys C-u C-d
check "^D leaves at once when nothing runs" appears "^ended 0"
start
prompts
tm resize-window -x 60 -y 20
type_keys "help shell" Enter
check "a smaller terminal does no harm" prompts
pid=$(tm list-panes -F '#{pane_pid}')
kill -TERM "$(pgrep -P "$pid" roost || echo "$pid")"
check "SIGTERM ends it" appears "^ended 0"

# --- The completions of other shells ---
tm kill-server 2>/dev/null
for made in "bash completions/roost.bash" "zsh completions/_roost" "fish completions/roost.fish"; do
    "$roost" help --completion "${made% *}" >"$work/out" 2>"$work/err"
    status=$?
    check "what is installed for ${made% *} is what the program prints" cmp "$work/out" "${made#* }"
done
"$roost" help --completion tcsh >"$work/out" 2>"$work/err"
status=$?
check "another shell is wrong usage" ended 2
"$roost" help --commands >"$work/out" 2>"$work/err"
check "docs/commands.md is what the program prints" cmp "$work/out" docs/commands.md

# completed WORD...: what bash would offer for the last word, as it splits words.
completed() {
    (
        set +u
        # shellcheck source=/dev/null
        . completions/roost.bash
        COMP_WORDS=("$roost" "$@")
        COMP_CWORD=$#
        _roost
        echo "${COMPREPLY[*]}"
    )
}
offers() { # EXPECTED WORD...
    local expected=$1
    shift
    completed "$@" >"$work/out" 2>"$work/err"
    [ "$(cat "$work/out")" = "$expected" ]
}
check "bash: verbs" offers "migrate" migr
check "bash: VMs of the lab that is named" offers "pc07" --lab small find pc07
check "bash: hosts" offers "pc08" --lab=small migrate pc01 pc08
check "bash: hosts, with --lab as bash splits it" offers "pc08" --lab = small migrate pc01 pc08
check "bash: an option's words" offers "pack pairs" compact --policy ""
check "bash: an option's words after =" offers "pack pairs" compact --policy = pa
check "bash: an option's words right after =" offers "pack pairs" compact --policy =
check "bash: files" offers "scripts" add-node --file script
check "bash: nothing for a lab that is not there" offers "" --lab nowhere find pc0
check "bash: an open quote" offers "pc07" --lab small find "'pc07"
mkdir -p "$work/shown"
printf '[cluster]\nstore=%s/shown\n' "$work" >"$work/lab.conf"
"$roost" -c "$work/lab.conf" --lab small add-node 10.0.0.3 >/dev/null
before=$(find "$work/shown" -type f -printf '%p %T@\n' | sort)
check "bash: hosts of the store" offers "pc03" -c "$work/lab.conf" --lab small list pc
check "and the store is not written" [ "$before" = "$(find "$work/shown" -type f -printf '%p %T@\n' | sort)" ]
if command -v zsh >/dev/null; then
    check "zsh can read its own" zsh -n completions/_roost
fi
if command -v fish >/dev/null; then
    check "fish can read its own" fish -n completions/roost.fish
    PATH=$(dirname "$roost"):$PATH fish --no-config -c \
        'source completions/roost.fish; complete -C"roost --lab small find pc07"' >"$work/out" 2>"$work/err"
    check "fish: VMs" eval 'says out "^pc07	running on pc07"'
fi

finish
