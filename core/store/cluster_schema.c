#include "core/store/cluster_schema.h"

#include <gio/gio.h>
#include <string.h>

#include "core/base/error.h"
#include "core/model/host.h"
#include "core/model/vm.h"

#define COUNT_MOST 65536
#define KIB_MOST   (G_GUINT64_CONSTANT(1) << 40) /* 1 PiB */
#define LOAD_MOST  (1000 * 1000 * 1000)          /* a load of a million */
#define CORES_MOST (COUNT_MOST * 1000)

static const char *const role_words[] = {"node", "manager", NULL};
static const char *const state_words[] = {"off", "waking", "on", "stopping", "unreachable", NULL};
static const char *const wake_words[] = {"unknown", "armed",   "disarmed", "assumed",
                                         "proven",  "command", NULL};
static const char *const migration_words[] = {"unknown", "yes", "no", NULL};
static const char *const vm_state_words[] = {"off", "running", "paused", "unknown", "lost", NULL};

#define HOST(member) G_STRUCT_OFFSET(struct host, member)
#define VM(member)   G_STRUCT_OFFSET(struct vm, member)

const struct field schema_host_fields[] = {
    {"name", FIELD_NAME, FIELD_KEPT, HOST(name)},
    {"address", FIELD_ADDRESS, FIELD_KEPT, HOST(address)},
    {"role", FIELD_WORD, FIELD_KEPT, HOST(role), 0, role_words},
    {"state", FIELD_WORD, FIELD_KEPT, HOST(state), 0, state_words, TRUE},
    {"mac", FIELD_MAC, FIELD_KEPT, HOST(mac)},
    {"broadcast", FIELD_IP, FIELD_KEPT, HOST(broadcast)},
    {"cpus", FIELD_COUNT, FIELD_KEPT, HOST(cpus), COUNT_MOST},
    {"mem-mib", FIELD_MIB, FIELD_KEPT, HOST(mem_kib), KIB_MOST},
    {"mem-kib", FIELD_KIB, FIELD_KEPT, HOST(mem_kib), KIB_MOST},
    {"mem-available-mib", FIELD_MIB, FIELD_READ, HOST(mem_available_kib), KIB_MOST},
    {"load15", FIELD_THOUSANDTHS, FIELD_LIVE, HOST(load15_permille), LOAD_MOST},
    {"cpu", FIELD_THOUSANDTHS, FIELD_LIVE, HOST(cpu_permille), 1000},
    {"wake", FIELD_WORD, FIELD_KEPT, HOST(wake), 0, wake_words},
    {"cpu-model", FIELD_TEXT, FIELD_KEPT, HOST(cpu_model)},
    {"hypervisor", FIELD_TEXT, FIELD_KEPT, HOST(hypervisor)},
    {"can-migrate", FIELD_WORD, FIELD_KEPT, HOST(can_migrate), 0, migration_words},
    {"vm-max", FIELD_COUNT, FIELD_KEPT, HOST(vm_max), COUNT_MOST},
    {"maintenance", FIELD_FLAG, FIELD_KEPT, HOST(maintenance), FALSE},
    {"note", FIELD_TEXT, FIELD_KEPT, HOST(note)},
    {"rack", FIELD_TEXT, FIELD_KEPT, HOST(rack)},
    {"room", FIELD_TEXT, FIELD_KEPT, HOST(room)},
    {"lab", FIELD_TEXT, FIELD_KEPT, HOST(lab)},
    {"users", FIELD_LIST, FIELD_READ, HOST(users)},
    {"seen", FIELD_IGNORED, FIELD_READ},
    {NULL},
};

const struct field schema_vm_fields[] = {
    {"name", FIELD_NAME, FIELD_KEPT, VM(name)},
    {"state", FIELD_WORD, FIELD_KEPT, VM(state), 0, vm_state_words, TRUE},
    {"mem-mib", FIELD_MIB, FIELD_KEPT, VM(mem_kib), KIB_MOST},
    {"mem-kib", FIELD_KIB, FIELD_KEPT, VM(mem_kib), KIB_MOST},
    {"vcpus", FIELD_COUNT, FIELD_KEPT, VM(vcpus), COUNT_MOST},
    {"cpu", FIELD_THOUSANDTHS, FIELD_LIVE, VM(cpu_permille), CORES_MOST},
    {"home", FIELD_TEXT, FIELD_KEPT, VM(home)},
    {"pin", FIELD_TEXT, FIELD_KEPT, VM(pin)},
    {"group", FIELD_TEXT, FIELD_KEPT, VM(group)},
    {"mac", FIELD_MAC, FIELD_KEPT, VM(mac)},
    {"uuid", FIELD_TEXT, FIELD_KEPT, VM(uuid)},
    {"persistent", FIELD_FLAG, FIELD_KEPT, VM(persistent), TRUE},
    {NULL},
};

