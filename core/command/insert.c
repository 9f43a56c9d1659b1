/* insert.c - the verb: a new VM, or copies of one, by options or guided. */
#include "core/command/insert.h"

#include <string.h>

#include "core/base/error.h"
#include "core/base/text.h"
#include "core/command/ask.h"
#include "core/command/command_line.h"
#include "core/command/manage_many.h"
#include "core/command/session.h"
#include "core/command/vm_stored.h"
#include "core/command/chore.h"
#include "core/model/guest_xml.h"

#define TEMPLATE_BYTES_MOST (4 * 1024 * 1024)

void insertion_clear(struct insertion *insertion)
{
    g_free(insertion->name);
    g_free(insertion->cdrom);
    g_free(insertion->mac);
    g_free(insertion->boot);
    g_free(insertion->template_xml);
    g_free(insertion->template_vm);
    guest_nic_free(insertion->nic);
    guest_free(insertion->original);
    disk_use_free(insertion->use);
    g_clear_pointer(&insertion->disks, g_ptr_array_unref);
    g_clear_pointer(&insertion->homes, g_ptr_array_unref);
    g_clear_pointer(&insertion->grounds, g_ptr_array_unref);
    g_clear_pointer(&insertion->traces, g_ptr_array_unref);
    g_clear_pointer(&insertion->births, g_ptr_array_unref);
    g_rand_free(insertion->chance);
}

/* --- What is given --- */

static const char *given(const struct insertion *insertion, const struct insert_field *field)
{
    return *(char *const *)G_STRUCT_MEMBER_P(insertion->command->line, field->offset);
}

static gboolean take_options(struct insertion *insertion, GError **error)
{
    for (const struct insert_field *field = insert_fields; field->option; field++) {
        const char *text = given(insertion, field);
        if (!text || field->take(insertion, text, error))
            continue;
        g_prefix_error(error, "--%s: ", field->option);
        return FALSE;
    }
    return TRUE;
}

/* Until it can be used: a typing error costs one answer, not all of them. */
static gboolean ask_for(struct insertion *insertion, struct ask *ask,
                        const struct insert_field *field, GError **error)
{
    for (;;) {
        g_autoptr(GError) wrong = NULL;
        g_autofree char *text = ask_text(ask, field->question, field->usual, error);
        g_autofree char *line = NULL;

        if (!text)
            return FALSE;
        if (field->take(insertion, text, &wrong))
            return TRUE;
        line = g_strdup_printf("  %s\n", wrong->message);
        ask_show(ask, line);
    }
}

/* By options alone when they say which VM, and what it has; what nobody says is as usual. */
static gboolean is_enough(const struct insertion *insertion)
{
    return insertion->name && (insertion->disks || insertion->template_xml);
}

static gboolean ask_for_rest(struct insertion *insertion, gboolean *asked, GError **error)
{
    gboolean all = !insertion->name && !insertion->template_xml;
    autoptr(ask) ask = is_enough(insertion) ? NULL : ask_open(FALSE);

    *asked = ask != NULL;
    if (!ask && !is_enough(insertion))
        return error_refuse(error, ROOST_ERROR_USAGE,
                            "insert: nobody is there to be asked: %s is missing",
                            insertion->name ? "--disk (or --disk none)" : "--name");
    for (const struct insert_field *field = insert_fields; ask && field->option; field++) {
        gboolean needed = all || (strcmp(field->option, "name") == 0 && !insertion->name) ||
                          (strcmp(field->option, "disk") == 0 && !insertion->template_xml);
        if (field->question && needed && !given(insertion, field) &&
            !ask_for(insertion, ask, field, error))
            return FALSE;
    }
    if (ask && all && !insertion->start)
        return ask_yes(ask, "Start it at once?", &insertion->start, error);
    return TRUE;
}

/* --- The template --- */

static gboolean is_file(const char *template)
{
    return strchr(template, '/') || g_str_has_suffix(template, ".xml");
}

static char *read_file(const char *path, GError **error)
{
    g_autoptr(GError) cause = NULL;
    char *text = NULL;
    gsize size = 0;

    if (!g_file_get_contents(path, &text, &size, &cause))
        error_refuse(error, ROOST_ERROR_INPUT, "%s", cause->message);
    else if (size > TEMPLATE_BYTES_MOST || strlen(text) != size)
        error_refuse(error, ROOST_ERROR_INPUT, "template %s: it is not the XML of a VM", path);
    else
        return text;
    g_free(text);
    return NULL;
}

/* Copies build upon its disks: who writes to them destroys the copies. */
static gboolean check_template(const struct insertion *insertion, const char *name, GError **error)
{
    const struct vm *vm = chore_find_vm(insertion->command, name, error);

    if (!vm)
        return FALSE;
    if (vm->state != VM_OFF && !insertion->force)
        return error_refuse(
            error, ROOST_ERROR_REFUSED,
            "template %s is %s: what a guest is writing to is no template; stop it first "
            "(--force goes past this)",
            vm->name, vm_state_name(vm->state));
    return TRUE;
}

static gboolean read_template(struct insertion *insertion, GError **error)
{
    const char *template = insertion->command->line->template;

    if (!template)
        return TRUE;
    if (is_file(template)) {
        insertion->template_xml = read_file(template, error);
    } else if (check_template(insertion, template, error)) {
        insertion->template_vm = g_strdup(template);
        insertion->template_xml = vm_definition(insertion->command, template, error);
    }
    if (insertion->template_xml)
        insertion->original = guest_xml_read(insertion->template_xml, error);
    if (insertion->template_xml && !insertion->original)
        g_prefix_error(error, "template %s: ", template);
    return insertion->original != NULL;
}

