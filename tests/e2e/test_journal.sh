#!/bin/bash
# test_journal.sh - the journal, the doctor and the help in the real console, in tmux: by key, by
# mouse, and what the files have of an earlier run.
SUITE=journal
# shellcheck source=tests/e2e/console_lib.sh
. "$(dirname "$0")/console_lib.sh"

CONF=$HOME_DIR/lab.conf
cat >"$CONF" <<END
[cluster]
name=lab
store=$HOME_DIR/store
[hours]
open=Mon-Fri 09:00-19:45; Sat 09:00-13:45
[console]
notice=bell
title=true
END
title_is() { [[ $(tm display-message -p -t "$pane" '#{pane_title}') == *"$1"* ]]; }
following() { shows '─ following ─'; }

# --- A first run, which leaves a journal behind ----------------------------------------------------
start 100 30 -c "$CONF" --lab ercolani --speed 60
expect every_host_is_seen '62 on'
expect_that title_of_the_window title_is 'roost ercolani'
line 'migrate pc05 pc07'; keys Enter
keys L
expect journal_opens '^── Journal ─'
expect tells_what_was_done 'migrate +done +vm pc05 from pc05 to pc07'
expect_that follows following
keys Up
expect up_stays 'not following|new'
keys Right
expect fields_of_the_line 'object=vm pc05'
keys Left
keys f
expect_that f_follows_again following
keys Tab
expect only_alarms 'alarms'
keys Tab
expect only_by_hand 'lines: by hand'
keys Escape
expect_not escape_shows_everything 'lines: by hand'
keys /
text 'vm:pc05'
expect filter_narrows 'of [0-9]+ lines'
keys Enter
keys Enter
expect_not enter_goes_to_the_vm '^── Journal ─'
expect the_vm_is_there 'vm pc05|pc05 .*pc07|VM.*pc05'
keys q
expect the_vm_comes_back_to_it '^── Journal ─'
keys q
expect_not q_comes_out '^── Journal ─'
keys q
expect ended 'status 0'

# --- The next one has it in its files --------------------------------------------------------------
start 80 24 -c "$CONF" --lab ercolani --speed 60
expect again_every_host '62 on'
keys L
expect the_files_are_read 'vm pc05 from pc05 to pc07'
keys Home
expect their_beginning 'the journal begins here'
mouse 65 20 10 M
keys '?'
expect help_of_the_journal 'Here, in Journal'
keys /
text 'wake'
expect help_is_searched 'wake the selected host'
keys Enter
keys Escape
keys Escape
expect back_in_the_journal '^── Journal ─'
keys Escape
expect_not back_in_the_grid '^── Journal ─'

# --- The doctor --------------------------------------------------------------------------------------
keys D
expect doctor_examines '^── Doctor ─.*62 hosts, 0 wrong'
keys Tab
expect doctor_narrows 'wrong only|Nothing that was found'
keys r
expect doctor_again '^── Doctor ─.*62 hosts'
keys q
expect_not doctor_closes '^── Doctor ─'
line doctor; keys Enter
expect doctor_by_palette 'pc01 .*10\.0\.0\.1 .*ok|Output|── doctor'
keys q
keys D
# With the simulated clock stopped nobody answers: Escape ends it.
keys .
keys r
expect doctor_tells_how_far 'examining: 62 hosts'
keys Escape
expect doctor_is_cancelled 'interrupted'
keys q
expect_not out_again '^── Doctor ─'
keys q
expect leaves_cleanly 'status 0'
finish
