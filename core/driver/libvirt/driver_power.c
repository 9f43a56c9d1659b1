/*
 * driver_power.c - hosts woken and switched off, in all the ways there are.
 *
 * A wake, and a switch-off by a command that is run here, are operations made of others, the parts:
 * each part has a deadline of its own and always answers, and the last answer is that of the whole.
 */
#include <string.h>

#include "core/base/error.h"
#include "core/base/placeholder.h"
#include "core/driver/libvirt/driver_internal.h"
#include "core/driver/libvirt/magic_packet.h"
#include "core/driver/libvirt/wake_script.h"

#define WAKE_US     (3 * G_USEC_PER_SEC)
#define RELAY_US    (5 * G_USEC_PER_SEC)
#define POWER_OFF   "systemctl poweroff || poweroff || shutdown -h now"
#define WAKE_WORKER "" /* magic packets must not wait behind a host that hangs */

/* Asks what power_off always asks, and does nothing. */
#define ASK_ONLY ":"

/* What one part of a wake has to say. */
struct part {
    struct libvirt_driver *self;
    guint whole; /* the operation it is a part of */
    guint place; /* among whole's ways */
    char *label; /* "magic packet from 10.0.0.5" */
    char *about; /* what its errors begin with, and the label says already */
    char *by;    /* the tools that did it; NULL = not told */
};

static void part_free(gpointer data)
{
    struct part *part = data;

    g_free(part->label);
    g_free(part->about);
    g_free(part->by);
    g_free(part);
}

/* --- Commands run here --- */

/* What a part is called, its label says. */
static void prefix_command(const struct operation *operation, GError **error)
{
    if (operation->data_free)
        g_prefix_error(error, "host %s: ", operation->address);
    else
        g_prefix_error(error, "host %s: %s: ", operation->address, operation->what);
}

static void command_ended(const GError *error, gpointer data)
{
    struct operation *operation = data;
    g_autoptr(GError) told = NULL;

    operation->command = NULL; /* frees itself after this */
    if (error) {
        told = g_error_copy(error);
        prefix_command(operation, &told);
    }
    operation_answer(operation, NULL, told);
}

/* `mac` is what is known of the host's; may be NULL. */
static guint run_here(struct libvirt_driver *self, struct operation *operation,
                      const struct access_entry *entry, const char *command, const char *mac)
{
    const struct placeholder_values values = {
        .name = entry->host.name,
        .address = operation->address,
        .mac = mac ? mac : entry->host.known_mac,
        .user = entry->access->user,
    };
    g_auto(GStrv) environment = NULL;
    GError *error = NULL;
    g_autofree char *script = placeholder_fill(command, &values, &environment, &error);

    operation->owner = self;
    if (script && driver_may_act(&self->base, "not run", &error))
        operation->command = local_command_start(script, environment, entry->access->command_us,
                                                 command_ended, operation, &error);
    if (!operation->command) {
        prefix_command(operation, &error);
        operation_answer_later(operation, error);
    }
    return operation->id;
}

/* --- Wake --- */

/* Without what the label says. */
static const char *trouble_of(const struct part *part, const GError *error)
{
    if (g_str_has_prefix(error->message, part->about))
        return error->message + strlen(part->about);
    return error->message;
}

static void part_answered(const GError *error, gpointer data)
{
    const struct part *part = data;
    struct operation *whole = operations_find(part->self->operations, part->whole);
    char **way;
    g_autofree char *ways = NULL;
    g_autoptr(GError) failed = NULL;

    if (!whole)
        return;
    way = (char **)&whole->ways->pdata[part->place];
    if (error)
        *way = g_strdup_printf("%s failed: %s", part->label, trouble_of(part, error));
    else
        *way =
            part->by ? g_strdup_printf("%s by %s", part->label, part->by) : g_strdup(part->label);
    whole->worked = whole->worked || !error;
    if (--whole->parts_left > 0)
        return;
    g_ptr_array_add(whole->ways, NULL);
    ways = g_strjoinv("; ", (char **)whole->ways->pdata);
    if (!whole->worked)
        failed = g_error_new(ROOST_ERROR, error->code, "host %s: %s", whole->address, ways);
    operation_answer_ways(whole, ways, failed);
}

