#!/bin/bash
# test_console.sh - the real program on the simulated lab, in tmux: keys and mouse in, the screen
# out.
SUITE=console
# shellcheck source=tests/e2e/console_lib.sh
. "$(dirname "$0")/console_lib.sh"

all_hosts_show() {
    local text
    text=$(screen)
    for i in $(seq -w 1 62); do
        [[ $text == *"pc$i"* ]] || return 1
    done
}
hosts_on() { screen | grep -oE '[0-9]+ on' | head -1 | grep -oE '[0-9]+'; }
few_on() { local on; on=$(hosts_on); [ -n "$on" ] && [ "$on" -le 10 ]; }
all_on() { local on; on=$(hosts_on); [ -n "$on" ] && [ "$on" -eq 62 ]; }
selected_vms() { screen | grep -oE '[0-9]+ of 8 VMs'; }

# --- At first ------------------------------------------------------------------------------------
start 80 24 --lab ercolani
if until_true all_hosts_show; then report ok all_62_hosts_at_80x24; else report no all_62_hosts_at_80x24; fi
expect says_simulated 'SIM x'
expect every_host_has_been_seen '62 on'
# The autopilot would have its own mind about what follows.
keys a
expect automatic_asks 'By hours:'
keys m
expect manual_is_on 'MANUAL'

# --- Selecting, help, finding --------------------------------------------------------------------
mouse 0 19 3 M; mouse 0 19 3 m
expect click_on_a_mark_selects_the_vm '^ vm pc03 '
mouse 0 2 4 M; mouse 0 2 4 m
expect click_selects_a_host '^ pc10 '
keys '?'
expect help_opens 'to the host on the left'
keys End
expect help_ends_with_the_files_in_use 'configuration +none'
keys Escape
expect_not help_closes 'configuration +none'
keys / p c 4 2
expect find_shows_while_typing '^ pc42 '
keys Enter
expect find_keeps_a_filter '/pc42 +1 of 62 hosts'
keys Escape
expect_not escape_takes_the_filter_away '/pc42'

# --- Moving VMs ----------------------------------------------------------------------------------
mouse 0 1 5 M; mouse 32 5 6 M; mouse 32 19 2 M
expect held_vm_is_named 'vm pc10 in hand'
expect host_says_what_it_would_become 'pc03 would take it .*1 > 2 of 8 VMs'
mouse 0 19 2 m
if until_true sh -c "tmux -L $SOCKET capture-pane -p | sed -n 3p | grep -qE '□'"; then
    report ok dropped_vm_arrives
else
    report no dropped_vm_arrives
fi
mouse 0 1 3 M; mouse 32 5 5 M; mouse 32 19 2 M
expect drag_again 'vm pc01 in hand'
keys Escape
expect_not escape_puts_it_back 'in hand'
mouse 0 19 2 m
keys Home Tab m Right m
expect moved_by_keys 'pc01 from pc01 to pc02'
keys Home

# --- Refusals and questions ----------------------------------------------------------------------
keys Right o
expect a_host_with_vms_is_not_switched_off 'refused: '
mouse 0 2 4 M; mouse 0 2 4 m
keys o
expect off_asks 'Switch pc10 off\?'
keys Escape
expect_not off_can_be_declined 'Switch pc10 off\?'
keys o
until_true shows 'Switch pc10 off\?'
keys o
expect off_is_done 'pc10 +-'
keys w
expect wake_is_done 'pc10 +[ue]'

# --- The other views -----------------------------------------------------------------------------
keys p
expect plan_opens 'Plan: '
keys Escape
expect_not plan_closes 'Plan: '
keys J
expect jobs_open 'Jobs '
expect jobs_tell_what_was_done 'done .*(pc01|pc10)'
keys Escape
expect_not jobs_close ' Jobs '
keys L
expect journal_opens 'Journal '
keys Escape
expect_not journal_closes 'Journal '

# --- Sizes ---------------------------------------------------------------------------------------
tm resize-window -x 200 -y 50
expect grows 'journal ─'
if until_true all_hosts_show; then report ok all_62_hosts_at_200x50; else report no all_62_hosts_at_200x50; fi
tm resize-window -x 30 -y 8
expect too_small_is_said_kindly 'roost needs 40 x 12'
tm resize-window -x 80 -y 24
if until_true all_hosts_show; then report ok back_at_80x24; else report no back_at_80x24; fi

# --- What must not act ---------------------------------------------------------------------------
tm send-keys -l $'\e[200~q\e[201~\e[M\e[200~q\e[201~\e[<0;9M\e[<0;0;0M\e[<0;99999;99999M'
keys '?'
expect pastes_and_broken_sequences_do_nothing 'to the host on the left'
keys Escape
until_true shows_not 'to the host on the left'

# --- The night -----------------------------------------------------------------------------------
keys a
until_true shows 'By hours:'
keys h
expect automatic_is_on 'AUTO'
for _ in 1 2 3 4 5 6 7 8 9 10; do keys +; done
PATIENCE=90
if until_true few_on; then report ok night_leaves_few_hosts_on; else report no night_leaves_few_hosts_on; fi
if until_true all_on; then report ok morning_has_all_on; else report no morning_has_all_on; fi
PATIENCE=30

# --- The console itself --------------------------------------------------------------------------
keys .
expect pauses 'SIM paused'
keys T
expect next_theme 'theme '
keys "#"
expect mouse_off 'mouse off'
keys q
if until_true shows 'status 0|Leave while'; then report ok quits; else report no quits; fi
shows 'Leave while' && keys c
expect gives_the_terminal_back '^status 0'

# --- Signals -------------------------------------------------------------------------------------
start 80 24 --lab ercolani
until_true shows '62 on'
kill -TERM "$(pgrep -P "$(tm list-panes -F '#{pane_pid}')" -x roost | head -1)"
expect sigterm_leaves_safely '^status 0'

finish
