#!/bin/bash
# test_drag.sh - VMs in hand, in the real program on the simulated lab, in tmux: by key, by mouse and
# by palette; dropped, let go beside the hosts, spread, taken back.
SUITE=drag
# shellcheck source=tests/e2e/console_lib.sh
. "$(dirname "$0")/console_lib.sh"

# begin WIDTH HEIGHT: the lab, seen, with an autopilot that has no mind of its own.
begin() {
    start "$1" "$2" --lab ercolani
    until_true shows '62 on'
    keys a
    until_true shows 'By hours:'
    keys m
    until_true shows 'MANUAL'
}

# hold FROM_X FROM_Y HOST: pressed there, and held over that host's name
hold() {
    local x y
    read -r x y <<<"$(where_is "$3")"
    mouse 0 "$1" "$2" M
    mouse 32 $(($1 + 1)) "$2" M
    mouse 32 "$x" "$y" M
    to_x=$x to_y=$y
}
let_go() { mouse 0 "$to_x" "$to_y" m; }

# --- By mouse ------------------------------------------------------------------------------------
begin 80 24
hold 1 3 pc12
expect held_vm_is_named 'vm pc01 in hand'
expect every_host_says_what_it_would_become 'pc12 \+u'
expect and_what_its_load_would_be '\.[0-9]{2}>\.[0-9]{2}'
expect the_host_under_it_tells_all 'pc12 would take it +under +load .* 1 > 2 of 8 VMs'
keys Escape
expect_not escape_puts_it_back 'in hand'
let_go
hold 1 3 pc12
until_true shows 'in hand'
mouse 32 70 19 M
expect beside_the_hosts_is_said 'over no host: dropped here it stays'
mouse 0 70 19 m
expect dropped_beside_the_hosts_does_nothing 'dropped beside the hosts: vm pc01 stays where it is'
hold 1 3 pc12
until_true shows 'in hand'
mouse 2 30 8 M
expect the_other_button_puts_it_back 'put back by the other button'
mouse 2 30 8 m
let_go
hold 1 3 pc12
until_true shows 'in hand'
mouse 35 40 8 M
expect a_lost_release_drops_nothing 'put back: where the button was let go nobody saw'
expect nothing_was_done_so_far 'nothing under way'
hold 1 3 pc12
until_true shows 'pc12 would take it'
let_go
expect dropped_vm_arrives 'vm pc01 is on pc12; u takes it back'

# --- Taking back ---------------------------------------------------------------------------------
keys u
expect undo_asks 'Take the last move back\?'
expect undo_lists 'vm pc01 from pc12 to pc01'
keys t
expect undo_is_done 'vm pc01 from pc12 to pc01: in .* \[done\]'
keys u
expect nothing_more_to_undo 'nothing to take back'

# --- A host by its name --------------------------------------------------------------------------
line 'spread pc02 pc03 pc04 --to pc01'
keys Enter
expect by_palette 'job [0-9]+: vm pc04 from pc04 to pc01'
# Said at the foot of what the palette printed, until the next key.
expect what_it_moved_can_be_taken_back '3 VMs have moved; u takes them back'
keys Escape
until_true shows '^─ .* 3 empty ─'
read -r x y <<<"$(where_is pc01)"
hold "$x" "$y" pc09
expect a_host_is_all_its_vms '4 VMs in hand +from pc01'
expect where_they_come_from 'pc01 <'
let_go
expect many_are_asked_about_once 'Move 4 VMs to pc09\?'
expect what_the_host_becomes 'pc09 becomes .*5 of 8 VMs'
expect how_many_jobs 'That is 4 jobs'
keys Escape
expect_not many_can_be_declined 'Move 4 VMs'
hold "$x" "$y" pc09
until_true shows '4 VMs in hand'
let_go
until_true shows 'Move 4 VMs'
keys m
expect many_are_moved '4 VMs have moved; u takes them back'
keys u
expect many_are_taken_back_at_once 'Take 4 moves back\?'
keys t
until_true shows 'jobs: 4 VMs are on their way back'
until_true shows 'nothing under way'

# --- By keys -------------------------------------------------------------------------------------
keys Home K
expect all_of_a_host_by_key '4 VMs in hand'
expect footer_tells_the_keys 'spread +Escape put back'
keys e
expect spread_asks 'Spread 4 VMs\?'
keys s
expect spread_is_done '4 VMs have moved; u takes them back'
keys End m Left m
expect one_by_keys 'vm pc62 is on pc61; u takes it back'

# --- Those marked --------------------------------------------------------------------------------
keys Escape
begin 80 24
line 'spread pc02 --to pc01'
keys Enter
until_true shows 'vm pc02 is on pc01; u takes it back'
keys Escape
keys Home Tab Space Space
keys m
expect those_marked_are_taken_together '2 VMs in hand +from pc01'
keys Left # marking went on to the next
expect and_counted_together 'pc02 would take them .* 0 > 2 of 8 VMs'
keys m
expect and_asked_about_once 'Move 2 VMs to pc02\?'
keys m
expect and_moved '2 VMs have moved; u takes them back'

# --- At the edge of a grid that does not fit -----------------------------------------------------
begin 50 20
keys ']' ']' ']'
expect zoomed_in 'pc01'
hold 2 2 pc01
until_true shows 'in hand'
bottom=$(screen | awk '/^─.* (u|r|e) / { print NR - 1; exit }')
mouse 32 3 "$bottom" M
expect scrolls_while_held_at_the_edge '^(\* )?pc6[0-9]'
keys Escape
expect_not and_can_be_put_back_there 'in hand'

# --- Other terminals -----------------------------------------------------------------------------
TERM_INSIDE=linux LC_ALL=C
begin 80 24
keys Home m Right
expect linux_console_by_keys 'pc02 would take it'
keys Escape
TERM_INSIDE=screen LC_ALL=C.UTF-8
begin 100 30
hold 1 3 pc12
expect in_screen 'vm pc01 in hand'
keys Escape

finish
