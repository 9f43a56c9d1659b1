#include "core/driver/libvirt/check_script.h"

#include <string.h>

#include "core/driver/libvirt/host_script.h"

#define FILES_MOST       4096
#define DIRECTORIES_MOST 16
#define KEYS_MOST        1 /* a login costs both ends far more than a knock at a port */

static const char end[] = "echo roost-end\n";

/* The `date` that the operator would see; where it knows no fractions, whole seconds. */
static const char clock_body[] = "now=$(date +%s.%N 2>/dev/null </dev/null)\n"
                                 "case $now in\n"
                                 "*[!0-9.]* | '') now=$(date +%s </dev/null) ;;\n"
                                 "esac\n"
                                 "say clock \"$now\"\n";

/* Without pidof, which is not everywhere; names of processes are cut to 15 bytes. */
static const char daemons_body[] =
    "if [ -d /run/systemd/system ]; then say init systemd\n"
    "elif command -v rc-service >/dev/null 2>&1; then say init openrc; fi\n"
    "for name in libvirtd virtqemud virtlxcd; do\n"
    "    command -v \"$name\" >/dev/null 2>&1 && say installed \"$name\"\n"
    "done\n"
    "for process in /proc/[0-9]*; do\n"
    "    { read -r name <\"$process/comm\"; } 2>/dev/null || continue\n"
    "    case $name in\n"
    "    libvirtd | virtqemud | virtlxcd | firewalld | NetworkManager) say runs \"$name\" ;;\n"
    "    esac\n"
    "done\n"
    "for tool in ufw iptables nft ethtool nmcli netplan chronyc; do\n"
    "    command -v $tool >/dev/null 2>&1 && say tool $tool\n"
    "done\n"
    "[ -d /etc/udev/rules.d ] && say tool udev\n"
    "grep -qs '^ENABLED=yes' /etc/ufw/ufw.conf && say runs ufw\n";

/* Each line of what a command prints gets its key, whatever is in it. */
static const char wake_body[] =
    "[ -z \"$card\" ] || ethtool \"$card\" 2>/dev/null </dev/null |\n"
    "    sed -n 's/^[[:space:]]*\\([Ss]upports \\)\\{0,1\\}Wake-on:/ethtool \\1Wake-on:/p'\n"
    "if [ -n \"$card\" ] && [ -d /run/NetworkManager ]; then\n"
    "    name=$(timeout 3 nmcli -g GENERAL.CONNECTION device show \"$card\" 2>/dev/null "
    "</dev/null)\n"
    "    [ -z \"$name\" ] || say connection \"$name\"\n"
    "fi\n"
    "lines() { pattern=$1; shift; grep -HsE -e \"$pattern\" \"$@\" </dev/null | head -n 400 |\n"
    "    cut -c 1-400 | sed 's/^/conf /'; }\n";

/*
 * What may arm a card again at boot. Of files that may hold passwords only the lines that matter
 * are read.
 */
static const char keep_body[] =
    "lines '^[[:space:]]*[[A-Z]' /etc/systemd/network/*.link /run/systemd/network/*.link \\\n"
    "    /usr/lib/systemd/network/*.link /lib/systemd/network/*.link\n"
    "lines '^[[:space:]]*(iface|auto|allow|mapping|source|ethernet-wol|[a-z-]*up)[[:space:]]' \\\n"
    "    /etc/network/interfaces /etc/network/interfaces.d/*\n"
    "lines '^[[:space:]]*[^#:]*:[[:space:]]*$|wakeonlan|macaddress|^[[:space:]]*name:' \\\n"
    "    /etc/netplan/*.yaml /run/netplan/*.yaml /lib/netplan/*.yaml\n"
    "lines '^[[:space:]]*(ETHTOOL_OPT|DEVICE=|HWADDR=)' \\\n"
    "    /etc/sysconfig/network-scripts/ifcfg-* /etc/sysconfig/network/ifcfg-*\n"
    "lines '^\\[|^interface-name=|^mac-address=|^wake-on-lan=' \\\n"
    "    /etc/NetworkManager/system-connections/* /run/NetworkManager/system-connections/*\n"
    "lines '^[^#]*ethtool.*wol' /etc/rc.local /etc/rc.d/rc.local /etc/local.d/*.start \\\n"
    "    /etc/systemd/system/*.service /etc/udev/rules.d/*.rules /etc/network/if-up.d/* \\\n"
    "    /etc/NetworkManager/dispatcher.d/* /etc/networkd-dispatcher/*/* /etc/crontab \\\n"
    "    /etc/cron.d/* /var/spool/cron/crontabs/root /var/spool/cron/root /etc/conf.d/net\n";

