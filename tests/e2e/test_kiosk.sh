#!/bin/bash
# test_kiosk.sh - a console as a login shell, or as what sshd runs: every trick to get out of it, to
# a shell, an editor or a file, fails. A file of a secret name stands for what must not be touched.
SUITE='kiosk'
# shellcheck source=tests/e2e/console_lib.sh
. "$(dirname "$0")/console_lib.sh"

KIOSK_DIR=$(mktemp -d)
ln -s "$ROOST" "$KIOSK_DIR/roost-kiosk"
KIOSK=$KIOSK_DIR/roost-kiosk
mkdir -p "$HOME_DIR/roost" "$HOME_DIR/.ssh"
trap 'rm -rf "$KIOSK_DIR"; end_console' EXIT

# What would be run or read, were the environment or a path believed.
cat >"$HOME_DIR/trap.sh" <<EOF
#!/bin/sh
touch "$HOME_DIR/escaped"
EOF
chmod +x "$HOME_DIR/trap.sh"
printf '[power]\nwake_command=%s\n[cluster]\nname=escaped\n' "$HOME_DIR/trap.sh" >"$HOME_DIR/roost/roost.conf"
echo 'SECRET-WORD' >"$HOME_DIR/secret"

# shell ARGUMENTS...: as sshd runs a login shell without a terminal. Its words in $said.
said='' status=0
shell() {
    said=$(env -i HOME="$HOME_DIR" TERM=xterm "${given[@]}" "$KIOSK" "$@" 2>&1 </dev/null)
    status=$?
}
given=()
refuses() { [ "$status" -ne 0 ] && [[ $said == *"$1"* ]] && [[ $said != *SECRET-WORD* ]]; }

is() { if "${@:2}"; then report ok "$1"; else echo "# status $status: $said"; report no "$1"; fi; }

# --- What the other side wants to be run ---------------------------------------------------------
for command in id 'cat /etc/passwd' "$HOME_DIR/trap.sh" 'sh -i' '/bin/bash' 'scp -t /tmp' \
    '/usr/lib/openssh/sftp-server' 'rsync --server' 'list' '--lab ercolani' '' "$HOME_DIR/roost/roost.conf"; do
    shell -c "$command"
    is "no-command/${command:-empty}" refuses 'runs no commands'
done
given=(SSH_ORIGINAL_COMMAND='cat /etc/passwd')
shell
is no-original-command refuses 'runs no commands'
said=$(env -i HOME="$HOME_DIR" SSH_ORIGINAL_COMMAND='id' "$ROOST" --kiosk 2>&1 </dev/null) status=$?
is no-original-command-when-forced refuses 'runs no commands'
given=()

# --- Its own arguments ---------------------------------------------------------------------------
for arguments in 'list' 'shell' 'remote pc01 -- id' 'help --config' "--lab $HOME_DIR/secret" \
    '--batch' 'snapshot /tmp/x.svg' "--theme $HOME_DIR/secret" '-l ercolani' '--login' '-i' \
    "--configuration $HOME_DIR/roost/roost.conf" '-- list'; do
    # shellcheck disable=SC2086 # words
    shell $arguments
    is "no-argument/$arguments" refuses 'in the place of a shell'
done
for shell_name in -roost -roost-kiosk -sh; do
    said=$(exec -a "$shell_name" "$ROOST" shell 2>&1 </dev/null) status=$?
    is "is-a-login-shell/$shell_name" refuses 'in the place of a shell'
done
shell
is needs-a-terminal refuses 'not a terminal'

# --- On a terminal -------------------------------------------------------------------------------
# kiosk VARIABLE=VALUE...: on a terminal, with that in the environment.
kiosk() {
    tm kill-server 2>/dev/null
    runs=$((runs + 1))
    SOCKET=roost-$SUITE-$$-$runs
    pane=one
    tm new-session -d -s one -x 100 -y 30 "env HOME=$HOME_DIR XDG_CONFIG_HOME=$HOME_DIR \
        XDG_STATE_HOME=$HOME_DIR/state XDG_DATA_HOME=$HOME_DIR TERM=$TERM_INSIDE \
        $(printf '%q ' "$@") '$KIOSK' --no-animation; echo status \$?; read -r _"
    tm set-option -g status off
}
untouched() { [ ! -e "$HOME_DIR/escaped" ] && [ ! -e "$HOME_DIR/state" ]; }

