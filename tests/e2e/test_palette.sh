#!/bin/bash
# test_palette.sh - the console's palette, its menu and what it prints, on the simulated lab, in
# tmux; and a console that becomes the manager while another one watches it.
SUITE=palette
# shellcheck source=tests/e2e/console_lib.sh
. "$(dirname "$0")/console_lib.sh"

# What runs closes the palette; what fails keeps it open.
enter() { keys Enter; until_true shows_not '^ :'; }
fails() { keys Enter; }
escape() { keys Escape; until_true shows_not '^ :'; }

# --- Typing --------------------------------------------------------------------------------------
start 80 24 --lab ercolani
until_true shows '62 on' || report no starts
keys a
until_true shows 'By hours:'
keys m
until_true shows 'MANUAL'
line ''
expect opens_with_the_verbs 'list +\[vm'
text 'wak'
expect narrows_down 'wake +HOST\.\.\. +wake hosts'
keys Tab
expect completes '^ :wake pc01 +\(selected'
keys C-u
text 'migrate pc1'
expect offers_names 'pc12 +vm'
keys C-u
text 'no-such-verb'
fails
expect tells_what_is_wrong 'there is no verb "no-such-verb"'
expect keeps_the_line '^ :no-such-verb'
keys C-u
text 'off pc01'
fails
expect tells_why_it_is_refused 'pc01.*(manager|VM)'
escape

# --- What is printed -----------------------------------------------------------------------------
line 'list'
enter
expect shows_what_is_printed '── list ─'
expect shows_it_aligned 'pc02  10\.0\.0\.2 '
keys PageDown
expect scrolls 'pc40  10\.0\.0\.40'
keys /
text 'pc61'
expect searches 'pc61  10\.0\.0\.61'
keys Enter
keys q
expect_not closes '── list ─'
keys O
expect opens_again '── list ─'
keys q
until_true shows_not '── list ─'
line 'help migrate'
enter
expect helps 'Both hosts are asked first'
keys Escape
until_true shows_not 'Both hosts are'
line 'plan'
enter
expect plans '── plan ─'
keys q
until_true shows_not '── plan ─'

# --- What acts -----------------------------------------------------------------------------------
line 'migrate pc05 pc06'
enter
expect acts_as_a_job 'job [0-9]+: vm pc05 from pc05 to pc06|pc05 from pc05 to pc06'
line 'find pc05'
expect goes_on_meanwhile '^ :find pc05'
escape
until_true shows 'to pc06.*done' # what is said of it then would take the place of the answer
line 'find pc05'
enter
expect finds 'pc05 +pc06'
line 'off pc05'
enter
expect switches_off 'pc05 +-'
line 'wake pc05'
enter
expect wakes 'pc05 +[ue~]'
line 'stop pc09 --dry-run'
enter
expect tries 'would stop vm pc09 on pc09'
line 'version'
enter
expect tells_the_version 'roost [0-9]'

# --- What makes no sense here, and what asks -----------------------------------------------------
line 'night'
fails
expect refuses_another_lab 'start it as roost night'
escape
line 'list --lab small'
fails
expect refuses_another_session 'the lab was chosen already'
escape

# --- What was typed before -----------------------------------------------------------------------
line ''
keys Up
expect remembers '^ :list --lab small'
keys C-r
text 'migr'
expect looks_for_what_was_typed 'migrate pc05 pc06'
keys Escape
escape
if grep -qx 'migrate pc05 pc06' "$HOME_DIR/roost/history"; then report ok keeps_it; else report no keeps_it; fi

# --- Pastes --------------------------------------------------------------------------------------
line ''
text $'\e[200~off pc20\noff pc21\n\e[201~'
expect a_paste_is_one_line '^ :off pc20 off pc21'
expect a_paste_runs_nothing 'before Enter runs it'
escape

# --- The menu ------------------------------------------------------------------------------------
keys Home
keys x
expect menu_opens '─ host pc01 ─'
expect menu_tells_why_not 'off +pc01 runs 1 VM'
keys l
expect menu_runs '── list pc01 ─'
keys q
until_true shows_not '── list pc01'
keys Tab
keys x
expect menu_of_a_vm '─ vm pc0[0-9] on pc01 ─|─ host pc01 ─'
keys Escape
expect_not menu_closes '─ (vm|host) pc01'

# --- While something runs: a clock that stands still lets it run for as long as is wanted ---------
keys .
until_true shows 'SIM paused'
line 'remote pc02 pc03 -- uptime'
enter
expect runs_for_long 'remote pc02 pc03 .*[0-9]+ s .*Escape cancels'
keys '?'
expect help_opens_meanwhile 'to the host on the left'
keys q
until_true shows_not 'to the host on the left'
tm resize-window -t one -x 100 -y 30
expect is_resized_meanwhile 'running on 2 hosts: 0 done +Escape cancels'
tm resize-window -t one -x 80 -y 24
line 'list'
fails
expect one_at_a_time 'is not done yet'
escape
keys Home
keys Escape
expect_not escape_cancels 'Escape cancels|being cancelled'
expect says_so 'interrupted'
keys .
until_true shows 'SIM paused'
line 'remote pc02 -- uptime'
enter
until_true shows 'Escape cancels'
keys .
expect goes_on_with_the_clock 'uptime: not found'
escape

# --- Sizes, while it is open ---------------------------------------------------------------------
line 'wake'
tm resize-window -t one -x 200 -y 50
expect is_drawn_anew '^ :wake'
tm resize-window -t one -x 40 -y 12
expect is_small '^ :wake'
tm resize-window -t one -x 80 -y 24
escape
keys .
until_true shows 'SIM paused'
line 'remote pc02 -- uptime'
enter
until_true shows 'Escape cancels'
keys q
until_true shows '^status 0|Leave while'
shows 'Leave while' && keys c
expect leaves_while_it_runs '^status 0'

# --- One is the manager, another one watches -----------------------------------------------------
mkdir -p "$HOME_DIR/store"
printf '[cluster]\nname=Demo\nstore=%s\n' "$HOME_DIR/store" >"$HOME_DIR/roost.conf"
open_pane two 100 30 -c "$HOME_DIR/roost.conf"
expect nobody_acts 'nobody acts: A makes this console the manager'
open_pane three 80 24 -c "$HOME_DIR/roost.conf"
expect another_sees_it_too 'nobody acts'
pane=two
keys A
expect asks_first 'Become the manager\?'
keys b
expect is_the_manager 'manager: this console'
pane=three
expect is_watched 'WATCHING'
expect says_whom 'watching .*@.* \(console, fence 1\)'
line 'mode hours'
enter
expect mode_is_sent '(AUTO|hours)'
pane=two
expect mode_arrives 'AUTO'
pane=three
keys A
expect cannot_be_taken 'is the manager'
pane=two
keys q
until_true shows 'Leave\?|^status 0'
shows 'Leave\?' && keys l
expect manager_leaves '^status 0'
pane=three
expect the_other_is_told 'nobody (acts|is the manager)'
keys q
until_true shows 'Leave|^status 0'

finish
