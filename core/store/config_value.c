#include "core/store/config_value.h"

#include <gio/gio.h>
#include <string.h>

#include "core/base/clock.h"
#include "core/base/error.h"
#include "core/base/placeholder.h"
#include "core/base/text.h"

#define NUMBER_BYTES_MOST 24
#define REAL_PARTS        1000000 /* a real is counted in millionths: a price has four decimals */

/* --- Numbers: each type has a whole unit that it is counted in -------------------------------- */

/* Digits with at most one point: no sign, exponent, hex, nan or comma. Steps over them. */
static gboolean take_decimal(const char **text, double *number)
{
    const char *start = *text;
    gsize whole = strspn(start, "0123456789");
    gsize fraction = start[whole] == '.' ? strspn(start + whole + 1, "0123456789") : 0;
    gsize length = whole + fraction + (start[whole] == '.' ? 1 : 0);
    char digits[NUMBER_BYTES_MOST + 1] = "";
    if (whole + fraction == 0 || length > NUMBER_BYTES_MOST)
        return FALSE;
    memcpy(digits, start, length);
    *number = g_ascii_strtod(digits, NULL);
    *text += length;
    return TRUE;
}

static gboolean parse_duration(const char *text, double *number)
{
    static const struct {
        const char *name;
        double us;
    } units[] = {
        {"", CLOCK_SECOND_US},    {"ms", 1000},
        {"s", CLOCK_SECOND_US},   {"sec", CLOCK_SECOND_US},
        {"min", CLOCK_MINUTE_US}, {"m", CLOCK_MINUTE_US},
        {"h", CLOCK_HOUR_US},     {"d", 24 * CLOCK_HOUR_US},
    };
    if (!take_decimal(&text, number))
        return FALSE;
    while (*text == ' ')
        text++;
    for (guint i = 0; i < G_N_ELEMENTS(units); i++) {
        if (strcmp(text, units[i].name) == 0) {
            *number *= units[i].us;
            return TRUE;
        }
    }
    return FALSE;
}

/* In whole units: microseconds, KiB, millionths, thousandths, or ones. */
static gboolean parse_number(enum config_type type, const char *text, gint64 *number,
                             GError **error)
{
    double real = -1;
    const char *rest = text;
    gboolean fractions = type == CONFIG_REAL || type == CONFIG_SHARE;
    if (type == CONFIG_DURATION) {
        if (!parse_duration(text, &real))
            return error_refuse(error, ROOST_ERROR_INPUT,
                                "is not a time such as \"90 s\", \"15 min\", \"500 ms\", \"2 h\"");
    } else if (!take_decimal(&rest, &real) || *rest || (!fractions && strchr(text, '.'))) {
        return error_refuse(error, ROOST_ERROR_INPUT,
                            fractions ? "is not a decimal number such as 0.4"
                                      : "is not a whole number");
    }
    real *= type == CONFIG_REAL       ? REAL_PARTS
            : type == CONFIG_SHARE    ? 1000
            : type == CONFIG_SIZE_MIB ? 1024
                                      : 1;
    *number = (gint64)(MIN(real, 9e18) + 0.5);
    return TRUE;
}

static gboolean check_range(const struct config_option *option, gint64 number, GError **error)
{
    gint64 low = 0;
    gint64 high = G_MAXINT64;
    if (option->range) {
        const char *dots = strstr(option->range, "..");
        g_autofree char *least = g_strndup(option->range, (gsize)(dots - option->range));
        gboolean parsed = parse_number(option->type, least, &low, NULL) &&
                          parse_number(option->type, dots + 2, &high, NULL);
        g_assert(parsed);
    }
    if (number >= low && number <= high)
        return TRUE;
    return error_refuse(error, ROOST_ERROR_INPUT, "is out of range: it must be in %s",
                        option->range);
}

static gboolean set_number(const struct config_option *option, gpointer member, const char *value,
                           GError **error)
{
    gint64 number = 0;
    if (!parse_number(option->type, value, &number, error) || !check_range(option, number, error))
        return FALSE;
    switch (option->type) {
    case CONFIG_INTEGER:
    case CONFIG_SHARE:
        *(guint *)member = (guint)number;
        break;
    case CONFIG_REAL:
        *(double *)member = (double)number / REAL_PARTS;
        break;
    case CONFIG_DURATION:
        *(gint64 *)member = number;
        break;
    default:
        *(guint64 *)member = (guint64)number;
        break;
    }
    return TRUE;
}

/* --- Words ------------------------------------------------------------------------------------ */