kiosk EDITOR="$HOME_DIR/trap.sh" VISUAL="$HOME_DIR/trap.sh" PAGER="$HOME_DIR/trap.sh" \
    SHELL="$HOME_DIR/trap.sh" ROOST_CONFIG="$HOME_DIR/roost/roost.conf" \
    GIO_EXTRA_MODULES="$HOME_DIR" G_RESOURCE_OVERLAYS="/roost=$HOME_DIR" TERMINFO="$HOME_DIR" \
    ENV="$HOME_DIR/trap.sh" BASH_ENV="$HOME_DIR/trap.sh" LESSOPEN="|$HOME_DIR/trap.sh"
expect shows-the-lab 'pc01.*pc02'
expect_not own-configuration-is-not-read 'escaped'

keys C-z
expect no-suspend 'kiosk: nothing leads out'
keys M-p
expect no-snapshot 'kiosk: nothing leads out of it .snapshot'
keys '!'
expect_that bang-is-nothing shows 'pc01.*pc02'

for words in 'remote pc01 -- id' "night --lab $HOME_DIR/secret" "night -c $HOME_DIR/secret" 'shell' 'run' \
    "add-node --file $HOME_DIR/secret" "snapshot $HOME_DIR/x.svg" "insert --cdrom $HOME_DIR/secret --name x" \
    "insert --template $HOME_DIR/secret" "define pc01 pc02" 'reset' 'edit' "list --config $HOME_DIR/secret" \
    "complete -- $HOME_DIR/" 'run --pid-file x' 'delete pc01 --disks'; do
    line "$words"
    until_true shows "^ :${words:0:12}" || true
    keys Enter
    name=${words//"$HOME_DIR"/HOME}
    expect "no-verb/$name" 'not for a kiosk|no verb|no option|program of its own|without a screen|of its own|too many|takes no word|chosen already'
    expect_not "no-secret/$name" 'SECRET-WORD'
    keys Escape
    until_true shows_not '^ :' || true
    until_true shows 'pc01.*pc02' || keys Escape
done

line 'list | sh -c id'
until_true shows 'sh -c id'
keys Enter
expect no-pipe 'too many|list: |takes|no host|list has'
keys Escape
until_true shows_not '^ :'
until_true shows 'pc01.*pc02'
# shellcheck disable=SC2016 # not to be expanded
line 'find $(touch escaped)'
keys Enter
expect no-substitution 'too many|no vm|find: |no VM'
keys Escape
until_true shows_not '^ :'
until_true shows 'pc01.*pc02'
expect still-there 'pc01.*pc02'
expect_that nothing-was-touched untouched

# Signals of the user's own: it ends, or goes on, and never stops before a shell.
pid=$(tm display-message -p -t one '#{pane_pid}')
child=$(pgrep -P "$pid" | head -1)
kill -TSTP "${child:-$pid}"
expect_that no-stop-by-signal test "$(ps -o stat= -p "${child:-$pid}" | cut -c1)" != T
kill -QUIT "${child:-$pid}"
expect quit-only-ends 'status'
expect_that no-core test -z "$(find . -maxdepth 1 -type f -name 'core*')"

# --- Hostile words about the terminal and the language -------------------------------------------
kiosk 'TERM=../../etc/passwd'
expect hostile-term 'status 1|status 2'
kiosk "LANG=$HOME_DIR/x" "LC_ALL=/../../tmp" "LANGUAGE=../x" "TZ=:$HOME_DIR/secret"
expect hostile-locale 'pc01.*pc02'
expect_that nothing-was-touched-at-last untouched

# --- Read-only as well ---------------------------------------------------------------------------
tm kill-server 2>/dev/null
start 100 30 --kiosk --readonly --lab ercolani
expect readonly-badge 'READ-ONLY'
keys w
expect readonly-refuses 'read-only: it looks'
keys C-z
expect readonly-kiosk-stays 'kiosk: nothing leads out'
keys q
expect leaves 'status 0'

finish
