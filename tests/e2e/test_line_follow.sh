#!/bin/bash
# test_line_follow.sh - roost in lines while another program is the manager: what is asked for goes
# there, is told with the manager's numbers, and its end is known. The hosts refuse every call.
# shellcheck source=tests/e2e/command_lib.sh
. "$(dirname "$0")/command_lib.sh"
store=$work/store
mkdir "$store"
cat >"$work/lab.conf" <<CONF
[cluster]
store=$store
[ssh]
port=1
[power]
boot_timeout=1 s
wake_tries=1
wake_stagger=0 s
CONF
cat >"$store/ClusterInfo.xml" <<'XML'
<?xml version="1.0" encoding="UTF-8"?>
<cluster name="odd" version="1">
  <host name="pc01" address="127.0.0.1" role="manager" state="on" mac="52:54:00:00:00:01"
        broadcast="127.255.255.255" wake="armed"/>
  <host name="pc02" address="127.0.0.2" state="off" mac="52:54:00:00:00:02"
        broadcast="127.255.255.255" wake="armed"/>
</cluster>
XML
manager=
trap '[ -z "$manager" ] || kill -KILL "$manager" 2>/dev/null; rm -rf "$work"' EXIT
acts() { "$roost" -c "$work/lab.conf" status 2>/dev/null | grep -q '^manager-kind	run$'; }
start_manager() {
    "$roost" -c "$work/lab.conf" run >"$work/manager" 2>&1 &
    manager=$!
    until_true acts
}
in_lines() { # TEXT
    printf '%b' "$1" | timeout 120 "$roost" -c "$work/lab.conf" --line-mode >"$work/out" 2>"$work/err"
    status=$?
}
no_order_numbers() { ! grep -q 1000000000 "$work/out"; }
has_no() { ! says out "$1"; }

check a_manager_acts start_manager

in_lines 'wake pc02\n'
check the_manager_is_told says out '^The manager is roost run .* what is asked for here is sent there\.$'
check what_is_sent_is_told says out '^wake pc02: sent to the manager$'
check without_a_number_that_nobody_knows no_order_numbers
check its_beginning_is_told says out '^[0-9:]\{8\} Begun: wake pc02: by hand\.$'
check the_end_of_a_script_is_that_of_its_jobs says out '^[0-9:]\{8\} \(Alarm\|Failed\): wake pc02: '
check and_it_ends done_well

# The shell tells how a job that it did not wait for ended, under the number it has by then.
mkfifo "$work/pipe"
exec 9<>"$work/pipe"
: >"$work/out"
timeout 120 "$roost" -c "$work/lab.conf" shell <"$work/pipe" 9>&- >"$work/out" 2>"$work/err" &
shell=$!
echo 'wake pc02 &' >&9
check the_shell_tells_the_end_of_what_it_left until_true says out '^job [0-9]\{1,4\}: wake pc02: failed'
echo exit >&9
wait "$shell"
exec 9>&-

# Nothing of the manager's ends with who watches: leaving needs no second word.
in_lines 'wake pc02\nquit\n'
check leaving_needs_no_second_word has_no 'quit once more'
check and_is_clean done_well
kill -TERM "$manager"
wait "$manager"
manager=
finish
