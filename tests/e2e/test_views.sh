#!/bin/bash
# test_views.sh - the views of a host, a VM and the jobs in the real program: in and out by key and
# by mouse, a move offered and taken, jobs cancelled, done again and put in another order.
SUITE=views
# shellcheck source=tests/e2e/console_lib.sh
. "$(dirname "$0")/console_lib.sh"

# A click on the first place of a text.
click() {
    local place
    until_true shows "$1" || return
    place=$(where_is "$1")
    # shellcheck disable=SC2086
    set -- $place
    mouse 0 "$1" "$2" M
    mouse 0 "$1" "$2" m
}

start 80 24 --lab ercolani
until_true shows '62 on'
keys a
until_true shows 'By hours:'
keys m
until_true shows 'MANUAL'

# --- A host ----------------------------------------------------------------------------------------
keys Right
until_true shows '^ pc02 '
keys Enter
expect enter_goes_into_the_host 'Host pc02 ─ 2 of 62'
expect it_says_why 'under: load 0\.[0-9]+ is under the lower threshold, 0\.40'
expect it_tells_address_and_wake 'Address +10\.0\.0\.2'
expect it_lists_its_vms 'pc02 +running +here'
keys Right
expect right_is_the_next_host 'Host pc03 '
keys Left
until_true shows 'Host pc02 '
tm resize-window -x 200 -y 50
expect grows_in_the_view '─ Journal ─'
tm resize-window -x 80 -y 24
until_true shows 'Host pc02 '
keys x
expect its_menu_opens_there 'host pc02'
keys Escape
until_true shows_not '┌─ host pc02'

# --- Its VM ----------------------------------------------------------------------------------------
keys Enter
expect enter_goes_into_the_vm 'VM pc02 ─ on pc02'
expect it_says_who_would_take_it '61 would take it'
keys Escape
expect escape_comes_out_of_the_vm 'Host pc02 '
keys Escape
expect escape_comes_out_of_the_host '^ pc10 |^pc10 '
expect_not and_the_host_is_selected_as_before '^ vm pc02 '
keys Enter
until_true shows 'Host pc02 '
keys Up
click 'running  here'
click 'running  here'
expect two_clicks_go_into_the_vm 'VM pc02 ─ on pc02'
keys Down Down Enter
expect the_move_is_offered 'Move pc02 to pc[0-9]+\?'
keys Escape
expect_not and_can_be_left 'Move pc02 to'
keys Enter
until_true shows 'Move pc02 to'
keys m
expect the_view_goes_along_with_the_vm 'VM pc02 ─ on pc(0[13-9]|[1-6][0-9])'
expect it_says_that_it_is_away 'away from its home pc02'
keys m
expect m_takes_it_to_the_grid 'in hand'
keys Escape
until_true shows_not 'in hand'
keys J
expect the_jobs_tell_of_it 'done +pc02 > pc'
keys Enter
expect enter_goes_into_the_job 'Jobs > Job 1 ─ done'
keys Enter
expect and_from_there_to_the_vm 'VM pc02 ─ on'
keys Escape
until_true shows 'Job 1 ─ done'
keys Escape
until_true shows '─ Jobs ─'
keys R
expect what_is_done_is_not_done_again 'it was done'
keys Escape
until_true shows_not '─ Jobs ─'

# --- Cancelled, done again, in another order -------------------------------------------------------
# The clock stands: what is asked for now waits.
keys .
expect the_clock_stands 'SIM paused'
for host in 10 11 12; do
    line "migrate pc$host pc20"
    keys Enter
    until_true shows "vm pc$host from pc$host to pc20"
done
keys J
expect they_wait_in_their_order 'queued +pc10 > pc20'
first_waiting() { screen | grep -oE 'queued +pc1[0-2]' | head -1 | grep -q "$1"; }
keys '}'
expect_that lower_lets_another_be_first first_waiting pc11
keys '{'
expect_that raise_lets_it_be_first_again first_waiting pc10
line 'lower 2'
keys Enter
expect_that lower_in_the_palette_does_the_same first_waiting pc11
line 'raise 2'
keys Enter
until_true first_waiting pc10
keys X
expect what_waits_is_cancelled_at_once 'cancelled +pc10'
keys R
expect again_is_asked_about 'Do it once more\?'
keys d
expect and_is_a_new_job 'queued +pc10 > pc20'
keys Tab
expect tab_shows_what_is_under_way 'shown: under way'
expect_not and_nothing_else 'cancelled +pc10'
keys Tab
expect and_what_failed 'cancelled +pc10'
finish
