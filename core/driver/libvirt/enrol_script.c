#include "core/driver/libvirt/enrol_script.h"

#include <string.h>

static const char begin[] = "LC_ALL=C PATH=$PATH:/usr/local/sbin:/usr/sbin:/sbin\n"
                            "export LC_ALL PATH\n"
                            "umask 077\n"
                            "say() { printf '%s %s\\n' \"$1\" \"$2\"; }\n"
                            "end() { say \"$1\" \"$2\"; echo roost-end; exit 0; }\n"
                            "reason() { tail -n 1 \"$log\" 2>/dev/null; }\n"
                            "echo roost-begin\n";

/*
 * A file of ~/.ssh gets the lines of $wanted that it lacks: a copy is made whole and put in its
 * place, so that nobody is locked out by a full disk. A link stays one: what it leads to is
 * replaced. Two who do so at once wait for one another by mkdir, which is atomic on NFS as well.
 */
static const char add_lines[] =
    "home=$(cd 2>/dev/null && pwd) || end failed 'it has no home directory'\n"
    "[ -d \"$home/.ssh\" ] || mkdir \"$home/.ssh\" 2>/dev/null ||\n"
    "    end failed \"$home/.ssh cannot be made\"\n"
    "lock=$home/.ssh/.roost-lock tries=0\n"
    "until mkdir \"$lock\" 2>/dev/null; do\n"
    "    tries=$((tries + 1))\n"
    "    [ -w \"$home/.ssh\" ] || end failed \"$home/.ssh cannot be written to\"\n"
    "    [ $tries -lt 10 ] || { rmdir \"$lock\" 2>/dev/null; break; }\n"
    "    sleep 1\n"
    "done\n"
    "trap 'rmdir \"$lock\" 2>/dev/null' 0\n"
    "trap 'exit 1' 1 2 13 15\n"
    "add() {\n"
    "    file=$home/.ssh/$1\n"
    "    file=$(readlink -f \"$file\" 2>/dev/null || echo \"$file\")\n"
    "    new=$file.roost.$$ last=\n"
    "    if [ -e \"$file\" ]; then cat \"$file\" >\"$new\"; else : >\"$new\"; fi ||\n"
    "        { rm -f \"$new\"; end failed \"$file cannot be written\"; }\n"
    "    [ -z \"$(tail -c 1 \"$new\")\" ] || echo >>\"$new\"\n"
    "    while IFS= read -r line; do\n"
    "        [ -n \"$line\" ] || continue\n"
    "        grep -qxF -e \"$line\" \"$new\" && continue\n"
    "        last=$line\n"
    "        printf '%s\\n' \"$line\" >>\"$new\"\n"
    "    done <<roost_lines\n"
    "$wanted\n"
    "roost_lines\n"
    "    if [ -z \"$last\" ]; then rm -f \"$new\"; return; fi\n"
    "    [ \"$(tail -n 1 \"$new\")\" = \"$last\" ] && mv -f \"$new\" \"$file\" ||\n"
    "        { rm -f \"$new\"; end failed \"$file cannot be written\"; }\n"
    "    if command -v restorecon >/dev/null 2>&1; then restorecon \"$file\" 2>/dev/null; fi\n"
    "}\n"
    "chmod go-w \"$home/.ssh\" 2>/dev/null\n";

/* With the usual names, which ssh tries by itself. */
static const char make_key[] =
    "key=\n"
    "for type in ed25519 ecdsa rsa; do\n"
    "    [ -n \"$key\" ] || [ ! -s \"$home/.ssh/id_$type\" ] || key=$home/.ssh/id_$type\n"
    "done\n"
    "log=$home/.ssh/.roost-log.$$\n"
    "if [ -z \"$key\" ]; then\n"
    "    key=$home/.ssh/id_ed25519\n"
    "    ssh-keygen -q -t ed25519 -N '' -C \"$(id -un)@$(uname -n)\" -f \"$key\" </dev/null "
    ">\"$log\" 2>&1 ||\n"
    "        { why=$(reason); rm -f \"$log\"; end failed \"ssh-keygen: $why\"; }\n"
    "fi\n"
    "public=$(ssh-keygen -y -P '' -f \"$key\" </dev/null 2>\"$log\") ||\n"
    "    { why=$(reason); rm -f \"$log\"; end failed \"$key has a passphrase or cannot be read\"; "
    "}\n"
    "rm -f \"$log\"\n"
    "say key \"$public\"\n";

