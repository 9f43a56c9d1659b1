#!/bin/bash
# test_plan.sh - the plan, tonight and the night, in the real program in tmux: some steps accepted,
# a plan grown old, all accepted, the night in advance and the night so far.
SUITE=plan
# shellcheck source=tests/e2e/console_lib.sh
. "$(dirname "$0")/console_lib.sh"

start 100 30 --lab ercolani
expect every_host_has_been_seen '62 on'
keys a
expect automatic_asks 'By hours:'
keys m
expect manual_is_on 'MANUAL'

# --- Some of it ----------------------------------------------------------------------------------
keys p
expect plan_opens 'Plan: what the autopilot would do now'
expect plan_says_what_it_comes_to '62 hosts on -> '
keys Space Space
expect two_steps_are_marked 'marked: 2 moves'
keys Enter
expect one_question_lists_them '1\. move vm '
keys Escape
expect_not escape_does_nothing 'Accept what is marked'
mouse 0 2 8 M; mouse 0 2 8 m
expect click_on_a_mark_marks 'marked: 3 moves'
keys Enter
expect asks_again '3 moves'
keys a
expect accepts_some 'accepted: 3 jobs queued'

# --- Another plan, a script, a plan grown old ----------------------------------------------------
keys p Tab
expect the_way_home 'everything on and home'
keys Tab
expect a_drain 'Plan: empty '
keys Tab O
expect plan_as_a_script '#!/bin/sh'
keys Escape
expect back_to_the_plan 'Plan: what'
keys Escape

# --- All of it -----------------------------------------------------------------------------------
keys p
expect plan_again 'Plan: what'
keys r Enter
expect asks_for_all 'Accept the whole plan'
keys a
expect accepts_all 'accepted: [0-9]+ jobs queued'
expect hosts_go_off '[1-9][0-9] off'

# --- Tonight, and the night so far ---------------------------------------------------------------
keys t
expect tonight_is_simulated 'Tonight, simulated: .* to '
expect tonight_says_what_is_saved 'kWh .*saved'
keys Right Right Right
expect tonight_has_events 'plan '
keys Escape
expect_not tonight_is_left 'Tonight, simulated'
keys H
expect night_opens 'Night: '
expect night_draws 'hosts on'
keys PageUp
expect night_before 'Nothing was recorded'
keys Escape
expect_not night_is_left 'Night: '
keys :
text tonight
keys Enter
expect palette_runs_tonight 'hosts on: '
keys Escape

finish
