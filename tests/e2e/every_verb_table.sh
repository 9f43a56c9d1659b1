# every_verb_table.sh - the verbs typed into the palette, in the manner of every_action_table.sh: what
# is seen is what came of it, and for those that this lab or a console must refuse, the reason.
# shellcheck shell=bash disable=SC2154
table+=$'\n'$(cat <<'ROWS'
verb:list      palette | | list off | list off: done |
verb:show      palette | | show pc24 | ── show pc24 ─ |
verb:find      palette | | find pc24 | ^ pc24 +pc24 +10 |
verb:refresh   palette | | refresh | 62 hosts asked |
verb:add-node  palette | | add-node 10.0.9.9 | nothing answers at its address |
verb:drain     palette | | drain pc20 pc21 | host pc21: empty, in maintenance |
verb:undrain   palette | setup_idle see=pc20.+m | undrain pc20 pc21 | host pc21: out of maintenance |
verb:pin       palette | | pin pc30 | vm pc30: pin pc30 |
verb:unpin     palette | | unpin pc30 | vm pc30: pin none |
verb:apart     palette | | apart web pc31 pc32 | vm pc31: group web |
verb:note      palette | | note pc33 loud fan | host pc33: note loud fan |
verb:home      palette | | home pc34 pc35 | vm pc34: home pc35 |
verb:place     palette | | place pc36 rack=R9 | host pc36: rack R9 |
verb:vm-max    palette | | vm-max pc37 3 | host pc37: vm-max 3 |
verb:remote    palette | | remote pc38 -- uptime | uptime: not found |
verb:doctor    palette | | doctor pc38 | ── doctor pc38 |
verb:migrate   palette | | migrate pc46 pc47 | vm pc46 from pc46 to pc47: in |
verb:spread    palette | | spread pc48 --to pc49 | vm pc48 is on pc49 |
verb:stop      palette | | stop pc39 | stop vm pc39 .*done |
verb:start     palette | setup_idle | start pc39 | start vm pc39 .*done |
verb:force-off palette | setup_idle | force-off pc39 | force vm pc39 off .*done |
verb:pause     palette | | pause pc42 | pause vm pc42 .*done |
verb:resume    palette | setup_idle | resume pc42 | resume vm pc42 .*done |
verb:reboot    palette | | reboot pc42 | reboot vm pc42 .*done |
verb:autostart palette | | autostart pc42 on | pc42: autostart on.*done |
verb:define    palette | | define pc43 pc44 | define vm pc43 on pc44.*done |
verb:forget    palette | setup_idle | forget pc43 pc44 | forget vm pc43 on pc44.*done |
verb:delete    palette | setup_idle | delete pc39 --confirm pc39 | forget vm pc39 on pc39.*done |
verb:insert    palette | | insert --name new --disk none | vm new: made on |
verb:wake      palette | setup_off | wake pc10 | pc10 +[~eur]( ) | setup_on
verb:off       palette | setup_empty | off pc10 | pc10 +-( ) | setup_on
verb:compact   palette | | compact --dry-run | ── compact --dry-run |
verb:normalize palette | setup_away | normalize --dry-run | ── normalize --dry-run |
verb:plan      palette | | plan --normalize | ── plan --normalize |
verb:tonight   palette | | tonight | ── tonight ─ |
verb:status    palette | | status | watts-saved |
verb:jobs      palette | | jobs | ── jobs ─ |
verb:cancel    palette | setup_waiting | cancel FIRST | FIRST +cancelled |  setup_go_on
verb:lower     palette | setup_waiting | lower FIRST | SECOND +queued[^¶]*¶ *FIRST +queued | setup_go_on
verb:raise     palette | setup_waiting | raise SECOND | SECOND +queued[^¶]*¶ *FIRST +queued | setup_go_on
verb:retry     palette | setup_waiting cancel-jobs see=FIRST.+cancelled | retry FIRST | queued +vm pc40 | setup_go_on
verb:mode      palette | pause see=paused | mode always | ALWAYS pa | automatic see=By.hours m see=MANUAL pause see=x60
verb:policy    palette | setup_pack | policy | ^ pack *$ |
verb:log       palette | | log | keeps no journal |
verb:report    palette | | report | keeps no record |
verb:help      palette | | help wake | ── help wake |
verb:version   palette | | version | roost [0-9] |
verb:snapshot  palette | | snapshot here.svg | snapshot takes no word behind it here |
verb:run       palette | | run | this console can become the manager |
verb:shell     palette | | shell | this line takes the same verbs |
verb:night     palette | | night | start it as roost night |
verb:reset     palette | | reset | this lab is simulated |
verb:del-node  palette | | del-node pc62 --force | host pc62: taken out |
ROWS
)
