#include "core/driver/libvirt/migration_choice.h"

#include <libvirt/libvirt.h>
#include <string.h>

#include "core/base/error.h"

#define VERSION(major, minor, patch) ((major)*1000000UL + (minor)*1000UL + (patch))

#define HAS_POSTCOPY      VERSION(1, 3, 3)
#define HAS_TLS           VERSION(3, 2, 0)
#define HAS_LIMIT         VERSION(5, 1, 0) /* of post-copy */
#define HAS_CONNECTIONS   VERSION(5, 2, 0)
#define HAS_RESUME        VERSION(8, 5, 0)
#define HAS_ZLIB_AND_ZSTD VERSION(9, 4, 0)

static const char *const compression_names[] = {
    [MIGRATE_COMPRESSION_NONE] = NULL,
    [MIGRATE_COMPRESSION_XBZRLE] = "xbzrle",
    [MIGRATE_COMPRESSION_ZLIB] = "zlib",
    [MIGRATE_COMPRESSION_ZSTD] = "zstd",
};

struct choosing {
    struct migration_choice *choice;
    const struct migrate_request *request;
    const struct migration_ability *ability;
};

void migration_choice_clear(struct migration_choice *choice)
{
    g_clear_pointer(&choice->notes, g_ptr_array_unref);
    memset(choice, 0, sizeof *choice);
}

static gboolean have_both(const struct migration_ability *ability, gulong version)
{
    return (!ability->source_version || ability->source_version >= version) &&
           (!ability->target_version || ability->target_version >= version);
}

static void add_note(const struct choosing *choosing, const char *what, const char *why)
{
    g_ptr_array_add(choosing->choice->notes, g_strdup_printf("%s: %s", what, why));
}

/* TRUE when it may be in it; else says why not. */
static gboolean may_have(const struct choosing *choosing, enum migration_extra extra,
                         gulong version, const char *what)
{
    if (choosing->ability->without & extra)
        add_note(choosing, what, "one of the two hosts cannot");
    else if (!have_both(choosing->ability, version))
        add_note(choosing, what, "the libvirt of one of the two hosts is too old");
    else
        return TRUE;
    return FALSE;
}

static gboolean needs_postcopy(const struct migrate_request *request)
{
    return request->mode == MIGRATE_POSTCOPY ||
           (request->mode == MIGRATE_PRECOPY && request->on_timeout == MIGRATE_LATE_POSTCOPY);
}

static gboolean is_packed_by_connections(const struct migrate_request *request)
{
    return request->compression == MIGRATE_COMPRESSION_ZLIB ||
           request->compression == MIGRATE_COMPRESSION_ZSTD;
}

static void choose_connections(const struct choosing *choosing)
{
    const struct migrate_request *request = choosing->request;
    struct migration_choice *choice = choosing->choice;
    const char *what = "parallel connections are not used";

    if (request->connections < 2 && !is_packed_by_connections(request))
        return;
    if (request->transport == MIGRATE_TUNNELLED) {
        add_note(choosing, what, "a tunnel has one");
        return;
    }
    if (needs_postcopy(request)) {
        add_note(choosing, what, "post-copy has one");
        return;
    }
    if (!may_have(choosing, MIGRATION_CONNECTIONS, HAS_CONNECTIONS, what))
        return;
    choice->flags |= VIR_MIGRATE_PARALLEL;
    choice->extras |= MIGRATION_CONNECTIONS;
    choice->connections = MAX(request->connections, 1);
}

static void choose_compression(const struct choosing *choosing)
{
    const struct migrate_request *request = choosing->request;
    struct migration_choice *choice = choosing->choice;
    const char *what = "memory is not compressed";
    gboolean packed = is_packed_by_connections(request);

    if (request->compression == MIGRATE_COMPRESSION_NONE ||
        (!packed && request->mode == MIGRATE_STOPANDCOPY)) /* nothing is sent twice */
        return;
    if (packed != (choice->connections > 0)) {
        add_note(choosing, what,
                 packed ? "that needs parallel connections" : "xbzrle has one connection only");
        return;
    }
    if (!may_have(choosing, MIGRATION_COMPRESSION, packed ? HAS_ZLIB_AND_ZSTD : 0, what))
        return;
    choice->flags |= VIR_MIGRATE_COMPRESSED;
    choice->extras |= MIGRATION_COMPRESSION;
    choice->compression = compression_names[request->compression];
}

/*
 * Also a pre-copy begins able to go over to post-copy: later it cannot be made so. With parallel
 * connections QEMU 7.2 lets it, and the guest dies of it.
 */
static gboolean choose_postcopy(const struct choosing *choosing, GError **error)
{
    const struct migrate_request *request = choosing->request;
    struct migration_choice *choice = choosing->choice;
    gboolean possible = request->transport != MIGRATE_TUNNELLED && choice->connections == 0 &&
                        have_both(choosing->ability, HAS_POSTCOPY) &&
                        !(choosing->ability->without & MIGRATION_POSTCOPY);

    if (request->mode == MIGRATE_STOPANDCOPY)
        return TRUE;
    if (possible) {
        choice->flags |= VIR_MIGRATE_POSTCOPY;
        choice->extras |= MIGRATION_POSTCOPY;
    } else if (request->mode == MIGRATE_POSTCOPY) {
        g_set_error_literal(error, ROOST_ERROR, ROOST_ERROR_REFUSED,
                            request->transport == MIGRATE_TUNNELLED
                                ? "post-copy does not go through a tunnel ([migration] transport)"
                                : "one of the two hosts cannot do post-copy; choose another mode");
        return FALSE;
    } else if (needs_postcopy(request)) {
        add_note(choosing, "it cannot go over to post-copy",
                 request->transport == MIGRATE_TUNNELLED ? "a tunnel cannot"
                                                         : "one of the two hosts cannot");
    }
    return TRUE;
}