static gboolean set_boolean(gboolean *member, const char *value, GError **error)
{
    static const char *const words[] = {"false", "true", "no", "yes", "0", "1"};
    for (guint i = 0; i < G_N_ELEMENTS(words); i++) {
        if (strcmp(value, words[i]) == 0) {
            *member = i % 2 == 1;
            return TRUE;
        }
    }
    return error_refuse(error, ROOST_ERROR_INPUT, "is neither true nor false");
}

static gboolean set_choice(const struct config_option *option, guint *member, const char *value,
                           GError **error)
{
    g_auto(GStrv) choices = g_strsplit(option->choices, "|", -1);
    for (guint i = 0; choices[i]; i++) {
        if (strcmp(choices[i], value) == 0) {
            *member = i;
            return TRUE;
        }
    }
    g_autofree char *list = g_strjoinv(", ", choices);
    return error_refuse(error, ROOST_ERROR_INPUT, "is none of: %s", list);
}

static gboolean check_text(const char *value, GError **error)
{
    g_autofree char *escaped = text_escape(value);
    if (strcmp(escaped, value) == 0)
        return TRUE;
    return error_refuse(error, ROOST_ERROR_INPUT, "contains a control or invisible character");
}

static gboolean set_string(char **member, const char *value, GError **error)
{
    if (!check_text(value, error))
        return FALSE;
    g_free(*member);
    *member = *value ? g_strdup(value) : NULL;
    return TRUE;
}

static gboolean set_path(char **member, const char *value, const char *base, GError **error)
{
    g_autofree char *path = NULL;
    if (!*value)
        return set_string(member, value, error);
    if (strcmp(value, "~") == 0 || g_str_has_prefix(value, "~/"))
        path = g_build_filename(g_get_home_dir(), value + 1, NULL);
    else if (value[0] == '~')
        return error_refuse(error, ROOST_ERROR_INPUT,
                            "begins with '~' and a name: write the directory out");
    else if (base || g_path_is_absolute(value))
        path = g_canonicalize_filename(value, base);
    else
        return error_refuse(error, ROOST_ERROR_INPUT, "is not an absolute path");
    return set_string(member, path, error);
}

static gboolean is_mac(const char *value)
{
    static const char pattern[] = "xx:xx:xx:xx:xx:xx";
    for (gsize i = 0; i < sizeof pattern; i++) { /* its end too */
        if (pattern[i] == 'x' ? !g_ascii_isxdigit(value[i]) : value[i] != pattern[i])
            return FALSE;
    }
    return TRUE;
}

static gboolean set_mac(char **member, const char *value, GError **error)
{
    g_autofree char *lower = g_ascii_strdown(value, -1);
    if (*value && !is_mac(value))
        return error_refuse(error, ROOST_ERROR_INPUT,
                            "is not a MAC address such as 52:54:00:12:34:56");
    return set_string(member, lower, error);
}

static gboolean set_ipv4(char **member, const char *value, GError **error)
{
    g_autoptr(GInetAddress) parsed = g_inet_address_new_from_string(value);
    if (*value && (!parsed || g_inet_address_get_family(parsed) != G_SOCKET_FAMILY_IPV4))
        return error_refuse(error, ROOST_ERROR_INPUT,
                            "is not a numeric IPv4 address such as 10.0.0.255");
    return set_string(member, value, error);
}

gboolean config_value_set(gpointer into, const struct config_option *option, const char *value,
                          const char *base, GError **error)
{
    gpointer member = G_STRUCT_MEMBER_P(into, option->offset);
    switch (option->type) {
    case CONFIG_STRING:
        return set_string(member, value, error);
    case CONFIG_PATH:
        return set_path(member, value, base, error);
    case CONFIG_COMMAND:
        return placeholder_check(value, error) && set_string(member, value, error);
    case CONFIG_MAC:
        return set_mac(member, value, error);
    case CONFIG_IPV4:
        return set_ipv4(member, value, error);
    case CONFIG_BOOLEAN:
        return set_boolean(member, value, error);
    case CONFIG_CHOICE:
        return set_choice(option, member, value, error);
    default:
        return set_number(option, member, value, error);
    }
}

gboolean config_value_is_text(enum config_type type)
{
    return type == CONFIG_STRING || type == CONFIG_PATH || type == CONFIG_COMMAND ||
           type == CONFIG_MAC || type == CONFIG_IPV4;
}

void config_value_clear(gpointer into, const struct config_option *option)
{
    if (config_value_is_text(option->type))
        g_clear_pointer(&G_STRUCT_MEMBER(char *, into, option->offset), g_free);
}