static void fill_in(struct insertion *insertion)
{
    if (insertion->mem_kib == 0)
        insertion->mem_kib =
            insertion->original ? insertion->original->mem_kib : INSERT_MEM_MIB * 1024;
    if (insertion->vcpus == 0)
        insertion->vcpus = insertion->original ? insertion->original->vcpus : 1;
}

/* --- Before anything is done --- */

static gboolean check_mac(const struct insertion *insertion, GError **error)
{
    if (!insertion->mac || !g_hash_table_contains(insertion->use->macs, insertion->mac))
        return TRUE;
    return error_refuse(error, ROOST_ERROR_REFUSED, "--mac %s: a VM of the cluster has it",
                        insertion->mac);
}

/* Small VMs are no error: the greatest number on a host follows from vm_min_mib all the same. */
static void warn(const struct insertion *insertion)
{
    guint64 least_kib = insertion->command->session->config->engine.policy.vm_min_kib;
    const struct output *output = insertion->command->output;

    if (insertion->mem_kib < least_kib && !insertion->template_xml)
        output_error(output,
                     "note: %" G_GUINT64_FORMAT " MiB is less than vm_min_mib (%" G_GUINT64_FORMAT
                     "), by which a host's greatest number of VMs is counted",
                     insertion->mem_kib / 1024, least_kib / 1024);
    for (guint i = 0; i < insertion->use->unknown->len; i++)
        output_error(output, "note: which disks and MAC addresses are in use is not all known: %s",
                     (const char *)g_ptr_array_index(insertion->use->unknown, i));
}

static char *summarize(const struct insertion *insertion)
{
    GString *text = g_string_new(NULL);

    for (guint i = 0; i < insertion->births->len; i++) {
        const struct birth *birth = g_ptr_array_index(insertion->births, i);
        if (birth->exists) {
            g_string_append_printf(text, "vm %s: is there already\n", birth->name);
            continue;
        }
        g_string_append_printf(text, "vm %s on %s: %" G_GUINT64_FORMAT " MiB, %u CPU%s\n",
                               birth->name, birth->host->name, insertion->mem_kib / 1024,
                               insertion->vcpus, insertion->vcpus == 1 ? "" : "s");
        for (guint j = 0; j < birth->disks->len; j++) {
            const struct birth_disk *disk = g_ptr_array_index(birth->disks, j);
            g_autofree char *below = text_escape(disk->backing);
            g_string_append_printf(text, "  new disk %s (%s)%s%s\n", disk->path, disk->format,
                                   *below ? disk->copy ? ", a copy of " : ", builds upon " : "",
                                   below);
        }
    }
    return g_string_free(text, FALSE);
}

static char *definitions(const struct insertion *insertion)
{
    GString *text = g_string_new(NULL);

    for (guint i = 0; i < insertion->births->len; i++) {
        const struct birth *birth = g_ptr_array_index(insertion->births, i);
        g_autofree char *xml = birth->xml ? g_strdup(birth->xml) : NULL;
        if (xml)
            g_string_append(text, xml);
    }
    return g_string_free(text, FALSE);
}

/* *yes is FALSE when the operator does not want it. */
static gboolean confirm(const struct insertion *insertion, gboolean *yes, GError **error)
{
    autoptr(ask) ask = ask_open(FALSE);
    g_autofree char *summary = summarize(insertion);

    *yes = TRUE;
    if (!ask)
        return TRUE;
    ask_show(ask, summary);
    for (;;) {
        g_autofree char *word = ask_text(ask, "Make it? yes, no, or xml to see it", NULL, error);
        g_autofree char *xml = NULL;

        if (!word)
            return FALSE;
        *yes = g_ascii_strcasecmp(word, "yes") == 0 || g_ascii_strcasecmp(word, "y") == 0;
        if (*yes || g_ascii_strcasecmp(word, "no") == 0 || g_ascii_strcasecmp(word, "n") == 0)
            return TRUE;
        if (g_ascii_strcasecmp(word, "xml") == 0 && (xml = definitions(insertion)))
            ask_show(ask, xml);
    }
}

static gboolean prepare(struct insertion *insertion, gboolean *asked, GError **error)
{
    const struct command *command = insertion->command;

    if (!session_wait_seen(command->session, error) || !take_options(insertion, error) ||
        !read_template(insertion, error) || !ask_for_rest(insertion, asked, error))
        return FALSE;
    fill_in(insertion);
    insertion->use = disk_use_read(command, NULL, FALSE, error);
    if (!insertion->use || !check_mac(insertion, error))
        return FALSE;
    warn(insertion);
    return insert_plan(insertion, error);
}

static gboolean dry_run(const struct insertion *insertion)
{
    g_autofree char *summary = summarize(insertion);
    g_autofree char *xml = definitions(insertion);

    output_text(insertion->command->output, summary);
    output_text(insertion->command->output, xml);
    return TRUE;
}

gboolean insert_run(const struct command *command, GError **error)
{
    struct insertion insertion = {
        .command = command,
        .full = command->line->full,
        .start = (command->line->given & OPTION_START) != 0,
        .force = (command->line->given & OPTION_FORCE) != 0,
        .chance = g_rand_new(),
        .births = g_ptr_array_new_with_free_func(birth_free),
    };
    gboolean asked = FALSE;
    gboolean yes = TRUE;
    gboolean done = prepare(&insertion, &asked, error);

    if (done && command->line->given & OPTION_DRY_RUN) {
        dry_run(&insertion);
    } else if (done) {
        done = !asked || confirm(&insertion, &yes, error);
        if (done && !yes)
            output_line(command->output, "nothing was made");
        else
            done = done && insert_make(&insertion, error);
    }
    insertion_clear(&insertion);
    return done;
}
