#!/bin/bash
# Real hosts that cannot be got at over ssh: sshd is down, or another host key is shown.
# shellcheck source-path=SCRIPTDIR source=testlib.sh disable=SC2016,SC2317,SC2034
. "$(dirname "$0")/testlib.sh"
# shellcheck source-path=SCRIPTDIR source=tmuxlib.sh
. "$here/tmuxlib.sh"
make_lab fac 4
journal=$store/journal.log
write_conf once <<-CONF
	[automatic]
	poll=2 s
	[migration]
	tries=1
CONF
run add-node "${address[@]}"
check "four hosts" all well 'lines 4'

# ---- sshd down at the start ----

lab sshd "${host[1]}" stop
run list
check "sshd is down: the host is in doubt, the others are on" all 'ended 0' 'within 8000' \
    '[[ $(field "${host[1]}" 3) == unreachable ]]' '(($(count 3 on) == 3))'
check "with the reason" all '[[ $(field "${host[1]}" 11) == *"port 22"*refused* ]]'
run find "${host[1]}"
check "its VM is not said to run, nor to be off" all 'out "^${host[1]}	.*	unknown$"'
run migrate "${host[1]}" "${host[2]}"
check "it is not moved" all 'refused "${host[1]}"' 'only_on "${host[1]}" "${host[1]}"'
run migrate "${host[2]}" "${host[1]}"
check "and nothing to it" all 'refused "${host[1]}"' 'only_on "${host[2]}" "${host[2]}"'
run off "${host[1]}" --force
check "and it is not switched off, not even by force" all 'ended 1' 'is_on "${host[1]}"'
lab sshd "${host[1]}" start
run list
check "when sshd is up again, the host is on" all well '(($(count 3 on) == 4))'

# ---- sshd goes down while the console is connected ----

open_console 100 24
check "the console is connected to all" until_true 15 shows '4 on'
lab sshd "${host[1]}" stop
keys g l m l Enter
check "sshd ends, and its sessions stay: what needs a new one fails, and the operator is told why" \
    journal_shows 'failed' 20
check "in full in the journal" grep -q \
    "what=migrate.*vm ${host[1]}.*result=failed alarm=yes.*host ${host[1]}: port 22: Connection refused" "$journal"
check "the VM runs where it was, once" all 'only_on "${host[1]}" "${host[1]}"' '(($(count_processes "${host[1]}") == 1))'
lab sshd "${host[1]}" kill
check "sessions die too: the host is in doubt" until_true 40 shows '3 on'
check "with an alarm" grep -q "alarm=yes.*host ${host[1]} does not answer" "$journal"
lab sshd "${host[1]}" start
check "sshd is back: the console finds the host again by itself" until_true 60 shows '4 on'
check "and says so" until_true 10 grep -q "host ${host[1]} answers again" "$journal"
check "all the while its VM was not touched" not_restarted "${host[1]}"

# ---- another host key ----

lab hostkey "${host[2]}" new
lab sshd "${host[2]}" kill
lab sshd "${host[2]}" start
check "a host comes with another key: it is not trusted" until_true 40 shows '3 on'
check "the operator is told of the key, and how to go on if it is right" until_true 10 \
    grep -q "alarm=yes.*host ${host[2]} does not answer.*ssh host key (SHA256:.*is not the one in.*ssh-keygen -R ${address[2]}" "$journal"
run list
check "so does list" all 'ended 0' '[[ $(field "${host[2]}" 3) == unreachable ]]' \
    '[[ $(field "${host[2]}" 11) == *"host key"*"ssh-keygen -R ${address[2]}"* ]]'
run migrate "${host[3]}" "${host[2]}"
check "nothing is moved there" all 'refused "${host[2]}"' 'only_on "${host[3]}" "${host[3]}"'
lab hostkey "${host[2]}" old
keys r
check "with its own key again it is on" until_true 60 shows '4 on'
keys q
check "q leaves" until_true 10 shows 'status 0'

finish
