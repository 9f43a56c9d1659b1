#!/bin/bash
# test_readonly.sh - a console that only looks, in the real program: keys, mouse, palette, menu and
# verbs do nothing, and its store stays as it is.
SUITE='readonly'
# shellcheck source=tests/e2e/console_lib.sh
. "$(dirname "$0")/console_lib.sh"

cat >"$HOME_DIR/lab.conf" <<EOF
[cluster]
store=$HOME_DIR/store
[automatic]
mode=always
EOF
roost() { XDG_STATE_HOME=$HOME_DIR XDG_CONFIG_HOME=$HOME_DIR "$ROOST" -c "$HOME_DIR/lab.conf" --lab small "$@"; }
digest() { (cd "$HOME_DIR/store" && find . -type f -exec md5sum {} + | sort); }
unchanged() { [ "$(digest)" = "$before" ]; }

roost migrate pc04 pc05 >/dev/null 2>&1 # so that there is something in the store
before=$(digest)
expect_that has-a-store test -n "$before"

# --- The command line ----------------------------------------------------------------------------
refused() { roost --readonly "$@" 2>&1 | grep -q 'read-only session'; }
for words in 'migrate pc04 pc05' 'wake pc01' 'off pc01' 'compact' 'normalize' 'drain pc01' 'mode always' \
    'policy pairs' 'cancel 1' 'refresh' 'note pc01 hello' 'add-node 10.0.0.9' 'reset --confirm small' \
    'remote pc01 -- true' 'run --once' 'del-node pc01' 'insert --name x'; do
    # shellcheck disable=SC2086 # words
    expect_that "verb/$words" refused $words
done
expect_that list roost --readonly list
expect_that mode roost --readonly mode
expect_that dry-run roost --readonly drain pc04 --dry-run
expect_that script-of-the-shell eval "! echo 'off pc01' | roost --readonly shell >/dev/null 2>&1"
expect_that store-is-as-it-was unchanged

# --- The console ---------------------------------------------------------------------------------
start 80 24 -c "$HOME_DIR/lab.conf" --lab small --readonly
expect badge 'READ-ONLY'
expect no-autopilot 'MANUAL'
for key in m w o d a A u s m w; do
    keys "$key"
done
expect a-key-is-told 'read-only: it looks'
expect_not no-question 'Enter takes'

read -r x y <<<"$(where_is pc04)"
drag "$x" $((y + 1)) $((x + 9)) $((y + 1))
expect_not no-drag 'let go over'
mouse 0 "$x" $((y + 1)) M
mouse 32 $((x + 9)) $((y + 1)) M
expect_not nothing-in-hand 'let go over'
mouse 0 $((x + 9)) $((y + 1)) m

line 'off pc01'
keys Enter
expect palette 'read-only session'
keys Escape
until_true shows_not '^ :'
line 'migrate pc04 pc05 --force'
until_true shows 'force'
keys Enter
expect palette-forced 'read-only session'
keys Escape
until_true shows_not '^ :'
keys x
expect menu 'the hosts; the VMs'
expect_not menu-offers-nothing 'switch hosts off|wake hosts'
keys Escape
until_true shows_not 'the hosts; the VMs'
expect no-job 'nothing under way'
keys q
expect leaves 'status 0'
expect_that store-is-still-as-it-was unchanged

# --- By the configuration ------------------------------------------------------------------------
printf '[console]\nreadonly=yes\n' >>"$HOME_DIR/lab.conf"
start 80 24 -c "$HOME_DIR/lab.conf" --lab small
expect configured 'READ-ONLY'
keys q
expect leaves-again 'status 0'
expect_that a-verb-acts-all-the-same roost migrate pc04 pc03

finish
