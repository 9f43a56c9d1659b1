#include "core/command/enrol.h"

#include <string.h>

#include "core/base/error.h"
#include "core/base/text.h"
#include "core/command/ask.h"
#include "core/command/command_line.h"
#include "core/command/fan.h"
#include "core/command/session.h"

#define TRIES_MOST 3

struct enrolment {
    struct arrivals *arrivals;
    struct ask *ask; /* NULL = nobody to ask */
};

/* The password that goes out now; borrowed by calls until the fan has ended. */
struct attempt {
    struct arrival *arrival;
    const char *password; /* NULL = keys only */
};

/* --- Meeting --- */

static void meet(struct fan_call *call);

static void on_met(struct enrol_answer *answer, const GError *error, gpointer data)
{
    struct fan_call *call = data;
    struct attempt *attempt = call->item;
    struct arrival *arrival = attempt->arrival;

    enrol_answer_free(arrival->answer);
    arrival->answer = answer;
    g_clear_error(&arrival->error);
    arrival->error = error ? g_error_copy(error) : NULL;
    if (error && arrival_try_next(arrival))
        meet(call);
    else
        fan_end(call);
}

static void meet(struct fan_call *call)
{
    const struct attempt *attempt = call->item;
    const struct arrival *arrival = attempt->arrival;
    const char *address = arrival_address(arrival);
    const struct enrol_request request = {
        .address = address,
        .name = strcmp(arrival->label, address) == 0 ? NULL : arrival->label,
        .password = attempt->password,
    };

    call->operation = driver_enrol(arrival->all->command->session->driver, &request, on_met, call);
}

static gboolean meet_all(struct enrolment *enrolment, const char *doing, const GPtrArray *whom,
                         const char *password, GError **error)
{
    g_autoptr(GPtrArray) attempts = g_ptr_array_new_with_free_func(g_free);

    for (guint i = 0; i < whom->len; i++) {
        struct attempt *attempt = g_new0(struct attempt, 1);

        *attempt = (struct attempt){g_ptr_array_index(whom, i), password};
        g_ptr_array_add(attempts, attempt);
    }
    if (fan_run(enrolment->arrivals->command, doing, attempts, meet, error))
        return TRUE;
    g_ptr_array_ref(attempts); /* calls may still use them, until the program ends */
    return FALSE;
}

typedef gboolean (*arrival_test)(const struct arrival *arrival);

static GPtrArray *those(const GPtrArray *whom, arrival_test test)
{
    GPtrArray *found = g_ptr_array_new();

    for (guint i = 0; i < whom->len; i++) {
        struct arrival *arrival = g_ptr_array_index(whom, i);

        if (!arrival->done_with && arrival->answer && test(arrival))
            g_ptr_array_add(found, arrival);
    }
    return found;
}

static gboolean has_changed_key(const struct arrival *arrival)
{
    return arrival->answer->host_key == ENROL_HOST_KEY_CHANGED;
}

static gboolean has_unknown_key(const struct arrival *arrival)
{
    return arrival->answer->host_key == ENROL_HOST_KEY_UNKNOWN;
}

static gboolean is_shut(const struct arrival *arrival)
{
    return arrival->answer->host_key == ENROL_HOST_KEY_KNOWN &&
           arrival->answer->entry == ENROL_ENTRY_NONE;
}

static void refuse(struct enrolment *enrolment, struct arrival *arrival, const char *why,
                   const char *what_to_do)
{
    g_autofree char *name = arrival_name(arrival);

    arrival_refuse(enrolment->arrivals, arrival, "%s: %s%s", name, why, what_to_do);
}

/* --- Host keys --- */

/* "pc07 10.0.0.7  ssh-ed25519 SHA256:..." */
static char *describe_key(const struct arrival *arrival)
{
    const char *address = arrival_address(arrival);
    g_autofree char *type = g_strndup(arrival->answer->key, strcspn(arrival->answer->key, " "));
    gboolean named = strcmp(arrival->label, address) != 0;
    g_autofree char *line =
        g_strdup_printf("%s%s%s  %s %s", named ? arrival->label : "", named ? " " : "", address,
                        type, arrival->answer->fingerprint);

    return text_escape(line);
}