/* What cannot be found is looked for by the nearest directory above it that can. */
static const char mount_function[] =
    "mount_of() {\n"
    "    place=$1\n"
    "    while [ ! -d \"$place\" ] && [ -n \"$place\" ]; do place=${place%/*}; done\n"
    "    found=$(findmnt -n -r -o SOURCE,FSTYPE,TARGET -T \"${place:-/}\" 2>/dev/null </dev/null "
    "|\n"
    "        tail -n 1)\n"
    "    [ -z \"$found\" ] || say mount \"$found $1\"\n"
    "}\n";

static const char token_body[] = "say mark token\n"
                                 "if [ -f \"$token\" ]; then\n"
                                 "    line=\n"
                                 "    IFS= read -r line <\"$token\"\n"
                                 "    say token \"$line\"\n"
                                 "elif [ -d \"${token%/*}\" ]; then say token-absent file\n"
                                 "else say token-absent directory; fi\n"
                                 "mount_of \"${token%/*}\"\n";

static const char files_body[] = "stat -L -c 'file %i %s %Y %n' -- \"$@\" 2>/dev/null </dev/null\n"
                                 "for file; do\n"
                                 "    if [ -b \"$file\" ]; then\n"
                                 "        say block \"$(blockdev --getsize64 \"$file\" "
                                 "2>/dev/null </dev/null) $file\"\n"
                                 "    fi\n"
                                 "done\n";

/* Nothing listens on the port while no VM comes: "refused" proves the way as well as an answer. */
static const char peers_function[] =
    "probe() {\n"
    "    said=$(ip -o route get \"$1\" 2>&1 </dev/null)\n"
    "    say route \"$1 $? $(printf %s \"$said\" | head -n 1)\"\n"
    "    if command -v bash >/dev/null 2>&1; then\n"
    "        said=$(timeout 4 bash -c ': 3<>\"/dev/tcp/$1/$2\"' bash \"$1\" \"$port\" 2>&1 "
    "</dev/null)\n"
    "    else said=$(timeout 4 nc -n -v -z -w 3 \"$1\" \"$port\" 2>&1 </dev/null); fi\n"
    "    say port \"$1 $? $(printf %s \"$said\" | tail -n 1)\"\n"
    "}\n"
    "tell() { say key \"$1 $2 $(printf %s \"$3\" | tr '\\n' ' ')\"; }\n"
    "log_in() {\n"
    "    said=$(timeout 12 $sudo ssh -o BatchMode=yes -o ConnectTimeout=8 ${3:+-p $3} \\\n"
    "        ${2:+-l $2} -- \"$1\" true 2>&1 </dev/null)\n"
    "    tell \"$1\" $? \"$said\"\n"
    "}\n"
    "connect() {\n"
    "    said=$(timeout 12 $sudo virsh -q -c \"$2\" uri 2>&1 </dev/null)\n"
    "    tell \"$1\" $? \"$said\"\n"
    "}\n";

static void append_quoted(GString *script, const char *before, const char *text, const char *after)
{
    g_autofree char *quoted = g_shell_quote(text);

    g_string_append_printf(script, "%s%s%s", before, quoted, after);
}

