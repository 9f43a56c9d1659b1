#include "core/driver/libvirt/check_mend.h"

#include <string.h>

#include "core/driver/libvirt/check_script.h"

#define SSH_PORT 22

/* Quoted only where the shell would change it: what is pasted should be read as well. */
static char *quote(const char *text)
{
    for (const char *p = text; *p; p++)
        if (!g_ascii_isalnum(*p) && !strchr("-_./=:,@+%", *p))
            return g_shell_quote(text);
    return g_strdup(text);
}

static gboolean has_usual_known_hosts(const struct access *access)
{
    g_autofree char *usual = g_build_filename(g_get_home_dir(), ".ssh", "known_hosts", NULL);

    return strcmp(access->known_hosts, usual) == 0;
}

/* " -i KEY -o UserKnownHostsFile=FILE", as far as they are not the usual ones. */
static void append_files(GString *command, const struct access *access, const char *suffix)
{
    if (access->identity) {
        g_autofree char *key = g_strconcat(access->identity, suffix, NULL);
        g_autofree char *quoted = quote(key);

        g_string_append_printf(command, " -i %s", quoted);
    }
    if (!has_usual_known_hosts(access)) {
        g_autofree char *option = g_strconcat("UserKnownHostsFile=", access->known_hosts, NULL);
        g_autofree char *quoted = quote(option);

        g_string_append_printf(command, " -o %s", quoted);
    }
}

static void append_end(GString *command, const struct access *access, const char *address)
{
    g_autofree char *user = quote(access->user);

    if (access->port != SSH_PORT)
        g_string_append_printf(command, " -p %u", access->port);
    g_string_append_printf(command, " %s@%s", user, address);
}

char *check_mend_shell(const struct access *access, const char *address)
{
    GString *command = g_string_new("ssh");

    append_files(command, access, "");
    if (strcmp(access->user, "root") != 0)
        g_string_append(command, " -t"); /* sudo may ask for a password */
    append_end(command, access, address);
    return g_string_free(command, FALSE);
}

char *check_mend_login(const struct access *access, const char *address)
{
    GString *command = g_string_new("ssh-copy-id");

    append_files(command, access, ".pub");
    append_end(command, access, address);
    return g_string_free(command, FALSE);
}

char *check_mend_host_key(const struct access *access, const char *address, gboolean changed)
{
    GString *command = g_string_new(NULL);
    g_autofree char *file = quote(access->known_hosts);

    if (changed && access->port == SSH_PORT)
        g_string_append_printf(command, "ssh-keygen -R %s -f %s && ", address, file);
    else if (changed)
        g_string_append_printf(command, "ssh-keygen -R '[%s]:%u' -f %s && ", address, access->port,
                               file);
    g_string_append(command, "ssh-keyscan");
    if (access->port != SSH_PORT)
        g_string_append_printf(command, " -p %u", access->port);
    g_string_append_printf(command, " %s >> %s  # %s", address, file,
                           changed ? "only if you know why it changed"
                                   : "compare the fingerprint first");
    return g_string_free(command, FALSE);
}

/* A split daemon is started by its socket; what has no service manager is started as it is. */
char *check_mend_daemon(const struct check_facts *facts, gboolean hangs)
{
    const char *name = check_facts_has(facts->installed, "libvirtd") ? "libvirtd" : NULL;
    const char *verb = hangs ? "restart" : "start";

    if (!name || check_facts_has(facts->runs, "virtqemud"))
        name = check_facts_has(facts->installed, "virtqemud") ? "virtqemud" : name;
    if (!name)
        return NULL;
    if (g_strcmp0(facts->init, "systemd") == 0)
        return g_strdup_printf("systemctl %s %s", verb, name);
    if (g_strcmp0(facts->init, "openrc") == 0)
        return g_strdup_printf("rc-service %s %s", name, verb);
    return hangs ? g_strdup_printf("pkill -KILL -x %s; sleep 1; %s -d", name, name)
                 : g_strdup_printf("%s -d", name);
}

static gboolean has_netplan_file(const struct check_facts *facts)
{
    for (guint i = 0; i < facts->lines->len; i++)
        if (g_str_has_prefix(g_ptr_array_index(facts->lines, i), "/etc/netplan/"))
            return TRUE;
    return FALSE;
}

char *check_mend_keep(const struct check_facts *facts, const char *card, const char *mac)
{
    if (facts->connection) {
        g_autofree char *name = quote(facts->connection);

        return g_strdup_printf("nmcli connection modify %s 802-3-ethernet.wake-on-lan magic", name);
    }
    if (check_facts_has(facts->tools, "netplan") && has_netplan_file(facts))
        return g_strdup_printf("netplan set ethernets.%s.wakeonlan=true", card);
    if (!check_facts_has(facts->tools, "udev") || !mac)
        return NULL;
    return g_strdup_printf("echo 'ACTION==\"add\", SUBSYSTEM==\"net\", ATTR{address}==\"%s\", "
                           "RUN+=\"/usr/sbin/ethtool -s $name wol g\"' > "
                           "/etc/udev/rules.d/81-wake-on-lan.rules",
                           mac);
}

char *check_mend_clock(const struct check_facts *facts)
{
    if (check_facts_has(facts->tools, "chronyc"))
        return g_strdup("chronyc makestep");
    if (g_strcmp0(facts->init, "systemd") == 0)
        return g_strdup("timedatectl set-ntp true");
    return NULL;
}

char *check_mend_firewall(const struct check_facts *facts)
{
    const guint first = CHECK_SCRIPT_PORT;
    const guint last = CHECK_SCRIPT_PORT_LAST;

    if (check_facts_has(facts->runs, "firewalld"))
        return g_strdup_printf("firewall-cmd --permanent --add-port=%u-%u/tcp && firewall-cmd "
                               "--reload",
                               first, last);
    if (check_facts_has(facts->runs, "ufw"))
        return g_strdup_printf("ufw allow %u:%u/tcp", first, last);
    if (check_facts_has(facts->tools, "iptables"))
        return g_strdup_printf("iptables -I INPUT -p tcp --dport %u:%u -j ACCEPT", first, last);
    if (check_facts_has(facts->tools, "nft"))
        return g_strdup_printf("nft insert rule inet filter input tcp dport %u-%u accept", first,
                               last);
    return NULL;
}
