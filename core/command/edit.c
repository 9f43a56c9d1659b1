/*
 * edit.c - the verbs that write down what is the operator's: pin, unpin, apart, note, place, home,
 * vm-max.
 * Nothing is moved by them; what they say holds from the next decision on.
 */
#include "core/command/verb.h"

#include <string.h>

#include "core/base/error.h"
#include "core/base/text.h"
#include "core/command/command_line.h"
#include "core/command/order.h"
#include "core/command/session.h"

static gboolean takes_away(const struct command *command)
{
    return (command->line->given & OPTION_NONE) != 0;
}

static gboolean misuse(const struct command *command, const char *why, GError **error)
{
    g_autofree char *usage = command_line_usage(command->verb);
    g_set_error(error, ROOST_ERROR, ROOST_ERROR_USAGE, "%s: roost %s", why, usage);
    return FALSE;
}

static const struct vm *find_vm(const struct command *command, const char *name, GError **error)
{
    const struct vm *vm = cluster_find_vm(session_cluster(command->session), name);
    if (!vm)
        g_set_error(error, ROOST_ERROR, ROOST_ERROR_INPUT,
                    "vm %s: there is no such VM in the cluster", name);
    return vm;
}

static const struct host *find_host(const struct command *command, const char *name, GError **error)
{
    const struct host *host = cluster_find_host(session_cluster(command->session), name);
    if (!host)
        g_set_error(error, ROOST_ERROR, ROOST_ERROR_INPUT,
                    "host %s: there is no such host in the cluster", name);
    return host;
}

static gboolean edit(const struct command *command, const char *object, const char *key,
                     const char *text, GError **error)
{
    struct orders orders;
    orders_begin(&orders, command);
    gboolean done = engine_edit(command->session->engine, object, key, text, error);
    done = orders_finish(&orders, error) && done;
    if (!done)
        return FALSE;
    output_line(command->output, "%s %s: %s %s", engine_edit_is_of_vm(key) ? "vm" : "host", object,
                key, text && *text ? text : "none");
    return TRUE;
}

/* --- VMs -------------------------------------------------------------------------------------- */

/* A VM that is found somewhere only now may be meant: all hosts are asked first. */
static const struct vm *find_vm_seen(const struct command *command, const char *name,
                                     GError **error)
{
    return session_wait_seen(command->session, error) ? find_vm(command, name, error) : NULL;
}

gboolean pin_run(const struct command *command, GError **error)
{
    char **words = command->line->arguments;
    const struct vm *vm = find_vm_seen(command, words[0], error);
    if (!vm)
        return FALSE;
    const struct host *host = words[1] ? find_host(command, words[1], error) : vm->host;
    if (!host)
        return FALSE;
    if (vm_is_active(vm) && host != vm->host)
        output_line(command->output, "vm %s runs on %s: it is not moved by this; see roost migrate",
                    vm->name, vm->host->name);
    return edit(command, vm->name, "pin", host->name, error);
}

static gboolean edit_all(const struct command *command, char **names, const char *key,
                         const char *text, GError **error)
{
    if (!session_wait_seen(command->session, error))
        return FALSE;
    for (char **name = names; *name; name++) {
        if (!find_vm(command, *name, error))
            return FALSE;
    }
    for (char **name = names; *name; name++) {
        if (!edit(command, *name, key, text, error))
            return FALSE;
    }
    return TRUE;
}

gboolean unpin_run(const struct command *command, GError **error)
{
    return edit_all(command, command->line->arguments, "pin", NULL, error);
}

gboolean home_run(const struct command *command, GError **error)
{
    char **words = command->line->arguments;
    if (takes_away(command) && words[1])
        return misuse(command, "--none and HOST do not go together", error);
    const struct vm *vm = find_vm_seen(command, words[0], error);
    if (!vm)
        return FALSE;
    if (!words[1] && !takes_away(command)) {
        output_line(command->output, "%s", vm->home ? vm->home : "-");
        return TRUE;
    }
    const struct host *host = words[1] ? find_host(command, words[1], error) : NULL;
    if (words[1] && !host)
        return FALSE;
    return edit(command, vm->name, "home", host ? host->name : NULL, error);
}

/* --- Keep-apart groups ------------------------------------------------------------------------ */

static int compare_groups(gconstpointer a, gconstpointer b)
{
    const struct vm *one = *(const struct vm *const *)a;
    const struct vm *other = *(const struct vm *const *)b;
    int order = text_compare_names(one->group, other->group);
    return order ? order : text_compare_names(one->name, other->name);
}

/* Borrowed; of one group, or (NULL) of all, by group and name. Free with g_ptr_array_unref. */
static GPtrArray *list_members(const struct cluster *cluster, const char *group)
{
    GPtrArray *members = g_ptr_array_new();
    for (guint i = 0; i < cluster->hosts->len; i++) {
        const struct host *host = cluster->hosts->pdata[i];
        for (guint j = 0; j < host->vms->len; j++) {
            struct vm *vm = host->vms->pdata[j];
            if (vm->group && (!group || g_str_equal(vm->group, group)))
                g_ptr_array_add(members, vm);
        }
    }
    g_ptr_array_sort(members, compare_groups);
    return members;
}

