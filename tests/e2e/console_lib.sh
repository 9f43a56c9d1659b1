# console_lib.sh - what the tests of the console in tmux share: starting it, keys and mouse in, the
# screen out. Sourced; SUITE names the suite in what is reported. The screen is polled with a
# deadline (poll_lib.sh); nothing is waited for by sleeping a fixed time.
# shellcheck shell=bash
set -u
# shellcheck source=tests/e2e/poll_lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/poll_lib.sh"
command -v tmux >/dev/null || { echo "1..0 # SKIP tmux is not installed"; exit 77; }
export LC_ALL=C.UTF-8 TZ=UTC
unset TMUX NO_COLOR
OUT=${OUT:-build/release}
ROOST=$PWD/$OUT/roost
HOME_DIR=$(mktemp -d)
TERM_INSIDE=tmux-256color
n=0 runs=0 pane=one SOCKET=roost-$SUITE-$$-0

tm() { tmux -L "$SOCKET" -f /dev/null "$@"; }
end_console() {
    tm kill-server 2>/dev/null
    rm -rf "$HOME_DIR" "${TMUX_TMPDIR:-/tmp}"/tmux-"$UID"/roost-"$SUITE"-$$-*
}
trap end_console EXIT

# open_pane SESSION WIDTH HEIGHT ARGUMENTS...: one more console; what follows is about it.
open_pane() {
    pane=$1
    local width=$2 height=$3
    shift 3
    tm new-session -d -s "$pane" -x "$width" -y "$height" \
        "env HOME=$HOME_DIR XDG_CONFIG_HOME=$HOME_DIR XDG_DATA_HOME=$HOME_DIR XDG_STATE_HOME=$HOME_DIR TERM=$TERM_INSIDE '$ROOST' $*; echo status \$?; read -r _"
    tm set-option -g status off
}

# start WIDTH HEIGHT ARGUMENTS...: the only console; one that was there is ended. A server that is
# ending would take the new session with it, so each has a socket of its own.
start() {
    tm kill-server 2>/dev/null
    runs=$((runs + 1))
    rm -f "$HOME_DIR/roost/console.state" # each begins as configured
    SOCKET=roost-$SUITE-$$-$runs
    open_pane one "$@"
}

screen() { tm capture-pane -p -t "$pane" 2>/dev/null; }
colours() { tm capture-pane -p -e -t "$pane" 2>/dev/null; }

# An Escape is sent alone: what follows at once would make it the beginning of a sequence.
keys() { tm send-keys -t "$pane" "$@"; }
text() { tm send-keys -t "$pane" -l "$1"; }

# mouse BUTTON X Y M|m: one SGR sequence; X and Y from 1. BUTTON + 32 is a movement.
mouse() { text $'\e'"[<$1;$2;$3$4"; }

# drag FROM_X FROM_Y TO_X TO_Y: press, move, release.
drag() {
    mouse 0 "$1" "$2" M
    mouse 32 "$3" "$4" M
    mouse 0 "$3" "$4" m
}

report() { # ok|no NAME
    n=$((n + 1))
    if [ "$1" = ok ]; then
        echo "ok $n - /e2e/$SUITE/$2"
    else
        echo "not ok $n - /e2e/$SUITE/$2"
        screen | sed 's/^/# /'
    fi
}

shows() { screen | grep -qE -- "$1"; }
shows_not() { ! shows "$1"; }

# expect NAME PATTERN: one promise. expect_that NAME COMMAND...: the same of anything.
expect() { if until_true shows "$2"; then report ok "$1"; else report no "$1"; fi; }
expect_not() { if until_true shows_not "$2"; then report ok "$1"; else report no "$1"; fi; }
expect_that() {
    local name=$1
    shift
    if until_true "$@"; then report ok "$name"; else report no "$name"; fi
}

# where_is TEXT: "X Y", from 1, of its first place on the screen; nothing when it is not there.
where_is() {
    screen | awk -v wanted="$1" '{ x = index($0, wanted); if (x) { print x, NR; exit } }'
}

# Opens the palette with a line, and waits for it: what is typed before that means something else.
line() {
    keys :
    until_true shows '^ :' || return
    text "$1"
}

finish() { echo "1..$n"; }
