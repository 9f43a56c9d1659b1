#!/bin/bash
# test_line_mode.sh - roost without a screen: sentences, a line for each event, verbs from a pipe.
# shellcheck source=tests/e2e/command_lib.sh
. "$(dirname "$0")/command_lib.sh"

# lines_of TEXT OPTIONS...: what is typed, and what came of it.
lines_of() {
    local typed=$1
    shift
    printf '%b' "$typed" | timeout 120 "$roost" --line-mode --lab ercolani "$@" >"$work/out" 2>"$work/err"
    status=$?
}
no_escapes() { ! grep -q $'[\033\r\a]' "$work/out"; }
says_not() { ! says "$1" "$2"; }
comes_before() { # ONE OTHER: the first place of one is before that of the other
    local one other
    one=$(grep -nm1 -e "$1" "$work/out" | cut -d: -f1)
    other=$(grep -nm1 -e "$2" "$work/out" | cut -d: -f1)
    [ -n "$one" ] && [ -n "$other" ] && [ "$one" -lt "$other" ]
}

lines_of ''
check summary_at_first says out '^This is the simulated lab ercolani\.$'
check hosts_in_words says out '^Of 62 hosts, 62 are on and 0 off\.$'
check end_of_input_is_clean done_well
check no_cursor_moves no_escapes

lines_of 'mode manual\nmigrate pc05 pc07\nwhere pc05\n'
check an_end_is_waited_for says out 'Done: migration of vm pc05 from pc05 to pc07: '
check begun_is_told says out '^[0-9:]\{8\} Begun: migration of vm pc05 from pc05 to pc07'
check in_their_order comes_before 'Begun: migration of vm pc05' 'Done: migration of vm pc05'
check where_in_a_sentence says out '^vm pc05 is running on host pc05, address 10\.0\.0\.5; its home is pc05'
check sentences_only no_escapes

lines_of 'host pc09\nhost nosuch\nwhere nosuch\nfrobnicate\nhelp\n'
check host_in_sentences says out '^Host pc09, address 10\.0\.0\.9, is on\.$'
check its_vms says out '^It has 1 VM: pc09\.$'
check unknown_host says out 'host nosuch: there is no such host'
check unknown_vm says out 'vm nosuch: there is no such VM'
check unknown_verb says out 'there is no verb "frobnicate"'
check help_tells_the_words says out '^where VM: '

lines_of 'quit\nhost pc09\n'
check quit_is_the_last says_not out '^Host pc09'

lines_of 'mode manual\nmigrate pc05 pc07\nquit\nhost pc09\nquit\nquit\nhost pc10\n'
check quit_warns_of_what_is_under_way says out '1 job is under way; quit once more leaves it to itself'
check and_stays_then says out '^Host pc09'
check once_more_leaves says_not out '^Host pc10'

lines_of 'quiet\nmode manual\nmigrate pc05 pc07\n'
check quiet_tells_no_beginning says_not out 'Begun:'
check quiet_tells_no_end says_not out 'Done:'

# A migration that fails is told however quiet it is.
lines_of 'quiet\nmode manual\nmigrate pc05 pc07\n' --speed 600 --faults never-converges=1
check failures_are_always_told says out 'Failed: migration of vm pc05\|Alarm: migration of vm pc05'

# What is no text harms nobody.
lines_of '\0377\0376\n\033]0;evil\a\nhost \033[31m\n'
check hostile_lines_are_harmless no_escapes
check and_it_goes_on ended 0

# What follows is typed into a pipe that stays open.
mkfifo "$work/pipe"
exec 9<>"$work/pipe"

# ^C ends it at once. (What the last run said must not be taken for this one's.)
: >"$work/out"
"$roost" --line-mode --lab ercolani <"$work/pipe" 9>&- >"$work/out" 2>"$work/err" &
pid=$!
until_true says out 'This is the simulated lab'
kill -INT "$pid"
wait "$pid"
status=$?
check interrupt_is_clean ended 0

# A reader that goes away ends it too, at the next event.
echo all >&9
timeout 120 "$roost" --line-mode --lab ercolani --speed 600 <"$work/pipe" 9>&- 2>"$work/err" |
    head -3 >"$work/out"
status=${PIPESTATUS[0]}
check a_reader_that_went_ends_it [ "$status" -lt 124 ]

# A terminal that is stopped holds nobody up: the night goes on behind it.
echo all >&9
: >"$work/out"
"$roost" --line-mode --lab ercolani --speed 600 <"$work/pipe" 9>&- >"$work/out" 2>"$work/err" &
pid=$!
check the_autopilot_works until_true says out 'Plan: 54 moves'
check events_are_sentences until_true says out '^19:4[0-9:]* Done: switch off pc[0-9]*: it is silent\.$'
kill -INT "$pid"
wait "$pid"
status=$?
exec 9>&-
check a_busy_one_is_interrupted_cleanly ended 0

finish
