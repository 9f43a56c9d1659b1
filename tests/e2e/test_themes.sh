#!/bin/bash
# test_themes.sh - colours and keys of the real program: by option, by key, by palette, of one's own,
# and read again when their files change.
SUITE=themes
# shellcheck source=tests/e2e/console_lib.sh
. "$(dirname "$0")/console_lib.sh"
THEMES=$HOME_DIR/roost/themes
KEYMAPS=$HOME_DIR/roost/keymaps
mkdir -p "$THEMES" "$KEYMAPS"

# The background of the first line, as tmux has it.
header_has() { colours | head -1 | grep -q "48;5;$1m"; }

printf '[theme]\ninherits=default\n[roles]\nheader=#ffffff on 18\n' >"$THEMES/mine.theme"
printf '[keymap]\ninherits=vi\n[keys]\nhelp=E ?\n' >"$KEYMAPS/mine.keymap"
start 100 30 --lab small --speed 1 --theme mine --keymap mine
expect_that option_takes_a_theme header_has 18
keys E
expect option_takes_a_keymap 'to the host on the left'
keys C-g

# --- Read again ----------------------------------------------------------------------------------
printf '[theme]\ninherits=default\n[roles]\nheader=#ffffff on 22\n' >"$THEMES/new"
mv "$THEMES/new" "$THEMES/mine.theme"
expect_that replaced_file_is_read_again header_has 22
expect it_is_told 'theme mine: its file has changed and was read again'
printf '[theme]\ninherits=default\n[roles]\nheader=#ffffff on blu\n' >"$THEMES/mine.theme"
expect error_is_told_with_its_line 'kept as it was: .*mine.theme:4: header: "blu"'
expect_that the_old_one_stays header_has 22
keys L
expect the_journal_has_it 'mine.theme:4'
keys C-g
rm "$THEMES/mine.theme"
expect a_file_that_is_gone_is_told 'no theme "mine"'
expect_that and_what_was_stays header_has 22
printf '[theme]\ninherits=default\n[roles]\nheader=#ffffff on 52\n' >"$THEMES/mine.theme"
expect_that a_file_that_returns_counts header_has 52
printf '[keymap]\ninherits=vi\n[keys]\nhelp=Y\nwake=Y\n' >"$KEYMAPS/mine.keymap"
expect keymap_errors_too 'mine.keymap:5: the key Y cannot mean wake: it means help on line 4'
printf '[keymap]\ninherits=vi\n[keys]\nhelp=Y\n' >"$KEYMAPS/mine.keymap"
expect keymap_is_read_again 'keymap mine: its file has changed'
keys Y
expect and_its_keys_work 'to the host on the left'
keys C-g

# --- By key --------------------------------------------------------------------------------------
keys T
expect key_goes_round_to_the_first 'theme default'
keys T
expect key_takes_the_next 'theme light'

# --- By palette ----------------------------------------------------------------------------------
line 'theme gru'
expect palette_completes_names 'gruvbox +theme'
keys Tab Enter
expect palette_takes_a_theme 'theme gruvbox'
expect_that and_shows_it header_has 237
line 'theme no-such'
keys Enter
expect palette_tells_what_is_wrong 'no theme "no-such": not in'
keys C-g
line 'keymap emacs'
keys Enter
expect palette_takes_a_keymap 'keymap emacs'
keys C-q
expect its_keys_work 'status 0'

# --- All of them ---------------------------------------------------------------------------------
for name in $(cd themes && echo *.theme); do
    start 100 30 --lab small --speed 1 --theme "${name%.theme}"
    expect "${name%.theme}_starts" 'pc08'
    keys q
    expect "${name%.theme}_ends" 'status 0'
done
finish