static const struct record_field member_fields[] = {
    {"group", RECORD_TEXT},
    {"vm", RECORD_TEXT},
    {"host", RECORD_TEXT, "where the VM is"},
    {NULL},
};

static const struct record_kind member_kind = {"keep-apart", "member", member_fields};

const struct record_kind *const apart_kinds[] = {&member_kind, NULL};

static gboolean list_groups(const struct command *command, GError **error)
{
    if (!session_wait_seen(command->session, error))
        return FALSE;
    g_autoptr(GPtrArray) members = list_members(session_cluster(command->session), NULL);
    struct records *records = records_new(&member_kind);
    for (guint i = 0; i < members->len; i++) {
        const struct vm *vm = members->pdata[i];
        records_add(records, vm->group, vm->name, vm->host->name, NULL);
    }
    records_print_free(records, command->output);
    return TRUE;
}

/* They are parted by the autopilot only where it moves them for another reason. */
static void warn_together(const struct command *command, const char *group)
{
    g_autoptr(GPtrArray) members = list_members(session_cluster(command->session), group);
    for (guint i = 0; i < members->len; i++) {
        const struct vm *vm = members->pdata[i];
        for (guint j = 0; j < i && vm_is_active(vm); j++) {
            const struct vm *other = members->pdata[j];
            if (vm_is_active(other) && other->host == vm->host)
                output_line(command->output, "vm %s and vm %s are both on %s now: move one of them",
                            other->name, vm->name, vm->host->name);
        }
    }
}

gboolean apart_run(const struct command *command, GError **error)
{
    char **words = command->line->arguments;
    if (takes_away(command))
        return *words ? edit_all(command, words, "group", NULL, error)
                      : misuse(command, "which VM?", error);
    if (!*words)
        return list_groups(command, error);
    if (!words[1])
        return misuse(command, "which VM?", error);
    if (!edit_all(command, words + 1, "group", words[0], error))
        return FALSE;
    warn_together(command, words[0]);
    return TRUE;
}

/* --- Hosts ------------------------------------------------------------------------------------ */

gboolean note_run(const struct command *command, GError **error)
{
    char **words = command->line->arguments;
    const struct host *host = find_host(command, words[0], error);
    if (takes_away(command) && words[1])
        return misuse(command, "--none and TEXT do not go together", error);
    if (!host)
        return FALSE;
    if (!words[1] && !takes_away(command)) {
        output_line(command->output, "%s", host->note ? host->note : "-");
        return TRUE;
    }
    g_autofree char *text = words[1] ? g_strjoinv(" ", words + 1) : NULL;
    return edit(command, host->name, "note", text, error);
}

static const char *const place_keys[] = {"rack", "room", "lab"};

/* The key that a word such as rack=R1 is about, and in *text what stands behind it. */
static const char *find_place(const char *word, const char **text, GError **error)
{
    for (guint i = 0; i < G_N_ELEMENTS(place_keys); i++) {
        gsize length = strlen(place_keys[i]);
        if (g_str_has_prefix(word, place_keys[i]) && word[length] == '=') {
            *text = word + length + 1;
            return place_keys[i];
        }
    }
    g_autofree char *shown = text_escape(word);
    g_set_error(error, ROOST_ERROR, ROOST_ERROR_USAGE,
                "\"%s\": where a host stands is said with rack=NAME, room=NAME or lab=NAME", shown);
    return NULL;
}

static void print_place(const struct command *command, const struct host *host)
{
    output_line(command->output, "rack %s, room %s, lab %s", host->rack ? host->rack : "-",
                host->room ? host->room : "-", host->lab ? host->lab : "-");
}

gboolean place_run(const struct command *command, GError **error)
{
    char **words = command->line->arguments;
    const struct host *host = find_host(command, words[0], error);
    const char *text;
    if (takes_away(command) && words[1])
        return misuse(command, "--none and a place do not go together", error);
    if (!host)
        return FALSE;
    if (!words[1] && !takes_away(command)) {
        print_place(command, host);
        return TRUE;
    }
    for (char **word = words + 1; *word; word++) {
        if (!find_place(*word, &text, error))
            return FALSE;
    }
    for (guint i = 0; takes_away(command) && i < G_N_ELEMENTS(place_keys); i++) {
        if (!edit(command, host->name, place_keys[i], NULL, error))
            return FALSE;
    }
    for (char **word = words + 1; *word && !takes_away(command); word++) {
        const char *key = find_place(*word, &text, error);
        if (!edit(command, host->name, key, text, error))
            return FALSE;
    }
    return TRUE;
}

gboolean vm_max_run(const struct command *command, GError **error)
{
    char **words = command->line->arguments;
    const struct host *host = find_host(command, words[0], error);
    if (takes_away(command) && words[1])
        return misuse(command, "--none and N do not go together", error);
    if (!host)
        return FALSE;
    if (words[1] || takes_away(command))
        return edit(command, host->name, "vm-max", words[1], error);
    if (host->mem_kib == 0 && !session_wait_seen(command->session, error))
        return FALSE;
    output_line(command->output, "%u",
                host_most_vms(host, command->session->config->engine.policy.vm_min_kib));
    return TRUE;
}