static gboolean accept_keys(struct enrolment *enrolment, const GPtrArray *unknown,
                            gboolean *accepted, GError **error)
{
    g_autoptr(GString) text = g_string_new(NULL);
    g_autofree char *question = NULL;

    *accepted = (enrolment->arrivals->command->line->given & OPTION_ACCEPT_NEW) != 0;
    if (*accepted || !enrolment->ask)
        return TRUE;
    g_string_append_printf(text, "The ssh host key%s of %u host%s %s not known yet:\n",
                           unknown->len == 1 ? "" : "s", unknown->len, unknown->len == 1 ? "" : "s",
                           unknown->len == 1 ? "is" : "are");
    for (guint i = 0; i < unknown->len; i++) {
        g_autofree char *line = describe_key(g_ptr_array_index(unknown, i));
        g_string_append_printf(text, "  %s\n", line);
    }
    ask_show(enrolment->ask, text->str);
    question = unknown->len == 1 ? g_strdup("Add this key?")
                                 : g_strdup_printf("Add these %u keys?", unknown->len);
    return ask_yes(enrolment->ask, question, accepted, error);
}

static void trust(struct enrolment *enrolment, struct arrival *arrival)
{
    struct driver *driver = enrolment->arrivals->command->session->driver;
    g_autoptr(GError) error = NULL;

    if (!driver_trust(driver, arrival_address(arrival), arrival->answer->key, &error))
        refuse(enrolment, arrival, error->message, "");
}

static void refuse_key(struct enrolment *enrolment, struct arrival *arrival)
{
    g_autofree char *why = g_strdup_printf("its ssh host key (%s) is not in known_hosts",
                                           arrival->answer->fingerprint);

    refuse(enrolment, arrival, why,
           enrolment->ask ? ", and was not accepted"
                          : "; look at it and answer on a terminal, or give --accept-new where "
                            "the network can be trusted now");
}

/* FALSE only when interrupted. */
static gboolean settle_keys(struct enrolment *enrolment, const GPtrArray *met, GError **error)
{
    g_autoptr(GPtrArray) changed = those(met, has_changed_key);
    g_autoptr(GPtrArray) unknown = those(met, has_unknown_key);
    g_autoptr(GPtrArray) trusted = NULL;
    gboolean accepted = FALSE;

    for (guint i = 0; i < changed->len; i++) {
        struct arrival *arrival = g_ptr_array_index(changed, i);
        refuse(enrolment, arrival, arrival->answer->why, "");
    }
    if (unknown->len == 0)
        return TRUE;
    if (!accept_keys(enrolment, unknown, &accepted, error))
        return FALSE;
    for (guint i = 0; i < unknown->len; i++) {
        if (accepted)
            trust(enrolment, g_ptr_array_index(unknown, i));
        else
            refuse_key(enrolment, g_ptr_array_index(unknown, i));
    }
    trusted = those(unknown, has_unknown_key);
    return meet_all(enrolment, "meeting", trusted, NULL, error);
}

/* --- Passwords --- */

static void refuse_shut(struct enrolment *enrolment, const GPtrArray *shut, const char *what_to_do)
{
    for (guint i = 0; i < shut->len; i++) {
        struct arrival *arrival = g_ptr_array_index(shut, i);
        refuse(enrolment, arrival, arrival->answer->why, what_to_do);
    }
}

static gboolean try_descriptor(struct enrolment *enrolment, const GPtrArray *shut, GError **error)
{
    char *secret = secret_read((int)enrolment->arrivals->command->line->password_fd, error);
    gboolean met = secret && meet_all(enrolment, "logging in to", shut, secret, error);

    secret_free(secret);
    return met;
}

/* One host by itself, since it has another password than most. */
static gboolean try_alone(struct enrolment *enrolment, struct arrival *arrival, guint try_number,
                          gboolean *skipped, GError **error)
{
    g_autoptr(GPtrArray) one = g_ptr_array_new();
    g_autofree char *name = arrival_name(arrival);
    g_autofree char *raw = g_strdup_printf("%s: not that password. Another one (empty: leave it "
                                           "out; try %u of %u): ",
                                           name, try_number, TRIES_MOST);
    g_autofree char *prompt = text_escape(raw);
    char *secret = ask_secret(enrolment->ask, prompt, error);
    gboolean met;

    if (!secret)
        return FALSE;
    *skipped = *secret == '\0';
    g_ptr_array_add(one, arrival);
    met = *skipped || meet_all(enrolment, "logging in to", one, secret, error);
    secret_free(secret);
    return met;
}