const struct field *schema_find(const struct field *fields, const char *name)
{
    for (const struct field *field = fields; field->name; field++) {
        if (strcmp(field->name, name) == 0)
            return field;
    }
    return NULL;
}

/* --- Reading ---------------------------------------------------------------------------------- */

static gboolean read_whole(const char *value, guint64 most, guint64 *number, GError **error)
{
    if (strlen(value) <= SCHEMA_DIGITS_MOST &&
        g_ascii_string_to_unsigned(value, 10, 0, most, number, NULL))
        return TRUE;
    error_refuse(error, ROOST_ERROR_INPUT, "is not a whole number from 0 to %" G_GUINT64_FORMAT,
                 most);
    return FALSE;
}

/* Digits with at most one point among them: no sign, exponent, hex, nan or comma. */
static gboolean is_decimal(const char *value)
{
    gsize digits = strspn(value, "0123456789");
    const char *rest = value + digits;
    if (*rest == '.') {
        gsize fraction = strspn(++rest, "0123456789");
        digits += fraction;
        rest += fraction;
    }
    return digits > 0 && digits <= SCHEMA_DIGITS_MOST && *rest == '\0';
}

static gboolean read_thousandths(const char *value, guint64 most, gint *number, GError **error)
{
    double real = is_decimal(value) ? g_ascii_strtod(value, NULL) : -1;
    if (real < 0 || real > (double)most / 1000)
        return error_refuse(error, ROOST_ERROR_INPUT,
                            "is not a decimal number from 0 to %" G_GUINT64_FORMAT, most / 1000);
    *number = (gint)(real * 1000 + 0.5);
    return TRUE;
}

static gboolean read_size(const char *value, guint64 unit_kib, guint64 most, guint64 *kib,
                          GError **error)
{
    guint64 number;
    if (!read_whole(value, most / unit_kib, &number, error))
        return FALSE;
    *kib = number * unit_kib;
    return TRUE;
}

static gboolean read_flag(const char *value, gboolean *flag, GError **error)
{
    if (strcmp(value, "yes") != 0 && strcmp(value, "no") != 0)
        return error_refuse(error, ROOST_ERROR_INPUT, "is neither \"yes\" nor \"no\"");
    *flag = value[0] == 'y';
    return TRUE;
}

static gboolean read_word(const char *value, const char *const *words, gint *number, GError **error)
{
    for (gint i = 0; words[i]; i++) {
        if (strcmp(words[i], value) == 0) {
            *number = i;
            return TRUE;
        }
    }
    g_autofree char *choices = g_strjoinv(", ", (char **)words);
    return error_refuse(error, ROOST_ERROR_INPUT, "is none of: %s", choices);
}

static gboolean read_text(const char *value, char **text, GError **error)
{
    if (strlen(value) > SCHEMA_TEXT_BYTES_MOST)
        return error_refuse(error, ROOST_ERROR_INPUT, "is longer than %d bytes",
                            SCHEMA_TEXT_BYTES_MOST);
    g_free(*text);
    *text = *value ? g_strdup(value) : NULL;
    return TRUE;
}

static gboolean read_mac(const char *value, char **text, GError **error)
{
    g_autofree char *mac = g_ascii_strdown(value, -1);
    g_strdelimit(mac, "-", ':');
    gboolean right = strlen(mac) == 17;
    for (guint i = 0; right && i < 17; i++)
        right = i % 3 == 2 ? mac[i] == ':' : g_ascii_isxdigit(mac[i]);
    return right ? read_text(mac, text, error)
                 : error_refuse(error, ROOST_ERROR_INPUT,
                                "is not a MAC address such as 52:54:00:12:34:56");
}

static gboolean read_ip(const char *value, char **text, GError **error)
{
    g_autoptr(GInetAddress) address = g_inet_address_new_from_string(value);
    return address ? read_text(value, text, error)
                   : error_refuse(error, ROOST_ERROR_INPUT, "is not an IP address");
}

static gboolean read_list(const char *value, char ***list, GError **error)
{
    g_autoptr(GStrvBuilder) builder = g_strv_builder_new();
    if (strlen(value) > SCHEMA_TEXT_BYTES_MOST)
        return error_refuse(error, ROOST_ERROR_INPUT, "is longer than %d bytes",
                            SCHEMA_TEXT_BYTES_MOST);
    g_auto(GStrv) words = g_strsplit_set(value, " \t\n", -1);
    for (char **word = words; *word; word++) {
        if (**word)
            g_strv_builder_add(builder, *word);
    }
    g_strfreev(*list);
    *list = g_strv_builder_end(builder);
    return TRUE;
}