static void append_wanted(GString *script, const char *file, const char *const *lines)
{
    if (!lines || !lines[0])
        return;
    g_string_append(script, "wanted='");
    for (; *lines; lines++)
        g_string_append_printf(script, "%s\n", *lines);
    g_string_append_printf(script, "'\nadd %s\n", file);
}

char *enrol_script_keys(const char *const *authorized, const char *const *known, gboolean with_key)
{
    GString *script = g_string_new(begin);

    g_string_append(script, add_lines);
    if (with_key)
        g_string_append(script, make_key);
    append_wanted(script, "authorized_keys", authorized);
    append_wanted(script, "known_hosts", known);
    g_string_append(script, "end done keys\n");
    return g_string_free(script, FALSE);
}

/* Below a bridge, a bond or a VLAN: the card that hears the packet. */
static const char find_port[] =
    "dev=$(ip -o address show to \"$address\" </dev/null 2>/dev/null |\n"
    "    sed -n '1s/^[0-9]*: *\\([^ ]*\\).*/\\1/p')\n"
    "[ -n \"$dev\" ] || end failed \"no interface has the address $address\"\n"
    "port=$dev net=/sys/class/net\n"
    "while [ ! -e $net/$port/device ]; do\n"
    "    next=\n"
    "    for lower in $net/$port/lower_*; do\n"
    "        name=${lower##*/lower_}\n"
    "        if [ -e $net/$name/device ]; then next=$name; break; fi\n"
    "        for below in $net/$name/lower_*; do [ ! -e $below ] || next=$name; done\n"
    "    done\n"
    "    [ -n \"$next\" ] || break\n"
    "    port=$next\n"
    "done\n";

static const char arm_now[] =
    "command -v ethtool >/dev/null 2>&1 || end failed 'ethtool is not installed'\n"
    "log=$(mktemp) || end failed 'no temporary file can be made'\n"
    "trap 'rm -f \"$log\"' 0\n"
    "wol() { ethtool $port 2>/dev/null </dev/null |\n"
    "    sed -n \"s/^[[:space:]]*$1Wake-on:[[:space:]]*//p\"; }\n"
    "case $(wol) in\n"
    "*g*) ;;\n"
    "*)\n"
    "    case $(wol 'Supports ') in\n"
    "    *g*) ;;\n"
    "    *) end failed \"$port cannot be woken by magic packets, as ethtool tells: turn "
    "wake-on-LAN on in the firmware, if it is there\" ;;\n"
    "    esac\n"
    "    ethtool -s $port wol g >\"$log\" 2>&1 </dev/null ||\n"
    "        end failed \"ethtool -s $port wol g: $(reason)\" ;;\n"
    "esac\n";

/*
 * Of the .link files that match a card only the first holds: what the one before this said of names
 * and addresses is taken over, and one of the administrator's own is only added to.
 */
