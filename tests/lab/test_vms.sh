#!/bin/bash
# The verbs of VMs on real hosts: pause, resume, reboot, autostart, define, forget, delete, and
# insert, of one VM and of many copies. What is true is asked past roost: of virsh, and of the disks.
# shellcheck source-path=SCRIPTDIR source=testlib.sh disable=SC2016,SC2317,SC2034
. "$(dirname "$0")/testlib.sh"
command -v qemu-img >/dev/null || { echo "1..0 # SKIP no qemu-img (package qemu-utils)" && exit; }
make_lab vms 3
a=${host[0]} b=${host[1]} c=${host[2]}
images=$LAB_DIR/images
dir=/var/lib/libvirt/images

virsh_on() { lab exec "$1" timeout 20 virsh -q "${@:2}"; }
is_paused() { [[ $(state_of "$1" "$2") == paused* ]]; }
is_running() { [[ $(state_of "$1" "$2") == running* ]]; }
marked() { virsh_on "$1" list --all --autostart --name | grep -qx -e "$2"; }
uuid_on() { virsh_on "$1" domuuid "$2"; }
xml_of() { virsh_on "$1" dumpxml --inactive "$2"; }
backing_of() { qemu-img info -U "$images/$1" 2>/dev/null | sed -n 's/^backing file: \([^ ]*\).*/\1/p'; }

run add-node "${address[@]}"
check "hosts join" well

# ---- where they are ----

run pause "$a"
check "a VM is paused" all well 'is_paused "$a" "$a"'
run pause "$a"
check "paused twice, it is refused" refused "is paused already"
run reboot "$a"
check "a paused guest cannot hear" refused "cannot hear"
run resume "$a"
check "and goes on" all well 'is_running "$a" "$a"'
run resume "$a" "$b"
check "of several, each is told" all 'ended 1' 'err "vm $a is not paused"' 'err "vm $b is not paused"' 'err "2 of 2"'
run reboot --force "$a"
check "a VM is reset" all well 'is_running "$a" "$a"'
run autostart "$a" on
check "a VM is marked to start with its host" all well 'marked "$a" "$a"'
run autostart "$a" off
check "and no more" all well '! marked "$a" "$a"'
run autostart "$a" maybe
check "on or off" all 'ended 2' 'err "on or off"'
run pause nobody
check "a VM that is not there" refused "no such VM"
run force-off "$b"
check "a VM is forced off" all well '! runs "$b" "$b"'
run start "$b"
check "and started" all well 'runs "$b" "$b"'

# ---- known elsewhere ----

run define "$a" "$b"
check "a VM is made known on another host: the same, and not started" all well 'knows "$b" "$a"' \
    '[[ $(uuid_on "$a" "$a") == "$(uuid_on "$b" "$a")" ]]' '! runs "$b" "$a"' 'runs "$a" "$a"'
run define "$a" "$b"
check "twice does no harm" all well 'out "done"'
run define "$a" "$a"
check "nor where it is" all well 'out "done: $a knows it already"'
run forget "$a" "$a"
check "where it runs it is not forgotten" all 'refused "stop it first"' 'knows "$a" "$a"'
run forget "$a" "$c"
check "nor where nobody knows it" refused "does not know"
run forget "$a" "$b"
check "it is forgotten elsewhere" all well '! knows "$b" "$a"' 'runs "$a" "$a"'
run force-off "$a"
run forget "$a" "$a"
check "the last host needs force" all 'refused "is the last that knows"' 'knows "$a" "$a"'
xml_of "$a" "$a" >"$work/other.xml"
sed -i "s|<uuid>.*</uuid>|<uuid>0e0c5a5e-5f2c-4a6c-9d3a-000000000001</uuid>|" "$work/other.xml"
lab exec "$c" sh -c 'cat >/run/o.xml && virsh -q define /run/o.xml' <"$work/other.xml" >/dev/null
run define "$a" "$c"
check "another VM of that name is in the way" all 'ended 1' 'err "another VM of that name|UUID"'
virsh_on "$c" undefine "$a" >/dev/null

# ---- insert ----

