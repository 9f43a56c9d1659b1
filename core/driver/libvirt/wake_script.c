#include "core/driver/libvirt/wake_script.h"

#include <string.h>

#include "core/base/error.h"
#include "core/base/text.h"
#include "core/driver/libvirt/host_facts.h"
#include "core/driver/libvirt/magic_packet.h"

#define TOOLS "perl, python3, socat, wakeonlan, etherwake, busybox"

/* $mac, $hex, $octal, $broadcast and $address are set before. */
static const char chain[] =
    "LC_ALL=C PATH=$PATH:/usr/local/sbin:/usr/sbin:/sbin\n"
    "export LC_ALL PATH\n"
    "has() { command -v \"$1\" >/dev/null 2>&1; }\n"
    "say() { [ \"$2\" -eq 0 ] && echo \"sent $1\" || echo \"failed $1\"; return \"$2\"; }\n"
    "by_perl() {\n"
    "    perl -MSocket -e 'my ($hex, @to) = @ARGV;\n"
    "        my $packet = (\"\\xff\" x 6) . (pack(\"H12\", $hex) x 16);\n"
    "        socket(my $s, PF_INET, SOCK_DGRAM, 17) or exit 1;\n"
    "        setsockopt($s, SOL_SOCKET, SO_BROADCAST, 1) or exit 1;\n"
    "        my $sent = 0;\n"
    "        for my $round (1 .. 3) { for (@to) {\n"
    "            $sent++ if send($s, $packet, 0, pack_sockaddr_in(9, inet_aton($_)));\n"
    "        } }\n"
    "        exit !$sent' \"$hex\" \"$broadcast\" 255.255.255.255\n"
    "}\n"
    "by_python3() {\n"
    "    python3 -c 'import socket, sys\n"
    "packet = b\"\\xff\" * 6 + bytes.fromhex(sys.argv[1]) * 16\n"
    "s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)\n"
    "s.setsockopt(socket.SOL_SOCKET, socket.SO_BROADCAST, 1)\n"
    "for round in range(3):\n"
    "    s.sendto(packet, (sys.argv[2], 9))' \"$hex\" \"$broadcast\"\n"
    "}\n"
    "by_socat() {\n"
    "    printf '\\377\\377\\377\\377\\377\\377'\"$octal$octal$octal$octal$octal$octal$octal$octal"
    "$octal$octal$octal$octal$octal$octal$octal$octal\" |\n"
    "        dd bs=102 count=1 iflag=fullblock 2>/dev/null |\n"
    "        socat -u -b102 - UDP4-DATAGRAM:\"$broadcast\":9,broadcast\n"
    "}\n"
    "by_wakeonlan() { wakeonlan -i \"$broadcast\" \"$mac\"; }\n"
    "device() {\n"
    "    set -- $(ip -o route get \"$address\" </dev/null 2>/dev/null)\n"
    "    while [ $# -gt 1 ]; do [ \"$1\" != dev ] || { echo \"$2\"; return; }; shift; done\n"
    "}\n"
    "by_etherwake() { etherwake -i \"$(device)\" \"$mac\"; }\n"
    "by_busybox() { busybox ether-wake -i \"$(device)\" \"$mac\"; }\n"
    "echo roost-begin\n"
    "sent=no\n"
    /* Datagrams: the first that works will do. Then frames, for what hears nothing else. */
    "for tool in perl python3 socat wakeonlan; do\n"
    "    has $tool || continue\n"
    "    by_$tool </dev/null >/dev/null 2>&1\n"
    "    say $tool $? && { sent=yes; break; }\n"
    "done\n"
    "for tool in etherwake busybox; do\n"
    "    has $tool || continue\n"
    "    by_$tool </dev/null >/dev/null 2>&1\n"
    "    say $tool $? && break\n"
    "done\n"
    "echo roost-end\n";

char *wake_script(const char *address, const guint8 mac[MAC_BYTES], const char *broadcast)
{
    GString *script = g_string_new(NULL);
    g_autofree char *quoted_address = g_shell_quote(address);
    g_autofree char *quoted_broadcast = g_shell_quote(broadcast ? broadcast : "255.255.255.255");

    g_string_append_printf(script, "address=%s\nbroadcast=%s\n", quoted_address, quoted_broadcast);
    g_string_append_printf(script, "mac=%02x:%02x:%02x:%02x:%02x:%02x\n", mac[0], mac[1], mac[2],
                           mac[3], mac[4], mac[5]);
    g_string_append_printf(script, "hex=%02x%02x%02x%02x%02x%02x\n", mac[0], mac[1], mac[2], mac[3],
                           mac[4], mac[5]);
    g_string_append_printf(script, "octal='\\%03o\\%03o\\%03o\\%03o\\%03o\\%03o'\n", mac[0], mac[1],
                           mac[2], mac[3], mac[4], mac[5]);
    g_string_append(script, chain);
    return g_string_free(script, FALSE);
}

static void append(GString *list, const char *tool)
{
    g_autofree char *safe = text_escape(tool);

    g_string_append_printf(list, "%s%.20s", list->len ? ", " : "", safe);
}

char *wake_script_read(const char *text, gsize size, GError **error)
{
    gboolean whole;
    g_auto(GStrv) lines = host_facts_lines(text, size, &whole);
    g_autoptr(GString) sent = g_string_new(NULL);
    g_autoptr(GString) failed = g_string_new(NULL);

    for (char **line = lines; line && *line; line++) {
        if (g_str_has_prefix(*line, "sent "))
            append(sent, *line + strlen("sent "));
        else if (g_str_has_prefix(*line, "failed "))
            append(failed, *line + strlen("failed "));
    }
    if (sent->len > 0)
        return g_strdup(sent->str);
    if (!lines)
        g_set_error_literal(error, ROOST_ERROR, ROOST_ERROR_FAILED,
                            "its answer over ssh is not the one asked for");
    else if (failed->len > 0)
        g_set_error(error, ROOST_ERROR, ROOST_ERROR_FAILED, "it cannot send one (tried %s)",
                    failed->str);
    else
        g_set_error(error, ROOST_ERROR, ROOST_ERROR_FAILED,
                    "it has nothing to send one with (any of " TOOLS " would do)");
    return NULL;
}