static gboolean retry_alone(struct enrolment *enrolment, const GPtrArray *shut, GError **error)
{
    for (guint i = 0; i < shut->len; i++) {
        struct arrival *arrival = g_ptr_array_index(shut, i);
        gboolean skipped = FALSE;

        for (guint n = 2; n <= TRIES_MOST && !skipped && arrival->answer && is_shut(arrival); n++)
            if (!try_alone(enrolment, arrival, n, &skipped, error))
                return FALSE;
    }
    return TRUE;
}

static gboolean try_operator(struct enrolment *enrolment, const GPtrArray *shut, GError **error)
{
    const struct config *config = enrolment->arrivals->command->session->config;
    g_autofree char *raw =
        g_strdup_printf("roost's key does not open %u host%s yet. Password of %s there, used once "
                        "to leave the key (empty: leave out): ",
                        shut->len, shut->len == 1 ? "" : "s", config->ssh_user);
    g_autofree char *prompt = text_escape(raw);
    char *secret = ask_secret(enrolment->ask, prompt, error);
    gboolean met;

    if (!secret)
        return FALSE;
    met = *secret == '\0' || meet_all(enrolment, "logging in to", shut, secret, error);
    if (met && *secret) {
        g_autoptr(GPtrArray) left = those(shut, is_shut);
        secret_free(g_steal_pointer(&secret));
        return retry_alone(enrolment, left, error);
    }
    secret_free(secret);
    return met;
}

static gboolean takes_password(const struct arrival *arrival)
{
    return is_shut(arrival) && arrival->answer->takes_password;
}

static gboolean settle_entries(struct enrolment *enrolment, const GPtrArray *met, GError **error)
{
    const struct command_line *line = enrolment->arrivals->command->line;
    gboolean given = (line->given & OPTION_PASSWORD_FD) != 0;
    g_autoptr(GPtrArray) shut = those(met, takes_password);
    g_autoptr(GPtrArray) left = NULL;

    if (shut->len > 0 && given && !try_descriptor(enrolment, shut, error))
        return FALSE;
    if (shut->len > 0 && !given && enrolment->ask && !try_operator(enrolment, shut, error))
        return FALSE;
    left = those(met, is_shut);
    refuse_shut(enrolment, left,
                given || enrolment->ask
                    ? ""
                    : "; answer on a terminal, give --password-fd N, or put the public half of "
                      "its key into ~/.ssh/authorized_keys there");
    return TRUE;
}

/* The host's own trouble in a session that stood: nothing that is asked later goes better. */
static void refuse_failed(struct enrolment *enrolment, const GPtrArray *met)
{
    for (guint i = 0; i < met->len; i++) {
        struct arrival *arrival = g_ptr_array_index(met, i);

        if (!arrival->done_with && arrival->error &&
            !g_error_matches(arrival->error, ROOST_ERROR, ROOST_ERROR_ABSENT) &&
            !g_error_matches(arrival->error, ROOST_ERROR, ROOST_ERROR_UNREACHABLE))
            arrival_refuse(enrolment->arrivals, arrival, "%s", arrival->error->message);
    }
}

gboolean enrol_run(struct arrivals *arrivals, const GPtrArray *met, GError **error)
{
    gboolean stdin_taken = g_strcmp0(arrivals->command->line->file, "-") == 0;
    autoptr(ask) ask = ask_open(stdin_taken);
    struct enrolment enrolment = {arrivals, ask};

    if (met->len == 0)
        return TRUE;
    if (!meet_all(&enrolment, "meeting", met, NULL, error) ||
        !settle_keys(&enrolment, met, error) || !settle_entries(&enrolment, met, error))
        return FALSE;
    refuse_failed(&enrolment, met);
    return TRUE;
}
