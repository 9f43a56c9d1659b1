/*
 * hold_lease.c - one process that watches a lease, and takes it when told to, for tests by shell.
 *
 *   hold_lease HOST [--dir DIR | --endpoints URLS --prefix P --ca F --cert F --key F]
 *              [--beat-ms N]        valid is four beats, expiry eight
 *
 * It prints a line whenever what is known changes, and takes commands by the line: want [DELAY_MS],
 * leave, give, confirm, quit.
 */
#include <gio/gio.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "core/base/text.h"
#include "core/store/lease.h"
#include "core/store/lease_identity.h"

#define MS_US       1000
#define LOOK_MS     5
#define LINE_LENGTH 1024

static const char *const state_names[] = {"unknown", "free", "held", "mine", "trouble"};

struct holder {
    struct lease *lease;
    GMainLoop *loop;
    char *shown;
};

static void show(struct holder *holder)
{
    struct lease_view view = lease_look(holder->lease);
    g_autofree char *trouble = text_escape(view.trouble);
    g_autofree char *host = text_escape(view.host);
    char *line = g_strdup_printf("state=%s may=%d fence=%" G_GUINT64_FORMAT
                                 " own=%" G_GUINT64_FORMAT " released=%d host=%s trouble=%s",
                                 state_names[view.state], lease_may_act(holder->lease), view.fence,
                                 view.own_fence, view.released, host, trouble);
    if (g_strcmp0(line, holder->shown) != 0)
        puts(line);
    g_free(holder->shown);
    holder->shown = line;
}

static gboolean on_look(gpointer data)
{
    show(data);
    return G_SOURCE_CONTINUE;
}

static void on_confirmed(gboolean may_act, gpointer data)
{
    (void)data;
    puts(may_act ? "confirmed" : "not confirmed");
}

static gboolean on_command(GIOChannel *channel, GIOCondition condition, gpointer data)
{
    struct holder *holder = data;
    g_autofree char *line = NULL;
    (void)condition;
    if (g_io_channel_read_line(channel, &line, NULL, NULL, NULL) != G_IO_STATUS_NORMAL ||
        g_str_has_prefix(line, "quit")) {
        g_main_loop_quit(holder->loop);
        return G_SOURCE_REMOVE;
    }
    if (g_str_has_prefix(line, "want"))
        lease_want(holder->lease, g_ascii_strtoll(line + strlen("want"), NULL, 10) * MS_US);
    else if (g_str_has_prefix(line, "leave"))
        lease_want_no_more(holder->lease);
    else if (g_str_has_prefix(line, "give"))
        lease_give_back(holder->lease);
    else if (g_str_has_prefix(line, "confirm"))
        lease_confirm(holder->lease, on_confirmed, NULL);
    return G_SOURCE_CONTINUE;
}

static gboolean read_options(int *argc, char ***argv, struct lease_settings *settings)
{
    static char *dir, *endpoints, *prefix, *ca, *cert, *key;
    static gint beat_ms = 100;
    const GOptionEntry entries[] = {
        {"dir", 0, 0, G_OPTION_ARG_FILENAME, &dir, NULL, NULL},
        {"endpoints", 0, 0, G_OPTION_ARG_STRING, &endpoints, NULL, NULL},
        {"prefix", 0, 0, G_OPTION_ARG_STRING, &prefix, NULL, NULL},
        {"ca", 0, 0, G_OPTION_ARG_FILENAME, &ca, NULL, NULL},
        {"cert", 0, 0, G_OPTION_ARG_FILENAME, &cert, NULL, NULL},
        {"key", 0, 0, G_OPTION_ARG_FILENAME, &key, NULL, NULL},
        {"beat-ms", 0, 0, G_OPTION_ARG_INT, &beat_ms, NULL, NULL},
        {NULL, 0, 0, G_OPTION_ARG_NONE, NULL, NULL, NULL},
    };
    g_autoptr(GOptionContext) context = g_option_context_new("HOST");
    g_option_context_add_main_entries(context, entries, NULL);
    if (!g_option_context_parse(context, argc, argv, NULL) || *argc != 2)
        return FALSE;
    *settings = (struct lease_settings){.dir = dir,
                                        .endpoints = endpoints,
                                        .prefix = prefix,
                                        .ca_file = ca,
                                        .cert_file = cert,
                                        .key_file = key,
                                        .beat_us = (gint64)beat_ms * MS_US};
    settings->valid_us = 4 * settings->beat_us;
    settings->expiry_us = 8 * settings->beat_us;
    return TRUE;
}

int main(int argc, char **argv)
{
    struct lease_settings settings;
    struct holder holder = {0};
    g_autoptr(GError) error = NULL;
    if (!read_options(&argc, &argv, &settings)) {
        fprintf(stderr, "hold_lease: see the head of its source\n");
        return 2;
    }
    setvbuf(stdout, NULL, _IOLBF, LINE_LENGTH);
    struct lease_identity identity = {
        .host = argv[1], .who = g_get_user_name(), .what = "run", .pid = (guint)getpid()};
    holder.lease = lease_new(&settings, &identity, &error);
    if (!holder.lease) {
        fprintf(stderr, "hold_lease: %s\n", error->message);
        return 1;
    }
    g_autoptr(GIOChannel) input = g_io_channel_unix_new(STDIN_FILENO);
    holder.loop = g_main_loop_new(NULL, FALSE);
    g_io_add_watch(input, G_IO_IN | G_IO_HUP, on_command, &holder);
    g_timeout_add(LOOK_MS, on_look, &holder);
    g_main_loop_run(holder.loop);
    lease_free(holder.lease);
    puts("ended");
    g_main_loop_unref(holder.loop);
    g_free(holder.shown);
    return 0;
}
