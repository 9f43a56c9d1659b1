#!/bin/bash
# Real hosts that are woken, and do not come, or only in part.
# shellcheck source-path=SCRIPTDIR source=testlib.sh disable=SC2016,SC2317,SC2034
. "$(dirname "$0")/testlib.sh"
make_lab fwk 3
journal=$store/journal.log
write_conf quick <<-CONF
	[power]
	boot_timeout=6 s
	wake_tries=2
	[automatic]
	poll=2 s
	poll_off=4 s
CONF
run add-node "${address[@]}"
check "three hosts" all well 'lines 3'

# ---- a wake that never answers ----

run migrate "${host[2]}" "${host[1]}"
run off "${host[2]}"
check "an empty host is switched off" all well 'is_off "${host[2]}"'
lab wol "${host[2]}" d
run wake "${host[2]}"
check "a wake that is never answered is given up aloud, in bounded time" all \
    'refused "host ${host[2]} does not come on .*: is it plugged in, and armed"' 'within 20000'
check "the journal has it as an alarm" grep -q "what=wake.*host ${host[2]}.*result=failed alarm=yes" "$journal"
run list
check "and the host is off" [ "$(field "${host[2]}" 3)" = off ]
lab wol "${host[2]}" none

# ---- a host that comes up without its libvirtd ----

lab libvirtd "${host[2]}" off-at-boot
run wake "${host[2]}"
check "a host that comes on without libvirtd: that is what is said" all \
    'refused "host ${host[2]} has come on, but cannot be used: .*libvirt cannot be reached"' \
    'is_on "${host[2]}"' 'within 20000'
run list
check "it is neither off nor on" all '[[ $(field "${host[2]}" 3) == unreachable ]]' \
    '[[ $(field "${host[2]}" 11) == *libvirt* ]]'
run migrate "${host[2]}" "${host[2]}"
check "no VM is sent to it" refused "${host[2]}"
lab libvirtd "${host[2]}" start
run normalize
check "with its libvirtd the VM goes home" all well 'only_on "${host[2]}" "${host[2]}"'
check "and was never restarted" not_restarted "${host[@]}"
finish