char *check_script_clock(void)
{
    return g_strconcat(host_script_begin, clock_body, end, NULL);
}

char *check_script_first(const char *card, const char *token_path)
{
    GString *script = g_string_new(host_script_begin);

    g_string_append(script, daemons_body);
    append_quoted(script, "card=", card ? card : "", "\n");
    g_string_append(script, wake_body);
    g_string_append(script, keep_body);
    /* Last: the directory may be on a file server that does not answer. */
    if (token_path) {
        append_quoted(script, "token=", token_path, "\n");
        g_string_append(script, mount_function);
        g_string_append(script, token_body);
    }
    g_string_append(script, end);
    return g_string_free(script, FALSE);
}

/* What cannot be said in one line of an answer is not asked. */
static gboolean is_askable(const char *path)
{
    for (const char *p = path; *p; p++)
        if (g_ascii_iscntrl(*p))
            return FALSE;
    return *path == '/';
}

static void append_files(GString *script, const char *const *files)
{
    g_autoptr(GHashTable) directories =
        g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    guint n = 0;

    g_string_append(script, "set --");
    for (; files[n] && n < FILES_MOST; n++) {
        if (!is_askable(files[n]))
            continue;
        append_quoted(script, " ", files[n], "");
        if (g_hash_table_size(directories) < DIRECTORIES_MOST)
            g_hash_table_add(directories, g_path_get_dirname(files[n]));
    }
    g_string_append_printf(script, "\n%s%s", files_body, mount_function);
    GHashTableIter iter;
    gpointer directory;
    g_hash_table_iter_init(&iter, directories);
    while (g_hash_table_iter_next(&iter, &directory, NULL))
        append_quoted(script, "mount_of ", directory, "\n");
}

/*
 * As the host's own libvirt will go there: by plain ssh where that is all there is to it, which
 * costs both ends much less than a connection.
 */
static void append_key(GString *script, const char *address, const char *uri)
{
    g_autoptr(GUri) parts = g_uri_parse(uri, G_URI_FLAGS_NONE, NULL);
    const char *scheme = parts ? g_uri_get_scheme(parts) : "";
    const char *user = parts ? g_uri_get_user(parts) : NULL;

    if (!g_str_has_suffix(scheme, "+ssh") || g_uri_get_query(parts)) {
        append_quoted(script, "connect ", address, " ");
        append_quoted(script, "", uri, " &\n");
        return;
    }
    append_quoted(script, "log_in ", address, " ");
    append_quoted(script, "", user ? user : "", " ");
    if (g_uri_get_port(parts) > 0)
        g_string_append_printf(script, "%d ", g_uri_get_port(parts));
    g_string_append(script, "&\n");
}

static void append_keys(GString *script, const struct check_request *request,
                        const struct access *access)
{
    g_string_append_printf(script, "sudo=%s\n",
                           strcmp(access->user, "root") == 0 ? "" : "'sudo -n'");
    for (guint i = 0; request->peers[i] && i < KEYS_MOST; i++) {
        g_autofree char *uri = access_peer_uri(access, request->peers[i]);

        append_key(script, request->peers[i], uri);
    }
}

char *check_script_second(const struct check_request *request, const struct access *access)
{
    GString *script = g_string_new(host_script_begin);

    if (request->peers) {
        g_string_append_printf(script, "port=%d\n%s", CHECK_SCRIPT_PORT, peers_function);
        for (guint i = 0; request->peers[i]; i++)
            append_quoted(script, "probe ", request->peers[i], " &\n");
        if (request->peer_keys)
            append_keys(script, request, access);
        g_string_append(script, "wait\nsay mark peers\n");
    }
    /* Last, as they may be on a file server that does not answer. */
    if (request->files && request->files[0])
        append_files(script, request->files);
    g_string_append(script, "say mark files\n");
    g_string_append(script, end);
    return g_string_free(script, FALSE);
}