static gboolean choose_transport(const struct choosing *choosing, GError **error)
{
    struct migration_choice *choice = choosing->choice;

    switch (choosing->request->transport) {
    case MIGRATE_PLAIN:
        g_ptr_array_add(choice->notes, g_strdup("its memory crosses the network unencrypted "
                                                "([migration] transport=plain)"));
        return TRUE;
    case MIGRATE_TLS:
        choice->flags |= VIR_MIGRATE_TLS;
        if (have_both(choosing->ability, HAS_TLS))
            return TRUE;
        g_set_error_literal(error, ROOST_ERROR, ROOST_ERROR_REFUSED,
                            "the libvirt of one of the two hosts is too old for TLS");
        return FALSE;
    case MIGRATE_TUNNELLED:
        choice->flags |= VIR_MIGRATE_TUNNELLED | VIR_MIGRATE_PEER2PEER;
        return TRUE;
    }
    return TRUE;
}

static void choose_converge(const struct choosing *choosing)
{
    const struct migrate_request *request = choosing->request;

    if (request->mode != MIGRATE_PRECOPY || !request->auto_converge ||
        !may_have(choosing, MIGRATION_CONVERGE, 0, "the guest is not slowed down"))
        return;
    choosing->choice->flags |= VIR_MIGRATE_AUTO_CONVERGE;
    choosing->choice->extras |= MIGRATION_CONVERGE;
}

static gboolean choose_resume(const struct choosing *choosing, GError **error)
{
    if (!choosing->ability->resume)
        return TRUE;
    if (!have_both(choosing->ability, HAS_RESUME)) {
        g_set_error_literal(error, ROOST_ERROR, ROOST_ERROR_REFUSED,
                            "its post-copy broke off, and the libvirt of one of the two hosts is "
                            "too old to go on with it (8.5 can)");
        return FALSE;
    }
    choosing->choice->flags |= VIR_MIGRATE_POSTCOPY | VIR_MIGRATE_POSTCOPY_RESUME;
    choosing->choice->extras = 0;
    return TRUE;
}

/* Where it was tried and did not work, ability->without has it. */
static void choose_control(const struct choosing *choosing)
{
    enum migrate_control control = choosing->request->control;

    if (control == MIGRATE_PEER)
        choosing->choice->flags |= VIR_MIGRATE_PEER2PEER;
    if (control != MIGRATE_AUTO)
        return;
    if (choosing->ability->without & MIGRATION_PEER) {
        add_note(choosing, "it is led from here, not by its source",
                 choosing->ability->no_peer ? choosing->ability->no_peer : "that did not work");
        return;
    }
    choosing->choice->flags |= VIR_MIGRATE_PEER2PEER;
    choosing->choice->extras |= MIGRATION_PEER;
}

gboolean migration_choose(struct migration_choice *choice, const struct migrate_request *request,
                          const struct migration_ability *ability, GError **error)
{
    const struct choosing choosing = {choice, request, ability};

    memset(choice, 0, sizeof *choice);
    choice->notes = g_ptr_array_new_with_free_func(g_free);
    choice->flags = VIR_MIGRATE_ABORT_ON_ERROR;
    choice->limits_postcopy = have_both(ability, HAS_LIMIT);
    if (request->mode != MIGRATE_STOPANDCOPY)
        choice->flags |= VIR_MIGRATE_LIVE;
    /* Defined in one place only, so that it can never be started in two. */
    if (ability->persistent)
        choice->flags |= VIR_MIGRATE_PERSIST_DEST | VIR_MIGRATE_UNDEFINE_SOURCE;
    choose_control(&choosing);
    if (request->allow_unsafe)
        choice->flags |= VIR_MIGRATE_UNSAFE;
    if (!choose_transport(&choosing, error))
        return FALSE;
    if (ability->resume)
        return choose_resume(&choosing, error);
    choose_connections(&choosing);
    choose_compression(&choosing);
    choose_converge(&choosing);
    return choose_postcopy(&choosing, error);
}

/* --- When libvirt would not begin --- */

static const struct suspect {
    enum migration_extra extra;
    const char *word; /* of what libvirt or QEMU says */
} suspects[] = {
    {MIGRATION_COMPRESSION, "compression"}, {MIGRATION_COMPRESSION, "xbzrle"},
    {MIGRATION_CONNECTIONS, "multifd"},     {MIGRATION_CONNECTIONS, "parallel"},
    {MIGRATION_POSTCOPY, "post-copy"},      {MIGRATION_POSTCOPY, "postcopy"},
    {MIGRATION_POSTCOPY, "userfault"},      {MIGRATION_CONVERGE, "auto-converge"},
};

guint migration_choice_suspect(const struct migration_choice *choice, const GError *error)
{
    g_autofree char *said = g_ascii_strdown(error->message, -1);

    if (error->code != ROOST_ERROR_FAILED)
        return 0;
    for (guint i = 0; i < G_N_ELEMENTS(suspects); i++)
        if ((choice->extras & suspects[i].extra) && strstr(said, suspects[i].word))
            return suspects[i].extra;
    /* A capability that one of the two does not know by any name we do: the first goes. */
    if (strstr(said, "migrate-set-capabilities") || strstr(said, "migration option") ||
        strstr(said, "migration capability"))
        return choice->extras & -choice->extras;
    return 0;
}