run insert --name web --memory 64 --disk 16M --home "$b" --start
check "a VM is made and started" all 'ended 0' 'runs "$b" web' '[[ -f $images/web-vda.qcow2 ]]' 'knows "$b" web'
run show web
is_shown() { # the disk's line against what virsh and the file system say
    local disk kind mac
    disk=$(grep '^disk' "$work/out")
    kind=$(lab exec "$b" findmnt -n -r -o FSTYPE -T "$dir/web-vda.qcow2" | tail -n 1)
    mac=$(virsh_on "$b" domiflist web | awk 'NF > 1 { print $5; exit }')
    echo "# $kind: $disk"
    [[ $disk == "disk	"*"	disk	"*"	qcow2	16	"*"	$dir/web-vda.qcow2" ]] &&
        (($(virsh_on "$b" domblkinfo web "$(cut -f 2 <<<"$disk")" | awk '/Capacity/ { print $2 }') == 16 << 20)) &&
        [[ $(grep '^interface' "$work/out" | cut -f 2) == "$mac" ]]
}
check "its disk and network are shown as they are" all well '(($(grep -c "^vm	web	$b	running" "$work/out") == 1))' is_shown
run show web --format json
check "with the file system that it is on" all well \
    'out "\"storage\": \"$(lab exec "$b" findmnt -n -r -o FSTYPE -T "$dir/web-vda.qcow2" | tail -n 1)\""'
run list VM
check "its host is its home" all well '[[ $(field web 2) == "$b" ]]' '[[ $(field web 7) == "$b" ]]'
run migrate web "$c" --force
check "it moves, or is refused for its disk" all 'ended 0 || err "unsafe"'
run insert --name web --disk 16M
check "its name is taken" all 'ended 1' 'err "in the cluster already"'
echo precious >"$images/new-vda.qcow2"
run insert --name new --disk 16M --home "$a"
check "a file that is there is not written over" all 'refused "is there already"' \
    '[[ $(cat "$images/new-vda.qcow2") == precious ]]' '! knows "$a" new'
run insert --name 'x;touch "$(id)" <b>' --disk none --home "$a"
check "a name is a name" all 'ended 0' 'knows "$a" "x;touch \"\$(id)\" <b>"'
run delete 'x;touch "$(id)" <b>' --confirm 'x;touch "$(id)" <b>'
check "and goes again" all 'ended 0' '[[ -z $(places "x;touch \"\$(id)\" <b>") ]]'
run insert --name ../up --disk none
check "but no path" all 'ended 1' 'err "name"'
run insert --name big --memory 9999999 --disk none
check "no host has so much RAM" all 'ended 1' 'err "no host has more"'
run insert --name two --disk "$dir/web-vda.qcow2" --home "$b"
check "the disk of another is not taken" all 'refused "vm web uses"' '! knows "$b" two'
run insert --name net --disk 16M --network nowhere --home "$a"
check "nor a network that is not there" all 'refused "no active network nowhere"' '[[ ! -e $images/net-vda.qcow2 ]]'
run insert --name bad --disk 16M --boot floppy
check "each word is checked" all 'ended 1' 'err "--boot: .*hd, cdrom and network"'
run insert --name nodir --disk "/nowhere/at/all.img:16M" --home "$a"
check "a directory that is not there" refused "/nowhere/at: there is no such directory"
run insert
check "without a terminal nothing is asked" all 'ended 2' 'err "--name is missing"'
run insert --name dry --disk 16M -n
check "a dry run shows it, and makes nothing" all 'ended 0' 'out "<name>dry</name>"' '[[ ! -e $images/dry-vda.qcow2 ]]'
run insert --name local --disk "/run/local.qcow2:16M" --home "$a"
check "a disk that the others do not see is told" all 'ended 0' 'err "not on storage that all hosts share.*$b.*$c"'
run delete local --disks --confirm local
check "and goes with its VM" all 'ended 0' '! lab exec "$a" test -e /run/local.qcow2'

# A guided one, on a terminal: a wrong answer is asked for again.
printf '%s\n' ../x guided many 48 1 nonsense 8M none none "$c" no yes >"$work/answers"
status=0
(while read -r line; do sleep 0.7; echo "$line"; done <"$work/answers"; sleep 3) |
    timeout 90 script -qec "$roost -c $conf insert" /dev/null >"$work/out" 2>"$work/err" || status=$?
check "guided: checked as typed, and made" all 'ended 0' 'knows "$c" guided' '[[ -f $images/guided-vda.qcow2 ]]' \
    'out "is no size"' 'out "whole number of MiB"'

# ---- templates ----

run stop --force web
run insert --template web --name 'exam-%02d' --copies 6 --home spread
check "six copies of a VM, spread" all 'ended 0' '[[ -f $images/exam-06-vda.qcow2 ]]' \
    '[[ $(backing_of exam-03-vda.qcow2) == "$dir/web-vda.qcow2" ]]' \
    '(($(for n in 1 2 3 4 5 6; do places exam-0$n; done | sort -u | wc -l) == 3))'