static struct operation *add_part(struct libvirt_driver *self, struct operation *whole,
                                  const char *address, const char *what, char *label_take)
{
    struct operation *operation = operations_add(self->operations, address, what);
    struct part *part = g_new0(struct part, 1);

    part->self = self;
    part->whole = whole->id;
    part->place = whole->ways->len;
    part->label = label_take;
    part->about = g_strdup_printf("host %s: ", address);
    operation->done = part_answered;
    operation->data = part;
    operation->data_free = part_free;
    g_ptr_array_add(whole->ways, NULL);
    g_array_append_val(whole->parts, operation->id);
    whole->parts_left++;
    return operation;
}

static void run_wake(struct worker_task *task, struct remote_host *host)
{
    (void)host; /* it is off */
    if (worker_task_commit(task))
        magic_packet_send(task->address, task->mac, task->broadcast, MAGIC_PACKET_PORT,
                          &task->error);
}

static void add_packets(struct libvirt_driver *self, struct operation *whole, const char *mac,
                        const char *broadcast)
{
    struct operation *operation =
        add_part(self, whole, whole->address, "wake", g_strdup("magic packet from here"));
    struct worker_task *task = worker_task_new(operation->id, run_wake, whole->address, 0);

    task->mac = g_strdup(mac);
    task->broadcast = g_strdup(broadcast);
    libvirt_driver_submit(self, operation, task, WAKE_WORKER, WAKE_US);
}

static void run_relay(struct worker_task *task, struct remote_host *host)
{
    autoptr(ssh_answer) answer = ssh_answer_new();

    if (worker_task_commit(task) &&
        remote_host_run(host, task->command, task->deadline_us, answer, &task->error))
        task->text = wake_script_read(answer->output->str, answer->output->len, &task->error);
}

static void take_tools(struct worker_task *task, gpointer data)
{
    struct part *part = data;

    part->by = g_steal_pointer(&task->text);
}

static void add_relay(struct libvirt_driver *self, struct operation *whole, const char *relay,
                      const char *mac, const char *broadcast)
{
    struct operation *operation = add_part(self, whole, relay, "relay a magic packet",
                                           g_strdup_printf("magic packet from %s", relay));
    struct worker_task *task = worker_task_new(operation->id, run_relay, relay, 0);
    guint8 bytes[MAC_BYTES];

    operation->take = take_tools;
    if (mac_parse(mac, bytes))
        task->command = wake_script(whole->address, bytes, broadcast);
    if (task->command) {
        libvirt_driver_submit(self, operation, task, relay, RELAY_US);
        return;
    }
    worker_task_unref(task);
    operation_answer_later(operation, g_error_new_literal(ROOST_ERROR, ROOST_ERROR_INPUT,
                                                          "its MAC address is not one"));
}

static void add_command(struct libvirt_driver *self, struct operation *whole,
                        const struct access_entry *entry, const char *mac)
{
    struct operation *operation =
        add_part(self, whole, whole->address, "wake_command", g_strdup("wake_command"));

    run_here(self, operation, entry, entry->host.wake_command, mac);
}

guint libvirt_wake(struct driver *driver, const struct wake_request *request, driver_wake_func done,
                   gpointer data)
{
    struct libvirt_driver *self = self_of(driver);
    struct operation *whole = operations_add(self->operations, request->address, "wake");
    GError *error = NULL;
    const struct access_entry *entry = libvirt_driver_look_up(self, request->address, &error);
    const char *mac = entry && entry->host.mac ? entry->host.mac : request->mac;
    const char *broadcast =
        entry && entry->host.broadcast ? entry->host.broadcast : request->broadcast;
    gboolean near = entry && magic_packet_reaches(request->address);

    whole->woken = done;
    whole->data = data;
    operation_make_whole(whole);
    if (entry && mac)
        add_packets(self, whole, mac, broadcast);
    for (guint i = 0; entry && mac && request->relays && request->relays[i]; i++)
        if (!near || request->attempt > 1)
            add_relay(self, whole, request->relays[i], mac, broadcast);
    if (entry && entry->host.wake_command)
        add_command(self, whole, entry, mac);
    if (whole->parts_left == 0 && !error)
        error = g_error_new(ROOST_ERROR, ROOST_ERROR_INPUT,
                            "host %s: neither its MAC address nor a wake_command is known",
                            request->address);
    if (error)
        operation_answer_later(whole, error);
    return whole->id;
}

