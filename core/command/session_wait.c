/* session_wait.c - a session waits: for what it does, and for the first answers of hosts. */
#include "core/command/session.h"

#include <glib-unix.h>
#include <signal.h>

#include "core/base/error.h"

/*
 * A dead host is told from a slow one by ARP, after 3 s; others have answered by then. libvirt's
 * own transports may stall for their keepalive's 5 s, more than once.
 */
#define SILENCE_MOST_US     (6 * CLOCK_SECOND_US)
#define SILENCE_MOST_URI_US (20 * CLOCK_SECOND_US)

/* A host that begins to hang between its first look and its second holds a plan no longer. */
#define SECOND_LOOK_MOST_US (4 * CLOCK_SECOND_US)

void session_interrupt(struct session *session)
{
    session->interrupts++;
    g_main_context_wakeup(NULL);
}

static gboolean on_interrupt(gpointer data)
{
    session_interrupt(data);
    return G_SOURCE_CONTINUE;
}

/* One thing happens, be it by the simulated clock or by the main loop. */
static void happen(const struct session *session)
{
    gboolean stepped = clock_is_stepped(session->clock);
    if (stepped)
        clock_step(session->clock);
    g_main_context_iteration(NULL, !stepped);
}

static gboolean run(struct session *session, session_done_func done,
                    session_interrupted_func interrupted, gpointer data, GError **error)
{
    guint told = session->interrupts;
    while (!done(data)) {
        happen(session);
        gboolean at_once = session->standing && !interrupted && session->interrupts > told;
        if (session->interrupts >= 2 || at_once) {
            g_set_error(error, ROOST_ERROR, ROOST_ERROR_CANCELLED,
                        "interrupted: what was under way is left to itself");
            return FALSE;
        }
        if (interrupted && session->interrupts > told) {
            told = session->interrupts;
            output_error(session->output, "cancelling; ^C again leaves at once");
            interrupted(data);
        }
    }
    return TRUE;
}

gboolean session_wait(struct session *session, session_done_func done,
                      session_interrupted_func interrupted, gpointer data, GError **error)
{
    /* Taken for the rest of the session: a ^C too many must not cut a save short. */
    if (interrupted && !session->standing && !session->signals[0]) {
        session->signals[0] = g_unix_signal_add(SIGINT, on_interrupt, session);
        session->signals[1] = g_unix_signal_add(SIGTERM, on_interrupt, session);
    }
    return run(session, done, interrupted, data, error);
}

gboolean session_wait_out(struct session *session, session_done_func done,
                          session_interrupted_func interrupted, gpointer data, GError **error)
{
    guint told = session->interrupts;
    if (!session->standing)
        return session_wait(session, done, interrupted, data, error);
    while (!done(data)) {
        happen(session);
        if (session->interrupts > told)
            interrupted(data);
        told = session->interrupts;
    }
    return TRUE;
}

/* --- Answers ---------------------------------------------------------------------------------- */

/* Waiting for first answers, for as long as they keep coming. */
struct answers {
    struct session *session;
    session_done_func done;
    gpointer data;
    guint unseen;
    gint64 since_us; /* the last one came */
    gboolean silence;
    guint timer;
};

/* Nothing else may happen while hosts hang: the clock at least must be looked at. */
static void look_again(gpointer data)
{
    struct answers *answers = data;
    answers->timer = clock_add_timer(answers->session->clock, CLOCK_SECOND_US, look_again, answers);
}

static gboolean no_more_come(gpointer data)
{
    struct answers *answers = data;
    guint unseen = engine_count_unseen(answers->session->engine);
    gint64 now_us = clock_mono_us(answers->session->clock);
    if (answers->done(answers->data))
        return TRUE;
    if (unseen != answers->unseen)
        answers->since_us = now_us;
    answers->unseen = unseen;
    gint64 most_us = answers->session->config->libvirt_uri ? SILENCE_MOST_URI_US : SILENCE_MOST_US;
    answers->silence = unseen > 0 && now_us - answers->since_us >= most_us;
    return answers->silence;
}

gboolean session_wait_answers(struct session *session, session_done_func done, gpointer data,
                              GError **error)
{
    struct answers answers = {.session = session, .done = done, .data = data};
    answers.since_us = clock_mono_us(session->clock);
    look_again(&answers);
    gboolean waited = session_wait(session, no_more_come, NULL, &answers, error);
    clock_cancel_timer(session->clock, answers.timer);
    if (answers.silence)
        engine_doubt_unseen(session->engine);
    return waited;
}

static gboolean has_seen_all(gpointer data)
{
    const struct session *session = data;
    return engine_has_seen_all(session->engine);
}

gboolean session_wait_seen(struct session *session, GError **error)
{
    return session_wait_answers(session, has_seen_all, session, error);
}

static gboolean has_measured_all(gpointer data)
{
    const struct answers *answers = data;
    gint64 now_us = clock_mono_us(answers->session->clock);
    return engine_count_unmeasured(answers->session->engine) == 0 ||
           now_us - answers->since_us >= SECOND_LOOK_MOST_US;
}

gboolean session_wait_measured(struct session *session, GError **error)
{
    if (!session_wait_seen(session, error))
        return FALSE;
    struct answers answers = {.session = session, .since_us = clock_mono_us(session->clock)};
    look_again(&answers);
    gboolean waited = session_wait(session, has_measured_all, NULL, &answers, error);
    clock_cancel_timer(session->clock, answers.timer);
    return waited;
}