static const char keep_with_udev[] =
    "keep_link() {\n"
    "    was=$(udevadm info $net/$port 2>/dev/null </dev/null | sed -n "
    "'s/^E: ID_NET_LINK_FILE=//p')\n"
    "    mac=$(ethtool -P $port 2>/dev/null </dev/null | sed -n 's/^Permanent address: *//p')\n"
    "    case $mac in\n"
    "    '' | *[!0-9a-f:]* | 00:00:00:00:00:00) read -r mac <$net/$port/address ;;\n"
    "    esac\n"
    "    case $was in\n"
    "    *-roost-*) kept=$was ;;\n"
    "    /etc/*) kept=$was.d/roost-wake-on-lan.conf ;;\n"
    "    *) kept=/etc/systemd/network/50-roost-$port.link ;;\n"
    "    esac\n"
    "    mkdir -p \"${kept%/*}\" || return 1\n"
    "    {\n"
    "        echo '# Made by roost: the host is woken by magic packets.'\n"
    "        case $kept in\n"
    "        *.conf) echo '[Link]' ;;\n"
    "        *)\n"
    "            printf '[Match]\\nMACAddress=%s\\nType=ether\\n\\n[Link]\\n' \"$mac\"\n"
    "            if [ -r \"$was\" ]; then\n"
    "                sed -n '/^\\[Link\\]/,/^\\[[^L]/{/^[A-Z]/{/^WakeOnLan=/!p}}' \"$was\"\n"
    "            else\n"
    "                echo 'NamePolicy=keep kernel database onboard slot path'\n"
    "                echo 'MACAddressPolicy=persistent'\n"
    "            fi ;;\n"
    "        esac\n"
    "        echo WakeOnLan=magic\n"
    "    } >\"$log.new\" && cat \"$log.new\" >\"$kept.roost\" && mv -f \"$kept.roost\" "
    "\"$kept\" &&\n"
    "        chmod 644 \"$kept\"\n"
    "    result=$?\n"
    "    rm -f \"$log.new\" \"$kept.roost\"\n"
    "    return $result\n"
    "}\n"
    "keep_rule() {\n"
    "    kept=/etc/udev/rules.d/81-roost-wake-on-lan.rules\n"
    "    rule='ACTION==\"add\", SUBSYSTEM==\"net\", NAME==\"'$port'\", "
    "RUN+=\"'$(command -v ethtool)' -s '$port' wol g\"'\n"
    "    grep -qsxF -e \"$rule\" $kept || echo \"$rule\" >>$kept\n"
    "}\n";

static const char keep_with_ifupdown[] =
    "keep_ifupdown() {\n"
    "    kept=/etc/network/if-up.d/roost-wake-on-lan\n"
    "    line='[ \"$IFACE\" != '$dev' ] || ethtool -s '$port' wol g || exit 0'\n"
    "    [ -e $kept ] || printf '#!/bin/sh\\n# Made by roost.\\n' >$kept || return 1\n"
    "    grep -qxF -e \"$line\" $kept || echo \"$line\" >>$kept || return 1\n"
    "    chmod 755 $kept\n"
    "}\n";

static const char keep_with_manager[] =
    "connection=\n"
    "if command -v nmcli >/dev/null 2>&1; then\n"
    "    connection=$(nmcli -g GENERAL.CONNECTION device show $port 2>/dev/null </dev/null)\n"
    "fi\n"
    "keep_manager() {\n"
    "    kept=\"NetworkManager's $connection\"\n"
    "    nmcli connection modify \"$connection\" 802-3-ethernet.wake-on-lan magic </dev/null\n"
    "}\n";

static const char keep_and_ask[] =
    "kept=\n"
    "if [ -n \"$connection\" ]; then keep_manager\n"
    "elif [ -d /run/systemd/system ]; then keep_link\n"
    "elif [ -d /etc/network/if-up.d ]; then keep_ifupdown\n"
    "elif [ -d /etc/udev/rules.d ]; then keep_rule\n"
    "else end failed 'it is armed until it boots again: nothing on it is known to arm it then'\n"
    "fi 2>\"$log\" || end failed \"it is armed until it boots again: $kept: $(reason)\"\n"
    "case $(wol) in\n"
    "*g*) end done \"$kept\" ;;\n"
    "*) end failed \"$port was armed, and is not any more: $(wol)\" ;;\n"
    "esac\n";

char *enrol_script_arm(const char *address)
{
    g_autofree char *quoted = g_shell_quote(address);

    return g_strdup_printf("%s%saddress=%s\n%s%s%s%s%s%s", begin, "umask 022\n", quoted, find_port,
                           arm_now, keep_with_udev, keep_with_ifupdown, keep_with_manager,
                           keep_and_ask);
}

/* ssh must ask nobody, and may hang; virsh takes the ssh that libvirtd takes. */
static const char try_peer[] =
    "command -v virsh >/dev/null 2>&1 || end failed 'virsh, to try it with, is not installed'\n"
    "said=$(timeout 8 virsh -q -c \"$uri\" uri 2>&1 </dev/null) && end done peer\n"
    "said=$(printf '%s' \"$said\" | tr '\\n' ' ')\n"
    "end failed \"${said:-no answer in time}\"\n";

char *enrol_script_try_peer(const char *uri)
{
    g_autofree char *quoted = g_shell_quote(uri);

    return g_strdup_printf("%suri=%s\n%s", begin, quoted, try_peer);
}
