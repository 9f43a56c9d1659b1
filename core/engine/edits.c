/*
 * edits.c - what is the operator's: said here (engine_edit), or written into the cluster's file by
 * hand or by another console while this engine ran (engine_take_edits).
 *
 * Only what nobody but the operator decides is taken over: what a host or a VM is and does, the
 * hosts themselves tell better than any file.
 */
#include <string.h>

#include "core/base/error.h"
#include "core/base/text.h"
#include "core/engine/engine_internal.h"
#include "core/engine/follow.h"

#define VM_MOST_MOST     65536
#define NOTE_BYTES_MOST  1024
#define PLACE_BYTES_MOST 64 /* of a rack, room or lab: the title of a part of the grid */

/* --- Said here -------------------------------------------------------------------------------- */

/* Makes of what was typed what is kept; NULL for none. FALSE with the reason, without the object.
 */
typedef gboolean (*edit_check_func)(const struct cluster *cluster, const char *text, char **kept,
                                    GError **error);

struct edit_key {
    const char *name;
    gboolean of_vm;
    gsize offset; /* of the text in struct vm or struct host; vm-max is a number */
    edit_check_func check;
};

static gboolean refuse_text(GError **error, const char *reason)
{
    g_set_error_literal(error, ROOST_ERROR, ROOST_ERROR_INPUT, reason);
    return FALSE;
}

static gboolean check_host_name(const struct cluster *cluster, const char *text, char **kept,
                                GError **error)
{
    const struct host *host = cluster_find_host(cluster, text);
    g_autofree char *shown = text_escape(text);

    if (!host) {
        g_set_error(error, ROOST_ERROR, ROOST_ERROR_INPUT, "there is no host \"%s\"", shown);
        return FALSE;
    }
    *kept = g_strdup(host->name);
    return TRUE;
}

static gboolean check_group(G_GNUC_UNUSED const struct cluster *cluster, const char *text,
                            char **kept, GError **error)
{
    if (!text_check_name(text, error))
        return FALSE;
    *kept = g_strdup(text);
    return TRUE;
}

static gboolean check_words(const char *text, char **kept, GError **error)
{
    if (!g_utf8_validate(text, -1, NULL))
        return refuse_text(error, "is no valid UTF-8");
    for (const char *at = text; *at; at = g_utf8_next_char(at)) {
        if (g_unichar_iscntrl(g_utf8_get_char(at)))
            return refuse_text(error, "has control characters in it");
    }
    *kept = g_strdup(text);
    return TRUE;
}

static gboolean check_note(G_GNUC_UNUSED const struct cluster *cluster, const char *text,
                           char **kept, GError **error)
{
    if (strlen(text) > NOTE_BYTES_MOST)
        return refuse_text(error, "is longer than 1024 bytes");
    return check_words(text, kept, error);
}

static gboolean check_place(G_GNUC_UNUSED const struct cluster *cluster, const char *text,
                            char **kept, GError **error)
{
    g_autofree char *trimmed = g_strstrip(g_strdup(text));

    if (strlen(trimmed) > PLACE_BYTES_MOST)
        return refuse_text(error, "is longer than 64 bytes");
    return *trimmed == '\0' || check_words(trimmed, kept, error);
}

static gboolean check_most(G_GNUC_UNUSED const struct cluster *cluster, const char *text,
                           char **kept, GError **error)
{
    guint64 number;

    if (!g_ascii_string_to_unsigned(text, 10, 1, VM_MOST_MOST, &number, NULL))
        return refuse_text(error, "is not a whole number from 1 to 65536");
    *kept = g_strdup_printf("%u", (guint)number);
    return TRUE;
}

static const struct edit_key edit_keys[] = {
    {"home", TRUE, G_STRUCT_OFFSET(struct vm, home), check_host_name},
    {"pin", TRUE, G_STRUCT_OFFSET(struct vm, pin), check_host_name},
    {"group", TRUE, G_STRUCT_OFFSET(struct vm, group), check_group},
    {"note", FALSE, G_STRUCT_OFFSET(struct host, note), check_note},
    {"rack", FALSE, G_STRUCT_OFFSET(struct host, rack), check_place},
    {"room", FALSE, G_STRUCT_OFFSET(struct host, room), check_place},
    {"lab", FALSE, G_STRUCT_OFFSET(struct host, lab), check_place},
    {"vm-max", FALSE, 0, check_most},
};

static const struct edit_key *find_key(const char *name)
{
    for (guint i = 0; i < G_N_ELEMENTS(edit_keys); i++) {
        if (g_strcmp0(edit_keys[i].name, name) == 0)
            return &edit_keys[i];
    }
    return NULL;
}

gboolean engine_edit_is_of_vm(const char *key)
{
    const struct edit_key *found = find_key(key);

    return found && found->of_vm;
}

/* TRUE when it was otherwise before. */
static gboolean put_text(gpointer object, const struct edit_key *key, const char *kept)
{
    char **field = G_STRUCT_MEMBER_P(object, key->offset);

    if (g_strcmp0(*field, kept) == 0)
        return FALSE;
    g_free(*field);
    *field = g_strdup(kept);
    return TRUE;
}

static gboolean put_most(struct host *host, const char *kept)
{
    guint most = kept ? (guint)g_ascii_strtoull(kept, NULL, 10) : 0;

    if (host->vm_max == most)
        return FALSE;
    host->vm_max = most;
    return TRUE;
}

