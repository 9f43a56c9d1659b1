#!/bin/bash
# test_every_action.sh - each action of the program's own table by key, by mouse and by palette, each
# entry of the menu by mouse, and each verb by palette, on the simulated lab in tmux. What is tried,
# and what must be seen, stands in every_action_table.sh and every_verb_table.sh; what stands in none
# of them fails here, so that nothing is added without being tried.
#
#     KEYMAP=vi PASSES=key ONLY='cursor-*' tests/e2e/test_every_action.sh     another keymap, some
SUITE=every_action
# shellcheck source=tests/e2e/console_lib.sh
. "$(dirname "$0")/console_lib.sh"
# shellcheck source=tests/e2e/every_action_table.sh
. "$(dirname "$0")/every_action_table.sh"
# shellcheck source=tests/e2e/every_verb_table.sh
. "$(dirname "$0")/every_verb_table.sh"
KEYMAP=${KEYMAP:-default}
declare -A key_of

# Each pass has a server of its own, which ends with it or with this.
end_passes() {
    for way in key mouse palette; do tmux -L "roost-$SUITE-$$-$way" kill-server 2>/dev/null; done
    end_console
}
trap end_passes EXIT

# --- What the program says there is ----------------------------------------------------------------

# actions: "ACTION FIRST-KEY" a line, of the keymap; the help of the keymaps is its table.
actions() {
    "$ROOST" help keymaps | awk -F ' [|] ' -v keymap="$KEYMAP" '
        /^\| action \|/ { for (i = 1; i <= NF; i++) { name = $i; gsub(/[^a-z-]/, "", name)
                                                      if (name == keymap) column = i } }
        column && /^\| `/ { split($1, row, "`"); split($column, key, "`"); print row[2], key[2] }'
}
verbs() { "$ROOST" help | awk '/^Verbs:/ { on = 1; next } /^$/ { on = 0 } on { print $1 }'; }

# told ACTION WAY: TRUE when the table has a row for it, or a reason.
told() {
    local what way
    while read -r what way _; do
        # shellcheck disable=SC2053
        [[ $1 == $what && $2 == "$way" ]] && return
    done <<<"$table"
    return 1
}

# --- Keys, mouse and palette -----------------------------------------------------------------------

press() {
    case $1 in
    PageUp) keys PPage ;;
    PageDown) keys NPage ;;
    BackTab) keys BTab ;;
    Delete) keys DC ;;
    Insert) keys IC ;;
    ';') keys '\;' ;;
    *) keys "$1" ;;
    esac
}

# words "WORD ...": see every_action_table.sh.
words() {
    local word
    for word in $1; do
        case $word in
        text=*) text "${word#text=}" ;;
        see=*) until_true shows "$(jobs_named "${word#see=}")" || return ;;
        setup_*) "$word" || return ;;
        *) if [ -n "${key_of[$word]-}" ]; then press "${key_of[$word]}"; else keys "$word"; fi ;;
        esac
    done
}

# place TEXT: x and y of it, once it is there.
place() {
    until_true is_somewhere "${1//_/ }" || return
    read -r x y <<<"$(where_is "${1//_/ }")"
}
is_somewhere() { [[ $(screen) == *"$1"* ]]; }
click_with() { # BUTTON TEXT
    place "$2" || return
    mouse "$1" "$x" "$y" M
    mouse "$1" "$x" "$y" m
}
hold() { # FROM>TO
    place "${1%>*}" || return
    mouse 0 "$x" "$y" M
    mouse 32 $((x + 1)) "$y" M
    place "${1#*>}" || return
    mouse 32 "$x" "$y" M
}
# The footer's word for the action stands behind its key.
click_footer() {
    local line
    until_true footer_has "${key_of[$1]} " || return
    line=$(screen | tail -1)
    line=${line%%" ${key_of[$1]} "*}
    mouse 0 $((${#line} + 2)) "$(screen | wc -l)" M
    mouse 0 $((${#line} + 2)) "$(screen | wc -l)" m
}
footer_has() { [[ $(screen | tail -1) == *" $1"* ]]; }

# by_mouse ACTION "GESTURE ...".
by_mouse() {
    local gesture
    for gesture in $2; do
        case $gesture in
        footer) click_footer "$1" ;;
        click:*) click_with 0 "${gesture#click:}" ;;
        right:*) click_with 2 "${gesture#right:}" ;;
        ctrl:*) click_with 16 "${gesture#ctrl:}" ;;
        shift:*) click_with 4 "${gesture#shift:}" ;;
        hold:*) hold "${gesture#hold:}" ;;
        drop:*) hold "${gesture#drop:}" && mouse 0 "$x" "$y" m ;;
        wheel-up) for _ in {1..30}; do mouse 64 9 9 M; done ;;
        wheel-down) for _ in {1..30}; do mouse 65 9 9 M; done ;;
        *) words "$gesture" ;;
        esac || return
    done
}

# runs LINE: in the palette, and it is closed again. What would be typed next is dropped until then.
palette_closed() { shows_not '^ :'; }
runs() { type_line "$1" && until_true palette_closed; }
type_line() {
    line "$1" && until_true typed_is "$1" && keys Enter
}
typed_is() { [[ $(screen | tail -1) == " :$1"* ]]; }

# --- What is set up for a row ----------------------------------------------------------------------

idle() { shows 'nothing under way'; }
setup_list() { runs list && until_true shows '── list ─'; }
setup_let_go() { keys C-g && until_true shows_not 'in hand' && mouse 0 "$x" "$y" m; }
setup_moved() {
    runs "migrate pc50 pc5$((moved % 2 + 1))" && moved=$((moved + 1)) &&
        until_true shows 'u takes it back' && keys C-g
}
setup_undo() { words undo && until_true shows 'Take .* back' && keys t && until_true idle; }
setup_pairs() { runs 'policy pairs'; }
setup_pack() { runs 'policy pack'; }
setup_away() { runs 'migrate pc07 pc08' && until_true idle; }
setup_undrain() { setup_idle && runs 'undrain pc20' && until_true shows 'pc20 +[ue]'; }
# The tenth host, without a VM.
setup_empty() {
    setup_idle
    if shows 'pc10 +[ur]'; then runs 'migrate pc10 pc11' && until_true shows 'pc10 +e' || return; fi
    keys C-g
    text 10
    words 'cursor-last see=^.pc10'
}
setup_off() { setup_empty && runs 'off pc10' && until_true shows 'pc10 +-' && until_true idle && keys C-g; }
setup_on() {
    setup_idle
    if shows 'pc10 +-'; then runs 'wake pc10'; fi
    until_true shows 'pc10 +[eur]' && until_true idle
}
setup_idle() { leave && until_true idle; }
# Two jobs that wait, as long as the clock stands; and they are all gone.
setup_waiting() {
    words 'pause see=SIM.paused'
    runs 'migrate pc40 pc45' && runs 'migrate pc41 pc45' && words 'jobs see=queued.+vm.pc41' || return
    first=$(screen | awk '/queued +vm pc40/ { print $1; exit }')
    keys Home
}
# A line with the numbers of those two.
jobs_named() {
    local named=${1/FIRST/$first}
    printf '%s' "${named/SECOND/$((first + 1))}"
}
# shows, but that a pattern with ¶ goes over the ends of lines.
sees() {
    local all
    case $1 in *¶*) ;; *) shows "$1"; return ;; esac
    all=$(screen)
    grep -qE -- "$1" <<<"${all//$'\n'/¶}"
}
sees_not() { ! sees "$1"; }
setup_go_on() {
    leave
    words cancel-jobs
    until_true shows_not '[0-9] waiting'
    words 'pause see=SIM.x60'
    until_true idle
}
setup_arrived() { PATIENCE=90 until_true shows 'SIM x60'; }
setup_garbage() { printf '\e[6;20HGARBAGE' >"$(tm display-message -p -t "$pane" '#{pane_tty}')"; until_true shows GARBAGE; }
# What was let go of after the end is no part of the line.
setup_again() { keys C-u && launch; }

# --- The rows --------------------------------------------------------------------------------------

# A shell with jobs, which tells how it ended, for what leads to one.
open_shell() { # WIDTH HEIGHT
    pane=one SOCKET=roost-$SUITE-$$-$1
    HOME_DIR=$HOME_DIR/$1
    mkdir -p "$HOME_DIR"
    tm new-session -d -s one -x "$2" -y "$3" "env HOME=$HOME_DIR XDG_CONFIG_HOME=$HOME_DIR XDG_DATA_HOME=$HOME_DIR XDG_STATE_HOME=$HOME_DIR TERM=$TERM_INSIDE PS1='status \$? ' bash --norc --noprofile -i"
    tm set-option -g status off
    until_true shows '^status 0'
    launch
}
# With an autopilot that has no mind of its own.
launch() {
    text "clear; '$ROOST' --lab ercolani --keymap $KEYMAP"
    keys Enter
    until_true shows ' 62 on'
    words 'automatic see=By.hours: m see=MANUAL'
}
leave() {
    keys C-g C-g C-g C-g C-g C-g
    words unmark
    keys Home
}
at_home() { shows '^ pc01 ' && shows '^pc01' && shows_not '┌─|in hand|filter:|^ vm '; }

# try ROW-NAME WAY BEFORE DO SEEN AFTER
try() {
    local what=$1 way=$2 name=${1//:/-}-by-$2 before_it=sees_not after_it=sees seen
    case $5 in '!'*) before_it=sees after_it=sees_not ;; esac
    leave
    until_true at_home || { report no "$name: comes home"; return; }
    words "$3" || { report no "$name: is set up"; return; }
    seen=$(jobs_named "${5#!}")
    if [ "$way" = palette ]; then line "$(jobs_named "$4")" && until_true typed_is "$(jobs_named "$4")"; fi
    until_true "$before_it" "$seen" || { report no "$name: is not so before"; return; }
    case $way in
    key) words "$what" ;;
    mouse) by_mouse "$what" "$4" ;;
    palette) keys Enter ;;
    esac
    expect_that "$name" "$after_it" "$seen"
    words "$6"
}

# pass WAY: all rows of it, in the order of the table.
trim() { local t=${1#"${1%%[! ]*}"}; printf '%s' "${t%"${t##*[! ]}"}"; }
pass() {
    local name before deed seen after what way
    while IFS='|' read -r name before deed seen after <&3; do
        read -r what way _ <<<"$name"
        if [ "$way" != "$1" ] || [ -z "$seen" ]; then continue; fi
        # shellcheck disable=SC2053
        [[ $what == ${ONLY:-*} ]] || continue
        try "$what" "$way" "$before" "$(trim "$deed")" "$(trim "$seen")" "$after"
    done 3<<<"$table"
}

# What the menus have, as they are drawn: each entry must be in the table.
menus() {
    local kind letters lacks=
    for kind in host vm; do
        leave
        if [ $kind = host ]; then by_mouse menu right:pc03; else by_mouse menu right:■; fi
        until_true shows "─ $kind pc" || return
        letters=$(screen | sed -n 's/.*│ [a-z]  \([a-z-]*\) .*│.*/\1/p')
        for entry in $letters; do told "menu:$kind:$entry" mouse || lacks+=" menu:$kind:$entry"; done
    done
    [ -z "$lacks" ] || echo "# the table lacks:$lacks"
    if [ -n "$letters" ] && [ -z "$lacks" ]; then report ok no_entry_of_a_menu_is_left_out; else report no no_entry_of_a_menu_is_left_out; fi
}

# --- All of it -------------------------------------------------------------------------------------

while read -r action key; do
    key_of[$action]=$key
done <<<"$(actions)"
unset 'key_of[none]'
moved=0 first=0

missing=
for action in $(actions | cut -d ' ' -f 1); do
    for way in key mouse palette; do
        told "$action" "$way" || missing+=" $action-by-$way"
    done
done
for verb in $(verbs); do
    told "verb:$verb" palette || missing+=" verb-$verb-by-palette"
done
[ -z "$missing" ] || echo "# the tables lack:$missing"
if [ "${#key_of[@]}" -gt 40 ] && [ -z "$missing" ]; then report ok nothing_is_left_out; else report no nothing_is_left_out; fi

# The ways do not disturb each other: a console each, all at once.
passes=${PASSES:-key mouse palette}
for way in $passes; do
    (
        case $way in mouse) open_shell "$way" 262 40 ;; *) open_shell "$way" 132 43 ;; esac
        if [ "$way" = mouse ]; then menus; fi
        pass "$way"
        tm kill-server 2>/dev/null
    ) >"$HOME_DIR/$way.tap" 2>"$HOME_DIR/$way.err" &
done
wait
for way in $passes; do
    cat "$HOME_DIR/$way.err" >&2
    while IFS= read -r said; do
        case $said in
        ok\ * | not\ ok\ *)
            n=$((n + 1))
            echo "${said%% [0-9]* -*} $n - ${said#* - }"
            ;;
        *) printf '%s\n' "$said" ;;
        esac
    done <"$HOME_DIR/$way.tap"
done
finish
