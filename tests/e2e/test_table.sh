#!/bin/bash
# test_table.sh - the table of VMs and hosts in the real program, by key, by mouse and by palette;
# the way to the next trouble; and keys of one's own for lines of the palette.
SUITE=table
# shellcheck source=tests/e2e/console_lib.sh
. "$(dirname "$0")/console_lib.sh"

mkdir -p "$HOME_DIR/roost/keymaps"
printf '[keymap]\ninherits=default\n[lines]\nM-t=table\nM-w=wake\nM-l=list pc07\n' \
    >"$HOME_DIR/roost/keymaps/own.keymap"

start 80 24 --lab ercolani --keymap own
until_true shows '62 on'
keys a
until_true shows 'By hours:'
keys m
until_true shows 'MANUAL'

# --- In, in order, and out -------------------------------------------------------------------------
keys F
expect key_opens_it '── VMs ─ 62 ─'
expect sorted_by_cpu 'CPU↓'
keys Right
expect right_sorts_by_the_next_column 'RAM↓'
keys B
expect turns_it_round 'RAM↑'
place=$(where_is 'VM  ')
# shellcheck disable=SC2086
set -- $place
mouse 0 "$1" "$2" M
mouse 0 "$1" "$2" m
expect a_click_on_a_title_sorts 'VM↑'
keys Home
expect the_chosen_one_is_told '^ pc01: running on pc01, its home'
keys Enter
expect enter_goes_in 'VM pc01 ─ on pc01'
keys Escape
until_true shows '── VMs ─'
keys Tab
expect tab_shows_the_hosts '── Hosts ─ 62 ─'
keys q
expect q_comes_out '^pc01 '
line 'table'
keys Enter
expect palette_opens_it '── Hosts ─ 62 ─'
keys F
until_true shows '^pc01 '

# --- What is done there ----------------------------------------------------------------------------
keys F
until_true shows '── Hosts ─ 62 ─'
keys Tab
until_true shows '── VMs ─ 62 ─'
keys Home Space Space
expect marks_go_on_to_the_next_line '── VMs ─ 62, 2 marked ─'
keys U /
until_true shows 'Escape|filter:'
text 'vm:pc1*'
keys Enter
expect filters '── VMs ─ 10 of 62, vm:pc1\* ─'
keys Escape
expect escape_takes_the_filter_away '── VMs ─ 62 ─'
keys End x
expect the_menu_is_about_the_line '─ vm pc62 on pc62 ─'
keys Escape
until_true shows_not '─ vm pc62 on pc62 ─'
keys m
expect picks_up_over_the_grid '^pc01 .*\+'
keys Escape
until_true shows_not 'in hand'

# --- Trouble, and keys of one's own ----------------------------------------------------------------
keys '!'
expect no_trouble_is_told 'no host is over or in doubt'
keys M-t
expect own_key_opens_a_view '── VMs ─ 62 ─'
keys F
until_true shows '^pc01 '
keys M-l
expect own_key_runs_what_looks '── list pc07'
keys q
until_true shows '^pc01 '
keys M-w
expect own_key_waits_where_it_acts '^ :wake pc'
keys Escape
until_true shows_not '^ :wake pc'
expect and_nothing_was_done '62 on'
keys q
expect leaves '^status 0'
finish
