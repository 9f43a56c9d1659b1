#!/bin/bash
# test_find.sh - finding and acting in the real program, in tmux: filters, marks by key and mouse,
# what is done to many after one question, numbers before keys, repeating, and Escape.
SUITE=find
# shellcheck source=tests/e2e/console_lib.sh
. "$(dirname "$0")/console_lib.sh"

# filter TEXT: typed into the empty prompt; it waits for it, or the first letters would be commands.
filter() {
    keys /
    until_true shows '^ filter: ' || return
    keys C-u
    text "$1"
}
escape() { keys Escape; until_true shows_not "$1"; }
line() {
    keys :
    until_true shows '^ :' || return
    text "$1"
}

start 80 24 --lab ercolani
until_true shows '62 on' || report no starts
# The autopilot would have its own mind about what follows.
keys a
until_true shows 'By hours:'
keys m
until_true shows 'MANUAL'

# --- Filters -------------------------------------------------------------------------------------
filter 'pc4'
expect filters_by_text '^ filter: pc4 .* 10 of 62 hosts, 10 VMs'
keys Enter
expect keeps_it_in_the_rule '/pc4 +10 of 62 hosts'
filter '/^pc1[0-4]$/'
expect filters_by_regular_expression '5 of 62 hosts, 5 VMs'
keys Escape
expect escape_goes_back_to_the_one_before '/pc4 +10 of 62 hosts'
filter 'state:unde'
expect says_what_is_wrong 'state: there is no unde; one of under'
keys Enter
expect a_wrong_one_is_not_kept '^ filter: state:unde'
keys Tab
expect completes_values '^ filter: state:under'
keys Escape
until_true shows_not '^ filter:'
keys Escape
expect_not escape_takes_it_away '/pc4'
filter 'vm:pc6?'
expect filters_by_glob '3 of 62 hosts, 3 VMs'
keys Enter
until_true shows '/vm:pc6\? +3 of 62'
keys n
expect next_goes_to_the_vm '^ vm pc61 '
keys n n
expect next_comes_round '^ vm pc60 '
keys M-n
expect previous_goes_back '^ vm pc62 '
escape '^ vm '
keys Escape
until_true shows_not '/vm:'
filter '!host:pc0* !pc1 !pc2 !pc3 !pc4 !pc5'
expect filters_by_what_is_not '3 of 62 hosts'
keys Up
keys Up
expect remembers_filters '^ filter: (pc4|vm:pc6)'
keys Escape
until_true shows_not '^ filter:'
filter 'state:over'
expect filters_by_state '^ filter: state:over .* 0 of 62 hosts'
keys Escape
until_true shows_not '^ filter:'

# --- Numbers and marks ---------------------------------------------------------------------------
text 12
expect shows_the_number '^ 12 +a movement goes so far'
keys Escape
expect_not escape_forgets_it 'a movement goes so far'
text 20G
expect goes_to_the_20th '^ pc20 '
keys Home
text 5l
expect counts_movements '^ pc06 '
keys Home
text 3
keys Space
expect marks_as_many '3 hosts marked'
mouse 16 2 4 M; mouse 16 2 4 m
expect control_and_click_marks_one '4 hosts marked'
mouse 4 29 4 M; mouse 4 29 4 m
expect shift_and_click_marks_up_to_there '7 hosts marked'
keys '%'
expect inverts '55 hosts marked'
keys '*'
expect marks_all '62 hosts marked'
keys U
expect_not takes_them_away 'marked'

# --- One question for many -----------------------------------------------------------------------
keys Home
text 4
keys Space
keys M
expect maintenance_lists_them 'Maintenance on for 4 hosts\?'
keys Escape
until_true shows_not 'Maintenance on'
expect nothing_was_done '4 hosts marked'
keys M
until_true shows 'Maintenance on for 4 hosts\?'
keys m
expect maintenance_is_on 'm 4'
expect_not done_ones_lose_their_marks 'marked'
keys Home
text 4
keys Space
keys '\;'
expect repeat_asks_again 'Maintenance off for 4 hosts\?'
keys m
expect_not maintenance_is_off 'm 4 '

# Empty hosts: the VMs of pc01 to pc05 are shut down, after their number was typed.
keys Home Right Tab
until_true shows '^ vm pc02 '
text 5
keys Space
expect marks_vms '5 VMs marked'
keys s
expect stop_wants_the_number 'Type 5: '
text 7
keys Tab Enter
expect another_number_does_nothing 'Type 5: '
keys BSpace
text 5
keys Enter
expect stops_them 'shutting 5 VMs down'
keys Escape
until_true shows ' e 5 ' || report no hosts_became_empty
keys Home
text 6
keys Space
keys o
expect off_lists_the_refused 'pc01 +left out: it (runs|is)'
expect off_counts 'Switch 5 hosts off\?'
text 5
keys Enter
expect switches_them_off 'switching 5 hosts off; 1 left out, still marked'
expect off_arrives ' - 5 '
keys U

# --- By menu and palette -------------------------------------------------------------------------
filter 'state:off'
keys Enter
until_true shows '/state:off +5 of 62'
keys '*'
until_true shows '5 hosts marked'
keys x
expect menu_is_of_the_marks '─ 5 hosts marked ─'
keys Escape
until_true shows_not 'w  wake'
line 'wake'
expect palette_says_so ':wake +the 5 hosts marked'
keys Enter
expect wake_asks 'Wake 5 hosts\?'
keys Escape
until_true shows_not 'Wake 5'
line 'wake'
keys Enter
until_true shows 'Wake 5 hosts\?'
keys w
expect wakes_them 'waking 5 hosts|waking'
keys Escape
until_true shows_not '/state:off'
expect all_are_on_again '62 on'
line 'off ?'
expect palette_explains 'is never switched off'
keys Escape
until_true shows_not 'is never switched off'
keys Escape
expect_not escape_closes_the_palette '^ :'

# --- Pastes --------------------------------------------------------------------------------------
keys /
until_true shows '^ filter: '
tm set-buffer $'pc07\no\n'
tm paste-buffer -p -t "$pane"
expect a_paste_is_text '^ filter: pc07 o '
keys Escape
until_true shows_not '^ filter:'
keys q
expect leaves 'status 0'
finish
