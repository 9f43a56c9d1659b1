#include "core/command/kiosk.h"

#include <pwd.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "core/base/error.h"

#define NAME       "roost-kiosk"
#define VALUE_MOST 64

/* Somebody wanted a command to be run: known before the environment was forgotten. */
static gboolean asked_for_command;

/* --- Being one -------------------------------------------------------------------------------- */

static gboolean is_ours(const char *path)
{
    g_autofree char *name = g_path_get_basename(path && *path ? path : "/");
    return g_str_equal(name, "roost") || g_str_equal(name, NAME);
}

static gboolean is_login_shell(void)
{
    const struct passwd *user = getpwuid(getuid());
    return user && is_ours(user->pw_shell);
}

static gboolean is_asked(int argc, char **argv)
{
    for (int i = 1; i < argc && strcmp(argv[i], "--") != 0; i++) {
        if (strcmp(argv[i], "--kiosk") == 0)
            return TRUE;
    }
    return FALSE;
}

enum kiosk kiosk_find(int argc, char **argv)
{
    const char *self = argc > 0 && argv[0] ? argv[0] : "";
    g_autofree char *name = g_path_get_basename(*self ? self : "/");
    if (*self == '-' || g_str_equal(name, NAME) || is_login_shell())
        return KIOSK_SHELL;
    return is_asked(argc, argv) ? KIOSK_ASKED : KIOSK_NONE;
}

/* --- What is believed ------------------------------------------------------------------------- */

/* Letters, digits and what stands between them: never a path, nor a description in itself. */
static gboolean is_harmless(const char *value)
{
    gsize length = strlen(value);
    if (length == 0 || length > VALUE_MOST)
        return FALSE;
    for (; *value; value++) {
        if (!g_ascii_isalnum(*value) && !strchr("._-+@", *value))
            return FALSE;
    }
    return TRUE;
}

static gboolean is_kept(const char *name)
{
    static const char *const names[] = {"TERM", "COLORTERM", "NO_COLOR", "LANG", "LANGUAGE"};
    for (guint i = 0; i < G_N_ELEMENTS(names); i++) {
        if (strcmp(names[i], name) == 0)
            return TRUE;
    }
    return g_str_has_prefix(name, "LC_");
}

static void clean_environment(void)
{
    g_auto(GStrv) names = g_listenv();
    g_autoptr(GPtrArray) kept = g_ptr_array_new_with_free_func(g_free);
    for (char **name = names; *name; name++) {
        const char *value = g_getenv(*name);
        if (is_kept(*name) && value && is_harmless(value)) {
            g_ptr_array_add(kept, g_strdup(*name));
            g_ptr_array_add(kept, g_strdup(value));
        }
    }
    clearenv();
    for (guint i = 0; i + 1 < kept->len; i += 2)
        g_setenv(kept->pdata[i], kept->pdata[i + 1], TRUE);
    g_setenv("PATH", "/usr/sbin:/usr/bin:/sbin:/bin", TRUE);
    g_setenv("HOME", "/nonexistent", TRUE);
    g_setenv("SHELL", "/usr/sbin/nologin", TRUE);
}

void kiosk_enter(void)
{
    const struct rlimit none = {0, 0};
    const char *command = g_getenv("SSH_ORIGINAL_COMMAND");
    asked_for_command |= command && *command;
    clean_environment();
    setrlimit(RLIMIT_CORE, &none);
    signal(SIGTSTP, SIG_IGN);
    signal(SIGTTIN, SIG_DFL);
}

static gboolean refuse_command(GError **error)
{
    g_set_error(error, ROOST_ERROR, ROOST_ERROR_REFUSED,
                "this login leads to the console of a lab, and runs no commands and moves no "
                "files: connect without a command, on a terminal (ssh -t)");
    return FALSE;
}

static gboolean is_for_shells(const char *argument)
{
    static const char *const allowed[] = {"--kiosk", "--readonly", "--no-mouse", "--no-animation"};
    for (guint i = 0; i < G_N_ELEMENTS(allowed); i++) {
        if (strcmp(allowed[i], argument) == 0)
            return TRUE;
    }
    return FALSE;
}

gboolean kiosk_check(enum kiosk kiosk, int argc, char **argv, GError **error)
{
    if (kiosk == KIOSK_NONE)
        return TRUE;
    if (asked_for_command)
        return refuse_command(error);
    for (int i = 1; kiosk == KIOSK_SHELL && i < argc; i++) {
        if (g_str_has_prefix(argv[i], "-c"))
            return refuse_command(error);
        if (!is_for_shells(argv[i])) {
            g_set_error(error, ROOST_ERROR, ROOST_ERROR_REFUSED,
                        "%s: in the place of a shell it takes --readonly, --no-mouse and "
                        "--no-animation alone",
                        NAME);
            return FALSE;
        }
    }
    return TRUE;
}

const char *kiosk_config(void)
{
    static const char *const paths[] = {"/etc/roost/kiosk.conf", "/etc/roost/roost.conf"};
    for (guint i = 0; i < G_N_ELEMENTS(paths); i++) {
        if (g_file_test(paths[i], G_FILE_TEST_EXISTS))
            return paths[i];
    }
    return NULL;
}
