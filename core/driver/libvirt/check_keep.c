#include "core/driver/libvirt/check_keep.h"

#include <string.h>

#include "core/driver/libvirt/mac.h"

/* What is looked for, and where the reading of its files stands. */
struct search {
    const char *card;
    const char *mac;
    const char *file; /* that is being read; its lines come one after the other */
    gboolean matches; /* what is read now is about the card */
    gboolean arms;
    guint top;   /* netplan: the least indentation of stanzas; 0 = outside of "ethernets:" */
    guint depth; /* netplan: the indentation of the present stanza; 0 = none yet */
    char *found; /* the answer */
    char *link;  /* the name of the .link file that decides; the first one that matches does */
};

static gboolean same_mac(const struct search *search, const char *text)
{
    g_autofree char *mac = mac_normalize(text);

    return mac && search->mac && strcmp(mac, search->mac) == 0;
}

/* The value of "key = value", key in any case; NULL for another line. */
static const char *value_of(const char *line, const char *key)
{
    gsize size = strlen(key);

    if (g_ascii_strncasecmp(line, key, size) != 0)
        return NULL;
    line += size;
    line += strspn(line, " \t");
    if (*line != '=')
        return NULL;
    line++;
    return line + strspn(line, " \t");
}

static gboolean arms_by_word(const char *value)
{
    return *value && g_ascii_strncasecmp(value, "off", 3) != 0 &&
           g_ascii_strncasecmp(value, "no", 2) != 0 && strcmp(value, "0") != 0 &&
           strcmp(value, "d") != 0 && g_ascii_strncasecmp(value, "default", 7) != 0 &&
           g_ascii_strncasecmp(value, "ignore", 6) != 0 &&
           g_ascii_strncasecmp(value, "false", 5) != 0;
}

static void take(struct search *search, const char *by)
{
    if (!search->found)
        search->found = g_strdup_printf("%s (%s)", by, search->file);
}

static gboolean matches_any(const char *patterns, const char *name)
{
    g_auto(GStrv) words = g_strsplit(patterns, " ", -1);

    for (char **word = words; *word; word++)
        if (**word && g_pattern_match_simple(*word, name))
            return TRUE;
    return FALSE;
}

static gboolean lists_mac(const struct search *search, const char *value)
{
    g_auto(GStrv) words = g_strsplit(value, " ", -1);

    for (char **word = words; *word; word++)
        if (same_mac(search, *word))
            return TRUE;
    return FALSE;
}

/* systemd.link(5): conditions of [Match], all of which must hold; others than these are believed.
 */
static void read_link(struct search *search, const char *line)
{
    const char *value = value_of(line, "MACAddress");

    value = value ? value : value_of(line, "PermanentMACAddress");
    if (value) {
        search->matches = search->matches && lists_mac(search, value);
        return;
    }
    value = value_of(line, "OriginalName");
    if (value) {
        search->matches = search->matches && matches_any(value, search->card);
        return;
    }
    value = value_of(line, "Type");
    if (value)
        search->matches = search->matches && strstr(value, "ether");
    value = value_of(line, "WakeOnLan");
    if (value)
        search->arms = arms_by_word(value);
}

/* Does it arm for magic packets: "wol g", "wol pumbg"? */
static gboolean says_wol(const char *line)
{
    const char *wol = strstr(line, "wol");

    if (!wol)
        return FALSE;
    wol += 3;
    wol += strspn(wol, " \t=\"',");
    return memchr(wol, 'g', strspn(wol, "pumbagsfd")) != NULL;
}

/* interfaces(5) */
static void read_interfaces(struct search *search, const char *line)
{
    g_auto(GStrv) words = g_strsplit_set(line, " \t", -1);
    guint count = g_strv_length(words);

    if (count == 0)
        return;
    if (strcmp(words[0], "iface") == 0)
        search->matches = words[1] && strcmp(words[1], search->card) == 0;
    else if (search->matches &&
             ((strcmp(words[0], "ethernet-wol") == 0 && arms_by_word(words[count - 1])) ||
              (strstr(line, "ethtool") && says_wol(line))))
        take(search, "ifupdown");
}

/* The part after "KEY:", without blanks and quotes. Free with g_free. */
static char *netplan_value(const char *line)
{
    const char *colon = strchr(line, ':');
    char *value = g_strdup(colon ? colon + 1 : "");

    g_strdelimit(value, "\"'", ' ');
    return g_strstrip(value);
}

static void read_netplan_key(struct search *search, const char *line)
{
    g_autofree char *value = netplan_value(line);

    if (g_str_has_prefix(line, "macaddress:"))
        search->matches = search->matches || same_mac(search, value);
    else if (g_str_has_prefix(line, "name:"))
        search->matches = search->matches || g_pattern_match_simple(value, search->card);
    else if (g_str_has_prefix(line, "wakeonlan:"))
        search->arms = arms_by_word(value);
    if (search->matches && search->arms)
        take(search, "netplan");
}