gboolean schema_read(const struct field *field, gpointer object, const char *value, GError **error)
{
    gpointer member = G_STRUCT_MEMBER_P(object, field->offset);
    guint64 number;
    switch (field->kind) {
    case FIELD_NAME:
    case FIELD_ADDRESS:
    case FIELD_TEXT:
        return read_text(value, member, error);
    case FIELD_MAC:
        return read_mac(value, member, error);
    case FIELD_IP:
        return read_ip(value, member, error);
    case FIELD_LIST:
        return read_list(value, member, error);
    case FIELD_COUNT:
        if (!read_whole(value, field->most, &number, error))
            return FALSE;
        *(guint *)member = (guint)number;
        return TRUE;
    case FIELD_MIB:
        return read_size(value, 1024, field->most, member, error);
    case FIELD_KIB:
        return read_size(value, 1, field->most, member, error);
    case FIELD_THOUSANDTHS:
        return read_thousandths(value, field->most, member, error);
    case FIELD_FLAG:
        return read_flag(value, member, error);
    case FIELD_WORD:
        return read_word(value, field->words, member, error);
    case FIELD_IGNORED:
        break;
    }
    return TRUE;
}

/* --- Writing ---------------------------------------------------------------------------------- */

/* The Char production of XML 1.0. */
static gboolean is_xml_char(gunichar character)
{
    return character >= 0x20 ? character != 0xfffe && character != 0xffff
                             : character == '\t' || character == '\n' || character == '\r';
}

static const char *entity_of(gunichar character)
{
    switch (character) {
    case '&':
        return "&amp;";
    case '<':
        return "&lt;";
    case '>':
        return "&gt;";
    case '"':
        return "&quot;";
    case '\t':
        return "&#9;";
    case '\n':
        return "&#10;";
    case '\r':
        return "&#13;";
    default:
        return NULL;
    }
}

void schema_append_escaped(GString *out, const char *text)
{
    gsize plain = 0;
    while (text[plain] >= 0x20 && text[plain] < 0x7f && !strchr("&<>\"", text[plain]))
        plain++;
    g_string_append_len(out, text, (gssize)plain);
    if (!text[plain]) /* nearly always */
        return;
    g_autofree char *valid = g_utf8_make_valid(text + plain, -1);
    for (const char *at = valid; *at; at = g_utf8_next_char(at)) {
        gunichar character = g_utf8_get_char(at);
        const char *entity = entity_of(character);
        if (entity)
            g_string_append(out, entity);
        else if (is_xml_char(character))
            g_string_append_len(out, at, g_utf8_next_char(at) - at);
        else
            g_string_append_printf(out, "\\u{%04X}", character);
    }
}

static void begin_attribute(GString *out, const char *name)
{
    g_string_append_c(out, ' ');
    g_string_append(out, name);
    g_string_append(out, "=\"");
}

static void write_text(GString *out, const char *name, const char *value)
{
    begin_attribute(out, name);
    schema_append_escaped(out, value);
    g_string_append_c(out, '"');
}

/* 410 as "0.41": as many decimals as it takes. */
static void write_thousandths(GString *out, const char *name, gint number)
{
    g_string_append_printf(out, " %s=\"%d.%03d", name, number / 1000, number % 1000);
    while (out->str[out->len - 1] == '0' && out->str[out->len - 2] != '.')
        g_string_truncate(out, out->len - 1);
    g_string_append_c(out, '"');
}

static void write_size(const struct field *field, guint64 kib, GString *out)
{
    gboolean whole_mib = kib % 1024 == 0;
    if (kib && whole_mib == (field->kind == FIELD_MIB))
        g_string_append_printf(out, " %s=\"%" G_GUINT64_FORMAT "\"", field->name,
                               whole_mib ? kib / 1024 : kib);
}

void schema_write(const struct field *field, gconstpointer object, GString *out)
{
    gconstpointer member = (const char *)object + field->offset;
    switch (field->kind) {
    case FIELD_NAME:
    case FIELD_ADDRESS:
    case FIELD_TEXT:
    case FIELD_MAC:
    case FIELD_IP:
        if (*(char *const *)member)
            write_text(out, field->name, *(char *const *)member);
        break;
    case FIELD_COUNT:
        if (*(const guint *)member)
            g_string_append_printf(out, " %s=\"%u\"", field->name, *(const guint *)member);
        break;
    case FIELD_MIB:
    case FIELD_KIB:
        write_size(field, *(const guint64 *)member, out);
        break;
    case FIELD_THOUSANDTHS:
        if (*(const gint *)member >= 0)
            write_thousandths(out, field->name, *(const gint *)member);
        break;
    case FIELD_FLAG:
        if (*(const gboolean *)member != (gboolean)field->most)
            write_text(out, field->name, field->most ? "no" : "yes");
        break;
    case FIELD_WORD:
        if (field->always || *(const gint *)member)
            write_text(out, field->name, field->words[*(const gint *)member]);
        break;
    case FIELD_LIST:
    case FIELD_IGNORED:
        break;
    }
}
