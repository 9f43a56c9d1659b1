#!/bin/bash
# test_terminals.sh - the real program on every kind of terminal: it draws the grid, answers keys as
# that terminal sends them, uses no more colours than there are, and gives the terminal back clean.
# script(1) keeps the bytes; tmux, which understands them all, shows what comes of them.
SUITE=terminals
# shellcheck source=tests/e2e/console_lib.sh
. "$(dirname "$0")/console_lib.sh"
command -v script >/dev/null || { echo "1..0 # SKIP script(1) is not installed"; exit 77; }
BYTES=$HOME_DIR/bytes

known() { infocmp "$1" >/dev/null 2>&1; }

# run TERM [VARIABLE=VALUE]... [-- ARGUMENT...]
run() {
    local term=$1
    shift
    local variables=()
    while [ $# -gt 0 ] && [ "$1" != -- ]; do variables+=("$1"); shift; done
    [ $# -eq 0 ] || shift
    tm kill-server 2>/dev/null
    runs=$((runs + 1)) SOCKET=roost-$SUITE-$$-$runs pane=one
    cat >"$HOME_DIR/go" <<EOF
exec env -u TMUX -u STY -u COLORTERM HOME=$HOME_DIR XDG_CONFIG_HOME=$HOME_DIR XDG_STATE_HOME=$HOME_DIR \\
    XDG_DATA_HOME=$HOME_DIR TERM=$term ${variables[*]} '$ROOST' --lab ercolani --speed 1 $*
EOF
    rm -f "$BYTES"
    tm new-session -d -s one -x 80 -y 24 \
        "script -q -e -f -c 'sh $HOME_DIR/go' '$BYTES'; echo status \$?; read -r _"
    tm set-option -g status off
}

all_hosts_show() {
    local text i
    text=$(screen)
    for i in $(seq -w 1 62); do [[ $text == *"pc$i"* ]] || return 1; done
}

# The SGR sequences, one a line.
sgr() { grep -aoP '\x1b\[[0-9;:]*m' "$BYTES" | tr -d '\033' | sort -u; }

# The parameters that set a colour say how many there are to choose from.
depth() {
    if sgr | grep -qE '[34]8[;:]2[;:]'; then echo 24bit
    elif sgr | grep -qE '[34]8[;:]5[;:]'; then echo 256
    elif sgr | grep -qE '(\[|;)(9[0-7]|10[0-7])(;|m)'; then echo 16
    elif sgr | grep -qE '(\[|;)[34][0-7](;|m)'; then echo 8
    else echo 0; fi
}
has_depth() { [ "$(depth)" = "$1" ]; }

# What the terminal itself sends for a key.
terminal_key() { # TERM CAPABILITY
    local bytes
    bytes=$(tput -T "$1" "$2" 2>/dev/null)
    [ -n "$bytes" ] && text "$bytes"
}

is_given_back() {
    # Mouse and paste modes that were turned on are off again, the last word on each.
    local mode
    for mode in 1002 1006 2004; do
        case $(grep -aoP '\x1b\[\?'$mode'[hl]' "$BYTES" | tail -1) in *h) return 1 ;; esac
    done
    # Attributes are reset behind the last that was set, and the cursor is shown.
    case $(grep -aoP '\x1b\[[0-9;:]*m' "$BYTES" | tail -1 | tr -d '\033') in
    '[m' | '[0m' | '[0;10m' | '[0;39;49m' | '[39;49m' | '[m17' | '[37;40m') ;;
    *) return 1 ;;
    esac
}

only_ascii() { ! LC_ALL=C grep -aqP '[\x80-\xff]' "$BYTES"; }
no_mouse_modes() { ! grep -aqP '\x1b\[\?100[0-9]h' "$BYTES"; }

# check TERM DEPTH [VARIABLE=VALUE]... [-- ARGUMENT...]
check() {
    local term=$1 wanted=$2 name
    shift 2
    name=$term${*:+_$*}
    name=$(echo "$name" | tr -c 'a-zA-Z0-9_\n-' _)
    if ! known "$term"; then
        n=$((n + 1))
        echo "ok $n - /e2e/$SUITE/$name # SKIP no description of $term"
        return
    fi
    run "$term" "$@"
    expect_that "${name}_draws_the_grid" all_hosts_show
    if ! terminal_key "$term" kf1; then text '?'; fi
    expect "${name}_answers_a_key" 'to the host on the left'
    keys Escape
    expect "${name}_comes_back" 'pc62'
    terminal_key "$term" kcud1 || text j
    expect "${name}_moves_down" '^ pc(09|10)  '
    has_depth "$wanted"
    if [ "$(depth)" = "$wanted" ]; then report ok "${name}_has_${wanted}_colours"; else
        echo "# has $(depth)"; report no "${name}_has_${wanted}_colours"
    fi
    text /
    text 'pc421'
    text "$ERASE"
    expect "${name}_erases" 'pc42( |$|_)'
    keys C-g # not Escape: with what follows at once it would be an Alt
    keys q
    expect "${name}_leaves" 'status 0'
    expect_that "${name}_gives_the_terminal_back" is_given_back
}

# Not all machines have the descriptions of 24 bits.
direct() { if known "$1"; then echo 24bit; else echo 256; fi; }

ERASE=$'\x7f'
check xterm-256color 256
check xterm-256color "$(direct xterm-direct)" COLORTERM=truecolor
check xterm-256color 0 NO_COLOR=1
check xterm-256color 256 NO_COLOR=1 -- --colours 256
check xterm-256color 8 -- --colours 8
check xterm-256color 0 -- --colours never
check xterm 8
check xterm-direct 24bit
check xterm-16color 16
check tmux-256color 256
check tmux-256color "$(direct tmux-direct)" COLORTERM=truecolor
check screen-256color 256
check screen-256color 256 COLORTERM=truecolor
ERASE=$'\x08'
check screen 8
check linux 8
check linux 8 COLORTERM=truecolor
check ansi 8
check putty 8
check putty-256color 256
check rxvt-unicode-256color 256
check foot 256
check alacritty 256
check xterm-kitty 256
check vt220 0
if no_mouse_modes; then report ok vt220_gets_no_mouse_modes; else report no vt220_gets_no_mouse_modes; fi
check vt100 0 COLORTERM=truecolor
if only_ascii; then report ok vt100_gets_ascii_only; else report no vt100_gets_ascii_only; fi
check xterm-256color 256 LC_ALL=C
if only_ascii; then report ok ascii_in_the_c_locale; else report no ascii_in_the_c_locale; fi
check linux 8 LC_ALL=C LANG=C

run dumb
expect dumb_is_told_what_to_do 'TERM="dumb" is not able to move its cursor: set TERM'
expect dumb_fails 'status 1'
run no-such-terminal
expect unknown_terminal_is_told_what_to_do 'TERM="no-such-terminal" is not known here: set TERM'
expect unknown_terminal_fails 'status 1'
run xterm-256color -- --colours many
expect wrong_colours_are_refused 'colours many: is not auto, never, 8, 16, 256 or 24bit'
expect wrong_colours_are_wrong_usage 'status 2'
run xterm-256color -- --theme no-such
expect unknown_theme_is_told 'no theme "no-such": not in'
expect unknown_theme_fails 'status 1'
finish