/* A stanza below "ethernets:" is named after its card, or says by "match:" which one is meant. */
static void read_netplan(struct search *search, const char *whole)
{
    guint depth = (guint)strspn(whole, " ");
    const char *line = whole + depth;

    if (g_str_has_prefix(line, "ethernets:")) {
        search->top = depth + 1;
        search->depth = 0;
    } else if (search->top == 0 || depth < search->top) {
        search->top = 0;
    } else if (search->depth == 0 || depth <= search->depth) {
        g_autofree char *name = g_strndup(line, strcspn(line, ":"));

        search->depth = depth;
        search->matches = strcmp(name, search->card) == 0;
        search->arms = FALSE;
    } else {
        read_netplan_key(search, line);
    }
}

/* DEVICE may name another card than the file's name. */
static void read_ifcfg(struct search *search, const char *line)
{
    const char *value = value_of(line, "DEVICE");

    if (value)
        search->matches = strstr(value, search->card) != NULL;
    if (!search->matches || !g_str_has_prefix(line, "ETHTOOL_OPT"))
        return;
    if (says_wol(line))
        take(search, "ifcfg");
}

/* wake-on-lan is a sum of flags, 64 for the magic packet; 1 leaves it to others (nm-settings). */
static void read_network_manager(struct search *search, const char *line)
{
    const char *value = value_of(line, "interface-name");
    guint64 flags = 0;

    if (value)
        search->matches = strcmp(value, search->card) == 0;
    value = value_of(line, "mac-address");
    if (value)
        search->matches = same_mac(search, value);
    value = value_of(line, "wake-on-lan");
    if (value && g_ascii_string_to_unsigned(value, 10, 0, G_MAXUINT, &flags, NULL))
        search->arms = (flags & 64) != 0;
    if (search->matches && search->arms)
        take(search, "NetworkManager");
}

/* A line that runs ethtool: for this card, or for one that a variable stands for. */
static void read_command(struct search *search, const char *line)
{
    if (says_wol(line) && (strstr(line, search->card) || strpbrk(line, "$%")))
        take(search, "a command at boot");
}

static void (*reader_of(const char *file))(struct search *search, const char *line)
{
    if (g_str_has_suffix(file, ".link"))
        return read_link;
    if (strcmp(file, "/etc/network/interfaces") == 0 ||
        g_str_has_prefix(file, "/etc/network/interfaces.d/"))
        return read_interfaces;
    if (strstr(file, "/netplan/"))
        return read_netplan;
    if (g_str_has_prefix(file, "/etc/sysconfig/"))
        return read_ifcfg;
    if (strstr(file, "/system-connections/"))
        return read_network_manager;
    return read_command;
}

/* The first .link file that matches is the only one to count, by its name, whatever its directory.
 */
static void end_link(struct search *search)
{
    g_autofree char *name = g_path_get_basename(search->file);

    if (!search->matches || (search->link && strcmp(search->link, name) <= 0))
        return;
    g_free(search->link);
    search->link = g_steal_pointer(&name);
    g_clear_pointer(&search->found, g_free);
    if (search->arms)
        take(search, "systemd");
}

static void begin_file(struct search *search, const char *file)
{
    const char *name = strrchr(file, '/');
    gboolean ifcfg = name && g_str_has_prefix(name, "/ifcfg-");

    search->file = file;
    search->arms = FALSE;
    search->depth = 0;
    search->matches =
        g_str_has_suffix(file, ".link") || (ifcfg && strcmp(name + 7, search->card) == 0);
}

static void end_file(struct search *search)
{
    if (search->file && g_str_has_suffix(search->file, ".link"))
        end_link(search);
}

static char *search_lines(const GPtrArray *lines, struct search *search, gboolean links)
{
    g_autofree char *file = NULL;

    for (guint i = 0; i < lines->len; i++) {
        const char *whole = g_ptr_array_index(lines, i);
        const char *colon = strchr(whole, ':');

        if (!colon)
            continue;
        g_autofree char *name = g_strndup(whole, (gsize)(colon - whole));
        if (g_str_has_suffix(name, ".link") != links)
            continue;
        if (!file || strcmp(name, file) != 0) {
            end_file(search);
            g_free(file);
            file = g_steal_pointer(&name);
            begin_file(search, file);
        }
        const char *line = colon + 1;
        if (!strstr(file, "/netplan/"))
            line += strspn(line, " \t");
        reader_of(file)(search, line);
    }
    end_file(search);
    g_free(search->link);
    return search->found;
}

char *check_keep_find(const GPtrArray *lines, const char *card, const char *mac)
{
    struct search links = {.card = card, .mac = mac};
    struct search others = {.card = card, .mac = mac};
    char *found = search_lines(lines, &links, TRUE);

    return found ? found : search_lines(lines, &others, FALSE);
}