/* --- Power off --- */

static gboolean may_power_off(gpointer task)
{
    return worker_task_commit(task);
}

static void run_power_off(struct worker_task *task, struct remote_host *host)
{
    remote_host_power_off(host, task->command, task->force, task->deadline_us, may_power_off, task,
                          &task->error);
}

static guint tell_by_ssh(struct libvirt_driver *self, struct operation *operation,
                         const char *command, gboolean force)
{
    struct worker_task *task = worker_task_new(operation->id, run_power_off, operation->address, 0);

    task->command = g_strdup(command);
    task->force = force;
    return libvirt_driver_submit(self, operation, task, operation->address,
                                 access_book_all(self->book)->power_off_us);
}

/* The host had nothing against it: now the command that was configured does it. */
static void asked(const GError *error, gpointer data)
{
    const struct part *part = data;
    struct libvirt_driver *self = part->self;
    struct operation *whole = operations_find(self->operations, part->whole);
    const struct access_entry *entry = NULL;
    GError *lost = NULL;

    if (!whole)
        return;
    g_array_set_size(whole->parts, 0);
    if (!error)
        entry = libvirt_driver_look_up(self, whole->address, &lost);
    if (entry && entry->host.off_local_command)
        run_here(self, whole, entry, entry->host.off_local_command, NULL);
    else
        operation_answer(whole, NULL, error ? error : lost);
    g_clear_error(&lost);
}

static guint ask_then_run_here(struct libvirt_driver *self, struct operation *whole, gboolean force)
{
    struct operation *asking;

    operation_make_whole(whole);
    whole->what = "off_local_command";
    asking = add_part(self, whole, whole->address, "switch off", NULL);
    asking->done = asked;
    tell_by_ssh(self, asking, ASK_ONLY, force);
    return whole->id;
}

guint libvirt_power_off(struct driver *driver, const char *address, gboolean force,
                        driver_done_func done, gpointer data)
{
    struct libvirt_driver *self = self_of(driver);
    struct operation *operation = operations_add(self->operations, address, "switch off");
    const struct access_entry *entry = libvirt_driver_look_up(self, address, NULL);
    const char *command = entry ? entry->host.off_command : NULL;

    operation->done = done;
    operation->data = data;
    if (entry && entry->host.off_local_command)
        return ask_then_run_here(self, operation, force);
    return tell_by_ssh(self, operation, command ? command : POWER_OFF, force);
}

/* --- Cut --- */

gboolean libvirt_can_cut(struct driver *driver, const char *address)
{
    const struct access_entry *entry = libvirt_driver_look_up(self_of(driver), address, NULL);

    return entry && entry->host.cut_command;
}

guint libvirt_cut(struct driver *driver, const char *address, driver_done_func done, gpointer data)
{
    struct libvirt_driver *self = self_of(driver);
    struct operation *operation = operations_add(self->operations, address, "cut_command");
    GError *error = NULL;
    const struct access_entry *entry = libvirt_driver_look_up(self, address, &error);

    operation->done = done;
    operation->data = data;
    if (entry && entry->host.cut_command)
        return run_here(self, operation, entry, entry->host.cut_command, NULL);
    if (!error)
        error = g_error_new(ROOST_ERROR, ROOST_ERROR_REFUSED,
                            "host %s: no cut_command is configured for it", address);
    operation_answer_later(operation, error);
    return operation->id;
}

/* --- Probe --- */

static void probed(const GError *error, gpointer data)
{
    struct operation *operation = data;

    operation->probe = NULL; /* frees itself after this */
    operation_answer(operation, NULL, error);
}

guint libvirt_probe(struct driver *driver, const char *address, gint64 within_us,
                    driver_done_func done, gpointer data)
{
    struct libvirt_driver *self = self_of(driver);
    struct operation *operation = operations_add(self->operations, address, "probe");
    GError *error = NULL;
    const struct access_entry *entry = libvirt_driver_look_up(self, address, &error);

    operation->done = done;
    operation->data = data;
    if (entry)
        operation->probe =
            tcp_probe_start(address, entry->access->port, within_us, probed, operation);
    else
        operation_answer_later(operation, error);
    return operation->id;
}