for n in 1 2 3 4 5 6; do uuid_on "$(places exam-0$n)" exam-0$n; done | sort -u >"$work/uuids"
check "each is itself" test "$(wc -l <"$work/uuids")" = 6
run insert --template web --name 'exam-%02d' --copies 7 --home spread
check "a second run makes what is missing" all 'ended 0' 'out "exam-03: is there already"' \
    '[[ -n $(places exam-07) ]]' '(($(grep -c "is there already" "$work/out") == 6))'
run start exam-01
check "a copy starts" all well 'runs "$(places exam-01)" exam-01'
run insert --template exam-01 --name x --full
check "what runs is no template" refused "what a guest is writing to"
run stop --force exam-01
touch "$images/part-02-vda.qcow2"
run insert --template web --name 'part-%02d' --copies 3
check "partial failure is told, for each" all 'ended 1' 'err "part-02-vda.qcow2: is there already"' \
    'err "1 of 3 VMs not made"' '[[ -n $(places part-01) && -n $(places part-03) ]]' '[[ -z $(places part-02) ]]'
run insert --template web --name whole --full
check "a full copy builds upon nothing" all 'ended 0' '[[ -f $images/whole-vda.qcow2 ]]' '[[ -z $(backing_of whole-vda.qcow2) ]]'
xml_of "$(places exam-01)" exam-01 | sed -e 's|<name>.*</name>|<name>{name}</name>|' \
    -e "s|<source file='[^']*'|<source file='$dir/{name}.qcow2'|" \
    -e 's|</domain>|<description>course {number:02}</description></domain>|' >"$work/course.xml"
run insert --template "$work/course.xml" --name 'lab%d' --copies 2 --disk 8M
check "a file as template: its words are filled in" all 'ended 0' '[[ -f $images/lab2.qcow2 ]]' \
    'xml_of "$(places lab2)" lab2 | grep -q "course 02"'
sed -i 's/{number:02}/{nubmer}/' "$work/course.xml"
run insert --template "$work/course.xml" --name 'lab%d' --copies 3
check "a word that stands for nothing" all 'ended 1' 'err "\{nubmer\} stands for nothing"'

# ---- delete ----

run delete web --disks --confirm web
check "a template goes; the disk that copies build upon stays" all 'ended 0' 'out "web-vda.qcow2: vm .* uses it, or builds"' \
    '[[ -f $images/web-vda.qcow2 ]]' '[[ -z $(places web) ]]' '[[ -f $(echo "$store"/VM/removed/web-*.xml) ]]'
run delete exam-02 --confirm exam-03
check "the name must be the one" all 'refused "another name"' '[[ -n $(places exam-02) ]]'
run delete exam-02
check "without a terminal it must be given" refused "give --confirm exam-02"
run delete exam-02 --confirm exam-02
check "without --disks the disk stays" all 'ended 0' '[[ -z $(places exam-02) ]]' '[[ -f $images/exam-02-vda.qcow2 ]]'
run delete exam-03 --disks --confirm exam-03
check "with it, it goes" all 'ended 0' '[[ -z $(places exam-03) ]]' '[[ ! -e $images/exam-03-vda.qcow2 ]]' '[[ -f $images/web-vda.qcow2 ]]'
run start exam-04
run delete exam-04 --disks --confirm exam-04
check "what runs is not deleted" all 'refused "stop it first"' '[[ -f $images/exam-04-vda.qcow2 ]]'
run define exam-05 "$a"
run define exam-05 "$b"
run define exam-05 "$c"
run delete exam-05 --disks --confirm exam-05
check "it goes from every host that knows it" all 'ended 0' '[[ -z $(places exam-05) ]]' '[[ ! -e $images/exam-05-vda.qcow2 ]]'
run delete "$c" --disks --confirm "$c"
check "a shared disk stays" all 'refused "stop it first"'
run force-off "$c"
run delete "$c" --disks --confirm "$c"
check "a disk that is shared always stays" all 'ended 0' 'out "it is shared"' '[[ -z $(places "$c") ]]'
run list VM
check "what is gone is not listed" all well '! out "^exam-05"' '! out "^web"'
# A host that does not answer may know it, and use its disks.
lab hang "$b" all
LIMIT=60 run delete exam-06 --disks --confirm exam-06
check "a host that hangs stands in the way" all 'ended 1' '[[ -f $images/exam-06-vda.qcow2 ]]'
finish
