# shellcheck shell=bash
# The console itself, in tmux: keys and mouse in, the screen out. Sourced after testlib.sh; skips the
# test where there is no tmux.
# shellcheck disable=SC2034,SC2154 # for the tests, and from testlib.sh
command -v tmux >/dev/null || { echo "skipped: tmux is not installed" && exit 77; }
unset TMUX NO_COLOR
tm() { tmux -S "$work/tmux" -f /dev/null "$@"; }
trap 'tm kill-server 2>/dev/null; clean_up' EXIT
# What the console keeps (console.state, history, filters) stays in the test. The keys it logs in with
# are named by the lab's configuration, so a home of its own takes nothing away from it.
mkdir -p "$work/home"

# shown shows the last screen when a promise is broken, as check does what was said.
pane=one # which console is meant
screen() { tm capture-pane -p -t "$pane" 2>/dev/null | tee "$work/out"; }
shows() { screen | grep -qE -e "$1"; }
shows_not() { ! shows "$1"; }
keys() { tm send-keys -t "$pane" "$@"; }
mouse() { tm send-keys -t "$pane" -l $'\e'"[<$1;$2;$3$4"; }
# Where a text stands: sets x and y, from 1 as the terminal counts.
find_text() {
    local line before
    y=0
    while IFS= read -r line; do
        y=$((y + 1))
        before=${line%%"$1"*}
        if [[ $before != "$line" ]]; then
            x=$((${#before} + 1))
            return
        fi
    done < <(screen)
    return 1
}
# How long until the screen shows it, from now.
answers() { # PATTERN KEY...
    local pattern=$1 begin
    shift
    begin=$(now_ms)
    keys "$@"
    until_true 5 shows "$pattern"
    local found=$?
    took_ms=$(($(now_ms) - begin))
    return "$found"
}
open_console() { # WIDTH HEIGHT: the only one, as configured, whatever the one before kept
    tm kill-server 2>/dev/null
    rm -f "$work/home/roost/console.state"
    # The old server may be about to end, and take us for its own.
    until_true 10 open_pane one "$@"
    tm set-option -g status off
}
open_pane() { # NAME WIDTH HEIGHT [ARGUMENT...]: one more, which is meant from now on
    local width=$2 height=$3
    pane=$1
    shift 3
    tm new-session -d -s "$pane" -x "$width" -y "$height" \
        "env HOME='$work/home' XDG_STATE_HOME='$work/home' TERM=tmux-256color '$roost' -c '$conf' $*; echo status \$?; exec sleep 1000" 2>/dev/null
}
# The process of roost in it.
console_pid() { pgrep -P "$(tm list-panes -t "$pane" -F '#{pane_pid}')" -x roost; }
# Escape and the key after it must not come as one: then they would be another key.
escape() { # PATTERN: what is closed
    keys Escape
    until_true 5 shows_not "$1"
}
# Whether its journal (L) shows it, now or within so many seconds (10). Closes it again.
journal_shows() { # PATTERN [SECONDS]
    keys L
    until_true "${2:-10}" shows "$1"
    local found=$?
    escape 'Journal ─'
    return "$found"
}