static gboolean put(struct engine *engine, const struct edit_key *key, const char *name,
                    const char *kept, GError **error)
{
    struct vm *vm = key->of_vm ? cluster_find_vm(engine->cluster, name) : NULL;
    struct host *host = key->of_vm ? NULL : cluster_find_host(engine->cluster, name);
    g_autofree char *object = g_strdup_printf("%s %s", key->of_vm ? "vm" : "host",
                                              vm     ? vm->name
                                              : host ? host->name
                                                     : name);
    gboolean changed;

    if (!vm && !host) {
        g_set_error(error, ROOST_ERROR, ROOST_ERROR_INPUT, "%s: there is none in the cluster",
                    object);
        return FALSE;
    }
    if (vm || key->offset)
        changed = put_text(vm ? (gpointer)vm : (gpointer)host, key, kept);
    else
        changed = put_most(host, kept);
    if (!changed)
        return TRUE;
    note(engine, "edit", object, engine->who, "done", FALSE, "%s: its %s is now %s", object,
         key->name, kept ? kept : "nothing");
    engine_emit(engine, ENGINE_EVENT_MODEL, NULL, NULL);
    automatic_decide_in(engine, 0);
    return TRUE;
}

gboolean engine_edit(struct engine *engine, const char *object, const char *key, const char *text,
                     GError **error)
{
    const struct edit_key *found = find_key(key);
    g_autofree char *kept = NULL;

    if (guard_refuses(engine, error))
        return FALSE;
    if (!found)
        return refuse_text(error, "there is nothing of that name to edit");
    if (text && *text && !found->check(engine->cluster, text, &kept, error)) {
        g_prefix_error(error, "%s %s: its %s: ", found->of_vm ? "vm" : "host", object, key);
        return FALSE;
    }
    if (engine->follow)
        return follow_order(engine,
                            &(const struct order){.kind = ORDER_EDIT,
                                                  .vm = found->of_vm ? (char *)object : NULL,
                                                  .host = found->of_vm ? NULL : (char *)object,
                                                  .key = (char *)key,
                                                  .text = (char *)text}) != 0;
    return put(engine, found, object, kept, error);
}

/* --- Written elsewhere ------------------------------------------------------------------------ */

/* TRUE when it was different. what is "vm web: its pin". */
static gboolean take_text(struct engine *engine, char **field, const char *written,
                          const char *object, const char *what)
{
    if (g_strcmp0(*field, written) == 0)
        return FALSE;
    note(engine, "edit", object, "", "done", FALSE,
         "%s: its %s is now %s, as ClusterInfo.xml has it", object, what,
         written ? written : "nothing");
    g_free(*field);
    *field = g_strdup(written);
    return TRUE;
}

static gboolean take_vm(struct engine *engine, struct vm *vm, const struct vm *written)
{
    g_autofree char *object = g_strdup_printf("vm %s", vm->name);
    gboolean taken = take_text(engine, &vm->home, written->home, object, "home");

    taken |= take_text(engine, &vm->pin, written->pin, object, "pin");
    taken |= take_text(engine, &vm->group, written->group, object, "group");
    return taken;
}

static gboolean take_most(struct engine *engine, struct host *host, const struct host *written,
                          const char *object)
{
    if (host->vm_max == written->vm_max)
        return FALSE;
    host->vm_max = written->vm_max;
    note(engine, "edit", object, "", "done", FALSE,
         "%s: its vm-max is now %u, as ClusterInfo.xml has it", object, host->vm_max);
    return TRUE;
}

static gboolean take_host(struct engine *engine, struct host *host, const struct host *written)
{
    g_autofree char *object = g_strdup_printf("host %s", host->name);
    gboolean taken = take_text(engine, &host->note, written->note, object, "note");

    taken |= take_text(engine, &host->rack, written->rack, object, "rack");
    taken |= take_text(engine, &host->room, written->room, object, "room");
    taken |= take_text(engine, &host->lab, written->lab, object, "lab");
    taken |= take_most(engine, host, written, object);
    if (host->maintenance != written->maintenance) {
        engine_set_maintenance(engine, host->name, written->maintenance);
        taken = TRUE;
    }
    return taken;
}

void engine_take_edits(struct engine *engine, const struct cluster *written)
{
    gboolean taken = FALSE;

    if (engine->follow)
        return; /* the manager looks at the file itself */
    for (guint i = 0; i < written->hosts->len; i++) {
        const struct host *theirs = g_ptr_array_index(written->hosts, i);
        struct host *host = cluster_find_host(engine->cluster, theirs->address);
        if (!host && !cluster_find_host(engine->cluster, theirs->name))
            engine_adopt_host(engine, theirs, NULL);
        else if (host)
            taken |= take_host(engine, host, theirs);
        for (guint j = 0; host && j < theirs->vms->len; j++) {
            const struct vm *vm = g_ptr_array_index(theirs->vms, j);
            struct vm *ours = cluster_find_vm(engine->cluster, vm->name);
            if (ours)
                taken |= take_vm(engine, ours, vm);
        }
    }
    if (!taken)
        return;
    engine_emit(engine, ENGINE_EVENT_MODEL, NULL, NULL);
    automatic_decide_in(engine, 0);
}
