#!/bin/bash
# test_manners.sh - how the console behaves to its terminal and its shell, in tmux: ^Z and fg, sizes,
# a lost pane, what it keeps of itself, snapshots, batch. (tests/unit/test_manners.c has the bytes.)
SUITE='manners'
# shellcheck source=tests/e2e/console_lib.sh
. "$(dirname "$0")/console_lib.sh"

STATE=$HOME_DIR/roost/console.state

# modes: what tmux says of the pane: mouse, cursor, keypad, alternate screen.
modes() { tm display-message -p -t "$pane" '#{mouse_any_flag} #{cursor_flag} #{alternate_on}'; }
has_modes() { [ "$(modes)" = "$1" ]; }

# --- Stopped and continued, by a shell with jobs -------------------------------------------------
start 80 24 --lab small # for the server
tm new-session -d -s shell -x 80 -y 24 \
    "env HOME=$HOME_DIR XDG_STATE_HOME=$HOME_DIR XDG_CONFIG_HOME=$HOME_DIR TERM=$TERM_INSIDE PS1='shell> ' bash --norc --noprofile -i"
pane=shell
expect a-shell 'shell>'
text "'$ROOST' --lab small"
keys Enter
expect is-shown 'pc01'
expect_that takes-the-terminal has_modes '1 0 1'
keys C-z
expect stops 'Stopped'
expect_that stopped-it-is-clean has_modes '0 1 0'
text 'stty -a | tr " ;" "\n\n" | grep -cx -e echo -e icanon -e isig'
keys Enter
expect stopped-it-has-echo '^3$'
text 'fg'
keys Enter
expect continues 'pc01.*pc02'
expect_that takes-it-again has_modes '1 0 1'
tm resize-window -t shell -x 60 -y 20
expect smaller 'pc01'
tm resize-window -t shell -x 20 -y 5
expect too-small 'more room'
tm resize-window -t shell -x 120 -y 40
expect larger-again 'pc01.*pc02'
keys C-z
expect stops-again 'Stopped'
tm resize-window -t shell -x 90 -y 30
text 'fg'
keys Enter
expect continues-in-another-size 'pc01.*pc02'
keys q
expect ends 'shell>'
expect_that ended-it-is-clean has_modes '0 1 0'

# --- The pane goes away --------------------------------------------------------------------------
start 80 24 --lab small
expect is-there 'pc01'
pid=$(tm display-message -p -t one '#{pane_pid}')
child=$(pgrep -P "$pid" | head -1)
tm new-session -d -s other 'read -r _'
tm kill-session -t one
gone() { ! kill -0 "$1" 2>/dev/null; }
expect_that ends-with-its-pane gone "${child:-$pid}"

# --- The mouse is left to the terminal -----------------------------------------------------------
start 80 24 --lab small --no-mouse
expect no-mouse-is-shown 'pc01'
expect_that no-mouse has_modes '0 0 1'
keys q

# --- What it keeps of itself ---------------------------------------------------------------------
start 80 24 --lab small
expect begins 'pc01'
expect_that nothing-kept-at-first test ! -e "$STATE"
keys T
expect another-theme 'theme '
keys q
expect leaves 'status 0'
expect_that keeps-the-theme grep -q '^theme=' "$STATE"
expect_that of-the-operator-alone test "$(stat -c %a "$STATE" 2>/dev/null)" = 600
theme=$(sed -n 's/^theme=//p' "$STATE")
kept=$(cat "$STATE")
start 80 24 --lab small
printf '%s\n' "$kept" >"$STATE" # start begins as configured
open_pane two 80 24 --lab small
expect with-what-was-kept 'pc01'
keys T
expect goes-on-from-there 'theme '
expect_not is-the-next-one "theme $theme\$"
keys q
expect two-leaves 'status 0'
printf 'no \0 state\n[[[' >"$STATE"
open_pane three 80 24 --lab small
expect damaged-is-told 'console.state'
keys q
expect damaged-leaves 'status 0'

# --- Snapshots -----------------------------------------------------------------------------------
start 80 24 --lab small
expect to-be-kept 'pc01'
keys M-p
expect told-where 'screen-[0-9]+-[0-9]+.svg'
keys M-p
one_picture() { grep -ql '<svg.*role="img"' "$HOME_DIR"/roost/screen-*.svg; }
two_pictures() { [ "$(find "$HOME_DIR/roost" -name 'screen-*.svg' | wc -l)" -eq 2 ]; }
one_text() { grep -ql 'pc01' "$HOME_DIR"/roost/screen-*.ans; }
expect_that a-picture one_picture
expect_that never-over-another two_pictures
expect_that a-text one_text
keys q

work=$HOME_DIR/work
mkdir -p "$work"
roost() { HOME=$HOME_DIR XDG_STATE_HOME=$HOME_DIR "$ROOST" "$@"; }
expect_that verb-svg roost snapshot --lab small "$work/a.svg"
expect_that verb-is-a-picture grep -q '</svg>' "$work/a.svg"
cp "$work/a.svg" "$work/b.svg"
says_there() { roost snapshot --lab small "$work/a.svg" 2>&1 | grep -q 'is there already'; }
expect_that verb-does-not-overwrite says_there
expect_that verb-left-it cmp -s "$work/a.svg" "$work/b.svg"
expect_that verb-with-force roost snapshot --lab small --force "$work/a.svg"
says_no_theme() { ! roost snapshot --lab small --theme no-such "$work/c.svg" >/dev/null 2>&1 && [ ! -e "$work/c.svg" ]; }
expect_that verb-no-such-theme says_no_theme
in_the_night() { roost snapshot --lab ercolani --at 22:07 - | grep -q '22:07'; }
expect_that verb-at in_the_night

# --- Batch ---------------------------------------------------------------------------------------
batch() { roost --batch --lab small "$@"; }
lines_of() { [ "$(batch "$@" | wc -l)" -eq "$lines" ]; }
lines=24 && expect_that batch-is-80x24 lines_of
lines=43 && expect_that batch-of-a-size lines_of --size 132x43
plain() { ! batch | grep -q $'\e'; }
coloured() { batch --colours 256 | grep -q $'\e\[0'; }
expect_that batch-is-plain plain
expect_that batch-in-colours coloured
frames() { [ "$(batch --frames 3 --interval 0 | grep -c $'\f')" -eq 2 ]; }
expect_that batch-frames frames
expect_that batch-of-a-view eval 'batch --view jobs | grep -qi jobs'
wrong() { batch "$@" >/dev/null 2>&1; [ $? -eq 2 ]; }
expect_that batch-size-makes-sense wrong --size 0x5
expect_that batch-view-exists wrong --view nonsense
expect_that batch-interval-is-a-number wrong --interval soon
ascii() { ! LC_ALL=C batch | LC_ALL=C grep -q '[^ -~]'; }
expect_that batch-in-ascii ascii
full() { ! batch >/dev/full 2>/dev/null; }
expect_that batch-says-when-it-cannot-be-written full

finish
